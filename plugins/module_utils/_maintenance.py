# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_maintenance does: jobs paused and written down, and exactly those resumed. Private to this collection.

The record is written before the first pause, and before each request that pauses or resumes (see _pause_record). What
is sent to a job, and when, is decided by _reconcile as everywhere; what the outcome means for the record, by the pure
functions after_pause() and after_resume() here.
"""

from __future__ import annotations

import contextlib
import os
import platform
import pwd
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils import (
    _clock,
    _endpoints,
    _http,
    _pause_record,
    _result,
    _selection,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import timestamp
from ansible_collections.huaweicloud.drs.plugins.module_utils._convergence import Convergence, Withheld
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import GOOD, Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import JobOptionError, each_once, split_ids
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import DELETED, NOT_FOUND, Desired, phase
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
from ansible_collections.huaweicloud.drs.plugins.module_utils._pause_record import (
    LEFT,
    OUT,
    PAUSED,
    PAUSED_BEFORE,
    PLANNED,
    RESUMING,
    UNCONFIRMED,
    Held,
    Record,
    RecordError,
    Store,
    Unreadable,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._progress import reporter
from ansible_collections.huaweicloud.drs.plugins.module_utils._reconcile import Done, Rules
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import (
    Chosen,
    Criteria,
    NotChosen,
    SelectionError,
    criteria,
    require_match,
    selected,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._version import VERSION
from ansible_collections.huaweicloud.drs.plugins.module_utils._window import Look, WindowError, look

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = dict(
    _endpoints.OPTIONS,
    **WAITING,
    **WRITING,
    state={"type": "str", "required": True, "choices": ["present", "absent"]},
    name={"type": "str", "default": "default"},
    state_dir={"type": "path", "required": True},
    job_ids={"type": "list", "elements": "str"},
    select={"type": "dict", "options": _selection.OPTIONS},
    pause_mode={"type": "str", "default": "target", "choices": ["target", "all"]},
    start={"type": "str"},
    end={"type": "str"},
    timezone={"type": "str", "default": "UTC"},
    min_left={"type": "float", "default": 0.0},
    freeze={"type": "list", "elements": "str", "default": []},
    warn_after={"type": "float", "default": 24.0},
    refuse_paused={"type": "bool", "default": False},
    run={"type": "str"},
    awx_workflow={"type": "str"},
    takeover={"type": "bool", "default": False},
    abandon={"type": "list", "elements": "str", "default": []},
    wait_timeout={"type": "int", "default": 1800},
    watch_minutes={"type": "float", "default": 10.0},
)
MODULE_OPTIONS: dict[str, t.Any] = {
    "argument_spec": ARGUMENT_SPEC,
    "mutually_exclusive": [("job_ids", "select")],
    "required_if": [("state", "present", ("job_ids", "select"), True)],
    "supports_check_mode": True,
}

# Seconds between two attempts to look the project up.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0

_THREE_WAYS = (
    "run (the maintenance that you began yourself), awx_workflow (the one that this AWX workflow began), "
    "or takeover: true (whatever is open, once you have made sure that no maintenance is at work)"
)


# --- what an outcome means for the record: pure


class Verdict(t.NamedTuple):
    """What is known of a job from now on, and how it ends, where that is not what the run of its writes says."""

    known: str
    done: Done | None = None


def after_pause(job: Job, was_sent: bool) -> str:
    """What is known of a job once its pause has ended. was_sent: a request that pauses it was about to be sent.

    A job that is paused after a request of ours is ours, whatever was answered. One whose pause may have been carried out,
    and that was not seen paused, may still become so: the service shows no sign of a pause that is under way.
    """
    is_paused = phase(job.state.status) == "paused"
    if not was_sent:
        return PAUSED_BEFORE if is_paused else OUT
    if is_paused:
        return PAUSED
    return UNCONFIRMED if job.state.written or job.state.changed else OUT


def after_resume(known: str, job: Job) -> Verdict:
    """What becomes of a job of the record that was to be resumed, by what was known of it and how that ended."""
    state, is_good = job.state, job.outcome in GOOD
    sent = state.action != "none"
    doing = phase(state.status)
    if known == PLANNED:  # no pause was ever sent
        return Verdict(OUT, Done("ok"))
    if known == PAUSED_BEFORE:
        if is_good and doing != "paused":
            return Verdict(PAUSED_BEFORE, _resumed_meanwhile("it was paused before the maintenance began"))
        return Verdict(PAUSED_BEFORE, Done("ok") if state.status else None)
    if is_good:
        if known == UNCONFIRMED and not sent and not state.predicted:
            words = (
                "a pause was sent to it and never seen: it runs, and if the pause still comes, it stays paused; check it, "
                "and end the maintenance again, or take it out of the record with abandon"
            )
            return Verdict(UNCONFIRMED, Done("failed", "pause_not_seen", words))
        if known == PAUSED and not sent and phase(state.status_before) != "paused":
            return Verdict(OUT, _resumed_meanwhile("this maintenance had paused it"))
        return Verdict(OUT)
    if doing in ("failed", "stopping", "ended", "deleted"):
        return Verdict(OUT, None if sent else _ENDINGS["failed" if doing == "failed" else "ended"])
    return Verdict(known)


# Phases in which a job of a selection is left out of a maintenance.
_NOTHING_TO_PAUSE = frozenset(("waiting", "stopping", "ended", "deleted"))
_ENDINGS = {
    "failed": Done(
        "failed",
        "failed_meanwhile",
        "it is no longer paused, and was sent nothing: to bring it back would be a retry that nobody requested",
    ),
    "ended": Done("failed", "ended_meanwhile", "it has ended or is being stopped, and cannot be resumed"),
}


_STILL_AT_WORK = (
    "a pause was sent to it after this task had read the record: the maintenance is at work, and this task was told that it "
    "is not"
)


def _resumed_meanwhile(what: str) -> Done:
    words = "somebody else resumed it during the maintenance: %s, and it runs" % what
    return Done("failed", "resumed_meanwhile", words)


def watch_until(sent_at: str | None, now: float, minutes: float) -> float:
    """The epoch second until which a pause that was sent then may still come. Clocks of two machines may differ."""
    sent = _clock.milliseconds(sent_at or "")
    return min(now if sent is None else sent / 1000, now) + minutes * 60


def long_pause(record: Record, now: float, hours: float) -> str | None:
    """A warning of a pause that has lasted longer than so many hours; 0 warns of none."""
    jobs = [record["jobs"][key] for key in _pause_record.left(record)]
    since = [_clock.milliseconds(job["paused_at"] or job["sent_at"] or "") for job in jobs]
    seconds = now - min([at / 1000 for at in since if at is not None], default=now)
    if not hours or seconds <= hours * 3600:
        return None
    return (
        "The longest pause was %.1f hours, more than %g: the source may have removed the logs that a job needs after so long, "
        "and then it cannot go on." % (seconds / 3600, hours)
    )


def _known(record: Record, key: str) -> str | None:
    return record["jobs"][key]["known"] if key in record["jobs"] else None


def endpoint_of(url: str) -> str:
    """Scheme, host and port of an endpoint, in one spelling."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80}.get(parts.scheme, 443)
    return "%s://%s:%d" % (parts.scheme, (parts.hostname or "").lower(), port)


# --- words


def _jobs(number: int) -> str:
    return "%d job%s" % (number, "" if number == 1 else "s")


def _run(number: int) -> str:
    return "%s run%s" % (_jobs(number), "s" if number == 1 else "")


def _are(jobs: Sequence[Job]) -> str:
    return "%s %s" % (_jobs(len(jobs)), "was" if len(jobs) == 1 else "were")


def _named(names: Sequence[str]) -> str:
    more = len(names) - _result.NAMED_IN_MSG
    return ", ".join(names[: _result.NAMED_IN_MSG]) + (" and %d more" % more if more > 0 else "")


def _are_in(keys: Sequence[str]) -> str:
    return "%s %s" % (_named(keys), "is" if len(keys) == 1 else "are")


def _besides(paused_before: Sequence[Job]) -> str:
    return ", and %s paused already" % _are(paused_before) if paused_before else ""


def _refuse(jobs: Sequence[Job], outcome: str) -> None:
    """Raises Failed if not every job is, or can be brought, where it is to be."""
    bad = [job for job in jobs if job.outcome not in GOOD]
    if bad:
        raise Failed("%s, since %d of %s cannot be: %s" % (outcome, len(bad), _jobs(len(jobs)), _result.grouped(bad)))


def _has_half_a_character(text: str) -> bool:
    return text.encode("utf-8", "replace").decode("utf-8") != text


def _can_be_a_path(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _os_words(error: Exception) -> str:
    """The file system's own words."""
    if isinstance(error, OSError):
        return "%s%s" % (error.strerror or error, " (%s)" % error.filename if error.filename else "")
    return str(error)


# --- who


def _owner(awx_workflow: str | None, since: str) -> dict[str, t.Any]:
    """Who begins a maintenance. AWX gives its jobs JOB_ID and AWX_HOST in their environment (its own source, jobs.py)."""
    environ = os.environ
    host = urlsplit(environ.get("AWX_HOST", ""))
    job = environ.get("JOB_ID") if host.hostname or "AWX_PRIVATE_DATA_DIR" in environ else None
    address = "%s:%d" % (host.hostname, host.port) if host.port else host.hostname
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # containers run as any user
        user = str(os.getuid())
    return {
        "host": _host(),
        "user": user,
        "pid": os.getpid(),
        "awx_job": job,
        "awx_workflow": awx_workflow,
        "awx_url": "%s://%s/#/jobs/playbook/%s" % (host.scheme, address, job) if job and host.hostname else None,
        "since": since,
    }


def _host() -> str:
    return platform.node()


def _holder(record: Record) -> dict[str, t.Any]:
    owner = record["owner"]
    holder = {key: owner.get(key) for key in ("host", "user", "awx_job", "since")}
    return dict(holder, run=record["run"], name=record["name"])


def _owner_in_words(record: Record) -> str:
    owner = record["owner"]
    job = ", AWX job %s" % owner["awx_job"] if owner.get("awx_job") else ""
    return "%s on %s%s, %s" % (owner.get("user"), owner.get("host"), job, owner.get("since"))


# --- the module


class Failed(Exception):
    """The task fails. The text is for the user."""


def run(module: AnsibleModule, runtime: Runtime) -> None:
    """Ends by exit_json or fail_json."""
    hide_addresses(module.params, module.no_log_values.add)
    maintenance = Maintenance(module, runtime)
    try:
        maintenance.check_options()
        message = maintenance.present() if module.params["state"] == "present" else maintenance.absent()
    except Held as error:
        record = error.record
        maintenance.held_by = _holder(record)
        words = "%s: run %s, begun by %s. Nothing was sent. If no maintenance is at work there, end it with %s" % (
            error,
            record["run"],
            _owner_in_words(record),
            "state: absent and takeover: true (playbook restore), which resumes exactly the jobs that it paused",
        )
        module.fail_json(msg="%s." % words, **maintenance.result())
    except (OptionError, JobOptionError, WindowError, RecordError, SelectionError) as error:
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **maintenance.result())
    except OSError as error:
        words = "The records in %s cannot be used: %s" % (maintenance.store.folder, _os_words(error))
        module.fail_json(msg="%s. Nothing was sent." % words, **maintenance.result())
    except NotChosen as error:
        maintenance.reason = error.reason
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **maintenance.result())
    except Failed as error:
        module.fail_json(msg=str(error), **maintenance.result())
    module.exit_json(msg=message, **maintenance.result())


class Maintenance:
    """One call of the module. present() and absent() return the message of a task that is ok, and raise the errors that
    run() knows; result() may be called at any time."""

    def __init__(self, module: AnsibleModule, runtime: Runtime) -> None:
        self._module, self._runtime, self._clock = module, runtime, runtime.clock
        self._params, self._check = module.params, module.check_mode
        self._began_at = timestamp(runtime.clock.wall())
        self.store = Store(self._params["state_dir"], self._params["name"])
        self._run: str | None = None
        self._client: Client | None = None
        self._jobs: list[Job] = []
        self._select: Criteria | None = None
        self._chosen: list[Chosen] = []
        self.reason: str | None = None
        self._window: Look | None = None
        self._record: Record | None = None
        self._record_trouble: str | None = None
        self.held_by: dict[str, t.Any] | None = None
        self._rolled_back: list[str] = []
        self._remaining: list[str] = []
        self._sent: dict[str, int] = {}  # key of a job: how many requests to pause it were about to be sent
        self._is_recorded = True  # the record of this run is where it was written

    # --- options

    def check_options(self) -> None:
        params = self._params
        check_ranges(params)
        if not os.path.isabs(params["state_dir"]):
            raise OptionError("state_dir '%s' is not an absolute path" % params["state_dir"])
        if not _can_be_a_path(params["state_dir"]):
            raise OptionError("state_dir holds a character that no path can have")
        if not params["name"].strip():
            raise OptionError("name is blank: give each maintenance of the folder a name of its own")
        for number in ("min_left", "warn_after", "watch_minutes"):
            if not 0 <= params[number] < float("inf"):
                raise OptionError("%s is %s, and must be 0 or more" % (number, params[number]))
        for text in ("run", "awx_workflow"):
            params[text] = (params[text] or "").strip() or None
        for text in ("name", "run", "awx_workflow"):
            if _has_half_a_character(params[text] or ""):
                raise OptionError("%s holds half of a character" % text)
        self._ids = each_once(split_ids(params["job_ids"] or []))
        self._abandon = each_once(split_ids(params["abandon"]))
        self._run = params["run"] or self._new_run()
        if params["state"] == "present":
            self._check_present()
        else:
            self._check_absent()

    def _new_run(self) -> str:
        number = int(self._runtime.random() * 2**32)
        return "%s-%08x" % (timestamp(self._clock.wall()).replace("-", "").replace(":", ""), number)

    def _check_present(self) -> None:
        for name in ("takeover", "abandon"):
            if self._params[name]:
                raise OptionError("%s is only used with state: absent" % name)
        if self._params["select"] is not None:
            self._select = criteria(self._params["select"], "select")
        elif not self._ids:
            raise OptionError("job_ids names no job: there is nothing to pause, and the work would not be guarded")

    def _check_absent(self) -> None:
        params = self._params
        given = [name for name in ("run", "awx_workflow", "takeover") if params[name]]
        if len(given) > 1:
            raise OptionError(
                "%s are both given, and exactly one of them may be: %s" % (" and ".join(given), _THREE_WAYS)
            )
        if params["select"] is not None:
            raise OptionError("select is only used with state: present: a record knows which jobs to resume")
        if self._ids and not (params["takeover"] or params["awx_workflow"]):
            raise OptionError(
                "job_ids is only used with takeover or awx_workflow, and if there is no record, since a record knows "
                "which jobs to resume"
            )
        if self._abandon and not given:
            raise OptionError("abandon needs one of %s" % _THREE_WAYS)

    # --- present

    def present(self) -> str:
        params = self._params
        self._window = look(
            self._clock.wall(), params["start"], params["end"], params["timezone"], params["min_left"], params["freeze"]
        )
        if not self._window.open:
            raise Failed("%s Nothing was sent." % self._window.reason)
        own = self.store.check([job_id.lower() for job_id in self._ids], self._run or "")
        if own and self._select:
            return self._present_again(own, [])
        if own:
            return self._present_again(own, [job_id.lower() for job_id in self._ids])
        client = self._connect()
        if self._select:
            self._find_jobs(self._select, client)
        plan = self._jobs = self._pausing(self._ids)
        self._converge(plan, "paused", check_mode=True)
        self._read_names(client, plan)
        if self._select:
            plan = self._leave_out(plan)
        with self._nothing_begun(plan):
            _refuse(plan, "Nothing was paused")
            paused_before = [job for job in plan if job.state.action == "none"]
            to_pause = [job for job in plan if job.state.action != "none"]
            if paused_before:
                self._note_paused_before(paused_before)
            record = self._new_record(client, self._project_id(client), plan)
            if not self._check:
                self.store.begin(record)
        self._record = record
        if self._check:
            return "%s would be paused%s" % (_jobs(len(to_pause)), _besides(paused_before))
        self._remaining = _pause_record.left(record)
        return self._pause(to_pause, paused_before)

    def _find_jobs(self, select: Criteria, client: Client) -> None:
        self._chosen = find([select], client, self._runtime, self._params["settle_time"])
        require_match(self._chosen[0])
        self._ids = [job.id for job in self._chosen[0].jobs]
        self.store.check([job_id.lower() for job_id in self._ids], self._run or "")

    def _leave_out(self, plan: Sequence[Job]) -> list[Job]:
        """The jobs of a selection but for those that have ended or were never started: there is nothing to pause."""
        out = [job for job in plan if phase(job.state.status) in _NOTHING_TO_PAUSE and job.outcome not in GOOD]
        if out:
            self._module.warn(
                "%s left out, since there is nothing to pause: %s."
                % (
                    _are(out).capitalize(),
                    _named(["%s in status %s" % (_result.label(job), job.state.status) for job in out]),
                )
            )
        self._jobs = [job for job in plan if job not in out]
        return self._jobs

    @contextlib.contextmanager
    def _nothing_begun(self, plan: Sequence[Job]) -> Iterator[None]:
        """What was planned for the jobs has not happened where the maintenance does not begin."""
        try:
            yield
        except Exception:
            for job in plan:
                if job.state.action != "none":
                    job.state = job.state._replace(action="none", changed=False, predicted=False)
                    job.finish(Done("not_attempted", "not_begun", "the maintenance did not begin"))
            raise

    def _present_again(self, own: Record, keys: Sequence[str]) -> str:
        """A second call of the same run."""
        self._record, self._remaining = own, _pause_record.left(own)
        others = [key for key in keys if key not in own["jobs"]]
        if others:
            raise Failed(
                "Run %s has begun already, and without %s. Nothing was sent: begin another run for it."
                % (own["run"], _named(others))
            )
        self._connect()
        guarded = [key for key, job in own["jobs"].items() if key in keys or job["known"] != OUT]
        self._jobs = [self._job(key, "paused", (), own["jobs"][key]) for key in guarded]
        self._converge(self._jobs, "paused", check_mode=True)
        unsure = [key for key in self._remaining if own["jobs"][key]["known"] != PAUSED]
        if unsure:
            raise Failed(
                "Run %s has begun already, and of %s it is not known that it is paused. Nothing was sent: end it with state: "
                "absent first." % (own["run"], _named(unsure))
            )
        _refuse(self._jobs, "Run %s has begun already, and nothing was sent" % own["run"])
        return "The maintenance is open already, and its jobs are paused"

    def _note_paused_before(self, jobs: Sequence[Job]) -> None:
        named = _named([_result.label(job) for job in jobs])
        if self._params["refuse_paused"]:
            raise Failed(
                "Nothing was paused, since refuse_paused is true and no record explains why %s paused already: %s. Another "
                "maintenance may be at work. Resume them first, or leave them out." % (_are(jobs), named)
            )
        self._module.warn(
            "%s paused already, and no record in %s explains why: %s. What was paused before stays paused."
            % (_are(jobs).capitalize(), self.store.folder, named)
        )

    def _read_names(self, client: Client, jobs: Sequence[Job]) -> None:
        """Without names nobody can read a record at night. A job whose details cannot be read has none."""
        existing = [job for job in jobs if job.state.status not in (None, NOT_FOUND, DELETED)]
        details = client.api.orders([job.key for job in existing])
        for job in existing:
            job.state = job.state._replace(name=details[job.key].name or job.state.name)

    def _new_record(self, client: Client, project: str, plan: Sequence[Job]) -> Record:
        record = {
            "schema": _pause_record.SCHEMA,
            "phase": _pause_record.OPEN,
            "run": self._run,
            "name": self._params["name"],
            "owner": _owner(self._params["awx_workflow"], timestamp(self._clock.wall())),
            "project_id": project,
            "region": client.endpoints.region,
            "endpoint": endpoint_of(client.endpoints.endpoint),
            "versions": {"collection": VERSION, "python": platform.python_version()},
            "began_at": timestamp(self._clock.wall()),
            "paused_at": None,
            "ended_at": None,
            "pause_mode": self._params["pause_mode"],
            "selection": self._select.shown() if self._select else None,
            "jobs": {
                job.key: _pause_record.entry(
                    job.state.name, job.state.status_before, PAUSED_BEFORE if job.state.action == "none" else PLANNED
                )
                for job in plan
            },
        }
        return _pause_record.readable(record)

    def _pause(self, planned: Sequence[Job], paused_before: Sequence[Job]) -> str:
        jobs = self._pausing([job.id for job in planned])
        # Those that were paused are read again: another maintenance, which held them, may have ended since.
        guarded = [self._job(job.id, "paused", ()) for job in paused_before]
        mine = {job.key: job for job in [*jobs, *guarded]}
        for plan in self._jobs:
            mine[plan.key].state = mine[plan.key].state._replace(name=plan.state.name)
        self._jobs = [mine[job.key] for job in self._jobs]
        self._converge(self._jobs, "paused", before_send=self._before_pause)
        for job in guarded:
            if job.reason == "action_not_allowed":
                job.finish(_resumed_meanwhile("it was paused when this task began"))
        moves = {job.key: after_pause(job, job.key in self._sent) for job in jobs}
        taken = self._write_pauses(moves)
        bad = [job for job in self._jobs if phase(job.state.status) != "paused"]
        if bad:
            return self._roll_back(
                "%d of %s did not become or stay paused: %s" % (len(bad), _jobs(len(self._jobs)), _result.grouped(bad))
            )
        if taken:
            return self._roll_back("Somebody else has ended this maintenance while it paused its jobs")
        if self._record_trouble:
            return self._roll_back("The record could not be written once the jobs were paused")
        others = [job for job in jobs if job.key not in self._sent]
        if others:
            self._note_paused_before(others)
        besides = _besides([*paused_before, *others])
        paused = len(jobs) - len(others)
        words = "%s paused" % _jobs(paused) if paused else "No job had to be paused"
        return "%s%s. The maintenance is open" % (words, besides)

    def _write_pauses(self, moves: Mapping[str, str]) -> bool:
        """Writes down the outcome of the pauses. Returns whether somebody else has ended this maintenance meanwhile.

        What was taken out of the record comes into it again if it is paused now, or if a second pause may still come: by
        then whoever ended the maintenance has seen the first one at most.
        """
        at = timestamp(self._clock.wall())
        ours = t.cast(Record, self._record)
        perhaps = [
            key
            for key, times in self._sent.items()
            if moves[key] == PAUSED or (moves[key] == UNCONFIRMED and times > 1)
        ]
        taken = False

        def change(record: Record) -> Record:
            nonlocal taken
            taken = record["phase"] != _pause_record.OPEN or any(
                _known(record, key) in (None, RESUMING, OUT) for key in self._sent
            )
            back = set(perhaps) - self.store.held(perhaps, record["run"])
            for known in sorted(set(moves.values())):
                keys = {key for key in moves if moves[key] == known}
                # What is unconfirmed stays so, since the pause was sent when the record says.
                stages = (PLANNED,) if known == UNCONFIRMED else (PLANNED, UNCONFIRMED)
                record = _pause_record.moved(record, keys, known, at, stages)
                record = _pause_record.moved(record, keys & back, known, at, (OUT,))
            if _pause_record.left(record):
                record = dict(record, phase=_pause_record.OPEN, ended_at=None)
            return dict(record, paused_at=at)

        self._write_down(change, (_pause_record.OPEN, _pause_record.CLOSED))
        if not self._is_recorded:
            self._record = change(ours)
        return taken or not self._is_recorded

    def _roll_back(self, words: str) -> str:
        """Resumes what was paused, and raises Failed. A pause that was not seen is not watched for here: that is for state:
        absent."""
        pausing = {job.key: job for job in self._jobs}
        record = t.cast(Record, self._record)
        resumed = self._resume(record, watch=False) if self._is_recorded else self._resume_unrecorded(record)
        for job in resumed:
            first = pausing[job.key]
            first.timeline += job.timeline[1:]
            first.state = first.state._replace(status=job.state.status or first.state.status)
            if job.state.action != "none" and job.outcome in GOOD:
                self._rolled_back.append(first.id)
        parts = ["%s." % words.rstrip(".")]
        if self._rolled_back:
            parts.append("%s again, resumed by this task." % _run(len(self._rolled_back)))
        raise Failed(" ".join(parts + self._left_in_words(resumed)))

    def _before_pause(self, keys: Sequence[str]) -> None:
        """Writes down, before each request, that it may pause these jobs."""
        at = timestamp(self._clock.wall())
        stages = (PLANNED, UNCONFIRMED)
        try:
            record = self.store.update(
                self._run or "", lambda record: _pause_record.moved(record, keys, UNCONFIRMED, at, stages)
            )
        except (OSError, RecordError) as error:
            raise Withheld("the record %s could not be written: %s" % (self.store.path, _os_words(error))) from None
        if record is None or any(record["jobs"][key]["known"] != UNCONFIRMED for key in keys):
            raise Withheld("somebody else has ended this maintenance meanwhile (see %s)" % self.store.path)
        for key in keys:
            self._sent[key] = self._sent.get(key, 0) + 1

    # --- absent

    def absent(self) -> str:
        params = self._params
        named = self._ids
        try:
            record = self.store.read()
        except Unreadable as error:
            if not (named and params["takeover"]):
                raise
            if self._abandon:
                words = "abandon names %s, and the record cannot be read: leave it out of job_ids"
                raise OptionError(words % _named(self._abandon)) from None
            self._module.warn("%s." % error)
            return self._resume_named(named, put_aside=True)
        if record is None or record["phase"] != _pause_record.OPEN:
            return self._absent_already(record, named)
        self._remaining = _pause_record.left(record)
        if not (params["run"] or params["awx_workflow"] or params["takeover"]):
            self.held_by = _holder(record)
            raise Failed(
                "The maintenance '%s' is open: run %s, begun by %s. Nothing was sent: say which one you mean, by one of %s."
                % (record["name"], record["run"], _owner_in_words(record), _THREE_WAYS)
            )
        if not self._is_meant(record):
            self.held_by, self._remaining = _holder(record), []
            self._module.warn(
                "The maintenance '%s' is open, and not the one that is meant: run %s, begun by %s. It was left alone."
                % (record["name"], record["run"], _owner_in_words(record))
            )
            return "The maintenance that is meant is not open: nothing was to be done"
        self._record = record
        if named:
            others = [job_id for job_id in named if job_id.lower() not in record["jobs"]]
            if others:
                self._module.warn(
                    "The record %s is open and tells which jobs to resume. Not in it, and left alone: %s."
                    % (self.store.path, _named(others))
                )
        return self._end(record)

    def _is_meant(self, record: Record) -> bool:
        params = self._params
        if params["run"]:
            return bool(record["run"] == params["run"])
        if params["awx_workflow"]:
            return bool(record["owner"].get("awx_workflow") == params["awx_workflow"])
        return True

    def _absent_already(self, record: Record | None, named: Sequence[str]) -> str:
        params = self._params
        if record is None and (params["takeover"] or params["awx_workflow"]) and not self.store.exists():
            self._module.warn(
                "%s never held a record of the maintenance '%s' on host %s. If one has begun, it kept its record elsewhere: on "
                "another disk than its own, nothing can be seen." % (self.store.folder, params["name"], _host())
            )
        if self._abandon:
            raise OptionError("abandon names %s, and no maintenance is open" % _named(self._abandon))
        if named:
            return self._resume_named(named, put_aside=False)
        self._record = record
        return "No maintenance is open: nothing was recorded, and nothing was to be done"

    def _end(self, record: Record) -> str:
        """Resumes what is in the record, and closes it."""
        client = self._connect()
        self._check_target(client, record)
        record = self._give_up(record)
        jobs = self._resume(record, watch=True)
        self._jobs = jobs
        warning = long_pause(record, self._clock.wall(), self._params["warn_after"])
        if warning:
            self._module.warn(warning)
        parts = self._left_in_words(jobs)
        bad = [job for job in jobs if job.outcome not in GOOD and job.key not in self._remaining]
        if bad:
            parts.append("%s." % _result.grouped(bad).rstrip("."))
        if parts and not self._remaining:
            parts.append("No job is left paused by this maintenance.")
        if parts:
            raise Failed(" ".join(parts))
        resumed = sum(job.state.action != "none" for job in jobs)
        if self._check:
            return "%s would be resumed" % _jobs(resumed)
        return "%s again. The maintenance is closed" % _run(resumed)

    def _give_up(self, record: Record) -> Record:
        keys = [job_id.lower() for job_id in self._abandon]
        others = [key for key in keys if key not in _pause_record.left(record)]
        if others:
            raise OptionError("abandon names %s, which the record does not hold" % _named(others))
        if not keys:
            return record
        names = _named([_result.label_of(record["jobs"][key]["name"], key) for key in keys])
        self._module.warn("Abandoned, not touched, and perhaps still paused: %s." % names)
        at = timestamp(self._clock.wall())

        def change(old: Record) -> Record:
            return _pause_record.moved(old, keys, OUT, at, LEFT)

        if not self._check:
            self.store.update(record["run"], change)
        return change(record)

    def _resume_named(self, named: Sequence[str], put_aside: bool) -> str:
        """Resumes those of these jobs that are paused, without a record."""
        self._connect()
        self._jobs = [self._job(job_id, "started", ("resume",)) for job_id in named]
        self._converge(self._jobs, "resumed", before_send=self._before_unrecorded)
        bad = [job for job in self._jobs if job.outcome not in GOOD]
        if bad:
            raise Failed("%d of %s do not run: %s" % (len(bad), _jobs(len(named)), _result.grouped(bad)))
        aside = ""
        if put_aside and not self._check:
            stamp = timestamp(self._clock.wall()).replace(":", "")
            try:
                aside = ". The record that could not be read is now %s" % self.store.put_aside(stamp)
            except (OSError, RecordError) as error:
                raise Failed(
                    "%s. The record that could not be read was not put aside: %s."
                    % (_run(len(named)), _os_words(error))
                ) from None
        return "%s%s" % (_run(len(named)), aside)

    def _check_target(self, client: Client, record: Record) -> None:
        """Refuses to look for the jobs of a record where they are not."""
        endpoint = endpoint_of(client.endpoints.endpoint)
        project = self._project_id(client)
        for what, recorded, ours in (
            ("endpoint", record["endpoint"], endpoint),
            ("project", record["project_id"], project),
        ):
            if recorded != ours:
                raise OptionError(
                    "The record %s is of another %s: it says %s, and this task has %s. It was left as it is; its %s may "
                    "still be paused" % (self.store.path, what, recorded, ours, _jobs(len(self._remaining)))
                )

    # --- both

    def _resume(self, record: Record, watch: bool) -> list[Job]:
        """Resumes the jobs of the record, and takes out what is no longer paused. Sets what remains."""
        known = {key: job["known"] for key, job in record["jobs"].items() if job["known"] != OUT}
        self._record = record
        minutes = self._params["watch_minutes"] if watch else 0.0
        jobs = []
        watched = 0.0
        for key, stage in known.items():
            until = 0.0
            if stage == UNCONFIRMED and minutes and not self._check:
                until = watch_until(record["jobs"][key]["sent_at"], self._clock.wall(), minutes)
                watched = max(watched, until - self._clock.wall())
            allowed = () if stage in (PLANNED, PAUSED_BEFORE) else ("resume",)
            jobs.append(self._job(key, "started", allowed, record["jobs"][key], until))
        run = record["run"]
        self._converge(jobs, "resumed", before_send=lambda keys: self._before_resume(run, keys), more_seconds=watched)
        moves: dict[str, str] = {}
        for job in jobs:
            if known[job.key] == PLANNED and phase(job.state.status) == "paused":
                self._module.warn("%s is paused, and not by this maintenance. It is left alone." % _result.label(job))
            moves[job.key], done = after_resume(known[job.key], job)
            if done:
                job.finish(done)
        if self._check:
            self._remaining = [key for key, stage in moves.items() if stage in LEFT]
        else:
            self._write_ends([key for key in moves if moves[key] == OUT], known)
            for job in jobs:
                if moves[job.key] == OUT and job.key in self._remaining:
                    job.finish(Done("failed", "pause_not_seen", _STILL_AT_WORK))
        return jobs

    def _write_ends(self, ended: Sequence[str], known: Mapping[str, str]) -> None:
        """known: what was known of the jobs when they were read."""
        at = timestamp(self._clock.wall())
        planned = [key for key in ended if known[key] == PLANNED]
        others = [key for key in ended if known[key] != PLANNED]

        def change(record: Record) -> Record:
            # A job that was planned only may have been sent a pause since.
            record = _pause_record.moved(record, planned, OUT, at, (PLANNED,))
            return _pause_record.closed_if_done(_pause_record.moved(record, others, OUT, at, LEFT), at)

        self._write_down(change)

    def _resume_unrecorded(self, record: Record) -> list[Job]:
        """Resumes what this run has paused, after somebody else has removed its record or put another in its place. Sets
        what remains."""
        keys = set(_pause_record.left(record)) & set(self._sent)
        known = {key: record["jobs"][key]["known"] for key in keys - self._held(keys)}
        jobs = [self._job(key, "started", ("resume",), record["jobs"][key]) for key in sorted(known)]
        self._converge(jobs, "resumed", before_send=self._before_unrecorded)
        self._remaining = []
        for job in jobs:
            stage, done = after_resume(known[job.key], job)
            if done:
                job.finish(done)
            if stage in LEFT:
                self._remaining.append(job.key)
        return jobs

    def _held(self, keys: Iterable[str]) -> set[str]:
        try:
            return self.store.held(keys, self._run or "")
        except OSError:  # nobody can keep records there
            return set()

    def _before_unrecorded(self, keys: Sequence[str]) -> None:
        """Resumes nothing that another maintenance holds: it may be at work."""
        held = self._held(keys)
        if held:
            raise Withheld("%s in another open maintenance of %s" % (_are_in(sorted(held)), self.store.folder))

    def _before_resume(self, run: str, keys: Sequence[str]) -> None:
        """Writes down, before each request, that it may resume these jobs. A disk that is full must not keep them paused."""
        at = timestamp(self._clock.wall())
        stages = (UNCONFIRMED, PAUSED, RESUMING)
        try:
            record = self.store.update(run, lambda record: _pause_record.moved(record, keys, RESUMING, at, stages))
        except (OSError, RecordError) as error:
            self._record_trouble = _os_words(error)
            return
        if record is None or any(_known(record, key) != RESUMING for key in keys):
            # The jobs may be in another maintenance by now.
            raise Withheld("somebody else has ended this maintenance meanwhile (see %s)" % self.store.path)
        self._record = record

    def _write_down(self, change: Callable[[Record], Record], phases: Sequence[str] = (_pause_record.OPEN,)) -> None:
        """Brings the record up to date, in the file if that can be written, and sets what remains."""
        ours = t.cast(Record, self._record)
        self._record_trouble = None
        try:
            written = self.store.update(ours["run"], change, phases)
            self._is_recorded = written is not None
            # Whoever has closed it or begun another one has looked after its jobs.
            self._record = written or dict(ours, phase=_pause_record.CLOSED, jobs={})
        except (OSError, RecordError) as error:
            self._record, self._record_trouble = change(ours), _os_words(error)
        self._remaining = _pause_record.left(self._record)
        if self._record_trouble and not self._remaining and self._removed(ours["run"]):
            self._module.warn(
                "The record %s could not be written (%s). No job is left in it, and it was removed instead."
                % (self.store.path, self._record_trouble)
            )
            self._record_trouble = None

    def _removed(self, run: str) -> bool:
        try:
            self.store.remove(run)
        except (OSError, RecordError):
            return False
        return True

    def _left_in_words(self, jobs: Sequence[Job]) -> list[str]:
        """What is to be said loudest: jobs that may still be paused, and a record that could not be written."""
        parts = []
        rest = [job for job in jobs if job.key in self._remaining]
        if rest:
            parts.append(
                "NOT ALL JOBS WERE RESUMED: %d of %s may still be paused, and %s: %s. %s."
                % (
                    len(rest),
                    _jobs(len(jobs)),
                    "the record %s keeps them" % self.store.path
                    if self._is_recorded
                    else "no record keeps them any more",
                    _result.grouped(rest).rstrip("."),
                    "End the maintenance again once the reason is gone (playbook restore)"
                    if self._is_recorded
                    else "Resume them by their ids (takeover: true and job_ids; playbook restore: drs_job_ids)",
                )
            )
        if self._record_trouble:
            parts.append(
                "The record %s could not be written: %s. %s"
                % (
                    self.store.path,
                    self._record_trouble,
                    "It still names the jobs, so the next maintenance is refused: end this one again once it can be written.",
                )
            )
        return parts

    def _pausing(self, ids: Iterable[str]) -> list[Job]:
        options = {"pause_mode": self._params["pause_mode"]}
        desired = Desired("paused", healthy_only=True, allowed=frozenset(("pause",)))
        return [Job(job_id, desired, options) for job_id in ids]

    def _job(
        self,
        job_id: str,
        state: str,
        allowed: Iterable[str],
        recorded: Mapping[str, t.Any] | None = None,
        until: float = 0.0,
    ) -> Job:
        job = Job(job_id, Desired(state, allowed=frozenset(allowed), watch_until=until), {})
        job.state = job.state._replace(name=(recorded or {}).get("name"))
        return job

    def _connect(self) -> Client:
        params = self._params
        self._client = make_client(
            params,
            self._runtime,
            self._module.no_log_values.add,
            params["wait_timeout"],
            params["max_parallel"],
        )
        return self._client

    def _converge(
        self,
        jobs: Sequence[Job],
        what: str,
        check_mode: bool = False,
        before_send: Callable[[Sequence[str]], None] = lambda keys: None,
        more_seconds: float = 0.0,
    ) -> None:
        """Brings these jobs to their desired states within wait_timeout from now. what: for the lines of progress."""
        params, client = self._params, t.cast(Client, self._client)
        client.http.deadline = self._clock.monotonic() + params["wait_timeout"] + more_seconds
        rules = Rules(
            wait=True,
            check_mode=check_mode or self._check,
            deadline=client.http.deadline,
            wait_interval=params["wait_interval"],
            settle_time=params["settle_time"],
            busy_timeout=params["busy_timeout"],
            batch_size=params["batch_size"],
            allow_paid_order=False,
        )
        report = reporter(params["progress_file"], what, self._clock)
        runtime = self._runtime
        convergence = Convergence(
            jobs, client.api, rules, runtime.clock, runtime.random, runtime.listening, report, before_send
        )
        convergence.run()

    def _project_id(self, client: Client) -> str:
        """Asks IAM until it answers, or wait_timeout expires. Raises Failed."""
        tries = 0
        while True:
            found = self._ask_project_id(client)
            if isinstance(found, str):
                return found
            seconds = _clock.growing_pause(tries, FIRST_PAUSE, LONGEST_PAUSE, self._runtime.random)
            tries += 1
            again = (
                isinstance(found, _http.IdentityUnreachable)
                and self._clock.monotonic() + seconds < client.http.deadline
            )
            if not (again and _clock.pause(self._clock, seconds, self._runtime.listening)):
                raise Failed("The project's id could not be looked up: %s. Nothing was sent." % str(found).rstrip("."))

    def _ask_project_id(self, client: Client) -> str | Exception:
        try:
            return client.http.project_id()
        except (AuthError, _http.TransportError) as error:
            return error

    def result(self) -> dict[str, t.Any]:
        """All keys but failed and msg."""
        statistics = self._client.statistics() if self._client else NO_STATISTICS
        answer = _result.result(self._jobs, statistics, facts=False)
        record = self._record
        answer.update(
            run=self._run,
            began_at=self._began_at,
            ended_at=timestamp(self._clock.wall()),
            record=record,
            record_path=self.store.path,
            held_by=self.held_by,
            paused=[key for key, job in (record or {"jobs": {}})["jobs"].items() if job["known"] == PAUSED],
            rolled_back=self._rolled_back,
            remaining=self._remaining,
            reason=self.reason,
            selected=selected(self._chosen),
            window=self._window._asdict() if self._window else None,
        )
        return answer
