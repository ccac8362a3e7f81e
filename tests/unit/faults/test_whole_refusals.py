# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that are refused as a whole: because of one job, because of one endpoint, or because of the account."""

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
    sends,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import PASSWORD, WRITES

RUNNING = "INCRE_TRANSFER_STARTED"
BUSY = "DRS.M01504"
each_write = pytest.mark.parametrize("write", WRITES)
PARTS = {"batch-detail": "detail", "batch-progress": "progress", "batch-rpo-and-rto": "rpo_rto"}

# Refusals with 403 or 404 that may be one job's.
OF_A_JOB = {
    "403 DRS.M00102": {"status": 403, "error_code": "DRS.M00102"},
    "403 DRS.M00105": {"status": 403, "error_code": "DRS.M00105"},
    "403 DRS.M00300": {"status": 403, "error_code": "DRS.M00300"},
    "404 DRS.M00200": {"status": 404, "error_code": "DRS.M00200"},
}
each_refusal = pytest.mark.parametrize("refusal", OF_A_JOB)


def assert_nothing_else_meanwhile(entries, refused):
    """From the first request that was refused for one job until that job is alone, no other job is asked for."""
    first = next(number for number, entry in enumerate(entries) if refused in entry.job_ids)
    alone = next(number for number, entry in enumerate(entries) if entry.job_ids == [refused])
    for entry in entries[first:alone]:
        assert set(entry.job_ids) <= set(entries[first].job_ids), "another request was sent meanwhile"


def run_info(service, **options):
    options = {"job_ids": list(service.jobs), "gather": list(_query.PARTS), **options}
    return in_process.run(service, _query, **options)


# --- one job is busy or abnormal


@shows(
    "One abnormal job among ten, and the whole request is answered DRS.M01504 without rows (202, 400, 409, 500)",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "Split: nine ok, at once. The one fails after `busy_timeout`, reason busy.",
)
@each_write
@pytest.mark.parametrize("http_status", [202, 400, 409, 500])
def test_one_busy_job_is_split_off(write, http_status):
    status, state, options = WRITES[write]
    service = emulator([status] * 10)
    refusal = {"status": http_status, "error_code": BUSY}
    service.fault({"match": {"kind": "write", "job_id": job_id(4)}, "effect": refusal})
    result = run(service, state, busy_timeout=60, **options)
    assert [number for number, outcome in enumerate(outcomes(result)) if outcome != "ok"] == [4]
    job = result["jobs"][4]
    assert (job["error_code"], job["reason"]) == (BUSY, "busy")
    assert all(other["duration"] < 40 for other in result["jobs"] if other is not job)
    assert 60 <= job["duration"] < 100
    last = sends(service, job_id(4))[-1]
    assert last.job_ids == [job_id(4)]
    assert_each_write_follows_a_read(service)


@shows("The same, and all jobs are busy for a while", "the same", "Split, retried, ok.")
@pytest.mark.parametrize("write", ["start", "pause"])
def test_all_busy_as_a_whole_for_a_while(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 5)
    refusal = {"status": 400, "error_code": BUSY}
    service.fault({"match": {"kind": "write", "for": 20}, "effect": refusal})
    assert outcomes(run(service, state, **options)) == ["ok"] * 5


@shows("The same", "batch-status", "Split: nine are read, and driven to their state.")
@pytest.mark.parametrize("http_status", [200, 400])
def test_one_busy_job_is_split_off_a_read(http_status):
    service = emulator([RUNNING] * 10)
    refusal = {"status": http_status, "error_code": BUSY}
    service.fault({"match": {"endpoint": "batch-status", "job_id": job_id(4)}, "effect": refusal})
    result = run(service, "paused")
    assert outcomes(result) == ["ok"] * 4 + ["not_attempted"] + ["ok"] * 5
    assert result["jobs"][4]["reason"] == "unreadable"


# --- one job is of another project


@shows(
    "403 or 404 with a `DRS.` code that may be one job's, for a request that holds one job of another enterprise project; 40 "
    "jobs",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "Split: 39 ok, one failed by name. Meanwhile no other request goes to that endpoint.",
)
@pytest.mark.parametrize(
    ("write", "refusal", "bad"),
    [
        *((write, "403 DRS.M00102", 13) for write in WRITES),
        *(("pause", refusal, 0) for refusal in OF_A_JOB),
    ],
)
def test_one_job_of_another_project(write, refusal, bad):
    status, state, options = WRITES[write]
    service = emulator([status] * 40)
    service.fault({"match": {"kind": "write", "job_id": job_id(bad)}, "effect": OF_A_JOB[refusal]})
    result = run(service, state, fail_on="never", **options)
    assert [number for number, outcome in enumerate(outcomes(result)) if outcome != "ok"] == [bad]
    job = result["jobs"][bad]
    assert (job["outcome"], job["reason"], job["changed"]) == ("failed", "refused", False)
    assert job["error_code"] == OF_A_JOB[refusal]["error_code"]
    assert not result["failed"]
    assert_nothing_else_meanwhile(service.journal.writes(), job_id(bad))
    assert_each_write_follows_a_read(service)


@shows("The same, with four requests at a time", "the same", "The same; those in flight come back.")
@each_refusal
def test_one_job_of_another_project_side_by_side(refusal):
    service = emulator([RUNNING] * 40)
    service.fault({"match": {"kind": "write", "job_id": job_id(13)}, "effect": OF_A_JOB[refusal]})
    result = run(service, "paused", max_parallel=4)
    assert [number for number, outcome in enumerate(outcomes(result)) if outcome != "ok"] == [13]
    assert result["jobs"][13]["outcome"] == "failed"


@shows("The same, 150 jobs", "batch-status, batch-detail", "Split: the others are read, and started.")
@pytest.mark.parametrize("refusal", ["403 DRS.M00102", "404 DRS.M00200"])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail"])
@pytest.mark.parametrize("bad", [0, 113])
def test_one_job_of_another_project_in_a_read(refusal, endpoint, bad):
    service = emulator(["CONFIGURATION"] * 150)
    service.fault({"match": {"endpoint": endpoint, "job_id": job_id(bad)}, "effect": OF_A_JOB[refusal]})
    result = run(service, "started", batch_size=100, fail_on="never")
    assert [number for number, outcome in enumerate(outcomes(result)) if outcome != "ok"] == [bad]
    assert (result["jobs"][bad]["outcome"], result["jobs"][bad]["reason"]) == ("failed", "refused")
    assert not result["failed"]
    assert_nothing_else_meanwhile(service.journal.of(endpoint), job_id(bad))


@shows(
    "The same",
    "drs_job_info: batch-status, batch-detail, batch-progress, batch-rpo-and-rto",
    "Split: the others are whole; that one is in `unread`, with the code.",
)
@each_refusal
@pytest.mark.parametrize("endpoint", ["batch-status", *PARTS])
def test_info_one_job_of_another_project(refusal, endpoint):
    service = emulator([RUNNING] * 25)
    service.fault({"match": {"endpoint": endpoint, "job_id": job_id(13)}, "effect": OF_A_JOB[refusal]})
    result = run_info(service)
    assert result["failed"]
    assert [(one["id"], one["what"], one["error_code"]) for one in result["unread"]] == [
        (job_id(13), PARTS.get(endpoint, "status"), OF_A_JOB[refusal]["error_code"])
    ]
    assert [job["id"] for job in result["jobs"]] == list(service.jobs)
    for part in PARTS.values():
        others = [job for job in result["jobs"] if job["id"] != job_id(13)]
        assert all(job[part] is not None for job in others)


# --- the account may not


@shows(
    "An account that may only read: 403 or 404 with such a code for every write; 100 and 2,000 jobs",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "The first request is split, and no other is sent meanwhile. Ten jobs refused alone show that everybody is: nothing more "
    "is sent. All not_attempted, unchanged.",
)
@pytest.mark.parametrize(
    ("write", "refusal", "number"),
    [*((write, "403 DRS.M00102", 100) for write in WRITES), ("pause", "404 DRS.M00200", 2000)],
)
def test_an_account_that_may_only_read(write, refusal, number):
    status, state, options = WRITES[write]
    service = emulator([status] * number)
    service.fault({"match": {"kind": "write"}, "effect": OF_A_JOB[refusal]})
    result = run(service, state, fail_on="never", **options)
    assert result["failed"]
    assert not result["changed"]
    assert set(outcomes(result)[10:]) == {"not_attempted"}
    assert set(outcomes(result)) <= {"not_attempted", "failed"}
    assert OF_A_JOB[refusal]["error_code"] in result["msg"]
    assert len(service.journal.writes()) <= 20
    assert {job for entry in service.journal.writes() for job in entry.job_ids} == set(list(service.jobs)[:10])


@shows("The same, fewer than ten jobs", "the same", "The same, once all are refused alone.")
@each_write
@pytest.mark.parametrize("number", [1, 2, 9])
def test_an_account_that_may_only_read_few_jobs(write, number):
    status, state, options = WRITES[write]
    service = emulator([status] * number)
    service.fault({"match": {"kind": "write"}, "effect": OF_A_JOB["403 DRS.M00102"]})
    result = run(service, state, fail_on="never", **options)
    assert result["failed"]
    assert not result["changed"]
    assert len(service.journal.writes()) == 2 * number - 1


@shows("The same, four requests at a time", "batch-pause-task", "The same; those in flight come back.")
def test_an_account_that_may_only_read_side_by_side():
    service = emulator([RUNNING] * 500)
    service.fault({"match": {"kind": "write"}, "effect": OF_A_JOB["403 DRS.M00102"]})
    result = run(service, "paused", fail_on="never", max_parallel=4)
    assert result["failed"]
    assert not result["changed"]
    assert len(service.journal.writes()) <= 20 + 3


@shows(
    "The first ten jobs are of another project, and the rest are ours",
    "batch-pause-task",
    "Once one is accepted, the refusal is each job's own: ten failed, the rest ok.",
)
def test_a_refusal_is_each_jobs_own_once_one_is_accepted():
    service = emulator([RUNNING] * 30)
    others = [job_id(number) for number in range(1, 20, 2)]
    service.fault({"match": {"kind": "write", "job_id": others}, "effect": OF_A_JOB["403 DRS.M00102"]})
    result = run(service, "paused", fail_on="never")
    assert [job["outcome"] for job in result["jobs"] if job["id"] in others] == ["failed"] * 10
    assert [job["outcome"] for job in result["jobs"] if job["id"] not in others] == ["ok"] * 20
    assert not result["failed"]


@shows(
    "400, 413, 422 or DRS.M01504 for every request, and every job alone; 30 jobs",
    "batch-pause-task",
    "Always each job's own: each is failed by name, and the account is not blamed.",
)
@pytest.mark.parametrize(
    ("http_status", "code"), [(400, "DRS.M00202"), (413, "DRS.M00300"), (422, "DRS.M00300"), (400, BUSY)]
)
def test_other_refusals_are_never_everybodys(http_status, code):
    service = emulator([RUNNING] * 30)
    service.fault({"match": {"kind": "write"}, "effect": {"status": http_status, "error_code": code}})
    result = run(service, "paused", fail_on="never", busy_timeout=20)
    assert not result["failed"]
    assert set(outcomes(result)) <= {"failed", "unknown"}
    assert {job["error_code"] for job in result["jobs"]} == {code}


@shows(
    "403 or 404 with such a code for every read; 500 jobs",
    "batch-status, batch-detail",
    "The first page is split; ten jobs refused alone show that everybody is: nothing more is read, and nothing is written.",
)
@pytest.mark.parametrize("refusal", ["403 DRS.M00102", "404 DRS.M00200"])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail"])
def test_an_account_that_may_not_read(refusal, endpoint):
    service = emulator(["CONFIGURATION"] * 500)
    service.fault({"match": {"endpoint": endpoint}, "effect": OF_A_JOB[refusal]})
    result = run(service, "started", fail_on="never")
    assert result["failed"]
    assert outcomes(result).count("ok") == 0
    assert service.journal.writes() == []
    first_round = [entry for entry in service.journal.of(endpoint) if entry.time < SETTLE_TIME / 2]
    assert len(first_round) <= (32 if endpoint == "batch-status" else 25 * 3)


@shows("The same", "drs_job_info: batch-status and its parts", "The same: failed, with few requests.")
@pytest.mark.parametrize("refusal", ["403 DRS.M00102", "404 DRS.M00200"])
@pytest.mark.parametrize("endpoint", ["batch-status", *PARTS])
def test_info_an_account_that_may_not_read(refusal, endpoint):
    service = emulator([RUNNING] * 150)
    service.fault({"match": {"endpoint": endpoint}, "effect": OF_A_JOB[refusal]})
    result = run_info(service)
    assert result["failed"]
    assert {one["what"] for one in result["unread"]} >= {PARTS.get(endpoint, "status")}
    assert OF_A_JOB[refusal]["error_code"] in result["msg"]
    assert len(service.journal.of(endpoint)) < 100


# --- one endpoint alone

OF_AN_ENDPOINT = {
    "404 of the gateway": {"status": 404, "error_code": "APIGW.0101"},
    "404 with HTML": {"status": 404, "html": True},
    "403 of the gateway": {"status": 403, "error_code": "APIGW.0302"},
    "403 DRS.M00103": {"status": 403, "error_code": "DRS.M00103"},
    "403 DRS.M00102": {"status": 403, "error_code": "DRS.M00102"},
    "404 DRS.M00289": {"status": 404, "error_code": "DRS.M00289"},
}


@shows(
    "One endpoint alone is refused (403, 404, by the gateway, by DRS, with HTML), in a run that also writes to another",
    "batch-retry-task, batch-starting",
    "What the other accepted is watched to its end: ok. The rest: not_attempted or failed, with the refusal.",
)
@pytest.mark.parametrize("refusal", OF_AN_ENDPOINT)
@pytest.mark.parametrize(
    ("endpoint", "number"), [("batch-retry-task", 3), ("batch-retry-task", 12), ("batch-starting", 3)]
)
def test_one_endpoint_alone_is_refused(refusal, endpoint, number):
    statuses = ["CONFIGURATION"] * number + ["PAUSING"] * number
    service = emulator(statuses, lag=20)
    service.fault({"match": {"endpoint": endpoint}, "effect": OF_AN_ENDPOINT[refusal]})
    result = run(service, "started")
    refused = "PAUSING" if endpoint == "batch-retry-task" else "CONFIGURATION"
    for status, job in zip(statuses, result["jobs"], strict=True):
        assert job["outcome"] in (("failed", "not_attempted") if status == refused else ("ok",))
        assert job["changed"] == (status != refused)
    assert result["failed"]


@shows(
    "The same, and the jobs that were started are paused by nobody: 401 from one endpoint",
    "batch-retry-task",
    "A 401 ends all writes. What was accepted is watched to its end: ok.",
)
@pytest.mark.parametrize("way_in", [None, PASSWORD], ids=["token", "password"])
def test_a_401_ends_all_writes_and_not_the_watching(way_in):
    statuses = ["CONFIGURATION"] * 2 + ["PAUSING"] * 2 + ["STARTJOBING"]
    service = emulator(statuses, lag=20)
    service.fault({"match": {"endpoint": "batch-retry-task"}, "effect": {"status": 401, "error_code": "APIGW.0301"}})
    result = run(service, "started", fail_on="never", **({"way_in": way_in} if way_in else {}))
    assert outcomes(result) == ["ok", "ok", "not_attempted", "not_attempted", "ok"]
    assert result["failed"]


# --- a stray refusal of a read

STRAY = {
    "401": {"status": 401, "error_code": "APIGW.0301"},
    "403 of the gateway": {"status": 403, "error_code": "APIGW.0302"},
    "403 with HTML": {"status": 403, "html": True},
    "403 DRS.M00102": {"status": 403, "error_code": "DRS.M00102"},
    "403 DRS.M00103": {"status": 403, "error_code": "DRS.M00103"},
    "403 DRS.M00261": {"status": 403, "error_code": "DRS.M00261"},
    "404 of the gateway": {"status": 404, "error_code": "APIGW.0101"},
    "404 with HTML": {"status": 404, "html": True},
    "404 DRS.M00200": {"status": 404, "error_code": "DRS.M00200"},
}
each_stray = pytest.mark.parametrize("stray", STRAY)


@shows(
    "One stray 401, 403 or 404 in one of many polls; 20 jobs",
    "batch-status",
    "Retried in the next round: ok, each write sent once.",
)
@each_stray
@each_write
def test_a_stray_refusal_of_a_poll(stray, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 20, lag=15)
    service.fault({"match": {"endpoint": "batch-status", "nth": 4}, "effect": STRAY[stray]})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 20
    assert len(service.journal.writes()) == 2


@shows("The same, for 20 s", "batch-status", "The same (401 only where the credentials can be renewed).")
@each_stray
def test_stray_refusals_for_a_while(stray):
    service = emulator([RUNNING] * 10, lag=35)
    service.fault({"match": {"endpoint": "batch-status", "after": 3, "for": 20}, "effect": STRAY[stray]})
    way_in = {"way_in": PASSWORD} if stray == "401" else {}
    assert outcomes(run(service, "paused", **way_in)) == ["ok"] * 10


@shows("The same, before the first write", "batch-status", "The same, once a read has been answered.")
@each_stray
def test_a_stray_refusal_before_the_first_write(stray):
    service = emulator([{"status": "CHANGE_JOB_STARTED", "durations": {"CHANGE_JOB_STARTED": 20}}] * 3)
    service.fault({"match": {"endpoint": "batch-status", "nth": 2}, "effect": STRAY[stray]})
    result = run(service, "paused")
    if stray in ("403 DRS.M00102", "404 DRS.M00200"):
        # A refusal of the status of each job that was not written to is that job's own.
        assert set(outcomes(result)) <= {"ok", "failed"}
    else:
        assert outcomes(result) == ["ok"] * 3


@shows("The same", "batch-detail, before a start", "The same.")
@each_stray
def test_a_stray_refusal_of_details(stray):
    service = emulator(["CONFIGURATION"] * 25)
    service.fault({"match": {"endpoint": "batch-detail", "nth": 2}, "effect": STRAY[stray]})
    assert outcomes(run(service, "started")) == ["ok"] * 25


@shows(
    "The same",
    "drs_job_info: batch-status, batch-detail, batch-progress, batch-rpo-and-rto, the list",
    "Retried: everything is read.",
)
@each_stray
@pytest.mark.parametrize("endpoint", ["batch-status", *PARTS, "list"])
def test_info_a_stray_refusal(stray, endpoint):
    service = emulator([RUNNING] * 120)
    service.fault({"match": {"endpoint": endpoint, "nth": 2}, "effect": STRAY[stray]})
    by_list = {"job_ids": None} if endpoint == "list" else {}
    result = run_info(service, gather=[PARTS[endpoint]] if endpoint in PARTS else [], **by_list)
    assert (result["failed"], result["unread"]) == (False, [])
    assert len(result["jobs"]) == 120


@shows(
    "Every read is refused with 403 or 404, once jobs have been written to",
    "batch-status",
    "Final once reads have met nothing else for `settle_time`, and three times: unknown, with that answer.",
)
@each_stray
@each_write
def test_refused_reads_are_final_after_settle_time(stray, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3, lag=1000)
    service.fault({"match": {"endpoint": "batch-status", "after": 2}, "effect": STRAY[stray]})
    result = run(service, state, way_in=PASSWORD, fail_on="never", **options)
    assert outcomes(result) == ["unknown"] * 3
    assert result["changed"]
    refused = [entry for entry in service.journal.of("batch-status") if entry.status >= 400]
    times = {round(entry.time) for entry in refused}
    assert len(times) >= 3
    assert SETTLE_TIME <= refused[-1].time - refused[0].time < SETTLE_TIME + 10
    code = STRAY[stray].get("error_code")
    if code:
        assert code in result["msg"]


@shows(
    "Every read is refused with 401, the token was given by option, and jobs have been written to",
    "batch-status",
    "Final after three in a row; one or two are retried: ok.",
)
@pytest.mark.parametrize(("times", "outcome"), [(1, "ok"), (2, "ok"), (3, "unknown")])
def test_a_given_token_is_refused_three_times_in_a_row(times, outcome):
    service = emulator([RUNNING] * 3, lag=10)
    service.fault({"match": {"endpoint": "batch-status", "after": 1, "count": times}, "effect": STRAY["401"]})
    result = run(service, "paused")
    assert outcomes(result) == [outcome] * 3
    assert result["failed"] == (outcome != "ok")


@shows(
    "Every job is refused with the same 403 or 404, whatever the sizes of requests and however many are in flight",
    "batch-pause-task",
    "Ten jobs, each alone in its request, are enough, and those in flight: nothing more is written.",
)
@pytest.mark.parametrize(("batch_size", "max_parallel"), [(1, 1), (1, 4), (20, 1), (100, 1)])
@pytest.mark.parametrize("refusal", [(403, "DRS.M00102"), (404, "DRS.M00200")])
def test_ten_refused_alone_end_the_writes(batch_size, max_parallel, refusal):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 300)
    service.fault({"match": {"kind": "write"}, "effect": {"status": refusal[0], "error_code": refusal[1]}})
    result = run(service, "paused", batch_size=batch_size, max_parallel=max_parallel, fail_on="never")
    alone = [entry for entry in service.journal.writes() if len(entry.job_ids) == 1]
    assert len(alone) <= 9 + max_parallel
    assert result["failed"]
    assert not result["changed"]
