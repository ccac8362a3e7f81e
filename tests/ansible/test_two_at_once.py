# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two playbooks at once over the same jobs: both end, and both tell the truth."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.tests.ansible.runs import batch, job_id
from ansible_collections.huaweicloud.drs.tests.emulator.transitions import PHASES as PHASE_OF

IDS = [job_id(number) for number in range(12)]
RUNNING, PAUSED = "INCRE_TRANSFER_STARTED", "PAUSING"
SCALE = 10.0
# state -> the phases, in the emulator's own words, in which a job is there
PHASES = {"started": {"running"}, "paused": {"paused"}, "stopped": {"ended"}}
# state -> the verbs with which the service brings a job there
VERBS = {"started": {"resume", "retry", "start"}, "paused": {"pause"}, "stopped": {"terminate"}}


def both(drs, first, second):
    """What came of the two wishes, by wish, asked at the same time."""
    # Each takes its time to answer, so that the two are at work together.
    drs.emulator.fault({"match": {"endpoint": "batch-status"}, "effect": {"delay": 0.2}})
    runs = [
        drs.start(batch(state=state, job_ids=IDS, wait_interval=1, wait_timeout=60, fail_on="never"))
        for state in (first, second)
    ]
    return [run.end().of().facts for run in runs]


def accepted(drs, state):
    """How many writes of this wish's were accepted, job by job."""
    return {one: sum(verb in VERBS[state] for verb in drs.emulator.journal.accepted(one)) for one in IDS}


@pytest.mark.parametrize(
    ("state", "before"), [("paused", RUNNING), ("started", PAUSED), ("started", "CONFIGURATION"), ("stopped", RUNNING)]
)
def test_the_same_wish(service, state, before):
    drs = service([{"id": one, "status": before} for one in IDS], clock="scaled", scale=SCALE)
    results = both(drs, state, state)
    assert accepted(drs, state) == dict.fromkeys(IDS, 1)
    assert {drs.emulator.jobs[one].phase for one in IDS} == PHASES[state]
    for result in results:
        assert result["summary"]["ok"] == len(IDS), result["msg"]
    changed = [sum(result["by_id"][one]["changed"] for result in results) for one in IDS]
    assert changed == [1] * len(IDS)


@pytest.mark.parametrize(
    ("states", "before"),
    [
        (("paused", "started"), [RUNNING, PAUSED]),
        (("paused", "stopped"), [RUNNING]),
        (("started", "stopped"), [PAUSED, "CONFIGURATION"]),
    ],
)
def test_opposite_wishes(service, states, before):
    drs = service(
        [{"id": one, "status": before[number % len(before)]} for number, one in enumerate(IDS)],
        clock="scaled",
        scale=SCALE,
    )
    for state, result in zip(states, both(drs, *states), strict=True):
        counts = accepted(drs, state)
        for one in IDS:
            row = result["by_id"][one]
            # It claims its own write and no other, at most once.
            assert counts[one] == row["changed"], (state, row)
            # What it says it saw last is what the wish means, or else it says that it failed.
            assert (row["outcome"] == "ok") == (PHASE_OF[row["status"]] in PHASES[state]), (state, row)
    if "stopped" in states:
        assert {drs.emulator.jobs[one].phase for one in IDS} == {"ended"}
    drs.until(lambda: not any(job.pending for job in drs.emulator.jobs.values()), "no write is under way")
    assert {job.phase for job in drs.emulator.jobs.values()} <= {phase for state in states for phase in PHASES[state]}
