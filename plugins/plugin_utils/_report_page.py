# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report's page shows, out of the facts: every word and every length is decided here, the template lays it out. Pure.

A job is a lane on a time axis. Jobs that went the same way at nearly the same times are folded into one lane.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import phase
from ansible_collections.huaweicloud.drs.plugins.module_utils._window import UTC, WindowError, iso, zone
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _report_words as words
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_facts import URGENT, stamp

STATES = {
    "still_paused": "STILL PAUSED",
    "may_be_paused": "MAY STILL BE PAUSED",
    "abandoned": "abandoned",
    "failed": "failed",
    "resumed_meanwhile": "resumed by somebody else",
    "paused_before": "paused before",
    "ok": "",
}
TITLES = {
    "still_paused": "Still paused",
    "may_be_paused": "May still be paused",
    "abandoned": "Abandoned: taken out of the record and not resumed",
    "failed": "Failed",
    "resumed_meanwhile": "Resumed by somebody else during the work",
    "paused_before": "Paused before, and left so",
}
TONES = {"ok": "good", "paused_before": "plain", "resumed_meanwhile": "warn", "abandoned": "warn"}
# The distances that marks on the axis may have, in seconds.
DISTANCES = tuple(
    [1, 2, 5, 10, 15, 30]
    + [60 * minutes for minutes in (1, 2, 5, 10, 15, 30)]
    + [3600 * hours for hours in (1, 2, 3, 6, 12, 24, 48, 168, 720)]
)
MOST_TICKS = 6
DAY = 86400
# Shares of the axis: a stretch that nobody observed is shown from here on; jobs whose times differ by less are folded.
SHOWN, ALIKE = 0.01, 0.05
# A part of a lane has its label inside if it is as wide as this, in percent: a margin, and a letter of it on a desk and on a phone.
MARGIN, LETTER, PHONE_LETTER = 3, 1.25, 2.4
ASKED = 5


class Part(NamedTuple):
    """A stretch of a lane in one status."""

    status: str
    first: datetime
    last: datetime
    observed: bool


def page(facts: Mapping[str, Any]) -> dict[str, Any]:
    """All that the template needs but the facts' own texts."""
    axis = _Axis.of(facts)
    lanes = [_lane(job, axis) for job in facts["jobs"]]
    urgent = [_drawn([lane], axis) for state in URGENT for lane in lanes if lane["state"] == state]
    folded = [_drawn(group, axis) for group in _fold([lane for lane in lanes if lane["state"] not in URGENT], axis)]
    parts = [part for lane in [*urgent, *folded] for part in lane["bar"]]
    families = {part["family"] for part in parts}
    answer = words.answer(facts)
    began, ended = stamp(facts["started_at"]) or axis.first, stamp(facts["ended_at"]) or axis.last
    role = facts["role"].replace("_", " ").capitalize() or "Report"
    return {
        "title": role,
        "head": f"{answer['title']} - {role}, {facts['host']}, {axis.both(began)['local']}",
        "answer": {**answer, "mark": {"bad": "!", "warn": "!", "good": "\u2713"}.get(answer["tone"], "i")},
        "named": _named(facts),
        "run": _how_it_ran(facts),
        "tiles": _tiles(facts),
        "began": axis.both(began),
        "ended": axis.both(ended),
        "took": words.length((ended - began).total_seconds()),
        "zone": str(axis.where),
        "two_zones": axis.where is not UTC,
        "ticks": axis.ticks(),
        "work": _work(facts["work"], axis),
        "urgent": urgent,
        "folded": folded,
        "legend": [{"family": name, "words": text} for name, text in words.PHASES.items() if name in families],
        # A lane is blank before the job is read first.
        "blank": not all(lane["bar"] and lane["bar"][0]["left"] < 100 * SHOWN for lane in [*urgent, *folded]),
        "hatched": not all(part["observed"] for part in parts),
        "steps": [_step(step, axis) for step in facts["steps"]],
        "who": [{"url": "", **row} for row in _who(facts) if row["text"]],
        "asked": [{"name": name, "text": _shown(value)} for name, value in facts["asked"].items()],
    }


def _named(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The jobs to name below the answer."""
    found = []
    for state in (*URGENT, "paused_before"):
        jobs = [job for job in facts["jobs"] if job["state"] == state]
        if jobs:
            shown = [{"name": job["name"], "id": job["id"]} for job in jobs[: words.NAMED]]
            more = len(jobs) - len(shown)
            found.append({"title": TITLES[state], "tone": TONES.get(state, "bad"), "jobs": shown, "more": more})
    return found


def _how_it_ran(facts: Mapping[str, Any]) -> dict[str, str]:
    """The outcome of the whole run, next to the answer."""
    work = words.work({**facts, "work": {**facts["work"], "text": ""}})
    outcome = "FAILED" if facts["outcome"] == "failed" else "succeeded"
    run = "check" if facts["check_mode"] else "run"
    return {
        "tone": "bad" if facts["outcome"] == "failed" else "good",
        "mark": "\u2717" if facts["outcome"] == "failed" else "\u2713",
        "title": f"The {run} {outcome}",
        "text": f"{work[:1].upper()}{work[1:]}." if work else "",
    }


def _tiles(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """The totals, as a number, what it counts and a tone."""
    jobs, pause = facts["jobs"], facts["longest_pause"]
    tiles = [{"number": str(len(jobs)), "words": "job" if len(jobs) == 1 else "jobs", "tone": "plain"}]
    for state, text in STATES.items():
        found = sum(job["state"] == state for job in jobs)
        if found and text:
            tiles.append({"number": str(found), "words": text.lower(), "tone": TONES.get(state, "bad")})
    names = [
        (name, sum(phase(job["status"]) == name and not STATES[job["state"]] for job in jobs)) for name in words.PHASES
    ]
    for name, found in names:
        if found:
            tiles.append({"number": str(found), "words": f"now {words.PHASES[name]}", "tone": "plain"})
    if pause["seconds"] is not None:
        limit = f" (warning after {pause['warn_after']:g} h)" if pause["warn_after"] else ""
        text = (
            f"longest pause{limit}" if not pause["too_long"] else f"longest pause, MORE THAN {pause['warn_after']:g} h"
        )
        tone = "bad" if pause["too_long"] else "plain"
        tiles.append({"number": words.at_most(pause["seconds"]), "words": text, "tone": tone})
    return tiles


class _Axis:
    """Turns moments into percents of the time that a run took, and into words."""

    def __init__(self, first: datetime, last: datetime, where: tzinfo) -> None:
        self.first, self.last, self.where = first, last, where
        self.length = (last - first).total_seconds()
        self.changes = first.astimezone(where).utcoffset() != last.astimezone(where).utcoffset()

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> _Axis:
        """From the first moment that the facts know to the last."""
        times = [facts, facts["work"], *facts["steps"]]
        known = [one[key] for one in times for key in ("started_at", "ended_at")]
        known += [seen["at"] for job in facts["jobs"] for seen in job["timeline"]]
        moments = [at for at in map(stamp, known) if at]
        first = min(moments, default=datetime(1970, 1, 1, tzinfo=UTC))
        # A zone that is not known must not cost the report: the problems say that it is not.
        try:
            where = zone(facts["timezone"])
        except WindowError:
            where = UTC
        return cls(first, max([*moments, first + timedelta(seconds=1)]), where)

    def percent(self, at: datetime) -> float:
        return min(100.0, max(0.0, round(100 * ((at - self.first) / (self.last - self.first)), 3)))

    def both(self, at: datetime) -> dict[str, str]:
        """A moment in UTC and in the zone of the run."""
        return {"utc": iso(at), "local": at.astimezone(self.where).strftime("%Y-%m-%d %H:%M:%S %Z")}

    def clock(self, at: datetime) -> str:
        """A moment as short as it can be told apart from others, in the zone of the run."""
        day = "%m-%d " if self.length >= DAY else ""
        seconds = ":%S" if self.length < 600 else ""
        return at.astimezone(self.where).strftime(f"{day}%H:%M{seconds}{' %Z' if self.changes else ''}")

    def ticks(self) -> list[dict[str, Any]]:
        """At most MOST_TICKS marks at round times of the zone's clock."""
        step = next((step for step in DISTANCES if self.length / step <= MOST_TICKS - 1), self.length)
        shown = "%H:%M:%S" if step < 60 else "%H:%M" if self.length < DAY else "%m-%d %H:%M"
        offset = (self.first.astimezone(self.where).utcoffset() or timedelta()).total_seconds()
        mark = self.first.timestamp() + -(self.first.timestamp() + offset) % step
        found = []
        while mark <= self.last.timestamp():
            at = datetime.fromtimestamp(mark, UTC)
            local = at.astimezone(self.where).strftime(shown)
            found.append({"left": self.percent(at), "utc": at.strftime(shown), "local": local})
            mark += step
        return found


def _parts(job: Mapping[str, Any], axis: _Axis) -> list[Part]:
    """The stretches of a job's lane. What nobody looked at has the status that was seen before it."""
    moves: list[tuple[datetime, str]] = []
    for seen in job["timeline"]:
        at = stamp(seen["at"])
        if at and (not moves or moves[-1][1] != seen["status"]):
            moves.append((at, seen["status"]))
    observed = [(stamp(span["from"]) or axis.first, stamp(span["to"]) or axis.last) for span in job["observed"]]
    ends = [at for at, _status in moves[1:]] + [axis.last]
    return [part for (at, status), end in zip(moves, ends) for part in _split(status, at, end, observed, axis)]


def _split(
    status: str, first: datetime, last: datetime, observed: Sequence[tuple[datetime, datetime]], axis: _Axis
) -> Iterator[Part]:
    """A stretch, cut where nobody looked at the job. A job that is stopped or deleted needs no look: it stays so."""
    least = timedelta(seconds=axis.length * SHOWN)
    at = begun = first
    for start, end in [*observed, (last, last)]:
        if phase(status) not in words.ENDED and min(start, last) - at > least:
            if at > begun:
                yield Part(status, begun, at, True)
            begun = min(start, last)
            yield Part(status, at, begun, False)
        at = max(at, min(end, last))
    if begun < last or first == last:
        yield Part(status, begun, last, True)


def _lane(job: Mapping[str, Any], axis: _Axis) -> dict[str, Any]:
    state = job["state"]
    return {
        "id": job["id"],
        "name": job["name"],
        "state": state,
        "state_words": STATES[state],
        "tone": TONES.get(state, "bad"),
        "status": words.status(job["status"]),
        "why": words.why(job),
        "parts": _parts(job, axis),
    }


def _drawn(group: Sequence[Mapping[str, Any]], axis: _Axis) -> dict[str, Any]:
    """The lane of a job, or one lane for many, drawn at the median of their times."""
    parts = [
        stretches[0]._replace(
            first=statistics.median_high(part.first for part in stretches),
            last=statistics.median_high(part.last for part in stretches),
        )
        for stretches in zip(*(lane["parts"] for lane in group))
    ]
    jobs = [{"id": lane["id"], "name": lane["name"]} for lane in group]
    shared = {"id": "", "name": words.count(len(group), "job")} if len(group) > 1 else {}
    return {
        **{key: value for key, value in group[0].items() if key != "parts"},
        **shared,
        "bar": _bar(parts, axis),
        "way": _way([lane["parts"] for lane in group], axis) or group[0]["status"],
        "jobs": sorted(jobs, key=lambda job: (job["name"].casefold(), job["id"])),
    }


def _bar(parts: Sequence[Part], axis: _Axis) -> list[dict[str, Any]]:
    found = []
    for part in parts:
        left, right = axis.percent(part.first), axis.percent(part.last)
        width, meaning = round(right - left, 3), words.PHASES[phase(part.status)]
        said = f"{part.status} ({meaning}), {axis.clock(part.first)} to {axis.clock(part.last)}"
        found.append(
            {
                "family": phase(part.status),
                "observed": part.observed,
                "left": left,
                "width": width,
                "label": meaning if width >= MARGIN + LETTER * len(meaning) else "",
                "narrow": width < MARGIN + PHONE_LETTER * len(meaning),
                "said": said if part.observed else f"{said}: not observed, last seen in this status",
            }
        )
    return found


def _way(lanes: Sequence[Sequence[Part]], axis: _Axis) -> str:
    """The way of jobs that went through the same statuses, with the earliest and the latest of their times."""
    merged = [_merged(parts) for parts in lanes]
    found = []
    for number, stretches in enumerate(zip(*merged)):
        status = words.PHASES[phase(stretches[0].status)]
        begins = _range(axis.clock, [part.first for part in stretches])
        ends = _range(axis.clock, [part.last for part in stretches])
        last = number == len(merged[0]) - 1
        if phase(stretches[0].status) == "paused":
            took = _range(words.at_most, [(part.last - part.first).total_seconds() for part in stretches])
            found.append(f"{status} since {begins}" if last else f"{status} {begins} to {ends} ({took})")
        else:
            found.append(f"{status} {begins}" if number else status)
    return " \u2192 ".join(found)


def _merged(parts: Sequence[Part]) -> list[Part]:
    """The stretches of a lane without the cuts between what was observed and what was not."""
    found: list[Part] = []
    for part in parts:
        if found and phase(found[-1].status) == phase(part.status):
            found[-1] = found[-1]._replace(last=part.last)
        else:
            found.append(part)
    return found


def _range(shown: Callable[[Any], str], found: Sequence[Any]) -> str:
    """The least and the most of what was found, in words; once if the words are the same."""
    least, most = shown(min(found)), shown(max(found))
    return least if least == most else f"{least}\u2013{most}"


def _fold(lanes: Iterable[dict[str, Any]], axis: _Axis) -> list[list[dict[str, Any]]]:
    """The lanes in groups of jobs that went the same way at nearly the same times; the largest group first."""
    alike = timedelta(seconds=axis.length * ALIKE)
    groups: dict[tuple[Any, ...], list[list[dict[str, Any]]]] = {}
    for lane in lanes:
        key = (lane["state"], lane["status"], *((part.status, part.observed) for part in lane["parts"]))
        found = groups.setdefault(key, [])
        group = next((group for group in found if _near(group[0]["parts"], lane["parts"], alike)), None)
        if group is None:
            found.append([lane])
        else:
            group.append(lane)
    return sorted((group for found in groups.values() for group in found), key=len, reverse=True)


def _near(one: Sequence[Part], other: Sequence[Part], alike: timedelta) -> bool:
    """Whether all stretches begin at nearly the same times, and so end: each at the next one's begin, the last with the axis."""
    return all(abs(a.first - b.first) <= alike for a, b in zip(one, other))


def _work(work: Mapping[str, Any], axis: _Axis) -> dict[str, Any]:
    """The user's work, as a band on the axis if it is known when it began."""
    begun, ended = stamp(work["started_at"]), stamp(work["ended_at"])
    outcome = {"ok": "succeeded", "failed": "failed", "not_run": "did not run"}.get(work["outcome"], "")
    times = axis.clock(begun) + (f" to {axis.clock(ended)}" if ended else "") if begun else ""
    if begun and ended:
        times += f" ({words.length((ended - begun).total_seconds())})"
    left = axis.percent(begun) if begun else 0.0
    right = axis.percent(max(begun, ended or axis.last)) if begun else 0.0
    return {
        "shown": bool(outcome or begun),
        "band": bool(begun),
        "left": left,
        "width": round(right - left, 3),
        "name": work["name"] or "The work",
        "outcome": outcome,
        "tone": {"ok": "good", "failed": "bad"}.get(work["outcome"], "plain"),
        "text": ", ".join(part for part in (outcome, times) if part),
        "said": words.short(work["text"]),
    }


def _step(step: Mapping[str, Any], axis: _Axis) -> dict[str, Any]:
    begun, ended = stamp(step["started_at"]), stamp(step["ended_at"])
    notes = [f"{step['jobs_failed']} of {words.count(step['jobs'], 'job')} failed"] if step["jobs_failed"] else []
    notes += [f"{words.count(step['unread'], 'answer')} could not be read"] if step["unread"] else []
    changed = step["summary"].get("changed")
    return {
        "name": step["name"],
        "began": axis.clock(begun) if begun else "",
        "ended": axis.clock(ended) if ended else "",
        "took": words.length((ended - begun).total_seconds()) if begun and ended else "",
        "tone": "bad" if step["failed"] or notes else "good",
        "outcome": ", ".join(["failed"] if step["failed"] and not notes else notes) or "ok",
        "changed": "" if changed is None else f"{changed:g}",
        "msg": step["msg"],
    }


def _who(facts: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Who ran it, where and with what: rows of a name, a text and perhaps an address to open."""
    record, who, versions = facts["record"] or {}, facts["who"], facts["versions"]
    owner = record.get("owner") or {}
    yield {"name": "Run", "text": facts["run"]}
    yield {"name": "Playbook", "text": facts["playbook"]}
    yield {"name": "Inventory host", "text": facts["host"]}
    yield {"name": "Run by", "text": _person(who)}
    yield _awx("AWX job", who)
    if owner and owner != who and any(owner.values()):
        yield {"name": "Maintenance begun by", "text": _person(owner)}
        yield _awx("AWX job that began it", owner)
    for key, name in (
        ("project_id", "Project"),
        ("region", "Region"),
        ("endpoint", "Endpoint"),
        ("pause_mode", "Pause mode"),
    ):
        yield {"name": name, "text": record.get(key, "")}
    yield {"name": "Versions", "text": ", ".join(f"{name} {version}" for name, version in versions.items())}


def _person(who: Mapping[str, str]) -> str:
    return " on ".join(who[key] for key in ("user", "host") if who[key])


def _awx(name: str, who: Mapping[str, str]) -> dict[str, str]:
    url = who["awx_url"] if who["awx_url"].startswith(("https://", "http://")) else ""
    return {"name": name, "text": who["awx_job"] or url, "url": url}


def _shown(value: Any) -> str:
    """A value that was asked for, in words. A long list is told by its number: the JSON file has all of it."""
    if isinstance(value, list):
        more = len(value) - ASKED
        shown = ", ".join(_shown(one) for one in value[:ASKED])
        return f"{shown} and {more} more" if more > 0 else shown or "\u2013"
    if isinstance(value, dict):
        return _shown([f"{name}: {_shown(one)}" for name, one in value.items()])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\u2013" if value in (None, "") else words.short(str(value))
