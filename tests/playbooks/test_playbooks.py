# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each playbook: predicted, run, run again; and what it refuses."""

from __future__ import annotations

import re

import pytest

ORDERS = "9a470239-2308-4bb5-a6bc-1040402fjb21"
BILLING = "dbb8127c-b093-4b94-b764-7161e151jb2s"
STOCK = "8d0e8e36-a618-490d-8a46-8c61ac9jb502"
IDS = [ORDERS, BILLING, STOCK]
TEXT_AREA = f"{ORDERS}\n{BILLING}, {STOCK}\n"
CONFIRMED = {"drs_confirm": "true"}

NOT_STARTED, RUNNING, PAUSED, ENDED = "CONFIGURATION", "INCRE_TRANSFER_STARTED", "PAUSING", "RELEASE_RESOURCE_COMPLETE"


def jobs(*statuses):
    return [
        {"id": job_id, "name": f"job-{n}", "status": status}
        for n, (job_id, status) in enumerate(zip(IDS, statuses, strict=False))
    ]


@pytest.mark.parametrize(
    ("playbook", "statuses", "answers", "predicted", "writes", "phases"),
    [
        (
            "start",
            (NOT_STARTED, PAUSED, RUNNING),
            {},
            "would start",
            {("start", ORDERS), ("resume", BILLING)},
            {"running"},
        ),
        (
            "pause",
            (RUNNING, "FULL_TRANSFER_STARTED", PAUSED),
            {},
            "would pause",
            {("pause", ORDERS), ("pause", BILLING)},
            {"paused"},
        ),
        (
            "resume",
            (PAUSED, PAUSED, RUNNING),
            {},
            "would resume",
            {("resume", ORDERS), ("resume", BILLING)},
            {"running"},
        ),
        (
            "stop",
            (RUNNING, PAUSED, ENDED),
            CONFIRMED,
            "would stop",
            {("terminate", ORDERS), ("terminate", BILLING)},
            {"ended"},
        ),
        (
            "delete",
            (ENDED, ENDED, "CREATE_FAILED"),
            CONFIRMED,
            "would delete",
            {("delete", job_id) for job_id in IDS},
            {"deleted"},
        ),
    ],
)
def test_predicted_run_and_run_again(service, playbook, statuses, answers, predicted, writes, phases):
    drs = service(jobs(*statuses))
    answers = {"drs_job_ids": TEXT_AREA, **answers}

    prediction = drs.play(playbook, answers, "--check")
    assert prediction.exit_code == 0, prediction.output
    assert prediction.asked_to_write == []
    assert predicted in _line(prediction, ORDERS)

    run = drs.play(playbook, answers)
    assert run.exit_code == 0, run.output
    assert set(run.writes) == writes
    assert len(run.writes) == len(writes)
    assert {drs.emulator.jobs[job_id].phase for job_id in IDS} == phases
    summary = run.stats[f"drs_{playbook}_summary"]["localhost"]
    assert (summary["requested"], summary["ok"], summary["changed"]) == (3, 3, len(writes))

    again = drs.play(playbook, answers)
    assert again.exit_code == 0, again.output
    assert again.asked_to_write == []
    assert again.stats[f"drs_{playbook}_summary"]["localhost"]["changed"] == 0


def test_status_shows_every_job_and_the_missing_ones(service):
    drs = service(jobs(RUNNING, PAUSED))
    run = drs.play("status", {"drs_job_ids": TEXT_AREA})
    assert run.exit_code == 0, run.output
    assert run.asked_to_write == []
    assert RUNNING in _line(run, ORDERS)
    assert PAUSED in _line(run, BILLING)
    assert f"{STOCK}: not known to the service" in run.output
    assert run.stats == {"drs_status_summary": {"localhost": {"read": 2, "missing": 1, "unread": 0}}}


def test_status_without_ids_shows_every_job_of_the_project(service):
    run = service(jobs(RUNNING, PAUSED)).play("status", {"drs_job_ids": " "})
    assert run.exit_code == 0, run.output
    assert f"job-0 ({ORDERS}): {RUNNING}" in run.output
    assert f"job-1 ({BILLING}): {PAUSED} (paused)" in run.output


def test_status_shows_what_it_read_though_the_rest_could_not_be(service):
    drs = service(jobs(RUNNING, PAUSED))
    drs.emulator.fault({"match": {"job_id": BILLING, "count": 1}, "effect": {"drop_rows": [BILLING]}})
    drs.emulator.fault({"match": {"job_id": BILLING}, "effect": {"status": 403, "error_code": "DRS.M00100"}})
    run = drs.play("status", {"drs_job_ids": IDS[:2]})
    assert run.exit_code == 2, run.output
    assert f"{ORDERS}: {RUNNING}" in run.output
    assert f"the status could not be read: {BILLING}: DRS.M00100" in run.output


@pytest.mark.parametrize("playbook", ["stop", "delete"])
@pytest.mark.parametrize(
    "confirm", [{}, {"drs_confirm": ""}, {"drs_confirm": "false"}, {"drs_confirm": False}, {"drs_confirm": "maybe"}]
)
def test_without_a_confirmation_nothing_is_sent(service, playbook, confirm):
    drs = service(jobs(RUNNING, ENDED))
    run = drs.play(playbook, {"drs_job_ids": IDS[:2], **confirm})
    assert run.exit_code == 2
    assert run.requests == []
    assert "drs_confirm" in run.output


@pytest.mark.parametrize("playbook", ["status", "start", "pause", "resume", "stop", "delete"])
def test_a_malformed_id_is_named_and_nothing_is_sent(service, playbook):
    drs = service(jobs(RUNNING))
    run = drs.play(playbook, {"drs_job_ids": f"{ORDERS} not-an-id", **CONFIRMED})
    assert run.exit_code == 2
    assert run.requests == []
    assert "not-an-id" in run.output


@pytest.mark.parametrize("playbook", ["start", "pause", "resume", "stop", "delete"])
@pytest.mark.parametrize(
    "answers", [{}, {"drs_job_ids": " \n"}, {"drs_job_ids": [], "drs_select_name": " , ", "drs_select_tags": {}}]
)
def test_without_a_choice_of_jobs_nothing_is_sent(service, playbook, answers):
    run = service(jobs(RUNNING)).play(playbook, {**answers, **CONFIRMED})
    assert run.exit_code == 2
    assert run.requests == []
    assert "No jobs are chosen. Give either drs_job_ids, or one or more of drs_select_name, " in run.output


def test_ids_and_a_selection_are_not_mixed(service):
    run = service(jobs(RUNNING)).play("pause", {"drs_job_ids": ORDERS, "drs_select_name": "job-*"})
    assert run.exit_code == 2
    assert run.requests == []
    assert "drs_job_ids and drs_select_* are both given" in run.output


@pytest.mark.parametrize(
    ("name", "value"),
    [("drs_wait", "maybe"), ("drs_wait_timeout", "an hour"), ("drs_fail_on", "some"), ("drs_pause_mode", "hard")],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_sent(service, name, value):
    run = service(jobs(RUNNING)).play("pause", {"drs_job_ids": ORDERS, name: value})
    assert run.exit_code == 2
    assert run.requests == []
    assert value in run.output


def test_the_text_false_is_false(service):
    drs = service(jobs(RUNNING, RUNNING))
    run = drs.play("stop", {"drs_job_ids": IDS[:2], "drs_force": "false", "drs_wait": "false", **CONFIRMED})
    assert run.exit_code == 0, run.output
    assert set(run.writes) == {("terminate", ORDERS), ("terminate", BILLING)}
    assert run.stats["drs_stop_summary"]["localhost"]["accepted"] == 2


def test_the_text_true_is_true(service):
    drs = service(jobs(RUNNING))
    run = drs.play("delete", {"drs_job_ids": ORDERS, "drs_force": "true", **CONFIRMED})
    assert run.exit_code == 0, run.output
    assert run.writes == [("force_terminate", ORDERS), ("delete", ORDERS)]


def test_a_running_job_is_not_deleted_without_force(service):
    run = service(jobs(RUNNING)).play("delete", {"drs_job_ids": ORDERS, "drs_force": "false", **CONFIRMED})
    assert run.exit_code == 2
    assert run.asked_to_write == []
    assert f"failed, running_needs_force: {ORDERS}: " in run.output


def test_the_pause_mode_and_the_start_time_are_sent(service):
    drs = service(jobs(RUNNING, NOT_STARTED))
    paused = drs.play("pause", {"drs_job_ids": ORDERS, "drs_pause_mode": "all"})
    assert paused.asked_to_write[0].body == {"jobs": [{"job_id": ORDERS, "pause_mode": "all"}]}
    started = drs.play("start", {"drs_job_ids": BILLING, "drs_start_time": "4102444800000"})
    assert started.exit_code == 0, started.output
    assert started.asked_to_write[0].body == {"jobs": [{"job_id": BILLING, "start_time": "4102444800000"}]}


class TestPartialFailure:
    """One job is busy for good, one cannot be paused, and one is paused."""

    JOBS = (
        {"id": ORDERS, "status": RUNNING},
        {"id": BILLING, "status": RUNNING, "not_pausable": True},
        {"id": STOCK, "status": RUNNING, "busy": True},
    )

    @pytest.mark.parametrize(("fail_on", "exit_code"), [("any", 2), ("", 2), ("all", 0), ("never", 0)])
    def test_the_run_fails_as_told_and_shows_each_job(self, service, fail_on, exit_code):
        drs = service(list(self.JOBS))
        run = drs.play("pause", {"drs_job_ids": TEXT_AREA, "drs_fail_on": fail_on, "drs_wait_timeout": "3"})
        assert run.exit_code == exit_code, run.output
        assert run.writes == [("pause", ORDERS)]
        assert f"{RUNNING} -> {PAUSED}" in _line(run, ORDERS)
        assert f"failed, refused: {BILLING}: DRS." in run.output
        assert f"timed_out, busy: {STOCK}: DRS.M01504 " in run.output
        assert "3 jobs: 1 ok, 1 failed, 1 timed_out; 1 changed" in run.output
        assert run.stats["drs_pause_summary"]["localhost"]["ok"] == 1

    def test_where_all_ended_badly(self, service):
        drs = service(list(self.JOBS[1:]))
        run = drs.play("pause", {"drs_job_ids": [BILLING, STOCK], "drs_fail_on": "all", "drs_wait_timeout": "3"})
        assert run.exit_code == 2, run.output
        assert run.writes == []

    def test_the_failure_is_no_wall_of_json(self, service):
        drs = service(list(self.JOBS))
        run = drs.play("pause", {"drs_job_ids": TEXT_AREA, "drs_wait_timeout": "3"})
        failure = run.output.partition("fatal:")[2]
        assert BILLING in failure
        assert "timeline" not in run.output


def test_a_refused_way_in_fails_whatever_drs_fail_on_says(service):
    drs = service(jobs(RUNNING))
    drs.emulator.fault({"match": {}, "effect": {"status": 401, "error_code": "APIGW.0301", "error_msg": "Not let in."}})
    run = drs.play("pause", {"drs_job_ids": ORDERS, "drs_fail_on": "never"})
    assert run.exit_code == 2, run.output
    assert run.writes == []
    assert "APIGW.0301" in run.output


def test_one_host_a_project_each_with_its_summary(service):
    drs = service(jobs(RUNNING, RUNNING))
    inventory = drs.inventory(f"[clouds]\nlocalhost drs_job_ids={ORDERS}\neurope drs_job_ids={BILLING}\n")
    run = drs.play("pause", {"drs_hosts": "clouds"}, "-i", inventory)
    assert run.exit_code == 0, run.output
    assert set(run.writes) == {("pause", ORDERS), ("pause", BILLING)}
    summaries = run.stats["drs_pause_summary"]
    assert {host: summary["ok"] for host, summary in summaries.items()} == {"localhost": 1, "europe": 1}


def _line(run, job_id):
    """The line of a job in what the playbook printed."""
    lines = [line for line in run.output.splitlines() if re.search(rf"\b{job_id}\)?: ", line) and "fatal:" not in line]
    assert lines, run.output
    return lines[0]
