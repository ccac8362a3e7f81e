# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that an answer does not mention, and ids that the service does not know."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    SETTLE_TIME,
    assert_each_write_follows_a_read,
    emulator,
    job_id,
    outcomes,
    run,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import WRITES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import run_batch

RUNNING, ENDED = "INCRE_TRANSFER_STARTED", "RELEASE_RESOURCE_COMPLETE"
UNKNOWN = "99999999-0000-0000-0000-0000000jb101"
CODES_OF_UNKNOWN_JOBS = ("DRS.M00289", "DRS.M05003", "DRS.M05004")
ABSENT = {"drop_rows": "all"}
each_write = pytest.mark.parametrize("write", WRITES)
each_code = pytest.mark.parametrize("code", CODES_OF_UNKNOWN_JOBS)
# How drs_job_batch can be asked.
MODES = {"wait": {}, "wait: false": {"wait": False}, "check mode": {"check": True}}
each_mode = pytest.mark.parametrize("mode", MODES)


def run_info(service, ids=None, **options):
    options = {"job_ids": list(service.jobs) if ids is None else ids, "gather": list(_query.PARTS), **options}
    return in_process.run(service, _query, **options)


def refuse_page_with_unknown_id(service, endpoint, code, http_status=404):
    """Every request that holds UNKNOWN is answered with this code and without rows, alone or not."""
    refusal = {"status": http_status, "error_code": code}
    service.fault({"match": {"endpoint": endpoint, "job_id": UNKNOWN}, "effect": refusal})


# --- one unknown id, and the whole request is refused for it


@shows(
    "A page is refused as a whole (400, 404) with DRS.M00289, DRS.M05003 or DRS.M05004 because of one unknown id",
    "batch-status",
    "Split: only that id counts as unknown or deleted. The other jobs are driven to their state.",
)
@each_code
@each_write
@pytest.mark.parametrize("http_status", [400, 404])
def test_one_unknown_id_makes_no_other_unknown(code, write, http_status):
    status, state, options = WRITES[write]
    service = emulator([status] * 5)
    refuse_page_with_unknown_id(service, "batch-status", code, http_status)
    ids = [*list(service.jobs)[:2], UNKNOWN, *list(service.jobs)[2:]]
    result = run(service, state, ids, **options)
    jobs = dict(zip(ids, result["jobs"], strict=True))
    assert [jobs[job]["outcome"] for job in service.jobs] == ["ok"] * 5
    assert all(service.journal.accepted(job) == [write] for job in service.jobs)
    good = state == "deleted" or (state == "stopped" and code == "DRS.M05004")
    assert jobs[UNKNOWN]["outcome"] == ("ok" if good else "failed")
    assert jobs[UNKNOWN]["status"] == ("DELETED" if code == "DRS.M05004" else "NOT_FOUND")
    assert not jobs[UNKNOWN]["changed"]


@shows(
    "The same, and the other jobs run, and are to be deleted by force", "batch-status", "Stopped by force and deleted."
)
@each_code
@each_mode
def test_one_unknown_id_hides_no_running_job(code, mode):
    service = emulator([RUNNING] * 5)
    refuse_page_with_unknown_id(service, "batch-status", code)
    ids = [*service.jobs, UNKNOWN]
    result = run_batch(service, state="deleted", force=True, job_ids=ids, **MODES[mode])
    assert outcomes(result) == (["accepted"] * 5 if mode == "wait: false" else ["ok"] * 5) + ["ok"]
    assert [job["changed"] for job in result["jobs"]] == [True] * 5 + [False]
    sent = {"wait": ["force_terminate", "delete"], "wait: false": ["force_terminate"], "check mode": []}[mode]
    assert all(service.journal.accepted(job) == sent for job in service.jobs)
    if code != "DRS.M05004":
        (warning,) = result["warnings"]
        assert UNKNOWN in warning
        assert job_id(0) not in warning


@shows("The same", "batch-detail", "Split: the other starts are made.")
@each_code
def test_one_job_without_details_hides_no_others(code):
    service = emulator(["CONFIGURATION"] * 5)
    service.fault(
        {"match": {"endpoint": "batch-detail", "job_id": job_id(2)}, "effect": {"status": 404, "error_code": code}}
    )
    result = run(service, "started")
    assert outcomes(result) == ["ok", "ok", "failed", "ok", "ok"]
    assert service.journal.accepted(job_id(2)) == []


@shows("The same", "drs_job_info: batch-status", "Split: only that id is in `missing`, or DELETED.")
@each_code
@pytest.mark.parametrize("http_status", [400, 404])
def test_info_one_unknown_id_makes_no_other_unknown(code, http_status):
    service = emulator([RUNNING] * 5)
    refuse_page_with_unknown_id(service, "batch-status", code, http_status)
    result = run_info(service, [*service.jobs, UNKNOWN])
    assert not result["failed"]
    assert {job["id"] for job in result["jobs"] if job["status"] == RUNNING} == set(service.jobs)
    assert result["missing"] == ([] if code == "DRS.M05004" else [UNKNOWN])


@shows(
    "The same",
    "drs_job_info: batch-detail, batch-progress, batch-rpo-and-rto",
    "Split: the others have their part, that job has none.",
)
@each_code
@pytest.mark.parametrize(
    ("endpoint", "part"),
    [("batch-detail", "detail"), ("batch-progress", "progress"), ("batch-rpo-and-rto", "rpo_rto")],
)
def test_info_one_job_without_a_part_hides_no_other(code, endpoint, part):
    service = emulator([RUNNING] * 5)
    service.fault({"match": {"endpoint": endpoint, "job_id": job_id(3)}, "effect": {"status": 404, "error_code": code}})
    result = run_info(service)
    assert [job["id"] for job in result["jobs"]] == list(service.jobs)
    assert [number for number, job in enumerate(result["jobs"]) if job[part] is None] == [3]


@shows(
    "A write is refused as a whole (404) with DRS.M00289, DRS.M05003 or DRS.M05004 because of one job",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "Split: n-1 ok. That one is read for `settle_time`, then failed, refused; nothing is sent to it again.",
)
@each_code
@each_write
def test_a_write_refused_for_one_unknown_job(code, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 5)
    refusal = {"status": 404, "error_code": code}
    service.fault({"match": {"kind": "write", "job_id": job_id(3)}, "effect": refusal})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "ok", "ok", "failed", "ok"]
    job = result["jobs"][3]
    assert (job["reason"], job["error_code"], job["changed"]) == ("refused", code, False)
    assert SETTLE_TIME <= job["duration"] < SETTLE_TIME + 20
    alone = [entry for entry in service.journal.writes() if entry.job_ids == [job_id(3)]]
    assert len(alone) == 1
    assert_each_write_follows_a_read(service)


@shows(
    "The same, of every one of twelve jobs",
    "the same",
    "Each is failed by itself: these codes are never taken for a refusal of everybody.",
)
@each_code
@each_write
def test_unknown_jobs_are_never_the_projects(code, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 12)
    service.fault({"match": {"kind": "write"}, "effect": {"status": 404, "error_code": code}})
    result = run(service, state, fail_on="never", **options)
    assert not result["failed"]
    assert outcomes(result) == ["failed"] * 12


@shows(
    "Every one of twelve ids is refused with 404 and one of these codes",
    "batch-status",
    "The same: each is unknown by itself, and `deleted` is ok with one warning.",
)
@each_code
def test_unknown_ids_are_never_the_projects(code):
    service = emulator([RUNNING] * 12)
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"status": 404, "error_code": code}})
    result = run_batch(service, state="deleted", job_ids=list(service.jobs))
    assert outcomes(result) == ["ok"] * 12
    assert not result["failed"]
    assert not result["changed"]
    assert len(result["warnings"]) == (0 if code == "DRS.M05004" else 1)


# --- rows that are missing for a while


@shows(
    "All rows are missing from the answers to reads for half a second, at the beginning",
    "batch-status, batch-detail",
    "Asked once more, 5 s later: each job is driven to its state.",
)
@each_write
@each_mode
def test_rows_missing_at_the_beginning(write, mode):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"kind": "read", "for": 0.5}, "effect": ABSENT})
    result = run_batch(service, state=state, job_ids=list(service.jobs), **options, **MODES[mode])
    assert outcomes(result) == ["accepted" if mode == "wait: false" else "ok"] * 3
    assert [job["action"] for job in result["jobs"]] == [write] * 3
    assert [job["changed"] for job in result["jobs"]] == [True] * 3
    assert all(service.journal.accepted(job) == ([] if mode == "check mode" else [write]) for job in service.jobs)
    first, second = service.journal.of("batch-status")[:2]
    assert second.time - first.time >= 5


@shows("The same, and running jobs are to be deleted by force", "batch-status", "Stopped by force and deleted.")
@each_mode
def test_rows_missing_at_the_beginning_hide_no_running_job(mode):
    service = emulator([RUNNING] * 5)
    service.fault({"match": {"kind": "read", "for": 0.5}, "effect": ABSENT})
    result = run_batch(service, state="deleted", force=True, job_ids=list(service.jobs), **MODES[mode])
    assert [job["changed"] for job in result["jobs"]] == [True] * 5
    sent = {"wait": ["force_terminate", "delete"], "wait: false": ["force_terminate"], "check mode": []}[mode]
    assert all(service.journal.accepted(job) == sent for job in service.jobs)
    assert result["warnings"] == []


@shows(
    "The same, with batch-detail alone; a row missing, all rows missing",
    "batch-detail, before a start",
    "Read again: the start is made.",
)
@pytest.mark.parametrize("rows", ["all", [job_id(1)]])
def test_rows_of_details_missing_for_a_while(rows):
    service = emulator(["CONFIGURATION"] * 3)
    service.fault({"match": {"endpoint": "batch-detail", "for": 0.5}, "effect": {"drop_rows": rows}})
    assert outcomes(run(service, "started")) == ["ok"] * 3


@shows("The same", "drs_job_info: batch-status", "Asked once more, 5 s later: nothing is missing.")
def test_info_rows_missing_at_the_beginning():
    service = emulator([RUNNING] * 5)
    service.fault({"match": {"endpoint": "batch-status", "for": 0.5}, "effect": ABSENT})
    result = run_info(service)
    assert (result["missing"], result["failed"]) == ([], False)
    assert [job["status"] for job in result["jobs"]] == [RUNNING] * 5


@shows(
    "No row for any of twelve jobs, permanently",
    "batch-status; drs_job_batch and drs_job_info",
    "All are asked for once more together, at least 5 s later, 5 ids a request; then they count as unknown.",
)
@pytest.mark.parametrize("mode", [*MODES, "info"])
def test_the_second_question_is_one_for_all(mode):
    service = emulator([RUNNING] * 12)
    service.fault({"match": {"endpoint": "batch-status"}, "effect": ABSENT})
    if mode == "info":
        result = run_info(service)
        assert (result["missing"], result["failed"]) == (list(service.jobs), False)
    else:
        result = run_batch(service, state="paused", job_ids=list(service.jobs), **MODES[mode])
        assert outcomes(result) == ["failed"] * 12
        assert {job["reason"] for job in result["jobs"]} == {"no_such_job"}
        assert {job["status"] for job in result["jobs"]} == {"NOT_FOUND"}
    first, *more = service.journal
    assert len(first.job_ids) == 12
    assert [len(entry.job_ids) for entry in more] == [5, 5, 2]
    assert more[0].time - first.time >= 5
    assert service.clock.now() < 8


@shows(
    "The same, with an unknown id that the service names (DRS.M00289, DRS.M05003, DRS.M05004 in its row)",
    "batch-status; drs_job_batch and drs_job_info",
    "That is an answer: not asked for again.",
)
@each_code
@pytest.mark.parametrize("mode", [*MODES, "info"])
def test_an_explicit_answer_is_not_asked_for_again(code, mode):
    service = emulator([RUNNING] * 2)
    error = {"row_error": {"*": [code, "no such task"]}, "row_fields": {"*": {"status": None}}}
    service.fault({"match": {"endpoint": "batch-status"}, "effect": error})
    if mode == "info":
        result = run_info(service)
        assert result["missing"] == ([] if code == "DRS.M05004" else list(service.jobs))
    else:
        result = run_batch(service, state="deleted", job_ids=list(service.jobs), **MODES[mode])
        assert outcomes(result) == ["ok"] * 2
    assert len(service.journal) == 1


@shows(
    "An error with the rows of some jobs alone (200 or 400 with an `error_code` at its top)",
    "batch-status",
    "A job without a row is not read, and never taken for unknown: not_attempted, unreadable; or failed, refused, where the "
    "service refuses it alone as well.",
)
@pytest.mark.parametrize(
    ("http_status", "ending"),
    [
        (200, ("not_attempted", "unreadable")),
        (400, ("failed", "refused")),
        (403, ("failed", "refused")),
        (503, ("not_attempted", "unreadable")),
    ],
)
def test_an_error_without_a_row_is_no_answer(http_status, ending):
    service = emulator([ENDED, RUNNING])
    effect = {"status": http_status, "with_error": ["DRS.M00300", "Invalid request"], "drop_rows": [job_id(1)]}
    service.fault({"match": {"endpoint": "batch-status"}, "effect": effect})
    result = run(service, "deleted", force=True)
    assert result["jobs"][0]["outcome"] == "ok"
    job = result["jobs"][1]
    assert ((job["outcome"], job["reason"]), job["status"]) == (ending, None)
    assert service.journal.accepted(job_id(1)) == []


# --- rows that are missing once jobs have been seen


@shows(
    "All rows are missing for 1 s, or for nearly `settle_time`, while the jobs are waited for",
    "batch-status",
    "Waited for: ok. After our own accepted delete a missing row is enough.",
)
@each_write
@pytest.mark.parametrize("seconds", [1, SETTLE_TIME - 6])
def test_rows_missing_while_waiting(write, seconds):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"endpoint": "batch-status", "after": 1, "for": seconds}, "effect": ABSENT})
    result = run_batch(service, state=state, job_ids=list(service.jobs), **options)
    assert outcomes(result) == ["ok"] * 3
    assert all(service.journal.accepted(job) == [write] for job in service.jobs)
    if write == "delete":
        assert {job["status"] for job in result["jobs"]} == {"DELETED"}
        assert service.clock.now() < 5
    else:
        assert all("NOT_FOUND" not in str(job["timeline"]) for job in result["jobs"])


@shows(
    "All rows are missing for 1 s, or for nearly `settle_time`, after an accepted force_terminate",
    "batch-status, with `state: deleted`",
    "Goes on: the job is deleted once it has ended.",
)
@pytest.mark.parametrize("seconds", [1, SETTLE_TIME - 6])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_rows_missing_between_a_stop_and_a_delete(seconds, after):
    service = emulator([RUNNING] * 3)
    service.fault({"match": {"endpoint": "batch-status", "after": after, "for": seconds}, "effect": ABSENT})
    result = run(service, "deleted", force=True)
    assert outcomes(result) == ["ok"] * 3
    assert all(service.journal.accepted(job) == ["force_terminate", "delete"] for job in service.jobs)


@shows(
    "The rows stay away once the jobs have been seen",
    "batch-status",
    "Gone after `settle_time`, not before: after our own stop or delete ok, DELETED; after another write failed, "
    "NOT_FOUND.",
)
@each_write
def test_rows_missing_for_good_after_a_write(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": ABSENT})
    result = run_batch(service, state=state, job_ids=list(service.jobs), **options)
    ended = state in ("stopped", "deleted")
    assert outcomes(result) == ["ok" if ended else "failed"] * 3
    assert {job["status"] for job in result["jobs"]} == {"DELETED" if ended else "NOT_FOUND"}
    assert result["changed"]
    if write == "delete":
        assert service.clock.now() < 5
    else:
        assert SETTLE_TIME <= service.clock.now() < SETTLE_TIME + 10


@shows(
    "The rows stay away once the jobs have been seen, and nothing was written (the jobs are busy, or in a status in which "
    "nothing can be sent)",
    "batch-status",
    "Gone after `settle_time`, not before: failed, no_such_job.",
)
@pytest.mark.parametrize("seed", [{"status": RUNNING, "busy": True}, {"status": "CHANGE_JOB_STARTED"}])
@pytest.mark.parametrize("seconds", [SETTLE_TIME - 10, 10000])
def test_rows_missing_once_seen(seed, seconds):
    service = emulator([{**seed, "durations": {"CHANGE_JOB_STARTED": 40}}])
    service.fault({"match": {"endpoint": "batch-status", "after": 2, "for": seconds}, "effect": ABSENT})
    result = run_batch(service, state="paused", job_ids=list(service.jobs), busy_timeout=60)
    if seconds < SETTLE_TIME:
        assert result["jobs"][0]["reason"] != "no_such_job"
    else:
        assert [(job["outcome"], job["reason"]) for job in result["jobs"]] == [("failed", "no_such_job")]
        assert service.clock.now() > SETTLE_TIME


@shows(
    "The service says of a job that is waited for that it does not know it (DRS.M00289, DRS.M05003, DRS.M05004 in its row)",
    "batch-status",
    "That is an answer: failed at once, or after our own stop or delete ok.",
)
@each_code
@each_write
def test_an_explicit_unknown_id_while_waiting(code, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    gone = {"row_fields": {"*": {"status": None, "error_code": code, "error_message": "no such task"}}}
    service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": gone})
    result = run_batch(service, state=state, job_ids=list(service.jobs), **options)
    ended = state in ("stopped", "deleted")
    assert outcomes(result) == ["ok" if ended else "failed"] * 3
    assert result["changed"]
    assert service.clock.now() < 10


@shows(
    "The rows of a part of each job, or of one, are missing for half a second",
    "drs_job_info: batch-detail, batch-progress, batch-rpo-and-rto",
    "Asked for once more, 5 s later: every job has its part.",
)
@pytest.mark.parametrize(
    ("endpoint", "part"),
    [("batch-detail", "detail"), ("batch-progress", "progress"), ("batch-rpo-and-rto", "rpo_rto")],
)
@pytest.mark.parametrize("rows", ["all", [job_id(1)]])
def test_info_parts_missing_for_a_while(endpoint, part, rows):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 3)
    service.fault({"match": {"endpoint": endpoint, "for": 0.5}, "effect": {"drop_rows": rows}})
    result = in_process.run(service, _query, job_ids=list(service.jobs), gather=[part])
    assert not result["failed"]
    assert all(job[part] for job in result["jobs"])


@shows(
    "The row of one job's details stays missing",
    "drs_job_info: batch-detail",
    "A failure that names the job: a job that exists has details.",
)
def test_info_details_missing_for_good():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 3)
    service.fault({"match": {"endpoint": "batch-detail"}, "effect": {"drop_rows": [job_id(1)]}})
    result = in_process.run(service, _query, job_ids=list(service.jobs), gather=["detail"])
    assert result["failed"]
    assert [(row["id"], row["what"]) for row in result["unread"]] == [(job_id(1), "detail")]
    assert [bool(job["detail"]) for job in result["jobs"]] == [True, False, True]
