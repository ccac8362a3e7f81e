# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cutover: nothing is stopped before every job has caught up, and the writers come back where that does not happen."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, ENDED, ORDERS, PAUSED, RUNNING, UNKNOWN, jobs

NOTE = """
- name: {name}
  ansible.builtin.copy:
    content: {name}
    dest: "{folder}/{name}"
    mode: "0600"
"""


def cut_over(drs, *options, ids=(ORDERS,), **variables):
    hooks = {
        f"cutover_{name}_tasks": drs.tasks(name, NOTE.format(name=name, folder=drs.folder))
        for name in ("quiesce", "rollback")
    }
    answers = {
        "drs_job_ids": list(ids),
        "cutover_wait_interval": "1",
        "cutover_lag_timeout": "8",
        "cutover_report_dir": str(drs.folder / "reports"),
        **hooks,
        **variables,
    }
    return drs.play("cutover", answers, *options)


def ran(drs, name):
    return (drs.folder / name).exists()


def progress_reads(run):
    return len([entry for entry in run.requests if entry.endpoint == "batch-progress"])


def test_the_good_case(stage):
    # Reads of the lag: not known, too far, near, near, not known again, near three times, and then none three times.
    lag = ["-1", "30", "5", "5", None, "9", "8", "7", "0", "0", "0"]
    drs = stage(jobs({"status": RUNNING, "lag": lag}, ENDED))

    rehearsal = cut_over(drs, "--check", ids=(BILLING,), cutover_delete="true")
    assert (rehearsal.exit_code, rehearsal.asked_to_write) == (0, []), rehearsal.output
    assert not (drs.folder / "reports").exists()

    run = cut_over(drs, ids=(ORDERS, BILLING), cutover_delete="yes", cutover_lag_timeout="60")
    assert run.exit_code == 0, run.output
    assert run.writes[0] == ("terminate", ORDERS)
    assert sorted(run.writes[1:]) == sorted([("delete", ORDERS), ("delete", BILLING)])
    assert progress_reads(run) == len(lag)
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (True, False)
    ((facts, page),) = drs.reports("reports")
    assert (facts["outcome"], facts["asked"]["delete"]) == ("ok", True)
    assert BILLING in facts["warnings"][0]
    assert "DELETED" in page


def test_again_after_the_jobs_were_stopped(stage):
    drs = stage(jobs(ENDED))
    run = cut_over(drs)
    assert (run.exit_code, run.asked_to_write) == (0, []), run.output
    assert not ran(drs, "quiesce")


@pytest.mark.parametrize("lag", ["unknown", 11])
def test_lag_that_never_falls_is_given_up_before_anything_is_stopped(stage, lag):
    drs = stage(jobs(RUNNING, {"status": RUNNING, "lag": lag}))
    run = cut_over(drs, ids=(ORDERS, BILLING), cutover_lag_timeout="2")
    assert (run.exit_code, run.asked_to_write) == (2, [])
    assert f"none was stopped: {BILLING}" in run.output
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (False, False)
    assert drs.reports("reports")[0][0]["outcome"] == "failed"


def test_writers_stopped_and_lag_stuck(stage):
    drs = stage(jobs({"status": RUNNING, "lag": "3"}))
    run = cut_over(drs, cutover_lag_timeout="4")
    assert (run.exit_code, run.asked_to_write) == (2, [])
    assert f"none was stopped: {ORDERS} is 3 s behind, more than 0 s" in run.output
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (True, True)


def test_no_hook_to_let_the_writers_in_again(stage):
    drs = stage(jobs({"status": RUNNING, "lag": "3"}))
    run = cut_over(drs, cutover_lag_timeout="4", cutover_rollback_tasks="")
    assert (run.exit_code, run.asked_to_write) == (2, [])
    assert "The writers are stopped, and cutover_rollback_tasks names no tasks" in run.output


def test_after_a_stop_was_asked_for_the_writers_stay_out(stage):
    drs = stage(jobs(RUNNING, {"status": RUNNING, "fails": {"terminate": "RELEASE_RESOURCE_FAILED"}}))
    run = cut_over(drs, ids=(ORDERS, BILLING), cutover_delete=True)
    assert run.exit_code == 2
    assert sorted(run.writes) == sorted([("terminate", ORDERS), ("terminate", BILLING)])
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (True, False)
    facts = drs.reports("reports")[0][0]
    assert [(job["id"], job["failed"]) for job in facts["jobs"]] == [(ORDERS, False), (BILLING, True)]


def test_check_mode_sends_nothing_and_does_not_wait(stage):
    drs = stage(jobs({"status": RUNNING, "lag": "99"}))
    run = cut_over(drs, "--check", cutover_lag_timeout="600")
    assert (run.exit_code, run.asked_to_write) == (0, []), run.output
    assert "99 s behind" in run.output
    assert progress_reads(run) == 1
    assert not ran(drs, "quiesce")


@pytest.mark.parametrize(
    ("status", "ids", "variables", "words"),
    [
        (PAUSED, [ORDERS], {}, f"{ORDERS} is PAUSING"),
        (RUNNING, [ORDERS, UNKNOWN], {}, f"does not know these jobs, and nothing was sent: {UNKNOWN}"),
        (RUNNING, "", {}, "names no job"),
        (RUNNING, [ORDERS], {"cutover_rollback_tasks": "gone.yml"}, "cannot be read"),
    ],
)
def test_refused(stage, status, ids, variables, words):
    drs = stage(jobs(status))
    run = cut_over(drs, ids=ids, **variables)
    assert (run.exit_code, run.asked_to_write) == (2, [])
    assert words in run.output
    assert not ran(drs, "quiesce")
