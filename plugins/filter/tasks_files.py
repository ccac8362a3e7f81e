# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tasks_files
short_description: A file of tasks and the files that it includes, looked at before they are run
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Fails for a file that is missing, does not parse or is no list of tasks, and for one with a C(meta) task that ends
    the play, the host, the batch or the role, since ansible-core then does not run C(always).
  - Follows C(include_tasks) and C(import_tasks) with a literal file name that lies where the including file lies. Does not
    look into roles, nor at names with a template.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input
options:
  _input:
    description: The path of the file on the controller.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Load each file once, without running it
  ansible.builtin.include_tasks:
    file: "{{ item }}"
    apply:
      when: false
  loop: "{{ '/etc/drs/work.yml' | huaweicloud.drs.tasks_files }}"
"""

RETURN = r"""
_value:
  description: The files, absolute, each once, the outermost first.
  type: list
  elements: path
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _tasks_files


def tasks_files(path):
    """What _tasks_files.files says; AnsibleFilterError for a file that cannot be run safely."""
    try:
        return _tasks_files.files(str(path))
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"tasks_files": tasks_files}
