# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request that is refused as a whole because of one of its jobs."""

from __future__ import annotations

import math

import pytest
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    assert_each_write_follows_a_read,
    emulator,
    job_id,
    outcomes,
    run,
    sends,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import WRITES

each_write = pytest.mark.parametrize("write", WRITES)


@shows(
    "400 for a whole request because of one job",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "Split in halves, each read again before it is sent, until the job at fault is alone: n-1 ok, one failed by name, O(log n) more requests.",
)
@each_write
@pytest.mark.parametrize(("number", "bad"), [(2, 0), (7, 3), (10, 9), (100, 41)])
def test_one_bad_job_spoils_nothing(write, number, bad):
    status, state, options = WRITES[write]
    service = emulator([status] * number, refuse_ids=(job_id(bad),))
    result = run(service, state, batch_size=100, **options)
    assert outcomes(result) == ["failed" if one == bad else "ok" for one in range(number)]
    job = result["jobs"][bad]
    assert (job["reason"], job["error_code"], job["changed"]) == ("refused", "DRS.M00202", False)
    assert job_id(bad) in result["msg"]
    assert len(service.journal.writes()) <= 1 + 2 * math.ceil(math.log2(number))
    assert len(sends(service, job_id(bad))[-1].job_ids) == 1
    assert_each_write_follows_a_read(service)


@shows("The same, and two jobs at fault", "batch-pause-task", "n-2 ok, two failed.")
def test_two_bad_jobs_spoil_nothing():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 16, refuse_ids=(job_id(2), job_id(11)))
    result = run(service, "paused", batch_size=16)
    assert [number for number, outcome in enumerate(outcomes(result)) if outcome != "ok"] == [2, 11]
    assert result["summary"]["failed"] == 2


@shows("413 or 422 for a whole request", "batch-pause-task", "Split in the same way.")
@pytest.mark.parametrize("status", [413, 422])
def test_other_refusals_of_a_whole_request_are_split(status):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 8)
    refusal = {"status": status, "error_code": "DRS.M00300", "error_msg": "Invalid request"}
    service.fault({"match": {"kind": "write", "job_id": job_id(5)}, "effect": refusal})
    result = run(service, "paused")
    assert outcomes(result) == ["ok"] * 5 + ["failed"] + ["ok"] * 2


@shows("A server that takes only k jobs a request", "each write", "Split until it does: all ok.")
@each_write
@pytest.mark.parametrize("most", [1, 3, 4])
def test_a_server_that_takes_few_jobs_a_request_is_served(write, most):
    status, state, options = WRITES[write]
    service = emulator([status] * 10, max_items=most)
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 10
    assert len(service.journal.writes()) <= 2 * 10
    assert_each_write_follows_a_read(service)


@shows(
    "Every job of a request is refused as a whole, permanently",
    "batch-pause-task",
    "Each is alone in the end, and failed.",
)
def test_a_refusal_of_all_ends_with_each_alone():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 4)
    service.fault({"match": {"kind": "write"}, "effect": {"status": 400, "html": True}})
    result = run(service, "paused")
    assert outcomes(result) == ["failed"] * 4
    assert [len(entry.job_ids) for entry in service.journal.writes()] == [4, 2, 2, 1, 1, 1, 1]


@shows("400 with `results` in its body", "each write", "Never split: its rows count.")
@each_write
def test_a_400_with_rows_is_not_split(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 4)
    rows = [
        {"id": job_id(number), "status": "failed", "error_code": "DRS.M00302", "error_msg": "no"} for number in range(4)
    ]
    refusal = {"status": 400, "body": {"count": 4, "results": rows}}
    service.fault({"match": {"kind": "write"}, "effect": refusal})
    result = run(service, state, **options)
    assert outcomes(result) == ["failed"] * 4
    assert {job["error_code"] for job in result["jobs"]} == {"DRS.M00302"}
    assert len(service.journal.writes()) == 1


@shows(
    "400 or 500 with `results` in its body, some of them success",
    "each write",
    "Its rows count; those that succeeded are waited for.",
)
@each_write
@pytest.mark.parametrize("http_status", [400, 500])
def test_rows_count_whatever_the_http_status(write, http_status):
    status, state, options = WRITES[write]
    service = emulator(
        [
            status,
            {
                "status": status,
                "refuse": dict.fromkeys(
                    ["start", "retry", "pause", "terminate", "force_terminate", "delete"], ("DRS.M00302", "no")
                ),
            },
        ]
    )
    service.fault({"match": {"kind": "write"}, "effect": {"status": http_status, "applied": True}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "failed"]
    assert len(service.journal.writes()) == 1


@shows("A chunk of many is refused or lost", "batch-pause-task", "What the other chunks did is in the result.")
@pytest.mark.parametrize(
    ("effect", "outcome"), [({"fate": "cut_before"}, "unknown"), ({"status": 400, "empty": True}, "failed")]
)
def test_a_chunk_that_fails_leaves_what_the_others_did(effect, outcome):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 30)
    service.fault(
        {"match": {"kind": "write", "job_id": [job_id(number) for number in range(10, 20)]}, "effect": effect}
    )
    result = run(service, "paused")
    assert outcomes(result) == ["ok"] * 10 + [outcome] * 10 + ["ok"] * 10


@shows("400 for a page of statuses because of one id", "batch-status", "Split; n-1 are read, one failed by name.")
def test_a_page_of_statuses_is_split():
    service = emulator(["PAUSING"] * 64)
    service.fault(
        {
            "match": {"endpoint": "batch-status", "job_id": job_id(20)},
            "effect": {"status": 400, "error_code": "DRS.M00202", "error_msg": "no"},
        }
    )
    result = run(service, "paused")
    assert outcomes(result) == ["failed" if number == 20 else "ok" for number in range(64)]
    assert result["jobs"][20]["reason"] == "refused"
    assert len(service.journal) <= 1 + 2 * 6
