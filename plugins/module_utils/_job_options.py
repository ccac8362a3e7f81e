# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task requests, job by job: options checked and brought to jobs with desired states. Pure. Private to this
collection."""

from __future__ import annotations

import re
import typing as t
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import STATES, Desired, foreseen, spell
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import Criteria, criteria

# Options that each job may have of its own, with the values that say nothing; and which states use them.
PER_JOB: dict[str, t.Any] = {
    "pause_mode": "target",
    "force": False,
    "start_time": None,
    "is_only_init_task": None,
    "is_auto_create_compare": None,
    "is_sync_re_edit": None,
    "is_show_breakpoint_position": None,
}
USED_BY = {
    "started": ("start_time", "is_only_init_task", "is_auto_create_compare", "is_sync_re_edit"),
    "paused": ("pause_mode",),
    "stopped": ("force", "is_show_breakpoint_position"),
    "deleted": ("force", "is_show_breakpoint_position"),
}

# The pages call a job id a UUID, and every id that they show ends in a tag that is not hexadecimal:
# 140b5236-88ad-43c8-811c-1268453jb101.
_JOB_ID = re.compile(r"[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}\Z", re.ASCII)
_MILLISECONDS = re.compile(r"[0-9]{13}\Z", re.ASCII)


class JobOptionError(Exception):
    """An option cannot be right. The text names it, and says what would be."""


def separate(values: Iterable[t.Any]) -> list[str]:
    """The texts of a list whose items may hold several, separated by commas or any white space."""
    return [part for value in values for part in re.split(r"[,\s]+", str(value)) if part]


def split_ids(values: Iterable[t.Any]) -> list[str]:
    """Job ids out of a list whose items may hold several, apart by commas or any white space. Raises JobOptionError."""
    ids = separate(values)
    for job_id in ids:
        if not _JOB_ID.match(job_id):
            raise JobOptionError(
                "%s is not a valid DRS job id%s: it must be 8-4-4-4-12 letters and digits, "
                "such as 140b5236-88ad-43c8-811c-1268453jb101" % (_visible(job_id), _odd_characters(job_id))
            )
    return ids


def _visible(text: str) -> str:
    """In quotes, with what does not show as an escape."""
    return "'%s'" % "".join(character if character.isprintable() else "\\u%04x" % ord(character) for character in text)


def _odd_characters(text: str) -> str:
    """Names the characters that look like another one, or like nothing."""
    odd = sorted({character for character in text if not (character.isascii() and character.isprintable())})
    named = ", ".join(
        "U+%04X %s" % (ord(character), unicodedata.name(character, "control character")) for character in odd[:3]
    )
    return " (it holds %s)" % named if named else ""


def each_once(job_ids: Iterable[str]) -> list[str]:
    """In first order and spelling: two spellings of an id are one job."""
    first: dict[str, str] = {}
    for job_id in job_ids:
        first.setdefault(job_id.lower(), job_id)
    return list(first.values())


def milliseconds(text: str) -> int:
    """A start_time as milliseconds since the epoch, the API's own unit. Raises JobOptionError."""
    found = int(text) if _MILLISECONDS.match(text) else _clock.milliseconds(text)
    if found is None:
        raise JobOptionError(
            "start_time '%s' is not a valid time: give ISO 8601 with an offset from UTC, such as "
            "2026-12-01T02:00:00+01:00, or the 13 digits of epoch milliseconds" % text
        )
    return found


class Entry(t.NamedTuple):
    """One entry of what a task requests: jobs by id, or a selection. options: PER_JOB, by their names."""

    ids: tuple[str, ...]
    select: Criteria | None
    state: str
    expected: str | None
    options: Mapping[str, t.Any]


def entries(params: Mapping[str, t.Any]) -> list[Entry]:
    """What a task requests, in its order. Raises JobOptionError and SelectionError."""
    if params["jobs"] is None:
        select = None if params["select"] is None else criteria(params["select"], "select")
        return [_entry(params, {}, split_ids(params["job_ids"] or []), select, "the task")]
    found = []
    for place, own in enumerate(params["jobs"]):
        where = "jobs[%d]" % place
        given = [name for name in ("job_id", "select") if own.get(name) is not None]
        if len(given) != 1:
            raise JobOptionError("%s must have exactly one of job_id and select" % where)
        ids = split_ids([own["job_id"]]) if "job_id" in given else []
        if "job_id" in given and len(ids) != 1:
            raise JobOptionError("%s.job_id must hold one job id, and holds %d" % (where, len(ids)))
        select = criteria(own["select"], "%s.select" % where) if "select" in given else None
        found.append(_entry(params, own, ids, select, where))
    return found


def _entry(
    params: Mapping[str, t.Any], own: Mapping[str, t.Any], ids: Iterable[str], select: Criteria | None, where: str
) -> Entry:
    state = own.get("state") or params["state"]
    if state is None:
        raise JobOptionError("%s has no state: state is required unless every entry of jobs has its own" % where)
    options = {name: params[name] if own.get(name) is None else own[name] for name in PER_JOB}
    options["start_time"] = start_of(options["start_time"] or "")
    expected = spell((own.get("expected_status") or "").strip()) or None
    return Entry(tuple(ids), select, state, expected, options)


def passed_over(requested: Sequence[Entry]) -> list[str]:
    """A warning for each option that was given, and that no entry's state uses."""
    warnings = []
    for name, default in PER_JOB.items():
        is_given = any(entry.options[name] not in (None, default) for entry in requested)
        if is_given and not any(name in USED_BY[entry.state] for entry in requested):
            states = " or ".join(state for state in STATES if name in USED_BY[state])
            warnings.append("%s is only used with state: %s, and was passed over." % (name, states))
    return warnings


def start_of(text: str) -> str | None:
    """A start_time in the API's form, the milliseconds as a text ("Starting Tasks in Batches"). Raises JobOptionError."""
    return str(milliseconds(text.strip())) if text.strip() else None


def to_jobs(
    requested: Sequence[Entry], chosen: Mapping[int, Sequence[str]], allowed: Iterable[str] | None
) -> list[Job]:
    """The jobs of these entries, in the order requested, each once. chosen: the ids that the selection of an entry, by its
    place, has found. Raises JobOptionError."""
    given: dict[str, tuple[str, Entry]] = {}
    for place, entry in enumerate(requested):
        for job_id in (*entry.ids, *chosen.get(place, ())):
            first_id, first = given.setdefault(job_id.lower(), (job_id, entry))
            differ = _differences(first, entry)
            if differ:
                raise JobOptionError(
                    "job %s is requested twice with different options (%s)" % (first_id, ", ".join(differ))
                )
    actions = None if allowed is None else frozenset(allowed)
    return [_job(job_id, entry, actions) for job_id, entry in given.values()]


def _differences(one: Entry, other: Entry) -> list[str]:
    """What differs between two entries that may name one job: of its options only what its state uses."""
    found = [
        name
        for name, differ in (("state", one.state != other.state), ("expected_status", one.expected != other.expected))
        if differ
    ]
    used = USED_BY[one.state] if one.state == other.state else ()
    return found + [name for name in used if one.options[name] != other.options[name]]


def _job(job_id: str, entry: Entry, allowed: frozenset[str] | None) -> Job:
    options = {name: value for name, value in entry.options.items() if name in USED_BY[entry.state]}
    start = options.get("start_time")
    desired = Desired(
        entry.state,
        force=bool(options.get("force")),
        start_time=None if start is None else int(start),
        only_init=bool(options.get("is_only_init_task")),
        allowed=allowed,
        expected=entry.expected,
    )
    return Job(job_id, desired, options)


def plan_of(jobs: Iterable[Job]) -> list[dict[str, t.Any]]:
    """The entries, in the shape of the option jobs, that do what check mode has predicted, and only to jobs that have the
    status that this was planned for: of a job that has to be waited for first, the one that is foreseen."""
    return [
        {
            "job_id": job.id,
            "state": job.desired.state,
            "expected_status": foreseen(job.state.status_before or "", job.desired)[1],
            **{name: value for name, value in job.options.items() if value not in (None, PER_JOB[name])},
        }
        for job in jobs
        if job.state.changed
    ]
