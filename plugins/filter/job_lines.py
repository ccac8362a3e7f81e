# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import collections

from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import shown

DOCUMENTATION = r"""
name: job_lines
short_description: A result's jobs as lines for people
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Gives one line a job for a result of M(huaweicloud.drs.drs_job_batch), M(huaweicloud.drs.drs_job_wait) or
    M(huaweicloud.drs.drs_job_info), then one line for each reason why jobs ended badly, with the jobs that share it, and a line of totals.
positional: _input, check_mode
options:
  _input:
    description: The registered result. One without jobs gives its message if the task is ok, and else no lines.
    type: dict
    required: true
  check_mode:
    description: Whether the result is a prediction, as C(ansible_check_mode) tells.
    type: bool
    default: false
  besides:
    description: A result of M(huaweicloud.drs.drs_job_batch), whose jobs are left out.
    type: dict
"""

EXAMPLES = r"""
- name: Show each job
  ansible.builtin.debug:
    msg: "{{ paused | huaweicloud.drs.job_lines(ansible_check_mode) }}"

# orders (9a470239-2308-4bb5-a6bc-1040402fjb21): ok, INCRE_TRANSFER_STARTED -> PAUSING (paused)
# stock (8d0e8e36-a618-490d-8a46-8c61ac9jb502): ok, already PAUSING (paused)
# billing (6211d20d-0006-41da-836e-db3301ajb20b): timed_out, INCRE_TRANSFER_STARTED
# timed_out, busy: billing: DRS.M01504 Another operation is being performed.
# 3 jobs: 2 ok, 1 timed_out; 1 changed
"""

RETURN = r"""
_value:
  description: The lines, in the order of the jobs.
  type: list
  elements: str
"""

_PLAIN_WORDS = {"force_terminate": "stop by force", "terminate": "stop"}
_NAMED_TOGETHER = 10


def job_lines(result, check_mode=False, besides=None):
    """The lines of a result's jobs; of drs_job_info, of what is missing and unread too; and the totals.

    AnsibleFilterError where it is not a dictionary.
    """
    for one in (result, besides or {}):
        if not isinstance(one, dict):
            raise AnsibleFilterError(f"a result is a dictionary, not {type(one).__name__}")
    left_out = {job["id"].lower() for job in (besides or {}).get("jobs") or []}
    jobs = [job for job in result.get("jobs") or [] if job["id"].lower() not in left_out]
    missing, unread = result.get("missing") or [], result.get("unread") or []
    if not (jobs or missing or unread):
        return [_on_one_line(result["msg"])] if result.get("success") and not besides else []
    lines = [f"{_label(job)}: {_what_became(job, check_mode)}" for job in jobs]
    lines += [f"{job_id}: not known to the service" for job_id in missing]
    lines += [f"{_subject(part)}: the {part['what']} could not be read" for part in unread]
    lines += _reasons([(_head(job), _said(job), _short(job)) for job in jobs])
    lines += _reasons([(f"the {part['what']} could not be read", _said(part), _subject(part)) for part in unread])
    return [_on_one_line(line) for line in (*lines, _totals(jobs, missing, unread, check_mode))]


def _on_one_line(text):
    """The text without line breaks and control characters, which the service's own words may hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))


def _label(job):
    return f"{job['name']} ({job['id']})" if job.get("name") else job["id"]


def _short(job):
    return job.get("name") or job["id"]


def _subject(part):
    return part["id"] or f"jobs of type {part['type']}"


def _what_became(job, check_mode):
    before, status = (shown(job[key]) if job.get(key) else "" for key in ("status_before", "status"))
    if "outcome" not in job:
        return status or "status unknown"
    outcome = job["outcome"]
    if check_mode and job.get("changed"):
        return f"would {_PLAIN_WORDS.get(job['action'], job['action'])}, now {status or before}"
    if outcome == "ok" and not job.get("changed"):
        return f"ok, already {status}"
    if before and status and before != status:
        return f"{outcome}, {before} -> {status}"
    return f"{outcome}, {status or before or 'status unknown'}"


def _head(job):
    """How a job ended badly and the reason; of one that did not, its error by the service."""
    return ", ".join(part for part in (job.get("outcome"), job.get("reason")) if part) or job.get("status")


def _said(part):
    """The service's own code and words, or the module's; empty where nothing went wrong."""
    return " ".join(part[key] for key in ("error_code", "error_msg") if part.get(key))


def _reasons(found):
    """One line for the jobs that share what happened (head) and what was said about it. found: head, said, job."""
    together = collections.defaultdict(list)
    for head, said, job in found:
        if said:
            together[head, said].append(job)
    return [f"{head}: {_some(jobs)}: {said}" for (head, said), jobs in together.items()]


def _some(jobs):
    more = len(jobs) - _NAMED_TOGETHER
    return ", ".join(jobs[:_NAMED_TOGETHER]) + (f" and {more} more" if more > 0 else "")


def _totals(jobs, missing, unread, check_mode):
    ends = [job.get("outcome") or shown(job.get("status") or "status unknown") for job in jobs]
    counts = [f"{number} {end}" for end, number in collections.Counter(ends).most_common()]
    counts += [f"{len(missing)} not known to the service"] if missing else []
    total = len(jobs) + len(missing)
    line = f"{total} job{'' if total == 1 else 's'}" + (f": {', '.join(counts)}" if counts else "")
    if any("outcome" in job for job in jobs):
        line += f"; {sum(bool(job.get('changed')) for job in jobs)} {'to be ' if check_mode else ''}changed"
    return line + (f"; {len(unread)} could not be read" if unread else "")


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"job_lines": job_lines}
