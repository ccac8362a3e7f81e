# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator and the folder in which a demo takes place, and how a playbook is run there."""

from __future__ import annotations

import contextlib
import json
import pathlib
import signal
import subprocess
import tempfile
from typing import NamedTuple

from ..emulator import Emulator, serve
from ..emulator.__main__ import environment
from . import ansible
from .story import DESIRED, WINDOW_JOBS, WINDOW_TASKS, Step

SCALE = 20.0


class Run(NamedTuple):
    """What a playbook's run came to, by its exit code and by the emulator's journal."""

    exit_code: int
    reads: int
    writes: int
    changed: int  # jobs for which a write was accepted
    reports: list[pathlib.Path]  # the files that it left in the folder of the reports


class Stage(contextlib.ExitStack):
    """An emulator with these jobs on a free loopback port.

    It and its folder are gone when the context ends, whatever ends it. The folder of the reports is kept.
    """

    def __init__(self, jobs: list[dict], reports: pathlib.Path) -> None:
        super().__init__()
        self._reports = reports
        self._folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="drs-demo-")))
        self.emulator = Emulator({"jobs": jobs}, clock="scaled", scale=SCALE)
        serving = self.enter_context(serve(self.emulator))
        self.url = serving.url
        ansible.link_collection(self._folder)
        self._environment = ansible.environment(self._folder, environment(serving))
        self._write("drs_jobs.yml", DESIRED)
        folders = {
            "maintenance_window_state_dir": str(self._folder / "state"),
            "maintenance_window_report_dir": str(reports),
        }
        tasks = self._write("schema_change.yml", WINDOW_TASKS)
        window = {"drs_job_ids": WINDOW_JOBS, "maintenance_window_tasks": tasks, **folders}
        self._write("window.yml", json.dumps(window))
        self._write("restore.yml", json.dumps(folders))

    def run(self, step: Step) -> Run:
        """Runs the step's playbook, which prints to where this program prints."""
        command = [ansible.program(), f"huaweicloud.drs.{step.playbook}", *step.arguments]
        before, old = self.emulator.journal.count, set(self._reports.glob("*"))
        exit_code = self._call(command)
        entries = self.emulator.journal.since(before)
        writes = [entry for entry in entries if entry.kind == "write"]
        changed = {done["job_id"] for entry in writes for done in entry.accepted}
        new = sorted(set(self._reports.glob("*")) - old)
        return Run(exit_code, len(entries) - len(writes), len(writes), len(changed), new)

    def _write(self, name: str, text: str) -> str:
        """The path of a new file of the folder."""
        path = self._folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def _call(self, command: list[str]) -> int:
        child = subprocess.Popen(command, env=self._environment, cwd=self._folder, stdin=subprocess.DEVNULL)
        try:
            return child.wait()
        finally:
            _end(child)


def _end(child: subprocess.Popen) -> None:
    """Ends a playbook as Ctrl-C would, and for good where that does not do."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
