# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows progress while the module drs_job_batch works."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.plugins.plugin_utils._progress_action import ProgressAction


class ActionModule(ProgressAction):
    """The module with its progress."""
