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


def test_ids_named_by_hand_come_first():
    assert choose(["x"], record(), record(), "/r") == {"phase": "open", "run": None, "certain": ["x"], "doubtful": []}


@pytest.mark.parametrize(("kept", "given"), [(None, None), ({}, {})])
def test_nothing_to_work_from(kept, given):
    with pytest.raises(RecordError, match=r"no record at /state/localhost\.json"):
        choose([], kept, given, "/state/localhost.json")


@pytest.mark.parametrize(("kept", "given"), [({"run": "one"}, None), (None, {"phase": "ajar"})])
def test_what_is_no_record(kept, given):
    with pytest.raises(RecordError, match="its phase is"):
        choose([], kept, given, "/r")
