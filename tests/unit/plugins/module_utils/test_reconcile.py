# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision for one job: tables of cases, and what holds whatever the service answers."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import BillingOrder, Reading, WriteResult
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import OUTCOMES
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import FAMILY, Desired
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import (
    ACCEPTED,
    IN_PART,
    LOST,
    UNSUBSCRIBE,
    Denials,
    Done,
    Moment,
    Refusal,
    Rules,
    Send,
    Sent,
    State,
    WaitUntil,
    after_closing,
    after_denial,
    after_details,
    after_write,
    close,
    planned,
    predicted,
    reconcile,
)
from hypothesis import given, settings
from hypothesis import strategies as st

NOW, WALL = 1000.0, 1780272000.0
SETTLE = 30.0
RULES = Rules(
    wait=True,
    check_mode=False,
    deadline=NOW + 900,
    wait_interval=10.0,
    settle_time=SETTLE,
    busy_timeout=300.0,
    batch_size=10,
    allow_paid_order=False,
)
IMPATIENT, CHECK = RULES._replace(wait=False), RULES._replace(check_mode=True)
MOMENT = Moment(NOW, WALL)
RUNNING, CONFIGURED, STARTING, PAUSED = "INCRE_TRANSFER_STARTED", "CONFIGURATION", "STARTJOBING", "PAUSING"
FAILED, ENDING, ENDED = "INCRE_TRANSFER_FAILED", "RELEASE_RESOURCE_STARTED", "RELEASE_RESOURCE_COMPLETE"
CHANGING = "CHANGE_JOB_STARTED"
START, PAUSE, STOP, DELETE = map(Desired, ("started", "paused", "stopped", "deleted"))
FORCED = Desired("deleted", force=True)

UNREADABLE = Reading(_answers.UNREADABLE, code="500", msg="broken", at=NOW)
THROTTLED = Reading(_answers.UNREADABLE, code="DRS.M01503", throttled=True, at=NOW)
NOT_TOLD = Reading(_answers.REFUSED, code="DRS.M00302", at=NOW)
UNAUTHORIZED = Reading(_answers.UNAUTHORIZED, code="APIGW.0301", http=401, at=NOW)
MISSING = Reading(_answers.MISSING, msg="no row", at=NOW)

OK = WriteResult(_answers.ACCEPTED, request_id="r-ok")
GONE_ASTRAY = WriteResult(_answers.LOST, msg="connection reset", request_id="r-lost")
BUSY = WriteResult(_answers.BUSY, code="DRS.M01504", request_id="r-busy")
REFUSED = WriteResult(_answers.REFUSED, code="DRS.M00302", request_id="r-no")
WRONG_STATUS = WriteResult(_answers.REFUSED, code="DRS.M00304", request_id="r-304", of_status=True)
UNSENT = WriteResult(_answers.UNSENT, msg="no connection", request_id="r-unsent")
UNSENT_IN_PART = UNSENT._replace(code="DRS.M01503", throttled=True, in_part=True)
SPLIT = WriteResult(_answers.SPLIT, code="DRS.M00001", request_id="r-split", in_part=True)
CLOSED = WriteResult(_answers.UNAUTHORIZED, code="APIGW.0301", request_id="r-401", http=401)


def read(status, **more):
    return Reading(_answers.READ, status=status, at=NOW, **more)


def seen(status, **more):
    """The state of a job that was read with this status."""
    return State(status=status, status_before=status, seen=frozenset([status]), **more)


def sent(write, before, answer=ACCEPTED, ago=0.0, **more):
    """The state of a job after a write, so many seconds ago. more: of Sent."""
    accepted = frozenset([FAMILY[write]] if answer == ACCEPTED else [])
    return seen(
        before,
        sent=Sent(write, before, NOW - ago, answer, NOW - ago, **more),
        accepted=accepted,
        changed=bool(accepted),
        action=write,
        attempts=1,
        unsent=None if answer == ACCEPTED else GONE_ASTRAY,
    )


def refused(status, result=WRONG_STATUS, ago=0.0, **more):
    """The state of a job of which a write was refused."""
    final = more.pop("final", False)
    return seen(status, refusal=Refusal(status, result, NOW - ago, final), attempts=1, **more)


def at(seconds):
    return MOMENT._replace(now=NOW + seconds)


def decide(desired, state, reading, moment=MOMENT, rules=RULES):
    """What follows a read: (a word and what it is about; the state)."""
    state, following = reconcile(desired, state, reading, moment, rules)
    return brief(following, moment), state


def brief(following, moment=MOMENT):
    """Short and comparable: seconds from the moment on, and no texts."""
    if isinstance(following, Send):
        return ("send", following.write, following.needs_order)
    if isinstance(following, WaitUntil):
        return ("wait", following.at - moment.now, following.poll)
    return (following.outcome, following.reason)


POLL = ("wait", float("inf"), True)


class TestFirstReading:
    @pytest.mark.parametrize(
        ("desired", "status", "expected"),
        [
            (START, RUNNING, ("ok", None)),
            (PAUSE, PAUSED, ("ok", None)),
            (STOP, ENDED, ("ok", None)),
            (DELETE, "DELETED", ("ok", None)),
            (DELETE, "NOT_FOUND", ("ok", None)),
            (START, CONFIGURED, ("send", "start", True)),
            (START, PAUSED, ("send", "resume", False)),
            (START, FAILED, ("send", "retry", False)),
            (PAUSE, RUNNING, ("send", "pause", False)),
            (STOP, RUNNING, ("send", "terminate", False)),
            (FORCED, RUNNING, ("send", "force_terminate", False)),
            (DELETE, ENDED, ("send", "delete", False)),
            (START, STARTING, POLL),
            (PAUSE, STARTING, POLL),
            (PAUSE, CHANGING, POLL),
            (PAUSE, CONFIGURED, ("failed", "illegal_status")),
            (STOP, "NOT_FOUND", ("failed", "no_such_job")),
            (DELETE, RUNNING, ("failed", "running_needs_force")),
            (START, "FROZEN", ("failed", "unknown_status")),
            (START, None, ("failed", "unknown_status")),
        ],
    )
    def test_the_table_decides(self, desired, status, expected):
        decision, state = decide(desired, State(), read(status, name="orders", request_id="r-read"))
        assert decision == expected
        assert (state.status, state.status_before, state.name) == (status or "", status or "", "orders")
        assert (state.read_at, state.changed, state.request_id) == (NOW, False, None)
        assert state.seen == {status or ""}

    @pytest.mark.parametrize(
        ("desired", "status", "expected"),
        [
            (START, RUNNING, ("ok", None)),
            (START, STARTING, ("accepted", None)),
            (PAUSE, STARTING, ("failed", "illegal_status")),
            (PAUSE, RUNNING, ("send", "pause", False)),
        ],
    )
    def test_without_waiting(self, desired, status, expected):
        assert decide(desired, State(), read(status), rules=IMPATIENT)[0] == expected

    @pytest.mark.parametrize(
        ("desired", "status", "expected", "foretold"),
        [
            (START, RUNNING, ("ok", None), False),
            (START, STARTING, ("ok", None), False),
            (PAUSE, STARTING, ("send", "pause", False), True),
            (PAUSE, RUNNING, ("send", "pause", False), False),
            (STOP, "CHILD_TRANSFER_STARTING", ("send", "terminate", False), True),
            (PAUSE, "NODE_UPGRADE_START", ("failed", "illegal_status"), True),
        ],
    )
    def test_in_check_mode(self, desired, status, expected, foretold):
        decision, state = decide(desired, State(), read(status), rules=CHECK)
        assert (decision, state.predicted) == (expected, foretold)

    def test_check_mode_without_waiting_predicts_no_status(self):
        decision, state = decide(PAUSE, State(), read(STARTING), rules=CHECK._replace(wait=False))
        assert (decision, state.predicted) == (("failed", "illegal_status"), False)

    def test_check_mode_knows_the_time(self):
        desired = START._replace(start_time=int(WALL * 1000))
        assert decide(desired, State(), read(CONFIGURED), rules=CHECK)[0] == ("failed", "start_time_past")

    @pytest.mark.parametrize(
        ("before", "reading", "name"), [(None, None, None), ("a", None, "a"), (None, "b", "b"), ("a", "b", "b")]
    )
    def test_the_name(self, before, reading, name):
        assert decide(PAUSE, State(name=before), read(RUNNING, name=reading))[1].name == name

    def test_what_was_seen_is_kept(self):
        state = decide(PAUSE, seen(STARTING), read(RUNNING))[1]
        assert (state.status, state.status_before, state.seen) == (RUNNING, STARTING, {RUNNING, STARTING})

    def test_a_status_makes_up_for_what_could_not_be_read(self):
        before = seen(STARTING, unread=UNREADABLE, missing_since=NOW, denied=Denials(NOW, 2))
        state = decide(PAUSE, before, read(RUNNING))[1]
        assert (state.unread, state.missing_since, state.denied) == (None, None, None)

    def test_a_warning_comes_with_the_write(self):
        decision, state = decide(START, State(), read("WAITING_FOR_START"))
        assert decision == ("send", "start", True)
        assert state.warning == "it was scheduled for later, and its schedule is overridden: it starts now"
        # It stays, where the job reaches the desired state.
        assert decide(START, state._replace(sent=sent("start", "WAITING_FOR_START").sent), read(RUNNING))[1].warning

    @pytest.mark.parametrize(("early", "kind"), [(-1, "fail"), (0, "fail"), (1, "send")])
    def test_a_start_time(self, early, kind):
        desired = START._replace(start_time=int(WALL * 1000) + early)
        assert planned(desired, seen(CONFIGURED), MOMENT).kind == kind

    def test_a_job_without_a_status_is_planned_as_unknown(self):
        assert planned(START, State(), MOMENT).reason == "unknown_status"

    def test_a_prediction(self):
        state, done = predicted(State(), "pause", CHECK)
        assert (state.action, state.changed, brief(done)) == ("pause", True, ("ok", None))
        assert brief(predicted(State(), "pause", CHECK._replace(wait=False))[1]) == ("accepted", None)


class TestNoStatus:
    ACCEPTED_PAUSE = sent("pause", RUNNING)
    LOST_PAUSE = sent("pause", RUNNING, LOST)
    STOPPED_BEFORE = seen(ENDED, accepted=frozenset(["stop"]), changed=True)

    @pytest.mark.parametrize(
        ("state", "reading", "wait", "no_wait"),
        [
            (State(), UNREADABLE, POLL, ("not_attempted", "unreadable")),
            (State(), THROTTLED, POLL, POLL),
            (State(), NOT_TOLD, ("failed", "refused"), ("failed", "refused")),
            (State(), UNAUTHORIZED, POLL, POLL),
            (seen(RUNNING), UNREADABLE, POLL, ("not_attempted", "unreadable")),
            (seen(RUNNING), NOT_TOLD, ("failed", "refused"), ("failed", "refused")),
            (ACCEPTED_PAUSE, UNREADABLE, POLL, POLL),
            (ACCEPTED_PAUSE, NOT_TOLD, POLL, POLL),
            (LOST_PAUSE, NOT_TOLD, POLL, POLL),
            (LOST_PAUSE, UNREADABLE, POLL, POLL),
            (STOPPED_BEFORE, NOT_TOLD, POLL, POLL),
            (STOPPED_BEFORE, UNREADABLE, POLL, POLL),
        ],
    )
    def test_what_follows(self, state, reading, wait, no_wait):
        decision, after = decide(PAUSE, state._replace(missing_since=NOW), reading)
        assert decision == wait
        assert (after.unread, after.missing_since) == (reading, None)
        assert decide(PAUSE, state, reading, rules=IMPATIENT)[0] == no_wait

    def test_an_unreadable_answer_ends_a_row_of_refusals(self):
        state = self.ACCEPTED_PAUSE._replace(denied=Denials(NOW - 90, 2))
        assert decide(PAUSE, state, UNREADABLE)[1].denied is None
        assert decide(PAUSE, state, NOT_TOLD)[0] == ("unknown", "unreadable")

    @pytest.mark.parametrize(
        ("reading", "outcome", "final"),
        [(NOT_TOLD, "unknown", False), (UNAUTHORIZED, "unknown", True)],
    )
    def test_refusals_that_are_final(self, reading, outcome, final):
        state = self.ACCEPTED_PAUSE._replace(denied=Denials(NOW - SETTLE, 2))
        _state, done = reconcile(PAUSE, state, reading, MOMENT, RULES)
        assert done == Done(outcome, "unreadable", "its status could not be read", reading, final)

    def test_a_run_that_is_not_authorized(self):
        _state, done = reconcile(PAUSE, State(), UNAUTHORIZED, MOMENT._replace(authorized=False), RULES)
        words = "its status could not be read, and nothing was sent"
        assert done == Done("not_attempted", "unreadable", words, UNAUTHORIZED, True)

    def test_a_refusal_says_so(self):
        _state, done = reconcile(PAUSE, State(), NOT_TOLD, MOMENT, RULES)
        assert done == Done("failed", "refused", "the service refused to report its status", NOT_TOLD)

    def test_a_moment_is_authorized_and_open_unless_it_says_otherwise(self):
        assert Moment(NOW, WALL) == (NOW, WALL, True, {})


class TestDenials:
    @pytest.mark.parametrize(
        ("denials", "reading", "authorized", "final"),
        [
            (None, UNAUTHORIZED, True, False),
            (None, UNAUTHORIZED, False, True),
            (None, NOT_TOLD, False, False),
            (None, UNAUTHORIZED._replace(final=True), True, True),
            (None, NOT_TOLD._replace(final=True), True, False),
            (Denials(NOW - 90, 1), UNAUTHORIZED, True, False),
            (Denials(NOW - 90, 2), UNAUTHORIZED, True, True),
            (Denials(NOW - 90, 2), NOT_TOLD, True, True),
            (Denials(NOW - 30, 2), UNAUTHORIZED, True, True),
            (Denials(NOW - 29.9, 2), UNAUTHORIZED, True, False),
            (Denials(NOW - 29.9, 9), UNAUTHORIZED, True, False),
            (Denials(NOW, 1), UNAUTHORIZED._replace(fixed_credentials=True), True, False),
            (Denials(NOW, 2), UNAUTHORIZED._replace(fixed_credentials=True), True, False),
            (Denials(NOW, 2, 2), UNAUTHORIZED._replace(fixed_credentials=True), True, True),
            (Denials(NOW, 2, 2), UNAUTHORIZED, True, False),
        ],
    )
    def test_when_they_are_final(self, denials, reading, authorized, final):
        after, ends = after_denial(denials, reading, NOW, authorized, SETTLE)
        assert ends == final
        since, number, fixed = denials or Denials(NOW, 0)
        assert after == Denials(since, number + 1, fixed + 1 if reading.fixed_credentials else 0)

    def test_three_401s_of_fixed_credentials_are_counted_by_themselves(self):
        denials = None
        for reading in (NOT_TOLD, NOT_TOLD, UNAUTHORIZED._replace(fixed_credentials=True)):
            denials, final = after_denial(denials, reading, NOW, True, SETTLE)
        assert not final


class TestMissingRows:
    def test_a_job_never_seen_is_read_again_after_five_seconds(self):
        decision, state = decide(PAUSE, State(), MISSING)
        assert decision == ("wait", 5.0, False)
        assert (state.missing_since, state.unread, state.status) == (NOW, MISSING, None)
        assert decide(PAUSE, state, MISSING, at(4.9))[0] == ("wait", pytest.approx(0.1), False)
        decision, state = decide(PAUSE, state, MISSING, at(5))
        assert decision == ("failed", "no_such_job")
        assert (state.status, state.missing_since, state.unread) == ("NOT_FOUND", None, None)

    @pytest.mark.parametrize("rules", [IMPATIENT, CHECK])
    def test_without_waiting_and_in_check_mode_too(self, rules):
        decision, state = decide(PAUSE, State(), MISSING, rules=rules)
        assert decision == ("wait", 5.0, False)
        assert decide(PAUSE, state, MISSING, at(5), rules=rules)[0] == ("failed", "no_such_job")

    def test_a_job_that_was_seen_is_gone_after_settle_time(self):
        decision, state = decide(PAUSE, seen(RUNNING), MISSING)
        assert decision == ("wait", SETTLE, True)
        assert decide(PAUSE, state, MISSING, at(10))[0] == ("wait", 20, True)
        assert decide(PAUSE, state, MISSING, at(10))[1].missing_since == NOW
        assert decide(PAUSE, state, MISSING, at(SETTLE))[0] == ("failed", "no_such_job")

    def test_the_first_missing_row_is_never_enough(self):
        rules = RULES._replace(settle_time=0.0)
        assert decide(PAUSE, seen(RUNNING), MISSING, rules=rules)[0] == ("wait", 0, True)

    @pytest.mark.parametrize(
        ("desired", "state", "status", "expected"),
        [
            (DELETE, sent("delete", ENDED), "DELETED", ("ok", None)),
            (DELETE, sent("delete", ENDED, LOST), None, ("wait", SETTLE, True)),
            (DELETE, sent("delete", ENDED, IN_PART), None, ("wait", SETTLE, True)),
            (STOP, sent("terminate", RUNNING), None, ("wait", SETTLE, True)),
        ],
    )
    def test_after_a_write_of_ours(self, desired, state, status, expected):
        decision, after = decide(desired, state, MISSING)
        assert decision == expected
        assert after.status == (status or state.status)

    @pytest.mark.parametrize(
        ("desired", "state", "status", "outcome"),
        [
            (STOP, sent("terminate", RUNNING), "DELETED", "ok"),
            (STOP, sent("terminate", RUNNING, LOST), "DELETED", "ok"),
            (DELETE, sent("delete", ENDED, LOST), "DELETED", "ok"),
            (DELETE, seen(ENDED, accepted=frozenset(["stop"]), changed=True), "DELETED", "ok"),
            (DELETE, seen(ENDED), "NOT_FOUND", "ok"),
            (STOP, seen(RUNNING), "NOT_FOUND", "failed"),
            (PAUSE, sent("pause", RUNNING), "NOT_FOUND", "failed"),
        ],
    )
    def test_whether_this_run_ended_it(self, desired, state, status, outcome):
        decision, after = decide(desired, state._replace(missing_since=NOW - SETTLE), MISSING)
        assert (after.status, decision[0]) == (status, outcome)
        assert after.changed == (state.sent is not None or state.changed)
        # The same where the service says so.
        assert decide(desired, state, read("NOT_FOUND"))[1].status == status


class TestWatching:
    """After a write, until its end is seen."""

    @pytest.mark.parametrize(
        ("desired", "state", "status", "expected"),
        [
            (PAUSE, sent("pause", RUNNING), RUNNING, POLL),
            (PAUSE, sent("pause", RUNNING, ago=900), RUNNING, POLL),
            (PAUSE, sent("pause", RUNNING), PAUSED, ("ok", None)),
            (PAUSE, sent("pause", RUNNING), FAILED, ("failed", "ended_badly")),
            (START, sent("resume", PAUSED), STARTING, POLL),
            (START, sent("resume", PAUSED), CHANGING, POLL),
            (START, sent("resume", PAUSED), FAILED, ("failed", "ended_badly")),
            (START, sent("start", CONFIGURED), "START_JOB_FAILED", ("failed", "ended_badly")),
            # An accepted retry: its own status, once it has left it and lasted.
            (START, sent("retry", FAILED, ago=900), FAILED, POLL),
            (START, sent("retry", FAILED, ago=29, left=True, returned=True), FAILED, POLL),
            (START, sent("retry", FAILED, ago=30, left=True, returned=True), FAILED, ("failed", "ended_badly")),
            (STOP, sent("terminate", RUNNING), ENDING, POLL),
            (STOP, sent("terminate", "RELEASE_RESOURCE_FAILED", ago=29), "RELEASE_RESOURCE_FAILED", POLL),
            (
                STOP,
                sent("terminate", "RELEASE_RESOURCE_FAILED", ago=30),
                "RELEASE_RESOURCE_FAILED",
                ("failed", "ended_badly"),
            ),
            (FORCED, sent("force_terminate", RUNNING), ENDED, ("send", "delete", False)),
            (FORCED, sent("delete", ENDED), RUNNING, ("failed", "ended_badly")),
        ],
    )
    def test_after_an_accepted_one(self, desired, state, status, expected):
        decision, after = decide(desired, state, read(status))
        assert decision == expected
        assert after.changed

    def test_what_failed_is_named(self):
        _state, done = reconcile(PAUSE, sent("pause", RUNNING), read(FAILED), MOMENT, RULES)
        assert done == Done("failed", "ended_badly", "after pause it went to INCRE_TRANSFER_FAILED", read(FAILED))

    def test_a_status_seen_before_may_be_stale_after_a_delete(self):
        state = sent("delete", ENDED)._replace(seen=frozenset([RUNNING, ENDED]))
        assert decide(FORCED, state, read(RUNNING), at(29))[0] == POLL
        assert decide(FORCED, state, read(RUNNING), at(30))[0] == ("failed", "ended_badly")

    def test_leaving_and_returning(self):
        state = sent("retry", FAILED)
        state = decide(START, state, read(FAILED), at(1))[1]
        assert (state.sent.left, state.sent.returned, state.sent.since) == (False, False, NOW)
        state = decide(START, state, read(STARTING), at(2))[1]
        assert (state.sent.left, state.sent.returned) == (True, False)
        state = decide(START, state, read(FAILED), at(3))[1]
        assert (state.sent.left, state.sent.returned, state.sent.since) == (True, True, NOW + 3)
        state = decide(START, state, read(FAILED), at(4))[1]
        assert state.sent.since == NOW + 3
        state = decide(START, state, read(STARTING), at(5))[1]
        assert not state.sent.returned
        state = decide(START, state, read(FAILED), at(6))[1]
        assert (state.sent.returned, state.sent.since) == (True, NOW + 6)

    @pytest.mark.parametrize("answer", [LOST, IN_PART])
    @pytest.mark.parametrize(
        ("desired", "write", "before", "status"),
        [
            (START, "start", CONFIGURED, STARTING),
            (START, "resume", PAUSED, CHANGING),
            (STOP, "terminate", RUNNING, ENDING),
            (FORCED, "force_terminate", RUNNING, ENDED),
        ],
    )
    def test_a_status_that_shows_an_unsure_one(self, answer, desired, write, before, status):
        before = sent(write, before, answer)._replace(busy_since=NOW, pauses=3, not_before=NOW, most=2)
        state = decide(desired, before, read(status))[1]
        assert (state.accepted, state.changed) == ({FAMILY[write]}, True)
        assert (state.unsent, state.busy_since, state.pauses, state.not_before, state.most) == (
            None,
            None,
            0,
            0.0,
            None,
        )
        if state.sent:
            assert state.sent.answer == ACCEPTED
        assert decide(desired, before, read(status), rules=IMPATIENT)[0] == ("accepted", None)

    @pytest.mark.parametrize("answer", [LOST, IN_PART])
    def test_the_desired_state_shows_it(self, answer):
        decision, state = decide(PAUSE, sent("pause", RUNNING, answer), read(PAUSED))
        assert (decision, state.changed) == (("ok", None), True)

    @pytest.mark.parametrize(
        ("desired", "state", "status", "expected"),
        [
            # read until settle_time, then sent a second time
            (PAUSE, sent("pause", RUNNING, LOST), RUNNING, ("wait", 30, True)),
            (PAUSE, sent("pause", RUNNING, LOST, ago=29), RUNNING, ("wait", 1, True)),
            (PAUSE, sent("pause", RUNNING, LOST, ago=30), RUNNING, ("send", "pause", False)),
            (PAUSE, sent("pause", RUNNING, LOST, ago=30), "FULL_TRANSFER_STARTED", ("send", "pause", False)),
            (PAUSE, sent("pause", RUNNING, LOST, ago=30, again=True), RUNNING, ("unknown", "lost")),
            # another write, or none, is due
            (START, sent("resume", PAUSED, LOST, ago=29), CONFIGURED, ("wait", 1, True)),
            (START, sent("resume", PAUSED, LOST, ago=30), CONFIGURED, ("unknown", "lost")),
            (PAUSE, sent("pause", RUNNING, LOST, ago=29), CHANGING, ("wait", 1, True)),
            (PAUSE, sent("pause", RUNNING, LOST, ago=30), CHANGING, POLL),
            (START, sent("retry", FAILED, LOST, ago=30), "REBUILD_NODE_STARTED", POLL),
            (PAUSE, sent("pause", RUNNING, LOST, ago=29), CONFIGURED, ("wait", 1, True)),
            (PAUSE, sent("pause", RUNNING, LOST, ago=30), CONFIGURED, ("unknown", "lost")),
            # it failed; but its own status is no sign of that
            (PAUSE, sent("pause", RUNNING, LOST), FAILED, ("failed", "ended_badly")),
            (
                STOP,
                sent("terminate", "RELEASE_RESOURCE_FAILED", LOST, ago=30),
                "RELEASE_RESOURCE_FAILED",
                ("send", "terminate", False),
            ),
        ],
    )
    def test_after_a_lost_one(self, desired, state, status, expected):
        decision, after = decide(desired, state, read(status))
        assert decision == expected
        if expected[0] in ("unknown", "failed"):
            assert after.changed

    @pytest.mark.parametrize(
        ("desired", "state", "status", "expected"),
        [
            (PAUSE, sent("pause", RUNNING, IN_PART), RUNNING, ("send", "pause", False)),
            (PAUSE, sent("pause", RUNNING, IN_PART), CHANGING, ("wait", 30, True)),
            (PAUSE, sent("pause", RUNNING, IN_PART, ago=30), CHANGING, POLL),
            (PAUSE, sent("pause", RUNNING, IN_PART, ago=29), CONFIGURED, ("wait", 1, True)),
            (PAUSE, sent("pause", RUNNING, IN_PART, ago=30), CONFIGURED, ("failed", "illegal_status")),
            (START, sent("retry", FAILED, IN_PART, ago=29), PAUSED, ("wait", 1, True)),
            (START, sent("retry", FAILED, IN_PART, ago=30), PAUSED, ("send", "resume", True)),
            (START, sent("resume", PAUSED, IN_PART), PAUSED, ("send", "resume", True)),
            (START, sent("start", CONFIGURED, IN_PART), CONFIGURED, ("send", "start", True)),
        ],
    )
    def test_after_one_in_part(self, desired, state, status, expected):
        assert decide(desired, state, read(status))[0] == expected

    def test_words_of_one_that_stays_unknown(self):
        state = sent("pause", RUNNING, LOST, ago=30, again=True)
        _state, done = reconcile(PAUSE, state, read(RUNNING), MOMENT, RULES)
        words = "the answer to pause does not say whether it was carried out, and neither does its status "
        assert done == Done("unknown", "lost", words + RUNNING, GONE_ASTRAY)
        _state, done = reconcile(PAUSE, state._replace(unsent=None), read(RUNNING), MOMENT, RULES)
        assert done.said == read(RUNNING)

    def test_words_of_one_that_the_table_refuses(self):
        words = "it is not running, so there is nothing to pause"
        state = sent("pause", RUNNING, IN_PART, ago=30)
        _state, done = reconcile(PAUSE, state, read(CONFIGURED), MOMENT, RULES)
        assert done == Done("failed", "illegal_status", words, read(CONFIGURED))
        state = sent("pause", RUNNING, LOST, ago=40)._replace(refusal=Refusal(RUNNING, WRONG_STATUS, NOW - 30))
        _state, done = reconcile(PAUSE, state, read(CONFIGURED), MOMENT, RULES)
        assert done == Done("unknown", "lost", words, read(CONFIGURED))

    def test_a_second_one_of_a_family(self):
        state = seen(ENDED, accepted=frozenset(["stop"]), changed=True)
        _state, done = reconcile(FORCED, state, read(RUNNING), MOMENT, RULES)
        words = "it needs another force_terminate, after one was accepted in this run"
        assert done == Done("failed", "ended_badly", words, read(RUNNING))

    def test_a_blocked_job_is_neither_refused_nor_busy_any_more(self):
        state = decide(PAUSE, refused(RUNNING, busy_since=NOW), read(CHANGING))[1]
        assert (state.refusal, state.busy_since) == (None, None)


class TestOrders:
    @pytest.mark.parametrize(
        ("order", "allow", "state", "status", "expected"),
        [
            # a first start
            (None, False, seen(CONFIGURED), CONFIGURED, ("send", "start", True)),
            (BillingOrder.NONE, False, seen(CONFIGURED), CONFIGURED, ("send", "start", False)),
            (BillingOrder.PLACED, False, seen(CONFIGURED), CONFIGURED, ("send", "start", False)),
            (BillingOrder.OPEN, False, seen(CONFIGURED), CONFIGURED, ("failed", "unpaid_order")),
            (None, True, seen(CONFIGURED), CONFIGURED, ("send", "start", False)),
            (BillingOrder.OPEN, True, seen(CONFIGURED), CONFIGURED, ("send", "start", False)),
            # resume and retry pay for nothing
            (None, False, seen(PAUSED), PAUSED, ("send", "resume", False)),
            (BillingOrder.OPEN, False, seen(FAILED), FAILED, ("send", "retry", False)),
            # after a lost one
            (None, True, sent("start", CONFIGURED, LOST, ago=30), CONFIGURED, ("send", "start", True)),
            (BillingOrder.NONE, True, sent("start", CONFIGURED, LOST, ago=30), CONFIGURED, ("send", "start", False)),
            (BillingOrder.PLACED, True, sent("start", CONFIGURED, LOST, ago=30), CONFIGURED, ("unknown", "lost")),
            (BillingOrder.OPEN, True, sent("start", CONFIGURED, LOST, ago=30), CONFIGURED, ("unknown", "lost")),
            (BillingOrder.OPEN, False, sent("start", CONFIGURED, LOST, ago=30), CONFIGURED, ("unknown", "lost")),
            (BillingOrder.PLACED, False, sent("resume", PAUSED, LOST, ago=30), PAUSED, ("unknown", "lost")),
            (BillingOrder.OPEN, False, sent("retry", FAILED, LOST, ago=30), FAILED, ("unknown", "lost")),
            # after one in part
            (BillingOrder.NONE, False, sent("start", CONFIGURED, IN_PART), CONFIGURED, ("send", "start", False)),
            (BillingOrder.PLACED, False, sent("start", CONFIGURED, IN_PART, ago=29), CONFIGURED, ("wait", 1, True)),
            (BillingOrder.PLACED, False, sent("retry", FAILED, IN_PART, ago=30), FAILED, ("send", "retry", False)),
            (BillingOrder.OPEN, True, sent("start", CONFIGURED, IN_PART, ago=30), CONFIGURED, ("send", "start", False)),
            (BillingOrder.OPEN, False, sent("start", CONFIGURED, IN_PART), CONFIGURED, ("failed", "unpaid_order")),
        ],
    )
    def test_what_is_sent(self, order, allow, state, status, expected):
        rules = RULES._replace(allow_paid_order=allow)
        state = state._replace(order=order, most=4)
        decision, after = decide(START, state, read(status), rules=rules)
        assert decision == expected
        alone = state.sent is not None and order not in (None, BillingOrder.NONE) and expected[0] == "send"
        assert after.most == (1 if alone else 4)

    def test_words(self):
        state = seen(CONFIGURED, order=BillingOrder.OPEN)
        words = "starting it places a yearly/monthly order and pays it: give allow_paid_order: true if that is desired"
        assert reconcile(START, state, read(CONFIGURED), MOMENT, RULES)[1] == Done("failed", "unpaid_order", words)
        state = sent("start", CONFIGURED, LOST, ago=30)._replace(order=BillingOrder.PLACED)
        words = "the answer to start was lost, and a second one might place a second order"
        assert reconcile(START, state, read(CONFIGURED), MOMENT, RULES)[1] == Done(
            "unknown", "lost", words, GONE_ASTRAY
        )

    @pytest.mark.parametrize(
        ("state", "detail", "wait", "no_wait"),
        [
            (seen(CONFIGURED), UNREADABLE, POLL, ("not_attempted", "unreadable")),
            (seen(CONFIGURED), THROTTLED, POLL, POLL),
            (seen(CONFIGURED), NOT_TOLD, ("failed", "refused"), ("failed", "refused")),
            (seen(CONFIGURED), UNAUTHORIZED, POLL, POLL),
            (seen(CONFIGURED), MISSING, POLL, POLL),
            (sent("start", CONFIGURED, LOST), UNREADABLE, POLL, POLL),
            (sent("start", CONFIGURED, LOST), NOT_TOLD, ("unknown", "lost"), ("unknown", "lost")),
            (sent("start", CONFIGURED, IN_PART), NOT_TOLD, ("failed", "refused"), ("failed", "refused")),
        ],
    )
    def test_details_that_cannot_be_read(self, state, detail, wait, no_wait):
        after, following = after_details(START, state, detail, MOMENT, RULES)
        assert brief(following) == wait
        assert (after.unread_detail, after.unread) == (detail, None)
        assert brief(after_details(START, state, detail, MOMENT, IMPATIENT)[1]) == no_wait

    def test_details_that_are_refused(self):
        words = "the service refused to report its details, which say whether a start would be paid for"
        _state, done = after_details(START, seen(CONFIGURED), NOT_TOLD, MOMENT, RULES)
        assert done == Done("failed", "refused", words, NOT_TOLD)

    def test_details_that_are_unauthorized(self):
        state = seen(CONFIGURED, detail_denied=Denials(NOW - SETTLE, 2))
        _state, done = after_details(START, state, UNAUTHORIZED, MOMENT, RULES)
        words = "its details, which say whether a start would be paid for, could not be read, and nothing was sent"
        assert done == Done("not_attempted", "unreadable", words, UNAUTHORIZED, True)
        state, following = after_details(START, state._replace(detail_denied=None), UNAUTHORIZED, MOMENT, RULES)
        assert (state.detail_denied, brief(following)) == (Denials(NOW, 1), POLL)
        _state, done = after_details(START, seen(CONFIGURED), UNAUTHORIZED, MOMENT._replace(authorized=False), RULES)
        assert done.final

    def test_an_unreadable_answer_ends_a_row_of_refusals(self):
        state = seen(CONFIGURED, detail_denied=Denials(NOW - SETTLE, 2))
        assert after_details(START, state, UNREADABLE, MOMENT, RULES)[0].detail_denied is None

    @pytest.mark.parametrize(("ago", "changed"), [(29, True), (30, True)])
    def test_details_that_stay_unreadable_after_one_in_part(self, ago, changed):
        state = sent("start", CONFIGURED, IN_PART, ago=ago)._replace(detail_denied=Denials(NOW - SETTLE, 2))
        after, done = after_details(START, state, UNAUTHORIZED, MOMENT, RULES)
        assert (done.outcome, done.reason, after.changed) == ("unknown", "unreadable", changed)

    @pytest.mark.parametrize(("ago", "changed"), [(29, True), (30, False)])
    def test_details_that_are_refused_after_one_in_part(self, ago, changed):
        state = sent("start", CONFIGURED, IN_PART, ago=ago)
        after, done = after_details(START, state, NOT_TOLD, MOMENT, RULES)
        assert (done.outcome, after.changed) == ("failed", changed)

    def test_details_are_a_reading(self):
        state = seen(CONFIGURED, unread_detail=UNREADABLE, detail_denied=Denials(NOW, 1))
        detail = read(CONFIGURED, order=BillingOrder.PLACED, name="orders")
        state, following = after_details(START, state, detail, MOMENT, RULES)
        assert brief(following) == ("send", "start", False)
        assert (state.order, state.name, state.unread_detail, state.detail_denied) == (
            BillingOrder.PLACED,
            "orders",
            None,
            None,
        )
        detail = read(RUNNING, order=BillingOrder.NONE)
        assert brief(after_details(START, state, detail, MOMENT, RULES)[1]) == ("ok", None)

    def test_details_that_are_not_needed_any_more(self):
        state, _following = after_details(START, seen(CONFIGURED), UNREADABLE, MOMENT, RULES)
        state, following = reconcile(START, state, read(STARTING), MOMENT, RULES)
        assert brief(following) == POLL
        assert brief(close(state, False, MOMENT, RULES)[1]) == ("timed_out", "deadline")


def written(state, write, result, jobs=1, not_before=NOW + 2, moment=MOMENT, rules=RULES):
    state, following = after_write(state, write, result, jobs, not_before, moment, rules)
    return brief(following, moment), state


class TestAfterAWrite:
    @pytest.mark.parametrize(
        ("result", "attempts", "action", "request_id"),
        [
            (OK, 1, "pause", "r-ok"),
            (GONE_ASTRAY, 1, "pause", "r-lost"),
            (BUSY, 1, "pause", "r-busy"),
            (REFUSED, 1, "pause", "r-no"),
            (WRONG_STATUS, 1, "pause", "r-304"),
            (SPLIT, 1, "pause", "r-split"),
            (UNSENT, 0, "none", None),
            (UNSENT_IN_PART, 0, "pause", None),
            (CLOSED, 0, "none", None),
        ],
    )
    def test_what_is_kept_for_the_result(self, result, attempts, action, request_id):
        state = written(seen(RUNNING), "pause", result)[1]
        assert (state.attempts, state.action, state.request_id) == (attempts, action, request_id)
        state = written(seen(RUNNING, action="resume", attempts=2), "pause", result)[1]
        assert (state.attempts, state.action) == (2 + attempts, "resume")

    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            (OK, POLL),
            (GONE_ASTRAY, ("wait", SETTLE, True)),
            (BUSY, ("wait", 0, True)),
            (REFUSED, ("failed", "refused")),
            (WRONG_STATUS, ("wait", 0, True)),
            (SPLIT, ("wait", 0, True)),
            (UNSENT, ("wait", 2, False)),
            (UNSENT_IN_PART, ("wait", 2, False)),
            (CLOSED, ("not_attempted", "refused")),
        ],
    )
    def test_what_follows(self, result, expected):
        assert written(seen(RUNNING), "pause", result)[0] == expected
        no_wait = ("accepted", None) if result == OK else expected
        assert written(seen(RUNNING), "pause", result, rules=IMPATIENT)[0] == no_wait

    def test_accepted(self):
        before = seen(
            RUNNING,
            refusal=Refusal(RUNNING, BUSY, NOW),
            busy_since=NOW,
            unsent=UNSENT,
            pauses=4,
            not_before=NOW,
            most=3,
            accepted=frozenset(["start"]),
        )
        state = written(before, "pause", OK)[1]
        assert state.sent == Sent("pause", RUNNING, NOW, ACCEPTED, NOW)
        assert (state.changed, state.accepted) == (True, {"start", "pause"})
        assert (state.refusal, state.busy_since, state.unsent) == (None, None, None)
        assert (state.pauses, state.not_before, state.most) == (0, 0.0, None)

    def test_lost(self):
        state = written(refused(RUNNING), "pause", GONE_ASTRAY)[1]
        assert state.sent == Sent("pause", RUNNING, NOW, LOST, NOW)
        assert (state.refusal, state.unsent, state.changed) == (None, GONE_ASTRAY, False)
        assert written(state, "pause", GONE_ASTRAY)[1].sent.again
        assert not written(sent("pause", RUNNING, IN_PART), "pause", GONE_ASTRAY)[1].sent.again

    @pytest.mark.parametrize(("jobs", "most"), [(2, 1), (3, 2), (4, 2), (10, 5), (1, 1)])
    def test_split(self, jobs, most):
        state = written(seen(RUNNING), "pause", SPLIT, jobs)[1]
        assert (state.most, state.unsent) == (most, SPLIT)
        assert state.sent == Sent("pause", RUNNING, NOW, IN_PART, NOW)

    def test_in_part_after_a_lost_one_it_is_still_lost(self):
        state = written(sent("pause", RUNNING, LOST, ago=40), "pause", SPLIT, 2)[1]
        assert (state.sent.answer, state.sent.at) == (LOST, NOW)
        state = written(sent("pause", RUNNING, IN_PART, ago=40), "pause", SPLIT, 2)[1]
        assert (state.sent.answer, state.sent.at) == (IN_PART, NOW)

    def test_unsent(self):
        state = written(seen(RUNNING, pauses=1), "pause", UNSENT)[1]
        assert (state.unsent, state.not_before, state.pauses, state.sent) == (UNSENT, NOW + 2, 2, None)
        assert written(seen(RUNNING), "pause", UNSENT_IN_PART)[1].sent.answer == IN_PART

    def test_busy(self):
        state = written(seen(RUNNING), "pause", BUSY)[1]
        assert (state.busy_since, state.not_before, state.pauses) == (NOW, NOW + 2, 1)
        assert state.refusal == Refusal(RUNNING, BUSY, NOW)
        assert written(state, "pause", BUSY, moment=at(9))[1].busy_since == NOW

    @pytest.mark.parametrize(
        ("state", "write", "result", "expected"),
        [
            (seen(RUNNING), "pause", REFUSED, Done("failed", "refused", "the service refused it", REFUSED)),
            (
                seen(ENDED),
                "delete",
                REFUSED,
                Done("failed", "refused", "the service refused it; " + UNSUBSCRIBE, REFUSED),
            ),
            (
                sent("pause", RUNNING, LOST, ago=40),
                "pause",
                REFUSED,
                Done("unknown", "refused", "the service refused it", REFUSED),
            ),
            (
                sent("pause", RUNNING, IN_PART, ago=30),
                "pause",
                REFUSED,
                Done("failed", "refused", "the service refused it", REFUSED),
            ),
        ],
    )
    def test_refused(self, state, write, result, expected):
        assert after_write(state, write, result, 1, NOW, MOMENT, RULES)[1] == expected

    def test_refused_after_one_in_part_it_is_read_for_settle_time(self):
        decision, state = written(sent("pause", RUNNING, IN_PART, ago=10), "pause", REFUSED)
        assert decision == ("wait", 20, True)
        assert state.refusal == Refusal(RUNNING, REFUSED, NOW, final=True)
        decision, _state = decide(PAUSE, state, read(RUNNING), at(5))
        assert decision == ("wait", 15, True)
        assert decide(PAUSE, state, read(RUNNING), at(20))[0] == ("failed", "refused")
        assert not decide(PAUSE, state, read(RUNNING), at(20))[1].changed
        # Another status makes no new plan.
        assert decide(PAUSE, state, read("FULL_TRANSFER_STARTED"), at(20))[0] == ("failed", "refused")
        assert decide(PAUSE, state, read(PAUSED), at(20))[0] == ("ok", None)

    def test_nothing_is_sent_after_a_final_refusal(self):
        state = written(sent("pause", RUNNING, IN_PART, ago=10), "pause", REFUSED)[1]
        state = decide(PAUSE, state, read(CHANGING), at(20))[1]
        assert decide(PAUSE, state, read(RUNNING), at(21))[0][0] != "send"


class TestAfterARefusal:
    @pytest.mark.parametrize(
        ("state", "status", "wait", "no_wait"),
        [
            # the same status: read for settle_time
            (refused(RUNNING), RUNNING, ("wait", 30, True), ("failed", "refused")),
            (refused(RUNNING, ago=29), RUNNING, ("wait", 1, True), ("failed", "refused")),
            (refused(RUNNING, ago=30), RUNNING, ("failed", "refused"), ("failed", "refused")),
            # another: planned again, once
            (refused(RUNNING), "FULL_TRANSFER_STARTED", ("send", "pause", False), ("send", "pause", False)),
            (refused(RUNNING, replanned=True), "FULL_TRANSFER_STARTED", ("wait", 30, True), ("failed", "refused")),
            (refused(RUNNING), PAUSED, ("ok", None), ("ok", None)),
            (refused(RUNNING), CONFIGURED, ("failed", "illegal_status"), ("failed", "illegal_status")),
            (refused(RUNNING), CHANGING, POLL, ("failed", "illegal_status")),
            # busy
            (refused(RUNNING, BUSY, busy_since=NOW), RUNNING, ("send", "pause", False), ("failed", "busy")),
            (refused(RUNNING, BUSY, busy_since=NOW - 299), RUNNING, ("send", "pause", False), ("failed", "busy")),
            (refused(RUNNING, BUSY, busy_since=NOW - 300), RUNNING, ("failed", "busy"), ("failed", "busy")),
            (
                refused(RUNNING, BUSY, busy_since=NOW, not_before=NOW + 2),
                RUNNING,
                ("wait", 2, False),
                ("failed", "busy"),
            ),
            (
                refused(RUNNING, BUSY, busy_since=NOW, not_before=NOW + 22),
                RUNNING,
                ("wait", 10, False),
                ("failed", "busy"),
            ),
        ],
    )
    def test_what_follows(self, state, status, wait, no_wait):
        assert decide(PAUSE, state, read(status))[0] == wait
        assert decide(PAUSE, state, read(status), rules=IMPATIENT)[0] == no_wait

    def test_a_new_plan_is_made_once(self):
        state = decide(PAUSE, refused(RUNNING), read("FULL_TRANSFER_STARTED"))[1]
        assert (state.replanned, state.refusal) == (True, None)

    @pytest.mark.parametrize(
        ("state", "status", "expected"),
        [
            (sent("pause", RUNNING, LOST, ago=40), RUNNING, ("unknown", "refused")),
            (sent("pause", RUNNING, IN_PART, ago=40), RUNNING, ("failed", "refused")),
            (sent("pause", RUNNING, LOST, ago=40), CONFIGURED, ("unknown", "lost")),
            (sent("pause", RUNNING, LOST, ago=40), CHANGING, POLL),
            (sent("pause", RUNNING, LOST, ago=40), "FULL_TRANSFER_STARTED", ("send", "pause", False)),
        ],
    )
    def test_of_a_second_write(self, state, status, expected):
        state = state._replace(refusal=Refusal(RUNNING, WRONG_STATUS, NOW - 30))
        assert decide(PAUSE, state, read(status))[0] == expected

    def test_of_a_second_write_where_another_one_is_due(self):
        state = sent("resume", PAUSED, LOST, ago=40)._replace(refusal=Refusal(PAUSED, WRONG_STATUS, NOW - 30))
        assert decide(START, state, read(CONFIGURED))[0] == ("unknown", "refused")

    @pytest.mark.parametrize(
        ("answer", "ago", "expected"), [(LOST, 40, "unknown"), (IN_PART, 0, "unknown"), (IN_PART, 40, "unknown")]
    )
    def test_one_that_stays_busy(self, answer, ago, expected):
        state = sent("pause", RUNNING, answer, ago=ago)
        state = state._replace(refusal=Refusal(RUNNING, BUSY, NOW), busy_since=NOW - 300)
        after, done = reconcile(PAUSE, state, read(RUNNING), MOMENT, RULES)
        words = "another operation is being performed on it, or it is abnormal"
        assert done == Done(expected, "busy", words, BUSY)
        assert after.changed

    @pytest.mark.parametrize(
        ("desired", "state", "status"),
        [
            (START, sent("retry", FAILED, LOST, ago=40)._replace(order=BillingOrder.NONE), PAUSED),
            (
                FORCED,
                sent("delete", ENDED, LOST, ago=40)._replace(
                    accepted=frozenset(["stop"]), changed=True, seen=frozenset([RUNNING, ENDED])
                ),
                RUNNING,
            ),
        ],
    )
    def test_a_lost_write_and_a_busy_answer_are_not_followed_by_another_write(self, desired, state, status):
        state = state._replace(refusal=Refusal(state.status, BUSY, NOW), busy_since=NOW)
        assert decide(desired, state, read(status))[0][0] == "unknown"

    def test_one_in_part_is_read_for_settle_time_after_it_was_sent(self):
        state = sent("pause", RUNNING, IN_PART, ago=10)._replace(refusal=Refusal(RUNNING, WRONG_STATUS, NOW - 40))
        assert decide(PAUSE, state, read(RUNNING))[0] == ("wait", 20, True)

    def test_words(self):
        words = "the service refused it in status " + RUNNING
        done = reconcile(PAUSE, refused(RUNNING, ago=30), read(RUNNING), MOMENT, RULES)[1]
        assert done == Done("failed", "refused", words, WRONG_STATUS)
        done = reconcile(DELETE, refused(ENDED, ago=30), read(ENDED), MOMENT, RULES)[1]
        assert done.words == "the service refused it in status %s; %s" % (ENDED, UNSUBSCRIBE)
        done = reconcile(PAUSE, refused(RUNNING), read(STARTING), MOMENT, IMPATIENT)[1]
        words = "nothing can be sent to it in this status, and nothing was: run again later, or with wait: true"
        assert done == Done("failed", "illegal_status", words, read(STARTING))

    def test_one_that_has_become_everybodys(self):
        state = sent("pause", RUNNING, IN_PART, ago=30)._replace(refusal=Refusal(RUNNING, REFUSED, NOW - 20, True))
        moment = MOMENT._replace(closed={"pause": CLOSED})
        assert reconcile(PAUSE, state, read(RUNNING), moment, RULES)[1] == Done(
            "not_attempted", "refused", "the service refuses this request for every job", CLOSED, True
        )


class TestWatchingForALatePause:
    """A running job whose pause may still come has not reached the state started until then."""

    def test_it_is_read_on_until_then(self):
        desired = Desired("started", watch_until=MOMENT.wall + 1)
        assert decide(desired, State(), read(RUNNING))[0] == POLL
        assert decide(desired, State(), read(PAUSED))[0] == ("send", "resume", False)
        assert decide(desired, State(), read(RUNNING), MOMENT._replace(wall=MOMENT.wall + 1))[0] == ("ok", None)
        assert decide(desired, State(), read(RUNNING), rules=RULES._replace(check_mode=True))[0] == ("ok", None)

    def test_once_it_was_resumed_nothing_more_can_come(self):
        desired = Desired("started", watch_until=MOMENT.wall + 1)
        assert decide(desired, sent("resume", PAUSED), read(RUNNING))[0] == ("ok", None)


class TestClosing:
    WORDS = "the service refuses this request for every job"

    @pytest.mark.parametrize(
        ("state", "expected", "words"),
        [
            (seen(RUNNING), ("not_attempted", "refused"), WORDS + ", and nothing was sent for it"),
            (seen(RUNNING, attempts=1), ("not_attempted", "refused"), WORDS),
            (seen(ENDED, accepted=frozenset(["stop"]), attempts=1), ("failed", "refused"), WORDS),
            (sent("pause", RUNNING, LOST, ago=30), ("unknown", "refused"), WORDS),
            (sent("pause", RUNNING, IN_PART, ago=30), ("not_attempted", "refused"), WORDS),
            (sent("pause", RUNNING, LOST, ago=29), ("wait", 1, True), None),
            (sent("pause", RUNNING, IN_PART, ago=29), ("wait", 1, True), None),
        ],
    )
    def test_outcomes(self, state, expected, words):
        after, following = after_closing(state, CLOSED, MOMENT, RULES)
        assert brief(following) == expected
        if isinstance(following, Done):
            assert (following.words, following.said, following.final) == (words, CLOSED, True)
        assert after.changed == (expected[0] == "unknown")

    @pytest.mark.parametrize(
        ("state", "expected", "words"),
        [
            (seen(RUNNING), ("not_attempted", "withheld"), "a full disk, and nothing was sent for it"),
            (seen(RUNNING, attempts=1), ("not_attempted", "withheld"), "a full disk"),
            (sent("pause", RUNNING, LOST, ago=30), ("unknown", "withheld"), "a full disk"),
        ],
    )
    def test_what_is_withheld_on_this_side(self, state, expected, words):
        withheld = WriteResult(_answers.WITHHELD, msg="a full disk")
        _after, following = after_closing(state, withheld, MOMENT, RULES)
        assert brief(following) == expected
        assert (following.words, following.said, following.final) == (words, None, False)

    def test_a_closed_write_is_not_sent(self):
        closed = {"pause": CLOSED}
        moment = MOMENT._replace(closed=closed)
        assert decide(PAUSE, State(), read(RUNNING), moment)[0] == ("not_attempted", "refused")
        assert decide(STOP, State(), read(RUNNING), moment)[0] == ("send", "terminate", False)
        assert decide(PAUSE, sent("pause", RUNNING), read(RUNNING), moment)[0] == POLL
        assert decide(PAUSE, State(), read(PAUSED), moment)[0] == ("ok", None)
        assert decide(PAUSE, seen(RUNNING, not_before=NOW + 9), read(RUNNING), moment)[0] == (
            "not_attempted",
            "refused",
        )


class TestClose:
    UNSEEN = "the answer to pause does not say whether it was carried out, and its status did not show it"
    EXPIRED = "wait_timeout expired"

    @pytest.mark.parametrize(
        ("state", "gone", "expected"),
        [
            (State(), False, Done("timed_out", "deadline", EXPIRED + ", and nothing was sent")),
            (seen(ENDED, accepted=frozenset(["stop"])), False, Done("timed_out", "deadline", EXPIRED)),
            (
                State(),
                True,
                Done("not_attempted", "caller_gone", "the calling process has exited: nothing more was sent"),
            ),
            (
                sent("pause", RUNNING),
                True,
                Done("unknown", "caller_gone", "the calling process has exited: nothing more was sent"),
            ),
            (
                sent("pause", RUNNING),
                False,
                Done(
                    "timed_out",
                    "deadline",
                    "pause was accepted, and wait_timeout expired before it was seen to be done",
                ),
            ),
            (
                sent("pause", RUNNING)._replace(unread=UNREADABLE),
                False,
                Done("unknown", "unreadable", "its status could not be read", UNREADABLE),
            ),
            (
                State(unread=THROTTLED),
                False,
                Done("not_attempted", "throttled", "its status could not be read, and nothing was sent", THROTTLED),
            ),
            (
                seen(CONFIGURED, unread_detail=UNREADABLE),
                False,
                Done(
                    "not_attempted",
                    "unreadable",
                    "its details, which say whether a start would be paid for, could not be read, and nothing was sent",
                    UNREADABLE,
                ),
            ),
            (sent("pause", RUNNING, LOST), False, Done("unknown", "lost", UNSEEN, GONE_ASTRAY)),
            (sent("pause", RUNNING, LOST, ago=90), True, Done("unknown", "lost", UNSEEN, GONE_ASTRAY)),
            (
                sent("pause", RUNNING, LOST)._replace(unread=UNREADABLE),
                False,
                Done("unknown", "lost", UNSEEN, UNREADABLE),
            ),
            (
                sent("pause", RUNNING, LOST)._replace(refusal=Refusal(RUNNING, BUSY, NOW)),
                False,
                Done("unknown", "busy", UNSEEN, BUSY),
            ),
            (
                sent("pause", RUNNING, LOST)._replace(refusal=Refusal(RUNNING, WRONG_STATUS, NOW)),
                False,
                Done("unknown", "lost", UNSEEN, GONE_ASTRAY),
            ),
            (
                sent("pause", RUNNING, LOST)._replace(unsent=UNSENT_IN_PART),
                False,
                Done("unknown", "lost", UNSEEN, UNSENT_IN_PART),
            ),
            (
                sent("pause", RUNNING, IN_PART, ago=29)._replace(unsent=UNSENT_IN_PART),
                False,
                Done("unknown", "throttled", UNSEEN, UNSENT_IN_PART),
            ),
            (
                sent("pause", RUNNING, IN_PART)._replace(unsent=SPLIT),
                False,
                Done("unknown", "lost", UNSEEN, SPLIT),
            ),
            (sent("pause", RUNNING, IN_PART)._replace(unsent=None), False, Done("unknown", "lost", UNSEEN, None)),
            (
                sent("pause", RUNNING, IN_PART, ago=30)._replace(refusal=Refusal(RUNNING, BUSY, NOW)),
                False,
                Done("unknown", "busy", UNSEEN, BUSY),
            ),
            (
                sent("pause", RUNNING, IN_PART, ago=30)._replace(unsent=SPLIT),
                False,
                Done("not_attempted", "deadline", "no request for it was accepted before wait_timeout expired", SPLIT),
            ),
            (
                seen(RUNNING, unsent=UNSENT_IN_PART),
                False,
                Done(
                    "not_attempted",
                    "throttled",
                    "no request for it was accepted before wait_timeout expired",
                    UNSENT_IN_PART,
                ),
            ),
            (
                refused(RUNNING, BUSY, busy_since=NOW),
                False,
                Done("timed_out", "busy", "it was busy until wait_timeout expired", BUSY),
            ),
            (refused(RUNNING), False, Done("timed_out", "deadline", EXPIRED + ", and nothing was sent")),
        ],
    )
    def test_how_it_ends(self, state, gone, expected):
        after, done = close(state, gone, MOMENT, RULES)
        assert done == expected
        assert after.changed == (state.changed or done.outcome == "unknown")

    def test_a_second_write_that_could_not_be_sent(self):
        state = seen(ENDED, accepted=frozenset(["stop"]), changed=True, unsent=UNSENT, attempts=1)
        assert close(state, False, MOMENT, RULES)[1].outcome != "not_attempted"


# --- what holds whatever the service answers

STATUSES_OF = {
    START: (CONFIGURED, STARTING, RUNNING, PAUSED, FAILED, CHANGING, "WAITING_FOR_START", "START_JOB_FAILED"),
    PAUSE: (RUNNING, "FULL_TRANSFER_STARTED", PAUSED, STARTING, CHANGING, FAILED, CONFIGURED),
    STOP: (RUNNING, ENDING, ENDED, "RELEASE_RESOURCE_FAILED", STARTING, PAUSED, "DELETED", "NOT_FOUND"),
    FORCED: (RUNNING, ENDING, ENDED, "RELEASE_RESOURCE_FAILED", PAUSED, "DELETED", "NOT_FOUND", "CREATE_FAILED"),
}
NOT_READ = (UNREADABLE, THROTTLED, NOT_TOLD, UNAUTHORIZED, MISSING, MISSING)
RESULTS = (
    OK,
    GONE_ASTRAY,
    GONE_ASTRAY,
    BUSY,
    BUSY,
    REFUSED,
    WRONG_STATUS,
    UNSENT,
    UNSENT_IN_PART,
    SPLIT,
    SPLIT,
    CLOSED,
)
DETAILS = (*(read(None, order=order) for order in BillingOrder), UNREADABLE, NOT_TOLD, MISSING)


class Step:
    """One call of a run: the states around it, what it was about, and what followed."""

    def __init__(self, kind, before, moment, reading=None, result=None):
        self.kind, self.before, self.moment, self.reading, self.result = kind, before, moment, reading, result
        self.after = self.following = None


class Trace:
    """One job, driven by hand as the loop does it, to its end. The service answers whatever it likes: mostly the status
    that it named before, now and then one of the others, or none."""

    def __init__(self, pick):
        self.desired = pick(tuple(STATUSES_OF))
        self.rules = RULES._replace(
            wait=pick((True, True, True, False)),
            allow_paid_order=pick((True, False)),
            settle_time=pick((SETTLE, 5.0)),
            busy_timeout=pick((300.0, 20.0)),
        )
        self.steps = []
        self.state, self.now, self.done = State(), NOW, None
        self._closed = {}
        status = pick(STATUSES_OF[self.desired])
        order = pick(DETAILS)
        # A service that has few things to say says them again, and gets further.
        answers = (pick(RESULTS), pick(RESULTS))
        readable = pick((True, True, False))
        for round_ in range(pick(range(3, 17))):
            if round_ and pick((True, False, False)):
                status = pick(STATUSES_OF[self.desired])
            unread = None if readable else pick((None, None, *NOT_READ))
            reading = (unread or read(status))._replace(at=self.now)
            following = self._take("read", reading=reading)
            if isinstance(following, Send) and following.needs_order:
                detail = order._replace(at=self.now)
                if detail.kind == _answers.READ:
                    detail = detail._replace(status=status)
                following = self._take("detail", reading=detail)
            if isinstance(following, Send):
                result = pick(answers)
                if result == CLOSED:
                    self._closed = {**self._closed, following.write: CLOSED}
                following = self._take("write", result=result, write=following.write, jobs=pick(range(1, 11)))
            if isinstance(following, Done):
                self.done = following
                return
            at_most = self.now + pick((31.0, 5.0, 0.2))
            self.now = min(following.at, at_most) if following.poll else following.at
        self.done = self._take("close")

    def _take(self, kind, reading=None, result=None, write=None, jobs=1):
        moment = Moment(self.now, WALL + self.now, True, self._closed)
        step = Step(kind, self.state, moment, reading, result)
        step.write = write
        arguments = (self.state, moment, self.rules, reading, result, dict(self._closed))
        before = repr(arguments)
        if kind == "read":
            step.after, step.following = reconcile(self.desired, self.state, reading, moment, self.rules)
        elif kind == "detail":
            step.after, step.following = after_details(self.desired, self.state, reading, moment, self.rules)
        elif kind == "write":
            later = self.now + 3.0
            step.after, step.following = after_write(self.state, write, result, jobs, later, moment, self.rules)
        else:
            step.after, step.following = close(self.state, False, moment, self.rules)
        assert repr(arguments) == before, "%s changed its arguments" % kind
        self.state = step.after
        self.steps.append(step)
        return step.following

    @property
    def writes(self):
        return [step for step in self.steps if step.kind == "write"]

    def may_have_been_carried_out(self):
        """Whether the last write that may have been carried out was neither shown nor read for settle_time."""
        last = next((step for step in reversed(self.writes) if _unsure(step.result)), None)
        if last is None or any(
            step.after.accepted - last.after.accepted for step in self.steps[self.steps.index(last) :]
        ):
            return False
        lost = any(step.result.kind == _answers.LOST for step in self.writes)
        return lost or self.now < last.moment.now + self.rules.settle_time


def _unsure(result):
    return result.kind == _answers.LOST or result.in_part


@st.composite
def traces(draw):
    return Trace(lambda choices: draw(st.sampled_from(choices)))


EXAMPLES = settings(max_examples=250)


class TestWhateverTheServiceAnswers:
    @EXAMPLES
    @given(traces())
    def test_a_family_is_not_written_after_one_of_it_was_accepted(self, trace):
        accepted = set()
        for step in trace.writes:
            if _after_a_lost_one_and_a_busy_answer(step):
                return
            assert FAMILY[step.write] not in accepted | step.before.accepted
            if step.result.kind == _answers.ACCEPTED:
                accepted.add(FAMILY[step.write])

    @EXAMPLES
    @given(traces())
    def test_a_lost_write_is_sent_again_after_settle_time_once_and_nothing_else(self, trace):
        for step in trace.writes:
            sent = step.before.sent
            if sent and sent.answer == LOST and not _after_a_lost_one_and_a_busy_answer(step):
                assert step.write == sent.write
                assert step.moment.now >= sent.at + trace.rules.settle_time
                assert not sent.again
        for write in FAMILY:
            lost = [step for step in trace.writes if step.write == write and step.result.kind == _answers.LOST]
            assert len(lost) <= 2

    @EXAMPLES
    @given(traces())
    def test_what_may_have_been_carried_out_is_reported_as_changed(self, trace):
        if trace.may_have_been_carried_out():
            assert trace.state.changed
        if any(step.result.kind == _answers.ACCEPTED for step in trace.writes) or trace.done.outcome == "unknown":
            assert trace.state.changed
        if not any(step.result.kind == _answers.ACCEPTED or _unsure(step.result) for step in trace.writes):
            assert not trace.state.changed

    @EXAMPLES
    @given(traces())
    def test_what_may_place_an_order_is_not_sent_a_second_time(self, trace):
        for step in trace.writes:
            sent, order = step.before.sent, step.before.order
            if step.write == "start" and not trace.rules.allow_paid_order:
                assert order in (BillingOrder.NONE, BillingOrder.PLACED)
            if sent and FAMILY[step.write] == "start":
                assert order is not None
                if order != BillingOrder.NONE:
                    assert sent.answer == IN_PART
                    assert step.moment.now >= sent.at + trace.rules.settle_time
                    assert step.before.most == 1

    @EXAMPLES
    @given(traces())
    def test_every_end_is_one_of_the_known_ones(self, trace):
        assert trace.done.outcome in OUTCOMES
        assert (trace.done.reason is None) == (trace.done.outcome in ("ok", "accepted"))
        assert trace.done.words or trace.done.outcome in ("ok", "accepted")
        # It is the only end: nothing follows it.
        assert [step for step in trace.steps if isinstance(step.following, Done)] == trace.steps[-1:]
        if trace.done.outcome == "ok":
            assert planned(trace.desired, trace.state, MOMENT).kind == "reached"
        if trace.done.outcome == "accepted":
            assert not trace.rules.wait
        if trace.done.outcome == "not_attempted" and not trace.state.unsent:  # if it is, see TestClose
            assert not trace.state.accepted

    @EXAMPLES
    @given(traces())
    def test_a_job_is_gone_only_after_its_rows_have_been_missing(self, trace):
        since = None
        for step in trace.steps:
            if step.kind != "read":
                continue
            if step.reading.kind != _answers.MISSING:
                since = None
                continue
            if step.after.status != step.before.status:
                deleted = step.before.sent and step.before.sent[:1] == ("delete",) and "delete" in step.before.accepted
                enough = trace.rules.settle_time if step.before.seen else 5.0
                assert deleted or (since is not None and step.moment.now >= since + enough)
                assert step.after.status in ("NOT_FOUND", "DELETED")
            elif step.before.status != "NOT_FOUND" and isinstance(step.following, Done):
                raise AssertionError("it ended, and no status was read")
            since = step.moment.now if since is None else since

    @EXAMPLES
    @given(traces())
    def test_nothing_is_waited_for_in_the_past(self, trace):
        for step in trace.steps:
            if isinstance(step.following, WaitUntil):
                assert step.following.at >= step.moment.now
                if step.following.poll is False:
                    assert step.following.at < float("inf")

    @EXAMPLES
    @given(traces())
    def test_no_write_comes_before_the_pause_is_over(self, trace):
        for step in trace.writes:
            assert step.moment.now >= step.before.not_before

    @EXAMPLES
    @given(traces())
    def test_every_write_follows_a_status_that_needs_it(self, trace):
        for before, step in itertools.pairwise(trace.steps):
            if step.kind == "write":
                assert before.reading.kind == _answers.READ
                assert before.moment.now == step.moment.now
                assert planned(trace.desired, before.after, before.moment).write == step.write
                assert step.write not in before.moment.closed


def _after_a_lost_one_and_a_busy_answer(step):
    """Whether this write is one of those of test_a_lost_write_and_a_busy_answer_are_not_followed_by_another_write."""
    sent, refusal = step.before.sent, step.before.refusal
    busy = refusal is not None and refusal.result.kind == _answers.BUSY
    return sent is not None and sent.answer == LOST and sent.write != step.write and busy
