# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to states and guarantees says what the code does."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.docs.states_guide import GUIDE, guide


def test_the_guide_is_up_to_date():
    made, found = guide(), GUIDE.read_text(encoding="utf-8")
    if made != found:
        GUIDE.write_text(made, encoding="utf-8")
    assert made == found, "the tables have changed: the guide has been written anew, look at it and commit it"
