# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that a maintenance, a cutover and a decommission choose by name: once, and never more than is allowed. What comes of it is sent as
a message whose address is not shown."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.roles import listener as listeners
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, ENDED, ORDERS, PAUSED, RUNNING, STOCK, jobs
from ansible_collections.huaweicloud.drs.tests.roles.stage import last_line

WORK = "- name: Work\n  ansible.builtin.debug:\n    msg: at work\n"
ONE_WAY = "Choose the jobs by exactly one of drs_job_ids and drs_select_*"
PREDICTED = (
    "Decommission, localhost: a prediction. Check mode: nothing was sent and no report is written, 2 of 2 jobs would be "
    "changed."
)
UNAUTHORIZED = {"status": 401, "error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication."}


@pytest.fixture
def listener():
    with listeners.listen() as listening:
        yield listening


def named(*specs):
    """Seeds of the jobs app-orders, app-billing and stock, each with its status or more."""
    names = ["app-orders", "app-billing", "stock"]
    return [{**seed, "name": name} for seed, name in zip(jobs(*specs), names, strict=False)]


def basis(drs, role):
    """What the playbook of a role needs besides the jobs."""
    work = drs.tasks("work", WORK)
    return {
        "maintenance_window": {
            "maintenance_window_tasks": work,
            "maintenance_window_state_dir": str(drs.state),
            "maintenance_window_wait_interval": "1",
        },
        "cutover": {"cutover_quiesce_tasks": work, "cutover_wait_interval": "1", "cutover_lag_timeout": "20"},
        "decommission": {"drs_confirm": "true", "decommission_wait_interval": "1"},
    }[role]


def play_for(drs, role, hosts, *options, **variables):
    """Runs the playbook of a role for these hosts, each with answers of its own and its own name for the record and the report."""
    answers = {"drs_hosts": "all", "drs_report_dir": str(drs.folder / "reports"), **basis(drs, role), **variables}
    return drs.play(role, answers, "-i", drs.hosts(hosts), *options)


def lists_after_the_choice(run):
    """How often a list of jobs was read after something else than lists was."""
    read = [entry.endpoint for entry in run.requests if entry.kind != "iam"]
    first = next((place for place, endpoint in enumerate(read) if endpoint != "list"), len(read))
    assert first > 0
    return read[first:].count("list")


BY_NAME = {"drs_select_name": "app-*, *-archive", "drs_select_exclude": "app-test-*"}


def test_a_maintenance_by_name(stage, listener):
    """Also the message and the folder of the report, and a job that has ended: it is left out."""
    seeds = named(RUNNING, PAUSED, RUNNING)
    ended = {"id": "00000000-0000-0000-0000-0000000jb101", "name": "old-archive", "status": ENDED}
    drs = stage([*seeds, ended])
    drs.environment["ANSIBLE_DISPLAY_ARGS_TO_STDOUT"] = "true"
    drs.environment["DRS_NOTIFY_URL"] = listener.address("200/canary")
    answers = {**BY_NAME, **basis(drs, "maintenance_window"), "drs_report_dir": str(drs.folder / "reports")}
    run = drs.play("maintenance_window", {**answers, "drs_notify_on": "always"}, "-vvvvv")
    assert run.exit_code == 0, run.output
    assert run.writes == [("pause", ORDERS), ("resume", ORDERS)]
    assert lists_after_the_choice(run) == 0
    assert drs.known() == {ORDERS: "out", BILLING: "paused_before"}
    said = run.stats["drs_report"]["localhost"]["sentence"]
    assert "the job runs again, 1 job was paused before and stays so: app-billing" in said
    path = run.stats["drs_report"]["localhost"]["html"]
    assert path.startswith(str(drs.folder / "reports"))
    assert said.endswith(f" Report: {path}")
    ((facts, _page),) = drs.reports("reports")
    assert {job["name"] for job in facts["jobs"]} == {"app-orders", "app-billing"}
    assert listener.bodies("200/canary") == [{"text": f"Maintenance window, localhost: succeeded. {said}"}]
    assert "canary" not in run.output


def test_a_maintenance_that_is_refused(stage, listener):
    """Each host for another reason, and nothing is sent for any. Also the message, once for each."""
    drs = stage(named(RUNNING, RUNNING))
    cases = {
        "none": ({}, ONE_WAY),
        "blank": ({"drs_job_ids": " ", "drs_select_name": " , ", "drs_select_tags": ""}, ONE_WAY),
        "both": ({"drs_job_ids": ORDERS, "drs_select_name": "app-*"}, ONE_WAY),
        "all_but": ({"drs_select_exclude": "stock"}, "select names none of name, tags, status, type"),
        "typo": ({"drs_select_name": "apq-*"}, "No job fits the selection (name: apq-*)"),
        "status": ({"drs_select_name": "*", "drs_select_status": "RUNNING"}, "select.status holds 'RUNNING'"),
    }
    hosts = {
        host: {**given, "drs_notify_url": listener.address(f"200/{host}")} for host, (given, _words) in cases.items()
    }
    run = play_for(drs, "maintenance_window", hosts)
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert "at work" not in run.output
    for host, (_given, words) in cases.items():
        assert words in " ".join(last_line(run, host).split()), host
        assert "the work did not run" in last_line(run, host), host
        (body,) = listener.bodies(f"200/{host}")
        assert body["text"].startswith(
            f"Maintenance window, {host}: FAILED. No job was paused; the work did not run: "
        ), body


def test_a_decommission_by_name(stage, listener):
    drs = stage(named(RUNNING, ENDED, RUNNING))
    cases = {
        "both": ({"drs_job_ids": ORDERS, "drs_select_name": "app-*"}, ONE_WAY),
        "all_but": ({"drs_select_exclude": "stock"}, "select names none of name, tags, status, type"),
        "many": (
            {**BY_NAME, "decommission_max_jobs": "1"},
            "2 jobs are chosen by drs_select_name, drs_select_exclude, and decommission_max_jobs allows 1. Nothing was sent.",
        ),
        "changes": ({**BY_NAME, "drs_max_changes": "0"}, "max_changes"),
        "number": ({**BY_NAME, "drs_max_changes": "few"}, "drs_max_changes must be a whole number, not 'few'"),
        "asked": ({**BY_NAME, "drs_confirm": ""}, "Set drs_confirm to true"),
    }
    refused = play_for(drs, "decommission", {host: given for host, (given, _words) in cases.items()}, drs_confirm="")
    assert (refused.exit_code, refused.asked_to_write) == (2, []), refused.output
    hosts = {host: {"drs_confirm": "true", **given} for host, (given, _words) in cases.items()}
    answers = {"drs_hosts": "all", "drs_report_dir": str(drs.folder / "refused"), "decommission_wait_interval": "1"}
    refused = drs.play("decommission", answers, "-i", drs.hosts(hosts))
    assert (refused.exit_code, refused.asked_to_write) == (2, []), refused.output
    for host, (_given, words) in cases.items():
        assert words in last_line(refused, host), host

    more = {
        **BY_NAME,
        **basis(drs, "decommission"),
        "drs_max_changes": "1",
        "drs_report_dir": str(drs.folder / "reports"),
    }
    more |= {"drs_notify_url": listener.address("200/sent"), "drs_notify_on": "change"}
    rehearsal = drs.play("decommission", more, "--check")
    assert (rehearsal.exit_code, rehearsal.asked_to_write) == (0, []), rehearsal.output
    run = drs.play("decommission", more)
    assert run.exit_code == 0, run.output
    assert run.writes[0] == ("terminate", ORDERS)
    assert sorted(run.writes[1:]) == sorted([("delete", ORDERS), ("delete", BILLING)])
    assert lists_after_the_choice(run) == 0
    assert drs.emulator.jobs[STOCK].phase == "running"
    again = drs.play("decommission", more)
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output
    assert last_line(again).startswith("No job fits the selection: nothing was to be done. Report: ")
    assert [body["text"].partition(" Report: ")[0] for body in listener.bodies("200/sent")] == [
        f"{PREDICTED} These would be: app-billing ({BILLING}), app-orders ({ORDERS}).",
        "Decommission, localhost: succeeded. 2 jobs deleted.",
    ]


def test_a_cutover_by_name(stage):
    drs = stage(named(RUNNING, ENDED, RUNNING))
    cases = {
        "both": ({"drs_job_ids": ORDERS, "drs_select_name": "app-*", "drs_max_changes": 5}, ONE_WAY),
        "typo": ({"drs_select_name": "apq-*", "drs_max_changes": 5}, "No job fits the selection (name: apq-*)"),
        "no_limit": (BY_NAME, "max_changes is required where select has the state stopped"),
        "many": ({**BY_NAME, "drs_max_changes": "0"}, "max_changes"),
        "ids": ({"drs_job_ids": f"{ORDERS} {STOCK}", "drs_max_changes": "1"}, "max_changes"),
    }
    refused = play_for(drs, "cutover", {host: given for host, (given, _words) in cases.items()})
    assert (refused.exit_code, refused.asked_to_write) == (2, []), refused.output
    assert "at work" not in refused.output
    for host, (_given, words) in cases.items():
        assert words in last_line(refused, host), host
        assert "the writers were not touched" in last_line(refused, host).lower(), host

    hosts = {
        "status": {**BY_NAME, "drs_select_status": "CONFIGURATION", "drs_max_changes": "1"},
        "right": {**BY_NAME, "drs_max_changes": "1", "cutover_delete": "true"},
    }
    run = play_for(drs, "cutover", hosts)
    assert run.exit_code == 0, run.output
    assert run.writes[0] == ("terminate", ORDERS)
    assert sorted(run.writes[1:]) == sorted([("delete", ORDERS), ("delete", BILLING)])
    # Three for each host, since there is one for each type of jobs.
    assert len([entry for entry in run.requests if entry.endpoint == "list"]) == 6
    assert last_line(run, "right").startswith("2 jobs deleted, the writers are stopped. Report: ")
    assert last_line(run, "status").startswith(
        "2 jobs fit the selection but for the status: nothing was to be done. Report: "
    )
    assert drs.emulator.jobs[STOCK].phase == "running"


@pytest.mark.parametrize("role", ["maintenance_window", "cutover", "decommission"])
def test_a_list_that_cannot_be_read(stage, role):
    """Case B15: the text says why, and the step is red."""
    drs = stage(named(RUNNING))
    drs.emulator.fault({"effect": UNAUTHORIZED})
    run = play_for(drs, role, {"localhost": {**BY_NAME, "drs_max_changes": "1"}})
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert "at work" not in run.output
    assert "APIGW.0301" in last_line(run)
    ((facts, page),) = drs.reports("reports")
    assert [step["failed"] for step in facts["steps"]][:1] == [True]
    assert facts["outcome"] == "failed"
    assert "APIGW.0301" in page
