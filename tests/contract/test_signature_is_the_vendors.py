# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our signature is the vendor's, byte by byte, for whatever a request may hold."""

from __future__ import annotations

import typing as t
from datetime import datetime
from urllib.parse import quote

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils._signature import Signer
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer as VendorsSigner
from hypothesis import given, settings
from hypothesis import strategies as st

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "SKEXAMPLE+/="
HOST = "drs.eu-de.otc.t-systems.com"
PATH = "/v3/054ba152d480d55b2f5dc0069e7ddef0/jobs/batch-starting"
NOW = datetime(2026, 11, 21, 22, 47, 5)
JSON = {"Content-Type": "application/json"}


class Asked(t.NamedTuple):
    """A request before it is signed. query: (name, value) pairs; a value may be whatever the vendor's signer takes."""

    method: str = "POST"
    path: str = PATH
    query: t.Any = ()
    headers: t.Any = JSON
    body: bytes = b'{"jobs": [{"job_id": "140b5236-88ad-43c8-811c-1268453jb101"}]}'
    host: str = HOST


def both(asked):
    """(the vendor's headers, ours) for a request. The URL is the one that the vendor's client would send to."""
    signed = SdkRequest(
        method=asked.method,
        schema="https",
        host=asked.host,
        resource_path=asked.path,
        query_params=list(asked.query),
        header_params={**asked.headers, "X-Sdk-Date": NOW.strftime("%Y%m%dT%H%M%SZ")},
        body=asked.body,
    )
    VendorsSigner(BasicCredentials(ACCESS_KEY, SECRET_KEY, "project")).sign(signed)
    ours = Signer(ACCESS_KEY, SECRET_KEY).authorization(asked.method, signed.url, asked.headers, asked.body, NOW)
    return signed.header_params, ours


def assert_equal(asked):
    theirs, ours = both(asked)
    assert {name: theirs[name] for name in ours} == ours
    assert ours["Authorization"].startswith("SDK-HMAC-SHA256 Access=AKIDEXAMPLE, SignedHeaders=")


REQUESTS = {
    "a start": Asked(),
    "a stop, a DELETE with a body": Asked("DELETE", PATH.replace("batch-starting", "batch-jobs")),
    "the projects of a name": Asked("GET", "/v3/projects", [("name", "eu-de")], {}, b"", "iam.eu-de.otc.t-systems.com"),
    "no body, with a type": Asked("GET", body=b""),
    "a small method": Asked("post"),
    "a project": Asked(headers={**JSON, "X-Project-Id": "054ba152d480d55b2f5dc0069e7ddef0"}),
    "a security token": Asked(headers={**JSON, "X-Security-Token": "gQpjbi1ub3J0aC00ioV+/=="}),
    "a language and an agent": Asked(headers={**JSON, "X-Language": "zh-cn", "User-Agent": "drs/1.0 (x; y)"}),
    "a header with an underscore": Asked(headers={**JSON, "Not_Signed": "x"}),
    "a header with spaces around": Asked(headers={**JSON, "X-Note": "  a  b  "}),
    "a header of many bytes": Asked(headers={**JSON, "X-Note": "\u00fcber \u6c49\u5b57"}),
    "a header that is empty": Asked(headers={**JSON, "X-Note": ""}),
    "headers in no order": Asked(headers={"X-B": "2", "x-a": "1", **JSON, "A": "0"}),
    "a type with a charset": Asked(headers={"Content-Type": "application/json;charset=utf8"}),
    "no type": Asked(headers={}),
    "a text": Asked(headers={"Content-Type": "text/plain"}, body=b"hello"),
    "a text that is empty": Asked(headers={"Content-Type": "text/plain"}, body=b""),
    "a hash that is given": Asked(headers={**JSON, "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}),
    "a body in UTF-8": Asked(body='{"name": "\u6570\u636e\u5e93 \u00fc \U0001f600"}'.encode()),
    "a body that is no text": Asked(body=bytes(range(256))),
    "a large body": Asked(body=b'{"jobs": [' + b'"140b5236-88ad-43c8-811c-1268453jb101", ' * 5000 + b"]}"),
    "a query": Asked("GET", query=[("b", "2"), ("a", "1")], body=b""),
    "a query with a name twice": Asked("GET", query=[("a", "2"), ("b", "1"), ("a", "10"), ("a", "1")], body=b""),
    "a query with a list": Asked("GET", query=[("a", ["2", "10", "1"])], body=b""),
    "a query with true and a number": Asked("GET", query=[("a", True), ("b", 7)], body=b""),
    "a query with nothing in it": Asked("GET", query=[("a", ""), ("b", "")], body=b""),
    "a query with signs": Asked("GET", query=[("a b+c", "d&e=f/g?h#i~j%20*'()"), ("~", "-._")], body=b""),
    "a query of many bytes": Asked("GET", query=[("\u00fc", "\u6c49\u5b57")], body=b""),
    "a path that ends in a slash": Asked(path=PATH + "/"),
    "the root": Asked(path="/"),
    "two slashes": Asked(path="/v3//jobs"),
    "a path with dots": Asked(path="/v3/./a/../jobs"),
    "a path that is quoted": Asked(path="/v3/a%20b%2Fc%25d%7e~e"),
    "a path with signs": Asked(path="/v3/a+b=c&d;e,f@g:h!i$j'k(l)*m"),
    "a path of many bytes": Asked(path="/v3/" + quote("\u6c49\u5b57/\u00fc")),
    "a port": Asked(host="127.0.0.1:8080"),
    "an address of version 6": Asked(host="[::1]:8080"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_signature_is_the_vendors(name):
    assert_equal(REQUESTS[name])


@pytest.mark.parametrize("name", [name for name in REQUESTS if REQUESTS[name].query])
def test_the_way_in_which_requests_spells_a_query_makes_no_difference(name):
    asked = REQUESTS[name]
    params = [(key, str(value).lower() if isinstance(value, bool) else value) for key, value in asked.query]
    url = requests.Request("GET", f"https://{asked.host}{asked.path}", params=params).prepare().url
    ours = Signer(ACCESS_KEY, SECRET_KEY).authorization(asked.method, url, asked.headers, asked.body, NOW)
    assert ours["Authorization"] == both(asked)[0]["Authorization"]


WORDS = st.text(max_size=12)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,11}", fullmatch=True).filter(
    lambda name: name.lower() not in ("content-type", "host", "authorization", "x-sdk-date", "x-sdk-content-sha256")
)
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@settings(deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    path=st.lists(WORDS, max_size=5).map(lambda parts: "/" + "/".join(quote(part) for part in parts)),
    query=st.lists(st.tuples(WORDS, WORDS), max_size=5),
    headers=st.dictionaries(NAMES, VALUES, max_size=4).filter(
        lambda names: len({n.lower() for n in names}) == len(names)
    ),
    content_type=st.sampled_from([None, "application/json", "application/json; charset=utf-8", "text/plain"]),
    body=st.binary(max_size=60) | st.text(max_size=30).map(str.encode),
)
def test_any_request_is_signed_as_the_vendor_signs_it(method, path, query, headers, content_type, body):
    with_type = {**headers, "Content-Type": content_type} if content_type else headers
    assert_equal(Asked(method, path, query, with_type, body))


@settings(deadline=None)
@given(access_key=st.from_regex(r"[A-Z0-9]{8,20}", fullmatch=True), secret_key=st.text(min_size=8, max_size=40))
def test_any_key_signs_as_with_the_vendor(access_key, secret_key):
    signed = SdkRequest("POST", "https", HOST, PATH, None, [], {"X-Sdk-Date": "20261121T224705Z"}, b"{}")
    VendorsSigner(BasicCredentials(access_key, secret_key, "project")).sign(signed)
    ours = Signer(access_key, secret_key).authorization("POST", f"https://{HOST}{PATH}", {}, b"{}", NOW)
    assert ours["Authorization"] == signed.header_params["Authorization"]
