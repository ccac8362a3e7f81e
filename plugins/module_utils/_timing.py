# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, handed in wherever it is needed, so that tests hold the clock. Private to this collection."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """The machine's own clock. All values are seconds."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def growing_pause(attempt: int, first: float, longest: float, random: Callable[[], float]) -> float:
    """Seconds to wait after the given attempt (0, 1, 2...): doubled each time, capped, then shortened by up to half.

    The jitter keeps many runs that were refused together from coming back together.
    """
    full = min(longest, first * 2.0 ** min(attempt, 30))
    return full * (0.5 + random() / 2)
