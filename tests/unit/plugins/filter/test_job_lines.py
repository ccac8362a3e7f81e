# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line a job that a person can read."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.filter.job_lines import FilterModule

job_lines = FilterModule().filters()["job_lines"]

JOB_ID = "9a470239-2308-4bb5-a6bc-1040402fjb21"


def driven(**facts):
    """A job as drs_job_batch reports it, paused by this run unless told otherwise."""
    job = {
        "id": JOB_ID,
        "name": None,
        "action": "pause",
        "changed": True,
        "outcome": "ok",
        "reason": None,
        "status_before": "INCRE_TRANSFER_STARTED",
        "status": "PAUSING",
        "error_code": None,
        "error_msg": None,
    }
    job.update(facts)
    return job


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (driven(), "ok, INCRE_TRANSFER_STARTED -> PAUSING (paused)"),
        (driven(action="none", changed=False, status_before="PAUSING"), "ok, already PAUSING (paused)"),
        (driven(outcome="accepted", status="INCRE_TRANSFER_STARTED"), "accepted, INCRE_TRANSFER_STARTED"),
        (
            driven(outcome="failed", changed=False, status_before=None, status="NOT_FOUND", reason="no_such_job"),
            "failed, NOT_FOUND",
        ),
        (
            driven(outcome="not_attempted", changed=False, status_before=None, status=None, reason="unreadable"),
            "not_attempted, status unknown",
        ),
    ],
)
def test_what_became_of_a_job(job, line):
    assert job_lines({"jobs": [job]})[0] == f"{JOB_ID}: {line}"


def test_the_name_comes_first():
    assert job_lines({"jobs": [driven(name="orders")]}) == [
        f"orders ({JOB_ID}): ok, INCRE_TRANSFER_STARTED -> PAUSING (paused)",
        "1 job: 1 ok; 1 changed",
    ]


def test_equal_reasons_are_one_line():
    busy = {"outcome": "timed_out", "changed": False, "status": "INCRE_TRANSFER_STARTED", "reason": "busy"}
    busy |= {"error_code": "DRS.M01504", "error_msg": "Another operation is being performed."}
    refused = {"outcome": "failed", "changed": False, "reason": "refused", "error_msg": "it cannot be paused"}
    jobs = [driven(id=str(n), name=None if n == 3 else f"job-{n}", **busy) for n in range(13)]
    lines = job_lines({"jobs": [*jobs, driven(name="orders", **refused), driven(name="stock")]})
    assert lines[15:] == [
        (
            "timed_out, busy: job-0, job-1, job-2, 3, job-4, job-5, job-6, job-7, job-8, job-9 and 3 more: "
            "DRS.M01504 Another operation is being performed."
        ),
        "failed, refused: orders: it cannot be paused",
        "15 jobs: 13 timed_out, 1 failed, 1 ok; 1 changed",
    ]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("start", "would start"),
        ("pause", "would pause"),
        ("terminate", "would stop"),
        ("force_terminate", "would stop by force"),
        ("delete", "would delete"),
    ],
)
def test_a_prediction_says_what_would_be_done(action, words):
    job = driven(action=action, status="INCRE_TRANSFER_STARTED")
    assert job_lines({"jobs": [job]}, check_mode=True) == [
        f"{JOB_ID}: {words}, now INCRE_TRANSFER_STARTED",
        "1 job: 1 ok; 1 to be changed",
    ]


def test_a_prediction_of_no_change_reads_as_a_run_without_one():
    job = driven(action="none", changed=False, status_before="PAUSING")
    assert job_lines({"jobs": [job]}, check_mode=True)[0] == f"{JOB_ID}: ok, already PAUSING (paused)"


def test_a_job_that_was_only_read():
    failed = {"id": JOB_ID, "name": None, "status": "START_JOB_FAILED"}
    jobs = [
        {"id": JOB_ID, "name": "orders", "status": "PAUSING"},
        {"id": JOB_ID, "name": "stock", "status": "PAUSING"},
        failed | {"error_code": "DRS.M00200", "error_msg": "No route."},
    ]
    assert job_lines({"jobs": jobs, "missing": ["gone"]}) == [
        f"orders ({JOB_ID}): PAUSING (paused)",
        f"stock ({JOB_ID}): PAUSING (paused)",
        f"{JOB_ID}: START_JOB_FAILED",
        "gone: not known to the service",
        f"START_JOB_FAILED: {JOB_ID}: DRS.M00200 No route.",
        "4 jobs: 2 PAUSING (paused), 1 START_JOB_FAILED, 1 not known to the service",
    ]


def test_what_could_not_be_read():
    unread = [
        {"id": JOB_ID, "type": None, "what": "status", "error_code": None, "error_msg": "no answer in time"},
        {"id": None, "type": "sync", "what": "list", "error_code": "DRS.M00100", "error_msg": "Not allowed."},
    ]
    assert job_lines({"jobs": [], "missing": [], "unread": unread}) == [
        f"{JOB_ID}: the status could not be read",
        "jobs of type sync: the list could not be read",
        f"the status could not be read: {JOB_ID}: no answer in time",
        "the list could not be read: jobs of type sync: DRS.M00100 Not allowed.",
        "0 jobs; 2 could not be read",
    ]


def test_a_job_stays_on_one_line_and_cannot_steer_a_terminal():
    line = job_lines({"jobs": [{"id": JOB_ID, "name": "a\nb\x1b[2J", "status": "PAUSING"}]})[0]
    assert line == f"a b?[2J ({JOB_ID}): PAUSING (paused)"


def test_in_the_order_of_the_jobs():
    lines = job_lines({"jobs": [{"id": str(n), "status": "PAUSING"} for n in range(5)]})
    assert [line.partition(":")[0] for line in lines] == ["0", "1", "2", "3", "4", "5 jobs"]


def test_besides_the_jobs_of_another_result():
    everything = {"jobs": [{"id": name, "status": "PAUSING"} for name in ("a", "b")], "success": True, "msg": "2 jobs"}
    assert job_lines(everything, besides={"jobs": [{"id": "A"}]}) == [
        "b: PAUSING (paused)",
        "1 job: 1 PAUSING (paused)",
    ]
    assert job_lines(everything, besides={"jobs": [{"id": "A"}, {"id": "b"}]}) == []


@pytest.mark.parametrize("result", [{}, {"msg": "no credentials"}, {"jobs": None}, {"jobs": [], "missing": []}])
def test_a_result_without_jobs_has_no_lines(result):
    assert job_lines(result) == []


def test_a_result_without_jobs_that_is_ok_has_its_message():
    assert job_lines({"jobs": [], "success": True, "msg": "No job fits.\n"}) == ["No job fits."]


@pytest.mark.parametrize(("result", "besides"), [([], None), ({}, "text")])
def test_what_is_not_a_result_is_refused(result, besides):
    with pytest.raises(AnsibleFilterError, match=r"a result is a dictionary, not (list|str)"):
        job_lines(result, besides=besides)
