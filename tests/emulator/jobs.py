# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job: its status is worked out from the clock whenever somebody looks, and a write shows only after a lag."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

from . import transitions
from .clock import Clock
from .errors import text
from .lag import Lag
from .settings import Settings

PAID = ("COMPLETED", "PROCESSING")
_RUNNING = {
    "FULL_TRANSFER_STARTED": "FULL_TRANSFER_STARTED",
    "FULL_TRANSFER_FAILED": "FULL_TRANSFER_STARTED",
    "FULL_TRANSFER_COMPLETE": "FULL_TRANSFER_COMPLETE",
    "INCRE_TRANSFER_STARTED": "INCRE_TRANSFER_STARTED",
    "INCRE_TRANSFER_FAILED": "INCRE_TRANSFER_STARTED",
}


@dataclasses.dataclass
class World:
    """What all jobs of one emulator share."""

    clock: Clock
    settings: Settings
    lock: threading.RLock = dataclasses.field(default_factory=threading.RLock)
    orders_paid: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    @property
    def by_readings(self) -> bool:
        """Whether statuses move with readings instead of with time."""
        return self.clock.kind == "immediate"


@dataclasses.dataclass(frozen=True)
class Pending:
    """A write that was accepted and does not show yet."""

    verb: str
    at: float
    chain: tuple[str, ...]
    due: float | None


class Reading(NamedTuple):
    """What one reading shows: the status, and a failed job's error code and text."""

    status: str
    error: tuple[str, str] | None


class Job:
    """One job, made from a checked seed (see ``seed.py``)."""

    def __init__(self, spec: Mapping[str, Any], world: World) -> None:
        self.spec = dict(spec)
        self.id: str = spec["id"]
        self.name: str = spec["name"]
        self.project_id: str = spec["project_id"]
        self.task_type: str = spec["task_type"]
        self.period_order: dict[str, Any] | None = dict(spec["period_order"]) if spec.get("period_order") else None
        self.readings = 0
        self._world = world
        self._born = world.clock.now()
        self._spelling = "PAUSEING" if spec["status"] == "PAUSEING" else None
        self._status = "PAUSING" if spec["status"] == "PAUSEING" else spec["status"]
        self._since = self._time()
        self._chain: tuple[str, ...] = ()
        self._due: float | None = None
        if spec.get("starts_in") is not None and self._status == "WAITING_FOR_START":
            self._chain, self._due = ("STARTJOBING", transitions.FIRST_PHASE), self._born + spec["starts_in"]
        incremental = "FULL_TRANSFER_STARTED" if self.task_type == "FULL_TRANS" else "INCRE_TRANSFER_STARTED"
        self._phase_before = _RUNNING.get(spec.get("phase_before") or self._status, incremental)
        self._pending: Pending | None = None
        self._refusals_left: int = spec.get("busy_writes", 0)
        self._deleted_at: float | None = None
        self._lag = Lag(spec.get("lag", 0), self._born)

    # Reading

    @property
    def status(self) -> str:
        """The status that a reading shows now. Looking here is no reading."""
        self._settle()
        return self._spelt()

    @property
    def phase(self) -> str:
        """The status in plain words, by the emulator's own table; 'unknown' for one that the table lacks."""
        self._settle()
        return transitions.PHASES.get(self._status, "unknown")

    @property
    def pending(self) -> str | None:
        """The verb that was accepted and does not show yet."""
        self._settle()
        return self._pending.verb if self._pending else None

    @property
    def forgotten(self) -> bool:
        """Whether the job was deleted so long ago that its id is unknown."""
        after = self._world.settings.forget_deleted_after
        return (
            self.phase == "deleted"
            and after is not None
            and self._world.clock.now() >= (self._deleted_at or self._born) + after
        )

    def read(self) -> Reading:
        """What the service shows of the job now; counts as one reading."""
        self._settle()
        reading = Reading(self._spelt(), self._error())
        self.readings += 1
        return reading

    def read_lag(self) -> tuple[Reading, str | None]:
        """A reading, and replication lag in seconds as the service writes it: "-1" before the incremental phase."""
        self._settle()
        incremental = self._phase_before if self._status == "PAUSING" else self._status
        reading = self.read()
        if incremental not in ("INCRE_TRANSFER_STARTED", "INCRE_TRANSFER_FAILED"):
            return reading, "-1"
        return reading, self._lag.value(self._world.clock.now())

    def _spelt(self) -> str:
        if self._status == "PAUSING":
            return self._spelling or self._world.settings.paused_spelling
        return self._status

    def _error(self) -> tuple[str, str] | None:
        if transitions.PHASES.get(self._status) != "failed":
            return None
        code = self.spec.get("error_code", "DRS.M01501")
        return code, self.spec.get("error_message", text(code))

    # Writing

    def write(self, verb: str, options: Mapping[str, Any]) -> tuple[str, str] | None:
        """Ask for a write: None when accepted, else the code and text of the refusal."""
        self._settle()
        refusal = self._refusal(verb, options)
        if refusal:
            return refusal
        self._accept(verb, options)
        return None

    def word_for(self, verb: str) -> str:
        """The verb, with a retry of a paused job told apart as 'resume'."""
        return "resume" if verb == "retry" and self._status == "PAUSING" else verb

    def _refusal(self, verb: str, options: Mapping[str, Any]) -> tuple[str, str] | None:
        seeded = self.spec.get("refuse", {}).get(verb)
        if seeded:
            return seeded[0], seeded[1]
        rule = transitions.RULE_BY.get((verb, self._status))
        code = rule.refusal if rule else transitions.ILLEGAL
        if code == transitions.RELEASED:
            return code, text(code)
        if self._pending or self._is_busy():
            return transitions.BUSY, text(transitions.BUSY)
        if verb == "retry" and options.get("is_sync_re_edit") and self._status in transitions.RE_EDITED_BY:
            return None
        if code:
            return code, text(code)
        if verb == "pause" and self.spec.get("not_pausable"):
            return "DRS.M00302", text("DRS.M00302")
        if verb == "delete" and self.period_order and self.period_order["status"] in PAID:
            return transitions.ILLEGAL, text(transitions.ILLEGAL)
        return None

    def _is_busy(self) -> bool:
        if self._refusals_left:
            self._refusals_left -= 1
            return True
        busy = self.spec.get("busy", False)
        if isinstance(busy, bool):
            return busy
        return self._world.clock.now() < self._born + float(busy)

    def _accept(self, verb: str, options: Mapping[str, Any]) -> None:
        chain, due = self._chain_of(verb, options)
        if self._world.by_readings:
            lag: float = self._world.settings.lag_reads
        else:
            lag = self.spec.get("write_lag", self._world.settings.lag_of(verb))
        self._pending = Pending(verb, self._time() + lag, chain, due)
        if verb == "start" and self.period_order and self.period_order["status"] not in PAID:
            self.period_order["status"] = "COMPLETED"
            self._world.orders_paid.append(
                {"job_id": self.id, "order_id": self.period_order.get("order_id"), "time": self._world.clock.now()}
            )
        self._settle()

    def _chain_of(self, verb: str, options: Mapping[str, Any]) -> tuple[tuple[str, ...], float | None]:
        if verb == "start":
            ahead = int(options.get("start_time") or 0) / 1000 - self._world.clock.wall()
            if ahead > 0:
                return transitions.SCHEDULED.chain, self._world.clock.now() + ahead
            if options.get("is_only_init_task"):
                return transitions.INIT_ONLY.chain, None
        if verb == "retry" and options.get("is_sync_re_edit") and self._status in transitions.RE_EDITED_BY:
            return transitions.RE_EDITED_BY[self._status].chain, None
        return transitions.RULE_BY[verb, self._status].chain, None

    # Moving

    def _time(self) -> float:
        return self.readings if self._world.by_readings else self._world.clock.now()

    def _settle(self) -> None:
        if self._pending is None and self._due is None and self._status not in transitions.MOVE_BY:
            return  # at rest, as most jobs are: a list of thousands looks at each
        with self._world.lock:
            self._settle_at(self._time())

    def _settle_at(self, now: float) -> None:
        while True:
            ends = self._ends_at()
            if self._pending and self._pending.at <= now and (ends is None or self._pending.at < ends or ends > now):
                self._take_effect(self._pending)
            elif ends is not None and ends <= now:
                self._move(ends)
            else:
                return

    def _ends_at(self) -> float | None:
        """When the status ends by itself, in the job's time; None: not yet known, or never."""
        if self.spec.get("stuck") == self._status:
            return None
        if self._due is not None:
            if not self._world.by_readings:
                return max(self._due, self._since)
            return self._since if self._world.clock.now() >= self._due else None
        if self._status == "FULL_TRANSFER_COMPLETE" and self.task_type == "FULL_TRANS":
            return None
        move = transitions.MOVE_BY.get(self._status)
        if move is None:
            return None
        seconds = self._duration(move)
        if seconds is None:
            return None
        if self._world.by_readings:
            return self._since + (self._world.settings.step_reads if seconds else 0)
        return self._since + seconds

    def _duration(self, move: transitions.Move) -> float | None:
        for durations in (self.spec.get("durations", {}), self._world.settings.durations):
            if move.status in durations:
                value: float | None = durations[move.status]
                return value
        return move.seconds

    def _move(self, at: float) -> None:
        if self._chain:
            following, self._chain = self._chain[0], self._chain[1:]
        elif self._status == "FULL_TRANSFER_STARTED" and self.task_type == "FULL_TRANS":
            following = "FULL_TRANSFER_COMPLETE"
        else:
            following = transitions.MOVE_BY[self._status].next
        self._due = None
        self._become(following, at)

    def _take_effect(self, write: Pending) -> None:
        self._pending = None
        if self.spec.get("stuck") == self._status:
            return
        fails = self.spec.get("fails", {}).get(write.verb)
        chain = (*write.chain[:-1], fails) if fails else write.chain
        self._chain = chain[1:]
        self._become(chain[0], write.at)
        self._due = write.due

    def _become(self, status: str, at: float) -> None:
        if self._status in _RUNNING:
            self._phase_before = _RUNNING[self._status]
        if status == transitions.FIRST_PHASE:
            status = "FULL_TRANSFER_STARTED" if self.task_type.startswith("FULL") else "INCRE_TRANSFER_STARTED"
        elif status == transitions.PHASE_BEFORE:
            status = self._phase_before
        self._status = status
        self._since = at
        if status == "DELETED":
            self._deleted_at = self._world.clock.now() if self._world.by_readings else at

    def as_spec(self) -> dict[str, Any]:
        """A seed of the job as it is now; a write that does not show yet is not in it."""
        return {
            **self.spec,
            "status": self.status,
            "phase_before": self._phase_before,
            **({"period_order": self.period_order} if self.period_order else {}),
        }

    def snapshot(self) -> dict[str, Any]:
        """The job as the admin prefix shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "project_id": self.project_id,
            "status": self.status,
            "phase": self.phase,
            "pending": self.pending,
            "readings": self.readings,
            "period_order": self.period_order,
        }
