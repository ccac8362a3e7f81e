# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job as AWX runs it: ansible-runner transmit | worker | process, on the project, with the collection that its requirements ask for."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any, NamedTuple

from ansible_collections.huaweicloud.drs.tests.awx.content import (
    PROJECT,
    SCHEDULES,
    TEMPLATES,
    WORKFLOWS,
    injected,
    variables,
    variables_of_node,
    variables_of_schedule,
)
from ansible_collections.huaweicloud.drs.tests.demo import ansible

_RUNNER = [sys.executable, "-m", "ansible_runner"]
_COLLECTIONS = "requirements_collections"  # where AWX installs what collections/requirements.yml asks for


class Ran(NamedTuple):
    """A job's end: AWX's word for it, all that it printed, and what set_stats handed on."""

    status: str
    output: str
    artifacts: dict[str, Any]


class Runner:
    """Two places, as with AWX: the folder of the job here, and the one where it works."""

    def __init__(self, folder: pathlib.Path, tarball: pathlib.Path) -> None:
        self._data, self._work = folder / "data", folder / "work"
        self.project = self._data / "project"
        self.project_at_work = self._work / "project"
        self.state_dir = folder / "state"
        shutil.copytree(PROJECT, self.project)
        install = [ansible.program("ansible-galaxy"), "collection", "install", str(tarball), "--offline"]
        install += ["-p", str(self._data / _COLLECTIONS)]
        subprocess.run(
            install, check=True, env=self._environment(), capture_output=True, stdin=subprocess.DEVNULL, timeout=120
        )
        self._runs = 0

    def run(self, template: str, answers: dict[str, Any], credential: dict[str, str]) -> Ran:
        """Run a job template: what it is launched with is its own variables, these answers and the credential, and nothing else."""
        return self._run(TEMPLATES[template]["playbook"], variables(template, answers, **self._names()), credential)

    def run_node(
        self, workflow: str, node: str, answers: dict[str, Any], handed_on: dict[str, Any], credential: dict[str, str]
    ) -> Ran:
        """Run a node of a workflow that was launched with these answers, after nodes that handed these variables on."""
        (written,) = (each for each in WORKFLOWS[workflow]["nodes"] if each["identifier"] == node)
        playbook = TEMPLATES[written["unified_job_template"]["name"]]["playbook"]
        given = variables_of_node(workflow, node, answers, handed_on, **self._names())
        return self._run(playbook, given, credential, "--check" if written.get("job_type") == "check" else "")

    def run_schedule(self, name: str, credential: dict[str, str]) -> Ran:
        """Run the job that a schedule launches."""
        playbook = TEMPLATES[SCHEDULES[name]["unified_job_template"]]["playbook"]
        return self._run(playbook, variables_of_schedule(name, **self._names()), credential)

    def _names(self) -> dict[str, str]:
        return {"drs_awx_project_path": str(self.project_at_work), "drs_awx_state_dir": str(self.state_dir)}

    def _run(self, playbook: str, given: dict[str, Any], credential: dict[str, str], options: str = "") -> Ran:
        self._runs += 1
        content = {
            "inventory/hosts.yml": "---\nall: {}\n",
            "env/extravars": json.dumps(given),
            "env/envvars": json.dumps(injected(credential) | self._settings()),
            "env/cmdline": options,
        }
        for name, text in content.items():
            path = self._data / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

        ident = f"run-{self._runs}"
        sent = self._call("transmit", str(self._data), "-p", playbook, "-i", ident)
        worked = self._call("worker", "--private-data-dir", str(self._work), "--delete", stdin=sent.stdout)
        self._call("process", str(self._data), "-i", ident, stdin=worked.stdout)

        artifacts = self._data / "artifacts" / ident
        output = artifacts.joinpath("stdout").read_text(encoding="utf-8")
        status = artifacts.joinpath("status").read_text(encoding="utf-8")
        return Ran(status, output + worked.stderr.decode(), _artifacts(artifacts))

    def _call(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Ends with 1 where the job failed, which its status says as well."""
        command = [*_RUNNER, *arguments]
        return subprocess.run(
            command, input=stdin, env=self._environment(), capture_output=True, timeout=180, check=False
        )

    def _settings(self) -> dict[str, str]:
        return {
            "ANSIBLE_COLLECTIONS_PATH": str(self._work / _COLLECTIONS),
            "ANSIBLE_HOME": str(self._work / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }

    def _environment(self) -> dict[str, str]:
        """Without anything of the user's own; its PATH finds the programs of this Python's environment."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HW_", "HUAWEICLOUD_", "OS_", "ANSIBLE_"))
        }
        return kept | {"PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])}


def _artifacts(folder: pathlib.Path) -> dict[str, Any]:
    """What AWX takes as a job's artifacts: the artifact_data of the last event, and nothing of a job that was killed."""
    events = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("job_events/*.json")]
    stats = [event["event_data"] for event in events if event["event"] == "playbook_on_stats"]
    return stats[0].get("artifact_data", {}) if stats else {}
