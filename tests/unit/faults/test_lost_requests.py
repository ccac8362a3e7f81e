# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers that get lost, on every endpoint: once, twice and for good."""

from __future__ import annotations

import itertools

import pytest
import requests
from ansible_collections.huaweicloud.drs.tests.unit import in_process
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
from urllib3.exceptions import NewConnectionError

BODIES = {
    "JSON": {"error_code": "DRS.M00004", "error_msg": "Service is abnormal."},
    "HTML": {"html": True},
    "nothing": {"empty": True},
}
# fault -> the emulator's effect, once where the request was carried out and once where it was not
BROKEN_LINES = {
    "cut": ({"fate": "cut_after"}, {"fate": "cut_before"}),
    "truncated": ({"fate": "truncate"}, {"fate": "truncate", "applied": False, "status": 202, "body": {"results": []}}),
    "read timeout": ({"fate": "hang"}, {"fate": "hang", "applied": False, "status": 202, "empty": True}),
}
# No line is broken, and the body tells nothing. IAM has no such answer that asking again would mend.
UNREADABLE = {
    "2xx with HTML": ({"status": 200, "html": True, "applied": True}, {"status": 200, "html": True}),
    "2xx with nothing": ({"status": 202, "empty": True, "applied": True}, {"status": 202, "empty": True}),
}
BROKEN_SERVICE = {
    "%d with %s" % (status, words): (
        {"status": status, "applied": True, **body},
        {"status": status, "applied": False, **body},
    )
    for status, (words, body) in itertools.product((500, 502, 503, 504), BODIES.items())
}
FAULTS = {**BROKEN_LINES, **BROKEN_SERVICE, **UNREADABLE}
ONE_OF_EACH = ("cut", "truncated", "read timeout", "503 with HTML", "2xx with nothing")
TIMES = {"once": {"count": 1}, "twice": {"count": 2}, "for good": {}}

# write -> the status it is made from, the wish that it serves, further options
WRITES = {
    "start": ("CONFIGURATION", "started", {}),
    "resume": ("PAUSING", "started", {}),
    "retry": ("INCRE_TRANSFER_FAILED", "started", {}),
    "pause": ("INCRE_TRANSFER_STARTED", "paused", {}),
    "terminate": ("INCRE_TRANSFER_STARTED", "stopped", {}),
    "force_terminate": ("INCRE_TRANSFER_STARTED", "stopped", {"force": True}),
    "delete": ("RELEASE_RESOURCE_COMPLETE", "deleted", {}),
}
PASSWORD = {"username": "emulator-user", "password": "emulator-password", "domain_name": "emulator-domain"}
KEY = {"access_key": "EMULATORACCESSKEY", "secret_key": "emulator-secret-key"}
# endpoint that only reads -> way in
READS = {"batch-status": None, "batch-detail": None, "tokens": PASSWORD, "projects": KEY}

each_fault = pytest.mark.parametrize("fault", FAULTS)
one_fault_of_each_kind = pytest.mark.parametrize("fault", ONE_OF_EACH)
each_write = pytest.mark.parametrize("write", WRITES)


@shows(
    "Connection cut, answer truncated or never coming, 500, 502, 503, 504 with JSON, HTML or nothing, 2xx with HTML or nothing, and the "
    "write **was** carried out; once, twice, permanently",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs (terminate, force_terminate, delete)",
    "The job is read until its status shows the write: ok, changed. The write is sent once.",
)
@each_fault
@each_write
@pytest.mark.parametrize("times", TIMES)
def test_a_write_that_was_carried_out_is_not_sent_again(fault, write, times):
    status, state, options = WRITES[write]
    service = emulator([status, status], lag=SETTLE_TIME - 5)
    service.fault({"match": {"kind": "write", **TIMES[times]}, "effect": FAULTS[fault][0]})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "ok"]
    assert [job["action"] for job in result["jobs"]] == [write, write]
    assert len(service.journal.writes()) == 1
    assert service.journal.accepted(job_id(0)) == [write]


@shows(
    "The same, and the write was **not** carried out; once",
    "the same",
    "The job is read for `settle_time`, and then sent once more: ok.",
)
@each_fault
@each_write
def test_a_write_that_was_not_carried_out_is_sent_once_more(fault, write):
    status, state, options = WRITES[write]
    service = emulator([status, status])
    service.fault({"match": {"kind": "write", "count": 1}, "effect": FAULTS[fault][1]})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "ok"]
    first, second = service.journal.writes()
    assert second.time - first.time >= SETTLE_TIME
    assert_each_write_follows_a_read(service)


@shows(
    "The same; twice, permanently",
    "the same",
    "unknown, a failure, changed: what was sent twice and never answered is not sent a third time.",
)
@each_fault
@each_write
@pytest.mark.parametrize("times", ["twice", "for good"])
def test_a_write_is_lost_at_most_twice(fault, write, times):
    status, state, options = WRITES[write]
    service = emulator([status, status])
    service.fault({"match": {"kind": "write", **TIMES[times]}, "effect": FAULTS[fault][1]})
    result = run(service, state, **options)
    assert result["failed"]
    assert outcomes(result) == ["unknown", "unknown"]
    assert {job["reason"] for job in result["jobs"]} == {"lost"}
    assert len(service.journal.writes()) == 2


@shows(
    "The same; once, twice",
    "batch-status, batch-detail, IAM's tokens and projects",
    "Read again, with growing pauses: ok.",
)
@pytest.mark.parametrize("fault", [*BROKEN_LINES, *BROKEN_SERVICE])
@pytest.mark.parametrize("endpoint", READS)
@pytest.mark.parametrize("times", ["once", "twice"])
def test_a_read_is_repeated(fault, endpoint, times):
    service = emulator(["CONFIGURATION", "CONFIGURATION"])
    service.fault({"match": {"endpoint": endpoint, **TIMES[times]}, "effect": FAULTS[fault][1]})
    options = {"way_in": READS[endpoint]} if READS[endpoint] else {}
    result = run(service, "started", **options)
    assert outcomes(result) == ["ok", "ok"]
    assert result["api"]["retries"] >= TIMES[times]["count"]


@shows(
    "The same; permanently",
    "the same",
    "not_attempted, unreadable, within `wait_timeout` and one `request_timeout`: no write is sent.",
)
@each_fault
@pytest.mark.parametrize("endpoint", READS)
def test_without_a_read_nothing_is_written(fault, endpoint):
    service = emulator(["CONFIGURATION", "CONFIGURATION"])
    service.fault({"match": {"endpoint": endpoint}, "effect": FAULTS[fault][1]})
    options = {"way_in": READS[endpoint]} if READS[endpoint] else {}
    result = run(service, "started", **options)
    assert result["failed"]
    assert outcomes(result) == ["not_attempted", "not_attempted"]
    assert {job["reason"] for job in result["jobs"]} == {"unreadable"}
    assert service.journal.writes() == []


@shows(
    "The service can no longer be read once the write was made",
    "batch-status",
    "unknown, changed: a write was made, and what became of it could not be seen.",
)
@one_fault_of_each_kind
@each_write
def test_a_write_that_nobody_sees_the_end_of_is_unknown(fault, write):
    status, state, options = WRITES[write]
    service = emulator([status, status])
    service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": FAULTS[fault][1]})
    result = run(service, state, **options)
    assert result["failed"]
    assert result["changed"]
    assert outcomes(result) == ["unknown", "unknown"]
    assert len(service.journal.writes()) == 1


@shows(
    "The service is away for a while, and jobs are waited for",
    "batch-status",
    "Waited out inside of the deadline: ok.",
)
@each_write
def test_an_outage_while_waiting_is_waited_out(write):
    status, state, options = WRITES[write]
    service = emulator([status, status])
    service.fault(
        {"match": {"endpoint": "batch-status", "after": 1, "count": 8}, "effect": {"status": 503, "html": True}}
    )
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "ok"]
    assert len(service.journal.writes()) == 1


@pytest.fixture
def refuse_connections(monkeypatch):
    """refuse_connections(service, count, wanted): the first connections for a method and a word in the path are refused."""

    def refuse(count, method, word):
        answered = in_process.EmulatorAdapter.send
        left = [count]

        def send(self, request, **how):
            if left[0] and request.method == method and word in request.url:
                left[0] -= 1
                cause = NewConnectionError(None, "Failed to establish a new connection: [Errno 111] Connection refused")
                raise requests.exceptions.ConnectionError(cause, request=request)
            return answered(self, request, **how)

        monkeypatch.setattr(in_process.EmulatorAdapter, "send", send)

    return refuse


@shows(
    "Connection refused, and so surely not sent; five times",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "Tried again after a read, without waiting for `settle_time`: ok.",
)
@each_write
def test_a_refused_connection_is_tried_again(write, refuse_connections):
    status, state, options = WRITES[write]
    service = emulator([status, status])
    words = {"start": "starting", "resume": "retry", "retry": "retry", "pause": "pause"}
    word = words.get(write, "batch-jobs")
    refuse_connections(5, "POST" if write in words else "DELETE", word)
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "ok"]
    assert {job["attempts"] for job in result["jobs"]} == {1}
    assert len(service.journal.writes()) == 1


@shows(
    "Connection refused permanently",
    "batch-pause-task",
    "not_attempted at the deadline, unchanged: surely nothing was sent.",
)
def test_a_connection_refused_for_good_changed_nothing(refuse_connections):
    service = emulator(["INCRE_TRANSFER_STARTED"])
    refuse_connections(1000000, "POST", "pause")
    result = run(service, "paused")
    assert outcomes(result) == ["not_attempted"]
    assert not result["changed"]
    assert result["jobs"][0]["attempts"] == 0


@shows(
    "The old status is shown for longer than `settle_time` after a write that was carried out and whose answer was lost",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "Sent once more, the service refuses (DRS.M01504) what is under way already; then ok, or unknown: never a false ok, never twice.",
)
@one_fault_of_each_kind
@each_write
@pytest.mark.parametrize("lag", [SETTLE_TIME + 20, 5000])
def test_a_lag_beyond_settle_time_is_never_a_false_ok(fault, write, lag):
    status, state, options = WRITES[write]
    service = emulator([status, status], lag=lag)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": FAULTS[fault][0]})
    result = run(service, state, **options)
    assert outcomes(result) == (["ok", "ok"] if lag < 5000 else ["unknown", "unknown"])
    assert service.journal.accepted(job_id(0)) == [write]


UNPAID = {"status": "CONFIGURATION", "period_order": {"order_id": "CS1", "status": "UNPAID"}}


@shows(
    "The answer to a start is lost, and the job is a yearly/monthly one: a second start might pay twice",
    "batch-starting",
    "Never sent again, whether it was carried out (then ok, once it shows) or not (then unknown).",
)
@one_fault_of_each_kind
@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("lag", [2, 5000])
def test_a_lost_start_that_may_pay_is_never_sent_again(fault, carried_out, lag):
    service = emulator([UNPAID], lag=lag)
    service.fault({"match": {"kind": "write"}, "effect": FAULTS[fault][0 if carried_out else 1]})
    result = run(service, "started", allow_paid_order=True)
    assert outcomes(result) == (["ok"] if carried_out and lag == 2 else ["unknown"])
    assert len(service.journal.writes()) == 1
    assert len(service.orders_paid) == carried_out


@shows(
    "The answer to a retry of a yearly/monthly job is lost",
    "batch-retry-task",
    "Not sent again: unknown.",
)
@pytest.mark.parametrize("order", ["UNPAID", "COMPLETED"])
def test_a_lost_retry_of_a_job_with_an_order_is_never_sent_again(order):
    service = emulator([{"status": "INCRE_TRANSFER_FAILED", "period_order": {"order_id": "CS1", "status": order}}])
    service.fault({"match": {"kind": "write"}, "effect": {"fate": "cut_before"}})
    assert outcomes(run(service, "started", allow_paid_order=True)) == ["unknown"]
    assert len(service.journal.writes()) == 1


@shows(
    "The answer to a pause is lost, and the job goes from full to incremental by itself meanwhile",
    "batch-pause-task",
    "Still seen to be needed: sent once more after `settle_time`: ok.",
)
@each_fault
def test_a_lost_pause_is_still_wanted_when_the_job_moves_by_itself(fault):
    service = emulator([{"status": "FULL_TRANSFER_STARTED", "durations": {"FULL_TRANSFER_STARTED": 10}}])
    service.fault({"match": {"kind": "write", "count": 1}, "effect": FAULTS[fault][1]})
    result = run(service, "paused")
    assert outcomes(result) == ["ok"]
    statuses = [seen["status"] for seen in result["jobs"][0]["timeline"]]
    assert statuses == ["FULL_TRANSFER_STARTED", "INCRE_TRANSFER_STARTED", "PAUSING"] or fault == "read timeout"
    assert len(sends(service, job_id(0))) == 2


@shows(
    "The answer to a pause is lost, it was carried out, and the job goes from full to incremental before it shows",
    "batch-pause-task",
    "ok: one pause.",
)
@each_fault
def test_a_pause_that_shows_late_is_not_repeated_when_the_job_moves_by_itself(fault):
    service = emulator(
        [{"status": "FULL_TRANSFER_STARTED", "durations": {"FULL_TRANSFER_STARTED": 10}}], lag=SETTLE_TIME - 5
    )
    service.fault({"match": {"kind": "write", "count": 1}, "effect": FAULTS[fault][0]})
    assert outcomes(run(service, "paused")) == ["ok"]
    assert len(sends(service, job_id(0))) == 1


@shows(
    "Any of these with `wait: false`",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "The lost write is looked after for `settle_time` all the same, and sent once more: accepted, or unknown.",
)
@each_write
@pytest.mark.parametrize("times", TIMES)
def test_a_lost_write_is_looked_after_without_waiting(write, times):
    status, state, options = WRITES[write]
    service = emulator([status])
    service.fault({"match": {"kind": "write", **TIMES[times]}, "effect": {"fate": "cut_before"}})
    result = run(service, state, wait=False, **options)
    assert outcomes(result) == (["accepted"] if times == "once" else ["unknown"])
    assert len(service.journal.writes()) == 2
