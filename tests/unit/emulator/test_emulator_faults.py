# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault does what its rule says, to the requests that it names, as often as it says."""

from __future__ import annotations

import email.utils
import json
import math

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import Clock, ManualClock, errors
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import HEADERS, PROJECT, emulate, job_id

ONE, TWO = job_id(0), job_id(1)
RUNNING = "INCRE_TRANSFER_STARTED"


def fault(caller, effect, **match):
    return caller.emulator.fault({"match": match, "effect": effect})


@pytest.mark.parametrize(
    ("effect", "fate", "applied"),
    [
        ({"fate": "cut_before"}, "cut", False),
        ({"fate": "cut_after"}, "cut", True),
        ({"fate": "truncate"}, "truncate", True),
        ({"fate": "hang"}, "hang", True),
        ({"fate": "hang", "applied": False}, "hang", False),
        ({"status": 503}, "answer", False),
        ({"status": 503, "applied": True}, "answer", True),
        ({"html": True, "status": 502}, "answer", False),
        ({"empty": True, "status": 504, "applied": True}, "answer", True),
        ({"not_json": True}, "answer", True),
        ({"drop_rows": 1}, "answer", True),
        ({"delay": 3}, "answer", True),
    ],
)
def test_whether_a_write_is_applied(effect, fate, applied):
    caller = emulate(RUNNING, lag=0)
    fault(caller, effect, endpoint="batch-pause-task")
    assert caller.write("pause", ONE).fate == fate
    entry = caller.emulator.journal[0]
    assert (entry.fate, bool(entry.accepted), entry.fault) == (fate, applied, 1)
    assert caller.status(ONE) == ("PAUSING" if applied else RUNNING)


def test_an_error_in_place_of_the_answer():
    caller = emulate(RUNNING)
    fault(caller, {"status": 429, "error_code": "APIGW.0308", "retry_after": 7}, count=1)
    reply = caller.write("pause", ONE)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert reply.json()["error_msg"].startswith("The throttling threshold has been reached")
    assert reply.json()["request_id"] == reply.headers["X-Request-Id"]
    assert caller.write("pause", ONE).status == 200


def test_throttled_by_the_service():
    caller = emulate(RUNNING)
    fault(caller, {"status": 400, "error_code": "DRS.M01503"})
    reply = caller.write("pause", ONE)
    assert (reply.status, reply.json()) == (
        400,
        {"error_code": "DRS.M01503", "error_msg": "Operation too frequent. Try again later."},
    )


@pytest.mark.parametrize(("retry_after", "ahead"), [("date", 5), ({"date": 60}, 60)])
def test_retry_after_as_a_date(retry_after, ahead):
    caller = emulate(RUNNING)
    fault(caller, {"status": 429, "retry_after": retry_after})
    value = caller.write("pause", ONE).headers["Retry-After"]
    seconds = email.utils.parsedate_to_datetime(value).timestamp() - caller.emulator.clock.wall()
    assert seconds == pytest.approx(ahead, abs=1)


@pytest.mark.parametrize(
    ("effect", "status", "content_type", "body"),
    [
        ({"status": 502, "html": True}, 502, "text/html", b"<html>"),
        ({"status": 500, "empty": True}, 500, "application/json", b""),
        ({"status": 503, "body": {"message": "down"}}, 503, "application/json", b'{"message":"down"}'),
        ({"status": 503, "body": "down", "content_type": "text/plain"}, 503, "text/plain", b"down"),
        ({"location": "https://elsewhere.example/"}, 302, "application/json", b""),
        ({"not_json": True}, 200, "application/json", b"this is not JSON"),
        ({"not_json": "<xml/>"}, 200, "application/json", b"<xml/>"),
        ({"wrong_shape": True}, 200, "application/json", b'[{"count":1'),
        ({"wrong_shape": {"results": "none"}}, 200, "application/json", b'{"results":"none"}'),
        ({"nested": 3}, 200, "application/json", b"[[[]]]"),
        ({"many_rows": 2}, 200, "application/json", b'{"results": [{"id": "x", "status": "success"},{"id"'),
        ({"huge": 1000}, 200, "application/json", b'{"results": [], "count": 0, "padding": "xxxx'),
        ({"content_type": "text/html"}, 200, "text/html", b'{"count":1'),
        ({"status": 400, "applied": True}, 400, "application/json", b'{"count":1,"results":['),
    ],
)
def test_bodies(effect, status, content_type, body):
    caller = emulate(RUNNING)
    fault(caller, effect)
    reply = caller.write("pause", ONE)
    assert (reply.status, reply.headers["Content-Type"]) == (status, content_type)
    assert reply.body.startswith(body)
    assert len(reply.body) >= effect.get("huge", 0)
    assert reply.headers.get("Location") == effect.get("location")


@pytest.mark.parametrize(
    ("effect", "rows"),
    [
        ({"drop_rows": 1}, [(ONE, RUNNING)]),
        ({"drop_rows": [ONE]}, [(TWO, RUNNING)]),
        ({"double_rows": True}, [(ONE, RUNNING), (TWO, RUNNING)] * 2),
        ({"extra_rows": [{"id": "x", "status": "DELETED"}]}, [(ONE, RUNNING), (TWO, RUNNING), ("x", "DELETED")]),
        ({"row_status": "FROZEN"}, [(ONE, "FROZEN"), (TWO, "FROZEN")]),
        ({"row_status": {TWO: "FROZEN"}}, [(ONE, RUNNING), (TWO, "FROZEN")]),
    ],
)
def test_rows_missing_doubled_and_changed(effect, rows):
    caller = emulate(RUNNING, RUNNING)
    fault(caller, effect, endpoint="batch-status")
    answer = caller.call("batch-status", {"jobs": [ONE, TWO]}).json()
    assert [(row["id"], row["status"]) for row in answer["results"]] == rows
    assert answer["count"] == caller.emulator.journal[0].rows == len(rows)


@pytest.mark.parametrize(("name", "key"), [("batch-status", "error_message"), ("batch-pause-task", "error_msg")])
def test_a_row_made_to_fail(name, key):
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"row_error": {ONE: ["DRS.M01504", "busy"]}})
    jobs = [ONE, TWO] if name == "batch-status" else [{"job_id": one, "pause_mode": "all"} for one in (ONE, TWO)]
    rows = caller.call(name, {"jobs": jobs}).json()["results"]
    assert rows[0] == {"id": ONE, "status": "failed", "error_code": "DRS.M01504", key: "busy"}
    assert "error_code" not in rows[1]


def test_every_row_made_to_fail():
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"row_error": {"*": ["DRS.M01504", "busy"]}})
    rows = caller.call("batch-status", {"jobs": [ONE, TWO]}).json()["results"]
    assert [row["error_code"] for row in rows] == ["DRS.M01504"] * 2


def hits(caller, times=6):
    """Which of so many reads the fault hit."""
    return [caller.call("batch-status", {"jobs": [ONE]}).status == 500 for _turn in range(times)]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, [1, 1, 1, 1, 1, 1]),
        ({"count": 2}, [1, 1, 0, 0, 0, 0]),
        ({"nth": 3}, [0, 0, 1, 0, 0, 0]),
        ({"nth": [1, 4]}, [1, 0, 0, 1, 0, 0]),
        ({"after": 4}, [0, 0, 0, 0, 1, 1]),
        ({"after": 2, "count": 1}, [0, 0, 1, 0, 0, 0]),
        ({"probability": 0}, [0, 0, 0, 0, 0, 0]),
        ({"probability": 1, "count": 1}, [1, 0, 0, 0, 0, 0]),
    ],
)
def test_how_often(match, expected):
    caller = emulate(RUNNING)
    rule = fault(caller, {"status": 500}, **match)
    assert [int(hit) for hit in hits(caller)] == expected
    assert (rule.matched, rule.used) == (6, sum(expected))


def test_probability_repeats_with_its_seed():
    def run(seed):
        caller = emulate(RUNNING, random_seed=seed)
        fault(caller, {"status": 500}, probability=0.5)
        return hits(caller, 64)

    assert run(1) == run(1) != run(2)
    assert 0 < sum(run(1)) < 64


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"endpoint": "batch-pause-task"}, True),
        ({"endpoint": ["batch-status", "batch-pause-task"]}, True),
        ({"endpoint": "batch-status"}, False),
        ({"method": "POST"}, True),
        ({"method": "DELETE"}, False),
        ({"kind": "write"}, True),
        ({"kind": "read"}, False),
        ({"job_id": ONE}, True),
        ({"job_id": [TWO, ONE]}, True),
        ({"job_id": TWO}, False),
        ({"verb": "pause"}, True),
        ({"verb": ["terminate"]}, False),
        ({"status_is": RUNNING}, True),
        ({"status_is": "PAUSING"}, False),
        ({"kind": "write", "status_is": RUNNING, "job_id": ONE}, True),
    ],
)
def test_which_requests(match, hit):
    caller = emulate(RUNNING, "PAUSING")
    fault(caller, {"status": 500}, **match)
    assert caller.write("pause", ONE).status == (500 if hit else 200)


def test_a_stop_is_matched_by_its_delete_type():
    caller = emulate(RUNNING)
    fault(caller, {"status": 500}, verb="force_terminate")
    assert caller.write("terminate", ONE).status == 202
    assert caller.write("force_terminate", ONE).status == 500


def test_the_first_rule_that_fits_is_used():
    caller = emulate(RUNNING)
    fault(caller, {"status": 500}, count=1)
    fault(caller, {"status": 503})
    assert [caller.write("pause", ONE).status for _turn in range(2)] == [500, 503]


def test_iam_has_faults_too():
    caller = emulate()
    fault(
        caller,
        {"status": 503, "body": {"error": {"code": 503, "message": "down", "title": "Service Unavailable"}}},
        kind="iam",
    )
    assert caller.send("POST", "/v3/auth/tokens", {}).status == 503
    assert caller.send("GET", "/v3/projects").status == 503


def test_admin_requests_are_never_hit():
    caller = emulate()
    fault(caller, {"status": 500})
    assert caller.send("GET", "/_emulator/health").status == 200


def test_tokens_expire_in_the_middle():
    caller = emulate(RUNNING)
    fault(caller, {"expire_tokens": True}, nth=2, endpoint="batch-status")
    body = {"jobs": [ONE]}
    assert [caller.call("batch-status", body).status for _turn in range(3)] == [200, 401, 401]


def test_a_service_that_echoes_secrets():
    caller = emulate(RUNNING)
    fault(caller, {"echo_secrets": True, "status": 401, "error_code": "APIGW.0301"})
    body = json.dumps({"auth": {"password": "canary-password"}}).encode()
    headers = {
        **HEADERS,
        "X-Auth-Token": "canary-token",
        "X-Security-Token": "canary-security",
        "Authorization": "canary-signature",
    }
    reply = caller.emulator.handle("POST", "/v3/auth/tokens", headers, body)
    assert reply.status == 401
    for canary in ("canary-password", "canary-token", "canary-security", "canary-signature"):
        assert canary in reply.json()["error_msg"]


def test_latency_and_delay_add_up():
    caller = emulate(RUNNING, latency=0.05)
    assert caller.write("pause", ONE).delay == 0.05
    fault(caller, {"delay": 2})
    assert caller.write("pause", ONE).delay == pytest.approx(2.05)


def test_rules_are_removed_one_by_one_or_all():
    caller = emulate(RUNNING)
    first, _second = fault(caller, {"status": 500}), fault(caller, {"status": 503})
    caller.emulator.faults.remove(first.id)
    assert caller.write("pause", ONE).status == 503
    caller.emulator.faults.remove()
    assert caller.write("pause", ONE).status == 200


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"effect": {}},
        {"match": {}},
        [],
        {"effect": {"status": 500}, "when": 1},
        {"effect": {"colour": "red"}},
        {"effect": {"fate": "explode"}},
        {"effect": {"status": 500}, "match": {"job": ONE}},
        {"effect": {"status": 500}, "match": []},
    ],
)
def test_a_rule_that_means_nothing_is_refused(rule):
    with pytest.raises(ValueError, match="fault:"):
        emulate().emulator.fault(rule)


def test_seeded_rules_are_there_from_the_beginning_and_after_a_reset():
    caller = emulate(RUNNING)
    rule = {"match": {"count": 1, "kind": "write"}, "effect": {"status": 500}}
    caller.emulator.seed({"jobs": [{"id": ONE, "status": RUNNING}], "faults": [rule]})
    assert [caller.write("pause", ONE).status for _turn in range(2)] == [500, 200]
    caller.emulator.reset()
    assert caller.write("pause", ONE).status == 500
    assert caller.status(ONE) == RUNNING
    assert caller.call("batch-status", {"jobs": [ONE]}).json()["results"][0]["id"] == ONE
    assert PROJECT in caller.emulator.journal[0].path


def read(caller, *ids, name="batch-status"):
    reply = caller.call(name, {"jobs": list(ids)})
    return reply.status, reply.json()


def reads(caller, *ids):
    """The ids that have a row, and the count."""
    status, answer = read(caller, *ids)
    assert status == 200
    return [row["id"] for row in answer["results"]], answer["count"]


# Rows that are missing for a time


def test_the_rows_of_all_jobs_are_missing_for_half_a_second():
    caller = emulate(RUNNING, RUNNING)
    rule = fault(caller, {"drop_rows": "all"}, kind="read", **{"for": 0.5})
    caller.emulator.tick(100)
    assert reads(caller, ONE, TWO) == ([], 0)
    caller.emulator.tick(0.5)
    assert read(caller, ONE, name="batch-progress") == (202, {"count": 0, "results": []})
    caller.emulator.tick(0.01)
    assert reads(caller, ONE, TWO) == ([ONE, TWO], 2)
    assert [entry.fault for entry in caller.emulator.journal] == [rule.id, rule.id, None]
    assert (rule.first_used, rule.used, rule.matched) == (100, 2, 3)


def test_the_rows_of_one_job_are_missing_for_forty_seconds():
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"drop_rows": [TWO]}, endpoint="batch-status", after=1, **{"for": 40})
    seen = []
    for _turn in range(6):
        seen.append(reads(caller, ONE, TWO)[1])
        caller.emulator.tick(20)
    assert seen == [2, 1, 1, 1, 2, 2]
    assert [entry.rows for entry in caller.emulator.journal] == seen


def test_a_rule_for_a_time_ends_with_a_scaled_clock_too():
    caller = emulate(RUNNING, clock=Clock(scale=100_000))
    rule = fault(caller, {"status": 403, "error_code": "DRS.M00100"}, **{"for": 60})
    assert caller.write("pause", ONE).status == 403
    until = caller.emulator.clock.now() + 61
    while caller.emulator.clock.now() < until:
        pass  # less than a thousandth of a second
    assert caller.write("pause", ONE).status == 200
    assert rule.used == 1


# Requests refused as a whole that were carried out in part

REFUSALS = [
    ({"status": 400, "error_code": "DRS.M00202"}, 400),
    ({"status": 400, "html": True}, 400),
    ({"status": 403, "error_code": "DRS.M00102"}, 403),
    ({"status": 413, "empty": True}, 413),
    ({"status": 422, "error_code": "DRS.M01501"}, 422),
    ({"status": 400, "error_code": "DRS.M01503"}, 400),
    ({"status": 202, "error_code": "DRS.M01504"}, 202),
    ({"status": 429, "error_code": "APIGW.0308", "retry_after": 1}, 429),
    ({"status": 503, "body": {"message": "down"}}, 503),
    ({"error_code": "DRS.M00302"}, 400),
    ({}, 400),
]


@pytest.mark.parametrize(("effect", "status"), REFUSALS)
@pytest.mark.parametrize(
    ("jobs", "applied", "carried_out"), [(3, 0, 0), (3, 1, 1), (3, 2, 2), (3, 3, 2), (3, 99, 2), (2, 5, 1), (1, 1, 0)]
)
def test_the_first_jobs_of_a_refused_request_are_carried_out(effect, status, jobs, applied, carried_out):
    caller = emulate(*[RUNNING] * jobs, lag=0)
    fault(caller, {**effect, "applied": applied}, kind="write")
    ids = [job_id(number) for number in range(jobs)]
    reply = caller.write("pause", *ids)
    assert reply.status == status
    assert b"results" not in reply.body
    entry = caller.emulator.journal[0]
    assert [done["job_id"] for done in entry.accepted] == ids[:carried_out]
    assert entry.rows == 0
    assert caller.statuses(*ids) == ["PAUSING"] * carried_out + [RUNNING] * (jobs - carried_out)


def test_what_the_service_itself_refuses_is_not_carried_out_in_part():
    caller = emulate("PAUSING", RUNNING, RUNNING)
    fault(caller, {"status": 403, "applied": 2})
    caller.write("pause", *map(job_id, range(3)))
    assert [done["job_id"] for done in caller.emulator.journal[0].accepted] == [TWO]
    caller.write("pause", TWO, TWO)
    assert caller.emulator.journal[1].accepted == []


def test_a_part_is_carried_out_and_the_answer_is_lost():
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"fate": "cut_after", "applied": 1})
    assert caller.write("pause", ONE, TWO).fate == "cut"
    assert [done["job_id"] for done in caller.emulator.journal[0].accepted] == [ONE]


# Rows and an error in one answer


@pytest.mark.parametrize("status", [200, 400, 403, 404, 429, 500])
@pytest.mark.parametrize(
    ("applied", "rows"), [({}, [ONE, TWO]), ({"applied": True}, [ONE, TWO]), ({"applied": 1}, [ONE])]
)
def test_rows_with_an_error_at_the_top(status, applied, rows):
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"status": status, "with_error": ["DRS.M01503", "too often"], "retry_after": 7, **applied})
    reply = caller.write("pause", ONE, TWO)
    assert (reply.status, reply.headers["Retry-After"]) == (status, "7")
    assert reply.json() == {
        "count": len(rows),
        "results": [{"id": one, "status": "success"} for one in rows],
        "error_code": "DRS.M01503",
        "error_msg": "too often",
    }
    entry = caller.emulator.journal[0]
    assert [done["job_id"] for done in entry.accepted] == rows
    assert (entry.error_code, entry.rows) == ("DRS.M01503", len(rows))


def test_rows_with_the_gateways_error_and_a_read_with_one():
    caller = emulate(RUNNING)
    fault(caller, {"with_error": ["APIGW.0308", "too often"]})
    reply = caller.call("batch-status", {"jobs": [ONE]})
    assert (reply.status, reply.json()["request_id"]) == (200, reply.headers["X-Request-Id"])
    assert reply.json()["results"] == [{"id": ONE, "status": RUNNING}]


def test_an_error_at_the_top_without_rows_where_nothing_was_applied():
    caller = emulate(RUNNING)
    fault(caller, {"status": 429, "with_error": ["DRS.M01503", "too often"], "applied": False})
    assert caller.write("pause", ONE).json() == {"error_code": "DRS.M01503", "error_msg": "too often"}
    assert caller.emulator.journal[0].accepted == []


# Odd rows


@pytest.mark.parametrize(
    ("effect", "row"),
    [
        ({"row_fields": {"*": {"error_code": "DRS-M00000"}}}, {"status": "success", "error_code": "DRS-M00000"}),
        ({"row_fields": {"*": {"error_code": "0"}}}, {"status": "success", "error_code": "0"}),
        ({"row_fields": {ONE: {"error_code": 0}}}, {"status": "success", "error_code": 0}),
        ({"row_fields": {"*": {"error_code": ["x", {}]}}}, {"status": "success", "error_code": ["x", {}]}),
        ({"row_fields": {"*": {"error_code": {"a": None}}}}, {"status": "success", "error_code": {"a": None}}),
        ({"row_fields": {"*": {"status": None, "error_code": "DRS.M00105"}}}, {"error_code": "DRS.M00105"}),
        ({"row_fields": {"*": {"status": None}}}, {}),
        ({"row_fields": {TWO: {"status": None}}}, {"status": "success"}),
        ({"row_fields": {"*": {"status": "a"}, ONE: {"status": "b", "name": True}}}, {"status": "b", "name": True}),
        ({"row_fields": {"*": {"nobodys": None}}}, {"status": "success"}),
        (
            {"row_error": {"*": ["X", "y"]}, "row_fields": {"*": {"error_msg": None}}},
            {"status": "failed", "error_code": "X"},
        ),
        ({"row_status": ["x"]}, {"status": ["x"]}),
        ({"row_status": 7}, {"status": 7}),
        ({"row_status": False}, {"status": False}),
        ({"row_status": None}, {"status": "success"}),
        ({"row_status": {"*": {"x": 1}}}, {"status": {"x": 1}}),
        ({"row_status": {"*": "a", ONE: "b"}}, {"status": "b"}),
        ({"row_status": {"*": "Frozen", TWO: "b"}}, {"status": "Frozen"}),
    ],
)
def test_fields_of_rows(effect, row):
    caller = emulate(RUNNING)
    fault(caller, effect)
    assert caller.write("pause", ONE).json()["results"] == [{"id": ONE, **row}]
    assert caller.emulator.journal.accepted(ONE) == ["pause"]


@pytest.mark.parametrize("name", ["\ud83d", "\x1b[31m", "a\nok: [localhost]", "\u202e", "\x00", "\ufeff", "\U0001f600"])
@pytest.mark.parametrize("how", ["row_fields", "seed", "error_msg"])
def test_odd_characters_arrive(name, how):
    caller = emulate({"status": RUNNING, "name": name if how == "seed" else "job"})
    if how == "row_fields":
        fault(caller, {"row_fields": {"*": {"name": name}}})
    elif how == "error_msg":
        fault(caller, {"error_msg": name})
    reply = caller.call("batch-detail", {"jobs": [ONE]})
    answer = reply.json()
    assert (answer["error_msg"] if how == "error_msg" else answer["results"][0]["name"]) == name
    assert (b"\\ud83d" in reply.body) == (name == "\ud83d")
    assert caller.send("GET", "/_emulator/faults").status == 200
    assert caller.send("GET", "/_emulator/state").status == 200


def test_a_field_of_detail_with_another_shape():
    caller = emulate(RUNNING)
    fault(caller, {"row_fields": {"*": {"period_order": {"status": ["x"]}}}}, endpoint="batch-detail")
    assert read(caller, ONE, name="batch-detail")[1]["results"][0]["period_order"] == {"status": ["x"]}


@pytest.mark.parametrize("code", [["a"], {"a": 1}, 0, None, True, "DRS-M00000"])
def test_a_code_of_any_type_in_place_of_the_answer(code):
    caller = emulate(RUNNING)
    fault(caller, {"status": 403, "error_code": code})
    assert caller.write("pause", ONE).json()["error_code"] == code
    assert caller.emulator.journal[0].error_code == code
    entries = caller.send("GET", "/_emulator/journal").json()["entries"]
    assert entries[0]["error_code"] == code


# Odd bytes and headers


@pytest.mark.parametrize(
    ("effect", "begins", "ends"),
    [
        ({"prefix": "\ufeff"}, b'\xef\xbb\xbf{"count"', b"}"),
        ({"prefix": b"\x00"}, b'\x00{"count"', b"}"),
        ({"suffix": "\x00"}, b'{"count"', b"}\x00"),
        ({"prefix": b"\xff\xfe", "suffix": "\ud83d"}, b"\xff\xfe{", b"}\xed\xa0\xbd"),
        ({"prefix": "x", "status": 403}, b'x{"error_code"', b"}"),
        ({"prefix": "x", "body": b"y", "suffix": "z"}, b"xyz", b"xyz"),
    ],
)
def test_bytes_around_the_body(effect, begins, ends):
    caller = emulate(RUNNING)
    rule = fault(caller, effect)
    reply = caller.write("pause", ONE)
    assert reply.body.startswith(begins)
    assert reply.body.endswith(ends)
    assert caller.emulator.journal[0].fault == rule.id
    assert caller.send("GET", "/_emulator/faults").json()[0]["effect"].keys() == effect.keys()


def test_headers_are_set_replaced_and_removed():
    caller = emulate(RUNNING)
    odd = {
        "content-type": "text/html",
        "X-Request-Id": "\x1b[31m\r\nforged: yes\x00",
        "Retry-After": "1e999",
        "Content-Length": "9" * 5000,
        "Date": None,
    }
    fault(caller, {"headers": odd, "retry_after": 3})
    reply = caller.write("pause", ONE)
    assert reply.headers == {name: value for name, value in odd.items() if value is not None}
    assert reply.sets_length
    assert b"\nforged" not in reply.head()
    assert caller.emulator.journal.accepted(ONE) == ["pause"]


def seconds(value):
    return email.utils.parsedate_to_datetime(value).timestamp()


@pytest.mark.parametrize("offset", [0, 3600, -90.5])
def test_the_date_of_a_reply_and_what_counts_from_it(offset):
    caller = emulate(RUNNING, clock=ManualClock(1_780_272_000), date_offset=offset)
    caller.emulator.tick(10)
    assert seconds(caller.write("pause", ONE).headers["Date"]) == math.floor(1_780_272_010 + offset)
    fault(caller, {"status": 429, "retry_after": {"date": 30}})
    reply = caller.write("pause", ONE)
    assert seconds(reply.headers["Retry-After"]) - seconds(reply.headers["Date"]) == 30


@pytest.mark.parametrize("ahead", [-(10**10), 10**10])
def test_a_far_date_can_be_written(ahead):
    caller = emulate(RUNNING)
    fault(caller, {"status": 429, "retry_after": {"date": ahead}})
    assert caller.write("pause", ONE).headers["Retry-After"].endswith("GMT")


# Slow replies, and a proxy that refuses


def test_how_long_a_trickling_reply_takes():
    caller = emulate(RUNNING)
    fault(caller, {"fate": "trickle", "trickle": {"head": 1}}, nth=1)
    fault(caller, {"fate": "trickle", "trickle": {"body": 2}}, nth=1)
    fault(caller, {"fate": "trickle", "trickle": {"continues": 40}}, nth=1)
    fault(caller, {"fate": "trickle", "trickle": {"continues": 4, "pause": 0.5, "body": 1}, "status": 503}, nth=1)
    head, body, continues, both = [caller.call("batch-status", {"jobs": [ONE]}) for _turn in range(4)]
    assert head.seconds == len(head.head())
    assert body.seconds == 2 * len(body.body)
    assert continues.seconds == 40
    assert (both.seconds, both.status) == (2 + len(both.body), 503)
    assert [entry.fate for entry in caller.emulator.journal] == ["trickle"] * 4
    assert caller.call("batch-status", {"jobs": [ONE]}).seconds == 0


def test_a_trickling_write_is_applied_unless_the_rule_says_otherwise():
    caller = emulate(RUNNING, RUNNING)
    slow = {"fate": "trickle", "trickle": {"head": 1}}
    fault(caller, slow, job_id=ONE)
    fault(caller, {**slow, "applied": False}, job_id=TWO)
    caller.write("pause", ONE)
    caller.write("pause", TWO)
    assert [bool(entry.accepted) for entry in caller.emulator.journal] == [True, False]


@pytest.mark.parametrize(("more", "status"), [({}, 407), ({"proxy_status": 403}, 403), ({"proxy_status": 502}, 502)])
@pytest.mark.parametrize("applied", [{}, {"applied": True}, {"applied": 1}])
def test_a_proxy_refuses_and_the_service_sees_nothing(more, status, applied):
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"fate": "proxy_refuses", **more, **applied})
    reply = caller.write("pause", ONE, TWO)
    assert (reply.fate, reply.status, reply.body) == ("proxy_refuses", status, b"")
    entry = caller.emulator.journal[0]
    assert (entry.fate, entry.status, entry.accepted) == ("proxy_refuses", status, [])


# Which requests


def test_a_page_with_an_unknown_id_is_refused_as_a_whole_and_the_id_alone_is_answered():
    caller = emulate(RUNNING, RUNNING)
    unknown = job_id(9)
    rule = fault(
        caller,
        {"status": 404, "error_code": "DRS.M00289"},
        endpoint="batch-status",
        job_id=unknown,
        jobs_least=2,
    )
    assert read(caller, ONE, unknown) == (
        404,
        {"error_code": "DRS.M00289", "error_msg": "The task does not exist."},
    )
    assert read(caller, ONE, TWO)[0] == 200
    assert read(caller, unknown)[1]["results"][0]["error_code"] == "DRS.M00289"
    assert [entry.fault for entry in caller.emulator.journal] == [rule.id, None, None]


@pytest.mark.parametrize(("least", "hit"), [(0, True), (1, True), (2, True), (3, False)])
def test_requests_by_how_many_jobs_they_hold(least, hit):
    caller = emulate(RUNNING, RUNNING)
    fault(caller, {"status": 500}, jobs_least=least)
    assert caller.write("pause", ONE, TWO).status == (500 if hit else 200)


# Rules that are refused


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("match", "endpoint", 1),
        ("match", "job_id", [ONE, 2]),
        ("match", "for", -1),
        ("match", "for", "60"),
        ("match", "for", True),
        ("match", "for", float("inf")),
        ("match", "jobs_least", 1.5),
        ("match", "jobs_least", True),
        ("match", "nth", "1"),
        ("match", "count", -1),
        ("match", "probability", 2),
        ("effect", "status", "500"),
        ("effect", "status", 5),
        ("effect", "applied", -1),
        ("effect", "applied", 1.5),
        ("effect", "applied", "2"),
        ("effect", "drop_rows", "some"),
        ("effect", "drop_rows", True),
        ("effect", "drop_rows", [1]),
        ("effect", "extra_rows", ["a"]),
        ("effect", "error_code", {1, 2}),
        ("effect", "row_status", {1, 2}),
        ("effect", "row_error", {ONE: "busy"}),
        ("effect", "row_fields", {"status": "x"}),
        ("effect", "row_fields", [ONE]),
        ("effect", "row_fields", {ONE: {"status": b"x"}}),
        ("effect", "with_error", "DRS.M01503"),
        ("effect", "with_error", ["DRS.M01503"]),
        ("effect", "prefix", 0),
        ("effect", "suffix", ["x"]),
        ("effect", "headers", ["Date"]),
        ("effect", "headers", {"Retry-After": 5}),
        ("effect", "headers", {"a b": "c"}),
        ("effect", "headers", {"": "c"}),
        ("effect", "retry_after", {"date": "soon"}),
        ("effect", "retry_after", {"date": 10**11}),
        ("effect", "retry_after", {"in": 5}),
        ("effect", "delay", -1),
        ("effect", "fate", ["hang"]),
        ("effect", "trickle", {}),
        ("effect", "trickle", {"tail": 1}),
        ("effect", "trickle", {"head": -1}),
        ("effect", "trickle", {"continues": 1.5}),
        ("effect", "proxy_status", 200),
        ("effect", "proxy_status", "407"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_name(part, name, value):
    rule = {"effect": {"status": 500}, part: {name: value}}
    with pytest.raises(ValueError, match=rf"fault: {part}\.{name}: .* is not "):
        emulate().emulator.fault(rule)


@pytest.mark.parametrize(
    ("effect", "message"),
    [
        ({"fate": "trickle"}, "needs effect.trickle"),
        ({"trickle": {"head": 1}}, "needs the fate trickle"),
        ({"fate": "hang", "trickle": {"head": 1}}, "needs the fate trickle"),
        ({"fate": "cut_before", "proxy_status": 407}, "needs the fate proxy_refuses"),
        ({"with_error": ["a", "b"], "error_code": "c"}, "with_error keeps the service's rows, and error_code does not"),
        ({"with_error": ["a", "b"], "html": True, "body": ""}, "and body, html does not"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(effect, message):
    with pytest.raises(ValueError, match=message):
        emulate().emulator.fault({"effect": effect})


@pytest.mark.parametrize(
    "code",
    [f"DRS.M{number:05d}" for number in (2, 100, 101, 102, 103, 105, 200, 299, 5003)],
)
def test_a_code_of_the_table_has_its_text(code):
    caller = emulate(RUNNING)
    fault(caller, {"status": 400, "error_code": code})
    assert caller.write("pause", ONE).json() == {"error_code": code, "error_msg": errors.MESSAGES[code]}
