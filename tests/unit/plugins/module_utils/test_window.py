# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of time at a fixed moment: across midnight, across clock changes, in a freeze, and what does not describe one."""

from __future__ import annotations

import re
import time
import zoneinfo
from datetime import date, datetime, timedelta

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _window
from ansible_collections.huaweicloud.drs.plugins.module_utils._window import UTC, Freeze, Look, WindowError
from hypothesis import assume, example, given
from hypothesis import strategies as st

BERLIN = "Europe/Berlin"


@pytest.fixture(autouse=True, scope="module")
def _far_from_utc():
    """The machine's own time zone must not count: it is one that is far from UTC and from those of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        yield
    time.tzset()


def epoch(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def look(now, *arguments, **options):
    return _window.look(epoch(now), *arguments, **options)


@pytest.mark.parametrize(
    ("now", "start", "end", "zone", "opens", "closes", "is_open"),
    [
        # no limit, on either side
        ("2026-03-01T12:00:00+00:00", "", "", "UTC", "", "", True),
        ("2026-03-01T12:00:00+00:00", " ", "\t", "UTC", "", "", True),
        ("2026-03-01T12:00:00+00:00", None, None, "UTC", "", "", True),
        ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00Z", "", "UTC", "2026-03-01T12:00:00Z", "", True),
        ("2026-03-01T12:00:00+00:00", "", "2026-03-01T12:00:00Z", "UTC", "", "2026-03-01T12:00:00Z", False),
        # parts of a second of a limit do not count
        ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00.9Z", "", "UTC", "2026-03-01T12:00:00Z", "", True),
        ("2026-03-01T12:00:00+00:00", "", "2026-03-01T12:00:00.9Z", "UTC", "", "2026-03-01T12:00:00Z", False),
        # ISO 8601: the offset counts, not the zone
        (
            "2026-03-01T20:59:59+00:00",
            "2026-03-01T22:00:00+01:00",
            "2026-03-02T02:00:00+01:00",
            "Asia/Tokyo",
            "2026-03-01T21:00:00Z",
            "2026-03-02T01:00:00Z",
            False,
        ),
        (
            "2026-03-01T21:00:00+00:00",
            "2026-03-01 22:00:00+01:00",
            "2026-03-02T02:00:00+01:00",
            "UTC",
            "2026-03-01T21:00:00Z",
            "2026-03-02T01:00:00Z",
            True,
        ),
        # the first and the last year
        (
            "2026-03-01T12:00:00Z",
            "1970-01-01T00:00:00Z",
            "9998-12-31T23:59:59Z",
            "Asia/Tokyo",
            "1970-01-01T00:00:00Z",
            "9998-12-31T23:59:59Z",
            True,
        ),
        # every day
        ("2026-03-01T10:00:00+00:00", "9:00", "17:00", "UTC", "2026-03-01T09:00:00Z", "2026-03-01T17:00:00Z", True),
        ("2026-03-01T10:00:00+00:00", " 9:00 ", "17:59\n", "z", "2026-03-01T09:00:00Z", "2026-03-01T17:59:00Z", True),
        ("2026-03-01T17:00:00+00:00", "09:00", "17:00", "UTC", "2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z", False),
        # across midnight: before it, after it, and outside
        ("2026-03-01T22:30:00+01:00", "22:00", "02:00", BERLIN, "2026-03-01T21:00:00Z", "2026-03-02T01:00:00Z", True),
        ("2026-03-02T01:59:59+01:00", "22:00", "02:00", BERLIN, "2026-03-01T21:00:00Z", "2026-03-02T01:00:00Z", True),
        ("2026-03-02T02:00:00+01:00", "22:00", "02:00", BERLIN, "2026-03-02T21:00:00Z", "2026-03-03T01:00:00Z", False),
        # the clock goes from 02:00 to 03:00 on 2026-03-29: a skipped 02:30 is 03:30 summer time
        ("2026-03-29T03:29:59+02:00", "02:30", "05:00", BERLIN, "2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z", False),
        ("2026-03-29T03:30:00+02:00", "02:30", "05:00", BERLIN, "2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z", True),
        ("2026-03-29T03:29:59+02:00", "23:00", "02:30", BERLIN, "2026-03-28T22:00:00Z", "2026-03-29T01:30:00Z", True),
        ("2026-03-29T03:30:00+02:00", "23:00", "02:30", BERLIN, "2026-03-29T21:00:00Z", "2026-03-30T00:30:00Z", False),
        # a window that the change skips whole is an hour later by the clock, and as long as ever
        ("2026-03-29T03:10:00+02:00", "02:10", "02:50", BERLIN, "2026-03-29T01:10:00Z", "2026-03-29T01:50:00Z", True),
        # a start that the change brings behind its end, or up to it: no window on that day
        ("2026-03-29T03:20:00+02:00", "02:30", "03:15", BERLIN, "2026-03-30T00:30:00Z", "2026-03-30T01:15:00Z", False),
        ("2026-03-29T03:10:00+02:00", "02:30", "03:30", BERLIN, "2026-03-30T00:30:00Z", "2026-03-30T01:30:00Z", False),
        # the clock goes back at 03:00 on 2026-10-25: a time that comes twice counts at its first
        ("2026-10-25T02:30:00+02:00", "02:30", "04:00", BERLIN, "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z", True),
        ("2026-10-25T02:10:00+01:00", "02:30", "04:00", BERLIN, "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z", True),
        ("2026-10-25T02:29:59+02:00", "01:00", "02:30", BERLIN, "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z", True),
        ("2026-10-25T02:15:00+01:00", "01:00", "02:30", BERLIN, "2026-10-26T00:00:00Z", "2026-10-26T01:30:00Z", False),
        # a change of half an hour, on the other side of the world: from 02:00 to 02:30
        (
            "2026-10-04T02:44:59+11:00",
            "02:15",
            "03:00",
            "Australia/Lord_Howe",
            "2026-10-03T15:45:00Z",
            "2026-10-03T16:00:00Z",
            False,
        ),
        # a whole date is skipped: the end that was meant for it comes on the date after
        (
            "2011-12-31T01:00:00+14:00",
            "22:00",
            "02:00",
            "Pacific/Apia",
            "2011-12-30T08:00:00Z",
            "2011-12-30T12:00:00Z",
            True,
        ),
    ],
)
def test_look(now, start, end, zone, opens, closes, is_open):
    seen = look(now, start, end, zone)
    assert (seen.opens_at, seen.closes_at, seen.open) == (opens, closes, is_open)
    assert bool(seen.reason) is not is_open


def test_an_answer_in_full():
    assert look("2026-03-02T01:30:59.5+01:00", "22:00", "02:00", BERLIN) == Look(
        now="2026-03-02 01:30:59 CET",
        open=True,
        reason="",
        opens_at="2026-03-01T21:00:00Z",
        closes_at="2026-03-02T01:00:00Z",
        minutes_left=29,
    )


def test_the_reason_says_when_it_opens_and_when_it_closed():
    assert look("2026-03-02T03:00:00+01:00", "22:00", "02:00", BERLIN).reason == (
        "The window is closed: it is 2026-03-02 03:00:00 CET, and it opens at 2026-03-02 22:00:00 CET."
    )
    assert look("2026-03-02T03:00:00Z", "", "2026-03-02T02:00:00Z", "UTC").reason == (
        "The window is closed: it is 2026-03-02 03:00:00 UTC, and it closed at 2026-03-02 02:00:00 UTC."
    )


def test_the_reasons_are_in_the_zone_of_the_window():
    assert look("2026-03-02T03:00:00Z", "", "2026-03-02T02:00:00Z", BERLIN).reason == (
        "The window is closed: it is 2026-03-02 04:00:00 CET, and it closed at 2026-03-02 03:00:00 CET."
    )
    assert (
        "it closes at 2026-03-02 04:30:00 CET, in 30"
        in look("2026-03-02T03:00:00Z", "", "2026-03-02T03:30:00Z", BERLIN, 60).reason
    )


def test_a_closed_window_has_no_minutes_left():
    assert look("2026-03-02T03:00:00Z", "", "2026-03-02T02:00:00Z", "UTC").minutes_left == 0


@pytest.mark.parametrize(("min_left", "is_open"), [(29, True), (30, True), (30.1, False), (float("inf"), False)])
def test_too_little_left(min_left, is_open):
    seen = look("2026-03-02T01:30:00Z", "22:00", "02:00", "UTC", min_left)
    assert (seen.open, seen.minutes_left) == (is_open, 30)
    assert seen.reason == (
        ""
        if is_open
        else "Too little of the window is left: it closes at 2026-03-02 02:00:00 UTC, in 30 minutes, "
        "and min_left is %g." % min_left
    )


def test_one_minute_is_one():
    assert "in 1 minute, and min_left is 2." in look("2026-03-02T01:58:30Z", "22:00", "02:00", "UTC", 2).reason


def test_by_default_the_last_moment_is_enough():
    seen = look("2026-03-02T01:59:59.9Z", "22:00", "02:00", "UTC")
    assert (seen.open, seen.minutes_left) == (True, 0)


def test_an_endless_window_has_enough_left():
    seen = look("2026-03-02T01:30:00Z", "", "", "UTC", 600)
    assert (seen.open, seen.minutes_left) == (True, -1)


@pytest.mark.parametrize("min_left", [-0.5, float("nan")])
def test_min_left_that_is_not_a_number_of_minutes(min_left):
    with pytest.raises(
        WindowError, match=r"^min_left \((-0.5|nan)\) is not a valid number of minutes: give 0 or more.$"
    ):
        look("2026-03-02T01:30:00Z", "", "", "UTC", min_left)


@pytest.mark.parametrize(
    ("now", "freeze", "frozen"),
    [
        # both ends are included
        ("2026-12-23T23:59:59+01:00", ["2026-12-24/2027-01-02"], ""),
        ("2026-12-24T00:00:00+01:00", ["2026-12-24/2027-01-02"], "2026-12-24/2027-01-02"),
        ("2026-12-28T12:00:00+01:00", ["2026-12-24/2027-01-02"], "2026-12-24/2027-01-02"),
        ("2027-01-02T23:59:59+01:00", ["2026-12-24/2027-01-02"], "2026-12-24/2027-01-02"),
        ("2027-01-03T00:00:00+01:00", ["2026-12-24/2027-01-02"], ""),
        # the date is the zone's, not that of UTC
        ("2026-12-23T23:30:00Z", ["2026-12-24"], "2026-12-24"),
        ("2026-12-24T23:30:00Z", ["2026-12-24"], ""),
        # a list, with blank entries, spaces, and a span of one date
        ("2026-12-24T12:00:00Z", ["", "  ", "2026-12-23", " 2026-12-24 / 2026-12-24\n"], "2026-12-24"),
        ("2026-12-24T12:00:00Z", ["2026-12-23", "", "2026-12-25"], ""),
        # as YAML makes it of an unquoted one
        ("2026-12-24T12:00:00Z", [date(2026, 12, 24)], "2026-12-24"),
        ("2026-12-24T12:00:00Z", [], ""),
        ("2026-12-24T12:00:00Z", None, ""),
    ],
)
def test_a_freeze(now, freeze, frozen):
    seen = look(now, None, None, BERLIN, freeze=freeze)
    assert seen.open is not bool(frozen)
    assert seen.reason == ("It is %s, and nothing may begin in the freeze %s." % (seen.now, frozen) if frozen else "")


def test_a_freeze_counts_after_midnight_in_a_window_that_opened_before():
    evening = look("2026-12-23T23:59:59Z", "22:00", "02:00", "UTC", freeze=["2026-12-24"])
    night = look("2026-12-24T00:00:00Z", "22:00", "02:00", "UTC", freeze=["2026-12-24"])
    assert (evening.open, night.open) == (True, False)
    assert (night.opens_at, night.closes_at, night.minutes_left) == (
        "2026-12-23T22:00:00Z",
        "2026-12-24T02:00:00Z",
        120,
    )


def test_a_closed_window_that_opens_in_a_freeze():
    freeze = ["2026-12-20", "2026-12-24/2026-12-26"]
    assert look("2026-12-23T12:00:00Z", "00:00", "04:00", BERLIN, freeze=freeze).reason == (
        "The window is closed: it is 2026-12-23 13:00:00 CET, and it opens at 2026-12-24 00:00:00 CET. "
        "That lies in the freeze 2026-12-24/2026-12-26."
    )
    # In the zone, it opens on the date before.
    assert "freeze" not in look("2026-12-23T12:00:00Z", "23:30", "04:00", "America/New_York", freeze=freeze).reason


NOT_A_DATE = (
    " is not a valid date or span of dates: give one such as 2026-12-24, or its first and last date, "
    "such as 2026-12-24/2027-01-02."
)


@pytest.mark.parametrize(
    ("freeze", "words"),
    [
        ("2026-13-01", "The freeze '2026-13-01'" + NOT_A_DATE),
        ("2026-12-24/2026-12-32", "The freeze '2026-12-24/2026-12-32'" + NOT_A_DATE),
        ("0000-01-01", "The freeze '0000-01-01'" + NOT_A_DATE),
        ("Christmas", "The freeze 'Christmas'" + NOT_A_DATE),
        ("24.12.2026", "The freeze '24.12.2026'" + NOT_A_DATE),
        ("20261224", "The freeze '20261224'" + NOT_A_DATE),
        ("2026-12-24/", "The freeze '2026-12-24/'" + NOT_A_DATE),
        ("2026-12-24 to 2026-12-26", "The freeze '2026-12-24 to 2026-12-26'" + NOT_A_DATE),
        ("2026-12-24T12:00:00Z", "The freeze '2026-12-24T12:00:00Z'" + NOT_A_DATE),
        ("٢٠٢٦-١٢-٢٤", "The freeze '٢٠٢٦-١٢-٢٤'" + NOT_A_DATE),
        (
            "2027-01-02/2026-12-24",
            "The freeze '2027-01-02/2026-12-24' ends before it starts: give its first date first.",
        ),
    ],
)
def test_what_is_not_a_freeze(freeze, words):
    with pytest.raises(WindowError) as refused:
        look("2026-03-01T12:00:00Z", "", "", "UTC", freeze=["2026-01-01", freeze])
    assert str(refused.value) == words


OF_ONE_KIND = ") must be of one kind: both HH:MM, or ISO 8601 with an offset."
NOT_A_TIME = " is not a valid time: give HH:MM, or ISO 8601 with an offset, such as 2026-03-01T22:00:00+01:00."
NOT_A_LIMIT = " is not a valid limit of a window: its year must be from 1970 to 9998. Leave it out for no limit."
NOT_A_ZONE = " is not a valid IANA name: give one such as Europe/Berlin."


@pytest.mark.parametrize(
    ("start", "end", "zone", "words"),
    [
        ("22:00", "", "UTC", "The window's start (22:00) and end (not given" + OF_ONE_KIND),
        ("", "22:00", "UTC", "The window's start (not given) and end (22:00" + OF_ONE_KIND),
        (None, "00:00", "UTC", "The window's start (not given) and end (00:00" + OF_ONE_KIND),
        ("0:00", None, "UTC", "The window's start (0:00) and end (not given" + OF_ONE_KIND),
        (
            "22:00",
            "2026-03-01T22:00:00Z",
            "UTC",
            "The window's start (22:00) and end (2026-03-01T22:00:00Z" + OF_ONE_KIND,
        ),
        (
            "2026-03-01T22:00:00Z",
            "23:00",
            "UTC",
            "The window's start (2026-03-01T22:00:00Z) and end (23:00" + OF_ONE_KIND,
        ),
        (
            "9:00",
            "09:00",
            "UTC",
            "The window starts and ends at the same time of day (9:00): leave both out for no limit.",
        ),
        (
            "2026-03-01T22:00:00",
            "",
            "UTC",
            (
                "The time '2026-03-01T22:00:00' has no offset from UTC: write it as 2026-03-01T22:00:00+01:00 or "
                "2026-03-01T22:00:00Z, for example."
            ),
        ),
        (
            "2026-03-01T22:00:00Z",
            "2026-03-01T23:00:00+01:00",
            "UTC",
            "The window's end (2026-03-01T23:00:00+01:00) is not after its start (2026-03-01T22:00:00Z).",
        ),
        (
            "1320",
            "120",
            "UTC",
            "The time 1320 is a number: YAML makes one of an unquoted 22:00. Write it in quotes, as HH:MM.",
        ),
        (
            "22:00",
            "0",
            "UTC",
            "The time 0 is a number: YAML makes one of an unquoted 22:00. Write it in quotes, as HH:MM.",
        ),
        ("24:00", "02:00", "UTC", "'24:00'" + NOT_A_TIME),
        ("22:60", "02:00", "UTC", "'22:60'" + NOT_A_TIME),
        ("22:00:00", "02:00", "UTC", "'22:00:00'" + NOT_A_TIME),
        ("12345", "02:00", "UTC", "'12345'" + NOT_A_TIME),
        ("22:00", "ten o'clock", "UTC", '"ten o\'clock"' + NOT_A_TIME),
        ("1969-12-31T23:59:59Z", "", "UTC", "'1969-12-31T23:59:59Z'" + NOT_A_LIMIT),
        ("", "9999-01-01T00:00:00Z", "UTC", "'9999-01-01T00:00:00Z'" + NOT_A_LIMIT),
        (
            "22:00",
            "02:00",
            "Mars/Olympus",
            (
                "The time zone 'Mars/Olympus' is not known here: give an IANA name such as Europe/Berlin. If the name is "
                "right, this machine lacks the time zone data: install the system package or the Python package tzdata."
            ),
        ),
        ("22:00", "02:00", "../etc/passwd", "The time zone '../etc/passwd'" + NOT_A_ZONE),
        ("22:00", "02:00", "", "The time zone ''" + NOT_A_ZONE),
    ],
)
def test_what_does_not_describe_a_window(start, end, zone, words):
    with pytest.raises(WindowError) as refused:
        look("2026-03-01T12:00:00Z", start, end, zone)
    assert str(refused.value) == words


def test_missing_zone_data_is_told(monkeypatch):
    def lost(name):
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(_window, "ZoneInfo", lost)
    with pytest.raises(WindowError, match="Python package tzdata"):
        look("2026-03-01T12:00:00Z", "22:00", "02:00", BERLIN)
    assert look("2026-03-01T12:00:00Z", "12:00", "13:00", " utc ").open


def test_iso():
    assert (_window.iso(None), _window.iso(_window.moment(" 2026-03-01T22:00:00.25+01:00 "))) == (
        "",
        "2026-03-01T21:00:00Z",
    )
    assert _window.moment("2026-03-01T22:00:00.25+01:00").microsecond == 250000


MINUTES = st.integers(0, 24 * 60 - 1)
# Clock changes of an hour and of half an hour, at 02:00, at midnight and just before it, and a date that was skipped.
ZONES = st.sampled_from(
    [
        "UTC",
        BERLIN,
        "America/New_York",
        "America/Havana",
        "America/Nuuk",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Apia",
    ]
)
DATES = st.dates(date(2025, 1, 1), date(2026, 12, 31)) | st.dates(date(2011, 12, 28), date(2012, 1, 2))


def zone_changes(name):
    """The hours, in UTC, of 2025 and 2026 before which the offset of a zone changed."""
    where = _window.zone(name)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(minutes=30 * half) for half in range(2 * 365 * 48)]
    offsets = [hour.astimezone(where).utcoffset() for hour in hours]
    return [hours[place] for place in range(1, len(hours)) if offsets[place] != offsets[place - 1]]


CHANGES = [
    (name, at)
    for name in (BERLIN, "America/Nuuk", "America/Havana", "Australia/Lord_Howe")
    for at in zone_changes(name)
]
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda found: found.replace(tzinfo=UTC))
PLACES = st.tuples(ZONES, MOMENTS) | st.builds(
    lambda change, seconds: (change[0], change[1] + timedelta(seconds=seconds)),
    st.sampled_from(CHANGES),
    st.integers(-2 * 86400, 2 * 86400),
)
FREEZES = st.lists(st.tuples(DATES, DATES).map(lambda pair: Freeze(min(pair), max(pair))), max_size=3)


def of_day(minute):
    return "%02d:%02d" % divmod(minute, 60)


def limits(seen):
    return [epoch(text) if text else None for text in (seen.opens_at, seen.closes_at)]


def test_there_are_clock_changes_to_try():
    assert len(CHANGES) >= 12


@given(place=PLACES, start=MINUTES, end=MINUTES)
@example(place=("America/Nuuk", datetime(2025, 3, 30, 1, 10, tzinfo=UTC)), start=23 * 60 + 45, end=23 * 60 + 30)
def test_every_day_has_a_window_or_the_next_one_has(place, start, end):
    assume(start != end)
    name, now = place
    where = _window.zone(name)
    seen = _window.look(now.timestamp(), of_day(start), of_day(end), name)
    opens, closes = limits(seen)
    assert seen.open is (opens <= now.timestamp() < closes)
    assert now.timestamp() < closes
    assert closes - opens <= 25 * 3600
    assert opens - now.timestamp() <= 49 * 3600
    # Without a clock change near, an open window is one whose wall clock lies between the two times of day.
    near = {(now + timedelta(days=days)).astimezone(where).utcoffset() for days in (-2, -1, 0, 1, 2)}
    if len(near) == 1:
        wall = now.astimezone(where)
        minute = wall.hour * 60 + wall.minute
        assert seen.open is (start <= minute < end if start < end else minute >= start or minute < end)


@given(place=PLACES, start=MINUTES, end=MINUTES)
def test_an_open_window_is_never_missed(place, start, end):
    """Each date's own window, by RFC 5545, for the dates around: it is open if and only if one of them is."""
    assume(start != end)
    name, now = place
    where = _window.zone(name)
    dates = [now.astimezone(where).date() + timedelta(days=days) for days in range(-4, 4)]
    spans = [
        (rfc_5545(day, start, where), rfc_5545(day + timedelta(days=int(end < start)), end, where)) for day in dates
    ]
    expected = any(opens <= now < closes for opens, closes in spans)
    assert _window.look(now.timestamp(), of_day(start), of_day(end), name).open is expected


def rfc_5545(day, minute, where):
    """The first moment whose clock shows that minute; else the one by the offset before the gap. By trying every minute."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    around = {
        (wall.replace(tzinfo=UTC) + timedelta(hours=hours)).astimezone(where).utcoffset() for hours in range(-30, 31, 6)
    }
    tries = sorted(wall.replace(tzinfo=UTC) - offset for offset in around)
    shown = [at for at in tries if at.astimezone(where).replace(tzinfo=None) == wall]
    # The offset before a gap is the smaller one, and so gives the later moment.
    return shown[0] if shown else tries[-1]


@given(now=MOMENTS, zone=ZONES, freezes=FREEZES)
def test_a_freeze_is_decided_by_the_date_in_the_zone(now, zone, freezes):
    seen = _window.look(now.timestamp(), None, None, zone, freeze=[str(freeze) for freeze in freezes])
    today = seen.now[:10]
    hit = [freeze for freeze in freezes if str(freeze.first) <= today <= str(freeze.last)]
    assert seen.open is not bool(hit)
    assert not hit or str(hit[0]) in seen.reason


TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(datetime.isoformat)
TEXTS = (
    st.none() | st.text() | MINUTES.map(of_day) | st.builds("{}{}".format, TIMES, st.sampled_from(["", "Z", "-14:00"]))
)


def looked(*arguments):
    """What look() says, and the text of its refusal; one of them is None."""
    try:
        return _window.look(*arguments), None
    except WindowError as error:
        return None, str(error)


@given(
    now=MOMENTS,
    start=TEXTS,
    end=TEXTS,
    zone=ZONES | st.text(),
    min_left=st.floats(),
    freeze=st.lists(DATES.map(str) | st.text(), max_size=2),
)
@example(now=datetime(2026, 1, 1, tzinfo=UTC), start="0001-01-01T00:00:00Z", end="", zone=BERLIN, min_left=0, freeze=[])
@example(now=datetime(2026, 1, 1, tzinfo=UTC), start="", end="", zone="a\0b", min_left=0, freeze=[])
@example(now=datetime(2026, 1, 1, tzinfo=UTC), start="", end="", zone="Europe", min_left=0, freeze=[])
@example(now=datetime(2026, 1, 1, tzinfo=UTC), start="", end="", zone="x" * 5000, min_left=0, freeze=[])
def test_whatever_is_given_is_refused_in_words_or_answered(now, start, end, zone, min_left, freeze):
    seen, refusal = looked(now.timestamp(), start, end, zone, min_left, freeze)
    if seen is None:
        assert refusal.endswith(".")
        return
    opens, closes = limits(seen)
    assert seen.open is (seen.reason == "")
    assert seen.open or seen.reason.endswith(".")
    assert not seen.open or (
        (opens is None or opens <= now.timestamp()) and (closes is None or now.timestamp() < closes)
    )
    assert seen.minutes_left >= 0 if closes else seen.minutes_left == -1
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .+", seen.now)
