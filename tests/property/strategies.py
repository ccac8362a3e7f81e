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
            optional=dict.fromkeys(
                ("start", "retry", "pause", "terminate", "force_terminate"), st.sampled_from(FAILURES)
            ),
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

# What the service says of a request that it refuses as a whole: HTTP status and code.
_REFUSALS = st.sampled_from(
    [
        {"status": 400, "error_code": "DRS.M00202"},
        {"status": 400, "html": True},
        {"status": 413, "empty": True},
        {"status": 422, "error_code": "DRS.M00300"},
        {"status": 403, "error_code": "DRS.M00102"},
        {"status": 404, "error_code": "DRS.M00289"},
        {"status": 404, "error_code": "DRS.M05003"},
        {"status": 400, "error_code": "DRS.M05004"},
        {"status": 400, "error_code": "DRS.M01504"},
        {"status": 202, "error_code": "DRS.M01504"},
        {"status": 400, "error_code": ["DRS.M00202"], "error_msg": {"a": None}},
    ]
)
_OF_UNKNOWN_JOBS = ("DRS.M00289", "DRS.M05003", "DRS.M05004")
_THROTTLES = st.sampled_from(
    [
        {"status": 429, "error_code": "APIGW.0308"},
        {"status": 429, "empty": True},
        {"status": 429, "error_code": "DRS.M01503", "retry_after": 1},
        {"status": 400, "error_code": "DRS.M01503"},
    ]
)
_UNAUTHORIZED = st.sampled_from(
    [
        {"status": 401, "error_code": "APIGW.0301"},
        {"status": 401, "error_code": "DRS.M00103"},
        {"status": 403, "error_code": "DRS.M00100"},
        {"status": 403, "error_code": "DRS.M00261"},
        {"status": 403, "html": True},
        {"status": 404, "error_code": "APIGW.0101"},
        {"status": 404, "error_code": "DRS.M00101"},
    ]
)
_JUNK = st.sampled_from(["\ud83d", "\x1b[31m\nok: [localhost]", "\u202e\u200b", "\x00", 0, [], {"a": []}, True, None])


def _with(effects, **more):
    """Each effect with some of these keys."""
    return st.tuples(effects, st.fixed_dictionaries({}, optional=more)).map(lambda parts: {**parts[0], **parts[1]})


# What may befall a write and a read alike.
_breaks = st.one_of(
    st.fixed_dictionaries({"fate": st.sampled_from(["cut_before", "cut_after", "truncate", "hang"])}),
    st.fixed_dictionaries({"fate": st.just("proxy_refuses"), "proxy_status": st.sampled_from([502, 503])}),
    st.fixed_dictionaries(
        {"fate": st.just("trickle"), "trickle": st.sampled_from([{"head": 0.01}, {"body": 1.0}, {"continues": 90}])}
    ),
    st.fixed_dictionaries(
        {"status": st.sampled_from([408, 500, 502, 503, 504]), "applied": st.booleans()},
        optional={"html": st.just(True), "empty": st.just(True), "retry_after": st.sampled_from([1, 20, "date"])},
    ),
    st.fixed_dictionaries({"not_json": st.just(True)}),
    st.fixed_dictionaries({"wrong_shape": st.just(True)}),
    _with(_THROTTLES, retry_after=st.sampled_from([1, 20, "date"])),
    # Throttled by DRS itself, and carried out for some of its jobs all the same.
    _with(_THROTTLES.filter(lambda effect: effect.get("error_code") != "APIGW.0308"), applied=st.integers(0, 3)),
    # Rows inside of an answer that is an error.
    st.fixed_dictionaries(
        {
            "status": st.sampled_from([200, 400, 403, 404, 408, 429, 500]),
            "with_error": st.sampled_from(
                [["DRS.M01503", "too often"], ["DRS.M00102", "no"], ["DRS.M00289", "who"], ["DRS.M00004", "broken"]]
            ),
        }
    ),
    st.fixed_dictionaries({"status": st.just(422), "error_code": st.just("DRS.M00004")}),
    st.fixed_dictionaries({"double_rows": st.just(True)}),
    st.fixed_dictionaries({"extra_rows": st.just([{"id": job_id(999), "status": "success"}])}),
    st.fixed_dictionaries({"drop_rows": st.just(1)}),
    # Odd bytes and headers, and fields of any shape.
    st.fixed_dictionaries({"prefix": st.just("\ufeff")}),
    st.fixed_dictionaries({"suffix": st.just("\x00")}),
    st.fixed_dictionaries(
        {
            "headers": st.sampled_from(
                [
                    {"Content-Length": "9" * 5000},
                    {"X-Request-Id": "\x1b[31m"},
                    {"Retry-After": "9" * 5000},
                    {"Date": "x"},
                ]
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "row_fields": st.dictionaries(
                st.sampled_from(["*", job_id(0), job_id(1)]),
                st.dictionaries(
                    st.sampled_from(["name", "error_msg", "error_message", "period_order"]), _JUNK, max_size=2
                ),
                min_size=1,
                max_size=2,
            )
        }
    ),
)
# ... a write alone.
_write_breaks = st.one_of(
    _breaks,
    # Refused as a whole, and carried out for some of its jobs all the same.
    _with(_REFUSALS, applied=st.integers(0, 3)),
    # A row that contradicts itself.
    st.fixed_dictionaries(
        {
            "row_fields": st.fixed_dictionaries(
                {
                    "*": st.fixed_dictionaries(
                        {"error_code": st.sampled_from(["DRS-M00000", "0", 0, "DRS.M00300", "DRS.M01504", ["x"]])}
                    )
                }
            )
        }
    ),
)
# ... a read alone.
_read_breaks = st.one_of(
    _breaks,
    _REFUSALS,
    st.fixed_dictionaries({"row_fields": st.just({"*": {"status": None}})}),
    st.fixed_dictionaries({"row_fields": st.just({job_id(0): {"status": None, "error_code": "DRS.M01501"}})}),
)


def _rules(targets, breaks, most):
    rule = st.tuples(st.sampled_from(targets), st.sampled_from([1, 1, 1, 2, 2, 3, 5]), breaks).map(
        lambda parts: {"match": {**parts[0], "nth": parts[1]}, "effect": parts[2]}
    )
    return st.lists(rule, max_size=most)


_WRITES = [{"kind": "write"}]
_READS = [{"endpoint": "batch-status"}, {"endpoint": "batch-detail"}]
# Rows that vanish for a while: of jobs that have been read before, for less than settle_time.
_vanished = st.tuples(
    st.sampled_from([{"kind": "read"}, {"endpoint": "batch-status"}]),
    st.integers(1, 4),
    st.floats(0.1, SETTLE - 12),
    st.sampled_from(["all", 1, 3, [job_id(0)], [job_id(1), job_id(2)]]),
).map(lambda parts: {"match": {**parts[0], "after": parts[1], "for": parts[2]}, "effect": {"drop_rows": parts[3]}})
# Refusals for a while, once the run has been authorized.
_denied = st.tuples(
    st.sampled_from(_READS), st.integers(1, 4), st.floats(0.1, 20), st.one_of(_UNAUTHORIZED, _REFUSALS)
).map(lambda parts: {"match": {**parts[0], "after": parts[1], "for": parts[2]}, "effect": parts[3]})
# One job that spoils every request that it is in, for a while or for good.
_spoiler = st.tuples(
    st.sampled_from(_WRITES + _READS),
    st.integers(0, 3),
    st.sampled_from([{}, {"jobs_least": 2}, {"for": 60}]),
    _REFUSALS,
).map(lambda parts: {"match": {**parts[0], "job_id": job_id(parts[1]), **parts[2]}, "effect": parts[3]})
# Nobody may write, or not any more; the address cannot be reached by this proxy.
_final = st.tuples(
    st.sampled_from([{"kind": "write"}, {"endpoint": "batch-jobs"}, {"kind": "read"}]),
    st.integers(0, 4),
    st.one_of(_UNAUTHORIZED, st.just({"fate": "proxy_refuses", "proxy_status": 407}), _REFUSALS),
).map(lambda parts: {"match": {**parts[0], "after": parts[1]}, "effect": parts[2]})


def _honest(rule):
    """A code for an unknown job says nothing of jobs that exist, unless it is the answer to a request with others as well:
    alone, it would be the service's own word that there is no such job."""
    about_reads = rule["match"].get("kind") != "write" and rule["match"].get("endpoint") != "batch-jobs"
    if about_reads and rule["effect"].get("error_code") in _OF_UNKNOWN_JOBS:
        return {**rule, "match": {**rule["match"], "jobs_least": 2}}
    return rule


def _all_of(*parts):
    """The lists of rules as one."""
    return st.tuples(*parts).map(lambda lists: [_honest(rule) for rules in lists for rule in rules])


def _at_most_one(*rules):
    return st.lists(st.one_of(*rules), max_size=1)


faults = _all_of(
    _rules(_WRITES, _write_breaks, 4),
    _rules(_READS, _read_breaks, 3),
    _at_most_one(_vanished, _denied, _spoiler, _final),
)
_denied_for_good = st.tuples(st.sampled_from([{"kind": "read"}, *_READS]), st.integers(0, 4), _UNAUTHORIZED).map(
    lambda parts: {"match": {**parts[0], "after": parts[1]}, "effect": parts[2]}
)
# At most one request to write is broken, and any to read, all of it in ways that end and are not about one job alone.
# (Three 401s in a row to a token that cannot be renewed are final.)
_NOT_401 = _UNAUTHORIZED.filter(lambda effect: effect["status"] != 401)
_mild_denied = st.tuples(st.sampled_from(_READS), st.integers(1, 4), st.floats(0.1, 20), _NOT_401).map(
    lambda parts: {"match": {**parts[0], "after": parts[1], "for": parts[2]}, "effect": parts[3]}
)
_split = st.tuples(st.sampled_from(_WRITES + _READS), _with(_REFUSALS, applied=st.integers(0, 3))).map(
    lambda parts: {"match": {**parts[0], "jobs_least": 2, "nth": 1}, "effect": parts[1]}
)
mild_faults = _all_of(
    st.one_of(_rules(_WRITES, _breaks, 1), st.lists(_split, max_size=1)),
    _rules(_READS, _breaks, 2),
    _at_most_one(_vanished, _mild_denied),
)

# Reads alone, with the calls of drs_job_info.
_READ_CALLS = [
    {"endpoint": name} for name in ("batch-status", "batch-detail", "batch-progress", "batch-rpo-and-rto", "list")
]
_NOT_ABOUT_JOBS = _read_breaks.filter(lambda effect: effect.get("error_code") not in _OF_UNKNOWN_JOBS)
read_faults = _all_of(_rules(_READ_CALLS, _NOT_ABOUT_JOBS, 4), _at_most_one(_vanished, _mild_denied, _denied_for_good))
