# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A night at one service: wishes, faults, kills and time in any order, over the same jobs."""

from __future__ import annotations

from collections import Counter

from ansible_collections.huaweicloud.drs.tests.property import strategies
from ansible_collections.huaweicloud.drs.tests.property.strategies import FAMILIES, SETTLE, is_there
from ansible_collections.huaweicloud.drs.tests.property.test_properties import OPTIONS, check_once, check_shape
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run_batch
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

JOBS = 4
subsets = st.lists(st.integers(0, JOBS - 1), min_size=1, unique=True)


class Night(RuleBasedStateMachine):
    @initialize(seeds=st.lists(strategies.obedient, min_size=JOBS, max_size=JOBS))
    def open(self, seeds):
        self.service = emulator(seeds)

    @rule(rules=strategies.faults)
    def break_something(self, rules):
        self.mend_everything()
        for fault in rules:
            self.service.fault(fault)

    @rule()
    def mend_everything(self):
        self.service.faults.remove()

    @rule(seconds=st.floats(0, 120))
    def pass_time(self, seconds):
        self.service.tick(seconds)

    @rule(wish=strategies.wishes, jobs=subsets, wait=st.booleans(), patience=st.none() | st.integers(0, 5))
    def run(self, wish, jobs, wait, patience):
        ids = [job_id(number) for number in jobs]
        begin = self.service.journal.count
        # A write of a run before, which did not wait, may show its effect after this one has seen the job.
        unsettled = {job for job in ids if job in self.service.jobs and self.service.jobs[job].pending}
        looks = iter([True] * (patience or 0))
        listening = (lambda: True) if patience is None else (lambda: next(looks, False))

        result = run_batch(self.service, job_ids=ids, wait=wait, listening=listening, **OPTIONS, **wish)

        check_shape(result, ids)
        entries = self.service.journal.since(begin)
        for row in result["jobs"]:
            done = Counter(
                FAMILIES[write["verb"]] for entry in entries for write in entry.accepted if write["job_id"] == row["id"]
            )
            check_once(done, self.service, row)
            assert not done or row["changed"], row
            if row["outcome"] == "ok" and row["id"] not in unsettled:
                assert is_there(self.service, row["id"], wish["state"], "start_time" in wish), row

    @rule(wish=strategies.wishes, jobs=subsets)
    def look(self, wish, jobs):
        begin = self.service.journal.count
        ids = [job_id(number) for number in jobs]
        check_shape(run_batch(self.service, check=True, job_ids=ids, **OPTIONS, **wish), ids)
        assert all(entry.kind != "write" for entry in self.service.journal.since(begin))

    @rule(wish=strategies.wishes)
    def finish(self, wish):
        """Whatever the night left behind, a faultless run brings what the table allows."""
        self.service.faults.remove()
        self.service.tick(SETTLE)
        ids = [job_id(number) for number in range(JOBS)]
        result = run_batch(self.service, job_ids=ids, **OPTIONS, **wish)
        for row in result["jobs"]:
            assert row["outcome"] in ("ok", "failed"), row
        again = run_batch(
            self.service, job_ids=[row["id"] for row in result["jobs"] if row["outcome"] == "ok"], **OPTIONS, **wish
        )
        assert not again["changed"]


TestNight = Night.TestCase
TestNight.settings = settings(max_examples=150, stateful_step_count=12)
assert OPTIONS["settle_time"] == SETTLE
