# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pause_claims
short_description: Which jobs a run has paused itself
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Sorts the jobs that a run means to pause by what its pause task has told, so that it resumes those and no others.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input, means
options:
  _input:
    description: The registered result of M(huaweicloud.drs.drs_job_batch). One without jobs tells nothing of any job.
    type: dict
    required: true
  means:
    description: The ids that the run means to pause.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Sort the jobs
  ansible.builtin.set_fact:
    claims: "{{ paused | huaweicloud.drs.pause_claims(record.means) }}"
"""

RETURN = r"""
_value:
  description: The ids, sorted.
  type: dict
  contains:
    certain:
      description: Seen paused after a write of this run.
      type: list
      elements: str
    doubtful:
      description: A write was accepted, or may have been, and the job was not seen paused. The pause may still come.
      type: list
      elements: str
    untouched:
      description: Not paused by this run.
      type: list
      elements: str
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _pauses


def pause_claims(result, means):
    """What _pauses.claims says."""
    return _pauses.claims(result, means)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"pause_claims": pause_claims}
