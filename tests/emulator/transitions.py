# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each call does to a job in each status, and which statuses move on by themselves: data, with sources.

A source is documented (a page of the API or user manual), vendor SDK (the vendor's SDK or Terraform provider),
observed (seen by somebody on a live cloud) or assumed (a choice made here because nothing says so). Durations are
always assumed.
"""

from __future__ import annotations

from typing import NamedTuple

KINDS = ("documented", "vendor SDK", "observed", "assumed")

# Stand-ins in a chain, filled in for each job.
FIRST_PHASE = "(first phase)"  # full or incremental, by the job's task_type
PHASE_BEFORE = "(phase before)"  # the running status that the job had before it was paused

ILLEGAL = "DRS.M00304"
BUSY = "DRS.M01504"
RELEASED = "DRS.M05004"


class Source(NamedTuple):
    """Where a line is known from."""

    kind: str
    where: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}"


class Status(NamedTuple):
    """A status and what it means in plain words."""

    name: str
    phase: str
    source: Source


class Rule(NamedTuple):
    """A call for a job in a status: refused with ``refusal``, or accepted and followed by the ``chain``."""

    verb: str
    status: str
    refusal: str | None
    chain: tuple[str, ...]
    source: Source


class Move(NamedTuple):
    """A status left without a call, for ``next`` after ``seconds``; None: only where a duration is set for it."""

    status: str
    next: str
    seconds: float | None
    source: Source


STATUS_LIST = Source("documented", "Task Statuses, Open Telekom Cloud API reference")
STATUS_MODEL = Source("vendor SDK", "huaweicloudsdkdrs 3.1.219, v3 QueryJobStatusResp")
PAUSED_MODEL = Source(
    "vendor SDK", "huaweicloudsdkdrs 3.1.219: PAUSING means paused; the Terraform provider waits for it"
)
LIFE_CYCLE = Source("documented", "user manual, life cycle of a task")
AUTO_RESUME = Source("documented", "user manual, task fault: resumed by itself, three times or more")

START_PAGE = Source("documented", "Starting Tasks in Batches: after all configuration is complete")
PROVIDER_START = Source("vendor SDK", "Terraform provider: start is allowed from WAITING_FOR_START")
RETRY_PAGE = Source(
    "documented",
    "Resuming or Retrying Tasks in Batches: failed and suspended tasks; the chain by the Terraform provider",
)
RETRY_OTHERS = Source("assumed", "Resuming or Retrying Tasks in Batches says failed tasks, and names no status")
PAUSE_PAGE = Source(
    "documented", "Pausing Tasks in Batches: five statuses, no transition shown; the code of a refusal by its text"
)
DELETE_PAGE = Source(
    "documented", "Stopping or Deleting Tasks in Batches: three statuses; DRS.M00304 as observed in CONFIGURATION"
)
DELETE_SEEN = Source("observed", "a practitioner's migration notes: DRS.M00304 for delete in CONFIGURATION")
STOP_MANUAL = Source("documented", "user manual, stopping a task: the statuses that allow it")
STOP_OTHERS = Source(
    "assumed", "the page names no status that terminate refuses; the manual's list leaves this one out"
)
FORCE_MOVING = Source("assumed", "a forced stop is the way out of a task that does not move")
FORCE_AGAIN = Source("vendor SDK", "Terraform provider: force_terminate whenever a task cannot be deleted")
NOT_NOW = Source("assumed", "DRS.M00304 by its text: the API cannot be called in the current task status")
IN_FLIGHT = Source("assumed", "DRS.M01504 by its text: another operation is being performed")
ENDED = Source("assumed", "DRS.M05004 by its text: or the resource has been released")
GONE = Source("documented", "error codes: DRS.M05004, the task has been deleted")

STATUSES = (
    Status("CREATING", "creating", STATUS_LIST),
    Status("CREATE_FAILED", "failed", STATUS_LIST),
    Status("CONFIGURATION", "not started", STATUS_LIST),
    Status("WAITING_FOR_START", "scheduled", STATUS_LIST),
    Status("STARTJOBING", "starting", STATUS_LIST),
    Status("START_JOB_FAILED", "failed", STATUS_LIST),
    Status("PAUSING", "paused", PAUSED_MODEL),
    Status("FULL_TRANSFER_STARTED", "running", STATUS_LIST),
    Status("FULL_TRANSFER_FAILED", "failed", STATUS_LIST),
    Status("FULL_TRANSFER_COMPLETE", "running", STATUS_LIST),
    Status("INCRE_TRANSFER_STARTED", "running", STATUS_LIST),
    Status("INCRE_TRANSFER_FAILED", "failed", STATUS_LIST),
    Status("RELEASE_RESOURCE_STARTED", "stopping", STATUS_LIST),
    Status("RELEASE_RESOURCE_FAILED", "failed", STATUS_LIST),
    Status("RELEASE_RESOURCE_COMPLETE", "ended", STATUS_LIST),
    Status("CHANGE_JOB_STARTED", "changing", STATUS_LIST),
    Status("CHANGE_JOB_FAILED", "failed", STATUS_LIST),
    Status("CHILD_TRANSFER_STARTING", "starting", STATUS_LIST),
    Status("CHILD_TRANSFER_STARTED", "running", STATUS_LIST),
    Status("CHILD_TRANSFER_COMPLETE", "running", STATUS_LIST),
    Status("CHILD_TRANSFER_FAILED", "failed", STATUS_LIST),
    Status("RELEASE_CHILD_TRANSFER_STARTED", "stopping", STATUS_LIST),
    Status("RELEASE_CHILD_TRANSFER_COMPLETE", "ended", STATUS_LIST),
    Status("REBUILD_NODE_STARTED", "changing", STATUS_MODEL),
    Status("REBUILD_NODE_FAILED", "failed", STATUS_MODEL),
    Status("NODE_UPGRADE_START", "changing", STATUS_MODEL),
    Status("NODE_UPGRADE_COMPLETE", "running", STATUS_MODEL),
    Status("NODE_UPGRADE_FAILED", "failed", STATUS_MODEL),
    Status("DELETED", "deleted", STATUS_MODEL),
)

RELEASE = ("RELEASE_RESOURCE_STARTED", "RELEASE_RESOURCE_COMPLETE")
RELEASE_CHILD = ("RELEASE_CHILD_TRANSFER_STARTED", "RELEASE_CHILD_TRANSFER_COMPLETE")

RULES = (
    Rule("start", "CREATING", ILLEGAL, (), NOT_NOW),
    Rule("start", "CREATE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "CONFIGURATION", None, ("STARTJOBING", FIRST_PHASE), START_PAGE),
    Rule("start", "WAITING_FOR_START", None, ("STARTJOBING", FIRST_PHASE), PROVIDER_START),
    Rule("start", "STARTJOBING", BUSY, (), IN_FLIGHT),
    Rule("start", "START_JOB_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "PAUSING", ILLEGAL, (), NOT_NOW),
    Rule("start", "FULL_TRANSFER_STARTED", ILLEGAL, (), NOT_NOW),
    Rule("start", "FULL_TRANSFER_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "FULL_TRANSFER_COMPLETE", ILLEGAL, (), NOT_NOW),
    Rule("start", "INCRE_TRANSFER_STARTED", ILLEGAL, (), NOT_NOW),
    Rule("start", "INCRE_TRANSFER_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "RELEASE_RESOURCE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("start", "RELEASE_RESOURCE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "RELEASE_RESOURCE_COMPLETE", RELEASED, (), ENDED),
    Rule("start", "CHANGE_JOB_STARTED", BUSY, (), IN_FLIGHT),
    Rule("start", "CHANGE_JOB_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "CHILD_TRANSFER_STARTING", BUSY, (), IN_FLIGHT),
    Rule("start", "CHILD_TRANSFER_STARTED", ILLEGAL, (), NOT_NOW),
    Rule("start", "CHILD_TRANSFER_COMPLETE", ILLEGAL, (), NOT_NOW),
    Rule("start", "CHILD_TRANSFER_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "RELEASE_CHILD_TRANSFER_STARTED", BUSY, (), IN_FLIGHT),
    Rule("start", "RELEASE_CHILD_TRANSFER_COMPLETE", RELEASED, (), ENDED),
    Rule("start", "REBUILD_NODE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("start", "REBUILD_NODE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "NODE_UPGRADE_START", BUSY, (), IN_FLIGHT),
    Rule("start", "NODE_UPGRADE_COMPLETE", ILLEGAL, (), NOT_NOW),
    Rule("start", "NODE_UPGRADE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("start", "DELETED", RELEASED, (), GONE),
    Rule("retry", "CREATING", ILLEGAL, (), NOT_NOW),
    Rule("retry", "CREATE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "CONFIGURATION", ILLEGAL, (), NOT_NOW),
    Rule("retry", "WAITING_FOR_START", ILLEGAL, (), NOT_NOW),
    Rule("retry", "STARTJOBING", BUSY, (), IN_FLIGHT),
    Rule("retry", "START_JOB_FAILED", None, ("STARTJOBING", FIRST_PHASE), RETRY_OTHERS),
    Rule("retry", "PAUSING", None, ("STARTJOBING", PHASE_BEFORE), RETRY_PAGE),
    Rule("retry", "FULL_TRANSFER_STARTED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "FULL_TRANSFER_FAILED", None, ("STARTJOBING", "FULL_TRANSFER_STARTED"), RETRY_PAGE),
    Rule("retry", "FULL_TRANSFER_COMPLETE", ILLEGAL, (), NOT_NOW),
    Rule("retry", "INCRE_TRANSFER_STARTED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "INCRE_TRANSFER_FAILED", None, ("STARTJOBING", "INCRE_TRANSFER_STARTED"), RETRY_PAGE),
    Rule("retry", "RELEASE_RESOURCE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("retry", "RELEASE_RESOURCE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "RELEASE_RESOURCE_COMPLETE", RELEASED, (), ENDED),
    Rule("retry", "CHANGE_JOB_STARTED", BUSY, (), IN_FLIGHT),
    Rule("retry", "CHANGE_JOB_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "CHILD_TRANSFER_STARTING", BUSY, (), IN_FLIGHT),
    Rule("retry", "CHILD_TRANSFER_STARTED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "CHILD_TRANSFER_COMPLETE", ILLEGAL, (), NOT_NOW),
    Rule("retry", "CHILD_TRANSFER_FAILED", None, ("CHILD_TRANSFER_STARTING", "CHILD_TRANSFER_STARTED"), RETRY_OTHERS),
    Rule("retry", "RELEASE_CHILD_TRANSFER_STARTED", BUSY, (), IN_FLIGHT),
    Rule("retry", "RELEASE_CHILD_TRANSFER_COMPLETE", RELEASED, (), ENDED),
    Rule("retry", "REBUILD_NODE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("retry", "REBUILD_NODE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "NODE_UPGRADE_START", BUSY, (), IN_FLIGHT),
    Rule("retry", "NODE_UPGRADE_COMPLETE", ILLEGAL, (), NOT_NOW),
    Rule("retry", "NODE_UPGRADE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("retry", "DELETED", RELEASED, (), GONE),
    Rule("pause", "CREATING", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "CREATE_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "CONFIGURATION", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "WAITING_FOR_START", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "STARTJOBING", BUSY, (), IN_FLIGHT),
    Rule("pause", "START_JOB_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "PAUSING", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "FULL_TRANSFER_STARTED", None, ("PAUSING",), PAUSE_PAGE),
    Rule("pause", "FULL_TRANSFER_FAILED", None, ("PAUSING",), PAUSE_PAGE),
    Rule("pause", "FULL_TRANSFER_COMPLETE", None, ("PAUSING",), PAUSE_PAGE),
    Rule("pause", "INCRE_TRANSFER_STARTED", None, ("PAUSING",), PAUSE_PAGE),
    Rule("pause", "INCRE_TRANSFER_FAILED", None, ("PAUSING",), PAUSE_PAGE),
    Rule("pause", "RELEASE_RESOURCE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("pause", "RELEASE_RESOURCE_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "RELEASE_RESOURCE_COMPLETE", RELEASED, (), ENDED),
    Rule("pause", "CHANGE_JOB_STARTED", BUSY, (), IN_FLIGHT),
    Rule("pause", "CHANGE_JOB_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "CHILD_TRANSFER_STARTING", BUSY, (), IN_FLIGHT),
    Rule("pause", "CHILD_TRANSFER_STARTED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "CHILD_TRANSFER_COMPLETE", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "CHILD_TRANSFER_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "RELEASE_CHILD_TRANSFER_STARTED", BUSY, (), IN_FLIGHT),
    Rule("pause", "RELEASE_CHILD_TRANSFER_COMPLETE", RELEASED, (), ENDED),
    Rule("pause", "REBUILD_NODE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("pause", "REBUILD_NODE_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "NODE_UPGRADE_START", BUSY, (), IN_FLIGHT),
    Rule("pause", "NODE_UPGRADE_COMPLETE", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "NODE_UPGRADE_FAILED", ILLEGAL, (), PAUSE_PAGE),
    Rule("pause", "DELETED", RELEASED, (), GONE),
    Rule("terminate", "CREATING", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "CREATE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("terminate", "CONFIGURATION", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "WAITING_FOR_START", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "STARTJOBING", BUSY, (), IN_FLIGHT),
    Rule("terminate", "START_JOB_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("terminate", "PAUSING", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "FULL_TRANSFER_STARTED", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "FULL_TRANSFER_FAILED", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "FULL_TRANSFER_COMPLETE", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "INCRE_TRANSFER_STARTED", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "INCRE_TRANSFER_FAILED", None, RELEASE, STOP_MANUAL),
    Rule("terminate", "RELEASE_RESOURCE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("terminate", "RELEASE_RESOURCE_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("terminate", "RELEASE_RESOURCE_COMPLETE", RELEASED, (), ENDED),
    Rule("terminate", "CHANGE_JOB_STARTED", BUSY, (), IN_FLIGHT),
    Rule("terminate", "CHANGE_JOB_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("terminate", "CHILD_TRANSFER_STARTING", BUSY, (), IN_FLIGHT),
    Rule("terminate", "CHILD_TRANSFER_STARTED", None, RELEASE_CHILD, STOP_OTHERS),
    Rule("terminate", "CHILD_TRANSFER_COMPLETE", None, RELEASE_CHILD, STOP_OTHERS),
    Rule("terminate", "CHILD_TRANSFER_FAILED", None, RELEASE_CHILD, STOP_OTHERS),
    Rule("terminate", "RELEASE_CHILD_TRANSFER_STARTED", BUSY, (), IN_FLIGHT),
    Rule("terminate", "RELEASE_CHILD_TRANSFER_COMPLETE", RELEASED, (), ENDED),
    Rule("terminate", "REBUILD_NODE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("terminate", "REBUILD_NODE_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("terminate", "NODE_UPGRADE_START", BUSY, (), IN_FLIGHT),
    Rule("terminate", "NODE_UPGRADE_COMPLETE", None, RELEASE, STOP_OTHERS),
    Rule("terminate", "NODE_UPGRADE_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("terminate", "DELETED", RELEASED, (), GONE),
    Rule("force_terminate", "CREATING", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "CREATE_FAILED", ILLEGAL, (), NOT_NOW),
    Rule("force_terminate", "CONFIGURATION", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "WAITING_FOR_START", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "STARTJOBING", None, RELEASE, FORCE_MOVING),
    Rule("force_terminate", "START_JOB_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("force_terminate", "PAUSING", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "FULL_TRANSFER_STARTED", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "FULL_TRANSFER_FAILED", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "FULL_TRANSFER_COMPLETE", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "INCRE_TRANSFER_STARTED", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "INCRE_TRANSFER_FAILED", None, RELEASE, STOP_MANUAL),
    Rule("force_terminate", "RELEASE_RESOURCE_STARTED", BUSY, (), IN_FLIGHT),
    Rule("force_terminate", "RELEASE_RESOURCE_FAILED", None, RELEASE, FORCE_AGAIN),
    Rule("force_terminate", "RELEASE_RESOURCE_COMPLETE", RELEASED, (), ENDED),
    Rule("force_terminate", "CHANGE_JOB_STARTED", None, RELEASE, FORCE_MOVING),
    Rule("force_terminate", "CHANGE_JOB_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("force_terminate", "CHILD_TRANSFER_STARTING", None, RELEASE_CHILD, FORCE_MOVING),
    Rule("force_terminate", "CHILD_TRANSFER_STARTED", None, RELEASE_CHILD, STOP_OTHERS),
    Rule("force_terminate", "CHILD_TRANSFER_COMPLETE", None, RELEASE_CHILD, STOP_OTHERS),
    Rule("force_terminate", "CHILD_TRANSFER_FAILED", None, RELEASE_CHILD, STOP_OTHERS),
    Rule("force_terminate", "RELEASE_CHILD_TRANSFER_STARTED", BUSY, (), IN_FLIGHT),
    Rule("force_terminate", "RELEASE_CHILD_TRANSFER_COMPLETE", RELEASED, (), ENDED),
    Rule("force_terminate", "REBUILD_NODE_STARTED", None, RELEASE, FORCE_MOVING),
    Rule("force_terminate", "REBUILD_NODE_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("force_terminate", "NODE_UPGRADE_START", None, RELEASE, FORCE_MOVING),
    Rule("force_terminate", "NODE_UPGRADE_COMPLETE", None, RELEASE, STOP_OTHERS),
    Rule("force_terminate", "NODE_UPGRADE_FAILED", None, RELEASE, STOP_OTHERS),
    Rule("force_terminate", "DELETED", RELEASED, (), GONE),
    Rule("delete", "CREATING", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "CREATE_FAILED", None, ("DELETED",), DELETE_PAGE),
    Rule("delete", "CONFIGURATION", ILLEGAL, (), DELETE_SEEN),
    Rule("delete", "WAITING_FOR_START", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "STARTJOBING", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "START_JOB_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "PAUSING", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "FULL_TRANSFER_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "FULL_TRANSFER_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "FULL_TRANSFER_COMPLETE", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "INCRE_TRANSFER_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "INCRE_TRANSFER_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "RELEASE_RESOURCE_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "RELEASE_RESOURCE_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "RELEASE_RESOURCE_COMPLETE", None, ("DELETED",), DELETE_PAGE),
    Rule("delete", "CHANGE_JOB_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "CHANGE_JOB_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "CHILD_TRANSFER_STARTING", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "CHILD_TRANSFER_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "CHILD_TRANSFER_COMPLETE", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "CHILD_TRANSFER_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "RELEASE_CHILD_TRANSFER_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "RELEASE_CHILD_TRANSFER_COMPLETE", None, ("DELETED",), DELETE_PAGE),
    Rule("delete", "REBUILD_NODE_STARTED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "REBUILD_NODE_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "NODE_UPGRADE_START", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "NODE_UPGRADE_COMPLETE", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "NODE_UPGRADE_FAILED", ILLEGAL, (), DELETE_PAGE),
    Rule("delete", "DELETED", RELEASED, (), GONE),
)

# A start with a time in the future waits for it, and a retry of re-edited objects changes the job, whatever RULES has.
SCHEDULED = Rule(
    "start",
    "CONFIGURATION",
    None,
    ("WAITING_FOR_START", "STARTJOBING", FIRST_PHASE),
    Source("vendor SDK", "Terraform provider: CONFIGURATION, WAITING_FOR_START; start_time by the page"),
)
INIT_ONLY = Rule(
    "start",
    "CONFIGURATION",
    None,
    ("STARTJOBING", "WAITING_FOR_START"),
    Source("assumed", "is_only_init_task: the page says that a task is initialised only"),
)
RE_EDITED = (
    Rule(
        "retry",
        "INCRE_TRANSFER_STARTED",
        None,
        ("CHANGE_JOB_STARTED", "INCRE_TRANSFER_STARTED"),
        Source("vendor SDK", "Terraform provider: a re-edited task passes CHANGE_JOB_STARTED; is_sync_re_edit true"),
    ),
    Rule(
        "retry",
        "INCRE_TRANSFER_FAILED",
        None,
        ("CHANGE_JOB_STARTED", "INCRE_TRANSFER_STARTED"),
        Source("vendor SDK", "Terraform provider: a re-edited task passes CHANGE_JOB_STARTED; is_sync_re_edit true"),
    ),
)

MOVES = (
    Move("CREATING", "CONFIGURATION", 30, Source("documented", "Task Creation Process")),
    Move("STARTJOBING", FIRST_PHASE, 10, LIFE_CYCLE),
    Move(
        "FULL_TRANSFER_STARTED",
        "INCRE_TRANSFER_STARTED",
        30,
        Source("vendor SDK", "task_type FULL_INCR_TRANS: full, then incremental"),
    ),
    Move(
        "FULL_TRANSFER_COMPLETE",
        "INCRE_TRANSFER_STARTED",
        10,
        Source("vendor SDK", "task_type FULL_INCR_TRANS: full, then incremental"),
    ),
    Move("FULL_TRANSFER_FAILED", "FULL_TRANSFER_STARTED", None, AUTO_RESUME),
    Move("INCRE_TRANSFER_FAILED", "INCRE_TRANSFER_STARTED", None, AUTO_RESUME),
    Move("RELEASE_RESOURCE_STARTED", "RELEASE_RESOURCE_COMPLETE", 10, LIFE_CYCLE),
    Move(
        "CHANGE_JOB_STARTED",
        PHASE_BEFORE,
        15,
        Source("vendor SDK", "Terraform provider: waits through CHANGE_JOB_STARTED"),
    ),
    Move(
        "CHILD_TRANSFER_STARTING",
        "CHILD_TRANSFER_STARTED",
        10,
        Source("vendor SDK", "QueryJobStatusResp: a re-edited task's subtask"),
    ),
    Move(
        "CHILD_TRANSFER_STARTED",
        "CHILD_TRANSFER_COMPLETE",
        None,
        Source("vendor SDK", "QueryJobStatusResp: a re-edited task's subtask"),
    ),
    Move(
        "CHILD_TRANSFER_COMPLETE",
        "RELEASE_CHILD_TRANSFER_STARTED",
        None,
        Source("vendor SDK", "QueryJobStatusResp: the subtask ends"),
    ),
    Move(
        "RELEASE_CHILD_TRANSFER_STARTED",
        "RELEASE_CHILD_TRANSFER_COMPLETE",
        10,
        Source("vendor SDK", "QueryJobStatusResp: the subtask ends"),
    ),
    Move("REBUILD_NODE_STARTED", PHASE_BEFORE, 30, Source("assumed", "a rectified fault gives back the phase before")),
    Move(
        "NODE_UPGRADE_START",
        "NODE_UPGRADE_COMPLETE",
        30,
        Source("vendor SDK", "QueryJobStatusResp: upgrade starts, upgrade complete"),
    ),
    Move(
        "NODE_UPGRADE_COMPLETE", PHASE_BEFORE, None, Source("assumed", "an upgraded node goes on with the phase before")
    ),
)

VERBS = ("start", "retry", "pause", "terminate", "force_terminate", "delete")
PHASES = {status.name: status.phase for status in STATUSES}
RULE_BY = {(rule.verb, rule.status): rule for rule in RULES}
MOVE_BY = {move.status: move for move in MOVES}
RE_EDITED_BY = {rule.status: rule for rule in RE_EDITED}
