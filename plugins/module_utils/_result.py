# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task, in the one shape that success, failure and check mode share. Pure. Private to this
collection."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, OUTCOMES, Job

NAMED_IN_MSG = 5


def result(jobs: Sequence[Job], api: Mapping[str, t.Any], facts: bool) -> dict[str, t.Any]:
    """All keys but failed and msg."""
    rows = [_row(job) for job in jobs]
    answer: dict[str, t.Any] = {
        "changed": any(job.changed for job in jobs),
        "jobs": rows,
        "by_id": {row["id"]: {key: value for key, value in row.items() if key != "timeline"} for row in rows},
        "summary": _summary(jobs),
        "api": dict(api),
        "diff": {
            "before": {job.id: job.status_before for job in jobs if job.changed},
            "after": {job.id: job.wish.state for job in jobs if job.changed},
        },
    }
    if facts:
        keys = ("name", "status", "outcome", "action", "changed", "error_code")
        answer["ansible_facts"] = {"drs_jobs": {row["id"]: {key: row[key] for key in keys} for row in rows}}
    return answer


def _row(job: Job) -> dict[str, t.Any]:
    return {
        "id": job.id,
        "name": job.name,
        "action": job.action,
        "changed": job.changed,
        "outcome": job.outcome,
        "reason": job.reason,
        "status_before": job.status_before,
        "status": "DELETED" if job.outcome == "ok" and job.status == "NOT_FOUND" else job.status,
        "predicted": job.predicted,
        "error_code": job.error_code,
        # Where the service gave no text, the module's own words are the only ones that say why.
        "error_msg": job.error_msg or job.words,
        "request_id": job.request_id,
        "attempts": job.attempts,
        "duration": round(job.duration, 1),
        "timeline": job.timeline,
    }


def _summary(jobs: Sequence[Job]) -> dict[str, int]:
    summary = dict.fromkeys(("requested", "changed", *OUTCOMES), 0)
    for job in jobs:
        summary["requested"] += 1
        summary["changed"] += job.changed
        summary[t.cast(str, job.outcome)] += 1
    return summary


def has_failed(jobs: Sequence[Job], fail_on: str) -> bool:
    """Whether outcomes fail the task."""
    bad = sum(job.outcome not in GOOD for job in jobs)
    if fail_on == "all":
        return 0 < bad == len(jobs)
    return fail_on == "any" and bad > 0


def summary_in_words(jobs: Sequence[Job], state: str) -> str:
    """A sentence or two for people: how many jobs, and the first that ended badly and why."""
    bad = [job for job in jobs if job.outcome not in GOOD]
    asked = "%d job%s" % (len(jobs), "" if len(jobs) == 1 else "s")
    changed = sum(job.changed for job in jobs)
    if not bad:
        waiting = sum(job.outcome == "accepted" for job in jobs)
        return "%s %s%s, %d changed" % (
            asked,
            state,
            " (%d accepted, not waited for)" % waiting if waiting else "",
            changed,
        )
    named = "; ".join(_why(job) for job in bad[:NAMED_IN_MSG])
    more = "; and %d more, see jobs" % (len(bad) - NAMED_IN_MSG) if len(bad) > NAMED_IN_MSG else ""
    return "%d of %s could not be brought to %s: %s%s" % (len(bad), asked, state, named, more)


def _why(job: Job) -> str:
    name = "%s (%s)" % (job.id, job.name) if job.name else job.id
    status = " in status %s" % job.status if job.status else ""
    service = " ".join(part for part in (job.error_code, job.error_msg) if part)
    return "%s %s%s: %s%s" % (
        name,
        job.outcome,
        status,
        job.words,
        " [the service said: %s]" % service if service else "",
    )
