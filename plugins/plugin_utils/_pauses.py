# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs a run has paused, and what is to be done with each of them afterwards. Pure.

The service shows no sign of a pause that it has accepted and not yet carried out (vendor SDK and user manual: the job
keeps its running status until it is paused), so a pause that was asked for and not seen may still come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import PAUSED, RUNNING, spell


def claims(result: Mapping[str, Any], means: Iterable[str]) -> dict[str, list[str]]:
    """Sorts the ids that a run means to pause by what its pause task has told.

    ``result`` is the registered result of drs_job_batch; one without jobs (a crash, a task that ran out of time) tells
    nothing. The answer: ``certain``, seen paused after a write of this run; ``doubtful``, a write was accepted, or may
    have been, and its job was not seen paused; ``untouched``, not paused by this run.
    """
    rows = {job.get("id"): job for job in result.get("jobs") or []}
    found: dict[str, list[str]] = {"certain": [], "doubtful": [], "untouched": []}
    for job_id in means:
        found[_claim(rows.get(job_id))].append(job_id)
    return found


def _claim(job: Mapping[str, Any] | None) -> str:
    if job is None:
        return "doubtful"
    if job.get("action") != "pause" or not job.get("changed"):
        return "untouched"
    return "certain" if _is_paused(job.get("status")) else "doubtful"


def _is_paused(status: Any) -> bool:
    return spell(str(status)) == PAUSED


def plan(read: Mapping[str, Any], certain: Iterable[str], doubtful: Iterable[str]) -> dict[str, Any]:
    """What to do with each job that this run has, or may have, paused, by the status that it has now.

    ``read`` is the result of drs_job_info, failed or not: ``jobs`` with ``id`` and ``status``, and ``missing``. The answer:
    ``resume``, ids of paused jobs; ``watch``, ids of doubtful jobs that run, since their pause may still come; ``left``,
    {id: status} of jobs that neither run nor are paused (None for one that the service does not know): resuming one of
    those would be a retry that nobody asked for, or cannot be; ``unread``, ids of jobs whose status could not be read.
    """
    now = {job.get("id"): job.get("status") for job in read.get("jobs") or []}
    missing = set(read.get("missing") or [])
    doubted = set(doubtful)
    found: dict[str, Any] = {"resume": [], "watch": [], "left": {}, "unread": []}
    for job_id in dict.fromkeys([*certain, *doubtful]):
        status = now.get(job_id)
        if job_id in missing or (status is not None and not _is_paused(status) and status not in RUNNING):
            found["left"][job_id] = status
        elif status is None:
            found["unread"].append(job_id)
        elif _is_paused(status):
            found["resume"].append(job_id)
        elif job_id in doubted:
            found["watch"].append(job_id)
    return found


def verdict(
    record: Mapping[str, Any],
    todo: Mapping[str, Any],
    resumed: Mapping[str, Any],
    seen: Mapping[str, Any],
    landed: Mapping[str, Any],
    last: bool,
) -> dict[str, Any]:
    """What came of a restore, and what is left to do.

    ``record`` has the ids that it began with, ``certain`` and ``doubtful``. ``todo`` and ``seen`` are plans, made before and
    after the doubtful jobs were watched; ``resumed`` and ``landed`` the results of the tasks that resumed what these name;
    ``last``, whether a pause that was still not seen is given up. The answer: ``problems`` (list of ``step`` and ``text``),
    ``warnings`` (list of words) and ``record``, the keys of the record that change.
    """
    rows = [row for result in (resumed, landed) for row in result.get("jobs") or []]
    told = {row["id"] for row in rows}
    asked = [*todo.get("resume", []), *seen.get("resume", [])]
    stuck = [row["id"] for row in rows if row.get("outcome") != "ok"]
    stuck += [job_id for job_id in asked if job_id not in told]
    unread = [*todo.get("unread", []), *seen.get("unread", [])]
    left = {**todo.get("left", {}), **seen.get("left", {})}
    unseen = list(seen.get("watch", []))
    problems, warnings = [], []
    if stuck:
        said = " ".join(str(result["msg"]) for result in (resumed, landed) if result.get("msg"))
        problems.append(f"{len(stuck)} jobs could not be resumed: {', '.join(stuck)}. {said}")
    if unread:
        problems.append(f"These jobs could not be read, and may still be paused: {', '.join(unread)}.")
    if left:
        named = ", ".join(f"{job_id} ({status or 'unknown to the service'})" for job_id, status in left.items())
        problems.append(f"Not resumed, since these jobs neither run nor are paused any more: {named}.")
    if unseen:
        text = f"A pause was asked for and never seen, and these jobs run: {', '.join(unseen)}."
        if last:
            warnings.append(text)
        else:
            problems.append(f"{text} If it still comes, they stay paused: run the playbook restore, which looks again.")
    waiting = unread if last else unread + unseen
    certain = stuck + [job_id for job_id in waiting if job_id in record["certain"]]
    doubtful = [job_id for job_id in waiting if job_id not in certain]
    return {
        "problems": [{"step": "restore", "text": text} for text in problems],
        "warnings": warnings,
        "record": {"phase": "open" if certain or doubtful else "closed", "certain": certain, "doubtful": doubtful},
    }
