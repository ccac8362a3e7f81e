# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a role's run: its facts, for the JSON file, and its figures, for the page. Pure.

A run is what a role hands over: what was asked, the registered results of its steps, problems and warnings in words.
The facts hold nothing of a result but the keys that are named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import phase
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._window import UTC, WindowError, iso, moment, zone

SCHEMA = 1
ERRORS = ("reason", "error_code", "error_msg", "request_id")
GOOD = ("ok", "accepted")

# The phases in the order of the legend, with words for people.
LEGEND = {
    "waiting": "not started",
    "moving": "starting or changing",
    "full": "full transfer",
    "running": "replicating",
    "paused": "paused",
    "stopping": "being stopped",
    "ended": "ended",
    "deleted": "deleted",
    "failed": "failed",
    "other": "other",
}
STEPS = tuple(
    [1, 2, 5, 10, 15, 30]
    + [60 * minutes for minutes in (1, 2, 5, 10, 15, 30)]
    + [3600 * hours for hours in (1, 2, 3, 6, 12, 24, 48, 168, 720)]
)
MOST_TICKS = 6


def facts(run: Mapping[str, Any]) -> dict[str, Any]:
    """What the JSON file says of a run.

    ``run`` has ``role``, ``run`` (its name), ``playbook``, ``host``, ``check_mode``, ``started_at`` and ``ended_at``
    (ISO 8601), ``timezone`` (IANA name), ``asked`` (a dictionary), ``names`` (of jobs, by id, for results without
    them), ``problems`` (list of ``step`` and ``text``), ``warnings`` (list of text) and ``steps``. A step has ``name``
    and ``result`` (a registered result), and may have ``plan``, true for a result of check mode in a run that is not,
    and ``at``, when the statuses of a result without timelines were read.
    """
    steps = [step for step in run.get("steps") or [] if _ran(step.get("result"))]
    problems = list(run.get("problems") or [])
    return {
        "schema": SCHEMA,
        "collection": "huaweicloud.drs",
        **{key: run.get(key) for key in ("role", "run", "playbook", "host")},
        "check_mode": bool(run.get("check_mode")),
        "started_at": run.get("started_at"),
        "ended_at": run.get("ended_at"),
        "timezone": run.get("timezone") or "UTC",
        "outcome": "failed" if problems else "ok",
        "changed": any(_changed(step) for step in steps),
        "asked": dict(run.get("asked") or {}),
        "problems": problems,
        "warnings": list(run.get("warnings") or []),
        "steps": [_step(step) for step in steps],
        "jobs": _jobs(steps, run.get("names") or {}),
    }


def _ran(result: Any) -> bool:
    return (
        isinstance(result, Mapping) and not result.get("skipped") and bool(result.get("jobs") or result.get("failed"))
    )


def _changed(step: Mapping[str, Any]) -> bool:
    return bool(step["result"].get("changed")) and not step.get("plan")


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    result = step["result"]
    return {
        "name": step.get("name"),
        "failed": bool(result.get("failed")),
        "changed": _changed(step),
        # What a plan says has not happened: only what it refuses counts.
        "msg": "" if step.get("plan") and not result.get("failed") else str(result.get("msg") or ""),
        "summary": {} if step.get("plan") else dict(result.get("summary") or {}),
    }


def _jobs(steps: Iterable[Mapping[str, Any]], names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry a job over all steps, in the order in which they first come; what a later step saw comes last."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        for row in step["result"].get("jobs") or []:
            job_id = str(row.get("id"))
            job = found.setdefault(
                job_id, {"id": job_id, "name": names.get(job_id), "status_before": None, "status": None}
            )
            job["name"] = row.get("name") or job["name"]
            job["status_before"] = job["status_before"] or row.get("status_before") or row.get("status")
            job["status"] = row.get("status") or job["status"]
            job.setdefault("steps", []).extend(_outcome(step, row))
            job.setdefault("timeline", []).extend(_seen(step, row))
    for job in found.values():
        job["timeline"].sort(key=lambda seen: str(seen["at"]))
        job["failed"] = phase(job["status"]) == "failed" or any(entry["outcome"] not in GOOD for entry in job["steps"])
    return list(found.values())


def _outcome(step: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "outcome" not in row or (step.get("plan") and row["outcome"] in GOOD):
        return []
    return [{"step": step.get("name"), **{key: row.get(key) for key in ("action", "outcome", "changed", *ERRORS)}}]


def _seen(step: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if row.get("timeline"):
        return [{"status": seen.get("status"), "at": seen.get("at")} for seen in row["timeline"]]
    status = row.get("status_before") or row.get("status")
    return [{"status": status, "at": step["at"]}] if status and step.get("at") else []


def figures(report: Mapping[str, Any]) -> dict[str, Any]:
    """The page's figures, out of the facts: times for people, the axis' ticks and one lane a job, in percent of the axis."""
    where = _zone_or_utc(report["timezone"])
    stamps = [_stamp(report["started_at"]), _stamp(report["ended_at"])]
    stamps += [_stamp(seen["at"]) for job in report["jobs"] for seen in job["timeline"]]
    known = [stamp for stamp in stamps if stamp is not None]
    first = min(known, default=datetime(1970, 1, 1, tzinfo=UTC))
    last = max([*known, first + timedelta(seconds=1)])
    axis = _Axis(first, last, where)
    lanes = [_lane(job, axis) for job in report["jobs"]]
    used = {segment["family"] for lane in lanes for segment in lane["segments"]}
    return {
        "started": axis.both(first),
        "ended": axis.both(last),
        "length": words(last - first),
        "zone": str(where),
        "two_zones": where is not UTC,
        "ticks": axis.ticks(),
        "lanes": lanes,
        "legend": [{"family": name, "words": text} for name, text in LEGEND.items() if name in used],
    }


class _Axis:
    """Turns moments into percents of the time that a run took, and into words."""

    def __init__(self, first: datetime, last: datetime, where: tzinfo) -> None:
        self.first, self.last, self.where = first, last, where

    def percent(self, at: datetime) -> float:
        return round(100 * ((at - self.first) / (self.last - self.first)), 3)

    def both(self, at: datetime) -> dict[str, str]:
        """A moment in UTC and in the zone of the run."""
        return {"utc": iso(at), "local": at.astimezone(self.where).strftime("%Y-%m-%d %H:%M:%S %Z")}

    def ticks(self) -> list[dict[str, Any]]:
        """At most MOST_TICKS marks at round times of the zone's clock."""
        length = (self.last - self.first).total_seconds()
        step = next((step for step in STEPS if length / step <= MOST_TICKS - 1), length)
        shown = "%H:%M:%S" if step < 60 else "%H:%M" if length < 86400 else "%m-%d %H:%M"
        offset = (self.first.astimezone(self.where).utcoffset() or timedelta()).total_seconds()
        mark = self.first.timestamp() + -(self.first.timestamp() + offset) % step
        found = []
        while mark <= self.last.timestamp():
            at = datetime.fromtimestamp(mark, UTC)
            found.append(
                {
                    "left": self.percent(at),
                    "utc": at.strftime(shown),
                    "local": at.astimezone(self.where).strftime(shown),
                }
            )
            mark += step
        return found


def _lane(job: Mapping[str, Any], axis: _Axis) -> dict[str, Any]:
    seen = [(_stamp(entry["at"]), str(entry["status"])) for entry in job["timeline"]]
    moves: list[tuple[datetime, str]] = []
    for at, status in seen:
        if at is not None and (not moves or moves[-1][1] != status):
            moves.append((at, status))
    if not moves and job["status"]:
        moves = [(axis.first, str(job["status"]))]
    ends = [at for at, _status in moves[1:]] + [axis.last]
    segments = [
        {
            "status": status,
            "family": phase(status),
            "left": axis.percent(at),
            "width": round(axis.percent(end) - axis.percent(at), 3),
            "from": axis.both(at),
            "lasted": words(end - at),
        }
        for (at, status), end in zip(moves, ends)
    ]
    return {
        "id": job["id"],
        "name": job["name"] or "",
        "status": job["status"] or "not known",
        "family": phase(job["status"]),
        "failed": job["failed"],
        "why": [
            " ".join(str(entry[key]) for key in ("error_code", "error_msg") if entry.get(key))
            or str(entry.get("reason") or entry["outcome"])
            for entry in job["steps"]
            if entry["outcome"] not in GOOD
        ],
        "path": " \u2192 ".join(status for _at, status in moves),
        "segments": segments,
    }


def _zone_or_utc(name: Any) -> tzinfo:
    """A zone that is none must not cost the report: that it is none is a problem that the report tells."""
    try:
        return zone(name)
    except WindowError:
        return UTC


def _stamp(value: Any) -> datetime | None:
    try:
        return moment(value)
    except WindowError:
        return None


def words(length: timedelta) -> str:
    """A length of time for people, such as "1 h 02 min" or "42 s"."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02d} min"
    return f"{hours // 24} d {hours % 24} h"
