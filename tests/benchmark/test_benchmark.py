# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark itself, at its smallest: that it works, and that no request is one too many. No time is judged here."""

from __future__ import annotations

import pathlib
import sys
from xml.etree import ElementTree

from ansible_collections.huaweicloud.drs.tests.benchmark import __main__ as benchmark
from ansible_collections.huaweicloud.drs.tests.benchmark import page, targets
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
    with subtests.test("the page and the plot are made"):
        text = page.page(results, ["a machine"])
        assert all(each.measured in text for each in targets.targets(results))
        ElementTree.fromstring(page.the_plot(results))


def test_the_least_requests_are_those_of_the_written_schedule():
    assert least_requests(BY_NAME["started"], 10_000) == {"status": 200, "write": 1_000, "detail": 1_000}
    assert least_requests(BY_NAME["paused"], 101) == {"status": 4, "write": 11}
    assert least_requests(BY_NAME["nothing changes"], 10_000) == {"status": 100}
    assert least_requests(BY_NAME["drs_job_info"], 1) == {"status": 1}
