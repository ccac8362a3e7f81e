# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The adapter that stands in for the network does with a reply what a socket and requests would."""

from __future__ import annotations

import json

import pytest
import requests
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import HEADERS, PROJECT, emulate, job_id
from ansible_collections.huaweicloud.drs.tests.unit.in_process import REQUEST_SECONDS, EmulatorAdapter
from ansible_collections.huaweicloud.drs.tests.unit.security.over_sockets import proxy

ONE = job_id(0)
URL = f"https://drs.example.com/v3/{PROJECT}/jobs/batch-status?a=b"
RUNNING = "INCRE_TRANSFER_STARTED"
TIMEOUT = 5


def ask(caller, session=None, **options):
    if session is None:
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", EmulatorAdapter(caller.emulator))
    return session.post(URL, data=json.dumps({"jobs": [ONE]}), headers=HEADERS, timeout=TIMEOUT, **options)


def chain(error):
    """The type and text of an error and of each that it holds."""
    found = []
    while error is not None:
        found.append((type(error), str(error)))
        inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else None
        error = inner or getattr(error, "reason", None) or getattr(error, "original_error", None)
    return found


@pytest.mark.parametrize(
    ("status", "reason"), [(407, "Proxy Authentication Required"), (403, "Forbidden"), (502, "Bad Gateway")]
)
def test_a_proxy_that_refuses_raises_what_requests_raises(status, reason):
    caller = emulate(RUNNING)
    caller.emulator.fault({"effect": {"fate": "proxy_refuses", "proxy_status": status}})
    with pytest.raises(requests.exceptions.ProxyError) as made:
        ask(caller)
    session = requests.Session()
    session.trust_env = False
    with proxy(1, f"{status} {reason}".encode()) as server, pytest.raises(requests.exceptions.ProxyError) as real:
        ask(caller, session, proxies={"https": f"http://{server.address}"})
    assert chain(made.value) == chain(real.value)
    assert len(chain(made.value)) == 4
    assert made.value.request.url == real.value.request.url
    assert made.value.args[0].pool.host == real.value.args[0].pool.host
    assert [entry.accepted for entry in caller.emulator.journal] == [[]]


def slow(trickle, **effect):
    """A caller of a service that answers once as slowly as this."""
    caller = emulate(RUNNING)
    caller.emulator.fault({"match": {"count": 1}, "effect": {"fate": "trickle", "trickle": trickle, **effect}})
    return caller


@pytest.mark.parametrize(
    ("trickle", "seconds"), [({"continues": 4}, 4), ({"continues": 5}, 5), ({"continues": 8, "pause": 0.5}, 4)]
)
def test_a_trickling_reply_takes_its_time(trickle, seconds):
    caller = slow(trickle)
    assert ask(caller).json()["results"] == [{"id": ONE, "status": RUNNING}]
    assert caller.emulator.clock.now() == pytest.approx(REQUEST_SECONDS + seconds)


@pytest.mark.parametrize("part", ["head", "body"])
def test_each_byte_counts(part):
    caller = slow({part: 0.01})
    size = len(ask(caller).content)
    passed = caller.emulator.clock.now() - REQUEST_SECONDS
    assert passed == pytest.approx(0.01 * size) if part == "body" else 1 < passed < TIMEOUT


@pytest.mark.parametrize(
    ("trickle", "delay"), [({"continues": 6}, 0), ({"head": 1}, 0), ({"body": 600}, 0), ({"continues": 3}, 3)]
)
def test_a_trickling_reply_longer_than_the_timeout_is_a_read_timeout(trickle, delay):
    caller = slow(trickle, delay=delay)
    with pytest.raises(requests.exceptions.ReadTimeout):
        ask(caller)
    assert caller.emulator.clock.now() == pytest.approx(REQUEST_SECONDS + TIMEOUT)
    assert ask(caller).status_code == 200


def test_headers_arrive_as_they_are():
    caller = emulate(RUNNING)
    length = "9" * 5000
    odd = {"content-length": length, "X-Request-Id": "a\x1b\r\nb\x00", "Date": "never"}
    caller.emulator.fault({"effect": {"headers": odd}})
    response = ask(caller)
    assert {name: response.headers[name] for name in odd} == odd
    assert response.json()["count"] == 1


def test_a_reply_has_the_date_of_the_clock():
    assert ask(emulate(RUNNING)).headers["Date"].endswith(" GMT")
