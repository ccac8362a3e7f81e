# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as its own collection awx.awx asks for when content is made: named things, surveys and associations.

It judges nothing: the modules of awx.awx refuse wrong options, and the tests look at what arrived.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_PREFIX = "/api/v2/"
_UNIFIED = ("job_templates", "workflow_job_templates", "projects")
_TYPES = {"inventories": "inventory"}  # the others lose their s


class Controller:
    """What was made, by kind and in order. Each thing is a dictionary as the API shows it."""

    def __init__(self) -> None:
        self.things: dict[str, list[dict[str, Any]]] = {}
        self.writes: list[tuple[str, str]] = []
        self.url = ""
        self._count = 0
        self.create("organizations", {"name": "Default"})

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """The thing of this kind and name."""
        (found,) = (thing for thing in self.things[kind] if thing["name"] == name)
        return found

    def create(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        url = f"{_PREFIX}{kind}/{self._count}/"
        related = {"survey_spec": f"{url}survey_spec/"} if "job_templates" in kind else {}
        thing = {
            "id": self._count,
            "url": url,
            "type": _TYPES.get(kind, kind[:-1]),
            "related": related,
            "summary_fields": {},
        }
        thing |= {"scm_revision": "", "survey_spec": {}, **fields}
        self.things.setdefault(kind, []).append(thing)
        return thing

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """The status and body for a request."""
        address = urlsplit(target)
        kind, number, rest, *_more = [*address.path.removeprefix(_PREFIX).strip("/").split("/"), "", "", ""]
        if method != "GET":
            self.writes.append((method, address.path))
        if not number:
            return (
                (201, self.create(kind, body))
                if method == "POST"
                else (200, self._list(kind, dict(parse_qsl(address.query))))
            )
        (thing,) = (thing for thing in self.things[kind] if thing["id"] == int(number))
        if rest == "survey_spec":
            thing["survey_spec"] = body if method == "POST" else thing["survey_spec"]
            return 200, thing["survey_spec"]
        if rest == "create_approval_template":
            approval = self.create("workflow_approval_templates", body)
            thing["unified_job_template"] = approval["id"]
            thing["related"]["unified_job_template"] = approval["url"]
            return 201, approval
        if rest:
            associated = thing.setdefault(rest, [])
            if method == "GET":
                return 200, page([{"id": each} for each in associated])
            associated.append(body["id"])
            return 204, None
        if method == "PATCH":
            thing |= body
        return 200, thing

    def _list(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
        kinds = _UNIFIED if kind == "unified_job_templates" else (kind,)
        things = [thing for each in kinds for thing in self.things.get(each, [])]
        return page([thing for thing in things if all(str(thing.get(key)) == value for key, value in query.items())])


def page(things: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list."""
    return {"count": len(things), "next": None, "previous": None, "results": things}


@contextlib.contextmanager
def serve() -> Iterator[Controller]:
    """A controller that listens on loopback, at its url, until the block ends."""
    controller = Controller()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            status, found = controller.answer(self.command, self.path, body)
            content = b"" if found is None else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PATCH = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        controller.url = f"http://127.0.0.1:{server.server_port}"
        yield controller
        server.shutdown()
