# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job of a run: what was requested, what is known of it, and how it ended. Private to this collection."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Desired
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import Done, State

OUTCOMES = ("ok", "accepted", "failed", "timed_out", "unknown", "not_attempted")
GOOD = frozenset(("ok", "accepted"))
TIMELINE_END = 10


class Job:
    """job_id: as the user wrote it; key: as the service has it. options: the API's fields, by their names."""

    def __init__(self, job_id: str, desired: Desired, options: Mapping[str, t.Any]) -> None:
        self.id, self.key, self.desired, self.options = job_id, job_id.lower(), desired, options
        self.state = State()
        self.due = 0.0  # the monotonic second of its next read
        self.outcome: str | None = None
        self.reason: str | None = None
        self.words: str | None = None
        self.error_code: str | None = None
        self.error_msg: str | None = None
        self.request_id: str | None = None
        self.duration = 0.0  # seconds
        self.timeline: list[dict[str, str]] = []

    @property
    def done(self) -> bool:
        return self.outcome is not None

    def update(self, state: State, wall: float) -> None:
        """Takes the state over; a status that is new goes into the timeline."""
        if state.status is not None and state.status != self.state.status:
            self.timeline.append({"status": state.status, "at": timestamp(wall)})
            if len(self.timeline) > 2 * TIMELINE_END:
                del self.timeline[TIMELINE_END]
        self.state = state
        self.request_id = state.request_id

    def finish(self, done: Done) -> None:
        self.outcome, self.reason, self.words = done.outcome, done.reason, done.words
        if done.outcome not in GOOD and done.said:
            self.error_code, self.error_msg = done.said.code, done.said.msg
            self.request_id = self.request_id or done.said.request_id
