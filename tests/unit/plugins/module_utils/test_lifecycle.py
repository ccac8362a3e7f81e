# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of states, written out a second time and compared cell by cell."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _lifecycle as lifecycle
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import (
    Desired,
    foreseen,
    plan,
    shown,
    shows,
    wait_for,
)

# A cell is what happens without force, and after a slash with it. "!word" fails with that reason.
PLAN = """
                                started      paused    stopped                    deleted
CREATING                        !illegal     !illegal  terminate/force_terminate  !force_needed/force_terminate
CONFIGURATION                   start        !illegal  terminate/force_terminate  !force_needed/force_terminate
WAITING_FOR_START               start        !illegal  terminate/force_terminate  !force_needed/force_terminate
STARTJOBING                     in_progress  blocked   blocked/force_terminate    !force_needed/force_terminate
FULL_TRANSFER_STARTED           reached      pause     terminate/force_terminate  !force_needed/force_terminate
FULL_TRANSFER_COMPLETE          reached      pause     terminate/force_terminate  !force_needed/force_terminate
INCRE_TRANSFER_STARTED          reached      pause     terminate/force_terminate  !force_needed/force_terminate
FULL_TRANSFER_FAILED            retry        pause     terminate/force_terminate  !force_needed/force_terminate
INCRE_TRANSFER_FAILED           retry        pause     terminate/force_terminate  !force_needed/force_terminate
START_JOB_FAILED                retry        !illegal  terminate/force_terminate  !force_needed/force_terminate
CHILD_TRANSFER_FAILED           retry        !illegal  terminate/force_terminate  !force_needed/force_terminate
PAUSING                         resume       reached   terminate/force_terminate  !force_needed/force_terminate
PAUSEING                        resume       reached   terminate/force_terminate  !force_needed/force_terminate
CHANGE_JOB_STARTED              blocked      blocked   blocked/force_terminate    !force_needed/force_terminate
REBUILD_NODE_STARTED            blocked      blocked   blocked/force_terminate    !force_needed/force_terminate
NODE_UPGRADE_START              blocked      blocked   blocked/force_terminate    !force_needed/force_terminate
CHILD_TRANSFER_STARTING         in_progress  !illegal  blocked/force_terminate    !force_needed/force_terminate
CHILD_TRANSFER_STARTED          reached      !illegal  terminate/force_terminate  !force_needed/force_terminate
CHILD_TRANSFER_COMPLETE         reached      !illegal  terminate/force_terminate  !force_needed/force_terminate
NODE_UPGRADE_COMPLETE           reached      !illegal  terminate/force_terminate  !force_needed/force_terminate
CHANGE_JOB_FAILED               !illegal     !illegal  terminate/force_terminate  !force_needed/force_terminate
REBUILD_NODE_FAILED             !illegal     !illegal  terminate/force_terminate  !force_needed/force_terminate
NODE_UPGRADE_FAILED             !illegal     !illegal  terminate/force_terminate  !force_needed/force_terminate
RELEASE_RESOURCE_STARTED        !illegal     !illegal  in_progress                blocked
RELEASE_CHILD_TRANSFER_STARTED  !illegal     !illegal  in_progress                blocked
RELEASE_RESOURCE_FAILED         !illegal     !illegal  terminate/force_terminate  !force_needed/force_terminate
RELEASE_RESOURCE_COMPLETE       !illegal     !illegal  reached                    delete
RELEASE_CHILD_TRANSFER_COMPLETE !illegal     !illegal  reached                    delete
CREATE_FAILED                   !illegal     !illegal  reached                    delete
DELETED                         !no_job      !no_job   reached                    reached
NOT_FOUND                       !no_job      !no_job   !no_job                    reached
FROZEN                          !unknown     !unknown  !unknown                   !unknown
"""

# How a status read after an accepted write counts: p pending, t target, f failed. BEFORE: where it was made from.
WAIT_FOR = """
                                start  resume  retry  pause  terminate  force_terminate  delete
CREATING                        p      p       p      p      p          p                f
CONFIGURATION                   p      p       p      p      p          p                f
WAITING_FOR_START               p      p       p      p      p          p                f
STARTJOBING                     p      p       p      p      p          p                f
FULL_TRANSFER_STARTED           t      t       t      p      p          p                f
FULL_TRANSFER_COMPLETE          t      t       t      p      p          p                f
INCRE_TRANSFER_STARTED          t      t       t      p      p          p                f
FULL_TRANSFER_FAILED            f      f       f      f      p          p                f
INCRE_TRANSFER_FAILED           f      f       p      f      p          p                f
START_JOB_FAILED                f      f       f      f      p          p                f
CHILD_TRANSFER_FAILED           f      f       f      f      p          p                f
PAUSING                         p      p       p      t      p          p                f
PAUSEING                        p      p       p      t      p          p                f
CHANGE_JOB_STARTED              p      p       p      p      p          p                f
REBUILD_NODE_STARTED            p      p       p      p      p          p                f
NODE_UPGRADE_START              p      p       p      p      p          p                f
CHILD_TRANSFER_STARTING         p      p       p      p      p          p                f
CHILD_TRANSFER_STARTED          t      t       t      p      p          p                f
CHILD_TRANSFER_COMPLETE         t      t       t      p      p          p                f
NODE_UPGRADE_COMPLETE           t      t       t      p      p          p                f
CHANGE_JOB_FAILED               p      f       f      f      p          p                f
REBUILD_NODE_FAILED             p      f       f      f      p          p                f
NODE_UPGRADE_FAILED             p      f       f      f      p          p                f
RELEASE_RESOURCE_STARTED        f      f       f      f      p          p                f
RELEASE_CHILD_TRANSFER_STARTED  f      f       f      f      p          p                f
RELEASE_RESOURCE_FAILED         f      f       f      f      f          f                f
RELEASE_RESOURCE_COMPLETE       f      f       f      f      t          t                p
RELEASE_CHILD_TRANSFER_COMPLETE f      f       f      f      t          t                f
CREATE_FAILED                   p      f       f      f      t          t                f
DELETED                         f      f       f      f      t          t                t
NOT_FOUND                       f      f       f      f      t          t                t
FROZEN                          p      p       p      p      p          p                f
"""
BEFORE = {
    "start": "CONFIGURATION",
    "resume": "PAUSING",
    "retry": "INCRE_TRANSFER_FAILED",
    "pause": "INCRE_TRANSFER_STARTED",
    "terminate": "INCRE_TRANSFER_STARTED",
    "force_terminate": "INCRE_TRANSFER_STARTED",
    "delete": "RELEASE_RESOURCE_COMPLETE",
}
FAR = 4102444800000


SHORT = {
    "running_needs_force": "force_needed",
    "illegal_status": "illegal",
    "unknown_status": "unknown",
    "no_such_job": "no_job",
}


def rows(table):
    """(status, {column: cell}) of a table."""
    head, *lines = [line.split() for line in table.strip("\n").split("\n")]
    return [(line[0], dict(zip(head, line[1:], strict=True))) for line in lines]


def word(decision):
    reason = SHORT.get(decision.reason, decision.reason)
    return {"send": decision.write, "fail": "!%s" % reason, "in progress": "in_progress"}.get(
        decision.kind, decision.kind
    )


@pytest.mark.parametrize(("status", "row"), rows(PLAN))
@pytest.mark.parametrize("force", [False, True])
def test_plan(status, row, force):
    decisions = {state: plan(status, Desired(state, force)) for state in row}
    expected = {state: cell.split("/")[-1 if force else 0] for state, cell in row.items()}
    assert {state: word(decision) for state, decision in decisions.items()} == expected
    assert all(decision.words for decision in decisions.values() if decision.kind == "fail"), "a failure says why"


def test_an_unknown_status_says_so():
    assert plan("FROZEN", Desired("started")).words == (
        "this version of the collection does not know it, so nothing was sent"
    )


def test_the_tables_here_hold_every_status():
    statuses = {status for status, _row in rows(PLAN)} - {"FROZEN", "PAUSEING"}
    assert statuses == set(lifecycle.STATUSES)
    assert {status for status, _row in rows(WAIT_FOR)} == statuses | {"FROZEN", "PAUSEING"}


@pytest.mark.parametrize(("status", "row"), rows(WAIT_FOR))
def test_wait_for(status, row):
    assert {write: wait_for(write, status, BEFORE[write], Desired("started"))[0] for write in row} == row


@pytest.mark.parametrize("write", lifecycle.WRITES)
def test_the_status_before_is_pending_until_it_has_settled(write):
    assert {wait_for(write, before, before, Desired("started")) for before in lifecycle.STATUSES} == {"pending"}


@pytest.mark.parametrize(
    ("write", "before", "returned", "expected"),
    [
        ("retry", "INCRE_TRANSFER_FAILED", False, "pending"),
        ("retry", "INCRE_TRANSFER_FAILED", True, "failed"),
        ("retry", "START_JOB_FAILED", False, "pending"),
        ("resume", "PAUSING", False, "pending"),
        ("resume", "PAUSING", True, "failed"),
        ("start", "CONFIGURATION", True, "pending"),
        ("pause", "INCRE_TRANSFER_FAILED", False, "pending"),
        ("pause", "INCRE_TRANSFER_FAILED", True, "pending"),
        ("terminate", "RELEASE_RESOURCE_FAILED", False, "failed"),
        ("terminate", "INCRE_TRANSFER_FAILED", True, "pending"),
        ("delete", "CREATE_FAILED", True, "pending"),
    ],
)
def test_the_status_before_once_it_has_settled(write, before, returned, expected):
    assert wait_for(write, before, before, Desired("started"), returned=returned, settled=True) == expected


def test_a_job_has_not_come_back_unless_told():
    assert wait_for("resume", "PAUSING", "PAUSING", Desired("started"), settled=True) == "pending"


@pytest.mark.parametrize(
    ("stale", "settled", "expected"),
    [(False, False, "failed"), (False, True, "failed"), (True, False, "pending"), (True, True, "failed")],
)
@pytest.mark.parametrize("status", ["RELEASE_RESOURCE_STARTED", "INCRE_TRANSFER_STARTED", "FROZEN"])
def test_a_status_seen_earlier_may_be_a_stale_one_after_a_delete(status, stale, settled, expected):
    before = "RELEASE_RESOURCE_COMPLETE"
    assert wait_for("delete", status, before, Desired("deleted"), settled=settled, stale=stale) == expected


@pytest.mark.parametrize("write", [write for write in lifecycle.WRITES if write != "delete"])
def test_a_failing_status_seen_earlier_fails_all_the_same(write):
    for status in lifecycle.WAIT_FOR[write].failed:
        assert wait_for(write, status, BEFORE[write], Desired("started"), stale=True) in (
            "pending" if status == BEFORE[write] else "failed",
        )


class TestStartTime:
    @pytest.mark.parametrize("past", [False, True])
    def test_a_scheduled_job_is_reached(self, past):
        assert plan("WAITING_FOR_START", Desired("started", start_time=FAR), past).kind == "reached"

    def test_a_configured_job_is_started(self):
        assert plan("CONFIGURATION", Desired("started", start_time=FAR)).write == "start"

    def test_a_past_time_is_refused_where_a_start_would_be_sent(self):
        decision = plan("CONFIGURATION", Desired("started", start_time=1), True)
        assert decision.reason == "start_time_past"
        assert decision.words == "its start_time has passed: give a later one, or leave it out to start at once"

    @pytest.mark.parametrize("status", [s for s in lifecycle.STATUSES if plan(s, Desired("started")).write != "start"])
    def test_a_past_time_matters_for_no_other_job(self, status):
        assert plan(status, Desired("started", start_time=1), True) == plan(status, Desired("started", start_time=FAR))

    @pytest.mark.parametrize("status", ["PAUSING", "INCRE_TRANSFER_FAILED", "START_JOB_FAILED"])
    def test_it_is_refused_with_a_resume_or_a_retry(self, status):
        decision = plan(status, Desired("started", start_time=FAR))
        assert word(decision) == "!illegal"
        write = "resume" if status == "PAUSING" else "retry"
        assert decision.words == (
            "a %s acts at once and takes no start_time: leave start_time out for this job" % write
        )

    def test_it_matters_for_no_other_state(self):
        for status, state in itertools.product(lifecycle.STATUSES, ("paused", "stopped", "deleted")):
            assert plan(status, Desired(state, start_time=1), True) == plan(status, Desired(state))

    def test_after_a_start_the_schedule_is_what_was_wanted(self):
        assert wait_for("start", "WAITING_FOR_START", "CONFIGURATION", Desired("started", start_time=FAR)) == "target"

    def test_an_overridden_schedule_is_said(self):
        assert "schedule" in plan("WAITING_FOR_START", Desired("started")).words


class TestOnlyInit:
    DESIRED = Desired("started", only_init=True)

    def test_a_configured_job_is_started(self):
        assert plan("CONFIGURATION", self.DESIRED).write == "start"

    @pytest.mark.parametrize(
        "status", ["STARTJOBING", "WAITING_FOR_START", "PAUSING", "CHANGE_JOB_STARTED", "INCRE_TRANSFER_STARTED"]
    )
    def test_a_job_that_left_configuration_is_reached(self, status):
        assert plan(status, self.DESIRED).kind == "reached"
        assert wait_for("start", status, "CONFIGURATION", self.DESIRED) == "target"

    @pytest.mark.parametrize("status", ["CONFIGURATION", "FROZEN", "CREATING"])
    @pytest.mark.parametrize("before", ["CONFIGURATION", "WAITING_FOR_START"])
    def test_one_that_did_not_is_pending(self, status, before):
        assert wait_for("start", status, before, self.DESIRED) == "pending"

    @pytest.mark.parametrize("status", ["START_JOB_FAILED", "DELETED", "RELEASE_RESOURCE_STARTED", "NOT_FOUND"])
    def test_a_failure_is_one(self, status):
        assert wait_for("start", status, "CONFIGURATION", self.DESIRED) == "failed"

    @pytest.mark.parametrize(
        "status", ["CREATING", "START_JOB_FAILED", "RELEASE_RESOURCE_COMPLETE", "NOT_FOUND", "FROZEN"]
    )
    def test_the_table_stands_for_what_is_not_started(self, status):
        assert plan(status, self.DESIRED) == plan(status, Desired("started"))


class TestForeseen:
    @pytest.mark.parametrize("state", lifecycle.STATES)
    @pytest.mark.parametrize("force", [False, True])
    def test_it_ends_in_something_that_is_not_blocked(self, state, force):
        for status in lifecycle.STATUSES:
            decision, then = foreseen(status, Desired(state, force))
            assert decision.kind != "blocked", status
            assert (then != status) == (plan(status, Desired(state, force)).kind == "blocked"), status

    @pytest.mark.parametrize(
        ("status", "state", "expected"),
        [
            ("STARTJOBING", "paused", "pause"),
            ("STARTJOBING", "stopped", "terminate"),
            ("CHANGE_JOB_STARTED", "started", "reached"),
            ("REBUILD_NODE_STARTED", "paused", "pause"),
            ("NODE_UPGRADE_START", "paused", "!illegal"),
            ("NODE_UPGRADE_START", "started", "reached"),
            ("CHILD_TRANSFER_STARTING", "stopped", "terminate"),
            ("RELEASE_RESOURCE_STARTED", "deleted", "delete"),
            ("RELEASE_CHILD_TRANSFER_STARTED", "deleted", "delete"),
        ],
    )
    def test_what_follows(self, status, state, expected):
        assert word(foreseen(status, Desired(state))[0]) == expected

    def test_a_start_time_is_to_come_unless_told(self):
        desired = Desired("started", start_time=FAR)
        assert foreseen("CONFIGURATION", desired)[0].write == "start"
        assert foreseen("CONFIGURATION", desired, True)[0].reason == "start_time_past"


class TestShows:
    @pytest.mark.parametrize(
        ("write", "status"),
        [
            ("start", "STARTJOBING"),
            ("start", "INCRE_TRANSFER_STARTED"),
            ("resume", "STARTJOBING"),
            ("retry", "CHANGE_JOB_STARTED"),
            ("pause", "PAUSEING"),
            ("terminate", "RELEASE_RESOURCE_STARTED"),
            ("terminate", "RELEASE_RESOURCE_COMPLETE"),
            ("delete", "DELETED"),
            ("delete", "NOT_FOUND"),
        ],
    )
    def test_what_shows_a_write(self, write, status):
        assert shows(write, status, BEFORE[write], Desired("started"))

    @pytest.mark.parametrize("write", lifecycle.WRITES)
    def test_the_status_before_shows_nothing(self, write):
        assert not shows(write, BEFORE[write], BEFORE[write], Desired("started"))

    def test_a_job_that_was_scheduled_and_still_is_does_not_show_a_start(self):
        assert not shows("start", "WAITING_FOR_START", "WAITING_FOR_START", Desired("started"))

    def test_a_job_that_moves_by_itself_does_not_show_a_pause(self):
        assert not shows("pause", "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", Desired("paused"))


class TestPhase:
    @pytest.mark.parametrize(
        ("status", "phase"),
        [
            ("CONFIGURATION", "waiting"),
            ("STARTJOBING", "moving"),
            ("FULL_TRANSFER_COMPLETE", "full"),
            ("INCRE_TRANSFER_STARTED", "running"),
            ("PAUSING", "paused"),
            ("PAUSEING", "paused"),
            ("RELEASE_RESOURCE_STARTED", "stopping"),
            ("RELEASE_RESOURCE_COMPLETE", "ended"),
            ("DELETED", "deleted"),
            ("INCRE_TRANSFER_FAILED", "failed"),
            ("A_FAILED_ONE", "other"),
            ("NEVER_HEARD_OF", "other"),
            (None, "other"),
        ],
    )
    def test_a_status_in_one_word(self, status, phase):
        assert lifecycle.phase(status) == phase

    def test_every_status_has_one(self):
        assert [status for status in lifecycle.STATUSES if lifecycle.phase(status) == "other"] == ["NOT_FOUND"]

    def test_a_job_that_runs_is_one_that_a_pause_may_still_come_to(self):
        paused = {"pause", ""}
        assert {plan(status, Desired("paused")).write for status in lifecycle.RUNNING} <= paused
        assert lifecycle.RUNNING.isdisjoint({"PAUSING", "CONFIGURATION", "DELETED", "NOT_FOUND"})
        assert {"INCRE_TRANSFER_STARTED", "STARTJOBING", "CHANGE_JOB_STARTED"} <= lifecycle.RUNNING


class TestRestricted:
    def test_only_a_job_that_has_not_failed(self):
        for status in ("INCRE_TRANSFER_FAILED", "FULL_TRANSFER_FAILED"):
            decision = plan(status, Desired("paused", healthy_only=True))
            assert (decision.kind, decision.reason) == ("fail", "illegal_status")
            assert decision.words == "it has failed, and to bring it back later would be a retry that nobody requested"
            assert plan(status, Desired("paused")).write == "pause"
        assert plan("INCRE_TRANSFER_STARTED", Desired("paused", healthy_only=True)).write == "pause"
        assert plan("PAUSING", Desired("paused", healthy_only=True)).kind == "reached"

    def test_only_allowed_writes(self):
        some = frozenset(("resume", "pause"))
        assert plan("PAUSING", Desired("started", allowed=some)).write == "resume"
        decision = plan("INCRE_TRANSFER_FAILED", Desired("started", allowed=some))
        assert (decision.kind, decision.reason) == ("fail", "action_not_allowed")
        assert decision.words == "it needs the action retry, and the allowed actions are: pause, resume"
        assert plan("INCRE_TRANSFER_STARTED", Desired("started", allowed=frozenset())).kind == "reached"
        assert plan("PAUSING", Desired("started", allowed=frozenset())).reason == "action_not_allowed"
        assert plan("CREATING", Desired("started", allowed=frozenset())).reason == "illegal_status"
        decision = plan("PAUSING", Desired("started", allowed=frozenset()))
        assert decision.words == "it needs the action resume, and the allowed actions are: none"

    @pytest.mark.parametrize("status", ["INCRE_TRANSFER_STARTED", "STARTJOBING", "PAUSEING"])
    @pytest.mark.parametrize(
        ("allowed", "missing"),
        [
            (("delete", "force_terminate"), None),
            (("force_terminate",), "delete"),
            (("delete",), "force_terminate"),
            (("delete", "terminate"), "force_terminate"),
        ],
    )
    def test_all_writes_that_a_deletion_needs_must_be_allowed(self, status, allowed, missing):
        decision = plan(status, Desired("deleted", force=True, allowed=frozenset(allowed)))
        assert decision.write == ("" if missing else "force_terminate")
        assert missing is None or decision.words.startswith("it needs the action %s, and " % missing)

    def test_one_write_is_all_that_a_stop_by_force_needs(self):
        forced = Desired("stopped", force=True, allowed=frozenset(("force_terminate",)))
        assert plan("INCRE_TRANSFER_STARTED", forced).write == "force_terminate"

    @pytest.mark.parametrize(("status", "state"), [("CHANGE_JOB_STARTED", "paused"), ("STARTJOBING", "stopped")])
    def test_what_is_blocked_is_judged_by_what_it_will_need(self, status, state):
        allowed = frozenset(("pause", "terminate"))
        assert plan(status, Desired(state, allowed=allowed)).kind == "blocked"
        assert plan(status, Desired(state, allowed=frozenset(("resume",)))).reason == "action_not_allowed"


def test_a_paused_status_is_shown_with_its_meaning():
    assert [shown(status) for status in ("PAUSING", "INCRE_TRANSFER_STARTED")] == [
        "PAUSING (paused)",
        "INCRE_TRANSFER_STARTED",
    ]
