# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: resume_verdict
short_description: What came of resuming jobs, and what is left to do
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Judges the results of the tasks that resumed jobs.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input, todo, resumed, seen, landed, last
options:
  _input:
    description: The record, with the ids in C(certain) and C(doubtful).
    type: dict
    required: true
  todo:
    description: The plan that P(huaweicloud.drs.resume_plan#filter) made first.
    type: dict
    required: true
  resumed:
    description: The registered result for its paused jobs.
    type: dict
    required: true
  seen:
    description: The plan that it made after the doubtful jobs were watched.
    type: dict
    required: true
  landed:
    description: The registered result for the paused jobs of O(seen).
    type: dict
    required: true
  last:
    description: Whether a pause that was still not seen is given up.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Judge
  ansible.builtin.set_fact:
    verdict: "{{ record | huaweicloud.drs.resume_verdict(todo, resumed, seen, landed) }}"
"""

RETURN = r"""
_value:
  description: The verdict.
  type: dict
  contains:
    problems:
      description: What went wrong, each with C(step) and C(text).
      type: list
      elements: dict
    warnings:
      description: What is worth knowing.
      type: list
      elements: str
    record:
      description: The keys of the record that change, C(phase), C(certain) and C(doubtful).
      type: dict
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _pauses


def resume_verdict(record, todo, resumed, seen, landed, last=False):
    """What _pauses.verdict says."""
    return _pauses.verdict(record, todo, resumed, seen, landed, bool(last))


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"resume_verdict": resume_verdict}
