# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are too much: a clear error, memory bounded, and no end that never comes."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import threading
import types
import zlib

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils import _http
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, job_id, outcomes, run
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.security import read_one

MIB = 2**20
TOO_LARGE, TOO_MANY, TOO_DEEP = (
    "is larger than 16 MiB",
    "holds more than 300000 values",
    "is nested more than 100 levels deep",
)


def endless(part, times):
    for _part in range(times):
        yield part


def packed(text, times):
    """The text that often, in gzip."""
    gzip = zlib.compressobj(wbits=31)
    for _part in range(times):
        yield gzip.compress(text)
    yield gzip.flush()


# answer -> its parts, its headers, what is said of it, MiB by which the process may grow
LARGE = {
    "50 MiB": (lambda: endless(b"x" * MIB, 50), {}, TOO_LARGE, 50),
    "1 GiB, chunked and without an end in sight": (lambda: endless(b"x" * MIB, 1024), {}, TOO_LARGE, 50),
    "1 GiB of zeros in 1 MiB of gzip": (lambda: packed(b"0" * MIB, 1024), {"Content-Encoding": "gzip"}, TOO_LARGE, 150),
    "a million rows": (lambda: [b'{"results": [' + b'{"id":""},' * 1000000 + b'{"id":""}]}'], {}, TOO_MANY, 60),
    "five million empty arrays": (lambda: [b"[" + b"[]," * 5000000 + b"[]]"], {}, TOO_MANY, 60),
    "eight million numbers": (lambda: [b"[" + b"1," * 8000000 + b"1]"], {}, TOO_MANY, 60),
    "300,000 rows less one": (
        lambda: [b'{"results": [' + b'{"id":"x"},' * 149990 + b'{"id":""}]}'],
        {},
        "HTTP 200, body dict",
        120,
    ),
    "200 arrays deep": (lambda: [b"[" * 200 + b"]" * 200], {}, TOO_DEEP, 40),
    "10,000 arrays deep": (lambda: [b"[" * 10000 + b"]" * 10000], {}, TOO_DEEP, 40),
    "10,000 objects deep": (lambda: [b'{"a":' * 10000 + b"1" + b"}" * 10000], {}, TOO_DEEP, 40),
    "a million arrays deep, never closed": (lambda: [b"[" * 1000000], {}, TOO_MANY, 40),
    "one string of 15 MiB": (lambda: [b'"' + b"x" * (15 * MIB) + b'"'], {}, "HTTP 200, body str", 100),
    "a number of 100,000 digits": (lambda: [b"9" * 100000], {}, "HTTP 200, body NoneType", 40),
}


@contextlib.contextmanager
def answering(parts, headers):
    """The address of a server that answers /large so."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if not self.path.endswith("/large"):
                self._answer([b"{}"], {"Content-Length": "2"})
                return
            with contextlib.suppress(OSError):  # the client hangs up once it has had enough
                self._answer(parts(), headers)

        def _answer(self, parts, headers):
            chunked = "Content-Length" not in headers
            self.send_response(200)
            for name, value in {**headers, **({"Transfer-Encoding": "chunked"} if chunked else {})}.items():
                self.send_header(name, value)
            self.end_headers()
            for part in filter(None, parts):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            if chunked:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_args):
            """Silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@shows(
    "An answer of 50 MiB; without end; 1 GiB packed into 1 MiB; a million rows; nested 10,000 deep",
    "all",
    "Read no further than 16 MiB, 300,000 values and 100 levels: a clear error, memory bounded (measured in a process of its own).",
)
@pytest.mark.parametrize("large", LARGE)
def test_memory_is_bounded(large):
    parts, headers, said, grown = LARGE[large]
    with answering(parts, headers) as url:
        child = subprocess.run(
            [sys.executable, "-m", read_one.__name__, url],
            env={**os.environ, "PYTHONPATH": str(pathlib.Path(read_one.__file__).parents[6])},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
    answer = json.loads(child.stdout)
    assert said in answer["said"]
    assert answer["grown"] < grown


TOO_MUCH = {
    "50 MiB": ({"huge": 50 * MIB}, TOO_LARGE),
    "a million rows": ({"many_rows": 400000}, TOO_MANY),
    "10,000 deep": ({"nested": 10000}, TOO_DEEP),
}


@shows("The same, permanently", "batch-status", "not_attempted, with that error in words; nothing is written.")
@pytest.mark.parametrize("much", TOO_MUCH)
def test_too_large_a_status_is_no_status(much):
    effect, said = TOO_MUCH[much]
    service = emulator(["INCRE_TRANSFER_STARTED"])
    service.fault({"match": {"endpoint": "batch-status"}, "effect": effect})
    result = run(service, "paused", max_retries=0, wait_timeout=2)
    assert outcomes(result) == ["not_attempted"]
    assert said in result["msg"]


@shows(
    "The same, as the answer to a write that was carried out",
    "batch-pause-task",
    "Lost: read until it shows; ok, sent once.",
)
@pytest.mark.parametrize("much", TOO_MUCH)
def test_too_large_an_answer_to_a_write_is_lost(much):
    service = emulator(["INCRE_TRANSFER_STARTED"])
    service.fault({"match": {"kind": "write"}, "effect": TOO_MUCH[much][0]})
    assert outcomes(run(service, "paused")) == ["ok"]
    assert service.journal.accepted(job_id(0)) == ["pause"]


@shows(
    "An answer that trickles in byte by byte",
    "all",
    "Given up once `request_timeout` is over, however much there is still to come.",
)
@pytest.mark.parametrize("headers", [{}, {"Content-Length": "1000000"}])
def test_an_answer_that_trickles_in_is_given_up(headers):
    given_up = threading.Event()

    def trickle():
        for _byte in range(500):
            if given_up.wait(0.02):
                return
            yield b" "

    clock = Clock()
    http = read_one.open_http(timeout=0.3)
    with answering(trickle, headers) as url:
        began = clock.monotonic()
        try:
            with pytest.raises(_http.Lost, match=r"no complete answer within 0\.3 s"):
                http.read("GET", url + "/large")
        finally:
            given_up.set()
        assert clock.monotonic() - began < 5


@shows(
    "The answer is cut, and the HTTP library is an old one that does not notice",
    "all",
    "Noticed by its Content-Length, whole or cut.",
)
@pytest.mark.parametrize("length", ["2", "3", "9" * 300, "9" * 5000, "\u00b2", "2, 2", "-2", ""])
def test_a_cut_answer_is_noticed_with_urllib3_1(length):
    response = requests.Response()
    response.status_code, response.raw = 200, io.BytesIO(b"{}")
    response.headers["Content-Length"] = length
    session = requests.Session()
    session.get_adapter = lambda _url: types.SimpleNamespace(send=lambda *_args, **_how: response)
    http = read_one.open_http(session_factory=lambda: session)
    if length[0:1] in ("3", "9") and len(length) <= 400:
        with pytest.raises(_http.Lost, match="cut after 2 of %s bytes" % length[:20]):
            http.read("GET", "https://drs.example.com/")
    else:
        assert http.read("GET", "https://drs.example.com/").body == {}
