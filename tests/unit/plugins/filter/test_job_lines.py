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
        (driven(), "ok, INCRE_TRANSFER_STARTED -> PAUSING"),
        (driven(name="orders"), "orders ok, INCRE_TRANSFER_STARTED -> PAUSING"),
        (driven(action="none", changed=False, status_before="PAUSING"), "ok, already PAUSING"),
        (driven(outcome="accepted", status="INCRE_TRANSFER_STARTED"), "accepted, INCRE_TRANSFER_STARTED"),
        (
            driven(
                outcome="failed",
                action="none",
                changed=False,
                status="INCRE_TRANSFER_STARTED",
                reason="busy",
                error_code="DRS.M01504",
                error_msg="Another operation is being performed.",
            ),
            "failed, INCRE_TRANSFER_STARTED (busy, DRS.M01504 Another operation is being performed.)",
        ),
        (
            driven(outcome="failed", changed=False, status_before=None, status="NOT_FOUND", reason="no_such_job"),
            "failed, NOT_FOUND (no_such_job)",
        ),
        (
            driven(outcome="not_attempted", changed=False, status_before=None, status=None, reason="unreadable"),
            "not_attempted, status unknown (unreadable)",
        ),
    ],
)
def test_what_became_of_a_job(job, line):
    assert job_lines({"jobs": [job]}) == [f"{JOB_ID} {line}"]


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
    assert job_lines({"jobs": [job]}, check_mode=True) == [f"{JOB_ID} {words}, now INCRE_TRANSFER_STARTED"]


def test_a_prediction_of_no_change_reads_as_a_run_without_one():
    job = driven(action="none", changed=False, status_before="PAUSING")
    assert job_lines({"jobs": [job]}, check_mode=True) == [f"{JOB_ID} ok, already PAUSING"]


def test_a_job_that_was_only_read():
    jobs = [
        {"id": JOB_ID, "name": "orders", "status": "INCRE_TRANSFER_STARTED"},
        {
            "id": JOB_ID,
            "name": None,
            "status": "START_JOB_FAILED",
            "error_code": "DRS.M00200",
            "error_msg": "No route.",
        },
    ]
    assert job_lines({"jobs": jobs, "missing": ["gone"]}) == [
        f"{JOB_ID} orders INCRE_TRANSFER_STARTED",
        f"{JOB_ID} START_JOB_FAILED (DRS.M00200 No route.)",
        "gone is not known to the service",
    ]


def test_what_could_not_be_read():
    unread = [
        {"id": JOB_ID, "type": None, "what": "status", "error_code": None, "error_msg": "no answer in time"},
        {"id": None, "type": "sync", "what": "list", "error_code": "DRS.M00100", "error_msg": "Not allowed."},
    ]
    assert job_lines({"jobs": [], "missing": [], "unread": unread}) == [
        f"{JOB_ID}: the status could not be read (no answer in time)",
        "sync: the list could not be read (DRS.M00100 Not allowed.)",
    ]


def test_a_job_stays_on_one_line_and_cannot_steer_a_terminal():
    (line,) = job_lines({"jobs": [{"id": JOB_ID, "name": "a\nb\x1b[2J", "status": "PAUSING"}]})
    assert line == f"{JOB_ID} a b?[2J PAUSING"


def test_in_the_order_of_the_jobs():
    lines = job_lines({"jobs": [{"id": str(n), "status": "PAUSING"} for n in range(5)]})
    assert [line.split()[0] for line in lines] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("result", [{}, {"msg": "no way in"}, {"jobs": None}, {"jobs": [], "missing": []}])
def test_a_result_without_jobs_has_no_lines(result):
    assert job_lines(result) == []


def test_what_is_no_result_is_refused():
    with pytest.raises(AnsibleFilterError, match="a result is a dictionary, not list"):
        job_lines([])
