# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real HTTP server that messages about runs are sent to. What it answers depends on the first part of the path."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Message(NamedTuple):
    """A request: its path, the type that it names, and its body, as JSON if it is that."""

    path: str
    content_type: str
    body: Any


class Listener:
    """The address of a listener, and the messages that have come, oldest first."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[Message] = []
        self.patience = threading.Event()

    def address(self, path: str) -> str:
        """An address: /204/... is answered with that status, /hangs/... not before the end, and /drips/... a byte a second."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def bodies(self, path: str) -> list[Any]:
        """The bodies that have come to a path."""
        return [message.body for message in self.messages if message.path == f"/{path}"]


@contextlib.contextmanager
def listen() -> Iterator[Listener]:
    """Listens at a free port of this machine until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        """Keeps each request, and answers as its path says."""

        def do_POST(self) -> None:
            body: Any = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            with contextlib.suppress(ValueError):
                body = json.loads(body)
            listener.messages.append(Message(self.path, self.headers["Content-Type"], body))
            kind = self.path.split("/")[1]
            if kind == "hangs":
                listener.patience.wait(60)
            elif kind == "drips":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not listener.patience.wait(1):
                    self.wfile.write(b".")
            else:
                self.send_response(int(kind))
                self.send_header("Location", listener.address("200/redirected"))
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_GET(self) -> None:
            """A redirect that was followed."""
            self.do_POST()

        def log_message(self, *_words: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        """Says nothing of a client that has gone."""

        def handle_error(self, *_request: Any) -> None:
            """Says nothing."""

    with Server(("127.0.0.1", 0), Handler) as server:
        listener = Listener(server.server_port)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.patience.set()
            server.shutdown()
            thread.join()


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
