# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of states, written out a second time and compared cell by cell."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _lifecycle as lifecycle
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Wish, after, foreseen, plan, shows

# A cell is what happens without force, and after a slash with it. "!word" fails with that reason.
PLAN = """
                                 started     paused    stopped                    deleted
CREATING                         !illegal    !illegal  terminate/force_terminate  !force_needed/force_terminate
CONFIGURATION                    start       !illegal  terminate/force_terminate  !force_needed/force_terminate
WAITING_FOR_START                start       !illegal  terminate/force_terminate  !force_needed/force_terminate
STARTJOBING                      on_its_way  later     later/force_terminate      !force_needed/force_terminate
FULL_TRANSFER_STARTED            there       pause     terminate/force_terminate  !force_needed/force_terminate
FULL_TRANSFER_COMPLETE           there       pause     terminate/force_terminate  !force_needed/force_terminate
INCRE_TRANSFER_STARTED           there       pause     terminate/force_terminate  !force_needed/force_terminate
FULL_TRANSFER_FAILED             retry       pause     terminate/force_terminate  !force_needed/force_terminate
INCRE_TRANSFER_FAILED            retry       pause     terminate/force_terminate  !force_needed/force_terminate
START_JOB_FAILED                 retry       !illegal  terminate/force_terminate  !force_needed/force_terminate
CHILD_TRANSFER_FAILED            retry       !illegal  terminate/force_terminate  !force_needed/force_terminate
PAUSING                          resume      there     terminate/force_terminate  !force_needed/force_terminate
PAUSEING                         resume      there     terminate/force_terminate  !force_needed/force_terminate
CHANGE_JOB_STARTED               later       later     later/force_terminate      !force_needed/force_terminate
REBUILD_NODE_STARTED             later       later     later/force_terminate      !force_needed/force_terminate
NODE_UPGRADE_START               later       later     later/force_terminate      !force_needed/force_terminate
CHILD_TRANSFER_STARTING          on_its_way  !illegal  later/force_terminate      !force_needed/force_terminate
CHILD_TRANSFER_STARTED           there       !illegal  terminate/force_terminate  !force_needed/force_terminate
CHILD_TRANSFER_COMPLETE          there       !illegal  terminate/force_terminate  !force_needed/force_terminate
NODE_UPGRADE_COMPLETE            there       !illegal  terminate/force_terminate  !force_needed/force_terminate
CHANGE_JOB_FAILED                !illegal    !illegal  terminate/force_terminate  !force_needed/force_terminate
REBUILD_NODE_FAILED              !illegal    !illegal  terminate/force_terminate  !force_needed/force_terminate
NODE_UPGRADE_FAILED              !illegal    !illegal  terminate/force_terminate  !force_needed/force_terminate
RELEASE_RESOURCE_STARTED         !illegal    !illegal  on_its_way                 later
RELEASE_CHILD_TRANSFER_STARTED   !illegal    !illegal  on_its_way                 later
RELEASE_RESOURCE_FAILED          !illegal    !illegal  terminate/force_terminate  !force_needed/force_terminate
RELEASE_RESOURCE_COMPLETE        !illegal    !illegal  there                      delete
RELEASE_CHILD_TRANSFER_COMPLETE  !illegal    !illegal  there                      delete
CREATE_FAILED                    !illegal    !illegal  there                      delete
DELETED                          !no_job     !no_job   there                      there
NOT_FOUND                        !no_job     !no_job   !no_job                    there
FROZEN                           !unknown    !unknown  !unknown                   !unknown
"""

# How a status read after an accepted write counts: w waiting, t there, f failed. BEFORE: where it was made from.
AFTER = """
                                start  resume  retry  pause  terminate  force_terminate  delete
CREATING                        w      w       w      w      w          w                f
CONFIGURATION                   w      w       w      w      w          w                f
WAITING_FOR_START               w      w       w      w      w          w                f
STARTJOBING                     w      w       w      w      w          w                f
FULL_TRANSFER_STARTED           t      t       t      w      w          w                f
FULL_TRANSFER_COMPLETE          t      t       t      w      w          w                f
INCRE_TRANSFER_STARTED          t      t       t      w      w          w                f
FULL_TRANSFER_FAILED            f      f       f      f      w          w                f
INCRE_TRANSFER_FAILED           f      f       w      f      w          w                f
START_JOB_FAILED                f      f       f      f      w          w                f
CHILD_TRANSFER_FAILED           f      f       f      f      w          w                f
PAUSING                         w      w       w      t      w          w                f
PAUSEING                        w      w       w      t      w          w                f
CHANGE_JOB_STARTED              w      w       w      w      w          w                f
REBUILD_NODE_STARTED            w      w       w      w      w          w                f
NODE_UPGRADE_START              w      w       w      w      w          w                f
CHILD_TRANSFER_STARTING         w      w       w      w      w          w                f
CHILD_TRANSFER_STARTED          t      t       t      w      w          w                f
CHILD_TRANSFER_COMPLETE         t      t       t      w      w          w                f
NODE_UPGRADE_COMPLETE           t      t       t      w      w          w                f
CHANGE_JOB_FAILED               w      f       f      f      w          w                f
REBUILD_NODE_FAILED             w      f       f      f      w          w                f
NODE_UPGRADE_FAILED             w      f       f      f      w          w                f
RELEASE_RESOURCE_STARTED        f      f       f      f      w          w                f
RELEASE_CHILD_TRANSFER_STARTED  f      f       f      f      w          w                f
RELEASE_RESOURCE_FAILED         f      f       f      f      f          f                f
RELEASE_RESOURCE_COMPLETE       f      f       f      f      t          t                w
RELEASE_CHILD_TRANSFER_COMPLETE f      f       f      f      t          t                f
CREATE_FAILED                   w      f       f      f      t          t                f
DELETED                         f      f       f      f      t          t                t
NOT_FOUND                       f      f       f      f      f          f                t
FROZEN                          w      w       w      w      w          w                f
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


def word(step):
    reason = SHORT.get(step.reason, step.reason)
    return {"send": step.write, "fail": "!%s" % reason, "on its way": "on_its_way"}.get(step.kind, step.kind)


@pytest.mark.parametrize(("status", "row"), rows(PLAN))
@pytest.mark.parametrize("force", [False, True])
def test_plan(status, row, force):
    steps = {state: plan(status, Wish(state, force)) for state in row}
    expected = {state: cell.split("/")[-1 if force else 0] for state, cell in row.items()}
    assert {state: word(step) for state, step in steps.items()} == expected
    assert all(step.words for step in steps.values() if step.kind == "fail"), "a failure says why"


def test_an_unknown_status_says_so():
    assert plan("FROZEN", Wish("started")).words == (
        "this version of the collection does not know it, so nothing was sent"
    )


def test_the_tables_here_hold_every_status():
    statuses = {status for status, _row in rows(PLAN)} - {"FROZEN", "PAUSEING"}
    assert statuses == set(lifecycle.STATUSES)
    assert {status for status, _row in rows(AFTER)} == statuses | {"FROZEN", "PAUSEING"}


@pytest.mark.parametrize(("status", "row"), rows(AFTER))
def test_after(status, row):
    assert {write: after(write, status, BEFORE[write], Wish("started"))[0] for write in row} == row


@pytest.mark.parametrize("write", lifecycle.WRITES)
def test_the_status_before_waits_until_it_has_settled(write):
    assert {after(write, before, before, Wish("started")) for before in lifecycle.STATUSES} == {"waiting"}


@pytest.mark.parametrize(
    ("write", "before", "returned", "expected"),
    [
        ("retry", "INCRE_TRANSFER_FAILED", False, "failed"),
        ("retry", "START_JOB_FAILED", False, "failed"),
        ("resume", "PAUSING", False, "waiting"),
        ("resume", "PAUSING", True, "failed"),
        ("start", "CONFIGURATION", True, "waiting"),
        ("pause", "INCRE_TRANSFER_FAILED", False, "waiting"),
        ("pause", "INCRE_TRANSFER_FAILED", True, "waiting"),
        ("terminate", "RELEASE_RESOURCE_FAILED", False, "failed"),
        ("terminate", "INCRE_TRANSFER_FAILED", True, "waiting"),
        ("delete", "CREATE_FAILED", True, "waiting"),
    ],
)
def test_the_status_before_once_it_has_settled(write, before, returned, expected):
    assert after(write, before, before, Wish("started"), returned=returned, settled=True) == expected


def test_a_job_has_not_come_back_unless_told():
    assert after("resume", "PAUSING", "PAUSING", Wish("started"), settled=True) == "waiting"


class TestStartTime:
    @pytest.mark.parametrize("past", [False, True])
    def test_a_scheduled_job_is_there(self, past):
        assert plan("WAITING_FOR_START", Wish("started", start_time=FAR), past).kind == "there"

    def test_a_configured_job_is_started(self):
        assert plan("CONFIGURATION", Wish("started", start_time=FAR)).write == "start"

    def test_a_past_time_is_refused_where_a_start_would_be_sent(self):
        step = plan("CONFIGURATION", Wish("started", start_time=1), True)
        assert step.reason == "start_time_past"
        assert step.words == "its start_time has passed: give a later one, or leave it out to start at once"

    @pytest.mark.parametrize("status", [s for s in lifecycle.STATUSES if plan(s, Wish("started")).write != "start"])
    def test_a_past_time_matters_for_no_other_job(self, status):
        assert plan(status, Wish("started", start_time=1), True) == plan(status, Wish("started", start_time=FAR))

    @pytest.mark.parametrize("status", ["PAUSING", "INCRE_TRANSFER_FAILED", "START_JOB_FAILED"])
    def test_it_is_refused_with_a_resume_or_a_retry(self, status):
        step = plan(status, Wish("started", start_time=FAR))
        assert word(step) == "!illegal"
        write = "resume" if status == "PAUSING" else "retry"
        assert step.words == ("a %s acts at once and takes no start_time: leave start_time out for this job" % write)

    def test_it_matters_for_no_other_state(self):
        for status, state in itertools.product(lifecycle.STATUSES, ("paused", "stopped", "deleted")):
            assert plan(status, Wish(state, start_time=1), True) == plan(status, Wish(state))

    def test_after_a_start_the_schedule_is_what_was_wanted(self):
        assert after("start", "WAITING_FOR_START", "CONFIGURATION", Wish("started", start_time=FAR)) == "there"

    def test_an_overridden_schedule_is_told(self):
        assert "schedule" in plan("WAITING_FOR_START", Wish("started")).words


class TestOnlyInit:
    WISH = Wish("started", only_init=True)

    def test_a_configured_job_is_started(self):
        assert plan("CONFIGURATION", self.WISH).write == "start"

    @pytest.mark.parametrize(
        "status", ["STARTJOBING", "WAITING_FOR_START", "PAUSING", "CHANGE_JOB_STARTED", "INCRE_TRANSFER_STARTED"]
    )
    def test_a_job_that_left_configuration_is_there(self, status):
        assert plan(status, self.WISH).kind == "there"
        assert after("start", status, "CONFIGURATION", self.WISH) == "there"

    @pytest.mark.parametrize("status", ["CONFIGURATION", "FROZEN", "CREATING"])
    @pytest.mark.parametrize("before", ["CONFIGURATION", "WAITING_FOR_START"])
    def test_one_that_did_not_is_waited_for(self, status, before):
        assert after("start", status, before, self.WISH) == "waiting"

    @pytest.mark.parametrize("status", ["START_JOB_FAILED", "DELETED", "RELEASE_RESOURCE_STARTED", "NOT_FOUND"])
    def test_a_failure_is_one(self, status):
        assert after("start", status, "CONFIGURATION", self.WISH) == "failed"

    @pytest.mark.parametrize(
        "status", ["CREATING", "START_JOB_FAILED", "RELEASE_RESOURCE_COMPLETE", "NOT_FOUND", "FROZEN"]
    )
    def test_the_table_stands_for_what_is_not_started(self, status):
        assert plan(status, self.WISH) == plan(status, Wish("started"))


class TestForeseen:
    @pytest.mark.parametrize("state", lifecycle.STATES)
    @pytest.mark.parametrize("force", [False, True])
    def test_it_ends_in_something_that_is_not_later(self, state, force):
        for status in lifecycle.STATUSES:
            step, predicted = foreseen(status, Wish(state, force))
            assert step.kind != "later", status
            assert predicted == (plan(status, Wish(state, force)).kind == "later"), status

    @pytest.mark.parametrize(
        ("status", "state", "expected"),
        [
            ("STARTJOBING", "paused", "pause"),
            ("STARTJOBING", "stopped", "terminate"),
            ("CHANGE_JOB_STARTED", "started", "there"),
            ("REBUILD_NODE_STARTED", "paused", "pause"),
            ("NODE_UPGRADE_START", "paused", "!illegal"),
            ("NODE_UPGRADE_START", "started", "there"),
            ("CHILD_TRANSFER_STARTING", "stopped", "terminate"),
            ("RELEASE_RESOURCE_STARTED", "deleted", "delete"),
            ("RELEASE_CHILD_TRANSFER_STARTED", "deleted", "delete"),
        ],
    )
    def test_what_follows(self, status, state, expected):
        assert word(foreseen(status, Wish(state))[0]) == expected

    def test_a_start_time_is_to_come_unless_told(self):
        wish = Wish("started", start_time=FAR)
        assert foreseen("CONFIGURATION", wish)[0].write == "start"
        assert foreseen("CONFIGURATION", wish, True)[0].reason == "start_time_past"


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
        assert shows(write, status, BEFORE[write], Wish("started"))

    @pytest.mark.parametrize("write", lifecycle.WRITES)
    def test_the_status_before_shows_nothing(self, write):
        assert not shows(write, BEFORE[write], BEFORE[write], Wish("started"))

    def test_a_job_that_was_scheduled_and_still_is_does_not_show_a_start(self):
        assert not shows("start", "WAITING_FOR_START", "WAITING_FOR_START", Wish("started"))

    def test_a_job_that_moves_by_itself_does_not_show_a_pause(self):
        assert not shows("pause", "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", Wish("paused"))
