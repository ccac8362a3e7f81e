# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wait for one job, decided reading by reading; and the rounds, with a scripted service and a clock moved by hand."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers, _waiting
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import STATUSES, Desired
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import OptionError
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import Done, Moment, State
from ansible_collections.huaweicloud.drs.plugins.module_utils._waiting import Rules, Waiting, Watch
from hypothesis import example, given
from hypothesis import strategies as st

RUNNING, FULL, PAUSED, CONFIGURED = "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", "PAUSING", "CONFIGURATION"
SCHEDULED, FAILED, ENDED = "WAITING_FOR_START", "INCRE_TRANSFER_FAILED", "RELEASE_RESOURCE_COMPLETE"

UNREADABLE = Reading(_answers.UNREADABLE, code="500", msg="broken", request_id="r-500")
THROTTLED = Reading(_answers.UNREADABLE, code="DRS.M01503", msg="too often", throttled=True)
MISSING = Reading(_answers.MISSING, msg="the answer has no row for it", request_id="r-missing")
REFUSED = Reading(_answers.REFUSED, code="DRS.M00102", msg="no", request_id="r-no")
DENIED = Reading(_answers.UNAUTHORIZED, code="APIGW.0301", msg="wrong token", http=401)

# Written down here once more, so that the tables of the lifecycle are held against it: statuses by how they end a wait.
FAILURES = {status for status in STATUSES if status.endswith("_FAILED")}
ENDS = {ENDED, "RELEASE_CHILD_TRANSFER_COMPLETE"}
GONE = {"DELETED", "NOT_FOUND"}
RESTS = {PAUSED, CONFIGURED}


def read(status, **fields):
    return Reading(_answers.READ, status, **fields)


def told(lag):
    return Reading(_answers.READ, row={"incre_trans_delay": lag})


def rules(*statuses, max_lag=None, samples=1, settle_time=30.0):
    return Rules(frozenset(statuses), max_lag, samples, settle_time)


def both(one):
    """The readings of status and lag that a test writes as a status, a number (the lag of a running job), a Reading, or a
    pair of the two."""
    reading, progress = one if isinstance(one, tuple) and not isinstance(one, Reading) else (one, None)
    if isinstance(reading, (int, float)):
        return read(RUNNING), told(str(reading))
    return (read(reading) if isinstance(reading, str) else reading), progress


def follow(its_rules, *readings, interval=5.0, authorized=True):
    """The watch and the end after these rounds, as both() takes them."""
    watch, done = Watch(), None
    for number, one in enumerate(readings):
        assert done is None, "it ended before"
        reading, progress = both(one)
        moment = Moment(number * interval, 0.0, authorized)
        watch, done = _waiting.decide(watch, reading, progress, moment, its_rules)
    return watch, done


class TestLag:
    @pytest.mark.parametrize(
        ("value", "seconds"), [("0", 0), ("12", 12), ("0.5", 0.5), (" 7 ", 7), (3, 3), ("1e2", 100), (0, 0), (2.5, 2.5)]
    )
    def test_a_lag(self, value, seconds):
        assert _waiting.lag_of(told(value)) == seconds

    @pytest.mark.parametrize(
        "value",
        ["-1", -1, None, "", " ", "none", "nan", "inf", "-inf", "1,5", "-0.1", True, False, [], {}, [0], 10**400],
    )
    def test_no_lag(self, value):
        assert _waiting.lag_of(told(value)) is None

    @pytest.mark.parametrize(
        "reading", [None, UNREADABLE, MISSING, Reading(_answers.READ), Reading(_answers.READ, row={"progress": "100"})]
    )
    def test_no_reading_of_a_lag(self, reading):
        assert _waiting.lag_of(reading) is None

    @pytest.mark.parametrize(
        ("reading", "its_rules", "needed"),
        [
            (read(RUNNING), rules(max_lag=0.0), True),
            (read(RUNNING), rules(RUNNING, max_lag=3.0), True),
            (read(RUNNING), rules(RUNNING), False),
            (read(FULL), rules(max_lag=3.0), False),
            (Reading(_answers.MISSING, RUNNING), rules(max_lag=3.0), False),
        ],
    )
    def test_only_the_lag_of_incremental_replication_is_read(self, reading, its_rules, needed):
        assert _waiting.needs_lag(reading, its_rules) is needed


class TestReached:
    @pytest.mark.parametrize("status", STATUSES)
    def test_any_status_that_is_named_is_reached_at_once(self, status):
        watch, done = follow(rules(status), status)
        assert done == Done("ok")
        assert (watch.state.status, watch.state.status_before) == (status, status)

    def test_any_of_several(self):
        assert follow(rules(FULL, RUNNING), "STARTJOBING", RUNNING)[1] == Done("ok")

    def test_a_lag_in_a_row(self):
        watch, done = follow(rules(max_lag=10.0, samples=3), 10, 11, 3, 2.5, 10)
        assert done == Done("ok")
        assert (watch.lag, watch.lags, watch.met) == (10.0, (3.0, 2.5, 10.0), 3)

    @pytest.mark.parametrize("between", [11, "FULL_TRANSFER_STARTED", -1, UNREADABLE, MISSING, DENIED, (RUNNING, None)])
    def test_whatever_is_between_begins_the_row_again(self, between):
        assert follow(rules(max_lag=10.0, samples=2), 1, between, 1)[1] is None
        assert follow(rules(max_lag=10.0, samples=2), 1, between, 1, 1)[1] == Done("ok")

    @pytest.mark.parametrize("progress", [UNREADABLE, MISSING, told(None), told("-1"), Reading(_answers.READ), None])
    def test_no_lag_is_never_a_small_one(self, progress):
        watch, done = follow(rules(max_lag=1e9), (RUNNING, progress))
        assert (done, watch.lag, watch.lags, watch.met) == (None, None, (None,), 0)

    @pytest.mark.parametrize("status", [status for status in STATUSES if status != RUNNING])
    def test_a_lag_in_another_status_does_not_count(self, status):
        assert follow(rules(max_lag=10.0), (status, told("0")))[1] != Done("ok")
        assert follow(rules(status, RUNNING, max_lag=10.0), (status, told("0")))[1] is None

    def test_both_must_be_in_one_reading(self):
        assert follow(rules(RUNNING, max_lag=10.0), 11, FULL, 10)[1] == Done("ok")

    def test_the_status_alone_in_a_row(self):
        its_rules = rules(FULL, samples=3)
        assert follow(its_rules, FULL, FULL, RUNNING, FULL, FULL)[1] is None
        watch, done = follow(its_rules, FULL, FULL, UNREADABLE, FULL, FULL, FULL)
        assert (done, watch.lags) == (Done("ok"), ())

    def test_what_is_known_of_the_job(self):
        watch, _done = follow(rules(RUNNING), read(FULL, name="orders", at=7.0), read("CHANGE_JOB_STARTED", at=9.0))
        assert watch.state == State(
            status="CHANGE_JOB_STARTED",
            status_before=FULL,
            seen=frozenset((FULL, "CHANGE_JOB_STARTED")),
            read_at=9.0,
            name="orders",
        )
        assert watch.since == 5.0


class TestEarlyEnds:
    @pytest.mark.parametrize("status", STATUSES)
    @pytest.mark.parametrize("its_rules", [rules(max_lag=0.0), rules("Frozen")])
    def test_by_status(self, status, its_rules):
        _watch, done = follow(its_rules, status)
        reason = "no_such_job" if status in GONE else "ended_badly" if status in FAILURES | ENDS else None
        assert (done.outcome, done.reason) == ("failed", reason) if reason else done is None

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (FAILED, "it failed: look up why in the DRS console, then retry it (drs_job_batch with state: started)"),
            (
                "NEW_FAILED",
                "it failed: look up why in the DRS console, then retry it (drs_job_batch with state: started)",
            ),
            ("CREATE_FAILED", "its creation failed: delete it and create it again"),
            (ENDED, "it has ended, and a job that has ended cannot be started again: create a new one"),
            ("DELETED", "it was deleted"),
            ("NOT_FOUND", "the service does not know this job: check the id, the project and the region"),
        ],
    )
    def test_the_words_say_what_to_do_and_the_service_is_quoted(self, status, words):
        reading = read(status, code="DRS.M05004", msg="gone")
        _watch, done = follow(rules(FULL), reading)
        assert (done.words, done.said) == (words, reading)

    @pytest.mark.parametrize("status", sorted(set(STATUSES) - FAILURES - ENDS - GONE))
    def test_a_status_that_only_a_write_changes_ends_it_after_settle_time(self, status):
        its_rules = rules("CREATE_FAILED", settle_time=10.0)
        assert follow(its_rules, status, status, status)[1] is None
        _watch, done = follow(its_rules, status, status, status, status)
        assert (done and (done.outcome, done.reason)) == (("failed", "illegal_status") if status in RESTS else None)

    @pytest.mark.parametrize(("status", "verb"), [(PAUSED, "resumes"), (CONFIGURED, "starts")])
    def test_the_words_for_a_job_that_rests(self, status, verb):
        reading = read(status)
        _watch, done = follow(rules(RUNNING, settle_time=0.0), reading, reading)
        assert done == Done(
            "failed",
            "illegal_status",
            "it stays in this status until somebody acts: drs_job_batch with state: started %s it" % verb,
            reading,
        )

    def test_another_status_in_between_begins_settle_time_again(self):
        its_rules = rules(RUNNING, settle_time=10.0)
        watch, done = follow(its_rules, PAUSED, PAUSED, PAUSED, "STARTJOBING", PAUSED, PAUSED, PAUSED)
        assert (done, watch.since) == (None, 20.0)

    def test_a_read_that_fails_in_between_does_not(self):
        its_rules = rules(RUNNING, settle_time=10.0)
        assert follow(its_rules, PAUSED, UNREADABLE, UNREADABLE, PAUSED)[1].reason == "illegal_status"

    @pytest.mark.parametrize("status", sorted(FAILURES | ENDS | GONE | RESTS))
    def test_a_status_that_is_named_ends_nothing(self, status):
        its_rules = rules(status, samples=3, settle_time=0.0)
        watch, done = follow(its_rules, status, status)
        assert (done, watch.met) == (None, 2)


class TestMissingRows:
    def test_a_job_that_was_never_seen(self):
        its_rules = rules(RUNNING)
        assert follow(its_rules, MISSING)[1] is None
        assert follow(its_rules, MISSING, MISSING, interval=4.9)[1] is None
        watch, done = follow(its_rules, MISSING, MISSING)
        assert (done.outcome, done.reason, done.said.request_id) == ("failed", "no_such_job", "r-missing")
        assert (watch.state.status, watch.state.missing_since) == ("NOT_FOUND", None)

    def test_one_that_was_seen(self):
        its_rules = rules(RUNNING, settle_time=10.0)
        assert follow(its_rules, FULL, MISSING, MISSING)[1] is None
        watch, done = follow(its_rules, FULL, MISSING, MISSING, MISSING)
        assert (done.reason, watch.state.status) == ("no_such_job", "NOT_FOUND")

    def test_its_rows_are_missing_without_a_break(self):
        its_rules = rules(RUNNING, settle_time=10.0)
        for between in (FULL, UNREADABLE):
            assert follow(its_rules, FULL, MISSING, MISSING, between, MISSING, MISSING)[1] is None

    def test_at_once_is_not_enough_even_without_settle_time(self):
        its_rules = rules(RUNNING, settle_time=0.0)
        watch, done = follow(its_rules, FULL, MISSING)
        assert (done, watch.state.missing_since, watch.state.unread) == (None, 5.0, MISSING)
        assert follow(its_rules, FULL, MISSING, MISSING)[1].reason == "no_such_job"

    def test_one_that_is_waited_for_to_go(self):
        assert follow(rules("NOT_FOUND", "DELETED"), ENDED)[1].reason == "ended_badly"
        assert follow(rules("NOT_FOUND", "DELETED"), MISSING, MISSING)[1] == Done("ok")
        assert follow(rules("NOT_FOUND", samples=2), MISSING, MISSING, MISSING)[1] is None

    def test_no_lag_is_left_over(self):
        watch, _done = follow(rules(max_lag=1.0, samples=3, settle_time=0.0), 1, MISSING, MISSING)
        assert (watch.lag, watch.lags) == (None, (1.0, None))


class TestUnread:
    def test_a_refusal_of_one_job(self):
        watch, done = follow(rules(RUNNING), REFUSED)
        assert done == Done("failed", "refused", "the service refused to report its status", REFUSED)
        assert watch.state.unread == REFUSED

    def test_one_that_cannot_be_read_now(self):
        watch, done = follow(rules(RUNNING), FULL, UNREADABLE)
        assert (done, watch.state.unread, watch.state.status) == (None, UNREADABLE, FULL)
        assert follow(rules(RUNNING), FULL, UNREADABLE, FULL)[0].state.unread is None

    def test_a_refusal_of_everybody_before_any_answer(self):
        _watch, done = follow(rules(RUNNING), DENIED, authorized=False)
        assert done == Done("not_attempted", "unreadable", "its status could not be read", DENIED)

    def test_a_refusal_of_everybody_later_may_be_a_stray_one(self):
        its_rules = rules(RUNNING, settle_time=10.0)
        watch, done = follow(its_rules, FULL, DENIED, DENIED)
        assert (done, watch.state.denied.number) == (None, 2)
        _watch, done = follow(its_rules, FULL, DENIED, DENIED, DENIED)
        assert done == Done("unknown", "unreadable", "its status could not be read", DENIED)

    @pytest.mark.parametrize("between", [FULL, UNREADABLE, MISSING])
    def test_another_answer_begins_the_refusals_again(self, between):
        watch, done = follow(rules(RUNNING, settle_time=10.0), FULL, DENIED, DENIED, between, DENIED)
        assert (done, watch.state.denied.number) == (None, 1)

    def test_a_refusal_that_is_final(self):
        assert follow(rules(RUNNING), FULL, DENIED._replace(final=True))[1].outcome == "unknown"


class TestUnreadLag:
    def test_a_refusal_of_one_job(self):
        watch, done = follow(rules(max_lag=1.0), (RUNNING, REFUSED))
        words = "the service refused to report its progress, which tells the lag"
        assert done == Done("failed", "refused", words, REFUSED)
        assert watch.unread_lag == REFUSED

    def test_one_that_cannot_be_read_now(self):
        watch, done = follow(rules(max_lag=1.0, samples=2), 1, (RUNNING, UNREADABLE))
        assert (done, watch.unread_lag, watch.met) == (None, UNREADABLE, 0)
        assert follow(rules(max_lag=1.0, samples=2), (RUNNING, UNREADABLE), 5)[0].unread_lag is None
        assert follow(rules(max_lag=1.0, samples=2), (RUNNING, UNREADABLE), FULL)[0].unread_lag is None

    def test_no_row_is_no_trouble(self):
        assert follow(rules(max_lag=1.0), (RUNNING, MISSING))[0].unread_lag is None

    def test_a_refusal_of_everybody_may_be_a_stray_one(self):
        its_rules, denied = rules(max_lag=1.0, settle_time=10.0), (RUNNING, DENIED)
        watch, done = follow(its_rules, denied, denied)
        assert (done, watch.lag_denied.number) == (None, 2)
        watch, done = follow(its_rules, denied, denied, denied)
        assert done == Done("unknown", "unreadable", "its lag could not be read", DENIED)

    @pytest.mark.parametrize("authorized", [True, False])
    def test_the_status_of_the_same_round_shows_that_the_account_is_known(self, authorized):
        assert follow(rules(max_lag=1.0), (RUNNING, DENIED), authorized=authorized)[1] is None

    @pytest.mark.parametrize("between", [5, FULL, (RUNNING, UNREADABLE), (RUNNING, MISSING)])
    def test_another_answer_begins_the_refusals_again(self, between):
        denied = (RUNNING, DENIED)
        watch, done = follow(rules(max_lag=1.0, settle_time=10.0), denied, denied, between, denied)
        assert (done, watch.lag_denied.number) == (None, 1)
        assert follow(rules(max_lag=1.0), denied, between)[0].lag_denied is None

    def test_without_max_lag_none_is_looked_at(self):
        watch, done = follow(rules(FULL), (RUNNING, REFUSED))
        assert (done, watch.unread_lag, watch.lags) == (None, None, ())


class TestClose:
    def close(self, its_rules, *readings, caller_gone=False):
        return _waiting.close(follow(its_rules, *readings)[0], caller_gone, its_rules)

    @pytest.mark.parametrize(
        ("its_rules", "readings", "end"),
        [
            (rules(RUNNING), [], ("not_attempted", "deadline", "wait_timeout expired before its status was read")),
            (
                rules(RUNNING, PAUSED),
                [FULL],
                ("timed_out", "deadline", "wait_timeout expired before it was in %s or PAUSING (paused)" % RUNNING),
            ),
            (
                rules(RUNNING),
                ["Frozen"],
                (
                    "timed_out",
                    "deadline",
                    "wait_timeout expired in a status that this version of the collection does not know",
                ),
            ),
            (
                rules(max_lag=10.0, samples=3),
                [FULL],
                ("timed_out", "deadline", "wait_timeout expired before it was within a lag of 10 s"),
            ),
            (
                rules(RUNNING, samples=3),
                [FULL],
                ("timed_out", "deadline", "wait_timeout expired before it was in %s" % RUNNING),
            ),
            (
                rules(max_lag=10.0),
                [(RUNNING, told("-1"))],
                ("timed_out", "deadline", "wait_timeout expired while the service told no lag for it"),
            ),
            (
                rules(max_lag=0.5),
                [7],
                ("timed_out", "deadline", "wait_timeout expired while its lag was more than 0.5 s"),
            ),
            (
                rules(max_lag=10.0, samples=3),
                [1, 1],
                (
                    "timed_out",
                    "deadline",
                    "wait_timeout expired after 2 of 3 readings in a row had shown it within a lag of 10 s",
                ),
            ),
        ],
    )
    def test_the_deadline(self, its_rules, readings, end):
        assert self.close(its_rules, *readings) == Done(*end)

    def test_what_could_not_be_read(self):
        status, lag = "its status could not be read", "its lag could not be read"
        its_rules = rules(max_lag=1.0)
        assert self.close(its_rules, UNREADABLE) == Done("not_attempted", "unreadable", status, UNREADABLE)
        assert self.close(its_rules, MISSING) == Done("not_attempted", "unreadable", status, MISSING)
        assert self.close(its_rules, FULL, THROTTLED) == Done("unknown", "throttled", status, THROTTLED)
        assert self.close(its_rules, (RUNNING, UNREADABLE)) == Done("unknown", "unreadable", lag, UNREADABLE)
        assert self.close(its_rules, (RUNNING, UNREADABLE), THROTTLED).words == status

    @pytest.mark.parametrize(
        ("readings", "outcome"), [([], "not_attempted"), ([FULL], "unknown"), ([UNREADABLE], "not_attempted")]
    )
    def test_a_caller_that_has_exited(self, readings, outcome):
        words = "the calling process has exited, and the wait ended"
        assert self.close(rules(RUNNING), *readings, caller_gone=True) == Done(outcome, "caller_gone", words)


# --- any history


LAGS = st.sampled_from([None, "-1", "0", "3", "10", "10.5", "99", "nan", ""])
SMALL_ENOUGH = {0.0: {"0"}, 10.0: {"0", "3", "10"}}
SEEN = st.one_of(st.tuples(st.just(RUNNING), LAGS), st.tuples(st.sampled_from(STATUSES), LAGS))
NOT_SEEN = st.tuples(st.sampled_from([UNREADABLE, THROTTLED, REFUSED, DENIED]), st.none())
NO_ROW = st.tuples(st.just(MISSING), st.none())
INTERVALS = st.sampled_from([1.0, 5.0, 20.0])
RULES = st.builds(
    Rules,
    st.frozensets(st.sampled_from(STATUSES), max_size=3).map(lambda found: found | {RUNNING}),
    st.sampled_from([None, 0.0, 10.0]),
    st.integers(1, 4),
    st.sampled_from([0.0, 10.0, 30.0]),
)


def rounds_of(*kinds):
    return st.lists(st.one_of(*kinds), max_size=12)


def shows(its_rules, status, lag):
    """Whether a round shows what is waited for."""
    if its_rules.max_lag is None:
        return status in its_rules.statuses
    return status == RUNNING and lag in SMALL_ENOUGH[its_rules.max_lag]


def play(its_rules, rounds, interval):
    """The rounds up to the one that ends it, the end if there is one, and the watch."""
    watch = Watch()
    for number, (what, lag) in enumerate(rounds):
        reading = read(what) if isinstance(what, str) else what
        progress = told(lag) if _waiting.needs_lag(reading, its_rules) else None
        moment = Moment(number * interval, 0.0, number > 0)
        before = watch
        watch, done = _waiting.decide(watch, reading, progress, moment, its_rules)
        assert _waiting.decide(before, reading, progress, moment, its_rules) == (watch, done)
        if done:
            return rounds[: number + 1], done, watch
    return rounds, None, watch


@given(RULES, rounds_of(SEEN, SEEN, NOT_SEEN), INTERVALS)
@example(rules(RUNNING, max_lag=10.0, samples=2), [(RUNNING, "0"), (RUNNING, "-1"), (RUNNING, "0")], 5.0)
@example(rules(RUNNING, samples=2), [(RUNNING, None), (UNREADABLE, None), (RUNNING, None)], 5.0)
def test_it_is_reached_exactly_when_so_many_readings_in_a_row_show_it(its_rules, rounds, interval):
    seen, done, _watch = play(its_rules, rounds, interval)
    row = [shows(its_rules, what, lag) for what, lag in seen]
    reached = [end for end in range(its_rules.samples, len(row) + 1) if all(row[end - its_rules.samples : end])]
    assert reached == ([len(row)] if done == Done("ok") else [])


@given(RULES, rounds_of(SEEN, SEEN, NOT_SEEN, NO_ROW), INTERVALS)
@example(rules(RUNNING, settle_time=0.0), [(PAUSED, None), (PAUSED, None)], 5.0)
@example(rules(RUNNING, settle_time=10.0), [(FULL, None), (MISSING, None), (MISSING, None), (MISSING, None)], 5.0)
def test_it_ends_early_only_for_what_waiting_does_not_change(its_rules, rounds, interval):
    seen, done, watch = play(its_rules, rounds, interval)
    hopeless = FAILURES | ENDS | GONE
    for what, _lag in seen[:-1] if done else seen:
        assert what != REFUSED
        assert what not in hopeless - its_rules.statuses
    if done is None or done.outcome == "ok":
        return
    last, status = seen[-1][0], watch.state.status
    if done.reason in ("refused", "unreadable"):
        assert last == (REFUSED if done.reason == "refused" else DENIED)
        return
    assert done.outcome == "failed"
    assert status in {"no_such_job": GONE, "ended_badly": FAILURES | ENDS, "illegal_status": RESTS}[done.reason]
    assert status not in its_rules.statuses
    if last == MISSING:
        rows_missing = list(itertools.takewhile(lambda one: one[0] == MISSING, reversed(seen)))
        assert len(rows_missing) > 1
        known = any(isinstance(what, str) for what, _lag in seen)
        assert (len(rows_missing) - 1) * interval >= (its_rules.settle_time if known else 5)
    if done.reason == "illegal_status":
        in_it = list(itertools.takewhile(lambda one: one[0] == status or not isinstance(one[0], str), reversed(seen)))
        while not isinstance(in_it[-1][0], str):
            in_it.pop()
        assert (len(in_it) - 1) * interval > its_rules.settle_time


@given(RULES, rounds_of(SEEN, NOT_SEEN, NO_ROW), st.booleans())
def test_what_is_known_and_how_it_ends_fit_each_other(its_rules, rounds, caller_gone):
    seen, done, watch = play(its_rules, rounds, 5.0)
    statuses = [what for what, _lag in seen if isinstance(what, str)]
    if statuses:
        assert watch.state.status_before == statuses[0]
        assert watch.state.status in (statuses[-1], "NOT_FOUND")
    assert len(watch.lags) <= its_rules.samples
    assert watch.lag == (watch.lags[-1] if watch.lags else None)
    end = done or _waiting.close(watch, caller_gone, its_rules)
    assert end.outcome in ("ok", "failed", "timed_out", "unknown", "not_attempted")
    assert (end.reason is None) == (end.words is None) == (end.outcome == "ok")
    if end.outcome == "not_attempted":
        assert watch.state.status is None


# --- rounds


class Hands(Clock):
    """A clock moved by hand."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def wall(self):
        return 1780272000.0 + self.now - 1000.0

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


class Script:
    """A service: each job has its readings, one a round, and the last of them from then on. cost: seconds of each read."""

    def __init__(self, clock, cost=0.0, **jobs):
        self._clock, self._cost = clock, cost
        self._jobs = {
            name: itertools.chain(readings, itertools.repeat(readings[-1])) for name, readings in jobs.items()
        }
        self._lags = {}
        self.asked, self.opens = [], 0.0

    def statuses(self, names):
        self.asked.append((self._clock.now - 1000.0, list(names)))
        self._clock.now += self._cost
        found = {}
        for name in names:
            found[name], self._lags[name] = both(next(self._jobs[name]))
        return found

    def progress(self, names):
        self.asked.append((self._clock.now - 1000.0, "lags", list(names)))
        return {name: self._lags[name] for name in names}

    def opens_at(self):
        return self.opens


class Run:
    """One run over a script: what was asked, what was reported, and how each job ended."""

    def __init__(
        self,
        its_rules,
        *,
        wait_timeout=60.0,
        wait_interval=5.0,
        cost=0.0,
        opens=0.0,
        listening=lambda now: True,
        **jobs,
    ):
        clock, self.counts = Hands(), []
        self.api = Script(clock, cost, **jobs)
        self.api.opens = 1000.0 + opens
        self.jobs = [Job(name.upper(), Desired("x"), {}) for name in jobs]
        waiting = Waiting(
            self.jobs, self.api, its_rules, clock, lambda: listening(clock.now - 1000.0), self.counts.append
        )
        waiting.run(1000.0 + wait_timeout, wait_interval)
        self.watches, self.asked, self.ended = waiting.watches, self.api.asked, clock.now - 1000.0

    @property
    def outcomes(self):
        return [job.outcome for job in self.jobs]

    @property
    def times(self):
        return [asked[0] for asked in self.asked if len(asked) == 2]


class TestRounds:
    def test_each_job_counts_for_itself_and_is_read_no_more_once_it_got_there(self):
        run = Run(rules(RUNNING), a=[RUNNING], b=[FULL, RUNNING], c=[FULL, FULL, FAILED])
        assert run.asked == [(0.0, ["a", "b", "c"]), (5.0, ["b", "c"]), (10.0, ["c"])]
        assert run.outcomes == ["ok", "ok", "failed"]
        assert [job.duration for job in run.jobs] == [0.0, 5.0, 10.0]
        assert run.ended == 10.0

    def test_no_jobs(self):
        run = Run(rules(RUNNING))
        assert (run.asked, run.counts, run.ended) == ([], [], 0.0)

    def test_lags_are_read_of_those_that_have_one(self):
        run = Run(rules(max_lag=1.0, samples=2), a=[1], b=[FULL, 1], c=[UNREADABLE, 9, 1])
        assert run.asked == [
            (0.0, ["a", "b", "c"]),
            (0.0, "lags", ["a"]),
            (5.0, ["a", "b", "c"]),
            (5.0, "lags", ["a", "b", "c"]),
            (10.0, ["b", "c"]),
            (10.0, "lags", ["b", "c"]),
            (15.0, ["c"]),
            (15.0, "lags", ["c"]),
        ]
        assert run.outcomes == ["ok"] * 3

    def test_without_a_job_that_has_one_none_is_read(self):
        run = Run(rules(max_lag=1.0), a=[FULL, "CREATE_FAILED"])
        assert run.asked == [(0.0, ["a"]), (5.0, ["a"])]

    @pytest.mark.parametrize(
        ("cost", "times"),
        [(0.0, [0, 5, 10, 12]), (2.0, [0, 5, 10, 12]), (5.0, [0, 5, 10, 15]), (7.0, [0, 7, 14]), (20.0, [0, 20])],
    )
    def test_a_round_begins_wait_interval_after_the_last_one_began_and_the_last_one_at_the_deadline(self, cost, times):
        run = Run(rules(RUNNING), wait_timeout=12.0, cost=cost, a=[FULL])
        assert run.times == times
        assert run.outcomes == ["timed_out"]
        assert run.jobs[0].duration == run.ended == times[-1] + cost

    def test_what_the_last_round_shows_counts(self):
        run = Run(rules(RUNNING), wait_timeout=12.0, a=[FULL, FULL, FULL, RUNNING])
        assert (run.outcomes, run.jobs[0].timeline[-1]["status"], run.times[-1]) == (["ok"], RUNNING, 12)
        assert Run(rules(RUNNING), wait_timeout=12.0, a=[FULL, FULL, FULL, FAILED]).outcomes == ["failed"]
        assert Run(rules(RUNNING), wait_timeout=12.0, a=[FULL, FULL, FULL, REFUSED]).outcomes == ["failed"]

    def test_samples_fit_into_a_wait_timeout_of_exactly_their_length(self):
        assert Run(rules(max_lag=1.0, samples=3), wait_timeout=10.0, a=[1]).outcomes == ["ok"]

    @pytest.mark.parametrize("nothing", [UNREADABLE, MISSING, DENIED])
    def test_what_the_last_round_does_not_show_replaces_nothing(self, nothing):
        run = Run(rules(RUNNING), wait_timeout=4.0, a=[FULL, nothing], b=[THROTTLED, nothing])
        assert [(job.outcome, job.reason) for job in run.jobs] == [
            ("timed_out", "deadline"),
            ("not_attempted", "throttled"),
        ]

    @pytest.mark.parametrize("nothing", [UNREADABLE, THROTTLED, DENIED])
    def test_a_lag_that_the_last_round_does_not_show_replaces_nothing(self, nothing):
        run = Run(rules(max_lag=1.0), wait_timeout=4.0, a=[50, (RUNNING, nothing)], b=[50, 0.5])
        assert [(job.outcome, job.reason) for job in run.jobs] == [("timed_out", "deadline"), ("ok", None)]
        assert (run.watches["A"].lag, run.watches["A"].lags) == (50.0, (50.0,))

    def test_a_lag_that_no_round_shows_is_unread_in_the_last_one_too(self):
        run = Run(rules(max_lag=1.0), wait_timeout=4.0, a=[(RUNNING, UNREADABLE)])
        assert [(job.outcome, job.reason) for job in run.jobs] == [("unknown", "unreadable")]

    def test_one_job_that_the_last_round_does_not_show_keeps_no_other_from_being_seen(self):
        run = Run(rules(RUNNING), wait_timeout=4.0, a=[FULL, UNREADABLE], b=[FULL, RUNNING])
        assert run.outcomes == ["timed_out", "ok"]

    def test_a_last_round_that_is_the_only_one_to_say_anything(self):
        run = Run(rules(RUNNING), wait_timeout=0.0, a=[UNREADABLE])
        assert [(job.outcome, job.reason) for job in run.jobs] == [("not_attempted", "unreadable")]

    def test_no_last_round_while_the_service_asks_to_come_back_later(self):
        run = Run(rules(RUNNING), wait_timeout=12.0, opens=12.5, a=[FULL])
        assert (run.times, run.outcomes) == ([0, 5, 10], ["timed_out"])
        assert Run(rules(RUNNING), wait_timeout=12.0, opens=12.0, a=[FULL]).times[-1] == 12

    def test_a_refusal_of_everybody_ends_it_before_anything_was_read_and_later_after_a_while(self):
        run = Run(rules(RUNNING), a=[DENIED], b=[DENIED])
        assert (run.times, run.outcomes) == ([0], ["not_attempted"] * 2)
        run = Run(rules(RUNNING, settle_time=10.0), a=[FULL, DENIED], b=[DENIED])
        assert run.times == [0, 5, 10, 15]
        assert run.outcomes == ["unknown", "not_attempted"]
        run = Run(rules(RUNNING, settle_time=10.0), a=[DENIED], b=[MISSING])
        assert (run.times, run.outcomes) == ([0, 5, 10], ["not_attempted", "failed"])
        run = Run(rules(RUNNING, settle_time=10.0), a=[DENIED], b=[UNREADABLE], wait_timeout=10.0)
        assert run.jobs[0].duration == 0.0

    def test_a_caller_that_exits_is_noticed_soon(self):
        run = Run(rules(RUNNING), wait_interval=30.0, listening=lambda now: now < 7, a=[FULL], b=[UNREADABLE])
        assert (run.times, run.ended) == ([0], 8.0)
        assert [(job.outcome, job.reason) for job in run.jobs] == [
            ("unknown", "caller_gone"),
            ("not_attempted", "caller_gone"),
        ]
        assert [job.duration for job in run.jobs] == [8.0] * 2

    def test_a_caller_that_exits_once_all_is_done_changes_nothing(self):
        assert Run(rules(RUNNING), listening=lambda now: False, a=[RUNNING]).outcomes == ["ok"]

    def test_counts_are_reported_when_they_change(self):
        run = Run(rules(RUNNING), wait_timeout=20.0, a=[FULL, FULL, RUNNING], b=[FULL, FULL, FULL, FAILED], c=[FULL])
        keys = ("total", "reached", "in_progress", "busy", "failed", "lost")
        assert [tuple(counts) for counts in run.counts] == [keys] * 4
        assert [tuple(counts.values()) for counts in run.counts] == [
            (3, 0, 3, 0, 0, 0),
            (3, 1, 2, 0, 0, 0),
            (3, 1, 1, 0, 1, 0),
            (3, 1, 0, 0, 2, 0),
        ]

    def test_the_timeline_and_the_name(self):
        run = Run(rules(RUNNING), a=[FULL, read(FULL, name="orders"), UNREADABLE, RUNNING])
        assert run.jobs[0].timeline == [
            {"status": FULL, "at": "2026-06-01T00:00:00Z"},
            {"status": RUNNING, "at": "2026-06-01T00:00:15Z"},
        ]
        assert run.jobs[0].state.name == "orders"
        assert run.watches["A"].state == run.jobs[0].state


# --- options and words


def params(**given):
    return dict(
        {"status": None, "max_lag": None, "samples": None, "wait_timeout": 1800, "wait_interval": 5, "settle_time": 30},
        **given,
    )


class TestOptions:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"status": [FULL, PAUSED]}, rules(FULL, PAUSED)),
            ({"max_lag": 0.0}, rules(max_lag=0.0, samples=3)),
            ({"max_lag": 2.5, "status": [RUNNING]}, rules(RUNNING, max_lag=2.5, samples=3)),
            ({"max_lag": 2.5, "status": []}, rules(max_lag=2.5, samples=3)),
            ({"max_lag": 2.5, "samples": 1}, rules(max_lag=2.5, samples=1)),
            ({"status": [FULL], "samples": 4, "settle_time": 7}, rules(FULL, samples=4, settle_time=7)),
            ({"max_lag": 1.0, "wait_timeout": 10}, rules(max_lag=1.0, samples=3)),
        ],
    )
    def test_rules(self, given, expected):
        assert _waiting.to_rules(params(**given)) == expected

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({}, "status is empty, and max_lag is not given: give at least one of them"),
            ({"status": []}, "status is empty, and max_lag is not given: give at least one of them"),
            ({"max_lag": -1.0}, "max_lag is -1, and must be a number of seconds from 0 on"),
            ({"max_lag": float("nan")}, "max_lag is nan, and must be a number of seconds from 0 on"),
            ({"max_lag": float("inf")}, "max_lag is inf, and must be a number of seconds from 0 on"),
            (
                {"max_lag": 1.0, "status": [FULL]},
                "only a job in INCRE_TRANSFER_STARTED has a lag: add it to status, or leave status out",
            ),
            (
                {"max_lag": 1.0, "wait_timeout": 9},
                (
                    "wait_timeout is 9 s, and 3 readings at a wait_interval of 5 s take 10 s: give a longer "
                    "wait_timeout, a shorter wait_interval or fewer samples"
                ),
            ),
        ],
    )
    def test_refused(self, given, words):
        with pytest.raises(OptionError) as refused:
            _waiting.to_rules(params(**given))
        assert str(refused.value) == words


class TestWords:
    def test_what_is_waited_for(self):
        assert _waiting.target_in_words(rules(RUNNING, PAUSED)) == "in INCRE_TRANSFER_STARTED or PAUSING (paused)"
        assert _waiting.target_in_words(rules(RUNNING, max_lag=2.5)) == "within a lag of 2.5 s"

    def words(self, its_rules, **jobs):
        run = Run(its_rules, wait_timeout=10.0, **jobs)
        return _waiting.in_words(run.jobs, run.watches, its_rules)

    def test_all_is_well(self):
        assert self.words(rules(PAUSED), a=[PAUSED]) == "1 job in PAUSING (paused)"
        assert self.words(rules(max_lag=10.0), a=[1], b=[1]) == "2 jobs within a lag of 10 s"

    def test_one_is_not(self):
        assert self.words(rules(RUNNING), a=[read(PAUSED, name="orders")], b=[RUNNING]) == (
            "1 of 2 jobs is not in INCRE_TRANSFER_STARTED: orders (A) timed_out in status PAUSING (paused): wait_timeout "
            "expired before it was in INCRE_TRANSFER_STARTED"
        )

    def test_the_only_one_is_not(self):
        assert self.words(rules(PAUSED, FULL), a=[read(FAILED, code="DRS.M01501", msg="DRS.M01501: full")]) == (
            "1 job is not in FULL_TRANSFER_STARTED or PAUSING (paused): A failed in status INCRE_TRANSFER_FAILED: it failed: "
            "look up why in the DRS console, then retry it (drs_job_batch with state: started) "
            "[the service said: DRS.M01501: full]"
        )

    def test_no_more_than_five_reasons(self):
        statuses = [FULL, "CREATING", "STARTJOBING", "CHANGE_JOB_STARTED", SCHEDULED, RUNNING, "Frozen", "Frozen"]
        jobs = {"abcdefgh"[number]: [status] for number, status in enumerate(statuses)}
        words = self.words(rules(PAUSED), **jobs)
        assert words.startswith(
            "8 of 8 jobs are not in PAUSING (paused): A timed_out in status FULL_TRANSFER_STARTED: "
        )
        assert words.endswith(
            "; E timed_out in status WAITING_FOR_START: wait_timeout expired before it was in PAUSING "
            "(paused); and 3 more, see jobs"
        )

    def test_equal_reasons_are_said_once(self):
        assert self.words(rules(RUNNING), a=[FULL], b=[FULL], c=[UNREADABLE]) == (
            "3 of 3 jobs are not in INCRE_TRANSFER_STARTED: A and B timed_out in status FULL_TRANSFER_STARTED: wait_timeout "
            "expired before it was in INCRE_TRANSFER_STARTED; C not_attempted: its status could not be read "
            "[the service said: 500 broken]"
        )

    def test_the_longest_lags_first(self):
        lags = {"abcdefg"[number]: [20 + number] for number in range(7)}
        assert self.words(rules(max_lag=10.0), z=[1], y=[FULL], **lags) == (
            "8 of 9 jobs are not within a lag of 10 s: Y timed_out in status FULL_TRANSFER_STARTED: wait_timeout expired "
            "before it was within a lag of 10 s; A, B, C, D, E and 2 more timed_out in status INCRE_TRANSFER_STARTED: wait_timeout "
            "expired while its lag was more than 10 s. "
            "Last lag read: G 26 s, F 25 s, E 24 s, D 23 s, C 22 s and 2 more, see lags"
        )
        assert self.words(rules(max_lag=10.0), **dict(list(lags.items())[:5])).endswith(
            "Last lag read: E 24 s, D 23 s, C 22 s, B 21 s, A 20 s"
        )

    def test_a_lag_of_zero_that_came_too_late(self):
        words = self.words(rules(max_lag=0.0, samples=3), a=[9, 0], b=[9, 9, 0.5])
        assert words.endswith(". Last lag read: B 0.5 s, A 0 s")

    def test_equal_lags_stay_in_order(self):
        assert self.words(rules(max_lag=1.0), b=[9], a=[9]).endswith("Last lag read: B 9 s, A 9 s")
