# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of the DRS API, version 3: one method an endpoint, one WriteResult or Reading a job. Private to this
collection.

Whatever the service answers, and whatever ends a request, is brought to one vocabulary here. Nothing above this file
knows HTTP, the shapes of the bodies, or which version of the API is spoken. Job ids are in lower case, as the service
has them. Sources: the API pages named at each method, and the vendor's SDK huaweicloudsdkdrs 3.1.219 where a page is
silent.
"""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _http
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import (
    ACCEPTED,
    BUSY,
    LOST,
    MISSING,
    READ,
    REFUSED,
    SPLIT,
    UNAUTHORIZED,
    UNREADABLE,
    UNSENT,
    BillingOrder,
    Reading,
    WriteItem,
    WriteResult,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import DELETED, NOT_FOUND, STATUSES, spell
from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Answer, error_in

# per_page of batch-status and batch-detail is 0 to 100 and 5 where none is given (SDK, QueryJobsReq).
PAGE, SMALLEST_PAGE = 100, 5
# The vendor recommends at most 10 for batch calls; a job's details are large.
DETAIL_PAGE = 10
# Only these take page_req; the others answer for all the jobs that they are asked.
_PAGED = frozenset(("batch-status", "batch-detail"))
# The list is read again, this many times at most, until nothing was added or taken away meanwhile.
LIST_WALKS = 5
# So many jobs, each refused alone with one code while none was accepted, show that the refusal is everybody's.
ENOUGH_REFUSALS = 10

# Codes by what they mean, from the vendors' error tables. Some regions give them another HTTP status.
BUSY_CODE = "DRS.M01504"
THROTTLED = frozenset(("DRS.M01503", "APIGW.0308"))
NO_SUCH_JOB = frozenset(("DRS.M00289", "DRS.M05003"))
WAS_DELETED = "DRS.M05004"
OF_UNKNOWN_JOBS = NO_SUCH_JOB | {WAS_DELETED}
# "Invalid token", "The user role is empty", "You do not have operation permissions" and "Invalid project ID".
OF_THE_ACCOUNT = frozenset(("DRS.M00100", "DRS.M00101", "DRS.M00103", "DRS.M00261"))
# "Service is abnormal" and "Service error": with 422 in some regions and 500 in others. Not a refusal of a request.
SERVICE_BROKEN = frozenset(("DRS.M00004", "DRS.M01501"))
# "This API cannot be called in the current task status", "Only subtasks..." and "Only parent tasks can invoke this
# interface". Assumed, for progress and RPO/RTO: no page says what these two calls answer for a job that has none.
WRONG_STATUS = "DRS.M00304"
NOT_FOR_THIS_JOB = frozenset((WRONG_STATUS, "DRS.M00307", "DRS.M00308"))
# The order of a yearly/monthly job has been placed in these states.
_ORDER_IS_PLACED = frozenset(("COMPLETED", "PROCESSING"))
# What a row says of a write, and never a status of a job.
_RESULTS = frozenset(("success", "failed"))
_LONGEST_WORD = 64


class Listing(t.NamedTuple):
    """The jobs of a list, in the service's order. trouble: why they are not all; None where they are."""

    jobs: Mapping[str, Reading]
    trouble: Reading | None = None
    moved: bool = False  # jobs came or went while the pages were read


class Endpoint(t.NamedTuple):
    method: str
    path: str


# "Starting Tasks in Batches", "Pausing Tasks in Batches", "Stopping or Deleting Tasks in Batches" and, for resume and
# retry, "Resuming or Retrying Tasks in Batches" (drs_03_0132).
_STARTING = Endpoint("POST", "batch-starting")
_PAUSING = Endpoint("POST", "batch-pause-task")
_RETRYING = Endpoint("POST", "batch-retry-task")
_ENDING = Endpoint("DELETE", "batch-jobs")
ENDPOINTS = {
    "start": _STARTING,
    "resume": _RETRYING,
    "retry": _RETRYING,
    "pause": _PAUSING,
    "terminate": _ENDING,
    "force_terminate": _ENDING,
    "delete": _ENDING,
}
# The fields that each verb knows beside job_id.
_FIELDS = {
    "start": ("start_time", "is_only_init_task", "is_auto_create_compare"),
    "resume": ("is_sync_re_edit",),
    "retry": ("is_sync_re_edit",),
    "pause": ("pause_mode",),
    "terminate": ("is_show_breakpoint_position",),
    "force_terminate": ("is_show_breakpoint_position",),
    "delete": (),
}


def body_of(item: WriteItem) -> dict[str, t.Any]:
    """A job as it stands in the body of a write."""
    body = {"job_id": item.job_id}
    if ENDPOINTS[item.write] is _ENDING:
        body["delete_type"] = item.write
    for field in _FIELDS[item.write]:
        value = item.options.get(field)
        if value is not None:
            body[field] = value
    return body


# --- judging answers: rows first, then the answer as a whole


_THROTTLED, _OF_ACCOUNT, _BROKEN, _OF_SEVERAL, _OF_ONE = "throttled", "of the account", "broken", "of several", "of one"


def throttled(answer: Answer) -> bool:
    """429, or one of the codes that mean "too often" whatever the status: DRS gives it with a 400."""
    return answer.status == 429 or error_in(answer.body)[0] in THROTTLED


def reports(answer: Answer) -> bool:
    """Whether there are rows in the answer: they count, whatever its status is."""
    return bool(_rows(answer.body))


def _whole(answer: Answer, jobs: int) -> str:
    """What an answer without usable rows means for a request of so many jobs, a write or a read."""
    code, _text = error_in(answer.body)
    if throttled(answer):
        return _THROTTLED
    of_drs = code is not None and code.startswith("DRS")
    if answer.status == 401 or code in OF_THE_ACCOUNT or (answer.status in (403, 404) and not of_drs):
        return _OF_ACCOUNT
    if code != BUSY_CODE and (
        answer.status < 400 or answer.status == 408 or answer.status >= 500 or code in SERVICE_BROKEN
    ):
        return _BROKEN
    return _OF_SEVERAL if jobs > 1 else _OF_ONE


def _may_be_the_projects(answer: Answer) -> bool:
    return answer.status in (403, 404) and error_in(answer.body)[0] not in OF_UNKNOWN_JOBS


def _is_of_status(code: str | None) -> bool:
    return code == WRONG_STATUS or code in OF_UNKNOWN_JOBS


def _rows(body: t.Any, asked: Sequence[str] = ()) -> list[dict[str, t.Any]] | None:
    """The rows of an answer that name a job: keyed results, or jobs as the pages of 2020 show it. None where the shape is
    another, or no row names one: an answer that cannot be read must not be taken for one that knows no job."""
    if not isinstance(body, dict):
        return None
    for key in ("results", "jobs"):
        rows = body.get(key)
        if isinstance(rows, list):
            if len(rows) == len(asked) == 1 and isinstance(rows[0], dict) and _id_of(rows[0]) is None:
                # Assumed: the vendor's Terraform provider reads results[0].error_code, and checks no id.
                return [dict(rows[0], id=asked[0])]
            named = [row for row in rows if isinstance(row, dict) and isinstance(_id_of(row), str)]
            if named or not rows:
                return named
    return None


def _id_of(row: Mapping[str, t.Any]) -> t.Any:
    """Keyed job_id by batch-progress and batch-rpo-and-rto, id by all others."""
    return row["id"] if "id" in row else row.get("job_id")


def _by_id(rows: Iterable[dict[str, t.Any]], asked: Iterable[str]) -> dict[str, dict[str, t.Any] | None]:
    """The rows for the ids asked: None for one with two rows that differ, since which of them is true cannot be
    decided."""
    wanted = set(asked)
    found: dict[str, dict[str, t.Any] | None] = {}
    for row in rows:
        job_id = _id_of(row).lower()
        if job_id in wanted and found.setdefault(job_id, row) != row:
            found[job_id] = None
    return found


def _row_error(row: Mapping[str, t.Any]) -> tuple[str | None, str | None]:
    """(code, text) of a row. Its other fields may be called message or code and mean something else."""
    return error_in({key: row[key] for key in ("error_code", "error_msg", "error_message") if key in row})


def _gone(code: str | None) -> str | None:
    """The status that a code for an unknown or deleted job stands for."""
    if code in NO_SUCH_JOB:
        return NOT_FOUND
    return DELETED if code == WAS_DELETED else None


def _order(row: Mapping[str, t.Any]) -> BillingOrder:
    order = row.get("period_order")
    if not isinstance(order, dict) or not any(order.values()):
        return BillingOrder.NONE
    status = order.get("status")
    return BillingOrder.PLACED if isinstance(status, str) and status in _ORDER_IS_PLACED else BillingOrder.OPEN


class Api:
    """DRS in one project. base: https://host, without a trailing slash. All methods are safe to call from many
    threads."""

    def __init__(self, http: _http.Http, base: str) -> None:
        self._http, self._base = http, base
        self._text = http.secrets.text
        self._project: str | None = None
        # Of reads: the most jobs a request, for a job whose row was missing or that was refused alone.
        self._most: dict[tuple[str, str], int] = {}
        self._served: set[str] = set()  # paths that have told something of a job
        self._jobs = 0

    def statuses(self, job_ids: Sequence[str]) -> dict[str, Reading]:
        """Every job's status ("Querying Task Statuses in Batches", drs_api_0150): READ with the status, DELETED and (for
        an id that the service says it does not know) NOT_FOUND included, or another kind."""
        return self._read_all(job_ids, "batch-status", PAGE)

    def details(self, job_ids: Sequence[str]) -> dict[str, Reading]:
        """As statuses, each READ with the job's detail ("Querying Task Details in Batches", drs_api_0151)."""
        return self._read_all(job_ids, "batch-detail", DETAIL_PAGE)

    def orders(self, job_ids: Sequence[str]) -> dict[str, Reading]:
        """As details, with each job's status, name and order alone: the details of thousands of jobs fill the memory."""
        return self._read_all(job_ids, "batch-detail", DETAIL_PAGE, keep_rows=False)

    def progress(self, job_ids: Sequence[str]) -> dict[str, Reading]:
        """Every job's progress ("Querying Task Progress in Batches", drs_03_0114): READ with the row, without one where
        the service gives none, or another kind."""
        return self._read_all(job_ids, "batch-progress", DETAIL_PAGE)

    def rpo_and_rto(self, job_ids: Sequence[str]) -> dict[str, Reading]:
        """As progress, each job's RPO and RTO ("Querying RPO and RTO in Batches", drs_03_0117)."""
        return self._read_all(job_ids, "batch-rpo-and-rto", DETAIL_PAGE)

    def listed(self, db_use_type: str, filters: Mapping[str, t.Any]) -> Listing:
        """The jobs of a type that fit ("Querying the Task List", drs_03_0138), with their statuses. filters: the API's
        fields by their names; tags as a dict."""
        body = {"db_use_type": db_use_type, **filters}
        listing = self._list(body)
        if body.get("tags") and listing.trouble and listing.trouble.kind == REFUSED:
            # The SDK has a map of tags; Open Telekom Cloud's page has an array of keys and values.
            pairs = [{"key": key, "value": value} for key, value in body["tags"].items()]
            other = self._list(dict(body, tags=pairs))
            return listing if other.trouble and other.trouble.kind == REFUSED else other
        return listing

    def map(self, function: Callable[[t.Any], t.Any], items: Iterable[t.Any]) -> Iterable[t.Any]:
        """function over items, in parallel as far as requests may be in flight; the results in the order of items."""
        return self._http.map(function, items)

    def opens_at(self) -> float:
        """The monotonic second before which the service asked to send nothing."""
        return self._http.opens_at()

    def write(self, items: Sequence[WriteItem], before_send: Callable[[], None]) -> dict[str, WriteResult]:
        """One request, all items of one endpoint, sent once. before_send() is called just before it is sent; what it
        raises is passed on."""
        endpoint = ENDPOINTS[items[0].write]
        ids = [item.job_id for item in items]
        payload = {"jobs": [body_of(item) for item in items]}
        try:
            answer = self._http.write(endpoint.method, self._url(endpoint.path), payload, before_send)
        except (AuthError, _http.Untrusted) as error:
            return dict.fromkeys(ids, WriteResult(UNAUTHORIZED, msg=str(error)))
        except (_http.Unsent, _http.OutOfTime, _http.CallerGone) as error:
            return dict.fromkeys(ids, WriteResult(UNSENT, msg=str(error), throttled=getattr(error, "throttled", False)))
        except _http.Lost as error:
            return dict.fromkeys(ids, WriteResult(LOST, msg=str(error)))
        rows = _rows(answer.body, ids)
        if not rows:
            return dict.fromkeys(ids, self._result_of_all(answer, len(ids)))
        found = _by_id(rows, ids)
        return {job_id: self._result(found.get(job_id), answer) for job_id in ids}

    def _result(self, row: Mapping[str, t.Any] | None, answer: Answer) -> WriteResult:
        """The result of a job whose answer has rows."""
        result = WriteResult(REFUSED, request_id=answer.request_id, http=answer.status)
        if row is None:
            words = "the answer (HTTP %d) has no row for the job, or several that differ" % answer.status
            return result._replace(kind=LOST, msg=words)
        code, msg = _row_error(row)
        result = result._replace(code=self._text(code, _LONGEST_WORD), msg=self._text(msg))
        word = str(row.get("status", "")).strip().lower()
        if word == "success":
            if code is None:
                return result._replace(kind=ACCEPTED)
            words = "the job's row says success and names an error: %s" % (result.msg or "without a text")
            return result._replace(kind=LOST, msg=words)
        if code == BUSY_CODE:
            return result._replace(kind=BUSY)
        if code in THROTTLED:
            return result._replace(kind=UNSENT, throttled=True)
        if code in SERVICE_BROKEN:
            return result._replace(kind=LOST)
        if word == "failed" or code:
            return result._replace(of_status=_is_of_status(code))
        return result._replace(kind=LOST, msg="the job's row says neither success nor failed")

    def _result_of_all(self, answer: Answer, jobs: int) -> WriteResult:
        """The result of each job whose answer has no rows."""
        code, msg = self._error(answer)
        result = WriteResult(REFUSED, code, msg, answer.request_id, answer.status)
        whole = _whole(answer, jobs)
        if whole == _THROTTLED:
            # The gateway throttles before DRS has seen the request; DRS itself may have begun with it.
            by_gateway = code is not None and code.startswith("APIG")
            return result._replace(kind=UNSENT, throttled=True, in_part=not by_gateway)
        if whole == _OF_ACCOUNT:
            return result._replace(kind=UNAUTHORIZED, msg=self._unauthorized(answer))
        if whole == _BROKEN:
            return result._replace(kind=LOST, msg=self._without_rows(answer))
        if whole == _OF_SEVERAL:
            return result._replace(kind=SPLIT, in_part=True, of_project=_may_be_the_projects(answer))
        if code == BUSY_CODE:
            return result._replace(kind=BUSY)
        return result._replace(of_status=_is_of_status(code), of_project=_may_be_the_projects(answer))

    def for_everybody(self, result: WriteResult) -> WriteResult:
        """A refusal that has turned out to be everybody's, with what to check."""
        return result._replace(kind=UNAUTHORIZED, msg=self._with_hint(result.http, result.code, result.msg, None))

    # --- reads

    def _read_all(self, ids: Sequence[str], path: str, page: int, keep_rows: bool = True) -> dict[str, Reading]:
        """Every job's reading. What is refused as a whole is split, one refused request at a time; while one refused with
        403 or 404 is being split, no other goes to that path."""
        self._jobs = max(self._jobs, len(ids))
        readings: dict[str, Reading] = {}
        todo = self._chunks(ids, path, page)
        while todo:
            held = threading.Event()

            def read(chunk: Sequence[str], held: threading.Event = held) -> dict[str, Reading] | Reading | None:
                found = None if held.is_set() else self._read(chunk, path, keep_rows)
                if isinstance(found, Reading) and found.of_project:
                    held.set()
                return found

            later = []
            for chunk, found in zip(todo, list(self._http.map(read, todo))):
                if found is None:
                    later.append(chunk)
                elif isinstance(found, Reading):
                    self._split(chunk, path, keep_rows, readings)
                else:
                    readings.update(found)
                    self._note(readings, found, path)
            denied = self._denied(readings, path)
            if denied:
                readings.update((job_id, denied) for chunk in later for job_id in chunk)
                break
            todo = later
        return readings

    def _chunks(self, ids: Sequence[str], path: str, page: int) -> list[Sequence[str]]:
        if not self._most:
            return [ids[start : start + page] for start in range(0, len(ids), page)]
        by_size: dict[int, list[str]] = {}
        for job_id in ids:
            by_size.setdefault(self._most.get((path, job_id), page), []).append(job_id)
        return [some[start : start + size] for size, some in by_size.items() for start in range(0, len(some), size)]

    def _split(self, ids: Sequence[str], path: str, keep_rows: bool, readings: dict[str, Reading]) -> None:
        """Reads the halves of a request that was refused as a whole, and their halves, until each refused job is
        alone."""
        parts = [ids[len(ids) // 2 :], ids[: len(ids) // 2]]
        while parts:
            part = parts.pop()
            denied = self._denied(readings, path)
            found = dict.fromkeys(part, denied) if denied else self._read(part, path, keep_rows)
            if isinstance(found, Reading):
                parts += [part[len(part) // 2 :], part[: len(part) // 2]]
            else:
                readings.update(found)
                self._note(readings, found, path)

    def _note(self, readings: dict[str, Reading], found: Mapping[str, Reading], path: str) -> None:
        """Learns from an answer: who is asked for in smaller requests from now on, and whether nobody may read."""
        for job_id, reading in found.items():
            if reading.kind == READ:
                self._served.add(path)
            elif reading.kind == MISSING:
                self._most.setdefault((path, job_id), SMALLEST_PAGE)
            elif reading.kind == REFUSED and len(found) == 1:
                self._most[path, job_id] = 1
        denied = self._denied(readings, path)
        if denied:
            for job_id, reading in readings.items():
                if reading.kind == REFUSED and reading.code == denied.code:
                    readings[job_id] = denied

    def _denied(self, readings: Mapping[str, Reading], path: str) -> Reading | None:
        """The refusal of each job alone that has turned out to be the project's."""
        if path in self._served:
            return None
        denied = next(
            (reading for reading in readings.values() if reading.kind == UNAUTHORIZED and reading.of_project), None
        )
        if denied:
            return denied
        alone: dict[str | None, list[Reading]] = {}
        for reading in readings.values():
            if reading.kind == REFUSED and reading.of_project:
                alone.setdefault(reading.code, []).append(reading)
        for refusals in alone.values():
            if len(refusals) >= min(ENOUGH_REFUSALS, self._jobs):
                words = self._with_hint(refusals[0].http, refusals[0].code, refusals[0].msg, None)
                return refusals[0]._replace(kind=UNAUTHORIZED, msg=words)
        return None

    def _read(self, ids: Sequence[str], path: str, keep_rows: bool) -> dict[str, Reading] | Reading:
        """One request; the one Reading where it was refused as a whole together with other jobs."""
        payload: dict[str, t.Any] = {"jobs": list(ids)}
        if path in _PAGED:
            payload["page_req"] = {"cur_page": 1, "per_page": PAGE}
        answer = self._ask(self._url_of(path), payload)
        if isinstance(answer, Reading):
            return dict.fromkeys(ids, answer)
        rows = _rows(answer.body, ids)
        if rows is not None and (rows or answer.status < 400):
            judge = self._reading if path in _PAGED else self._part
            found = {job_id: judge(row, answer) for job_id, row in _by_id(rows, ids).items()}
            if not keep_rows:
                found = {job_id: reading._replace(row=None) for job_id, reading in found.items()}
            if len(found) < len(ids):
                missing = self._missing(answer)
                found.update((job_id, missing) for job_id in ids if job_id not in found)
            return found
        code, msg = self._error(answer)
        reading = Reading(REFUSED, None, code, msg, answer.request_id, answer.at, answer.status)
        whole = _whole(answer, len(ids))
        if whole == _OF_SEVERAL:
            return reading._replace(of_project=_may_be_the_projects(answer))
        gone = _gone(code)
        if whole in (_THROTTLED, _BROKEN) or code == BUSY_CODE:
            reading = reading._replace(kind=UNREADABLE, msg=self._without_rows(answer))
        elif whole == _OF_ACCOUNT:
            reading = self._not_authorized(reading, answer)
        elif gone:
            reading = reading._replace(kind=READ, status=gone)
        elif path not in _PAGED and code in NOT_FOR_THIS_JOB:
            reading = reading._replace(kind=READ)
        else:
            reading = reading._replace(of_project=_may_be_the_projects(answer))
        return dict.fromkeys(ids, reading)

    def _ask(self, url: Callable[[], str], payload: t.Any) -> Answer | Reading:
        """The answer to a read, or a Reading that says why it did not come."""
        try:
            return self._http.read("POST", url(), payload)
        except (AuthError, _http.Untrusted) as error:
            return Reading(UNAUTHORIZED, msg=str(error), final=True)
        except _http.TransportError as error:
            unknown_host = any(isinstance(cause, _http.NameNotResolved) for cause in (error, error.__cause__))
            final = unknown_host and not self._http.answered
            kind = UNAUTHORIZED if final else UNREADABLE
            return Reading(kind, msg=str(error), throttled=getattr(error, "throttled", False), final=final)

    def _missing(self, answer: Answer) -> Reading:
        """The reading of a job without a row. Only an answer that is not an error shows that the job has no row."""
        reading = Reading(MISSING, msg="the answer has no row for it", request_id=answer.request_id, at=answer.at)
        if answer.status < 400 and error_in(answer.body)[0] is None:
            return reading
        return reading._replace(kind=UNREADABLE, throttled=throttled(answer))

    def _reading(self, row: Mapping[str, t.Any] | None, answer: Answer) -> Reading:
        """Of a row of batch-status, batch-detail or the list."""
        if row is None:
            return self._two_rows(answer)
        code, msg = _row_error(row)
        reading = Reading(
            READ,
            None,
            self._text(code, _LONGEST_WORD),
            self._text(msg),
            answer.request_id,
            answer.at,
            answer.status,
            name=self._text(row.get("name")),
            order=_order(row),
            row=row,
        )
        said = row.get("status")
        status = spell((self._text(said, _LONGEST_WORD) or "").strip()) if isinstance(said, str) else ""
        if status.lower() in _RESULTS:
            status = ""
        if status in STATUSES and status != NOT_FOUND:
            return reading._replace(status=status)
        if status and code is None:
            # Our own word for a job that does not exist must not come from a text of the service.
            return reading._replace(status=repr(status) if status == NOT_FOUND else status)
        gone = _gone(code)
        if gone:
            return reading._replace(status=gone, row=None)
        if code in THROTTLED | SERVICE_BROKEN or code in (None, BUSY_CODE):
            words = reading.msg or "its row holds no status"
            return reading._replace(kind=UNREADABLE, msg=words, throttled=code in THROTTLED)
        return reading._replace(kind=REFUSED)

    def _part(self, row: Mapping[str, t.Any] | None, answer: Answer) -> Reading:
        """Of a row of batch-progress or batch-rpo-and-rto, or of an error in its place. A failed job's row has both."""
        if row is None:
            return self._two_rows(answer)
        code, msg = _row_error(row)
        words = self._text(code, _LONGEST_WORD), self._text(msg)
        reading = Reading(READ, None, *words, answer.request_id, answer.at, answer.status)
        told = set(row) - {"id", "job_id", "error_code", "error_msg", "error_message"}
        if any(row[field] is not None for field in told):
            return reading._replace(row=row)
        if code is None or code in NOT_FOR_THIS_JOB:
            return reading
        gone = _gone(code)
        if gone:
            return reading._replace(status=gone)
        if code in THROTTLED | SERVICE_BROKEN or code == BUSY_CODE:
            return reading._replace(kind=UNREADABLE, throttled=code in THROTTLED)
        return reading._replace(kind=REFUSED)

    @staticmethod
    def _two_rows(answer: Answer) -> Reading:
        words = "the answer has several rows for the job, and they differ"
        return Reading(UNREADABLE, msg=words, request_id=answer.request_id, at=answer.at)

    def _list(self, body: Mapping[str, t.Any]) -> Listing:
        for _walk in range(LIST_WALKS):
            listing = self._walk(body)
            if not listing.moved:
                break
        return listing

    def _walk(self, body: Mapping[str, t.Any]) -> Listing:
        """The list, read page by page to its end. Jobs that come and go shift the pages: then one is on two of them,
        or on none."""
        jobs: dict[str, Reading] = {}
        totals: set[int] = set()
        number = 0
        while True:
            number += 1
            page = self._list_page(dict(body, cur_page=number, per_page=PAGE))
            if isinstance(page, Reading):
                return Listing(jobs, page)
            rows, total, answer = page
            totals.add(total)
            known = len(jobs)
            for row in rows:
                job_id = self._text(_id_of(row), _LONGEST_WORD)
                if job_id and job_id not in jobs:
                    jobs[job_id] = self._reading(row, answer)
            if len(jobs) == known or len(jobs) >= total:
                break
        if totals == {len(jobs)}:
            return Listing(jobs)
        words = "the pages of the list held %d jobs, where the service counted %s" % (
            len(jobs),
            " and then ".join(map(str, sorted(totals))),
        )
        return Listing(jobs, Reading(UNREADABLE, msg=words, request_id=answer.request_id), moved=True)

    def _list_page(self, body: Mapping[str, t.Any]) -> Reading | tuple[list[dict[str, t.Any]], int, Answer]:
        """One page's rows, and the number of jobs on all pages; or why it could not be read."""
        if self._http.clock.monotonic() >= self._http.deadline:
            return Reading(UNREADABLE, msg="wait_timeout expired before the list was read to its end")
        answer = self._ask(self._url_of(None), body)
        if isinstance(answer, Reading):
            return answer
        rows = _rows(answer.body)
        total = answer.body.get("total_record") if isinstance(answer.body, dict) else None
        if answer.status < 400 and rows is not None and isinstance(total, int):
            return rows, total, answer
        code, msg = self._error(answer)
        reading = Reading(REFUSED, None, code, msg, answer.request_id, answer.at, answer.status)
        whole = _whole(answer, 1)
        if whole == _OF_ACCOUNT or answer.status in (403, 404):
            return self._not_authorized(reading, answer)
        if whole in (_THROTTLED, _BROKEN):
            words = "HTTP %d, and a body without a list: %s" % (answer.status, msg or "nothing")
            return reading._replace(kind=UNREADABLE, msg=words)
        return reading

    # --- both

    def _url(self, path: str | None = None) -> str:
        if self._project is None:
            self._project = self._http.project_id()
        jobs = "%s/v3/%s/jobs" % (self._base, self._project)
        return "%s/%s" % (jobs, path) if path else jobs

    def _url_of(self, path: str | None) -> Callable[[], str]:
        return lambda: self._url(path)

    def _error(self, answer: Answer) -> tuple[str | None, str | None]:
        """(code, text) of an answer as a whole; the start of the body where it names neither."""
        code, msg = error_in(answer.body)
        if code is None and msg is None:
            return None, answer.text or None
        return self._text(code, _LONGEST_WORD), self._text(msg)

    def _without_rows(self, answer: Answer) -> str:
        return "HTTP %d without a row for the job: %s" % (answer.status, self._error(answer)[1] or "no text")

    def _not_authorized(self, reading: Reading, answer: Answer) -> Reading:
        return reading._replace(
            kind=UNAUTHORIZED,
            msg=self._unauthorized(answer),
            fixed_credentials=answer.status == 401 and not self._http.auth.renewable,
        )

    def _unauthorized(self, answer: Answer) -> str:
        """What came, and what to check."""
        code, msg = self._error(answer)
        if code is None and not isinstance(answer.body, dict):
            words = _http.said(answer).rstrip(".")
            return "%s. This is not an answer of DRS: check endpoint, and the proxies and firewalls on the way" % words
        return self._with_hint(answer.status, code, msg, _auth.auth_hint(answer))

    def _with_hint(self, http: int | None, code: str | None, msg: str | None, hint: str | None) -> str:
        words = ("HTTP %s %s: %s" % (http, code or "", msg or "no text")).rstrip(".")
        if http == 404:
            return "%s. Check endpoint, region and project_id" % words
        check = "Check %s, and that it belongs to this region and project" % self._http.auth.describe()
        return "%s. %s" % (words, hint or check)
