# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and proxies on loopback that hold a client for as long as they can, and what it makes of them.

Needs requests and urllib3 alone, and says what came of everything as JSON: see tests/transport.
"""

from __future__ import annotations

import contextlib
import json
import os
import socketserver
import sys
import threading
import time

from ansible_collections.huaweicloud.drs.tests.unit.security import read_one

TIMEOUT = 0.6
ELSEWHERE = "https://drs.eu-de.example.com/"
ALL_VARIABLES = [
    name
    for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    for name in (upper, upper.lower())
]


@contextlib.contextmanager
def peer(serve):
    """The address of a listener that hands each connection to serve(connection), until the client hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                serve(self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield "127.0.0.1:%d" % server.server_address[1]
        finally:
            server.shutdown()


def answers(*parts, every=0.0):
    """Reads the head of a request, then sends these parts with pauses between them, the last one again and again."""

    def serve(connection):
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65536)
            if not received:
                return
            head += received
        for part in parts[:-1]:
            connection.sendall(part)
            time.sleep(every)
        until = time.monotonic() + 10
        while every and time.monotonic() < until:
            connection.sendall(parts[-1])
            time.sleep(every)
        connection.sendall(parts[-1])

    return serve


def silent(connection):
    """Says nothing until the client goes away."""
    connection.settimeout(10)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Each would go on for ten seconds.
SLOW = {
    "no answer": answers(b"", every=0.1),
    "a status line at a byte in a while": answers(*(b"%c" % byte for byte in b"HTTP/1.1 200 "), b"O", every=0.1),
    "headers at a byte in a while": answers(OK, b"X-A: ", b"x", every=0.1),
    "headers without an end": answers(OK, b"", b"X-A: x\r\n", every=0.25),
    "100 Continue again and again": answers(b"HTTP/1.1 100 Continue\r\n\r\n", every=0.1),
    "a body at a byte in a while": answers(OK + b"Content-Length: 1000\r\n\r\n", b" ", every=0.1),
    "a body without a length at a byte in a while": answers(OK + b"\r\n", b" ", every=0.1),
    "chunks at a byte in a while": answers(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", every=0.1),
    "the size of a chunk at a byte in a while": answers(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0", every=0.1),
}
SLOW_PROXIES = {
    "a proxy without an answer": answers(b"", every=0.1),
    "a proxy with a status line at a byte in a while": answers(b"H", b"T", b"T", b"P", every=0.1),
    "a proxy with headers at a byte in a while": answers(b"HTTP/1.1 200 OK\r\n", b"X-A: ", b"x", every=0.1),
    "a proxy with headers without an end": answers(b"HTTP/1.1 200 OK\r\n", b"X-A: x\r\n", every=0.25),
    "a tunnel in which nobody answers": answers(b"HTTP/1.1 200 OK\r\n\r\n", b"", every=0.1),
}
REFUSALS = ["407 Proxy Authentication Required", "403 Forbidden", "400 no", "302 Found", "502 Bad Gateway", "429 Busy"]


@contextlib.contextmanager
def environment(**variables):
    """No variable that leads requests elsewhere, but these."""
    before = {name: os.environ.pop(name, None) for name in [*ALL_VARIABLES, *variables]}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def is_in_time(result):
    """Not before the end of the timeout, and not long after it."""
    return TIMEOUT * 0.9 < result["seconds"] < TIMEOUT + 1


def is_right_for(refusal, result):
    """Whether that is what has to come of a proxy's refusal: 4xx is final, a redirect too; what may pass is not."""
    said = result["said"]
    final = refusal[0] in "34" and not refusal.startswith("429")
    return (
        said.startswith("Untrusted" if final else "Unsent")
        and refusal[:3] in said
        and "HTTPS_PROXY" in said
        and "canary" not in said
        and result["seconds"] < 1
    )


def read_slow(name):
    with environment(), peer(SLOW[name]) as address:
        return read_one.read("http://%s/" % address, timeout=TIMEOUT)


def read_through(serve, variable="HTTPS_PROXY", url=ELSEWHERE, **options):
    with peer(serve) as address, environment(**{variable: "http://user:canary-proxy@" + address}):
        return read_one.read(url, **{"timeout": TIMEOUT, **options})


def read_refused(refusal):
    return read_through(answers(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % refusal.encode()))


def read_silent_tls():
    with environment(), peer(silent) as address:
        return read_one.read("https://%s/" % address, timeout=TIMEOUT)


def read_twice():
    """Two requests on one connection: the second has its own time."""
    reply = OK + b"Content-Length: 2\r\n\r\n{}"
    heads = []

    def serve(connection):
        while True:
            heads.append(connection.recv(65536))
            time.sleep(0.4)
            connection.sendall(reply)

    with environment(), peer(serve) as address:
        http = read_one.open_http(timeout=TIMEOUT)
        return [http.read("GET", "http://%s/%d" % (address, number)).body for number in (1, 2)], len(heads)


def everything(tls_url):
    """What comes of all of them; tls_url is of a listener whose certificate nobody knows."""
    with environment():
        unverified = read_one.read(tls_url, verify=False)
    return {
        "slow": {name: read_slow(name) for name in SLOW},
        "proxies": {name: read_through(serve) for name, serve in SLOW_PROXIES.items()},
        "refusals": {refusal: read_refused(refusal) for refusal in REFUSALS},
        "silent": read_silent_tls(),
        "twice": read_twice(),
        "unverified": unverified,
    }


if __name__ == "__main__":
    print(json.dumps(everything(sys.argv[1])))
