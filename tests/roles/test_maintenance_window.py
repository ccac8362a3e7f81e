# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maintenance window: what it pauses, what it resumes, and what it does when something goes wrong."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.huaweicloud.drs.tests.roles.jobs import (
    BILLING,
    FULL,
    IDS,
    ORDERS,
    PAUSED,
    RUNNING,
    STOCK,
    TEXT_AREA,
    jobs,
)

WORK = "- name: Change the schema\n  ansible.builtin.debug:\n    msg: the schema is changed\n"
TELL = """
- name: Tell somebody
  ansible.builtin.copy:
    content: "{{{{ report_written.outcome }}}}"
    dest: "{folder}/told"
    mode: "0600"
"""


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_good_case(stage):
    drs = stage(
        jobs(
            {"status": RUNNING, "name": "<script>alert(1)</script>{{ 1 / 0 }}"},
            {"status": FULL, "durations": {FULL: None}},
            PAUSED,
        )
    )
    work = drs.tasks("work", WORK)
    tell = drs.tasks("tell", TELL.format(folder=drs.folder))

    rehearsal = drs.window(TEXT_AREA, work, "--check")
    assert rehearsal.exit_code == 0, rehearsal.output
    assert rehearsal.asked_to_write == []
    assert not drs.state.exists()

    run = drs.window(
        TEXT_AREA,
        work,
        maintenance_window_report_tasks=tell,
        maintenance_window_timezone="Europe/Berlin",
        maintenance_window_max_pause="0.00001",
    )
    assert run.exit_code == 0, run.output
    assert sorted(run.writes[:2]) == sorted([("pause", ORDERS), ("pause", BILLING)])
    assert sorted(run.writes[2:]) == sorted([("resume", ORDERS), ("resume", BILLING)])
    assert "the schema is changed" in run.output
    assert {job_id: drs.emulator.jobs[job_id].phase for job_id in IDS} == {
        ORDERS: "running",
        BILLING: "running",
        STOCK: "paused",
    }

    assert (drs.record["phase"], drs.locked) == ("closed", False)
    assert drs.record["before"] == {ORDERS: RUNNING, BILLING: FULL, STOCK: PAUSED}
    assert run.stats["drs_window"]["localhost"] == drs.record
    assert (drs.folder / "told").read_text() == "ok"

    ((facts, page),) = drs.reports()
    assert facts["outcome"] == "ok"
    assert [job["id"] for job in facts["jobs"]] == IDS
    assert [entry["status"] for entry in facts["jobs"][0]["timeline"]][:3] == [RUNNING, RUNNING, PAUSED]
    assert "logs that a job paused that long needs" in facts["warnings"][0]
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 1 / 0 }}" in page
    assert "Europe/Berlin" in page
    files = [path for path in drs.state.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {mode(path) for path in files} == {0o600}
    assert {mode(path) for path in (drs.state, drs.state / "reports")} == {0o700}

    nothing_left = drs.restore()
    assert nothing_left.exit_code == 0, nothing_left.output
    assert nothing_left.asked_to_write == []


def around_now(minutes_before, minutes_after):
    """A daily window in a zone far from UTC, from some minutes ago until some minutes from now."""
    now = datetime.now(ZoneInfo("Pacific/Auckland"))
    start, end = now - timedelta(minutes=minutes_before), now + timedelta(minutes=minutes_after)
    return {
        "maintenance_window_start": f"{start:%H:%M}",
        "maintenance_window_end": f"{end:%H:%M}",
        "maintenance_window_timezone": "Pacific/Auckland",
    }


@pytest.mark.parametrize(
    ("status", "variables", "words"),
    [
        (RUNNING, around_now(-30, 60), "The window is closed"),
        (RUNNING, {"maintenance_window_end": "2026-01-01T00:00:00Z"}, "The window is closed"),
        (RUNNING, {**around_now(60, 30), "maintenance_window_min_left": "40"}, "Too little of the window is left"),
        (RUNNING, {"maintenance_window_timezone": "Mars/Olympus"}, "time zone"),
        ("INCRE_TRANSFER_FAILED", {}, "would be a retry that nobody asked for"),
        ("CONFIGURATION", {}, "could not be brought to paused"),
    ],
)
def test_refused(stage, status, variables, words):
    drs = stage(jobs(RUNNING, status))
    run = drs.window([ORDERS, BILLING], drs.tasks("work", WORK), **variables)
    assert run.exit_code == 2, run.output
    assert words in run.output
    assert run.asked_to_write == []
    assert "the schema is changed" not in run.output
    assert not drs.locked
    assert run.stats["drs_window"]["localhost"]["phase"] == "none"
    ((facts, _page),) = drs.reports()
    assert (facts["outcome"], words in facts["problems"][0]["text"]) == ("failed", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- name: x\n  ansible.builtin.debug: [\n", "does not parse"),
        ("- name: x\n  no.such.module:\n", "no.such.module"),
        (None, "cannot be read"),
        ("- ansible.builtin.include_tasks: inner.yml\n", "says meta: end_play"),
    ],
)
def test_tasks_that_would_leave_the_jobs_paused_are_not_begun(stage, text, words):
    drs = stage(jobs(RUNNING))
    drs.tasks("inner", "- ansible.builtin.meta: end_play\n")
    work = drs.tasks("work", text) if text else str(drs.folder / "gone.yml")
    run = drs.window(ORDERS, work)
    assert run.exit_code != 0
    assert words in " ".join(run.output.split())
    assert run.requests == []
    assert not drs.locked


def test_the_work_fails(stage):
    drs = stage(jobs(RUNNING, RUNNING, PAUSED))
    work = drs.tasks(
        "work", "- name: Change the schema\n  ansible.builtin.fail:\n    msg: canary-of-the-database\n  no_log: true\n"
    )
    run = drs.window(IDS, work)
    assert run.exit_code == 2
    assert (
        "Change the schema: failed, and no_log hides why. Every job that this run paused has been resumed."
        in run.output
    )
    assert sorted(run.writes) == sorted(
        [("pause", ORDERS), ("pause", BILLING), ("resume", ORDERS), ("resume", BILLING)]
    )
    assert (drs.emulator.jobs[STOCK].phase, drs.locked) == ("paused", False)
    ((facts, page),) = drs.reports()
    assert facts["outcome"] == "failed"
    assert "canary-of-the-database" not in page + str(facts)


def test_a_resume_that_fails_is_loudest_and_restore_ends_it(stage):
    refusal = {"retry": ["DRS.M00304", "This API cannot be called in the current task status."]}
    drs = stage(jobs(RUNNING, {"status": RUNNING, "refuse": refusal}))
    work = drs.tasks("work", "- name: Change the schema\n  ansible.builtin.fail:\n    msg: the schema refused\n")
    run = drs.window([ORDERS, BILLING], work)
    assert run.exit_code == 2
    message = run.output[run.output.index("NOT ALL JOBS WERE RESUMED") :]
    assert message.index("1 jobs could not be resumed: " + BILLING) < message.index("the schema refused")
    assert drs.emulator.jobs[ORDERS].phase == "running"
    assert (drs.record["phase"], drs.record["certain"], drs.locked) == ("open", [BILLING], True)

    next_night = drs.window([ORDERS, BILLING], work)
    assert (next_night.exit_code, next_night.asked_to_write) == (2, [])
    assert "run the playbook restore" in next_night.output

    # The second window was kept out: what it gives on must not make a restore touch the first one's jobs.
    kept_out = drs.restore(drs_window=next_night.stats["drs_window"])
    assert (kept_out.exit_code, kept_out.asked_to_write) == (0, []), kept_out.output

    drs.emulator.change_job(BILLING, {"refuse": {}})
    restore = drs.restore(drs_window=run.stats["drs_window"])
    assert restore.exit_code == 0, restore.output
    assert restore.writes == [("resume", BILLING)]
    assert (drs.record["phase"], drs.locked) == ("closed", False)


def test_a_pause_that_succeeds_for_some_only(stage):
    drs = stage(jobs(RUNNING, {"status": RUNNING, "not_pausable": True}))
    run = drs.window([ORDERS, BILLING], drs.tasks("work", WORK))
    assert run.exit_code == 2
    assert "the schema is changed" not in run.output
    assert run.writes == [("pause", ORDERS), ("resume", ORDERS)]
    assert (drs.record["phase"], drs.record["untouched"], drs.locked) == ("closed", [BILLING], False)


def test_a_pause_that_lands_after_the_role_gave_up(stage):
    drs = stage(jobs({"status": RUNNING, "write_lag": 400}, RUNNING))
    run = drs.window(
        [ORDERS, BILLING], drs.tasks("work", WORK), drs_wait_timeout="3", maintenance_window_settle_minutes="1"
    )
    assert run.exit_code == 2
    assert "the schema is changed" not in run.output
    assert sorted(run.writes) == sorted(
        [("pause", ORDERS), ("pause", BILLING), ("resume", BILLING), ("resume", ORDERS)]
    )
    assert run.writes[-1] == ("resume", ORDERS)


def test_a_pause_that_never_lands_is_looked_for_again_by_restore(stage):
    drs = stage(jobs({"status": RUNNING, "write_lag": 100000}))
    run = drs.window(ORDERS, drs.tasks("work", WORK), drs_wait_timeout="3", maintenance_window_settle_minutes="0.02")
    assert run.exit_code == 2
    assert "If it still comes, they stay paused: run the playbook restore" in run.output
    assert (drs.record["doubtful"], drs.locked) == ([ORDERS], True)
    restore = drs.restore(maintenance_window_settle_minutes="0.02")
    assert (restore.exit_code, restore.asked_to_write) == (0, []), restore.output
    assert (drs.record["phase"], drs.locked) == ("closed", False)
    assert "never seen" in drs.reports()[-1][0]["warnings"][0]


def test_times_of_the_record_are_utc(stage):
    drs = stage(jobs(RUNNING))
    began = datetime.now(UTC) - timedelta(seconds=1)
    run = drs.window(ORDERS, drs.tasks("work", WORK), maintenance_window_timezone="Pacific/Auckland")
    assert run.exit_code == 0, run.output
    assert began < datetime.fromisoformat(drs.record["paused_at"].replace("Z", "+00:00")) < datetime.now(UTC)
