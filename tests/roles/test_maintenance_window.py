# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maintenance window: what it pauses, what it resumes, and what it does when something goes wrong."""

from __future__ import annotations

import re
import stat
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

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
    jobs_of,
)

WORK = "- name: Change the schema\n  ansible.builtin.debug:\n    msg: the schema is changed\n"
WORK_OF_MANY = """
- name: Change the schema
  ansible.builtin.fail:
    msg: canary-of-the-database
  no_log: true
  when: inventory_hostname == 'bad_work'
- name: Say so
  ansible.builtin.debug:
    msg: the schema of {{ inventory_hostname }} is changed
"""
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

    began = datetime.now(UTC) - timedelta(seconds=1)
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
    assert began < datetime.fromisoformat(drs.record["paused_at"].replace("Z", "+00:00")) < datetime.now(UTC)
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


def around_now(minutes_before, minutes_after):
    """A daily window in a zone far from UTC, from some minutes ago until some minutes from now."""
    now = datetime.now(ZoneInfo("Pacific/Auckland"))
    start, end = now - timedelta(minutes=minutes_before), now + timedelta(minutes=minutes_after)
    return {
        "maintenance_window_start": f"{start:%H:%M}",
        "maintenance_window_end": f"{end:%H:%M}",
        "maintenance_window_timezone": "Pacific/Auckland",
    }


def test_refused_before_anything_is_asked(stage):
    """What the service need not be asked for: the clock, and tasks that would leave the jobs paused."""
    drs = stage(jobs(RUNNING))
    drs.tasks("inner", "- ansible.builtin.meta: end_play\n")
    ends = drs.tasks("ends", "- ansible.builtin.include_tasks: inner.yml\n")
    broken = drs.tasks("broken", "- name: x\n  ansible.builtin.debug: [\n")
    cases = {
        "closed": (around_now(-30, 60), "The window is closed"),
        "over": ({"maintenance_window_end": "2026-01-01T00:00:00Z"}, "The window is closed"),
        "late": ({**around_now(60, 30), "maintenance_window_min_left": "40"}, "Too little of the window is left"),
        "nowhere": ({"maintenance_window_timezone": "Mars/Olympus"}, "time zone"),
        "broken": ({"maintenance_window_tasks": broken}, "does not parse"),
        "gone": ({"maintenance_window_tasks": str(drs.folder / "gone.yml")}, "cannot be read"),
        "ends": ({"maintenance_window_tasks": ends}, "says meta: end_play"),
    }
    basis = {"drs_job_ids": [ORDERS], "maintenance_window_tasks": drs.tasks("work", WORK)}
    run = drs.windows({host: {**basis, **variables} for host, (variables, _words) in cases.items()})
    assert run.exit_code == 2, run.output
    assert run.requests == []
    assert "the schema is changed" not in run.output
    assert not drs.locked
    for host, (_variables, words) in cases.items():
        assert run.stats["drs_window"][host]["phase"] == "none", host
        facts, _page = drs.report_of(host)
        assert facts["outcome"] == "failed", host
        assert words in " ".join(facts["problems"][0]["text"].split()), host
        assert run.failures[host] == 1


def test_tasks_with_an_unknown_module_are_not_begun(stage):
    """ansible-core ends the whole play on the spot."""
    drs = stage(jobs(RUNNING))
    run = drs.window(ORDERS, drs.tasks("work", "- name: x\n  no.such.module:\n"))
    assert run.exit_code != 0
    assert "no.such.module" in run.output
    assert run.requests == []
    assert not drs.locked


def test_one_window_for_many_hosts(stage):
    """Each host has jobs of its own, and what goes wrong for one stays with it."""
    seeds, ids = jobs_of(
        {
            "good": [RUNNING],
            "bad_work": [RUNNING, RUNNING, PAUSED],
            "failed_before": [RUNNING, "INCRE_TRANSFER_FAILED"],
            "not_started": [RUNNING, "CONFIGURATION"],
            "for_some_only": [RUNNING, {"status": RUNNING, "not_pausable": True}],
        }
    )
    drs = stage(seeds)
    hosts = {host: {"drs_job_ids": theirs} for host, theirs in ids.items()}
    run = drs.windows(hosts, maintenance_window_tasks=drs.tasks("work", WORK_OF_MANY))
    assert run.exit_code == 2, run.output

    writes = {
        host: [(verb, theirs.index(job)) for verb, job in run.writes if job in theirs] for host, theirs in ids.items()
    }
    assert writes["good"] == [("pause", 0), ("resume", 0)]
    assert sorted(writes["bad_work"]) == sorted([("pause", 0), ("pause", 1), ("resume", 0), ("resume", 1)])
    assert writes["failed_before"] == []
    assert writes["not_started"] == []
    assert writes["for_some_only"] == [("pause", 0), ("resume", 0)]
    asked = {job_id for entry in run.asked_to_write for job_id in entry.job_ids}
    assert not asked & {*ids["failed_before"], *ids["not_started"]}
    assert drs.emulator.jobs[ids["bad_work"][2]].phase == "paused"
    assert not drs.locked

    worked = [host for host in hosts if f"the schema of {host} is changed" in run.output]
    assert worked == ["good"]
    said = {host: "; ".join(problem["text"] for problem in drs.report_of(host)[0]["problems"]) for host in hosts}
    assert said.pop("good") == ""
    assert "Change the schema: failed, and no_log hides why" in said["bad_work"]
    assert "would be a retry that nobody asked for" in said["failed_before"]
    assert "did not reach the state paused" in said["not_started"]
    assert "did not reach the state paused" in said["for_some_only"]
    assert {host: drs.report_of(host)[0]["outcome"] for host in said} == dict.fromkeys(said, "failed")
    assert run.failures == {"good": 0, **dict.fromkeys(said, 1)}
    assert "canary-of-the-database" not in str(drs.reports())
    resumed = re.findall(
        r"^fatal: \[(\w+)\].* Every job that this run paused has been resumed\.", run.output, re.MULTILINE
    )
    assert sorted(resumed) == ["bad_work", "for_some_only"]

    records = drs.records()
    before = {host: list(record["before"]) for host, record in records.items()}
    assert before == {host: ids[host] for host in ("good", "bad_work", "for_some_only")}
    assert {record["phase"] for record in records.values()} == {"closed"}
    assert records["for_some_only"]["untouched"] == [ids["for_some_only"][1]]
    given = run.stats["drs_window"]
    assert {host: given[host] for host in records} == records
    assert {given[host]["phase"] for host in ("failed_before", "not_started")} == {"none"}


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
