# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stay where they were given: canaries in every way in are in no output, result, fact, log, file or traceback."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.huaweicloud.drs.tests.ansible.runs import batch, job_id

READY, RUNNING, FAILED = job_id(1), job_id(2), job_id(3)
PROJECT = {"id": "0123456789abcdef0123456789abcdef", "name": "eu-de"}
KEY, TEMPORARY_KEY = "CANARYACCESSKEY1", "CANARYACCESSKEY2"

TOKEN = "canary-token/+=&<1>%2F"
SECRET_KEY = 'canary-secret-key/+=&"1'
TEMPORARY_SECRET_KEY = "canary-temporary-secret-key/+=&2"
SECURITY_TOKEN = "canary-security-token/+=&3"
PASSWORD = 'canary-pässword\\"&<4>'
DB_PASSWORD = "canary-db-password&5"
SECRETS = [TOKEN, SECRET_KEY, TEMPORARY_SECRET_KEY, SECURITY_TOKEN, PASSWORD, DB_PASSWORD]

IDENTITY = {
    "projects": [PROJECT],
    "users": [{"name": "canary-user", "password": PASSWORD, "domain": "canary-domain"}],
    "keys": [
        {"access_key": KEY, "secret_key": SECRET_KEY},
        {"access_key": TEMPORARY_KEY, "secret_key": TEMPORARY_SECRET_KEY, "security_token": SECURITY_TOKEN},
    ],
    "tokens": [{"token": TOKEN, "project_id": PROJECT["id"]}],
}
ENDPOINT = {
    "db_type": "mysql",
    "db_user": "root",
    "db_password": DB_PASSWORD,
    "kafka_security_config": {"trust_store_password": DB_PASSWORD},
}
JOBS = [
    {"id": READY, "status": "CONFIGURATION", "source_endpoint": ENDPOINT, "target_endpoint": ENDPOINT},
    {"id": RUNNING, "status": "INCRE_TRANSFER_STARTED"},
    {
        "id": FAILED,
        "status": "INCRE_TRANSFER_FAILED",
        "source_endpoint": ENDPOINT,
        "error_message": f"cannot log in with password={DB_PASSWORD}",
    },
]
# Way in -> its options, and the variables with the same values
WAYS = {
    "token": ({"token": TOKEN}, {"HW_AUTH_TOKEN": TOKEN}),
    "access key": ({"access_key": KEY, "secret_key": SECRET_KEY}, {"HW_ACCESS_KEY": KEY, "HW_SECRET_KEY": SECRET_KEY}),
    "temporary access key": (
        {"access_key": TEMPORARY_KEY, "secret_key": TEMPORARY_SECRET_KEY, "security_token": SECURITY_TOKEN},
        {
            "HUAWEICLOUD_SDK_AK": TEMPORARY_KEY,
            "HUAWEICLOUD_SDK_SK": TEMPORARY_SECRET_KEY,
            "HUAWEICLOUD_SDK_SECURITY_TOKEN": SECURITY_TOKEN,
        },
    ),
    "password": (
        {"username": "canary-user", "password": PASSWORD, "domain_name": "canary-domain"},
        {"HW_USER_NAME": "canary-user", "HW_USER_PASSWORD": PASSWORD, "HW_DOMAIN_NAME": "canary-domain"},
    ),
}
# Calls in which the service repeats all that it was sent: a failed write, a failed reading of details, and a refused way in
ECHOES = [
    {
        "match": {"endpoint": "batch-pause-task"},
        "effect": {"status": 400, "error_code": "DRS.M00202", "echo_secrets": True},
    },
    {
        "match": {"endpoint": "batch-retry-task"},
        "effect": {"status": 401, "error_code": "APIGW.0301", "echo_secrets": True},
    },
    {
        "match": {"endpoint": "batch-progress"},
        "effect": {"status": 403, "error_code": "DRS.M00102", "echo_secrets": True},
    },
]


def tasks(options):
    """Success, check mode, diff, and failures that echo, of both modules."""
    read = {
        "name": "read",
        "huaweicloud.drs.drs_job_info": {"job_ids": [READY, FAILED], "gather": ["detail"], **options},
    }
    fail = {
        "name": "fail to read",
        "huaweicloud.drs.drs_job_info": {"job_ids": [RUNNING], "gather": ["progress"], **options},
    }
    return [
        read,
        {**fail, "ignore_errors": True},
        {**batch("predict", state="started", job_ids=[READY], **options), "check_mode": True},
        batch("start", state="started", job_ids=[READY], wait_interval=1, **options),
        {**batch("fail", state="paused", job_ids=[RUNNING], **options), "ignore_errors": True, "register": "failed"},
        {**batch("be refused", state="started", job_ids=[FAILED], **options), "ignore_errors": True},
        {**batch("choose wrongly", state="unheard of", job_ids=[FAILED], **options), "ignore_errors": True},
        {
            **batch("give half", state="paused", job_ids=[FAILED], **{**options, "project_id": "no such / project"}),
            "ignore_errors": True,
        },
        {"name": "show all", "ansible.builtin.debug": {"var": "failed"}},
        {"name": "show the facts", "ansible.builtin.debug": {"var": "ansible_facts"}},
    ]


def spellings(secret):
    """The forms in which a secret may be found."""
    plain = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        html.escape(secret),
        repr(secret)[1:-1],
    }
    encoded = {base64.b64encode(secret.encode()).decode().rstrip("=")}
    return {form.encode() for form in plain | encoded}


def traces(folder, secrets, but):
    """Where any of these secrets is found in the files of this folder, but for those that gave them."""
    forms = {form: secret for secret in secrets for form in spellings(secret)}
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and "ansible_collections" not in path.parts and path not in but:
            text = path.read_bytes()
            found += [f"{secret} in {path}: {_around(text, form)}" for form, secret in forms.items() if form in text]
    return found


def _around(text, form):
    at = text.index(form)
    return text[max(0, at - 80) : at + len(form) + 20].decode(errors="replace")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("by", ["options", "variables"])
def test_no_secret_is_found_anywhere(service, way, by):
    drs = service(JOBS, seed={"identity": IDENTITY})
    for rule in ECHOES:
        drs.emulator.fault(rule)
    options, variables = WAYS[way]
    kept = {
        "ANSIBLE_LOG_PATH": str(drs.folder / "ansible.log"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(drs.folder / "facts"),
        "ANSIBLE_DISPLAY_TRACEBACK": "always",
    }
    ran = drs.play(
        *tasks(options if by == "options" else {}),
        options=("-vvvv", "--diff"),
        variables=kept if by == "options" else kept | variables,
    )
    status = {result.task: result.status for result in ran.results}
    good = ("read", "predict", "start", "show all", "show the facts")
    assert [name for name, word in status.items() if (word == "ok") != (name in good)] == [], ran.output
    # The echoes did come, and came masked. Of an access key alone nothing secret is sent.
    echoed = "Signature=" if way == "access key" else "****"
    for name in ("fail", "be refused", "fail to read"):
        assert echoed in ran.of(name)["msg"], (name, ran.of(name)["msg"])
    assert (drs.folder / "ansible.log").stat().st_size > 10_000
    assert list((drs.folder / "facts").iterdir())

    issued = [token for token in drs.emulator.identity._tokens if token not in SECRETS]
    assert (len(issued) > 0) == (way == "password")
    playbook = drs.folder / "play-0.yml"
    # The search does find them where they were given.
    assert bool(traces(drs.folder, SECRETS, but=())) == (by == "options")
    assert traces(drs.folder, SECRETS + issued, but=(playbook,)) == []
