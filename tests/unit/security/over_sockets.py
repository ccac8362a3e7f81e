# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module over real sockets, against an emulator that listens on loopback."""

from __future__ import annotations

import contextlib
import json
import random
import select
import socket
import socketserver
import threading
import time

from ansible_collections.huaweicloud.drs.plugins.module_utils import _batch
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import Runtime
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, Ended, FakeModule, job_id

TOKEN = "emulator-token"


class HurriedClock(Clock):
    """The machine's clock, set forth by every pause instead of waiting."""

    def __init__(self):
        self._skipped = 0.0

    def monotonic(self):
        return time.monotonic() + self._skipped

    def sleep(self, seconds):
        self._skipped += seconds


def service(*statuses):
    """An emulator whose statuses move with each reading."""
    return Emulator({"jobs": [{"id": job_id(number), "status": status} for number, status in enumerate(statuses)]})


def pause(endpoint, **options):
    """The result of pausing the one job there."""
    options = {"endpoint": endpoint, "project_id": PROJECT, "token": TOKEN, "request_timeout": 5, **options}
    runtime = Runtime(HurriedClock(), random.Random(0).random, None, lambda: True)
    module = FakeModule(_batch.MODULE_OPTIONS, {"state": "paused", "job_ids": [job_id(0)], **options}, False)
    try:
        _batch.run(module, runtime)
    except Ended as ended:
        return ended.result
    raise AssertionError("the module returned without a result")


def outcome(result):
    return result["jobs"][0]["outcome"]


def words(result):
    """All that a result says, for a search."""
    return json.dumps(result, ensure_ascii=False)


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(65536)
            if not line:
                return
            head += line
        self.server.heads.append(head.decode())
        if self.server.refusal or not head.startswith(b"CONNECT "):
            self.wfile.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (self.server.refusal or b"405 no"))
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(self.server.target) as far:
            ends = {self.connection: far, far: self.connection}
            while True:
                readable, _writable, _failed = select.select(list(ends), [], [], 10)
                for end in readable:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)
                if not readable:
                    return


class _Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def proxy(port, refusal=b""):
    """A proxy on loopback that leads every CONNECT to this port: its url, and the heads of the requests that it saw."""
    with _Proxy(("127.0.0.1", 0), _Tunnel) as server:
        server.target, server.refusal, server.heads = ("127.0.0.1", port), refusal, []
        server.address = "127.0.0.1:%d" % server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
