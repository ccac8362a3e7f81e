# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several maintenances at once over one folder, in any order of their steps: nobody's jobs are resumed under its work, and
nothing is left paused that no record keeps."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.plugins.module_utils import _pause_record
from ansible_collections.huaweicloud.drs.tests.property.test_maintenance_stopped import (
    OPTIONS,
    PAUSED,
    RUNNING,
    check_jobs,
    check_result,
    faults,
    fewer,
    fleets,
    open_record,
    put_faults,
    state_dir,
)
from ansible_collections.huaweicloud.drs.tests.property.turns import maintenance, stopped, taking_turns
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id
from hypothesis import given
from hypothesis import strategies as st

orders = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 30)), max_size=12)
names = st.sampled_from(["default", "other"])
plain = st.lists(
    st.fixed_dictionaries(
        {"status": st.sampled_from([RUNNING, RUNNING, RUNNING, PAUSED])},
        optional={"write_lag": st.sampled_from([0, 5, 20])},
    ),
    min_size=2,
    max_size=4,
)
subsets = st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True)


class Night:
    """What several calls do at one service, and when the work of whom went on."""

    def __init__(self, seeds, folder):
        self.service, self.folder, self.seeds = emulator(seeds), folder, seeds
        self.remaining, self.works, self.results = set(), [], []

    def call(self, state, **options):
        result = maintenance(self.service, self.folder, state, **dict(OPTIONS, **options))
        check_result(result)
        self.results.append(result)
        # What a call names as left, a later one that was green may have resumed: what counts is its state in the end.
        self.remaining |= set(result["remaining"]) if result["failed"] else set()
        return result

    def whole(self, run, numbers, name, step_aside, **options):
        """Begin, work, end."""

        def act():
            ids = [job_id(number) for number in numbers if number < len(self.seeds)] or [job_id(0)]
            begun = self.call("present", run=run, name=name, job_ids=ids)
            if not begun["failed"]:
                work = {"run": run, "ids": ids, "from": self.service.journal.count, "to": None}
                self.works.append(work)
                for _step in range(step_aside):
                    self.check_work(work)
                    self.take_a_step()
                self.check_work(work)
                work["to"] = self.service.journal.count
            self.call("absent", run=run, name=name)

        return act

    def take_a_step(self):
        """A step of the work, at which others may take their turn."""
        _pause_record.os.listdir(self.folder)

    def check_work(self, work):
        if self.is_guarded(work):
            assert all(self.service.jobs[key].phase == "paused" for key in work["ids"]), work
            done = {
                done["job_id"]: done["verb"]
                for entry in self.service.journal.since(work["from"])
                for done in entry.accepted
                if done["job_id"] in work["ids"]
            }
            assert not done, (work, done)

    def is_guarded(self, work):
        """Not where somebody has taken this very maintenance over."""
        return True

    def check_end(self):
        """What is paused, and was not, stands in an open record; whoever wrote it has said so."""
        kept = set()
        for name in ("default", "other"):
            record = open_record(self.folder, name)
            if record:
                kept |= {key for key, job in record["jobs"].items() if job["known"] not in ("out", "paused_before")}
        self.service.faults.remove()
        check_jobs(self.service, self.seeds, kept)
        assert kept <= self.remaining


@fewer
@given(plain, subsets, subsets, names, st.integers(0, 6), st.integers(0, 6), orders)
def test_two_maintenances(seeds, first, second, name, first_work, second_work, order):
    with state_dir() as folder:
        night = Night(seeds, folder)
        taking_turns(
            order, [night.whole("a", first, "default", first_work), night.whole("b", second, name, second_work)]
        )
        night.check_end()
        assert night.works, "both were refused"
        assert not open_record(folder)
        assert not open_record(folder, "other")


@fewer
@given(fleets, subsets, subsets, names, faults, st.integers(0, 6), orders)
def test_two_maintenances_under_faults(seeds, first, second, name, rules, work, order):
    with state_dir() as folder:
        night = Night(seeds, folder)
        put_faults(night.service, rules)
        taking_turns(order, [night.whole("a", first, "default", work), night.whole("b", second, name, work)])
        night.check_end()


@fewer
@given(fleets, faults, st.integers(1, 80), orders)
def test_two_takeovers(seeds, rules, at, order):
    with state_dir() as folder:
        night = Night(seeds, folder)
        ids = [job_id(number) for number in range(len(seeds))]
        stopped(night.service, folder, at, False, "present", job_ids=ids, run="killed", **OPTIONS)
        put_faults(night.service, rules)
        takeover = lambda: night.call("absent", takeover=True)  # noqa: E731
        taking_turns(order, [takeover, takeover])
        night.check_end()


@fewer
@given(fleets, faults, st.integers(0, 6), orders)
def test_a_takeover_while_one_begins(seeds, rules, work, order):
    """Somebody was wrong when saying that no maintenance is at work: even so, nothing is lost."""
    with state_dir() as folder:
        night = Night(seeds, folder)
        night.is_guarded = lambda work: False
        put_faults(night.service, rules)
        ids = range(len(seeds))
        taking_turns(order, [night.whole("a", ids, "default", work), lambda: night.call("absent", takeover=True)])
        night.check_end()


@fewer
@given(fleets, faults, st.integers(1, 80), names, st.integers(0, 6), st.booleans(), orders)
def test_a_takeover_and_the_next_maintenance(seeds, rules, at, name, work, by_ids, order):
    """What a takeover has read of an earlier record must not be used on the jobs of a later one."""
    with state_dir() as folder:
        night = Night(seeds, folder)
        ids = [job_id(number) for number in range(len(seeds))]
        stopped(night.service, folder, at, False, "present", job_ids=ids, run="killed", **OPTIONS)
        put_faults(night.service, rules)
        mine = [key for key, seed in zip(ids, seeds, strict=True) if seed["status"] not in (PAUSED, "PAUSEING")] or None
        taken = []

        def takeover():
            result = night.call("absent", takeover=True, job_ids=mine if by_ids else None)
            taken.append((result["record"] or {}).get("run"))

        night.is_guarded = lambda work: bool(taken) and work["run"] not in taken
        actors = [takeover, night.whole("next", range(len(seeds)), name, work), takeover]
        taking_turns(order, actors)
        night.check_end()
