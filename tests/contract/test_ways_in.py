# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our three ways in against the emulator's own checks of tokens and signatures, over a real connection."""

from __future__ import annotations

import time
import typing as t

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _secrets, _settings
from ansible_collections.huaweicloud.drs.tests.contract.vendor_sdk import ACCESS_KEY, PROJECT_ID, SECRET_KEY, job_id
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve

KEYS = [
    {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
    {"access_key": "TEMPORARYKEY", "secret_key": "temporary-secret", "security_token": "temporary-token"},
]
WAYS_IN = {
    "token": {"token": "emulator-token"},
    "access key": KEYS[0],
    "temporary access key": KEYS[1],
    "password": {"username": "emulator-user", "password": "emulator-password", "domain_name": "emulator-domain"},
}


class Answer(t.NamedTuple):
    status: int
    headers: t.Any
    body: t.Any
    request_id: str | None


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


def call(method, url, headers, payload, auth=None):
    got = requests.request(method, url, headers=headers, json=payload, auth=auth or (lambda asked: asked), timeout=10)
    return Answer(got.status_code, got.headers, got.json(), got.headers.get("X-Request-Id"))


def let_in(url, way, **options):
    settings = _settings.resolve({"endpoint": url, "auth_url": url, "region": "eu-de", **way, **options}, {})
    return _auth.way_in(settings, _secrets.Secrets(), call, Clock())


def read(url, auth):
    """(HTTP status, body) of a reading of the job's status."""
    got = call("POST", f"{url}/v3/{auth.project_id()}/jobs/batch-status", {}, {"jobs": [job_id(0)]}, auth)
    return got.status, got.body


@pytest.mark.parametrize("options", [{}, {"project_id": PROJECT_ID}, {"project_name": "eu-de"}])
@pytest.mark.parametrize("name", WAYS_IN)
def test_each_way_is_let_in(url, name, options):
    status, body = read(url, let_in(url, WAYS_IN[name], **options))
    assert (status, body["results"][0]["status"]) == (200, "INCRE_TRANSFER_STARTED")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("token", {"token": "another-token"}),
        ("access key", {"secret_key": "another-secret-key"}),
        ("temporary access key", {"security_token": "another-token"}),
    ],
)
def test_a_wrong_secret_is_not_let_in(url, name, wrong):
    assert read(url, let_in(url, WAYS_IN[name] | wrong, project_id=PROJECT_ID))[0] == 401


def test_a_wrong_password_is_told_in_iams_words(url):
    with pytest.raises(_settings.AuthError, match="HTTP 401, The username or password is wrong"):
        read(url, let_in(url, WAYS_IN["password"] | {"password": "another-password"}))


def test_an_unknown_project_is_told(url):
    with pytest.raises(_settings.AuthError, match="no project of the name eu-nl"):
        read(url, let_in(url, WAYS_IN["access key"], project_name="eu-nl"))


def test_an_expired_token_is_renewed_and_let_in(url, emulator):
    auth = let_in(url, WAYS_IN["password"])
    prepared = requests.Request("GET", f"{url}/v3/projects?name=eu-de", auth=auth).prepare()
    emulator.identity.expire_tokens()
    with requests.Session() as session:
        assert session.send(prepared, timeout=10).status_code == 401
        assert auth.renew(prepared)
        assert session.send(auth(prepared), timeout=10).status_code == 200
    assert len([entry for entry in emulator.journal if entry.path == "/v3/auth/tokens"]) == 2


def test_a_clock_that_is_off_is_told_from_a_wrong_signature(url, monkeypatch):
    late = let_in(url, WAYS_IN["access key"], project_id=PROJECT_ID)
    monkeypatch.setattr(Clock, "wall", lambda self: time.time() - 20 * 60)
    status, body = read(url, late)
    assert status == 401
    assert "clock" in _auth.auth_hint(body)
    monkeypatch.undo()
    wrong = let_in(url, WAYS_IN["access key"] | {"secret_key": "another-secret-key"}, project_id=PROJECT_ID)
    assert _auth.auth_hint(read(url, wrong)[1]) is None
