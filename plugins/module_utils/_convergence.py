# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that brings many jobs to their wishes: read, plan, act, wait, under one deadline. Private to this
collection.

Knows what statuses mean (_lifecycle) and the verbs and verdicts of the API (_api), not HTTP and not Ansible. Every
write is made from a status read in the same round, so that nothing is ever repeated without a look.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _api
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job, Refusal, Sent
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import (
    FAIL,
    FAILED,
    FAMILY,
    LATER,
    ON_ITS_WAY,
    SEND,
    THERE,
    Step,
    after,
    foreseen,
    plan,
    shows,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock, growing_pause

# DRS.M01504 also means "the task is abnormal": past this many seconds it is taken at that word.
LONGEST_BUSY = 300.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
FIRST_POLL, POLL_GROWTH = 0.25, 2.5

# Answers to a write that speak of the job's status: the status is read before they count.
LOOK_AGAIN = frozenset(("DRS.M00304", _api.WAS_DELETED)) | _api.NO_SUCH_JOB


class Rules(t.NamedTuple):
    """The options of a run. Seconds; deadline is on the clock's monotonic scale."""

    wait: bool
    check_mode: bool
    deadline: float
    wait_interval: float
    settle_time: float
    batch_size: int
    allow_paid_order: bool


class _Stop(Exception):
    """No further write in this run."""


class Convergence:
    """One run. listening() is asked before every write and every wait whether anybody still waits for the result.
    report(counts) is called when the counts of jobs have changed. After run(), fatal holds the words of what is final
    for all, or None."""

    def __init__(
        self,
        jobs: Sequence[Job],
        api: _api.Api,
        rules: Rules,
        clock: Clock,
        random: Callable[[], float],
        listening: Callable[[], bool],
        report: Callable[[Mapping[str, int]], None],
    ) -> None:
        self._jobs, self._api, self._rules, self._clock = jobs, api, rules, clock
        self._random, self._listening, self._report = random, listening, report
        self.fatal: _api.Verdict | None = None
        self._heard = False
        self._stopped: str | None = None
        self._poll_at, self._polls = 0.0, 0
        self._groups = 0
        self._counts: dict[str, int] = {}

    def run(self) -> None:
        began = self._now()
        pending = list(self._jobs)
        while pending:
            late = self._now() >= self._rules.deadline
            self._round([job for job in pending if late or job.due <= self._now()])
            for job in pending:
                if job.done:
                    job.duration = self._now() - began
            pending = [job for job in pending if not job.done]
            self._tell()
            if not pending or self.fatal or self._stopped or self._now() >= self._rules.deadline:
                break
            if not self._listening():
                self._stopped = "caller_gone"
                break
            next_due = min(min(job.due for job in pending), self._rules.deadline)
            self._clock.sleep(max(0.0, next_due - self._now()))
        for job in pending:
            self._close(job)
            job.duration = self._now() - began
        if pending:
            self._tell()
        self._explain_refused_deletes()
        if self._jobs and not self._heard and not self.fatal:
            self.fatal = self._jobs[0].unread

    # --- one round

    def _round(self, due: Sequence[Job]) -> None:
        readings = self._api.statuses([job.id for job in due])
        wanted = []
        for job in due:
            step = self._decide(job, readings[job.id])
            if step:
                wanted.append((job, step))
        if not self.fatal:
            wanted = self._look_before_start(wanted)
        if self._rules.check_mode:
            for job, step in wanted:
                job.action, job.changed = t.cast(str, step.write), True
                job.finish("ok" if self._rules.wait else "accepted")
        elif not self.fatal:
            self._submit(wanted)

    def _decide(self, job: Job, reading: _api.Verdict) -> Step | None:
        """The write that the job needs now, if any."""
        if reading.kind == _api.NOT_LET_IN:
            self.fatal = reading
        self._heard = self._heard or reading.kind in (_api.OK, _api.REFUSED)
        if reading.kind != _api.OK:
            self._unreadable(job, reading)
            return None
        job.unread = None
        job.name = reading.name or job.name
        job.see(t.cast(str, reading.status), self._now(), self._clock.wall())
        step = self._foreseen(job) if self._rules.check_mode else self._planned(job)
        if step.kind == THERE:
            job.changed = job.changed or job.sent is not None
            job.warning = job.warning or step.words
            job.finish("ok")
            return None
        return self._watch(job, step, reading) if job.sent else self._go_on(job, step, reading)

    def _unreadable(self, job: Job, reading: _api.Verdict) -> None:
        job.unread = reading
        job.due = self._next_poll()
        if reading.kind == _api.REFUSED and not job.sent:
            job.finish("failed", "refused", "the service refused to tell its status", reading)
        elif not self._rules.wait and not job.sent and not self.fatal:
            job.finish("not_attempted", "unreadable", "its status could not be read, so nothing was sent", reading)

    def _watch(self, job: Job, step: Step, reading: _api.Verdict) -> Step | None:
        """A write was made, and the wish is not reached yet."""
        sent, now = t.cast(Sent, job.sent), self._now()
        status = t.cast(str, job.status)
        if sent.lost and shows(sent.write, status, sent.before, job.wish):
            self._accept(job, sent)
            if job.done:
                return None
        # A lost write that left no trace is not one that ended badly: it is asked once more.
        settled = not sent.lost and now - sent.since >= self._rules.settle_time
        seen = after(sent.write, status, sent.before, job.wish, sent.returned, settled)
        if seen == FAILED:
            words = "after %s it went to %s" % (sent.write, status)
            job.finish("failed", "ended_badly", words, reading)
            return None
        if seen == THERE:
            job.sent = None
            return self._go_on(job, step, reading)
        job.due = self._next_poll()
        if not sent.lost:
            return None
        if now < sent.at + self._rules.settle_time:
            job.due = min(job.due, sent.at + self._rules.settle_time)
            return None
        if step.kind in (LATER, ON_ITS_WAY):
            return None
        if job.refusal:
            return self._after_refusal(job, step, reading)
        if step.kind == SEND and step.write == sent.write and not sent.again:
            return step if self._may_send(job) else None
        words = "the answer to %s was lost, and its status %s does not tell whether it was carried out" % (
            sent.write,
            status,
        )
        job.finish("unknown", "lost", words, job.unsent or reading)
        return None

    def _go_on(self, job: Job, step: Step, reading: _api.Verdict) -> Step | None:
        """No write of ours is under way."""
        if step.kind == FAIL:
            job.finish("failed", step.reason, step.words, reading)
        elif step.kind in (LATER, ON_ITS_WAY):
            job.refusal = job.busy_since = None
            job.due = self._next_poll()
            if not self._rules.wait and step.kind == LATER:
                words = "nothing can be sent to it in this status, and nothing was: run again later, or with wait: true"
                job.finish("failed", "illegal_status", words, reading)
            elif not self._rules.wait:
                job.finish("accepted")
            elif self._rules.check_mode:
                job.finish("ok")
        elif FAMILY[t.cast(str, step.write)] in job.accepted:
            words = "it asks for another %s, after one was accepted in this run" % step.write
            job.finish("failed", "ended_badly", words, reading)
        elif job.refusal:
            return self._after_refusal(job, step, reading)
        elif self._may_send(job):
            job.warning = step.words
            return step
        return None

    def _after_refusal(self, job: Job, step: Step, reading: _api.Verdict) -> Step | None:
        """The service refused a write, and the status has been read since."""
        refusal, now = t.cast(Refusal, job.refusal), self._now()
        verdict = refusal.verdict
        lost = job.sent is not None
        if step.kind == FAIL:
            job.finish("unknown", "lost", step.words, reading)
            return None
        another = job.sent is not None and step.write != job.sent.write
        if job.status != refusal.status and not job.replanned and not another:
            job.replanned, job.refusal = True, None
            return step
        if verdict.kind == _api.BUSY_NOW:
            if self._rules.wait and now - t.cast(float, job.busy_since) < LONGEST_BUSY:
                return step if self._may_send(job) else None
            words = "another operation is being performed on it, or it is abnormal"
            job.finish("unknown" if lost else "failed", "busy", words, verdict)
        else:
            job.finish(
                "unknown" if lost else "failed", "refused", "the service refused it in status %s" % job.status, verdict
            )
        return None

    def _may_send(self, job: Job) -> bool:
        """Whether the job's pause after a refusal is over; if not, when to look again."""
        now = self._now()
        if now >= job.not_before:
            return True
        job.due = min(job.not_before, now + self._rules.wait_interval)
        return False

    def _look_before_start(self, wanted: Sequence[tuple[Job, Step]]) -> list[tuple[Job, Step]]:
        """What may be sent: writes that might cost money are taken out unless the job's detail clears them."""
        asked = {job.id for job, step in wanted if self._might_pay(job, step)}
        unread = [job.id for job, _step in wanted if job.id in asked and job.order is None]
        details = self._api.orders(unread) if unread else {}
        return [
            (job, step)
            for job, step in wanted
            if job.id not in asked or self._pays_nothing(job, step, details.get(job.id))
        ]

    def _might_pay(self, job: Job, step: Step) -> bool:
        """Only a start pays, and a second write of its family after a lost one might pay twice."""
        again = job.sent is not None and FAMILY[t.cast(str, step.write)] == "start"
        return again or (step.write == "start" and not self._rules.allow_paid_order)

    def _pays_nothing(self, job: Job, step: Step, detail: _api.Verdict | None) -> bool:
        if detail:
            job.order, job.name = detail.order, detail.name or job.name
        if job.order is None:
            self._without_detail(job, t.cast(_api.Verdict, detail))
        elif job.sent and job.order != _api.NO_ORDER:
            words = "the answer to %s was lost, and a second one might place a second order" % step.write
            job.finish("unknown", "lost", words, job.unsent)
        elif job.order == _api.UNPAID and not self._rules.allow_paid_order:
            words = (
                "starting it places a yearly/monthly order and pays it: give allow_paid_order: true if that is wanted"
            )
            job.finish("failed", "unpaid_order", words)
        return not job.done and job.order is not None

    def _without_detail(self, job: Job, detail: _api.Verdict) -> None:
        if detail.kind == _api.NOT_LET_IN:
            self.fatal = detail
        if detail.kind == _api.REFUSED:
            words = "the service refused to tell its details, which say whether a start would be paid for"
            job.finish("unknown" if job.sent else "failed", "lost" if job.sent else "refused", words, detail)
        else:
            self._unreadable(job, detail)

    # --- writes

    def _submit(self, wanted: Sequence[tuple[Job, Step]]) -> None:
        if self._now() >= self._rules.deadline:
            return
        batches = self._batches(wanted)
        answers = list(self._api.map(self._send, batches))
        for batch, verdicts in zip(batches, answers):
            self._digest(batch, verdicts)

    def _batches(self, wanted: Sequence[tuple[Job, Step]]) -> list[list[tuple[Job, Step]]]:
        """Jobs of one endpoint and one group together, in the order asked, batch_size a request."""
        together: dict[t.Any, list[tuple[Job, Step]]] = {}
        for job, step in wanted:
            together.setdefault((_api.ENDPOINTS[t.cast(str, step.write)], job.group), []).append((job, step))
        size = self._rules.batch_size
        return [part[start : start + size] for part in together.values() for start in range(0, len(part), size)]

    def _send(self, batch: Sequence[tuple[Job, Step]]) -> Mapping[str, _api.Verdict]:
        """Runs beside others in threads: changes no job. Empty when the run was stopped before it was sent."""
        orders = [_api.Order(job.id, t.cast(str, step.write), job.options) for job, step in batch]
        try:
            return self._api.write(orders, self._last_look)
        except _Stop:
            return {}

    def _last_look(self) -> None:
        if self._stopped is None and self._now() >= self._rules.deadline:
            self._stopped = "deadline"
        if self._stopped is None and not self._listening():
            self._stopped = "caller_gone"
        if self._stopped:
            raise _Stop

    def _digest(self, batch: Sequence[tuple[Job, Step]], verdicts: Mapping[str, _api.Verdict]) -> None:
        halves = self._two_groups() if any(verdict.kind == _api.SPLIT for verdict in verdicts.values()) else None
        # One pause for all of a request, so that they come back in one.
        pause = growing_pause(max(job.pauses for job, _step in batch), FIRST_PAUSE, LONGEST_PAUSE, self._random)
        for place, (job, step) in enumerate(batch):
            if job.id not in verdicts:
                continue
            verdict, write = verdicts[job.id], t.cast(str, step.write)
            if verdict.kind not in (_api.UNSENT, _api.NOT_LET_IN):
                job.attempts += 1
                job.request_id = verdict.request_id
                if job.action == "none":
                    job.action = write
            if verdict.kind == _api.OK:
                self._accept(job, Sent(write, t.cast(str, job.status), self._now(), False, False))
            elif verdict.kind == _api.NOT_LET_IN:
                self.fatal = verdict
            elif verdict.kind == _api.LOST:
                job.sent = Sent(write, t.cast(str, job.status), self._now(), True, job.sent is not None)
                job.refusal, job.group, job.unsent = None, 0, verdict
                job.due = min(self._next_poll(), self._now() + self._rules.settle_time)
            elif verdict.kind == _api.UNSENT:
                job.unsent = verdict
                self._hold(job, pause)
                # Not opens_at() alone: reads that are let in do not make a throttled write's pauses short again.
                job.not_before = max(job.not_before, self._api.opens_at())
                job.due = job.not_before
            elif halves:
                job.group = halves[place * 2 >= len(batch)]
                job.due = self._now()
            else:
                self._refused(job, verdict, pause)

    def _accept(self, job: Job, sent: Sent) -> None:
        sent.lost = False
        job.sent, job.changed = sent, True
        job.accepted.add(FAMILY[sent.write])
        job.refusal = job.busy_since = job.unsent = None
        job.pauses, job.not_before, job.group = 0, 0.0, 0
        job.due = self._next_poll()
        if not self._rules.wait:
            job.finish("accepted")

    def _refused(self, job: Job, verdict: _api.Verdict, pause: float) -> None:
        job.group = 0
        job.due = self._now()
        if verdict.kind == _api.BUSY_NOW:
            job.busy_since = self._now() if job.busy_since is None else job.busy_since
            self._hold(job, pause)
        elif verdict.code not in LOOK_AGAIN:
            job.finish("unknown" if job.sent else "failed", "refused", "the service refused it", verdict)
            return
        job.refusal = Refusal(t.cast(str, job.status), verdict)

    def _hold(self, job: Job, pause: float) -> None:
        job.not_before = self._now() + pause
        job.pauses += 1

    def _two_groups(self) -> tuple[int, int]:
        self._groups += 2
        return self._groups - 1, self._groups

    # --- time, and the end

    def _planned(self, job: Job) -> Step:
        return plan(t.cast(str, job.status), job.wish, self._start_is_past(job))

    def _foreseen(self, job: Job) -> Step:
        if not self._rules.wait:
            return self._planned(job)
        step, job.predicted = foreseen(t.cast(str, job.status), job.wish, self._start_is_past(job))
        return step

    def _start_is_past(self, job: Job) -> bool:
        return job.wish.start_time is not None and job.wish.start_time <= self._clock.wall() * 1000

    def _now(self) -> float:
        return self._clock.monotonic()

    def _next_poll(self) -> float:
        """One time for all that wait, so that they are read together: soon at first, then less often."""
        now = self._now()
        if self._poll_at <= now:
            full = min(self._rules.wait_interval, FIRST_POLL * POLL_GROWTH ** min(self._polls, 30))
            self._poll_at = now + full * (0.75 + self._random() / 4)
            self._polls += 1
        return self._poll_at

    def _close(self, job: Job) -> None:
        """The run ends before the job did."""
        unread = job.unread
        lost = job.sent is not None and job.sent.lost
        if lost:
            job.finish(
                "unknown",
                "lost",
                "the answer to the write was lost, and what it did was not seen",
                unread or job.unsent,
            )
        elif self._stopped == "caller_gone":
            words = "whoever started the run is gone: nothing more was sent"
            job.finish("unknown" if job.sent else "not_attempted", "caller_gone", words)
        elif unread:
            words = "its status could not be read" + ("" if job.sent else ", and nothing was sent")
            reason = "throttled" if unread.throttled else "unreadable"
            job.finish("unknown" if job.sent else "not_attempted", reason, words, unread)
        elif self.fatal:
            words = "the service let nothing more in" + ("" if job.sent else ", and nothing was done")
            job.finish("unknown" if job.sent else "not_attempted", "refused", words, self.fatal)
        elif job.sent:
            job.finish(
                "timed_out", "deadline", "%s was accepted, and time ran out before it was seen done" % job.sent.write
            )
        elif job.refusal and job.refusal.verdict.kind == _api.BUSY_NOW:
            job.finish("timed_out", "busy", "it was busy until time ran out", job.refusal.verdict)
        elif job.unsent:
            reason = "throttled" if job.unsent.throttled else "deadline"
            job.finish(
                "not_attempted", reason, "the service did not let the request in before time ran out", job.unsent
            )
        else:
            job.finish("timed_out", "deadline", "time ran out, and nothing was sent")

    def _explain_refused_deletes(self) -> None:
        """A job with a yearly/monthly order is deleted only after its order was unsubscribed ("Stopping or Deleting Tasks in
        Batches"), and the service's refusal does not say so."""
        judged = [job for job in self._jobs if (job.outcome, job.reason) == ("failed", "refused")]
        refused = [job for job in judged if self._planned(job).write == "delete"]
        if not refused or self._stopped or self._now() >= self._rules.deadline:
            return
        details = self._api.orders([job.id for job in refused])
        for job in refused:
            if details[job.id].order in (_api.PAID, _api.UNPAID):
                job.words = "%s; it has a yearly/monthly order: unsubscribe from that first" % job.words

    def _tell(self) -> None:
        counts = count(self._jobs)
        if counts != self._counts:
            self._counts = counts
            self._report(counts)


def count(jobs: Iterable[Job]) -> dict[str, int]:
    """How many jobs are where, for people who wait: the numbers but total add up to total."""
    counts = dict.fromkeys(("total", "there", "on_their_way", "busy", "lost", "failed"), 0)
    for job in jobs:
        counts["total"] += 1
        if job.done:
            counts["there" if job.outcome in ("ok", "accepted") else "failed"] += 1
        elif job.sent and job.sent.lost:
            counts["lost"] += 1
        elif job.refusal:
            counts["busy"] += 1
        else:
            counts["on_their_way"] += 1
    return counts
