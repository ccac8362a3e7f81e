# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decommission: nothing without a confirmation, and force only if it is allowed."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.roles.jobs import (
    BILLING,
    ENDED,
    IDS,
    ORDERS,
    RUNNING,
    STOCK,
    TEXT_AREA,
    UNKNOWN,
    jobs,
    jobs_of,
)
from ansible_collections.huaweicloud.drs.tests.roles.stage import last_line

DOES_NOT_END = {"status": RUNNING, "fails": {"terminate": "RELEASE_RESOURCE_FAILED"}}
# A play of the user's own, with what makes Ansible go on after a failure.
PLAY = """
- name: My decommission
  hosts: localhost
  connection: local
  gather_facts: false
  ignore_errors: true
  tasks:
    - name: Remove old jobs
      ansible.builtin.include_role:
        name: huaweicloud.drs.decommission
"""


def basis(drs):
    return {"decommission_wait_interval": "1", "decommission_report_dir": str(drs.folder / "reports")}


def decommission(drs, *options, **answers):
    return drs.play("decommission", {"drs_job_ids": TEXT_AREA, **basis(drs), **answers}, *options)


def decommission_of(drs, hosts):
    """Decommissions the jobs of each of these inventory hosts."""
    inventory = drs.hosts({host: {**basis(drs), **theirs} for host, theirs in hosts.items()})
    return drs.play("decommission", {"drs_hosts": "all"}, "-i", inventory)


def test_the_good_case(stage):
    drs = stage(jobs(RUNNING, "CONFIGURATION", ENDED))

    rehearsal = decommission(drs, "--check", drs_confirm="true")
    assert (rehearsal.exit_code, rehearsal.asked_to_write) == (0, []), rehearsal.output
    assert (
        last_line(rehearsal) == "Check mode: nothing was sent and no report is written, 3 of 3 jobs would be changed."
    )
    assert not (drs.folder / "reports").exists()

    run = decommission(drs, drs_confirm="true")
    assert run.exit_code == 0, run.output
    assert sorted(run.writes[:2]) == sorted([("terminate", ORDERS), ("terminate", BILLING)])
    assert sorted(run.writes[2:]) == sorted(("delete", job_id) for job_id in IDS)
    assert {drs.emulator.jobs[job_id].phase for job_id in IDS} == {"deleted"}
    ((facts, _page),) = drs.reports("reports")
    assert (facts["outcome"], facts["changed"]) == ("ok", True)
    assert last_line(run) == f"3 jobs deleted. Report: {run.stats['drs_report']['localhost']['html']}"
    assert run.stats["drs_decommission"] == {"localhost": {"outcome": "ok"}}

    again = decommission(drs, drs_confirm="true")
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output


def test_refused(stage):
    """Each host has another reason why nothing is sent."""
    drs = stage(jobs(RUNNING, RUNNING, ENDED))
    confirmed = {"drs_confirm": "true"}
    cases = {
        "no_answer": ({}, "Set drs_confirm to true"),
        "false": ({"drs_confirm": "false"}, "Set drs_confirm to true"),
        "perhaps": ({"drs_confirm": "perhaps"}, "drs_confirm must be true or false, not 'perhaps'"),
        "too_many": (
            {**confirmed, "decommission_max_jobs": "2"},
            "3 jobs are chosen by drs_job_ids, and decommission_max_jobs allows 2. Nothing was sent.",
        ),
        "commas": ({**confirmed, "drs_job_ids": " \n, "}, "exactly one of drs_job_ids and drs_select_*"),
        "blank": ({**confirmed, "drs_job_ids": ""}, "exactly one of drs_job_ids and drs_select_*"),
        "unknown": (
            {**confirmed, "drs_job_ids": f"{ORDERS}\n{UNKNOWN}"},
            f"does not know these jobs, and nothing was sent: {UNKNOWN}",
        ),
        "sixty": (
            {**confirmed, "decommission_max_jobs": "sixty"},
            "decommission_max_jobs must be a whole number, not 'sixty'",
        ),
        "an_hour": (
            {**confirmed, "drs_wait_timeout": "an hour"},
            "drs_wait_timeout must be a whole number, not 'an hour'",
        ),
    }
    run = decommission_of(drs, {host: {"drs_job_ids": TEXT_AREA, **theirs} for host, (theirs, _words) in cases.items()})
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert run.failures == dict.fromkeys(cases, 1)
    assert "argument_spec_data" not in run.output
    for host, (_theirs, words) in cases.items():
        assert words in last_line(run, host), host
        if host not in ("perhaps", "sixty", "an_hour"):
            assert drs.report_of(host, "reports")[0]["outcome"] == "failed"
            assert run.stats["drs_decommission"][host] == {"outcome": "failed"}


def test_force_only_if_it_is_allowed(stage):
    three = [RUNNING, DOES_NOT_END, ENDED]
    seeds, ids = jobs_of({"false": three, "true": three, "": three})
    drs = stage(seeds)
    # Blank answers of a survey are the defaults.
    blank = dict.fromkeys(("decommission_max_jobs", "decommission_timezone", "drs_wait_timeout"), "")
    more = {"drs_confirm": "true", "decommission_force_after": "30", **blank}
    names = {"false": "forbidden", "true": "allowed", "": "not_answered"}
    hosts = {
        names[allow]: {"drs_job_ids": theirs, "decommission_allow_force": allow, **more}
        for allow, theirs in ids.items()
    }
    ids = {names[allow]: theirs for allow, theirs in ids.items()}
    run = decommission_of(drs, hosts)
    assert run.exit_code == 2, run.output
    assert run.failures == {"forbidden": 1, "allowed": 0, "not_answered": 1}
    writes = {
        host: sorted((verb, theirs.index(job)) for verb, job in run.writes if job in theirs)
        for host, theirs in ids.items()
    }
    gracefully = [("terminate", 0), ("terminate", 1), ("delete", 0), ("delete", 2)]
    assert writes["forbidden"] == writes["not_answered"] == sorted(gracefully)
    assert writes["allowed"] == sorted([*gracefully, ("force_terminate", 1), ("delete", 1)])
    left = ids["forbidden"][1]
    assert drs.emulator.jobs[left].status == "RELEASE_RESOURCE_FAILED"
    assert left in last_line(run, "forbidden")
    assert last_line(run, "forbidden").startswith("3 jobs: 2 deleted, 1 failed; ")
    facts = drs.report_of("allowed", "reports")[0]
    assert (facts["outcome"], [job["failed"] for job in facts["jobs"]]) == ("ok", [False] * 3)
    assert last_line(run, "allowed").startswith("3 jobs deleted. Report: ")


def test_a_refused_deletion_fails_the_run(stage):
    drs = stage(jobs(RUNNING, {"status": ENDED, "refuse": {"delete": ["DRS.M00302", "Not allowed today."]}}))
    run = decommission(drs, drs_job_ids=[ORDERS, BILLING], drs_confirm=True)
    assert run.exit_code == 2, run.output
    assert run.writes == [("terminate", ORDERS), ("delete", ORDERS)]
    assert last_line(run).startswith("2 jobs: 1 stopped, 1 deleted; ")
    assert BILLING in last_line(run)
    assert "Not allowed today" in last_line(run)


def test_jobs_that_cannot_be_read(stage):
    """The last line says why, the step is red, and ignore_errors of the play does not make the rest run."""
    drs = stage(jobs(RUNNING, RUNNING, RUNNING))
    drs.emulator.fault(
        {"effect": {"status": 401, "error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication."}}
    )
    answers = {"decommission_job_ids": [STOCK], "decommission_confirm": True, **basis(drs)}
    run = drs.play(drs.tasks("play", PLAY), answers)
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert "APIGW.0301" in last_line(run)
    ((facts, _page),) = drs.reports("reports")
    assert [(step["name"], step["failed"]) for step in facts["steps"]] == [("read", True)]
