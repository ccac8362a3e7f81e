# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job of a run: what was asked, what happened, and how it ended. Private to this collection."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from datetime import datetime, timezone

from ansible_collections.huaweicloud.drs.plugins.module_utils._api import Verdict
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Wish

OUTCOMES = ("ok", "accepted", "failed", "timed_out", "unknown", "not_attempted")
GOOD = frozenset(("ok", "accepted"))
TIMELINE_END = 10


class Sent:
    """A write that was made: accepted, or lost and perhaps carried out. at, since: monotonic seconds."""

    def __init__(self, write: str, before: str, at: float, lost: bool, again: bool) -> None:
        self.write, self.before, self.at, self.lost = write, before, at, lost
        self.again = again  # it is the second one, after the first was lost
        self.left = False  # another status than before has been read
        self.returned = False  # ... and then the one before again
        self.since = at  # the job shows the status before without a break since then

    def see(self, status: str, now: float) -> None:
        if status != self.before:
            self.left, self.returned = True, False
        elif self.left and not self.returned:
            self.returned, self.since = True, now


class Refusal(t.NamedTuple):
    """A write that the service refused for this job, and the status that it was planned for."""

    status: str
    verdict: Verdict


class Job:
    def __init__(self, job_id: str, wish: Wish, options: Mapping[str, t.Any]) -> None:
        self.id, self.wish, self.options = job_id, wish, options
        self.name: str | None = None
        self.action = "none"
        self.changed = False
        self.outcome: str | None = None
        self.reason: str | None = None
        self.words: str | None = None
        self.warning: str | None = None
        self.status_before: str | None = None
        self.status: str | None = None
        self.error_code: str | None = None
        self.error_msg: str | None = None
        self.request_id: str | None = None
        self.attempts = 0
        self.predicted = False
        self.duration = 0.0
        self.timeline: list[dict[str, str]] = []
        # where the run stands with it
        self.due = 0.0  # the monotonic second of its next read
        self.sent: Sent | None = None
        self.accepted: set[str] = set()  # families of writes
        self.refusal: Refusal | None = None
        self.replanned = False
        self.busy_since: float | None = None
        self.pauses = 0
        self.not_before = 0.0  # the monotonic second of its next write
        self.unsent: Verdict | None = None
        self.unread: Verdict | None = None  # why its last read brought nothing
        self.group = 0  # jobs of one group share their requests
        self.order: str | None = None

    @property
    def done(self) -> bool:
        return self.outcome is not None

    def see(self, status: str, monotonic: float, wall: float) -> None:
        """A status was read."""
        if self.status_before is None:
            self.status_before = status
        if status != self.status:
            at = datetime.fromtimestamp(wall, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.timeline.append({"status": status, "at": at})
            if len(self.timeline) > 2 * TIMELINE_END:
                del self.timeline[TIMELINE_END]
        self.status = status
        if self.sent:
            self.sent.see(status, monotonic)

    def finish(
        self, outcome: str, reason: str | None = None, words: str | None = None, verdict: Verdict | None = None
    ) -> None:
        """How it ended. verdict: what the service said, where that is why."""
        self.outcome, self.reason, self.words = outcome, reason, words
        if outcome in GOOD:
            return
        if self.sent and self.sent.lost:
            # Perhaps it was carried out: whoever acts on "changed" must hear of it.
            self.changed = True
        if verdict:
            self.error_code, self.error_msg = verdict.code, verdict.msg
            self.request_id = verdict.request_id
