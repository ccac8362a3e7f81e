# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: run_report
short_description: The facts of a role's run
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Puts together what was asked, what each step gave, and each job's way through it, as the JSON report has it.
  - Takes nothing out of a result but what the report names, so that no secret of it gets in.
  - Used by the role P(huaweicloud.drs.report#role).
positional: _input
options:
  _input:
    description: The run, as O(huaweicloud.drs.report#role:main:report_run) describes it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the facts
  ansible.builtin.debug:
    msg: "{{ report_run | huaweicloud.drs.run_report }}"
"""

RETURN = r"""
_value:
  description: The facts, with C(outcome), C(problems), C(warnings), C(steps), C(jobs) and what was handed over.
  type: dict
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _report


def run_report(run):
    """What _report.facts says."""
    return _report.facts(run)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"run_report": run_report}
