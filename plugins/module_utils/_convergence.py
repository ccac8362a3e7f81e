# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that brings many jobs to their desired states under one deadline: rounds of reads, batches of writes, threads.
Private to this collection.

What to do with a job is decided in _reconcile; what is asked of the service, in _api. Knows neither HTTP nor Ansible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers, _api, _guards, _reconcile
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading, WriteItem, WriteResult
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock, growing_pause, pause
from ansible_collections.huaweicloud.drs.plugins.module_utils._guards import NO_GUARDS, Guards
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import (
    Done,
    Moment,
    Rules,
    Send,
    Step,
    WaitUntil,
)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
FIRST_POLL, POLL_GROWTH = 0.25, 2.5
# Seconds. A write rests on a status that is no older.
OLDEST_READING = 10.0


class Withheld(Exception):
    """Raised by before_send: nothing more may be sent. The text says why."""


class _NotSent(Exception):
    """Why a request was kept back."""


_STOPPED, _STALE, _HELD, _CLOSED = "stopped", "stale", "held", "closed"

_STOPPED_EARLY = Done(
    "not_attempted", "stopped_early", "more jobs than max_fail ended badly before its wave, and nothing was sent for it"
)
_CUT_OFF = Done("not_attempted", "deadline", "wait_timeout expired before its wave began, and nothing was sent for it")
_TOO_MANY = Done(
    "not_attempted",
    "too_many_changes",
    "it came to need a write when as many jobs as max_changes allows had been written to, and nothing was sent for it",
)


class Convergence:
    """One run. listening() is asked before every write and while waiting whether anybody still waits for the result.
    report(counts) is called when the counts of jobs have changed. before_send(keys) is called with the jobs of each write
    just before it is sent, in the thread that sends it, and may raise Withheld. After run(), fatal is the refusal that
    holds for everybody, or None."""

    def __init__(
        self,
        jobs: Sequence[Job],
        api: _api.Api,
        rules: Rules,
        clock: Clock,
        random: Callable[[], float],
        listening: Callable[[], bool],
        report: Callable[[Mapping[str, int]], None],
        before_send: Callable[[Sequence[str]], None] = lambda keys: None,
        guards: Guards = NO_GUARDS,
    ) -> None:
        self._jobs, self._api, self._rules, self._clock = jobs, api, rules, clock
        self._random, self._listening, self._report, self._before_send = random, listening, report, before_send
        self._guards = guards
        self.fatal: Reading | WriteResult | None = None
        self.too_many: int | None = None
        self._answered = self._authorized = False
        self._stopped: str | None = None
        self._poll_at, self._polls = 0.0, 0
        self._closed: dict[str, WriteResult] = {}  # writes that the service refuses to everybody
        self._accepted_at: set[_api.Endpoint] = set()
        self._refused_alone: dict[tuple[_api.Endpoint, str | None], set[str]] = {}
        # Endpoints at which a request refused with 403 or 404 is being split, with its jobs; and the jobs that wait for it.
        self._splitting: dict[_api.Endpoint, set[Job]] = {}
        self._held: dict[_api.Endpoint, list[Job]] = {}
        self._counts: dict[str, int] = {}
        self._later: Collection[Job] = ()  # the jobs whose wave has not begun

    def run(self) -> None:
        self._began = self._now()
        wanted = [] if self._guards.max_changes is None else self._count_changes(self._guards.max_changes)
        left, begun = list(self._jobs), False
        for size in _guards.sizes(len(left), self._guards.serial):
            wave, left = left[:size], left[size:]
            if begun and self._has_failed_enough():
                wave, left = wave + left, []
                self._bar(wave, _STOPPED_EARLY)
            if begun and (self._stopped or self._now() >= self._rules.deadline):
                self._cut_off(wave + left)
                break
            members, self._later = set(wave), set(left)
            self._run_wave(wave, [(job, send) for job, send in wanted if job in members])
            begun, wanted = True, []
        if self._jobs and not self._answered and not self.fatal:
            self.fatal = self._jobs[0].state.unread

    def _run_wave(self, wave: Sequence[Job], wanted: Sequence[tuple[Job, Send]]) -> None:
        """Brings the jobs of one wave to their end. wanted: the writes that are to be sent at once."""
        open_jobs = [job for job in wave if not job.done]
        while open_jobs and self._now() < self._rules.deadline:
            self._round([job for job in open_jobs if job.due <= self._now()], wanted)
            wanted = []
            for job in open_jobs:
                if job.done:
                    job.duration = self._now() - self._began
            open_jobs = [job for job in open_jobs if not job.done]
            self._report_counts()
            if not open_jobs or self._stopped:
                break
            due = min(min(job.due for job in open_jobs), self._rules.deadline)
            if not pause(self._clock, max(0.0, due - self._now()), self._listening):
                self._stopped = "caller_gone"
                break
        gone = self._stopped == "caller_gone"
        if open_jobs and self._rules.wait and not gone and self._now() >= self._api.opens_at():
            self._last_read(open_jobs)
        for job in open_jobs:
            if not job.done:
                self._take(job, _reconcile.close(job.state, gone, self._moment(), self._rules))
            job.duration = self._now() - self._began
        if open_jobs:
            self._report_counts()

    # --- guards

    def _count_changes(self, most: int) -> list[tuple[Job, Send]]:
        """Reads every job before the first write. Returns the writes that are to be sent, if they are not too many; else the
        run ends here."""
        wanted = self._with_orders(self._decide(self._jobs))
        missing = [job for job in self._jobs if not job.done and job.state.missing_since is not None]
        if missing:
            due = min(max(job.due for job in missing), self._rules.deadline)
            if pause(self._clock, max(0.0, due - self._now()), self._listening):
                wanted += self._with_orders(self._decide(missing))
        moment = self._moment()
        sent = {job for job, _send in wanted}
        coming = {job: _reconcile.coming_write(job.desired, job.state, moment, self._rules) for job in self._jobs}
        changing = {
            job for job in self._jobs if not job.done and (job in sent or coming[job] or job.state.status is None)
        }
        if len(changing) <= most:
            return wanted
        self.too_many = len(changing)
        many = "1 job" if len(changing) == 1 else "%d jobs" % len(changing)
        words = "%s would be changed, and max_changes is %d: nothing was sent" % (many, most)
        foretelling = self._rules._replace(check_mode=True)
        for job in self._jobs:
            if job in changing:
                state = job.state._replace(action=coming[job] or "none")
                self._take(job, (state, Done("not_attempted", _TOO_MANY.reason, words, state.unread)))
            elif not job.done:
                reading = Reading(_answers.READ, job.state.status, at=job.state.read_at)
                self._take(job, _reconcile.reconcile(job.desired, job.state, reading, moment, foretelling))
            if job.outcome == "ok" and _reconcile.is_under_way(job.desired, job.state, moment):
                self._take(job, (job.state, Done("accepted")))  # nobody waits for it
            job.duration = self._now() - self._began
        return []

    def _bound(self, wanted: Sequence[tuple[Job, Send]]) -> list[tuple[Job, Send]]:
        """The writes that keep the number of jobs written to within max_changes."""
        if self._guards.max_changes is None:
            return list(wanted)
        room = self._guards.max_changes - sum(_is_written(job) for job in self._jobs)
        kept = []
        for job, send in wanted:
            if not _is_written(job):
                room -= 1
                if room < 0:
                    self._take(job, (job.state, _TOO_MANY))
                    continue
            kept.append((job, send))
        return kept

    def _has_failed_enough(self) -> bool:
        most = self._guards.max_fail
        return most is not None and sum(job.done and job.outcome not in GOOD for job in self._jobs) > most

    def _bar(self, jobs: Iterable[Job], done: Done) -> None:
        for job in jobs:
            job.state = job.state._replace(barred=done)

    def _cut_off(self, jobs: Iterable[Job]) -> None:
        """The run ends before the wave of these jobs began."""
        gone = self._stopped == "caller_gone"
        for job in jobs:
            if not job.done:
                step = _reconcile.close(job.state, gone, self._moment(), self._rules)
                self._take(job, step if gone else (job.state, _CUT_OFF))
                job.duration = self._now() - self._began

    # --- one round

    def _round(self, due: Sequence[Job], wanted: Sequence[tuple[Job, Send]] = ()) -> None:
        """wanted: writes that have been decided on already."""
        known = {job for job, _send in wanted}
        due = [job for job in due if job not in known]
        wanted = [*wanted, *self._with_orders(self._decide(due))]
        if self._rules.check_mode:
            for job, send in wanted:
                self._take(job, _reconcile.predicted(job.state, send.write, self._rules))
        else:
            self._submit(wanted)
            self._release()

    def _decide(self, jobs: Sequence[Job], for_writes: bool = False) -> list[tuple[Job, Send]]:
        """Reads the statuses of these jobs. Returns the writes that follow. for_writes: they are sent next, and however long
        the read took, it counts as fresh; else nothing would ever be sent where reads are slow."""
        readings = self._api.statuses([job.key for job in jobs])
        if for_writes:
            readings = {key: reading._replace(at=self._now()) for key, reading in readings.items()}
        kinds = {reading.kind for reading in readings.values()}
        self._authorized = self._authorized or bool(kinds & {_answers.READ, _answers.MISSING})
        self._answered = self._authorized or self._answered or _answers.REFUSED in kinds
        moment = self._moment()
        wanted = []
        for job in jobs:
            step = _reconcile.reconcile(job.desired, job.state, readings[job.key], moment, self._rules)
            send = self._take(job, step)
            if send:
                wanted.append((job, send))
        return wanted

    def _with_orders(self, wanted: Sequence[tuple[Job, Send]]) -> list[tuple[Job, Send]]:
        """The writes that are still wanted once the details that they need have been read."""
        unknown = [job.key for job, send in wanted if send.needs_order]
        if not unknown:
            return list(wanted)
        details = self._api.orders(unknown)
        moment = self._moment()
        clear = []
        for job, send in wanted:
            if send.needs_order:
                detail = details[job.key]
                step = _reconcile.after_details(job.desired, job.state, detail, moment, self._rules)
                send_now = self._take(job, step)
            else:
                send_now = send
            if send_now:
                clear.append((job, send_now))
        return clear

    def _take(self, job: Job, step: Step) -> Send | None:
        """Takes a decision over. Returns the write to be sent, if that is what it is."""
        state, following = step
        job.update(state, self._clock.wall())
        if isinstance(following, Send):
            return following
        if isinstance(following, WaitUntil):
            job.due = min(following.at, self._next_poll()) if following.poll else following.at
            paused = state.not_before > self._now()
        else:
            job.finish(following)
            paused = False
            if following.final:
                self.fatal = self.fatal or following.said
        if not paused:
            for suspects in self._splitting.values():
                suspects.discard(job)
        return None

    def _last_read(self, jobs: Sequence[Job]) -> None:
        """What ended meanwhile is seen; nothing is sent. A job that it does not reach is judged by the reading before."""
        readings = self._api.statuses([job.key for job in jobs])
        moment = self._moment()
        for job in jobs:
            reading = readings[job.key]
            self._answered = self._answered or reading.kind in (_answers.READ, _answers.MISSING)
            step = _reconcile.reconcile(job.desired, job.state, reading, moment, self._rules)
            gone = reading.kind == _answers.MISSING and isinstance(step[1], Done)
            if reading.kind == _answers.READ or gone or not (job.state.seen or job.state.unread):
                self._take(job, step)

    # --- writes

    def _submit(self, wanted: Sequence[tuple[Job, Send]]) -> None:
        """Sends the writes, batch by batch. Those whose status has grown too old meanwhile are read again, a page at a
        time."""
        queue = list(wanted)
        while queue and not self._stopped:
            queue = self._bound(queue)
            batches = self._batches(queue)
            stale: list[tuple[Job, Send]] = []
            for batch, answer in zip(batches, list(self._api.map(self._send, batches))):
                if answer == _STALE:
                    stale += batch
                elif isinstance(answer, str):
                    self._keep_back(batch, answer)
                else:
                    self._apply(batch, answer)
            page = [job for job, _send in stale[: _api.PAGE]]
            queue = (self._with_orders(self._decide(page, for_writes=True)) if page else []) + stale[_api.PAGE :]

    def _batches(self, wanted: Sequence[tuple[Job, Send]]) -> list[list[tuple[Job, Send]]]:
        """Jobs of one endpoint together, in the order requested, batch_size a request, or as many as they were split to."""
        together: dict[tuple[_api.Endpoint, bool, int], list[tuple[Job, Send]]] = {}
        for job, send in wanted:
            endpoint = _api.ENDPOINTS[send.write]
            most = job.state.most or self._rules.batch_size
            together.setdefault((endpoint, job in self._splitting.get(endpoint, ()), most), []).append((job, send))
        return [
            some[start : start + most]
            for (_endpoint, _suspects, most), some in together.items()
            for start in range(0, len(some), most)
        ]

    def _send(self, batch: Sequence[tuple[Job, Send]]) -> Mapping[str, WriteResult] | str:
        """One request. Runs next to others in threads: changes no job, and learns from the answer what keeps other requests
        back. Returns why it was kept back itself, if it was."""
        jobs = {job for job, _send in batch}
        writes = {send.write for _job, send in batch}
        endpoint = _api.ENDPOINTS[batch[0][1].write]

        def before_send() -> None:
            self._check_stopped()
            if writes & set(self._closed):
                raise _NotSent(_CLOSED)
            if endpoint in self._splitting and not jobs <= self._splitting[endpoint]:
                raise _NotSent(_HELD)
            if min(job.state.read_at for job in jobs) < self._now() - OLDEST_READING:
                raise _NotSent(_STALE)
            try:
                self._before_send([job.key for job, _send in batch])
            except Withheld as error:
                self._close(None, WriteResult(_answers.WITHHELD, msg=str(error)))
                raise _NotSent(_CLOSED) from None

        try:
            results = self._api.write([WriteItem(job.key, send.write, job.options) for job, send in batch], before_send)
        except _NotSent as kept:
            return str(kept)
        for job_id, result in results.items():
            if result.kind == _answers.ACCEPTED:
                self._reopen(endpoint)
            elif result.kind == _answers.UNAUTHORIZED:
                self._close(None if result.http in (None, 401) else endpoint, result)
            elif result.kind == _answers.SPLIT and result.of_project:
                self._splitting.setdefault(endpoint, jobs)
            elif result.kind == _answers.REFUSED and result.of_project and len(batch) == 1:
                self._count_refusal(endpoint, job_id, result)
        return results

    def _check_stopped(self) -> None:
        if self._stopped is None and self._now() >= self._rules.deadline:
            self._stopped = "deadline"
        if self._stopped is None and not self._listening():
            self._stopped = "caller_gone"
        if self._stopped:
            raise _NotSent(_STOPPED)

    def _close(self, endpoint: _api.Endpoint | None, refusal: WriteResult) -> None:
        """No more writes to this endpoint, or to any."""
        for write, its_endpoint in _api.ENDPOINTS.items():
            if endpoint in (None, its_endpoint):
                self._closed.setdefault(write, refusal)

    def _reopen(self, endpoint: _api.Endpoint) -> None:
        """A write was accepted there, and what was refused to other jobs is not everybody's."""
        self._accepted_at.add(endpoint)
        for write, refusal in list(self._closed.items()):
            if refusal.of_project and _api.ENDPOINTS[write] == endpoint:
                self._closed.pop(write, None)

    def _keep_back(self, batch: Sequence[tuple[Job, Send]], why: str) -> None:
        for job, send in batch:
            refusal = self._closed.get(send.write)
            if why == _HELD:
                self._hold(job, send.write)
            elif refusal:
                self._take(job, _reconcile.after_closing(job.state, refusal, self._moment(), self._rules))
            else:
                job.due = self._now()

    def _hold(self, job: Job, write: str) -> None:
        job.due = float("inf")
        self._held.setdefault(_api.ENDPOINTS[write], []).append(job)

    def _apply(self, batch: Sequence[tuple[Job, Send]], results: Mapping[str, WriteResult]) -> None:
        endpoint = _api.ENDPOINTS[batch[0][1].write]
        # One pause for all of a request, so that they come back in one. Not opens_at() alone: reads that are answered do
        # not make a throttled write's pauses short again.
        pauses = max(job.state.pauses for job, _send in batch)
        seconds = growing_pause(pauses, FIRST_PAUSE, LONGEST_PAUSE, self._random)
        moment = self._moment()
        for job, send in batch:
            result = results[job.key]
            open_at = self._api.opens_at() if result.kind == _answers.UNSENT else 0.0
            not_before = max(moment.now + seconds, open_at)
            step = _reconcile.after_write(job.state, send.write, result, len(batch), not_before, moment, self._rules)
            suspect = job in self._splitting.get(endpoint, ())
            self._take(job, step)
            self._splitting.get(endpoint, set()).discard(job)
            if suspect and result.kind in (_answers.SPLIT, _answers.UNSENT):
                self._splitting[endpoint].add(job)
            elif result.kind == _answers.SPLIT and result.of_project:
                self._hold(job, send.write)
            elif result.kind == _answers.REFUSED and result.of_project:
                self.fatal = self.fatal or self._closed.get(send.write)

    def _count_refusal(self, endpoint: _api.Endpoint, job_id: str, refusal: WriteResult) -> None:
        """A job alone in its request was refused: is everybody?"""
        alone = self._refused_alone.setdefault((endpoint, refusal.code), set())
        alone.add(job_id)
        if endpoint not in self._accepted_at and len(alone) >= min(_api.ENOUGH_REFUSALS, len(self._jobs)):
            self._close(endpoint, self._api.for_everybody(refusal))

    def _release(self) -> None:
        """Once the request that was refused has been split to its end, or everybody turns out to be refused, the jobs that
        waited for it go on."""
        for endpoint, suspects in list(self._splitting.items()):
            refusal = next((self._closed[write] for write in self._closed if _api.ENDPOINTS[write] == endpoint), None)
            if suspects and not refusal:
                continue
            del self._splitting[endpoint]
            for job in self._held.pop(endpoint, []):
                if refusal:
                    self._take(job, _reconcile.after_closing(job.state, refusal, self._moment(), self._rules))
                else:
                    job.due = self._now()

    # --- time, and progress

    def _moment(self) -> Moment:
        return Moment(self._now(), self._clock.wall(), self._authorized, self._closed)

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

    def _report_counts(self) -> None:
        counts = count(self._jobs, self._later)
        if counts != self._counts:
            self._counts = counts
            self._report(counts)


def _is_written(job: Job) -> bool:
    return job.state.attempts > 0 or job.state.written


def count(jobs: Iterable[Job], later: Collection[Job] = ()) -> dict[str, int]:
    """How many jobs are where, for people who wait: the numbers but total add up to total. A job for which no write may be
    used is only looked at, and nobody waits for it. later: jobs whose wave has not begun; their number is left out if it is 0."""
    counts = dict.fromkeys(("total", "reached", "in_progress", "busy", "lost", "failed"), 0)
    for job in jobs:
        if job.desired.allowed == frozenset():
            continue
        counts["total"] += 1
        if job.done:
            counts["reached" if job.outcome in ("ok", "accepted") else "failed"] += 1
        elif job in later:
            counts["later"] = counts.get("later", 0) + 1
        elif job.state.sent and job.state.sent.answer == _reconcile.LOST:
            counts["lost"] += 1
        elif job.state.refusal:
            counts["busy"] += 1
        else:
            counts["in_progress"] += 1
    return counts
