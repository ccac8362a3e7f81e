# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stopped anywhere, under any faults: the next absent with takeover brings back exactly the jobs that were paused, or is
red and names what is left."""

from __future__ import annotations

import json
import pathlib
import tempfile

from ansible_collections.huaweicloud.drs.tests.property import strategies
from ansible_collections.huaweicloud.drs.tests.property.steps import maintenance, stopped
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import assert_readable
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id
from hypothesis import given
from hypothesis import strategies as st

OPTIONS = {"wait_timeout": 300, "settle_time": strategies.SETTLE}
RUNNING, FULL, PAUSED = "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", "PAUSING"
# Seconds after which every pause that was ever accepted has landed.
LATER = 100_000

_pausable = st.fixed_dictionaries(
    {"status": st.sampled_from([RUNNING, RUNNING, FULL])},
    optional={"write_lag": st.sampled_from([0, 5, 40, 400, 2000]), "durations": st.just({FULL: None})},
)
_others = st.sampled_from(
    [
        {"status": PAUSED},
        {"status": PAUSED},
        {"status": RUNNING, "not_pausable": True},
        {"status": RUNNING, "fails": {"pause": "INCRE_TRANSFER_FAILED"}},
        {"status": RUNNING, "fails": {"retry": "INCRE_TRANSFER_FAILED"}},
        {"status": RUNNING, "refuse": {"retry": ("DRS.M00304", "not now")}},
        {"status": RUNNING, "busy_writes": 2},
    ]
)
fleets = st.lists(st.one_of(_pausable, _pausable, _pausable, _others), min_size=1, max_size=6)
faults = st.one_of(st.just([]), strategies.mild_faults, strategies.faults)
steps = st.integers(1, 60)
stops = st.tuples(steps, st.booleans())


def judge(service, folder, seeds, result):
    """What must hold once absent with takeover has ended, whatever went before it."""
    assert_readable(result)
    remaining = set(result["remaining"])
    assert not remaining or result["failed"]
    service.tick(LATER)
    for number, seed in enumerate(seeds):
        key, verbs = job_id(number), service.journal.accepted(job_id(number))
        if seed["status"] == PAUSED:
            assert verbs == [], "a job that was paused before was touched"
        if "pause" not in verbs:
            assert verbs == [], "a job that was not paused was touched"
        elif service.jobs[key].phase == "paused":
            assert key in remaining, (key, verbs, result)
    record = json.loads((folder / "default.json").read_text("utf-8")) if (folder / "default.json").exists() else None
    assert (record is not None and record["phase"] == "open") == bool(remaining), (record, result)
    return remaining


@given(fleets, faults, faults, stops, st.lists(stops, max_size=2), st.sampled_from([0, 30, 1000]))
def test_stopped_anywhere(seeds, before, after, stop, later_stops, meanwhile):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place) / "state"
        service = emulator(seeds)
        for fault in before:
            service.fault(fault)
        ids = [job_id(number) for number in range(len(seeds))]
        at, gone = stop
        begun = stopped(service, folder, at, gone, "present", job_ids=ids, run="first", **OPTIONS)
        if begun:
            assert_readable(begun)
        service.tick(meanwhile)
        for at, gone in later_stops:
            stopped(service, folder, at, gone, "absent", takeover=True, **OPTIONS)
        service.faults.remove()
        for fault in after:
            service.fault(fault)
        first = maintenance(service, folder, "absent", takeover=True, **OPTIONS)
        assert_readable(first)
        service.faults.remove()
        last = maintenance(service, folder, "absent", takeover=True, **OPTIONS)
        remaining = judge(service, folder, seeds, last)
        if not remaining:
            again = maintenance(service, folder, "present", job_ids=ids, run="next", **OPTIONS)
            assert again["held_by"] is None
