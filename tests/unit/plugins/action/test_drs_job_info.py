# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""drs_job_info runs as any module does, but for the collector."""

from __future__ import annotations

import gc
import types

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.huaweicloud.drs.plugins.action import drs_job_info as plugin
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _progress_action


@pytest.mark.parametrize(("async_val", "wrapped"), [(0, False), (60, True)])
def test_the_module_runs_as_without_the_plugin(async_val, wrapped):
    given, removed = [], []
    connection = types.SimpleNamespace(has_native_async=False, _shell=types.SimpleNamespace(tmpdir="/tmp/one"))
    task = types.SimpleNamespace(
        args={"job_ids": ["a"]},
        async_val=async_val,
        check_mode=False,
        diff=False,
        action="huaweicloud.drs.drs_job_info",
    )
    made = plugin.ActionModule(task, connection, types.SimpleNamespace(), None, None, None)
    made._execute_module = lambda **options: given.append((options, gc.isenabled())) or {"jobs": [1]}
    made._remove_tmp_path = lambda path, force=False: removed.append(path)
    assert made.run(task_vars={"inventory_hostname": "eu-de"})["jobs"] == [1]
    ((options, collecting),) = given
    assert options["task_vars"] == {"inventory_hostname": "eu-de"}
    assert (bool(options["wrap_async"]), collecting, gc.isenabled()) == (wrapped, False, True)
    assert removed == ([] if wrapped else ["/tmp/one"])


@pytest.mark.parametrize(("either", "name"), [(plugin, "ActionModule"), (_progress_action, "ProgressAction")])
def test_room_is_made_before_a_result_is_read(monkeypatch, either, name):
    seen = []
    monkeypatch.setattr(either, "make_room", seen.append)
    monkeypatch.setattr(ActionBase, "_parse_returned_data", lambda self, res, *rest: (res, *rest))
    action = getattr(either, name)
    made = action.__new__(action)
    res = {"stdout": "{}"}
    assert made._parse_returned_data(res, "legacy") == (res, "legacy")
    assert made._parse_returned_data(res) == (res,)
    assert seen == ["{}", "{}"]
