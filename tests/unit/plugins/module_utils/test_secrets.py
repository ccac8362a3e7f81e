# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: what is added appears in no text, in none of its spellings."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import Secrets
from hypothesis import given, settings
from hypothesis import strategies as st

SECRETS = [
    "plain-secret",
    'with "quotes" and \\ and /',
    "ampersand&<angle>'s+plus=%41",
    "p\u00e4\u00dfw\u00f6rt-\u6c49\u5b57",
]
SPELLINGS = {
    "plain": lambda secret: secret,
    "quoted": lambda secret: quote(secret, safe=""),
    "quoted but slashes": quote,
    "quoted plus": quote_plus,
    "quoted in small letters": lambda secret: "".join(
        part if len(part) == 1 else part.lower() for part in map(quote, secret)
    ),
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON in UTF-8": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "HTML": html.escape,
    "HTML but quotes": lambda secret: html.escape(secret, quote=False),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_every_spelling_is_replaced_whole(secret, spelling):
    secrets = Secrets()
    secrets.add(secret)
    assert secrets.mask(f"before [{SPELLINGS[spelling](secret)}] after") == "before [********] after"


@pytest.mark.parametrize("before", ["", "u", "us", "user:", "user2:"])
def test_base64_of_a_longer_text_shows_none_of_the_secret(before):
    secrets = Secrets()
    secrets.add("correct horse battery")
    masked = secrets.mask(base64.b64encode(f"{before}correct horse battery:more".encode()).decode())
    shown = [part for part in masked.split("********") if part]
    assert "********" in masked
    assert all(len(part) <= 12 for part in shown)


def test_the_longest_goes_first():
    secrets = Secrets()
    secrets.add("12345678")
    secrets.add("12345678-and-more")
    assert secrets.mask("12345678-and-more 12345678") == "******** ********"


@pytest.mark.parametrize("value", [None, "", "1234567"])
def test_what_is_too_short_is_passed_over(value):
    added = []
    secrets = Secrets(added.append)
    secrets.add(value)
    assert secrets.mask(f"it is {value}") == f"it is {value}"
    assert added == []


def test_whoever_asked_is_told_of_each_value_once():
    added = []
    secrets = Secrets(added.append)
    for value in ("first-secret", "second-secret", "first-secret"):
        secrets.add(value)
    assert added == ["first-secret", "second-secret"]


def test_a_signature_is_replaced_too():
    shown = "Access=KEY, SignedHeaders=host, Signature=%s"
    assert Secrets().mask(shown % ("0f" * 32)) == shown % "********"


def test_secrets_that_hold_each_other_leave_nothing():
    secrets = Secrets()
    secrets.add("long-secret-in-it")
    secrets.add("secret-in")
    assert secrets.mask("long-secret-in-it, secret-in, %s" % quote("a long-secret-in-it")) == (
        "********, ********, a%20********"
    )


@settings(deadline=None)
@given(st.text(min_size=8, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_text_shows_a_secret(secret, before, after):
    try:
        secret.encode("utf-8")
    except UnicodeEncodeError:
        return
    secrets = Secrets()
    secrets.add(secret)
    if secret not in "*" * 60:
        assert secret not in secrets.mask(before + secret + after).replace("********", "\x00")
