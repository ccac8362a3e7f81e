# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request as the emulator sees it and a reply as it leaves, with no socket in between."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
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


@dataclasses.dataclass
class Reply:
    """What goes back. ``fate``: answer; cut (the connection is closed without an answer); truncate (all headers, half
    the body, closed); hang (nothing, ever). ``delay``: seconds before it."""

    status: int
    headers: dict[str, str]
    body: bytes
    fate: str = "answer"
    delay: float = 0.0

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

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the body, wherever they are; a list that may be changed."""
        if isinstance(self.body, dict):
            for key in ("results", "jobs"):
                if isinstance(self.body.get(key), list):
                    rows: list[dict[str, Any]] = self.body[key]
                    return rows
        return []

    def encoded(self) -> bytes:
        """The body as bytes: bytes and text as they are, all else as JSON."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
