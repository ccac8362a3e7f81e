# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cutover: nothing is stopped before every job has caught up, and the writers write again if no stop was accepted."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.roles.jobs import (
    BILLING,
    ENDED,
    ORDERS,
    RUNNING,
    UNKNOWN,
    jobs,
    jobs_of,
)
from ansible_collections.huaweicloud.drs.tests.roles.stage import last_line

NOTE = """
- name: {name}
  ansible.builtin.copy:
    content: {name}
    dest: "{folder}/{name}-{{{{ inventory_hostname }}}}"
    mode: "0600"
"""
FAIL = "- name: Call the application\n  ansible.builtin.fail:\n    msg: it does not answer\n"
REFUSED = {"status": RUNNING, "refuse": {"terminate": ["DRS.M00302", "Not allowed today."]}}
# A play of the user's own, with all that makes Ansible go on after a failure, or run a task for one host alone.
PLAY = """
- name: My cutover
  hosts: all
  connection: local
  gather_facts: false
  ignore_errors: true
  ignore_unreachable: true
  strategy: {strategy}
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
  tasks:
    - name: Move to the new databases
      ansible.builtin.include_role:
        name: huaweicloud.drs.cutover
  handlers:
    - name: Disconnect
      ansible.builtin.copy:
        content: ""
        dest: "{folder}/handler-{{{{ inventory_hostname }}}}"
        mode: "0600"
"""


def hooks(drs):
    """Both files of tasks; each leaves a file that says that it was run."""
    return {
        f"cutover_{name}_tasks": drs.tasks(name, NOTE.format(name=name, folder=drs.folder))
        for name in ("quiesce", "rollback")
    }


def basis(drs):
    return {"cutover_wait_interval": "1", "cutover_report_dir": str(drs.folder / "reports")}


def cut_over(drs, *options, hosts=None, ids=(ORDERS,), **variables):
    """Cuts over these jobs, or those that each of these inventory hosts has in its variables."""
    own = {"cutover_lag_timeout": "8", **hooks(drs)}
    answers = {**basis(drs), **variables}
    if hosts is None:
        return drs.play("cutover", {"drs_job_ids": list(ids), **own, **answers}, *options)
    inventory = drs.hosts({host: {**own, **theirs} for host, theirs in hosts.items()})
    return drs.play("cutover", {"drs_hosts": "all", **answers}, "-i", inventory, *options)


def ran(drs, name, host="localhost"):
    return (drs.folder / f"{name}-{host}").exists()


def hooks_that_ran(drs, hosts):
    return {host: (ran(drs, "quiesce", host), ran(drs, "rollback", host)) for host in hosts}


def progress_reads(run):
    return len([entry for entry in run.requests if entry.endpoint == "batch-progress"])


def test_the_good_case(stage):
    # Reads of the lag: not known, too far, near, near, not known again, near three times, and then none three times.
    lag = ["-1", "30", "5", "5", None, "9", "8", "7", "0", "0", "0"]
    drs = stage(jobs({"status": RUNNING, "lag": lag}, ENDED))
    run = cut_over(drs, ids=(ORDERS, BILLING), cutover_delete="yes", cutover_lag_timeout="60")
    assert run.exit_code == 0, run.output
    assert run.writes[0] == ("terminate", ORDERS)
    assert sorted(run.writes[1:]) == sorted([("delete", ORDERS), ("delete", BILLING)])
    assert progress_reads(run) == len(lag)
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (True, False)
    ((facts, page),) = drs.reports("reports")
    assert (facts["outcome"], facts["asked"]["delete"], facts["writers"]) == ("ok", True, "stopped")
    assert "DELETED" in page
    assert (
        last_line(run)
        == f"2 jobs deleted, the writers are stopped. Report: {run.stats['drs_report']['localhost']['html']}"
    )
    assert run.stats["drs_cutover"]["localhost"] == {"outcome": "ok", "lag": {ORDERS: 0.0}, "writers": "stopped"}

    # A run that was cut short is run again: jobs that have ended are left out, and no writer is stopped for them.
    (drs.folder / "quiesce-localhost").unlink()
    again = cut_over(drs, ids=(ORDERS, BILLING))
    assert (again.exit_code, again.asked_to_write, progress_reads(again)) == (0, [], 0), again.output
    assert not ran(drs, "quiesce")
    assert again.stats["drs_cutover"]["localhost"]["writers"] == "untouched"


def test_nothing_is_touched(stage):
    """Each host has a reason why nothing is sent; the last one has none to send anything, and does well."""
    seeds, ids = jobs_of(
        {
            "failed": ["INCRE_TRANSFER_FAILED"],
            "unknown": [RUNNING],
            "none": [],
            "commas": [],
            "no_file": [RUNNING],
            "no_tasks": [RUNNING],
            "end_play": [RUNNING],
            "lag_unknown": [RUNNING, {"status": RUNNING, "lag": "unknown"}],
            "far_behind": [RUNNING, {"status": RUNNING, "lag": 11}],
            "ended": [ENDED],
        }
    )
    drs = stage(seeds)
    hosts = {host: {"drs_job_ids": theirs, "cutover_lag_timeout": "3"} for host, theirs in ids.items()}
    hosts["unknown"]["drs_job_ids"] = [*ids["unknown"], UNKNOWN]
    hosts["none"]["drs_job_ids"] = ""
    hosts["commas"]["drs_job_ids"] = " ,\n, "
    hosts["no_file"]["cutover_rollback_tasks"] = "gone.yml"
    hosts["no_tasks"]["cutover_quiesce_tasks"] = " "
    hosts["end_play"]["cutover_quiesce_tasks"] = drs.tasks(
        "end_play", "- name: Leave\n  ansible.builtin.meta: end_play\n"
    )
    run = cut_over(drs, hosts=hosts)
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    words = {
        "failed": ids["failed"][0],
        "unknown": f"The service does not know these jobs, and nothing was touched: {UNKNOWN}",
        "none": "Choose the jobs by exactly one of drs_job_ids and drs_select_*",
        "commas": "Choose the jobs by exactly one of drs_job_ids and drs_select_*",
        "no_file": "gone.yml cannot be read",
        "no_tasks": "cutover_quiesce_tasks is blank",
        "end_play": "says meta: end_play",
        "lag_unknown": ids["lag_unknown"][1],
        "far_behind": ids["far_behind"][1],
    }
    assert hooks_that_ran(drs, hosts) == dict.fromkeys(hosts, (False, False))
    for host in hosts:
        outcome = "ok" if host == "ended" else "failed"
        assert drs.report_of(host, "reports")[0]["outcome"] == outcome
        found = run.stats["drs_cutover"][host]
        assert (found["outcome"], found["writers"]) == (outcome, "untouched")
        assert run.failures[host] == (host != "ended")
        if host in words:
            assert words[host] in last_line(run, host), host
            assert "The writers were not touched" in last_line(run, host).replace("; the", "; The"), host
    for host in ("lag_unknown", "far_behind"):
        assert ids[host][0] not in last_line(run, host)


def test_once_the_writers_are_stopped(stage):
    """They write again where no stop was accepted, and stay stopped where one was."""
    seeds, ids = jobs_of(
        {
            "stuck": [{"status": RUNNING, "lag": "3"}],
            "no_rollback": [{"status": RUNNING, "lag": "3"}],
            "rollback_fails": [{"status": RUNNING, "lag": "3"}],
            "hook_fails": [RUNNING],
            "all_refused": [REFUSED, REFUSED],
            "some_refused": [RUNNING, REFUSED],
            "does_not_end": [RUNNING, {"status": RUNNING, "fails": {"terminate": "RELEASE_RESOURCE_FAILED"}}],
        }
    )
    drs = stage(seeds)
    failing = drs.tasks("failing", FAIL)
    hosts = {host: {"drs_job_ids": theirs, "cutover_lag_timeout": "4"} for host, theirs in ids.items()}
    hosts["no_rollback"]["cutover_rollback_tasks"] = ""
    hosts["rollback_fails"]["cutover_rollback_tasks"] = failing
    hosts["hook_fails"]["cutover_quiesce_tasks"] = failing
    run = cut_over(drs, hosts=hosts, cutover_delete=True)
    assert run.exit_code == 2, run.output
    assert run.failures == dict.fromkeys(hosts, 1)
    assert hooks_that_ran(drs, hosts) == {
        "stuck": (True, True),
        "no_rollback": (True, False),
        "rollback_fails": (True, False),
        "hook_fails": (False, True),
        "all_refused": (True, True),
        "some_refused": (True, False),
        "does_not_end": (True, False),
    }
    accepted = [ids["some_refused"][0], *ids["does_not_end"]]
    assert sorted(run.writes) == sorted(("terminate", job_id) for job_id in accepted)
    said = {host: last_line(run, host).partition(" Report: ")[0] for host in hosts}
    for host in ("stuck", "hook_fails", "all_refused"):
        assert said[host].endswith("; the writers write again."), said[host]
    assert "it does not answer" in said["hook_fails"]
    assert "Not allowed today" in said["all_refused"]
    assert "THE WRITERS ARE STOPPED: cutover_rollback_tasks names no tasks" in said["no_rollback"]
    assert "it does not answer" in said["rollback_fails"]
    assert "THE WRITERS MAY STILL BE STOPPED" in said["rollback_fails"]
    for host, number in (("some_refused", 1), ("does_not_end", 2)):
        assert (
            f"THE WRITERS ARE STOPPED and stay so, since a stop was accepted, or may have been, for {number} of 2 jobs: "
            in said[host]
        )
        assert all(job_id in said[host].rpartition("jobs: ")[2] for job_id in ids[host][:number]), said[host]
    assert ids["some_refused"][1] not in said["some_refused"].rpartition("jobs: ")[2]
    facts = drs.report_of("does_not_end", "reports")[0]
    assert [(job["id"], job["failed"]) for job in facts["jobs"]] == [
        (job_id, number == 1) for number, job_id in enumerate(ids["does_not_end"])
    ]
    assert {host: found["writers"] for host, found in run.stats["drs_cutover"].items()} == {
        "stuck": "running_again",
        "no_rollback": "stopped",
        "rollback_fails": "unknown",
        "hook_fails": "running_again",
        "all_refused": "running_again",
        "some_refused": "stopped",
        "does_not_end": "stopped",
    }


def test_a_stop_whose_answer_was_lost_may_have_been_accepted(stage):
    """The rollback would let writers write to a source that perhaps replicates no more."""
    drs = stage(jobs({"status": RUNNING, "durations": {"RELEASE_RESOURCE_STARTED": None}}))
    drs.emulator.fault({"match": {"verb": "terminate"}, "effect": {"fate": "cut_after"}})
    denied = {"status": 401, "error_code": "APIGW.0301"}
    drs.emulator.fault(
        {"match": {"endpoint": "batch-status", "status_is": "RELEASE_RESOURCE_STARTED"}, "effect": denied}
    )
    run = cut_over(drs)
    assert run.exit_code == 2, run.output
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (True, False)
    assert "a stop was accepted, or may have been, for 1 of 1 job: job-1" in last_line(run)
    assert "APIGW.0301" in last_line(run)


def test_blank_answers_are_the_defaults_and_wrong_ones_are_told_by_name(stage):
    wrong = {
        "cutover_max_lag": ("sixty", "cutover_max_lag must be a number, not 'sixty'"),
        "cutover_lag_timeout": ("1.5", "cutover_lag_timeout must be a whole number, not '1.5'"),
        "cutover_delete": ("perhaps", "cutover_delete must be true or false, not 'perhaps'"),
        "cutover_wait_interval": ("5s", "cutover_wait_interval must be a whole number, not '5s'"),
        "drs_wait_timeout": ("an hour", "drs_wait_timeout must be a whole number, not 'an hour'"),
    }
    seeds, ids = jobs_of({"blank": [ENDED], **{name: [RUNNING] for name in wrong}})
    drs = stage(seeds)
    hosts = {name: {"drs_job_ids": ids[name], name: value} for name, (value, _words) in wrong.items()}
    hosts["blank"] = {
        "drs_job_ids": ids["blank"],
        "cutover_timezone": "",
        "cutover_rollback_tasks": "",
        **dict.fromkeys(wrong, " "),
    }
    inventory = drs.hosts({host: {**hooks(drs), **theirs} for host, theirs in hosts.items()})
    run = drs.play("cutover", {"drs_hosts": "all", "cutover_report_dir": str(drs.folder / "reports")}, "-i", inventory)
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert run.failures == {host: int(host != "blank") for host in hosts}
    for name, (_value, words) in wrong.items():
        assert last_line(run, name).endswith(words)
    assert "argument_spec_data" not in run.output
    asked = drs.report_of("blank", "reports")[0]["asked"]
    assert {
        key: asked[key] for key in ("max_lag", "lag_timeout", "delete", "wait_timeout", "wait_interval", "timezone")
    } == {
        "max_lag": 10,
        "lag_timeout": 1800,
        "delete": False,
        "wait_timeout": 1800,
        "wait_interval": 5,
        "timezone": "UTC",
    }


def test_check_mode_sends_nothing_and_leaves_no_file(stage):
    seeds, ids = jobs_of(
        {
            "near": [{"status": RUNNING, "lag": "9"}, ENDED],
            "behind": [{"status": RUNNING, "lag": "99"}],
            "ended": [ENDED],
        }
    )
    drs = stage(seeds)
    hosts = {host: {"drs_job_ids": theirs, "cutover_lag_timeout": "3"} for host, theirs in ids.items()}
    run = cut_over(drs, "--check", hosts=hosts, cutover_delete="true")
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert run.failures == {"near": 0, "behind": 1, "ended": 0}
    assert ids["behind"][0] in last_line(run, "behind")
    assert hooks_that_ran(drs, hosts) == dict.fromkeys(hosts, (False, False))
    assert last_line(run, "near").endswith("2 of 2 jobs would be changed.")
    assert {found["writers"] for found in run.stats["drs_cutover"].values()} == {"untouched"}
    assert not (drs.folder / "reports").exists()


def test_in_a_play_of_the_users_own(stage):
    """ignore_errors of the play holds for no step; handlers of the writers' tasks run before the jobs are stopped."""
    seeds, ids = jobs_of({"good": [RUNNING], "refused": [REFUSED], "behind": [{"status": RUNNING, "lag": 11}]})
    drs = stage(seeds)
    own = hooks(drs)
    notify = "  notify: Disconnect\n"
    own["cutover_quiesce_tasks"] = drs.tasks(
        "notifying", NOTE.format(name="quiesce", folder=drs.folder).rstrip() + "\n" + notify
    )
    hosts = {
        host: {"cutover_job_ids": theirs, "cutover_lag_timeout": "4", **own, **basis(drs)}
        for host, theirs in ids.items()
    }
    play = drs.tasks("play", PLAY.format(strategy="free", folder=drs.folder))
    run = drs.play(play, {}, "-i", drs.hosts(hosts))
    assert run.exit_code == 2, run.output
    assert run.failures == {"good": 0, "refused": 1, "behind": 1}
    assert run.writes == [("terminate", ids["good"][0])]
    assert hooks_that_ran(drs, hosts) == {"good": (True, False), "refused": (True, True), "behind": (False, False)}
    assert {host: ran(drs, "handler", host) for host in hosts} == {"good": True, "refused": True, "behind": False}


def test_writers_that_are_stopped_once_for_all_hosts(stage):
    seeds, ids = jobs_of({"first": [RUNNING], "second": [RUNNING]})
    drs = stage(seeds)
    once = drs.tasks("once", NOTE.format(name="quiesce", folder=drs.folder).rstrip() + "\n  run_once: true\n")
    run = cut_over(
        drs, hosts={host: {"drs_job_ids": theirs, "cutover_quiesce_tasks": once} for host, theirs in ids.items()}
    )
    assert run.exit_code == 0, run.output
    assert sorted(run.writes) == sorted(("terminate", theirs[0]) for theirs in ids.values())
    assert sum(ran(drs, "quiesce", host) for host in ids) == 1

    # The failure of that one task is the failure of every host, and the writers of each write again.
    drs.emulator.reset()
    failing = drs.tasks("failing", FAIL.rstrip() + "\n  run_once: true\n")
    run = cut_over(
        drs, hosts={host: {"drs_job_ids": theirs, "cutover_quiesce_tasks": failing} for host, theirs in ids.items()}
    )
    assert (run.exit_code, run.writes) == (2, []), run.output
    for host in ids:
        assert ran(drs, "rollback", host)
        assert last_line(run, host).partition(" Report: ")[0].endswith("; the writers write again.")
        assert "A file could not be included" not in last_line(run, host)
