# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes that are refused or throttled, and carried out all the same: whole, or for some of their jobs."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    SETTLE_TIME,
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
UNPAID = {"status": "CONFIGURATION", "period_order": {"order_id": "CS1", "status": "UNPAID"}}

# what stands beside the rows -> HTTP status, code, text
BESIDE_ROWS = {
    "429": (429, ["DRS.M01503", "Operation too frequent. Try again later."]),
    "429 of the gateway": (429, ["APIGW.0308", "The throttling threshold has been reached"]),
    "202 and DRS.M01503": (202, ["DRS.M01503", "Operation too frequent. Try again later."]),
    "202 and DRS.M01504": (202, ["DRS.M01504", "Another operation is being performed"]),
    "400": (400, ["DRS.M00300", "Invalid request"]),
    "401": (401, ["APIGW.0301", "Incorrect IAM authentication information"]),
    "403": (403, ["DRS.M00102", "Insufficient user permissions."]),
    "403 of a token": (403, ["DRS.M00100", "Invalid token."]),
    "404": (404, ["APIGW.0101", "The API does not exist"]),
    "409": (409, ["DRS.M00304", "This API cannot be called in the current task status."]),
    "500": (500, ["DRS.M01501", "Service error."]),
    "503": (503, ["DRS.M00004", "Service is abnormal."]),
}


@shows(
    "A write is carried out, and answered with its rows and an error next to them (429, 400, 401, 403, 404, 409, 500, 503, or "
    "2xx with DRS.M01503 or DRS.M01504 at the top)",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "The rows count: ok, changed, sent once.",
)
@each_write
@pytest.mark.parametrize("beside", BESIDE_ROWS)
def test_rows_count_whatever_stands_beside_them(write, beside):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    http_status, error = BESIDE_ROWS[beside]
    service.fault({"match": {"kind": "write"}, "effect": {"status": http_status, "with_error": error}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 3
    assert [job["changed"] for job in result["jobs"]] == [True] * 3
    assert len(service.journal.writes()) == 1


@shows("The same, with `Retry-After`", "batch-pause-task", "The same; nothing is sent before that time.")
@pytest.mark.parametrize("http_status", [429, 503])
def test_rows_count_and_retry_after_is_honoured(http_status):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 3)
    effect = {"status": http_status, "with_error": ["DRS.M01503", "Try again later."], "retry_after": 20}
    service.fault({"match": {"kind": "write"}, "effect": effect})
    assert outcomes(run(service, "paused")) == ["ok"] * 3
    _first, write, after = list(service.journal)[:3]
    assert after.time - write.time >= 20


# --- rows that contradict themselves

PROCESSED = ("DRS-M00000", "DRS.M00000", "0", 0, "00000")
CONTRADICTIONS = ("DRS.M00302", "DRS.M00304", "DRS.M01504", "DRS.M01501", "DRS.M10000", 7, True, ["x"], {"a": 1})


@shows(
    "A row says success, with a code next to it that means success (DRS-M00000, 0)",
    "each write",
    "No error: accepted, sent once.",
)
@each_write
@pytest.mark.parametrize("code", PROCESSED, ids=repr)
def test_a_code_of_zeros_is_no_error(write, code):
    status, state, options = WRITES[write]
    service = emulator([status] * 2, lag=SETTLE_TIME + 10)
    service.fault({"match": {"kind": "write"}, "effect": {"row_fields": {"*": {"error_code": code}}}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 2
    assert len(service.journal.writes()) == 1
    assert {job["error_code"] for job in result["jobs"]} == {None}


@shows(
    "A row says success, with another code next to it, whatever its JSON type",
    "each write",
    "As a lost answer: read, and the desired state reached is ok and changed. Sent once.",
)
@each_write
@pytest.mark.parametrize("code", CONTRADICTIONS, ids=repr)
def test_success_with_an_error_code_is_read_after(write, code):
    status, state, options = WRITES[write]
    service = emulator([status] * 2, lag=SETTLE_TIME - 5)
    service.fault({"match": {"kind": "write"}, "effect": {"row_fields": {"*": {"error_code": code}}}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 2
    assert result["changed"]
    assert len(service.journal.writes()) == 1


@shows("The same, and it was not carried out", "each write", "Read for `settle_time`, then sent once more: ok.")
@each_write
def test_success_with_an_error_code_and_nothing_done(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    rows = [{"id": job, "status": "success", "error_code": "DRS.M00302"} for job in service.jobs]
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {"status": 202, "body": {"results": rows}}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 2
    first, second = service.journal.writes()
    assert second.time - first.time >= SETTLE_TIME


@shows("The same, with `wait: false`", "each write", "The same; it is looked after for `settle_time`.")
@each_write
def test_success_with_an_error_code_without_waiting(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    service.fault({"match": {"kind": "write"}, "effect": {"row_fields": {"*": {"error_code": "DRS.M00302"}}}})
    result = run(service, state, wait=False, **options)
    assert result["changed"]
    assert set(outcomes(result)) <= {"ok", "accepted"}
    assert len(service.journal.writes()) == 1


# --- refused or throttled as a whole, carried out in part

AS_A_WHOLE = {
    "400": {"status": 400, "error_code": "DRS.M00300", "error_msg": "Invalid request"},
    "400 with HTML": {"status": 400, "html": True},
    "403": {"status": 403, "error_code": "DRS.M00102"},
    "404": {"status": 404, "error_code": "DRS.M00200"},
    "404 DRS.M00289": {"status": 404, "error_code": "DRS.M00289"},
    "413": {"status": 413, "error_code": "DRS.M00300"},
    "422": {"status": 422, "error_code": "DRS.M00300"},
    "429": {"status": 429, "empty": True},
    "429 DRS.M01503": {"status": 429, "error_code": "DRS.M01503"},
    "400 DRS.M01503": {"status": 400, "error_code": "DRS.M01503"},
    "400 DRS.M01504": {"status": 400, "error_code": "DRS.M01504"},
    "202 DRS.M01504": {"status": 202, "error_code": "DRS.M01504"},
    "500": {"status": 500, "error_code": "DRS.M01501"},
}
each_refusal = pytest.mark.parametrize("refusal", AS_A_WHOLE)


@shows(
    "A request is refused (400, 403, 404, 413, 422, DRS.M01504) or throttled (429, DRS.M01503) as a whole, and its first jobs "
    "had been carried out",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "All ok, and all changed: the request was ours. Each was accepted once.",
)
@each_refusal
@each_write
@pytest.mark.parametrize("done", [1, 4])
def test_what_was_carried_out_in_part_is_changed(refusal, write, done):
    status, state, options = WRITES[write]
    service = emulator([status] * 5)
    effect = {**AS_A_WHOLE[refusal], "applied": done}
    service.fault({"match": {"kind": "write", "count": 1}, "effect": effect})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 5
    assert [job["changed"] for job in result["jobs"]] == [True] * 5
    assert [job["action"] for job in result["jobs"]] == [write] * 5
    assert all(service.journal.accepted(job) == [write] for job in service.jobs)
    assert_each_write_follows_a_read(service)


@shows(
    "The same, and it shows only when `settle_time` is nearly over",
    "the same",
    "The same: what is busy meanwhile (DRS.M01504) is read on.",
)
@pytest.mark.parametrize("refusal", ["400", "403", "413", "429", "400 DRS.M01503", "202 DRS.M01504"])
@each_write
def test_what_was_carried_out_in_part_and_shows_late(refusal, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 5, lag=SETTLE_TIME - 5)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {**AS_A_WHOLE[refusal], "applied": 2}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 5
    assert [job["changed"] for job in result["jobs"]] == [True] * 5


@shows("The same, with `wait: false`", "the same", "`changed` is true wherever a write was carried out.")
@pytest.mark.parametrize("refusal", ["400", "403", "413", "429", "400 DRS.M01503", "202 DRS.M01504"])
@each_write
@pytest.mark.parametrize("lag", [0, 10])
def test_what_was_carried_out_in_part_without_waiting(refusal, write, lag):
    status, state, options = WRITES[write]
    service = emulator([status] * 5, lag=lag)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {**AS_A_WHOLE[refusal], "applied": 2}})
    result = run(service, state, wait=False, **options)
    assert [job["changed"] for job in result["jobs"]] == [True] * 5
    assert all(len(service.journal.accepted(job)) == 1 for job in service.jobs)


@shows(
    "The same, and the jobs that were carried out stay busy (DRS.M01504) and never show it",
    "the same",
    "unknown, busy, and changed; the others are ok.",
)
@pytest.mark.parametrize("refusal", ["400", "403", "413", "429", "400 DRS.M01503", "202 DRS.M01504"])
@each_write
@pytest.mark.parametrize("busy_timeout", [50, 1800])
def test_what_was_carried_out_in_part_and_stays_busy(refusal, write, busy_timeout):
    status, state, options = WRITES[write]
    service = emulator([{"status": status, "write_lag": 100000 if number < 2 else 2} for number in range(5)])
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {**AS_A_WHOLE[refusal], "applied": 2}})
    result = run(service, state, busy_timeout=busy_timeout, **options)
    assert outcomes(result) == ["unknown"] * 2 + ["ok"] * 3
    assert {(job["reason"], job["changed"]) for job in result["jobs"][:2]} == {("busy", True)}
    assert all(service.journal.accepted(job) == [write] for job in service.jobs)


@shows(
    "The same, and every later request is refused or throttled as well",
    "the same",
    "What was carried out is ok and changed, once it shows. What was not is unchanged.",
)
@pytest.mark.parametrize("refusal", ["400", "403", "413", "404"])
@each_write
@pytest.mark.parametrize("lag", [0, 2, SETTLE_TIME - 5])
def test_what_was_carried_out_in_part_and_refused_for_good(refusal, write, lag):
    status, state, options = WRITES[write]
    service = emulator([status] * 5, lag=lag)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {**AS_A_WHOLE[refusal], "applied": 2}})
    service.fault({"match": {"kind": "write"}, "effect": AS_A_WHOLE[refusal]})
    result = run(service, state, **options)
    assert [(job["outcome"], job["changed"]) for job in result["jobs"][:2]] == [("ok", True)] * 2
    assert [job["outcome"] in ("failed", "not_attempted") for job in result["jobs"][2:]] == [True] * 3
    assert [job["changed"] for job in result["jobs"][2:]] == [False] * 3


@shows(
    "The same, refused by the account's refusals (401, DRS.M00101, DRS.M00103, DRS.M00261)",
    "the same",
    "Final for this endpoint (401: for all). Nothing is sent again.",
)
@pytest.mark.parametrize(
    ("http_status", "code"),
    [(401, "APIGW.0301"), (403, "DRS.M00101"), (403, "DRS.M00103"), (403, "DRS.M00261"), (403, "APIGW.0302")],
)
@each_write
def test_a_refusal_of_the_account_is_not_split(http_status, code, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 5)
    service.fault({"match": {"kind": "write"}, "effect": {"status": http_status, "error_code": code}})
    result = run(service, state, fail_on="never", **options)
    assert result["failed"]
    assert outcomes(result) == ["not_attempted"] * 5
    assert code in result["msg"]
    assert len(service.journal.writes()) == 1


# --- orders


@shows(
    "A start that may place an order, in a request that is refused or throttled as a whole and carried out in part",
    "batch-starting",
    "Sent again only after it was read for `settle_time`, and alone in its request: each order is paid once.",
)
@pytest.mark.parametrize("refusal", [one for one in AS_A_WHOLE if one != "500"])
@pytest.mark.parametrize("done", [0, 2])
def test_a_start_in_part_that_may_pay(refusal, done):
    service = emulator([UNPAID] * 3 + ["CONFIGURATION"])
    effect = {**AS_A_WHOLE[refusal], "applied": done}
    service.fault({"match": {"kind": "write", "count": 1}, "effect": effect})
    result = run(service, "started", allow_paid_order=True)
    assert outcomes(result) == ["ok"] * 4
    assert sorted(order["job_id"] for order in service.orders_paid) == list(service.jobs)[:3]
    first, *later = service.journal.writes()
    for entry in later:
        if entry.job_ids != [job_id(3)]:
            assert len(entry.job_ids) == 1
            assert entry.time - first.time >= SETTLE_TIME
    assert {job for entry in later for job in entry.job_ids} == set(list(service.jobs)[done:])
    assert sends(service, job_id(3))[1].time - first.time < SETTLE_TIME
    assert all(len(entry.job_ids) <= 10 for entry in service.journal.of("batch-detail"))


@shows("The same", "batch-retry-task, of a job with an order", "The same.")
@pytest.mark.parametrize("refusal", ["400", "403", "429", "400 DRS.M01503", "202 DRS.M01504"])
@pytest.mark.parametrize("order", ["UNPAID", "COMPLETED"])
def test_a_retry_in_part_of_a_job_with_an_order(refusal, order):
    seed = {"status": "INCRE_TRANSFER_FAILED", "period_order": {"order_id": "CS1", "status": order}}
    service = emulator([seed] * 3)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {**AS_A_WHOLE[refusal], "applied": 1}})
    result = run(service, "started", allow_paid_order=True)
    assert outcomes(result) == ["ok"] * 3
    first, *later = service.journal.writes()
    assert all(len(entry.job_ids) == 1 and entry.time - first.time >= SETTLE_TIME for entry in later)
    assert all(service.journal.accepted(job) == ["retry"] for job in service.jobs)


@shows(
    "A start that may place an order, whose status is late by more than `settle_time`, in such a request",
    "batch-starting",
    "Never two orders: the service refuses the second (DRS.M01504), and the outcome is ok or unknown.",
)
@pytest.mark.parametrize("refusal", ["400", "403", "429", "202 DRS.M01504"])
@pytest.mark.parametrize("lag", [SETTLE_TIME + 15, 100000])
def test_a_start_in_part_that_pays_and_shows_late(refusal, lag):
    service = emulator([{**UNPAID, "write_lag": lag}] * 3)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {**AS_A_WHOLE[refusal], "applied": 2}})
    result = run(service, "started", allow_paid_order=True, busy_timeout=60)
    assert [job["changed"] for job in result["jobs"]] == [True] * 3
    assert outcomes(result)[:2] == ["unknown" if lag == 100000 else "ok"] * 2
    times = [order["job_id"] for order in service.orders_paid]
    assert len(times) == len(set(times)) == 3
    assert all(sooner.time <= later.time for sooner, later in itertools.pairwise(service.journal.writes()))
