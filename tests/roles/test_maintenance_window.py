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
NOTIFIES = """
- name: Change the schema
  ansible.builtin.debug:
    msg: the schema is changed
  changed_when: true
  notify: Restart
"""
HANDLERS = """
- hosts: localhost
  gather_facts: false
  handlers:
    - name: Restart
      ansible.builtin.debug:
        msg: the handler runs
  roles:
    - role: huaweicloud.drs.maintenance_window
  vars:
    maintenance_window_job_ids: {job}
    maintenance_window_tasks: {work}
    maintenance_window_state_dir: {state}
"""
IGNORING = """
- hosts: localhost
  gather_facts: false
  ignore_errors: true
  ignore_unreachable: true
  roles:
    - role: huaweicloud.drs.maintenance_window
      ignore_errors: true
  vars:
    maintenance_window_job_ids: {job}
    maintenance_window_tasks: {work}
    maintenance_window_state_dir: {state}
"""
RESUME = """
- name: Resume one by hand
  huaweicloud.drs.drs_job_batch:
    state: started
    job_ids: {job}
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

    record = drs.record
    assert record["phase"] == "closed"
    assert {job_id: job["before"] for job_id, job in record["jobs"].items()} == {
        ORDERS: RUNNING,
        BILLING: FULL,
        STOCK: PAUSED,
    }
    assert drs.known() == {ORDERS: "out", BILLING: "out", STOCK: "paused_before"}
    times = [record[key] for key in ("began_at", "paused_at", "ended_at")]
    assert times == sorted(times)
    assert began < datetime.fromisoformat(times[1].replace("Z", "+00:00")) < datetime.now(UTC)
    assert run.stats["drs_remaining"] == {"localhost": []}
    assert run.last_line.startswith("2 jobs paused for at most ")
    assert "the work succeeded, all 2 jobs run again, 1 job was paused before and stays so: job-3" in run.last_line
    assert run.last_line.endswith(".html")
    assert (drs.folder / "told").read_text() == "ok"

    ((facts, page),) = drs.reports()
    assert facts["outcome"] == "ok"
    assert {job["id"] for job in facts["jobs"]} == set(IDS)
    assert facts["work"]["outcome"] == "ok"
    assert any("removed the logs" in warning for warning in facts["warnings"])
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 1 / 0 }}" in page
    assert "Europe/Berlin" in page
    files = [path for path in drs.state.rglob("*") if path.is_file()]
    assert len(files) == 4  # the record, .lock, and two of the report
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
    assert drs.records() == {}
    for host, (_variables, words) in cases.items():
        facts, _page = drs.report_of(host)
        assert facts["outcome"] == "failed", host
        assert facts["work"]["outcome"] == "not_run", host
        assert words in " ".join(facts["problems"][0]["text"].split()), host
        assert run.failures[host] == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("drs_wait_timeout", "sixty", "drs_wait_timeout must be a whole number, not 'sixty'"),
        ("maintenance_window_min_left", "an hour", "maintenance_window_min_left must be a number, not 'an hour'"),
        ("maintenance_window_freeze", "christmas", "christmas"),
        ("drs_job_ids", " ", "Choose the jobs by exactly one of drs_job_ids and drs_select_*"),
        ("drs_notify_on", "success", "drs_notify_on must be one of failure, change, always, not 'success'"),
        ("maintenance_window_tasks", "", "maintenance_window_tasks names no file"),
    ],
)
def test_a_value_that_does_not_fit_is_one_sentence(stage, name, value, words):
    drs = stage(jobs(RUNNING))
    run = drs.play(
        "maintenance_window",
        {
            "drs_job_ids": [ORDERS],
            "maintenance_window_tasks": drs.tasks("work", WORK),
            "maintenance_window_state_dir": str(drs.state),
            name: value,
        },
    )
    assert (run.exit_code, run.requests) == (2, []), run.output
    assert words in " ".join(run.last_line.split())
    assert "argument_spec_data" not in run.output


def test_blank_answers_mean_the_defaults(stage):
    blank = [
        "start end timezone min_left freeze refuse_paused all_or_none max_pause name awx_workflow report_dir report_tasks",
        "wait_interval settle_minutes",
    ]
    drs = stage(jobs(RUNNING))
    run = drs.window(
        ORDERS,
        drs.tasks("work", WORK),
        drs_pause_mode="",
        drs_wait_timeout=" ",
        **{f"maintenance_window_{name}": "" for name in " ".join(blank).split()},
    )
    assert run.exit_code == 0, run.output
    assert run.writes == [("pause", ORDERS), ("resume", ORDERS)]


def test_tasks_with_an_unknown_module_are_not_begun(stage):
    """ansible-core ends the whole play on the spot."""
    drs = stage(jobs(RUNNING))
    run = drs.window(ORDERS, drs.tasks("work", "- name: x\n  no.such.module:\n"))
    assert run.exit_code != 0
    assert "no.such.module" in run.output
    assert run.requests == []


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

    worked = [host for host in hosts if f"the schema of {host} is changed" in run.output]
    assert worked == ["good"]
    said = {host: "; ".join(problem["text"] for problem in drs.report_of(host)[0]["problems"]) for host in hosts}
    assert said.pop("good") == ""
    assert "Change the schema: failed, and no_log hides why" in said["bad_work"]
    assert "would be a retry that nobody requested" in said["failed_before"]
    assert "it is not running, so there is nothing to pause" in said["not_started"]
    assert "1 of 2 jobs did not become or stay paused" in said["for_some_only"]
    assert {host: drs.report_of(host)[0]["outcome"] for host in said} == dict.fromkeys(said, "failed")
    assert run.failures == {"good": 0, **dict.fromkeys(said, 1)}
    assert "canary-of-the-database" not in str(drs.reports())
    assert "1 job runs again, resumed by this task" in said["for_some_only"]

    records = drs.records()
    assert {host: list(record["jobs"]) for host, record in records.items()} == {
        host: ids[host] for host in ("good", "bad_work", "for_some_only")
    }
    assert {record["phase"] for record in records.values()} == {"closed"}
    assert run.stats["drs_remaining"] == {host: [] for host in hosts}


def test_a_resume_that_fails_is_loudest_and_restore_ends_it(stage):
    refusal = {"retry": ["DRS.M00304", "This API cannot be called in the current task status."]}
    drs = stage(jobs(RUNNING, {"status": RUNNING, "refuse": refusal}))
    work = drs.tasks("work", "- name: Change the schema\n  ansible.builtin.fail:\n    msg: the schema refused\n")
    run = drs.window([ORDERS, BILLING], work)
    assert run.exit_code == 2
    assert run.last_line.index(f"1 of 2 jobs is STILL PAUSED: job-2 ({BILLING})") < run.last_line.index(
        "the schema refused"
    )
    assert "run the playbook huaweicloud.drs.restore" in run.last_line
    assert drs.emulator.jobs[ORDERS].phase == "running"
    assert drs.record["phase"] == "open"
    assert drs.known() == {ORDERS: "out", BILLING: "resuming"}
    assert run.stats["drs_remaining"] == {"localhost": [BILLING]}

    next_night = drs.window([ORDERS, BILLING], work)
    assert (next_night.exit_code, next_night.asked_to_write) == (2, [])
    assert "is open already" in next_night.output
    assert "playbook restore" in next_night.output

    drs.emulator.change_job(BILLING, {"refuse": {}})
    restore = drs.restore(drs_remaining=run.stats["drs_remaining"])
    assert restore.exit_code == 0, restore.output
    assert restore.writes == [("resume", BILLING)]
    assert drs.record["phase"] == "closed"
    assert "run again" in restore.last_line or "runs again" in restore.last_line


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
    assert drs.record["phase"] == "closed"


def test_a_pause_that_never_lands_stays_in_the_record(stage):
    drs = stage(jobs({"status": RUNNING, "write_lag": 100000}))
    run = drs.window(ORDERS, drs.tasks("work", WORK), drs_wait_timeout="3", maintenance_window_settle_minutes="0.02")
    assert run.exit_code == 2
    assert f"1 of 1 job MAY STILL BE PAUSED: job-1 ({ORDERS})" in run.last_line
    assert drs.known() == {ORDERS: "unconfirmed"}
    restore = drs.restore(maintenance_window_settle_minutes="0.02")
    assert (restore.exit_code, restore.asked_to_write) == (2, []), restore.output
    assert drs.known() == {ORDERS: "unconfirmed"}
    given_up = drs.restore(maintenance_window_abandon=[ORDERS])
    assert (given_up.exit_code, given_up.asked_to_write) == (0, []), given_up.output
    assert drs.record["phase"] == "closed"
    assert "Abandoned, not touched" in given_up.output


def test_handlers_run_while_the_jobs_are_paused(stage):
    """Case B7."""
    drs = stage(jobs(RUNNING))
    play = drs.tasks("play", HANDLERS.format(state=drs.state, work=drs.tasks("work", NOTIFIES), job=ORDERS))
    run = drs.play(play, {})
    assert run.exit_code == 0, run.output
    assert run.output.index("the handler runs") < run.output.index("End the maintenance")


def test_nothing_runs_unpaused_under_ignore_errors(stage):
    """Case B5: outside of its hours, and under another's record, which stays as it is."""
    drs = stage(jobs(RUNNING, RUNNING))
    work = drs.tasks("work", WORK)
    variables = "    maintenance_window_start: '2099-01-01T00:00:00Z'\n"
    play = drs.tasks("play", IGNORING.format(state=drs.state, work=work, job=ORDERS) + variables)
    run = drs.play(play, {})
    assert "the schema is changed" not in run.output
    assert run.requests == []
    assert run.exit_code == 2, run.output


def test_a_role_of_the_work_that_ends_the_play_in_a_way_that_nobody_sees_beforehand(stage):
    """Case B6: the second play resumes, and is red."""
    drs = stage(jobs(RUNNING))
    hidden = drs.folder / "roles" / "hidden" / "tasks"
    hidden.mkdir(parents=True)
    (hidden / "main.yml").write_text("- ansible.builtin.meta: end_play\n", encoding="utf-8")
    work = drs.tasks(
        "work", "- ansible.builtin.include_role:\n    name: \"{{ 'hid' ~ 'den' }}\"\n  vars: {ansible_roles: x}\n"
    )
    drs.environment["ANSIBLE_ROLES_PATH"] = str(drs.folder / "roles")
    run = drs.window(ORDERS, work)
    assert run.exit_code == 2, run.output
    assert run.writes == [("pause", ORDERS), ("resume", ORDERS)]
    assert drs.record["phase"] == "closed"
    assert "something in the work ends the play" in run.output


def test_all_hosts_or_none(stage):
    """Case B10: work that runs once must not run while one host's jobs are not paused."""
    seeds, ids = jobs_of({"good": [RUNNING], "bad": [{"status": RUNNING, "not_pausable": True}]})
    drs = stage(seeds)
    work = drs.tasks("work", WORK.replace("  ansible", "  run_once: true\n  ansible"))
    hosts = {host: {"drs_job_ids": theirs} for host, theirs in ids.items()}
    run = drs.windows(hosts, maintenance_window_tasks=work, maintenance_window_all_or_none="true")
    assert run.exit_code == 2, run.output
    assert "the schema is changed" not in run.output
    assert run.failures == {"good": 1, "bad": 1}
    assert drs.emulator.jobs[ids["good"][0]].phase == "running"
    assert {record["phase"] for record in drs.records().values()} == {"closed"}


def test_strategy_free(stage):
    seeds, ids = jobs_of({"one": [RUNNING], "two": [RUNNING]})
    drs = stage(seeds)
    drs.environment["ANSIBLE_STRATEGY"] = "free"
    run = drs.windows(
        {host: {"drs_job_ids": theirs} for host, theirs in ids.items()},
        maintenance_window_tasks=drs.tasks("work", WORK),
    )
    assert run.exit_code == 0, run.output
    assert sorted(run.writes) == sorted((verb, theirs[0]) for theirs in ids.values() for verb in ("pause", "resume"))


def test_a_disk_that_is_read_only(stage):
    """Case B19: the file system's own words."""
    drs = stage(jobs(RUNNING))
    drs.state.write_text("not a folder", encoding="utf-8")
    run = drs.window(ORDERS, drs.tasks("work", WORK), maintenance_window_report_dir=str(drs.folder / "reports"))
    assert (run.exit_code, run.asked_to_write) == (2, [])
    assert "File exists" in run.last_line or "Not a directory" in run.last_line


def test_somebody_resumes_a_job_during_the_work(stage):
    """Case B3."""
    drs = stage(jobs(RUNNING, RUNNING))
    resume = RESUME.format(job=ORDERS)
    run = drs.window([ORDERS, BILLING], drs.tasks("work", resume))
    assert run.exit_code == 2, run.output
    assert f"1 job was resumed by somebody else during the work: job-1 ({ORDERS})" in run.last_line
    assert drs.record["phase"] == "closed"


def test_extra_variables_do_not_reach_the_roles_own(stage):
    """Case B20."""
    drs = stage(jobs(RUNNING))
    run = drs.window(ORDERS, drs.tasks("work", WORK), report_dir=str(drs.folder / "elsewhere"), report_run="x")
    assert run.exit_code == 0, run.output
    assert not (drs.folder / "elsewhere").exists()
    assert len(drs.reports()) == 1
