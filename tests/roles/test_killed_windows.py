# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that is ended from outside, at four places and in three ways, and the restore after it."""

from __future__ import annotations

import os
import signal
import time

import pytest
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, IDS, ORDERS, PAUSED, RUNNING, STOCK, jobs
from ansible_collections.huaweicloud.drs.tests.roles.stage import PATIENCE, kill

WORK = """
- name: Say that the work has begun
  ansible.builtin.file:
    path: "{folder}/begun"
    state: touch
    mode: "0600"
- name: Work for {seconds} s
  ansible.builtin.command: sleep {seconds}
"""


def accepted(drs, verb):
    """The jobs of which the service has accepted this."""
    return {done["job_id"] for entry in drs.emulator.journal.writes() for done in entry.accepted if done["verb"] == verb}


# Each place: what the two running jobs are like, the faults, how long the work takes, and when the window is there.
PLACES = {
    "before the first pause is answered": (
        {},
        [{"match": {"kind": "write"}, "effect": {"delay": 5}}],
        0,
        lambda drs: drs.emulator.journal.writes(),
    ),
    "while it waits for the pause": ({"write_lag": 6}, [], 0, lambda drs: len(accepted(drs, "pause")) == 2),
    "during the work": ({}, [], 600, lambda drs: (drs.folder / "begun").exists()),
    "while it resumes": (
        {"durations": {"STARTJOBING": 6}},
        [],
        0,
        lambda drs: len(accepted(drs, "resume") | accepted(drs, "retry")) == 2,
    ),
}
WAYS = {
    "the machine goes down": lambda process: os.killpg(process.pid, signal.SIGKILL),
    "SIGTERM to ansible-playbook": lambda process: os.kill(process.pid, signal.SIGTERM),
    "an interrupt at the terminal": lambda process: os.killpg(process.pid, signal.SIGINT),
}


def until(condition, process=None):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process is None or process.poll() is None, f"the run ended with {process.returncode}"
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES)
def test_the_restore_brings_back_exactly_what_was_paused(stage, place, way):
    like, faults, seconds, is_there = PLACES[place]
    drs = stage(jobs({"status": RUNNING, **like}, {"status": RUNNING, **like}, PAUSED))
    for fault in faults:
        drs.emulator.fault(fault)
    process = drs.begin_window(IDS, drs.tasks("work", WORK.format(folder=drs.folder, seconds=seconds)))
    try:
        until(lambda: is_there(drs), process)
        WAYS[way](process)
        process.wait(PATIENCE)
    finally:
        kill(process)
    drs.emulator.faults.remove()
    # The service shows no sign of a pause that is under way: the restore watches for it by itself.
    restore = drs.restore()
    assert restore.exit_code == 0, restore.output
    paused = accepted(drs, "pause")
    assert paused <= {ORDERS, BILLING}
    assert {job_id: drs.emulator.jobs[job_id].phase for job_id in IDS} == {
        ORDERS: "running",
        BILLING: "running",
        STOCK: "paused",
    }
    assert drs.emulator.journal.accepted(STOCK) == []
    assert not drs.records() or drs.record["phase"] == "closed"
    again = drs.restore()
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output
