# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tasks_files
short_description: Files of tasks and the files that they include, checked before they are run
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Private to this collection. Used by the roles P(huaweicloud.drs.maintenance_window#role) and P(huaweicloud.drs.cutover#role).
  - Fails for a file that is missing, does not parse or is not a list of tasks, and for one with a C(meta) task that ends
    the play, the host, the batch or the role, since ansible-core then does not run C(always).
  - Follows C(include_tasks) and C(import_tasks), and C(include_role) and C(import_role) into the tasks, handlers and
    dependencies of roles, where Ansible would look for them. In a role, C(meta=end_role) is allowed.
  - Does not follow a name with a template, and leaves alone what it does not find.
positional: _input, playbook_dir, role_path
options:
  _input:
    description: The path of a file on the controller, or a list of paths. An empty one names no file.
    type: raw
    required: true
  playbook_dir:
    description: The folder of the playbook, C(playbook_dir). Without it, roles and files next to the playbook are not found.
    type: path
    default: ""
  role_path:
    description: The folder of the role that will include the files, C(role_path). A file that they include by a name that
      this role has too is refused, since Ansible would take that of the role.
    type: path
    default: ""
"""

EXAMPLES = r"""
- name: Load each file once, without running it
  ansible.builtin.include_tasks:
    file: "{{ item }}"
    apply:
      when: false
  loop: "{{ ('/etc/drs/work.yml' | huaweicloud.drs.tasks_files(playbook_dir)).files }}"
"""

RETURN = r"""
_value:
  description:
    - C(files) are the files, absolute, each once, the outermost first. Those of roles are not among them.
    - C(warnings) name tasks with C(delegate_to) and without C(ignore_unreachable), a text for each file.
  type: dict
"""

import os

from ansible import constants as C
from ansible.errors import AnsibleFilterError
from ansible.utils.collection_loader import AnsibleCollectionRef
from ansible.utils.collection_loader._collection_finder import _get_collection_role_path
from ansible.utils.path import unfrackpath
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _tasks_files

# The roles that run the files are of this collection, and Ansible looks for the roles that these name there first.
_COLLECTIONS = ("huaweicloud.drs",)


def tasks_files(paths, playbook_dir="", role_path=""):
    """What _tasks_files.check says of one path or several; AnsibleFilterError for a file that cannot be run safely."""
    given = paths if isinstance(paths, (list, tuple)) else [paths]

    def find_role(name, collections, beside):
        return _find_role(name, collections, beside, playbook_dir)

    try:
        checked = _tasks_files.check(
            [str(path) for path in given if path], find_role, str(playbook_dir), str(role_path), _COLLECTIONS
        )
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None
    return checked._asdict()


def _find_role(name, collections, beside, playbook_dir):
    """As RoleDefinition._load_role_path of ansible-core, which wants a loader and a play."""
    if collections or AnsibleCollectionRef.is_valid_fqcr(name):
        found = _get_collection_role_path(name, list(collections))
        if found:
            return _tasks_files.Role(str(found[1]), str(found[2]))
    folders = [os.path.join(playbook_dir, "roles")] if playbook_dir else []
    folders += [*(C.DEFAULT_ROLES_PATH or []), *([beside] if beside else []), *([playbook_dir] if playbook_dir else [])]
    paths = [os.path.join(folder, name) for folder in folders] + [name]
    return next((_tasks_files.Role(str(unfrackpath(path))) for path in paths if os.path.isdir(unfrackpath(path))), None)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"tasks_files": tasks_files}
