# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signature: a vector of the vendor's signer, and what changes it. tests/contract compares with the signer."""

from __future__ import annotations

from datetime import datetime

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._signature import Signer

NOW = datetime(2026, 1, 1)
URL = "https://drs.eu-de.otc.t-systems.com/v3/054ba152d480d55b2f5dc0069e7ddef0/jobs/batch-starting"
HEADERS = {"Content-Type": "application/json", "X-Project-Id": "054ba152d480d55b2f5dc0069e7ddef0"}
BODY = b'{"jobs": [{"job_id": "140b5236-88ad-43c8-811c-1268453jb101"}]}'


ASKED = {"method": "POST", "url": URL, "headers": HEADERS, "body": BODY, "now": NOW}


def signature(secret_key="SKEXAMPLE", **changes):
    return Signer("AKIDEXAMPLE", secret_key).authorization(**{**ASKED, **changes})["Authorization"]


def test_the_vendors_vector():
    """Made with huaweicloudsdkcore 3.1.219."""
    assert Signer("AKIDEXAMPLE", "SKEXAMPLE").authorization("POST", URL, HEADERS, BODY, NOW) == {
        "X-Sdk-Date": "20260101T000000Z",
        "Host": "drs.eu-de.otc.t-systems.com",
        "Authorization": "SDK-HMAC-SHA256 Access=AKIDEXAMPLE, "
        "SignedHeaders=content-type;host;x-project-id;x-sdk-date, "
        "Signature=b6bc1efc5db5a53f029af60f8d3378a05a2112eff6ff0b043752c268663c6e99",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"url": URL + "x"},
        {"url": URL + "?a=b"},
        {"url": URL.replace("eu-de", "eu-nl")},
        {"headers": {**HEADERS, "X-Security-Token": "token"}},
        {"body": BODY + b" "},
        {"body": b""},
        {"now": datetime(2026, 1, 1, 0, 0, 1)},
        {"secret_key": "SKEXAMPLF"},
    ],
)
def test_every_part_of_a_request_counts(change):
    assert signature(**change) != signature()


@pytest.mark.parametrize(
    "same",
    [
        {"method": "post"},
        {"url": URL + "/"},
        {"url": URL.replace("batch-starting", "batch%2Dstarting")},
        {"headers": {**HEADERS, "Not_Signed": "x"}},
        {"headers": {"content-type": " application/json ", "X-PROJECT-ID": HEADERS["X-Project-Id"]}},
        {"headers": {**HEADERS, "X-Sdk-Date": "20200101T000000Z"}},
        {"headers": {**HEADERS, "Host": "drs.eu-de.otc.t-systems.com"}},
    ],
)
def test_what_makes_no_difference(same):
    assert signature(**same) == signature()


def test_the_order_of_a_query_makes_no_difference():
    assert signature(url=URL + "?b=2&a=3&a=1") == signature(url=URL + "?a=1&b=2&a=3")


def test_a_host_that_is_given_is_not_given_again():
    assert "Host" not in Signer("AK", "SK").authorization("GET", URL, {"host": "other"}, b"", NOW)


def test_what_is_not_json_is_sent_unsigned():
    headers = Signer("AK", "SK").authorization("POST", URL, {"Content-Type": "text/plain"}, b"x", NOW)
    assert headers["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    assert "x-sdk-content-sha256" in headers["Authorization"]
