# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop alone, with a scripted service and a clock moved by hand: what it asks and when, and how each job ends."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import BillingOrder, Reading, WriteResult
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._convergence import Convergence, count
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Desired
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import Rules

BEGAN = 1000.0
WALL = 1780272000.0
# What the service says of every write and read, unless a test has it say something else.
ACCEPTED = WriteResult(_answers.ACCEPTED, request_id="r-write")
LOST = WriteResult(_answers.LOST, msg="connection reset")
BUSY = WriteResult(_answers.BUSY, code="DRS.M01504", msg="busy", request_id="r-busy")
WRONG_STATUS = WriteResult(
    _answers.REFUSED, code="DRS.M00304", msg="not in this status", request_id="r-304", of_status=True
)
REFUSED = WriteResult(_answers.REFUSED, code="DRS.M00302", msg="no", request_id="r-no", http=400)
UNSENT = WriteResult(_answers.UNSENT, msg="no connection")
SPLIT = WriteResult(_answers.SPLIT, code="DRS.M00001", msg="bad request", in_part=True)
WRONG_TOKEN = WriteResult(_answers.UNAUTHORIZED, code="APIGW.0301", msg="wrong key", http=401)
# What it says of a read.
NOT_PAID = Reading(_answers.READ, order=BillingOrder.NONE)
NOT_TOLD = Reading(_answers.REFUSED, code="DRS.M00302", msg="no", request_id="r-no", http=400)
UNREADABLE = Reading(_answers.UNREADABLE, code="500", msg="broken", request_id="r-500")
THROTTLED = Reading(_answers.UNREADABLE, code="DRS.M01503", msg="too often", throttled=True)
UNAUTHORIZED = Reading(_answers.UNAUTHORIZED, code="APIGW.0301", msg="wrong key", http=401)
MISSING = Reading(_answers.MISSING, msg="the answer has no row for it")
RUNNING, CONFIGURED, STARTING, PAUSED = "INCRE_TRANSFER_STARTED", "CONFIGURATION", "STARTJOBING", "PAUSING"
FAILED, ENDING, ENDED = "INCRE_TRANSFER_FAILED", "RELEASE_RESOURCE_STARTED", "RELEASE_RESOURCE_COMPLETE"


class Hands(Clock):
    """A clock moved by hand."""

    def __init__(self):
        self.now = BEGAN

    def monotonic(self):
        return self.now

    def wall(self):
        return WALL + self.now - BEGAN

    def sleep(self, seconds):
        assert seconds >= 0
        self.now += seconds


class Script:
    """A service that says what it was told to, thing after thing, and the last for good.

    readings, details: {job: what to say}; answers: what to say to each write. journal: (second, verb, jobs).
    """

    def __init__(self, clock, readings, answers, details, opens_at):
        self._clock, self._opens_at = clock, opens_at
        self._readings, self._details = readings, details
        self._answers = answers
        self._statuses = {}
        self.journal = []

    def statuses(self, ids):
        self._note("status", ids)
        return {job: self._read(job) for job in ids}

    def orders(self, ids):
        self._note("detail", ids)
        details = {job: self._next(self._details[job]) for job in ids}
        return {job: self._with_status(job, detail) for job, detail in details.items()}

    def write(self, items, before_send):
        before_send()
        self._note(items[0].write, [item.job_id for item in items])
        answer = self._next(self._answers)
        return answer if isinstance(answer, dict) else {item.job_id: answer for item in items}

    @staticmethod
    def for_everybody(result):
        return result._replace(kind=_answers.UNAUTHORIZED, msg="%s. Check the token" % result.msg)

    def map(self, function, batches):
        return [function(batch) for batch in batches]

    def opens_at(self):
        return self._opens_at

    def _note(self, verb, ids):
        self.journal.append((round(self._clock.now - BEGAN, 4), verb, "".join(ids)))

    @staticmethod
    def _next(words):
        return words.pop(0) if len(words) > 1 else words[0]

    def _read(self, job):
        word = self._next(self._readings[job])
        reading = word if isinstance(word, Reading) else Reading(_answers.READ, status=word, request_id="r-read")
        if reading.status:
            self._statuses[job] = reading.status
        return reading._replace(at=self._clock.now)

    def _with_status(self, job, detail):
        status = self._statuses[job] if detail.kind == _answers.READ else None
        return detail._replace(status=status, at=self._clock.now)


class Run:
    """One run to its end. readings: of job "a", or {job: readings}."""

    def __init__(
        self,
        desired,
        readings,
        answers=(ACCEPTED,),
        details=(NOT_PAID,),
        opens_at=0.0,
        listening=None,
        **rules,
    ):
        by_job = readings if isinstance(readings, dict) else {"a": readings}
        details = details if isinstance(details, dict) else {job: list(details) for job in by_job}
        self.clock = Hands()
        script = {job: list(words) for job, words in by_job.items()}
        self.service = Script(self.clock, script, list(answers), details, opens_at)
        desired = Desired(desired) if isinstance(desired, str) else desired
        self.jobs = {job: Job(job, desired, {}) for job in by_job}
        self.reports = []
        fixed = {
            "wait": True,
            "check_mode": False,
            "deadline": BEGAN + 60,
            "wait_interval": 10.0,
            "settle_time": 30.0,
            "busy_timeout": 300.0,
            "batch_size": 10,
            "allow_paid_order": False,
        }
        self.loop = Convergence(
            list(self.jobs.values()),
            self.service,
            Rules(**{**fixed, **rules}),
            self.clock,
            lambda: 0.5,
            listening or (lambda: True),
            self.reports.append,
        )
        self.loop.run()

    @property
    def asked(self):
        return [(verb, jobs) for _second, verb, jobs in self.service.journal]

    @property
    def writes(self):
        return [entry for entry in self.asked if entry[0] not in ("status", "detail")]

    def seconds(self, verb):
        return [second for second, known, _jobs in self.service.journal if known == verb]

    @property
    def took(self):
        return round(self.clock.now - BEGAN, 4)

    def end(self, job="a"):
        """(outcome, reason, changed, words, the service's code)"""
        ended = self.jobs[job]
        return (ended.outcome, ended.reason, ended.state.changed, ended.words, ended.error_code)


OK, OK_CHANGED = ("ok", None, False, None, None), ("ok", None, True, None, None)


class TestWhatIsSent:
    def test_nothing_for_a_job_that_is_there(self):
        run = Run("started", [RUNNING])
        assert run.end() == OK
        assert run.service.journal == [(0, "status", "a")]
        assert (run.jobs["a"].state.action, run.jobs["a"].state.attempts, run.jobs["a"].duration) == ("none", 0, 0)

    def test_a_start_whose_order_was_looked_at(self):
        run = Run("started", [CONFIGURED, CONFIGURED, STARTING, RUNNING])
        assert run.end() == OK_CHANGED
        assert run.asked == [("status", "a"), ("detail", "a"), ("start", "a"), *[("status", "a")] * 3]
        job = run.jobs["a"]
        assert (job.state.action, job.state.attempts, job.request_id) == ("start", 1, "r-write")
        assert (job.state.status_before, job.state.status, round(job.duration, 4)) == (CONFIGURED, RUNNING, run.took)
        assert [entry["status"] for entry in job.timeline] == [CONFIGURED, STARTING, RUNNING]

    def test_no_details_where_a_paid_order_is_allowed(self):
        run = Run("started", [CONFIGURED, RUNNING], allow_paid_order=True)
        assert run.asked == [("status", "a"), ("start", "a"), ("status", "a")]

    def test_in_batches_of_the_size_given_and_in_the_order_asked(self):
        jobs = {key: [RUNNING, PAUSED] for key in "abcde"}
        run = Run("paused", jobs, batch_size=2)
        assert run.writes == [("pause", "ab"), ("pause", "cd"), ("pause", "e")]
        assert {job.outcome for job in run.jobs.values()} == {"ok"}

    def test_writes_of_one_endpoint_together(self):
        run = Run("started", {"a": [PAUSED, RUNNING], "b": [CONFIGURED, RUNNING], "c": [FAILED, RUNNING]})
        assert run.writes == [("resume", "ac"), ("start", "b")]

    def test_details_of_starts_alone(self):
        run = Run("started", {"a": [PAUSED, RUNNING], "b": [CONFIGURED, RUNNING]})
        assert ("detail", "b") in run.asked

    def test_a_delete_after_the_stop_that_it_needs(self):
        run = Run(Desired("deleted", force=True), [RUNNING, ENDING, ENDED, "NOT_FOUND"])
        assert run.writes == [("force_terminate", "a"), ("delete", "a")]
        assert run.end() == OK_CHANGED
        assert (run.jobs["a"].state.action, run.jobs["a"].state.attempts) == ("force_terminate", 2)
        assert run.jobs["a"].state.warning == "the service knows no such job, so there is nothing to delete"

    def test_a_schedule_that_is_overridden_is_told(self):
        run = Run("started", ["WAITING_FOR_START", STARTING, RUNNING])
        assert (
            run.jobs["a"].state.warning == "it was scheduled for later, and its schedule is overridden: it starts now"
        )
        assert run.end() == OK_CHANGED

    @pytest.mark.parametrize(("early", "outcome"), [(0, "failed"), (1, "ok")])
    def test_a_start_time_that_has_come_has_passed(self, early, outcome):
        desired = Desired("started", start_time=int(WALL * 1000) + early)
        assert Run(desired, [CONFIGURED, "WAITING_FOR_START"]).jobs["a"].outcome == outcome

    def test_no_second_stop_where_the_first_was_accepted(self):
        run = Run(
            Desired("deleted", force=True),
            [RUNNING, ENDED, "RELEASE_RESOURCE_FAILED"],
            answers=[ACCEPTED, WRONG_STATUS],
        )
        assert run.writes == [("force_terminate", "a"), ("delete", "a")]
        words = "it asks for another force_terminate, after one was accepted in this run"
        assert run.end() == ("failed", "ended_badly", True, words, None)
        assert run.jobs["a"].request_id == "r-read"

    def test_the_name_last_heard(self):
        named = Reading(_answers.READ, status=CONFIGURED, name="orders")
        assert Run("started", [named, STARTING, RUNNING]).jobs["a"].state.name == "orders"
        detail = {"a": [Reading(_answers.READ, order=BillingOrder.NONE, name="billing")]}
        assert Run("started", [CONFIGURED, RUNNING], details=detail).jobs["a"].state.name == "billing"
        assert Run("started", [named, RUNNING]).jobs["a"].state.name == "orders"


class TestWhenItAsks:
    def test_soon_at_first_then_less_often(self):
        run = Run("paused", [RUNNING], deadline=BEGAN + 20, wait_interval=2.0)
        # A quarter, two and a half times as long each time, at most wait_interval; shortened by an eighth: random is 0.5.
        pauses = [min(2.0, 0.25 * 2.5**poll) * 0.875 for poll in range(40)]
        reads = [0.0]
        while reads[-1] + pauses[len(reads) - 1] < 20:
            reads.append(reads[-1] + pauses[len(reads) - 1])
        assert run.seconds("status") == [pytest.approx(second, abs=0.001) for second in [*reads, 20.0]]

    def test_jobs_that_wait_are_read_together(self):
        run = Run("paused", {"a": [RUNNING, RUNNING, PAUSED], "b": [STARTING, STARTING, RUNNING, PAUSED]})
        assert [jobs for verb, jobs in run.asked if verb == "status"] == ["ab", "ab", "ab", "b"]

    def test_all_are_read_at_the_deadline_and_nothing_is_sent_any_more(self):
        jobs = {"a": [STARTING] * 4 + [RUNNING], "b": [RUNNING, PAUSED]}
        run = Run("paused", jobs, deadline=BEGAN + 1.5)
        assert run.service.journal[-1] == (1.5, "status", "a")
        assert run.writes == [("pause", "b")]
        assert run.end() == ("timed_out", "deadline", False, "time ran out, and nothing was sent", None)
        assert run.took == 1.5
        assert run.jobs["a"].duration == 1.5
        assert run.jobs["b"].duration < 1.5

    def test_a_late_read_asks_for_jobs_that_were_not_due(self):
        run = Run("paused", [RUNNING, PAUSED], answers=[UNSENT], opens_at=BEGAN + 50, deadline=BEGAN + 20)
        assert run.service.journal[-1] == (20.0, "status", "a")
        assert run.end() == OK

    def test_no_write_in_a_round_that_began_at_the_deadline(self):
        run = Run("paused", [RUNNING], deadline=BEGAN)
        assert run.service.journal == [(0, "status", "a")]
        assert run.end() == ("timed_out", "deadline", False, "time ran out, and nothing was sent", None)

    def test_without_jobs_nothing(self):
        run = Run("paused", {})
        assert (run.asked, run.reports, run.loop.fatal) == ([], [], None)


class TestReads:
    def test_refused(self):
        words = "the service refused to tell its status"
        run = Run("paused", [REFUSED])
        assert run.end() == ("failed", "refused", False, words, "DRS.M00302")
        assert run.jobs["a"].request_id == "r-no"
        assert run.loop.fatal is None
        assert run.took == 0

    def test_refused_after_a_write(self):
        run = Run("paused", [RUNNING, REFUSED])
        assert run.end() == ("unknown", "unreadable", True, "its status could not be read", "DRS.M00302")
        assert run.took == 60

    def test_refused_after_a_write_that_is_seen_in_the_end(self):
        assert Run("paused", [RUNNING, REFUSED, PAUSED]).end() == OK_CHANGED

    def test_read_again_until_it_can_be_read(self):
        run = Run("paused", [UNREADABLE, UNREADABLE, PAUSED])
        assert run.end() == OK
        assert run.loop.fatal is None
        assert run.seconds("status") == [0, 0.2188, 0.7656]

    def test_never_read(self):
        run = Run("paused", [UNREADABLE])
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")
        assert run.loop.fatal == UNREADABLE
        assert run.took == 60

    def test_never_read_and_never_asked(self):
        run = Run("paused", [PAUSED], deadline=BEGAN - 1)
        assert run.end() == OK

    def test_throttled_to_the_end(self):
        run = Run("paused", [RUNNING, THROTTLED])
        assert run.end() == ("unknown", "throttled", True, "its status could not be read", "DRS.M01503")
        assert run.loop.fatal is None

    def test_not_waited_for(self):
        run = Run("paused", [UNREADABLE], wait=False)
        words = "its status could not be read, so nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")
        assert run.asked == [("status", "a")]

    def test_one_that_can_be_read_counts_for_all(self):
        run = Run("paused", {"a": [UNREADABLE], "b": [PAUSED]})
        assert run.loop.fatal is None
        assert run.end("b") == OK

    @pytest.mark.parametrize("wait", [True, False])
    def test_nobody_is_let_in(self, wait):
        run = Run("paused", [NOT_LET_IN], wait=wait)
        assert run.loop.fatal == NOT_LET_IN
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "APIGW.0301")
        assert run.took == 0

    def test_let_in_no_more(self):
        run = Run("paused", {"a": [NOT_LET_IN], "b": [RUNNING], "c": [PAUSED]})
        assert run.writes == []
        words = "the service let nothing more in, and nothing was done"
        assert run.end("b") == ("not_attempted", "refused", False, words, "APIGW.0301")
        assert run.end("c") == OK


class TestOrders:
    UNPAID = Reading(_answers.READ, order=BillingOrder.OPEN)
    PAID = Reading(_answers.READ, order=BillingOrder.PLACED)

    def test_an_unpaid_one_is_not_started(self):
        run = Run("started", [CONFIGURED], details=[self.UNPAID])
        words = "starting it places a yearly/monthly order and pays it: give allow_paid_order: true if that is wanted"
        assert run.end() == ("failed", "unpaid_order", False, words, None)
        assert run.writes == []

    def test_a_paid_one_is(self):
        assert Run("started", [CONFIGURED, RUNNING], details=[self.PAID]).end() == OK_CHANGED

    def test_an_unpaid_one_holds_up_no_other(self):
        details = {"a": [self.UNPAID], "b": [NOT_PAID]}
        run = Run("started", {"a": [CONFIGURED], "b": [CONFIGURED, RUNNING]}, details=details)
        assert run.writes == [("start", "b")]

    def test_details_are_read_once(self):
        run = Run("started", [CONFIGURED] * 3 + [RUNNING], answers=[BUSY, ACCEPTED])
        assert run.end() == OK_CHANGED
        assert [entry for entry in run.asked if entry[0] == "detail"] == [("detail", "a")]

    def test_details_that_cannot_be_read_are_read_again(self):
        run = Run("started", [CONFIGURED, CONFIGURED, RUNNING], details=[UNREADABLE, NOT_PAID])
        assert run.end() == OK_CHANGED
        assert run.seconds("detail") == [0, 0.2188]

    def test_details_that_can_never_be_read(self):
        run = Run("started", [CONFIGURED], details=[UNREADABLE])
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")
        assert run.writes == []

    def test_details_that_cannot_be_read_are_not_waited_for(self):
        run = Run("started", [CONFIGURED], details=[UNREADABLE], wait=False)
        words = "its status could not be read, so nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")

    def test_details_that_are_refused(self):
        run = Run("started", [CONFIGURED], details=[REFUSED])
        words = "the service refused to tell its details, which say whether a start would be paid for"
        assert run.end() == ("failed", "refused", False, words, "DRS.M00302")
        assert run.took == 0

    def test_details_that_let_nobody_in(self):
        run = Run("started", {"a": [CONFIGURED], "b": [PAUSED]}, details=[NOT_LET_IN])
        assert run.loop.fatal == NOT_LET_IN
        assert run.writes == []
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "APIGW.0301")
        words = "the service let nothing more in, and nothing was done"
        assert run.end("b") == ("not_attempted", "refused", False, words, "APIGW.0301")

    def test_they_are_read_in_check_mode_too(self):
        run = Run("started", [CONFIGURED], details=[self.UNPAID], check_mode=True)
        assert run.end()[:2] == ("failed", "unpaid_order")

    def test_a_second_start_might_be_a_second_order(self):
        run = Run("started", [CONFIGURED], answers=[LOST], details=[self.PAID])
        words = "the answer to start was lost, and a second one might place a second order"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.jobs["a"].error_msg == "connection reset"
        assert run.writes == [("start", "a")]

    def test_a_second_start_is_looked_at_where_the_first_was_not(self):
        run = Run("started", [CONFIGURED], answers=[LOST], details=[self.UNPAID], allow_paid_order=True)
        assert run.end()[:2] == ("unknown", "lost")
        assert run.asked[-1] == ("detail", "a")

    def test_a_second_start_whose_details_are_refused(self):
        run = Run("started", [CONFIGURED], answers=[LOST], details=[REFUSED], allow_paid_order=True)
        words = "the service refused to tell its details, which say whether a start would be paid for"
        assert run.end() == ("unknown", "lost", True, words, "DRS.M00302")

    def test_another_write_is_sent_again_without_details(self):
        run = Run("paused", [RUNNING], answers=[LOST])
        assert {verb for verb, _jobs in run.asked} == {"status", "pause"}


class TestAfterAWrite:
    def test_never_seen_done(self):
        run = Run("paused", [RUNNING])
        words = "pause was accepted, and time ran out before it was seen done"
        assert run.end() == ("timed_out", "deadline", True, words, None)
        assert run.writes == [("pause", "a")]

    def test_it_fails(self):
        run = Run("paused", [RUNNING, RUNNING, FAILED])
        words = "after pause it went to INCRE_TRANSFER_FAILED"
        assert run.end() == ("failed", "ended_badly", True, words, None)
        assert run.jobs["a"].request_id == "r-read"

    @pytest.mark.parametrize(("settle_time", "took"), [(3.0, 5.5508), (5.55078125, 5.5508), (5.6, 14.0957)])
    def test_the_status_before_fails_once_it_has_lasted(self, settle_time, took):
        run = Run("started", [FAILED], settle_time=settle_time)
        assert run.end()[:2] == ("failed", "ended_badly")
        assert run.took == took

    def test_a_job_that_came_back(self):
        run = Run("started", [PAUSED, STARTING, PAUSED], settle_time=5.0)
        assert run.end() == ("failed", "ended_badly", True, "after resume it went to PAUSING", None)
        assert run.took > 5.0

    def test_without_waiting(self):
        run = Run("paused", [RUNNING], wait=False)
        assert run.end() == ("accepted", None, True, None, None)
        assert run.took == 0

    def test_a_job_on_its_way_is_waited_for(self):
        assert Run("started", [STARTING, STARTING, RUNNING]).end() == OK

    def test_a_job_on_its_way_without_waiting(self):
        assert Run("started", [STARTING], wait=False).end() == ("accepted", None, False, None, None)

    def test_a_job_that_nothing_can_be_sent_to_without_waiting(self):
        run = Run("paused", [STARTING], wait=False)
        words = "nothing can be sent to it in this status, and nothing was: run again later, or with wait: true"
        assert run.end() == ("failed", "illegal_status", False, words, None)
        assert run.jobs["a"].request_id == "r-read"

    def test_a_job_that_the_table_refuses(self):
        run = Run("paused", [CONFIGURED])
        words = "it is not running, so there is nothing to pause"
        assert run.end() == ("failed", "illegal_status", False, words, None)
        assert run.jobs["a"].request_id == "r-read"


class TestLostAnswers:
    def test_a_status_that_shows_it(self):
        run = Run("started", [CONFIGURED, STARTING, RUNNING], answers=[LOST])
        assert run.end() == OK_CHANGED
        assert run.writes == [("start", "a")]

    def test_a_status_that_shows_it_without_waiting(self):
        run = Run("started", [CONFIGURED, STARTING], answers=[LOST], wait=False)
        assert run.end() == ("accepted", None, True, None, None)

    def test_a_status_that_shows_it_while_the_job_waits_for_more(self):
        run = Run(Desired("deleted", force=True), [RUNNING, ENDING, ENDED, "DELETED"], answers=[LOST, ACCEPTED])
        assert run.end() == OK_CHANGED
        assert run.writes == [("force_terminate", "a"), ("delete", "a")]

    def test_sent_once_more_when_the_service_had_time_to_show_it(self):
        run = Run("paused", [RUNNING] * 9 + [PAUSED], answers=[LOST, ACCEPTED], settle_time=8.0)
        assert run.seconds("pause") == [0, 8.0]
        assert run.end() == OK_CHANGED
        assert run.jobs["a"].state.attempts == 2

    def test_not_sent_a_third_time(self):
        run = Run("paused", [RUNNING], answers=[LOST], settle_time=8.0)
        words = "the answer to pause was lost, and its status INCRE_TRANSFER_STARTED does not tell whether it was "
        words += "carried out"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.jobs["a"].error_msg == "connection reset"
        assert run.seconds("pause") == [0, 8.0]
        assert run.took == 16.0

    def test_not_seen_before_the_end(self):
        run = Run("paused", [RUNNING], answers=[LOST], deadline=BEGAN + 20)
        words = "the answer to the write was lost, and what it did was not seen"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.jobs["a"].error_msg == "connection reset"

    def test_not_readable_before_the_end(self):
        run = Run("paused", [RUNNING, UNREADABLE], answers=[LOST], deadline=BEGAN + 20)
        words = "the answer to the write was lost, and what it did was not seen"
        assert run.end() == ("unknown", "lost", True, words, "500")

    def test_a_job_that_moved_where_another_write_is_due(self):
        # It moved by itself: a lost resume is not followed by a start.
        run = Run("started", [PAUSED, CONFIGURED], answers=[LOST], settle_time=8.0)
        words = "the answer to resume was lost, and its status CONFIGURATION does not tell whether it was carried out"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.took == 8.0

    def test_a_job_that_moved_where_nothing_can_be_sent(self):
        run = Run("paused", [RUNNING] + [STARTING] * 9 + [PAUSED], answers=[LOST], settle_time=3.0)
        assert run.end() == OK_CHANGED
        assert run.writes == [("pause", "a")]

    def test_a_second_one_that_is_refused_does_not_tell_of_the_first(self):
        run = Run("paused", [RUNNING], answers=[LOST, REFUSED], settle_time=8.0)
        assert run.end() == ("unknown", "refused", True, "the service refused it", "DRS.M00302")

    def test_a_second_one_that_the_status_refuses(self):
        run = Run("paused", [RUNNING], answers=[LOST, WRONG_STATUS], settle_time=8.0)
        words = "the service refused it in status INCRE_TRANSFER_STARTED"
        assert run.end() == ("unknown", "refused", True, words, "DRS.M00304")

    def test_a_second_one_that_meets_a_busy_job(self):
        run = Run("paused", [RUNNING], answers=[LOST, BUSY], settle_time=8.0, deadline=BEGAN + 900)
        words = "another operation is being performed on it, or it is abnormal"
        assert run.end() == ("unknown", "busy", True, words, "DRS.M01504")
        assert run.took > 308

    def test_a_second_one_that_is_refused_and_then_impossible(self):
        jobs = [RUNNING] * 5 + ["CHILD_TRANSFER_STARTED"]
        run = Run("paused", jobs, answers=[LOST, WRONG_STATUS], settle_time=5.0)
        assert run.end()[:3] == ("unknown", "lost", True)
        assert run.jobs["a"].words.startswith("a job in this status cannot be paused")

        assert run.jobs["a"].request_id == "r-read"

    def test_a_second_one_that_is_refused_where_another_write_is_due(self):
        run = Run("started", [PAUSED] * 5 + [CONFIGURED], answers=[LOST, WRONG_STATUS], settle_time=5.0)
        assert run.writes == [("resume", "a"), ("resume", "a")]
        words = "the service refused it in status CONFIGURATION"
        assert run.end() == ("unknown", "refused", True, words, "DRS.M00304")

    def test_a_second_one_that_is_refused_for_a_status_that_changed_meanwhile(self):
        readings = ["FULL_TRANSFER_STARTED"] * 5 + [RUNNING, PAUSED]
        run = Run("paused", readings, answers=[LOST, WRONG_STATUS, ACCEPTED], settle_time=5.0)
        assert run.writes == [("pause", "a")] * 3
        assert run.end() == OK_CHANGED

    def test_a_second_one_waits_until_the_service_lets_requests_in(self):
        run = Run("paused", [RUNNING], answers=[LOST, UNSENT, ACCEPTED], settle_time=5.0, opens_at=BEGAN + 20)
        assert run.seconds("pause") == [0, 5.0, 20.0]

    def test_a_schedule_that_is_still_there_does_not_show_a_start(self):
        run = Run("started", ["WAITING_FOR_START"], answers=[LOST], settle_time=5.0)
        assert run.seconds("start") == [0, 5.0]
        assert run.end()[:2] == ("unknown", "lost")

    def test_lost_after_a_refusal_is_judged_anew(self):
        run = Run("paused", [RUNNING], answers=[BUSY, LOST, ACCEPTED], settle_time=8.0, deadline=BEGAN + 30)
        assert run.seconds("pause") == [0, 0.75, 8.75]
        assert run.end()[:2] == ("timed_out", "deadline")


class TestRefusals:
    def test_for_good(self):
        run = Run("paused", [RUNNING], answers=[REFUSED])
        assert run.end() == ("failed", "refused", False, "the service refused it", "DRS.M00302")
        assert (run.jobs["a"].request_id, run.jobs["a"].state.attempts, run.jobs["a"].state.action) == (
            "r-no",
            1,
            "pause",
        )
        assert run.took == 0

    def test_for_a_status_that_is_what_it_was(self):
        run = Run("paused", [RUNNING], answers=[WRONG_STATUS])
        words = "the service refused it in status INCRE_TRANSFER_STARTED"
        assert run.end() == ("failed", "refused", False, words, "DRS.M00304")
        assert run.asked == [("status", "a"), ("pause", "a"), ("status", "a")]
        assert run.took == 0

    def test_for_a_status_that_changed_meanwhile(self):
        run = Run("started", [PAUSED, FAILED, RUNNING], answers=[WRONG_STATUS, ACCEPTED])
        assert run.writes == [("resume", "a"), ("retry", "a")]
        assert run.end() == OK_CHANGED
        assert run.jobs["a"].state.action == "resume"

    def test_for_a_status_that_changes_all_the_time(self):
        run = Run("started", [PAUSED, FAILED, PAUSED], answers=[WRONG_STATUS])
        assert run.writes == [("resume", "a"), ("retry", "a")]
        words = "the service refused it in status PAUSING"
        assert run.end() == ("failed", "refused", False, words, "DRS.M00304")

    def test_for_a_job_that_is_gone(self):
        gone = WriteResult(_answers.REFUSED, code="DRS.M05004", msg="deleted", of_status=True)
        run = Run("paused", [RUNNING, "DELETED"], answers=[gone])
        assert run.end() == ("failed", "no_such_job", False, "it was deleted", None)

    def test_for_a_job_that_moves_by_itself_meanwhile(self):
        run = Run("paused", [RUNNING, "CHANGE_JOB_STARTED", RUNNING, PAUSED], answers=[WRONG_STATUS, ACCEPTED])
        assert run.end() == OK_CHANGED
        assert run.writes == [("pause", "a"), ("pause", "a")]

    def test_nobody_is_let_in(self):
        run = Run("paused", {"a": [RUNNING], "b": [RUNNING]}, answers=[NOT_LET_IN])
        assert run.loop.fatal == NOT_LET_IN
        words = "the service let nothing more in, and nothing was done"
        assert run.end() == ("not_attempted", "refused", False, words, "APIGW.0301")
        assert (run.jobs["a"].state.attempts, run.jobs["a"].state.action) == (0, "none")

    def test_let_in_no_more_after_a_write(self):
        jobs = {"a": [RUNNING], "b": [STARTING, RUNNING]}
        run = Run("paused", jobs, answers=[ACCEPTED, NOT_LET_IN])
        assert run.end() == ("unknown", "refused", True, "the service let nothing more in", "APIGW.0301")


class TestBusy:
    def test_asked_again_with_growing_pauses(self):
        run = Run("paused", [RUNNING], answers=[BUSY], deadline=BEGAN + 200)
        # Doubled each time, at most 30 s; shortened by a quarter: random is 0.5.
        pauses = [0.75, 1.5, 3.0, 6.0, 12.0, 22.5, 22.5, 22.5, 22.5, 22.5, 22.5, 22.5]
        assert run.seconds("pause") == [sum(pauses[:number]) for number in range(len(pauses) + 1)]
        assert run.end() == ("timed_out", "busy", False, "it was busy until time ran out", "DRS.M01504")
        assert run.jobs["a"].request_id == "r-busy"
        # A long pause is no reason to look less often than asked for.
        reads = run.seconds("status")
        assert max(later - earlier for earlier, later in itertools.pairwise(reads)) == 10.0

    def test_for_five_minutes(self):
        run = Run("paused", [RUNNING], answers=[BUSY], deadline=BEGAN + 900, wait_interval=300.0)
        words = "another operation is being performed on it, or it is abnormal"
        assert run.end() == ("failed", "busy", False, words, "DRS.M01504")
        assert 300 <= run.took <= 300 + 22.5
        assert run.jobs["a"].state.attempts == 18

    def test_until_it_is_not_any_more(self):
        run = Run("paused", [RUNNING] * 5 + [PAUSED], answers=[BUSY, BUSY, ACCEPTED])
        assert run.end() == OK_CHANGED
        assert run.jobs["a"].state.attempts == 3

    def test_without_waiting(self):
        run = Run("paused", [RUNNING], answers=[BUSY], wait=False)
        words = "another operation is being performed on it, or it is abnormal"
        assert run.end() == ("failed", "busy", False, words, "DRS.M01504")
        assert run.writes == [("pause", "a")]
        assert run.took == 0

    def test_a_status_that_changed_is_planned_for_at_once(self):
        run = Run("stopped", [RUNNING, PAUSED, ENDED], answers=[BUSY, ACCEPTED])
        assert run.seconds("terminate") == [0, 0]

    def test_the_five_minutes_begin_anew_when_the_job_goes_on_by_itself(self):
        readings = [RUNNING] * 29 + ["CHANGE_JOB_STARTED", RUNNING]
        run = Run("paused", readings, answers=[BUSY], deadline=BEGAN + 510, wait_interval=300.0)
        assert run.end() == ("timed_out", "busy", False, "it was busy until time ran out", "DRS.M01504")


class TestSplits:
    def test_in_halves_each_read_again(self):
        jobs = {job: [RUNNING, RUNNING, PAUSED] for job in "abcd"}
        run = Run("paused", jobs, answers=[SPLIT, ACCEPTED])
        assert run.asked[:5] == [
            ("status", "abcd"),
            ("pause", "abcd"),
            ("status", "abcd"),
            ("pause", "ab"),
            ("pause", "cd"),
        ]
        assert run.took == run.seconds("status")[-1] < 1
        assert {job.state.attempts for job in run.jobs.values()} == {2}

    def test_an_odd_one_goes_to_the_first_half(self):
        jobs = {job: [RUNNING, RUNNING, PAUSED] for job in "abc"}
        assert Run("paused", jobs, answers=[SPLIT, ACCEPTED]).writes[1:] == [("pause", "ab"), ("pause", "c")]

    def test_halves_of_two_requests_stay_apart(self):
        jobs = {job: [RUNNING, RUNNING, PAUSED] for job in "abcd"}
        run = Run("paused", jobs, answers=[SPLIT, SPLIT, ACCEPTED], batch_size=2)
        assert run.writes[2:] == [("pause", job) for job in "abcd"]

    def test_an_accepted_job_is_in_no_group_any_more(self):
        desired = Desired("deleted", force=True)
        jobs = {job: [RUNNING, RUNNING, ENDED, "DELETED"] for job in "ab"}
        run = Run(desired, jobs, answers=[SPLIT, ACCEPTED])
        assert run.writes[1:] == [("force_terminate", "a"), ("force_terminate", "b"), ("delete", "ab")]

    def test_a_refused_job_is_in_no_group_any_more(self):
        jobs = {job: [RUNNING] for job in "ab"}
        run = Run("paused", jobs, answers=[SPLIT, BUSY, BUSY, ACCEPTED], deadline=BEGAN + 3)
        assert run.writes[1:] == [("pause", "a"), ("pause", "b"), ("pause", "ab")]

    def test_a_lost_job_is_in_no_group_any_more(self):
        jobs = {job: [RUNNING] for job in "ab"}
        run = Run("paused", jobs, answers=[SPLIT, LOST, LOST, ACCEPTED], settle_time=3.0, deadline=BEGAN + 5)
        assert run.writes[1:] == [("pause", "a"), ("pause", "b"), ("pause", "ab")]


class TestUnsent:
    def test_sent_again_after_a_pause(self):
        run = Run("paused", [RUNNING] * 2 + [PAUSED], answers=[UNSENT, ACCEPTED])
        assert run.seconds("pause") == [0, 0.75]
        assert run.jobs["a"].state.attempts == 1
        assert run.end() == OK_CHANGED

    def test_not_before_the_service_lets_requests_in(self):
        run = Run("paused", [RUNNING], answers=[UNSENT, ACCEPTED], opens_at=BEGAN + 9)
        assert run.seconds("pause") == [0, 9]

    def test_with_growing_pauses(self):
        run = Run("paused", [RUNNING], answers=[UNSENT], deadline=BEGAN + 6)
        assert run.seconds("pause") == [0, 0.75, 2.25, 5.25]
        words = "the service did not let the request in before time ran out"
        assert run.end() == ("not_attempted", "deadline", False, words, None)
        assert run.jobs["a"].error_msg == "no connection"

    def test_throttled(self):
        unsent = WriteResult(_answers.UNSENT, code="APIGW.0308", msg="too often", throttled=True)
        run = Run("paused", [RUNNING], answers=[unsent], deadline=BEGAN + 6)
        words = "the service did not let the request in before time ran out"
        assert run.end() == ("not_attempted", "throttled", False, words, "APIGW.0308")

    def test_one_pause_for_a_request(self):
        jobs = {job: [RUNNING] * 4 + [PAUSED] for job in "ab"}
        answers = [{"a": UNSENT, "b": BUSY}, UNSENT, ACCEPTED]
        assert Run("paused", jobs, answers=answers).writes == [("pause", "ab")] * 3

    def test_pauses_are_short_again_after_a_write(self):
        desired = Desired("deleted", force=True)
        run = Run(desired, [RUNNING] * 3 + [ENDED], answers=[UNSENT, UNSENT, ACCEPTED, UNSENT, ACCEPTED])
        first, second = run.seconds("delete")
        assert second - first == pytest.approx(0.75)

    def test_a_request_that_was_never_made_leaves_no_trace(self):
        answers = [{"b": ACCEPTED}, {"a": ACCEPTED}]
        run = Run("paused", {"a": [RUNNING] * 2 + [PAUSED], "b": [RUNNING, PAUSED]}, answers=answers)
        assert run.writes == [("pause", "ab"), ("pause", "a")]


class TestTheCallerIsGone:
    WORDS = "whoever started the run is gone: nothing more was sent"

    def test_nothing_is_sent(self):
        run = Run("paused", {"a": [RUNNING], "b": [PAUSED]}, listening=lambda: False)
        assert run.end() == ("not_attempted", "caller_gone", False, self.WORDS, None)
        assert run.end("b") == OK
        assert (run.writes, run.took) == ([], 0)

    def test_nothing_more_is_sent(self):
        told = iter([True, False])
        jobs = {"a": [RUNNING], "b": [RUNNING]}
        run = Run("paused", jobs, listening=lambda: next(told), batch_size=1)
        assert run.end() == ("unknown", "caller_gone", True, self.WORDS, None)
        assert run.end("b") == ("not_attempted", "caller_gone", False, self.WORDS, None)
        assert run.writes == [("pause", "a")]

    def test_nothing_more_is_read(self):
        told = iter([True, True, False])
        run = Run("paused", [RUNNING], listening=lambda: next(told))
        assert run.end() == ("unknown", "caller_gone", True, self.WORDS, None)
        assert run.asked == [("status", "a"), ("pause", "a"), ("status", "a")]

    def test_nobody_is_asked_whether_he_listens_past_the_deadline(self):
        asked = []
        jobs = {"a": [RUNNING], "b": [RUNNING]}
        run = Slow("paused", jobs, listening=lambda: not asked.append(None), batch_size=1, deadline=BEGAN + 3)
        assert run.writes == [("pause", "a")]
        assert run.end("b") == ("timed_out", "deadline", False, "time ran out, and nothing was sent", None)
        assert len(asked) == 1


class TestRefusedDeletes:
    REFUSAL = WriteResult(_answers.REFUSED, code="DRS.M00001", msg="no")
    SAID = "the service refused it; it has a yearly/monthly order: unsubscribe from that first"

    @pytest.mark.parametrize("order", [BillingOrder.PLACED, BillingOrder.OPEN])
    def test_an_order_is_named(self, order):
        run = Run("deleted", [ENDED], answers=[self.REFUSAL], details=[Reading(_answers.READ, order=order)])
        assert run.end() == ("failed", "refused", False, self.SAID, "DRS.M00001")

    def test_no_order(self):
        run = Run("deleted", [ENDED], answers=[self.REFUSAL])
        assert run.end() == ("failed", "refused", False, "the service refused it", "DRS.M00001")

    def test_only_those_refused_are_looked_at(self):
        jobs = {"a": [ENDED], "b": [ENDED, "DELETED"], "c": [RUNNING]}
        run = Run("deleted", jobs, answers=[{"a": self.REFUSAL, "b": ACCEPTED}])
        assert run.asked[-1] == ("detail", "a")

    def test_another_refusal_needs_no_look(self):
        assert Run("stopped", [RUNNING], answers=[self.REFUSAL]).asked[-1] == ("terminate", "a")

    def test_not_once_the_caller_is_gone(self):
        told = iter([True, False])
        jobs = {"a": [ENDED], "b": [RUNNING, ENDING]}
        run = Run(
            Desired("deleted", force=True),
            jobs,
            answers=[{"a": self.REFUSAL, "b": ACCEPTED}],
            listening=lambda: next(told),
        )
        assert run.end("b") == ("unknown", "caller_gone", True, TestTheCallerIsGone.WORDS, None)
        assert run.end() == ("failed", "refused", False, "the service refused it", "DRS.M00001")
        assert "detail" not in [verb for verb, _jobs in run.asked]

    def test_not_after_the_deadline(self):
        run = Slow("deleted", [ENDED], answers=[self.REFUSAL], deadline=BEGAN + 2)
        assert run.asked[-1] == ("delete", "a")


class TestCheckMode:
    def test_a_write_is_foretold(self):
        run = Run("paused", [RUNNING], check_mode=True)
        assert (run.end(), run.jobs["a"].state.action, run.jobs["a"].state.predicted) == (OK_CHANGED, "pause", False)
        assert run.asked == [("status", "a")]

    def test_a_write_is_foretold_without_waiting(self):
        run = Run("paused", [RUNNING], check_mode=True, wait=False)
        assert run.end() == ("accepted", None, True, None, None)

    def test_from_a_status_to_come(self):
        run = Run("paused", [STARTING], check_mode=True)
        assert (run.end(), run.jobs["a"].state.action, run.jobs["a"].state.predicted) == (OK_CHANGED, "pause", True)

    def test_nothing_is_predicted_without_waiting(self):
        run = Run("paused", [STARTING], check_mode=True, wait=False)
        assert run.end()[:2] == ("failed", "illegal_status")
        assert not run.jobs["a"].state.predicted

    def test_a_job_on_its_way(self):
        run = Run("started", [STARTING], check_mode=True)
        assert (run.end(), run.took) == (OK, 0)

    def test_a_start_time_that_has_passed(self):
        desired = Desired("started", start_time=int(WALL * 1000))
        assert Run(desired, [CONFIGURED], check_mode=True).end()[:2] == ("failed", "start_time_past")


class TestReports:
    def test_counts_are_told_when_they_change(self):
        run = Run("paused", {"a": [RUNNING] * 3 + [PAUSED], "b": [RUNNING, PAUSED]}, answers=[{"a": BUSY, "b": LOST}])
        told = [{name: number for name, number in report.items() if number} for report in run.reports]
        assert told[:2] == [{"total": 2, "busy": 1, "lost": 1}, {"total": 2, "busy": 1, "there": 1}]
        assert all(one != other for one, other in itertools.pairwise(told))

    @pytest.mark.parametrize(("answer", "name"), [(BUSY, "busy"), (LOST, "lost"), (ACCEPTED, "on_their_way")])
    def test_jobs_are_counted(self, answer, name):
        run = Run("paused", {"a": [RUNNING], "b": [RUNNING]}, answers=[answer])
        assert (run.reports[0]["total"], run.reports[0][name]) == (2, 2)

    def test_the_end_is_told(self):
        run = Run("paused", [RUNNING], deadline=BEGAN + 5)
        on_its_way = {"total": 1, "there": 0, "on_their_way": 1, "busy": 0, "lost": 0, "failed": 0}
        assert run.reports == [on_its_way, {**on_its_way, "on_their_way": 0, "failed": 1}]

    def test_the_numbers_add_up(self):
        jobs = {"a": [PAUSED], "b": [CONFIGURED], "c": [RUNNING]}
        run = Run("paused", jobs, wait=False)
        assert count(run.jobs.values()) == {
            "total": 3,
            "there": 2,
            "on_their_way": 0,
            "busy": 0,
            "lost": 0,
            "failed": 1,
        }


class Slow(Run):
    """A run whose every write takes three seconds."""

    def __init__(self, *arguments, **options):
        write = Script.write

        def slowly(service, orders, last_look):
            answer = write(service, orders, last_look)
            service._clock.now += 3
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Script, "write", slowly)
            super().__init__(*arguments, **options)
