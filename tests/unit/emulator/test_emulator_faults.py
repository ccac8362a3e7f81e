# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault does what its rule says, to the requests that it names, as often as it says."""

from __future__ import annotations

import email.utils
import json

import pytest
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
