#!/usr/bin/python
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drs_job_wait
short_description: Wait until DRS jobs have a status, or a small enough lag
version_added: 1.0.0
description:
  - Waits until every job is in one of the statuses of O(status), until it replicates with a lag of at most O(max_lag)
    seconds, or both. It only reads, and changes nothing.
  - Each job counts for itself. A job that has reached it is not read again, even if its lag grows afterwards.
  - The wait for a job ends early, as a failure, if it has failed, has ended, was deleted or is not known to the
    service, unless O(status) names that status.
  - The wait for a job also ends early if it rests in a status that only a write changes, for longer than
    O(settle_time). These are V(CONFIGURATION) and V(PAUSING), the service's word for a paused job. O(status) may name
    them too.
  - A job in V(WAITING_FOR_START) is waited for until O(wait_timeout). It leaves that status at its scheduled time, and
    the status call, the only one that is made for it, does not show the schedule.
  - The task fails if any job did not reach it. The result has the outcome of each job, in success, in failure and in
    check mode alike.
notes:
  - A lag counts only if the status, read in the same round, is V(INCRE_TRANSFER_STARTED). A lag that is negative (the
    service's V(-1)), absent or unreadable is not known, and never counts as zero.
  - The module reads in rounds. What cannot be read is read again in the next round, until O(wait_timeout). A reading
    that fails or shows something else makes O(samples) begin again.
  - A request reads the statuses of up to 100 jobs, and another one the lags of up to 10. Lags are read only with
    O(max_lag), and only of jobs in V(INCRE_TRANSFER_STARTED).
  - A job without a row in the service's answers does not count as unknown at once, since a replica of the service may
    lag. One that this run has read before counts as unknown once its rows have been missing for O(settle_time), any
    other in the first round that is at least 5 seconds later.
  - Once the service has answered, a read that it refuses with 401, 403 or 404 is repeated for O(settle_time), since such
    a refusal may be a stray one.
  - A task's C(timeout) keyword ends the module without its result. Use O(wait_timeout) instead.
  - Source of the statuses and calls is version 3 of the DRS API.
author:
  - huaweicloud.drs contributors (@huaweicloud)
requirements:
  - requests
extends_documentation_fragment:
  - huaweicloud.drs.auth
  - huaweicloud.drs.connection
  - huaweicloud.drs.selection
  - huaweicloud.drs.waiting
  - huaweicloud.drs.attributes
attributes:
  check_mode:
    support: full
    details:
      - Reads and waits, as without it.
  diff_mode:
    support: none
    details:
      - Nothing changes.
  idempotent:
    support: full
options:
  job_ids:
    description:
      - The jobs. An item may hold several ids, separated by commas or white space.
      - An empty list is no work. The task is then ok, with a warning.
      - Exactly one of O(job_ids) and O(select) is required.
    type: list
    elements: str
  status:
    description:
      - The statuses to wait for. A job that is in any of them has reached it. A paused job has V(PAUSING), the service's
        word for it, and a job that the service does not know has V(NOT_FOUND).
      - With O(max_lag), one reading must show both, so that V(INCRE_TRANSFER_STARTED) must be among them.
      - At least one of O(status) and O(max_lag) is required.
    type: list
    elements: str
    choices:
      - CREATING
      - CONFIGURATION
      - WAITING_FOR_START
      - STARTJOBING
      - FULL_TRANSFER_STARTED
      - FULL_TRANSFER_COMPLETE
      - INCRE_TRANSFER_STARTED
      - FULL_TRANSFER_FAILED
      - INCRE_TRANSFER_FAILED
      - START_JOB_FAILED
      - CHILD_TRANSFER_FAILED
      - PAUSING
      - CHANGE_JOB_STARTED
      - REBUILD_NODE_STARTED
      - NODE_UPGRADE_START
      - CHILD_TRANSFER_STARTING
      - CHILD_TRANSFER_STARTED
      - CHILD_TRANSFER_COMPLETE
      - NODE_UPGRADE_COMPLETE
      - CHANGE_JOB_FAILED
      - REBUILD_NODE_FAILED
      - NODE_UPGRADE_FAILED
      - RELEASE_RESOURCE_STARTED
      - RELEASE_CHILD_TRANSFER_STARTED
      - RELEASE_RESOURCE_FAILED
      - RELEASE_RESOURCE_COMPLETE
      - RELEASE_CHILD_TRANSFER_COMPLETE
      - CREATE_FAILED
      - DELETED
      - NOT_FOUND
  max_lag:
    description:
      - The longest lag to wait for, in seconds. A job has reached it if it is in V(INCRE_TRANSFER_STARTED) and its target
        is at most this far behind its source.
      - At least one of O(status) and O(max_lag) is required.
    type: float
  samples:
    description:
      - How many readings in a row must show it, from 1 to 1000.
      - The default is V(3) with O(max_lag), since a lag comes and goes, and V(1) with O(status) alone.
    type: int
  wait_timeout:
    description:
      - Seconds for all jobs together.
      - It must be at least O(samples) - 1 times O(wait_interval), or no job could be read often enough.
    type: int
    default: 1800
  wait_interval:
    description: Seconds from the beginning of one round of reads to the beginning of the next. A round that takes longer
      is followed by the next at once.
    type: int
    default: 5
  settle_time:
    description:
      - Seconds for which a job may rest in a status that only a write changes, for which the rows of a job may be missing,
        and for which the service may refuse reads, before the wait ends.
    type: int
    default: 30
seealso:
  - module: huaweicloud.drs.drs_job_batch
  - module: huaweicloud.drs.drs_job_info
"""

EXAMPLES = r"""
- name: Wait until both jobs have been at most 10 seconds behind, three times in a row
  huaweicloud.drs.drs_job_wait:
    job_ids:
      - 9a470239-2308-4bb5-a6bc-1040402fjb21
      - dbb8127c-b093-4b94-b764-7161e151jb2s
    max_lag: 10
    wait_timeout: 7200
  register: caught_up

- name: Show how far behind each job was at last
  ansible.builtin.debug:
    var: caught_up.lags

- name: Wait until a new job can be started
  huaweicloud.drs.drs_job_wait:
    job_ids: 140b5236-88ad-43c8-811c-1268453jb101
    status: [CONFIGURATION]

- name: Start it
  huaweicloud.drs.drs_job_batch:
    state: started
    job_ids: 140b5236-88ad-43c8-811c-1268453jb101

- name: Wait until the full transfer is done
  huaweicloud.drs.drs_job_wait:
    job_ids: 140b5236-88ad-43c8-811c-1268453jb101
    status: [FULL_TRANSFER_COMPLETE, INCRE_TRANSFER_STARTED]
    wait_timeout: 86400
    wait_interval: 60

- name: Wait until the jobs are gone, whoever deletes them
  huaweicloud.drs.drs_job_wait:
    job_ids:
      - 4c6ac8c0-2f51-426a-97b2-cb2c668jb201
      - 6211d20d-0006-41da-836e-db3301ajb20b
    status: [DELETED, NOT_FOUND]
"""

RETURN = r"""
msg:
  description: How many jobs there were, which of them did not reach it and why, and the longest of their lags.
  returned: always
  type: str
  sample: 2 jobs within a lag of 10 s
jobs:
  description: Every job once, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: The job's id.
      type: str
      returned: always
      sample: 9a470239-2308-4bb5-a6bc-1040402fjb21
    name:
      description: The job's name, if a call that was made returns it, else null.
      type: str
      returned: always
    action:
      description: Always V(none), since nothing is written.
      type: str
      returned: always
      sample: none
    changed:
      description: Always V(false).
      type: bool
      returned: always
    outcome:
      description:
        - V(ok) it reached the status or the lag.
        - V(failed) it cannot reach it by waiting, or the service refused to report it.
        - V(timed_out) when O(wait_timeout) expired its status was known, and it had not reached it.
        - V(unknown) it was read before, and could not be read at the end.
        - V(not_attempted) it was never read.
      type: str
      returned: always
      sample: ok
    reason:
      description:
        - A stable word to branch on, null where the outcome is good.
        - V(no_such_job) deleted, or not known to the service. V(ended_badly) it failed or ended. V(illegal_status) it
          rests in a status that only a write changes. V(refused), V(unreadable) and V(throttled) say why it could
          not be read. V(deadline) O(wait_timeout) expired. V(caller_gone) the process that started the module has
          exited.
      type: str
      returned: always
    status_before:
      description: The first status that was read, null if none was.
      type: str
      returned: always
      sample: FULL_TRANSFER_STARTED
    status:
      description: The last status that was read. V(NOT_FOUND) for a job that the service does not know.
      type: str
      returned: always
      sample: INCRE_TRANSFER_STARTED
    lag:
      description: Seconds that the target was behind the source in the last reading, null where that is not known, and
        without O(max_lag).
      type: float
      returned: always
      sample: 3.0
    lags:
      description: The lags of the last readings, at most O(samples), the oldest first. A reading that showed none is
        null.
      type: list
      elements: float
      returned: always
      sample: [12.0, 7.0, 3.0]
    predicted:
      description: Always V(false).
      type: bool
      returned: always
    error_code:
      description: The service's error code, where it gave one.
      type: str
      returned: always
    error_msg:
      description: The service's text or, where it gave none, the module's own words on why the job did not reach it.
      type: str
      returned: always
    request_id:
      description: The id of the read that decided, where a job did not reach it, for the vendor's support.
      type: str
      returned: always
    attempts:
      description: Always V(0).
      type: int
      returned: always
    duration:
      description: Seconds from the start of the run to the end of the wait for this job.
      type: float
      returned: always
    timeline:
      description: Every status seen, and when first. The first and last ten, for a job that saw more.
      type: list
      elements: dict
      returned: always
      contains:
        status:
          description: The status.
          type: str
          returned: always
        at:
          description: The time, UTC.
          type: str
          returned: always
      sample:
        - status: INCRE_TRANSFER_STARTED
          at: "2026-11-21T22:00:00Z"
selected:
  description: What O(select) has found. Null without it.
  returned: always
  type: dict
  contains:
    criteria:
      description: What was given, one entry for each O(select), without blanks.
      type: list
      elements: dict
      returned: always
    jobs:
      description: The names of the jobs by their ids, in order.
      type: dict
      returned: always
reason:
  description: Why the task failed as a whole, V(no_match) or V(list_unreadable). Null otherwise.
  returned: always
  type: str
by_id:
  description: The same as RV(jobs), keyed by the id, without the timeline.
  returned: always
  type: dict
lags:
  description: The RV(jobs[].lag) of every job, keyed by the id.
  returned: always
  type: dict
  sample:
    9a470239-2308-4bb5-a6bc-1040402fjb21: 3.0
summary:
  description: Numbers of jobs. The outcomes add up to those requested.
  returned: always
  type: dict
  contains:
    requested:
      description: Jobs requested.
      type: int
      returned: always
    changed:
      description: Jobs changed.
      type: int
      returned: always
    ok:
      description: Jobs with this outcome.
      type: int
      returned: always
    accepted:
      description: Jobs with this outcome.
      type: int
      returned: always
    failed:
      description: Jobs with this outcome.
      type: int
      returned: always
    timed_out:
      description: Jobs with this outcome.
      type: int
      returned: always
    unknown:
      description: Jobs with this outcome.
      type: int
      returned: always
    not_attempted:
      description: Jobs with this outcome.
      type: int
      returned: always
api:
  description: What the run cost.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent, those to IAM included.
      type: int
      returned: always
    retries:
      description: Repetitions of any kind.
      type: int
      returned: always
    seconds:
      description: Seconds that the run took.
      type: float
      returned: always
    request_ids:
      description: Ids of requests that the service answered with an error, at most 20.
      type: list
      elements: str
      returned: always
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import real_runtime
from ansible_collections.huaweicloud.drs.plugins.module_utils._waiting import MODULE_OPTIONS, run


def main() -> None:
    run(AnsibleModule(**MODULE_OPTIONS), real_runtime())


if __name__ == "__main__":
    main()
