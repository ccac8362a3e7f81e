# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job's status means for a wish: pure tables, no I/O, no clock. Private to this collection.

Statuses: the vendor's appendix "task statuses" and QueryJobStatusResp of the vendor's SDK (huaweicloudsdkdrs
3.1.219). Which status may be paused or deleted: the API pages "Pausing Tasks in Batches" and "Stopping or Deleting
Tasks in Batches".
"""

from __future__ import annotations

import typing as t

STATES = ("started", "paused", "stopped", "deleted")

# The word that a dictionary of statuses never holds: what a read makes of DRS.M00289, DRS.M05003 and a row that never
# came.
NOT_FOUND = "NOT_FOUND"
DELETED = "DELETED"
PAUSED = "PAUSING"

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

THERE, ON_ITS_WAY, LATER, SEND, FAIL = "there", "on its way", "later", "send", "fail"


class Wish(t.NamedTuple):
    """What is wanted of one job."""

    state: str
    force: bool = False
    start_time: int | None = None  # milliseconds since the epoch
    only_init: bool = False


class Step(t.NamedTuple):
    """What to do next with one job: kind is one of THERE, ON_ITS_WAY, LATER, SEND, FAIL."""

    kind: str
    write: str | None = None
    reason: str | None = None
    words: str | None = None


CELLS = {
    "there": Step(THERE),
    "on its way": Step(ON_ITS_WAY),
    "later": Step(LATER),
    "later; force: now": Step(LATER),
    "start": Step(SEND, "start"),
    "scheduled": Step(SEND, "start", words="it was scheduled for later, and its schedule is overridden: it starts now"),
    "resume": Step(SEND, "resume"),
    "retry": Step(SEND, "retry"),
    "pause": Step(SEND, "pause"),
    "terminate": Step(SEND, "terminate"),
    "delete": Step(SEND, "delete"),
    "force, then delete": Step(
        FAIL,
        reason="running_needs_force",
        words="a job that has not ended is not deleted: stop it first (state: stopped), "
        "or give force: true to stop it by force and delete it",
    ),
    "gone, so there": Step(THERE, words="the service knows no such job, so there is nothing to delete"),
    "not configured": Step(
        FAIL,
        reason="illegal_status",
        words="it is still being created, and can be started once it is configured",
    ),
    "never started": Step(
        FAIL,
        reason="illegal_status",
        words="it is not running, so there is nothing to pause",
    ),
    "creation failed": Step(
        FAIL,
        reason="illegal_status",
        words="its creation failed: delete it, and create it anew",
    ),
    "not pausable": Step(
        FAIL,
        reason="illegal_status",
        words="a job in this status cannot be paused: the service pauses only jobs "
        "in full or incremental transfer (running or failed)",
    ),
    "broken": Step(
        FAIL,
        reason="illegal_status",
        words="the service could not change or repair it: look at the job in the DRS console",
    ),
    "being stopped": Step(
        FAIL,
        reason="illegal_status",
        words="it is being stopped for good: it cannot be started or paused again",
    ),
    "stop failed": Step(
        FAIL,
        reason="illegal_status",
        words="stopping it failed: stop it again (state: stopped, force: true)",
    ),
    "ended": Step(
        FAIL,
        reason="illegal_status",
        words="it has ended, and a job that has ended cannot be started again: create a new one",
    ),
    "ended, not pausable": Step(
        FAIL,
        reason="illegal_status",
        words="it has ended: there is nothing to pause",
    ),
    "was deleted": Step(FAIL, reason="no_such_job", words="it was deleted"),
    "no such job": Step(
        FAIL,
        reason="no_such_job",
        words="the service knows no such job: check the id, the project and the region",
    ),
}
# The cells that mean another step where force is given.
WITH_FORCE = dict.fromkeys(("terminate", "later; force: now", "force, then delete"), Step(SEND, "force_terminate"))

# status -> the cell for each of STATES, in their order
PLAN = {
    "CREATING": ("not configured", "never started", "terminate", "force, then delete"),
    "CONFIGURATION": ("start", "never started", "terminate", "force, then delete"),
    "WAITING_FOR_START": ("scheduled", "never started", "terminate", "force, then delete"),
    "STARTJOBING": ("on its way", "later", "later; force: now", "force, then delete"),
    "FULL_TRANSFER_STARTED": ("there", "pause", "terminate", "force, then delete"),
    "FULL_TRANSFER_COMPLETE": ("there", "pause", "terminate", "force, then delete"),
    "INCRE_TRANSFER_STARTED": ("there", "pause", "terminate", "force, then delete"),
    "FULL_TRANSFER_FAILED": ("retry", "pause", "terminate", "force, then delete"),
    "INCRE_TRANSFER_FAILED": ("retry", "pause", "terminate", "force, then delete"),
    "START_JOB_FAILED": ("retry", "not pausable", "terminate", "force, then delete"),
    "CHILD_TRANSFER_FAILED": ("retry", "not pausable", "terminate", "force, then delete"),
    PAUSED: ("resume", "there", "terminate", "force, then delete"),
    "CHANGE_JOB_STARTED": ("later", "later", "later; force: now", "force, then delete"),
    "REBUILD_NODE_STARTED": ("later", "later", "later; force: now", "force, then delete"),
    "NODE_UPGRADE_START": ("later", "later", "later; force: now", "force, then delete"),
    "CHILD_TRANSFER_STARTING": ("on its way", "not pausable", "later; force: now", "force, then delete"),
    "CHILD_TRANSFER_STARTED": ("there", "not pausable", "terminate", "force, then delete"),
    "CHILD_TRANSFER_COMPLETE": ("there", "not pausable", "terminate", "force, then delete"),
    "NODE_UPGRADE_COMPLETE": ("there", "not pausable", "terminate", "force, then delete"),
    "CHANGE_JOB_FAILED": ("broken", "broken", "terminate", "force, then delete"),
    "REBUILD_NODE_FAILED": ("broken", "broken", "terminate", "force, then delete"),
    "NODE_UPGRADE_FAILED": ("broken", "broken", "terminate", "force, then delete"),
    "RELEASE_RESOURCE_STARTED": ("being stopped", "being stopped", "on its way", "later"),
    "RELEASE_CHILD_TRANSFER_STARTED": ("being stopped", "being stopped", "on its way", "later"),
    "RELEASE_RESOURCE_FAILED": ("stop failed", "stop failed", "terminate", "force, then delete"),
    "RELEASE_RESOURCE_COMPLETE": ("ended", "ended, not pausable", "there", "delete"),
    "RELEASE_CHILD_TRANSFER_COMPLETE": ("ended", "ended, not pausable", "there", "delete"),
    "CREATE_FAILED": ("creation failed", "never started", "there", "delete"),
    DELETED: ("was deleted", "was deleted", "there", "there"),
    NOT_FOUND: ("no such job", "no such job", "no such job", "gone, so there"),
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


def spell(status: str) -> str:
    """The one spelling of a status."""
    return SPELLINGS.get(status, status)


def plan(status: str, wish: Wish, start_is_past: bool = False) -> Step:
    """The next Step for a job in this status. start_is_past: wish.start_time lies behind us, by the caller's clock."""
    status = spell(status)
    if status not in PLAN:
        words = "this version of the collection does not know it, so nothing was sent"
        return Step(FAIL, reason="unknown_status", words=words)
    cell = PLAN[status][STATES.index(wish.state)]
    step = WITH_FORCE[cell] if wish.force and cell in WITH_FORCE else CELLS[cell]
    return _as_scheduled(status, step, wish, start_is_past) if wish.state == "started" else step


def _as_scheduled(status: str, step: Step, wish: Wish, start_is_past: bool) -> Step:
    """What only_init and start_time make of a step to be started."""
    if (
        wish.only_init
        and status != "CONFIGURATION"
        and (step.kind in (ON_ITS_WAY, LATER) or step.write in ("start", "resume"))
    ):
        # Assumed: the pages do not name the status in which a job rests that was only initialised.
        return CELLS["there"]
    if wish.start_time is None or step.kind != SEND:
        return step
    if status == "WAITING_FOR_START":
        return CELLS["there"]
    if step.write != "start":
        words = "a %s acts at once and takes no start_time: leave start_time out for this job" % step.write
        return Step(FAIL, reason="illegal_status", words=words)
    if start_is_past:
        words = "its start_time has passed: give a later one, or leave it out to start at once"
        return Step(FAIL, reason="start_time_past", words=words)
    return step


def foreseen(status: str, wish: Wish, start_is_past: bool = False) -> tuple[Step, bool]:
    """For check mode: (the Step that is due once nothing stands in its way, whether a status had to be predicted for
    it)."""
    step, predicted = plan(status, wish, start_is_past), False
    while step.kind == LATER:
        status, predicted = FOLLOWS[spell(status)], True
        step = plan(status, wish, start_is_past)
    return step, predicted


WAITING, FAILED = "waiting", "failed"

_STARTED = frozenset(status for status in STATUSES if plan(status, Wish("started")).kind == THERE)
_FAILURES = frozenset(status for status in STATUSES if status.endswith("_FAILED"))
_RELEASED = frozenset(status for status in STATUSES if status.startswith("RELEASE_"))
_GONE = frozenset((DELETED, NOT_FOUND))


class After(t.NamedTuple):
    """What the statuses mean that are read after one kind of write was accepted."""

    there: frozenset[str]
    moving: frozenset[str]  # statuses that show the write, other than the one that it was made from
    failed: frozenset[str]
    before_may_fail: bool  # the status the write was made from fails, once it has lasted, if it is in failed
    return_fails: bool  # ... or if the job had left it and came back
    else_: str = WAITING


_AFTER_STOP = After(
    there=frozenset(("RELEASE_RESOURCE_COMPLETE", "RELEASE_CHILD_TRANSFER_COMPLETE", "CREATE_FAILED", DELETED)),
    moving=frozenset(("RELEASE_RESOURCE_STARTED", "RELEASE_CHILD_TRANSFER_STARTED")),
    failed=frozenset(("RELEASE_RESOURCE_FAILED", NOT_FOUND)),
    before_may_fail=True,
    return_fails=False,
)
_AFTER_RETRY = After(
    there=_STARTED,
    moving=frozenset(("STARTJOBING", "WAITING_FOR_START", "CHILD_TRANSFER_STARTING", "CHANGE_JOB_STARTED")),
    failed=_FAILURES | _RELEASED | _GONE,
    before_may_fail=True,
    return_fails=True,
)
AFTER = {
    "start": After(
        there=_STARTED,
        moving=frozenset(("STARTJOBING", "WAITING_FOR_START")),
        failed=frozenset(("START_JOB_FAILED", "FULL_TRANSFER_FAILED", "INCRE_TRANSFER_FAILED", "CHILD_TRANSFER_FAILED"))
        | _RELEASED
        | _GONE,
        before_may_fail=False,
        return_fails=False,
    ),
    "resume": _AFTER_RETRY,
    "retry": _AFTER_RETRY,
    "pause": After(
        there=frozenset((PAUSED,)),
        moving=frozenset(),
        failed=_FAILURES | _RELEASED | _GONE,
        before_may_fail=False,
        return_fails=False,
    ),
    "terminate": _AFTER_STOP,
    "force_terminate": _AFTER_STOP,
    "delete": After(
        there=_GONE, moving=frozenset(), failed=frozenset(), before_may_fail=False, return_fails=False, else_=FAILED
    ),
}


def after(write: str, status: str, before: str, wish: Wish, returned: bool = False, settled: bool = False) -> str:
    """WAITING, THERE or FAILED, for a status read after a write.

    before: the status that the write was made from. returned: the job had left that status and shows it again.
    settled: it has shown it for longer than settle_time since the write, or since it came back.
    """
    row, status, before = AFTER[write], spell(status), spell(before)
    if write == "start":
        if status == "WAITING_FOR_START" and wish.start_time is not None:
            return THERE
        if wish.only_init and status in PLAN and status not in row.failed | {"CREATING", "CONFIGURATION", before}:
            return THERE
    if status == before:
        fails = (row.before_may_fail and status in row.failed) or (row.return_fails and returned)
        return FAILED if fails and settled else WAITING
    if status in row.there:
        return THERE
    if status in row.failed:
        return FAILED
    return row.else_


def shows(write: str, status: str, before: str, wish: Wish) -> bool:
    """Whether this status shows that a write, whose answer was lost, was carried out."""
    status = spell(status)
    if status == spell(before):
        return False
    return status in AFTER[write].moving or after(write, status, before, wish) == THERE
