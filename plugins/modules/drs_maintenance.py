#!/usr/bin/python
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drs_maintenance
short_description: Pause DRS jobs for a maintenance, and resume exactly those
version_added: 1.0.0
description:
  - Begins a maintenance with O(state=present), which pauses jobs and writes down which, and ends it with O(state=absent),
    which resumes exactly the jobs that were paused. Between the two your own tasks run, in a block with C(always).
  - The record is written before the first pause, and again before each request. If the run is killed at any point, the next
    O(state=absent) with O(takeover=true) finds every job that was paused, or fails and names what is left.
  - If one job cannot be paused, those that were are resumed again and the task fails, so that no work begins.
  - A job that was paused before stays paused. A job that has failed is refused, since to resume it would be a retry that
    nobody requested.
  - O(state=absent) may be called in any case. If O(state=present) was refused, or was not called, it changes nothing.
  - The role P(huaweicloud.drs.maintenance_window#role) runs a file of tasks between the two calls, with checks of that file, handlers
    and a report.
notes:
  - Source of the statuses and calls is version 3 of the DRS API. It shows no sign of a pause that is under way, so a pause
    whose answer was lost, or that takes longer than O(wait_timeout), may still come. O(state=absent) watches for it.
  - The record holds no secrets. Its keys are those of RV(record), and its file may be read by any program.
  - The folder must be on a disk that both calls see. In AWX a container's own disk is gone with the container, so the folder must
    be mounted. On storage that several machines share, this needs NFS version 4 or another file system with locks between
    machines.
  - O(wait_timeout) is for each of pausing and resuming. O(state=absent) may take O(watch_minutes) longer.
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
      - Sends no request that changes a job, and makes no folder and no file. O(state=present) predicts what would be paused, and
        O(state=absent) what would be resumed by the record that is there.
  diff_mode:
    support: full
    details:
      - Holds the jobs that change and no others, with the status read before and the desired state after.
  idempotent:
    support: full
    details:
      - A second O(state=present) needs the same O(run), without which it is another maintenance, and refused.
options:
  state:
    description:
      - V(present) pauses the jobs and opens the record. V(absent) resumes them and closes it.
    type: str
    choices: [present, absent]
    required: true
  name:
    description:
      - The maintenance's name. Each name of a folder has one record, in C(<state_dir>/<name>.json). Characters other than
        letters, digits, C(-), C(_) and C(.), and a leading dot, are percent-encoded in the file's name.
      - Two maintenances that may overlap in time need names of their own. A job can be in one of them only.
    type: str
    default: default
  state_dir:
    description:
      - The folder of the records, an absolute path. O(state=present) makes it, with mode C(0700), if it does not exist.
    type: path
    required: true
  job_ids:
    description:
      - With O(state=present), the jobs to pause. An item may hold several ids, separated by commas or white space. Exactly one
        of O(job_ids) and O(select) is required. A job that O(select) has found and that has ended or was never started is left
        out, with a warning.
      - With O(state=absent), only allowed with O(takeover=true) or O(awx_workflow). Used if no record is open or, with
        O(takeover=true), if the record cannot be read. Those of these jobs that are paused are then resumed. An open record
        is used alone, since some of the jobs may have been paused before the maintenance.
    type: list
    elements: str
  pause_mode:
    description:
      - What a pause stops. V(target) stops the replay in the target, V(all) stops the capture of logs too.
    type: str
    choices: [target, all]
    default: target
  start:
    description:
      - When the window opens in which a maintenance may begin. ISO 8601 with an offset from UTC, or V(HH:MM) in quotes for every
        day, which needs O(end) too. Without it there is no limit.
    type: str
  end:
    description:
      - When the window closes, of the same kind as O(start). A daily window may go across midnight. A maintenance that has
        begun is not ended by it.
    type: str
  timezone:
    description:
      - The time zone of V(HH:MM) and of O(freeze), an IANA name.
      - A time of day that a clock change makes happen twice counts at its first. One that it skips is read with the offset
        from before the change (RFC 5545, section 3.3.5).
    type: str
    default: UTC
  min_left:
    description: Refuse to begin with fewer minutes than this left of the window.
    type: float
    default: 0
  freeze:
    description:
      - Dates and spans of dates on which no maintenance may begin, both ends included, such as V(2026-12-24) or
        V(2026-12-24/2027-01-02).
      - The date in O(timezone) at the moment of the call counts, also after midnight in a window that opened the evening
        before.
    type: list
    elements: str
    default: []
  warn_after:
    description:
      - O(state=absent) warns of a pause that lasted longer than this, in hours. The source keeps its logs for a limited time, and
        the vendor recommends to resume within 24 hours. V(0) never warns.
    type: float
    default: 24
  refuse_paused:
    description:
      - Whether jobs that are paused already, and that no record of the folder explains, are refused instead of warned of.
      - Set it wherever more than one folder, host or controller keeps records for one project.
    type: bool
    default: false
  run:
    description:
      - This run's own name. Generated by O(state=present) if it is not given, and returned as RV(run).
      - O(state=absent) with it works from the record of this run alone, so that it cannot end a maintenance of somebody else.
      - To have it even if O(state=present) returns nothing, set it by M(ansible.builtin.set_fact) before the block. A
        template in C(vars) would have another value in each task.
    type: str
  awx_workflow:
    description:
      - The id of an AWX workflow job. O(state=present) writes it down, and O(state=absent) works from the record only if it
        was begun by that workflow.
    type: str
  takeover:
    description:
      - With O(state=absent), works from whatever record is open. Make sure first that no maintenance is at work, since its jobs
        would be resumed under it.
    type: bool
    default: false
  abandon:
    description:
      - With O(state=absent), ids of jobs that are taken out of the record without being touched. For jobs that nobody can
        resume. Needs O(run), O(awx_workflow) or O(takeover=true).
    type: list
    elements: str
    default: []
  wait_timeout:
    description: Seconds for the pause, and again for the resume.
    type: int
    default: 1800
  watch_minutes:
    description:
      - Minutes, counted from the moment at which a pause was sent, for which O(state=absent) watches a job whose pause was not
        seen. If the pause comes, the job is resumed. If not, the job stays in the record and the task fails.
    type: float
    default: 10
seealso:
  - module: huaweicloud.drs.drs_job_batch
  - module: huaweicloud.drs.drs_job_info
"""

EXAMPLES = r"""
# Set before the block, so that always ends this maintenance and no other, whatever becomes of the first task.
- name: Name this run
  ansible.builtin.set_fact:
    maintenance_run: "schema-{{ now(utc=true, fmt='%Y%m%dT%H%M%SZ') }}"

- name: Change the schema while replication is paused
  block:
    - name: Begin the maintenance
      huaweicloud.drs.drs_maintenance:
        state: present
        state_dir: /var/lib/drs
        run: "{{ maintenance_run }}"
        job_ids:
          - 9a470239-2308-4bb5-a6bc-1040402fjb21
          - dbb8127c-b093-4b94-b764-7161e151jb2s

    - name: Change the schema
      ansible.builtin.debug:
        msg: The work goes here
  always:
    - name: End the maintenance
      huaweicloud.drs.drs_maintenance:
        state: absent
        state_dir: /var/lib/drs
        run: "{{ maintenance_run }}"

- name: Begin at night only, and never over the holidays
  huaweicloud.drs.drs_maintenance:
    state: present
    name: nightly
    state_dir: /var/lib/drs
    job_ids: 140b5236-88ad-43c8-811c-1268453jb101
    start: "22:00"
    end: "04:00"
    timezone: Europe/Berlin
    min_left: 60
    freeze:
      - 2099-12-24/2100-01-02

- name: Resume what an earlier run has left paused, now that no maintenance is at work
  huaweicloud.drs.drs_maintenance:
    state: absent
    name: nightly
    state_dir: /var/lib/drs
    takeover: true
"""

RETURN = r"""
msg:
  description: What happened. Jobs that may still be paused come first.
  returned: always
  type: str
  sample: 2 jobs run again. The maintenance is closed
run:
  description: This call's own run, O(run) or a generated one. Null if the options could not be used.
  returned: always
  type: str
  sample: 20261121T220000Z-3fa9c1d2
began_at:
  description: When this call began, UTC.
  returned: always
  type: str
  sample: "2026-11-21T22:00:00Z"
ended_at:
  description: When this call ended, UTC.
  returned: always
  type: str
  sample: "2026-11-21T22:01:07Z"
remaining:
  description: The ids of the jobs that are still in the record. Empty after O(state=absent) if nothing is left paused by the
    maintenance.
  returned: always
  type: list
  elements: str
paused:
  description: The ids of the jobs that this maintenance has paused and not resumed.
  returned: always
  type: list
  elements: str
rolled_back:
  description: With O(state=present), the ids of the jobs that were paused and then resumed, since another could not be paused.
  returned: always
  type: list
  elements: str
held_by:
  description: The open maintenance of somebody else, because of which this call was refused or did nothing. Null without one.
  returned: always
  type: dict
  contains:
    run:
      description: Its run.
      type: str
      returned: always
    name:
      description: Its name.
      type: str
      returned: always
    host:
      description: The machine on which it began.
      type: str
      returned: always
    user:
      description: The user who began it.
      type: str
      returned: always
    awx_job:
      description: The id of its AWX job, or null.
      type: str
      returned: always
    since:
      description: When it began, UTC.
      type: str
      returned: always
record_path:
  description: The record's file.
  returned: always
  type: str
  sample: /var/lib/drs/default.json
record:
  description:
    - The record of this maintenance, as it is in the file. Null without a record, and for one of somebody else.
    - A record of a newer version is refused. One that cannot be read is refused too, and the text says what to do.
  returned: always
  type: dict
  contains:
    schema:
      description: The version of these keys, V(1).
      type: int
      returned: always
    phase:
      description: V(open) from before the first pause until no job is left, then V(closed) until the next maintenance of this
        name. The open record is the lock.
      type: str
      returned: always
    run:
      description: The run that began it.
      type: str
      returned: always
    name:
      description: The maintenance's name.
      type: str
      returned: always
    owner:
      description: Who began it, with C(host), C(user), C(pid), C(awx_job), C(awx_workflow), C(awx_url) and C(since).
      type: dict
      returned: always
    project_id:
      description: The project. O(state=absent) refuses to work in another one.
      type: str
      returned: always
    region:
      description: The region, for people.
      type: str
      returned: always
    endpoint:
      description: The endpoint, as scheme, host and port. O(state=absent) refuses to work at another one.
      type: str
      returned: always
    versions:
      description: The versions that wrote it, C(collection) and C(python).
      type: dict
      returned: always
    began_at:
      description: When the record was made, UTC.
      type: str
      returned: always
    paused_at:
      description: When the pause had ended, UTC. Null until then.
      type: str
      returned: always
    ended_at:
      description: When it was closed, UTC. Null until then.
      type: str
      returned: always
    pause_mode:
      description: O(pause_mode).
      type: str
      returned: always
    selection:
      description: How the jobs were chosen. Null where they were given by id.
      type: dict
      returned: always
    jobs:
      description:
        - Each job by id, with its C(name), its status C(before), and what is C(known) of it. C(sent_at), C(paused_at) and C(out_at) say since
          when, UTC.
        - C(known) is V(planned), no pause was sent; V(unconfirmed), a pause was sent, or is about to be, and was not seen;
          V(paused); V(resuming), a resume is about to be sent; V(paused_before), it was paused already and stays so; V(out), it
          is no longer paused by this maintenance.
      type: dict
      returned: always
window:
  description: With O(state=present), the window. Null otherwise.
  returned: always
  type: dict
  contains:
    now:
      description: The present time in O(timezone), for people.
      type: str
      returned: always
    open:
      description: Whether a maintenance may begin.
      type: bool
      returned: always
    reason:
      description: Why not. Empty if it may.
      type: str
      returned: always
    opens_at:
      description: When the window opens, or opened, UTC. Empty without a limit.
      type: str
      returned: always
    closes_at:
      description: When it closes, UTC. Empty without a limit.
      type: str
      returned: always
    minutes_left:
      description: Whole minutes until it closes. V(-1) without a limit.
      type: int
      returned: always
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
    state:
      description: V(paused), or V(started) for a job that is to be resumed.
      type: str
      returned: always
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
        - Those of M(huaweicloud.drs.drs_job_batch), and V(resumed_meanwhile), somebody else resumed it during the
          maintenance; V(failed_meanwhile) and V(ended_meanwhile), it failed or ended while it was paused;
          V(pause_not_seen), a pause was sent and not seen; V(not_begun), the maintenance did not begin;
          V(action_not_allowed), it needs another call than a pause or a resume; V(withheld), its record could not be
          written, or somebody else has ended the maintenance.
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
      description: The service's text or, where it gave none, the module's own words on why the job failed.
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
  description: Why the task failed as a whole, V(no_match) or V(list_unreadable). Null otherwise.
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
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils._maintenance import MODULE_OPTIONS, run
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import real_runtime


def main() -> None:
    run(AnsibleModule(**MODULE_OPTIONS), real_runtime())


if __name__ == "__main__":
    main()
