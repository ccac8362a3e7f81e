# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_job_wait does: options in, rounds of reads, the result out. Private to this collection."""

from __future__ import annotations

import math
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils import (
    _answers,
    _api,
    _endpoints,
    _progress,
    _reconcile,
    _selection,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock, pause
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import JobOptionError, each_once, split_ids
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import (
    GONE,
    INCREMENTAL,
    NOT_FOUND,
    REACHED,
    SEND,
    STATUSES,
    Desired,
    phase,
    plan,
    shown,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._lists import find
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import (
    NO_STATISTICS,
    WAITING,
    Client,
    OptionError,
    Runtime,
    check_ranges,
    hide_addresses,
    make_client,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import Denials, Done, Moment, State
from ansible_collections.huaweicloud.drs.plugins.module_utils._result import (
    NAMED_IN_MSG,
    grouped,
    label,
    result,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import (
    Chosen,
    Listed,
    NotChosen,
    SelectionError,
    criteria,
    nothing_to_do,
    require_match,
    selected,
)

# Readings in a row that count, where samples is not given. A lag comes and goes, a status less so.
SAMPLES_OF_LAG, SAMPLES_OF_STATUS = 3, 1

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = dict(
    _endpoints.OPTIONS,
    **WAITING,
    job_ids={"type": "list", "elements": "str"},
    select={"type": "dict", "options": _selection.OPTIONS},
    status={"type": "list", "elements": "str", "choices": list(STATUSES)},
    max_lag={"type": "float"},
    samples={"type": "int"},
    wait_timeout={"type": "int", "default": 1800},
    wait_interval={"type": "int", "default": 5},
    settle_time={"type": "int", "default": 30},
)
MODULE_OPTIONS: dict[str, t.Any] = {
    "argument_spec": ARGUMENT_SPEC,
    "mutually_exclusive": [("job_ids", "select")],
    "required_one_of": [("status", "max_lag"), ("job_ids", "select")],
    "supports_check_mode": True,
}

# Statuses in which a job rests until somebody starts or resumes it. WAITING_FOR_START is not one of them: a job that has
# a schedule leaves it, and the rows of batch-status do not show schedules.
_RESTING = frozenset(
    status
    for status in STATUSES
    if plan(status, Desired("started")).kind == SEND
    and plan(status, Desired("started", start_time=0)).kind != REACHED
    and phase(status) != "failed"
)


class Rules(t.NamedTuple):
    """What is waited for: a status out of statuses (any where it is empty) and, where max_lag is not None, the status
    INCRE_TRANSFER_STARTED with a lag of at most so many seconds; in so many samples in a row."""

    statuses: frozenset[str]
    max_lag: float | None
    samples: int
    settle_time: float


class Watch(t.NamedTuple):
    """What is known of one job. state: what its reads of the status brought. Seconds."""

    state: State = State()
    since: float = 0.0  # monotonic: it has been read in its status since then
    met: int = 0  # readings in a row, up to the last one, that show what is waited for
    lag: float | None = None  # as last read
    lags: tuple[float | None, ...] = ()  # the last ones, oldest first
    unread_lag: Reading | None = None  # why the last read of its lag brought no answer
    lag_denied: Denials | None = None


# --- decisions


def lag_of(progress: Reading | None) -> float | None:
    """The lag in seconds; None where it is not known, which is never a lag of zero.

    The service gives it as text, "-1" before the incremental phase (batch-progress, incre_trans_delay).
    """
    value = progress.row.get("incre_trans_delay") if progress and progress.row else None
    if value is None or isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def needs_lag(reading: Reading, rules: Rules) -> bool:
    """Whether the job's lag is to be read too: only incremental replication has one."""
    return rules.max_lag is not None and reading.kind == _answers.READ and reading.status == INCREMENTAL


def decide(
    watch: Watch, reading: Reading, progress: Reading | None, moment: Moment, rules: Rules
) -> tuple[Watch, Done | None]:
    """After a round: the job's new state, and how the wait for it ended, None where it goes on. progress: the read of its
    lag in the same round, where there was one."""
    state, now = watch.state, moment.now
    if reading.kind == _answers.READ:
        return _after_status(watch, reading, progress, moment, rules)
    watch = watch._replace(met=0)
    if reading.kind == _answers.MISSING:
        since = now if state.missing_since is None else state.missing_since
        until = since + (rules.settle_time if state.seen else _reconcile.SECOND_READ)
        if state.missing_since is not None and now >= until:
            gone = reading._replace(status=NOT_FOUND)
            return _after_status(watch, gone, None, moment, rules)
        return watch._replace(state=state._replace(unread=reading, missing_since=since, denied=None)), None
    # Rows count as missing while every answer shows that they are.
    state = state._replace(unread=reading, missing_since=None)
    if reading.kind == _answers.REFUSED:
        words = "the service refused to report its status"
        return watch._replace(state=state), Done("failed", "refused", words, reading)
    if reading.kind != _answers.UNAUTHORIZED:
        return watch._replace(state=state._replace(denied=None)), None
    denied, final = _reconcile.after_denial(state.denied, reading, now, moment.authorized, rules.settle_time)
    watch = watch._replace(state=state._replace(denied=denied))
    return watch, _not_read(watch, "its status", reading) if final else None


def _after_status(
    watch: Watch, reading: Reading, progress: Reading | None, moment: Moment, rules: Rules
) -> tuple[Watch, Done | None]:
    state, status = watch.state, reading.status or ""
    watch = watch._replace(
        since=watch.since if status == state.status else moment.now,
        state=state.with_status(status, reading),
    )
    final = False
    if rules.max_lag is not None:
        lag = lag_of(progress)
        unread = progress if progress and progress.kind not in (_answers.READ, _answers.MISSING) else None
        watch = watch._replace(lag=lag, lags=(*watch.lags, lag)[-rules.samples :], unread_lag=unread)
        watch, final = _after_refused_lag(watch, moment, rules)
    watch = watch._replace(met=watch.met + 1 if _shows(status, watch.lag, rules) else 0)
    if watch.met >= rules.samples:
        return watch, Done("ok")
    if watch.unread_lag and final:
        if watch.unread_lag.kind == _answers.REFUSED:
            words = "the service refused to report its progress, which tells the lag"
            return watch, Done("failed", "refused", words, watch.unread_lag)
        return watch, _not_read(watch, "its lag", watch.unread_lag)
    return watch, _hopeless(watch, status, reading, moment.now, rules)


def _after_refused_lag(watch: Watch, moment: Moment, rules: Rules) -> tuple[Watch, bool]:
    """The refusals of the lag in a row, and whether they are final."""
    unread = watch.unread_lag
    if unread is None or unread.kind not in (_answers.REFUSED, _answers.UNAUTHORIZED):
        return watch._replace(lag_denied=None), False
    denied, final = _reconcile.after_denial(watch.lag_denied, unread, moment.now, True, rules.settle_time)
    return watch._replace(lag_denied=denied), final or unread.kind == _answers.REFUSED


def _shows(status: str, lag: float | None, rules: Rules) -> bool:
    """Whether one reading shows what is waited for."""
    if rules.statuses and status not in rules.statuses:
        return False
    return rules.max_lag is None or (status == INCREMENTAL and lag is not None and lag <= rules.max_lag)


def _hopeless(watch: Watch, status: str, reading: Reading, now: float, rules: Rules) -> Done | None:
    """Why waiting on is of no use for a job in this status, if it is not."""
    if status in rules.statuses:
        return None
    decision = plan(status, Desired("started"))
    if status in GONE:
        return Done("failed", decision.reason, decision.words, reading)
    if phase(status) == "ended":
        return Done("failed", "ended_badly", decision.words, reading)
    if phase(status) == "failed":
        retry = "it failed: look up why in the DRS console, then retry it (drs_job_batch with state: started)"
        words = retry if decision.kind == SEND or status not in STATUSES else decision.words
        return Done("failed", "ended_badly", words, reading)
    if status in _RESTING and now - watch.since > rules.settle_time:
        words = "it stays in this status until somebody acts: drs_job_batch with state: started %ss it" % decision.write
        return Done("failed", "illegal_status", words, reading)
    return None


def close(watch: Watch, caller_gone: bool, rules: Rules) -> Done:
    """The run ends before the wait for the job did."""
    state = watch.state
    if caller_gone:
        words = "the calling process has exited, and the wait ended"
        return Done(_unread_outcome(watch), "caller_gone", words)
    if state.unread:
        return _not_read(watch, "its status", state.unread)
    if watch.unread_lag:
        return _not_read(watch, "its lag", watch.unread_lag)
    if state.status is None:
        return Done("not_attempted", "deadline", "wait_timeout expired before its status was read")
    return Done("timed_out", "deadline", "wait_timeout expired %s" % _last_reading(watch, state.status, rules))


def _last_reading(watch: Watch, status: str, rules: Rules) -> str:
    """What kept a job from being counted, in words that are the same for many jobs."""
    if watch.met:
        return "after %d of %d readings in a row had shown it %s" % (watch.met, rules.samples, target_in_words(rules))
    if status not in STATUSES:
        return "in a status that this version of the collection does not know"
    if rules.max_lag is not None and status == INCREMENTAL:
        if watch.lag is None:
            return "while the service told no lag for it"
        return "while its lag was more than %g s" % rules.max_lag
    return "before it was %s" % target_in_words(rules)


def _not_read(watch: Watch, what: str, reading: Reading) -> Done:
    reason = "throttled" if reading.throttled else "unreadable"
    return Done(_unread_outcome(watch), reason, "%s could not be read" % what, reading)


def _unread_outcome(watch: Watch) -> str:
    return "not_attempted" if watch.state.status is None else "unknown"


def target_in_words(rules: Rules) -> str:
    """What is waited for, in words that fit "12 of 40 jobs"."""
    if rules.max_lag is not None:
        return "within a lag of %g s" % rules.max_lag
    return "in %s" % " or ".join(shown(status) for status in STATUSES if status in rules.statuses)


# --- rounds


class Waiting:
    """One run. listening() is asked while waiting whether anybody still waits for the result. report(counts) is called
    when the counts of jobs have changed. watches: what is known of each job, by its id as the user wrote it."""

    def __init__(
        self,
        jobs: Sequence[Job],
        api: _api.Api,
        rules: Rules,
        clock: Clock,
        listening: Callable[[], bool],
        report: Callable[[Mapping[str, int]], None],
    ) -> None:
        self._jobs, self._api, self._rules, self._clock = jobs, api, rules, clock
        self._listening, self._report = listening, report
        self._authorized = False
        self._began = 0.0
        self._counts: dict[str, int] = {}
        self.watches = {job.id: Watch() for job in jobs}

    def know(self, listed: Iterable[Listed]) -> None:
        """What a list has shown of the jobs: a row that is missing afterwards may be one of a replica that lags."""
        for job in listed:
            state = State(name=job.reading.name, seen=frozenset((job.reading.status or "",)))
            self.watches[job.id] = Watch(state)

    def run(self, deadline: float, wait_interval: float) -> None:
        """Reads what is still waited for, round by round, and once more at the deadline (a monotonic second)."""
        self._began = due = self._now()
        open_jobs, gone = list(self._jobs), False
        while open_jobs:
            last = due >= deadline
            if last and self._now() < self._api.opens_at():
                break
            began = self._now()
            self._round(open_jobs, last)
            open_jobs = [job for job in open_jobs if not job.done]
            self._report_counts()
            if last:
                break
            due = min(max(began + wait_interval, self._now()), deadline)
            if open_jobs and not pause(self._clock, due - self._now(), self._listening):
                gone = True
                break
        for job in open_jobs:
            self._finish(job, close(self.watches[job.id], gone, self._rules))
        if open_jobs:
            self._report_counts()

    def _round(self, jobs: Sequence[Job], last: bool) -> None:
        """Reads these jobs once. In the last round, what brings nothing does not replace what was read before."""
        readings = self._api.statuses([job.key for job in jobs])
        kinds = {reading.kind for reading in readings.values()}
        self._authorized = self._authorized or bool(kinds & {_answers.READ, _answers.MISSING})
        wanted = [job.key for job in jobs if needs_lag(readings[job.key], self._rules)]
        lags = self._api.progress(wanted) if wanted else {}
        moment = Moment(self._now(), self._clock.wall(), self._authorized)
        for job in jobs:
            reading, known = readings[job.key], self.watches[job.id]
            watch, done = decide(known, reading, lags.get(job.key), moment, self._rules)
            read = reading.kind == _answers.READ and not watch.unread_lag
            if last and done is None and not read and (known.state.seen or known.state.unread):
                continue
            self.watches[job.id] = watch
            job.update(watch.state, moment.wall)
            if done:
                self._finish(job, done)

    def _finish(self, job: Job, done: Done) -> None:
        job.finish(done)
        job.duration = self._now() - self._began

    def _now(self) -> float:
        return self._clock.monotonic()

    def _report_counts(self) -> None:
        counts = count(self._jobs)
        if counts != self._counts:
            self._counts = counts
            self._report(counts)


def count(jobs: Sequence[Job]) -> dict[str, int]:
    """How many jobs are where, for people who wait: the keys that every module has. Nothing is written here, so that none
    is busy or lost."""
    counts = dict.fromkeys(("total", "reached", "in_progress", "busy", "failed", "lost"), 0)
    counts["total"] = len(jobs)
    for job in jobs:
        counts["in_progress" if not job.done else "reached" if job.outcome in GOOD else "failed"] += 1
    return counts


# --- the module


def run(module: AnsibleModule, runtime: Runtime) -> None:
    """Ends by exit_json or fail_json."""
    params = module.params
    jobs: list[Job] = []
    chosen: list[Chosen] = []
    client: Client | None = None
    hide_addresses(params, module.no_log_values.add)

    def answer(watches: Mapping[str, Watch] | None = None, reason: str | None = None) -> dict[str, t.Any]:
        statistics = client.statistics() if client else NO_STATISTICS
        return dict(_answer(jobs, watches or {}, statistics), reason=reason, selected=selected(chosen))

    try:
        check_ranges(params)
        rules = to_rules(params)
        # What is waited for is no desired state of drs_job_batch: these words stand in its place.
        desired = Desired(target_in_words(rules))
        select = criteria(params["select"], "select") if params["select"] is not None else None
        jobs = [Job(job_id, desired, {}) for job_id in each_once(split_ids(params["job_ids"] or []))]
        if not jobs and not select:
            module.warn("No job ids were given, so there was nothing to wait for.")
            module.exit_json(msg="0 jobs to wait for", **answer())
        client = make_client(params, runtime, module.no_log_values.add, params["wait_timeout"], params["max_parallel"])
        if select:
            chosen = find([select], client, runtime, params["settle_time"])
            require_match(chosen[0])
            jobs = [Job(job.id, desired, {}) for job in chosen[0].jobs]
    except (OptionError, JobOptionError, SelectionError) as error:
        for job in jobs:
            job.finish(Done("not_attempted", "unreadable", str(error)))
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **answer())
    except NotChosen as error:
        module.fail_json(msg="%s." % str(error).rstrip("."), **answer(reason=error.reason))
    if not jobs:
        module.exit_json(msg=nothing_to_do(chosen), **answer())
    report = _progress.reporter(params["progress_file"], target_in_words(rules), runtime.clock)
    service = t.cast(Client, client)
    waiting = Waiting(jobs, service.api, rules, runtime.clock, runtime.listening, report)
    if chosen:
        waiting.know(chosen[0].jobs)
    waiting.run(service.http.deadline, params["wait_interval"])
    message = in_words(jobs, waiting.watches, rules)
    if any(job.outcome not in GOOD for job in jobs):
        module.fail_json(msg=message, **answer(waiting.watches))
    module.exit_json(msg=message, **answer(waiting.watches))


def to_rules(params: Mapping[str, t.Any]) -> Rules:
    """Raises OptionError for options that no job could ever meet."""
    statuses, max_lag, samples = frozenset(params["status"] or ()), params["max_lag"], params["samples"]
    if not statuses and max_lag is None:
        raise OptionError("status is empty, and max_lag is not given: give at least one of them")
    if max_lag is not None and not (math.isfinite(max_lag) and max_lag >= 0):
        raise OptionError("max_lag is %g, and must be a number of seconds from 0 on" % max_lag)
    if max_lag is not None and statuses and INCREMENTAL not in statuses:
        raise OptionError("only a job in %s has a lag: add it to status, or leave status out" % INCREMENTAL)
    if samples is None:
        samples = SAMPLES_OF_STATUS if max_lag is None else SAMPLES_OF_LAG
    least = (samples - 1) * params["wait_interval"]
    if params["wait_timeout"] < least:
        raise OptionError(
            "wait_timeout is %d s, and %d readings at a wait_interval of %d s take %d s: give a longer wait_timeout, "
            "a shorter wait_interval or fewer samples"
            % (params["wait_timeout"], samples, params["wait_interval"], least)
        )
    return Rules(statuses, max_lag, samples, params["settle_time"])


def _answer(jobs: Sequence[Job], watches: Mapping[str, Watch], api: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """All keys but failed and msg."""
    answer = result(jobs, api, facts=False)
    del answer["diff"]
    for row in (*answer["jobs"], *answer["by_id"].values()):
        del row["state"]
    answer["lags"] = {}
    for row in answer["jobs"]:
        watch = watches.get(row["id"], Watch())
        answer["lags"][row["id"]] = watch.lag
        for of_job in (row, answer["by_id"][row["id"]]):
            of_job.update(lag=watch.lag, lags=list(watch.lags))
    return answer


def in_words(jobs: Sequence[Job], watches: Mapping[str, Watch], rules: Rules) -> str:
    """A sentence or two for people: how many jobs, which were not seen as awaited and why, and the longest lags."""
    bad = [job for job in jobs if job.outcome not in GOOD]
    requested = "%d job%s" % (len(jobs), "" if len(jobs) == 1 else "s")
    if not bad:
        return "%s %s" % (requested, target_in_words(rules))
    which = requested if len(jobs) == 1 else "%d of %s" % (len(bad), requested)
    verb = "is" if len(bad) == 1 else "are"
    words = "%s %s not %s: %s" % (which, verb, target_in_words(rules), grouped(bad))
    behind = [(watches[job.id].lag or 0.0, label(job)) for job in bad if watches[job.id].lag is not None]
    if behind:
        longest = ["%s %g s" % (name, lag) for lag, name in sorted(behind, key=lambda one: -one[0])]
        more = " and %d more, see lags" % (len(longest) - NAMED_IN_MSG) if len(longest) > NAMED_IN_MSG else ""
        words += ". Last lag read: %s%s" % (", ".join(longest[:NAMED_IN_MSG]), more)
    return words
