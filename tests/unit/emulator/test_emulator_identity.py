# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens, signatures and projects are really checked."""

from __future__ import annotations

import json
import time

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import ManualClock, signatures
from ansible_collections.huaweicloud.drs.tests.emulator.messages import Request
from ansible_collections.huaweicloud.drs.tests.emulator.seed import PASSWORD, SECRET_KEY
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import PROJECT, emulate, job_id

ONE = job_id(0)
PATH = f"/v3/{PROJECT}/jobs/batch-status"
BODY = {"jobs": [ONE]}
SENT = json.dumps(BODY).encode()
KEY = "EMULATORACCESSKEY"


def signed(
    caller,
    method="POST",
    target=PATH,
    body=SENT,
    off=0.0,
    key=KEY,
    secret=SECRET_KEY,
    **headers,
):
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(caller.emulator.clock.wall() + off))
    given = {"Host": "127.0.0.1", "Content-Type": "application/json", "X-Sdk-Date": date, **headers}
    names = tuple(sorted(name.lower() for name in given))
    request = Request.parse(method, target, given, body, "")
    made = signatures.signature(secret, date, signatures.canonical_request(request, names))
    given["Authorization"] = f"SDK-HMAC-SHA256 Access={key}, SignedHeaders={';'.join(names)}, Signature={made}"
    return given


def token_body(project=None, **changes):
    user = {"name": "emulator-user", "password": PASSWORD, "domain": {"name": "emulator-domain"}}
    scope = {"project": {"name": "eu-de"} if project is None else project}
    return {"auth": {"identity": {"methods": ["password"], "password": {"user": {**user, **changes}}}, "scope": scope}}


def no_token(headers=None):
    return {"Content-Type": "application/json", **(headers or {})}


def test_the_vendors_signature_of_a_known_request():
    headers = {
        "Content-Type": "application/json",
        "Host": "drs.eu-de.otc.t-systems.com",
        "X-Project-Id": PROJECT,
        "X-Sdk-Date": "20260101T000000Z",
    }
    body = json.dumps({"jobs": [{"job_id": "140b5236-88ad-43c8-811c-1268453jb101"}]}).encode()
    request = Request.parse("POST", f"/v3/{PROJECT}/jobs/batch-starting", headers, body, "")
    names = ("content-type", "host", "x-project-id", "x-sdk-date")
    canonical = signatures.canonical_request(request, names)
    assert canonical.splitlines()[1] == f"/v3/{PROJECT}/jobs/batch-starting/"
    assert (
        signatures.signature("SKEXAMPLE", "20260101T000000Z", canonical)
        == "b6bc1efc5db5a53f029af60f8d3378a05a2112eff6ff0b043752c268663c6e99"
    )


def test_the_canonical_request_sorts_and_quotes_the_query():
    request = Request.parse("GET", "/v3/projects?b=2&a=x%20y&a=%C3%BC~", {"host": "h"}, b"", "")
    lines = signatures.canonical_request(request, ("host",)).split("\n")
    assert lines[:3] == ["GET", "/v3/projects/", "a=x%20y&a=%C3%BC~&b=2"]
    assert lines[-1] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_signed_request_is_let_in():
    caller = emulate("CONFIGURATION")
    for headers in ({}, {"X-Project-Id": PROJECT}, {"X-Language": "en-us"}):
        given = signed(caller, **headers)
        assert caller.emulator.handle("POST", PATH, given, SENT).status == 200


@pytest.mark.parametrize("part", ["body", "path", "query", "method", "header", "secret"])
def test_a_signature_of_something_else_is_refused_and_the_canonical_request_echoed(part):
    caller = emulate("CONFIGURATION")
    body = json.dumps(BODY).encode()
    given = signed(caller, body=body, secret="another-secret-key" if part == "secret" else SECRET_KEY)
    if part == "header":
        given["Content-Type"] = "application/json; charset=utf-8"
    reply = caller.emulator.handle(
        "DELETE" if part == "method" else "POST",
        PATH.replace("status", "detail" if part == "path" else "jobs" if part == "method" else "status")
        + ("?a=1" if part == "query" else ""),
        given,
        body + b" " if part == "body" else body,
    )
    assert (reply.status, reply.json()["error_code"]) == (401, "APIGW.0301")
    message = reply.json()["error_msg"]
    assert message.startswith("Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:")
    assert f"|/v3/{PROJECT}/jobs/batch-" in message
    assert SECRET_KEY not in message


@pytest.mark.parametrize(("off", "status"), [(0, 200), (899, 200), (-899, 200), (901, 401), (-1200, 401)])
def test_a_clock_may_be_fifteen_minutes_off(off, status):
    caller = emulate("CONFIGURATION")
    reply = caller.emulator.handle("POST", PATH, signed(caller, off=off), SENT)
    assert reply.status == status
    if status == 401:
        assert reply.json()["error_msg"].endswith("calc ak sk signature fail:signature expired")


@pytest.mark.parametrize(("off", "status"), [(0, 401), (3600, 200), (3600 + 901, 401)])
def test_a_signature_is_checked_by_the_services_own_date(off, status):
    caller = emulate("CONFIGURATION", date_offset=3600)
    assert caller.emulator.handle("POST", PATH, signed(caller, off=off), SENT).status == status


def test_a_key_that_nobody_has():
    caller = emulate("CONFIGURATION")
    reply = caller.emulator.handle("POST", PATH, signed(caller, key="NOBODYSKEY"), b"{}")
    assert reply.json()["error_msg"].endswith("Get secretKey failed,ak:NOBODYSKEY")


@pytest.mark.parametrize(
    "authorization", ["Basic eDp5", "SDK-HMAC-SHA256 Access=a", "", "AWS4-HMAC-SHA256 Credential=a"]
)
def test_another_authorization_is_refused(authorization):
    reply = emulate("CONFIGURATION").send("POST", PATH, BODY, no_token({"Authorization": authorization}))
    assert (reply.status, reply.json()["error_code"]) == (401, "APIGW.0301")


def test_a_date_that_is_none():
    caller = emulate("CONFIGURATION")
    given = {**signed(caller), "X-Sdk-Date": "yesterday"}
    assert caller.emulator.handle("POST", PATH, given, SENT).json()["error_msg"].endswith("must be signed")


@pytest.mark.parametrize("as_received", [str, lambda value: value.encode().decode("latin-1")])
def test_a_signed_header_beyond_ascii_in_process_and_as_a_server_reads_it(as_received):
    caller = emulate("CONFIGURATION")
    given = signed(caller, **{"X-Note": "Zürich"})
    given["X-Note"] = as_received(given["X-Note"])
    assert caller.emulator.handle("POST", PATH, given, SENT).status == 200


@pytest.mark.parametrize("left_out", ["host", "x-sdk-date"])
def test_date_and_host_must_be_signed(left_out):
    caller = emulate("CONFIGURATION")
    given = signed(caller)
    given["Authorization"] = given["Authorization"].replace(f"{left_out};", "").replace(f";{left_out}", "")
    assert caller.emulator.handle("POST", PATH, given, b"{}").json()["error_msg"].endswith("must be signed")


def test_a_temporary_key_needs_its_security_token():
    key = {"access_key": "TEMPORARYKEY", "secret_key": SECRET_KEY, "security_token": "temporary-token"}
    caller = emulate("CONFIGURATION", identity={"keys": [key]})
    pair = {"key": "TEMPORARYKEY", "secret": SECRET_KEY}
    given = signed(caller, **pair, **{"X-Security-Token": "temporary-token"})
    assert caller.emulator.handle("POST", PATH, given, SENT).status == 200
    for wrong in ({}, {"X-Security-Token": "another-token"}):
        assert caller.emulator.handle("POST", PATH, signed(caller, **pair, **wrong), SENT).status == 401
    unsigned = {**signed(caller, **pair), "X-Security-Token": "temporary-token"}
    assert caller.emulator.handle("POST", PATH, unsigned, SENT).status == 401


def test_a_token_by_password_lets_in_until_it_expires():
    caller = emulate("CONFIGURATION", token_lifetime=100)
    reply = caller.send("POST", "/v3/auth/tokens", token_body(), no_token())
    assert reply.status == 201
    token = reply.headers["X-Subject-Token"]
    body = reply.json()["token"]
    assert body["project"]["id"] == PROJECT
    assert body["expires_at"] > body["issued_at"]
    headers = no_token({"X-Auth-Token": token})
    assert caller.send("POST", PATH, BODY, headers).status == 200
    caller.emulator.tick(100)
    expired = caller.send("POST", PATH, BODY, headers)
    assert (expired.status, expired.json()["error_code"]) == (401, "APIGW.0307")
    fresh = caller.send("POST", "/v3/auth/tokens", token_body({"id": PROJECT}), no_token()).headers["X-Subject-Token"]
    assert fresh != token
    assert caller.send("POST", PATH, BODY, no_token({"X-Auth-Token": fresh})).status == 200


def test_a_token_that_nobody_issued():
    reply = emulate("CONFIGURATION").send("POST", PATH, BODY, no_token({"X-Auth-Token": "wrong"}))
    assert reply.status == 401
    assert reply.json()["error_msg"] == "Incorrect IAM authentication information: decrypt token fail"
    assert len(reply.json()["request_id"]) == 32


def test_nobody_is_let_in_without_anything():
    reply = emulate("CONFIGURATION").send("POST", PATH, BODY, no_token())
    assert (reply.status, reply.json()["error_code"]) == (401, "APIGW.0301")
    assert emulate("CONFIGURATION", auth=False).send("POST", PATH, BODY, no_token()).status == 200


@pytest.mark.parametrize("changes", [{"name": "x"}, {"password": "x"}, {"domain": {"name": "x"}}])
def test_a_wrong_password_is_401_in_the_shape_of_iam(changes):
    reply = emulate().send("POST", "/v3/auth/tokens", token_body(**changes), no_token())
    assert reply.status == 401
    assert reply.json() == {
        "error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
    }


@pytest.mark.parametrize(
    "body", [{}, None, [], {"auth": {"identity": {"methods": ["token"]}}}, {"auth": {"identity": 7}}]
)
def test_another_body_gets_no_token(body):
    assert emulate().send("POST", "/v3/auth/tokens", body, no_token()).status == 400


def test_a_scope_that_is_no_project_gets_no_token():
    assert emulate().send("POST", "/v3/auth/tokens", token_body({"name": "nowhere"}), no_token()).status == 403
    assert emulate().send("POST", "/v3/auth/tokens", token_body({}), no_token()).status == 403


def test_a_token_without_a_project_reads_projects_and_no_jobs():
    caller = emulate("CONFIGURATION")
    body = token_body()
    del body["auth"]["scope"]
    token = caller.send("POST", "/v3/auth/tokens", body, no_token()).headers["X-Subject-Token"]
    headers = no_token({"X-Auth-Token": token})
    assert caller.send("GET", "/v3/projects", None, headers).status == 200
    assert caller.send("POST", PATH, BODY, headers).json()["error_code"] == "DRS.M00100"


def test_projects_are_found_by_name_with_a_token_or_a_signature():
    projects = [{"id": PROJECT, "name": "eu-de"}, {"id": "second", "name": "eu-nl"}, {"id": "third", "name": "eu-nl"}]
    caller = emulate(identity={"projects": projects})

    def names(query):
        given = signed(caller, "GET", f"/v3/projects{query}", b"")
        return [
            project["id"] for project in caller.emulator.handle("GET", f"/v3/projects{query}", given).json()["projects"]
        ]

    assert names("?name=eu-de") == [PROJECT]
    assert names("?name=eu-nl") == ["second", "third"]
    assert names("?name=nowhere") == []
    assert names("") == [PROJECT, "second", "third"]
    assert caller.send("GET", "/v3/projects?name=eu-de").json()["projects"][0]["id"] == PROJECT


def test_another_project_is_refused():
    projects = [{"id": PROJECT, "name": "eu-de"}, {"id": "second", "name": "eu-nl"}]
    caller = emulate(identity={"projects": projects})
    unknown = caller.send("POST", "/v3/unknown/jobs/batch-status", BODY)
    assert (unknown.status, unknown.json()["error_code"]) == (403, "DRS.M00261")
    others = caller.send("POST", "/v3/second/jobs/batch-status", BODY)
    assert (others.status, others.json()["error_code"]) == (403, "DRS.M00100")
    given = signed(caller, **{"X-Project-Id": "second"})
    assert caller.emulator.handle("POST", PATH, given, SENT).status == 403


def test_a_seeded_token_may_be_short_lived():
    token = {"token": "short-lived-token", "project_id": PROJECT, "expires_in": 5}
    caller = emulate("CONFIGURATION", clock=ManualClock(wall=1.0), identity={"tokens": [token]})
    headers = no_token({"X-Auth-Token": "short-lived-token"})
    assert caller.send("POST", PATH, BODY, headers).status == 200
    caller.emulator.tick(5)
    assert caller.send("POST", PATH, BODY, headers).status == 401
