# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three authentication methods against the emulator's own checks of tokens and signatures, over a real connection."""

from __future__ import annotations

import time

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _endpoints, _secrets
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError
from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Answer, Request
from ansible_collections.huaweicloud.drs.tests.contract.vendor_sdk import ACCESS_KEY, PROJECT_ID, SECRET_KEY, job_id
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve

KEYS = [
    {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
    {"access_key": "TEMPORARYKEY", "secret_key": "temporary-secret", "security_token": "temporary-token"},
]
METHODS = {
    "token": {"token": "emulator-token"},
    "access key": KEYS[0],
    "temporary access key": KEYS[1],
    "password": {"username": "emulator-user", "password": "emulator-password", "domain_name": "emulator-domain"},
}


class Clock:
    def wall(self):
        return time.time()


@pytest.fixture
def emulator():
    return Emulator({"jobs": [{"id": job_id(0), "status": "INCRE_TRANSFER_STARTED"}], "identity": {"keys": KEYS}})


@pytest.fixture
def url(emulator):
    with serve(emulator) as server:
        yield server.url


def drive(flow, answers=None):
    """What the flow returns, once each of its requests was sent; their answers are added to the list."""
    answer = None
    try:
        while True:
            request = flow.send(answer)
            got = requests.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                auth=lambda prepared: prepared,  # or else a netrc file would be read
                timeout=10,
            )
            answer = Answer(got.status_code, got.headers, got.json(), request_id=got.headers.get("X-Request-Id"))
            if answers is not None:
                answers.append(answer)
    except StopIteration as ended:
        return ended.value


def auth_of(url, method, **options):
    given = {"endpoint": url, "auth_url": url, "region": "eu-de", **method, **options}
    return _auth.Auth(*_endpoints.resolve(given, {}), _secrets.Secrets(), Clock())


def read(url, auth):
    """The answer to a reading of the job's status."""
    path = f"{url}/v3/{drive(auth.project_flow())}/jobs/batch-status"
    body = b'{"jobs": ["%s"]}' % job_id(0).encode()
    answers = []
    drive(auth.flow(Request("POST", path, {"Content-Type": "application/json", "X-Language": "en-us"}, body)), answers)
    return answers[-1]


@pytest.mark.parametrize("options", [{}, {"project_id": PROJECT_ID}, {"project_name": "eu-de"}])
@pytest.mark.parametrize("name", METHODS)
def test_each_method_is_authorized(url, name, options):
    answer = read(url, auth_of(url, METHODS[name], **options))
    assert (answer.status, answer.body["results"][0]["status"]) == (200, "INCRE_TRANSFER_STARTED")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("token", {"token": "another-token"}),
        ("access key", {"secret_key": "another-secret-key"}),
        ("temporary access key", {"security_token": "another-token"}),
    ],
)
def test_a_wrong_secret_is_unauthorized(url, name, wrong):
    assert read(url, auth_of(url, METHODS[name] | wrong, project_id=PROJECT_ID)).status == 401


def test_a_wrong_password_is_reported_in_iams_words(url):
    with pytest.raises(AuthError, match="HTTP 401, The username or password is wrong"):
        read(url, auth_of(url, METHODS["password"] | {"password": "another-password"}))


def test_an_unknown_project_is_reported(url):
    with pytest.raises(AuthError, match="no project named eu-nl"):
        read(url, auth_of(url, METHODS["access key"], project_name="eu-nl"))


def test_an_expired_token_is_renewed_and_authorized(url, emulator):
    auth = auth_of(url, METHODS["password"])
    for _number in range(3):
        assert read(url, auth).status == 200
        emulator.identity.expire_tokens()
    assert len([entry for entry in emulator.journal if entry.path == "/v3/auth/tokens"]) == 3


def test_a_clock_that_is_off_is_not_taken_for_a_wrong_signature(url, monkeypatch):
    late = auth_of(url, METHODS["access key"], project_id=PROJECT_ID)
    monkeypatch.setattr(Clock, "wall", lambda self: time.time() - 20 * 60)
    answer = read(url, late)
    assert answer.status == 401
    assert "clock" in _auth.auth_hint(answer)
    monkeypatch.undo()
    wrong = auth_of(url, METHODS["access key"] | {"secret_key": "another-secret-key"}, project_id=PROJECT_ID)
    assert _auth.auth_hint(read(url, wrong)) is None
