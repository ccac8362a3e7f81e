# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of the DRS API, version 3: one method an endpoint, and one verdict a job. Private to this collection.

Whatever the service answers, and whatever ends a request, is brought to one vocabulary here. Nothing above this room
knows HTTP, the shapes of the bodies, or which version of the API is spoken. Sources: the API pages named at each
method, and the vendor's SDK huaweicloudsdkdrs 3.1.219 where a page is silent.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _http, _settings
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import DELETED, NOT_FOUND, spell

# per_page of batch-status and batch-detail is 0 to 100 and 5 where none is given (SDK, QueryJobsReq).
PAGE = 100
# The vendor recommends at most 10 for batch calls; a job's details are large.
DETAIL_PAGE = 10
# Only these take page_req; the others answer for all the jobs that they are asked.
_PAGED = frozenset(("batch-status", "batch-detail"))
# The list is read anew, this many times at most, until nothing was added or taken away meanwhile.
LIST_WALKS = 5

BUSY = "DRS.M01504"
THROTTLED = frozenset(("DRS.M01503", "APIGW.0308"))
NO_SUCH_JOB = frozenset(("DRS.M00289", "DRS.M05003"))
WAS_DELETED = "DRS.M05004"
# "This API cannot be called in the current task status", "Only subtasks..." and "Only parent tasks can invoke this
# interface". Assumed, for progress and RPO/RTO: no page says what these two calls answer for a job that has none.
NOT_FOR_THIS_JOB = frozenset(("DRS.M00304", "DRS.M00307", "DRS.M00308"))
# "Service is abnormal" and "Service error": told with 422 by some regions and 500 by others. Not a refusal of a
# request.
SERVICE_BROKEN = frozenset(("DRS.M00004", "DRS.M01501"))
# The order of a yearly/monthly job is through in these states.
_ORDER_IS_PAID = frozenset(("COMPLETED", "PROCESSING"))
NO_ORDER, PAID, UNPAID = "none", "paid", "unpaid"

OK, REFUSED, BUSY_NOW, LOST, SPLIT, UNSENT, NOT_LET_IN = (
    "ok",
    "refused",
    "busy",
    "lost",
    "split",
    "unsent",
    "not_let_in",
)
UNREADABLE = "unreadable"

_STATUS_WORD = re.compile(r"[A-Z][A-Z_]+\Z")


class Verdict(t.NamedTuple):
    """What came of a request, for one job.

    kind, of a write: OK accepted; REFUSED for this job; BUSY_NOW another operation is under way; LOST it may have
    been carried out; UNSENT it was surely not; SPLIT the request was refused as a whole, together with other jobs;
    NOT_LET_IN final for all. Of a read: OK; UNREADABLE for now; REFUSED; NOT_LET_IN.
    """

    kind: str
    status: str | None = None
    code: str | None = None
    msg: str | None = None
    request_id: str | None = None
    throttled: bool = False
    name: str | None = None
    order: str | None = None  # of a job's detail: one of NO_ORDER, PAID, UNPAID
    row: Mapping[str, t.Any] | None = None  # what the service said of the job, as it is


class Listing(t.NamedTuple):
    """The jobs of a list, in the service's order. trouble: why they are not all; None where they are."""

    jobs: Mapping[str, Verdict]
    trouble: Verdict | None = None
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


class Order(t.NamedTuple):
    """One job of a write. options: the API's fields of that verb, by their names; None is not sent."""

    job_id: str
    write: str
    options: Mapping[str, t.Any]


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


def item(order: Order) -> dict[str, t.Any]:
    """A job as it stands in the body of a write."""
    body = {"job_id": order.job_id}
    if ENDPOINTS[order.write] is _ENDING:
        body["delete_type"] = order.write
    for field in _FIELDS[order.write]:
        value = order.options.get(field)
        if value is not None:
            body[field] = value
    return body


def throttled(answer: _http.Answer) -> bool:
    """429, or one of the codes that mean "too often" whatever the status: DRS says it with a 400."""
    return answer.status == 429 or error_of(answer)[0] in THROTTLED


def error_of(answer: _http.Answer) -> tuple[str | None, str | None]:
    """(code, text) of an error body, in the shapes that DRS, the gateway and IAM use; the text is of the body where
    none fits."""
    body = answer.body
    if isinstance(body, dict):
        for part in (body, body.get("error")):
            if isinstance(part, dict):
                code = part.get("error_code") or part.get("errorCode") or part.get("code")
                text = part.get("error_msg") or part.get("error_message") or part.get("errorMsg") or part.get("message")
                if code or text:
                    return (str(code) if code else None), (str(text) if text else None)
    return None, answer.text or None


def _rows(body: t.Any, asked: Sequence[str] = ()) -> list[dict[str, t.Any]] | None:
    """The rows of an answer that name a job: keyed results, or jobs as the pages of 2020 show it. None where the shape is
    another, or no row names one: an answer that cannot be read must not look like one that knows no job."""
    if not isinstance(body, dict):
        return None
    for key in ("results", "jobs"):
        rows = body.get(key)
        if isinstance(rows, list):
            if len(rows) == len(asked) == 1 and isinstance(rows[0], dict) and _id_of(rows[0]) is None:
                # Assumed: the vendor's Terraform provider reads results[0].error_code, and looks at no id.
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
    told."""
    names = {job_id.lower(): job_id for job_id in asked}
    found: dict[str, dict[str, t.Any] | None] = {}
    for row in rows:
        job_id = names.get(_id_of(row).lower())
        if job_id is not None and found.setdefault(job_id, row) != row:
            found[job_id] = None
    return found


def _order(row: Mapping[str, t.Any]) -> str:
    """Whether starting the job would pay for something. Only a yearly/monthly job's detail has a period_order
    ("Starting Tasks in Batches": such a job's order is created and paid when it is started); Open Telekom Cloud has
    none at all."""
    order = row.get("period_order")
    if not isinstance(order, dict) or not any(order.values()):
        return NO_ORDER
    return PAID if order.get("status") in _ORDER_IS_PAID else UNPAID


class Api:
    """DRS in one project. base: https://host, without a trailing slash. All methods are safe to call from many
    threads."""

    def __init__(self, http: _http.Http, base: str) -> None:
        self._http, self._base = http, base
        self._project: str | None = None

    def statuses(self, job_ids: Sequence[str]) -> dict[str, Verdict]:
        """Every job's status ("Querying Task Statuses in Batches", drs_api_0150): OK with the status, NOT_FOUND and
        DELETED included, or UNREADABLE, REFUSED, NOT_LET_IN."""
        return self._read_all(job_ids, "batch-status", PAGE)

    def details(self, job_ids: Sequence[str]) -> dict[str, Verdict]:
        """As statuses, each OK with the job's detail ("Querying Task Details in Batches", drs_api_0151)."""
        return self._read_all(job_ids, "batch-detail", DETAIL_PAGE)

    def orders(self, job_ids: Sequence[str]) -> dict[str, Verdict]:
        """As details, with each job's name and order alone: the details of thousands of jobs fill the memory."""
        return self._read_all(job_ids, "batch-detail", DETAIL_PAGE, rows=False)

    def progress(self, job_ids: Sequence[str]) -> dict[str, Verdict]:
        """Every job's progress ("Querying Task Progress in Batches", drs_03_0114): OK with the row, without one where
        the service tells none, or UNREADABLE, REFUSED, NOT_LET_IN."""
        return self._read_all(job_ids, "batch-progress", DETAIL_PAGE)

    def rpo_and_rto(self, job_ids: Sequence[str]) -> dict[str, Verdict]:
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
        """function over items, side by side as far as requests may be in flight; the results in the order of items."""
        return self._http.map(function, items)

    def opens_at(self) -> float:
        """The monotonic second before which the service asked to send nothing."""
        return self._http.opens_at()

    def write(self, orders: Sequence[Order], wanted: Callable[[], None]) -> dict[str, Verdict]:
        """One request, all orders of one endpoint, sent once. wanted() is called just before it is sent; what it
        raises is passed on."""
        endpoint = ENDPOINTS[orders[0].write]
        ids = [order.job_id for order in orders]
        try:
            answer = self._http.write(
                endpoint.method, self._url(endpoint.path), {"jobs": [item(order) for order in orders]}, wanted
            )
        except (_settings.AuthError, _http.Untrusted) as error:
            return dict.fromkeys(ids, Verdict(NOT_LET_IN, msg=str(error)))
        except (_http.Unsent, _http.OutOfTime) as error:
            return dict.fromkeys(ids, Verdict(UNSENT, msg=str(error), throttled=getattr(error, "throttled", False)))
        except _http.Lost as error:
            return dict.fromkeys(ids, Verdict(LOST, msg=str(error)))
        return self._judge(answer, ids)

    # --- writes

    def _judge(self, answer: _http.Answer, ids: Sequence[str]) -> dict[str, Verdict]:
        rows = _rows(answer.body, ids)
        if rows and not throttled(answer):
            found = _by_id(rows, ids)
            return {job_id: self._judge_row(found.get(job_id), answer) for job_id in ids}
        whole = self._whole(answer)
        if whole.kind == REFUSED and len(ids) > 1:
            whole = whole._replace(kind=SPLIT)
        return dict.fromkeys(ids, whole)

    def _judge_row(self, row: Mapping[str, t.Any] | None, answer: _http.Answer) -> Verdict:
        if row is None:
            words = "the answer (HTTP %d) has no row for the job, or several that differ" % answer.status
            return Verdict(LOST, msg=words, request_id=answer.request_id)
        code = row.get("error_code") or None
        msg = row.get("error_msg") or row.get("error_message")
        verdict = Verdict(REFUSED, None, self._mask(code), self._mask(msg), answer.request_id)
        word = str(row.get("status", "")).lower()
        if code == BUSY:
            return verdict._replace(kind=BUSY_NOW)
        if code in THROTTLED:
            return verdict._replace(kind=UNSENT, throttled=True)
        if code in SERVICE_BROKEN:
            return verdict._replace(kind=LOST)
        if word == "success" and not code:
            return verdict._replace(kind=OK)
        if word == "failed" or code:
            return verdict
        return verdict._replace(kind=LOST, msg="the answer's row for the job says neither success nor failed")

    def _whole(self, answer: _http.Answer) -> Verdict:
        """The verdict of a write's answer that has no rows."""
        code, msg = error_of(answer)
        verdict = Verdict(REFUSED, None, self._mask(code), self._mask(msg), answer.request_id)
        if throttled(answer):
            return verdict._replace(kind=UNSENT, throttled=True)
        if code == BUSY:
            return verdict._replace(kind=BUSY_NOW)
        if answer.status in (401, 403, 404):
            return verdict._replace(kind=NOT_LET_IN, msg=self._not_let_in(answer))
        if answer.status < 400 or answer.status >= 500 or code in SERVICE_BROKEN or answer.status == 408:
            return verdict._replace(
                kind=LOST, msg="HTTP %d without a row for the job: %s" % (answer.status, verdict.msg or "no text")
            )
        return verdict

    # --- reads

    def _read_all(self, job_ids: Sequence[str], path: str, page: int, rows: bool = True) -> dict[str, Verdict]:
        """rows: whether the verdicts keep them."""

        def read(chunk: Sequence[str]) -> dict[str, Verdict]:
            found = self._read(chunk, path)
            return found if rows else {job_id: verdict._replace(row=None) for job_id, verdict in found.items()}

        verdicts: dict[str, Verdict] = {}
        missing = list(job_ids)
        size = page
        while missing:
            chunks = [missing[start : start + size] for start in range(0, len(missing), size)]
            found: dict[str, Verdict] = {}
            for part in self._http.map(read, chunks):
                found.update(part)
            verdicts.update(found)
            left = [job_id for job_id in missing if job_id not in found]
            if size == 1:
                gone = Verdict(OK, NOT_FOUND, msg="the service has no row for it")
                return dict(verdicts, **dict.fromkeys(left, gone))
            # A page that held fewer rows than asked for is asked again; once that brings nothing, each job alone.
            size = page if found and len(left) > 1 else 1
            missing = left
        return verdicts

    def _read(self, ids: Sequence[str], path: str) -> dict[str, Verdict]:
        """One page. An id for which the service has no row is left out."""
        payload: dict[str, t.Any] = {"jobs": list(ids)}
        if path in _PAGED:
            payload["page_req"] = {"cur_page": 1, "per_page": PAGE}
        try:
            answer = self._http.read("POST", self._url(path), payload)
        except (_settings.AuthError, _http.Untrusted) as error:
            return dict.fromkeys(ids, Verdict(NOT_LET_IN, msg=str(error)))
        except _http.TransportError as error:
            unknown_host = isinstance(error, _http.NameNotResolved) or isinstance(
                error.__cause__, _http.NameNotResolved
            )
            kind = NOT_LET_IN if unknown_host and not self._http.answered else UNREADABLE
            return dict.fromkeys(ids, Verdict(kind, msg=str(error), throttled=getattr(error, "throttled", False)))
        rows = _rows(answer.body, ids)
        if rows is not None and (rows or answer.status < 400):
            judge = self._reading if path in _PAGED else self._telling
            return {job_id: judge(row, answer) for job_id, row in _by_id(rows, ids).items()}
        code, msg = error_of(answer)
        verdict = Verdict(UNREADABLE, None, self._mask(code), self._mask(msg), answer.request_id)
        if answer.status in (401, 403):
            return dict.fromkeys(ids, verdict._replace(kind=NOT_LET_IN, msg=self._not_let_in(answer)))
        if answer.status < 400 or answer.status >= 500 or code in SERVICE_BROKEN:
            words = "HTTP %d, and a body without a row for the job: %s" % (answer.status, verdict.msg or "nothing")
            return dict.fromkeys(ids, verdict._replace(msg=words))
        if len(ids) > 1 and answer.status != 404:
            half = len(ids) // 2
            return dict(self._read(ids[:half], path), **self._read(ids[half:], path))
        gone = self._gone(code)
        if gone:
            return {ids[0]: verdict._replace(kind=OK, status=gone)}
        if answer.status == 404:
            return dict.fromkeys(ids, verdict._replace(kind=NOT_LET_IN, msg=self._not_let_in(answer)))
        if path not in _PAGED and code in NOT_FOR_THIS_JOB:
            return {ids[0]: verdict._replace(kind=OK)}
        return {ids[0]: verdict._replace(kind=REFUSED)}

    def _reading(self, row: Mapping[str, t.Any] | None, answer: _http.Answer) -> Verdict:
        if row is None:
            return Verdict(
                UNREADABLE, msg="the answer has several rows for the job, and they differ", request_id=answer.request_id
            )
        code = row.get("error_code") or None
        msg = row.get("error_message") or row.get("error_msg")
        verdict = Verdict(
            OK,
            code=self._mask(code),
            msg=self._mask(msg),
            request_id=answer.request_id,
            name=self._mask(row.get("name")),
            order=_order(row),
            row=row,
        )
        status = row.get("status")
        if isinstance(status, str) and _STATUS_WORD.match(status):
            return verdict._replace(status=spell(status))
        gone = self._gone(code)
        if gone:
            return verdict._replace(status=gone, row=None)
        return verdict._replace(kind=UNREADABLE, msg=verdict.msg or "its row holds no status")

    def _telling(self, row: Mapping[str, t.Any] | None, answer: _http.Answer) -> Verdict:
        """The verdict of a row that tells something of a job, or an error in its place. A failed job's row has both."""
        if row is None:
            return Verdict(
                UNREADABLE, msg="the answer has several rows for the job, and they differ", request_id=answer.request_id
            )
        code = row.get("error_code") or None
        msg = row.get("error_msg") or row.get("error_message")
        verdict = Verdict(OK, None, self._mask(code), self._mask(msg), answer.request_id)
        told = set(row) - {"id", "job_id", "error_code", "error_msg", "error_message"}
        if any(row[field] is not None for field in told):
            return verdict._replace(row=row)
        if not code or code in NOT_FOR_THIS_JOB:
            return verdict
        gone = self._gone(code)
        if gone:
            return verdict._replace(status=gone)
        return verdict._replace(kind=REFUSED)

    def _list(self, body: Mapping[str, t.Any]) -> Listing:
        for _walk in range(LIST_WALKS):
            listing = self._walk(body)
            if not listing.moved:
                break
        return listing

    def _walk(self, body: Mapping[str, t.Any]) -> Listing:
        """The list, read page by page to its end. Jobs that come and go shift the pages: then one is on two of them,
        or on none."""
        jobs: dict[str, Verdict] = {}
        totals: set[int] = set()
        number = 0
        while True:
            number += 1
            page = self._list_page(dict(body, cur_page=number, per_page=PAGE))
            if isinstance(page, Verdict):
                return Listing(jobs, page)
            rows, total, answer = page
            totals.add(total)
            fresh = {_id_of(row): self._reading(row, answer) for row in rows if _id_of(row) not in jobs}
            jobs.update(fresh)
            if not fresh or len(jobs) >= total:
                break
        if totals == {len(jobs)}:
            return Listing(jobs)
        words = "the pages of the list held %d jobs, where the service counted %s" % (
            len(jobs),
            " and then ".join(map(str, sorted(totals))),
        )
        return Listing(jobs, Verdict(UNREADABLE, msg=words, request_id=answer.request_id), moved=True)

    def _list_page(self, body: Mapping[str, t.Any]) -> Verdict | tuple[list[dict[str, t.Any]], int, _http.Answer]:
        """One page's rows, and the number of jobs on all pages; or why it could not be read."""
        if self._http.clock.monotonic() >= self._http.deadline:
            return Verdict(UNREADABLE, msg="time ran out before the list was read to its end")
        try:
            answer = self._http.read("POST", self._url(), body)
        except (_settings.AuthError, _http.Untrusted) as error:
            return Verdict(NOT_LET_IN, msg=str(error))
        except _http.TransportError as error:
            return Verdict(UNREADABLE, msg=str(error))
        code, msg = error_of(answer)
        verdict = Verdict(REFUSED, None, self._mask(code), self._mask(msg), answer.request_id)
        if answer.status in (401, 403, 404):
            return verdict._replace(kind=NOT_LET_IN, msg=self._not_let_in(answer))
        if answer.status >= 500 or code in SERVICE_BROKEN:
            return verdict._replace(kind=UNREADABLE)
        if answer.status >= 400:
            return verdict
        rows = _rows(answer.body)
        total = answer.body.get("total_record") if isinstance(answer.body, dict) else None
        if rows is None or not isinstance(total, int):
            words = "HTTP %d, and a body that holds no list: %s" % (answer.status, verdict.msg or "nothing")
            return verdict._replace(kind=UNREADABLE, msg=words)
        return rows, total, answer

    @staticmethod
    def _gone(code: t.Any) -> str | None:
        if code in NO_SUCH_JOB:
            return NOT_FOUND
        return DELETED if code == WAS_DELETED else None

    # --- both

    def _url(self, path: str | None = None) -> str:
        if self._project is None:
            self._project = self._http.auth.project_id()
        jobs = "%s/v3/%s/jobs" % (self._base, self._project)
        return "%s/%s" % (jobs, path) if path else jobs

    def _not_let_in(self, answer: _http.Answer) -> str:
        code, msg = error_of(answer)
        words = ("HTTP %d %s: %s" % (answer.status, self._mask(code) or "", self._mask(msg) or "no text")).rstrip(".")
        if answer.status == 404:
            return "%s. Check endpoint, region and project_id" % words
        hint = _auth.auth_hint(answer.body)
        return "%s. %s" % (
            words,
            hint or "Check %s, and that it belongs to this region and project" % self._http.auth.describe(),
        )

    def _mask(self, text: t.Any) -> str | None:
        return self._http.secrets.mask(str(text))[: _http.LONGEST_TEXT] if text else None
