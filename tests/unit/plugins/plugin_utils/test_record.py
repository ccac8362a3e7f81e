# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which record a restore works from."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._record import RecordError, choose


def record(phase="open", run="one", **more):
    return {"phase": phase, "run": run, "certain": ["a"], "doubtful": [], **more}


@pytest.mark.parametrize(
    ("kept", "given", "phase", "run"),
    [
        (record(), None, "open", "one"),
        (record(), {}, "open", "one"),
        (record("closed"), {}, "closed", "one"),
        ({}, record(), "open", "one"),
        # the file knows more than what the run gave
        (record("closed"), record(), "closed", "one"),
        (record("open"), record("closed"), "closed", "one"),
        # a run that paused nothing must not touch the jobs of the one that kept it out
        (record(run="other"), record("none"), "none", "one"),
        # one that was put right long ago must not touch those of a later one
        (record(run="later"), record(), "closed", "one"),
    ],
)
def test_choose(kept, given, phase, run):
    chosen = choose([], kept, given, "/state/localhost.json")
    assert (chosen["phase"], chosen["run"]) == (phase, run)


@pytest.mark.parametrize("kept", [None, {}, record("closed")])
def test_ids_named_by_hand_count_where_no_record_is_open(kept):
    assert choose(["x"], kept, None, "/r") == {"phase": "open", "run": None, "certain": ["x"], "doubtful": []}


@pytest.mark.parametrize(("kept", "given"), [(record(), None), ({}, record()), (record(), record())])
def test_an_open_record_knows_better_than_ids(kept, given):
    assert choose(["x"], kept, given, "/r")["certain"] == ["a"]


@pytest.mark.parametrize("given", [record("closed"), record("none")])
def test_a_run_that_left_nothing_to_do_leaves_it_undone_for_ids_too(given):
    assert choose(["x"], None, given, "/r")["phase"] != "open"


@pytest.mark.parametrize(("kept", "given"), [(None, None), ({}, {})])
def test_nothing_to_work_from(kept, given):
    with pytest.raises(RecordError, match=r"no record at /state/localhost\.json"):
        choose([], kept, given, "/state/localhost.json")


@pytest.mark.parametrize(("kept", "given"), [({"run": "one"}, None), (None, {"phase": "ajar"})])
def test_what_is_no_record(kept, given):
    with pytest.raises(RecordError, match="its phase is"):
        choose([], kept, given, "/r")
