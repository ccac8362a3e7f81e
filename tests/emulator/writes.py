# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four calls that change jobs: one row for each job asked, in order."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import bodies
from .errors import ServiceError, invalid, text
from .jobs import Job
from .settings import Settings


class Write(NamedTuple):
    """A call's fields, and the verb of the transition table that it means; None: the item's delete_type."""

    fields: tuple[bodies.Field, ...]
    verb: str | None


WRITES = {
    "batch-starting": Write(bodies.START, "start"),
    "batch-pause-task": Write(bodies.PAUSE, "pause"),
    "batch-retry-task": Write(bodies.RETRY, "retry"),
    "batch-jobs": Write(bodies.STOP, None),
}


def run(
    name: str,
    body: Any,
    jobs: dict[str, Job],
    project_id: str,
    settings: Settings,
    first: int | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the answer, and what was accepted: job_id, verb (start, retry, resume, pause, terminate, force_terminate,
    delete) and the status that the job had.

    ``first``: only so many jobs, from the first on, are touched, and never all of them. None: all.

    :raises ServiceError: 400, where the request is refused whole; nothing is applied then.
    """
    write = WRITES[name]
    items = bodies.check_writes(body, write.fields)
    if settings.max_items is not None and len(items) > settings.max_items:
        raise ServiceError(400, "DRS.M00300", f"at most {settings.max_items} tasks in a request")
    if any(item["job_id"] in settings.refuse_ids for item in items):
        raise invalid("jobs")
    if first is not None:
        items = items[: min(first, len(items) - 1)]
    rows, accepted = [], []
    for item in items:
        job = jobs.get(item["job_id"])
        verb = write.verb or item["delete_type"]
        if job is None or job.project_id != project_id or job.forgotten:
            rows.append(failed(item["job_id"], settings.unknown_code, text(settings.unknown_code)))
            continue
        done = {"job_id": job.id, "verb": job.word_for(verb), "status": job.status}
        refusal = job.write(verb, item)
        if refusal:
            rows.append(failed(job.id, *refusal))
        else:
            rows.append({"id": job.id, "status": "success"})
            accepted.append(done)
    return rows, accepted


def failed(job_id: str, code: str, message: str) -> dict[str, Any]:
    """The row of a job for which a write was refused."""
    return {"id": job_id, "status": "failed", "error_code": code, "error_msg": message}
