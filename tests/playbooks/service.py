# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks run as people run them, against an emulator behind a socket; what was sent is read in its journal."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
from typing import Any, NamedTuple

from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.emulator import Serving
from ansible_collections.huaweicloud.drs.tests.emulator.__main__ import environment


class Played(NamedTuple):
    """A playbook's run: its exit code, all it printed, what set_stats handed on, and the requests that came."""

    exit_code: int
    output: str
    stats: dict[str, Any]
    requests: list[Any]

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Every accepted write as (verb, job id), in order."""
        return [(done["verb"], done["job_id"]) for entry in self.requests for done in entry.accepted]

    @property
    def failures(self) -> dict[str, int]:
        """How many tasks of each host failed in the end, by the recap."""
        recap = self.output.partition("PLAY RECAP")[2]
        return {host: int(count) for host, count in re.findall(r"^(\S+) +: ok=.* failed=(\d+) ", recap, re.MULTILINE)}

    @property
    def last_line(self) -> str:
        """The last message of a task."""
        found = re.findall(r'"msg": ("(?:[^"\\]|\\.)*")', self.output)
        return str(json.loads(found[-1])) if found else ""

    @property
    def asked_to_write(self) -> list[Any]:
        """The requests that ask for a change, whatever became of them."""
        return [entry for entry in self.requests if entry.kind == "write"]


class Service:
    """An emulator, and the playbooks run against it."""

    def __init__(self, serving: Serving, folder: pathlib.Path) -> None:
        self.emulator = serving.emulator
        self.folder = folder
        self.environment = ansible.environment(folder, environment(serving)) | {
            "ANSIBLE_SHOW_CUSTOM_STATS": "true",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
        }

    def play(self, playbook: str, answers: dict[str, Any], *options: str) -> Played:
        """Runs a playbook of the collection, or one by its path, with these answers as extra variables."""
        before = self.emulator.journal.count
        name = playbook if playbook.endswith(".yml") else f"huaweicloud.drs.{playbook}"
        command = [ansible.program(), name, "-e", json.dumps(answers), *options]
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return Played(done.returncode, done.stdout, _custom_stats(done.stdout), self.emulator.journal.since(before))

    def inventory(self, text: str) -> str:
        """The path of an inventory file with this text."""
        path = self.folder / "inventory.ini"
        path.write_text(text, encoding="utf-8")
        return str(path)


def _custom_stats(output: str) -> dict[str, Any]:
    """What the default callback prints behind CUSTOM STATS."""
    _before, found, rest = output.partition("\tRUN: ")
    return json.JSONDecoder().raw_decode(rest)[0] if found else {}
