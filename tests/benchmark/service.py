# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in a process of its own, so that its work is not taken for the client's."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import urllib.request
from collections import Counter
from typing import Any

from ..emulator.seed import IDENTITY, PROJECT_ID, SECRET_KEY
from .scenarios import LATENCY

ROOT = pathlib.Path(__file__).resolve().parents[2]
_KINDS = {
    "batch-status": "status",
    "batch-detail": "detail",
    "batch-starting": "write",
    "batch-pause-task": "write",
    "batch-jobs": "write",
}


def job_id(number: int) -> str:
    """A well-formed id."""
    return f"{number:08d}-0000-0000-0000-0000000jb101"


class Service(contextlib.ExitStack):
    """An emulator on a free loopback port, gone when the context ends.

    Its jobs have moved to where a write sends them by the first look, so that the service's own time, which no client can
    shorten, is in no measurement. latency: milliseconds.
    """

    def __init__(self, latency: int = LATENCY) -> None:
        super().__init__()
        command = [sys.executable, "-m", "tests.emulator", "--clock", "immediate", "--latency", str(latency)]
        command += ["--setting", "lag_reads=0", "--setting", "step_reads=0", "--until-parent-gone"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.callback(self._end)
        # Its greeting ends in its address.
        _words, _at, self.url = self._process.stdout.readline().rstrip().rpartition(" at ")
        if not self.url:
            self.close()
            raise RuntimeError("the emulator did not start")

    @property
    def variables(self) -> dict[str, str]:
        """The environment by which modules and scripts find it, and are let in by access key."""
        return {
            "HW_DRS_ENDPOINT": self.url,
            "HW_AUTH_URL": f"{self.url}/v3",
            "HW_REGION_NAME": "eu-de",
            "HW_PROJECT_ID": PROJECT_ID,
            "HW_ACCESS_KEY": IDENTITY["keys"][0]["access_key"],
            "HW_SECRET_KEY": SECRET_KEY,
            # The vendor's SDK sends what is for loopback to a proxy as well.
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def seed(self, jobs: int, status: str) -> None:
        """Begin anew with so many jobs of this status, and an empty journal."""
        self._admin("seed", {"jobs": [{"id": job_id(number), "status": status} for number in range(jobs)]})

    def requests(self) -> Counter[str]:
        """How many requests came since the seed, by kind: status, detail, write; others by their own name."""
        return Counter(_KINDS.get(entry["endpoint"], str(entry["endpoint"])) for entry in self.journal())

    def journal(self) -> list[dict[str, Any]]:
        """The requests since the seed, oldest first."""
        entries: list[dict[str, Any]] = self._admin("journal")["entries"]
        return entries

    def statuses(self) -> Counter[str]:
        """How many jobs have which status."""
        return Counter(job["status"] for job in self._admin("state")["jobs"].values())

    def cpu_seconds(self) -> float:
        """What the emulator itself has used of a processor since it began."""
        fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _admin(self, call: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/_emulator/{call}", data, timeout=60) as answer:
            return json.load(answer)

    def _end(self) -> None:
        with self._process:
            self._process.terminate()
