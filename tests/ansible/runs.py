# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own programs on tasks of this collection, against an emulator behind a socket.

What was sent is read in the emulator's journal, and what Ansible made of the modules' answers in the record of a callback plugin.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.emulator import Serving

HERE = pathlib.Path(__file__).resolve().parent
MODULE = "huaweicloud.drs.drs_job_batch"
LONGEST = 120  # seconds until a run is taken for one that hangs


def job_id(number: int) -> str:
    """A well-formed id."""
    return f"{number:08d}-0000-0000-0000-0000000jb101"


def batch(name: str = "the task", **options: Any) -> dict[str, Any]:
    """A task of drs_job_batch with these options."""
    return {"name": name, MODULE: options}


class Manner(NamedTuple):
    """A way to run a task: keywords and options of the task, and variables of Ansible's own."""

    keywords: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}
    variables: Mapping[str, str] = {}

    def of(self, task: dict[str, Any]) -> dict[str, Any]:
        """The task, run so."""
        return {**task, **self.keywords, MODULE: {**task[MODULE], **self.options}}


# su asks for no password where root runs the tests.
_SU = {"become": True, "become_method": "su", "become_user": "root"}
MANNERS = {
    "plainly": Manner(),
    "without progress": Manner(options={"progress": False}),
    "with pipelining": Manner(variables={"ANSIBLE_PIPELINING": "true"}),
}
if os.geteuid() == 0:
    MANNERS["as another user"] = Manner(_SU)
    MANNERS["as another user with pipelining"] = Manner(_SU, variables={"ANSIBLE_PIPELINING": "true"})


class Result(NamedTuple):
    """What Ansible made of one task on one host: ok, failed, skipped or unreachable, and the keys of the result."""

    task: str
    host: str
    status: str
    facts: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.facts[key]


class Ran(NamedTuple):
    """A run that has ended: its exit code, all that it printed, its results in order, and the requests that came."""

    exit_code: int
    output: str
    results: list[Result]
    requests: list[Any]

    def of(self, task: str = "the task") -> Result:
        """The one result of this task."""
        found = [result for result in self.results if result.task == task]
        assert len(found) == 1, f"{len(found)} results of '{task}':\n{self.output}"
        return found[0]

    @property
    def writes(self) -> list[Any]:
        """The requests that ask for a change, whatever became of them."""
        return [entry for entry in self.requests if entry.kind == "write"]


class Run:
    """A program that has been started."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        record: pathlib.Path,
        output: pathlib.Path,
        requests: Callable[[], list[Any]],
    ) -> None:
        self.pid = process.pid
        self._process, self._record, self._output, self._requests = process, record, output, requests
        self._parts: set[int] = set()

    def parts(self) -> list[int]:
        """The processes that are part of it now, ansible-playbook first, then its worker, then the module's."""
        parts = [self.pid, *descendants(self.pid)]
        self._parts.update(parts)
        return parts

    def output(self) -> str:
        """All that it has printed until now."""
        return self._output.read_text(encoding="utf-8")

    def end(self) -> Ran:
        """Waits for its end."""
        exit_code = self._process.wait(LONGEST)
        results = []
        if self._record.exists():
            for line in self._record.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                results.append(Result(entry["task"], entry["host"], entry["status"], entry["result"]))
        return Ran(exit_code, self.output(), results, self._requests())

    def kill(self) -> None:
        """Ends whatever is left of it."""
        self.parts()
        for pid in self._parts & {process.pid for process in processes()}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(LONGEST)


class Service:
    """An emulator, and Ansible run against it. folder holds every file of the runs."""

    def __init__(self, serving: Serving, core: pathlib.Path, folder: pathlib.Path) -> None:
        self.emulator, self.url, self.folder = serving.emulator, serving.url, folder
        self._core = core
        self._runs: list[Run] = []
        for name in ("home", "tmp"):
            (folder / name).mkdir(exist_ok=True)
        if not (folder / "ansible_collections").exists():
            ansible.link_collection(folder)
        identity = self.emulator.identity
        self.project_id = identity.projects[0]["id"]
        self.way_in = {"HW_AUTH_TOKEN": identity.first_token() or ""}
        self.place = {
            "HW_DRS_ENDPOINT": self.url,
            "HW_AUTH_URL": f"{self.url}/v3",
            "HW_REGION_NAME": identity.projects[0]["name"],
            "HW_PROJECT_ID": self.project_id,
        }

    def play(
        self,
        *tasks: dict[str, Any],
        options: tuple[str, ...] = (),
        variables: dict[str, str] | None = None,
        **keywords: Any,
    ) -> Ran:
        """Runs a play of these tasks. variables: of the environment, in place of the way in. keywords: the play's own."""
        return self.start(*tasks, options=options, variables=variables, **keywords).end()

    def start(
        self,
        *tasks: dict[str, Any],
        options: tuple[str, ...] = (),
        variables: dict[str, str] | None = None,
        **keywords: Any,
    ) -> Run:
        """Starts a play of these tasks."""
        play = {"hosts": "localhost", "gather_facts": False, **keywords, "tasks": list(tasks)}
        playbook = self.folder / f"play-{len(self._runs)}.yml"
        playbook.write_text(json.dumps([play], indent=1), encoding="utf-8")
        return self.run("ansible-playbook", str(playbook), *options, variables=variables)

    def run(self, program: str, *arguments: str, variables: dict[str, str] | None = None) -> Run:
        """Starts a program of ansible-core's."""
        number = len(self._runs)
        record, output = self.folder / f"record-{number}.jsonl", self.folder / f"output-{number}.txt"
        environment = ansible.environment(self.folder, self.place | (self.way_in if variables is None else {})) | {
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "DRS_TEST_RECORD": str(record),
            "ANSIBLE_ASYNC_DIR": str(self.folder / "async"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            "HOME": str(self.folder / "home"),
            "PATH": os.pathsep.join([str(self._core), os.environ.get("PATH", os.defpath)]),
            "TMPDIR": str(self.folder / "tmp"),
            **(variables or {}),
        }
        # The pytest of another environment must not lend its packages.
        environment.pop("PYTHONPATH", None)
        before = self.emulator.journal.count
        with output.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                # A test of a hang-up must be one even below nohup, which lets it pass unheard.
                ["env", "--default-signal=HUP", str(self._core / program), *arguments],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        run = Run(process, record, output, lambda: self.emulator.journal.since(before))
        self._runs.append(run)
        return run

    def close(self) -> None:
        """Ends what is left of all runs."""
        for run in self._runs:
            run.kill()

    # What is waited for

    def until(self, happened: Callable[[], object], what: str) -> None:
        """Waits until something is true of the emulator."""
        until = time.monotonic() + LONGEST
        while not happened():
            assert time.monotonic() < until, f"it never came to this: {what}\n{self._runs[-1].output()}"
            time.sleep(0.02)

    def until_read(self, times: int = 2) -> None:
        """Waits until statuses have been read this often from now on."""
        before = len(self.emulator.journal.of("batch-status"))
        self.until(lambda: len(self.emulator.journal.of("batch-status")) >= before + times, f"{times} readings")

    def until_gone(self, pids: list[int]) -> None:
        """Waits until none of these processes runs any more."""
        self.until(lambda: not any(row.pid in pids for row in processes()), f"the end of {pids}")


class Process(NamedTuple):
    """A process that runs, and its parent's id."""

    pid: int
    parent: int


def processes() -> list[Process]:
    """All processes but those that have ended and that nobody has asked after yet."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [Process(int(pid), int(parent)) for pid, parent, state in rows if not state.startswith("Z")]


def descendants(pid: int) -> list[int]:
    """The processes below this one, nearest first."""
    running, below = processes(), []
    layer = {pid}
    while layer:
        layer = {process.pid for process in running if process.parent in layer}
        below += sorted(layer)
    return below
