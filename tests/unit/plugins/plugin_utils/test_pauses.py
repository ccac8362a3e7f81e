# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs a run has paused, and what is done with each afterwards."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _pauses


def row(job_id="a", status="PAUSING", action="pause", changed=True, **more):
    return {"id": job_id, "status": status, "action": action, "changed": changed, **more}


@pytest.mark.parametrize(
    ("jobs", "kind"),
    [
        ([row()], "certain"),
        ([row(status="PAUSEING")], "certain"),
        # accepted or lost, and not seen
        ([row(status="INCRE_TRANSFER_STARTED", outcome="timed_out")], "doubtful"),
        ([row(status="INCRE_TRANSFER_STARTED", outcome="unknown")], "doubtful"),
        ([row(status=None, outcome="unknown")], "doubtful"),
        ([row(status="INCRE_TRANSFER_FAILED", outcome="failed")], "doubtful"),
        # refused, or paused by somebody else
        ([row(status="INCRE_TRANSFER_STARTED", changed=False)], "untouched"),
        ([row(changed=False)], "untouched"),
        ([row(action="none", changed=False)], "untouched"),
        # the task told nothing
        ([], "doubtful"),
        ([row("b")], "doubtful"),
    ],
)
def test_claims(jobs, kind):
    expected = {"certain": [], "doubtful": [], "untouched": [], kind: ["a"]}
    assert _pauses.claims({"jobs": jobs}, ["a"]) == expected


@pytest.mark.parametrize("result", [{"failed": True, "msg": "timed out"}, {"jobs": None}])
def test_a_result_without_jobs_leaves_every_job_in_doubt(result):
    assert _pauses.claims(result, ["a", "b"])["doubtful"] == ["a", "b"]


@pytest.mark.parametrize(
    ("status", "certain", "doubtful"),
    [
        ("PAUSING", "resume", "resume"),
        ("PAUSEING", "resume", "resume"),
        ("INCRE_TRANSFER_STARTED", None, "watch"),
        ("FULL_TRANSFER_STARTED", None, "watch"),
        ("STARTJOBING", None, "watch"),
        ("INCRE_TRANSFER_FAILED", "left", "left"),
        ("RELEASE_RESOURCE_COMPLETE", "left", "left"),
        ("CONFIGURATION", "left", "left"),
        (None, "unread", "unread"),
    ],
)
def test_plan(status, certain, doubtful):
    read = {"jobs": [{"id": "a", "status": status}, {"id": "other", "status": "PAUSING"}], "missing": []}
    for expected, ids in ((certain, (["a"], [])), (doubtful, ([], ["a"]))):
        assert _pauses.plan(read, *ids) == {
            "resume": ["a"] if expected == "resume" else [],
            "watch": ["a"] if expected == "watch" else [],
            "left": {"a": status} if expected == "left" else {},
            "unread": ["a"] if expected == "unread" else [],
        }


@pytest.mark.parametrize("read", [{}, {"jobs": None, "missing": None}, {"jobs": [], "missing": ["b"], "failed": True}])
def test_plan_of_a_read_that_failed(read):
    assert _pauses.plan(read, ["a"], [])["unread"] == ["a"]


def test_plan_of_a_job_that_the_service_does_not_know():
    plan = _pauses.plan({"jobs": [], "missing": ["a"]}, ["a"], [])
    assert (plan["left"], plan["unread"]) == ({"a": None}, [])


def test_plan_names_a_job_that_is_in_both_lists_once():
    assert _pauses.plan({"jobs": [row()]}, ["a"], ["a"])["resume"] == ["a"]


NOTHING = {"resume": [], "watch": [], "left": {}, "unread": []}


def verdict(todo=None, resumed=None, seen=None, landed=None, last=False, certain=(), doubtful=()):
    record = {"certain": list(certain), "doubtful": list(doubtful)}
    return _pauses.verdict(
        record, {**NOTHING, **(todo or {})}, resumed or {}, {**NOTHING, **(seen or {})}, landed or {}, last
    )


def test_all_well():
    good = verdict({"resume": ["a"]}, {"jobs": [row(outcome="ok")], "msg": "1 job started"})
    assert good == {"problems": [], "warnings": [], "record": {"phase": "closed", "certain": [], "doubtful": []}}


@pytest.mark.parametrize("key", ["resumed", "landed"])
def test_a_job_that_cannot_be_resumed_keeps_the_record_open(key):
    bad = verdict(**{key: {"jobs": [row(outcome="failed"), row("b", outcome="ok")], "msg": "a refused"}})
    assert bad["record"] == {"phase": "open", "certain": ["a"], "doubtful": []}
    assert bad["problems"] == [{"step": "restore", "text": "1 jobs could not be resumed: a. a refused"}]


def test_a_job_that_is_not_paused_any_more_is_told_and_not_kept():
    bad = verdict({"left": {"a": "INCRE_TRANSFER_FAILED"}}, seen={"left": {"b": None}})
    assert bad["record"]["phase"] == "closed"
    assert "a (INCRE_TRANSFER_FAILED), b (unknown to the service)" in bad["problems"][0]["text"]


def test_a_pause_that_was_never_seen_is_looked_for_once_more():
    first = verdict({"watch": ["a"]}, seen={"watch": ["a"]})
    assert first["record"] == {"phase": "open", "certain": [], "doubtful": ["a"]}
    assert "run the playbook restore" in first["problems"][0]["text"]
    second = verdict({"watch": ["a"]}, seen={"watch": ["a"]}, last=True)
    assert (second["record"]["phase"], second["problems"], len(second["warnings"])) == ("closed", [], 1)


@pytest.mark.parametrize("last", [False, True])
def test_a_job_that_could_not_be_read_stays_in_the_record(last):
    bad = verdict({"unread": ["a"]}, seen={"unread": ["b"]}, certain=["a"], doubtful=["b"], last=last)
    assert bad["record"] == {"phase": "open", "certain": ["a"], "doubtful": ["b"]}
    assert bad["problems"][0]["text"] == "These jobs could not be read, and may still be paused: a, b."


@pytest.mark.parametrize("resumed", [{}, {"failed": True, "msg": "no way in"}])
def test_a_resume_that_told_nothing_leaves_its_jobs_in_the_record(resumed):
    bad = verdict({"resume": ["a"]}, resumed, certain=["a"])
    assert bad["record"] == {"phase": "open", "certain": ["a"], "doubtful": []}
