# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the roles, run as people run them: their files of tasks, their records and their reports."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.huaweicloud.drs.tests.ansible.runs import descendants, processes
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.emulator import Serving
from ansible_collections.huaweicloud.drs.tests.playbooks.service import Played, Service

PATIENCE = 600  # seconds for a run to end, or to come to the point that a test waits for, on a busy machine


class Stage(Service):
    """An emulator, the folder that a run works in, and what it leaves there."""

    def __init__(self, serving: Serving, folder: pathlib.Path) -> None:
        super().__init__(serving, folder)
        self.environment["ANSIBLE_PIPELINING"] = "true"
        self.state = folder / "state"

    def tasks(self, name: str, text: str) -> str:
        """The path of a file of tasks, or of a playbook, with this text."""
        path = self.folder / f"{name}.yml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def window(self, ids: Any, tasks: str, *options: str, **variables: Any) -> Played:
        """Runs a maintenance window over these jobs."""
        return self.play("maintenance_window", self._window_variables(ids, tasks, variables), *options)

    def windows(self, hosts: dict[str, dict[str, Any]], **variables: Any) -> Played:
        """Runs one maintenance window for these inventory hosts, each with variables of its own."""
        answers = {
            "drs_hosts": "all",
            "maintenance_window_state_dir": str(self.state),
            "maintenance_window_wait_interval": "1",
            **variables,
        }
        return self.play("maintenance_window", answers, "-i", self.hosts(hosts))

    def hosts(self, hosts: dict[str, dict[str, Any]]) -> str:
        """The path of an inventory of these hosts, each with variables of its own."""
        path = self.folder / "hosts.json"
        path.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        return str(path)

    def restore(self, *options: str, **variables: Any) -> Played:
        """Runs the restore of that window."""
        answers = {
            "maintenance_window_state_dir": str(self.state),
            "maintenance_window_wait_interval": "1",
            **variables,
        }
        return self.play("restore", answers, *options)

    def begin_window(self, ids: Any, tasks: str, **variables: Any) -> subprocess.Popen[str]:
        """Starts a maintenance window, and does not wait for it."""
        return self._begin("maintenance_window", self._window_variables(ids, tasks, variables), (), "begun.log")

    def play(self, playbook: str, answers: dict[str, Any], *options: str) -> Played:
        """Runs a playbook, by its name in the collection or its path, with these answers as extra variables."""
        before = self.emulator.journal.count
        process = self._begin(playbook, answers, options, "played.log")
        try:
            process.wait(PATIENCE)
        finally:
            kill(process)
        output = (self.folder / "played.log").read_text(encoding="utf-8")
        _before, found, rest = output.partition("\tRUN: ")
        stats = json.JSONDecoder().raw_decode(rest)[0] if found else {}
        return Played(process.returncode, output, stats, self.emulator.journal.since(before))

    def _begin(
        self, playbook: str, answers: dict[str, Any], options: tuple[str, ...], log: str
    ) -> subprocess.Popen[str]:
        """Starts a playbook. It leads a process group of its own, so that all of it can be killed."""
        named = playbook if playbook.endswith(".yml") else f"huaweicloud.drs.{playbook}"
        with open(self.folder / log, "w", encoding="utf-8") as output:
            return subprocess.Popen(
                # A test of Ctrl+C must be one in the background of a shell too, where nobody is interrupted.
                ["env", "--default-signal=INT", ansible.program(), named, "-e", json.dumps(answers), *options],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def _window_variables(self, ids: Any, tasks: str, variables: dict[str, Any]) -> dict[str, Any]:
        return {
            "drs_job_ids": ids,
            "maintenance_window_tasks": tasks,
            "maintenance_window_state_dir": str(self.state),
            "maintenance_window_wait_interval": "1",
            **variables,
        }

    @property
    def record(self) -> dict[str, Any]:
        """The record of the window."""
        return self.records()["localhost"]

    def records(self) -> dict[str, dict[str, Any]]:
        """The record of each maintenance that has one, by its name."""
        return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in self.state.glob("*.json")}

    def known(self, name: str = "localhost") -> dict[str, str]:
        """What the record says of each job."""
        return {key: job["known"] for key, job in self.records()[name]["jobs"].items()}

    def reports(self, folder: str = "state/reports") -> list[tuple[dict[str, Any], str]]:
        """Every report as its facts and its page, oldest first."""
        paths = sorted((self.folder / folder).glob("*.json"), key=os.path.getmtime)
        return [(json.loads(path.read_text("utf-8")), path.with_suffix(".html").read_text("utf-8")) for path in paths]

    def report_of(self, host: str, folder: str = "state/reports") -> tuple[dict[str, Any], str]:
        """The only report of a host, as its facts and its page."""
        (found,) = [report for report in self.reports(folder) if report[0]["host"] == host]
        return found


def last_line(run: Played, host: str = "localhost") -> str:
    """The last words for a host: the message of its last task that said something."""
    text = run.output.partition("PLAY RECAP")[0]
    at = max(text.rfind(f"[{host}]: FAILED! => {{"), text.rfind(f"ok: [{host}] => {{"))
    assert at >= 0, run.output
    said: str = json.JSONDecoder().raw_decode(text[text.index("{", at) :])[0]["msg"]
    return said


def wait_for(path: pathlib.Path, process: subprocess.Popen[str]) -> None:
    """Waits until a run has made a file; AssertionError where it ends without, or takes too long."""
    until(path.exists, process, str(path))


def until(happened: Callable[[], object], process: subprocess.Popen[str], what: str) -> None:
    """Waits until something is true while a run is at work; AssertionError where it ends before, or takes too long."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, f"the run ended with {process.returncode} before this: {what}"
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        time.sleep(0.02)


def parts_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes of a run: ansible-playbook, its worker, and what that runs. Some have left the run's group."""
    return [process.pid, *descendants(process.pid)]


def until_gone(pids: Iterable[int]) -> None:
    """Waits until none of these processes is left; AssertionError where it takes too long."""
    left = set(pids)
    end = time.monotonic() + PATIENCE
    while left := left & {running.pid for running in processes()}:
        assert time.monotonic() < end, f"after {PATIENCE} s there are still {sorted(left)}"
        time.sleep(0.1)


def kill(process: subprocess.Popen[str], parts: Iterable[int] = ()) -> None:
    """Kills what is left of a run with everything that it started, as a machine that goes down does.

    parts: its processes, where it may have ended already: those that it has left behind cannot be found any more.
    """
    # From ansible-core 2.19 on, a worker is in a session of its own.
    left = {*parts, *parts_of(process)} & {running.pid for running in processes()}
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
