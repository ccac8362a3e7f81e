# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module drs_job_info as it is run without this plugin, with less cost around it."""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as PlainAction
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._collector import make_room, without_collector


class ActionModule(PlainAction):
    """The module, and nothing else."""

    def run(self, tmp=None, task_vars=None):
        with without_collector():
            return super().run(tmp, task_vars)

    def _parse_returned_data(self, res, *args, **kwargs):
        make_room(res.get("stdout"))
        return super()._parse_returned_data(res, *args, **kwargs)
