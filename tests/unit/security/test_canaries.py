# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Canary secrets, and a service that echoes them: they are in nothing that a task returns or writes.

The module is run without ansible-core's own masking around it, so that what is found missing here was masked by the collection.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator
from ansible_collections.huaweicloud.drs.tests.emulator.clock import ManualClock
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, TODAY, job_id, run_batch

# As long as those that IAM gives out.
TOKEN = "MIIcanaryToken" + "".join(hashlib.sha256(b"%d" % number).hexdigest() for number in range(50))
PASSWORD = 'canaryPass/word&<with>+"odd"=\\c\u00e9'
SECRET_KEY = "canarySecretKey/of+an==access&key"
SECURITY_TOKEN = "canarySecurityToken" + hashlib.sha512(b"security").hexdigest() * 4
DATABASE_PASSWORD = "canaryDatabasePassword"
PIECE = 14

WAYS_IN = {
    "token": {"token": TOKEN, "project_id": PROJECT},
    "password": {"username": "canary-user", "password": PASSWORD, "domain_name": "a-domain"},
    "access key": {"access_key": "CANARYKEY", "secret_key": SECRET_KEY},
    "temporary access key": {
        "access_key": "CANARYTEMPORARY",
        "secret_key": SECRET_KEY,
        "security_token": SECURITY_TOKEN,
    },
}
SECRETS = (TOKEN, PASSWORD, SECRET_KEY, SECURITY_TOKEN, DATABASE_PASSWORD)
each_way_in = pytest.mark.parametrize("way", WAYS_IN)


@pytest.fixture
def issued(monkeypatch):
    """The tokens that IAM gave out."""
    tokens = []
    answered = in_process.EmulatorAdapter.send

    def send(self, request, **how):
        response = answered(self, request, **how)
        if "X-Subject-Token" in response.headers:
            tokens.append(response.headers["X-Subject-Token"])
        return response

    monkeypatch.setattr(in_process.EmulatorAdapter, "send", send)
    return tokens


def service(*statuses):
    endpoint = {"ip": "10.0.0.1", "db_user": "root", "db_password": DATABASE_PASSWORD}
    jobs = [
        {"id": job_id(number), "status": status, "source_endpoint": endpoint, "target_endpoint": endpoint}
        for number, status in enumerate(statuses)
    ]
    identity = {
        "users": [{"name": "canary-user", "password": PASSWORD, "domain": "a-domain"}],
        "keys": [
            {"access_key": "CANARYKEY", "secret_key": SECRET_KEY},
            {"access_key": "CANARYTEMPORARY", "secret_key": SECRET_KEY, "security_token": SECURITY_TOKEN},
        ],
        "tokens": [{"token": TOKEN, "project_id": PROJECT}],
    }
    return Emulator({"jobs": jobs, "identity": identity}, clock=ManualClock(TODAY))


def spellings(secret):
    """The forms in which a secret may come back."""
    raw = secret.encode()
    yield from (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), html.escape(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode())


def pieces(text):
    """Every piece of a text that is long enough to be told from chance."""
    return {text[at : at + PIECE] for at in range(len(text) - PIECE + 1)}


FORBIDDEN = set().union(*(pieces(form) for secret in SECRETS for form in spellings(secret)))


def assert_silent(result, tmp_path, issued):
    """No part of a secret, in any spelling, is in the result, or in what it was made of, or in a file."""
    files = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    said = "\n".join([repr(result), json.dumps(result), json.dumps(result, ensure_ascii=False), *files])
    assert "canary" not in said.replace("canary-user", "")
    forbidden = FORBIDDEN.union(*(pieces(form) for token in issued for form in spellings(token)))
    assert not forbidden & pieces(said)


def run(emulated, way, tmp_path, **options):
    options = {"state": "started", "job_ids": list(emulated.jobs), "wait_timeout": 60, **options}
    result = run_batch(emulated, way_in=WAYS_IN[way], progress_file=str(tmp_path / "progress"), **options)
    assert not [entry for entry in emulated.journal if entry.status == 401 and entry.fault is None]
    return result


@shows(
    "Secrets of all kinds of credentials, a database's password in batch-detail; success, failure, check mode, the diff",
    "all",
    "In no result, fact, warning or file.",
)
@each_way_in
@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("status", ["CONFIGURATION", "RELEASE_RESOURCE_COMPLETE", "START_JOB_FAILED"])
def test_secrets_are_in_no_result(way, check, status, tmp_path, issued):
    emulated = service(status, status)
    result = run(emulated, way, tmp_path, check=check)
    assert result["failed"] == (status == "RELEASE_RESOURCE_COMPLETE")
    assert emulated.journal.of("batch-status")
    assert_silent(result, tmp_path, issued)


@shows(
    "The service echoes what it was sent, headers and body, in its error texts (400, 401, 403, 404, 409, 500, 503; DRS, the gateway, IAM)",
    "batch-status, batch-detail, batch-starting, IAM's tokens and projects",
    "Masked in every text.",
)
@each_way_in
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-starting", "tokens", "projects"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 503])
def test_echoed_secrets_are_masked(way, endpoint, status, tmp_path, issued):
    emulated = service("CONFIGURATION", "CONFIGURATION")
    code = "APIGW.0301" if status in (401, 503) else "DRS.M00202"
    effect = {"status": status, "error_code": code, "error_msg": "Refused:", "echo_secrets": True}
    emulated.fault({"match": {"endpoint": endpoint}, "effect": effect})
    result = run(emulated, way, tmp_path)
    if any(entry.fault for entry in emulated.journal):
        assert result["failed"]
        assert "********" in json.dumps(result)
    assert_silent(result, tmp_path, issued)


def as_go_does(text):
    return json.dumps({"detail": text}).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def as_php_does(text):
    return json.dumps({"detail": text}).replace("/", "\\/")


WHERE = ("batch-status", "batch-starting")
# where a body has a text -> that body
BODIES = {
    "plain text": lambda text: text,
    "plain text, much": lambda text: "%s " % text * 40,
    "HTML": lambda text: "<html><body>%s</body></html>" % html.escape(text),
    "JSON of DRS": lambda text: {"error_code": "DRS.M00202", "error_msg": text},
    "JSON of IAM": lambda text: {"error": {"code": 400, "message": text, "title": text}},
    "JSON of another shape": lambda text: {"detail": [text], text: 1},
    "JSON in ASCII": lambda text: json.dumps({"detail": text}),
    "JSON as Go writes it": as_go_does,
    "JSON as PHP writes it": as_php_does,
    "cut JSON": lambda text: json.dumps({"error_msg": text})[:-2],
    "cut JSON as Go writes it": lambda text: as_go_does(text)[:-2],
    "cut JSON as PHP writes it": lambda text: as_php_does(text)[:-2],
    "URL-quoted": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(b"user:" + text.encode()).decode(),
    "its request id": lambda text: {"error_code": "DRS.M00202", "error_msg": "no", "request_id": text},
    "its error code": lambda text: {"error_code": text, "error_msg": "no"},
    "the rows' texts": lambda text: rows(status="failed", error_msg=text, error_message=text),
    "the rows' codes": lambda text: rows(status="failed", error_code=text),
    "the rows' statuses": lambda text: rows(status=text),
    "the rows' names": lambda text: rows(status="PAUSING", name=text),
}


def rows(**row):
    return {"results": [{"id": job_id(number), **row} for number in (0, 1)]}


@shows(
    "The service echoes a secret as text, HTML, URL-quoted, in base64, in JSON of any shape (as Python, Go or PHP escape "
    "it), cut, many times over; in a row's text, code, status or name; in the request's id",
    "batch-status, batch-starting, IAM's tokens",
    "Masked, before the text is cut.",
)
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize(
    ("way", "endpoint"),
    [
        *((way, endpoint) for way in ("token", "password", "temporary access key") for endpoint in WHERE),
        ("access key", "batch-status"),
        ("password", "tokens"),
    ],
)
def test_secrets_are_masked_in_every_spelling(way, body, status, endpoint, tmp_path, issued):
    emulated = service("CONFIGURATION", "CONFIGURATION")
    for secret in set(WAYS_IN[way].values()).intersection(SECRETS):
        for text in (secret, "x " + secret):
            effect = {"status": status, "body": BODIES[body](text)}
            emulated.fault({"match": {"endpoint": endpoint, "count": 3}, "effect": effect})
    assert_silent(run(emulated, way, tmp_path, max_retries=1), tmp_path, issued)


@shows(
    "The gateway's 401 echoes the canonical request, the security token among its headers",
    "all, with a temporary access key",
    "Masked; the text says what to check.",
)
def test_the_canonical_request_is_masked(tmp_path, issued):
    emulated = service("CONFIGURATION")
    way_in = dict(WAYS_IN["temporary access key"], secret_key="canaryOfAnotherSecretKey", project_id=PROJECT)
    result = run_batch(emulated, state="started", job_ids=list(emulated.jobs), way_in=way_in)
    assert "canonicalRequest" in json.dumps(result)
    assert "x-security-token:********" in json.dumps(result)
    assert "access key CANARYTEMPORARY" in result["msg"]
    assert_silent(result, tmp_path, issued)
