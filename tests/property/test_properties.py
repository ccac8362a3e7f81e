# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the jobs, the wishes and the faults are: nothing lost, nothing done twice, nothing claimed that is not
so."""

from __future__ import annotations

from collections import Counter

from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.property import strategies
from ansible_collections.huaweicloud.drs.tests.property.strategies import FAMILIES, SETTLE, is_there
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import assert_readable
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run, run_batch
from hypothesis import given
from hypothesis import strategies as st

OPTIONS = {"settle_time": SETTLE, "wait_timeout": 3000, "fail_on": "any"}
OUTCOMES = ("ok", "accepted", "failed", "timed_out", "unknown", "not_attempted")
# What the table of states refuses, whatever the service would say.
BY_THE_TABLE = {
    "no_such_job",
    "illegal_status",
    "unknown_status",
    "running_needs_force",
    "unpaid_order",
    "start_time_past",
}

any_jobs = st.lists(st.one_of(strategies.obedient, strategies.obedient, strategies.stubborn), min_size=1, max_size=9)
obedient_jobs = st.lists(strategies.obedient, min_size=1, max_size=9)


def check_shape(result, ids):
    """The answer accounts for every job."""
    assert_readable(result)
    assert [row["id"] for row in result["jobs"]] == ids
    assert list(result["by_id"]) == ids
    summary = result["summary"]
    assert summary["requested"] == len(ids) == sum(summary[outcome] for outcome in OUTCOMES)
    assert Counter(row["outcome"] for row in result["jobs"]) == {key: summary[key] for key in OUTCOMES if summary[key]}
    assert summary["changed"] == sum(row["changed"] for row in result["jobs"])
    assert result["changed"] == (summary["changed"] > 0)
    bad = len(ids) - summary["ok"] - summary["accepted"]
    assert result["failed"] == (bad > 0)
    for row in result["jobs"]:
        assert (row["reason"] is None) == (row["outcome"] in ("ok", "accepted")), row
        assert row["changed"] or row["outcome"] != "unknown"
        assert row["attempts"] == 0 or row["action"] != "none"


def check_once(done, service, row):
    """No write of a family was accepted twice, but for one case, which is harmless: a stop whose answer was lost, and that
    then failed into a status in which a job is that was never stopped."""
    stops = service.jobs[row["id"]].spec.get("fails", {}) if row["id"] in service.jobs else {}
    fails_elsewhere = any(
        stops.get(verb) not in (None, "RELEASE_RESOURCE_FAILED") for verb in ("terminate", "force_terminate")
    )
    most = {"stop": 2} if fails_elsewhere else {}
    assert all(number <= most.get(family, 1) for family, number in done.items()), (row, done)


@given(any_jobs, strategies.wishes, strategies.faults, st.integers(0, 3), st.booleans())
def test_a_run_under_faults(seeds, wish, faults, unknown, wait):
    service = emulator(seeds)
    for fault in faults:
        service.fault(fault)
    ids = [job_id(number) for number in range(len(seeds) + unknown)]
    began = service.clock.now()

    result = run_batch(service, job_ids=ids, wait=wait, **OPTIONS, **wish)

    check_shape(result, ids)
    assert service.clock.now() - began <= OPTIONS["wait_timeout"] + 30 + 1
    for row in result["jobs"]:
        if row["outcome"] == "ok":
            assert is_there(service, row["id"], wish["state"], "start_time" in wish), row
        done = Counter(FAMILIES[verb] for verb in service.journal.accepted(row["id"]))
        check_once(done, service, row)
        if done:
            assert row["changed"], row


@given(obedient_jobs, strategies.wishes, strategies.mild_faults)
def test_one_broken_write_costs_no_job(seeds, wish, faults):
    service = emulator(seeds)
    for fault in faults:
        service.fault(fault)
    ids = [job_id(number) for number in range(len(seeds))]

    result = run_batch(service, job_ids=ids, **OPTIONS, **wish)

    for row in result["jobs"]:
        assert row["outcome"] == "ok" or row["reason"] in BY_THE_TABLE, row


@given(obedient_jobs, strategies.wishes, strategies.faults, st.booleans())
def test_the_next_runs_finish_the_work_and_then_rest(seeds, wish, faults, wait):
    service = emulator(seeds)
    for fault in faults:
        service.fault(fault)
    ids = [job_id(number) for number in range(len(seeds))]
    run_batch(service, job_ids=ids, wait=wait, **OPTIONS, **wish)
    service.faults.remove()

    second = run_batch(service, job_ids=ids, **OPTIONS, **wish)

    check_shape(second, ids)
    for row in second["jobs"]:
        if row["reason"] not in BY_THE_TABLE:
            assert row["outcome"] == "ok", row
            assert is_there(service, row["id"], wish["state"], "start_time" in wish), row

    # Not the ones that the table refused: one that was being created may have been configured since.
    there = [row["id"] for row in second["jobs"] if row["outcome"] == "ok"]
    before = len(service.journal.writes())
    third = run_batch(service, job_ids=there, **OPTIONS, **wish)
    assert [row["outcome"] for row in third["jobs"]] == ["ok"] * len(there)
    assert not third["changed"]
    assert len(service.journal.writes()) == before


@given(obedient_jobs, strategies.wishes, st.booleans())
def test_check_mode_predicts_the_run_and_sends_no_write(seeds, wish, wait):
    ids = [job_id(number) for number in range(len(seeds))]
    if not wait:
        # Busy is not waited for then, and a prediction cannot know of it.
        seeds = [{key: value for key, value in seed.items() if not key.startswith("busy")} for seed in seeds]
    service = emulator(seeds)

    predicted = run_batch(service, check=True, job_ids=ids, wait=wait, **OPTIONS, **wish)
    assert not service.journal.writes()
    result = run_batch(emulator(seeds), job_ids=ids, wait=wait, **OPTIONS, **wish)

    check_shape(predicted, ids)
    keys = ("id", "action", "changed", "outcome", "reason", "status_before")
    assert [{key: row[key] for key in keys} for row in predicted["jobs"]] == [
        {key: row[key] for key in keys} for row in result["jobs"]
    ]
    assert predicted["diff"] == result["diff"]
    assert [row["status"] for row in predicted["jobs"]] == [row["status_before"] for row in predicted["jobs"]] or any(
        row["status_before"] == "NOT_FOUND" for row in predicted["jobs"]
    )


@given(any_jobs, strategies.wishes, strategies.faults)
def test_check_mode_never_writes(seeds, wish, faults):
    service = emulator(seeds)
    for fault in faults:
        service.fault(fault)
    ids = [job_id(number) for number in range(len(seeds))]
    check_shape(run_batch(service, check=True, job_ids=ids, **OPTIONS, **wish), ids)
    assert not service.journal.writes()


@given(any_jobs, strategies.wishes, st.integers(0, 12))
def test_nothing_is_written_once_nobody_listens(seeds, wish, patience):
    """The caller goes away after the given number of looks."""
    service = emulator(seeds)
    looks = iter([True] * patience)
    ids = [job_id(number) for number in range(len(seeds))]

    result = run_batch(service, job_ids=ids, listening=lambda: next(looks, False), **OPTIONS, **wish)

    check_shape(result, ids)
    assert len(service.journal.writes()) <= patience


@given(any_jobs, strategies.read_faults, st.integers(0, 3), st.booleans())
def test_reading_under_faults(seeds, faults, unknown, by_list):
    """drs_job_info: what was read is right, and what was not is named."""
    service = emulator(seeds)
    for fault in faults:
        service.fault(fault)
    ids = [job_id(number) for number in range(len(seeds) + unknown)]
    began = service.clock.now()
    asked = {"select": {"type": ["sync"]}} if by_list else {"job_ids": ids}

    result = run(service, _query, gather=["detail", "progress", "rpo_rto"], **asked)

    assert_readable(result)
    assert service.clock.now() - began <= 300 + 30 + 1
    assert not result["changed"]
    assert not service.journal.writes()
    assert result["failed"] == bool(result["unread"])
    found = [job["id"] for job in result["jobs"]]
    if not by_list:
        assert sorted(found + result["missing"]) == ids
    unread = {row["id"] for row in result["unread"] if row["what"] == "status"}
    for job in result["jobs"]:
        # (A job that the service no longer knows is read as deleted by some of its codes.)
        assert job["id"] in unread or job["status"] is not None
        assert job["id"] in unread or job["id"] in service.jobs or job["status"] == "DELETED", job
    if not any("drop_rows" in rule["effect"] for rule in faults):
        assert all(job not in service.jobs for job in result["missing"]), result["missing"]
