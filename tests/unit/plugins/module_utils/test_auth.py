# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three ways in: what they put into requests, what they ask of IAM, and how they fail."""

from __future__ import annotations

import importlib.util
import sys
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _secrets, _settings
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

PLACE = {"region": "eu-de", "cloud_domain": "otc.t-systems.com"}
TOKEN = {"token": "canary-token"}
KEY = {"access_key": "AKEXAMPLE", "secret_key": "canary-secret-key"}
PASSWORD = {"username": "bob", "password": "canary-password", "domain_name": "acme"}
IAM = "https://iam.eu-de.otc.t-systems.com/v3"


class Answer(t.NamedTuple):
    status: int
    headers: t.Any = CaseInsensitiveDict()
    body: t.Any = None
    request_id: str | None = None


class Clock:
    def __init__(self):
        self.now = 1767225600.0

    def wall(self):
        return self.now


class Iam:
    """Answers in order what it is told to, and keeps what it was asked. An exception among the answers is raised."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, method, url, headers, payload, auth=None):
        prepared = requests.Request(
            method, url, headers=headers, json=payload, auth=auth or (lambda asked: asked)
        ).prepare()
        self.asked.append((method, url, payload, prepared.headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def token_answer(number=1, project="p-of-token"):
    return Answer(
        201,
        CaseInsensitiveDict({"x-subject-token": f"canary-fetched-{number}"}),
        {"token": {"project": {"id": project}}},
    )


def projects(*rows):
    return Answer(200, body={"projects": [{"id": row[0], "name": row[1]} for row in rows], "links": {}})


def made(way, iam=None, secrets=None, clock=None, **options):
    settings = _settings.resolve({**PLACE, **way, **options}, {})
    return _auth.way_in(settings, secrets or _secrets.Secrets(), iam or Iam(), clock or Clock())


def prepared(auth, method="POST", url="https://drs.eu-de.otc.t-systems.com/v3/p1/jobs/batch-status", **more):
    return requests.Request(method, url, auth=auth, **({"json": {"jobs": []}} | more)).prepare()


def test_without_requests_it_can_be_imported_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests.auth", None)
    spec = importlib.util.spec_from_file_location("auth_alone", _auth.__file__)
    alone = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(alone)
    assert alone.AuthBase is object
    settings = _settings.resolve({**PLACE, **TOKEN}, {})
    assert alone.way_in(settings, _secrets.Secrets(), Iam(), Clock()).describe() == "the token given"


# --- what is put into a request


def test_a_token():
    assert prepared(made(TOKEN)).headers["X-Auth-Token"] == "canary-token"


def test_an_access_key_signs_what_no_proxy_changes():
    asked = prepared(made(KEY, project_id="p1"), headers={"User-Agent": "drs", "Accept": "*/*", "X-Language": "en-us"})
    signed = asked.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
    assert signed == "content-type;host;x-language;x-project-id;x-sdk-date"
    assert asked.headers["X-Sdk-Date"] == "20260101T000000Z"
    assert asked.headers["Host"] == "drs.eu-de.otc.t-systems.com"
    assert "X-Security-Token" not in asked.headers


def test_a_temporary_access_key_sends_and_signs_its_security_token():
    asked = prepared(made(KEY, project_id="p1", security_token="canary-sts"))
    assert asked.headers["X-Security-Token"] == "canary-sts"
    assert "x-project-id;x-sdk-date;x-security-token" in asked.headers["Authorization"]


def test_a_request_that_is_sent_again_is_signed_anew():
    clock = Clock()
    auth = made(KEY, clock=clock, project_id="p1")
    asked = prepared(auth)
    first = dict(asked.headers)
    clock.now += 60
    again = auth(asked)
    assert again.headers["X-Sdk-Date"] == "20260101T000100Z"
    assert again.headers["Authorization"] != first["Authorization"]
    assert again.headers == prepared(auth).headers


@pytest.mark.parametrize("data", [b'{"a": 1}', '{"a": 1}'])
def test_a_body_is_signed_as_bytes_or_text_alike(data):
    asked = prepared(made(KEY, project_id="p1"), json=None, data=data, headers={"Content-Type": "application/json"})
    expected = prepared(made(KEY, project_id="p1"), json={"a": 1})
    assert asked.headers["Authorization"] == expected.headers["Authorization"]


def test_a_password_fetches_one_token_and_uses_it_for_all():
    iam = Iam(token_answer())
    auth = made(PASSWORD, iam)
    assert [prepared(auth).headers["X-Auth-Token"] for _number in range(3)] == ["canary-fetched-1"] * 3
    assert [asked[:3] for asked in iam.asked] == [
        (
            "POST",
            f"{IAM}/auth/tokens",
            {
                "auth": {
                    "identity": {
                        "methods": ["password"],
                        "password": {
                            "user": {"name": "bob", "password": "canary-password", "domain": {"name": "acme"}}
                        },
                    },
                    "scope": {"project": {"name": "eu-de"}},
                }
            },
        )
    ]


@pytest.mark.parametrize(
    ("options", "scope"),
    [
        ({"project_id": "p1"}, {"id": "p1"}),
        ({"project_name": "blue"}, {"name": "blue"}),
        ({"project_id": "p1", "project_name": "blue"}, {"id": "p1"}),
    ],
)
def test_a_token_is_for_the_project(options, scope):
    iam = Iam(token_answer())
    prepared(made(PASSWORD, iam, **options))
    assert iam.asked[0][2]["auth"]["scope"] == {"project": scope}


@pytest.mark.parametrize("way", [TOKEN, {**KEY, "security_token": "canary-sts"}, PASSWORD])
def test_each_is_one_of_requests_and_shows_no_secret(way):
    auth = made(way)
    assert isinstance(auth, AuthBase)
    assert "canary" not in auth.describe() + repr(auth)


@pytest.mark.parametrize(
    ("way", "hidden"),
    [
        (TOKEN, {"canary-token"}),
        ({**KEY, "security_token": "canary-sts"}, {"canary-secret-key", "canary-sts"}),
        (PASSWORD, {"canary-password", "canary-fetched-1"}),
    ],
)
def test_every_secret_is_hidden(way, hidden):
    added = set()
    prepared(made(way, Iam(token_answer()), _secrets.Secrets(added.add)))
    assert added == hidden


# --- after a 401


@pytest.mark.parametrize("way", [TOKEN, KEY])
def test_what_cannot_be_renewed_says_so(way):
    auth = made(way, project_id="p1")
    assert auth.renew(prepared(auth)) is False


def test_a_stale_token_is_renewed_once():
    iam = Iam(token_answer(1), token_answer(2))
    auth = made(PASSWORD, iam)
    first, second = prepared(auth), prepared(auth)
    assert auth.renew(first) is True
    assert auth.renew(second) is True
    assert auth(first).headers["X-Auth-Token"] == "canary-fetched-2"
    assert len(iam.asked) == 2


def test_a_fresh_token_that_is_refused_as_well_is_not_renewed():
    iam = Iam(token_answer(1), token_answer(2))
    auth = made(PASSWORD, iam)
    auth.renew(prepared(auth))
    assert auth.renew(prepared(auth)) is False
    assert len(iam.asked) == 2


def test_a_renewed_token_that_lived_is_renewed_again():
    iam, clock = Iam(token_answer(1), token_answer(2), token_answer(3)), Clock()
    auth = made(PASSWORD, iam, clock=clock)
    auth.renew(prepared(auth))
    clock.now += _auth.RENEWED_TOKEN_LIFE
    assert auth.renew(prepared(auth)) is True
    assert prepared(auth).headers["X-Auth-Token"] == "canary-fetched-3"


def test_many_threads_with_one_stale_token_fetch_one_new_one():
    iam = Iam(*map(token_answer, range(20)))
    auth = made(PASSWORD, iam)
    stale = prepared(auth).headers["X-Auth-Token"]
    together = threading.Barrier(8)

    def refused(_number):
        asked = prepared(auth)
        asked.headers["X-Auth-Token"] = stale
        together.wait(10)
        return auth.renew(asked), auth(asked).headers["X-Auth-Token"]

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(refused, range(8)))
    assert outcomes == [(True, "canary-fetched-1")] * 8
    assert len(iam.asked) == 2


def test_many_threads_fetch_one_first_token():
    iam = Iam(*map(token_answer, range(20)))
    auth = made(PASSWORD, iam)
    together = threading.Barrier(8)

    def first(_number):
        together.wait(10)
        return prepared(auth).headers["X-Auth-Token"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(first, range(8))) == {"canary-fetched-0"}
    assert len(iam.asked) == 1


# --- the project's id


def test_a_project_id_that_is_given_is_not_looked_up():
    for way in (TOKEN, KEY, PASSWORD):
        iam = Iam()
        assert made(way, iam, project_id="p1").project_id() == "p1"
        assert iam.asked == []


@pytest.mark.parametrize(("options", "name"), [({}, "eu-de"), ({"project_name": "eu-de_b&w"}, "eu-de_b%26w")])
@pytest.mark.parametrize(("way", "proof"), [(TOKEN, "X-Auth-Token"), (KEY, "Authorization")])
def test_a_project_is_looked_up_once_by_name_with_the_same_proof(way, proof, options, name):
    iam = Iam(projects(("p7", options.get("project_name", "eu-de"))))
    auth = made(way, iam, **options)
    assert [auth.project_id(), auth.project_id()] == ["p7", "p7"]
    assert [(method, url) for method, url, _payload, _headers in iam.asked] == [("GET", f"{IAM}/projects?name={name}")]
    assert proof in iam.asked[0][3]
    assert "X-Project-Id" not in iam.asked[0][3]


def test_an_access_key_names_the_project_once_it_is_known():
    auth = made(KEY, Iam(projects(("p7", "eu-de"))))
    assert "X-Project-Id" not in prepared(auth).headers
    auth.project_id()
    assert prepared(auth).headers["X-Project-Id"] == "p7"


def test_a_project_comes_with_the_token_of_a_password():
    iam = Iam(token_answer())
    assert made(PASSWORD, iam).project_id() == "p-of-token"
    assert len(iam.asked) == 1


@pytest.mark.parametrize(
    "body", [None, {}, {"token": {}}, {"token": {"project": None}}, {"token": {"project": {"id": 7}}}]
)
def test_a_token_that_comes_without_a_project_is_used_to_look_it_up(body):
    iam = Iam(token_answer()._replace(body=body), projects(("p7", "eu-de")))
    assert made(PASSWORD, iam).project_id() == "p7"
    assert iam.asked[1][3]["X-Auth-Token"] == "canary-fetched-1"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no project"),
        ([("p1", "other")], "no project"),
        ([("p1", "eu-de"), ("p2", "eu-de")], "2 projects"),
    ],
)
def test_no_project_or_several_is_an_error(rows, words):
    with pytest.raises(_settings.AuthError, match=words) as caught:
        made(TOKEN, Iam(projects(*rows))).project_id()
    assert "eu-de" in str(caught.value)
    assert "project_id" in str(caught.value)


@pytest.mark.parametrize("body", [None, [], {}, {"projects": None}, {"projects": [None, {"name": "eu-de"}, {"id": 5}]}])
def test_an_answer_of_another_shape_names_no_project(body):
    with pytest.raises(_settings.AuthError, match="no project"):
        made(TOKEN, Iam(Answer(200, body=body))).project_id()


def test_a_project_id_that_would_change_the_path_is_refused():
    with pytest.raises(_settings.AuthError, match="give the option project_id"):
        made(TOKEN, Iam(projects(("../p7", "eu-de")))).project_id()
    with pytest.raises(_settings.AuthError, match="give the option project_id"):
        made(PASSWORD, Iam(token_answer(project="p/7"))).project_id()


def test_other_projects_in_the_answer_do_not_matter():
    assert made(TOKEN, Iam(projects(("p1", "eu-de_blue"), ("p2", "eu-de")))).project_id() == "p2"


# --- errors


KEYSTONE = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
GATEWAY = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information: decrypt token fail"}


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (Answer(401, body=KEYSTONE, request_id="r-1"), ["HTTP 401, The username or password is wrong.", "request r-1"]),
        (Answer(403, body=GATEWAY), ["HTTP 403, APIGW.0301, Incorrect IAM authentication information"]),
        (Answer(400, body={"error": {"title": "Bad Request"}}), ["HTTP 400, Bad Request"]),
        (Answer(503), ["HTTP 503"]),
        (Answer(200, body="<html>"), ["HTTP 200"]),
        (Answer(201, CaseInsensitiveDict(), {"token": {}}), ["HTTP 201"]),
        (Answer(201, CaseInsensitiveDict({"X-Subject-Token": "short"})), ["HTTP 201"]),
    ],
)
def test_a_token_that_is_refused_says_who_where_and_why(answer, named):
    auth = made(PASSWORD, Iam(answer))
    with pytest.raises(_settings.AuthError) as caught:
        prepared(auth)
    words = str(caught.value)
    assert [name for name in [*named, "user bob of acme", IAM] if name not in words] == []
    assert "canary" not in words


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_password_that_was_refused_is_not_tried_again(status):
    iam = Iam(Answer(status, body=KEYSTONE))
    auth = made(PASSWORD, iam)
    for _number in range(2):
        with pytest.raises(_settings.AuthError, match="password is wrong"):
            prepared(auth)
    assert len(iam.asked) == 1


@pytest.mark.parametrize("trouble", [Answer(500), ConnectionError("cut")])
def test_trouble_that_may_pass_is_tried_again(trouble):
    iam = Iam(trouble, token_answer())
    auth = made(PASSWORD, iam)
    with pytest.raises((_settings.AuthError, ConnectionError)):
        prepared(auth)
    assert prepared(auth).headers["X-Auth-Token"] == "canary-fetched-1"


@pytest.mark.parametrize(("way", "described"), [(TOKEN, "the token given"), (KEY, "the access key AKEXAMPLE")])
def test_a_project_that_may_not_be_looked_up_says_so(way, described):
    with pytest.raises(_settings.AuthError) as caught:
        made(way, Iam(Answer(401, body=GATEWAY))).project_id()
    assert "did not look up the project eu-de" in str(caught.value)
    assert described in str(caught.value)


def test_a_secret_that_iam_echoes_is_masked_also_where_the_text_is_cut():
    body = {"error_code": "canary-password", "error_msg": "x" * 495 + "canary-password is wrong"}
    with pytest.raises(_settings.AuthError) as caught:
        prepared(made(PASSWORD, Iam(Answer(401, body=body, request_id="canary-password"))))
    assert "canar" not in str(caught.value)


def test_a_clock_that_is_off_is_pointed_out():
    body = {"error_code": "APIGW.0301", "error_msg": "calc ak sk signature fail:signature expired"}
    with pytest.raises(_settings.AuthError, match="this machine's clock"):
        made(KEY, Iam(Answer(401, body=body))).project_id()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error_msg": "Incorrect IAM authentication information: calc ak sk signature fail:signature expired"}, True),
        ({"error_msg": "The request timestamp differs from the server's"}, True),
        ({"error": {"message": "X-Sdk-Date is not within 15 minutes"}}, True),
        ({"error_msg": "verify aksk signature fail, canonicalRequest:GET|/v1/||x-sdk-date:20260101T000000Z||"}, False),
        ({"error_msg": "decrypt token fail"}, False),
        (KEYSTONE, False),
        ({"error_msg": None}, False),
        ({"error_msg": 5}, False),
        ({}, False),
        (None, False),
        ("signature expired", False),
    ],
)
def test_the_hint_on_the_clock(body, expected):
    assert (_auth.auth_hint(body) is not None) is expected
