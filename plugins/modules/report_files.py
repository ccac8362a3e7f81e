#!/usr/bin/python
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: report_files
short_description: Write the files of a report, for internal use
version_added: 1.0.0
description:
  - Internal to this collection. Use the role C(huaweicloud.drs.report).
  - Writes files into one folder. Each is replaced as a whole, has mode C(0600), and is readable by nobody else at any time.
  - A report is two files, and this writes both in one task, with no more processes than one.
author:
  - huaweicloud.drs contributors (@huaweicloud)
attributes:
  check_mode:
    description: Can run in check mode, and then predicts what a run would change without changing anything.
    support: full
  diff_mode:
    description: Returns what changes.
    support: none
options:
  folder:
    description: The folder, an absolute path. Made with mode C(0700) if it does not exist.
    type: path
    required: true
  files:
    description: What each file is to hold, by its name in the folder. A last line that does not end gets its end.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Write a report
  huaweicloud.drs.report_files:
    folder: /var/log/drs
    files:
      night.json: "{}"
      night.html: <!DOCTYPE html>
"""

RETURN = r"""
paths:
  description: The files' paths.
  returned: success
  type: list
  elements: str
  sample: [/var/log/drs/night.json]
"""

import os
import tempfile

from ansible.module_utils.basic import AnsibleModule


def write(folder: str, name: str, text: str) -> None:
    """Replaces the file as a whole. Raises OSError."""
    file, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=folder)  # with mode 0600
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text if text.endswith("\n") else text + "\n")
        os.replace(temporary, os.path.join(folder, name))
    except BaseException:
        os.unlink(temporary)
        raise


MODULE_OPTIONS = {
    "argument_spec": {"folder": {"type": "path", "required": True}, "files": {"type": "dict", "required": True}},
    "supports_check_mode": True,
}


def run(module: AnsibleModule) -> None:
    """Ends by exit_json or fail_json."""
    folder, files = module.params["folder"], module.params["files"]
    for name in files:
        if os.path.basename(name) != name or name in ("", ".", ".."):
            module.fail_json(msg="'%s' is not a valid name of a file" % name)
    try:
        if not module.check_mode:
            os.makedirs(folder, 0o700, exist_ok=True)
            for name, text in files.items():
                write(folder, name, str(text))
    except OSError as error:
        module.fail_json(msg="The report could not be written into %s: %s" % (folder, error.strerror or error))
    module.exit_json(changed=True, paths=[os.path.join(folder, name) for name in files])


def main() -> None:
    run(AnsibleModule(**MODULE_OPTIONS))


if __name__ == "__main__":
    main()
