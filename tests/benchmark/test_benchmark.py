# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark itself, at its smallest: that it works, and that no request is one too many. No time is judged here."""

from __future__ import annotations

import pathlib
import sys
from xml.etree import ElementTree

from ansible_collections.huaweicloud.drs.tests.benchmark import __main__ as benchmark
from ansible_collections.huaweicloud.drs.tests.benchmark import maintenance, page, targets
from ansible_collections.huaweicloud.drs.tests.benchmark.scenarios import BY_NAME, SCENARIOS, least_requests


def test_it_works_and_no_request_is_one_too_many(subtests):
    """One test, since what it measures takes a while."""
    results = benchmark.measure(pathlib.Path(sys.executable).parent, benchmark.QUICK_SIZES, quick=True)
    for scenario in SCENARIOS:
        least = least_requests(scenario, 10)
        with subtests.test("the module sends the least possible", scenario=scenario.name):
            assert results.of("ours", scenario, 10).requests == least
        with subtests.test("the SDK's script does the same but for details", scenario=scenario.name):
            assert results.of("SDK", scenario, 10).requests == {key: least[key] for key in least if key != "detail"}
        with subtests.test("the loop sends one request for each item", scenario=scenario.name):
            assert results.of("uri loop", scenario, results.uri_items).requests.total() == results.uri_items
    with subtests.test("memory was seen"):
        ours = results.of("ours", BY_NAME["paused"], 10)
        assert ours.mib > 10
        assert ours.module_mib > 10
    with subtests.test("a whole maintenance was run"):
        measured = results.maintenances[maintenance.SIZES[0]]
        assert {each["task"] for each in measured.record} >= {
            maintenance.WORK[0]["name"],
            maintenance.HANDLERS[0]["name"],
        }
        assert 0 < measured.ran <= maintenance.MOST_TASKS
        assert measured.median_of("waited") > 0
    with subtests.test("the page and the plot are made"):
        text = page.page(results, ["a machine"])
        assert all(each.measured in text for each in targets.targets(results))
        ElementTree.fromstring(page.the_plot(results))


def test_the_least_requests_are_those_of_the_written_schedule():
    assert least_requests(BY_NAME["started"], 10_000) == {"status": 200, "write": 1_000, "detail": 1_000}
    assert least_requests(BY_NAME["paused"], 101) == {"status": 4, "write": 11}
    assert least_requests(BY_NAME["nothing changes"], 10_000) == {"status": 100}
    assert least_requests(BY_NAME["drs_job_info"], 1) == {"status": 1}


def test_the_own_cost_is_what_is_left_of_a_maintenance():
    entries = [
        {"time": time, "kind": kind}
        for time, kind in [
            (1, "read"),
            (2, "write"),
            (2.5, "write"),
            (3.5, "read"),
            (4, "read"),
            (9, "write"),
            (9.25, "read"),
        ]
    ]
    assert maintenance.waited(entries) == 1.25
    found = maintenance.Round(nothing=1.0, pings=1.0 + 2.0 * maintenance.PINGS, role=12.25, waited=1.25)
    assert (found.own, found.one_more, found.empty_task) == (11.0, 2.0, 3.0)
    assert (found.ratio, found.added) == (11 / 3, 5.0)


def test_skipped_tasks_and_includes_are_named_apart():
    record = [
        {"status": "ok", "action": "ansible.builtin.debug"},
        {"status": "failed", "action": "huaweicloud.drs.drs_maintenance"},
        {"status": "ok", "action": "ansible.builtin.include_tasks"},
        {"status": "skipped", "action": "ansible.builtin.include_role"},
    ]
    assert maintenance.kinds(record) == {"task": 2, "include": 1, "skipped": 1}
    assert maintenance.Maintenance([], record).ran == 3
