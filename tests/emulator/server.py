# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator behind a socket: HTTP/1.1 on loopback, with TLS if asked."""

from __future__ import annotations

import contextlib
import http.server
import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from .core import MAX_BODY, Emulator
from .messages import Reply

_LOOK_EVERY = 0.1


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "drs-emulator"
    disable_nagle_algorithm = True
    timeout = 120
    server: _Server

    def _handle(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MAX_BODY or "chunked" in self.headers.get("Transfer-Encoding", ""):
            self._send(Reply(413, {"Content-Type": "application/json"}, b"{}"), close=True)
            return
        body = self.rfile.read(int(length))
        reply = self.server.emulator.handle(self.command, self.path, self.headers.items(), body)
        if reply.delay and self.server.ending.wait(reply.delay):
            self.close_connection = True
            return
        if reply.fate == "hang":
            self._hang()
        elif reply.fate in ("cut", "proxy_refuses"):
            self._close()
        elif reply.fate == "trickle":
            self._trickle(reply)
        else:
            self._send(reply, close=reply.fate == "truncate")

    # http.server looks for methods of these names.
    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815

    def _send(self, reply: Reply, close: bool) -> None:
        body = reply.body[: len(reply.body) // 2] if reply.fate == "truncate" else reply.body
        more = ["Connection: close"] if close and reply.fate != "truncate" else []
        self.wfile.write(reply.head(*more) + body)
        # After a length that may be wrong nobody knows where the next reply begins.
        if close or reply.sets_length:
            self._close()

    def _trickle(self, reply: Reply) -> None:
        """Send byte by byte, until the client goes away or the server ends."""
        slow = reply.trickle
        parts = [(slow.pause, b"HTTP/1.1 100 Continue\r\n\r\n")] * slow.continues
        for pause, data in ((slow.head, reply.head()), (slow.body, reply.body)):
            parts += [(pause, data[at : at + 1]) for at in range(len(data))] if pause else [(0, data)]
        for pause, data in parts:
            if self._is_over(pause):
                self._close()
                return
            self.wfile.write(data)
        if reply.sets_length:
            self._close()

    def _close(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _hang(self) -> None:
        """Say nothing until the client goes away or the server ends."""
        self.close_connection = True
        while not self._is_over(_LOOK_EVERY):
            pass

    def _is_over(self, seconds: float) -> bool:
        """Wait so many seconds, but no longer than the client stays and the server runs: true when one of them has ended."""
        until = time.monotonic() + seconds
        while not self.server.ending.is_set():
            left = until - time.monotonic()
            readable, _writable, _failed = select.select([self.connection], [], [], max(0, min(left, _LOOK_EVERY)))
            if readable or left <= 0:
                return bool(readable)
        return True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet: the journal has it all."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], emulator: Emulator, ssl_context: ssl.SSLContext | None) -> None:
        self.emulator = emulator
        self.ending = threading.Event()
        super().__init__(address, _Handler)
        if ssl_context:
            # The connection's own thread shakes hands, so that a client that never does holds up nobody.
            self.socket = ssl_context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Serving:
    """A server that listens: its ``port``, ``url`` and ``emulator``."""

    def __init__(self, server: _Server, scheme: str, host: str) -> None:
        self.emulator = server.emulator
        self.port: int = server.server_address[1]
        self.url = f"{scheme}://{host}:{self.port}"


@contextlib.contextmanager
def serve(
    emulator: Emulator, *, port: int = 0, ssl_context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Serving]:
    """Listen until the block ends; port 0 takes a free one.

    :raises OSError: when the port is taken.
    """
    server = _Server((host, port), emulator, ssl_context)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": _LOOK_EVERY}, daemon=True, name="drs-emulator"
    )
    thread.start()
    try:
        yield Serving(server, "https" if ssl_context else "http", host)
    finally:
        server.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()
