# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them, from the project, with the collection out of its tarball."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.awx import credentials
from ansible_collections.huaweicloud.drs.tests.awx.runner import Runner
from ansible_collections.huaweicloud.drs.tools import build

ORDERS = "9a470239-2308-4bb5-a6bc-1040402fjb21"
BILLING = "dbb8127c-b093-4b94-b764-7161e151jb2s"
RUNNING, PAUSED = "INCRE_TRANSFER_STARTED", "PAUSING"
WINDOW, RECONCILE = "DRS nightly maintenance window", "DRS reconcile with approval"
DESIRED = f"---\n- {{job_id: {ORDERS}, state: paused}}\n- {{job_id: {BILLING}, state: paused}}\n"
# The parent of the shell is the process of the task, and its parent ansible-playbook.
KILLS = """---
- name: End from outside
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.pipe', 'read pid name state parent rest < /proc/$PPID/stat; kill -9 $parent; sleep 1') }}"
"""


@pytest.fixture(scope="module")
def tarball(tmp_path_factory):
    return build.build(tmp_path_factory.mktemp("tarball"))


@pytest.fixture
def runner(tmp_path, tarball):
    return Runner(tmp_path, tarball)


def jobs(orders, billing):
    return [{"id": ORDERS, "name": "orders", "status": orders}, {"id": BILLING, "name": "billing", "status": billing}]


def writes(serving):
    return [(done["verb"], done["job_id"]) for entry in serving.emulator.journal.since(0) for done in entry.accepted]


def test_a_job_that_does_its_work_and_hands_its_summary_on_and_one_that_fails(service, runner):
    serving = service(jobs(RUNNING, RUNNING))
    credential = credentials.by_access_key(serving)
    good = runner.run("DRS pause", {"drs_job_ids": f"{ORDERS}\n{BILLING}\n"}, credential)
    assert good.status == "successful", good.output
    assert set(writes(serving)) == {("pause", ORDERS), ("pause", BILLING)}
    assert good.artifacts["drs_pause_summary"]["localhost"]["ok"] == 2
    assert credential["secret_key"] not in good.output

    unknown = "00000000-0000-0000-0000-0000000jb101"
    bad = runner.run("DRS pause", {"drs_job_ids": unknown}, credential)
    assert bad.status == "failed", bad.output
    assert unknown in bad.output
    assert bad.artifacts["drs_pause_summary"]["localhost"]["failed"] == 1


def test_a_workflow_whose_window_fails(service, runner):
    """The window resumes by itself what it has paused; the restore after it finds nothing left to do."""
    serving = service(jobs(RUNNING, PAUSED))
    credential = credentials.by_access_key(serving)
    answers = {"drs_job_ids": f"{ORDERS} {BILLING}"}

    window = runner.run_node(WINDOW, "window", answers, {}, credential)
    assert window.status == "failed", window.output
    assert "tasks/window.yml of this project" in window.output, window.output
    assert window.artifacts["drs_remaining"] == {"localhost": []}
    assert writes(serving) == [("pause", ORDERS), ("resume", ORDERS)]

    restore = runner.run_node(WINDOW, "restore", answers, window.artifacts, credential)
    assert restore.status == "successful", restore.output
    assert len(writes(serving)) == 2


def test_the_restore_of_a_workflow_resumes_what_a_record_says_and_never_what_the_workflow_was_asked_for(
    service, runner
):
    """Both jobs are paused: billing was so before the window, which was ended from outside."""
    serving = service(jobs(PAUSED, PAUSED))
    credential = credentials.by_access_key(serving)
    answers = {"drs_job_ids": f"{ORDERS} {BILLING}"}

    before_it_wrote_a_record = runner.run_node(WINDOW, "restore", answers, {}, credential)
    assert before_it_wrote_a_record.status == "successful", before_it_wrote_a_record.output
    assert "never held a record" in " ".join(before_it_wrote_a_record.output.split())
    assert writes(serving) == []

    handed_on = {"drs_remaining": {"localhost": [ORDERS]}}
    while_paused = runner.run_node(WINDOW, "restore", answers, handed_on, credential)
    assert while_paused.status == "successful", while_paused.output
    assert writes(serving) == [("resume", ORDERS)]
    assert serving.emulator.jobs[BILLING].status == PAUSED


def test_the_schedule_resumes_what_a_window_that_was_cut_off_has_left_paused_and_does_no_work(service, runner):
    """The work kills ansible-playbook. If the schedule's job did the work, it would kill itself too."""
    runner.project.joinpath("tasks", "window.yml").write_text(KILLS, encoding="utf-8")
    serving = service(jobs(RUNNING, PAUSED))
    credential = credentials.by_access_key(serving)

    window = runner.run("DRS maintenance window", {"drs_select_name": "*"}, credential)
    assert window.status == "failed", window.output
    assert window.artifacts == {}, window.output
    assert writes(serving) == [("pause", ORDERS)]

    for _time in range(2):
        restore = runner.run_schedule("DRS restore what is left", credential)
        assert restore.status == "successful", restore.output
        assert writes(serving) == [("pause", ORDERS), ("resume", ORDERS)]
    assert serving.emulator.jobs[BILLING].status == PAUSED


def test_a_plan_is_applied_to_the_jobs_that_have_not_moved(service, runner):
    runner.project.joinpath("drs_jobs", "localhost.yml").write_text(DESIRED, encoding="utf-8")
    serving = service(jobs(RUNNING, RUNNING))
    credential = credentials.by_access_key(serving)

    plan = runner.run_node(RECONCILE, "plan", {}, {}, credential)
    assert plan.status == "successful", plan.output
    assert writes(serving) == []
    (planned,) = plan.artifacts["drs_plan"].values()
    assert {(entry["job_id"], entry["state"], entry["expected_status"]) for entry in planned} == {
        (ORDERS, "paused", RUNNING),
        (BILLING, "paused", RUNNING),
    }

    serving.emulator.change_job(BILLING, {"status": "INCRE_TRANSFER_FAILED"})
    # What the file says by now does not count: it was not approved.
    runner.project.joinpath("drs_jobs", "localhost.yml").write_text(
        DESIRED.replace("paused", "stopped"), encoding="utf-8"
    )
    applied = runner.run_node(RECONCILE, "apply", {}, plan.artifacts, credential)
    assert applied.status == "failed", applied.output
    assert writes(serving) == [("pause", ORDERS)]
    assert "status_moved" in applied.output
    assert BILLING in applied.output
    assert "INCRE_TRANSFER_FAILED" in applied.output
    assert applied.artifacts["drs_reconcile_summary"]["localhost"]["failed"] == 1


def test_a_plan_without_changes_and_none_at_all(service, runner):
    runner.project.joinpath("drs_jobs", "localhost.yml").write_text(DESIRED, encoding="utf-8")
    serving = service(jobs(PAUSED, PAUSED))
    credential = credentials.by_access_key(serving)

    plan = runner.run_node(RECONCILE, "plan", {}, {}, credential)
    assert plan.artifacts["drs_plan"] == {"localhost": []}
    applied = runner.run_node(RECONCILE, "apply", {}, plan.artifacts, credential)
    assert applied.status == "successful", applied.output

    requests = len(serving.emulator.journal)
    alone = runner.run("DRS reconcile as planned", {}, credential)
    assert alone.status == "failed", alone.output
    assert "Start the workflow" in alone.output
    assert len(serving.emulator.journal) == requests
