# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports how far a module that waits has got, as JSON lines in a file. Private to this collection."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock, timestamp


def reporter(path: str | None, state: str, clock: Clock) -> Callable[[Mapping[str, int]], None]:
    """A callable that appends one JSON line to the file at each call, or does nothing where path is None.

    state: a few words that fit "12 of 40 <state>". Progress is a courtesy: a full disk must not end a run.
    """

    def report(counts: Mapping[str, int]) -> None:
        if path is None:
            return
        at = timestamp(clock.wall())
        try:
            with open(path, "a", encoding="utf-8") as lines:
                lines.write(json.dumps(dict(counts, at=at, state=state)) + "\n")
        except OSError:
            pass

    return report
