# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: restore_from
short_description: The record that a restore works from
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Chooses between the record in a file, the record that a run gave by C(set_stats), and ids named by hand.
  - The record that the run gave says which run is meant, so that a restore never touches the jobs of another run, which
    may still be at work. Ids count where no record is open, since a record knows which jobs were paused before.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input, kept, given, where
options:
  _input:
    description: The ids named by hand.
    type: list
    elements: str
    required: true
  kept:
    description: The record in the file, empty where there is none.
    type: dict
    default: {}
  given:
    description: The record that the run gave, empty where there is none.
    type: dict
    default: {}
  where:
    description: The path of the file, for the error message.
    type: str
    default: the record
"""

EXAMPLES = r"""
- name: Choose
  ansible.builtin.set_fact:
    record: "{{ [] | huaweicloud.drs.restore_from(kept, given, '/var/lib/drs/localhost.json') }}"
"""

RETURN = r"""
_value:
  description: The record, with C(phase), C(run), C(certain) and C(doubtful).
  type: dict
"""

from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _record


def restore_from(ids, kept=None, given=None, where="the record"):
    """What _record.choose says; AnsibleFilterError where there is nothing to work from."""
    try:
        return _record.choose(ids, kept, given, where)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"restore_from": restore_from}
