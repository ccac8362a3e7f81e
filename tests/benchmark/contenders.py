# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to do the same thing, each as a command that is run and measured."""

from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

from ..demo import ansible
from ..emulator.seed import PROJECT_ID, TOKEN
from . import maintenance, measuring
from .scenarios import Scenario
from .service import ROOT, Service, job_id

HERE = pathlib.Path(__file__).resolve().parent
_PING: dict[str, Any] = {"name": "Empty", "ansible.builtin.ping": {}}


class Contenders:
    """Commands against one emulator. folder: of every file of the runs. user: the bin folder whose Python and Ansible are run."""

    def __init__(self, service: Service, folder: pathlib.Path, user: pathlib.Path) -> None:
        self._service, self._folder, self._user = service, folder, user
        ansible.link_collection(folder)
        self._environment = ansible.environment(folder, service.variables) | {
            # As where it is installed: bytecode is kept from one run to the next.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
            "ANSIBLE_LIBRARY": str(HERE / "library"),
            "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        }

    def maintenance(self, jobs: int) -> measuring.Cost:
        """The role maintenance_window, with a task of the user's own and a handler."""
        return self._play((), **maintenance.play(self._folder, self._ids(jobs)))

    def record_of_maintenance(self, jobs: int) -> list[dict[str, Any]]:
        """The results of the tasks of a maintenance, which is run for them."""
        record = self._folder / "record.jsonl"
        record.unlink(missing_ok=True)
        callbacks = {
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "ansible" / "callback_plugins"),
            "DRS_TEST_RECORD": str(record),
        }
        with mock.patch.dict(self._environment, callbacks):
            self.maintenance(jobs)
        return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]

    def empty(self, tasks: int = 1) -> measuring.Cost:
        """A play of ansible.builtin.ping."""
        return self._play([_PING] * tasks)

    def ours(self, scenario: Scenario, jobs: int, tasks_after: int = 0, **options: Any) -> measuring.Cost:
        """The collection's module, and perhaps empty tasks after it."""
        task = self._task(f"huaweicloud.drs.{scenario.module}", {**scenario.options, **options})
        return self._play([task] + [_PING] * tasks_after, jobs)

    def same_bytes(self, scenario: Scenario, jobs: int, tasks_after: int = 0) -> measuring.Cost:
        """A module that does nothing but return what keep_result() kept."""
        options = {"path": str(self._kept), **scenario.options}
        return self._play([self._task("same_bytes", options)] + [_PING] * tasks_after, jobs)

    def keep_result(self, scenario: Scenario, jobs: int, **options: Any) -> int:
        """Keeps what the module returns, and gives back its size in bytes. The module is run without a playbook."""
        arguments = self._folder / "arguments.json"
        own = {**scenario.options, **options, "job_ids": self._ids(jobs)}
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": own}), encoding="utf-8")
        module = f"ansible_collections.huaweicloud.drs.plugins.modules.{scenario.module}"
        done = subprocess.run(
            [self._user / "python", "-m", module, arguments],
            env={**self._environment, "PYTHONPATH": str(self._folder)},
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
        )
        result = json.loads(done.stdout)
        result.pop("invocation", None)
        self._kept.write_text(json.dumps(result), encoding="utf-8")
        return len(done.stdout)

    def uri_loop(self, scenario: Scenario, items: int) -> measuring.Cost:
        """A loop of ansible.builtin.uri: one request for one job, without a look before or after."""
        method, call, body = scenario.single
        options = {
            "url": f"{self._service.url}/v3/{PROJECT_ID}/jobs/{call}",
            "method": method,
            "headers": {"X-Auth-Token": TOKEN},
            "body_format": "json",
            "body": body,
            "status_code": [200, 202],
        }
        task = {"name": "Loop", "ansible.builtin.uri": options, "loop": self._ids(items), "register": "answers"}
        return self._play([task])

    def sdk(self, scenario: Scenario, jobs: int) -> measuring.Cost:
        """The vendor's SDK in a plain script, without Ansible."""
        ids = self._folder / "ids.txt"
        ids.write_text("\n".join(self._ids(jobs)), encoding="ascii")
        script = [
            str(self._user / "python"),
            str(HERE / "sdk_script.py"),
            scenario.verb or "none",
            ",".join(scenario.there),
        ]
        return self._run([*script, str(ids)])

    def import_requests(self) -> float:
        """Seconds that Python takes to import requests, which the modules need."""
        return self._python("import requests") - self._python("pass")

    def _python(self, program: str) -> float:
        return self._run([str(self._user / "python"), "-c", program]).seconds

    @property
    def _kept(self) -> pathlib.Path:
        return self._folder / "result.json"

    @staticmethod
    def _ids(jobs: int) -> list[str]:
        return [job_id(number) for number in range(jobs)]

    @staticmethod
    def _task(module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": "The task", module: {"job_ids": "{{ ids }}", **options}, "register": "done"}

    def _play(self, tasks: Sequence[Mapping[str, Any]], jobs: int = 0, **more: Any) -> measuring.Cost:
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": list(tasks), **more}
        if jobs:
            play["vars"] = {"ids": self._ids(jobs)}
        playbook = self._folder / "play.yml"
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        return self._run([str(self._user / "ansible-playbook"), str(playbook)])

    def _run(self, command: Sequence[str]) -> measuring.Cost:
        return measuring.run(command, self._environment, self._folder)
