# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bodies that the service takes: fields as data, and one strict check of them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .errors import ServiceError, empty, invalid

JOB_ID = re.compile(r"[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}")
DIGITS = re.compile(r"[0-9]{0,19}")


class Field(NamedTuple):
    """One field of an object: its type, whether it must be there, and the values or form that it may have."""

    name: str
    type: type
    required: bool = False
    values: tuple[str, ...] | None = None
    form: re.Pattern[str] | None = None


_JOB_ID = Field("job_id", str, True, form=JOB_ID)

START = (
    _JOB_ID,
    Field("start_time", str, form=DIGITS),
    Field("is_only_init_task", bool),
    Field("is_auto_create_compare", bool),
)
PAUSE = (_JOB_ID, Field("pause_mode", str, True, values=("target", "all")))
RETRY = (_JOB_ID, Field("is_sync_re_edit", bool))
STOP = (
    _JOB_ID,
    Field("delete_type", str, True, values=("terminate", "force_terminate", "delete")),
    Field("is_show_breakpoint_position", bool),
)
PAGE = (Field("cur_page", int), Field("per_page", int))
BATCH_READ = (Field("jobs", list, True), Field("page_req", dict))
LIST = (
    Field("db_use_type", str, True, values=("migration", "sync", "cloudDataGuard")),
    Field("cur_page", int),
    Field("per_page", int),
    Field("engine_type", str),
    Field("enterprise_project_id", str),
    Field("name", str),
    Field("net_type", str),
    Field("service_name", str),
    Field("status", str),
    Field("tags", object),
    Field("instance_ids", list),
    Field("instance_ip", str),
)


def _fits(field: Field, given: Any) -> bool:
    if not isinstance(given, field.type) or (isinstance(given, bool) and field.type is not bool):
        return False
    return (not field.values or given in field.values) and (not field.form or bool(field.form.fullmatch(str(given))))


def check_object(value: Any, fields: tuple[Field, ...], name: str) -> dict[str, Any]:
    """The object, if each field is known and of its type and form, and none is missing. Null is as absent.

    :raises ServiceError: 400, for the first field that does not fit.
    """
    if not isinstance(value, dict):
        raise invalid(name)
    for unknown in value.keys() - {field.name for field in fields}:
        raise invalid(unknown)
    for field in fields:
        given = value.get(field.name)
        if field.required and given in (None, ""):
            raise empty(field.name)
        if given is not None and not _fits(field, given):
            raise invalid(field.name)
    return value


def check_writes(body: Any, fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    """The items of a write.

    :raises ServiceError: 400, when they are missing, malformed or the same twice.
    """
    items = check_object(body, (Field("jobs", list, True),), "body")["jobs"]
    if not items:
        raise empty("jobs")
    for item in items:
        if item in ({}, None):
            raise empty("jobs")
        check_object(item, fields, "jobs")
    _check_unique([item["job_id"] for item in items])
    return list(items)


def check_ids(ids: list[Any]) -> list[str]:
    """The ids of a read.

    :raises ServiceError: 400, when there is none, one is malformed, or one is there twice.
    """
    if not ids:
        raise empty("jobs")
    for job_id in ids:
        if not isinstance(job_id, str) or not JOB_ID.fullmatch(job_id):
            raise invalid("job_id")
    _check_unique(ids)
    return ids


def check_texts(given: list[Any] | None, name: str, most: int) -> list[str]:
    """A list of texts of a filter.

    :raises ServiceError: 400, when something else is in it, or too many.
    """
    if not given:
        return []
    if len(given) > most or not all(isinstance(text, str) for text in given):
        raise invalid(name)
    return given


def check_page(page: dict[str, Any], per_page_default: int, total: int | None) -> tuple[int, int | None]:
    """First row and number of rows of a page; no number: all.

    ``total``: how many rows there are, where a page beyond them is refused.

    :raises ServiceError: 400 DRS.M00210 for a number that is not allowed, DRS.M00211 for a page beyond the last.
    """
    check_object(page, PAGE, "page_req")
    given = page.get("per_page")
    per_page = per_page_default if given is None else given
    current = page.get("cur_page")
    current = 1 if current is None else current
    if not 0 <= per_page <= 100:
        raise ServiceError(400, "DRS.M00210", "per_page")
    if current < 0 or (per_page == 0 and current > 1):
        raise ServiceError(400, "DRS.M00210", "cur_page")
    if per_page == 0 or current == 0:
        return 0, None
    if total is not None and current > max(1, -(-total // per_page)):
        raise ServiceError(400, "DRS.M00211")
    return (current - 1) * per_page, per_page


def _check_unique(ids: list[str]) -> None:
    if len(set(ids)) != len(ids):
        raise ServiceError(400, "DRS.M00301", "job_id")
