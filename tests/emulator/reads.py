# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five calls that read jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from . import bodies
from .errors import ServiceError, text
from .jobs import Job
from .messages import Answer
from .settings import Settings

_FAILED = "failed"


class Reader:
    """Reads the jobs of one project at one time."""

    def __init__(self, jobs: dict[str, Job], project_id: str, settings: Settings, now: float, wall: float) -> None:
        self._jobs = jobs
        self._project_id = project_id
        self._settings = settings
        self._now = now
        self._wall = wall

    def status(self, body: Any) -> list[dict[str, Any]]:
        """batch-status: id and status, or error_code and error_message."""
        rows = []
        for job_id, job in self._page(body):
            if job is None:
                rows.append(self._missing(job_id, "id", "error_message"))
            else:
                reading = job.read()
                row = {"id": job_id, "status": reading.status}
                if reading.error:
                    row["error_code"], row["error_message"] = reading.error
                rows.append(row)
        return self._shown(rows)

    def detail(self, body: Any) -> list[dict[str, Any]]:
        """batch-detail: everything about each job."""
        return self._shown(
            [
                self._missing(job_id, "id", "error_message") if job is None else self._detail_row(job)
                for job_id, job in self._page(body)
            ]
        )

    def progress(self, body: Any) -> list[dict[str, Any]]:
        """batch-progress: rows keyed job_id, incre_trans_delay in seconds as text."""
        return self._shown(
            [
                self._missing(job_id, "job_id", "error_msg") if job is None else self._progress_row(job)
                for job_id, job in self._all(body)
            ]
        )

    def rpo_and_rto(self, body: Any) -> list[dict[str, Any]]:
        """batch-rpo-and-rto: rows keyed job_id, delay in milliseconds as text."""
        return self._shown(
            [
                self._missing(job_id, "job_id", "error_msg") if job is None else self._rpo_row(job)
                for job_id, job in self._all(body)
            ]
        )

    def job_list(self, body: Any) -> Answer:
        """The list of a type of jobs: 'jobs' and 'total_record'. Deleted ones are not in it."""
        asked = bodies.check_object(body, bodies.LIST, "body")
        found = [
            job
            for job in self._jobs.values()
            if job.project_id == self._project_id and job.phase != "deleted" and _matches(job, asked, self._settings)
        ]
        page: dict[str, Any] = {key: asked[key] for key in ("cur_page", "per_page") if key in asked}
        first, number = bodies.check_page(page, 10, None)
        rows = found[first:] if number is None else found[first : first + number]
        return Answer(
            200,
            {"total_record": len(found), "jobs": [_list_row(job, self._settings.list_shows_project) for job in rows]},
        )

    def _page(self, body: Any) -> Iterator[tuple[str, Job | None]]:
        asked = bodies.check_object(body, bodies.BATCH_READ, "body")
        ids = bodies.check_ids(asked["jobs"])
        first, number = bodies.check_page(asked.get("page_req") or {}, self._settings.per_page, len(ids))
        return self._found(ids[first:] if number is None else ids[first : first + number])

    def _all(self, body: Any) -> Iterator[tuple[str, Job | None]]:
        return self._found(bodies.check_ids(bodies.check_object(body, bodies.BATCH_READ[:1], "body")["jobs"]))

    def _found(self, ids: list[str]) -> Iterator[tuple[str, Job | None]]:
        """Each id with its job; no job for one that is unknown or, by the setting, deleted."""
        for job_id in ids:
            job = self._jobs.get(job_id)
            unknown = job is None or job.project_id != self._project_id or job.forgotten
            hidden = job is not None and job.phase == "deleted" and self._settings.deleted_shape != "status"
            yield job_id, None if unknown or hidden else job

    def _missing(self, job_id: str, key: str, message_key: str) -> dict[str, Any]:
        job = self._jobs.get(job_id)
        deleted = job is not None and job.project_id == self._project_id and not job.forgotten
        if (self._settings.deleted_shape if deleted else self._settings.unknown_shape) == "absent":
            return {}
        code = "DRS.M05004" if deleted else self._settings.unknown_code
        return {key: job_id, "error_code": code, message_key: text(code)}

    @staticmethod
    def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row]

    def _detail_row(self, job: Job) -> dict[str, Any]:
        spec = job.spec
        reading = job.read()
        row = {
            "id": job.id,
            "parent_id": "",
            "name": job.name,
            "status": reading.status,
            "description": spec.get("description", ""),
            "create_time": str(spec["create_time"]),
            "task_type": job.task_type,
            "source_endpoint": spec.get("source_endpoint", {}),
            "target_endpoint": spec.get("target_endpoint", {}),
            "net_type": spec["net_type"],
            "inst_info": {
                "engine_type": spec["engine_type"],
                "inst_type": "high",
                "ip": "192.168.0.10",
                "public_ip": "",
                "start_time": "0",
                "status": "ACTIVE",
                "volume_size": 100,
            },
            "update_time": str(int(self._wall * 1000)),
            "job_direction": spec["job_direction"],
            "db_use_type": spec["db_use_type"],
            "need_restart": False,
            "is_target_readonly": True,
            "speed_limit": [],
            "node_num": 1,
            "multi_write": False,
            "is_multi_az": False,
            "tags": spec.get("tags", []),
        }
        if job.period_order:
            row["period_order"] = dict(job.period_order)
        if reading.error:
            row["error_code"], row["error_message"] = reading.error
        return row

    def _progress_row(self, job: Job) -> dict[str, Any]:
        (status, error), lag = job.read_lag()
        done = "0" if status in ("CREATING", "CONFIGURATION", "WAITING_FOR_START", "STARTJOBING") else "100"
        row = {
            "job_id": job.id,
            "progress": done,
            "task_mode": job.task_type,
            "transfer_status": status,
            "process_time": str(int(self._wall * 1000)),
            "remaining_time": "0",
            "progress_map": {
                part: {"completed": done + "%", "remaining_time": "0"} for part in ("struct", "data", "index")
            },
        }
        if lag is not None:
            row["incre_trans_delay"] = lag
            row["incre_trans_delay_millis"] = _millis(lag)
        if error:
            row["error_code"], row["error_msg"] = error
        return row

    def _rpo_row(self, job: Job) -> dict[str, Any]:
        _reading, lag = job.read_lag()
        info = {"check_point": "", "gtid_set": "", "time": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self._wall))}
        if lag is not None:
            info["delay"] = _millis(lag)
        return {"job_id": job.id, "rpo_info": info, "rto_info": dict(info)}


def every_row_failed(rows: list[dict[str, Any]]) -> bool:
    """Whether there are rows and each of them is an error: of a write that failed, or of a job that is not there."""
    return bool(rows) and all(
        "error_code" in row and row.get("status", row.get("transfer_status", _FAILED)) == _FAILED for row in rows
    )


def _list_row(job: Job, shows_project: bool) -> dict[str, Any]:
    spec = job.spec
    reading = job.read()
    row = {
        "id": job.id,
        "name": job.name,
        "status": reading.status,
        "create_time": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(spec["create_time"] / 1000)),
        "description": spec.get("description", ""),
        "engine_type": spec["engine_type"],
        "net_type": spec["net_type"],
        "billing_tag": False,
        "job_direction": spec["job_direction"],
        "db_use_type": spec["db_use_type"],
        "task_type": job.task_type,
        "children": [],
        "node_newFramework": False,
    }
    if shows_project:
        row["enterprise_project_id"] = spec.get("enterprise_project_id", "0")
    if reading.error:
        row["error_msg"] = reading.error[1]
    return row


def _matches(job: Job, asked: dict[str, Any], settings: Settings) -> bool:
    spec = job.spec
    if job.spec["db_use_type"] != asked["db_use_type"]:
        return False
    keys = ("engine_type", "net_type", "enterprise_project_id")
    for key in keys if settings.list_project == "applied" else keys[:2]:
        if asked.get(key) and spec.get(key) != asked[key]:
            return False
    if asked.get("status") and job.status != asked["status"]:
        return False
    if asked.get("name"):
        names = bodies.check_texts(asked["name"].split(","), "name", 100)
        fits = names[0] in job.name if settings.list_name == "part" else names[0] == job.name
        if job.id not in names and not (len(names) == 1 and fits):
            return False
    instances = bodies.check_texts(asked.get("instance_ids"), "instance_ids", 10)
    if instances and not any(
        spec.get(side, {}).get("inst_id") in instances for side in ("source_endpoint", "target_endpoint")
    ):
        return False
    if asked.get("instance_ip") and asked["instance_ip"] != "192.168.0.10":
        return False
    has = {(tag["key"], tag["value"]) for tag in spec.get("tags", [])}
    wanted = _asked_tags(asked.get("tags"))
    if settings.list_tags == "any":
        return not wanted or bool(has & wanted)
    return has >= wanted or settings.list_tags == "ignored"


def _asked_tags(tags: Any) -> set[tuple[str, str]]:
    """Tags of a filter: a map (the SDK's), or an array of key and value (Open Telekom Cloud's)."""
    if not tags:
        return set()
    try:
        return set(tags.items()) if isinstance(tags, dict) else {(tag["key"], tag["value"]) for tag in tags}
    except (TypeError, KeyError):
        raise ServiceError(400, "DRS.M00202", "tags") from None


def _millis(lag: str) -> str:
    if lag == "-1":
        return lag
    try:
        return str(round(float(lag) * 1000))
    except ValueError:
        return lag
