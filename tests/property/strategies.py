# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs are made of: random batches, wishes and faults. Used by the properties."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.emulator import transitions
from ansible_collections.huaweicloud.drs.tests.unit.in_process import TODAY, job_id
from hypothesis import strategies as st

STATUSES = [status.name for status in transitions.STATUSES]
FAILURES = ["START_JOB_FAILED", "INCRE_TRANSFER_FAILED", "RELEASE_RESOURCE_FAILED"]
SETTLE = 30
FAMILIES = {
    "start": "start",
    "resume": "start",
    "retry": "start",
    "pause": "pause",
    "terminate": "stop",
    "force_terminate": "stop",
    "delete": "delete",
}

# Of the emulator's own words for what a job is doing, those that mean that the wish has come true.
THERE = {"started": {"running"}, "paused": {"paused"}, "stopped": {"ended", "deleted"}, "deleted": {"deleted"}}


def is_there(service, job, state, scheduled):
    """Whether the emulator says that the wish has come true."""
    if job not in service.jobs:
        return state == "deleted"
    found = service.jobs[job]
    if state == "stopped" and found.status == "CREATE_FAILED":
        return True
    return found.phase in THERE[state] or (scheduled and found.phase == "scheduled")


# A job as any that the service may hold. write_lag stays under settle_time: beyond it nothing can be told.
obedient = st.fixed_dictionaries(
    {"status": st.sampled_from(STATUSES * 3 + ["PAUSEING", "FROZEN"])},
    optional={
        "task_type": st.sampled_from(["FULL_TRANS", "INCR_TRANS", "FULL_INCR_TRANS"]),
        "write_lag": st.floats(0, SETTLE - 1),
        "busy": st.floats(0, 200),
        "busy_writes": st.integers(0, 3),
        "durations": st.fixed_dictionaries(
            {}, optional={"STARTJOBING": st.floats(0, 60), "FULL_TRANSFER_STARTED": st.floats(0, 60)}
        ),
    },
)
# One that the service itself will not let come to its wish.
stubborn = st.fixed_dictionaries(
    {"status": st.sampled_from(STATUSES)},
    optional={
        "busy": st.just(True),
        "not_pausable": st.just(True),
        "period_order": st.sampled_from(
            [{"order_id": "1", "status": "PENDING"}, {"order_id": "2", "status": "COMPLETED"}]
        ),
        "fails": st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("start", "retry", "pause"), st.sampled_from(FAILURES)),
                # Whatever a stop comes from, it fails with this status alone.
                **dict.fromkeys(("terminate", "force_terminate"), st.just("RELEASE_RESOURCE_FAILED")),
            },
        ),
        "refuse": st.dictionaries(
            st.sampled_from(["start", "retry", "pause", "terminate", "delete"]),
            st.sampled_from(
                [("DRS.M00304", "not now"), ("DRS.M00202", "not that"), ("DRS.M05004", "gone"), ("DRS.M00289", "who")]
            ),
            max_size=2,
        ),
    },
)

wishes = st.fixed_dictionaries(
    {"state": st.sampled_from(["started", "paused", "stopped", "deleted"]), "force": st.booleans()},
    optional={
        "pause_mode": st.sampled_from(["target", "all"]),
        "batch_size": st.integers(1, 7),
        "allow_paid_order": st.booleans(),
        # Past already, or still ahead when a busy job lets itself be started.
        "start_time": st.integers(-3, 3).map(lambda hours: str(int((TODAY + 3600 * hours + 1800) * 1000))),
        "max_retries": st.integers(0, 3),
    },
)

_breaks = st.one_of(
    st.fixed_dictionaries({"fate": st.sampled_from(["cut_before", "cut_after", "truncate", "hang"])}),
    st.fixed_dictionaries(
        {"status": st.sampled_from([500, 502, 503, 504]), "applied": st.booleans()},
        optional={"html": st.just(True), "empty": st.just(True)},
    ),
    st.fixed_dictionaries({"not_json": st.just(True)}),
    st.fixed_dictionaries({"wrong_shape": st.just(True)}),
    st.fixed_dictionaries(
        {"status": st.just(429), "error_code": st.just("APIGW.0308")},
        optional={"retry_after": st.sampled_from([1, 20, "date"])},
    ),
    st.fixed_dictionaries({"status": st.just(400), "error_code": st.just("DRS.M01503")}),
    st.fixed_dictionaries({"status": st.just(422), "error_code": st.just("DRS.M00004")}),
    st.fixed_dictionaries({"double_rows": st.just(True)}),
    st.fixed_dictionaries({"extra_rows": st.just([{"id": job_id(999), "status": "success"}])}),
    st.fixed_dictionaries({"drop_rows": st.just(1)}),
)


def _rules(targets, most):
    rule = st.tuples(st.sampled_from(targets), st.sampled_from([1, 1, 1, 2, 2, 3, 5]), _breaks).map(
        lambda parts: {"match": {**parts[0], "nth": parts[1]}, "effect": parts[2]}
    )
    return st.lists(rule, max_size=most)


_WRITES = [{"kind": "write"}]
_READS = [{"endpoint": "batch-status"}, {"endpoint": "batch-detail"}]


def _rows_are_missing_once(rules):
    """A row that is missing twice is what the service says of a job that there is not."""
    reads = [rule for rule in rules if rule["match"].get("kind") != "write"]
    return sum("drop_rows" in rule["effect"] for rule in reads) < 2


faults = _rules(_WRITES * 2 + _READS, 6).filter(_rows_are_missing_once)
# At most one request to write is broken, and any to read.
mild_faults = (
    st.tuples(_rules(_WRITES, 1), _rules(_READS, 3))
    .map(lambda parts: parts[0] + parts[1])
    .filter(_rows_are_missing_once)
)
