# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that does nothing but return the JSON object in a file: what a result costs Ansible by its size alone."""

from __future__ import annotations

import json

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "job_ids": {"type": "list", "elements": "str"},
            "state": {"type": "str"},
        }
    )
    with open(module.params["path"], encoding="utf-8") as file:
        module.exit_json(**json.load(file))


if __name__ == "__main__":
    main()
