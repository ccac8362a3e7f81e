# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that a module that waits appends to its progress file."""

from __future__ import annotations

import json
import types

from ansible_collections.huaweicloud.drs.plugins.module_utils._progress import reporter

CLOCK = types.SimpleNamespace(wall=lambda: 0.0)


def test_each_call_appends_one_line_with_the_time_and_the_state(tmp_path):
    path = tmp_path / "progress"
    report = reporter(str(path), "paused", CLOCK)
    report({"total": 2, "reached": 0})
    report({"total": 2, "reached": 2})
    fixed = {"at": "1970-01-01T00:00:00Z", "state": "paused", "total": 2}
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {**fixed, "reached": 0},
        {**fixed, "reached": 2},
    ]


def test_no_file_no_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reporter(None, "paused", CLOCK)({"total": 1})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_ends_nothing(tmp_path):
    reporter(str(tmp_path), "paused", CLOCK)({"total": 1})
    assert list(tmp_path.iterdir()) == []
