# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of time under a fixed clock: across midnight, across clock changes, and what describes none."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _window
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._window import UTC, WindowError, look
from hypothesis import given
from hypothesis import strategies as st

BERLIN = "Europe/Berlin"


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "start", "end", "zone", "opens", "closes", "is_open"),
    [
        # no limit, on either side
        ("2026-03-01T12:00:00+00:00", "", "", "UTC", "", "", True),
        ("2026-03-01T12:00:00+00:00", None, None, "UTC", "", "", True),
        ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00Z", "", "UTC", "2026-03-01T12:00:00Z", "", True),
        ("2026-03-01T12:00:00+00:00", "", "2026-03-01T12:00:00Z", "UTC", "", "2026-03-01T12:00:00Z", False),
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
        # every day
        ("2026-03-01T10:00:00+00:00", "9:00", "17:00", "UTC", "2026-03-01T09:00:00Z", "2026-03-01T17:00:00Z", True),
        ("2026-03-01T17:00:00+00:00", "09:00", "17:00", "UTC", "2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z", False),
        # across midnight: before it, after it, and outside
        ("2026-03-01T22:30:00+01:00", "22:00", "02:00", BERLIN, "2026-03-01T21:00:00Z", "2026-03-02T01:00:00Z", True),
        ("2026-03-02T01:59:59+01:00", "22:00", "02:00", BERLIN, "2026-03-01T21:00:00Z", "2026-03-02T01:00:00Z", True),
        ("2026-03-02T02:00:00+01:00", "22:00", "02:00", BERLIN, "2026-03-02T21:00:00Z", "2026-03-03T01:00:00Z", False),
        # the clock goes forward at 02:00 on 2026-03-29: a skipped start and a skipped end count as 03:00 summer time
        ("2026-03-29T01:59:00+01:00", "02:30", "05:00", BERLIN, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z", False),
        ("2026-03-29T03:00:00+02:00", "02:30", "05:00", BERLIN, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z", True),
        ("2026-03-29T01:59:59+01:00", "23:00", "02:30", BERLIN, "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z", True),
        ("2026-03-29T03:00:00+02:00", "23:00", "02:30", BERLIN, "2026-03-29T21:00:00Z", "2026-03-30T00:30:00Z", False),
        # a window that the change skips whole does not open that day
        ("2026-03-29T03:00:00+02:00", "02:10", "02:50", BERLIN, "2026-03-30T00:10:00Z", "2026-03-30T00:50:00Z", False),
        # the clock goes back at 03:00 on 2026-10-25: a time that comes twice counts at its first
        ("2026-10-25T02:30:00+02:00", "02:30", "04:00", BERLIN, "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z", True),
        ("2026-10-25T02:10:00+01:00", "02:30", "04:00", BERLIN, "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z", True),
        ("2026-10-25T02:29:59+02:00", "01:00", "02:30", BERLIN, "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z", True),
        ("2026-10-25T02:15:00+01:00", "01:00", "02:30", BERLIN, "2026-10-26T00:00:00Z", "2026-10-26T01:30:00Z", False),
        # a change of half an hour, on the other side of the world
        (
            "2026-10-04T02:10:00+11:00",
            "02:15",
            "03:00",
            "Australia/Lord_Howe",
            "2026-10-03T15:30:00Z",
            "2026-10-03T16:00:00Z",
            False,
        ),
    ],
)
def test_look(now, start, end, zone, opens, closes, is_open):
    seen = look(now, start, end, zone)
    assert (seen["opens_at"], seen["closes_at"], seen["open"]) == (opens, closes, is_open)
    assert bool(seen["reason"]) is not is_open


def test_the_reason_says_when_it_opens_and_when_it_closed():
    assert look("2026-03-02T03:00:00+01:00", "22:00", "02:00", BERLIN)["reason"] == (
        "The window is closed: it is 2026-03-02 03:00:00 CET, and it opens at 2026-03-02 22:00:00 CET."
    )
    assert look("2026-03-02T03:00:00Z", "", "2026-03-02T02:00:00Z")["reason"] == (
        "The window is closed: it is 2026-03-02 03:00:00 UTC, and it closed at 2026-03-02 02:00:00 UTC."
    )


@pytest.mark.parametrize(("min_left", "is_open"), [(29, True), (30, True), (31, False)])
def test_too_little_left(min_left, is_open):
    seen = look("2026-03-02T01:30:00Z", "22:00", "02:00", "UTC", min_left)
    assert (seen["open"], seen["minutes_left"]) == (is_open, 30)
    assert is_open or "closes at 2026-03-02 02:00:00 UTC, in 30 minutes, and 31 are wanted" in seen["reason"]


def test_an_endless_window_has_enough_left():
    assert look("2026-03-02T01:30:00Z", "", "", "UTC", 600)["minutes_left"] == -1


@pytest.mark.parametrize(("max_pause", "warned"), [(0, 0), (3.9, 1), (4, 0)])
def test_a_window_longer_than_a_pause_may_be(max_pause, warned):
    warnings = look("2026-03-01T22:00:00Z", "22:00", "02:00", "UTC", 0, max_pause)["warnings"]
    assert len(warnings) == warned
    assert not warned or "4.0 hours, more than 3.9" in warnings[0]


@pytest.mark.parametrize(
    ("start", "end", "zone", "words"),
    [
        ("22:00", "", "UTC", "of one kind"),
        ("", "22:00", "UTC", "of one kind"),
        ("22:00", "2026-03-01T22:00:00Z", "UTC", "of one kind"),
        ("22:00", "22:00", "UTC", "same time of day"),
        ("2026-03-01T22:00:00", "", "UTC", "no offset"),
        ("2026-03-01T22:00:00Z", "2026-03-01T22:00:00Z", "UTC", "before it starts"),
        (1320, 120, "UTC", "in quotes"),
        ("24:00", "02:00", "UTC", "neither HH:MM nor ISO"),
        ("ten o'clock", "", "UTC", "neither HH:MM nor ISO"),
        ("22:00", "02:00", "Mars/Olympus", "not known here"),
        ("22:00", "02:00", "../etc/passwd", "no IANA name"),
        ("22:00", "02:00", "", "no IANA name"),
    ],
)
def test_what_is_no_window(start, end, zone, words):
    with pytest.raises(WindowError, match=words):
        look("2026-03-01T12:00:00Z", start, end, zone)


def test_missing_zone_data_is_told(monkeypatch):
    def lost(name):
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(_window, "ZoneInfo", lost)
    with pytest.raises(WindowError, match="Python package tzdata"):
        look("2026-03-01T12:00:00Z", "22:00", "02:00", BERLIN)
    assert look("2026-03-01T12:00:00Z", "12:00", "13:00", "UTC")["open"]


MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
ZONES = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])


@given(now=MOMENTS, start=MINUTES, end=MINUTES, zone=ZONES)
def test_every_day_has_a_window_or_the_next_one_has(now, start, end, zone):
    if start == end:
        return
    where = _window.zone(zone)
    found = _window.daily(now, start, end, where)
    assert found.start < found.end
    assert now < found.end
    assert found.end - found.start <= timedelta(hours=25)
    assert found.start - now <= timedelta(hours=49)
    # Without a clock change between, an open window is one whose wall clock lies between the two times of day.
    steady = found.start.astimezone(where).utcoffset() == found.end.astimezone(where).utcoffset()
    if found.start <= now and steady:
        wall = now.astimezone(where)
        minute = wall.hour * 60 + wall.minute
        assert start <= minute < end if start < end else minute >= start or minute < end


@given(day=st.dates(datetime(2025, 1, 1).date(), datetime(2027, 1, 1).date()), minute=MINUTES, zone=ZONES)
def test_an_instant_shows_its_minute_unless_the_clock_skips_it(day, minute, zone):
    where = _window.zone(zone)
    moment = _window.instant(day, minute, where)
    wall = moment.astimezone(where).replace(tzinfo=None)
    asked = datetime(day.year, day.month, day.day, minute // 60, minute % 60)
    just_before = (moment - timedelta(minutes=1)).astimezone(where).replace(tzinfo=None)
    assert wall == asked or just_before < asked < wall
