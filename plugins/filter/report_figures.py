# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_figures
short_description: The figures of a report's page
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Turns the facts of a run into times for people, marks on a time axis and one lane a job, in percent of the axis.
  - Used by the role P(huaweicloud.drs.report#role).
positional: _input
options:
  _input:
    description: What P(huaweicloud.drs.run_report#filter) gives.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the lanes
  ansible.builtin.debug:
    msg: "{{ (report_run | huaweicloud.drs.run_report | huaweicloud.drs.report_figures).lanes }}"
"""

RETURN = r"""
_value:
  description: The figures, with C(started), C(ended), C(length), C(ticks), C(lanes) and C(legend).
  type: dict
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _report


def report_figures(report):
    """What _report.figures says."""
    return _report.figures(report)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"report_figures": report_figures}
