# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the verbs write a report and send a message if they are asked for, and run no task for them if not."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.huaweicloud.drs.tests.roles import listener as listeners

RUNNING = "INCRE_TRANSFER_STARTED"
ORDERS, STOCK = (f"{number:08d}-0000-0000-0000-0000000jb101" for number in range(2))
JOBS = [{"id": ORDERS, "name": "orders", "status": RUNNING}, {"id": STOCK, "name": "stock", "status": RUNNING}]


@pytest.fixture
def listener():
    with listeners.listen() as listening:
        yield listening


def reports(drs):
    """The facts of the reports, and the pages next to them."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(drs.folder.glob("reports/*.json"))]
    return found, sorted(drs.folder.glob("reports/*.html"))


def test_a_report_of_a_pause(service):
    drs = service(JOBS)
    run = drs.play("pause", {"drs_select_name": "*", "drs_report_dir": "reports"})
    assert run.exit_code == 0, run.output
    (facts,), (page,) = reports(drs)
    assert page.name.startswith("pause-localhost-")
    assert facts["outcome"] == "ok"
    assert facts["still_paused"]["answer"] == "requested"
    assert [(job["name"], job["status"]) for job in facts["jobs"]] == [("orders", "PAUSING"), ("stock", "PAUSING")]
    assert facts["asked"]["select"] == {"name": ["*"]}


def test_a_message_about_a_failure_with_the_report(service, listener):
    drs = service([JOBS[0], {**JOBS[1], "not_pausable": True}])
    answers = {"drs_select_name": "*", "drs_report_dir": "reports", "drs_notify_url": listener.address("200/canary")}
    run = drs.play("pause", answers, "-vvv")
    assert run.exit_code == 2
    ((facts,), (page,)) = reports(drs)
    assert facts["outcome"] == "failed"
    (body,) = listener.bodies("200/canary")
    assert re.match(r"Pause, localhost: FAILED\. .*stock", body["text"])
    assert body["text"].endswith(f" Report: {page.resolve()}")
    assert "1 of 2 jobs did not reach the state paused: stock" in body["text"]
    # The answers are extra variables here, which ansible-playbook itself shows in no way.
    assert "canary" not in run.output


def test_a_message_only_of_a_change(service, listener):
    drs = service(JOBS)
    drs.environment["DRS_NOTIFY_URL"] = listener.address("200/canary")
    answers = {"drs_job_ids": ORDERS, "drs_notify_on": "change"}
    for _time in range(2):
        run = drs.play("pause", answers)
        assert run.exit_code == 0, run.output
    assert listener.bodies("200/canary") == [
        {"text": "Pause, localhost: succeeded. 1 job paused, 1 changed by this run."}
    ]


def test_the_drift_is_reported_as_a_prediction(service, listener):
    drs = service(JOBS)
    answers = {"drs_jobs": [{"select": {"name": ["*"]}, "state": "paused"}], "drs_notify_on": "change"}
    run = drs.play("reconcile", {**answers, "drs_notify_url": listener.address("200/canary")}, "--check")
    assert run.exit_code == 0, run.output
    ((text,),) = [tuple(body.values()) for body in listener.bodies("200/canary")]
    assert text.startswith("Reconcile, localhost: a prediction.")
    assert "2 of 2 jobs would be changed" in text
    assert run.asked_to_write == []


def test_a_report_of_statuses(service):
    drs = service([JOBS[0], {**JOBS[1], "status": "PAUSING"}])
    run = drs.play("status", {"drs_report_dir": "reports"})
    assert run.exit_code == 0, run.output
    (facts,), (page,) = reports(drs)
    assert page.name.startswith("status-localhost-")
    assert facts["outcome"] == "ok"
    assert facts["still_paused"]["ids"] == [STOCK]
    assert sorted((job["name"], job["status"]) for job in facts["jobs"]) == [("orders", RUNNING), ("stock", "PAUSING")]
    assert facts["started_at"] <= facts["ended_at"]


def test_a_message_about_statuses_that_cannot_be_read(service, listener):
    drs = service(JOBS)
    answers = {"drs_notify_url": listener.address("200/canary")}
    assert drs.play("status", answers).exit_code == 0
    assert listener.messages == []
    drs.emulator.fault({"match": {}, "effect": {"status": 401, "error_code": "APIGW.0301"}})
    assert drs.play("status", answers).exit_code == 2
    (body,) = listener.bodies("200/canary")
    assert body["text"].startswith("Status, localhost: FAILED.")
    assert "APIGW.0301" in body["text"]


def test_a_report_that_is_lost_does_not_hide_why_jobs_failed(service):
    drs = service([JOBS[0], {**JOBS[1], "not_pausable": True}])
    drs.folder.joinpath("reports").write_text("a file", encoding="utf-8")
    run = drs.play("pause", {"drs_select_name": "*", "drs_report_dir": "reports"})
    assert run.exit_code == 2
    assert "1 of 2 jobs did not reach the state paused" in run.output.rpartition("fatal:")[2]
    assert "The report could not be written" in run.output


def test_a_message_that_cannot_be_sent_changes_nothing(service):
    drs = service(JOBS)
    address = f"http://127.0.0.1:{listeners.closed_port()}/canary"
    run = drs.play("pause", {"drs_job_ids": ORDERS, "drs_notify_on": "always", "drs_notify_url": address})
    assert run.exit_code == 0, run.output
    assert "WARNING: The message about this run was not sent" in run.output
    assert "canary" not in run.output


def test_a_report_that_cannot_be_written_is_red(service):
    drs = service(JOBS)
    drs.folder.joinpath("reports").write_text("a file", encoding="utf-8")
    run = drs.play("pause", {"drs_job_ids": ORDERS, "drs_report_dir": "reports"})
    assert run.exit_code == 2
    assert run.writes == [("pause", ORDERS)]
    assert "no report was written" in run.output.rpartition("fatal:")[2]


@pytest.mark.parametrize("blank", ["", " "])
def test_neither_is_asked_for(service, blank):
    drs = service(JOBS)
    run = drs.play("pause", {"drs_job_ids": ORDERS, "drs_report_dir": blank, "drs_notify_url": blank})
    assert run.exit_code == 0, run.output
    assert reports(drs) == ([], [])
    assert "report :" not in run.output


@pytest.mark.parametrize("playbook", ["pause", "status"])
def test_when_to_send_it_is_refused_before_anything_is_sent(service, playbook):
    run = service(JOBS).play(playbook, {"drs_job_ids": ORDERS, "drs_notify_on": "sometimes"})
    assert run.exit_code == 2
    assert run.requests == []
    assert "drs_notify_on must be one of failure, change, always" in run.output
