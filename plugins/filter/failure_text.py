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
  - Private to this collection. Used by its roles.
  - Gives the task's name and message, as words of one line that a report can show. Of a task with C(no_log) it gives the name
    alone, and of the module P(ansible.builtin.uri#module) the HTTP status or why there was no answer too, without the address.
    What looks like a password is masked.
  - Without a task it says so. ansible-core names none for an include that failed, before 2.19 for a handler, and with
    C(any_errors_fatal) or C(run_once) for a task of another host.
  - ansible-core does not clear C(ansible_failed_task) once a rescue is over. Set it empty before a block, so that its rescue
    does not report an earlier failure.
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
- name: Forget earlier failures
  ansible.builtin.set_fact:
    ansible_failed_task: {}
    ansible_failed_result: {}

- name: Work
  block:
    - name: Do it
      ansible.builtin.command: /bin/false
  rescue:
    - name: Report
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
