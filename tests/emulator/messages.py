# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request as the emulator sees it and a reply as it leaves, with no socket in between."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from http.client import responses
from typing import Any
from urllib.parse import parse_qsl, unquote


@dataclasses.dataclass
class Request:
    """One request. Header names are in lower case; the path is decoded."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    id: str

    @classmethod
    def parse(
        cls,
        method: str,
        target: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
        body: bytes,
        request_id: str,
    ) -> Request:
        """The request of a method, a target (path and query, or a whole URL), headers and a body."""
        if not target.startswith("/"):
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _mark, query = target.partition("?")
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        return cls(
            method.upper(),
            unquote(path),
            parse_qsl(query, keep_blank_values=True),
            {name.lower(): _text(value) for name, value in pairs},
            body,
            request_id,
        )

    def json(self) -> Any:
        """The body, parsed; None where it is empty or not JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except (ValueError, RecursionError):
            return None


@dataclasses.dataclass(frozen=True)
class Trickle:
    """How slowly a reply is sent: seconds before each byte of the status line and headers, and of the body; before
    them so many ``100 Continue``, each after a pause of seconds."""

    head: float = 0.0
    body: float = 0.0
    continues: int = 0
    pause: float = 1.0


@dataclasses.dataclass
class Reply:
    """What goes back. ``fate``: answer; cut (the connection is closed without an answer); truncate (all headers, half
    the body, closed); hang (nothing, ever); trickle (sent as slowly as ``trickle`` says); proxy_refuses (a proxy on the
    way answers CONNECT with ``status``). ``delay``: seconds before it."""

    status: int
    headers: dict[str, str]
    body: bytes
    fate: str = "answer"
    delay: float = 0.0
    trickle: Trickle = Trickle()

    @property
    def sets_length(self) -> bool:
        """Whether the headers hold a Content-Length of their own, true or not."""
        return any(name.lower() == "content-length" for name in self.headers)

    @property
    def seconds(self) -> float:
        """How long the reply takes to send, its ``delay`` not counted."""
        slow = self.trickle
        return slow.continues * slow.pause + slow.head * len(self.head()) + slow.body * len(self.body)

    def head(self, *more: str) -> bytes:
        """The status line and headers as they are sent, with more header lines at the end. Line breaks within a value
        are left out."""
        lines = [f"HTTP/1.1 {self.status} {responses.get(self.status, '')}"]
        lines += [f"{name}: {value}".replace("\r", "").replace("\n", "") for name, value in self.headers.items()]
        if not self.sets_length:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, *more]).encode("utf-8", "surrogatepass") + b"\r\n\r\n"

    def json(self) -> Any:
        """The body, parsed.

        :raises ValueError: when it is not JSON.
        """
        return json.loads(self.body)


@dataclasses.dataclass
class Answer:
    """A reply before it is bytes."""

    status: int
    body: Any
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    prefix: bytes = b""
    suffix: bytes = b""

    def set_header(self, name: str, value: str | None) -> None:
        """Put a header in place of the one of that name, whatever its case; None only removes it."""
        self.headers = {other: kept for other, kept in self.headers.items() if other.lower() != name.lower()}
        if value is not None:
            self.headers[name] = value

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the body, wherever they are; a list that may be changed."""
        if isinstance(self.body, dict):
            for key in ("results", "jobs"):
                if isinstance(self.body.get(key), list):
                    rows: list[dict[str, Any]] = self.body[key]
                    return rows
        return []

    def encoded(self) -> bytes:
        """The body as bytes: bytes and text as they are, all else as JSON; between its prefix and suffix."""
        body = as_bytes(self.body) if isinstance(self.body, (bytes, str)) else as_json(self.body)
        return self.prefix + body + self.suffix


def as_bytes(value: bytes | str) -> bytes:
    """Bytes as they are, text in UTF-8. Half a surrogate pair becomes three bytes, which are not valid UTF-8."""
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def as_json(value: Any) -> bytes:
    """A value as JSON in UTF-8; in ASCII with escapes where it holds half a surrogate pair, which UTF-8 cannot."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
