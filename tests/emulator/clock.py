# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three clocks: immediate, scaled real time, and one moved by hand.

``now()`` is the service's own time in seconds: statuses, lags, durations and token lifetimes are counted in it.
``wall()`` is the date in epoch seconds: signatures are checked and start times are read against it.
"""

from __future__ import annotations

import time


class Clock:
    """Real time, one service second a second."""

    kind = "scaled"

    def __init__(self, scale: float = 1.0) -> None:
        if scale <= 0:
            raise ValueError("scale must be above 0")
        self.scale = float(scale)
        self._began = time.monotonic()

    def now(self) -> float:
        """Service seconds since the clock was made."""
        return (time.monotonic() - self._began) * self.scale

    def wall(self) -> float:
        """Epoch seconds. Never scaled: clients sign with the real date."""
        return time.time()

    def tick(self, seconds: float) -> None:
        """Move a manual clock; the others refuse.

        :raises ValueError: when this clock is not moved by hand.
        """
        raise ValueError(f"the clock '{self.kind}' is not moved by hand")


class ImmediateClock(Clock):
    """Statuses move with each reading of a job instead of with time."""

    kind = "immediate"


class ManualClock(Clock):
    """Stands still until ``tick()``."""

    kind = "manual"

    def __init__(self, wall: float | None = None) -> None:
        super().__init__()
        self._wall = time.time() if wall is None else float(wall)
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._wall + self._now

    def tick(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("a clock does not go back")
        self._now += seconds


def make_clock(clock: str | Clock, scale: float = 1.0) -> Clock:
    """The clock of that name, or the one given.

    :raises ValueError: for a name other than immediate, scaled or manual.
    """
    if isinstance(clock, Clock):
        return clock
    if clock == "immediate":
        return ImmediateClock()
    if clock == "scaled":
        return Clock(scale)
    if clock == "manual":
        return ManualClock()
    raise ValueError(f"no clock is called '{clock}': immediate, scaled, manual")
