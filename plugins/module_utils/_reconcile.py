# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do next with one job: pure functions of its state, what was read or answered, the moment and the rules. They
return the job's new state and one of Send, WaitUntil and Done. Private to this collection.

A write whose answer does not say whether it was carried out is kept in State.sent, and read after: LOST, it may have
been carried out; IN_PART, its request was refused or throttled as a whole, and some of its jobs may have been carried
out all the same. The first is sent again once at most, and only after settle_time; the second as soon as the job has
been read.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import BillingOrder, Reading, WriteResult
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import (
    BLOCKED,
    DELETED,
    FAIL,
    FAILED,
    FAMILY,
    IN_PROGRESS,
    NOT_FOUND,
    REACHED,
    SEND,
    TARGET,
    Decision,
    Desired,
    foreseen,
    plan,
    shows,
    wait_for,
)

# Seconds after which a job that this run has never seen, and that had no row, is asked for once more.
SECOND_READ = 5.0
# A refused read is final after so many answers, and settle_time.
ENOUGH_DENIALS = 3

ACCEPTED, LOST, IN_PART = "accepted", "lost", "in part"

# "Stopping or Deleting Tasks in Batches": the service's refusal does not say so.
UNSUBSCRIBE = "a job with a live yearly/monthly order is deleted only after the order has been unsubscribed"


class Rules(t.NamedTuple):
    """The options of a run. Seconds; deadline is on the clock's monotonic scale."""

    wait: bool
    check_mode: bool
    deadline: float
    wait_interval: float
    settle_time: float
    busy_timeout: float
    batch_size: int
    allow_paid_order: bool


class Moment(t.NamedTuple):
    """What holds for all jobs when one is decided on. now: monotonic; wall: epoch seconds. authorized: the service has
    answered a read of this run. closed: the writes that the service refuses to everybody, with its refusal."""

    now: float
    wall: float
    authorized: bool = True
    closed: Mapping[str, WriteResult] = {}


class Sent(t.NamedTuple):
    """A write that was made, and what its answer said: ACCEPTED, LOST or IN_PART. at, since: monotonic seconds."""

    write: str
    before: str
    at: float
    answer: str
    since: float  # the job has shown the status before without a break since then
    again: bool = False  # it is the second one, after the first was lost
    left: bool = False  # another status than before has been read
    returned: bool = False  # ... and then the one before again


class Refusal(t.NamedTuple):
    """A write that the service refused for this job, and the status that it was planned for. final: nothing more is
    sent, and it is only read whether an earlier request was carried out in part."""

    status: str
    result: WriteResult
    at: float
    final: bool = False


class Denials(t.NamedTuple):
    """Reads that brought nothing one after another. since: monotonic second of the first. fixed: how many of the last ones
    were 401s to credentials that cannot be renewed."""

    since: float
    number: int = 1
    fixed: int = 0


class State(t.NamedTuple):
    """What is known of one job in a run. Seconds are monotonic."""

    status: str | None = None
    status_before: str | None = None  # when the run began
    seen: frozenset[str] = frozenset()  # every status read in this run
    read_at: float = 0.0  # the status had arrived
    name: str | None = None
    missing_since: float | None = None  # its row is missing
    unread: Reading | None = None  # why its last read brought no status
    unread_detail: Reading | None = None  # ... no details
    denied: Denials | None = None
    detail_denied: Denials | None = None
    detail_missing_since: float | None = None
    order: BillingOrder | None = None
    sent: Sent | None = None
    accepted: frozenset[str] = frozenset()  # families of writes
    refusal: Refusal | None = None
    replanned: bool = False
    busy_since: float | None = None
    pauses: int = 0
    not_before: float = 0.0  # of its next write
    unsent: WriteResult | None = None
    most: int | None = None  # the most jobs a request, after a split
    barred: Done | None = None  # how it ends if it needs a write
    # for the result
    action: str = "none"
    changed: bool = False
    attempts: int = 0
    request_id: str | None = None  # of the write that decided
    warning: str | None = None
    predicted: bool = False

    @property
    def written(self) -> bool:
        """Whether a write was accepted, or may have been carried out."""
        return self.sent is not None or bool(self.accepted)

    def with_status(self, status: str, reading: Reading) -> State:
        """Once a read has shown this status."""
        return self._replace(
            status=status,
            status_before=self.status_before or status,
            seen=self.seen | {status},
            read_at=reading.at,
            name=reading.name or self.name,
            missing_since=None,
            unread=None,
            denied=None,
        )


class Send(t.NamedTuple):
    """A write is to be sent. needs_order: only once the job's details have shown what it would pay for."""

    write: str
    needs_order: bool = False


class WaitUntil(t.NamedTuple):
    """Read again: at that monotonic second, or with the next common reading if that is sooner; with poll false not
    before that second."""

    at: float = float("inf")
    poll: bool = True


class Done(t.NamedTuple):
    """How the job ended. said: what the service said, where that is why. final: that is everybody's."""

    outcome: str
    reason: str | None = None
    words: str | None = None
    said: Reading | WriteResult | None = None
    final: bool = False


Next = t.Union[Send, WaitUntil, Done]
Step = tuple[State, Next]


def reconcile(desired: Desired, state: State, reading: Reading, moment: Moment, rules: Rules) -> Step:
    """After a read of the job's status."""
    if reading.kind == _answers.READ:
        return _after_reading(desired, state, reading, moment, rules)
    if reading.kind == _answers.MISSING:
        return _after_missing_row(desired, state, reading, moment, rules)
    # Rows count as missing while every answer shows that they are.
    state = state._replace(unread=reading, missing_since=None)
    if reading.kind == _answers.REFUSED and not state.written:
        return _end(
            state, Done("failed", "refused", "the service refused to report its status", reading), moment, rules
        )
    if reading.kind in (_answers.REFUSED, _answers.UNAUTHORIZED):
        denied, final = after_denial(state.denied, reading, moment.now, moment.authorized, rules.settle_time)
        state = state._replace(denied=denied)
        if final:
            everybodys = reading.kind == _answers.UNAUTHORIZED
            return _end(state, _not_read(state, _STATUS, reading, everybodys), moment, rules)
        return state, WaitUntil()
    state = state._replace(denied=None)
    if not rules.wait and not state.written and not reading.throttled:
        return _end(state, _not_read(state, _STATUS, reading), moment, rules)
    return state, WaitUntil()


def after_denial(
    denials: Denials | None, reading: Reading, now: float, authorized: bool, settle_time: float
) -> tuple[Denials, bool]:
    """The refusals of a read in a row, this one included, and whether they are final. authorized: the service has
    answered a read of this run."""
    denials = Denials(now) if denials is None else denials._replace(number=denials.number + 1)
    denials = denials._replace(fixed=denials.fixed + 1 if reading.fixed_credentials else 0)
    if reading.kind == _answers.UNAUTHORIZED and (reading.final or not authorized):
        return denials, True
    settled = now - denials.since >= settle_time and denials.number >= ENOUGH_DENIALS
    return denials, settled or denials.fixed >= ENOUGH_DENIALS


def _after_missing_row(desired: Desired, state: State, reading: Reading, moment: Moment, rules: Rules) -> Step:
    """An answer that can be read holds no row for the job: a replica may lag."""
    since = moment.now if state.missing_since is None else state.missing_since
    deleted = state.sent is not None and (state.sent.write, state.sent.answer) == ("delete", ACCEPTED)
    until = since + (rules.settle_time if state.seen else SECOND_READ)
    if deleted or (moment.now >= until and state.missing_since is not None):
        gone = reading._replace(kind=_answers.READ, status=NOT_FOUND)
        return _after_reading(desired, state, gone, moment, rules)
    state = state._replace(missing_since=since, unread=reading)
    return state, WaitUntil(until, poll=bool(state.seen))


def _after_reading(desired: Desired, state: State, reading: Reading, moment: Moment, rules: Rules) -> Step:
    status = reading.status or ""
    families = state.accepted | ({FAMILY[state.sent.write]} if state.sent else frozenset())
    if status == NOT_FOUND and families & {"stop", "delete"}:
        status = DELETED
    stale = status in state.seen
    state = state.with_status(status, reading)
    if state.sent:
        state = state._replace(sent=_noticed(state.sent, status, moment.now))
    decision, then = planned(desired, state, moment), status
    if rules.check_mode and rules.wait:
        decision, then = foreseen(status, desired, _start_is_past(desired, moment))
        state = state._replace(predicted=then != status)
    if decision.kind == SEND and not _is_expected(desired, state, then):
        words = "it is in status %s, and was to be sent a %s from %s alone" % (then, decision.write, desired.expected)
        decision = Decision(FAIL, reason="status_moved", words=words)
    if state.barred and coming_write(desired, state, moment, rules):
        return _end(state, state.barred, moment, rules)
    if decision.kind != SEND:
        state = state._replace(unread_detail=None, detail_denied=None)
    if decision.kind == REACHED and not state.written and moment.wall < desired.watch_until and not rules.check_mode:
        return state, WaitUntil()
    if decision.kind == REACHED:
        changed = state.changed or state.sent is not None
        return _end(state._replace(changed=changed, warning=state.warning or decision.words), Done("ok"), moment, rules)
    if state.sent:
        return _watch(desired, state, state.sent, decision, reading, stale, moment, rules)
    return _advance(state, decision, reading, moment, rules)


def _is_expected(desired: Desired, state: State, status: str) -> bool:
    """Whether the first write to the job may be made from this status. Later ones follow our own."""
    lost = state.sent is not None and state.sent.answer == LOST
    return desired.expected is None or status == desired.expected or bool(state.accepted) or lost


def planned(desired: Desired, state: State, moment: Moment) -> Decision:
    """What the table says of the status last read."""
    return plan(state.status or "", desired, _start_is_past(desired, moment))


def is_under_way(desired: Desired, state: State, moment: Moment) -> bool:
    """Whether the status leads to the desired state by itself, or to one from which a write does."""
    return planned(desired, state, moment).kind in (IN_PROGRESS, BLOCKED)


def coming_write(desired: Desired, state: State, moment: Moment, rules: Rules) -> str:
    """The write that is foreseen for a job by the status last read; empty if none is."""
    decision, then = planned(desired, state, moment), state.status or ""
    if rules.wait:
        decision, then = foreseen(then, desired, _start_is_past(desired, moment))
    return decision.write if _is_expected(desired, state, then) else ""


def _start_is_past(desired: Desired, moment: Moment) -> bool:
    return desired.start_time is not None and desired.start_time <= moment.wall * 1000


def _noticed(sent: Sent, status: str, now: float) -> Sent:
    if status != sent.before:
        return sent._replace(left=True, returned=False)
    return sent._replace(returned=True, since=now) if sent.left and not sent.returned else sent


def _watch(
    desired: Desired,
    state: State,
    sent: Sent,
    decision: Decision,
    reading: Reading,
    stale: bool,
    moment: Moment,
    rules: Rules,
) -> Step:
    """A write was made, and the desired state is not reached yet."""
    now, status = moment.now, state.status or ""
    if sent.answer != ACCEPTED and shows(sent.write, status, sent.before, desired):
        sent = sent._replace(answer=ACCEPTED)
        state, following = _accept(state, sent, rules)
        if isinstance(following, Done):
            return state, following
    accepted = sent.answer == ACCEPTED
    settled = now >= sent.at + rules.settle_time
    if sent.answer == IN_PART and settled:  # it left no trace
        return _advance(state, decision, reading, moment, rules)
    # A lost write that left no trace is not one that ended badly: it is sent once more.
    seen = wait_for(
        sent.write,
        status,
        sent.before,
        desired,
        returned=sent.returned,
        settled=accepted and now - sent.since >= rules.settle_time,
        stale=stale,
    )
    if seen == FAILED:
        words = "after %s it went to %s" % (sent.write, status)
        return _end(state, Done("failed", "ended_badly", words, reading), moment, rules)
    if seen == TARGET:
        return _advance(state._replace(sent=None), decision, reading, moment, rules)
    if accepted:
        return state, WaitUntil()
    same = decision.kind == SEND and decision.write == sent.write
    if not settled and (sent.answer == LOST or not same):
        return state, WaitUntil(sent.at + rules.settle_time)
    if sent.answer == IN_PART:
        return _advance(state, decision, reading, moment, rules)
    if decision.kind in (BLOCKED, IN_PROGRESS):
        return state, WaitUntil()
    if state.refusal:
        return _after_refusal(state, state.refusal, decision, reading, moment, rules)
    if same and not sent.again:
        return _send(state, decision, moment, rules)
    words = "the answer to %s does not say whether it was carried out, and neither does its status %s" % (
        sent.write,
        status,
    )
    return _end(state, Done("unknown", "lost", words, state.unsent or reading), moment, rules)


def _advance(state: State, decision: Decision, reading: Reading, moment: Moment, rules: Rules) -> Step:
    """No write of ours is under way, or one that was sent in part and is sent again."""
    if decision.kind == FAIL:
        return _end(state, Done("failed", decision.reason, decision.words, reading), moment, rules)
    if decision.kind in (BLOCKED, IN_PROGRESS):
        final = state.refusal if state.refusal and state.refusal.final else None
        state = state._replace(refusal=final, busy_since=None)
        if not rules.wait and decision.kind == BLOCKED:
            words = "nothing can be sent to it in this status, and nothing was: run again later, or with wait: true"
            return _end(state, Done("failed", "illegal_status", words, reading), moment, rules)
        if not rules.wait:
            return _end(state, Done("accepted"), moment, rules)
        return _end(state, Done("ok"), moment, rules) if rules.check_mode else (state, WaitUntil())
    if FAMILY[decision.write] in state.accepted:
        words = "it needs another %s, after one was accepted in this run" % decision.write
        return _end(state, Done("failed", "ended_badly", words, reading), moment, rules)
    if state.refusal:
        return _after_refusal(state, state.refusal, decision, reading, moment, rules)
    return _send(state._replace(warning=decision.words), decision, moment, rules)


def _after_refusal(
    state: State, refusal: Refusal, decision: Decision, reading: Reading, moment: Moment, rules: Rules
) -> Step:
    """The service refused a write, and the status has been read since."""
    sent, now = state.sent, moment.now
    unsure = "unknown" if sent and sent.answer == LOST else "failed"
    if decision.kind == FAIL:
        return _end(state, Done("unknown", "lost", decision.words, reading), moment, rules)
    another = sent is not None and decision.write != sent.write
    if state.status != refusal.status and not state.replanned and not another and not refusal.final:
        return _send(state._replace(replanned=True, refusal=None, not_before=0.0), decision, moment, rules)
    if refusal.result.kind == _answers.BUSY:
        in_time = state.busy_since is None or now - state.busy_since < rules.busy_timeout
        if rules.wait and in_time and not (another and unsure == "unknown"):
            return _send(state, decision, moment, rules)
        words = "another operation is being performed on it, or it is abnormal"
        return _end(state, Done("unknown" if sent else "failed", "busy", words, refusal.result), moment, rules)
    until = refusal.at + rules.settle_time if rules.wait and not refusal.final else now
    if sent and sent.answer == IN_PART:
        until = max(until, sent.at + rules.settle_time)
    if now < until:
        return state, WaitUntil(until)
    closed = moment.closed.get(decision.write)
    if refusal.final and closed:
        return after_closing(state, closed, moment, rules)
    words = _refused(decision.write, "the service refused it in status %s" % state.status)
    return _end(state, Done(unsure, "refused", words, refusal.result), moment, rules)


def _refused(write: str, words: str) -> str:
    return "%s; %s" % (words, UNSUBSCRIBE) if write == "delete" else words


def _send(state: State, decision: Decision, moment: Moment, rules: Rules) -> Step:
    """The write, unless something keeps it back."""
    write = decision.write
    if write in moment.closed:
        return after_closing(state, moment.closed[write], moment, rules)
    if moment.now < state.not_before:
        return state, WaitUntil(min(state.not_before, moment.now + rules.wait_interval), poll=False)
    return _pay(state, write, moment, rules)


def _pay(state: State, write: str, moment: Moment, rules: Rules) -> Step:
    """Only a start pays, and a second write of its family might pay twice."""
    again = state.sent is not None and FAMILY[write] == "start"
    if not again and (write != "start" or rules.allow_paid_order):
        return state, Send(write)
    if state.order is None:
        return state, Send(write, needs_order=True)
    if state.order == BillingOrder.NONE:
        return state, Send(write)
    sent = state.sent
    if sent and sent.answer == LOST:
        words = "the answer to %s was lost, and a second one might place a second order" % write
        return _end(state, Done("unknown", "lost", words, state.unsent), moment, rules)
    if state.order == BillingOrder.OPEN and not rules.allow_paid_order:
        words = "starting it places a yearly/monthly order and pays it: give allow_paid_order: true if that is desired"
        return _end(state, Done("failed", "unpaid_order", words), moment, rules)
    if sent and moment.now < sent.at + rules.settle_time:
        return state, WaitUntil(sent.at + rules.settle_time)
    return state._replace(most=1 if sent else state.most), Send(write)


def after_details(desired: Desired, state: State, detail: Reading, moment: Moment, rules: Rules) -> Step:
    """After a read of the job's details, for a Send that needs them."""
    if detail.kind == _answers.READ:
        state = state._replace(order=detail.order, unread_detail=None, detail_denied=None)
        return reconcile(desired, state, detail, moment, rules)
    state = state._replace(unread_detail=detail)
    lost = state.sent is not None and state.sent.answer == LOST
    if detail.kind == _answers.REFUSED:
        words = "the service refused to report its details, which say whether a start would be paid for"
        outcome = Done("unknown", "lost", words, detail) if lost else Done("failed", "refused", words, detail)
        return _end(state, outcome, moment, rules)
    if detail.kind == _answers.UNAUTHORIZED:
        denied, final = after_denial(state.detail_denied, detail, moment.now, moment.authorized, rules.settle_time)
        state = state._replace(detail_denied=denied)
        return _end(state, _not_read(state, _DETAILS, detail, True), moment, rules) if final else (state, WaitUntil())
    since = moment.now if state.detail_missing_since is None else state.detail_missing_since
    state = state._replace(detail_denied=None, detail_missing_since=since)
    may_lag = detail.kind == _answers.MISSING and moment.now < since + SECOND_READ
    if not rules.wait and not state.written and not detail.throttled and not may_lag:
        return _end(state, _not_read(state, _DETAILS, detail), moment, rules)
    return state, WaitUntil()


def predicted(state: State, write: str, rules: Rules) -> Step:
    """The end that check mode foretells for a job that would be sent this write."""
    return state._replace(action=write, changed=True), Done("ok" if rules.wait else "accepted")


# --- after a write


def after_write(
    state: State, write: str, result: WriteResult, jobs: int, not_before: float, moment: Moment, rules: Rules
) -> Step:
    """After the answer to a write. jobs: how many its request held. not_before: the monotonic second before which the
    job is not written to again, should the service be busy or ask to come back later."""
    now, status = moment.now, state.status or ""
    if result.kind not in (_answers.UNSENT, _answers.UNAUTHORIZED):
        state = state._replace(attempts=state.attempts + 1, request_id=result.request_id)
    if result.kind not in (_answers.UNSENT, _answers.UNAUTHORIZED) or result.in_part:
        state = state._replace(action=write if state.action == "none" else state.action)
    lost = state.sent is not None and state.sent.answer == LOST
    if result.kind == _answers.ACCEPTED:
        return _accept(state, Sent(write, status, now, ACCEPTED, now), rules)
    if result.kind == _answers.LOST:
        sent = Sent(write, status, now, LOST, now, again=lost)
        return state._replace(sent=sent, refusal=None, unsent=result), WaitUntil(now + rules.settle_time)
    if result.in_part:
        sent = state.sent._replace(at=now) if state.sent and lost else Sent(write, status, now, IN_PART, now)
        state = state._replace(sent=sent)
    if result.kind == _answers.SPLIT:
        return state._replace(most=(jobs + 1) // 2, unsent=result), WaitUntil(now)
    if result.kind == _answers.UNAUTHORIZED:
        return after_closing(state, result, moment, rules)
    if result.kind in (_answers.UNSENT, _answers.BUSY):
        state = state._replace(not_before=not_before, pauses=state.pauses + 1)
    if result.kind == _answers.UNSENT:
        return state._replace(unsent=result), WaitUntil(not_before, poll=False)
    state = state._replace(refusal=Refusal(status, result, now))
    if result.kind == _answers.BUSY:
        return state._replace(busy_since=now if state.busy_since is None else state.busy_since), WaitUntil(now)
    if result.of_status:
        return state, WaitUntil(now)
    if state.sent and state.sent.answer == IN_PART and now < state.sent.at + rules.settle_time:
        final = Refusal(status, result, now, final=True)
        return state._replace(refusal=final), WaitUntil(state.sent.at + rules.settle_time)
    words = _refused(write, "the service refused it")
    return _end(state, Done("unknown" if lost else "failed", "refused", words, result), moment, rules)


def _accept(state: State, sent: Sent, rules: Rules) -> Step:
    state = state._replace(
        sent=sent._replace(answer=ACCEPTED),
        changed=True,
        accepted=state.accepted | {FAMILY[sent.write]},
        refusal=None,
        busy_since=None,
        unsent=None,
        pauses=0,
        not_before=0.0,
        most=None,
    )
    return state, WaitUntil() if rules.wait else Done("accepted")


def after_closing(state: State, refusal: WriteResult, moment: Moment, rules: Rules) -> Step:
    """The job needs a write that the service refuses to everybody, or that is withheld from it."""
    sent = state.sent
    if sent and sent.answer != ACCEPTED and moment.now < sent.at + rules.settle_time:
        return state, WaitUntil(sent.at + rules.settle_time)
    outcome = "unknown" if sent and sent.answer == LOST else "failed" if state.accepted else "not_attempted"
    unsent = "" if state.attempts else ", and nothing was sent for it"
    if refusal.kind == _answers.WITHHELD:
        return _end(state, Done(outcome, "withheld", "%s%s" % (refusal.msg, unsent)), moment, rules)
    words = "the service refuses this request for every job" + unsent
    return _end(state, Done(outcome, "refused", words, refusal, final=True), moment, rules)


# --- the end

_STATUS, _DETAILS = "its status", "its details, which say whether a start would be paid for,"


def _not_read(state: State, what: str, reading: Reading, final: bool = False) -> Done:
    words = "%s could not be read%s" % (what, "" if state.written else ", and nothing was sent")
    reason = "throttled" if reading.throttled else "unreadable"
    return Done("unknown" if state.written else "not_attempted", reason, words, reading, final)


def close(state: State, caller_gone: bool, moment: Moment, rules: Rules) -> Step:
    """The run ends before the job did."""
    sent, refusal = state.sent, state.refusal
    busy = refusal is not None and refusal.result.kind == _answers.BUSY
    unsettled = sent is not None and sent.answer == IN_PART and moment.now < sent.at + rules.settle_time
    if sent and (sent.answer == LOST or unsettled or (sent.answer == IN_PART and busy)):
        words = "the answer to %s does not say whether it was carried out, and its status did not show it" % sent.write
        throttled = sent.answer == IN_PART and state.unsent is not None and state.unsent.throttled
        reason = "busy" if busy else "throttled" if throttled else "lost"
        said = refusal.result if refusal and busy else state.unread or state.unsent
        done = Done("unknown", reason, words, said)
    elif caller_gone:
        words = "the calling process has exited: nothing more was sent"
        done = Done("unknown" if state.written else "not_attempted", "caller_gone", words)
    elif state.unread:
        done = _not_read(state, _STATUS, state.unread)
    elif state.unread_detail:
        done = _not_read(state, _DETAILS, state.unread_detail)
    elif sent and sent.answer == ACCEPTED:
        words = "%s was accepted, and wait_timeout expired before it was seen to be done" % sent.write
        done = Done("timed_out", "deadline", words)
    elif refusal and busy:
        done = Done("timed_out", "busy", "it was busy until wait_timeout expired", refusal.result)
    elif state.unsent:
        reason = "throttled" if state.unsent.throttled else "deadline"
        words = "no %srequest for it was accepted before wait_timeout expired" % ("further " if state.accepted else "")
        done = Done("timed_out" if state.accepted else "not_attempted", reason, words, state.unsent)
    else:
        words = "wait_timeout expired" + ("" if state.accepted else ", and nothing was sent")
        done = Done("timed_out", "deadline", words)
    return _end(state, done, moment, rules)


def _end(state: State, done: Done, moment: Moment, rules: Rules) -> Step:
    """The end, with the state that it leaves. Whoever acts on "changed" must learn of what may have been carried out."""
    sent = state.sent
    unsure = sent is not None and (
        sent.answer == LOST or (sent.answer == IN_PART and moment.now < sent.at + rules.settle_time)
    )
    if done.outcome == "unknown" or (unsure and done.outcome not in ("ok", "accepted")):
        state = state._replace(changed=True)
    return state, done
