# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves, the most failures, the most changes, the allowed actions and the expected statuses, on what is sent."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._guards import GuardError, Wave, serial_of, sizes
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run_batch
from hypothesis import given
from hypothesis import strategies as st

RUNNING, PAUSED, ENDED = "INCRE_TRANSFER_STARTED", "PAUSING", "RELEASE_RESOURCE_COMPLETE"
CHANGING, STARTING = "CHANGE_JOB_STARTED", "STARTJOBING"


def ids(number):
    return [job_id(one) for one in range(number)]


def running_for_an_hour(service):
    """The same service, whose clock, as that of a machine, did not begin with this run."""
    service.tick(3600)
    return service


def batch(service, number, state="paused", **params):
    return run_batch(service, state=state, job_ids=ids(number), **params)


def outcomes(result):
    return [(row["outcome"], row["reason"]) for row in result["jobs"]]


def written(service):
    """The jobs of each write, by their numbers."""
    return [[int(one[:8]) for one in entry.job_ids] for entry in service.journal.writes()]


class TestSerial:
    @pytest.mark.parametrize(
        ("serial", "total", "expected"),
        [
            ([], 5, [5]),
            ([], 0, []),
            (["1"], 3, [1, 1, 1]),
            (["1", "2"], 7, [1, 2, 2, 2]),
            (["1", "25%", "100%"], 40, [1, 10, 29]),
            (["30%"], 10, [3, 3, 3, 1]),
            (["1%"], 10, [1] * 10),
            (["50%"], 3, [1, 1, 1]),
            ([10], 4, [4]),
        ],
    )
    def test_waves(self, serial, total, expected):
        assert sizes(total, serial_of(serial)) == expected

    @given(st.integers(0, 500), st.lists(st.builds(Wave, st.integers(1, 300), st.booleans()), max_size=4))
    def test_every_job_is_in_one_wave(self, total, waves):
        found = sizes(total, waves)
        assert sum(found) == total
        assert all(found)
        assert all(size <= wave.size(total) for size, wave in zip(found, waves, strict=False))

    @pytest.mark.parametrize("value", ["0", "-1", "1.5", "%", "x", "", "0%", "1 %", "\u0661"])
    def test_what_is_no_wave(self, value):
        with pytest.raises(GuardError, match="serial holds"):
            serial_of(["1", value])

    def test_a_wave_begins_when_the_one_before_has_ended(self):
        service = emulator([RUNNING] * 5)
        result = batch(service, 5, serial=["1", "2"])
        assert outcomes(result) == [("ok", None)] * 5
        assert written(service) == [[0], [1, 2], [3, 4]]
        read = [entry.job_ids for entry in service.journal if entry.endpoint == "batch-status"]
        assert read[0] == [job_id(0)]
        assert all(len(some) <= 2 for some in read)

    def test_progress_tells_the_jobs_of_later_waves_apart(self, tmp_path):
        lines = tmp_path / "lines"
        batch(emulator([RUNNING] * 3), 3, serial=["1"], progress_file=str(lines))
        later = [json.loads(line).get("later") for line in lines.read_text(encoding="utf-8").splitlines()]
        assert list(dict.fromkeys(later)) == [2, 1, None]

    def test_it_needs_wait(self):
        service = emulator([RUNNING])
        assert "serial needs wait: true" in batch(service, 1, serial=[1], wait=False)["msg"]
        assert "max_fail needs serial" in batch(service, 1, max_fail=1)["msg"]
        assert "max_fail is -1, and must be 0 or more" in batch(service, 1, serial=["1"], max_fail=-1)["msg"]
        assert len(service.journal) == 0

    def test_waves_that_the_deadline_cuts_off(self):
        service = emulator([RUNNING, STARTING, RUNNING, PAUSED], durations={STARTING: None})
        result = batch(service, 4, serial=["2", "1"], wait_timeout=60)
        assert outcomes(result) == [
            ("ok", None),
            ("timed_out", "deadline"),
            ("not_attempted", "deadline"),
            ("not_attempted", "deadline"),
        ]
        assert written(service) == [[0]]
        assert "wait_timeout expired before its wave began" in result["jobs"][2]["error_msg"]
        assert all(0 <= row["duration"] <= 62 for row in result["jobs"])

    def test_a_service_that_never_answers_is_said_though_later_waves_were_cut_off(self):
        service = emulator([RUNNING] * 2)
        service.fault({"match": {}, "effect": {"status": 503, "error_code": "DRS.M00001", "error_msg": "Down."}})
        result = batch(service, 2, serial=["1"], wait_timeout=60, fail_on="never")
        assert result["failed"]
        assert "Down" in result["msg"]

    def test_waves_that_begin_after_the_caller_is_gone(self):
        service = running_for_an_hour(emulator([RUNNING] * 3))
        result = batch(service, 3, serial=["1"], listening=lambda: not service.journal.writes())
        assert outcomes(result)[1:] == [("not_attempted", "caller_gone")] * 2
        assert written(service) == [[0]]
        assert all(0 <= row["duration"] <= 10 for row in result["jobs"])


class TestMaxFail:
    @pytest.mark.parametrize(("max_fail", "waves"), [(0, [[0]]), (1, [[0], [1]]), (None, [[0], [1], [2], [3]])])
    def test_later_waves_are_sent_nothing(self, max_fail, waves):
        service = emulator([RUNNING] * 4 + [PAUSED])
        service.fault({"match": {"kind": "write"}, "effect": {"status": 400, "error_code": "DRS.M00202"}})
        result = batch(service, 5, serial=["1"], max_fail=max_fail)
        assert written(service) == waves
        assert outcomes(result)[4] == ("ok", None)
        assert outcomes(result)[len(waves) : 4] == [("not_attempted", "stopped_early")] * (4 - len(waves))
        assert result["failed"]

    def test_a_job_of_a_later_wave_that_is_in_progress_is_waited_for(self):
        service = emulator(["CREATE_FAILED", STARTING, "CONFIGURATION", CHANGING])
        result = batch(service, 4, state="started", serial=["1"], max_fail=0)
        assert outcomes(result) == [
            ("failed", "illegal_status"),
            ("ok", None),
            ("not_attempted", "stopped_early"),
            ("ok", None),
        ]
        assert written(service) == []

    def test_one_that_will_need_a_write_is_not(self):
        service = emulator([ENDED, STARTING])
        result = batch(service, 2, serial=["1"], max_fail=0)
        assert outcomes(result)[1] == ("not_attempted", "stopped_early")
        assert result["api"]["seconds"] < 2

    def test_check_mode_plays_the_waves(self):
        jobs = [RUNNING, ENDED, RUNNING, PAUSED]
        predicted = batch(emulator(jobs), 4, serial=["1"], max_fail=0, check=True)
        done = batch(emulator(jobs), 4, serial=["1"], max_fail=0)
        assert outcomes(predicted) == outcomes(done)
        assert outcomes(done)[2:] == [("not_attempted", "stopped_early"), ("ok", None)]
        assert [row["changed"] for row in predicted["jobs"]] == [row["changed"] for row in done["jobs"]]


class TestMaxChanges:
    @pytest.mark.parametrize("check", [True, False])
    def test_nothing_is_sent_where_it_would_be_too_many(self, check):
        service = emulator([RUNNING, PAUSED, RUNNING, STARTING, ENDED])
        result = batch(service, 5, max_changes=2, fail_on="never", check=check)
        assert (result["failed"], result["reason"], result["changed"]) == (True, "too_many_changes", False)
        assert outcomes(result) == [
            ("not_attempted", "too_many_changes"),
            ("ok", None),
            ("not_attempted", "too_many_changes"),
            ("not_attempted", "too_many_changes"),
            ("failed", "illegal_status"),
        ]
        assert [row["action"] for row in result["jobs"]] == ["pause", "none", "pause", "pause", "none"]
        assert written(service) == []
        assert "3 jobs would be changed, and max_changes is 2: nothing was sent" in result["msg"]

    @pytest.mark.parametrize("check", [True, False])
    def test_what_needs_no_write_ends_as_without_waiting(self, check):
        """A job in progress is accepted, since nobody waits for it; one that is read between two statuses too."""
        statuses = ["CONFIGURATION", STARTING, RUNNING, ENDED, "CHILD_TRANSFER_STARTING"]
        durations = {STARTING: None, "CHILD_TRANSFER_STARTING": None}
        service = running_for_an_hour(emulator(statuses, durations=durations))
        result = run_batch(service, state="started", job_ids=ids(5), max_changes=0, check=check)
        assert outcomes(result) == [
            ("not_attempted", "too_many_changes"),
            ("accepted", None),
            ("ok", None),
            ("failed", "illegal_status"),
            ("accepted", None),
        ]
        assert [row["status"] for row in result["jobs"]] == [
            "CONFIGURATION",
            STARTING,
            RUNNING,
            ENDED,
            "CHILD_TRANSFER_STARTING",
        ]
        assert [row["changed"] for row in result["jobs"]] == [False] * 5
        assert all(0 <= row["duration"] <= 10 for row in result["jobs"])
        assert result["jobs"][0]["error_msg"] == "1 job would be changed, and max_changes is 0: nothing was sent"
        assert written(service) == []

    @pytest.mark.parametrize("serial", [[], ["1"]])
    def test_as_many_as_allowed_are_sent(self, serial):
        service = emulator([RUNNING, PAUSED, RUNNING])
        result = batch(service, 3, max_changes=2, serial=serial)
        assert outcomes(result) == [("ok", None)] * 3
        assert result["reason"] is None

    def test_it_costs_no_request(self):
        counts = []
        for more in ({}, {"max_changes": 250}):
            service = emulator([RUNNING] * 250)
            assert not batch(service, 250, **more)["failed"]
            counts.append(len(service.journal))
        assert counts[0] == counts[1]

    def test_all_waves_are_counted_before_the_first_write(self):
        service = emulator([RUNNING] * 4)
        assert batch(service, 4, max_changes=3, serial=["1"])["reason"] == "too_many_changes"
        assert written(service) == []

    def test_zero_lets_nothing_change(self):
        assert not batch(emulator([PAUSED] * 3), 3, max_changes=0)["failed"]
        assert batch(emulator([PAUSED, RUNNING]), 2, max_changes=0)["reason"] == "too_many_changes"

    def test_a_job_that_cannot_be_read_counts(self):
        service = emulator([RUNNING, RUNNING])
        service.fault({"match": {"endpoint": "batch-status"}, "effect": {"row_fields": {job_id(1): {"status": None}}}})
        result = batch(service, 2, max_changes=1)
        assert outcomes(result) == [("not_attempted", "too_many_changes")] * 2
        assert [row["action"] for row in result["jobs"]] == ["pause", "none"]
        assert written(service) == []

    def test_what_the_service_said_of_one_that_cannot_be_read(self):
        service = emulator([RUNNING])
        service.fault({"match": {"endpoint": "batch-status"}, "effect": {"status": 503, "error_code": "DRS.M00001"}})
        row = batch(service, 1, max_changes=0)["jobs"][0]
        assert (row["reason"], row["error_code"]) == ("too_many_changes", "DRS.M00001")

    def test_a_job_without_a_row_is_asked_for_again_before_it_counts(self):
        service = emulator([RUNNING])
        result = run_batch(service, state="deleted", force=True, job_ids=ids(3), max_changes=1)
        assert outcomes(result) == [("ok", None)] * 3
        service = emulator([RUNNING], unknown_shape="absent")
        result = run_batch(service, state="deleted", force=True, job_ids=ids(3), max_changes=1)
        assert outcomes(result) == [("ok", None)] * 3

    @pytest.mark.parametrize("check", [True, False])
    def test_a_start_at_a_time(self, check):
        """What is started already, what waits for its time, and what is still to be given one."""
        service = emulator([RUNNING, "WAITING_FOR_START", "CONFIGURATION", STARTING], durations={STARTING: None})
        at = "2026-06-01T02:00:00Z"
        result = run_batch(service, state="started", job_ids=ids(4), start_time=at, max_changes=0, check=check)
        assert outcomes(result)[2] == ("not_attempted", "too_many_changes")
        assert [row["outcome"] for row in result["jobs"]] == ["ok", "ok", "not_attempted", "accepted"]
        assert written(service) == []

    def test_the_second_question_for_a_missing_row_comes_after_its_pause(self):
        service = running_for_an_hour(emulator([RUNNING], unknown_shape="absent"))
        began = service.clock.now()
        batch(service, 2, state="started", max_changes=0, fail_on="never")
        assert 5 <= service.clock.now() - began < 6
        assert [len(entry.job_ids) for entry in service.journal if entry.endpoint == "batch-status"] == [2, 1]

    def test_each_that_comes_to_need_one_is_left(self):
        """Two more jobs than allowed come to need a write, next to one that was counted."""
        service = emulator([PAUSED, STARTING, STARTING], durations={STARTING: 20})
        moved = {"row_status": {job_id(1): "PAUSING", job_id(2): "PAUSING"}}
        service.fault({"match": {"endpoint": "batch-status", "after": 2}, "effect": moved})
        result = run_batch(service, state="started", job_ids=ids(3), max_changes=1)
        assert outcomes(result) == [("ok", None)] + [("not_attempted", "too_many_changes")] * 2
        assert written(service) == [[0]]

    def test_one_that_comes_to_need_a_write_later_is_sent_none(self):
        service = emulator([RUNNING, STARTING], durations={STARTING: 20})
        # Started by somebody else, and paused by somebody else while the run waits for it.
        result = run_batch(
            emulator([PAUSED, STARTING], durations={STARTING: 20}), state="started", job_ids=ids(2), max_changes=1
        )
        assert outcomes(result) == [("ok", None)] * 2
        service = emulator([PAUSED, STARTING], durations={STARTING: 20})
        service.fault(
            {"match": {"endpoint": "batch-status", "after": 2}, "effect": {"row_status": {job_id(1): "PAUSING"}}}
        )
        result = run_batch(service, state="started", job_ids=ids(2), max_changes=1)
        assert outcomes(result) == [("ok", None), ("not_attempted", "too_many_changes")]
        assert written(service) == [[0]]


class TestAllowedActions:
    def test_a_job_that_needs_another_is_sent_nothing(self):
        service = emulator([PAUSED, "INCRE_TRANSFER_FAILED", "CONFIGURATION"])
        result = batch(service, 3, state="started", allowed_actions=["resume"])
        assert outcomes(result) == [("ok", None), ("failed", "action_not_allowed"), ("failed", "action_not_allowed")]
        assert written(service) == [[0]]
        assert "it needs the action retry, and the allowed actions are: resume" in result["msg"]

    @pytest.mark.parametrize("allowed", [["force_terminate"], ["delete"]])
    def test_all_that_it_will_need_are_judged_before_the_first(self, allowed):
        service = emulator([RUNNING, STARTING])
        result = batch(service, 2, state="deleted", force=True, allowed_actions=allowed)
        assert outcomes(result) == [("failed", "action_not_allowed")] * 2
        assert written(service) == []

    def test_a_blocked_job_is_judged_at_once(self):
        service = emulator([STARTING])
        result = batch(service, 1, allowed_actions=["resume"])
        assert outcomes(result) == [("failed", "action_not_allowed")]
        assert result["api"]["seconds"] < 1


class TestExpectedStatus:
    def expect(self, service, *statuses, check=False, **more):
        jobs = [{"job_id": job_id(number), "expected_status": status} for number, status in enumerate(statuses)]
        return run_batch(service, jobs=jobs, check=check, **{"state": "stopped", **more})

    @pytest.mark.parametrize("check", [True, False])
    def test_another_status_is_sent_nothing(self, check):
        service = emulator([RUNNING, RUNNING, ENDED, RUNNING])
        result = self.expect(service, RUNNING, PAUSED, RUNNING, "", check=check)
        assert outcomes(result) == [("ok", None), ("failed", "status_moved"), ("ok", None), ("ok", None)]
        assert written(service) == ([] if check else [[0, 3]])
        assert "it is in status INCRE_TRANSFER_STARTED" in result["jobs"][1]["error_msg"]

    def test_later_writes_follow_our_own(self):
        service = emulator([RUNNING])
        result = self.expect(service, RUNNING, state="deleted", force=True)
        assert outcomes(result) == [("ok", None)]
        assert written(service) == [[0], [0]]

    def test_a_status_that_moves_before_the_write_is_accepted(self):
        service = emulator(["FULL_TRANSFER_STARTED"])
        service.fault(
            {"match": {"kind": "write", "nth": 1}, "effect": {"status": 429, "headers": {"Retry-After": "9"}}}
        )
        service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": {"row_status": {"*": RUNNING}}})
        result = self.expect(service, "FULL_TRANSFER_STARTED")
        assert [row["reason"] for row in result["jobs"]] == ["status_moved"]
        assert len(written(service)) == 1

    def test_two_spellings(self):
        assert outcomes(self.expect(emulator([PAUSED]), "PAUSEING")) == [("ok", None)]
