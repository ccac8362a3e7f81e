# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that fails in a way that Ansible treats in its own manner, by version: the jobs are resumed, and what is said is true."""

from __future__ import annotations

import json
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, ORDERS, RUNNING, jobs, jobs_of
from ansible_collections.huaweicloud.drs.tests.roles.stage import last_line

ROLE = "huaweicloud.drs.maintenance_window"
WORK = """
- name: Change the schema
  ansible.builtin.debug:
    msg: the schema of {{ inventory_hostname }} is changed
"""
FAILS_FOR_ONE = """
- name: Change the schema
  ansible.builtin.fail:
    msg: the schema refused
  when: inventory_hostname == 'bad_work'
- name: Say that the schema is changed
  ansible.builtin.debug:
    msg: the schema of {{ inventory_hostname }} is changed
  changed_when: true
  notify: Restart
"""
RESTART = {
    "name": "Restart",
    "ansible.builtin.assert": {"that": "inventory_hostname != 'bad_handler'", "fail_msg": "it does not start"},
}
FAILS_ONCE = """
- name: Change the schema
  ansible.builtin.fail:
    msg: the schema refused
  run_once: true
"""
DELEGATED = """
- name: Change the schema
  ansible.builtin.command: "true"
  delegate_to: db1
  connection: ssh
  register: change
"""
GUARDED = f"""{DELEGATED}
  ignore_unreachable: true
- name: Fail if the database host could not be reached
  ansible.builtin.assert:
    that: change is not unreachable
    fail_msg: db1 cannot be reached
""".replace("register: change\n\n", "register: change\n")
NO_ROUTE = "#!/bin/sh\necho 'ssh: connect to host db1 port 22: No route to host' >&2\nexit 255\n"
NAMES_NO_TASK = "A task failed, and the output of the run says which"


def play(drs, hosts, work, **keywords):
    """Runs a playbook of one play for these hosts, each with its jobs: the role, with keywords of the play."""
    text = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "maintenance_window_state_dir": str(drs.state),
            "maintenance_window_wait_interval": "1",
            "maintenance_window_tasks": work,
        },
        "tasks": [{"name": "Work in the window", "ansible.builtin.include_role": {"name": ROLE}}],
        **keywords,
    }
    inventory = drs.hosts({host: {"maintenance_window_job_ids": ids} for host, ids in hosts.items()})
    return drs.play(drs.tasks("play", json.dumps([text])), {}, "-i", inventory)


def assert_all_resumed(drs):
    assert {job.phase for job in drs.emulator.jobs.values()} == {"running"}
    assert {name: record["phase"] for name, record in drs.records().items()} == dict.fromkeys(drs.records(), "closed")


def worked(drs, host):
    """What the report of a host says of its work, and of why it failed."""
    facts, _page = drs.report_of(host)
    return facts["work"]["outcome"], "; ".join(problem["text"] for problem in facts["problems"])


def test_a_delegate_that_cannot_be_reached(stage):
    """Also another host's record that is open: that host alone is refused."""
    seeds, ids = jobs_of({"guarded": [RUNNING], "unguarded": [RUNNING], "here": [RUNNING]})
    drs = stage(seeds)
    ssh = drs.folder / "ssh"
    ssh.write_text(NO_ROUTE, encoding="utf-8")
    ssh.chmod(0o700)
    drs.environment["ANSIBLE_SSH_EXECUTABLE"] = str(ssh)
    works = {"guarded": GUARDED, "unguarded": DELEGATED, "here": WORK}
    hosts = {
        host: {"drs_job_ids": theirs, "maintenance_window_tasks": drs.tasks(host, works[host])}
        for host, theirs in ids.items()
    }
    run = drs.windows(hosts)
    assert run.exit_code != 0
    assert {host: drs.emulator.jobs[theirs[0]].phase for host, theirs in ids.items()} == {
        "guarded": "running",
        "unguarded": "paused",
        "here": "running",
    }
    assert worked(drs, "here") == ("ok", "")
    outcome, text = worked(drs, "guarded")
    assert (outcome, "db1 cannot be reached" in text) == ("failed", True)
    assert drs.known("unguarded") == {ids["unguarded"][0]: "paused"}
    said = " ".join(run.output.split())
    assert "unguarded.yml, line 4: delegate_to without ignore_unreachable" in said
    assert "/guarded.yml, line" not in said

    work = drs.tasks("work", WORK)
    again = drs.windows({host: {"drs_job_ids": theirs} for host, theirs in ids.items()}, maintenance_window_tasks=work)
    assert again.failures == {"guarded": 0, "unguarded": 1, "here": 0}, again.output
    assert "The maintenance 'unguarded' is open already" in again.output
    assert "the schema of unguarded is changed" not in again.output
    assert not any(job in ids["unguarded"] for _verb, job in again.writes)

    restore = drs.restore("-i", drs.hosts({host: {} for host in ids}), drs_hosts="all")
    assert (restore.exit_code, restore.writes) == (0, [("resume", ids["unguarded"][0])]), restore.output
    assert_all_resumed(drs)


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_one_hosts_work_and_anothers_handler_fail(stage, strategy):
    seeds, ids = jobs_of({"good": [RUNNING], "bad_work": [RUNNING], "bad_handler": [RUNNING]})
    drs = stage(seeds)
    run = play(drs, ids, drs.tasks("work", FAILS_FOR_ONE), handlers=[RESTART], strategy=strategy)
    assert run.exit_code == 2, run.output
    assert run.failures == {"good": 0, "bad_work": 1, "bad_handler": 1}
    assert_all_resumed(drs)
    assert worked(drs, "good") == ("ok", "")
    assert worked(drs, "bad_work") == ("failed", "Change the schema: the schema refused")
    outcome, text = worked(drs, "bad_handler")
    assert outcome == "failed"
    assert text == "Restart: it does not start" or text.startswith(NAMES_NO_TASK)
    assert text in last_line(run, "bad_handler")


def test_any_errors_fatal(stage):
    """Case B22."""
    seeds, ids = jobs_of({"good": [RUNNING], "bad_work": [RUNNING]})
    drs = stage(seeds)
    run = play(drs, ids, drs.tasks("work", FAILS_FOR_ONE), handlers=[RESTART], any_errors_fatal=True)
    assert run.exit_code == 2, run.output
    assert_all_resumed(drs)
    assert worked(drs, "bad_work") == ("failed", "Change the schema: the schema refused")
    outcome, text = worked(drs, "good")
    assert (outcome, text.startswith(NAMES_NO_TASK)) == ("failed", True)
    assert text.rstrip(".") in last_line(run, "good")


def test_work_for_all_hosts_that_fails_once(stage):
    """Case B22: the failure of that one task is the failure of every host."""
    seeds, ids = jobs_of({"first": [RUNNING], "second": [RUNNING]})
    drs = stage(seeds)
    run = play(drs, ids, drs.tasks("work", FAILS_ONCE))
    assert run.exit_code == 2, run.output
    assert_all_resumed(drs)
    assert worked(drs, "first") == ("failed", "Change the schema: the schema refused")
    outcome, text = worked(drs, "second")
    assert (outcome, text.startswith((NAMES_NO_TASK, "Change the schema"))) == ("failed", True)


def test_twice_in_one_play(stage):
    """The second has a record, a report and a last line of its own, and knows nothing of how the first ended."""
    drs = stage(jobs(RUNNING, RUNNING))
    works = {"one": drs.tasks("one", FAILS_ONCE), "two": drs.tasks("two", WORK)}
    uses = [
        {
            "name": "Work in the window",
            "ansible.builtin.include_role": {"name": ROLE},
            "vars": {
                "maintenance_window_name": name,
                "maintenance_window_tasks": works[name],
                "maintenance_window_job_ids": job,
            },
        }
        for name, job in (("one", ORDERS), ("two", BILLING))
    ]
    first = {"name": "Work, and go on", "block": uses[:1], "rescue": [{"name": "Go on", "ansible.builtin.debug": {}}]}
    run = play(drs, {"localhost": []}, "", tasks=[first, uses[1]])
    assert run.exit_code == 0, run.output
    assert run.writes == [("pause", ORDERS), ("resume", ORDERS), ("pause", BILLING), ("resume", BILLING)]
    assert_all_resumed(drs)
    one, two = (facts for facts, _page in drs.reports())
    assert (one["outcome"], two["outcome"]) == ("failed", "ok")
    assert [facts["record"]["name"] for facts in (one, two)] == ["one", "two"]
    assert two["problems"] == []
    assert {job["id"] for job in two["jobs"]} == {BILLING}
    assert last_line(run).startswith("1 job paused for ")
    assert "the work succeeded" in last_line(run)
    assert two["run"] in last_line(run)


def test_ids_from_a_vault(stage):
    """Case B21: ansible-core before 2.19 hands over an object of its own for a text from a vault."""
    drs = stage(jobs(RUNNING, RUNNING))
    password = drs.folder / "password"
    password.write_text("a password of the test", encoding="utf-8")
    encrypted = subprocess.run(
        [
            ansible.program("ansible-vault"),
            "encrypt_string",
            "--vault-password-file",
            str(password),
            f"{ORDERS}\n{BILLING}",
        ],
        env=drs.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    answers = drs.tasks("answers", f"drs_job_ids: {encrypted}")
    rest = {"maintenance_window_tasks": drs.tasks("work", WORK), "maintenance_window_state_dir": str(drs.state)}
    run = drs.play("maintenance_window", rest, "-e", f"@{answers}", "--vault-password-file", str(password))
    assert run.exit_code == 0, run.output
    assert sorted(run.writes) == sorted((verb, job) for verb in ("pause", "resume") for job in (ORDERS, BILLING))


def test_a_report_that_cannot_be_written(stage):
    """The jobs are resumed, and the run is red and says both."""
    drs = stage(jobs(RUNNING))
    occupied = drs.tasks("occupied", "")
    run = drs.window(ORDERS, drs.tasks("work", WORK), maintenance_window_report_dir=occupied)
    assert run.exit_code == 2
    assert_all_resumed(drs)
    assert "the work succeeded; the job runs again; no report was written: " in run.last_line
    assert "Write the files of the report: The report could not be written into " in run.last_line
