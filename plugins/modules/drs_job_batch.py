#!/usr/bin/python
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drs_job_batch
short_description: Start, pause, resume, stop or delete DRS jobs in batches
version_added: 1.0.0
description:
  - The state V(stopped) ends a job for good. It cannot be started again. To interrupt a job and go on later, use
    O(state=paused).
  - Drives any number of Data Replication Service (DRS) jobs (migration, synchronisation, disaster recovery) to a
    desired state.
  - Reads the status of every job first. For a job that is already in the desired state no write is sent, so a second
    run changes nothing.
  - Waits until every job has reached the desired state or has failed, or until O(wait_timeout) expires, and returns
    the outcome of each job, in success, in failure and in check mode alike.
  - A job that is paused, or that failed in transfer, is brought to O(state=started) by the service's resume and retry
    call; one that is configured or scheduled, by its start call.
  - A write whose answer was lost is never simply repeated. The job is read for O(settle_time) first, and the write is
    sent once more only if the job still needs it. What the status does not show is reported as V(unknown), which is a
    failure.
  - A request that the service refuses or throttles as a whole may have been carried out for some of its jobs all the
    same. A job of it that reaches the desired state counts as changed.
notes:
  - Use RV(jobs) or RV(by_id) of a registered result. The facts are a convenience with limits that Ansible sets. A
    failed task sets no facts and leaves the former ones in place, a fact cache keeps those of another run, and in a
    loop the last item wins. Read them as C(ansible_facts.drs_jobs).
  - A task's C(timeout) keyword ends the module and throws its result away. Use O(wait_timeout). The module notices
    that nobody waits for it any more and sends no further write.
  - A task with C(async) goes on when its playbook is killed. Only its seconds end it.
  - While a pause is under way the service shows no sign of it. A second run in that time may send another pause, which
    the service answers as busy, and then only waits.
  - A job without a row in the service's answers does not count as gone at once, since a replica of the service may lag.
    One that this run has read before counts as gone once its rows have been missing for O(settle_time); any other is
    asked for once more, at least 5 seconds later, also with O(wait=false) and in check mode.
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
  - huaweicloud.drs.waiting.writes
  - huaweicloud.drs.attributes
attributes:
  check_mode:
    support: full
    details:
      - Sends no write, and predicts the run with the same rules. A job that is in between two statuses is planned
        with the status that follows, and marked RV(jobs[].predicted).
  diff_mode:
    support: full
    details:
      - Holds the jobs that change only, with the status read before and the desired state after.
  idempotent:
    support: full
    details:
      - O(pause_mode) is not compared for a job that is paused already, since the API does not tell it.
options:
  state:
    description:
      - The desired state. Required unless every entry of O(jobs) has its own.
      - V(started) means running. A configured or scheduled job is started, a paused one resumed, one that failed in
        transfer retried.
      - V(paused) means that replication rests and can go on later. The source keeps its logs for a limited time, and
        the vendor recommends to resume within 24 hours.
      - V(stopped) ends the job for good.
      - V(deleted) removes a job that has ended. One that has not ended is refused unless O(force=true).
    type: str
    choices: [started, paused, stopped, deleted]
  job_ids:
    description:
      - The jobs, all with the options below. An item may hold several ids, separated by commas or white space.
      - An empty list is no work. The task is then ok, with a warning.
      - Exactly one of O(job_ids), O(jobs) and O(select) is required.
    type: list
    elements: str
  jobs:
    description:
      - Jobs and selections, each with a state and options of its own. What an entry leaves out it has from the task's option
        of that name. An option that its state does not use is passed over.
      - The list can stand in a file of variables, as the desired state of a project. One run brings all of it about, and
        check mode shows how far the project is from it.
      - A job that two entries name is one job if they request the same of it, and otherwise an error, before anything is
        sent.
    type: list
    elements: dict
    suboptions:
      job_id:
        description: The job's id. Exactly one of O(jobs[].job_id) and O(jobs[].select) is required.
        type: str
      select:
        description: As O(select).
        type: dict
        suboptions:
          name:
            description: As O(select.name).
            type: list
            elements: str
            default: []
          exclude:
            description: As O(select.exclude).
            type: list
            elements: str
            default: []
          tags:
            description: As O(select.tags).
            type: dict
            default: {}
          status:
            description: As O(select.status).
            type: list
            elements: str
            default: []
          type:
            description: As O(select.type).
            type: list
            elements: str
            default: []
          engine_type:
            description: As O(select.engine_type).
            type: list
            elements: str
            default: []
          enterprise_project_id:
            description: As O(select.enterprise_project_id).
            type: list
            elements: str
            default: []
          allow_none:
            description: As O(select.allow_none).
            type: bool
            default: false
      state:
        description: As O(state).
        type: str
        choices: [started, paused, stopped, deleted]
      expected_status:
        description:
          - The first write to the job is sent only if it has this status just before. With another one it fails with the
            reason V(status_moved), unless it has reached the desired state. Blank is no expectation.
          - For a plan that check mode made and that somebody has approved since. RV(jobs[].status_before) of the plan goes in
            here.
        type: str
      pause_mode:
        description: As O(pause_mode).
        type: str
        choices: [target, all]
      force:
        description: As O(force).
        type: bool
      start_time:
        description: As O(start_time).
        type: str
      is_only_init_task:
        description: As O(is_only_init_task).
        type: bool
      is_auto_create_compare:
        description: As O(is_auto_create_compare).
        type: bool
      is_sync_re_edit:
        description: As O(is_sync_re_edit).
        type: bool
      is_show_breakpoint_position:
        description: As O(is_show_breakpoint_position).
        type: bool
  pause_mode:
    description:
      - What a pause stops. V(target) stops the replay in the target, V(all) stops the capture of logs too.
    type: str
    choices: [target, all]
    default: target
  force:
    description:
      - With O(state=stopped), stops by force. Triggers and events are then not migrated.
      - With O(state=deleted), a job that has not ended is stopped by force first, and deleted then.
    type: bool
    default: false
  start_time:
    description:
      - When a job is to start, as ISO 8601 with an offset from UTC, or as epoch milliseconds. At once where it is
        absent or empty.
      - A time in the past is refused for a job that would be started, and for no other, so that a second run stays
        green.
      - A resume and a retry act at once, so it is refused for a job that needs one of these.
    type: str
  is_only_init_task:
    description:
      - Only initialises the job. It has reached the desired state once it is no longer being configured.
      - Sent with a start, where given. The service knows it for listed customers only.
    type: bool
  is_auto_create_compare:
    description:
      - Whether a comparison of data is created with the job. Sent with a start, where given.
    type: bool
  is_sync_re_edit:
    description:
      - Only for a job whose synchronised objects were edited since it last ran. Sent with a resume or a retry, where
        given.
    type: bool
  is_show_breakpoint_position:
    description:
      - Whether the service shows the position at which a job with a MySQL source was stopped. Sent with a stop, where
        given.
    type: bool
  allowed_actions:
    description:
      - The writes that may be used. A job that needs another one fails with the reason V(action_not_allowed), and is sent
        nothing. All that it is foreseen to need are checked before the first.
      - Without it, all of them.
    type: list
    elements: str
    choices: [start, resume, retry, pause, terminate, force_terminate, delete]
  max_changes:
    description:
      - The most jobs that may be changed. Before the first write of the run the jobs are counted that check mode would report
        as changed, and those whose status cannot be read. If they are more, the task fails whatever O(fail_on) says, and
        nothing is sent.
      - A job that comes to need a write later is sent it only while no more jobs than this are written to.
      - V(0) means that nothing may change. Required for a O(select) with O(state=stopped) or O(state=deleted).
    type: int
  serial:
    description:
      - The numbers of jobs in each wave, as numbers or as percentages of all jobs, such as V(25%). The next wave begins when
        every job of the one before has ended, well or badly. The last number repeats.
      - O(wait_timeout) is for all waves together. Needs O(wait=true).
    type: list
    elements: str
    default: []
  max_fail:
    description:
      - Once more jobs than this have ended badly, jobs of later waves that need a write are sent none. Needs O(serial).
    type: int
  allow_paid_order:
    description:
      - Whether a yearly/monthly job may be started whose order is not yet through. Starting it places the order and
        pays it.
    type: bool
    default: false
  wait:
    description:
      - Whether to return only when every job has reached the desired state or has failed, or O(wait_timeout) expires.
      - Without it, a job whose write was accepted has the outcome V(accepted), and a job that can be sent nothing in
        its status fails.
    type: bool
    default: true
  wait_timeout:
    description: Seconds for the whole batch.
    type: int
    default: 1800
  fail_on:
    description:
      - Whether the task fails when V(any) job ended badly, when V(all) did, or V(never). Every outcome but V(ok) and
        V(accepted) is bad.
      - Wrong options, missing credentials, a wrong project, an untrusted connection, a refusal that is everybody's and a
        service that never answers fail the task always.
    type: str
    choices: [any, all, never]
    default: any
  facts:
    description:
      - Whether to set C(ansible_facts.drs_jobs).
      - Every later task of the host pays for facts again. With thousands of jobs, V(false) saves time and memory.
    type: bool
    default: true
seealso:
  - module: huaweicloud.drs.drs_job_info
"""

EXAMPLES = r"""
- name: Pause replication before the schema change
  huaweicloud.drs.drs_job_batch:
    state: paused
    pause_mode: target
    job_ids:
      - 9a470239-2308-4bb5-a6bc-1040402fjb21
      - dbb8127c-b093-4b94-b764-7161e151jb2s
  register: paused

- name: Go on only when the first one is down
  ansible.builtin.debug:
    msg: The schema can be changed now
  when: paused.by_id['9a470239-2308-4bb5-a6bc-1040402fjb21'].status == 'PAUSING'

- name: Resume it
  huaweicloud.drs.drs_job_batch:
    state: started
    job_ids: 9a470239-2308-4bb5-a6bc-1040402fjb21, dbb8127c-b093-4b94-b764-7161e151jb2s
  register: resumed

- name: Start one job now and another tonight
  huaweicloud.drs.drs_job_batch:
    state: started
    jobs:
      - job_id: 140b5236-88ad-43c8-811c-1268453jb101
      - job_id: 8d0e8e36-a618-490d-8a46-8c61ac9jb502
        start_time: "2099-12-01T02:00:00+01:00"
  register: started

- name: Stop what can be stopped, and say what could not
  huaweicloud.drs.drs_job_batch:
    state: stopped
    job_ids:
      - 4c6ac8c0-2f51-426a-97b2-cb2c668jb201
      - 6211d20d-0006-41da-836e-db3301ajb20b
    wait_timeout: 3600
    fail_on: never
  register: stopped

- name: Name the jobs that are still there
  ansible.builtin.debug:
    msg: "{{ item.id }}: {{ item.outcome }}, {{ item.error_msg }}"
  loop: "{{ stopped.jobs | rejectattr('outcome', 'equalto', 'ok') }}"
  loop_control:
    label: "{{ item.id }}"

- name: Delete what has ended
  huaweicloud.drs.drs_job_batch:
    state: deleted
    job_ids: "{{ stopped.jobs | selectattr('outcome', 'equalto', 'ok') | map(attribute='id') }}"

- name: Pause all jobs of one team, some at a time, and stop at the first failure
  huaweicloud.drs.drs_job_batch:
    state: paused
    select:
      name: ["orders-*", "billing-*"]
      exclude: ["*-archive"]
    serial: [1, "25%"]
    max_fail: 0

- name: Bring the project to its desired state
  huaweicloud.drs.drs_job_batch:
    jobs:
      - job_id: 140b5236-88ad-43c8-811c-1268453jb101
        state: started
      - select:
          name: ["test-*"]
        state: paused
    max_changes: 5

- name: End a job by force and delete it
  huaweicloud.drs.drs_job_batch:
    state: deleted
    force: true
    job_ids:
      - 140b5236-88ad-43c8-811c-1268453jb101
"""

RETURN = r"""
msg:
  description: How many jobs there were, and the first that ended badly, with the reason.
  returned: always
  type: str
  sample: 2 jobs paused, 2 changed
success:
  description: Whether the task is ok. Unlike RV(ignore:failed) it is not changed by C(failed_when), so that a later task can fail in its place.
  returned: always
  type: bool
plan:
  description:
    - In check mode, the entries that do what was predicted, in the shape of O(jobs), each with its O(jobs[].expected_status). Null otherwise.
    - Given to O(jobs) later, they are applied to the jobs that they were made for, or not at all.
  returned: always
  type: list
  elements: dict
jobs:
  description: Every job once, in the order asked.
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
      description: The job's name, where a call that was made tells it, else null.
      type: str
      returned: always
    state:
      description: The desired state.
      type: str
      returned: always
      sample: paused
    action:
      description: The first write of this run for the job, or V(none).
      type: str
      returned: always
      sample: pause
    changed:
      description: Whether a write was accepted, or may have been.
      type: bool
      returned: always
    outcome:
      description:
        - V(ok) read in the desired state.
        - V(accepted) with O(wait=false), the write was accepted, or the change is in progress.
        - V(failed) refused by the service, or by the rules of the module.
        - V(timed_out) when O(wait_timeout) expired the status was known, and was not the desired one.
        - V(unknown) a write was sent, and the status did not show whether it was carried out.
        - V(not_attempted) no write could be made.
      type: str
      returned: always
      sample: ok
    reason:
      description:
        - A stable word to branch on, null where the outcome is good.
        - One of V(no_such_job), V(illegal_status), V(unknown_status), V(running_needs_force), V(unpaid_order),
          V(start_time_past), V(action_not_allowed), V(status_moved), V(too_many_changes), V(stopped_early), V(refused),
          V(busy), V(throttled), V(lost), V(ended_badly), V(deadline), V(unreadable), V(caller_gone).
      type: str
      returned: always
    status_before:
      description: The first status that was read, null if none was. V(NOT_FOUND) for a job that the service does not
        know.
      type: str
      returned: always
      sample: INCRE_TRANSFER_STARTED
    status:
      description: The last status that was read. A paused job has V(PAUSING), the service's word for it. A job that
        this run stopped or deleted, and that is gone, has V(DELETED); any other that the service does not know, V(NOT_FOUND).
      type: str
      returned: always
      sample: PAUSING
    predicted:
      description: In check mode, whether the prediction rests on a status that is yet to come.
      type: bool
      returned: always
    error_code:
      description: The service's error code, where it gave one.
      type: str
      returned: always
    error_msg:
      description: The service's text or, where it gave none, the module's own words on why the job ended badly.
      type: str
      returned: always
    request_id:
      description: The id of the write that decided or, without one, of the read, for the vendor's support.
      type: str
      returned: always
    attempts:
      description: Writes sent for the job.
      type: int
      returned: always
    duration:
      description: Seconds from the start of the run to the job's end.
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
  description: Why the task failed as a whole, V(no_match), V(list_unreadable) or V(too_many_changes). Null otherwise.
  returned: always
  type: str
by_id:
  description: The same as RV(jobs), keyed by the id, without the timeline.
  returned: always
  type: dict
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
diff:
  description: Only the jobs that change.
  returned: always
  type: dict
  contains:
    before:
      description: The status read, by job id.
      type: dict
      returned: always
    after:
      description: The desired state, by job id.
      type: dict
      returned: always
ansible_facts:
  description: Facts for conditionals.
  returned: when O(facts=true)
  type: dict
  contains:
    drs_jobs:
      description: For each job id, its RV(jobs[].name), RV(jobs[].status), RV(jobs[].outcome), RV(jobs[].action),
        RV(jobs[].changed)
        and RV(jobs[].error_code).
      type: dict
      returned: always
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils._batch import MODULE_OPTIONS, run
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import real_runtime


def main() -> None:
    run(AnsibleModule(**MODULE_OPTIONS), real_runtime())


if __name__ == "__main__":
    main()
