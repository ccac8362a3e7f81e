# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: failure_text
short_description: What a failed task said, for a report
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Gives the task's name and message, cut to a length that a report can show. Of a task with C(no_log) it gives the name alone.
  - Used by the roles of this collection.
positional: _input, result
options:
  _input:
    description: C(ansible_failed_task), or an empty dictionary where a rescue has none.
    type: dict
    required: true
  result:
    description: C(ansible_failed_result), or an empty dictionary.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Work
  block:
    - name: Do it
      ansible.builtin.command: /bin/false
  rescue:
    - name: Tell
      ansible.builtin.debug:
        msg: "{{ ansible_failed_task | default({}) | huaweicloud.drs.failure_text(ansible_failed_result | default({})) }}"
"""

RETURN = r"""
_value:
  description: The words.
  type: str
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _failure


def failure_text(task, result):
    """What _failure.text says."""
    return _failure.text(task, result)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"failure_text": failure_text}
