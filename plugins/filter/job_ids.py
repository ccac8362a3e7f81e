# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import each_once, separate

DOCUMENTATION = r"""
name: job_ids
short_description: A list of job ids out of a list or a survey's text
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Gives a list of job ids, each once, in the order in which they were given.
  - Commas and any white space separate ids, in a text and in each item of a list, so that a survey's text area can hold
    one id a line, or all of them on one line.
  - Looks at no id itself. The modules refuse a malformed one by name before anything is sent.
positional: _input
options:
  _input:
    description:
      - The ids.
      - An empty text, an empty list and V(null) give an empty list.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Pause what the survey names
  huaweicloud.drs.drs_job_batch:
    state: paused
    job_ids: "{{ drs_job_ids | huaweicloud.drs.job_ids }}"
"""

RETURN = r"""
_value:
  description: The ids.
  type: list
  elements: str
"""


def job_ids(value):
    """The ids in value, a list of texts or one text, each once, in first order; AnsibleFilterError for the rest."""
    if value is None:
        return []
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, (list, tuple)):
        raise AnsibleFilterError(f"job ids are a list or a text, not {type(value).__name__}")
    for text in texts:
        if not isinstance(text, str):
            raise AnsibleFilterError(f"a job id is a text, not {type(text).__name__}: {text!r}")
    return each_once(separate(texts))


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"job_ids": job_ids}
