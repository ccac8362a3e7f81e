# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_job_batch does: options in, the run, the result out. Private to this collection."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils import _endpoints, _selection
from ansible_collections.huaweicloud.drs.plugins.module_utils._convergence import Convergence
from ansible_collections.huaweicloud.drs.plugins.module_utils._guards import GuardError, Guards, serial_of
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import (
    Entry,
    JobOptionError,
    entries,
    passed_over,
    plan_of,
    to_jobs,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import NOT_FOUND, STATES, WRITES
from ansible_collections.huaweicloud.drs.plugins.module_utils._lists import find
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
    label,
    result,
    summary_in_words,
    unknown_jobs_in_words,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import (
    Chosen,
    NotChosen,
    SelectionError,
    no_match,
    nothing_to_do,
    require_match,
    selected,
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
    job_id={"type": "str"},
    select={"type": "dict", "options": _selection.OPTIONS},
    state={"type": "str", "choices": list(STATES)},
    expected_status={"type": "str"},
    pause_mode={"type": "str", "choices": _PAUSE_MODES},
    force={"type": "bool"},
)
ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = dict(
    _endpoints.OPTIONS,
    **WAITING,
    **WRITING,
    **_PER_JOB,
    state={"type": "str", "choices": list(STATES)},
    job_ids={"type": "list", "elements": "str"},
    jobs={"type": "list", "elements": "dict", "options": _JOB_OPTIONS},
    select={"type": "dict", "options": _selection.OPTIONS},
    pause_mode={"type": "str", "default": "target", "choices": _PAUSE_MODES},
    force={"type": "bool", "default": False},
    allowed_actions={"type": "list", "elements": "str", "choices": list(WRITES)},
    max_changes={"type": "int"},
    serial={"type": "list", "elements": "str", "default": []},
    max_fail={"type": "int"},
    allow_paid_order={"type": "bool", "default": False},
    wait={"type": "bool", "default": True},
    wait_timeout={"type": "int", "default": 1800},
    fail_on={"type": "str", "default": "any", "choices": ["any", "all", "never"]},
    facts={"type": "bool", "default": True},
)
MODULE_OPTIONS: dict[str, t.Any] = {
    "argument_spec": ARGUMENT_SPEC,
    "mutually_exclusive": [("job_ids", "jobs", "select")],
    "required_one_of": [("job_ids", "jobs", "select")],
    "supports_check_mode": True,
}
# What cannot be undone, so that a selection which finds more jobs than expected must not do it.
_FINAL_STATES = frozenset(("stopped", "deleted"))


def run(module: AnsibleModule, runtime: Runtime) -> None:
    """Ends by exit_json or fail_json."""
    hide_addresses(module.params, module.no_log_values.add)
    batch = Batch(module, runtime)
    try:
        batch.check_options()
        batch.find_jobs()
        message = batch.converge() if batch.jobs else batch.nothing_to_do()
    except (OptionError, JobOptionError, SelectionError, GuardError) as error:
        batch.attempt_none(str(error))
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **batch.result())
    except NotChosen as error:
        batch.reason = error.reason
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **batch.result())
    except Failed as error:
        module.fail_json(msg=str(error), **batch.result())
    module.exit_json(msg=message, **batch.result(success=True))


class Failed(Exception):
    """The task fails. The text is for the user."""


class Batch:
    """One call of the module. Each step raises the errors that run() knows; result() may be called at any time."""

    def __init__(self, module: AnsibleModule, runtime: Runtime) -> None:
        self._module, self._runtime, self._params = module, runtime, module.params
        self._client: Client | None = None
        self._requested: list[Entry] = []
        self._chosen: dict[int, Chosen] = {}
        self.reason: str | None = None
        self.jobs: list[Job] = []

    def check_options(self) -> None:
        params = self._params
        check_ranges(params)
        self._requested = entries(params)
        self._guards = Guards(serial_of(params["serial"]), params["max_changes"], params["max_fail"])
        if self._guards.serial and not params["wait"]:
            raise OptionError(
                "serial needs wait: true, since the next wave begins when the jobs of the one before have ended"
            )
        if params["max_fail"] is not None and not self._guards.serial:
            raise OptionError("max_fail needs serial: it is the later waves that are sent nothing")
        for name in ("max_changes", "max_fail"):
            if (params[name] or 0) < 0:
                raise OptionError("%s is %d, and must be 0 or more" % (name, params[name]))
        final = [entry.state for entry in self._requested if entry.select and entry.state in _FINAL_STATES]
        if final and params["max_changes"] is None:
            raise OptionError(
                "max_changes is required where select has the state %s: what a selection finds may be more than expected, and "
                "cannot be undone" % final[0]
            )
        if not any(entry.select for entry in self._requested):
            self.jobs = to_jobs(self._requested, {}, params["allowed_actions"])
        for warning in passed_over(self._requested):
            self._module.warn(warning)

    def find_jobs(self) -> None:
        selections = {place: entry.select for place, entry in enumerate(self._requested) if entry.select}
        if not (selections or self.jobs):
            return
        params = self._params
        self._client = client = make_client(
            params, self._runtime, self._module.no_log_values.add, params["wait_timeout"], params["max_parallel"]
        )
        if not selections:
            return
        found = find(list(selections.values()), client, self._runtime, params["settle_time"])
        self._chosen = dict(zip(selections, found))
        for place, chosen in self._chosen.items():
            words = no_match(chosen)
            if self._requested[place].state != "deleted":
                require_match(chosen)
            elif words and not chosen.criteria.allow_none:
                self._module.warn("%s, so there is nothing to delete." % words)
        ids = {place: [job.id for job in chosen.jobs] for place, chosen in self._chosen.items()}
        self.jobs = to_jobs(self._requested, ids, params["allowed_actions"])
        listed = {job.id.lower(): job for chosen in self._chosen.values() for job in chosen.jobs}
        for job in self.jobs:
            if job.key in listed:
                reading = listed[job.key].reading
                job.state = job.state._replace(name=reading.name, seen=frozenset((reading.status or "",)))

    def nothing_to_do(self) -> str:
        if not self._chosen:
            self._module.warn("No job ids were given, so there was nothing to do.")
            return summary_in_words([], self._state())
        return nothing_to_do(list(self._chosen.values()))

    def converge(self) -> str:
        params, client = self._params, t.cast(Client, self._client)
        rules = Rules(
            wait=params["wait"],
            check_mode=self._module.check_mode,
            deadline=client.http.deadline,
            wait_interval=params["wait_interval"],
            settle_time=params["settle_time"],
            busy_timeout=params["busy_timeout"],
            batch_size=params["batch_size"],
            allow_paid_order=params["allow_paid_order"],
        )
        runtime = self._runtime
        report = reporter(params["progress_file"], self._state() or "in the requested state", runtime.clock)
        convergence = Convergence(
            self.jobs,
            client.api,
            rules,
            runtime.clock,
            runtime.random,
            runtime.listening,
            report,
            guards=self._guards,
        )
        convergence.run()
        self._warn(client)
        message = summary_in_words(self.jobs, self._state())
        if convergence.too_many is not None:
            self.reason = "too_many_changes"
            raise Failed(message)
        if convergence.fatal:
            why = convergence.fatal.msg or "The service never answered"
            raise Failed("%s. %s" % (why.rstrip("."), message))
        if has_failed(self.jobs, params["fail_on"]):
            raise Failed(message)
        return message

    def _state(self) -> str | None:
        """The state that is requested of all, if there is one."""
        states = {entry.state for entry in self._requested}
        return states.pop() if len(states) == 1 else None

    def _warn(self, client: Client) -> None:
        for job in self.jobs:
            if job.state.warning and (job.state.changed or job.outcome in GOOD):
                self._module.warn("%s: %s." % (label(job), job.state.warning))
        if any(job.state.status == NOT_FOUND for job in self.jobs):
            unknown = unknown_jobs_in_words(self.jobs, client.where())
            if unknown:
                self._module.warn(unknown)

    def attempt_none(self, words: str) -> None:
        for job in self.jobs:
            job.finish(Done("not_attempted", "unreadable", words))

    def result(self, success: bool = False) -> dict[str, t.Any]:
        """All keys but failed and msg. success: whether the task is ok, which failed does not tell with failed_when: false."""
        statistics = self._client.statistics() if self._client else NO_STATISTICS
        answer = result(self.jobs, statistics, self._params["facts"])
        plan = plan_of(self.jobs) if self._module.check_mode else None
        chosen = selected(list(self._chosen.values()))
        return dict(answer, success=success, reason=self.reason, selected=chosen, plan=plan)
