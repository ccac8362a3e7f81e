# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a run, as the report's JSON file holds them. Pure.

Nothing of a module's result gets in but the keys that are named here, so that no secret does. Whatever is handed over
is taken: a report must not be missing because one value of it is odd.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import PAUSED, phase
from ansible_collections.huaweicloud.drs.plugins.module_utils._window import WindowError, iso, moment

SCHEMA = 1
GOOD = ("ok", "accepted")
SUMMARY = ("requested", "changed", "ok", "accepted", "failed", "timed_out", "unknown", "not_attempted")
MAINTENANCES = ("maintenance_window", "restore")
ENDINGS = ("cutover", "decommission")
# What a cutover did with what writes to the sources.
WRITERS = ("untouched", "stopped", "running_again", "unknown")
# What the record knows of a job that is, or may be, paused by its maintenance.
MAY_BE_PAUSED = ("unconfirmed", "paused", "resuming")
# The states of a job that somebody has to read about, the most urgent first.
URGENT = ("still_paused", "may_be_paused", "abandoned", "failed", "resumed_meanwhile")

# Control characters, which HTML does not allow, and halves of characters, which no file can hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def facts(run: Any) -> dict[str, Any]:
    """What the JSON file says of a run. Its keys are documented in the README of the role ``report``.

    ``run`` is what the role's argument ``report_run`` holds.
    """
    run = mapping(run)
    given = mapping(run.get("record"))
    check_mode, record = truth(run.get("check_mode")), _record(given)
    # Who ran it, and on what, a record says of the run that wrote it alone, and not of one that restores from it.
    own = given if record["run"] == text(run.get("run")) else {}
    steps = [step for step in mappings(run.get("steps")) if _ran(step)]
    # An empty text is what a template makes of nothing.
    remaining = None if run.get("remaining") in (None, "") else [text(job_id) for job_id in values(run["remaining"])]
    jobs = _jobs(steps, mapping(run.get("names")), mapping(given.get("jobs")), remaining or [])
    role = text(run.get("role"))
    kind = _kind(role, check_mode, record, remaining)
    for job in jobs.values():
        # A job that ended in the end, by force perhaps, has not failed: there the last step counts.
        counted = job["steps"][-1:] if kind == "end" else job["steps"]
        job["failed"] = phase(job["status"]) == "failed" or any(one["outcome"] not in GOOD for one in counted)
        job["state"] = _state(job, kind, remaining, record)
    ended_at = stamp(run.get("ended_at"))
    _measure_pauses(jobs.values(), ended_at)
    problems = [{key: text(one.get(key)) for key in ("step", "text")} for one in mappings(run.get("problems"))]
    problems = problems or (_refused(steps) if role not in ENDINGS and kind in ("check", "plain") else [])
    work = _work(mapping(run.get("work")))
    still = _still_paused(jobs.values(), kind)
    if jobs and remaining is None and not record["phase"] and not any(job["status"] for job in jobs.values()):
        still["answer"] = {"no": "unknown"}.get(still["answer"], still["answer"])
    left = kind == "maintenance" and still["answer"] in ("yes", "maybe")
    failed = bool(problems) or work["outcome"] == "failed" or left
    return {
        "schema": SCHEMA,
        "collection": "huaweicloud.drs",
        "role": role,
        "kind": kind,
        **{key: text(run.get(key)) for key in ("run", "playbook", "host")},
        "check_mode": check_mode,
        "started_at": iso(stamp(run.get("started_at"))),
        "ended_at": iso(ended_at),
        "timezone": text(run.get("timezone")) or "UTC",
        "outcome": "failed" if failed else "ok",
        "changed": any(_changed(step) for step in steps),
        "still_paused": still,
        "longest_pause": _longest_pause(jobs.values(), number(run.get("warn_after")) or record["warn_after"]),
        "work": work,
        "writers": text(run.get("writers")) if text(run.get("writers")) in WRITERS else "",
        "problems": problems,
        "warnings": [text(one) for one in values(run.get("warnings"))],
        "steps": [_step(step) for step in steps],
        "jobs": list(jobs.values()),
        "who": _who(mapping(run.get("who")) or mapping(own.get("owner"))),
        "versions": _versions(mapping(run.get("versions")), mapping(own.get("versions"))),
        "record": record if given else None,
        "asked": plain(mapping(run.get("asked"))),
    }


def _kind(role: str, check_mode: bool, record: Mapping[str, Any], remaining: list[str] | None) -> str:
    """What the run is judged by: whether all that it paused runs again (maintenance), or whether all jobs have ended (end)."""
    if check_mode:
        return "check"
    if role in MAINTENANCES or record["phase"] or remaining is not None:
        return "maintenance"
    return "end" if role in ENDINGS else "plain"


def _ran(step: Mapping[str, Any]) -> bool:
    result = mapping(step.get("result"))
    if truth(result.get("skipped")):
        return False
    return bool(
        result.get("jobs")
        or result.get("selected")
        or result.get("failed")
        or result.get("unread")
        or stamp(step.get("started_at"))
    )


def _refused(steps: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The problems of a run that names none: what the modules that failed said."""
    failed = [
        step for step in steps if truth(mapping(step.get("result")).get("failed")) and not truth(step.get("plan"))
    ]
    return [
        {"step": text(step.get("name")), "text": text(mapping(step["result"]).get("msg")) or "failed"}
        for step in failed
    ]


def _changed(step: Mapping[str, Any]) -> bool:
    return truth(mapping(step.get("result")).get("changed")) and not truth(step.get("plan"))


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    result, plan = mapping(step.get("result")), truth(step.get("plan"))
    failed, unread = truth(result.get("failed")), len(mappings(result.get("unread")))
    rows = mappings(result.get("jobs"))
    return {
        "name": text(step.get("name")),
        "failed": failed,
        "changed": _changed(step),
        "started_at": iso(stamp(step.get("started_at"))),
        "ended_at": iso(stamp(step.get("ended_at"))),
        "jobs": len(rows),
        "jobs_failed": sum("outcome" in row and text(row["outcome"]) not in GOOD for row in rows),
        "unread": unread,
        # What a plan says has not happened: only what it refuses counts.
        "msg": "" if plan and rows and not failed else text(result.get("msg")),
        "summary": {} if plan else _summary(mapping(result.get("summary"))),
    }


def _summary(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {key: number(summary[key]) for key in SUMMARY if key in summary}


def _jobs(
    steps: Iterable[Mapping[str, Any]], names: Mapping[str, Any], recorded: Mapping[str, Any], remaining: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """The jobs by id, in the order in which they first come; what a later step saw comes last."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        for row in mappings(mapping(step.get("result")).get("jobs")):
            job = _job(found, row.get("id"))
            job["name"] = text(row.get("name")) or job["name"]
            job["status_before"] = job["status_before"] or text(row.get("status_before")) or text(row.get("status"))
            job["status"] = text(row.get("status")) or job["status"]
            job["desired"] = text(row.get("state")) or job["desired"]
            job["steps"] += _outcome(step, row)
            seen = _seen(step, row)
            job["timeline"] += seen
            job["observed"] += _observed(step, seen)
    for job_id, known in recorded.items():
        job = _job(found, job_id)
        job["recorded"] = _recorded(mapping(known))
        job["name"] = job["name"] or text(mapping(known).get("name"))
        job["status_before"] = job["status_before"] or text(mapping(known).get("before"))
    for job_id in remaining:
        _job(found, job_id)
    for job in found.values():
        job["name"] = job["name"] or text(names.get(job["id"]))
        job["timeline"].sort(key=lambda seen: seen["at"])
        job["observed"].sort(key=lambda span: span["from"])
        _add_recorded_pause(job)
    return found


def _job(found: dict[str, dict[str, Any]], job_id: Any) -> dict[str, Any]:
    new: dict[str, Any] = {
        "id": text(job_id),
        "name": "",
        "status_before": "",
        "status": "",
        "desired": "",
        "steps": [],
        "timeline": [],
        "observed": [],
        "recorded": None,
    }
    return found.setdefault(new["id"], new)


def _outcome(step: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "outcome" not in row or (truth(step.get("plan")) and text(row["outcome"]) in GOOD):
        return []
    keys = ("action", "outcome", "reason", "error_code", "error_msg", "request_id")
    kept = {key: text(row.get(key)) for key in keys}
    return [{"step": text(step.get("name")), **kept, "changed": truth(row.get("changed"))}]


def _seen(step: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, str]]:
    seen = [(text(one.get("status")), stamp(one.get("at"))) for one in mappings(row.get("timeline"))]
    if not seen:
        seen = [(text(row.get("status_before")) or text(row.get("status")), stamp(step.get("at")))]
    return [{"status": status, "at": iso(at)} for status, at in seen if status and at]


def _observed(step: Mapping[str, Any], seen: list[dict[str, str]]) -> list[dict[str, str]]:
    """The stretch of time in which the step looked at the job: to its end, or to what it saw last."""
    if not seen:
        return []
    times = [one["at"] for one in seen]
    return [{"from": min(times), "to": max([*times, iso(stamp(step.get("ended_at")))])}]


def _recorded(known: Mapping[str, Any]) -> dict[str, str]:
    return {
        "before": text(known.get("before")),
        "known": text(known.get("known")),
        **{key: iso(stamp(known.get(key))) for key in ("sent_at", "paused_at", "out_at")},
    }


def _add_recorded_pause(job: dict[str, Any]) -> None:
    """The record of an earlier run knows of a pause that this run has only seen the end of."""
    at = (job["recorded"] or {}).get("paused_at")
    if at and (not job["timeline"] or at < job["timeline"][0]["at"]):
        job["timeline"].insert(0, {"status": PAUSED, "at": at})


def _state(job: Mapping[str, Any], kind: str, remaining: list[str] | None, record: Mapping[str, Any]) -> str:
    """One of URGENT, or paused_before, or ok."""
    reasons = {one["reason"] for one in job["steps"]}
    paused = phase(job["status"]) == "paused"
    if kind == "maintenance":
        if _is_left(job, paused, remaining, record):
            recorded = (job["recorded"] or {}).get("known") in ("paused", "resuming")
            return "still_paused" if paused or (not job["status"] and recorded) else "may_be_paused"
        if "abandoned" in reasons:
            return "abandoned"
        if "resumed_meanwhile" in reasons:
            return "resumed_meanwhile"
    if job["failed"]:
        return "failed"
    return "paused_before" if kind == "maintenance" and paused else "ok"


def _is_left(job: Mapping[str, Any], paused: bool, remaining: list[str] | None, record: Mapping[str, Any]) -> bool:
    """Whether the maintenance has paused the job, or may have, and has not resumed it."""
    if remaining is not None:
        return job["id"] in remaining
    if job["recorded"]:
        return record["phase"] != "closed" and job["recorded"]["known"] in MAY_BE_PAUSED
    return paused and (was_paused_here(job) or job["failed"])


def was_paused_here(job: Mapping[str, Any]) -> bool:
    """Whether this run, or the maintenance that it ends, has paused the job."""
    recorded = job["recorded"] or {}
    if recorded.get("known") in MAY_BE_PAUSED or (recorded.get("known") == "out" and recorded.get("paused_at")):
        return True
    return any(one["action"] in ("pause", "resume") and one["changed"] for one in job["steps"])


def _measure_pauses(jobs: Iterable[dict[str, Any]], ended_at: datetime | None) -> None:
    """Adds to each job its pauses, and how long they were in all, in seconds: null if it is not known since when."""
    for job in jobs:
        pauses: list[dict[str, str]] = []
        for seen in job["timeline"]:
            if phase(seen["status"]) == "paused":
                if not pauses or pauses[-1]["to"]:
                    pauses.append({"from": seen["at"], "to": ""})
            elif pauses and not pauses[-1]["to"]:
                pauses[-1]["to"] = seen["at"]
        job["pauses"] = pauses
        job["paused_seconds"] = None
        if pauses and (was_paused_here(job) or phase(job["status_before"]) != "paused"):
            ends = [moment(one["to"]) if one["to"] else ended_at for one in pauses]
            spans = [end - moment(one["from"]) for one, end in zip(pauses, ends) if end]
            job["paused_seconds"] = round(max(timedelta(), sum(spans, timedelta())).total_seconds())


def _longest_pause(jobs: Iterable[Mapping[str, Any]], warn_after: float | None) -> dict[str, Any]:
    known = [job for job in jobs if job["paused_seconds"] is not None]
    job = max(known, key=lambda one: one["paused_seconds"], default=None)
    seconds = job["paused_seconds"] if job else None
    return {
        "id": job["id"] if job else "",
        "seconds": seconds,
        "warn_after": warn_after,
        "too_long": bool(seconds and warn_after and seconds > warn_after * 3600),
    }


def _still_paused(jobs: Iterable[Mapping[str, Any]], kind: str) -> dict[str, Any]:
    """The answer to the first question. Of a run that only reads, and of one that ends jobs, it only says which are paused."""
    jobs = list(jobs)
    ids = {state: [job["id"] for job in jobs if job["state"] == state] for state in (*URGENT, "paused_before")}
    found = {
        "ids": ids["still_paused"],
        "perhaps": ids["may_be_paused"],
        "abandoned": ids["abandoned"],
        "before": ids["paused_before"],
    }
    if kind == "maintenance":
        if found["ids"]:
            return {"answer": "yes", **found}
        return {"answer": "maybe" if found["perhaps"] else "no", **found}
    paused = [job for job in jobs if phase(job["status"]) == "paused"]
    found["ids"] = [job["id"] for job in paused]
    if kind != "plain" or not any(job["desired"] for job in jobs):
        return {"answer": "not_judged", **found}
    if any(is_left_paused(job) for job in paused):
        return {"answer": "yes", **found}
    if any(job["desired"] == "paused" for job in paused):
        return {"answer": "requested", **found}
    return {"answer": "maybe" if paused else "no", **found}


def is_left_paused(job: Mapping[str, Any]) -> bool:
    """Whether a job is paused that a plain run should have brought to another state. One that was not waited for is not meant."""
    accepted = any(one["outcome"] == "accepted" for one in job["steps"][-1:])
    return phase(job["status"]) == "paused" and job["desired"] != "paused" and not accepted


def _work(work: Mapping[str, Any]) -> dict[str, str]:
    outcome = text(work.get("outcome"))
    return {
        "name": text(work.get("name")),
        "started_at": iso(stamp(work.get("started_at"))),
        "ended_at": iso(stamp(work.get("ended_at"))),
        "outcome": outcome if outcome in ("ok", "failed", "not_run") else "",
        "text": text(work.get("text")),
    }


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: text(record.get(key)) for key in ("phase", "run", "name", "project_id", "region", "endpoint")},
        **{key: iso(stamp(record.get(key))) for key in ("began_at", "paused_at", "ended_at")},
        "pause_mode": text(record.get("pause_mode")),
        "warn_after": number(record.get("warn_after")),
        "owner": _who(mapping(record.get("owner"))),
    }


def _who(who: Mapping[str, Any]) -> dict[str, str]:
    return {key: text(who.get(key)) for key in ("user", "host", "pid", "awx_job", "awx_workflow", "awx_url")}


def _versions(of_run: Mapping[str, Any], of_record: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: text(of_run.get(key)) or text(of_record.get(key))
        for key in ("collection", "ansible", "python")
        if of_run.get(key) or of_record.get(key)
    }


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a dictionary, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def values(value: Any) -> list[Any]:
    """A list's or a dictionary's values, one value as a list of it, and nothing as an empty list."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return [] if value in (None, "") else [value]


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Those of a list's values that are dictionaries."""
    return [one for one in values(value) if isinstance(one, Mapping)] if isinstance(value, (list, tuple)) else []


def text(value: Any) -> str:
    """The value as text that any file and page can hold; nothing for None."""
    return "" if value is None else _UNPRINTABLE.sub("\ufffd", str(value)).strip()


def truth(value: Any) -> bool:
    """Whether a value, which may come from a survey as text, says yes."""
    return value is True or text(value).lower() in ("true", "yes", "on", "y", "t", "1", "1.0")


def number(value: Any) -> float | None:
    """A number of 0 or more, which may come from a survey as text; None for a blank and for anything else."""
    try:
        found = float(text(value))
    except ValueError:
        return None
    if isinstance(value, bool) or not math.isfinite(found) or found < 0:
        return None
    return int(found) if found == int(found) else found


def stamp(value: Any) -> datetime | None:
    """A moment, or None for what is not one, and for years in which no clock of a job can be."""
    return _stamp(str(value))


@functools.lru_cache(maxsize=4096)
def _stamp(value: str) -> datetime | None:
    try:
        at = moment(value)
    except WindowError:
        return None
    return at if 1970 < at.year < 9000 else None


def plain(value: Any) -> Any:
    """The value in the types that JSON has."""
    if isinstance(value, Mapping):
        return {text(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)) and math.isfinite(value):
        return value
    return text(value)
