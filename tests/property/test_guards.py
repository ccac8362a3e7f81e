# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired states by selection, in waves and with limits, under any faults: nothing is written that a guard forbids."""

from __future__ import annotations

import fnmatch

from ansible_collections.huaweicloud.drs.tests.property import strategies
from ansible_collections.huaweicloud.drs.tests.property.strategies import SETTLE, STATUSES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run_batch
from hypothesis import given
from hypothesis import strategies as st

OPTIONS = {"settle_time": SETTLE, "wait_timeout": 3000}
NAMES = ["a-1", "a-2", "b-1", "b-2", "c"]
GOOD = ("ok", "accepted")


def named(job):
    return st.builds(lambda seed, name: {**seed, "name": name}, job, st.sampled_from(NAMES))


any_fleet = st.lists(st.one_of(named(strategies.obedient), named(strategies.stubborn)), min_size=1, max_size=9)
obedient_fleet = st.lists(named(strategies.obedient), min_size=1, max_size=9)
_select = st.fixed_dictionaries(
    {"name": st.lists(st.sampled_from(["a-*", "b-*", "c", "?-1", "*", "none"]), min_size=1, max_size=2)},
    optional={
        "exclude": st.lists(st.sampled_from(["*-2", "c"]), max_size=1),
        "status": st.lists(st.sampled_from(STATUSES), min_size=1, max_size=3),
        "allow_none": st.booleans(),
    },
)
_which = st.one_of(
    st.fixed_dictionaries({"select": _select}),
    st.fixed_dictionaries({"job_id": st.integers(0, 8).map(job_id)}),
)
_entry = st.builds(
    lambda which, more: {**which, **more},
    _which,
    st.fixed_dictionaries(
        {"state": st.sampled_from(["started", "paused", "stopped", "deleted"])},
        optional={"force": st.booleans(), "expected_status": st.sampled_from(STATUSES)},
    ),
)
desired_states = st.lists(_entry, min_size=1, max_size=3)
guards = st.fixed_dictionaries(
    {"max_changes": st.integers(0, 9)},
    optional={
        "waves": st.fixed_dictionaries(
            {"serial": st.lists(st.sampled_from(["1", "2", "3", "40%"]), min_size=1, max_size=2)},
            optional={"max_fail": st.integers(0, 2)},
        ),
        "allowed_actions": st.lists(
            st.sampled_from(["start", "resume", "retry", "pause", "terminate", "force_terminate", "delete"]), max_size=4
        ),
    },
).map(lambda given: {**given.pop("waves", {}), **given})


def written(service):
    """The jobs that a write was sent for, in the order of the first ones."""
    return list(dict.fromkeys(one for entry in service.journal.writes() for one in entry.job_ids))


def waves_of(jobs, serial):
    """The rows of each wave, by the words of the option."""
    sizes, left, place = [], len(jobs), 0
    while left > 0:
        text = serial[min(len(sizes), len(serial) - 1)] if serial else str(left)
        size = max(1, len(jobs) * int(text[:-1]) // 100) if text.endswith("%") else int(text)
        sizes.append(min(size, left))
        left -= sizes[-1]
    waves = []
    for size in sizes:
        waves.append(jobs[place : place + size])
        place += size
    return waves


def fits(select, seed):
    return any(fnmatch.fnmatchcase(seed["name"], pattern) for pattern in select["name"]) and not any(
        fnmatch.fnmatchcase(seed["name"], pattern) for pattern in select.get("exclude", [])
    )


def accepted(service):
    return sorted((done["verb"], done["job_id"]) for entry in service.journal for done in entry.accepted)


def planned_from(seeds, entry):
    """The status of a job when the plan was made."""
    return seeds[int(entry["job_id"][:8])]["status"]


def check_guards(service, result, seeds, entries, given):
    sent = written(service)
    rows = {row["id"]: row for row in result["jobs"]}
    assert len(sent) <= given["max_changes"], "more jobs were written to than max_changes"
    assert set(sent) <= set(rows)
    for one in sent:
        number = int(one[:8])
        meant = [
            entry
            for entry in entries
            if entry.get("job_id") == one
            or ("select" in entry and number < len(seeds) and fits(entry["select"], seeds[number]))
        ]
        assert rows[one]["state"] in {entry["state"] for entry in meant}, "a write outside of what was selected"
        expected = {entry.get("expected_status") for entry in meant if entry["state"] == rows[one]["state"]}
        if None not in expected:
            assert expected & {seen["status"] for seen in rows[one]["timeline"]}, (
                "a write from a status that was not expected"
            )
    allowed = given.get("allowed_actions")
    verbs = {done["verb"] for entry in service.journal for done in entry.accepted}
    assert allowed is None or verbs <= set(allowed)
    if result["reason"]:
        assert (sent, result["failed"]) == ([], True)
    if "max_fail" in given:
        bad = 0
        for number, wave in enumerate(waves_of(result["jobs"], given["serial"])):
            if number and bad > given["max_fail"]:
                assert not {row["id"] for row in wave} & set(sent), "a write in a wave after the failures"
            bad += sum(row["outcome"] not in GOOD for row in wave)


@given(any_fleet, desired_states, guards, strategies.faults)
def test_no_guard_is_broken(seeds, entries, given, faults):
    service = emulator(seeds)
    for fault in faults:
        service.fault(fault)
    began = service.clock.now()
    result = run_batch(service, jobs=entries, **OPTIONS, **given)
    assert service.clock.now() - began <= OPTIONS["wait_timeout"] + 30 + 1
    check_guards(service, result, seeds, entries, given)


@given(obedient_fleet, desired_states, guards)
def test_check_mode_s_plan_is_what_the_run_does(seeds, entries, given):
    if any("expected_status" in entry for entry in entries):
        # While a job is busy, or an earlier wave at work, its status may move, and a prediction cannot know of that.
        seeds = [{key: value for key, value in seed.items() if not key.startswith("busy")} for seed in seeds]
        given = {key: value for key, value in given.items() if key not in ("serial", "max_fail")}
    service = emulator(seeds)
    predicted = run_batch(service, check=True, jobs=entries, **OPTIONS, **given)
    assert not service.journal.writes()
    result = run_batch(emulator(seeds), jobs=entries, **OPTIONS, **given)
    keys = ("id", "state", "action", "changed", "outcome", "reason", "status_before")
    assert [[row[key] for key in keys] for row in predicted["jobs"]] == [
        [row[key] for key in keys] for row in result["jobs"]
    ]
    for key in ("diff", "reason", "selected", "failed"):
        assert predicted[key] == result[key]


@given(obedient_fleet, desired_states)
def test_a_plan_that_is_applied_is_the_run(seeds, entries):
    entries = [{key: value for key, value in entry.items() if key != "expected_status"} for entry in entries]
    seeds = [{key: value for key, value in seed.items() if not key.startswith("busy")} for seed in seeds]
    plan = run_batch(emulator(seeds), check=True, jobs=entries, max_changes=9, **OPTIONS)["plan"]
    whole, applied = emulator(seeds), emulator(seeds)
    run_batch(whole, jobs=entries, max_changes=9, **OPTIONS)
    result = run_batch(applied, jobs=plan, **OPTIONS)
    moved = {row["id"] for row in result["jobs"] if row["reason"] == "status_moved"}
    # What is between two statuses may get into another one than is foreseen.
    restless = {entry["job_id"] for entry in plan if entry["expected_status"] != planned_from(seeds, entry)}
    assert moved <= restless
    assert accepted(applied) == [write for write in accepted(whole) if write[1] not in moved]


@given(obedient_fleet, desired_states)
def test_a_second_run_changes_nothing(seeds, entries):
    service = emulator(seeds)
    entries = [{key: value for key, value in entry.items() if key != "expected_status"} for entry in entries]
    first = run_batch(service, jobs=entries, max_changes=9, **OPTIONS)
    # What was reached, by id: a selection by status would now choose others.
    reached = [{"job_id": row["id"], "state": row["state"]} for row in first["jobs"] if row["outcome"] == "ok"]
    before = len(service.journal.writes())
    second = run_batch(service, jobs=reached, **OPTIONS)
    assert (second["changed"], len(service.journal.writes())) == (False, before)
