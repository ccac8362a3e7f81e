# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts and the figures of a report."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import STATUSES, phase
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _report
from hypothesis import given
from hypothesis import strategies as st

BEGAN, ENDED = "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"


def row(job_id="a", outcome="ok", status="PAUSING", **more):
    return {
        "id": job_id,
        "status_before": "INCRE_TRANSFER_STARTED",
        "status": status,
        "action": "pause",
        "outcome": outcome,
        "changed": True,
        **more,
    }


def run(*steps, **more):
    basis = {
        "role": "maintenance_window",
        "run": "r1",
        "playbook": "P",
        "host": "h",
        "started_at": BEGAN,
        "ended_at": ENDED,
        "timezone": "Europe/Berlin",
    }
    return {**basis, "asked": {"ids": ["a"]}, "steps": list(steps), **more}


def step(*rows, name="pause", result=None, **more):
    return {
        "name": name,
        "result": {"jobs": list(rows), "changed": True, "msg": "said", "summary": {"changed": 1}, **(result or {})},
        **more,
    }


def seen(status, at):
    return {"status": status, "at": at}


def test_a_good_run():
    facts = _report.facts(
        run(step(row(timeline=[seen("INCRE_TRANSFER_STARTED", BEGAN), seen("PAUSING", "2026-10-25T00:10:00Z")])))
    )
    assert (facts["outcome"], facts["changed"], facts["schema"]) == ("ok", True, 1)
    assert facts["steps"] == [
        {"name": "pause", "failed": False, "changed": True, "msg": "said", "summary": {"changed": 1}}
    ]
    (job,) = facts["jobs"]
    assert (job["id"], job["status_before"], job["status"], job["failed"]) == (
        "a",
        "INCRE_TRANSFER_STARTED",
        "PAUSING",
        False,
    )
    assert [entry["status"] for entry in job["timeline"]] == ["INCRE_TRANSFER_STARTED", "PAUSING"]
    json.dumps(facts)


def test_problems_make_a_run_a_failed_one():
    assert _report.facts(run(problems=[{"step": "window", "text": "closed"}]))["outcome"] == "failed"


def test_steps_that_did_not_run_are_left_out():
    skipped = {"name": "pause", "result": {"skipped": True, "changed": False}}
    assert _report.facts(run({"name": "pause", "result": {}}, skipped))["steps"] == []


def test_a_step_that_failed_without_jobs_is_told():
    facts = _report.facts(run({"name": "pause", "result": {"failed": True, "msg": "no way in"}}))
    assert facts["steps"][0] == {"name": "pause", "failed": True, "changed": False, "msg": "no way in", "summary": {}}


def test_a_plan_is_no_change_and_tells_only_what_it_refuses():
    facts = _report.facts(run(step(row(), row("b", "failed", reason="illegal_status"), plan=True, at=BEGAN)))
    assert facts["changed"] is False
    assert (facts["steps"][0]["summary"], facts["steps"][0]["msg"]) == ({}, "")
    assert [(job["id"], job["failed"], len(job["steps"])) for job in facts["jobs"]] == [("a", False, 0), ("b", True, 1)]
    assert facts["jobs"][0]["timeline"] == [seen("INCRE_TRANSFER_STARTED", BEGAN)]


def test_later_steps_tell_more_of_a_job_and_names_come_from_where_they_are_known():
    facts = _report.facts(
        run(
            step(row(name=None), row("b", name="from the row"), at=BEGAN),
            step(
                row(
                    status="INCRE_TRANSFER_STARTED",
                    outcome="failed",
                    error_code="DRS.M01504",
                    timeline=[seen("PAUSING", ENDED)],
                ),
                name="resume",
            ),
            names={"a": "from the list"},
        )
    )
    first, second = facts["jobs"]
    assert (first["name"], second["name"]) == ("from the list", "from the row")
    assert (first["status"], first["failed"]) == ("INCRE_TRANSFER_STARTED", True)
    assert [entry["step"] for entry in first["steps"]] == ["pause", "resume"]
    assert first["timeline"] == [seen("INCRE_TRANSFER_STARTED", BEGAN), seen("PAUSING", ENDED)]


def test_rows_that_were_only_read_have_no_outcome():
    read = {"id": "a", "name": "n", "status": "PAUSING", "source_endpoint": {"db_password": "canary"}}
    facts = _report.facts(run({"name": "read", "at": BEGAN, "result": {"jobs": [read]}}))
    assert facts["jobs"][0]["steps"] == []
    assert "canary" not in json.dumps(facts)


def test_every_phase_is_in_the_legend():
    assert {phase(status) for status in STATUSES} <= set(_report.LEGEND)


def figures(*steps, **more):
    return _report.figures(_report.facts(run(*steps, **more)))


def test_a_lane():
    running, paused = seen("INCRE_TRANSFER_STARTED", BEGAN), seen("PAUSING", "2026-10-25T00:15:00Z")
    lanes = figures(step(row(timeline=[running, running, paused])))["lanes"]
    assert [(part["family"], part["left"], part["width"], part["lasted"]) for part in lanes[0]["segments"]] == [
        ("running", 0.0, 25.0, "15 min 00 s"),
        ("paused", 25.0, 75.0, "45 min 00 s"),
    ]
    assert lanes[0]["path"] == "INCRE_TRANSFER_STARTED \u2192 PAUSING"


def test_a_lane_without_a_timeline_has_the_status_known():
    lanes = figures(step(row(timeline=[])))["lanes"]
    assert [(part["status"], part["left"], part["width"]) for part in lanes[0]["segments"]] == [("PAUSING", 0.0, 100.0)]
    lanes = figures(step(row(status=None, timeline=[seen("X", "no time")])))["lanes"]
    assert (lanes[0]["segments"], lanes[0]["status"], lanes[0]["family"]) == ([], "not known", "other")


def test_what_went_wrong_is_told_in_the_services_words_or_ours():
    lanes = figures(
        step(
            row("a", "failed", error_code="DRS.M01504", error_msg="Try again."),
            row("b", "failed", reason="deadline"),
            row("c", "unknown"),
        )
    )["lanes"]
    assert [lane["why"] for lane in lanes] == [["DRS.M01504 Try again."], ["deadline"], ["unknown"]]


def test_times_in_both_zones_over_a_clock_change():
    page = figures(step(row()))
    assert page["started"] == {"utc": BEGAN, "local": "2026-10-25 02:00:00 CEST"}
    assert page["ended"] == {"utc": ENDED, "local": "2026-10-25 02:00:00 CET"}
    assert page["two_zones"] is True
    assert [tick["local"] for tick in page["ticks"]] == ["02:00", "02:15", "02:30", "02:45", "02:00"]
    assert [tick["left"] for tick in page["ticks"]] == [0.0, 25.0, 50.0, 75.0, 100.0]


@pytest.mark.parametrize("zone", ["UTC", "Nowhere/Land", None])
def test_a_zone_that_is_none_does_not_cost_the_report(zone):
    page = figures(step(row()), timezone=zone)
    assert (page["zone"], page["two_zones"]) == ("UTC", False)


def test_a_run_of_no_length_and_one_of_no_known_time():
    assert figures(step(row()), ended_at=BEGAN)["length"] == "1 s"
    assert figures(step(row()), started_at=None, ended_at="never")["started"]["utc"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (3600, "1 h 00 min"), (172800, "2 d 0 h")],
)
def test_words(seconds, words):
    assert _report.words(_report.timedelta(seconds=seconds)) == words


@given(
    length=st.integers(1, 60 * 86400),
    offset=st.integers(0, 86400),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
)
def test_ticks_are_few_and_on_the_axis(length, offset, zone):
    first = _report.moment(BEGAN) + _report.timedelta(seconds=offset)
    axis = _report._Axis(first, first + _report.timedelta(seconds=length), _report.zone(zone))
    ticks = axis.ticks()
    assert len(ticks) <= _report.MOST_TICKS + 1
    assert all(0 <= tick["left"] <= 100 for tick in ticks)
    assert [tick["left"] for tick in ticks] == sorted({tick["left"] for tick in ticks})
