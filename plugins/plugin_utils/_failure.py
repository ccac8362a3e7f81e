# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed task said, without what it must not say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 600
MOST_ITEMS = 3


def text(task: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """The task's name and message, at most LONGEST characters of it.

    A rescue sees the whole result of a task with no_log, so that is looked for in both arguments. They are empty where
    a file could not be included: ansible-core sets them for tasks alone.
    """
    if not task and not result:
        return "A file could not be included: the output says why."
    name = str(task.get("name") or task.get("action") or "a task")
    if task.get("no_log") or result.get("_ansible_no_log") or "censored" in result:
        return f"{name}: failed, and no_log hides why."
    said = " ".join(str(_said(result)).split())
    return f"{name}: {said if len(said) <= LONGEST else said[:LONGEST] + ' ...'}"


def _said(result: Mapping[str, Any]) -> str:
    items = result.get("results")
    if isinstance(items, list):
        failed = [item for item in items if isinstance(item, Mapping) and item.get("failed")]
        if any(item.get("_ansible_no_log") or "censored" in item for item in failed):
            return "failed, and no_log hides why."
        return " ".join(str(item.get("msg") or "failed") for item in failed[:MOST_ITEMS]) or "failed"
    return str(result.get("msg") or result.get("reason") or "failed")
