# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks choose jobs by name and tag, hold back by waves and limits, and bring desired-state files about."""

from __future__ import annotations

import json

import pytest

NAMES = ("app-billing", "app-orders", "app-stock", "test-orders")
IDS = {name: f"{number:08d}-0000-0000-0000-0000000jb101" for number, name in enumerate(NAMES)}
CONFIGURED, RUNNING, PAUSED, ENDED = "CONFIGURATION", "INCRE_TRANSFER_STARTED", "PAUSING", "RELEASE_RESOURCE_COMPLETE"


def fleet(*statuses, **more):
    """Jobs with the names of NAMES, in its order, and these statuses; more: fields by name of the job, - as _."""
    return [
        {"id": IDS[name], "name": name, "db_use_type": "sync", "status": status, **more.get(name.replace("-", "_"), {})}
        for name, status in zip(NAMES, statuses, strict=True)
    ]


def written(run):
    names = {job_id: name for name, job_id in IDS.items()}
    return [(verb, names[job_id]) for verb, job_id in run.writes]


@pytest.mark.parametrize(
    ("playbook", "status", "verb", "more"),
    [
        ("start", CONFIGURED, "start", {}),
        ("pause", RUNNING, "pause", {}),
        ("resume", PAUSED, "resume", {}),
        ("stop", RUNNING, "terminate", {"drs_confirm": True, "drs_max_changes": 2}),
        ("delete", ENDED, "delete", {"drs_confirm": True, "drs_max_changes": "2"}),
    ],
)
def test_a_selection(service, playbook, status, verb, more):
    drs = service(fleet(*[status] * 4))
    answers = {"drs_select_name": "app-*, test-*", "drs_select_exclude": "*-orders", "drs_select_type": "sync", **more}
    run = drs.play(playbook, answers)
    assert run.exit_code == 0, run.output
    assert sorted(written(run)) == [(verb, "app-billing"), (verb, "app-stock")]
    assert f"app-billing ({IDS['app-billing']}): ok, {status}" in run.output
    assert "2 jobs: 2 ok; 2 changed" in run.output


def test_tags_as_a_survey_hands_them_over(service):
    prod, team = {"key": "env", "value": "prod"}, {"key": "team", "value": "db"}
    tags = {"app_orders": {"tags": [prod, team]}, "app_stock": {"tags": [prod]}}
    drs = service(fleet(*[RUNNING] * 4, **tags))
    run = drs.play("pause", {"drs_select_tags": "env=prod, team=db"})
    assert run.exit_code == 0, run.output
    assert written(run) == [("pause", "app-orders")]


def test_status_by_selection(service):
    drs = service(fleet(RUNNING, PAUSED, PAUSED, PAUSED))
    run = drs.play("status", {"drs_select_name": "app-*", "drs_select_status": PAUSED})
    assert run.exit_code == 0, run.output
    assert run.asked_to_write == []
    assert f"app-orders ({IDS['app-orders']}): PAUSING (paused)" in run.output
    assert "2 jobs: 2 PAUSING (paused)" in run.output
    assert "test-orders" not in run.output


@pytest.mark.parametrize("playbook", ["start", "pause", "resume", "stop"])
def test_a_selection_that_fits_no_job_is_red(service, playbook):
    drs = service(fleet(*[RUNNING] * 4))
    run = drs.play(playbook, {"drs_select_name": "ap-*", "drs_confirm": True, "drs_max_changes": 9})
    assert run.exit_code == 2
    assert run.asked_to_write == []
    assert "No job fits the selection (name: ap-*)" in run.output


def test_unless_it_is_allowed(service):
    answers = {"drs_select_name": "ap-*", "drs_select_allow_none": "true"}
    run = service(fleet(*[RUNNING] * 4)).play("pause", answers)
    assert run.exit_code == 0, run.output
    assert run.asked_to_write == []
    assert "No job fits the selection: nothing was to be done" in run.output


def test_a_selection_of_a_status_that_no_job_has_says_so(service):
    run = service(fleet(*[RUNNING] * 4)).play("resume", {"drs_select_name": "app-*", "drs_select_status": PAUSED})
    assert run.exit_code == 0, run.output
    assert run.asked_to_write == []
    assert "3 jobs fit the selection but for the status: nothing was to be done" in run.output


@pytest.mark.parametrize("playbook", ["stop", "delete"])
def test_what_cannot_be_undone_needs_a_limit_for_a_selection(service, playbook):
    run = service(fleet(*[ENDED] * 4)).play(playbook, {"drs_select_name": "app-*", "drs_confirm": True})
    assert run.exit_code == 2
    assert run.requests == []
    assert "drs_max_changes is required with drs_select_*" in run.output


@pytest.mark.parametrize("limit", [0, "0", 2, "2"])
def test_more_changes_than_allowed(service, limit):
    run = service(fleet(*[RUNNING] * 4)).play("pause", {"drs_select_name": "app-*", "drs_max_changes": limit})
    assert run.exit_code == 2
    assert run.asked_to_write == []
    assert "not_attempted, too_many_changes: app-billing, app-orders, app-stock: " in run.output


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("drs_max_changes", "few", "drs_max_changes must be a whole number, not 'few'"),
        ("drs_max_fail", "1.5", "drs_max_fail must be a whole number, not '1.5'"),
        ("drs_select_tags", "env", "drs_select_tags must hold pairs such as env=prod, team=db, not 'env'"),
        ("drs_serial", "some", "serial holds 'some'"),
        ("drs_select_type", "synch", "select.type holds 'synch'"),
    ],
)
def test_an_answer_that_does_not_fit(service, name, value, words):
    run = service(fleet(*[RUNNING] * 4)).play("pause", {"drs_select_name": "app-*", name: value})
    assert run.exit_code == 2
    assert run.requests == []
    assert words in run.output


def test_a_wave_that_fails_holds_the_later_ones(service):
    drs = service(fleet(*[RUNNING] * 4, app_billing={"not_pausable": True}))
    answers = {"drs_select_name": "*", "drs_serial": "1, 50%", "drs_max_fail": 0}
    run = drs.play("pause", answers)
    assert run.exit_code == 2
    assert written(run) == []
    assert "not_attempted, stopped_early: app-orders, app-stock, test-orders: " in run.output
    assert run.stats["drs_pause_summary"]["localhost"]["not_attempted"] == 3
    run = drs.play("pause", {**answers, "drs_max_fail": 1})
    assert written(run) == [("pause", "app-orders"), ("pause", "app-stock"), ("pause", "test-orders")]


@pytest.mark.parametrize("status", [CONFIGURED, "INCRE_TRANSFER_FAILED"])
def test_resume_resumes_alone(service, status):
    drs = service(fleet(PAUSED, RUNNING, status, PAUSED))
    run = drs.play("resume", {"drs_select_name": "app-*"})
    assert run.exit_code == 2
    assert written(run) == [("resume", "app-billing")]
    assert "failed, action_not_allowed: app-stock: " in run.output


FILE = [
    {"select": {"name": ["app-*"], "exclude": ["*-stock"]}, "state": "paused", "pause_mode": "all"},
    {"job_id": IDS["app-stock"], "state": "started"},
]


class TestReconcile:
    """A desired-state file: its drift, what brings it about, and a plan that is applied later."""

    def test_drift_run_and_run_again(self, service):
        drs = service(fleet(RUNNING, PAUSED, CONFIGURED, RUNNING))
        drift = drs.play("reconcile", {"drs_jobs": FILE}, "--check")
        assert drift.exit_code == 0, drift.output
        assert drift.asked_to_write == []
        assert f"app-billing ({IDS['app-billing']}): would pause, now {RUNNING}" in drift.output
        assert "3 jobs: 3 ok; 2 to be changed" in drift.output
        run = drs.play("reconcile", {"drs_jobs": FILE})
        assert run.exit_code == 0, run.output
        assert sorted(written(run)) == [("pause", "app-billing"), ("start", "app-stock")]
        again = drs.play("reconcile", {"drs_jobs": FILE})
        assert again.exit_code == 0, again.output
        assert again.asked_to_write == []
        assert "drs_plan" not in again.stats

    def test_a_plan_is_applied_to_what_it_was_made_for(self, service):
        drs = service(fleet(RUNNING, RUNNING, CONFIGURED, RUNNING))
        planned = drs.play("reconcile", {"drs_jobs": FILE}, "--check").stats["drs_plan"]["localhost"]
        paused = {"state": "paused", "expected_status": RUNNING, "pause_mode": "all"}
        assert planned == [
            {"job_id": IDS["app-billing"], **paused},
            {"job_id": IDS["app-orders"], **paused},
            {"job_id": IDS["app-stock"], "state": "started", "expected_status": CONFIGURED},
        ]
        for playbook in ("start", "pause"):
            assert drs.play(playbook, {"drs_job_ids": IDS["app-stock"]}).exit_code == 0
        run = drs.play("reconcile", {"drs_jobs": planned})
        assert run.exit_code == 2
        assert sorted(written(run)) == [("pause", "app-billing"), ("pause", "app-orders")]
        assert all(job["pause_mode"] == "all" for entry in run.asked_to_write for job in entry.body["jobs"])
        assert f"failed, status_moved: {IDS['app-stock']}: " in run.output

    def test_jobs_that_no_entry_matches(self, service):
        drs = service(fleet(RUNNING, PAUSED, RUNNING, ENDED))
        shown = drs.play("reconcile", {"drs_jobs": FILE, "drs_show_others": "true"}, "--check")
        assert shown.exit_code == 0, shown.output
        assert f"test-orders ({IDS['test-orders']}): {ENDED}" in shown.output
        assert "1 job: 1 RELEASE_RESOURCE_COMPLETE" in shown.output
        hidden = drs.play("reconcile", {"drs_jobs": FILE}, "--check")
        assert "test-orders" not in hidden.output

    @pytest.mark.parametrize(
        "answers", [{}, {"drs_jobs": ""}, {"drs_jobs": []}, {"drs_jobs": "app"}, {"drs_jobs": FILE[0]}]
    )
    def test_without_a_list_nothing_is_sent(self, service, answers):
        run = service(fleet(*[RUNNING] * 4)).play("reconcile", answers)
        assert run.exit_code == 2
        assert run.requests == []
        assert "drs_jobs must be a list" in run.output

    def test_the_list_of_an_inventory_is_not_replaced_by_the_fact(self, service):
        """Two hosts of one project, whose lists differ, one after the other in each of two plays."""
        drs = service(fleet(*[RUNNING] * 4))
        lists = {name: json.dumps([{"job_id": IDS[name], "state": "paused"}]) for name in NAMES[:2]}
        inventory = drs.inventory("[clouds]\n" + "".join(f"{name} drs_jobs='{text}'\n" for name, text in lists.items()))
        twice = drs.folder / "twice.yml"
        play = {"name": "Reconcile", "ansible.builtin.import_playbook": "huaweicloud.drs.reconcile"}
        twice.write_text(json.dumps([play, play]), encoding="utf-8")
        run = drs.play(str(twice), {"drs_hosts": "clouds"}, "-i", inventory)
        assert run.exit_code == 0, run.output
        assert sorted(written(run)) == [("pause", "app-billing"), ("pause", "app-orders")]

    def test_an_entry_without_a_state(self, service):
        run = service(fleet(*[RUNNING] * 4)).play("reconcile", {"drs_jobs": [{"job_id": IDS["app-stock"]}]})
        assert run.exit_code == 2
        assert run.requests == []
        assert "jobs[0] has no state" in run.output

    def test_a_selection_that_stops_needs_a_limit(self, service):
        entry = {"select": {"name": ["test-*"]}, "state": "stopped"}
        run = service(fleet(*[RUNNING] * 4)).play("reconcile", {"drs_jobs": [entry]})
        assert run.exit_code == 2
        assert run.requests == []
        assert "max_changes is required" in run.output
