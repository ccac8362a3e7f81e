# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report may say of a failed task."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._failure import LONGEST, text

TASK = {"name": "Change the schema", "action": "ansible.builtin.command", "no_log": None}


@pytest.mark.parametrize(
    ("task", "result", "said"),
    [
        (TASK, {"msg": "refused\n  twice"}, "Change the schema: refused twice"),
        ({"name": "", "action": "ping"}, {"msg": "no"}, "ping: no"),
        ({}, {"msg": "no"}, "a task: no"),
        (TASK, {"reason": "Could not find it"}, "Change the schema: Could not find it"),
        (TASK, {}, "Change the schema: failed"),
        ({}, {}, "A file could not be included: the output says why."),
        (
            TASK,
            {"results": [{"failed": True, "msg": "one"}, {"msg": "fine"}, {"failed": True}]},
            "Change the schema: one failed",
        ),
        (TASK, {"results": [], "msg": "x"}, "Change the schema: failed"),
    ],
)
def test_text(task, result, said):
    assert text(task, result) == said


@pytest.mark.parametrize(
    ("task", "result"),
    [
        ({**TASK, "no_log": True}, {"msg": "canary"}),
        (TASK, {"msg": "canary", "_ansible_no_log": True}),
        (TASK, {"msg": "canary", "censored": "hidden"}),
        (TASK, {"results": [{"failed": True, "msg": "canary", "_ansible_no_log": True}]}),
    ],
)
def test_no_log_hides_it(task, result):
    assert text(task, result).endswith("no_log hides why.")


def test_a_long_one_is_cut():
    assert len(text(TASK, {"msg": "x" * 10000})) < LONGEST + 50
