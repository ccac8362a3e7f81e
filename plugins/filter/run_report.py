# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: run_report
short_description: The report of a run, for internal use
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Internal to this collection. Use the role P(huaweicloud.drs.report#role).
  - Puts together what was asked, the result of each step and the way of each job, and says first whether anything is still paused.
  - Takes nothing out of a result but the keys that the report names, so that no secret of it gets in.
positional: _input
options:
  _input:
    description: The run, as O(huaweicloud.drs.report#role:main:report_run) describes it.
    type: dict
    required: true
  path:
    description: The path of the page, to be named in the sentence. Empty if no page is written.
    type: str
    default: ""
  notify_on:
    description: When a message is sent, V(failure), V(change) (and a failure), V(always) or V(never).
    type: str
    default: never
  unwritten:
    description: Why the report could not be written, which makes the run a failed one. Empty if it was, or is not to be.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show in one line what a run did
  ansible.builtin.debug:
    msg: "{{ (report_run | huaweicloud.drs.run_report(path='/var/log/drs/report.html')).sentence }}"
"""

RETURN = r"""
_value:
  description: The C(facts) of the JSON file, the C(page) for the template, the C(sentence), the C(outcome), the C(problems),
    the C(message), with C(send) and C(text), and C(written), which the role hands on as C(report_written).
  type: dict
"""

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _report


def run_report(run, path="", notify_on="never", unwritten=""):
    """What _report.report says."""
    return _report.report(run, path, notify_on, unwritten)


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"run_report": run_report}
