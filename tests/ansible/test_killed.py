# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed in the middle writes nothing afterwards, and the next run finishes the work without doing any of it twice."""

from __future__ import annotations

import os
import signal

import pytest
from ansible_collections.huaweicloud.drs.tests.ansible.runs import MANNERS, Manner, batch, job_id

SCALE = 20.0  # seconds of the service in one of ours
WRITE_SECONDS = 1.0


def terminate(run):
    """kill PID"""
    os.kill(run.pid, signal.SIGTERM)


def kill(run):
    """kill -9 PID"""
    os.kill(run.pid, signal.SIGKILL)


def cancel(run):
    """What ansible-runner does when a job is cancelled."""
    os.killpg(run.pid, signal.SIGKILL)


def controller_gone(run):
    """ansible-playbook and its workers end at once, and the module's own process goes on."""
    for pid in run.parts()[:2]:
        os.kill(pid, signal.SIGKILL)


def hang_up(run):
    """The terminal is closed."""
    os.killpg(run.pid, signal.SIGHUP)


def time_out(run):
    """The task's own timeout: its alarm rings early."""
    os.kill(run.parts()[1], signal.SIGALRM)


WAYS = [terminate, kill, cancel, controller_gone, hang_up, time_out]


def end(run, way):
    """Ends the run in this way; gives the processes that were part of it."""
    parts = run.parts()
    assert len(parts) >= 4, f"ansible-playbook, its worker, a shell and the module, not {parts}"
    way(run)
    return parts


def check_while_it_waits(service, way, manner):
    starting, running = job_id(1), job_id(2)
    jobs = [{"id": starting, "status": "STARTJOBING"}, {"id": running, "status": "INCRE_TRANSFER_STARTED"}]
    drs = service(jobs, clock="manual", lag=0)
    task = batch(state="paused", job_ids=[starting, running], wait_interval=1)

    run = drs.start(manner.of({**task, "timeout": 600}), variables=drs.way_in | manner.variables)
    drs.until_read(3)
    assert drs.emulator.journal.accepted(running) == ["pause"]
    parts = end(run, way)
    drs.until_gone([run.pid])
    # The job can be paused from now on.
    drs.emulator.tick(60)
    drs.until_gone(parts)
    assert drs.emulator.jobs[starting].phase == "running"
    assert drs.emulator.journal.accepted(starting) == []

    after = drs.play(task)
    assert after.exit_code == 0, after.output
    assert {row["id"]: row["changed"] for row in after.of()["jobs"]} == {starting: True, running: False}
    assert [drs.emulator.journal.accepted(job) for job in (starting, running)] == [["pause"], ["pause"]]


@pytest.mark.parametrize("way", WAYS)
def test_while_it_waits(service, way):
    check_while_it_waits(service, way, Manner())


@pytest.mark.parametrize("manner", [name for name in MANNERS if name != "plainly"])
def test_while_it_waits_however_it_is_run(service, manner):
    check_while_it_waits(service, kill, MANNERS[manner])


@pytest.mark.parametrize("way", WAYS)
def test_while_it_only_waits(service, way):
    """With nothing left to send the module ends too, long before its own time is up."""
    drs = service([{"id": job_id(1), "status": "STARTJOBING"}], clock="manual", lag=0)
    run = drs.start({**batch(state="started", job_ids=[job_id(1)], wait_interval=1), "timeout": 600})
    drs.until_read(2)
    drs.until_gone(end(run, way))
    assert drs.emulator.journal.writes() == []


def test_while_it_waits_without_showing_progress(service):
    drs = service([{"id": job_id(1), "status": "STARTJOBING"}], clock="manual", lag=0)
    run = drs.start(batch(state="started", job_ids=[job_id(1)], wait_interval=1, progress=False))
    drs.until_read(2)
    drs.until_gone(end(run, kill))


@pytest.mark.parametrize("way", WAYS)
def test_while_it_submits(service, way):
    ids = [job_id(number) for number in range(10)]
    drs = service([{"id": one, "status": "CONFIGURATION"} for one in ids], clock="scaled", scale=SCALE)
    slow = drs.emulator.fault({"match": {"endpoint": "batch-starting"}, "effect": {"delay": WRITE_SECONDS}})
    one_by_one = batch(state="started", job_ids=ids, batch_size=1, max_parallel=1, wait_interval=1)

    run = drs.start({**one_by_one, "timeout": 600})
    drs.until(lambda: len(drs.emulator.journal.writes()) >= 2, "two starts")
    parts = end(run, way)
    sent = len(drs.emulator.journal.writes())
    drs.until_gone(parts)
    # One may have been on its way out.
    assert sent <= len(drs.emulator.journal.writes()) <= sent + 1 < len(ids)
    started = [one for one in ids if drs.emulator.journal.accepted(one)]

    drs.emulator.faults.remove(slow.id)
    after = drs.play(batch(state="started", job_ids=ids, wait_interval=1))
    assert after.exit_code == 0, after.output
    assert [row["id"] for row in after.of()["jobs"] if row["changed"]] == [one for one in ids if one not in started]
    assert {one: drs.emulator.journal.accepted(one) for one in ids} == {one: ["start"] for one in ids}
