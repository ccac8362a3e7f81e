# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs that the tests of the roles work on."""

from __future__ import annotations

from typing import Any

ORDERS = "9a470239-2308-4bb5-a6bc-1040402fjb21"
BILLING = "dbb8127c-b093-4b94-b764-7161e151jb2s"
STOCK = "8d0e8e36-a618-490d-8a46-8c61ac9jb502"
IDS = [ORDERS, BILLING, STOCK]
TEXT_AREA = f"{ORDERS}\n{BILLING}, {STOCK}\n"
UNKNOWN = "00000000-0000-0000-0000-0000000jb101"

RUNNING, FULL, PAUSED = "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", "PAUSING"
ENDED = "RELEASE_RESOURCE_COMPLETE"


def jobs(*specs: str | dict[str, Any]) -> list[dict[str, Any]]:
    """Seeds of jobs, each from its status, or from what it has beside its id."""
    return [_seed(n, job_id, spec) for n, (job_id, spec) in enumerate(zip(IDS, specs, strict=False), 1)]


def jobs_of(hosts: dict[str, list[str | dict[str, Any]]]) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Seeds of the jobs of many inventory hosts, and the ids that each host has got."""
    given = [(host, spec) for host, specs in hosts.items() for spec in specs]
    seeds = [_seed(n, f"{n:08x}-2308-4bb5-a6bc-1040402fjb21", spec) for n, (_host, spec) in enumerate(given, 1)]
    ids: dict[str, list[str]] = {host: [] for host in hosts}
    for (host, _spec), seed in zip(given, seeds, strict=True):
        ids[host].append(seed["id"])
    return seeds, ids


def _seed(number: int, job_id: str, spec: str | dict[str, Any]) -> dict[str, Any]:
    return {"id": job_id, "name": f"job-{number}", **({"status": spec} if isinstance(spec, str) else spec)}
