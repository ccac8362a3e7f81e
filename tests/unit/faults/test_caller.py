# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calling process exits while the module sleeps: it ends within seconds, and sends no write."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, job_id, outcomes, run
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import PASSWORD, WRITES

RUNNING = "INCRE_TRANSFER_STARTED"
SECONDS = 5
each_write = pytest.mark.parametrize("write", WRITES)


def gone_at(service, second):
    return lambda: service.clock.now() < second


@shows(
    "The caller exits while the module waits for the next poll, an hour away",
    "each write",
    "Ends within 5 s; nothing more is sent: unknown, caller_gone.",
)
@each_write
def test_while_waiting_for_the_next_poll(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3, lag=100000)
    options = {**options, "wait_timeout": 7200, "wait_interval": 3600}
    result = run(service, state, listening=gone_at(service, 1000), **options)
    assert {(job["outcome"], job["reason"], job["changed"]) for job in result["jobs"]} == {
        ("unknown", "caller_gone", True)
    }
    assert 1000 <= service.clock.now() < 1000 + SECONDS
    assert all(entry.time < 1000 for entry in service.journal)


@shows("The same, while nothing can be sent to the job yet", "batch-status", "The same: not_attempted, caller_gone.")
@pytest.mark.parametrize("seed", [{"status": "CHANGE_JOB_STARTED"}, {"status": RUNNING, "busy": True}])
def test_while_waiting_for_a_job_that_is_not_ready(seed):
    service = emulator([{**seed, "durations": {"CHANGE_JOB_STARTED": None}}])
    options = {"wait_timeout": 7200, "wait_interval": 3600, "busy_timeout": 7200}
    result = run(service, "paused", listening=gone_at(service, 1000), **options)
    assert [(job["outcome"], job["reason"]) for job in result["jobs"]] == [("not_attempted", "caller_gone")]
    assert service.clock.now() < 1000 + SECONDS


THROTTLED = {"status": 429, "error_code": "APIGW.0308", "retry_after": 3000}


@shows(
    "The same, while the service asks to come back in 3,000 s",
    "batch-status, batch-detail, batch-starting, IAM's tokens",
    "The same.",
)
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-starting", "tokens"])
@pytest.mark.parametrize("http_status", [429, 503])
def test_while_the_service_asks_to_come_back_later(endpoint, http_status):
    service = emulator(["CONFIGURATION"] * 3)
    service.fault({"match": {"endpoint": endpoint}, "effect": {**THROTTLED, "status": http_status}})
    result = run(service, "started", way_in=PASSWORD, wait_timeout=7200, listening=gone_at(service, 100))
    assert result["failed"]
    assert set(outcomes(result)) <= {"not_attempted", "unknown"}
    assert service.clock.now() < 100 + SECONDS


@shows("The same, before a read is repeated after 5xx", "batch-status", "The same.")
def test_before_a_read_is_repeated():
    service = emulator([RUNNING] * 3)
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"status": 503, "html": True}})
    result = run(service, "paused", wait_timeout=7200, max_retries=100, listening=gone_at(service, 400))
    assert outcomes(result) == ["not_attempted"] * 3
    assert 400 <= service.clock.now() < 400 + SECONDS


@shows("The same, before a missing row is asked for once more", "batch-status", "The same.")
def test_before_a_missing_row_is_asked_for_once_more():
    service = emulator([RUNNING])
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"drop_rows": "all"}})
    result = run(service, "deleted", listening=gone_at(service, 1))
    assert outcomes(result) == ["not_attempted"]
    assert len(service.journal) == 1
    assert service.clock.now() < 4


@shows("The same, after a lost write", "each write", "The same: unknown; it is not sent again.")
@each_write
def test_after_a_lost_write(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"kind": "write"}, "effect": {"fate": "cut_before"}})
    result = run(service, state, listening=gone_at(service, 20), **options)
    assert outcomes(result) == ["unknown"] * 3
    assert len(service.journal.writes()) == 1
    assert service.clock.now() < 20 + SECONDS


@shows("The same, during a request", "all", "Ends with that request, its timeout at most; no write follows.")
def test_during_a_request():
    service = emulator([RUNNING] * 3)
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"delay": 25}})
    result = run(service, "paused", listening=gone_at(service, 1))
    assert outcomes(result) == ["not_attempted"] * 3
    assert len(service.journal) == 1
    assert service.journal.writes() == []
    assert service.clock.now() < 26


@shows(
    "The same, while the service asks to come back in 3,000 s, or is away",
    "drs_job_info: all its reads",
    "Ends within 5 s: failed, with what was read.",
)
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-progress", "batch-rpo-and-rto", "list"])
@pytest.mark.parametrize("effect", [THROTTLED, {"status": 503, "html": True}, {"status": 403, "html": True}], ids=str)
def test_info(endpoint, effect):
    service = emulator([RUNNING] * 3)
    service.fault({"match": {"endpoint": endpoint}, "effect": effect})
    options = {"job_ids": None} if endpoint == "list" else {"job_ids": [job_id(0)]}
    options.update(gather=list(_query.PARTS), wait_timeout=7200)
    result = in_process.run(service, _query, listening=gone_at(service, 5), **options)
    assert result["failed"]
    assert service.clock.now() < 5 + SECONDS
