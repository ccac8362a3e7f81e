# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flows: what they put into requests, what they ask of IAM, and how they fail. A driver in this file answers them."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _endpoints, _secrets
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError
from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Answer, Request
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

PLACE = {"region": "eu-de", "cloud_domain": "otc.t-systems.com"}
TOKEN = {"token": "canary-token"}
KEY = {"access_key": "AKEXAMPLE", "secret_key": "canary-secret-key"}
PASSWORD = {"username": "bob", "password": "canary-password", "domain_name": "acme"}
IAM = "https://iam.eu-de.otc.t-systems.com/v3"
URL = "https://drs.eu-de.otc.t-systems.com/v3/p1/jobs/batch-status"
JSON = {"Content-Type": "application/json"}


class Clock:
    def __init__(self):
        self.now = 1767225600.0

    def wall(self):
        return self.now


def answered(status, body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, CaseInsensitiveDict(named), body, request_id=headers.get("X_Request_Id"))


def token_answer(number=1, project="p-of-token"):
    return answered(201, {"token": {"project": {"id": project}}}, x_subject_token=f"canary-fetched-{number}")


def projects(*rows):
    return answered(200, {"projects": [{"id": row[0], "name": row[1]} for row in rows], "links": {}})


class Iam:
    """Answers in order with what it is given, and keeps what it was sent. An exception among the answers is raised."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        payload = json.loads(request.body) if request.body else None
        self.asked.append((request.method, request.url, payload, dict(request.headers)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def drive(flow, iam, service=lambda request: answered(200)):
    """What a flow returns, once IAM and the service have answered what it yields."""
    answer = None
    try:
        while True:
            request = flow.send(answer)
            answer = (iam if request.identity else service)(request)
    except StopIteration as ended:
        return ended.value
    finally:
        flow.close()


def finish(flow, answer):
    """Send the last answer into a flow."""
    with pytest.raises(StopIteration):
        flow.send(answer)


class Service:
    """Answers with the statuses given, then 200, and keeps the tokens that it was shown."""

    def __init__(self, *answers):
        self.answers, self.tokens = (
            [answer if isinstance(answer, Answer) else answered(answer) for answer in answers],
            [],
        )

    def __call__(self, request):
        self.tokens.append(request.headers["X-Auth-Token"])
        return self.answers.pop(0) if self.answers else answered(200)


def made(method, secrets=None, clock=None, **options):
    connection = _endpoints.resolve({**PLACE, **method, **options}, {})
    return _auth.Auth(*connection, secrets or _secrets.Secrets(), clock or Clock())


def asked(url=URL, **headers):
    return Request("POST", url, {**JSON, **headers}, b'{"jobs": []}')


def proven(auth, iam=None, request=None):
    """The headers of a request that the service accepts."""
    request = request or asked()
    drive(auth.flow(request), iam or Iam())
    return request.headers


def project_of(auth, iam=None):
    return drive(auth.project_flow(), iam or Iam())


# --- what is put into a request


def test_a_token():
    assert proven(made(TOKEN)) == {**JSON, "X-Auth-Token": "canary-token"}


def test_an_access_key_signs_what_no_proxy_changes():
    request = asked(**{"User-Agent": "drs", "Accept": "*/*", "X-Language": "en-us"})
    headers = proven(made(KEY, project_id="p1"), request=request)
    signed = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
    assert signed == "content-type;host;x-language;x-project-id;x-sdk-date"
    assert headers["X-Sdk-Date"] == "20260101T000000Z"
    assert headers["Host"] == "drs.eu-de.otc.t-systems.com"
    assert "X-Security-Token" not in headers


def test_the_signature_is_the_one_of_the_vendors_vector():
    """See test_signature.py."""
    options = {"access_key": "AKIDEXAMPLE", "secret_key": "SKEXAMPLE", "project_id": "054ba152d480d55b2f5dc0069e7ddef0"}
    url = f"https://drs.eu-de.otc.t-systems.com/v3/{options['project_id']}/jobs/batch-starting"
    body = b'{"jobs": [{"job_id": "140b5236-88ad-43c8-811c-1268453jb101"}]}'
    headers = proven(made(options), request=Request("POST", url, dict(JSON), body))
    assert headers["Authorization"].endswith(
        "Signature=b6bc1efc5db5a53f029af60f8d3378a05a2112eff6ff0b043752c268663c6e99"
    )


def test_a_temporary_access_key_sends_and_signs_its_security_token():
    headers = proven(made(KEY, project_id="p1", security_token="canary-sts"))
    assert headers["X-Security-Token"] == "canary-sts"
    assert "x-project-id;x-sdk-date;x-security-token" in headers["Authorization"]


def test_a_request_that_is_sent_again_is_signed_again():
    clock = Clock()
    auth = made(KEY, clock=clock, project_id="p1")
    request = asked()
    first = dict(proven(auth, request=request))
    clock.now += 60
    again = proven(auth, request=request)
    assert again["X-Sdk-Date"] == "20260101T000100Z"
    assert again["Authorization"] != first["Authorization"]
    assert again == proven(auth)


def test_a_password_fetches_one_token_and_uses_it_for_all():
    iam = Iam(token_answer())
    auth = made(PASSWORD)
    assert [proven(auth, iam)["X-Auth-Token"] for _number in range(3)] == ["canary-fetched-1"] * 3
    user = {"name": "bob", "password": "canary-password", "domain": {"name": "acme"}}
    payload = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "eu-de"}},
        }
    }
    assert iam.asked == [("POST", f"{IAM}/auth/tokens", payload, JSON)]


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
    proven(made(PASSWORD, **options), iam)
    assert iam.asked[0][2]["auth"]["scope"] == {"project": scope}


@pytest.mark.parametrize("method", [TOKEN, {**KEY, "security_token": "canary-sts"}, PASSWORD])
def test_no_secret_is_shown(method):
    auth = made(method)
    assert "canary" not in auth.describe() + repr(auth)


@pytest.mark.parametrize(
    ("method", "hidden"),
    [
        (TOKEN, {"canary-token"}),
        ({**KEY, "security_token": "canary-sts"}, {"canary-secret-key", "canary-sts"}),
        (PASSWORD, {"canary-password", "canary-fetched-1"}),
    ],
)
def test_every_secret_is_hidden(method, hidden):
    added = set()
    proven(made(method, _secrets.Secrets(added.add)), Iam(token_answer()))
    assert added == hidden


# --- after a refusal


@pytest.mark.parametrize("method", [TOKEN, KEY])
def test_what_cannot_be_renewed_is_not_sent_again(method):
    auth = made(method, project_id="p1")
    sent = []
    drive(auth.flow(asked()), Iam(), lambda request: sent.append(request) or answered(401))
    assert len(sent) == 1
    assert not auth.renewable


INVALID = answered(403, {"error_code": "DRS.M00100", "error_msg": "Invalid token."})
READ, WRITE = URL, URL.replace("batch-status", "batch-starting")


def fetches(*calls):
    """How many tokens are fetched in these flows, each a URL and the statuses or answers that it gets."""
    iam, auth = Iam(*map(token_answer, range(1, 100))), made(PASSWORD)
    for url, *answers in calls:
        service = Service(*answers)
        drive(auth.flow(asked(url)), iam, service)
        assert service.answers == []
    return len(iam.asked)


@pytest.mark.parametrize("refusal", [401, INVALID])
def test_a_token_that_was_accepted_is_renewed_when_it_is_refused(refusal):
    iam, service = Iam(token_answer(1), token_answer(2)), Service(200, refusal, 200)
    auth = made(PASSWORD)
    assert auth.renewable
    drive(auth.flow(asked()), iam, service)
    drive(auth.flow(asked()), iam, service)
    assert service.tokens == ["canary-fetched-1", "canary-fetched-1", "canary-fetched-2"]
    assert auth.renewable


@pytest.mark.parametrize("refusal", [401, INVALID])
def test_a_token_that_never_worked_is_not_renewed(refusal):
    assert fetches((READ, refusal)) == 1
    assert fetches((READ, refusal), (WRITE, refusal), (READ, refusal)) == 1


def test_a_token_is_renewed_as_often_as_it_is_refused_after_it_was_accepted():
    assert fetches((READ, 200), *[(READ, 401, 200)] * 7) == 8
    assert fetches((READ, 200), *[(READ, 401, 200), (WRITE, 401, 200)] * 3) == 7


@pytest.mark.parametrize("status", [200, 202, 400, 403, 404, 429, 500, 503])
def test_every_other_answer_accepts_the_token(status):
    assert fetches((READ, status), (READ, 401, status), (READ, 401, 200)) == 3


def test_another_code_of_a_403_refuses_no_token():
    denied = answered(403, {"error_code": "DRS.M00102", "error_msg": "No permissions."})
    assert fetches((READ, 200), (READ, denied), (READ, denied)) == 1


def test_a_token_that_iam_alone_accepted_never_worked():
    iam, auth, service = Iam(token_answer(project=7), projects(("p7", "eu-de"))), made(PASSWORD), Service(401)
    assert project_of(auth, iam) == "p7"
    drive(auth.flow(asked()), iam, service)
    assert len(service.tokens) == 1


def test_a_url_that_refuses_every_token_causes_one_renewal():
    assert fetches((READ, 200), (WRITE, 401, 401), *[(READ, 200), (WRITE, 401)] * 5) == 2
    # a query makes no other URL of it
    assert fetches((READ, 200), (WRITE, 401, 401), (READ, 200), (WRITE + "?page=2", 401)) == 2


def test_a_url_that_has_accepted_a_token_since_causes_another_renewal():
    assert fetches((READ, 200), (WRITE, 401, 401), (READ, 200), (WRITE, 200), (WRITE, 401, 200)) == 3


def test_a_renewed_token_that_works_nowhere_is_not_renewed():
    assert fetches((READ, 200), (READ, 401, 401), (WRITE, 401), (READ, 401)) == 2


def test_an_old_token_that_is_accepted_late_clears_no_url():
    """Two requests of one URL in flight: the answer to the one comes after the other has caused a renewal."""
    iam, auth = Iam(*map(token_answer, range(1, 9))), made(PASSWORD)
    drive(auth.flow(asked(READ)), iam)
    late = auth.flow(asked(WRITE))
    next(late)
    drive(auth.flow(asked(WRITE)), iam, Service(401, 401))
    finish(late, answered(200))
    drive(auth.flow(asked(READ)), iam)
    drive(auth.flow(asked(WRITE)), iam, Service(401))
    assert len(iam.asked) == 2


def test_an_old_token_that_is_refused_late_is_replaced_without_another_renewal():
    iam, auth = Iam(*map(token_answer, range(1, 9))), made(PASSWORD)
    drive(auth.flow(asked()), iam)
    request = asked()
    late = auth.flow(request)
    next(late)
    drive(auth.flow(asked()), iam, Service(401, 200))
    assert late.send(answered(401)) is request
    assert request.headers["X-Auth-Token"] == "canary-fetched-2"
    assert len(iam.asked) == 2


def test_an_accepted_answer_does_not_wait_for_a_renewal_in_another_thread():
    auth = made(PASSWORD)
    drive(auth.flow(asked()), Iam(token_answer(1)))
    accepted, renewal = auth.flow(asked()), auth.flow(asked())
    next(accepted)
    next(renewal)
    assert renewal.send(answered(401)).identity
    with ThreadPoolExecutor(1) as pool:
        pool.submit(finish, accepted, answered(200)).result(10)
    renewal.close()


def test_a_write_is_not_sent_again_by_a_driver_that_closes_the_flow():
    auth, request = made(PASSWORD), asked()
    drive(auth.flow(asked()), Iam(token_answer(1)))
    flow = auth.flow(request)
    assert next(flow) is request
    assert flow.send(answered(401)).identity
    assert flow.send(token_answer(2)) is request
    flow.close()
    assert proven(auth)["X-Auth-Token"] == "canary-fetched-2"


def test_many_threads_with_one_stale_token_fetch_one_new_one():
    iam = Iam(*map(token_answer, range(20)))
    auth = made(PASSWORD)
    drive(auth.flow(asked()), iam)
    together = threading.Barrier(8)

    def refused(_number):
        tokens = []

        def service(request):
            tokens.append(request.headers["X-Auth-Token"])
            if len(tokens) == 1:
                together.wait(10)
                return answered(401)
            return answered(200)

        drive(auth.flow(asked()), iam, service)
        return tokens

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(refused, range(8)))
    assert outcomes == [["canary-fetched-0", "canary-fetched-1"]] * 8
    assert len(iam.asked) == 2


def test_many_threads_fetch_one_first_token():
    iam = Iam(*map(token_answer, range(20)))
    auth = made(PASSWORD)
    together = threading.Barrier(8)

    def first(_number):
        together.wait(10)
        return proven(auth, iam)["X-Auth-Token"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(first, range(8))) == {"canary-fetched-0"}
    assert len(iam.asked) == 1


def test_another_thread_goes_on_after_a_flow_that_was_closed_in_the_middle():
    auth = made(PASSWORD)
    flow = auth.flow(asked())
    next(flow)
    flow.close()
    with ThreadPoolExecutor(1) as pool:
        headers = pool.submit(proven, auth, Iam(token_answer(2))).result(10)
    assert headers["X-Auth-Token"] == "canary-fetched-2"


# --- the project's id


def test_a_project_id_that_is_given_is_not_looked_up():
    for method in (TOKEN, KEY, PASSWORD):
        assert project_of(made(method, project_id="p1")) == "p1"


@pytest.mark.parametrize(("options", "name"), [({}, "eu-de"), ({"project_name": "eu-de_b&w"}, "eu-de_b%26w")])
@pytest.mark.parametrize(("method", "proof"), [(TOKEN, "X-Auth-Token"), (KEY, "Authorization")])
def test_a_project_is_looked_up_once_by_name_with_the_same_proof(method, proof, options, name):
    iam = Iam(projects(("p7", options.get("project_name", "eu-de"))))
    auth = made(method, **options)
    assert [project_of(auth, iam), project_of(auth, iam)] == ["p7", "p7"]
    assert [request[:3] for request in iam.asked] == [("GET", f"{IAM}/projects?name={name}", None)]
    assert proof in iam.asked[0][3]
    assert "X-Project-Id" not in iam.asked[0][3]


def test_an_access_key_names_the_project_once_it_is_known():
    auth = made(KEY)
    assert "X-Project-Id" not in proven(auth)
    project_of(auth, Iam(projects(("p7", "eu-de"))))
    assert proven(auth)["X-Project-Id"] == "p7"


def test_a_project_comes_with_the_token_of_a_password():
    iam = Iam(token_answer())
    assert project_of(made(PASSWORD), iam) == "p-of-token"
    assert len(iam.asked) == 1


@pytest.mark.parametrize(
    "body", [None, {}, {"token": {}}, {"token": {"project": None}}, {"token": {"project": {"id": 7}}}]
)
def test_a_token_that_comes_without_a_project_is_used_to_look_it_up(body):
    iam = Iam(token_answer()._replace(body=body), projects(("p7", "eu-de")))
    assert project_of(made(PASSWORD), iam) == "p7"
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
    with pytest.raises(AuthError, match=words) as caught:
        project_of(made(TOKEN), Iam(projects(*rows)))
    assert "eu-de" in str(caught.value)
    assert "project_id" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"projects": None}, {"projects": [None, {"name": "eu-de"}, {"id": 5}, {"id": "p1", "name": None}]}],
)
def test_an_answer_of_another_shape_names_no_project(body):
    with pytest.raises(AuthError, match="no project"):
        project_of(made(TOKEN), Iam(answered(200, body)))


def test_a_project_id_that_would_change_the_path_is_refused():
    with pytest.raises(AuthError, match="give the option project_id"):
        project_of(made(TOKEN), Iam(projects(("../p7", "eu-de"))))
    with pytest.raises(AuthError, match="give the option project_id"):
        project_of(made(PASSWORD), Iam(token_answer(project="p/7")))


def test_other_projects_in_the_answer_do_not_matter():
    assert project_of(made(TOKEN), Iam(projects(("p1", "eu-de_blue"), ("p2", "eu-de")))) == "p2"


# --- errors


KEYSTONE = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
GATEWAY = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information: decrypt token fail"}


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (answered(401, KEYSTONE, X_Request_Id="r-1"), ["HTTP 401, The username or password is wrong.", "request r-1"]),
        (answered(403, GATEWAY), ["HTTP 403, APIGW.0301, Incorrect IAM authentication information"]),
        (answered(400, {"error": {"title": "Bad Request"}}), ["HTTP 400, Bad Request"]),
        (answered(503), ["HTTP 503"]),
        (answered(200, "<html>"), ["HTTP 200"]),
        (answered(201, {"token": {}}), ["HTTP 201"]),
        (answered(201, X_Subject_Token="short"), ["HTTP 201"]),
        (answered(201, X_Subject_Token="canary fetched"), ["HTTP 201"]),
        (answered(201, X_Subject_Token="canary-f\u00e4tched"), ["HTTP 201"]),
        (answered(400, {"error": ["Bad", "Request"]}), ["HTTP 400"]),
    ],
)
def test_a_token_that_is_refused_says_who_where_and_why(answer, named):
    with pytest.raises(AuthError) as caught:
        proven(made(PASSWORD), Iam(answer))
    words = str(caught.value)
    assert [name for name in [*named, "user bob of acme", IAM] if name not in words] == []
    assert "canary" not in words


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_password_that_was_refused_is_not_tried_again(status):
    iam = Iam(answered(status, KEYSTONE))
    auth = made(PASSWORD)
    for _number in range(2):
        with pytest.raises(AuthError, match="password is wrong"):
            proven(auth, iam)
    assert len(iam.asked) == 1
    assert not auth.renewable


@pytest.mark.parametrize("trouble", [answered(500), ConnectionError("cut")])
def test_trouble_that_may_pass_is_tried_again(trouble):
    iam = Iam(trouble, token_answer())
    auth = made(PASSWORD)
    with pytest.raises((AuthError, ConnectionError)):
        proven(auth, iam)
    assert proven(auth, iam)["X-Auth-Token"] == "canary-fetched-1"


@pytest.mark.parametrize(("method", "described"), [(TOKEN, "the token given"), (KEY, "the access key AKEXAMPLE")])
def test_a_project_that_may_not_be_looked_up_says_so(method, described):
    with pytest.raises(AuthError) as caught:
        project_of(made(method), Iam(answered(401, GATEWAY)))
    assert "did not look up the project eu-de" in str(caught.value)
    assert described in str(caught.value)


def test_a_secret_that_iam_echoes_is_masked_also_where_the_text_is_cut():
    body = {"error_code": "canary-password", "error_msg": "x" * 495 + "canary-password is wrong"}
    with pytest.raises(AuthError) as caught:
        proven(made(PASSWORD), Iam(answered(401, body, X_Request_Id="canary-password")))
    assert "canar" not in str(caught.value)


def test_a_secret_that_is_a_name_too_is_masked():
    method = {**PASSWORD, "username": PASSWORD["password"]}
    assert "canary" not in made(method).describe()
    _headers, words = attempt(proven, made(method), Iam(answered(401, KEYSTONE)))
    assert "password is wrong" in words
    assert "canary" not in words


def test_a_clock_that_is_off_is_pointed_out():
    body = {"error_code": "APIGW.0301", "error_msg": "calc ak sk signature fail:signature expired"}
    with pytest.raises(AuthError, match="this machine's clock"):
        project_of(made(KEY), Iam(answered(401, body)))


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
    assert (_auth.auth_hint(answered(401, body)) is not None) is expected


# --- whatever IAM answers


def attempt(function, *arguments):
    """What it returns and no words, or nothing and the words of its error."""
    try:
        return function(*arguments), ""
    except AuthError as error:
        return None, str(error)


SECRETS = ["canary-token", "canary-secret-key", "canary-password"]
ANY_SCALAR = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["p7", "eu-de", *SECRETS])
)
ANY_JSON = st.recursive(
    ANY_SCALAR,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["id", "name", "code"]), inner),
    max_leaves=8,
)
ROW = st.dictionaries(st.sampled_from(["id", "name"]), ANY_JSON)
ANY_BODY = st.one_of(
    ANY_JSON,
    st.fixed_dictionaries({"projects": st.lists(ROW | ANY_JSON) | ANY_JSON}),
    st.fixed_dictionaries({"token": st.fixed_dictionaries({"project": ROW | ANY_JSON}) | ANY_JSON}),
    st.fixed_dictionaries({"error": ANY_JSON}),
    st.dictionaries(st.sampled_from(["error_code", "error_msg", "code", "message", "title", "error"]), ANY_JSON),
)
ANY_ANSWER = st.builds(
    lambda status, token, body, request_id: Answer(
        status, {"X-Subject-Token": token} if token is not None else {}, body, request_id=request_id
    ),
    st.sampled_from([200, 201, 202, 204, 400, 401, 403, 404, 409, 418, 500, 503]),
    st.none() | st.text() | st.just("canary-fetched"),
    ANY_BODY,
    st.none() | st.text(),
)


@budget(deadline=None)
@given(st.sampled_from([TOKEN, KEY, PASSWORD]), st.lists(ANY_ANSWER, min_size=2, max_size=2))
def test_whatever_iam_answers_gives_a_project_or_an_error_in_words(method, answers):
    found, words = attempt(project_of, made(method), Iam(*answers))
    assert [secret for secret in SECRETS if secret in method.values() and secret in words] == []
    assert _endpoints.is_project_id(found) if not words else words.endswith(".")


@budget(deadline=None)
@given(ANY_ANSWER)
def test_whatever_iam_answers_gives_a_token_or_an_error_in_words(answer):
    headers, words = attempt(proven, made(PASSWORD, project_id="p1"), Iam(answer))
    assert "canary-password" not in words
    if not words:
        assert (answer.status, headers["X-Auth-Token"]) == (201, answer.headers["X-Subject-Token"])
        assert requests.Request("POST", URL, headers=headers).prepare()


@budget(deadline=None)
@given(ANY_ANSWER)
def test_whatever_the_service_answers_ends_the_flow(answer):
    iam = Iam(token_answer(1), token_answer(2))
    drive(made(PASSWORD).flow(asked()), iam, Service(200, answer, answer))
    _auth.auth_hint(answer)
