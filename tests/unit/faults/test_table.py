# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of faults says what the tests say."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.unit.faults import table

TESTS_OF_THE_TABLE = {"test_the_page_is_made_of_the_tests", "test_every_test_has_its_line"}


def test_the_page_is_made_of_the_tests():
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "write it again: python -m tests.unit.faults.table"


def test_every_test_has_its_line():
    tests = [test for _room, modules in table.rooms() for module in modules.values() for test in table.tests_of(module)]
    assert len(tests) > 80
    assert {test.__name__ for test in tests if not hasattr(test, "line")} == TESTS_OF_THE_TABLE
