# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many jobs and slow calls: how old a status may be, and the last read at the deadline."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    assert_each_write_follows_a_read,
    emulator,
    job_id,
    outcomes,
    run,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import WRITES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import REQUEST_SECONDS, TODAY, run_batch

RUNNING = "INCRE_TRANSFER_STARTED"
OLDEST = 10
each_write = pytest.mark.parametrize("write", WRITES)


def oldest_status(service):
    """The greatest age, in seconds, of a status on which a write rested: from the answer's arrival to the sending."""
    arrived, ages = {}, [0.0]
    for entry in service.journal:
        if entry.endpoint in ("batch-status", "batch-detail"):
            arrived.update(dict.fromkeys(entry.job_ids, entry.time + REQUEST_SECONDS + service.settings.latency))
        elif entry.kind == "write":
            ages += [entry.time - arrived[job] for job in entry.job_ids]
    return max(ages)


# --- how old a status may be


@shows(
    "1,000 jobs, and 4 s a call",
    "batch-status, batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "No write rests on a status that is older than 10 s: a batch that would is read again first, one page, and nobody else.",
)
@pytest.mark.parametrize(("write", "number"), [("pause", 1000), *((write, 220) for write in WRITES)])
def test_no_write_rests_on_an_old_status(write, number):
    status, state, options = WRITES[write]
    service = emulator([status] * number, latency=4)
    result = run(service, state, wait_timeout=4000, allow_paid_order=True, **options)
    assert outcomes(result) == ["ok"] * number
    assert oldest_status(service) <= OLDEST
    assert len(service.journal.writes()) == number / 10
    assert {len(entry.job_ids) for entry in service.journal.writes()} == {10}
    assert_each_write_follows_a_read(service)
    written = set()
    last = max(entry.n for entry in service.journal.writes())
    for entry in service.journal:
        if entry.kind == "write":
            written |= set(entry.job_ids)
        elif entry.n < last:
            assert not written & set(entry.job_ids), "a job was read again that needs no write"


@shows("The same, with four requests at a time", "the same", "The same.")
@pytest.mark.parametrize("number", [300])
def test_no_write_rests_on_an_old_status_side_by_side(number):
    service = emulator([RUNNING] * number)
    service.fault({"match": {"kind": "write"}, "effect": {"delay": 4}})
    result = run(service, "paused", wait_timeout=4000, max_parallel=4)
    assert outcomes(result) == ["ok"] * number
    assert len(service.journal.writes()) == number / 10


@shows(
    "A page takes longer than 10 s by itself", "batch-status", "It counts as fresh for the batches sent next: all ok."
)
@each_write
@pytest.mark.parametrize("latency", [11, 25])
def test_a_page_that_takes_longer_than_that(write, latency):
    status, state, options = WRITES[write]
    service = emulator([status] * 30, latency=latency)
    result = run(service, state, wait_timeout=4000, allow_paid_order=True, **options)
    assert outcomes(result) == ["ok"] * 30
    assert len(service.journal.writes()) == 3


@shows(
    "A service that is throttled for a minute, or asks for one by `Retry-After`, between the read and the write",
    "each write",
    "Read again before the write is sent.",
)
@each_write
@pytest.mark.parametrize(
    "effect",
    [{"status": 429, "error_code": "APIGW.0308", "retry_after": 60}, {"status": 503, "empty": True, "retry_after": 60}],
    ids=["429", "503"],
)
def test_read_again_after_a_pause(write, effect):
    status, state, options = WRITES[write]
    service = emulator([status] * 30)
    service.fault({"match": {"kind": "write", "nth": 2}, "effect": effect})
    result = run(service, state, wait_timeout=1000, **options)
    assert outcomes(result) == ["ok"] * 30
    assert oldest_status(service) <= OLDEST
    assert_each_write_follows_a_read(service)


@shows(
    "Jobs reach the desired state, or another status, while the batches before them are sent",
    "each write",
    "Seen before the write is sent: nothing is sent to them, unchanged.",
)
@each_write
def test_what_moves_meanwhile_is_left_alone(write):
    status, state, options = WRITES[write]
    reached = {"started": RUNNING, "paused": "PAUSING", "stopped": "RELEASE_RESOURCE_COMPLETE", "deleted": "DELETED"}
    service = emulator([status] * 60, latency=4)
    late = {job_id(number): reached[state] for number in range(40, 60)}
    service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": {"row_status": late}})
    result = run_batch(service, state=state, job_ids=list(service.jobs), allow_paid_order=True, **options)
    assert outcomes(result) == ["ok"] * 60
    assert [job["changed"] for job in result["jobs"]] == [True] * 40 + [False] * 20
    assert all(service.journal.accepted(job) == [] for job in late)


@shows(
    "200 starts with a `start_time` that passes while the batches are sent, at 4 s a call",
    "batch-starting",
    "No start goes out once it has passed by more than 10 s: failed, start_time_past.",
)
@pytest.mark.parametrize("seconds", [30, 60])
def test_a_start_time_that_passes_meanwhile(seconds):
    service = emulator(["CONFIGURATION"] * 200, latency=4)
    at = timestamp(TODAY + seconds)
    result = run(service, "started", start_time=at, allow_paid_order=True, wait_timeout=1000)
    assert all(entry.time <= seconds + OLDEST for entry in service.journal.writes())
    late = [job for job in result["jobs"] if job["outcome"] != "ok"]
    assert late
    assert {(job["outcome"], job["reason"], job["changed"]) for job in late} == {("failed", "start_time_past", False)}
    assert len(late) < 200


@shows(
    "300 jobs with details to read before their start, and 4 s a call",
    "batch-detail, batch-starting",
    "Each job's details are read once; the statuses are read again, by batch-status.",
)
def test_details_are_read_once():
    service = emulator(["CONFIGURATION"] * 300, latency=4)
    result = run(service, "started", wait_timeout=4000)
    assert outcomes(result) == ["ok"] * 300
    read = [job for entry in service.journal.of("batch-detail") for job in entry.job_ids]
    assert sorted(read) == list(service.jobs)
    assert oldest_status(service) <= OLDEST


# --- the last read


@shows(
    "400 jobs and slow calls: most are paused when the deadline comes, and no poll has seen it yet",
    "batch-status",
    "Read once more at the deadline: those are ok, the others timed_out. No retry, no write.",
)
def test_the_last_read_counts():
    service = emulator(
        [{"status": RUNNING, "write_lag": 150 if number < 290 else 100000} for number in range(400)], latency=2
    )
    result = run(service, "paused", wait_timeout=300, wait_interval=300)
    began = {job: entry.time for entry in service.journal.writes() for job in entry.job_ids}
    late = [entry for entry in service.journal if entry.time >= 300]
    before = [entry for entry in service.journal.of("batch-status") if entry.time < 300]
    in_time = [job for number, job in enumerate(service.jobs) if number < 290 and began[job] + 150 <= 300]
    unseen = [job for job in in_time if began[job] + 150 > before[-4].time]
    assert len(in_time) == 290
    assert unseen
    assert outcomes(result) == ["ok"] * 290 + ["timed_out"] * 110
    assert {entry.endpoint for entry in late} == {"batch-status"}
    asked = [job for entry in late for job in entry.job_ids]
    assert len(asked) == len(set(asked))


@shows(
    "The last read fails (cut, 5xx, 429, 403, no rows, not JSON)",
    "batch-status",
    "Not repeated; the jobs are judged by the reading before: timed_out, not unknown.",
)
@pytest.mark.parametrize(
    "effect",
    [
        {"fate": "cut_before"},
        {"fate": "hang"},
        {"status": 503, "html": True},
        {"status": 429, "empty": True},
        {"status": 403, "error_code": "APIGW.0302"},
        {"status": 403, "error_code": "DRS.M00102"},
        {"status": 401, "error_code": "APIGW.0301"},
        {"drop_rows": "all"},
        {"not_json": True},
        {"status": 400, "error_code": "DRS.M00202"},
    ],
    ids=str,
)
@each_write
def test_a_last_read_that_fails_changes_nothing(effect, write):
    status, state, options = WRITES[write]
    if write == "delete" and "drop_rows" in effect:
        effect = {"drop_rows": "all", "status": 500}  # after a delete, a row that is missing is what was waited for
    untouched, service = (emulator([status] * 3, lag=100000) for _service in range(2))
    run(untouched, state, wait_timeout=100, wait_interval=60, **options)
    polls = len([entry for entry in untouched.journal.of("batch-status") if entry.time < 100])
    service.fault({"match": {"endpoint": "batch-status", "after": polls}, "effect": effect})
    result = run(service, state, wait_timeout=100, wait_interval=60, **options)
    assert [(job["outcome"], job["reason"], job["status"]) for job in result["jobs"]] == [
        ("timed_out", "deadline", status)
    ] * 3
    last = [entry for entry in service.journal if entry.time >= 100]
    assert {entry.endpoint for entry in last} == {"batch-status"}
    # A request that is refused as a whole may be split, and none is repeated.
    asked = [tuple(entry.job_ids) for entry in last]
    assert len(asked) == len(set(asked))


@shows(
    "The deadline comes while the service asks to send nothing (`Retry-After`)",
    "batch-status",
    "The last read is left out.",
)
def test_no_last_read_while_the_service_asks_to_wait():
    service = emulator([RUNNING] * 3, lag=100000)
    service.fault({"match": {"endpoint": "batch-status", "nth": 3}, "effect": {"status": 429, "retry_after": 500}})
    result = run(service, "paused", wait_timeout=100)
    assert all(entry.time < 100 for entry in service.journal)
    assert {job["changed"] for job in result["jobs"]} == {True}


@shows("`wait: false`, and the deadline comes", "batch-status", "The last read is left out.")
def test_no_last_read_without_waiting():
    service = emulator([RUNNING] * 3)
    service.fault({"match": {"kind": "write"}, "effect": {"status": 429, "error_code": "APIGW.0308"}})
    result = run(service, "paused", wait=False, wait_timeout=100)
    assert outcomes(result) == ["not_attempted"] * 3
    assert all(entry.time < 100 for entry in service.journal)
