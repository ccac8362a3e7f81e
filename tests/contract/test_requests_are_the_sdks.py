# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For the same work the vendor's SDK and the module send the same requests: method, path, query and JSON body."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.contract.vendor_sdk import (
    ACCESS_KEY,
    PROJECT_ID,
    SECRET_KEY,
    job_id,
    sdk,
)
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve
from ansible_collections.huaweicloud.drs.tests.unit import in_process

pytestmark = pytest.mark.filterwarnings("ignore:Method .* of DrsClient is deprecated")

WAY_IN = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "project_id": PROJECT_ID}
RUNNING, ENDED = "INCRE_TRANSFER_STARTED", "RELEASE_RESOURCE_COMPLETE"
IDS = [job_id(0), job_id(1)]
LATER = int((in_process.TODAY + 3600) * 1000)


def seeds(status):
    return [{"id": one, "status": status} for one in IDS]


def asked(entries):
    return [(entry.method, entry.path, sorted(entry.query), entry.body) for entry in entries]


def asked_by_sdk(status, *calls):
    """The requests that the SDK sends for these calls."""
    emulator = Emulator({"jobs": seeds(status)})
    with serve(emulator) as server, sdk(server.url) as client:
        for call in calls:
            call(client)
    return asked(emulator.journal)


def module_run(status, **options):
    """The emulator after a run of drs_job_batch, signed with the access key."""
    service = in_process.emulator(seeds(status))
    result = in_process.run_batch(service, way_in=WAY_IN, **{"job_ids": IDS, "wait": False, **options})
    assert {job["outcome"] for job in result["jobs"]} == {"accepted"}, result["msg"]
    return service


WRITES = {
    "start": (
        "CONFIGURATION",
        lambda client: client.start(*IDS),
        {"state": "started", "allow_paid_order": True},
    ),
    "start with everything": (
        "CONFIGURATION",
        lambda client: client.start(*IDS, start_time=str(LATER), is_only_init_task=True, is_auto_create_compare=False),
        {
            "state": "started",
            "start_time": str(LATER),
            "is_only_init_task": True,
            "is_auto_create_compare": False,
            "allow_paid_order": True,
        },
    ),
    "pause the target": (RUNNING, lambda client: client.pause(*IDS), {"state": "paused"}),
    "pause all": (
        RUNNING,
        lambda client: client.pause(*IDS, pause_mode="all"),
        {"state": "paused", "pause_mode": "all"},
    ),
    "resume": ("PAUSING", lambda client: client.retry(*IDS), {"state": "started"}),
    "resume after objects were edited": (
        "PAUSING",
        lambda client: client.retry(*IDS, is_sync_re_edit=True),
        {"state": "started", "is_sync_re_edit": True},
    ),
    "retry": ("FULL_TRANSFER_FAILED", lambda client: client.retry(*IDS), {"state": "started"}),
    "terminate": (RUNNING, lambda client: client.end(*IDS, delete_type="terminate"), {"state": "stopped"}),
    "terminate and show the position": (
        RUNNING,
        lambda client: client.end(*IDS, delete_type="terminate", is_show_breakpoint_position=True),
        {"state": "stopped", "is_show_breakpoint_position": True},
    ),
    "terminate by force": (
        RUNNING,
        lambda client: client.end(*IDS, delete_type="force_terminate"),
        {"state": "stopped", "force": True},
    ),
    "delete": (ENDED, lambda client: client.end(*IDS, delete_type="delete"), {"state": "deleted"}),
}


@pytest.mark.parametrize("name", WRITES)
def test_writes_are_the_sdks(name):
    status, call, options = WRITES[name]
    ours = asked(module_run(status, **options).journal.writes())
    assert len(ours) == 1
    assert ours == asked_by_sdk(status, call)


def test_the_first_reading_is_the_sdks():
    ours = module_run(RUNNING, state="paused").journal
    assert asked(ours)[:1] == asked_by_sdk(RUNNING, lambda client: client.statuses(*IDS, cur_page=1, per_page=100))


def test_the_details_before_a_start_are_the_sdks():
    ours = module_run("CONFIGURATION", state="started").journal
    assert asked(ours.of("batch-detail")) == asked_by_sdk(
        "CONFIGURATION", lambda client: client.details(*IDS, cur_page=1, per_page=100)
    )


INFO_READS = {
    "batch-progress": ({"job_ids": IDS, "gather": ["progress"]}, lambda client: client.progress(*IDS)),
    "batch-rpo-and-rto": ({"job_ids": IDS, "gather": ["rpo_rto"]}, lambda client: client.rpo_and_rto(*IDS)),
    "list": (
        # What the module matches itself, such as names, is not asked for.
        {"select": {"type": ["sync"], "name": ["orders"], "tags": {"stage": "test"}, "enterprise_project_id": ["7"]}},
        lambda client: client.listed(
            "sync", tags={"stage": "test"}, enterprise_project_id="7", cur_page=1, per_page=100
        ),
    ),
}


@pytest.mark.parametrize("endpoint", INFO_READS)
def test_what_is_read_for_information_is_the_sdks(endpoint):
    options, call = INFO_READS[endpoint]
    service = in_process.emulator(seeds(RUNNING))
    in_process.run(service, _query, way_in=WAY_IN, **options)
    theirs = asked_by_sdk(RUNNING, call)
    assert [entry for entry in asked(service.journal) if entry[1] == theirs[0][1]] == theirs


def test_requests_carry_the_headers_that_the_service_reads():
    ours = module_run(RUNNING, state="paused").journal[0].headers
    emulator = Emulator({"jobs": seeds(RUNNING)})
    with serve(emulator) as server, sdk(server.url) as client:
        client.statuses(*IDS)
    theirs = emulator.journal[0].headers
    for name in ("content-type", "x-project-id"):
        assert ours[name] == theirs[name]
    assert ours["authorization"].split()[:2] == theirs["authorization"].split()[:2]
