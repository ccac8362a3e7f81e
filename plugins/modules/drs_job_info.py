#!/usr/bin/python
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drs_job_info
short_description: Read DRS jobs, their details and their progress
version_added: 1.0.0
description:
  - Reads Data Replication Service (DRS) jobs (migration, synchronisation, disaster recovery), those of O(job_ids) or
    of O(select), and changes nothing.
  - Without O(job_ids) and O(select) it reads all jobs of the project. A O(select) that no job fits is ok here.
  - Something that cannot be read fails the task, always. What could be read is in the result nevertheless, and
    RV(unread) names the rest, so that a part never looks like the whole.
  - Passwords, keys, certificates and other secrets of databases never come through, since only the fields that are
    documented here do. C(db_password), C(full_trans_user_pwd), C(increment_trans_user_pwd), every C(ssl_) field but
    C(ssl_link), C(kafka_security_config) and everything of Kerberos are not among them, nor are the objects that are
    migrated, their transformations, and the addresses that alarms go to. A text of a job that repeats one of its
    secrets of at least 8 characters, or that holds the like of C(password=...), comes masked.
notes:
  - An empty O(job_ids) is no work.
  - An id that the service does not know is not an error. It is in RV(missing). A job without a row in the answer is
    asked for once more, at least 5 seconds later, before it counts as unknown.
  - Once the service has answered, a read that it refuses with 401, 403 or 404 is repeated for up to half a minute,
    since such a refusal may be a stray one.
  - Source of the fields and calls is version 3 of the DRS API.
author:
  - huaweicloud.drs contributors (@huaweicloud)
requirements:
  - requests
extends_documentation_fragment:
  - huaweicloud.drs.auth
  - huaweicloud.drs.connection
  - huaweicloud.drs.selection
  - huaweicloud.drs.attributes
attributes:
  check_mode:
    support: full
    details:
      - Reads, as without it.
  diff_mode:
    support: none
    details:
      - Nothing changes.
  idempotent:
    support: full
options:
  job_ids:
    description:
      - The jobs. An item may hold several ids, separated by commas or white space. They are returned in this order,
        each once.
      - An empty list is no work. The task is then ok, with a warning.
      - Not together with O(select).
    type: list
    elements: str
  gather:
    description:
      - What else to read of each job.
      - V(detail) is the databases, the network, the times and the settings, and, with O(job_ids), the job's name and
        type too.
      - V(progress) is how far the transfer is and how far the target is behind.
      - V(rpo_rto) is the recovery point and time of a disaster recovery job. Not every cloud has this call.
      - Each costs a request for every 10 jobs. Statuses are read 100 a request.
    type: list
    elements: str
    choices: [detail, progress, rpo_rto]
    default: []
  wait_timeout:
    description:
      - Seconds for the whole task, with the pauses that the service asks for. What was not read by then is in
        RV(unread).
    type: int
    default: 300
seealso:
  - module: huaweicloud.drs.drs_job_batch
"""

EXAMPLES = r"""
- name: Read two jobs
  huaweicloud.drs.drs_job_info:
    job_ids:
      - 9a470239-2308-4bb5-a6bc-1040402fjb21
      - dbb8127c-b093-4b94-b764-7161e151jb2s
  register: found

- name: Go on only if the service knows them all
  ansible.builtin.assert:
    that: found.missing | length == 0
    fail_msg: "No such job: {{ found.missing | join(', ') }}"

- name: Find every job that failed
  huaweicloud.drs.drs_job_info:
    select:
      status: [START_JOB_FAILED, FULL_TRANSFER_FAILED, INCRE_TRANSFER_FAILED]
    gather: [detail]
  register: broken

- name: Say why
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.error_msg or item.detail.failed_reason }}"
  loop: "{{ broken.jobs }}"
  loop_control:
    label: "{{ item.id }}"

- name: Find the paused jobs of one team
  huaweicloud.drs.drs_job_info:
    select:
      type: [sync]
      status: [PAUSING]
      tags:
        team: orders
  register: paused

- name: Resume them
  huaweicloud.drs.drs_job_batch:
    state: started
    job_ids: "{{ paused.jobs | map(attribute='id') }}"

- name: Read how far each target is behind its source
  huaweicloud.drs.drs_job_info:
    job_ids: 4c6ac8c0-2f51-426a-97b2-cb2c668jb201
    gather: [progress]
  register: lag

- name: Read the recovery point and time of the disaster recovery jobs
  huaweicloud.drs.drs_job_info:
    select:
      type: [cloudDataGuard]
    gather: [rpo_rto]
  register: recovery
"""

RETURN = r"""
msg:
  description: How many jobs were read, and the first that could not be, with the reason.
  returned: always
  type: str
  sample: 2 jobs read
success:
  description: Whether the task is ok. Unlike RV(ignore:failed) it is not changed by C(failed_when), so that a later task can fail in its place.
  returned: always
  type: bool
jobs:
  description:
    - Every job once, in the order asked, or as the service lists them. All have the same keys.
    - What the service does not tell is null, and its values are as it writes them.
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
      description:
        - The job's name. Null with O(job_ids) unless V(detail) is gathered, as are RV(jobs[].type),
          RV(jobs[].engine_type), RV(jobs[].task_type), RV(jobs[].job_direction), RV(jobs[].net_type) and
          RV(jobs[].description).
      type: str
      returned: always
    status:
      description:
        - The status. A paused job has V(PAUSING), the service's word for it. A job that was deleted has V(DELETED).
          Null where it could not be read.
      type: str
      returned: always
      sample: INCRE_TRANSFER_STARTED
    type:
      description: V(migration), V(sync) or V(cloudDataGuard).
      type: str
      returned: always
    engine_type:
      description: The engine, such as V(mysql).
      type: str
      returned: always
    task_type:
      description: V(FULL_TRANS), V(INCR_TRANS) or V(FULL_INCR_TRANS).
      type: str
      returned: always
    job_direction:
      description: V(up) to the cloud, V(down) from it, or V(non-dbs).
      type: str
      returned: always
    net_type:
      description: V(vpn), V(vpc) or V(eip). Not every cloud tells it in a job's detail.
      type: str
      returned: always
    description:
      description: The job's description.
      type: str
      returned: always
    error_code:
      description: The service's error code for the job, where it tells one.
      type: str
      returned: always
    error_msg:
      description: The service's text for the job.
      type: str
      returned: always
    detail:
      description: Null unless V(detail) is gathered, and for a job that was deleted.
      type: dict
      returned: always
      contains:
        parent_id:
          description: The parent job of a subtask.
          type: str
          returned: always
        master_job_id:
          description: The first job of a pair for dual-active disaster recovery.
          type: str
          returned: always
        inherit_id:
          description: The job that this one was made from.
          type: str
          returned: always
        create_time:
          description: When the job was created, in epoch milliseconds.
          type: str
          returned: always
        actual_start_time:
          description: When it started, in epoch milliseconds.
          type: str
          returned: always
        full_transfer_complete_time:
          description: When its full transfer was complete, in epoch milliseconds.
          type: str
          returned: always
        update_time:
          description: When it last changed, in epoch milliseconds.
          type: str
          returned: always
        failed_reason:
          description: Why it failed, in the service's words.
          type: str
          returned: always
        source_endpoint:
          description: The database that is read.
          type: dict
          returned: always
          contains: &endpoint
            db_type:
              description: Kind of database, such as V(mysql).
              type: str
              returned: always
            db_name:
              description: Name of the database.
              type: str
              returned: always
            db_user:
              description: User that the job logs in as.
              type: str
              returned: always
            db_port:
              description: Port.
              type: int
              returned: always
            ip:
              description: Address, or several apart by commas.
              type: str
              returned: always
            inst_id:
              description: Id of the database instance, where it is one of the cloud's own.
              type: str
              returned: always
            inst_name:
              description: Name of that instance.
              type: str
              returned: always
            region:
              description: Region of that instance.
              type: str
              returned: always
            az_code:
              description: Availability zone of that instance.
              type: str
              returned: always
            project_id:
              description: Project of that instance.
              type: str
              returned: always
            vpc_id:
              description: VPC of that instance.
              type: str
              returned: always
            subnet_id:
              description: Subnet of that instance.
              type: str
              returned: always
            security_group_id:
              description: Security group of that instance.
              type: str
              returned: always
            ssl_link:
              description: Whether the connection uses TLS.
              type: bool
              returned: always
            mongo_ha_mode:
              description: Kind of MongoDB cluster.
              type: str
              returned: always
            safe_mode:
              description: Whether a MapReduce cluster uses Kerberos.
              type: int
              returned: always
            topic:
              description: Topic of Kafka.
              type: str
              returned: always
            cluster_mode:
              description: Kind of cluster.
              type: str
              returned: always
        target_endpoint:
          description: The database that is written.
          type: dict
          returned: always
          contains: *endpoint
        dmq_endpoint:
          description: The message queue that is written, where there is one.
          type: dict
          returned: always
          contains: *endpoint
        source_sharding:
          description: The shards of a source that has them.
          type: list
          elements: dict
          returned: always
          contains: *endpoint
        target_root_db:
          description: The database at the target's root.
          type: dict
          returned: always
          contains:
            db_name:
              description: Its name.
              type: str
              returned: always
            db_encoding:
              description: Its encoding.
              type: str
              returned: always
        inst_info:
          description: The instance of DRS that does the work.
          type: dict
          returned: always
          contains:
            engine_type:
              description: Its engine.
              type: str
              returned: always
            inst_type:
              description: Its size.
              type: str
              returned: always
            ip:
              description: Its private address.
              type: str
              returned: always
            public_ip:
              description: Its public address.
              type: str
              returned: always
            start_time:
              description: When it was started, in epoch milliseconds.
              type: str
              returned: always
            status:
              description: Its own status, such as V(ACTIVE).
              type: str
              returned: always
            volume_size:
              description: Its disk, in GB.
              type: int
              returned: always
        period_order:
          description: The order of a yearly/monthly job, null for one that is paid by use.
          type: dict
          returned: always
          contains:
            order_id:
              description: The order's id.
              type: str
              returned: always
            status:
              description: The order's status.
              type: str
              returned: always
            charging_mode:
              description: How it is charged.
              type: int
              returned: always
            period_type:
              description: Months or years.
              type: int
              returned: always
            period_num:
              description: How many of them.
              type: int
              returned: always
            is_auto_renew:
              description: Whether it is renewed by itself.
              type: int
              returned: always
            eff_time:
              description: When it begins.
              type: str
              returned: always
            exp_time:
              description: When it ends.
              type: str
              returned: always
        speed_limit:
          description: When the transfer is slowed down.
          type: list
          elements: dict
          returned: always
          contains:
            begin:
              description: From this time of day.
              type: str
              returned: always
            end:
              description: To this time of day.
              type: str
              returned: always
            speed:
              description: To this speed, in MB/s.
              type: str
              returned: always
            is_utc:
              description: Whether the times are UTC.
              type: bool
              returned: always
        public_ip_list:
          description: The public addresses.
          type: list
          elements: dict
          returned: always
          contains:
            id:
              description: The address's id.
              type: str
              returned: always
            public_ip:
              description: The address.
              type: str
              returned: always
            type:
              description: Whose address it is.
              type: str
              returned: always
        tags:
          description: The tags.
          type: list
          elements: dict
          returned: always
          contains:
            key:
              description: The tag.
              type: str
              returned: always
            value:
              description: Its value, masked for a tag whose name is that of a secret.
              type: str
              returned: always
        az_code:
          description: Availability zone.
          type: str
          returned: always
        az_name:
          description: Name of the availability zone.
          type: str
          returned: always
        master_az:
          description: Availability zone of the first node.
          type: str
          returned: always
        slave_az:
          description: Availability zone of the second node.
          type: str
          returned: always
        is_multi_az:
          description: Whether the nodes are in two availability zones.
          type: bool
          returned: always
        vpc_id:
          description: VPC.
          type: str
          returned: always
        subnet_id:
          description: Subnet.
          type: str
          returned: always
        security_group_id:
          description: Security group.
          type: str
          returned: always
        support_ip_v6:
          description: Whether IPv6 is used.
          type: bool
          returned: always
        bind_public_ip_state:
          description: How the binding of the public address went.
          type: str
          returned: always
        node_num:
          description: Number of nodes.
          type: int
          returned: always
        node_role:
          description: Role of a node in a pair for dual-active disaster recovery.
          type: str
          returned: always
        multi_write:
          description: Whether it is dual-active disaster recovery.
          type: bool
          returned: always
        schema_type:
          description: Which schema is used.
          type: str
          returned: always
        sync_mode:
          description: How it is synchronised.
          type: str
          returned: always
        full_mode:
          description: How the full transfer is done.
          type: str
          returned: always
        original_job_direction:
          description: Direction in which the job was created.
          type: str
          returned: always
        job_kernel_direction:
          description: Direction in which the data flows now.
          type: str
          returned: always
        need_restart:
          description: Whether the source must be restarted.
          type: bool
          returned: always
        is_target_readonly:
          description: Whether the target is read only meanwhile.
          type: bool
          returned: always
        conflict_policy:
          description: What is done with rows that are there already.
          type: str
          returned: always
        filter_ddl_policy:
          description: Which DDL is left out.
          type: str
          returned: always
        object_switch:
          description: Whether objects were chosen.
          type: bool
          returned: always
        is_open_fast_clean:
          description: Whether binlogs are cleaned up early.
          type: bool
          returned: always
        struct_trans:
          description: Whether structures are transferred.
          type: bool
          returned: always
        index_trans:
          description: Whether indexes are transferred.
          type: bool
          returned: always
        replace_definer:
          description: Whether definers are replaced.
          type: bool
          returned: always
        migrate_user:
          description: Whether users are migrated.
          type: bool
          returned: always
        sync_database:
          description: Whether a whole database is synchronised.
          type: bool
          returned: always
        gtid:
          description: Set of transactions at which the incremental transfer began.
          type: str
          returned: always
        incre_start_position:
          description: Position at which it began.
          type: str
          returned: always
    progress:
      description: Null unless V(progress) is gathered, and for a job that has none in its status.
      type: dict
      returned: always
      contains:
        progress:
          description: How much is done, in percent.
          type: str
          returned: always
        incre_trans_delay:
          description: Seconds that the target is behind the source, V(-1) where there is no incremental transfer.
          type: str
          returned: always
        incre_trans_delay_millis:
          description: The same in milliseconds.
          type: str
          returned: always
        task_mode:
          description: The same as RV(jobs[].task_type).
          type: str
          returned: always
        transfer_status:
          description: The status, as this call tells it.
          type: str
          returned: always
        process_time:
          description: When this was measured, in epoch milliseconds.
          type: str
          returned: always
        remaining_time:
          description: Time that is left, as the service writes it.
          type: str
          returned: always
        apply_rows_rate:
          description: Rows written per second.
          type: int
          returned: always
        apply_bytes_rate:
          description: Bytes written per second.
          type: int
          returned: always
        error_code:
          description: The service's error code.
          type: str
          returned: always
        error_msg:
          description: The service's text.
          type: str
          returned: always
        progress_map:
          description:
            - The same for each kind of object, such as V(struct), V(data) and V(index), with V(completed) in percent
              and V(remaining_time).
          type: dict
          returned: always
    rpo_rto:
      description: Null unless V(rpo_rto) is gathered, and for a job that has none.
      type: dict
      returned: always
      contains:
        rpo_info:
          description: Recovery point, how much would be lost.
          type: dict
          returned: always
          contains: &objective
            delay:
              description: Milliseconds.
              type: str
              returned: always
            time:
              description: When this was measured, as the service writes it.
              type: str
              returned: always
            check_point:
              description: Position up to which all is transferred.
              type: str
              returned: always
            gtid_set:
              description: Set of transactions up to which all is transferred.
              type: str
              returned: always
        rto_info:
          description: Recovery time, how long a switch would take.
          type: dict
          returned: always
          contains: *objective
        error_code:
          description: The service's error code.
          type: str
          returned: always
        error_msg:
          description: The service's text.
          type: str
          returned: always
selected:
  description: What O(select) has found. Null with O(job_ids).
  returned: always
  type: dict
  contains:
    criteria:
      description: What was given, without blanks, in a list of one.
      type: list
      elements: dict
      returned: always
    jobs:
      description: The names of the jobs by their ids, in order.
      type: dict
      returned: always
missing:
  description: The ids of O(job_ids) that the service does not know, in this project and region.
  returned: always
  type: list
  elements: str
unread:
  description: What could not be read. The task fails where there is any.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: The job, null for a list.
      type: str
      returned: always
    type:
      description: The type whose list could not be read to its end, null for a job.
      type: str
      returned: always
    what:
      description: V(status), V(list), V(detail), V(progress) or V(rpo_rto).
      type: str
      returned: always
    error_code:
      description: The service's error code, where it gave one.
      type: str
      returned: always
    error_msg:
      description: The service's text, or what became of the request.
      type: str
      returned: always
    request_id:
      description: The request's id, for the vendor's support.
      type: str
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
from ansible_collections.huaweicloud.drs.plugins.module_utils._query import MODULE_OPTIONS, run


def main() -> None:
    run(AnsibleModule(**MODULE_OPTIONS), real_runtime())


if __name__ == "__main__":
    main()
