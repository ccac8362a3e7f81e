# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_job_batch does: options in, the run, the result out. Private to this collection."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils import _endpoints
from ansible_collections.huaweicloud.drs.plugins.module_utils._convergence import Convergence
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import JobOptionError, to_jobs
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import NOT_FOUND, STATES
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import (
    NO_STATISTICS,
    WAITING,
    WRITING,
    Client,
    OptionError,
    Runtime,
    check_ranges,
    hide_addresses,
    make_client,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._progress import reporter
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import Done, Rules
from ansible_collections.huaweicloud.drs.plugins.module_utils._result import (
    has_failed,
    result,
    summary_in_words,
    unknown_jobs_in_words,
)

_PAUSE_MODES = ["target", "all"]
_PER_JOB: dict[str, dict[str, t.Any]] = {
    "start_time": {"type": "str"},
    "is_only_init_task": {"type": "bool"},
    "is_auto_create_compare": {"type": "bool"},
    "is_sync_re_edit": {"type": "bool"},
    "is_show_breakpoint_position": {"type": "bool"},
}
_JOB_OPTIONS = dict(
    _PER_JOB,
    job_id={"type": "str", "required": True},
    pause_mode={"type": "str", "choices": _PAUSE_MODES},
    force={"type": "bool"},
)
ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = dict(
    _endpoints.OPTIONS,
    **WAITING,
    **WRITING,
    **_PER_JOB,
    state={"type": "str", "required": True, "choices": list(STATES)},
    job_ids={"type": "list", "elements": "str"},
    jobs={"type": "list", "elements": "dict", "options": _JOB_OPTIONS},
    pause_mode={"type": "str", "default": "target", "choices": _PAUSE_MODES},
    force={"type": "bool", "default": False},
    allow_paid_order={"type": "bool", "default": False},
    wait={"type": "bool", "default": True},
    wait_timeout={"type": "int", "default": 1800},
    fail_on={"type": "str", "default": "any", "choices": ["any", "all", "never"]},
    facts={"type": "bool", "default": True},
)
MODULE_OPTIONS: dict[str, t.Any] = {
    "argument_spec": ARGUMENT_SPEC,
    "mutually_exclusive": [("job_ids", "jobs")],
    "required_one_of": [("job_ids", "jobs")],
    "supports_check_mode": True,
}


def run(module: AnsibleModule, runtime: Runtime) -> None:
    """Ends by exit_json or fail_json."""
    params = module.params
    jobs: list[Job] = []
    facts = params["facts"]
    hide = module.no_log_values.add
    hide_addresses(params, hide)
    try:
        check_ranges(params)
        jobs = to_jobs(params)
        if not jobs:
            module.warn("No job ids were given, so there was nothing to do.")
            module.exit_json(msg=summary_in_words(jobs, params["state"]), **result(jobs, NO_STATISTICS, facts))
        client = make_client(params, runtime, hide, params["wait_timeout"], params["max_parallel"])
    except (OptionError, JobOptionError) as error:
        for job in jobs:
            job.finish(Done("not_attempted", "unreadable", str(error)))
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **result(jobs, NO_STATISTICS, facts))
    rules = Rules(
        wait=params["wait"],
        check_mode=module.check_mode,
        deadline=client.http.deadline,
        wait_interval=params["wait_interval"],
        settle_time=params["settle_time"],
        busy_timeout=params["busy_timeout"],
        batch_size=params["batch_size"],
        allow_paid_order=params["allow_paid_order"],
    )
    report = reporter(params["progress_file"], params["state"], runtime.clock)
    convergence = Convergence(jobs, client.api, rules, runtime.clock, runtime.random, runtime.listening, report)
    convergence.run()
    _warn(module, jobs, client)
    answer = result(jobs, client.statistics(), facts)
    message = summary_in_words(jobs, params["state"])
    if convergence.fatal:
        why = convergence.fatal.msg or "The service never answered"
        module.fail_json(msg="%s. %s" % (why.rstrip("."), message), **answer)
    if has_failed(jobs, params["fail_on"]):
        module.fail_json(msg=message, **answer)
    module.exit_json(msg=message, **answer)


def _warn(module: AnsibleModule, jobs: list[Job], client: Client) -> None:
    for job in jobs:
        if job.state.warning and (job.state.changed or job.outcome in GOOD):
            module.warn("%s: %s." % (job.id, job.state.warning))
    if any(job.state.status == NOT_FOUND for job in jobs):
        unknown = unknown_jobs_in_words(jobs, client.where())
        if unknown:
            module.warn(unknown)
    if module.params["state"] != "started" and any(job.desired.start_time is not None for job in jobs):
        module.warn("start_time is only used with state: started, and was passed over.")
