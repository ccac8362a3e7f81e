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
from ansible_collections.huaweicloud.drs.plugins.module_utils._convergence import Convergence, Withheld, count
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
    """A service with scripted answers, given one after another, and the last one from then on.

    readings, details: {job: what to say}; answers: what to say to each write, or a function of its items. What is said
    may be a function of the service and the job. journal: (second, verb, jobs).
    """

    def __init__(self, clock, readings, answers, details, opens_at=0.0, read_takes=0.0, write_takes=0.0, in_flight=1):
        self._clock, self._opens_at = clock, opens_at
        self._readings, self._details = readings, details
        self._answers = answers
        self._read_takes, self._write_takes, self._in_flight = read_takes, write_takes, in_flight
        self._statuses = {}
        self._others = []
        self.accepted = set()
        self.journal = []

    def statuses(self, ids):
        self._note("status", ids)
        self._clock.now += self._read_takes
        return {job: self._read(job) for job in ids}

    def orders(self, ids):
        self._note("detail", ids)
        details = {job: self._next(self._details[job]) for job in ids}
        return {job: self._with_status(job, detail) for job, detail in details.items()}

    def write(self, items, before_send):
        before_send()
        self._note(items[0].write, [item.job_id for item in items])
        others, self._others = self._others, []
        for send_next in others:
            send_next()
        self._clock.now += self._write_takes
        answer = self._answers(items) if callable(self._answers) else self._next(self._answers)
        results = answer if isinstance(answer, dict) else {item.job_id: answer for item in items}
        self.accepted |= {job for job, result in results.items() if result.kind == _answers.ACCEPTED}
        return results

    @staticmethod
    def for_everybody(result):
        return result._replace(kind=_answers.UNAUTHORIZED, msg="%s. Check the token" % result.msg)

    def map(self, function, batches):
        """Requests that are in flight together: each is sent before the one before it is answered, so that the last is
        answered first."""
        results = {}

        def send(numbers):
            if numbers:
                self._others = [lambda: send(numbers[1:])]
                results[numbers[0]] = function(batches[numbers[0]])
                others, self._others = self._others, []
                for send_next in others:  # this one was not sent
                    send_next()

        for start in range(0, len(batches), self._in_flight):
            send(range(len(batches))[start : start + self._in_flight])
        return [results[number] for number in range(len(batches))]

    def opens_at(self):
        return self._opens_at

    def _note(self, verb, ids):
        self.journal.append((round(self._clock.now - BEGAN, 4), verb, "".join(ids)))

    @staticmethod
    def _next(words):
        return words.pop(0) if len(words) > 1 else words[0]

    def _read(self, job):
        word = self._next(self._readings[job])
        word = word(self, job) if callable(word) else word
        reading = word if isinstance(word, Reading) else Reading(_answers.READ, status=word, request_id="r-read")
        if reading.status:
            self._statuses[job] = reading.status
        return reading._replace(at=self._clock.now)

    def _with_status(self, job, detail):
        status = (detail.status or self._statuses[job]) if detail.kind == _answers.READ else None
        return detail._replace(status=status, at=self._clock.now)


def paused_once_accepted(service, job):
    return PAUSED if job in service.accepted else RUNNING


class Run:
    """One run to its end. readings: of job "a", or {job: readings}. desired: of all jobs, or {job: its own}."""

    def __init__(
        self,
        desired,
        readings,
        answers=(ACCEPTED,),
        details=(NOT_PAID,),
        listening=None,
        service=None,
        before_send=None,
        **rules,
    ):
        by_job = readings if isinstance(readings, dict) else {"a": readings}
        details = details if isinstance(details, dict) else {job: list(details) for job in by_job}
        self.clock = Hands()
        script = {job: list(words) for job, words in by_job.items()}
        answers = answers if callable(answers) else list(answers)
        self.service = Script(self.clock, script, answers, details, **(service or {}))
        wanted = desired if isinstance(desired, dict) else dict.fromkeys(by_job, desired)
        self.jobs = {
            job: Job(job, Desired(state) if isinstance(state, str) else state, {}) for job, state in wanted.items()
        }
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
            (lambda: listening(self)) if listening else (lambda: True),
            self.reports.append,
            *([lambda keys: before_send(self, keys)] if before_send else []),
        )
        self.loop.run()

    @property
    def requests(self):
        return [(verb, jobs) for _second, verb, jobs in self.service.journal]

    @property
    def writes(self):
        return [entry for entry in self.requests if entry[0] not in ("status", "detail")]

    def seconds(self, verb):
        return [second for second, known, _jobs in self.service.journal if known == verb]

    def read(self, job):
        """The seconds of its reads."""
        return [second for second, verb, jobs in self.service.journal if verb == "status" and job in jobs]

    @property
    def took(self):
        return round(self.clock.now - BEGAN, 4)

    def end(self, job="a"):
        """(outcome, reason, changed, words, the service's code)"""
        ended = self.jobs[job]
        return (ended.outcome, ended.reason, ended.state.changed, ended.words, ended.error_code)


OK, OK_CHANGED = ("ok", None, False, None, None), ("ok", None, True, None, None)


class TestWhatIsSent:
    def test_nothing_for_a_job_in_the_desired_state(self):
        run = Run("started", [RUNNING])
        assert run.end() == OK
        assert run.service.journal == [(0, "status", "a")]
        assert (run.jobs["a"].state.action, run.jobs["a"].state.attempts, run.jobs["a"].duration) == ("none", 0, 0)

    def test_a_start_whose_order_was_read(self):
        run = Run("started", [CONFIGURED, CONFIGURED, STARTING, RUNNING])
        assert run.end() == OK_CHANGED
        assert run.requests == [("status", "a"), ("detail", "a"), ("start", "a"), *[("status", "a")] * 3]
        job = run.jobs["a"]
        assert (job.state.action, job.state.attempts, job.request_id) == ("start", 1, "r-write")
        assert (job.state.status_before, job.state.status, round(job.duration, 4)) == (CONFIGURED, RUNNING, run.took)
        assert [entry["status"] for entry in job.timeline] == [CONFIGURED, STARTING, RUNNING]

    def test_no_details_where_a_paid_order_is_allowed(self):
        run = Run("started", [CONFIGURED, RUNNING], allow_paid_order=True)
        assert run.requests == [("status", "a"), ("start", "a"), ("status", "a")]

    def test_in_batches_of_the_size_given_and_in_the_order_requested(self):
        jobs = {key: [RUNNING, PAUSED] for key in "abcde"}
        run = Run("paused", jobs, batch_size=2)
        assert run.writes == [("pause", "ab"), ("pause", "cd"), ("pause", "e")]
        assert {job.outcome for job in run.jobs.values()} == {"ok"}

    def test_with_the_options_of_each_job(self):
        sent = []
        run = Run(
            "paused",
            {job: [paused_once_accepted] for job in "ab"},
            answers=lambda items: sent.extend(items) or ACCEPTED,
        )
        assert [(item.job_id, item.write) for item in sent] == [("a", "pause"), ("b", "pause")]
        assert [item.options is run.jobs[item.job_id].options for item in sent] == [True, True]

    def test_writes_of_one_endpoint_together(self):
        run = Run("started", {"a": [PAUSED, RUNNING], "b": [CONFIGURED, RUNNING], "c": [FAILED, RUNNING]})
        assert run.writes == [("resume", "ac"), ("start", "b")]

    def test_details_of_starts_alone(self):
        run = Run("started", {"a": [PAUSED, RUNNING], "b": [CONFIGURED, RUNNING]})
        assert ("detail", "b") in run.requests

    def test_a_delete_after_the_stop_that_it_needs(self):
        run = Run(Desired("deleted", force=True), [RUNNING, ENDING, ENDED, "NOT_FOUND"])
        assert run.writes == [("force_terminate", "a"), ("delete", "a")]
        assert run.end() == OK_CHANGED
        assert (run.jobs["a"].state.action, run.jobs["a"].state.attempts) == ("force_terminate", 2)
        assert (run.jobs["a"].state.status, run.jobs["a"].state.warning) == ("DELETED", None)

    def test_a_schedule_that_is_overridden_is_reported(self):
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
        words = "it needs another force_terminate, after one was accepted in this run"
        assert run.end() == ("failed", "ended_badly", True, words, None)
        assert run.jobs["a"].request_id == "r-304"

    def test_the_name_last_read(self):
        named = Reading(_answers.READ, status=CONFIGURED, name="orders")
        assert Run("started", [named, STARTING, RUNNING]).jobs["a"].state.name == "orders"
        detail = {"a": [Reading(_answers.READ, order=BillingOrder.NONE, name="billing")]}
        assert Run("started", [CONFIGURED, RUNNING], details=detail).jobs["a"].state.name == "billing"
        assert Run("started", [named, RUNNING]).jobs["a"].state.name == "orders"


class TestWhenItReads:
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
        assert [jobs for verb, jobs in run.requests if verb == "status"] == ["ab", "ab", "ab", "b"]

    def test_all_are_read_at_the_deadline_and_nothing_is_sent_any_more(self):
        jobs = {"a": [STARTING] * 4 + [RUNNING], "b": [RUNNING, PAUSED]}
        run = Run("paused", jobs, deadline=BEGAN + 1.5)
        assert run.service.journal[-1] == (1.5, "status", "a")
        assert run.writes == [("pause", "b")]
        assert run.end() == ("timed_out", "deadline", False, "wait_timeout expired, and nothing was sent", None)
        assert run.took == 1.5
        assert run.jobs["a"].duration == 1.5
        assert run.jobs["b"].duration < 1.5

    def test_a_run_that_begins_at_its_deadline_reads_and_sends_nothing(self):
        run = Run("paused", [RUNNING], deadline=BEGAN)
        assert run.service.journal == [(0, "status", "a")]
        assert run.end() == ("timed_out", "deadline", False, "wait_timeout expired, and nothing was sent", None)

    def test_without_jobs_nothing(self):
        run = Run("paused", {})
        assert (run.requests, run.reports, run.loop.fatal) == ([], [], None)


class TestReads:
    def test_refused(self):
        words = "the service refused to report its status"
        run = Run("paused", [NOT_TOLD])
        assert run.end() == ("failed", "refused", False, words, "DRS.M00302")
        assert run.jobs["a"].request_id == "r-no"
        assert run.loop.fatal is None
        assert run.took == 0

    def test_refused_after_a_write(self):
        run = Run("paused", [RUNNING, NOT_TOLD])
        assert run.end() == ("unknown", "unreadable", True, "its status could not be read", "DRS.M00302")
        # The first refusal comes at 0.2188 s, and is final with the first read settle_time later.
        assert run.read("a")[-2:] == [22.8457, 31.5957]
        assert run.loop.fatal is None

    def test_refused_after_a_write_that_is_seen_in_the_end(self):
        assert Run("paused", [RUNNING, NOT_TOLD, PAUSED]).end() == OK_CHANGED

    def test_refusals_with_an_unreadable_answer_between_them_begin_again(self):
        run = Run("paused", [RUNNING, NOT_TOLD, NOT_TOLD, UNREADABLE, NOT_TOLD], settle_time=1.0)
        assert run.end()[:2] == ("unknown", "unreadable")
        assert len(run.read("a")) == 7

    def test_read_again_until_it_can_be_read(self):
        run = Run("paused", [UNREADABLE, UNREADABLE, PAUSED])
        assert run.end() == OK
        assert run.loop.fatal is None
        assert run.seconds("status") == [0, 0.2188, 0.7656]

    def test_never_read(self):
        run = Run("paused", [UNREADABLE])
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")
        assert run.loop.fatal == UNREADABLE._replace(at=run.loop.fatal.at)
        assert run.took == 60

    def test_never_read_and_never_requested(self):
        run = Run("paused", [PAUSED], deadline=BEGAN - 1)
        assert run.end() == OK

    def test_throttled_to_the_end(self):
        run = Run("paused", [RUNNING, THROTTLED])
        assert run.end() == ("unknown", "throttled", True, "its status could not be read", "DRS.M01503")
        assert run.loop.fatal is None

    def test_not_waited_for(self):
        run = Run("paused", [UNREADABLE], wait=False)
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")
        assert run.requests == [("status", "a")]
        assert run.loop.fatal == UNREADABLE._replace(at=BEGAN)

    def test_throttling_is_waited_for_even_so(self):
        run = Run("paused", [THROTTLED, RUNNING], wait=False)
        assert run.end() == ("accepted", None, True, None, None)

    def test_one_that_can_be_read_counts_for_all(self):
        run = Run("paused", {"a": [UNREADABLE], "b": [PAUSED]})
        assert run.loop.fatal is None
        assert run.end("b") == OK

    def test_one_that_is_refused_counts_for_all(self):
        run = Run("paused", {"a": [UNREADABLE], "b": [NOT_TOLD]})
        assert run.loop.fatal is None

    def test_a_missing_row_counts_as_an_answer(self):
        run = Run("paused", {"a": [MISSING], "b": [UNREADABLE]})
        assert run.loop.fatal is None
        assert run.end()[:2] == ("failed", "no_such_job")

    @pytest.mark.parametrize("wait", [True, False])
    def test_a_run_that_is_never_authorized_ends_at_once(self, wait):
        run = Run("paused", [UNAUTHORIZED], wait=wait)
        assert run.loop.fatal == UNAUTHORIZED._replace(at=BEGAN)
        words = "its status could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "APIGW.0301")
        assert run.took == 0

    def test_a_stray_401_is_retried(self):
        run = Run("paused", {"a": [UNAUTHORIZED, RUNNING, PAUSED], "b": [RUNNING, PAUSED], "c": [PAUSED]})
        assert {job: run.end(job) for job in "abc"} == {"a": OK_CHANGED, "b": OK_CHANGED, "c": OK}
        assert run.loop.fatal is None

    def test_one_that_lasts_is_final(self):
        run = Run("paused", {"a": [RUNNING, UNAUTHORIZED], "b": [PAUSED]})
        assert run.end() == ("unknown", "unreadable", True, "its status could not be read", "APIGW.0301")
        assert run.loop.fatal == UNAUTHORIZED._replace(at=run.clock.now)
        assert 30 <= run.took < 40

    def test_a_run_counts_as_authorized_once_an_answer_had_no_row(self):
        run = Run("paused", [MISSING, UNAUTHORIZED, PAUSED])
        assert run.end() == OK

    def test_one_that_nothing_can_change_is_final_at_once(self):
        run = Run("paused", [RUNNING, UNAUTHORIZED._replace(final=True)])
        assert run.end()[:2] == ("unknown", "unreadable")
        assert len(run.read("a")) == 2

    def test_credentials_that_cannot_be_renewed_are_refused_three_times(self):
        run = Run("paused", [RUNNING, UNAUTHORIZED._replace(fixed_credentials=True)])
        assert run.end()[:2] == ("unknown", "unreadable")
        assert len(run.read("a")) == 4


class TestMissingRows:
    def test_a_job_never_seen_is_read_once_more(self):
        run = Run("paused", {"a": [MISSING], "b": [MISSING], "c": [RUNNING, PAUSED]})
        assert run.end()[:2] == ("failed", "no_such_job")
        assert [(second, jobs) for second, verb, jobs in run.service.journal if verb == "status"] == [
            (0, "abc"),
            (0.2188, "c"),
            (5.0, "ab"),
        ]

    def test_without_waiting_too(self):
        run = Run("paused", [MISSING, RUNNING], wait=False)
        assert run.end() == ("accepted", None, True, None, None)
        assert run.seconds("status") == [0, 5.0]

    def test_a_job_that_was_seen_is_gone_after_settle_time(self):
        run = Run("paused", [STARTING, MISSING])
        assert run.end()[:2] == ("failed", "no_such_job")
        assert run.jobs["a"].state.status == "NOT_FOUND"
        assert run.took == 30.2188

    def test_a_job_that_was_deleted_is_gone_at_once(self):
        run = Run("deleted", [ENDED, MISSING])
        assert run.end() == OK_CHANGED
        assert (run.took, run.jobs["a"].state.status) == (0.2188, "DELETED")


class TestOrders:
    UNPAID = Reading(_answers.READ, order=BillingOrder.OPEN)
    PAID = Reading(_answers.READ, order=BillingOrder.PLACED)

    def test_an_unpaid_one_is_not_started(self):
        run = Run("started", [CONFIGURED], details=[self.UNPAID])
        words = "starting it places a yearly/monthly order and pays it: give allow_paid_order: true if that is desired"
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
        assert [entry for entry in run.requests if entry[0] == "detail"] == [("detail", "a")]

    def test_details_that_cannot_be_read_are_read_again(self):
        run = Run("started", [CONFIGURED, CONFIGURED, RUNNING], details=[UNREADABLE, NOT_PAID])
        assert run.end() == OK_CHANGED
        assert run.seconds("detail") == [0, 0.2188]

    def test_details_that_can_never_be_read(self):
        run = Run("started", [CONFIGURED], details=[UNREADABLE])
        words = "its details, which say whether a start would be paid for, could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")
        assert run.writes == []

    def test_details_that_cannot_be_read_are_not_waited_for(self):
        run = Run("started", [CONFIGURED], details=[UNREADABLE], wait=False)
        words = "its details, which say whether a start would be paid for, could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "500")

    def test_details_that_are_refused(self):
        run = Run("started", [CONFIGURED], details=[NOT_TOLD])
        words = "the service refused to report its details, which say whether a start would be paid for"
        assert run.end() == ("failed", "refused", False, words, "DRS.M00302")
        assert run.took == 0

    def test_details_that_are_unauthorized_are_read_again(self):
        run = Run("started", {"a": [CONFIGURED], "b": [PAUSED, RUNNING]}, details=[UNAUTHORIZED])
        assert run.writes == [("resume", "b")]
        words = "its details, which say whether a start would be paid for, could not be read, and nothing was sent"
        assert run.end() == ("not_attempted", "unreadable", False, words, "APIGW.0301")
        assert run.loop.fatal == UNAUTHORIZED._replace(at=run.clock.now)
        assert 30 <= run.took < 40
        assert run.end("b") == OK_CHANGED

    def test_details_that_stay_unauthorized_whatever_is_done(self):
        run = Run("started", [CONFIGURED], details=[UNAUTHORIZED._replace(final=True)])
        assert run.end()[:2] == ("not_attempted", "unreadable")
        assert run.took == 0

    def test_a_job_that_left_the_status_while_its_details_were_read(self):
        detail = Reading(_answers.READ, order=BillingOrder.NONE, status=RUNNING)
        run = Run("started", [CONFIGURED], details=[detail])
        assert run.writes == []
        assert run.end() == OK

    def test_they_are_read_in_check_mode_too(self):
        run = Run("started", [CONFIGURED], details=[self.UNPAID], check_mode=True)
        assert run.end()[:2] == ("failed", "unpaid_order")

    def test_a_second_start_might_be_a_second_order(self):
        run = Run("started", [CONFIGURED], answers=[LOST], details=[self.PAID])
        words = "the answer to start was lost, and a second one might place a second order"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.jobs["a"].error_msg == "connection reset"
        assert run.writes == [("start", "a")]

    def test_details_are_read_before_a_second_start_that_may_be_paid_for(self):
        run = Run("started", [CONFIGURED], answers=[LOST], details=[self.UNPAID], allow_paid_order=True)
        assert run.end()[:2] == ("unknown", "lost")
        assert run.requests[-1] == ("detail", "a")

    def test_a_second_start_whose_details_are_refused(self):
        run = Run("started", [CONFIGURED], answers=[LOST], details=[NOT_TOLD], allow_paid_order=True)
        words = "the service refused to report its details, which say whether a start would be paid for"
        assert run.end() == ("unknown", "lost", True, words, "DRS.M00302")

    def test_other_writes_are_sent_again_without_details(self):
        run = Run("paused", [RUNNING], answers=[LOST])
        assert {verb for verb, _jobs in run.requests} == {"status", "pause"}


class TestAfterAWrite:
    def test_never_seen_done(self):
        run = Run("paused", [RUNNING])
        words = "pause was accepted, and wait_timeout expired before it was seen to be done"
        assert run.end() == ("timed_out", "deadline", True, words, None)
        assert run.writes == [("pause", "a")]

    def test_it_fails(self):
        run = Run("paused", [RUNNING, RUNNING, FAILED])
        words = "after pause it went to INCRE_TRANSFER_FAILED"
        assert run.end() == ("failed", "ended_badly", True, words, None)
        assert run.jobs["a"].request_id == "r-write"

    @pytest.mark.parametrize(("settle_time", "took"), [(3.0, 5.5508), (5.55078125, 5.5508), (5.6, 14.0957)])
    def test_the_status_before_fails_once_it_has_lasted(self, settle_time, took):
        run = Run("stopped", ["RELEASE_RESOURCE_FAILED"], settle_time=settle_time)
        assert run.end()[:2] == ("failed", "ended_badly")
        assert run.took == took

    def test_a_retry_that_is_not_seen_to_begin_has_not_failed(self):
        assert Run("started", [FAILED], settle_time=3.0).end()[:2] == ("timed_out", "deadline")

    def test_a_job_that_came_back(self):
        run = Run("started", [PAUSED, STARTING, PAUSED], settle_time=5.0)
        assert run.end() == ("failed", "ended_badly", True, "after resume it went to PAUSING", None)
        assert run.took > 5.0

    def test_without_waiting(self):
        run = Run("paused", [RUNNING], wait=False)
        assert run.end() == ("accepted", None, True, None, None)
        assert run.took == 0

    def test_a_job_in_progress_is_waited_for(self):
        assert Run("started", [STARTING, STARTING, RUNNING]).end() == OK

    def test_a_job_in_progress_without_waiting(self):
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

    def test_sent_a_second_time_when_the_service_had_time_to_show_it(self):
        run = Run("paused", [RUNNING] * 9 + [PAUSED], answers=[LOST, ACCEPTED], settle_time=8.0)
        assert run.seconds("pause") == [0, 8.0]
        assert run.end() == OK_CHANGED
        assert run.jobs["a"].state.attempts == 2

    def test_not_sent_a_third_time(self):
        run = Run("paused", [RUNNING], answers=[LOST], settle_time=8.0)
        words = "the answer to pause does not say whether it was carried out, and neither does its status "
        words += "INCRE_TRANSFER_STARTED"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.jobs["a"].error_msg == "connection reset"
        assert run.seconds("pause") == [0, 8.0]
        assert run.took == 16.0

    def test_not_seen_before_the_end(self):
        run = Run("paused", [RUNNING], answers=[LOST], deadline=BEGAN + 20)
        words = "the answer to pause does not say whether it was carried out, and its status did not show it"
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.jobs["a"].error_msg == "connection reset"

    def test_not_readable_before_the_end(self):
        run = Run("paused", [RUNNING, UNREADABLE], answers=[LOST], deadline=BEGAN + 20)
        words = "the answer to pause does not say whether it was carried out, and its status did not show it"
        assert run.end() == ("unknown", "lost", True, words, "500")

    def test_a_job_that_moved_where_another_write_is_due(self):
        # It moved by itself: a lost resume is not followed by a start.
        run = Run("started", [PAUSED, CONFIGURED], answers=[LOST], settle_time=8.0)
        words = (
            "the answer to resume does not say whether it was carried out, and neither does its status CONFIGURATION"
        )
        assert run.end() == ("unknown", "lost", True, words, None)
        assert run.took == 8.0

    def test_a_job_that_moved_where_nothing_can_be_sent(self):
        run = Run("paused", [RUNNING] + [STARTING] * 9 + [PAUSED], answers=[LOST], settle_time=3.0)
        assert run.end() == OK_CHANGED
        assert run.writes == [("pause", "a")]

    def test_a_second_one_that_is_refused_does_not_show_the_first(self):
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
        assert run.jobs["a"].request_id == "r-304"

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

    def test_a_second_one_waits_until_the_service_takes_requests_again(self):
        script = {"opens_at": BEGAN + 20}
        run = Run("paused", [RUNNING], answers=[LOST, UNSENT, ACCEPTED], settle_time=5.0, service=script)
        assert run.seconds("pause") == [0, 5.0, 20.0]

    def test_a_schedule_that_was_there_before_does_not_show_a_start(self):
        run = Run("started", ["WAITING_FOR_START"], answers=[LOST], settle_time=5.0)
        assert run.seconds("start") == [0, 5.0]
        assert run.end()[:2] == ("unknown", "lost")

    def test_an_answer_that_is_lost_after_a_busy_one(self):
        run = Run("paused", [RUNNING], answers=[BUSY, LOST, ACCEPTED], settle_time=8.0, deadline=BEGAN + 30)
        assert run.seconds("pause") == [0, 0.75, 8.75]
        assert run.end()[:2] == ("timed_out", "deadline")


class TestRefusals:
    def test_final(self):
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
        assert run.writes == [("pause", "a")]
        # The API shows old statuses for a while.
        assert run.read("a")[:2] == [0, 0]
        assert run.took == 30

    def test_for_a_status_without_waiting(self):
        run = Run("paused", [RUNNING], answers=[WRONG_STATUS], wait=False)
        assert run.end()[:2] == ("failed", "refused")
        assert run.requests == [("status", "a"), ("pause", "a"), ("status", "a")]
        assert run.took == 0

    def test_for_a_status_that_is_reached_in_the_end(self):
        assert Run("paused", [RUNNING] * 4 + [PAUSED], answers=[WRONG_STATUS]).end() == OK

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

    def test_of_everybody(self):
        run = Run("paused", {"a": [RUNNING], "b": [RUNNING]}, answers=[WRONG_TOKEN])
        assert run.loop.fatal == WRONG_TOKEN
        words = "the service refuses this request for every job, and nothing was sent for it"
        assert run.end() == ("not_attempted", "refused", False, words, "APIGW.0301")
        assert (run.jobs["a"].state.attempts, run.jobs["a"].state.action, run.took) == (0, "none", 0)

    def test_of_everybody_after_a_write(self):
        jobs = {"a": [RUNNING] * 5 + [PAUSED], "b": [STARTING, RUNNING]}
        run = Run("paused", jobs, answers=[ACCEPTED, WRONG_TOKEN])
        # What was accepted is read to its end.
        assert run.end() == OK_CHANGED
        assert run.end("b")[:2] == ("not_attempted", "refused")
        assert run.loop.fatal == WRONG_TOKEN

    def test_of_everybody_while_a_job_waits_for_its_second_write(self):
        jobs = {"a": [RUNNING, ENDING, ENDED], "b": ["CREATE_FAILED"]}
        run = Run(Desired("deleted", force=True), jobs, answers=[{"a": ACCEPTED, "b": WRONG_TOKEN}])
        words = "the service refuses this request for every job"
        assert run.end() == ("failed", "refused", True, words, "APIGW.0301")


class TestBusy:
    def test_retried_with_growing_pauses(self):
        run = Run("paused", [RUNNING], answers=[BUSY], deadline=BEGAN + 200)
        # Doubled each time, at most 30 s; shortened by a quarter: random is 0.5.
        pauses = [0.75, 1.5, 3.0, 6.0, 12.0, 22.5, 22.5, 22.5, 22.5, 22.5, 22.5, 22.5]
        assert run.seconds("pause") == [sum(pauses[:number]) for number in range(len(pauses) + 1)]
        assert run.end() == ("timed_out", "busy", False, "it was busy until wait_timeout expired", "DRS.M01504")
        assert run.jobs["a"].request_id == "r-busy"
        # A long pause is no reason to read less often than requested.
        reads = run.seconds("status")
        assert max(later - earlier for earlier, later in itertools.pairwise(reads)) == 10.0

    @pytest.mark.parametrize(("busy_timeout", "writes"), [(0.0, 1), (0.75, 1), (0.8, 2), (2.25, 2), (2.3, 3)])
    def test_for_busy_timeout(self, busy_timeout, writes):
        run = Run("paused", [RUNNING], answers=[BUSY], busy_timeout=busy_timeout)
        assert run.end()[:2] == ("failed", "busy")
        assert len(run.writes) == writes

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
        run = Run("started", [PAUSED, FAILED, FAILED, RUNNING], answers=[BUSY, ACCEPTED])
        assert run.writes == [("resume", "a"), ("retry", "a")]
        assert run.seconds("retry") == [0.0]

    def test_the_five_minutes_begin_again_when_the_job_continues_by_itself(self):
        readings = [RUNNING] * 29 + ["CHANGE_JOB_STARTED", RUNNING]
        run = Run("paused", readings, answers=[BUSY], deadline=BEGAN + 510, wait_interval=300.0)
        assert run.end() == ("timed_out", "busy", False, "it was busy until wait_timeout expired", "DRS.M01504")


class TestSplits:
    def test_in_halves_each_read_again(self):
        jobs = {job: [RUNNING, RUNNING, PAUSED] for job in "abcd"}
        run = Run("paused", jobs, answers=[SPLIT, ACCEPTED])
        assert run.requests[:5] == [
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

    @pytest.mark.parametrize(("answer", "more"), [(BUSY, {}), (LOST, {"settle_time": 1.0})])
    def test_a_job_that_was_alone_stays_alone(self, answer, more):
        jobs = {job: [RUNNING] for job in "ab"}
        run = Run("paused", jobs, answers=[SPLIT, answer, answer, ACCEPTED], deadline=BEGAN + 3, **more)
        assert run.writes[1:] == [("pause", "a"), ("pause", "b")] * 2

    def test_a_job_that_was_carried_out_all_the_same(self):
        run = Run("paused", {"a": [RUNNING, PAUSED], "b": [RUNNING, RUNNING, PAUSED]}, answers=[SPLIT, ACCEPTED])
        assert run.end() == OK_CHANGED
        assert run.writes == [("pause", "ab"), ("pause", "b")]

    def test_a_job_that_stays_busy(self):
        run = Run("paused", {job: [RUNNING] for job in "ab"}, answers=[SPLIT, BUSY], deadline=BEGAN + 100)
        words = "the answer to pause does not say whether it was carried out, and its status did not show it"
        assert run.end() == ("unknown", "busy", True, words, "DRS.M01504")

    def test_a_job_that_is_refused_alone(self):
        run = Run("paused", {"a": [RUNNING], "b": [RUNNING, RUNNING, PAUSED]}, answers=[SPLIT, REFUSED, ACCEPTED])
        # The request refused together may have been carried out for it: it is read for settle_time.
        assert run.end() == ("failed", "refused", False, "the service refused it in status " + RUNNING, "DRS.M00302")
        assert run.took == 30
        assert run.writes[1:] == [("pause", "a"), ("pause", "b")]

    def test_a_start_that_may_be_paid_for_is_sent_again_alone_after_settle_time(self):
        jobs = {job: [CONFIGURED] for job in "abcd"}
        details = {job: [TestOrders.PAID] for job in "abcd"}
        run = Run("started", jobs, answers=[SPLIT, ACCEPTED], details=details, deadline=BEGAN + 31)
        assert [(second, jobs) for second, verb, jobs in run.service.journal if verb == "start"] == [
            (0, "abcd"),
            *[(30, job) for job in "abcd"],
        ]


class TestUnsent:
    def test_sent_again_after_a_pause(self):
        run = Run("paused", [RUNNING] * 2 + [PAUSED], answers=[UNSENT, ACCEPTED])
        assert run.seconds("pause") == [0, 0.75]
        assert run.jobs["a"].state.attempts == 1
        assert run.end() == OK_CHANGED

    def test_not_before_the_service_takes_requests_again(self):
        run = Run("paused", [RUNNING], answers=[UNSENT, ACCEPTED], service={"opens_at": BEGAN + 9})
        assert run.seconds("pause") == [0, 9]

    def test_with_growing_pauses(self):
        run = Run("paused", [RUNNING], answers=[UNSENT], deadline=BEGAN + 6)
        assert run.seconds("pause") == [0, 0.75, 2.25, 5.25]
        words = "no request for it was accepted before wait_timeout expired"
        assert run.end() == ("not_attempted", "deadline", False, words, None)
        assert run.jobs["a"].error_msg == "no connection"

    def test_throttled(self):
        unsent = WriteResult(_answers.UNSENT, code="APIGW.0308", msg="too often", throttled=True)
        run = Run("paused", [RUNNING], answers=[unsent], deadline=BEGAN + 6)
        words = "no request for it was accepted before wait_timeout expired"
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

    def test_throttled_by_the_service_itself_it_may_have_been_carried_out(self):
        throttled = WriteResult(_answers.UNSENT, code="DRS.M01503", msg="too often", throttled=True, in_part=True)
        run = Run("paused", [RUNNING, PAUSED], answers=[throttled])
        assert run.end() == OK_CHANGED
        assert run.jobs["a"].state.attempts == 0
        run = Run("paused", [RUNNING], answers=[throttled], deadline=BEGAN + 6)
        words = "the answer to pause does not say whether it was carried out, and its status did not show it"
        assert run.end() == ("unknown", "throttled", True, words, "DRS.M01503")


class TestBeforeSend:
    def test_it_is_told_of_the_jobs_of_each_request_just_before(self):
        told = []
        run = Run(
            "paused",
            {job: [paused_once_accepted] for job in "abc"},
            before_send=lambda run, keys: told.append((list(keys), len(run.service.journal))),
            batch_size=2,
        )
        assert told == [(["a", "b"], 1), (["c"], 2)]
        assert run.writes == [("pause", "ab"), ("pause", "c")]

    def test_what_it_withholds_is_not_sent_and_nothing_is_after_it(self):
        def before_send(run, keys):
            if keys == ["b"]:
                raise Withheld("the disk is full")

        run = Run(
            {"a": "paused", "b": "paused", "c": "stopped"},
            {"a": [paused_once_accepted], "b": [RUNNING], "c": [RUNNING]},
            before_send=before_send,
            batch_size=1,
        )
        assert run.writes == [("pause", "a")]
        assert run.end("a")[:2] == ("ok", None)
        words = "the disk is full, and nothing was sent for it"
        assert run.end("b") == ("not_attempted", "withheld", False, words, None)
        assert run.end("c") == ("not_attempted", "withheld", False, words, None)
        assert run.loop.fatal is None


class TestTheCallerHasExited:
    WORDS = "the calling process has exited: nothing more was sent"

    def test_nothing_is_sent(self):
        run = Run("paused", {"a": [RUNNING], "b": [PAUSED]}, listening=lambda _run: False)
        assert run.end() == ("not_attempted", "caller_gone", False, self.WORDS, None)
        assert run.end("b") == OK
        assert (run.writes, run.took) == ([], 0)

    def test_nothing_more_is_sent(self):
        jobs = {"a": [RUNNING], "b": [RUNNING]}
        run = Run("paused", jobs, listening=lambda run: not run.writes, batch_size=1)
        assert run.end() == ("unknown", "caller_gone", True, self.WORDS, None)
        assert run.end("b") == ("not_attempted", "caller_gone", False, self.WORDS, None)
        assert run.writes == [("pause", "a")]

    def test_nothing_more_is_read(self):
        run = Run("paused", [RUNNING], listening=lambda run: len(run.requests) < 3)
        assert run.end() == ("unknown", "caller_gone", True, self.WORDS, None)
        assert [entry for entry in run.requests if entry != ("status", "")] == [
            ("status", "a"),
            ("pause", "a"),
            ("status", "a"),
        ]

    def test_nothing_more_is_read_where_a_read_is_due_just_then(self):
        run = Run("paused", [STARTING], listening=lambda run: not run.took)
        assert run.requests == [("status", "a")]

    def test_a_long_pause_ends_soon(self):
        run = Run("paused", [STARTING], listening=lambda run: run.took < 21, wait_interval=300.0, deadline=BEGAN + 900)
        assert run.end() == ("not_attempted", "caller_gone", False, self.WORDS, None)
        assert 21 <= run.took <= 23

    def test_it_is_not_checked_past_the_deadline(self):
        checks = []
        jobs = {"a": [RUNNING], "b": [RUNNING]}
        run = Run(
            "paused",
            jobs,
            listening=lambda _run: not checks.append(None),
            batch_size=1,
            deadline=BEGAN + 3,
            service={"write_takes": 3},
        )
        assert run.writes == [("pause", "a")]
        assert run.end("b") == ("timed_out", "deadline", False, "wait_timeout expired, and nothing was sent", None)
        assert len(checks) == 1


class TestFreshness:
    """No write rests on a status that is older than ten seconds."""

    @staticmethod
    def oldest(run, jobs):
        """The greatest age of a status, in seconds, at the moment at which a write was sent for its job."""
        ages, read_at = [], {}
        for second, verb, ids in run.service.journal:
            names = [ids[start : start + 3] for start in range(0, len(ids), 3)]
            if verb == "status":
                read_at.update(dict.fromkeys(names, second))
            else:
                ages += [second - read_at[name] for name in names]
        return max(ages)

    @staticmethod
    def named(first, last):
        return "".join("%03d" % number for number in range(first, last + 1))

    def test_jobs_that_have_waited_too_long_are_read_again(self):
        jobs = {"%03d" % number: [paused_once_accepted] for number in range(60)}
        run = Run("paused", jobs, batch_size=2, deadline=BEGAN + 900, service={"write_takes": 4})
        assert {run.end(job) for job in jobs} == {OK_CHANGED}
        assert self.oldest(run, jobs) <= 10
        sent = [ids for verb, ids in run.writes]
        assert sent == [self.named(first, first + 1) for first in range(0, 60, 2)]
        # Three requests in ten seconds; then those alone are read that are still to be sent.
        assert run.service.journal[:9] == [
            (0, "status", self.named(0, 59)),
            (0, "pause", self.named(0, 1)),
            (4, "pause", self.named(2, 3)),
            (8, "pause", self.named(4, 5)),
            (12, "status", self.named(6, 59)),
            (12, "pause", self.named(6, 7)),
            (16, "pause", self.named(8, 9)),
            (20, "pause", self.named(10, 11)),
            (24, "status", self.named(12, 59)),
        ]

    def test_no_more_than_the_next_page(self):
        jobs = {"%03d" % number: [paused_once_accepted] for number in range(250)}
        run = Run("paused", jobs, deadline=BEGAN + 900, service={"write_takes": 4})
        assert {run.end(job) for job in jobs} == {OK_CHANGED}
        assert self.oldest(run, jobs) <= 10
        reads = [ids for verb, ids in run.requests if verb == "status"]
        assert reads[:4] == [self.named(0, 249), self.named(30, 129), self.named(60, 159), self.named(90, 189)]
        assert [ids for _verb, ids in run.writes] == [self.named(first, first + 9) for first in range(0, 250, 10)]

    def test_a_status_of_ten_seconds_is_fresh(self):
        jobs = {job: [paused_once_accepted] for job in ("000", "001", "002")}
        run = Run("paused", jobs, batch_size=1, service={"write_takes": 5})
        assert [verb for _second, verb, _jobs in run.service.journal[:4]] == ["status", "pause", "pause", "pause"]
        assert self.oldest(run, jobs) == 10

    def test_the_age_is_that_of_the_oldest_in_a_request(self):
        jobs = {"000": [PAUSED, PAUSED, RUNNING], "001": [FAILED, FAILED, RUNNING], "002": [FAILED, FAILED, RUNNING]}
        run = Run("started", jobs, batch_size=2, service={"write_takes": 10.5})
        assert run.requests[:4] == [
            ("status", "000001002"),
            ("resume", "000001"),
            ("status", "002"),
            ("retry", "002"),
        ]

    def test_a_page_that_takes_longer_itself_counts_as_fresh(self):
        jobs = {"%03d" % number: [paused_once_accepted] for number in range(4)}
        run = Run("paused", jobs, batch_size=2, deadline=BEGAN + 900, service={"read_takes": 15})
        assert run.service.journal[:3] == [
            (0, "status", self.named(0, 3)),
            (15, "pause", self.named(0, 1)),
            (15, "pause", self.named(2, 3)),
        ]

    def test_a_page_read_in_parts_counts_as_fresh_as_well(self):
        def early(service, job):
            status = paused_once_accepted(service, job)
            return Reading(_answers.READ, status=status)

        jobs = {"000": [early], "001": [early]}

        class InParts(Script):
            """A page of which each job is read in a request of its own, after a row was missing, say."""

            def statuses(self, ids):
                self._note("status", ids)
                readings = {}
                for job in ids:
                    self._clock.now += 11
                    readings[job] = self._read(job)
                return readings

        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(globals(), "Script", InParts)
            run = Run("paused", jobs, deadline=BEGAN + 900)
        assert {run.end(job) for job in jobs} == {OK_CHANGED}

    def test_one_that_has_moved_meanwhile_is_not_sent(self):
        jobs = {"000": [paused_once_accepted], "001": [RUNNING, PAUSED], "002": [RUNNING, CONFIGURED]}
        run = Run("paused", jobs, batch_size=1, service={"write_takes": 11})
        assert run.writes == [("pause", "000")]
        assert run.end("001") == OK
        assert run.end("002")[:2] == ("failed", "illegal_status")

    def test_starts_that_have_waited_too_long_keep_their_details(self):
        def running(service, job):
            return RUNNING if job in service.accepted else CONFIGURED

        jobs = {"%03d" % number: [running] for number in range(3)}
        run = Run("started", jobs, batch_size=1, service={"write_takes": 11})
        assert [entry for entry in run.requests if entry[0] == "detail"] == [("detail", self.named(0, 2))]
        assert len(run.writes) == 3

    def test_details_that_are_due_are_read_before_a_start_that_has_become_necessary(self):
        jobs = {"000": [paused_once_accepted], "001": [FAILED, CONFIGURED, RUNNING]}
        desired = {"000": "paused", "001": "started"}
        run = Run(desired, jobs, batch_size=1, service={"write_takes": 11})
        assert run.requests[:5] == [
            ("status", "000001"),
            ("pause", "000"),
            ("status", "001"),
            ("detail", "001"),
            ("start", "001"),
        ]

    def test_none_is_read_again_after_the_deadline(self):
        jobs = {"%03d" % number: [RUNNING] for number in range(4)}
        run = Run("paused", jobs, batch_size=1, deadline=BEGAN + 11, service={"write_takes": 11})
        assert run.service.journal == [
            (0, "status", self.named(0, 3)),
            (0, "pause", "000"),
            (11, "status", self.named(0, 3)),
        ]
        assert run.end("001") == ("timed_out", "deadline", False, "wait_timeout expired, and nothing was sent", None)


# A request refused as a whole with a 403 that may be the project's, and the same for a job alone.
SPLIT_403 = SPLIT._replace(code="DRS.M00302", http=403, of_project=True)
REFUSED_403 = REFUSED._replace(http=403, of_project=True)


class TestHolding:
    """While a request that was refused with 403 or 404 is being split, no other goes to its endpoint."""

    @staticmethod
    def refusing(*bad):
        def answer(items):
            if {item.job_id for item in items} & set(bad):
                return SPLIT_403 if len(items) > 1 else REFUSED_403
            return ACCEPTED

        return answer

    def test_other_requests_wait_and_their_jobs_are_not_read(self):
        jobs = {job: [paused_once_accepted] for job in "abcdefgh"}
        run = Run("paused", jobs, answers=self.refusing("d"), batch_size=4, settle_time=5.0)
        assert run.requests == [
            ("status", "abcdefgh"),
            ("pause", "abcd"),
            ("status", "abcd"),
            ("pause", "ab"),
            ("pause", "cd"),
            ("status", "cd"),
            ("pause", "c"),
            ("pause", "d"),
            ("status", "efgh"),
            ("pause", "efgh"),
            ("status", "abcdefgh"),
            *run.requests[11:],
        ]
        assert {run.end(job) for job in "abcefgh"} == {OK_CHANGED}
        assert run.end("d")[:2] == ("failed", "refused")
        assert {jobs for _verb, jobs in run.requests[11:]} == {"d"}
        assert run.loop.fatal is None

    def test_other_endpoints_go_on(self):
        jobs = {job: [PAUSED] for job in "abcd"}
        desired = {**dict.fromkeys("abc", "started"), "d": "stopped"}
        run = Run(desired, jobs, answers=self.refusing("a"), batch_size=2, deadline=BEGAN + 20)
        assert run.writes == [("resume", "ab"), ("terminate", "d"), ("resume", "a"), ("resume", "b"), ("resume", "c")]

    def test_requests_in_flight_come_back_and_wait(self):
        jobs = {job: [paused_once_accepted] for job in "abcdef"}
        script = {"in_flight": 2}
        run = Run("paused", jobs, answers=self.refusing("a", "c"), batch_size=2, service=script, settle_time=5.0)
        # "cd" is answered first, and split; "ab" waits, and is split after it.
        assert run.writes == [
            ("pause", "ab"),
            ("pause", "cd"),
            ("pause", "c"),
            ("pause", "d"),
            *run.writes[4:],
        ]
        assert sorted(run.writes[4:]) == [("pause", "a"), ("pause", "b"), ("pause", "ef")]
        assert {job: run.end(job)[0] for job in jobs} == {**dict.fromkeys("bdef", "ok"), "a": "failed", "c": "failed"}

    def test_one_in_flight_that_is_accepted(self):
        jobs = {job: [paused_once_accepted] for job in "abcd"}
        run = Run("paused", jobs, answers=self.refusing("c"), batch_size=2, service={"in_flight": 2}, settle_time=5.0)
        assert run.writes == [("pause", "ab"), ("pause", "cd"), ("pause", "c"), ("pause", "d")]

    @pytest.mark.parametrize("code", [400, 422])
    def test_other_refusals_hold_nobody(self, code):
        refused = SPLIT._replace(http=code)
        jobs = {job: [paused_once_accepted] for job in "abcd"}
        run = Run("paused", jobs, answers=[refused, ACCEPTED], batch_size=2)
        assert run.requests[:4] == [("status", "abcd"), ("pause", "ab"), ("pause", "cd"), ("status", "ab")]

    def test_a_job_that_needs_nothing_any_more_ends_the_splitting(self):
        jobs = {"a": [RUNNING, PAUSED], "b": [RUNNING, PAUSED], "c": [paused_once_accepted]}
        run = Run("paused", jobs, answers=self.refusing("a"), batch_size=2)
        assert run.writes == [("pause", "ab"), ("pause", "c")]
        assert {run.end(job) for job in "abc"} == {OK_CHANGED}

    def test_a_part_that_is_busy_ends_the_splitting(self):
        jobs = {job: [paused_once_accepted] for job in "abc"}
        run = Run("paused", jobs, answers=[SPLIT_403, BUSY, BUSY, ACCEPTED], batch_size=2)
        assert run.writes[3] == ("pause", "c")
        assert run.seconds("pause")[3] == 0
        assert {run.end(job) for job in "abc"} == {OK_CHANGED}

    def test_jobs_that_are_being_split_are_not_mixed_with_others(self):
        def answer(items):
            ids = {item.job_id for item in items}
            if len(ids) > 1 and "a" in ids:
                return SPLIT_403
            return SPLIT if len(ids) > 1 and "d" in ids else ACCEPTED

        jobs = {job: [paused_once_accepted] for job in "abcdef"}
        run = Run("paused", jobs, answers=answer, batch_size=3, service={"in_flight": 2})
        assert run.writes[:4] == [("pause", "abc"), ("pause", "def"), ("pause", "ab"), ("pause", "c")]
        assert {run.end(job) for job in jobs} == {OK_CHANGED}

    def test_the_end_at_one_endpoint_does_not_wait_for_that_at_another(self):
        def answer(items):
            if len(items) > 1:
                return SPLIT_403
            return UNSENT if items[0].write == "pause" else ACCEPTED

        jobs = {**{job: [RUNNING] for job in "ab"}, **{job: [PAUSED] for job in "cde"}}
        desired = {**dict.fromkeys("ab", "paused"), **dict.fromkeys("cde", "started")}
        run = Run(desired, jobs, answers=answer, batch_size=2, deadline=BEGAN + 5)
        assert (0, "resume", "e") in run.service.journal

    def test_a_part_that_is_throttled_is_still_being_split(self):
        jobs = {job: [paused_once_accepted] for job in "abc"}
        run = Run("paused", jobs, answers=[SPLIT_403, UNSENT, ACCEPTED, ACCEPTED], batch_size=2)
        assert run.writes == [("pause", "ab"), ("pause", "a"), ("pause", "b"), ("pause", "a"), ("pause", "c")]
        # The part comes back after its pause, and the other jobs after it.
        assert run.seconds("pause") == [0, 0, 0, 0.75, 0.75]
        assert run.read("c")[1] == 0.75

    def test_they_wait_until_the_deadline_at_most(self):
        jobs = {job: [RUNNING] for job in "abc"}
        run = Run("paused", jobs, answers=[SPLIT_403, UNSENT], batch_size=2, deadline=BEGAN + 5)
        assert run.writes[-1] != ("pause", "c")
        assert run.end("c") == ("timed_out", "deadline", False, "wait_timeout expired, and nothing was sent", None)
        assert run.read("c") == [0, 5]


class TestRefusalsOfEverybody:
    """Ten jobs, each alone in its request, refused with one 403 or 404 code, and none accepted there."""

    WORDS = "the service refuses this request for every job, and nothing was sent for it"
    EVERYBODYS = REFUSED_403._replace(kind=_answers.UNAUTHORIZED, msg="no. Check the token")

    @staticmethod
    def answer(items):
        return SPLIT_403 if len(items) > 1 else REFUSED_403

    def test_ten_refused_alone(self):
        jobs = {job: [RUNNING] for job in "abcdefghijklmno"}
        run = Run("paused", jobs, answers=self.answer)
        assert sorted(ids for _verb, ids in run.writes if len(ids) == 1) == list("abcdefghij")
        assert run.loop.fatal == self.EVERYBODYS
        assert run.end("k") == ("not_attempted", "refused", False, self.WORDS, "DRS.M00302")
        assert run.read("k") == [0]
        # What was refused with others may have been carried out: it is read for settle_time.
        assert run.end("a") == (
            "not_attempted",
            "refused",
            False,
            "the service refuses this request for every job",
            "DRS.M00302",
        )
        assert run.took == 30

    def test_fewer_jobs_than_ten(self):
        run = Run("paused", {job: [RUNNING] for job in "abc"}, answers=self.answer)
        assert run.loop.fatal == self.EVERYBODYS
        assert {run.end(job)[0] for job in "abc"} == {"not_attempted"}

    def test_jobs_that_were_alone_from_the_start(self):
        run = Run("paused", {job: [RUNNING] for job in "ab"}, answers=[REFUSED_403], batch_size=1)
        assert run.loop.fatal == self.EVERYBODYS
        assert {run.end(job)[:2] for job in "ab"} == {("failed", "refused")}

    def test_a_job_that_needs_the_write_later(self):
        jobs = {**{job: [RUNNING] for job in "abcdefghij"}, "k": [STARTING, RUNNING]}
        run = Run("paused", jobs, answers=self.answer, batch_size=5)
        assert run.end("k") == ("not_attempted", "refused", False, self.WORDS, "DRS.M00302")
        assert run.read("k") == [0, 0.2188]

    def test_one_that_needs_no_write_is_a_job_of_the_run_too(self):
        run = Run("paused", {"a": [RUNNING], "b": [RUNNING], "c": [PAUSED]}, answers=self.answer)
        assert run.loop.fatal is None
        assert {run.end(job)[:2] for job in "ab"} == {("failed", "refused")}

    def test_once_one_is_accepted_it_is_each_jobs_own(self):
        jobs = {job: [paused_once_accepted] for job in "abcdefghijkl"}
        run = Run("paused", jobs, answers=TestHolding.refusing(*"bcdefghijkl"), batch_size=6, deadline=BEGAN + 90)
        assert run.end("a") == OK_CHANGED
        assert {run.end(job)[:2] for job in "bcdefghijkl"} == {("failed", "refused")}
        assert run.loop.fatal is None

    def test_different_codes_do_not_add_up(self):
        def answer(items):
            if len(items) > 1:
                return SPLIT_403
            return REFUSED_403 if items[0].job_id in "abcde" else REFUSED_403._replace(code="DRS.M00303")

        run = Run("paused", {job: [RUNNING] for job in "abcdefghij"}, answers=answer)
        assert run.loop.fatal is None
        assert {run.end(job)[:2] for job in "abcdefghij"} == {("failed", "refused")}

    def test_refusals_of_one_endpoint_say_nothing_of_another(self):
        def answer(items):
            return ACCEPTED if items[0].write == "terminate" else self.answer(items)

        jobs = {**{job: [RUNNING] for job in "abcdefghij"}, "k": [STARTING, RUNNING, ENDED]}
        run = Run({**dict.fromkeys("abcdefghij", "paused"), "k": "stopped"}, jobs, answers=answer)
        assert run.loop.fatal == self.EVERYBODYS
        assert run.end("k") == OK_CHANGED

    def test_refusals_of_two_endpoints_do_not_add_up(self):
        run = Run({"a": "paused", "b": "stopped"}, {"a": [RUNNING], "b": [RUNNING]}, answers=[REFUSED_403])
        assert run.loop.fatal is None
        assert {run.end(job)[:2] for job in "ab"} == {("failed", "refused")}

    def test_one_job_refused_twice_counts_once(self):
        jobs = {"a": [RUNNING] * 2 + ["FULL_TRANSFER_STARTED"], "b": [RUNNING, PAUSED]}
        refused = REFUSED_403._replace(of_status=True)
        run = Run("paused", jobs, answers=[{"a": refused, "b": BUSY}, refused])
        assert run.loop.fatal is None

    def test_those_in_one_request_do_not_count(self):
        run = Run("paused", {job: [RUNNING] for job in "ab"}, answers=[REFUSED_403])
        assert run.loop.fatal is None

    def test_other_refusals_are_a_jobs_own(self):
        run = Run("paused", {job: [RUNNING] for job in "ab"}, answers=[REFUSED], batch_size=1)
        assert run.loop.fatal is None
        assert {run.end(job)[:2] for job in "ab"} == {("failed", "refused")}

    def test_nothing_more_is_sent_after_the_tenth(self):
        jobs = {job: [RUNNING] for job in "abcdefghijklmno"}
        run = Run("paused", jobs, answers=self.answer, batch_size=1)
        assert run.writes == [("pause", job) for job in "abcdefghij"]

    def test_one_that_is_accepted_before_the_tenth_refusal(self):
        jobs = {job: [paused_once_accepted] for job in "abcdefghijkl"}
        run = Run("paused", jobs, answers=TestHolding.refusing(*"abcdefghikl"), batch_size=6, deadline=BEGAN + 90)
        assert run.end("j") == OK_CHANGED
        assert {run.end(job)[:2] for job in "abcdefghikl"} == {("failed", "refused")}

    def test_one_in_flight_that_is_accepted_shows_that_it_is_not_everybodys(self):
        jobs = {**{job: [paused_once_accepted] for job in "abcdefghijk"}, "l": [STARTING, paused_once_accepted]}
        run = Run("paused", jobs, answers=TestHolding.refusing(*"abcdefghij"), batch_size=1, service={"in_flight": 4})
        assert run.end("k") == OK_CHANGED
        assert run.loop.fatal is None
        assert run.end("l") == OK_CHANGED


class TestClosing:
    """A 401 on a write ends all writes, a 403 or 404 those to its endpoint."""

    def test_requests_in_flight_are_watched_and_others_are_not_sent(self):
        jobs = {job: [paused_once_accepted] for job in "abcd"}
        run = Run(
            {**dict.fromkeys("abc", "paused"), "d": "stopped"},
            jobs,
            answers=lambda items: WRONG_TOKEN if items[0].job_id == "a" else ACCEPTED,
            batch_size=1,
            service={"in_flight": 2},
        )
        assert run.writes == [("pause", "a"), ("pause", "b")]
        assert run.end("b") == OK_CHANGED
        words = TestRefusalsOfEverybody.WORDS
        for job in "acd":
            assert run.end(job) == ("not_attempted", "refused", False, words, "APIGW.0301")
        assert run.loop.fatal == WRONG_TOKEN

    @pytest.mark.parametrize(("http", "writes"), [(401, 1), (None, 1), (403, 2), (404, 2)])
    def test_what_is_closed(self, http, writes):
        refusal = WRONG_TOKEN._replace(http=http)
        run = Run(
            {"a": "paused", "b": "stopped"},
            {"a": [RUNNING], "b": [RUNNING, ENDED]},
            answers=[refusal, ACCEPTED],
        )
        assert len(run.writes) == writes
        assert run.end()[:2] == ("not_attempted", "refused")
        assert run.end("b")[0] == ("not_attempted" if writes == 1 else "ok")
        assert run.loop.fatal == refusal

    def test_one_closed_endpoint_is_closed_for_each_of_its_writes(self):
        refusal = WRONG_TOKEN._replace(http=403)
        run = Run(
            {"a": Desired("stopped"), "b": Desired("deleted")},
            {"a": [RUNNING], "b": ["RELEASE_RESOURCE_STARTED", ENDED]},
            answers=[refusal],
        )
        assert run.writes == [("terminate", "a")]
        assert run.end("b")[:2] == ("not_attempted", "refused")

    def test_the_first_refusal_is_the_one_that_is_shown(self):
        other = WRONG_TOKEN._replace(code="APIGW.0302", http=403)
        run = Run(
            "paused",
            {"a": [RUNNING], "b": [RUNNING]},
            answers=[other, WRONG_TOKEN],
            batch_size=1,
            service={"in_flight": 2},
        )
        # The last of those in flight is answered first.
        assert run.end("a")[4] == "APIGW.0301"
        assert run.end("b")[4] == "APIGW.0302"
        assert run.loop.fatal in (other, WRONG_TOKEN)

    def test_one_whose_answer_was_lost_is_read_for_settle_time(self):
        jobs = {"a": [RUNNING], "b": [STARTING, RUNNING]}
        run = Run("paused", jobs, answers=[LOST, WRONG_TOKEN])
        words = "the service refuses this request for every job"
        assert run.end() == ("unknown", "refused", True, words, "APIGW.0301")
        assert run.took == 30

    def test_jobs_that_are_held_after_a_request_in_flight_are_read_for_settle_time(self):
        def answer(items):
            return SPLIT_403 if len(items) > 1 else WRONG_TOKEN._replace(http=403)

        jobs = {job: [RUNNING] for job in "abcd"}
        run = Run("paused", jobs, answers=answer, batch_size=2, service={"in_flight": 2})
        assert run.writes == [("pause", "ab"), ("pause", "cd"), ("pause", "c"), ("pause", "d")]
        words = "the service refuses this request for every job"
        assert run.end("a") == ("not_attempted", "refused", False, words, "APIGW.0301")
        assert run.took == 30

    def test_jobs_that_are_held_end_with_it(self):
        jobs = {job: [RUNNING] for job in "abc"}
        refusal = WRONG_TOKEN._replace(http=403)
        run = Run("paused", jobs, answers=[SPLIT_403, refusal], batch_size=2)
        assert run.writes == [("pause", "ab"), ("pause", "a")]
        assert run.end("c") == ("not_attempted", "refused", False, TestRefusalsOfEverybody.WORDS, "APIGW.0301")
        assert run.read("c") == [0]


class TestTheLastRead:
    def test_what_was_reached_meanwhile_is_seen(self):
        run = Run("paused", {"a": [RUNNING, RUNNING, PAUSED], "b": [RUNNING]}, deadline=BEGAN + 0.5)
        assert run.service.journal[-1] == (0.5, "status", "ab")
        assert run.end() == OK_CHANGED
        assert run.end("b")[:2] == ("timed_out", "deadline")

    def test_a_job_that_was_not_due_is_read_too(self):
        run = Run("paused", [RUNNING, PAUSED], answers=[UNSENT], deadline=BEGAN + 0.5)
        assert run.service.journal[-1] == (0.5, "status", "a")
        assert run.end() == OK

    def test_nothing_is_sent_after_it(self):
        run = Run("paused", [STARTING, STARTING, RUNNING], deadline=BEGAN + 0.5)
        assert run.writes == []
        assert run.end()[:2] == ("timed_out", "deadline")
        assert run.jobs["a"].state.status == RUNNING

    def test_it_follows_a_round_that_ended_after_the_deadline(self):
        jobs = {"a": [RUNNING, PAUSED]}
        run = Run("paused", jobs, deadline=BEGAN + 2, service={"write_takes": 3})
        assert run.service.journal == [(0, "status", "a"), (0, "pause", "a"), (3, "status", "a")]
        assert run.end() == OK_CHANGED

    @pytest.mark.parametrize("reading", [UNREADABLE, THROTTLED, NOT_TOLD, UNAUTHORIZED, MISSING])
    def test_where_it_cannot_be_read_the_reading_before_counts(self, reading):
        run = Run("paused", [RUNNING, RUNNING, reading], deadline=BEGAN + 0.5)
        assert run.end()[:3] == ("timed_out", "deadline", True)
        assert len(run.read("a")) == 3

    def test_a_job_that_was_never_read(self):
        run = Run("paused", {"a": [MISSING], "b": [NOT_TOLD], "c": [THROTTLED]}, deadline=BEGAN)
        assert run.end()[:2] == ("not_attempted", "unreadable")
        assert run.end("b")[:2] == ("failed", "refused")
        assert run.end("c")[:2] == ("not_attempted", "throttled")

    def test_it_may_be_the_first_one_that_is_answered(self):
        run = Run("paused", [UNREADABLE, PAUSED], deadline=BEGAN + 0.1)
        assert run.end() == OK
        run = Run("paused", {"a": [UNREADABLE], "b": [UNREADABLE, RUNNING]}, deadline=BEGAN + 0.1)
        assert run.loop.fatal is None

    @pytest.mark.parametrize(("opens", "reads"), [(0.4, 3), (0.5, 3), (0.6, 2)])
    def test_it_is_left_out_while_the_service_takes_no_requests(self, opens, reads):
        run = Run("paused", [RUNNING], deadline=BEGAN + 0.5, service={"opens_at": BEGAN + opens})
        assert len(run.read("a")) == reads

    def test_it_is_left_out_without_waiting(self):
        run = Run("paused", [RUNNING], answers=[LOST], wait=False, deadline=BEGAN + 0.1)
        assert run.requests == [("status", "a"), ("pause", "a")]
        assert run.end()[:3] == ("unknown", "lost", True)

    def test_it_is_left_out_once_the_caller_has_exited(self):
        run = Run("paused", [RUNNING, PAUSED], listening=lambda run: not run.writes)
        assert run.requests[:2] == [("status", "a"), ("pause", "a")]
        assert run.end()[:2] == ("unknown", "caller_gone")

    def test_nothing_is_read_where_everything_is_decided(self):
        assert len(Run("paused", [PAUSED], deadline=BEGAN + 1, service={"read_takes": 2}).requests) == 1


class TestRefusedDeletes:
    REFUSAL = WriteResult(_answers.REFUSED, code="DRS.M00001", msg="no")
    HINT = "; a job with a live yearly/monthly order is deleted only after the order has been unsubscribed"

    def test_the_hint_is_fixed_and_nothing_is_read_for_it(self):
        run = Run("deleted", [ENDED], answers=[self.REFUSAL])
        assert run.end() == ("failed", "refused", False, "the service refused it" + self.HINT, "DRS.M00001")
        assert run.requests == [("status", "a"), ("delete", "a")]

    def test_one_that_speaks_of_the_status(self):
        run = Run("deleted", [ENDED], answers=[WRONG_STATUS])
        words = "the service refused it in status RELEASE_RESOURCE_COMPLETE" + self.HINT
        assert run.end() == ("failed", "refused", False, words, "DRS.M00304")

    def test_other_writes_have_none(self):
        assert Run("stopped", [RUNNING], answers=[self.REFUSAL]).end()[3] == "the service refused it"


class TestCheckMode:
    def test_a_write_is_predicted(self):
        run = Run("paused", [RUNNING], check_mode=True)
        assert (run.end(), run.jobs["a"].state.action, run.jobs["a"].state.predicted) == (OK_CHANGED, "pause", False)
        assert run.requests == [("status", "a")]

    def test_a_write_is_predicted_without_waiting(self):
        run = Run("paused", [RUNNING], check_mode=True, wait=False)
        assert run.end() == ("accepted", None, True, None, None)

    def test_from_a_status_to_come(self):
        run = Run("paused", [STARTING], check_mode=True)
        assert (run.end(), run.jobs["a"].state.action, run.jobs["a"].state.predicted) == (OK_CHANGED, "pause", True)

    def test_nothing_is_predicted_without_waiting(self):
        run = Run("paused", [STARTING], check_mode=True, wait=False)
        assert run.end()[:2] == ("failed", "illegal_status")
        assert not run.jobs["a"].state.predicted

    def test_a_job_in_progress(self):
        run = Run("started", [STARTING], check_mode=True)
        assert (run.end(), run.took) == (OK, 0)

    def test_nothing_is_sent(self):
        jobs = {"a": [RUNNING], "b": [STARTING], "c": [PAUSED], "d": [CONFIGURED], "e": [CONFIGURED]}
        desired = {"a": "stopped", "b": "paused", "c": "started", "d": "started", "e": "paused"}
        run = Run(desired, jobs, check_mode=True)
        assert run.requests == [("status", "abcde"), ("detail", "d")]
        assert {job: run.jobs[job].state.action for job in jobs} == {
            "a": "terminate",
            "b": "pause",
            "c": "resume",
            "d": "start",
            "e": "none",
        }
        assert [run.end(job)[0] for job in jobs] == ["ok", "ok", "ok", "ok", "failed"]

    def test_a_start_time_that_has_passed(self):
        desired = Desired("started", start_time=int(WALL * 1000))
        assert Run(desired, [CONFIGURED], check_mode=True).end()[:2] == ("failed", "start_time_past")


class TestReports:
    def test_counts_are_reported_when_they_change(self):
        run = Run("paused", {"a": [RUNNING] * 3 + [PAUSED], "b": [RUNNING, PAUSED]}, answers=[{"a": BUSY, "b": LOST}])
        reports = [{name: number for name, number in report.items() if number} for report in run.reports]
        assert reports[:2] == [{"total": 2, "busy": 1, "lost": 1}, {"total": 2, "busy": 1, "reached": 1}]
        assert all(one != other for one, other in itertools.pairwise(reports))

    @pytest.mark.parametrize(("answer", "name"), [(BUSY, "busy"), (LOST, "lost"), (ACCEPTED, "in_progress")])
    def test_jobs_are_counted(self, answer, name):
        run = Run("paused", {"a": [RUNNING], "b": [RUNNING]}, answers=[answer])
        assert (run.reports[0]["total"], run.reports[0][name]) == (2, 2)

    def test_the_end_is_reported(self):
        run = Run("paused", [RUNNING], deadline=BEGAN + 5)
        waiting = {"total": 1, "reached": 0, "in_progress": 1, "busy": 0, "lost": 0, "failed": 0}
        assert run.reports == [waiting, {**waiting, "in_progress": 0, "failed": 1}]

    def test_the_numbers_add_up(self):
        jobs = {"a": [PAUSED], "b": [CONFIGURED], "c": [RUNNING]}
        run = Run("paused", jobs, wait=False)
        assert count(run.jobs.values()) == {
            "total": 3,
            "reached": 2,
            "in_progress": 0,
            "busy": 0,
            "lost": 0,
            "failed": 1,
        }
