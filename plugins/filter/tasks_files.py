# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tasks_files
short_description: Files of tasks and the files that they include, looked at before they are run
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Fails for one that is missing, does not parse or is no list of tasks, and for one with a C(meta) task that ends
    the play, the host, the batch or the role, since ansible-core then does not run C(always).
  - Follows C(include_tasks) and C(import_tasks) with a literal file name that lies where the including file lies. Does not
    look into roles, nor at names with a template.
  - Used by the role P(huaweicloud.drs.maintenance_window#role).
positional: _input
options:
  _input:
    description: The path of a file on the controller, or a list of paths. An empty one names no file.
    type: raw
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


def tasks_files(paths):
    """What _tasks_files.files says of one path or several; AnsibleFilterError for a file that cannot be run safely."""
    given = paths if isinstance(paths, (list, tuple)) else [paths]
    try:
        return _tasks_files.files(*(str(path) for path in given if path))
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"tasks_files": tasks_files}
