# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lag_check
short_description: Whether jobs replicate, and how far they are behind
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - A lag that is negative, absent or not a number is not known, and never zero.
  - Used by the role P(huaweicloud.drs.cutover#role).
positional: _input, ids, most
options:
  _input:
    description: RV(huaweicloud.drs.drs_job_info#module:jobs), with their progress.
    type: list
    elements: dict
    required: true
  ids:
    description: The jobs to look at.
    type: list
    elements: str
    required: true
  most:
    description: The lag, in seconds, that is near enough.
    type: float
    default: 0
"""

EXAMPLES = r"""
- name: Wait until every job has caught up
  huaweicloud.drs.drs_job_info:
    job_ids: "{{ ids }}"
    gather: [progress]
  register: read
  until: (read.jobs | huaweicloud.drs.lag_check(ids, 10)).near
  retries: 60
  delay: 5
"""

RETURN = r"""
_value:
  description: What was found.
  type: dict
  contains:
    near:
      description: Whether every job is in incremental transfer with a lag that is near enough.
      type: bool
    lags:
      description: The lag in seconds by id, V(null) where it is not known.
      type: dict
    words:
      description: What is wrong, by job.
      type: list
      elements: str
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _lag


def lag_check(jobs, ids, most=0):
    """What _lag.check says."""
    return _lag.check(jobs, ids, float(most))


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"lag_check": lag_check}
