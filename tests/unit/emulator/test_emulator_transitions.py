# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table is whole and labelled, and jobs follow it."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import coverage, transitions
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import emulate, job_id

ONE = job_id(0)


@pytest.mark.parametrize("line", list(coverage.lines()), ids=lambda line: f"{line[0]}-{line[1]}")
def test_every_line_says_where_it_is_known_from(line):
    source = line[3]
    assert source.kind in transitions.KINDS
    assert source.where.strip()


def test_every_verb_has_a_rule_for_every_status_and_only_one():
    pairs = [(rule.verb, rule.status) for rule in transitions.RULES]
    assert sorted(pairs) == sorted((verb, status) for verb in transitions.VERBS for status in transitions.PHASES)


def test_chains_end_where_jobs_rest_or_move_on():
    names = {*transitions.PHASES, transitions.FIRST_PHASE, transitions.PHASE_BEFORE}
    for rule in (*transitions.RULES, transitions.SCHEDULED, transitions.INIT_ONLY, *transitions.RE_EDITED):
        assert bool(rule.chain) != bool(rule.refusal)
        assert set(rule.chain) <= names
        passed = rule.chain[:-1]
        assert all(status in transitions.MOVE_BY or status == "WAITING_FOR_START" for status in passed)


def test_the_page_of_sources_is_the_tables():
    page = pathlib.Path(coverage.__file__).parent / "PROVENANCE.md"
    assert page.read_text(encoding="utf-8") == coverage.markdown(), (
        "run: python3 -m tests.emulator --coverage > tests/emulator/PROVENANCE.md"
    )


@pytest.mark.parametrize("rule", transitions.RULES, ids=lambda rule: f"{rule.verb}-{rule.status}")
def test_each_rule_is_what_a_caller_sees(rule):
    caller = emulate({"status": rule.status, "durations": {rule.status: None}}, lag=2)
    row = caller.write(rule.verb, ONE).json()["results"][0]
    assert row["id"] == ONE
    if rule.refusal:
        assert (row["status"], row["error_code"]) == ("failed", rule.refusal)
        assert caller.emulator.journal.accepted(ONE) == []
        return
    assert row == {"id": ONE, "status": "success"}
    assert caller.status(ONE) == rule.status
    seen = []
    for _turn in range(60):
        caller.emulator.tick(1)
        status = caller.status(ONE)
        if not seen or seen[-1] != status:
            seen.append(status)
    stand_ins = {transitions.FIRST_PHASE: "FULL_TRANSFER_STARTED", transitions.PHASE_BEFORE: "INCRE_TRANSFER_STARTED"}
    chain = [stand_ins.get(status, status) for status in rule.chain]
    if chain[-1] == "FULL_TRANSFER_STARTED" and rule.status != "FULL_TRANSFER_STARTED":
        chain.append("INCRE_TRANSFER_STARTED")
    assert seen == [rule.status, *chain]


@pytest.mark.parametrize("move", [move for move in transitions.MOVES if move.seconds], ids=lambda move: move.status)
def test_a_status_moves_on_by_itself_when_its_time_is_over(move):
    caller = emulate(move.status)
    caller.emulator.tick(move.seconds - 0.1)
    assert caller.status(ONE) == move.status
    caller.emulator.tick(0.1)
    expected = {transitions.FIRST_PHASE: "INCRE_TRANSFER_STARTED", transitions.PHASE_BEFORE: "INCRE_TRANSFER_STARTED"}
    if move.status == "STARTJOBING":
        expected[transitions.FIRST_PHASE] = "FULL_TRANSFER_STARTED"
    assert caller.status(ONE) == expected.get(move.next, move.next)


@pytest.mark.parametrize(
    "move", [move for move in transitions.MOVES if move.seconds is None], ids=lambda move: move.status
)
def test_a_status_without_a_time_rests_unless_one_is_set(move):
    caller = emulate(move.status, {"status": move.status, "durations": {move.status: 5}})
    caller.emulator.tick(10000)
    resting, moving = caller.statuses(job_id(0), job_id(1))
    assert resting == move.status
    assert moving != move.status
