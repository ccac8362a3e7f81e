# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode sends no write and predicts the run that follows, for every status, wish, force and wait."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator.transitions import STATUSES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import TODAY, emulator, job_id, run_batch

STATES = ("started", "paused", "stopped", "deleted")
# Two words more than the service has: a job that it does not know, and a status that nobody knows.
ALL = [*[status.name for status in STATUSES], "PAUSEING", "A_STATUS_OF_TOMORROW", None]
TONIGHT = str(int(TODAY + 3600) * 1000)


def predicted_and_done(status, **options):
    """What check mode says, and what a run of the same options then says, of a job in this status."""
    service = emulator([status] if status else [])
    options = {"job_ids": [job_id(0)], "wait_interval": 5, **options}
    prediction = run_batch(service, check=True, **options)
    assert service.journal.writes() == []
    return told(prediction), told(run_batch(service, **options)), prediction


def told(result):
    row = result["jobs"][0]
    return {
        **{key: row[key] for key in ("action", "changed", "outcome", "reason")},
        "task": (result["failed"], result["changed"]),
        "diff": result["diff"],
    }


@pytest.mark.parametrize(("state", "force", "wait"), list(itertools.product(STATES, (False, True), (False, True))))
def test_every_cell(state, force, wait):
    different = {}
    for status in ALL:
        predicted, done, _prediction = predicted_and_done(status, state=state, force=force, wait=wait)
        if predicted != done:
            different[status] = (predicted, done)
    assert different == {}


@pytest.mark.parametrize(
    "options", [{"start_time": TONIGHT}, {"start_time": "1577836800000"}, {"is_only_init_task": True}]
)
@pytest.mark.parametrize("wait", [False, True])
def test_every_status_with_the_options_of_a_start(options, wait):
    different = {}
    for status in ALL:
        predicted, done, _prediction = predicted_and_done(status, state="started", wait=wait, **options)
        if predicted != done:
            different[status] = (predicted, done)
    assert different == {}


@pytest.mark.parametrize(
    ("status", "state", "predicted"),
    [
        ("STARTJOBING", "paused", True),
        ("STARTJOBING", "started", False),
        ("RELEASE_RESOURCE_STARTED", "deleted", True),
        ("INCRE_TRANSFER_STARTED", "paused", False),
    ],
)
def test_a_prediction_says_that_it_rests_on_a_status_to_come(status, state, predicted):
    _predicted, _done, prediction = predicted_and_done(status, state=state)
    row = prediction["jobs"][0]
    assert (row["status"], row["predicted"]) == (status, predicted)


@pytest.mark.parametrize(
    ("order", "allowed", "action"),
    [("PENDING", False, "none"), ("PENDING", True, "start"), ("COMPLETED", False, "start")],
)
def test_an_order_is_looked_at_in_check_mode_too(order, allowed, action):
    seed = {"status": "CONFIGURATION", "period_order": {"order_id": "CS1", "status": order}}
    predicted, done, _prediction = predicted_and_done(seed, state="started", allow_paid_order=allowed)
    assert predicted == done
    assert predicted["action"] == action
