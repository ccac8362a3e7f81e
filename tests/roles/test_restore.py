# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that never came to its end, and the restore that puts things right."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, IDS, ORDERS, PAUSED, RUNNING, STOCK, jobs
from ansible_collections.huaweicloud.drs.tests.roles.listener import listen
from ansible_collections.huaweicloud.drs.tests.roles.stage import kill, wait_for

LONG_WORK = """
- name: Say that the work has begun
  ansible.builtin.file:
    path: "{folder}/begun"
    state: touch
    mode: "0600"
- name: Work for long
  ansible.builtin.command: sleep 300
"""


def test_two_at_once_then_killed_then_restored_twice(stage):
    drs = stage(jobs(RUNNING, RUNNING, PAUSED))
    work = drs.tasks("work", LONG_WORK.format(folder=drs.folder))
    first = drs.begin_window(IDS, work)
    try:
        wait_for(drs.folder / "begun", first)
        second = drs.window(IDS, work)
        assert (second.exit_code, second.asked_to_write) == (2, [])
        assert "The maintenance 'localhost' is open already" in second.output
        other_name = drs.window([BILLING], work, maintenance_window_name="other")
        assert (other_name.exit_code, other_name.asked_to_write) == (2, [])
        assert f"Job {BILLING} is in the open maintenance 'localhost'" in other_name.output
        other_folder = drs.window(
            [BILLING], work, maintenance_window_state_dir=str(drs.folder / "x"), maintenance_window_refuse_paused="yes"
        )
        assert (other_folder.exit_code, other_folder.asked_to_write) == (2, [])
        assert f"paused already: job-2 ({BILLING})" in other_folder.output
    finally:
        kill(first)
    assert {drs.emulator.jobs[job_id].phase for job_id in IDS} == {"paused"}
    assert drs.record["phase"] == "open"
    assert drs.known() == {ORDERS: "paused", BILLING: "paused", STOCK: "paused_before"}

    predicted = drs.restore("--check")
    assert (predicted.exit_code, predicted.asked_to_write) == (0, []), predicted.output
    assert drs.record["phase"] == "open"

    restore = drs.restore()
    assert restore.exit_code == 0, restore.output
    assert sorted(restore.writes) == sorted([("resume", ORDERS), ("resume", BILLING)])
    assert drs.emulator.jobs[STOCK].phase == "paused"
    assert drs.record["phase"] == "closed"
    assert drs.reports()[-1][0]["role"] == "restore"

    again = drs.restore()
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output


def test_without_a_record(stage):
    """By ids, only what is paused is resumed; without ids there is nothing to do, and it says where it looked."""
    drs = stage(jobs(PAUSED, "INCRE_TRANSFER_FAILED", RUNNING))
    hosts = {"by_ids": {"drs_job_ids": "\n".join(IDS)}, "without": {}}
    answers = {"drs_hosts": "all", "maintenance_window_state_dir": str(drs.state)}
    run = drs.play("restore", answers, "-i", drs.hosts(hosts))
    assert run.exit_code == 2
    assert run.failures == {"by_ids": 1, "without": 0}
    assert run.writes == [("resume", ORDERS)]
    assert f"1 of 3 jobs do not run: {BILLING}" in run.output
    # Before ansible-core 2.19, lines are broken at the hyphens of a path too.
    words = f"{drs.state} never held a record of the maintenance 'without'"
    assert "".join(words.split()) in "".join(run.output.split())


def test_in_another_project_or_at_another_endpoint(stage):
    """Case B1: the record stays as it is, and the right restore then finds it."""
    drs = stage(jobs(RUNNING))
    first = drs.begin_window(ORDERS, drs.tasks("work", LONG_WORK.format(folder=drs.folder)))
    try:
        wait_for(drs.folder / "begun", first)
    finally:
        kill(first)
    record = (drs.state / "localhost.json").read_text("utf-8")
    wrong = drs.restore(drs_project_id="ffffffffffffffffffffffffffffffff")
    assert (wrong.exit_code, wrong.asked_to_write) == (2, [])
    assert "ffffffffffffffffffffffffffffffff" in wrong.last_line
    assert drs.record["project_id"] in wrong.last_line
    assert (drs.state / "localhost.json").read_text("utf-8") == record
    right = drs.restore()
    assert (right.exit_code, right.writes) == (0, [("resume", ORDERS)]), right.output


def test_a_record_that_cannot_be_read(stage):
    """Case B11."""
    drs = stage(jobs(PAUSED))
    drs.state.mkdir()
    (drs.state / "localhost.json").write_text("{", encoding="utf-8")
    work = drs.tasks("work", "- name: Work\n  ansible.builtin.debug:\n    msg: at work\n")
    for run in (drs.window(ORDERS, work), drs.restore()):
        assert (run.exit_code, run.asked_to_write) == (2, [])
        assert "cannot be read as one" in run.last_line
        assert "drs_job_ids" in run.last_line
    restore = drs.restore(drs_job_ids=ORDERS)
    assert (restore.exit_code, restore.writes) == (0, [("resume", ORDERS)]), restore.output
    assert next(path.name for path in drs.state.glob("*.json*")).startswith("localhost.json.unreadable-")
    assert drs.window(ORDERS, work).exit_code == 0


def test_the_restore_of_another_workflow(stage):
    """Case B2: an AWX workflow whose window never began leaves the maintenance of another one alone."""
    drs = stage(jobs(RUNNING))
    work = drs.tasks("work", LONG_WORK.format(folder=drs.folder))
    first = drs.begin_window(ORDERS, work, awx_workflow_job_id=7)
    try:
        wait_for(drs.folder / "begun", first)
        other = drs.restore(awx_workflow_job_id=8)
        assert (other.exit_code, other.asked_to_write) == (0, []), other.output
        assert "was left alone" in " ".join(other.output.split())
    finally:
        kill(first)
    own = drs.restore(awx_workflow_job_id=7)
    assert (own.exit_code, own.writes) == (0, [("resume", ORDERS)]), own.output


def test_restore_only(stage):
    """The window's own playbook resumes what an earlier window has left, works on nothing else, and is quiet if nothing is left."""
    drs = stage(jobs(RUNNING, PAUSED, RUNNING))
    work = drs.tasks("work", LONG_WORK.format(folder=drs.folder))
    first = drs.begin_window([ORDERS, STOCK], work)
    try:
        wait_for(drs.folder / "begun", first)
    finally:
        kill(first)
    (drs.folder / "begun").unlink()
    with listen() as listener:
        # What the template of the window has is given too, the hours of another day among it. A job that somebody has paused stays so.
        answers = {
            "drs_restore_only": "true",
            "drs_notify_on": "always",
            "drs_notify_url": listener.address("200/sent"),
            "maintenance_window_end": "2026-01-01T00:00:00Z",
            "awx_workflow_job_id": 7,
        }
        restore = drs.window([BILLING, ORDERS], work, **answers)
        assert restore.exit_code == 0, restore.output
        assert sorted(restore.writes) == sorted([("resume", ORDERS), ("resume", STOCK)])
        assert not (drs.folder / "begun").exists()
        assert drs.emulator.jobs[BILLING].phase == "paused"
        assert drs.record["phase"] == "closed"
        assert drs.reports()[-1][0]["role"] == "restore"
        (body,) = listener.bodies("200/sent")
        assert body["text"].startswith("Restore, localhost: succeeded. 2 jobs paused for at most ")

        # No file of tasks is needed. What the template chooses is left alone.
        reports = len(drs.reports())
        alone = {"maintenance_window_state_dir": str(drs.state), "drs_job_ids": BILLING, **answers}
        again = drs.play("maintenance_window", alone)
        assert (again.exit_code, again.asked_to_write) == (0, []), again.output
        assert "WARNING" not in again.output
        assert again.last_line.startswith("No maintenance is open: nothing was recorded")
        assert len(drs.reports()) == reports
        assert len(listener.messages) == 1
        wrong = drs.play("maintenance_window", {**alone, "drs_restore_only": "perhaps"})
        assert (wrong.exit_code, wrong.asked_to_write) == (2, []), wrong.output
        assert "drs_restore_only must be true or false, not 'perhaps'" in wrong.output


def test_restore_only_that_fails(stage):
    """It is red, and its message is sent; the second play adds nothing."""
    drs = stage(jobs(RUNNING))
    first = drs.begin_window([ORDERS], drs.tasks("work", LONG_WORK.format(folder=drs.folder)))
    try:
        wait_for(drs.folder / "begun", first)
    finally:
        kill(first)
    drs.emulator.change_job(ORDERS, {"refuse": {"retry": ["DRS.M00302", "Not allowed today."]}})
    with listen() as listener:
        answers = {"maintenance_window_state_dir": str(drs.state), "drs_restore_only": True}
        run = drs.play("maintenance_window", {**answers, "drs_notify_url": listener.address("200/sent")})
        assert run.exit_code == 2, run.output
        assert drs.record["phase"] == "open"
        assert "Not allowed today" in run.last_line
        (body,) = listener.bodies("200/sent")
        assert body["text"].startswith("Restore, localhost: FAILED. 1 of 1 job is STILL PAUSED: job-1 (")
