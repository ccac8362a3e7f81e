# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds back the writes of a run: waves, the most failures, the most changes. Pure. Private to this collection."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Sequence

_WAVE = re.compile(r"([0-9]{1,9})(%?)\Z", re.ASCII)


class GuardError(Exception):
    """An option cannot be right. The text names it, and says what would be."""


class Wave(t.NamedTuple):
    """So many jobs, or so many per cent of all."""

    number: int
    of_hundred: bool

    def size(self, total: int) -> int:
        return max(1, total * self.number // 100) if self.of_hundred else self.number


class Guards(t.NamedTuple):
    """serial: the waves, the last of which repeats; none means all jobs at once. max_changes: the most jobs that may be
    written to. max_fail: the most jobs that may end badly before the later waves are sent nothing."""

    serial: tuple[Wave, ...] = ()
    max_changes: int | None = None
    max_fail: int | None = None


NO_GUARDS = Guards()


def serial_of(values: Sequence[t.Any]) -> tuple[Wave, ...]:
    """The waves of a list of numbers and percentages. Raises GuardError."""
    waves = []
    for value in values:
        found = _WAVE.match(str(value).strip())
        if not found or int(found[1]) < 1:
            raise GuardError(
                "serial holds '%s', and must hold numbers of jobs above 0, or percentages such as 25%%" % (value,)
            )
        waves.append(Wave(int(found[1]), bool(found[2])))
    return tuple(waves)


def sizes(total: int, serial: Sequence[Wave]) -> list[int]:
    """How many jobs each wave has, of so many in all."""
    found: list[int] = []
    left = total
    while left > 0:
        wave = serial[min(len(found), len(serial) - 1)].size(total) if serial else left
        found.append(min(wave, left))
        left -= found[-1]
    return found
