# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task, in the one shape that success, failure and check mode share. Pure. Private to this
collection."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, OUTCOMES, Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import NOT_FOUND, shown

NAMED_IN_MSG = 5
# Of jobs that ended alike, as many are named.
NAMED_TOGETHER = 5


def result(jobs: Sequence[Job], api: Mapping[str, t.Any], facts: bool) -> dict[str, t.Any]:
    """All keys that the modules which write have in common, but failed and msg."""
    rows = [_row(job) for job in jobs]
    changed = [job for job in jobs if job.state.changed]
    answer: dict[str, t.Any] = {
        "changed": bool(changed),
        "jobs": rows,
        "by_id": {row["id"]: {key: value for key, value in row.items() if key != "timeline"} for row in rows},
        "summary": _summary(jobs),
        "api": dict(api),
        "diff": {
            "before": {job.id: job.state.status_before for job in changed},
            "after": {job.id: job.desired.state for job in changed},
        },
    }
    if facts:
        keys = ("name", "status", "outcome", "action", "changed", "error_code")
        answer["ansible_facts"] = {"drs_jobs": {row["id"]: {key: row[key] for key in keys} for row in rows}}
    return answer


def _row(job: Job) -> dict[str, t.Any]:
    state = job.state
    return {
        "id": job.id,
        "name": state.name,
        "state": job.desired.state,
        "action": state.action,
        "changed": state.changed,
        "outcome": job.outcome,
        "reason": job.reason,
        "status_before": state.status_before,
        "status": state.status,
        "predicted": state.predicted,
        "error_code": job.error_code,
        # Where the service gave no text, the module's own words are the only ones that say why.
        "error_msg": job.error_msg or job.words,
        "request_id": job.request_id,
        "attempts": state.attempts,
        "duration": round(job.duration, 1),
        "timeline": job.timeline,
    }


def _summary(jobs: Sequence[Job]) -> dict[str, int]:
    summary = dict.fromkeys(("requested", "changed", *OUTCOMES), 0)
    for job in jobs:
        summary["requested"] += 1
        summary["changed"] += job.state.changed
        summary[str(job.outcome)] += 1
    return summary


def has_failed(jobs: Sequence[Job], fail_on: str) -> bool:
    """Whether outcomes fail the task."""
    bad = sum(job.outcome not in GOOD for job in jobs)
    if fail_on == "all":
        return 0 < bad == len(jobs)
    return fail_on == "any" and bad > 0


def summary_in_words(jobs: Sequence[Job], state: str | None) -> str:
    """A sentence or two for people: how many jobs, and those that ended badly and why. state: the one that is requested
    of all, if there is one."""
    bad = [job for job in jobs if job.outcome not in GOOD]
    requested = "%d job%s" % (len(jobs), "" if len(jobs) == 1 else "s")
    changed = sum(job.state.changed for job in jobs)
    if not bad:
        waiting = sum(job.outcome == "accepted" for job in jobs)
        return "%s %s%s, %d changed" % (
            requested,
            state or "in the requested state",
            " (%d accepted, not waited for)" % waiting if waiting else "",
            changed,
        )
    reached = "the state %s" % state if state else "the requested state"
    return "%d of %s did not reach %s: %s" % (len(bad), requested, reached, grouped(bad))


def label(job: Job) -> str:
    """The job as a text names it."""
    return label_of(job.state.name, job.id)


def label_of(name: str | None, job_id: str) -> str:
    """Name and id, or the id alone."""
    return "%s (%s)" % (name, job_id) if name else job_id


def grouped(jobs: Sequence[Job]) -> str:
    """Why these jobs ended as they did, with the jobs of one reason together."""
    together: dict[str, list[Job]] = {}
    for job in jobs:
        together.setdefault(_why(job), []).append(job)
    parts = ["%s %s" % (_labels(some), why) for why, some in list(together.items())[:NAMED_IN_MSG]]
    left = sum(len(some) for some in list(together.values())[NAMED_IN_MSG:])
    return "; ".join(parts) + ("; and %d more, see jobs" % left if left else "")


def _labels(jobs: Sequence[Job]) -> str:
    names = [label(job) for job in jobs[:NAMED_TOGETHER]]
    more = len(jobs) - len(names)
    if more:
        return "%s and %d more" % (", ".join(names), more)
    return " and ".join(names)


def _why(job: Job) -> str:
    status = " in status %s" % shown(job.state.status) if job.state.status else ""
    code, msg = job.error_code or "", job.error_msg or ""
    service = msg if code in msg else ("%s %s" % (code, msg)).strip()
    return "%s%s: %s%s" % (job.outcome, status, job.words, " [the service said: %s]" % service if service else "")


def unknown_jobs_in_words(jobs: Sequence[Job], where: str) -> str | None:
    """The one warning for jobs that were to be deleted, and that the service does not know; None without such jobs. where:
    project and region."""
    unknown = [job for job in jobs if job.outcome == "ok" and job.state.status == NOT_FOUND]
    if not unknown:
        return None
    named = ", ".join(job.id for job in unknown[:NAMED_IN_MSG])
    more = " and %d more" % (len(unknown) - NAMED_IN_MSG) if len(unknown) > NAMED_IN_MSG else ""
    words = "The service does not know %s%s, so there is nothing to delete (%s)" % (named, more, where)
    if len(unknown) == len(jobs) > 1:
        words += ": it knows none of the jobs requested, and a wrong project or region is the likeliest reason"
    return words + "."
