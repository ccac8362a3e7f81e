# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are not what the pages promise."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, job_id, outcomes, run
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import WRITES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import run_batch

each_write = pytest.mark.parametrize("write", WRITES)
NOBODYS = "99999999-0000-0000-0000-0000000jb101"

# what is wrong with the rows -> the emulator's effect for three jobs
ROWS = {
    "a row is missing": {"drop_rows": [job_id(1)]},
    "all rows are missing": {"drop_rows": 3},
    "rows twice": {"double_rows": True},
    "a row of nobody's": {"extra_rows": [{"id": NOBODYS, "status": "success"}]},
    "a row that differs from its twin": {
        "extra_rows": [{"id": job_id(1), "status": "failed", "error_code": "DRS.M00302"}]
    },
    "a row without an id": {"extra_rows": [{"status": "failed", "error_code": "DRS.M00302"}]},
    "a row without a status": {"row_fields": {job_id(1): {"status": None}}},
    "a row's status is not a text": {"row_fields": {job_id(1): {"status": ["success"]}}},
    "an array instead of an object": {"wrong_shape": True},
    "null instead of an object": {"wrong_shape": None},
    "results is a number": {"wrong_shape": {"results": 7}},
    "rows are strings": {"wrong_shape": {"results": ["a", "b"]}},
    "another key": {"wrong_shape": {"answers": []}},
    "not JSON": {"not_json": True},
    "no UTF-8": {"body": b"\xff\xfe\x00", "applied": True, "status": 200},
    "another content type": {"content_type": "text/html"},
}
each_kind_of_rows = pytest.mark.parametrize("rows", ROWS)


@shows(
    "Rows missing, doubled, contradictory, of an unknown id, without an id, without a status; a body of another shape, not JSON, not UTF-8",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "A job with its one row is judged by it. One without is lost: read until its status shows the write; never sent again while it may show.",
)
@each_kind_of_rows
@each_write
def test_strange_rows_in_the_answer_to_a_write(rows, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"kind": "write"}, "effect": ROWS[rows]})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 3
    assert len(service.journal.writes()) == 1


@shows("The same, once", "batch-status, batch-detail", "Read again, the ids without a row each alone: ok.")
@each_kind_of_rows
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail"])
def test_strange_rows_in_the_answer_to_a_read(rows, endpoint):
    service = emulator(["CONFIGURATION"] * 3)
    service.fault({"match": {"endpoint": endpoint, "count": 1}, "effect": ROWS[rows]})
    assert outcomes(run(service, "started")) == ["ok"] * 3


HARMLESS = ("rows twice", "a row of nobody's", "another content type", "a row without an id")
MISSING = ("a row is missing", "all rows are missing")


@shows(
    "The same, permanently",
    "batch-status",
    "Rows that name a job count. One without a row that can be read: not_attempted, nothing is sent for it.",
)
@pytest.mark.parametrize("rows", [rows for rows in ROWS if rows not in MISSING])
@pytest.mark.parametrize(
    ("state", "status"), [("paused", "INCRE_TRANSFER_STARTED"), ("deleted", "RELEASE_RESOURCE_COMPLETE")]
)
def test_strange_statuses_for_good_are_never_taken_for_good_ones(rows, state, status):
    service = emulator([status] * 3)
    service.fault({"match": {"endpoint": "batch-status"}, "effect": ROWS[rows]})
    result = run(service, state)
    if rows in HARMLESS:
        assert outcomes(result) == ["ok"] * 3
    else:
        assert outcomes(result)[1] == "not_attempted"
        assert service.journal.accepted(job_id(1)) == []


@shows(
    "No row for a job that this run has not seen, and none when it is asked for once more, 5 s later",
    "batch-status",
    "The service does not know the job: failed, or with deleted ok and a warning; nothing is sent for it.",
)
@pytest.mark.parametrize(
    ("state", "outcome"), [("started", "failed"), ("paused", "failed"), ("stopped", "failed"), ("deleted", "ok")]
)
def test_a_row_that_is_missing_twice(state, outcome):
    service = emulator(["RELEASE_RESOURCE_COMPLETE"], unknown_shape="absent")
    result = run(service, state, [NOBODYS])
    assert outcomes(result) == [outcome]
    first, second = (entry.time for entry in service.journal)
    assert second - first >= 5
    assert service.journal.writes() == []


@shows(
    "400 with a row that holds DRS.M05004 and no id",
    "batch-status",
    "Split; the one row of an answer for one job is that job's.",
)
@pytest.mark.parametrize("number", [1, 4])
def test_rows_without_any_id(number):
    service = emulator(["RELEASE_RESOURCE_COMPLETE"] * number)
    gone = {"count": 1, "results": [{"error_code": "DRS.M05004", "error_message": "The task has been deleted"}]}
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"status": 400, "body": gone}})
    result = run_batch(service, state="deleted", job_ids=list(service.jobs))
    assert outcomes(result) == ["ok"] * number
    assert {job["status"] for job in result["jobs"]} == {"DELETED"}
    assert service.journal.writes() == []


@shows(
    "Rows in another order, more jobs than a page holds",
    "all batch calls",
    "Each job by its id, the result in the order requested.",
)
@each_write
def test_rows_out_of_order(write):
    status, state, options = WRITES[write]
    service = emulator([status if number % 2 else "CREATING" for number in range(25)], shuffle=True)
    for number in range(25):
        service.change_job(job_id(number), {"name": "job %d" % number})
    result = run(service, state, **options)
    assert [job["id"] for job in result["jobs"]] == [job_id(number) for number in range(25)]
    for number, job in enumerate(result["jobs"]):
        assert job["status_before"] == (status if number % 2 else "CREATING")


@shows("The service holds 5 rows a page whatever it is asked", "batch-status", "The rest is read 5 jobs a request: ok.")
def test_a_service_that_answers_few_at_a_time():
    service = emulator(["PAUSING"] * 23)
    service.fault({"match": {"endpoint": "batch-status", "jobs_least": 6}, "effect": {"drop_rows": 18}})
    assert outcomes(run(service, "paused")) == ["ok"] * 23
    assert [len(entry.job_ids) for entry in service.journal] == [23, 5, 5, 5, 3]


@shows("Answers keyed `jobs`, as in the pages of 2020", "all batch calls", "Read in the same way.")
@each_write
def test_answers_in_the_shape_of_2020(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3, answer_key="jobs")
    assert outcomes(run(service, state, **options)) == ["ok"] * 3
    assert len(service.journal.writes()) == 1


@shows(
    "A status that nobody knows",
    "batch-status",
    "failed, reason unknown_status, the status named; nothing is sent. The others go on.",
)
@each_write
@pytest.mark.parametrize("unknown", ["FROZEN", "INCRE_TRANSFER_STARTED_AGAIN"])
def test_an_unknown_status_is_left_alone(write, unknown):
    status, state, options = WRITES[write]
    service = emulator([status, unknown])
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "failed"]
    assert (result["jobs"][1]["reason"], result["jobs"][1]["status"]) == ("unknown_status", unknown)
    assert unknown in result["msg"]
    assert service.journal.accepted(job_id(1)) == []


@shows(
    "A status that nobody knows, after the write",
    "batch-status",
    "Waited through until the deadline: timed_out (after a delete failed at once), changed; never a false ok.",
)
@each_write
def test_an_unknown_status_after_a_write_is_no_success(write):
    status, state, options = WRITES[write]
    service = emulator([status])
    service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": {"row_status": {job_id(0): "FROZEN"}}})
    result = run(service, state, **options)
    assert outcomes(result) == ["failed" if write == "delete" else "timed_out"]
    assert result["changed"]


GONE_SHAPES = {
    "200 and status DELETED": {"deleted_shape": "status"},
    "DRS.M05004, in a row or 400 with results": {"deleted_shape": "error"},
    "no row": {"deleted_shape": "absent"},
}


@shows(
    "A deleted job, in three shapes: status DELETED; DRS.M05004 in a row, or 400 with results; no row",
    "batch-status",
    "deleted: ok, unchanged; stopped: ok, and failed where there is no row. started, paused: failed, reason no_such_job. "
    "The others go on.",
)
@pytest.mark.parametrize("shape", GONE_SHAPES)
@pytest.mark.parametrize("others", [0, 3])
@pytest.mark.parametrize(
    ("state", "status", "outcome"),
    [
        ("deleted", "RELEASE_RESOURCE_COMPLETE", "ok"),
        ("stopped", "RELEASE_RESOURCE_COMPLETE", "ok"),
        ("started", "CONFIGURATION", "failed"),
        ("paused", "INCRE_TRANSFER_STARTED", "failed"),
    ],
)
def test_a_deleted_job_in_each_shape(shape, others, state, status, outcome):
    service = emulator(["DELETED"] + [status] * others, **GONE_SHAPES[shape])
    result = run(service, state)
    if (state, shape) == ("stopped", "no row"):
        outcome = "failed"
    assert outcomes(result) == [outcome] + ["ok"] * others
    job = result["jobs"][0]
    assert not job["changed"]
    assert job["reason"] == (None if outcome == "ok" else "no_such_job")
    assert service.journal.accepted(job_id(0)) == []


@shows("The same, after our own delete", "batch-status", "ok, changed; one delete.")
@pytest.mark.parametrize("shape", GONE_SHAPES)
@pytest.mark.parametrize("forget", [None, 0])
def test_a_job_that_we_deleted_in_each_shape(shape, forget):
    service = emulator(
        ["CREATE_FAILED", "RELEASE_RESOURCE_COMPLETE"], forget_deleted_after=forget, **GONE_SHAPES[shape]
    )
    result = run(service, "deleted")
    assert outcomes(result) == ["ok", "ok"]
    assert {job["status"] for job in result["jobs"]} == {"DELETED"}
    assert len(service.journal.writes()) == 1


UNKNOWN_SHAPES = {
    "DRS.M00289": {"unknown_code": "DRS.M00289"},
    "DRS.M05003": {"unknown_code": "DRS.M05003"},
    "DRS.M00289 and 400": {"all_failed_400": True},
    "no row": {"unknown_shape": "absent"},
}


@shows(
    "An id that the service does not know: DRS.M00289 or DRS.M05003 in a row, the same with 400, no row",
    "batch-status",
    "started, paused, stopped: failed, reason no_such_job. deleted: ok with a warning that names it, the project and the region.",
)
@pytest.mark.parametrize("shape", UNKNOWN_SHAPES)
@pytest.mark.parametrize("state", ["started", "paused", "stopped", "deleted"])
@pytest.mark.parametrize("others", [0, 2])
def test_an_unknown_id_in_each_shape(shape, state, others):
    service = emulator(
        ["RELEASE_RESOURCE_COMPLETE" if state in ("stopped", "deleted") else "PAUSING"] * others,
        **UNKNOWN_SHAPES[shape],
    )
    result = run(service, state, [NOBODYS, *service.jobs])
    assert outcomes(result)[1:] == ["ok"] * others
    job = result["jobs"][0]
    if state == "deleted":
        assert (job["outcome"], job["changed"]) == ("ok", False)
        assert NOBODYS in result["warnings"][0]
        assert "eu-de" in result["warnings"][0]
    else:
        assert (job["outcome"], job["reason"]) == ("failed", "no_such_job")
        assert NOBODYS in result["msg"]
