# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of time: is it open, until when, and how much of it is left. Pure: the present time is an argument.

A window is either one span between two ISO 8601 times, or a span of every day between two times of day in a named zone.
A time of day that a clock change makes happen twice counts at its first; one that the change skips counts as the moment
of the change.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ansible_collections.huaweicloud.drs.plugins.module_utils import _clock

UTC = timezone.utc
TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
MINUTE = timedelta(minutes=1)


class WindowError(ValueError):
    """What was given does not describe a window; the text tells the user which value and what would."""


class Span(NamedTuple):
    """From ``start`` on and before ``end``; None is no limit on that side. Both are aware, in UTC."""

    start: datetime | None
    end: datetime | None


def zone(name: Any) -> tzinfo:
    """The time zone of an IANA name; UTC needs no data. Raises WindowError."""
    text = str(name).strip()
    if text.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(text)
    except ZoneInfoNotFoundError:
        raise WindowError(
            f"The time zone {text!r} is not known here: give an IANA name such as Europe/Berlin. If the name is right, "
            "this machine lacks the time zone data: install the system package or the Python package tzdata."
        ) from None
    except (ValueError, OSError):
        raise WindowError(f"The time zone {text!r} is no IANA name: give one such as Europe/Berlin.") from None


def moment(value: Any) -> datetime:
    """An ISO 8601 time with an offset, as text or as YAML makes of it, in UTC. Raises WindowError."""
    text = str(value).strip()
    found = _clock.milliseconds(text)
    if found is not None:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=found)
    if _clock.milliseconds(f"{text}Z") is not None:
        raise WindowError(f"The time {text!r} has no offset from UTC: write it as {text}+01:00 or {text}Z.")
    raise WindowError(
        f"The time {text!r} is neither HH:MM nor ISO 8601 with an offset, such as 2026-03-01T22:00:00+01:00."
    )


def minute_of_day(value: Any) -> int | None:
    """Minutes after midnight of a time of day as text, or None for anything else. Raises WindowError for a number."""
    text = str(value).strip()
    match = TIME_OF_DAY.fullmatch(text)
    if match:
        return int(match.group(1)) * 60 + int(match.group(2))
    if re.fullmatch(r"[0-9]{1,4}", text):
        raise WindowError(
            f"The time {text} is a number: YAML makes one of an unquoted 22:00. Write it in quotes, as HH:MM."
        )
    return None


def instant(day: date, minute: int, where: tzinfo) -> datetime:
    """The moment, in UTC, at which the clocks of ``where`` show that minute of that day."""
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60)
    first = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
    if first.astimezone(where).replace(tzinfo=None) == wall:
        return first
    before, after = wall.replace(tzinfo=where, fold=1).astimezone(UTC), first
    jumped = after.astimezone(where).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // 2 // MINUTE * MINUTE
        if middle.astimezone(where).utcoffset() == jumped:
            after = middle
        else:
            before = middle
    return after


def daily(now: datetime, start: int, end: int, where: tzinfo) -> Span:
    """The span of every day that holds ``now``, or else the next one."""
    day = now.astimezone(where).date() - timedelta(days=1)
    while True:
        last = day if start < end else day + timedelta(days=1)
        opens, closes = instant(day, start, where), instant(last, end, where)
        if opens < closes and now < closes:
            return Span(opens, closes)
        day += timedelta(days=1)


def span(now: datetime, start: Any, end: Any, where: tzinfo) -> Span:
    """The window that ``start`` and ``end`` describe, at ``now``. Empty values are no limit. Raises WindowError."""
    start, end = (None if value is None or str(value).strip() == "" else value for value in (start, end))
    first, last = (None if value is None else minute_of_day(value) for value in (start, end))
    if first is not None and last is not None:
        if first == last:
            raise WindowError("The window starts and ends at the same time of day: leave both out for no limit.")
        return daily(now, first, last, where)
    moments = [
        None if value is None or minute is not None else moment(value)
        for value, minute in ((start, first), (end, last))
    ]
    if first is not None or last is not None:
        raise WindowError(
            f"The window's start ({start}) and end ({end}) must be of one kind: both HH:MM, or ISO 8601 with an offset."
        )
    found = Span(*moments)
    if found.start and found.end and found.end <= found.start:
        raise WindowError(f"The window ends ({end}) before it starts ({start}).")
    return found


def look(
    now: Any, start: Any, end: Any, zone_name: Any = "UTC", min_left: float = 0, max_pause: float = 0
) -> dict[str, Any]:
    """What can be said of a window at ``now``.

    ``now`` is ISO 8601 with an offset, ``min_left`` minutes, ``max_pause`` hours (0: nothing is warned of). Raises
    WindowError. The answer has these keys: ``open`` (bool), ``reason`` (words, empty where it is open and enough of it
    is left), ``opens_at`` and ``closes_at`` (ISO 8601 in UTC, empty for no limit), ``minutes_left`` (whole minutes, -1
    for no limit), ``warnings`` (list of words), ``now`` (the time in the zone).
    """
    where = zone(zone_name)
    at = moment(now)
    found = span(at, start, end, where)
    left = None if found.end is None else found.end - at
    reason = ""
    if found.start and at < found.start:
        reason = f"The window is closed: it is {local(at, where)}, and it opens at {local(found.start, where)}."
    elif found.end and at >= found.end:
        reason = f"The window is closed: it is {local(at, where)}, and it closed at {local(found.end, where)}."
    elif found.end and found.end - at < timedelta(minutes=min_left):
        reason = (
            f"Too little of the window is left: it closes at {local(found.end, where)}, "
            f"in {(found.end - at) // MINUTE} minutes, and {min_left:g} are wanted."
        )
    return {
        "now": local(at, where),
        "open": not reason,
        "reason": reason,
        "opens_at": iso(found.start),
        "closes_at": iso(found.end),
        "minutes_left": -1 if left is None else max(0, left // MINUTE),
        "warnings": long_pause(left, max_pause, "The window stays open for"),
    }


def long_pause(length: timedelta | None, max_pause: float, what: str) -> list[str]:
    """A list with one warning where ``length`` is beyond ``max_pause`` hours, else an empty one."""
    if length is None or max_pause <= 0 or length <= timedelta(hours=max_pause):
        return []
    hours = length / timedelta(hours=1)
    risk = "the source may have thrown away the logs that a job paused that long needs, and then it cannot be resumed"
    return [f"{what} {hours:.1f} hours, more than {max_pause:g}: {risk}."]


def iso(at: datetime | None) -> str:
    """ISO 8601 in UTC with a Z and whole seconds; empty for None."""
    return "" if at is None else _clock.timestamp(at.timestamp())


def local(at: datetime, where: tzinfo) -> str:
    """A time for people, in a zone, with the zone's short name."""
    return at.astimezone(where).strftime("%Y-%m-%d %H:%M:%S %Z")
