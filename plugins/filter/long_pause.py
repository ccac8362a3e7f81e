# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: long_pause
short_description: A warning where jobs were paused for too long
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - A job that is paused for longer than its source keeps its logs cannot be resumed.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input, until, max_pause
options:
  _input:
    description: When the jobs were paused, ISO 8601 with an offset.
    type: str
    required: true
  until:
    description: Until when, ISO 8601 with an offset.
    type: str
    required: true
  max_pause:
    description: The hours beyond which there is a warning. V(0) gives none.
    type: float
    required: true
"""

EXAMPLES = r"""
- name: Warn of a long pause
  ansible.builtin.debug:
    msg: "{{ record.paused_at | huaweicloud.drs.long_pause(now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ'), 24) }}"
"""

RETURN = r"""
_value:
  description: The warning, or nothing.
  type: list
  elements: str
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _window


def long_pause(paused_at, until, max_pause):
    """A list of at most one warning; AnsibleFilterError for a time that is none."""
    try:
        length = _window.moment(until) - _window.moment(paused_at)
        return _window.long_pause(length, float(max_pause), "The jobs were paused for")
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"long_pause": long_pause}
