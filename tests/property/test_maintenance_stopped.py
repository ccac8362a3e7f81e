# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A maintenance that is stopped anywhere, under any faults: the next absent with takeover brings back exactly the jobs that
were paused, or is red and names what is left."""

from __future__ import annotations

import contextlib
import json
import pathlib
import tempfile

from ansible_collections.huaweicloud.drs.tests.property import strategies
from ansible_collections.huaweicloud.drs.tests.property.turns import maintenance, stopped
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import assert_readable
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id
from hypothesis import given, settings
from hypothesis import strategies as st

# A whole maintenance or two take longer than a run of drs_job_batch.
fewer = settings(max_examples=max(1, settings().max_examples // 4))
OPTIONS = {"wait_timeout": 300, "settle_time": strategies.SETTLE}
RUNNING, FULL, PAUSED = "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", "PAUSING"
# Seconds after which every pause that was ever accepted has come.
LATER = 100_000
KEYS = {
    *("changed", "failed", "msg", "warnings", "run", "record", "record_path", "held_by", "paused", "rolled_back"),
    *("remaining", "jobs", "by_id", "summary", "api", "diff", "window"),
}

pausable = st.fixed_dictionaries(
    {"status": st.sampled_from([RUNNING, RUNNING, FULL])},
    optional={
        "write_lag": st.sampled_from([0, 5, 29, 40, 290, 400, 2000]),
        "durations": st.sampled_from([{FULL: None}, {FULL: 20}]),
        "busy_writes": st.integers(1, 3),
        "busy": st.floats(0, 400),
    },
)
difficult = st.sampled_from(
    [
        {"status": PAUSED},
        {"status": "PAUSEING"},
        {"status": RUNNING, "not_pausable": True},
        {"status": RUNNING, "fails": {"pause": "INCRE_TRANSFER_FAILED"}},
        {"status": RUNNING, "fails": {"retry": "INCRE_TRANSFER_FAILED"}},
        {"status": RUNNING, "refuse": {"retry": ("DRS.M00304", "not now")}},
        {"status": RUNNING, "refuse": {"pause": ("DRS.M00202", "not that")}},
    ]
)
hopeless = st.sampled_from(
    [
        {"status": "INCRE_TRANSFER_FAILED"},
        {"status": "RELEASE_RESOURCE_COMPLETE"},
        {"status": "CONFIGURATION"},
        {"status": "CHANGE_JOB_STARTED"},
        {"status": "FROZEN"},
    ]
)
fleets = st.lists(st.one_of(*[pausable] * 6, difficult), min_size=1, max_size=6)
# Now and then one that keeps a maintenance from beginning.
odd_fleets = st.tuples(fleets, st.lists(hopeless, max_size=1)).map(lambda parts: parts[0] + parts[1])
faults = st.one_of(st.just([]), strategies.mild_faults, strategies.faults)
stops = st.tuples(st.integers(1, 80), st.booleans())
batches = st.sampled_from([1, 2, 10])


@contextlib.contextmanager
def state_dir():
    with tempfile.TemporaryDirectory() as place:
        yield pathlib.Path(place) / "state"


def put_faults(service, rules):
    service.faults.remove()
    for rule in rules:
        service.fault(rule)


def check_result(result):
    assert_readable(result)
    assert set(result) >= KEYS, KEYS - set(result)
    assert not result["remaining"] or result["failed"] or result["paused"]
    assert result["changed"] == any(job["changed"] for job in result["jobs"])


def open_record(folder, name="default"):
    path = folder / f"{name}.json"
    record = json.loads(path.read_text("utf-8")) if path.exists() else None
    return record if record and record["phase"] == "open" else None


def check_jobs(service, seeds, remaining):
    """Nothing is paused but what was paused before and what is named, and nothing was done but pauses and resumes. (Of two
    resumes at once, the second finds the job failed where the first made it fail: the service takes it as a retry.)"""
    service.tick(LATER)
    for number, seed in enumerate(seeds):
        key, verbs = job_id(number), service.journal.accepted(job_id(number))
        fails = "retry" in seed.get("fails", {})
        assert set(verbs) <= {"pause", "resume", *(["retry"] if fails else [])}, (key, verbs)
        assert verbs.count("resume") <= verbs.count("pause"), (key, verbs)
        if seed["status"] in (PAUSED, "PAUSEING"):
            assert verbs == [], "a job that was paused before was touched"
        elif service.jobs[key].phase == "paused":
            assert key in remaining, (key, verbs, remaining)


@fewer
@given(odd_fleets, faults, faults, stops, st.lists(stops, max_size=2), st.sampled_from([0, 30, 1000]), batches)
def test_stopped_anywhere(seeds, before, after, stop, later_stops, meanwhile, batch):
    service = emulator(seeds)
    ids = [job_id(number) for number in range(len(seeds))]
    options = dict(OPTIONS, batch_size=batch)
    with state_dir() as folder:
        put_faults(service, before)
        begun = stopped(service, folder, *stop, "present", job_ids=ids, run="first", **options)
        if begun:
            check_result(begun)
        service.tick(meanwhile)
        for later in later_stops:
            ended = stopped(service, folder, *later, "absent", takeover=True, **options)
            if ended:
                check_result(ended)
        put_faults(service, after)

        first = maintenance(service, folder, "absent", takeover=True, **options)

        check_result(first)
        assert open_record(folder) or not first["remaining"]
        put_faults(service, [])
        last = maintenance(service, folder, "absent", takeover=True, **options)
        check_result(last)
        remaining = set(last["remaining"])
        assert bool(open_record(folder)) == bool(remaining)
        assert not remaining or last["failed"]
        check_jobs(service, seeds, remaining)
        written = service.journal.writes()
        if not remaining:
            again = maintenance(service, folder, "present", job_ids=ids, run="next", check=True, **options)
            assert again["held_by"] is None
        assert service.journal.writes() == written


@fewer
@given(odd_fleets, faults, faults, stops, batches)
def test_the_first_absent_alone_tells_all(seeds, before, after, stop, batch):
    """As above, and what is said at once under faults must do: nobody looks a second time."""
    service = emulator(seeds)
    ids = [job_id(number) for number in range(len(seeds))]
    options = dict(OPTIONS, batch_size=batch)
    with state_dir() as folder:
        put_faults(service, before)
        stopped(service, folder, *stop, "present", job_ids=ids, run="first", **options)
        put_faults(service, after)
        result = maintenance(service, folder, "absent", takeover=True, **options)
        check_result(result)
        assert bool(open_record(folder)) == bool(result["remaining"])
        check_jobs(service, seeds, set(result["remaining"]))


@fewer
@given(fleets, faults, faults, st.booleans(), batches)
def test_a_whole_maintenance(seeds, before, after, by_run, batch):
    """Not stopped: the work runs only with all jobs paused, and absent brings back what it is to bring back."""
    service = emulator(seeds)
    ids = [job_id(number) for number in range(len(seeds))]
    options = dict(OPTIONS, batch_size=batch)
    with state_dir() as folder:
        put_faults(service, before)
        begun = maintenance(service, folder, "present", job_ids=ids, run="mine", **options)
        check_result(begun)
        if begun["failed"]:
            check_jobs(emulator_at_rest(service), seeds, set(begun["remaining"]))
            return
        assert all(service.jobs[key].phase == "paused" for key in ids)
        paused_before = [key for key, seed in zip(ids, seeds, strict=True) if seed["status"] in (PAUSED, "PAUSEING")]
        assert sorted([*begun["paused"], *paused_before]) == ids
        put_faults(service, after)
        ended = maintenance(service, folder, "absent", **({"run": "mine"} if by_run else {"takeover": True}), **options)
        check_result(ended)
        check_jobs(service, seeds, set(ended["remaining"]))


def emulator_at_rest(service):
    service.faults.remove()
    return service
