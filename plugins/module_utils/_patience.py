# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that are refused to everybody, retried until that is final. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers, _clock, _reconcile
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import Client, Runtime

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class Patience:
    """settle_time: seconds for which a refusal of reads may be a stray one, once the run had been authorized."""

    def __init__(self, client: Client, runtime: Runtime, settle_time: float) -> None:
        self._client, self._runtime, self._settle_time = client, runtime, settle_time
        self.authorized = False

    def wait(self, seconds: float) -> bool:
        """Whether the deadline is further away than these seconds, and they have passed."""
        clock = self._client.http.clock
        if clock.monotonic() + seconds >= self._client.http.deadline:
            return False
        return seconds <= 0 or _clock.pause(clock, seconds, self._runtime.listening)

    def while_denied(
        self,
        names: Sequence[str],
        ask: Callable[[Sequence[str]], None],
        reading_of: Callable[[str], Reading | None],
    ) -> None:
        """Asks again for what is refused to everybody, until that is final. reading_of: what was read last."""
        denials: _reconcile.Denials | None = None
        while True:
            found = {name: reading_of(name) for name in names}
            denied = {name: one for name, one in found.items() if one and one.kind == _answers.UNAUTHORIZED}
            if not denied:
                return
            first = next(iter(denied.values()))
            now = self._client.http.clock.monotonic()
            denials, final = _reconcile.after_denial(denials, first, now, self.authorized, self._settle_time)
            seconds = _clock.growing_pause(denials.number - 1, FIRST_PAUSE, LONGEST_PAUSE, self._runtime.random)
            if final or not self.wait(seconds):
                return
            ask(list(denied))
