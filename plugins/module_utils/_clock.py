# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time: the clock that is handed in wherever it is needed, so that tests hold it, and times as text. Private to this
collection."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

# Seconds. A caller that has exited is noticed within this time.
LONGEST_SLEEP = 2.0

_ISO_8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(?:Z|([+-])(\d\d)(?::?(\d\d))?)\Z",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# The largest offset in use is 14 hours; RFC 3339 allows up to 23:59.
_MOST_HOURS, _MOST_MINUTES = 23, 59


class Clock:
    """The machine's own clock. All values are seconds."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def pause(clock: Clock, seconds: float, listening: Callable[[], bool]) -> bool:
    """Sleep for so many seconds, in short parts, while listening() is true. Returns whether it still was at the end."""
    until = clock.monotonic() + seconds
    while listening():
        left = until - clock.monotonic()
        if left <= 0:
            return True
        clock.sleep(min(left, LONGEST_SLEEP))
    return False


def growing_pause(attempt: int, first: float, longest: float, random: Callable[[], float]) -> float:
    """Seconds to wait after the given attempt (0, 1, 2...): doubled each time, capped, then shortened by up to half.

    The jitter keeps many runs that were refused together from coming back together.
    """
    full = min(longest, first * 2.0 ** min(attempt, 30))
    return full * (0.5 + random() / 2)


def timestamp(wall: float) -> str:
    """Epoch seconds as UTC text, such as 2026-06-01T00:00:00Z."""
    return datetime.fromtimestamp(wall, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(text: str) -> int | None:
    """ISO 8601 with an offset from UTC as epoch milliseconds; None where the text is not such a time."""
    match = _ISO_8601.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    if int(hours or 0) > _MOST_HOURS or int(minutes or 0) > _MOST_MINUTES:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    micros = int((fraction or "0").ljust(6, "0")[:6])
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros, timezone.utc
        )
        return (local - offset - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None
