# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decommission: nothing without a confirmation, and force only where it is allowed."""

from __future__ import annotations

import pytest
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
)


def decommission(drs, *options, **answers):
    basis = {
        "drs_job_ids": TEXT_AREA,
        "decommission_wait_interval": "1",
        "decommission_report_dir": str(drs.folder / "reports"),
    }
    return drs.play("decommission", {**basis, **answers}, *options)


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


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Set decommission_confirm to true"),
        ({"drs_confirm": "false"}, "Set decommission_confirm to true"),
        ({"drs_confirm": "true", "decommission_max_jobs": "2"}, "names 3 jobs, and must name from 1 to 2"),
        ({"drs_confirm": "true", "drs_job_ids": " \n, "}, "names 0 jobs"),
        (
            {"drs_confirm": "true", "drs_job_ids": f"{ORDERS}\n{UNKNOWN}"},
            f"does not know these jobs, and nothing was sent: {UNKNOWN}",
        ),
    ],
)
def test_refused(stage, answers, words):
    drs = stage(jobs(RUNNING, RUNNING, ENDED))
    run = decommission(drs, **answers)
    assert (run.exit_code, run.asked_to_write) == (2, [])
    assert words in run.output
    assert drs.reports("reports")[0][0]["outcome"] == "failed"


@pytest.mark.parametrize("allowed", ["false", "true"])
def test_force_only_where_it_is_allowed(stage, allowed):
    drs = stage(jobs(RUNNING, {"status": RUNNING, "fails": {"terminate": "RELEASE_RESOURCE_FAILED"}}, ENDED))
    run = decommission(drs, drs_confirm="true", decommission_allow_force=allowed, decommission_force_after="30")
    sent = [("terminate", ORDERS), ("terminate", BILLING), ("delete", ORDERS), ("delete", STOCK)]
    if allowed == "true":
        assert run.exit_code == 0, run.output
        sent += [("force_terminate", BILLING), ("delete", BILLING)]
    else:
        assert run.exit_code == 2
        assert drs.emulator.jobs[BILLING].status == "RELEASE_RESOURCE_FAILED"
        assert BILLING in drs.reports("reports")[0][0]["problems"][0]["text"]
    assert sorted(run.writes) == sorted(sent)
