# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured, as data: the scenarios, the numbers of jobs, how often, and the least requests that each needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

SIZES = (10, 100, 200, 1_000, 10_000)
LATENCY = 50  # milliseconds added to each request
URI_ITEMS = 20  # items of the loop of ansible.builtin.uri, from which longer ones are scaled
TASKS_AFTER = 5
# How often a measurement is made, and how often where nothing is written, up to MANY jobs.
RUNS, RUNS_OF_READS, MANY = 3, 9, 200
# Jobs from which on one run is enough, for the SDK's script and for all.
MANY_FOR_SDK, MOST = 1_000, 10_000

# The defaults of the module, which the requests follow from.
BATCH, PAGE, DETAIL_PAGE, WIDTH = 10, 100, 10, 4


class Scenario(NamedTuple):
    """Jobs that all have the status `before`, and what is asked of them.

    verb and there: of the SDK's script, which asks and then waits for one of these statuses; no verb, no write.
    single: of the loop of ansible.builtin.uri, method, path and body of the one request for one job; JOB_ID is its id.
    """

    name: str
    words: str
    before: str
    module: str
    options: Mapping[str, Any]
    verb: str | None
    there: tuple[str, ...]
    single: tuple[str, str, Mapping[str, Any]]


JOB_ID = "{{ item }}"
_READ = ("POST", "batch-status", {"jobs": [JOB_ID]})

SCENARIOS = (
    Scenario(
        "started",
        "Configured jobs are started.",
        "CONFIGURATION",
        "drs_job_batch",
        {"state": "started"},
        "start",
        ("FULL_TRANSFER_STARTED", "FULL_TRANSFER_COMPLETE", "INCRE_TRANSFER_STARTED"),
        ("POST", "batch-starting", {"jobs": [{"job_id": JOB_ID}]}),
    ),
    Scenario(
        "paused",
        "Replicating jobs are paused.",
        "INCRE_TRANSFER_STARTED",
        "drs_job_batch",
        {"state": "paused"},
        "pause",
        ("PAUSING",),
        ("POST", "batch-pause-task", {"jobs": [{"job_id": JOB_ID, "pause_mode": "target"}]}),
    ),
    Scenario(
        "stopped",
        "Replicating jobs are stopped.",
        "INCRE_TRANSFER_STARTED",
        "drs_job_batch",
        {"state": "stopped"},
        "stop",
        ("RELEASE_RESOURCE_COMPLETE",),
        ("DELETE", "batch-jobs", {"jobs": [{"job_id": JOB_ID, "delete_type": "terminate"}]}),
    ),
    Scenario(
        "nothing changes",
        "Jobs that are paused already are to be paused.",
        "PAUSING",
        "drs_job_batch",
        {"state": "paused"},
        None,
        ("PAUSING",),
        _READ,
    ),
    Scenario(
        "drs_job_info",
        "The jobs' statuses are read.",
        "INCRE_TRANSFER_STARTED",
        "drs_job_info",
        {},
        None,
        ("INCRE_TRANSFER_STARTED",),
        _READ,
    ),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
NOTHING_CHANGES = BY_NAME["nothing changes"]


def repetitions(jobs: int, contender: str, scenario: Scenario) -> int:
    """How often a measurement is made: the smaller it is, the more its noise counts. Latency makes the long runs of the
    SDK's script, and it hardly varies."""
    if jobs >= (MANY_FOR_SDK if contender == "SDK" else MOST):
        return 1
    return RUNS if scenario.verb or jobs > MANY else RUNS_OF_READS


def least_requests(scenario: Scenario, jobs: int) -> dict[str, int]:
    """The fewest requests, by kind, with which the module's schedule of reads can do it.

    The statuses are read first, a page for each hundred jobs. A batch of ten is one write and, before a start, one read
    of details. Then each round reads a page for each hundred jobs that are still in progress: here one round, since the
    emulator's jobs have moved by the first look.
    """
    pages = -(-jobs // PAGE)
    least = {"status": pages}
    if scenario.verb:
        least = {"status": 2 * pages, "write": -(-jobs // BATCH)}
    if scenario.verb == "start":
        least["detail"] = -(-jobs // DETAIL_PAGE)
    return least


def round_trips(jobs: int) -> float:
    """Seconds that the service's latency alone makes of one reading of all jobs."""
    return -(-jobs // PAGE // WIDTH) * LATENCY / 1000
