# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A maintenance window that is stopped from outside, anywhere: the restore resumes exactly the jobs that it had paused.

What Ansible itself does on a signal differs by version: it runs the tasks in always, or none. Either is right here.
"""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, IDS, ORDERS, PAUSED, RUNNING, STOCK, jobs
from ansible_collections.huaweicloud.drs.tests.roles.stage import PATIENCE, kill, parts_of, until, until_gone, wait_for

LATE = 150  # seconds of the service until a pause shows, 3 of ours
UNANSWERED = 3.0  # seconds of ours until a pause is answered

# One task, so that all processes of the work are there once it has begun.
WORK = """
- name: Work until somebody says that it is enough
  ansible.builtin.shell: |
    touch "{folder}/begun"
    until [ -e "{folder}/enough" ]; do sleep 0.1; done
"""


def process(pid):
    """kill PID, and the kernel when memory runs out."""
    return lambda number: os.kill(pid, number)


def group(pid):
    """Ctrl+C in a terminal, systemctl stop, and a job that is cancelled in AWX."""
    return lambda number: os.killpg(pid, number)


def stop(run, send, number):
    """Sends the signal, and waits for the end. Somebody who presses Ctrl+C presses it again, and no other is sent twice."""
    send(number)
    for _press in range(20):
        try:
            run.wait(4 if number == signal.SIGINT else PATIENCE)
            return
        except subprocess.TimeoutExpired:
            send(number)
    raise AssertionError(f"it does not end by {number.name}")


def before_the_pause_is_answered(drs, run):
    until(drs.emulator.journal.writes, run, "a pause")
    # An answer would be followed by a reading.
    assert drs.emulator.journal[-1].kind == "write"


def while_it_waits_for_the_pause(drs, run):
    readings = drs.emulator.journal
    until(
        lambda: readings.accepted(BILLING) and readings[-1].endpoint == "batch-status", run, "a reading after the pause"
    )


def during_the_work(drs, run):
    wait_for(drs.folder / "begun", run)


def while_it_resumes(drs, run):
    during_the_work(drs, run)
    # One job is resumed, and the other cannot be yet.
    drs.emulator.change_job(BILLING, {"busy": True})
    (drs.folder / "enough").touch()
    until(lambda: "resume" in drs.emulator.journal.accepted(ORDERS), run, "a resume")


@pytest.mark.parametrize(
    ("place", "number", "target"),
    [
        (before_the_pause_is_answered, signal.SIGKILL, group),
        (before_the_pause_is_answered, signal.SIGTERM, process),
        (before_the_pause_is_answered, signal.SIGINT, group),
        (while_it_waits_for_the_pause, signal.SIGKILL, process),
        (while_it_waits_for_the_pause, signal.SIGTERM, group),
        (while_it_waits_for_the_pause, signal.SIGINT, process),
        (during_the_work, signal.SIGKILL, group),
        (during_the_work, signal.SIGTERM, process),
        (during_the_work, signal.SIGINT, group),
        (while_it_resumes, signal.SIGKILL, process),
        (while_it_resumes, signal.SIGTERM, group),
        (while_it_resumes, signal.SIGINT, process),
    ],
    ids=lambda value: getattr(value, "name", None) or value.__name__,
)
def test_the_restore_after_a_stop(stage, place, number, target):
    drs = stage(jobs(RUNNING, RUNNING, PAUSED))
    if place is before_the_pause_is_answered:
        drs.emulator.fault({"match": {"endpoint": "batch-pause-task"}, "effect": {"delay": UNANSWERED}})
    if place is while_it_waits_for_the_pause:
        drs.emulator.change_job(BILLING, {"write_lag": LATE})
    run = drs.begin_window(IDS, drs.tasks("work", WORK.format(folder=drs.folder)))
    parts = [run.pid]
    try:
        place(drs, run)
        parts = parts_of(run)
        assert len(parts) >= 3, f"ansible-playbook, its worker and what it runs, not {parts}"
        stop(run, target(run.pid), number)
        assert run.returncode != 0
        if place is not during_the_work:
            # What belongs to the collection ends by itself.
            until_gone(parts)
    finally:
        kill(run, parts)
    journal = drs.emulator.journal
    sent = journal.count
    if place is while_it_resumes:
        drs.emulator.change_job(BILLING, {"busy": False})
    if number == signal.SIGKILL:
        assert drs.record["phase"] == "open"
        assert STOCK not in {job for entry in journal.writes() for job in entry.job_ids}

    restore = drs.restore()
    assert restore.exit_code == 0, restore.output
    assert {job: drs.emulator.jobs[job].phase for job in IDS} == {
        ORDERS: "running",
        BILLING: "running",
        STOCK: "paused",
    }
    assert [journal.accepted(job) for job in (ORDERS, BILLING)] == [["pause", "resume"]] * 2
    assert STOCK not in {job for entry in journal.writes() for job in entry.job_ids}
    assert (drs.record["phase"], drs.known()) == ("closed", {ORDERS: "out", BILLING: "out", STOCK: "paused_before"})
    # The stopped run has sent nothing more.
    assert [entry for entry in journal.since(sent) if entry.kind == "write"] == restore.asked_to_write

    again = drs.restore()
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output
