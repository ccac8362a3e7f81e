# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task requests, job by job: options checked and brought to jobs with desired states. Pure. Private to this
collection."""

from __future__ import annotations

import re
import typing as t
import unicodedata
from collections.abc import Iterable, Mapping

from ansible_collections.huaweicloud.drs.plugins.module_utils import _clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Desired

# Options that each job may have of its own.
PER_JOB = (
    "pause_mode",
    "force",
    "start_time",
    "is_only_init_task",
    "is_auto_create_compare",
    "is_sync_re_edit",
    "is_show_breakpoint_position",
)

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


def to_jobs(params: Mapping[str, t.Any]) -> list[Job]:
    """The jobs of a task, in the order requested, each once. Raises JobOptionError."""
    given: dict[str, tuple[str, dict[str, t.Any]]] = {}
    for job_id, own in _requested(params):
        options = {name: params[name] if own.get(name) is None else own[name] for name in PER_JOB}
        known = given.setdefault(job_id.lower(), (job_id, options))
        if known[1] != options:
            names = ", ".join(name for name in PER_JOB if known[1][name] != options[name])
            raise JobOptionError("job %s is requested twice with different options (%s)" % (job_id, names))
    return [_job(job_id, params["state"], options) for job_id, options in given.values()]


def _requested(params: Mapping[str, t.Any]) -> list[tuple[str, Mapping[str, t.Any]]]:
    if params["jobs"] is None:
        return [(job_id, {}) for job_id in split_ids(params["job_ids"])]
    requested: list[tuple[str, Mapping[str, t.Any]]] = []
    for place, own in enumerate(params["jobs"]):
        ids = split_ids([own["job_id"]])
        if len(ids) != 1:
            raise JobOptionError("jobs[%d].job_id must hold one job id, and holds %d" % (place, len(ids)))
        requested.append((ids[0], own))
    return requested


def _job(job_id: str, state: str, options: Mapping[str, t.Any]) -> Job:
    start_time = (options["start_time"] or "").strip()
    start = milliseconds(start_time) if start_time else None
    desired = Desired(state, bool(options["force"]), start, bool(options["is_only_init_task"]))
    # The API takes the milliseconds as a string ("Starting Tasks in Batches").
    return Job(job_id, desired, dict(options, start_time=None if start is None else str(start)))
