# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decommission: nothing without a confirmation, and force only where it is allowed."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.roles.jobs import (
    BILLING,
    ENDED,
    IDS,
    ORDERS,
    RUNNING,
    TEXT_AREA,
    UNKNOWN,
    jobs,
    jobs_of,
)


def decommission(drs, *options, **answers):
    basis = {
        "drs_job_ids": TEXT_AREA,
        "decommission_wait_interval": "1",
        "decommission_report_dir": str(drs.folder / "reports"),
    }
    return drs.play("decommission", {**basis, **answers}, *options)


def decommission_of(drs, hosts):
    """Decommissions the jobs of each of these inventory hosts."""
    answers = {
        "drs_hosts": "all",
        "decommission_wait_interval": "1",
        "decommission_report_dir": str(drs.folder / "reports"),
    }
    return drs.play("decommission", answers, "-i", drs.hosts(hosts))


def test_the_good_case(stage):
    drs = stage(jobs(RUNNING, "CONFIGURATION", ENDED))

    rehearsal = decommission(drs, "--check", drs_confirm="true")
    assert (rehearsal.exit_code, rehearsal.asked_to_write) == (0, []), rehearsal.output
    assert f"Once they have ended, these jobs are deleted: {', '.join(IDS)}" in rehearsal.output
    assert not (drs.folder / "reports").exists()

    run = decommission(drs, drs_confirm="true")
    assert run.exit_code == 0, run.output
    assert sorted(run.writes[:2]) == sorted([("terminate", ORDERS), ("terminate", BILLING)])
    assert sorted(run.writes[2:]) == sorted(("delete", job_id) for job_id in IDS)
    assert {drs.emulator.jobs[job_id].phase for job_id in IDS} == {"deleted"}
    ((facts, _page),) = drs.reports("reports")
    assert (facts["outcome"], facts["changed"]) == ("ok", True)

    again = decommission(drs, drs_confirm="true")
    assert (again.exit_code, again.asked_to_write) == (0, []), again.output


def test_refused(stage):
    """Each host has another reason why nothing is sent."""
    drs = stage(jobs(RUNNING, RUNNING, ENDED))
    unknown = f"{ORDERS}\n{UNKNOWN}"
    cases = {
        "no_answer": ({}, "Set decommission_confirm to true"),
        "false": ({"drs_confirm": "false"}, "Set decommission_confirm to true"),
        "too_many": (
            {"drs_confirm": "true", "decommission_max_jobs": "2"},
            "names 3 jobs, and must name from 1 to 2",
        ),
        "blank": ({"drs_confirm": "true", "drs_job_ids": " \n, "}, "names 0 jobs"),
        "unknown": (
            {"drs_confirm": "true", "drs_job_ids": unknown},
            f"does not know these jobs, and nothing was sent: {UNKNOWN}",
        ),
    }
    run = decommission_of(drs, {host: {"drs_job_ids": TEXT_AREA, **theirs} for host, (theirs, _words) in cases.items()})
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert run.failures == dict.fromkeys(cases, 1)
    for host, (_theirs, words) in cases.items():
        facts = drs.report_of(host, "reports")[0]
        assert facts["outcome"] == "failed", host
        assert words in facts["problems"][0]["text"], host


def test_force_only_where_it_is_allowed(stage):
    three = [RUNNING, {"status": RUNNING, "fails": {"terminate": "RELEASE_RESOURCE_FAILED"}}, ENDED]
    seeds, ids = jobs_of({"false": three, "true": three})
    drs = stage(seeds)
    basis = {"drs_confirm": "true", "decommission_force_after": "30"}
    run = decommission_of(
        drs,
        {host: {"drs_job_ids": theirs, "decommission_allow_force": host, **basis} for host, theirs in ids.items()},
    )
    assert run.exit_code == 2, run.output
    assert run.failures == {"false": 1, "true": 0}
    writes = {
        host: sorted((verb, theirs.index(job)) for verb, job in run.writes if job in theirs)
        for host, theirs in ids.items()
    }
    gracefully = [("terminate", 0), ("terminate", 1), ("delete", 0), ("delete", 2)]
    assert writes["false"] == sorted(gracefully)
    assert writes["true"] == sorted([*gracefully, ("force_terminate", 1), ("delete", 1)])
    left = ids["false"][1]
    assert drs.emulator.jobs[left].status == "RELEASE_RESOURCE_FAILED"
    assert left in drs.report_of("false", "reports")[0]["problems"][0]["text"]
    assert drs.report_of("true", "reports")[0]["outcome"] == "ok"
