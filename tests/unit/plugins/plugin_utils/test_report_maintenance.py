# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a maintenance went, by the results of its two calls and what is known of the work between."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._failure import NOT_NAMED
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report import report
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_maintenance import maintenance
from hypothesis import given
from hypothesis import strategies as st

BEGUN = {
    "failed": False,
    "began_at": "2026-03-01T22:00:00Z",
    "ended_at": "2026-03-01T22:01:00Z",
    "record": {"run": "a", "phase": "open"},
    "warnings": ["begun late"],
}
ENDED = {
    "failed": False,
    "began_at": "2026-03-01T23:00:00Z",
    "ended_at": "2026-03-01T23:02:00Z",
    "record": {"run": "a", "phase": "closed"},
    "remaining": [],
    "warnings": ["a long pause"],
}
REFUSED = {"failed": True, "msg": "Nothing was paused", "record": None}
LEFT = {**ENDED, "failed": True, "msg": "NOT ALL JOBS WERE RESUMED", "remaining": ["x"]}
OUT = {"known": "out", "before": "INCRE_TRANSFER_STARTED", "paused_at": "2026-03-01T22:01:00Z"}
FAILURE = "Change the schema: refused"


def made(role="maintenance_window", **more):
    handed = {"begun": BEGUN, "ended": ENDED, "worked": True, "failure": "", "left_open": "", **more}
    return maintenance({"role": role, "run": "a", "maintenance": handed})


@pytest.mark.parametrize(
    ("handed", "outcome", "problems"),
    [
        ({}, "ok", []),
        ({"worked": False, "failure": FAILURE}, "failed", [("window", FAILURE)]),
        # The rescue was not run on this host.
        ({"worked": False}, "failed", [("window", NOT_NAMED)]),
        # A handler failed after the work.
        ({"failure": FAILURE}, "failed", [("window", FAILURE)]),
        ({"begun": REFUSED, "worked": False, "failure": FAILURE}, "not_run", [("window", FAILURE)]),
        ({"begun": {}, "worked": False, "failure": FAILURE}, "not_run", [("window", FAILURE)]),
        ({"ended": LEFT}, "ok", [("restore", LEFT["msg"])]),
        (
            {"ended": LEFT, "worked": False, "failure": FAILURE, "left_open": "the play ended"},
            "failed",
            [("restore", LEFT["msg"]), ("window", "the play ended"), ("window", FAILURE)],
        ),
        ({"role": "restore", "begun": {}, "worked": False}, "", []),
        ({"role": "restore", "begun": {}, "ended": LEFT}, "", [("restore", LEFT["msg"])]),
    ],
)
def test_work_and_problems(handed, outcome, problems):
    run = made(**handed)
    assert run["work"]["outcome"] == outcome
    assert run["work"]["text"] == next((words for _step, words in problems if words in (FAILURE, NOT_NAMED)), "")
    assert [(problem["step"], problem["text"]) for problem in run["problems"]] == problems


def test_times_names_and_warnings():
    run = made(tasks="/etc/drs/work.yml", warnings=["delegated"])
    assert run["work"]["name"] == "work.yml"
    assert (run["work"]["started_at"], run["work"]["ended_at"]) == (BEGUN["ended_at"], ENDED["began_at"])
    assert run["warnings"] == ["delegated", "begun late", "a long pause"]
    assert [(step["name"], step["result"], step["started_at"], step["ended_at"]) for step in run["steps"]] == [
        ("pause", BEGUN, BEGUN["began_at"], BEGUN["ended_at"]),
        ("resume", ENDED, ENDED["began_at"], ENDED["ended_at"]),
    ]


def test_the_record_is_the_last_one_known():
    assert made()["record"] == ENDED["record"]
    assert made(ended={**LEFT, "record": None})["record"] == BEGUN["record"]
    assert made(begun=REFUSED, ended={})["record"] == {}
    assert made(ended=LEFT)["remaining"] == ["x"]
    assert made(ended={})["remaining"] == []


def test_a_record_that_was_closed_before_tells_nothing_of_a_restore():
    """Its jobs were not read: nothing can be said of them now."""
    closed = {**ENDED, "jobs": [], "warnings": [], "record": {"run": "a", "phase": "closed", "jobs": {"x": OUT}}}
    handed = {"begun": {}, "ended": closed, "worked": True}
    run = {"role": "restore", "run": "b", "host": "h", "maintenance": handed}
    made_of_it = report(run, "/r.html")
    assert made_of_it["sentence"] == "Nothing was to be resumed. Report: /r.html"
    assert made_of_it["facts"]["record"] is None
    assert made_of_it["facts"]["jobs"] == []
    left = report({**run, "maintenance": {**handed, "ended": {**closed, "remaining": ["x"], "failed": True}}})
    assert [job["id"] for job in left["facts"]["jobs"]] == ["x"]
    assert left["outcome"] == "failed"


def test_any_other_run_is_left_as_it_is():
    run = {"role": "cutover", "steps": [1], "problems": [2]}
    assert maintenance(run) is run
    assert maintenance(None) == {}


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["PAUSING", "failed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*BEGUN, *LEFT, "jobs"]), inner),
    max_leaves=9,
)


@given(
    st.dictionaries(
        st.sampled_from(["begun", "ended", "tasks", "worked", "failure", "left_open", "warnings"]), _anything
    ),
    st.sampled_from(["maintenance_window", "restore"]),
)
def test_nothing_that_is_handed_over_costs_the_report(handed, role):
    made_of_it = report({"role": role, "run": "a", "host": "h", "maintenance": handed})
    assert made_of_it["sentence"]
    ended = handed.get("ended")
    if isinstance(ended, dict) and ended.get("failed") is True and str(ended.get("msg") or "").strip():
        assert made_of_it["outcome"] == "failed"
