# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hours in which a maintenance may begin: are they now, until when, and how much of them is left. Pure: the present
time is an argument. Private to this collection.

A window is either one span between two ISO 8601 times, or a span of every day between two times of day in a time zone. A
time of day that a clock change makes happen twice counts at its first. One that the change skips is read with the offset
from UTC before the change (RFC 5545, section 3.3.5): where the clock goes from 02:00 to 03:00, 02:30 is half an hour
after the change. On the dates of a freeze nothing may begin.
"""

from __future__ import annotations

import math
import re
import typing as t
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from datetime import timezone as _timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ansible_collections.huaweicloud.drs.plugins.module_utils import _clock

UTC = _timezone.utc
MINUTE = timedelta(minutes=1)
# Years whose times exist in every time zone: Python's own end with 9999.
FIRST_YEAR, LAST_YEAR = 1970, 9998

_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
_NUMBER = re.compile(r"[0-9]{1,4}\Z")
_DATES = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\s*/\s*([0-9]{4}-[0-9]{2}-[0-9]{2}))?\Z")


class WindowError(ValueError):
    """What was given does not describe a window; the text tells the user which value and what would."""


class Span(t.NamedTuple):
    """From ``start`` on and before ``end``; None is no limit on that side. Both are aware, in UTC."""

    start: datetime | None
    end: datetime | None


class Freeze(t.NamedTuple):
    """From the date ``first`` to the date ``last``, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else "%s/%s" % self


class Look(t.NamedTuple):
    """What can be said of a window at one moment."""

    now: str  # in the time zone, for people
    open: bool  # a maintenance may begin
    reason: str  # why not, in sentences; empty where it may
    opens_at: str  # ISO 8601 in UTC; empty for no limit
    closes_at: str  # ISO 8601 in UTC; empty for no limit
    minutes_left: int  # whole minutes until it closes; -1 for no limit


def look(
    now: float,
    start: str | None,
    end: str | None,
    timezone: str,
    min_left: float = 0.0,
    freeze: Iterable[str] | None = (),
) -> Look:
    """The window from ``start`` to ``end`` at ``now`` (epoch seconds).

    ``start`` and ``end`` are both HH:MM in ``timezone`` (an IANA name), or ISO 8601 with an offset; blank is no limit.
    With less than ``min_left`` minutes left, and on the dates of ``freeze``, it counts as closed. Raises WindowError.
    """
    if min_left < 0 or math.isnan(min_left):
        raise WindowError("min_left (%g) is not a valid number of minutes: give 0 or more." % min_left)
    where = zone(timezone)
    freezes = read_freezes(freeze or ())
    at = datetime.fromtimestamp(now, UTC)
    found = span(at, start, end, where)
    reason = (
        _why_frozen(at, freezes, where)
        or _why_closed(at, found, freezes, where)
        or _why_too_short(at, found, min_left, where)
    )
    return Look(
        now=local(at, where),
        open=not reason,
        reason=reason,
        opens_at=iso(found.start),
        closes_at=iso(found.end),
        minutes_left=-1 if found.end is None else max(0, (found.end - at) // MINUTE),
    )


def zone(name: t.Any) -> tzinfo:
    """The time zone of an IANA name; UTC needs no data. Raises WindowError."""
    text = str(name).strip()
    if text.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(text)
    except ZoneInfoNotFoundError:
        raise WindowError(
            "The time zone %r is not known here: give an IANA name such as Europe/Berlin. If the name is right, "
            "this machine lacks the time zone data: install the system package or the Python package tzdata." % text
        ) from None
    except (ValueError, OSError):
        raise WindowError("The time zone %r is not a valid IANA name: give one such as Europe/Berlin." % text) from None


def moment(value: t.Any) -> datetime:
    """An ISO 8601 time with an offset, as text or as YAML makes of it, in UTC. Raises WindowError."""
    text = str(value).strip()
    found = _clock.milliseconds(text)
    if found is not None:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=found)
    if _clock.milliseconds(text + "Z") is not None:
        raise WindowError(
            "The time %r has no offset from UTC: write it as %s+01:00 or %sZ, for example." % (text, text, text)
        )
    raise WindowError(
        "%r is not a valid time: give HH:MM, or ISO 8601 with an offset, such as 2026-03-01T22:00:00+01:00." % text
    )


def iso(at: datetime | None) -> str:
    """ISO 8601 in UTC with a Z and whole seconds; empty for None."""
    return "" if at is None else _clock.timestamp(at.timestamp())


def local(at: datetime, where: tzinfo) -> str:
    """A time for people, in a zone, with the zone's short name."""
    return at.astimezone(where).strftime("%Y-%m-%d %H:%M:%S %Z")


def read_freezes(entries: Iterable[t.Any]) -> list[Freeze]:
    """The freezes of a list of dates and of spans FIRST/LAST. Blank entries are dropped. Raises WindowError."""
    return [_freeze(text) for text in (str(entry).strip() for entry in entries) if text]


def _freeze(text: str) -> Freeze:
    match = _DATES.match(text)
    try:
        dates = [date.fromisoformat(part) for part in match.groups() if part] if match else []
    except ValueError:
        dates = []
    if not dates:
        raise WindowError(
            "The freeze %r is not a valid date or span of dates: give one such as 2026-12-24, or its first and last date, "
            "such as 2026-12-24/2027-01-02." % text
        )
    found = Freeze(dates[0], dates[-1])
    if found.last < found.first:
        raise WindowError("The freeze %r ends before it starts: give its first date first." % text)
    return found


def span(now: datetime, start: t.Any, end: t.Any, where: tzinfo) -> Span:
    """The window that ``start`` and ``end`` describe, at ``now``. Blank values are no limit. Raises WindowError."""
    start, end = ("" if value is None else str(value).strip() for value in (start, end))
    first, last = minute_of_day(start), minute_of_day(end)
    if first is not None and last is not None:
        if first == last:
            raise WindowError(
                "The window starts and ends at the same time of day (%s): leave both out for no limit." % start
            )
        return daily(now, first, last, where)
    opens = _limit(start) if start and first is None else None
    closes = _limit(end) if end and last is None else None
    if first is not None or last is not None:
        raise WindowError(
            "The window's start (%s) and end (%s) must be of one kind: both HH:MM, or ISO 8601 with an offset."
            % (start or "not given", end or "not given")
        )
    if opens and closes and closes <= opens:
        raise WindowError("The window's end (%s) is not after its start (%s)." % (end, start))
    return Span(opens, closes)


def minute_of_day(text: str) -> int | None:
    """Minutes after midnight of a time of day, or None for anything else. Raises WindowError for a number."""
    match = _TIME_OF_DAY.match(text)
    if match:
        return int(match.group(1)) * 60 + int(match.group(2))
    if _NUMBER.match(text):
        raise WindowError(
            "The time %s is a number: YAML makes one of an unquoted 22:00. Write it in quotes, as HH:MM." % text
        )
    return None


def _limit(text: str) -> datetime:
    # Whole seconds, as they are reported: what a result says of a limit is what counted.
    found = moment(text).replace(microsecond=0)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise WindowError(
            "%r is not a valid limit of a window: its year must be from %d to %d. Leave it out for no limit."
            % (text, FIRST_YEAR, LAST_YEAR)
        )
    return found


def daily(now: datetime, start: int, end: int, where: tzinfo) -> Span:
    """The span of every day, between two minutes of the day, that holds ``now``, or else the next one."""
    # Two days back: an end that a clock change skips may fall on the date after the one that it was meant for.
    day = now.astimezone(where).date() - timedelta(days=2)
    while True:
        last = day if start < end else day + timedelta(days=1)
        opens, closes = instant(day, start, where), instant(last, end, where)
        # A clock change may skip the start and not the end, and so bring it behind the end: no window on that day.
        if opens < closes and now < closes:
            return Span(opens, closes)
        day += timedelta(days=1)


def instant(day: date, minute: int, where: tzinfo) -> datetime:
    """The moment, in UTC, at which the clocks of ``where`` show that minute of that day."""
    # fold=0 is both rules of RFC 5545, section 3.3.5: the first of two, and the offset before the change for a skipped one.
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=where, fold=0)
    return wall.astimezone(UTC)


def _frozen(at: datetime, freezes: Iterable[Freeze], where: tzinfo) -> Freeze | None:
    """The freeze that the date of this moment lies in."""
    today = at.astimezone(where).date()
    return next((freeze for freeze in freezes if freeze.first <= today <= freeze.last), None)


def _why_frozen(at: datetime, freezes: Iterable[Freeze], where: tzinfo) -> str:
    freeze = _frozen(at, freezes, where)
    if freeze is None:
        return ""
    return "It is %s, and nothing may begin in the freeze %s." % (local(at, where), freeze)


def _why_closed(at: datetime, window: Span, freezes: Iterable[Freeze], where: tzinfo) -> str:
    if window.start and at < window.start:
        reason = "The window is closed: it is %s, and it opens at %s." % (local(at, where), local(window.start, where))
        freeze = _frozen(window.start, freezes, where)
        return reason if freeze is None else "%s That lies in the freeze %s." % (reason, freeze)
    if window.end and at >= window.end:
        return "The window is closed: it is %s, and it closed at %s." % (local(at, where), local(window.end, where))
    return ""


def _why_too_short(at: datetime, window: Span, min_left: float, where: tzinfo) -> str:
    if window.end is None or (window.end - at) / MINUTE >= min_left:
        return ""
    left = (window.end - at) // MINUTE
    return "Too little of the window is left: it closes at %s, in %d minute%s, and min_left is %g." % (
        local(window.end, where),
        left,
        "" if left == 1 else "s",
        min_left,
    )
