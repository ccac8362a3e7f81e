# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields, texts, headers and statuses that no page promises: the result always arrives, whole and readable."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    SETTLE_TIME,
    assert_readable,
    emulator,
    job_id,
    outcomes,
    run,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import PASSWORD, WRITES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import run_batch

RUNNING, ENDED = "INCRE_TRANSFER_STARTED", "RELEASE_RESOURCE_COMPLETE"
each_write = pytest.mark.parametrize("write", WRITES)
READS_OF_INFO = ("batch-status", "batch-detail", "batch-progress", "batch-rpo-and-rto", "list")


def run_info(service, **options):
    options = {"job_ids": list(service.jobs), "gather": list(_query.PARTS), **options}
    return in_process.run(service, _query, **options)


# --- texts

ODD_TEXTS = {
    "half a surrogate pair": "half \ud83d of a pair",
    "the other half": "\udc00",
    "a forged line": 'orders\nok: [localhost] => {"changed": false}',
    "ESC": "\x1b[2K\x1b[32mok: [localhost]\x1b[0m",
    "a carriage return": "x\rok: [localhost]",
    "C1 controls and separators": "a\x85b\x9b31mc\u2028d\u2029e",
    "null bytes": "a\x00b",
    "the writing direction": "abc\u202edef\u2066",
    "nothing but controls": "\x1b\n\x07",
    "much": "word " * 5000,
}
each_text = pytest.mark.parametrize("text", ODD_TEXTS)


@shows(
    "Half a surrogate pair, line breaks, ESC and other control characters, the writing direction, 25 KB; in names, codes and "
    "texts of rows",
    "batch-status, batch-detail, with each write",
    "Replaced or cut: the result arrives, and forges no line of a log.",
)
@each_text
@each_write
def test_odd_texts_in_rows(text, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    fields = {"name": ODD_TEXTS[text], "error_message": ODD_TEXTS[text], "error_msg": ODD_TEXTS[text]}
    reads = {"endpoint": ["batch-status", "batch-detail"]}
    service.fault({"match": reads, "effect": {"row_fields": {"*": fields}}})
    refusal = {"*": {"status": "failed", "error_code": ODD_TEXTS[text], **fields}}
    service.fault({"match": {"kind": "write"}, "effect": {"row_fields": refusal, "status": 202, "applied": True}})
    result = run_batch(service, state=state, job_ids=list(service.jobs), **options)
    assert [job["id"] for job in result["jobs"]] == list(service.jobs)
    assert outcomes(result) == ["failed"] * 2
    assert len(result["msg"]) < 5000
    assert_readable(result)


@shows("The same, in an error as a whole and in its request id", "all batch calls", "The same.")
@each_text
@pytest.mark.parametrize("http_status", [400, 403])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-starting"])
def test_odd_texts_in_errors(text, http_status, endpoint):
    service = emulator(["CONFIGURATION"] * 2)
    error = {"error_code": ODD_TEXTS[text], "error_msg": ODD_TEXTS[text], "request_id": ODD_TEXTS[text]}
    service.fault({"match": {"endpoint": endpoint}, "effect": {"status": http_status, "body": error}})
    result = run(service, "started", wait_timeout=20)
    assert result["failed"]
    assert_readable(result)


@shows("The same, from IAM", "IAM's tokens and projects", "The same.")
@each_text
@pytest.mark.parametrize("http_status", [400, 503])
def test_odd_texts_of_iam(text, http_status):
    service = emulator(["CONFIGURATION"] * 2)
    error = {"error": {"code": http_status, "title": ODD_TEXTS[text], "message": ODD_TEXTS[text]}}
    service.fault({"match": {"kind": "iam"}, "effect": {"status": http_status, "body": error}})
    result = run(service, "started", way_in=PASSWORD, wait_timeout=20)
    assert result["failed"]
    assert_readable(result)


@shows("The same", "drs_job_info: all its reads", "The same.")
@each_text
@pytest.mark.parametrize("endpoint", READS_OF_INFO)
def test_info_odd_texts(text, endpoint):
    service = emulator([RUNNING] * 2)
    value = ODD_TEXTS[text]
    names = ("name", "description", "error_code", "error_message", "error_msg", "task_mode", "engine_type", value)
    fields = {**dict.fromkeys(names, value), "progress_map": {value: {"completed": value}}, "tags": [{value: value}]}
    service.fault({"match": {"endpoint": endpoint}, "effect": {"row_fields": {"*": fields}}})
    result = run_info(service, **({"job_ids": None} if endpoint == "list" else {}))
    assert [job["id"] for job in result["jobs"]] == list(service.jobs)
    assert_readable(result)


# --- any JSON in any field

VALUES = (
    [],
    ["x"],
    {"a": {"b": ["c"]}},
    0,
    7,
    1e300,
    True,
    "",
    "x",
    10**40,
)
FIELDS = ("id", "status", "error_code", "error_msg", "error_message", "name", "period_order")
each_value = pytest.mark.parametrize("value", VALUES, ids=repr)


@shows(
    "Any JSON value in any field of a row: id, status, error_code, error_msg, name, period_order and its status",
    "batch-status, batch-detail",
    "A result with every job; what cannot be read is said so, and no write rests on it.",
)
@each_value
@pytest.mark.parametrize("field", [*FIELDS, "period_order.status"])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail"])
def test_any_value_in_a_read(value, field, endpoint):
    service = emulator(["CONFIGURATION"] * 2)
    put = {"period_order": {"order_id": "CS1", "status": value}} if "." in field else {field: value}
    service.fault({"match": {"endpoint": endpoint}, "effect": {"row_fields": {job_id(0): put}}})
    result = run(service, "started", wait_timeout=60)
    assert outcomes(result)[1] == "ok" or field == "id"
    assert_readable(result)
    if field == "period_order.status" and endpoint == "batch-detail":
        job = result["jobs"][0]
        assert (job["outcome"], job["reason"]) == ("failed", "unpaid_order")
        assert service.journal.accepted(job_id(0)) == []


@shows(
    "The same",
    "batch-starting, batch-pause-task",
    "The same; at most one write of each kind.",
)
@each_value
@pytest.mark.parametrize("field", ["id", "status", "error_code", "error_msg"])
@pytest.mark.parametrize("write", ["start", "pause"])
def test_any_value_in_a_row_of_a_write(value, field, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    service.fault({"match": {"kind": "write"}, "effect": {"row_fields": {job_id(0): {field: value}}}})
    result = run(service, state, **options)
    assert result["jobs"][0]["changed"]
    assert outcomes(result) == ["ok"] * 2
    assert_readable(result)


@shows(
    "Any JSON value as the body, as `results`, `count`, `error_code`, `error_msg` or `request_id`",
    "all batch calls",
    "The same.",
)
@each_value
@pytest.mark.parametrize("where", ["body", "results", "error_code", "error_msg", "request_id"])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-starting"])
@pytest.mark.parametrize("http_status", [200, 400])
def test_any_value_in_a_body(value, where, endpoint, http_status):
    service = emulator(["CONFIGURATION"] * 2)
    error = {"error_code": "DRS.M00300", "error_msg": "Invalid request"}
    body = value if where == "body" else {**error, where: value}
    service.fault({"match": {"endpoint": endpoint, "count": 3}, "effect": {"status": http_status, "body": body}})
    result = run(service, "started", wait_timeout=60)
    assert_readable(result)


@shows("The same", "drs_job_info: all its reads", "The same.")
@each_value
@pytest.mark.parametrize("endpoint", READS_OF_INFO)
def test_info_any_value(value, endpoint):
    service = emulator([RUNNING] * 2)
    fields = (
        "status name description error_code error_message error_msg inst_info period_order tags progress "
        "transfer_status progress_map incre_trans_delay rpo_info rto_info engine_type db_use_type source_endpoint"
    )
    put = dict.fromkeys(fields.split(), value)
    service.fault({"match": {"endpoint": endpoint}, "effect": {"row_fields": {job_id(0): put}}})
    result = run_info(service, **({"job_ids": None} if endpoint == "list" else {}))
    assert job_id(1) in [job["id"] for job in result["jobs"]]
    assert_readable(result)
    service.fault({"match": {"endpoint": endpoint, "after": 1}, "effect": {"body": value, "status": 200}})
    assert_readable(run_info(service, **({"job_ids": None} if endpoint == "list" else {})))


# --- around the JSON, and headers


@shows(
    "A byte order mark, null bytes, blanks and line breaks around the JSON",
    "all batch calls",
    "Read as if they were not there: ok, each write sent once.",
)
@each_write
@pytest.mark.parametrize(
    ("prefix", "suffix"),
    [(b"\xef\xbb\xbf", b""), (b"", b"\0"), (b"\0", b"\0\0\0"), (b"\r\n\t ", b"\r\n"), (b"\xef\xbb\xbf\r\n", b"\0\r\n")],
)
def test_bytes_around_the_json(write, prefix, suffix):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"effect": {"prefix": prefix, "suffix": suffix}})
    result = run(service, state, way_in=PASSWORD, **options)
    assert outcomes(result) == ["ok"] * 3
    assert len(service.journal.writes()) == 1


@shows("The same", "drs_job_info: all its reads", "The same.")
@pytest.mark.parametrize(("prefix", "suffix"), [(b"\xef\xbb\xbf", b""), (b"", b"\0")])
@pytest.mark.parametrize("by_list", [True, False])
def test_info_bytes_around_the_json(prefix, suffix, by_list):
    service = emulator([RUNNING] * 3)
    service.fault({"effect": {"prefix": prefix, "suffix": suffix}})
    result = run_info(service, **({"job_ids": None} if by_list else {}))
    assert not result["failed"]
    assert all(job[part] for job in result["jobs"] for part in _query.PARTS)


HEADERS = {
    "Content-Length of 5,000 digits": {"Content-Length": "9" * 5000},
    "Content-Length that is no number": {"Content-Length": "many"},
    "Content-Length twice": {"Content-Length": "12, 13"},
    "Retry-After of 5,000 digits": {"Retry-After": "9" * 5000},
    "Retry-After in the year 9999": {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    "a Date that is none": {"Date": "yesterday", "Retry-After": "Mon, 01 Jun 2026 00:00:10 GMT"},
    "no Date": {"Date": None, "Retry-After": "Mon, 01 Jun 2026 00:00:10 GMT"},
    "X-Request-Id of 100 KB": {"X-Request-Id": "x" * 100000},
    "X-Request-Id with controls": {"X-Request-Id": "\x1b[2Kok\x07"},
    "Content-Type of 100 KB": {"Content-Type": "x/" + "y" * 100000},
    "no Content-Type": {"Content-Type": None},
}
each_header = pytest.mark.parametrize("header", HEADERS)


@shows(
    "Absurd headers: a Content-Length of 5,000 digits, or none; Retry-After, Date, X-Request-Id, Content-Type",
    "all batch calls",
    "No traceback: a result with every job, and each write accepted once.",
)
@each_header
@pytest.mark.parametrize("write", ["pause", "start", "delete"])
@pytest.mark.parametrize("http_status", [None, 503])
def test_absurd_headers(header, write, http_status):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    effect = {"headers": HEADERS[header], **({"status": http_status, "applied": True} if http_status else {})}
    for match in ({"kind": "read", "nth": 2}, {"kind": "write", "nth": 1}):
        service.fault({"match": match, "effect": effect})
    result = run(service, state, **options)
    if "9999" not in header:
        assert [job["changed"] for job in result["jobs"]] == [True] * 2
    assert_readable(result)


@shows("The same", "drs_job_info: all its reads", "The same.")
@each_header
@pytest.mark.parametrize("endpoint", READS_OF_INFO)
def test_info_absurd_headers(header, endpoint):
    service = emulator([RUNNING] * 2)
    service.fault({"match": {"endpoint": endpoint}, "effect": {"headers": HEADERS[header]}})
    assert_readable(run_info(service, wait_timeout=30, **({"job_ids": None} if endpoint == "list" else {})))


# --- statuses

CODES_ALONE = ("DRS.M00102", "DRS.M00105", "DRS.M00007", "SOMETHING", 7)
each_code_alone = pytest.mark.parametrize("code", CODES_ALONE)


def without_a_status(code, status=None):
    return {"row_fields": {job_id(1): {"status": status, "error_code": code, "error_message": "no"}}}


@shows(
    "A row with a code and no status (DRS.M00102, DRS.M00105, DRS.M00007 and others), or with `failed` as its status",
    "batch-status",
    "Failed at once, by name, with the code; nothing is sent for it. The others go on. So in check mode.",
)
@each_code_alone
@each_write
@pytest.mark.parametrize("check", [False, True])
def test_a_code_without_a_status(code, write, check):
    status, state, options = WRITES[write]
    for word in (None, "failed"):
        service = emulator([status] * 3)
        service.fault({"match": {"endpoint": "batch-status"}, "effect": without_a_status(code, word)})
        result = run_batch(service, state=state, job_ids=list(service.jobs), check=check, **options)
        assert outcomes(result) == ["ok", "failed", "ok"]
        job = result["jobs"][1]
        assert (job["reason"], job["error_code"], job["changed"]) == ("refused", str(code), False)
        assert job_id(1) in result["msg"]
        assert job["duration"] < 1
        assert not any(job_id(1) in entry.job_ids for entry in service.journal.writes())


@shows("The same", "batch-detail, before a start", "The same.")
@each_code_alone
def test_a_code_without_a_status_in_details(code):
    service = emulator(["CONFIGURATION"] * 3)
    service.fault({"match": {"endpoint": "batch-detail"}, "effect": without_a_status(code)})
    result = run(service, "started")
    assert outcomes(result) == ["ok", "failed", "ok"]
    assert result["jobs"][1]["error_code"] == str(code)
    assert result["jobs"][1]["duration"] < 1


@shows("The same", "drs_job_info: batch-status, batch-detail", "In `unread` with the code: failed, at once.")
@each_code_alone
@pytest.mark.parametrize(("endpoint", "what"), [("batch-status", "status"), ("batch-detail", "detail")])
def test_info_a_code_without_a_status(code, endpoint, what):
    service = emulator([RUNNING] * 3)
    service.fault({"match": {"endpoint": endpoint}, "effect": without_a_status(code)})
    result = run_info(service)
    assert result["failed"]
    assert [(one["id"], one["what"], one["error_code"]) for one in result["unread"]] == [(job_id(1), what, str(code))]
    assert service.clock.now() < 2


@shows(
    "The same, after an accepted write",
    "batch-status",
    "One is retried: ok. Permanently: unknown after `settle_time`, with the code.",
)
@each_write
@pytest.mark.parametrize("code", ["DRS.M00102", "DRS.M00105", "DRS.M00007"])
def test_a_code_without_a_status_after_a_write(code, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3, lag=5)
    service.fault({"match": {"endpoint": "batch-status", "nth": 2}, "effect": without_a_status(code)})
    assert outcomes(run(service, state, **options)) == ["ok"] * 3
    service = emulator([status] * 3, lag=5)
    service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": without_a_status(code)})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok", "unknown", "ok"]
    assert (result["jobs"][1]["error_code"], result["jobs"][1]["changed"]) == (code, True)
    assert SETTLE_TIME <= result["jobs"][1]["duration"] < SETTLE_TIME + 10


STATUSES = (
    "Frozen",
    "frozen",
    "NODE_UPGRADE_2",
    "INCRE-TRANSFER-STARTED",
    "Incre_Transfer_Started",
    "7",
    "\u00c4RGER",
    "?",
)
each_status = pytest.mark.parametrize("unknown", STATUSES)


@shows(
    "A status that nobody knows, with digits, hyphens, small letters, blanks or other letters",
    "batch-status",
    "failed at once, unknown_status, and named; nothing is sent for it. So in check mode, and with `wait: false`.",
)
@each_status
@each_write
@pytest.mark.parametrize("mode", [{}, {"check": True}, {"wait": False}], ids=["wait", "check mode", "wait: false"])
def test_an_unknown_status_of_any_letters(unknown, write, mode):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    fields = {job_id(1): {"status": unknown, "error_code": None}}
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"row_fields": fields}})
    result = run_batch(service, state=state, job_ids=list(service.jobs), wait_timeout=20, **mode, **options)
    job = result["jobs"][1]
    assert (job["outcome"], job["reason"], job["status"]) == ("failed", "unknown_status", unknown)
    assert unknown in result["msg"]
    assert job["duration"] < 1
    assert not any(job_id(1) in entry.job_ids for entry in service.journal.writes())


@shows("The same, next to an error code", "batch-status", "Judged by the code: refused, or unknown and deleted jobs.")
@each_status
@pytest.mark.parametrize(
    ("code", "outcome", "status"),
    [("DRS.M00105", "failed", None), ("DRS.M00289", "ok", "NOT_FOUND"), ("DRS.M05004", "ok", "DELETED")],
)
def test_an_unknown_status_next_to_a_code(unknown, code, outcome, status):
    service = emulator([ENDED])
    fields = {job_id(0): {"status": unknown, "error_code": code, "error_message": "no"}}
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"row_fields": fields}})
    result = run_batch(service, state="deleted", job_ids=list(service.jobs))
    assert [(job["outcome"], job["status"]) for job in result["jobs"]] == [(outcome, status)]
    assert service.journal.writes() == []


@shows("The same", "drs_job_info: batch-status, the list", "Passed on as it is.")
@each_status
@pytest.mark.parametrize("endpoint", ["batch-status", "list"])
def test_info_an_unknown_status_of_any_letters(unknown, endpoint):
    service = emulator([RUNNING])
    service.fault({"match": {"endpoint": endpoint}, "effect": {"row_status": {job_id(0): unknown}}})
    result = run_info(service, gather=[], **({"job_ids": None} if endpoint == "list" else {}))
    assert ([job["status"] for job in result["jobs"]], result["failed"]) == ([unknown], False)


@shows(
    "`success` or `failed` as the status of a job, in any letters, and no code",
    "batch-status",
    "No status: not_attempted, unreadable; nothing is sent.",
)
@each_write
@pytest.mark.parametrize("word", ["success", "failed", "SUCCESS", "Failed", " success "])
def test_the_word_of_a_write_is_no_status(word, write):
    status, state, options = WRITES[write]
    service = emulator([status])
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"row_status": {job_id(0): word}}})
    result = run(service, state, wait_timeout=20, **options)
    assert [(job["outcome"], job["reason"]) for job in result["jobs"]] == [("not_attempted", "unreadable")]
    assert service.journal.writes() == []


@shows(
    "NOT_FOUND as the text of a status",
    "batch-status",
    "That is the collection's own word: never taken for an unknown id.",
)
def test_our_own_word_is_no_status_of_the_service():
    service = emulator([RUNNING])
    service.fault({"match": {"endpoint": "batch-status"}, "effect": {"row_status": {job_id(0): "NOT_FOUND"}}})
    result = run(service, "deleted", force=True)
    assert [(job["outcome"], job["reason"]) for job in result["jobs"]] == [("failed", "unknown_status")]


# --- stale reads


@shows(
    "One stale read of an earlier status after an accepted delete, or several of them for less than `settle_time`",
    "batch-status",
    "Waited for: ok.",
)
@pytest.mark.parametrize("stale", [RUNNING, "RELEASE_RESOURCE_STARTED", ENDED])
@pytest.mark.parametrize("times", [{"count": 1}, {"for": SETTLE_TIME - 8}])
def test_a_stale_read_after_a_delete(stale, times):
    service = emulator([RUNNING] * 2, lag=4)
    match = {"endpoint": "batch-status", "status_is": "DELETED", **times}
    service.fault({"match": match, "effect": {"row_status": {job_id(0): stale}}})
    result = run(service, "deleted", force=True)
    assert outcomes(result) == ["ok"] * 2
    assert all(service.journal.accepted(job) == ["force_terminate", "delete"] for job in service.jobs)


@shows(
    "The same, for longer than `settle_time`; or a status that was not seen before", "batch-status", "failed, changed."
)
@pytest.mark.parametrize(("status", "at_once"), [(RUNNING, False), ("FULL_TRANSFER_STARTED", True)])
def test_another_status_after_a_delete(status, at_once):
    service = emulator([RUNNING] * 2, lag=4)
    match = {"endpoint": "batch-status", "status_is": "DELETED"}
    service.fault({"match": match, "effect": {"row_status": {job_id(0): status}}})
    result = run(service, "deleted", force=True)
    assert outcomes(result) == ["failed", "ok"]
    assert (result["jobs"][0]["reason"], result["jobs"][0]["changed"]) == ("ended_badly", True)
    sent = service.journal.writes()[-1].time
    assert (service.clock.now() - sent < SETTLE_TIME) == at_once


@shows(
    "One stale read of the status before, while another write is waited for",
    "batch-status",
    "Waited for: ok; nothing is sent again.",
)
@each_write
@pytest.mark.parametrize("nth", [3, 5, 7])
def test_a_stale_read_of_the_status_before(write, nth):
    status, state, options = WRITES[write]
    service = emulator([status] * 2)
    service.fault({"match": {"endpoint": "batch-status", "nth": nth}, "effect": {"row_status": status}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 2
    assert all(service.journal.accepted(job) == [write] for job in service.jobs)
    assert len(service.journal.writes()) == 1


# --- ids


@shows(
    "Ids in upper case, and a service that compares with case",
    "all batch calls",
    "Sent in lower case; the result has the spelling that was given. Two spellings are one job.",
)
@each_write
@pytest.mark.parametrize("way", ["job_ids", "jobs"])
def test_ids_in_upper_case(write, way):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    asked = [job_id(0).upper(), job_id(1), "%s" % job_id(2).replace("jb", "Jb")]
    twice = [*asked, *service.jobs]
    given = {"job_ids": twice} if way == "job_ids" else {"jobs": [{"job_id": job} for job in twice]}
    result = run_batch(service, state=state, **given, **options)
    assert [job["id"] for job in result["jobs"]] == asked
    assert list(result["by_id"]) == [] or set(result["by_id"]) <= set(asked)
    assert list(result["ansible_facts"]["drs_jobs"]) == asked
    assert outcomes(result) == ["ok"] * 3
    assert all(service.journal.accepted(job) == [write] for job in service.jobs)
    assert {job for entry in service.journal for job in entry.job_ids} == set(service.jobs)


@shows("The same, and jobs that run are to be deleted by force", "all batch calls", "Stopped by force and deleted.")
def test_ids_in_upper_case_hide_no_running_job():
    service = emulator([RUNNING] * 3)
    ids = [job.upper() for job in service.jobs]
    result = run_batch(service, state="deleted", force=True, job_ids=ids)
    assert outcomes(result) == ["ok"] * 3
    assert (result["changed"], result["warnings"]) == (True, [])
    assert all(service.journal.accepted(job) == ["force_terminate", "delete"] for job in service.jobs)


@shows("The same", "drs_job_info: all its reads by ids", "The same: nothing is missing.")
def test_info_ids_in_upper_case():
    service = emulator([RUNNING] * 3)
    ids = [job.upper() for job in service.jobs]
    result = run_info(service, job_ids=[*ids, *service.jobs])
    assert ([job["id"] for job in result["jobs"]], result["missing"], result["failed"]) == (ids, [], False)
    assert all(job[part] for job in result["jobs"] for part in _query.PARTS)
    assert {job for entry in service.journal for job in entry.job_ids} == set(service.jobs)


@shows("A service that answers with ids in upper case", "all batch calls", "Compared without case: ok.")
@each_write
def test_rows_with_ids_in_upper_case(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    upper = {job: {"id": job.upper()} for job in service.jobs}
    service.fault({"effect": {"row_fields": upper}})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 3
    assert len(service.journal.writes()) == 1


# --- secrets in the texts of a job

LEAKY = {
    "password=": "connect failed: password=canaryPassword1 host=db",
    "a URL of JDBC": "cannot open jdbc:mysql://root:canaryPassword1@10.0.0.1:3306/orders",
    "identified by": "CREATE USER repl IDENTIFIED BY 'canaryPassword1' failed",
    "JSON": 'request {"db_password": "canaryPassword1"} refused',
    "an option": "mysqldump --password canaryPassword1 failed",
}
each_leak = pytest.mark.parametrize("leak", LEAKY)


@shows(
    "A database's password in a job's error text, as `password=...`, in a URL of JDBC, after `identified by`, in JSON",
    "batch-status, batch-detail, each write; drs_job_batch and drs_job_info",
    "Masked in every text of both.",
)
@each_leak
@each_write
def test_passwords_in_error_texts(leak, write):
    status, state, options = WRITES[write]
    service = emulator([{"status": status, "error_message": LEAKY[leak]}, "CHANGE_JOB_FAILED"])
    service.change_job(job_id(1), {"error_message": LEAKY[leak]})
    fields = {"name": LEAKY[leak], "error_message": LEAKY[leak]}
    service.fault({"match": {"kind": "read"}, "effect": {"row_fields": {"*": fields}}})
    refusal = {"*": ["DRS.M00302", LEAKY[leak]]}
    service.fault({"match": {"kind": "write"}, "effect": {"row_error": refusal}})
    result = run_batch(service, state=state, job_ids=list(service.jobs), **options)
    assert result["failed"]
    said = json.dumps(result)
    assert "canary" not in said
    assert "********" in result["msg"]


@shows("The same", "drs_job_info: all its reads", "The same.")
@each_leak
@pytest.mark.parametrize("by_list", [True, False])
def test_info_passwords_in_error_texts(leak, by_list):
    service = emulator([{"status": "INCRE_TRANSFER_FAILED", "error_message": LEAKY[leak], "name": LEAKY[leak]}])
    result = run_info(service, **({"job_ids": None} if by_list else {}))
    assert "canary" not in json.dumps(result)
    assert "********" in result["jobs"][0]["error_msg"]
    service.fault({"match": {"kind": "read"}, "effect": {"status": 400, "error_msg": LEAKY[leak]}})
    result = run_info(service, **({"job_ids": None} if by_list else {}))
    assert "canary" not in json.dumps(result)
    assert "********" in result["msg"]


# --- pages that are not of the service


PAGE = "<html><head><title>Access denied by policy 4711</title></head><body>Ask the network team.</body></html>"


@shows(
    "A firewall's HTML page with 403, 401 or 404",
    "batch-status, batch-detail, each write; drs_job_batch and drs_job_info",
    "The text says what came (status, type, title) and from where, and to check endpoint, proxies and firewalls; not to check "
    "the token.",
)
@pytest.mark.parametrize("http_status", [401, 403, 404])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-starting", "batch-progress", "list"])
def test_a_firewalls_page(http_status, endpoint):
    info = endpoint in ("batch-progress", "list")
    service = emulator([RUNNING if info else "CONFIGURATION"] * 3)
    page = {"status": http_status, "body": PAGE.encode(), "content_type": "text/html; charset=utf-8"}
    service.fault({"match": {"endpoint": endpoint}, "effect": page})
    by_list = {"job_ids": None} if endpoint == "list" else {}
    result = run_info(service, **by_list) if info else run(service, "started", fail_on="never")
    assert result["failed"]
    said = 'HTTP %d from 127.0.0.1, text/html: "Access denied by policy 4711"' % http_status
    assert said in result["msg"]
    assert "check endpoint, and the proxies and firewalls on the way" in result["msg"]
    assert "heck the token" not in result["msg"]


# --- after everything is decided


@shows(
    "Deletes are refused while batch-detail answers 503 or 429",
    "batch-jobs, batch-detail",
    "Decided by the refusal, at once: no details are read. The text holds the hint at a live yearly/monthly order.",
)
@pytest.mark.parametrize("effect", [{"status": 503, "html": True}, {"status": 429, "empty": True}])
@pytest.mark.parametrize(("code", "seconds"), [("DRS.M00302", 2), ("DRS.M00304", SETTLE_TIME + 10)])
@pytest.mark.parametrize("number", [1, 25])
def test_refused_deletes_need_no_details(effect, code, seconds, number):
    service = emulator([{"status": ENDED, "refuse": {"delete": [code, "no"]}}] * number)
    service.fault({"match": {"endpoint": "batch-detail"}, "effect": effect})
    result = run(service, "deleted")
    assert outcomes(result) == ["failed"] * number
    assert {job["error_code"] for job in result["jobs"]} == {code}
    assert "unsubscribed" in result["msg"]
    assert service.journal.of("batch-detail") == []
    assert service.clock.now() < seconds


@shows("The same", "every other write that is refused", "The same: nothing is read once everything is decided.")
@each_write
def test_nothing_is_read_once_everything_is_decided(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    rows = [{"id": job, "status": "failed", "error_code": "DRS.M00302"} for job in service.jobs]
    service.fault({"match": {"kind": "write"}, "effect": {"status": 200, "body": {"results": rows}}})
    result = run(service, state, allow_paid_order=True, **options)
    assert outcomes(result) == ["failed"] * 3
    assert [entry.kind for entry in service.journal] == ["read", "write"]
