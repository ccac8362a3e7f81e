# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds whatever goes wrong, asserted on the emulator's journal and on its own view of the jobs."""

from __future__ import annotations

import json
import unicodedata

from ansible.module_utils.basic import remove_values
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run_batch

WAIT_TIMEOUT, REQUEST_TIMEOUT, SETTLE_TIME = 150, 30, 30
OUTCOMES = ("ok", "accepted", "failed", "timed_out", "unknown", "not_attempted")
# The emulator's words for what each wish means.
THERE = {
    "started": {"running", "scheduled"},
    "paused": {"paused"},
    "stopped": {"ended", "deleted"},
    "deleted": {"deleted"},
}
FAMILY = {
    "start": "start",
    "resume": "start",
    "retry": "start",
    "pause": "pause",
    "terminate": "stop",
    "force_terminate": "stop",
    "delete": "delete",
}


def run(service, state, ids=None, **options):
    """The result of a run over all jobs of this emulator, or those named; what always holds is asserted."""
    asked = list(service.jobs) if ids is None else ids
    options = {"wait_timeout": WAIT_TIMEOUT, "settle_time": SETTLE_TIME, "request_timeout": REQUEST_TIMEOUT, **options}
    before, began = service.journal.count, service.clock.now()
    result = run_batch(service, state=state, job_ids=asked, **options)
    took = service.clock.now() - began
    assert took <= options["wait_timeout"] + options["request_timeout"] + 1, "the deadline was passed by"
    check_result(service, result, state, asked, service.journal.since(before))
    return result


def check_result(service, result, state, asked, entries):
    """The result is whole, and tells the truth about what the emulator did in these entries of its journal."""
    assert [job["id"] for job in result["jobs"]] == asked
    summary = result["summary"]
    assert summary["requested"] == len(asked) == sum(summary[outcome] for outcome in OUTCOMES)
    for job in result["jobs"]:
        verbs = accepted(entries, job["id"])
        families = [FAMILY[verb] for verb in verbs]
        assert len(families) == len(set(families)), "%s was done twice: %s" % (job["id"], verbs)
        assert job["changed"] or not verbs, "%s was changed, and the result does not say so" % job["id"]
        assert not job["changed"] or verbs or job["outcome"] == "unknown", "%s was not changed" % job["id"]
        if job["outcome"] == "ok" and job["id"] in service.jobs:
            known = service.jobs[job["id"]]
            assert known.phase in THERE[state] or (state == "stopped" and known.status == "CREATE_FAILED")
        assert job["outcome"] in ("ok", "accepted") or (job["reason"] and job["id"] in result["by_id"])
    assert result["changed"] == any(job["changed"] for job in result["jobs"])


def _texts(value):
    """Every text in a result, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _texts(key)
            yield from _texts(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from _texts(child)


def assert_readable(result):
    """ansible-core can write the result, and no text of it forges or hides a line of a log."""
    remove_values(result, ["some-secret-value"])
    json.dumps(result, allow_nan=False, ensure_ascii=False).encode("utf-8")
    for text in _texts(result):
        odd = [character for character in text if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")]
        assert not odd, "%r holds %r" % (text, odd)
        assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f") & set(text)


def accepted(entries, job):
    """The verbs that were accepted for a job, in order."""
    return [done["verb"] for entry in entries for done in entry.accepted if done["job_id"] == job]


def outcomes(result):
    """The outcomes in the order asked."""
    return [job["outcome"] for job in result["jobs"]]


def sends(service, job):
    """The writes that named this job, whatever became of them."""
    return [entry for entry in service.journal.writes() if job in entry.job_ids]


def assert_each_write_follows_a_read(service):
    """Before every write, each of its jobs was read, and after the write before it."""
    fresh = set()
    for entry in service.journal:
        if entry.endpoint == "batch-status":
            fresh |= set(entry.job_ids)
        elif entry.kind == "write":
            assert set(entry.job_ids) <= fresh, "a write was made blindly"
            fresh -= set(entry.job_ids)


__all__ = [
    "REQUEST_TIMEOUT",
    "SETTLE_TIME",
    "WAIT_TIMEOUT",
    "accepted",
    "assert_each_write_follows_a_read",
    "assert_readable",
    "emulator",
    "job_id",
    "outcomes",
    "run",
    "sends",
]
