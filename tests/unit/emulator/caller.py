# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls an emulator in process, for its tests."""

from __future__ import annotations

import json

from ansible_collections.huaweicloud.drs.tests.emulator import Emulator

PROJECT = "054ba152d480d55b2f5dc0069e7ddef0"
HEADERS = {"Content-Type": "application/json", "X-Auth-Token": "emulator-token"}


def job_id(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-0000000jb101"


class Caller:
    """Calls an emulator in process, let in by its token."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def send(self, method, path, body=None, headers=None):
        data = b"" if body is None else json.dumps(body).encode()
        return self.emulator.handle(method, path, HEADERS if headers is None else headers, data)

    def call(self, name, body, method="POST"):
        return self.send(method, f"/v3/{PROJECT}/jobs/{name}", body)

    def write(self, verb, *ids, **options):
        name, method, extra = {
            "start": ("batch-starting", "POST", {}),
            "pause": ("batch-pause-task", "POST", {"pause_mode": "target"}),
            "retry": ("batch-retry-task", "POST", {}),
        }.get(verb, ("batch-jobs", "DELETE", {"delete_type": verb}))
        return self.call(name, {"jobs": [{"job_id": one, **extra, **options} for one in ids]}, method)

    def statuses(self, *ids):
        reply = self.call("batch-status", {"jobs": list(ids), "page_req": {"cur_page": 1, "per_page": 0}})
        return [row.get("status") for row in reply.json()["results"]]

    def status(self, one):
        return self.statuses(one)[0]


def emulate(*statuses, clock="manual", identity=None, **settings):
    """A caller of a new emulator with a job for each status, or for each dict of a seeded job's fields."""
    jobs = [
        {"id": job_id(number), **({"status": status} if isinstance(status, str) else status)}
        for number, status in enumerate(statuses)
    ]
    seed = {"jobs": jobs, "identity": identity} if identity else {"jobs": jobs}
    return Caller(Emulator(seed, clock=clock, **settings))
