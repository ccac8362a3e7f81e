# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks, job by job: options checked and brought to jobs with wishes. Pure. Private to this collection."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone

from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Wish

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

# The pages call a job id a UUID, and every id that they show ends in a tag that is none:
# 140b5236-88ad-43c8-811c-1268453jb101.
_JOB_ID = re.compile(r"[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}\Z", re.ASCII)
_MILLISECONDS = re.compile(r"[0-9]{13}\Z", re.ASCII)
_ISO_8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)\Z",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class WishError(Exception):
    """An option cannot be right. The text names it, and says what would be."""


def split_ids(values: Iterable[t.Any]) -> list[str]:
    """Job ids out of a list whose items may hold several, apart by commas or any white space. Raises WishError."""
    ids = [part for value in values for part in re.split(r"[,\s]+", str(value)) if part]
    for job_id in ids:
        if not _JOB_ID.match(job_id):
            raise WishError(
                "'%s' is no DRS job id: it must be 8-4-4-4-12 letters and digits, "
                "such as 140b5236-88ad-43c8-811c-1268453jb101" % job_id
            )
    return ids


def milliseconds(text: str) -> int:
    """A start_time as milliseconds since the epoch, the API's own unit. Raises WishError."""
    if _MILLISECONDS.match(text):
        return int(text)
    match = _ISO_8601.match(text)
    if match:
        year, month, day, hour, minute, second, fraction, _utc, sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        micros = int((fraction or "0").ljust(6, "0")[:6])
        try:
            local = datetime(
                int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros, timezone.utc
            )
            return (local - offset - _EPOCH) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            pass
    raise WishError(
        "start_time '%s' is no time: give ISO 8601 with an offset from UTC, such as 2026-12-01T02:00:00+01:00, "
        "or the 13 digits of epoch milliseconds" % text
    )


def to_jobs(params: Mapping[str, t.Any]) -> list[Job]:
    """The jobs of a task, in the order asked, each once. Raises WishError."""
    given: dict[str, tuple[str, dict[str, t.Any]]] = {}
    for job_id, own in _asked(params):
        options = {name: params[name] if own.get(name) is None else own[name] for name in PER_JOB}
        # The service's ids are lower case, and one job in two spellings must not be two jobs.
        known = given.setdefault(job_id.lower(), (job_id, options))
        if known[1] != options:
            names = ", ".join(name for name in PER_JOB if known[1][name] != options[name])
            raise WishError("job %s is asked for twice with different options (%s)" % (job_id, names))
    return [_job(job_id, params["state"], options) for job_id, options in given.values()]


def _asked(params: Mapping[str, t.Any]) -> list[tuple[str, Mapping[str, t.Any]]]:
    if params["jobs"] is None:
        return [(job_id, {}) for job_id in split_ids(params["job_ids"])]
    asked: list[tuple[str, Mapping[str, t.Any]]] = []
    for place, own in enumerate(params["jobs"]):
        ids = split_ids([own["job_id"]])
        if len(ids) != 1:
            raise WishError("jobs[%d].job_id must hold one job id, and holds %d" % (place, len(ids)))
        asked.append((ids[0], own))
    return asked


def _job(job_id: str, state: str, options: Mapping[str, t.Any]) -> Job:
    start_time = (options["start_time"] or "").strip()
    start = milliseconds(start_time) if start_time else None
    wish = Wish(state, bool(options["force"]), start, bool(options["is_only_init_task"]))
    # The API takes the milliseconds as a string ("Starting Tasks in Batches").
    return Job(job_id, wish, dict(options, start_time=None if start is None else str(start)))
