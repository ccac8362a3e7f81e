# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: resume_plan
short_description: What to do with each job that a run has paused, or may have paused
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Looks at the status that each of those jobs has now.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input, certain, doubtful
options:
  _input:
    description: The result of M(huaweicloud.drs.drs_job_info) for those jobs, failed or not.
    type: dict
    required: true
  certain:
    description: The ids of jobs that the run has paused.
    type: list
    elements: str
    required: true
  doubtful:
    description: The ids of jobs that it may have paused.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Plan
  ansible.builtin.set_fact:
    plan: "{{ read | huaweicloud.drs.resume_plan(claims.certain, claims.doubtful) }}"
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    resume:
      description: The ids of paused jobs.
      type: list
      elements: str
    watch:
      description: The ids of doubtful jobs that run. Their pause may still come.
      type: list
      elements: str
    left:
      description:
        - The status, by id, of jobs that neither run nor are paused.
        - To resume one of them would be a retry that nobody asked for.
      type: dict
    unread:
      description: The ids of jobs whose status could not be read.
      type: list
      elements: str
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _pauses


def resume_plan(read, certain, doubtful=()):
    """What _pauses.plan says."""
    return _pauses.plan(read, certain, doubtful)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"resume_plan": resume_plan}
