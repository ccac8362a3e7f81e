# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job's status means for a desired state: pure tables, no I/O, no clock. Private to this collection.

Statuses: the vendor's appendix "task statuses" and QueryJobStatusResp of the vendor's SDK (huaweicloudsdkdrs
3.1.219). Which status may be paused or deleted: the API pages "Pausing Tasks in Batches" and "Stopping or Deleting
Tasks in Batches".
"""

from __future__ import annotations

import typing as t

STATES = ("started", "paused", "stopped", "deleted")

# Not a status of the service: what a read makes of DRS.M00289, DRS.M05003 and a row that stays missing.
NOT_FOUND = "NOT_FOUND"
DELETED = "DELETED"
PAUSED = "PAUSING"
INCREMENTAL = "INCRE_TRANSFER_STARTED"

# One of the vendor's pages (Open Telekom Cloud, batch-status) spells it so.
SPELLINGS = {"PAUSEING": PAUSED}

# write -> the family of which a job accepts at most one in a run
FAMILY = {
    "start": "start",
    "resume": "start",
    "retry": "start",
    "pause": "pause",
    "terminate": "stop",
    "force_terminate": "stop",
    "delete": "delete",
}
WRITES = tuple(FAMILY)

REACHED, IN_PROGRESS, BLOCKED, SEND, FAIL = "reached", "in progress", "blocked", "send", "fail"


class Desired(t.NamedTuple):
    """The desired state of one job, with the options that decide what is sent."""

    state: str
    force: bool = False
    start_time: int | None = None  # milliseconds since the epoch
    only_init: bool = False
    healthy_only: bool = False  # nothing is sent to a job that has failed
    allowed: frozenset[str] | None = None  # the writes that may be used; None for all
    expected: str | None = None  # the first write is made from this status alone
    watch_until: float = 0.0  # epoch seconds: a pause may still come until then, so that a running job may not stay so


class Decision(t.NamedTuple):
    """What to do with a job in some status: kind is one of REACHED, IN_PROGRESS, BLOCKED, SEND, FAIL."""

    kind: str
    write: str = ""  # of SEND
    reason: str | None = None
    words: str | None = None


CELLS = {
    "reached": Decision(REACHED),
    "in progress": Decision(IN_PROGRESS),
    "blocked": Decision(BLOCKED),
    "blocked; force: now": Decision(BLOCKED),
    "start": Decision(SEND, "start"),
    "scheduled": Decision(
        SEND, "start", words="it was scheduled for later, and its schedule is overridden: it starts now"
    ),
    "resume": Decision(SEND, "resume"),
    "retry": Decision(SEND, "retry"),
    "pause": Decision(SEND, "pause"),
    "terminate": Decision(SEND, "terminate"),
    "delete": Decision(SEND, "delete"),
    "force, then delete": Decision(
        FAIL,
        reason="running_needs_force",
        words="a job that has not ended is not deleted: stop it first (state: stopped), "
        "or give force: true to stop it by force and delete it",
    ),
    "not configured": Decision(
        FAIL,
        reason="illegal_status",
        words="it is still being created, and can be started once it is configured",
    ),
    "never started": Decision(
        FAIL,
        reason="illegal_status",
        words="it is not running, so there is nothing to pause",
    ),
    "creation failed": Decision(
        FAIL,
        reason="illegal_status",
        words="its creation failed: delete it and create it again",
    ),
    "not pausable": Decision(
        FAIL,
        reason="illegal_status",
        words="a job in this status cannot be paused: the service pauses only jobs "
        "in full or incremental transfer (running or failed)",
    ),
    "broken": Decision(
        FAIL,
        reason="illegal_status",
        words="the service could not change or repair it: check the job in the DRS console",
    ),
    "being stopped": Decision(
        FAIL,
        reason="illegal_status",
        words="it is being stopped, and cannot be started or paused again",
    ),
    "stop failed": Decision(
        FAIL,
        reason="illegal_status",
        words="stopping it failed: stop it again (state: stopped, force: true)",
    ),
    "ended": Decision(
        FAIL,
        reason="illegal_status",
        words="it has ended, and a job that has ended cannot be started again: create a new one",
    ),
    "ended, not pausable": Decision(
        FAIL,
        reason="illegal_status",
        words="it has ended: there is nothing to pause",
    ),
    "was deleted": Decision(FAIL, reason="no_such_job", words="it was deleted"),
    "no such job": Decision(
        FAIL,
        reason="no_such_job",
        words="the service does not know this job: check the id, the project and the region",
    ),
}
# The cells that mean another decision where force is given.
WITH_FORCE = dict.fromkeys(
    ("terminate", "blocked; force: now", "force, then delete"), Decision(SEND, "force_terminate")
)

# status -> the cell for each of STATES, in their order
PLAN = {
    "CREATING": ("not configured", "never started", "terminate", "force, then delete"),
    "CONFIGURATION": ("start", "never started", "terminate", "force, then delete"),
    "WAITING_FOR_START": ("scheduled", "never started", "terminate", "force, then delete"),
    "STARTJOBING": ("in progress", "blocked", "blocked; force: now", "force, then delete"),
    "FULL_TRANSFER_STARTED": ("reached", "pause", "terminate", "force, then delete"),
    "FULL_TRANSFER_COMPLETE": ("reached", "pause", "terminate", "force, then delete"),
    "INCRE_TRANSFER_STARTED": ("reached", "pause", "terminate", "force, then delete"),
    "FULL_TRANSFER_FAILED": ("retry", "pause", "terminate", "force, then delete"),
    "INCRE_TRANSFER_FAILED": ("retry", "pause", "terminate", "force, then delete"),
    "START_JOB_FAILED": ("retry", "not pausable", "terminate", "force, then delete"),
    "CHILD_TRANSFER_FAILED": ("retry", "not pausable", "terminate", "force, then delete"),
    PAUSED: ("resume", "reached", "terminate", "force, then delete"),
    "CHANGE_JOB_STARTED": ("blocked", "blocked", "blocked; force: now", "force, then delete"),
    "REBUILD_NODE_STARTED": ("blocked", "blocked", "blocked; force: now", "force, then delete"),
    "NODE_UPGRADE_START": ("blocked", "blocked", "blocked; force: now", "force, then delete"),
    "CHILD_TRANSFER_STARTING": ("in progress", "not pausable", "blocked; force: now", "force, then delete"),
    "CHILD_TRANSFER_STARTED": ("reached", "not pausable", "terminate", "force, then delete"),
    "CHILD_TRANSFER_COMPLETE": ("reached", "not pausable", "terminate", "force, then delete"),
    "NODE_UPGRADE_COMPLETE": ("reached", "not pausable", "terminate", "force, then delete"),
    "CHANGE_JOB_FAILED": ("broken", "broken", "terminate", "force, then delete"),
    "REBUILD_NODE_FAILED": ("broken", "broken", "terminate", "force, then delete"),
    "NODE_UPGRADE_FAILED": ("broken", "broken", "terminate", "force, then delete"),
    "RELEASE_RESOURCE_STARTED": ("being stopped", "being stopped", "in progress", "blocked"),
    "RELEASE_CHILD_TRANSFER_STARTED": ("being stopped", "being stopped", "in progress", "blocked"),
    "RELEASE_RESOURCE_FAILED": ("stop failed", "stop failed", "terminate", "force, then delete"),
    "RELEASE_RESOURCE_COMPLETE": ("ended", "ended, not pausable", "reached", "delete"),
    "RELEASE_CHILD_TRANSFER_COMPLETE": ("ended", "ended, not pausable", "reached", "delete"),
    "CREATE_FAILED": ("creation failed", "never started", "reached", "delete"),
    DELETED: ("was deleted", "was deleted", "reached", "reached"),
    NOT_FOUND: ("no such job", "no such job", "no such job", "reached"),
}
STATUSES = tuple(PLAN)

# The status that follows by itself, for a prediction in check mode. The changing and rebuilding ones are assumed: the
# pages name the statuses and not where they lead.
FOLLOWS = {
    "STARTJOBING": "FULL_TRANSFER_STARTED",
    "CHANGE_JOB_STARTED": "INCRE_TRANSFER_STARTED",
    "REBUILD_NODE_STARTED": "INCRE_TRANSFER_STARTED",
    "NODE_UPGRADE_START": "NODE_UPGRADE_COMPLETE",
    "CHILD_TRANSFER_STARTING": "CHILD_TRANSFER_STARTED",
    "RELEASE_RESOURCE_STARTED": "RELEASE_RESOURCE_COMPLETE",
    "RELEASE_CHILD_TRANSFER_STARTED": "RELEASE_CHILD_TRANSFER_COMPLETE",
}


# What a job is doing, in one word; every *_FAILED is "failed".
PHASES = {
    "CREATING": "waiting",
    "CONFIGURATION": "waiting",
    "WAITING_FOR_START": "waiting",
    "STARTJOBING": "moving",
    "CHILD_TRANSFER_STARTING": "moving",
    "CHANGE_JOB_STARTED": "moving",
    "REBUILD_NODE_STARTED": "moving",
    "NODE_UPGRADE_START": "moving",
    "FULL_TRANSFER_STARTED": "full",
    "FULL_TRANSFER_COMPLETE": "full",
    INCREMENTAL: "running",
    "CHILD_TRANSFER_STARTED": "running",
    "CHILD_TRANSFER_COMPLETE": "running",
    "NODE_UPGRADE_COMPLETE": "running",
    PAUSED: "paused",
    "RELEASE_RESOURCE_STARTED": "stopping",
    "RELEASE_CHILD_TRANSFER_STARTED": "stopping",
    "RELEASE_RESOURCE_COMPLETE": "ended",
    "RELEASE_CHILD_TRANSFER_COMPLETE": "ended",
    DELETED: "deleted",
}


def shown(status: str) -> str:
    """A status, with its meaning where the API's word misleads."""
    return "%s (paused)" % status if status == PAUSED else status


def spell(status: str) -> str:
    """The one spelling of a status."""
    return SPELLINGS.get(status, status)


def phase(status: str | None) -> str:
    """What a job in this status is doing, in one of the words of PHASES, "failed" or "other"."""
    if str(status).endswith("_FAILED"):
        return "failed"
    return PHASES.get(spell(str(status)), "other")


def plan(status: str, desired: Desired, start_is_past: bool = False) -> Decision:
    """The Decision for a job in this status. start_is_past: desired.start_time lies behind us, by the caller's clock."""
    decision = _unrestricted(status, desired, start_is_past)
    return _restricted(status, decision, desired, start_is_past) if decision.kind in (SEND, BLOCKED) else decision


def _unrestricted(status: str, desired: Desired, start_is_past: bool) -> Decision:
    status = spell(status)
    if status not in PLAN:
        words = "this version of the collection does not know it, so nothing was sent"
        return Decision(FAIL, reason="unknown_status", words=words)
    cell = PLAN[status][STATES.index(desired.state)]
    decision = WITH_FORCE[cell] if desired.force and cell in WITH_FORCE else CELLS[cell]
    if desired.state == "started":
        decision = _as_scheduled(status, decision, desired, start_is_past)
    return decision


def _restricted(status: str, decision: Decision, desired: Desired, start_is_past: bool) -> Decision:
    """What healthy_only and allowed make of a write."""
    if desired.healthy_only and status.endswith("_FAILED"):
        words = "it has failed, and to bring it back later would be a retry that nobody requested"
        return Decision(FAIL, reason="illegal_status", words=words)
    if desired.allowed is None:
        return decision
    for write in _writes(status, desired, start_is_past):
        if write not in desired.allowed:
            allowed = ", ".join(sorted(desired.allowed)) or "none"
            words = "it needs the action %s, and the allowed actions are: %s" % (write, allowed)
            return Decision(FAIL, reason="action_not_allowed", words=words)
    return decision


def _writes(status: str, desired: Desired, start_is_past: bool) -> list[str]:
    """Every write that a job in this status is foreseen to need, in order."""
    writes: list[str] = []
    while True:
        decision = _unrestricted(status, desired, start_is_past)
        if decision.kind == BLOCKED:
            status = FOLLOWS[spell(status)]
        elif decision.kind == SEND:
            writes.append(decision.write)
            if decision.write != "force_terminate" or desired.state != "deleted":
                return writes
            status = "RELEASE_RESOURCE_COMPLETE"
        else:
            return writes


def _as_scheduled(status: str, decision: Decision, desired: Desired, start_is_past: bool) -> Decision:
    """What only_init and start_time make of a decision for the state started."""
    if (
        desired.only_init
        and status != "CONFIGURATION"
        and (decision.kind in (IN_PROGRESS, BLOCKED) or decision.write in ("start", "resume"))
    ):
        # Assumed: the pages do not name the status in which a job rests that was only initialised.
        return CELLS["reached"]
    if desired.start_time is None or decision.kind != SEND:
        return decision
    if status == "WAITING_FOR_START":
        return CELLS["reached"]
    if decision.write != "start":
        words = "a %s acts at once and takes no start_time: leave start_time out for this job" % decision.write
        return Decision(FAIL, reason="illegal_status", words=words)
    if start_is_past:
        words = "its start_time has passed: give a later one, or leave it out to start at once"
        return Decision(FAIL, reason="start_time_past", words=words)
    return decision


def foreseen(status: str, desired: Desired, start_is_past: bool = False) -> tuple[Decision, str]:
    """For check mode: (the Decision that is due once nothing blocks the job, the status that it is then in)."""
    decision = plan(status, desired, start_is_past)
    while decision.kind == BLOCKED:
        status = FOLLOWS[spell(status)]
        decision = plan(status, desired, start_is_past)
    return decision, status


PENDING, TARGET, FAILED = "pending", "target", "failed"

_STARTED = frozenset(status for status in STATUSES if plan(status, Desired("started")).kind == REACHED)
_FAILURES = frozenset(status for status in STATUSES if status.endswith("_FAILED"))
_RELEASED = frozenset(status for status in STATUSES if status.startswith("RELEASE_"))
GONE = frozenset((DELETED, NOT_FOUND))
# A job that runs, or is about to: a pause under way may still turn it into a paused one.
RUNNING = frozenset(
    status for status in STATUSES if plan(status, Desired("started")).kind in (REACHED, IN_PROGRESS, BLOCKED)
)


class WaitFor(t.NamedTuple):
    """What the statuses mean that are read after one kind of write was accepted. The status that the write was made from
    is pending, and so is every status that is not named here."""

    target: frozenset[str]
    pending: frozenset[str]  # statuses that show the write, other than the one that it was made from
    failed: frozenset[str]
    before_may_fail: bool = False  # the status the write was made from fails, once it has lasted, if it is in failed
    return_fails: bool = False  # the status the write was made from fails, once it has lasted, if the job had left it
    others_fail: bool = False  # every other status fails, unless it may be a stale one


_WAIT_FOR_STOP = WaitFor(
    target=frozenset(("RELEASE_RESOURCE_COMPLETE", "RELEASE_CHILD_TRANSFER_COMPLETE", "CREATE_FAILED")) | GONE,
    pending=frozenset(("RELEASE_RESOURCE_STARTED", "RELEASE_CHILD_TRANSFER_STARTED")),
    failed=frozenset(("RELEASE_RESOURCE_FAILED",)),
    before_may_fail=True,
)
_WAIT_FOR_RETRY = WaitFor(
    target=_STARTED,
    pending=frozenset(("STARTJOBING", "WAITING_FOR_START", "CHILD_TRANSFER_STARTING", "CHANGE_JOB_STARTED")),
    failed=_FAILURES | _RELEASED | GONE,
    return_fails=True,
)
WAIT_FOR = {
    "start": WaitFor(
        target=_STARTED,
        pending=frozenset(("STARTJOBING", "WAITING_FOR_START")),
        failed=frozenset(("START_JOB_FAILED", "FULL_TRANSFER_FAILED", "INCRE_TRANSFER_FAILED", "CHILD_TRANSFER_FAILED"))
        | _RELEASED
        | GONE,
    ),
    "resume": _WAIT_FOR_RETRY,
    "retry": _WAIT_FOR_RETRY,
    "pause": WaitFor(target=frozenset((PAUSED,)), pending=frozenset(), failed=_FAILURES | _RELEASED | GONE),
    "terminate": _WAIT_FOR_STOP,
    "force_terminate": _WAIT_FOR_STOP,
    "delete": WaitFor(target=GONE, pending=frozenset(), failed=frozenset(), others_fail=True),
}


def wait_for(
    write: str,
    status: str,
    before: str,
    desired: Desired,
    *,
    returned: bool = False,
    settled: bool = False,
    stale: bool = False,
) -> str:
    """PENDING, TARGET or FAILED, for a status read after a write.

    before: the status that the write was made from. returned: the job had left that status and shows it again.
    settled: the write, or the job's return to the status before, is longer ago than settle_time. stale: the status was
    read earlier in this run, so that it may come from a replica that lags.
    """
    row, status, before = WAIT_FOR[write], spell(status), spell(before)
    if write == "start":
        if status == "WAITING_FOR_START" and desired.start_time is not None:
            return TARGET
        if desired.only_init and status in PLAN and status not in row.failed | {"CREATING", "CONFIGURATION", before}:
            return TARGET
    if status == before:
        fails = (row.before_may_fail and status in row.failed) or (row.return_fails and returned)
        return FAILED if fails and settled else PENDING
    if status in row.target:
        return TARGET
    if status in row.failed or (row.others_fail and (settled or not stale)):
        return FAILED
    return PENDING


def shows(write: str, status: str, before: str, desired: Desired) -> bool:
    """Whether this status shows that a write, whose answer does not say so, was carried out."""
    status = spell(status)
    if status == spell(before):
        return False
    return status in WAIT_FOR[write].pending or wait_for(write, status, before, desired) == TARGET
