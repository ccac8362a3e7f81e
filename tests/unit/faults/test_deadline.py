# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deadline: honoured within one request's timeout, whatever the service does, and every job is in the result."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    WAIT_TIMEOUT,
    emulator,
    job_id,
    outcomes,
    run,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import KEY, PASSWORD, WRITES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import EmulatorClock

each_write = pytest.mark.parametrize("write", WRITES)
HANG = {"fate": "hang", "applied": False, "status": 200, "empty": True}


@shows(
    "Jobs that never reach the desired state",
    "each write",
    "timed_out at the deadline, changed, with the status last seen.",
)
@each_write
def test_jobs_that_never_get_there_time_out(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3, lag=100000)
    result = run(service, state, **options)
    assert {(job["outcome"], job["reason"]) for job in result["jobs"]} == {("timed_out", "deadline")}
    assert {(job["status"], job["changed"]) for job in result["jobs"]} == {(status, True)}
    assert service.clock.now() == pytest.approx(WAIT_TIMEOUT, abs=5)


@shows(
    "A service that hangs on every request, and 450 jobs, five pages",
    "batch-status",
    "One more request's time beyond the deadline at most, not one for each page.",
)
@pytest.mark.parametrize("wait_timeout", [1, 20, 150])
def test_a_service_that_hangs_does_not_hold_up_the_end(wait_timeout):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 450)
    service.fault({"match": {"endpoint": "batch-status"}, "effect": HANG})
    result = run(service, "paused", wait_timeout=wait_timeout)
    assert outcomes(result) == ["not_attempted"] * 450


@shows("The same, once the jobs are being waited for", "batch-status", "The same; unknown.")
def test_a_service_that_hangs_while_waiting_does_not_hold_up_the_end():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 450, lag=100000)
    service.fault({"match": {"endpoint": "batch-status", "after": 40}, "effect": HANG})
    result = run(service, "paused", batch_size=100)
    assert outcomes(result) == ["unknown"] * 450


@shows("IAM hangs on every request", "IAM's tokens and projects", "The same; not_attempted.")
@pytest.mark.parametrize("way_in", [PASSWORD, KEY])
@pytest.mark.parametrize("wait_timeout", [1, 20, 150])
def test_an_iam_that_hangs_does_not_hold_up_the_end(way_in, wait_timeout):
    service = emulator(["INCRE_TRANSFER_STARTED"])
    service.fault({"match": {"kind": "iam"}, "effect": HANG})
    assert outcomes(run(service, "paused", way_in=way_in, wait_timeout=wait_timeout)) == ["not_attempted"]


@shows("A write is due after the deadline", "each write", "It is not sent.")
@each_write
def test_no_write_after_the_deadline(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"kind": "read", "nth": 1}, "effect": {"delay": 25}})
    result = run(service, state, wait_timeout=20, **options)
    assert outcomes(result) == ["timed_out"] * 3
    assert service.journal.writes() == []
    assert {job["reason"] for job in result["jobs"]} == {"deadline"}


@shows(
    "Many chunks, and the deadline comes between them",
    "batch-pause-task",
    "What was sent is in the result, and what was not: all timed_out, the rest unchanged.",
)
def test_the_deadline_between_two_chunks():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 100, lag=100000)
    service.fault({"match": {"kind": "write"}, "effect": {"delay": 5}})
    result = run(service, "paused", wait_timeout=22)
    changed = [job["changed"] for job in result["jobs"]]
    assert changed == [True] * 50 + [False] * 50
    assert outcomes(result) == ["timed_out"] * 100
    assert len(service.journal.writes()) == 5


@shows(
    "The machine's date is set back or forth while the run waits",
    "all",
    "The deadline is counted in monotonic seconds.",
)
@pytest.mark.parametrize("jump", [86400, -86400])
def test_the_deadline_is_monotonic(jump, monkeypatch):
    service = emulator(["INCRE_TRANSFER_STARTED"], lag=100000)
    right = EmulatorClock.wall
    monkeypatch.setattr(EmulatorClock, "wall", lambda self: right(self) + (jump if self.monotonic() > 50 else 0))
    assert outcomes(run(service, "paused")) == ["timed_out"]
    assert service.clock.now() == pytest.approx(WAIT_TIMEOUT, abs=1)


@shows("The calling process has exited", "each write", "No write is sent; not_attempted, reason caller_gone.")
@each_write
def test_no_write_once_the_caller_is_gone(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    result = run(service, state, listening=lambda: False, **options)
    assert [(job["outcome"], job["reason"]) for job in result["jobs"]] == [("not_attempted", "caller_gone")] * 3
    assert service.journal.writes() == []


@shows(
    "The calling process has exited, between two chunks",
    "batch-pause-task",
    "The rest is not sent; what was sent is unknown.",
)
def test_the_caller_goes_between_two_chunks():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 30)
    result = run(service, "paused", listening=lambda: not service.journal.writes())
    assert outcomes(result) == ["unknown"] * 10 + ["not_attempted"] * 20
    assert [entry.job_ids[0] for entry in service.journal.writes()] == [job_id(0)]


@shows("The calling process has exited, while the run waits", "all", "Nothing more is read; what was sent is unknown.")
def test_the_caller_goes_while_the_run_waits():
    service = emulator(["INCRE_TRANSFER_STARTED", "STARTJOBING"], lag=100000)
    result = run(service, "paused", listening=lambda: service.clock.now() < 0.2)
    assert outcomes(result) == ["unknown", "not_attempted"]
    assert [job["reason"] for job in result["jobs"]] == ["caller_gone"] * 2
    assert [entry.endpoint for entry in service.journal] == ["batch-status", "batch-pause-task"]
    assert service.clock.now() < 0.5


@shows(
    "Headers or bodies that trickle in at a byte a second, 100 Continue again and again, with every answer",
    "batch-status, batch-detail, each write, IAM's tokens",
    "Each request is given up at its timeout: the run ends at the deadline, and one request's timeout later at most.",
)
@pytest.mark.parametrize(
    "trickle", [{"head": 1}, {"body": 1}, {"continues": 1000, "pause": 1}, {"body": 1000}], ids=str
)
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-starting", "tokens"])
@pytest.mark.parametrize("wait_timeout", [1, 70])
def test_what_trickles_in_does_not_hold_up_the_end(trickle, endpoint, wait_timeout):
    service = emulator(["CONFIGURATION"] * 3)
    service.fault({"match": {"endpoint": endpoint}, "effect": {"fate": "trickle", "trickle": trickle}})
    result = run(service, "started", way_in=PASSWORD, wait_timeout=wait_timeout)
    assert result["failed"] or outcomes(result) == ["ok"] * 3
