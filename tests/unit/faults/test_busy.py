# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DRS.M01504: another operation is being performed on the job, or it is abnormal."""

from __future__ import annotations

import itertools

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

BUSY = "DRS.M01504"
each_write = pytest.mark.parametrize("write", WRITES)


def busy_jobs(status, *busy):
    return [{"status": status, "busy": seconds} for seconds in busy]


@shows(
    "DRS.M01504 on one job, for a while",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "The others go on at once; the busy one is read and retried, with pauses that grow: ok.",
)
@each_write
def test_one_busy_job_holds_up_no_other(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, False, 60, False))
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 3
    assert [len(sends(service, job_id(number))) for number in (0, 2)] == [1, 1]
    assert all(result["jobs"][number]["duration"] < 60 for number in (0, 2))
    assert_each_write_follows_a_read(service)


@shows("DRS.M01504 on all jobs, for a while", "the same", "The same; they are retried together, in whole batches.")
@each_write
def test_busy_jobs_are_asked_together_again(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, 60, 60, 60))
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 3
    writes = service.journal.writes()
    assert {len(entry.job_ids) for entry in writes} == {3}
    pauses = [later.time - sooner.time for sooner, later in itertools.pairwise(writes)]
    assert pauses[0] < 2
    assert max(pauses) > 7
    assert len(pauses) < 12


@shows(
    "DRS.M01504 permanently, on one job",
    "the same",
    "That one: failed after 300 s, reason busy, with DRS.M01504. The others: ok.",
)
@each_write
def test_a_job_that_is_busy_for_good_fails_after_300_seconds(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, False, True))
    result = run(service, state, wait_timeout=1800, **options)
    assert outcomes(result) == ["ok", "failed"]
    job = result["jobs"][1]
    assert (job["reason"], job["error_code"], job["changed"]) == ("busy", BUSY, False)
    assert 300 <= job["duration"] < 340
    assert job["attempts"] < 25
    assert job_id(1) in result["msg"]


@shows("DRS.M01504 permanently, on all jobs", "the same", "All: failed after 300 s, reason busy; unchanged.")
@each_write
def test_jobs_that_are_all_busy_for_good_fail_after_300_seconds(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, True, True, True))
    result = run(service, state, wait_timeout=1800, **options)
    assert outcomes(result) == ["failed"] * 3
    assert not result["changed"]
    assert {job["reason"] for job in result["jobs"]} == {"busy"}
    assert service.clock.now() < 340


@shows("DRS.M01504 until the deadline", "the same", "timed_out, reason busy; unchanged.")
@each_write
def test_a_job_busy_at_the_deadline_timed_out(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, True))
    result = run(service, state, wait_timeout=100, **options)
    assert [(job["outcome"], job["reason"]) for job in result["jobs"]] == [("timed_out", "busy")]
    assert not result["changed"]


@shows("DRS.M01504 with `wait: false`", "the same", "Not waited for: failed at once, reason busy.")
@each_write
def test_busy_is_not_waited_for_without_waiting(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, True, False))
    result = run(service, state, wait=False, **options)
    assert outcomes(result) == ["failed", "accepted"]
    assert result["jobs"][0]["reason"] == "busy"
    assert len(sends(service, job_id(0))) == 1


@shows("All of a request's jobs DRS.M01504, with HTTP 400", "the same", "The rows count: the same.")
@each_write
def test_busy_rows_count_whatever_the_http_status(write):
    status, state, options = WRITES[write]
    service = emulator(busy_jobs(status, 20, 20), all_failed_400=True)
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "ok"]
    assert {len(entry.job_ids) for entry in service.journal.writes()} == {2}


@shows(
    "DRS.M01504 for a job that reaches the desired state by itself meanwhile (somebody else asked)",
    "batch-pause-task",
    "ok, unchanged.",
)
def test_a_busy_job_that_gets_there_by_itself_is_ok():
    service = emulator(["INCRE_TRANSFER_STARTED"], lag=20)
    run(service, "paused", wait=False)
    result = run(service, "paused")
    assert outcomes(result) == ["ok"]
    assert not result["changed"]
    assert service.journal.accepted(job_id(0)) == ["pause"]


@shows(
    "DRS.M01504, then a status in which nothing can be sent, then DRS.M01504 again",
    "batch-pause-task",
    "The 300 s begin again: ok.",
)
def test_busy_is_counted_anew_after_another_status():
    service = emulator([{"status": "INCRE_TRANSFER_STARTED", "busy": 330}])
    moving = {"row_status": {job_id(0): "CHANGE_JOB_STARTED"}}
    service.fault({"match": {"endpoint": "batch-status", "after": 8, "count": 30}, "effect": moving})
    result = run(service, "paused", wait_timeout=1800)
    assert outcomes(result) == ["ok"]
    assert service.clock.now() > 330
