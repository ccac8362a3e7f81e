# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lag after a write, the clocks, and the options of a seeded job."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import transitions
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import emulate, job_id

ONE, TWO = job_id(0), job_id(1)

ALLOWED = {
    "start": "CONFIGURATION",
    "retry": "PAUSING",
    "pause": "INCRE_TRANSFER_STARTED",
    "terminate": "INCRE_TRANSFER_STARTED",
    "force_terminate": "INCRE_TRANSFER_STARTED",
    "delete": "RELEASE_RESOURCE_COMPLETE",
}
START_IN_AN_HOUR = 3600


@pytest.mark.parametrize("verb", transitions.VERBS)
def test_the_old_status_is_shown_for_the_lag_and_a_second_write_is_busy(verb):
    caller = emulate(ALLOWED[verb])
    caller.write(verb, ONE)
    caller.emulator.tick(1.9)
    assert caller.status(ONE) == ALLOWED[verb]
    row = caller.write(verb, ONE).json()["results"][0]
    assert row["error_code"] == "DRS.M01504"
    caller.emulator.tick(0.1)
    assert caller.status(ONE) != ALLOWED[verb]
    assert caller.emulator.journal.accepted(ONE) == ["resume" if verb == "retry" else verb]


@pytest.mark.parametrize("verb", transitions.VERBS)
def test_with_the_immediate_clock_one_reading_shows_the_old_status(verb):
    caller = emulate(ALLOWED[verb], clock="immediate")
    caller.write(verb, ONE)
    assert caller.write(verb, ONE).json()["results"][0]["error_code"] == "DRS.M01504"
    assert caller.status(ONE) == ALLOWED[verb]
    assert caller.status(ONE) != ALLOWED[verb]


def test_looking_from_outside_is_no_reading():
    caller = emulate("INCRE_TRANSFER_STARTED", clock="immediate")
    caller.write("pause", ONE)
    assert [caller.emulator.jobs[ONE].status for _turn in range(3)] == ["INCRE_TRANSFER_STARTED"] * 3
    assert caller.status(ONE) == "INCRE_TRANSFER_STARTED"
    assert caller.emulator.jobs[ONE].status == "PAUSING"
    assert caller.emulator.jobs[ONE].phase == "paused"


def test_the_immediate_clock_shows_each_moving_status_once():
    caller = emulate("CONFIGURATION", clock="immediate")
    caller.write("start", ONE)
    assert [caller.status(ONE) for _turn in range(5)] == [
        "CONFIGURATION",
        "STARTJOBING",
        "FULL_TRANSFER_STARTED",
        "INCRE_TRANSFER_STARTED",
        "INCRE_TRANSFER_STARTED",
    ]


def test_the_lag_can_be_set_for_each_verb_and_job():
    caller = emulate("CONFIGURATION", {"status": "CONFIGURATION", "write_lag": 9}, lag={"start": 5})
    caller.write("start", ONE, TWO)
    caller.emulator.tick(5)
    assert caller.statuses(ONE, TWO) == ["STARTJOBING", "CONFIGURATION"]


def test_a_job_moves_by_itself_while_a_pause_does_not_show():
    caller = emulate({"status": "FULL_TRANSFER_STARTED", "durations": {"FULL_TRANSFER_STARTED": 1}}, lag=3)
    caller.write("pause", ONE)
    caller.emulator.tick(2)
    assert caller.status(ONE) == "INCRE_TRANSFER_STARTED"
    caller.emulator.tick(1)
    assert caller.status(ONE) == "PAUSING"
    caller.write("retry", ONE)
    caller.emulator.tick(13)
    assert caller.status(ONE) == "INCRE_TRANSFER_STARTED"


def test_a_long_time_at_once_and_in_pieces_ends_the_same():
    at_once, in_pieces = emulate("CONFIGURATION"), emulate("CONFIGURATION")
    for caller in (at_once, in_pieces):
        caller.write("start", ONE)
    at_once.emulator.tick(41.5)
    for _turn in range(83):
        in_pieces.emulator.tick(0.5)
        in_pieces.status(ONE)
    assert at_once.status(ONE) == in_pieces.status(ONE) == "FULL_TRANSFER_STARTED"
    at_once.emulator.tick(0.5)
    assert at_once.status(ONE) == "INCRE_TRANSFER_STARTED"


@pytest.mark.parametrize(
    ("task_type", "last"),
    [
        ("FULL_TRANS", "FULL_TRANSFER_COMPLETE"),
        ("INCR_TRANS", "INCRE_TRANSFER_STARTED"),
        ("FULL_INCR_TRANS", "INCRE_TRANSFER_STARTED"),
    ],
)
def test_the_task_type_decides_where_a_start_leads(task_type, last):
    caller = emulate({"status": "CONFIGURATION", "task_type": task_type})
    caller.write("start", ONE)
    caller.emulator.tick(12)
    assert caller.status(ONE) == ("INCRE_TRANSFER_STARTED" if task_type == "INCR_TRANS" else "FULL_TRANSFER_STARTED")
    caller.emulator.tick(1000)
    assert caller.status(ONE) == last


def test_a_start_in_the_future_waits_for_its_time():
    caller = emulate("CONFIGURATION")
    start = str(int((caller.emulator.clock.wall() + START_IN_AN_HOUR) * 1000))
    caller.write("start", ONE, start_time=start)
    caller.emulator.tick(START_IN_AN_HOUR - 1)
    assert caller.status(ONE) == "WAITING_FOR_START"
    assert caller.emulator.jobs[ONE].phase == "scheduled"
    caller.emulator.tick(1.01)
    assert caller.status(ONE) == "STARTJOBING"


@pytest.mark.parametrize("start_time", ["", "0", "1000"])
def test_an_empty_or_past_start_time_is_now(start_time):
    caller = emulate("WAITING_FOR_START", lag=0)
    caller.write("start", ONE, start_time=start_time)
    assert caller.status(ONE) == "STARTJOBING"


def test_a_start_in_the_future_waits_with_the_immediate_clock_too():
    caller = emulate("CONFIGURATION", clock="immediate")
    caller.write("start", ONE, start_time=str(int((caller.emulator.clock.wall() + START_IN_AN_HOUR) * 1000)))
    assert [caller.status(ONE) for _turn in range(4)] == ["CONFIGURATION"] + ["WAITING_FOR_START"] * 3


def test_a_seeded_schedule_comes_due():
    caller = emulate({"status": "WAITING_FOR_START", "starts_in": 60}, "WAITING_FOR_START")
    caller.emulator.tick(61)
    assert caller.statuses(ONE, TWO) == ["STARTJOBING", "WAITING_FOR_START"]


def test_initialisation_only_ends_in_waiting():
    caller = emulate("CONFIGURATION")
    caller.write("start", ONE, is_only_init_task=True)
    caller.emulator.tick(1000)
    assert caller.status(ONE) == "WAITING_FOR_START"


def test_re_edited_objects_change_the_job():
    caller = emulate("INCRE_TRANSFER_STARTED", lag=0)
    assert caller.write("retry", ONE).json()["results"][0]["error_code"] == "DRS.M00304"
    caller.write("retry", ONE, is_sync_re_edit=True)
    assert caller.status(ONE) == "CHANGE_JOB_STARTED"
    caller.emulator.tick(100)
    assert caller.status(ONE) == "INCRE_TRANSFER_STARTED"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FULL_TRANSFER_STARTED", "FULL_TRANSFER_STARTED"),
        ("FULL_TRANSFER_FAILED", "FULL_TRANSFER_STARTED"),
        ("FULL_TRANSFER_COMPLETE", "FULL_TRANSFER_COMPLETE"),
        ("INCRE_TRANSFER_STARTED", "INCRE_TRANSFER_STARTED"),
        ("INCRE_TRANSFER_FAILED", "INCRE_TRANSFER_STARTED"),
    ],
)
def test_a_resume_gives_back_the_phase_before(before, after):
    caller = emulate(
        {"status": before, "durations": {"FULL_TRANSFER_STARTED": None, "FULL_TRANSFER_COMPLETE": None}}, lag=0
    )
    caller.write("pause", ONE)
    assert caller.status(ONE) == "PAUSING"
    caller.write("retry", ONE)
    caller.emulator.tick(10)
    assert caller.status(ONE) == after


@pytest.mark.parametrize(
    ("verb", "seen"),
    [
        ("start", ["STARTJOBING", "START_JOB_FAILED"]),
        ("retry", ["STARTJOBING", "START_JOB_FAILED"]),
        ("pause", ["START_JOB_FAILED"]),
        ("terminate", ["RELEASE_RESOURCE_STARTED", "START_JOB_FAILED"]),
        ("delete", ["START_JOB_FAILED"]),
    ],
)
def test_a_write_can_be_made_to_fail_after_it_was_accepted(verb, seen):
    caller = emulate(
        {
            "status": ALLOWED[verb],
            "fails": {verb: "START_JOB_FAILED"},
            "error_code": "DRS.M01501",
            "error_message": "no disk",
        },
        lag=0,
    )
    assert caller.write(verb, ONE).json()["results"][0]["status"] == "success"
    assert caller.status(ONE) == seen[0]
    caller.emulator.tick(10)
    row = caller.call("batch-status", {"jobs": [ONE]}).json()["results"][0]
    assert row == {"id": ONE, "status": seen[-1], "error_code": "DRS.M01501", "error_message": "no disk"}


@pytest.mark.parametrize("status", ["RELEASE_RESOURCE_FAILED", "INCRE_TRANSFER_STARTED", "PAUSING", "Frozen", "NODE-2"])
@pytest.mark.parametrize(
    ("verb", "begins"),
    [
        ("terminate", "INCRE_TRANSFER_STARTED"),
        ("force_terminate", "PAUSING"),
        ("delete", "RELEASE_RESOURCE_COMPLETE"),
        ("pause", "INCRE_TRANSFER_STARTED"),
        ("retry", "PAUSING"),
    ],
)
def test_a_write_may_end_in_any_status(verb, begins, status):
    caller = emulate(
        {"status": begins, "fails": {verb: status}, "durations": {status: None} if status in transitions.PHASES else {}}
    )
    assert caller.write(verb, ONE).json()["results"][0]["status"] == "success"
    caller.emulator.tick(1000)
    assert caller.status(ONE) == status
    assert [done["verb"] for done in caller.emulator.journal[0].accepted] == ["resume" if verb == "retry" else verb]


@pytest.mark.parametrize("status", ["Frozen", "NODE_UPGRADE_2", "HALF-DONE"])
def test_a_status_that_nobody_knows_is_shown_as_it_is(status):
    caller = emulate(status)
    assert caller.status(ONE) == status
    assert caller.emulator.jobs[ONE].phase == "unknown"


def test_a_stuck_job_stays_whatever_is_accepted():
    caller = emulate(
        {"status": "CONFIGURATION", "stuck": "STARTJOBING"},
        {"status": "INCRE_TRANSFER_STARTED", "stuck": "INCRE_TRANSFER_STARTED"},
    )
    caller.write("start", ONE)
    caller.write("pause", TWO)
    caller.emulator.tick(10000)
    assert caller.statuses(ONE, TWO) == ["STARTJOBING", "INCRE_TRANSFER_STARTED"]
    assert caller.write("pause", TWO).json()["results"][0]["status"] == "success"


def test_a_busy_job_refuses_every_write_for_its_time():
    caller = emulate(
        {"status": "INCRE_TRANSFER_STARTED", "busy": 30}, {"status": "INCRE_TRANSFER_STARTED", "busy": True}
    )
    for job in (ONE, TWO):
        assert caller.write("pause", job).json()["results"][0]["error_code"] == "DRS.M01504"
    caller.emulator.tick(30)
    assert [caller.write("pause", job).json()["results"][0]["status"] for job in (ONE, TWO)] == ["success", "failed"]


def test_a_job_busy_for_two_writes_takes_the_third():
    caller = emulate({"status": "INCRE_TRANSFER_STARTED", "busy_writes": 2})
    assert [caller.write("pause", ONE).json()["results"][0]["status"] for _turn in range(3)] == [
        "failed",
        "failed",
        "success",
    ]


def test_a_job_that_cannot_be_paused_says_so():
    caller = emulate({"status": "INCRE_TRANSFER_STARTED", "not_pausable": True})
    assert caller.write("pause", ONE).json()["results"][0]["error_code"] == "DRS.M00302"
    assert caller.write("terminate", ONE).json()["results"][0]["status"] == "success"


def test_a_refusal_can_be_seeded_for_a_verb():
    caller = emulate({"status": "CONFIGURATION", "refuse": {"start": ["DRS.10010047", "Perform the precheck again."]}})
    row = caller.write("start", ONE).json()["results"][0]
    assert row == {
        "id": ONE,
        "status": "failed",
        "error_code": "DRS.10010047",
        "error_msg": "Perform the precheck again.",
    }


def test_starting_an_unpaid_yearly_job_places_an_order():
    caller = emulate(
        {"status": "CONFIGURATION", "period_order": {"order_id": "CS1", "status": "UNORDERED"}},
        {"status": "CONFIGURATION", "period_order": {"order_id": "CS2", "status": "COMPLETED"}},
    )
    caller.write("start", ONE, TWO)
    assert [(order["job_id"], order["order_id"]) for order in caller.emulator.orders_paid] == [(ONE, "CS1")]
    assert caller.emulator.state()["orders_paid"] == caller.emulator.orders_paid
    assert caller.call("batch-detail", {"jobs": [ONE]}).json()["results"][0]["period_order"]["status"] == "COMPLETED"


def test_a_job_with_a_live_order_is_not_deleted():
    caller = emulate(
        {"status": "RELEASE_RESOURCE_COMPLETE", "period_order": {"order_id": "CS1", "status": "COMPLETED"}}
    )
    assert caller.write("delete", ONE).json()["results"][0]["error_code"] == "DRS.M00304"


def test_the_other_spelling_of_paused():
    caller = emulate("PAUSING", paused_spelling="PAUSEING")
    assert caller.status(ONE) == "PAUSEING"
    assert emulate("PAUSEING").status(ONE) == "PAUSEING"
    assert caller.emulator.jobs[ONE].phase == "paused"


def test_a_status_that_nobody_knows_can_be_seeded():
    caller = emulate("FROZEN")
    assert caller.status(ONE) == "FROZEN"
    assert caller.emulator.jobs[ONE].phase == "unknown"
    assert caller.write("terminate", ONE).json()["results"][0]["error_code"] == "DRS.M00304"


@pytest.mark.parametrize(
    ("model", "at_0", "at_30", "at_60"),
    [
        ({"at": 30, "falls": 0.5}, "30", "15", "0"),
        ({"at": 1, "falls": -1}, "1", "31", "61"),
        ({"at": 40, "falls": 1, "floor": 5}, "40", "10", "5"),
        ({"times": [[0, 7], [60, 0]]}, "7", "7", "0"),
        ([9, "not a number", None], "9", "not a number", None),
        (4, "4", "4", "4"),
    ],
)
def test_lag_follows_its_model(model, at_0, at_30, at_60):
    caller = emulate({"status": "INCRE_TRANSFER_STARTED", "lag": model})
    seen = []
    for _turn in range(3):
        seen.append(caller.call("batch-progress", {"jobs": [ONE]}).json()["results"][0].get("incre_trans_delay"))
        caller.emulator.tick(30)
    assert seen == [at_0, at_30, at_60]


@pytest.mark.parametrize(
    ("name", "key"), [("batch-status", "status"), ("batch-detail", "status"), ("batch-progress", "transfer_status")]
)
def test_with_the_immediate_clock_an_error_shows_with_its_own_status(name, key):
    caller = emulate({"status": "CONFIGURATION", "fails": {"start": "START_JOB_FAILED"}}, clock="immediate")
    caller.write("start", ONE)
    rows = [caller.call(name, {"jobs": [ONE]}).json()["results"][0] for _turn in range(3)]
    assert [row[key] for row in rows] == ["CONFIGURATION", "STARTJOBING", "START_JOB_FAILED"]
    assert ["error_code" in row for row in rows] == [False, False, True]
