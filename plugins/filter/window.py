# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: window
short_description: Whether a window of time is open, until when, and how much of it is left
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Looks at a window that is either one span between two times, or a span of every day between two times of day in a zone.
  - A time of day that a clock change makes happen twice counts at its first. One that the change skips counts as the moment
    of the change.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input, start, end, timezone, min_left, max_pause
options:
  _input:
    description: The present time, ISO 8601 with an offset.
    type: str
    required: true
  start:
    description: When the window opens, ISO 8601 with an offset or V(HH:MM). Empty is no limit.
    type: str
    default: ""
  end:
    description: When the window closes, of the same kind as O(start). Empty is no limit; V(HH:MM) needs both.
    type: str
    default: ""
  timezone:
    description: The zone of V(HH:MM) and of the words in the answer, an IANA name.
    type: str
    default: UTC
  min_left:
    description: With fewer minutes than this left, the window counts as closed.
    type: float
    default: 0
  max_pause:
    description: A window that stays open for more hours than this gives a warning. V(0) gives none.
    type: float
    default: 0
"""

EXAMPLES = r"""
- name: Look at tonight's window
  ansible.builtin.debug:
    msg: "{{ now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ') | huaweicloud.drs.window('22:00', '02:00', 'Europe/Berlin') }}"
"""

RETURN = r"""
_value:
  description: What can be said of the window.
  type: dict
  contains:
    open:
      description: Whether work may begin.
      type: bool
    reason:
      description: Why not, in words. Empty where it is open.
      type: str
    now:
      description: The present time in the zone, for people.
      type: str
    opens_at:
      description: When it opens, or opened, ISO 8601 in UTC. Empty for no limit.
      type: str
    closes_at:
      description: When it closes, ISO 8601 in UTC. Empty for no limit.
      type: str
    minutes_left:
      description: Whole minutes until it closes. V(-1) for no limit.
      type: int
    warnings:
      description: Warnings in words.
      type: list
      elements: str
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _window


def window(now, start="", end="", timezone="UTC", min_left=0, max_pause=0):
    """What _window.look says; AnsibleFilterError where the values describe no window."""
    try:
        return _window.look(now, start, end, timezone, float(min_left), float(max_pause))
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"window": window}
