# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as its own collection awx.awx asks for when content is made: named things, surveys and associations.

The modules of awx.awx refuse wrong options; what AWX itself refuses, this controller answers with HTTP 400 and the reasons, by rules.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.huaweicloud.drs.tests.awx import rules, workflow

_PREFIX = "/api/v2/"
_UNIFIED = ("job_templates", "workflow_job_templates", "projects")
_WITH_VARIABLES = ("job_templates", "workflow_job_templates")
_TYPES = {"inventories": "inventory"}  # the others lose their s


class Controller:
    """What was made, by kind and in order. Each thing is a dictionary as the API shows it.

    playbooks are the files that the project has, as AWX would find them.
    """

    def __init__(self, playbooks: Collection[str] = ()) -> None:
        self.things: dict[str, list[dict[str, Any]]] = {}
        self.writes: list[tuple[str, str]] = []
        self.refused: list[tuple[str, Any]] = []
        self.url = ""
        self._playbooks = playbooks
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
        status, answered = self._answer(method, target, body)
        if status >= 400:
            self.refused.append((f"{method} {urlsplit(target).path}", answered))
        elif method != "GET":
            self.writes.append((method, urlsplit(target).path))
        return status, answered

    def _answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        address = urlsplit(target)
        kind, number, rest, *_more = [*address.path.removeprefix(_PREFIX).strip("/").split("/"), "", "", ""]
        if not number:
            if method == "GET":
                return 200, self._list(kind, dict(parse_qsl(address.query)))
            errors = self._errors(kind, body)
            return (400, errors) if errors else (201, self.create(kind, _stored(kind, body)))
        (thing,) = (thing for thing in self.things[kind] if thing["id"] == int(number))
        if rest == "survey_spec":
            return self._survey(thing, method, body)
        if rest == "launch":
            errors = rules.launch_errors(thing, body.get("extra_vars", {}), workflow=kind != "job_templates")
            return (400, errors) if errors else (201, {"job": 1})
        if rest == "create_approval_template":
            approval = self.create("workflow_approval_templates", body)
            thing["unified_job_template"] = approval["id"]
            thing["related"]["unified_job_template"] = approval["url"]
            return 201, approval
        if rest:
            return self._associate(thing, rest, method, body)
        if method == "PATCH":
            if (
                kind == "credential_types"
                and self._in_use(thing)
                and body.get("inputs", thing["inputs"]) != thing["inputs"]
            ):
                return 403, {"detail": "the fields of a credential type that is in use cannot be changed"}
            errors = self._errors(kind, thing | body)
            if errors:
                return 400, errors
            thing |= _stored(kind, body)
        return 200, thing

    @staticmethod
    def _survey(thing: dict[str, Any], method: str, body: Any) -> tuple[int, Any]:
        if method == "POST":
            error = rules.survey_error(body)
            if error:
                return 400, {"error": error}
        if method != "GET":
            thing["survey_spec"] = body if method == "POST" else {}
            return 200, None
        return 200, thing["survey_spec"]

    def _associate(self, thing: dict[str, Any], kind: str, method: str, body: Any) -> tuple[int, Any]:
        associated = thing.setdefault(kind, [])
        if method == "GET":
            return 200, page([{"id": each} for each in associated])
        if body.get("disassociate"):
            associated.remove(body["id"])
            return 204, None
        if kind in workflow.EDGES:
            error = workflow.edge_error(self._edges(thing["workflow_job_template"]), thing["id"], kind, body["id"])
            if error:
                return 400, {"Error": error}
        associated.append(body["id"])
        return 204, None

    def _edges(self, of_workflow: int) -> list[tuple[int, str, int]]:
        nodes = [
            node for node in self.things["workflow_job_template_nodes"] if node["workflow_job_template"] == of_workflow
        ]
        return [(node["id"], edge, child) for node in nodes for edge in workflow.EDGES for child in node.get(edge, [])]

    def _errors(self, kind: str, body: dict[str, Any]) -> Any:
        """Why AWX refuses to make or change a thing so, or nothing."""
        if kind == "credential_types":
            return rules.credential_type_errors(body)
        if kind == "notification_templates":
            return rules.notification_errors(body)
        if kind == "job_templates":
            return {} if body["playbook"] in self._playbooks else {"playbook": ["it is not in the project"]}
        if kind in ("schedules", "workflow_job_template_nodes"):
            template = self._template(body.get("unified_job_template"))
            errors = rules.saved_launch_errors(template, body, may_come_later=kind != "schedules")
            unusable = rules.rrule_errors(body["rrule"]) if kind == "schedules" else []
            return errors | ({"rrule": unusable} if unusable else {})
        return {}

    def _template(self, number: int | None) -> dict[str, Any] | None:
        """The template with this id, if it is one that takes variables."""
        templates = [thing for kind in _WITH_VARIABLES for thing in self.things.get(kind, [])]
        return next((thing for thing in templates if thing["id"] == number), None)

    def _in_use(self, credential_type: dict[str, Any]) -> bool:
        return any(each["credential_type"] == credential_type["id"] for each in self.things.get("credentials", []))

    def _list(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
        kinds = _UNIFIED if kind == "unified_job_templates" else (kind,)
        things = [thing for each in kinds for thing in self.things.get(each, [])]
        return page([thing for thing in things if all(str(thing.get(key)) == value for key, value in query.items())])


def _stored(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """A body as AWX keeps it: it fills in what a notification's kind has defaults for."""
    if kind != "notification_templates":
        return body
    fields = rules.NOTIFICATION_FIELDS[body["notification_type"]]
    defaults = {name: value for name, value in fields.items() if not isinstance(value, type)}
    return body | {"notification_configuration": defaults | body["notification_configuration"]}


def page(things: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list."""
    return {"count": len(things), "next": None, "previous": None, "results": things}


@contextlib.contextmanager
def serve(playbooks: Collection[str] = ()) -> Iterator[Controller]:
    """A controller that listens on loopback, at its url, until the block ends."""
    controller = Controller(playbooks)

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

        def do_POST(self) -> None:
            self.do_GET()

        def do_PATCH(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        controller.url = f"http://127.0.0.1:{server.server_port}"
        yield controller
        server.shutdown()
