# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: job_lines
short_description: A result's jobs as lines for people
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Gives one line a job for a result of M(huaweicloud.drs.drs_job_batch) or M(huaweicloud.drs.drs_job_info), which says
    what became of it, and why where it went wrong.
positional: _input, check_mode
options:
  _input:
    description: The registered result. One without jobs, such as that of a task that was refused, gives no lines.
    type: dict
    required: true
  check_mode:
    description: Whether the result is a prediction, as C(ansible_check_mode) tells.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show each job
  ansible.builtin.debug:
    msg: "{{ paused | huaweicloud.drs.job_lines(ansible_check_mode) }}"

# 9a470239-2308-4bb5-a6bc-1040402fjb21 ok, INCRE_TRANSFER_STARTED -> PAUSING
# 8d0e8e36-a618-490d-8a46-8c61ac9jb502 ok, already PAUSING
# 6211d20d-0006-41da-836e-db3301ajb20b timed_out, INCRE_TRANSFER_STARTED (busy, DRS.M01504 Another operation is ...)
"""

RETURN = r"""
_value:
  description: The lines, in the order of the jobs.
  type: list
  elements: str
"""

_PLAIN_WORDS = {"force_terminate": "stop by force", "terminate": "stop"}


def job_lines(result, check_mode=False):
    """The lines of a result's jobs and, of drs_job_info, of what is missing and unread.

    AnsibleFilterError where it is no dictionary.
    """
    if not isinstance(result, dict):
        raise AnsibleFilterError(f"a result is a dictionary, not {type(result).__name__}")
    jobs = [_line(job, check_mode) for job in result.get("jobs") or []]
    missing = [f"{job_id} is not known to the service" for job_id in result.get("missing") or []]
    unread = [_unread_line(part) for part in result.get("unread") or []]
    return jobs + missing + unread


def _unread_line(part):
    return _on_one_line(f"{part['id'] or part['type']}: the {part['what']} could not be read{_why(part)}")


def _on_one_line(text):
    """The text without line breaks and control characters, which the service's own words may hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))


def _line(job, check_mode):
    name = f" {job['name']}" if job.get("name") else ""
    what = _what_became(job, check_mode) if "outcome" in job else (job.get("status") or "status unknown")
    return _on_one_line(f"{job['id']}{name} {what}{_why(job)}")


def _what_became(job, check_mode):
    before, status, outcome = job.get("status_before"), job.get("status"), job["outcome"]
    if check_mode and job.get("changed"):
        return f"would {_PLAIN_WORDS.get(job['action'], job['action'])}, now {status or before}"
    if outcome == "ok" and not job.get("changed"):
        return f"ok, already {status}"
    if before and status and before != status:
        return f"{outcome}, {before} -> {status}"
    return f"{outcome}, {status or before or 'status unknown'}"


def _why(job):
    """What the job's reason and the service's own code and words are; empty where nothing went wrong."""
    code_and_words = " ".join(job[key] for key in ("error_code", "error_msg") if job.get(key))
    parts = ", ".join(part for part in (job.get("reason"), code_and_words) if part)
    return f" ({parts})" if parts else ""


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"job_lines": job_lines}
