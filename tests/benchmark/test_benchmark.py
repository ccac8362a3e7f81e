# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark itself, at its smallest: that it works, and that no request is one too many. No time is judged here."""

from __future__ import annotations

import pathlib
import sys
from xml.etree import ElementTree

import pytest
from ansible_collections.huaweicloud.drs.tests.benchmark import __main__ as benchmark
from ansible_collections.huaweicloud.drs.tests.benchmark import page, targets
from ansible_collections.huaweicloud.drs.tests.benchmark.scenarios import BY_NAME, SCENARIOS, least_requests

# One worker of pytest-xdist, so that it is measured once.
pytestmark = pytest.mark.xdist_group("benchmark")


@pytest.fixture(scope="module")
def results():
    return benchmark.measure(pathlib.Path(sys.executable).parent, benchmark.QUICK_SIZES, quick=True)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_module_sends_the_least_possible(results, scenario):
    assert results.of("ours", scenario, 10).requests == least_requests(scenario, 10)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_sdks_script_does_the_same_but_for_details(results, scenario):
    least = {kind: count for kind, count in least_requests(scenario, 10).items() if kind != "detail"}
    assert results.of("SDK", scenario, 10).requests == least


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_loop_sends_one_request_for_each_item(results, scenario):
    assert sum(results.of("uri loop", scenario, results.uri_items).requests.values()) == results.uri_items


def test_memory_was_seen(results):
    ours = results.of("ours", BY_NAME["paused"], 10)
    assert ours.mib > 10
    assert ours.module_mib > 10


def test_the_page_and_the_plot_are_made(results):
    text = page.page(results, ["a machine"])
    assert all(each.measured in text for each in targets.targets(results))
    ElementTree.fromstring(page.the_plot(results))


def test_the_least_requests_are_those_of_the_written_schedule():
    assert least_requests(BY_NAME["started"], 10_000) == {"status": 200, "write": 1_000, "detail": 1_000}
    assert least_requests(BY_NAME["paused"], 101) == {"status": 4, "write": 11}
    assert least_requests(BY_NAME["nothing changes"], 10_000) == {"status": 100}
    assert least_requests(BY_NAME["drs_job_info"], 1) == {"status": 1}
