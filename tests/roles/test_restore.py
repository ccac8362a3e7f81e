# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that never came to its end, and the restore that puts things right."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, IDS, ORDERS, PAUSED, RUNNING, STOCK, jobs
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
        assert "another window is at work" in second.output
        assert drs.locked
    finally:
        kill(first)
    assert {drs.emulator.jobs[job_id].phase for job_id in IDS} == {"paused"}
    assert (drs.record["phase"], sorted(drs.record["certain"])) == ("open", sorted([ORDERS, BILLING]))

    predicted = drs.restore("--check")
    assert (predicted.exit_code, predicted.asked_to_write) == (0, []), predicted.output
    assert drs.record["phase"] == "open"

    restore = drs.restore()
    assert restore.exit_code == 0, restore.output
    assert sorted(restore.writes) == sorted([("resume", ORDERS), ("resume", BILLING)])
    assert drs.emulator.jobs[STOCK].phase == "paused"
    assert (drs.record["phase"], drs.locked) == ("closed", False)
    assert drs.reports()[-1][0]["role"] == "restore"

    again = drs.restore()
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output


def test_without_a_record(stage):
    """By ids, only what is paused is resumed; without ids it says that there is nothing to restore from."""
    drs = stage(jobs(PAUSED, "INCRE_TRANSFER_FAILED", RUNNING))
    hosts = {
        "by_ids": {"drs_job_ids": "\n".join(IDS), "maintenance_window_state_dir": ""},
        "without": {"maintenance_window_state_dir": str(drs.state)},
    }
    run = drs.play("restore", {"drs_hosts": "all"}, "-i", drs.hosts(hosts))
    assert run.exit_code == 2
    assert run.failures == {"by_ids": 1, "without": 1}
    assert run.writes == [("resume", ORDERS)]
    assert f"{BILLING} (INCRE_TRANSFER_FAILED)" in run.output
    assert "NOT ALL JOBS WERE RESUMED" in run.output
    assert "There is nothing to restore from" in run.output


def test_a_lock_without_a_record_keeps_windows_out_until_a_restore(stage):
    """A run that was ended between its lock and its record has paused nothing."""
    drs = stage(jobs(RUNNING))
    (drs.state / "localhost.lock").mkdir(parents=True)
    work = drs.tasks("work", "- name: Work\n  ansible.builtin.debug:\n    msg: at work\n")
    refused = drs.window(ORDERS, work)
    assert (refused.exit_code, refused.asked_to_write) == (2, [])
    assert "run the playbook restore" in refused.output
    # Of a run that was kept out itself, the lock is not: it may be that of a run at work.
    kept_out = drs.restore(drs_window=refused.stats["drs_window"])
    assert (kept_out.exit_code, drs.locked) == (0, True), kept_out.output
    restore = drs.restore()
    assert (restore.exit_code, restore.asked_to_write, drs.locked) == (0, [], False), restore.output
