# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults by rule: which requests one hits, and what becomes of them."""

from __future__ import annotations

import dataclasses
import email.utils
import random
from collections.abc import Callable
from typing import Any

from .errors import text
from .messages import Answer, Request

MATCH = {"endpoint", "method", "kind", "job_id", "verb", "status_is", "nth", "count", "after", "probability"}
EFFECT = {
    "status",
    "body",
    "error_code",
    "error_msg",
    "content_type",
    "html",
    "empty",
    "delay",
    "fate",
    "retry_after",
    "applied",
    "drop_rows",
    "double_rows",
    "extra_rows",
    "row_status",
    "row_error",
    "wrong_shape",
    "not_json",
    "huge",
    "nested",
    "many_rows",
    "location",
    "expire_tokens",
    "echo_secrets",
}
_FATES = ("answer", "cut_before", "cut_after", "truncate", "hang")
_HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
# These replace the service's answer; unless "applied" says otherwise, the request then never reached it.
_REPLACING = {"status", "body", "error_code", "error_msg", "html", "empty", "location", "echo_secrets"}


@dataclasses.dataclass(frozen=True)
class Hit:
    """What the rules look at: the call, the job ids and verbs in the body, and a job's status by its id."""

    endpoint: str
    method: str
    kind: str
    job_ids: list[str]
    verbs: list[str]
    status_of: Callable[[str], str | None]


@dataclasses.dataclass
class Fault:
    """One rule with how often it matched and was used."""

    id: int
    match: dict[str, Any]
    effect: dict[str, Any]
    matched: int = 0
    used: int = 0

    @property
    def before(self) -> bool:
        """Whether the request never reaches the service."""
        if "applied" in self.effect:
            return not self.effect["applied"]
        fate = self.effect.get("fate")
        return fate == "cut_before" or (fate is None and bool(_REPLACING & set(self.effect)))

    @property
    def fate(self) -> str:
        """The reply's fate: answer, cut, truncate or hang."""
        fate = self.effect.get("fate", "answer")
        return "cut" if fate in ("cut_before", "cut_after") else str(fate)


class Faults:
    """The rules of one emulator, in order: the first that matches is used."""

    def __init__(self, random_seed: int) -> None:
        self.rules: list[Fault] = []
        self._random = random.Random(random_seed)  # repeatable, not secret  # nosec B311
        self._made = 0

    def add(self, rule: dict[str, Any]) -> Fault:
        """A new rule.

        :raises ValueError: for a key that is none, or a value that does not fit.
        """
        check_rule(rule)
        self._made += 1
        fault = Fault(self._made, dict(rule.get("match", {})), dict(rule["effect"]))
        self.rules.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> None:
        """Take one rule away, or all."""
        self.rules = [] if fault_id is None else [rule for rule in self.rules if rule.id != fault_id]

    def pick(self, hit: Hit) -> Fault | None:
        """The rule for this request; it counts as used."""
        for rule in self.rules:
            if not _fits(rule.match, hit):
                continue
            rule.matched += 1
            if self._is_due(rule):
                rule.used += 1
                return rule
        return None

    def _is_due(self, rule: Fault) -> bool:
        match = rule.match
        if "nth" in match:
            nths = match["nth"] if isinstance(match["nth"], list) else [match["nth"]]
            if rule.matched not in nths:
                return False
        if rule.matched <= match.get("after", 0):
            return False
        if "count" in match and rule.used >= match["count"]:
            return False
        return "probability" not in match or self._random.random() < match["probability"]


def check_rule(rule: Any) -> None:
    """Refuse a rule that means nothing.

    :raises ValueError: with what does not fit.
    """
    if not isinstance(rule, dict) or not {"effect"} <= set(rule) <= {"match", "effect"} or not rule["effect"]:
        raise ValueError("fault: an object with effect, and match or not")
    for part, known in (("match", MATCH), ("effect", EFFECT)):
        value = rule.get(part, {})
        if not isinstance(value, dict) or not set(value) <= known:
            raise ValueError(f"fault: {part} has {', '.join(sorted(known))}")
    if rule["effect"].get("fate", "answer") not in _FATES:
        raise ValueError(f"fault: fate is one of {', '.join(_FATES)}")


def _fits(match: dict[str, Any], hit: Hit) -> bool:
    return (
        _is_in(hit.endpoint, match.get("endpoint"))
        and _is_in(hit.method, match.get("method"))
        and _is_in(hit.kind, match.get("kind"))
        and ("job_id" not in match or any(_is_in(job_id, match["job_id"]) for job_id in hit.job_ids))
        and ("verb" not in match or any(_is_in(verb, match["verb"]) for verb in hit.verbs))
        and (
            "status_is" not in match or any(_is_in(hit.status_of(job_id), match["status_is"]) for job_id in hit.job_ids)
        )
    )


def _is_in(value: Any, wanted: Any) -> bool:
    if wanted is None:
        return True
    return value in wanted if isinstance(wanted, list) else value == wanted


def reply_to(effect: dict[str, Any], request: Request, answer: Answer | None, wall: float) -> Answer:
    """The answer that a rule makes: in place of the service's (None: it was never asked), or out of it."""
    answer = _replaced(effect, request) if answer is None else _changed(effect, request, answer)
    if "retry_after" in effect:
        answer.headers["Retry-After"] = _retry_after(effect["retry_after"], wall)
    if "location" in effect:
        answer.headers["Location"] = effect["location"]
    if "content_type" in effect:
        answer.headers["Content-Type"] = effect["content_type"]
    return answer


def _replaced(effect: dict[str, Any], request: Request) -> Answer:
    status = effect.get("status", 302 if "location" in effect else 400)
    if "body" in effect:
        return Answer(status, effect["body"])
    if effect.get("html"):
        return Answer(status, _HTML.format(status), {"Content-Type": "text/html"})
    if effect.get("empty") or "location" in effect:
        return Answer(status, b"")
    code = effect.get("error_code", "DRS.M00004")
    message = effect.get("error_msg", text(code))
    if effect.get("echo_secrets"):
        message = " ".join([message, *secrets_of(request)])
    body = {"error_code": code, "error_msg": message}
    if code.startswith("APIG"):
        body["request_id"] = request.id
    return Answer(status, body)


def _changed(effect: dict[str, Any], request: Request, answer: Answer) -> Answer:
    if set(effect) & _REPLACING - {"status"}:
        return _replaced({"status": answer.status, **effect}, request)
    answer.status = effect.get("status", answer.status)
    rows = answer.rows()
    _change_rows(effect, rows)
    if isinstance(answer.body, dict) and "count" in answer.body:
        answer.body["count"] = len(rows)
    if "wrong_shape" in effect:
        answer.body = [answer.body] if effect["wrong_shape"] is True else effect["wrong_shape"]
    if effect.get("not_json"):
        answer.body = effect["not_json"] if isinstance(effect["not_json"], str) else "this is not JSON"
    if "huge" in effect:
        answer.body = b'{"results": [], "count": 0, "padding": "' + b"x" * effect["huge"] + b'"}'
    if "nested" in effect:
        answer.body = b"[" * effect["nested"] + b"]" * effect["nested"]
    if "many_rows" in effect:
        answer.body = b'{"results": [' + b",".join([b'{"id": "x", "status": "success"}'] * effect["many_rows"]) + b"]}"
    return answer


def _change_rows(effect: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    dropped = effect.get("drop_rows")
    if isinstance(dropped, list):
        rows[:] = [row for row in rows if _id(row) not in dropped]
    elif dropped:
        del rows[-dropped:]
    for row in rows:
        status = effect.get("row_status")
        status = status.get(_id(row)) if isinstance(status, dict) else status
        if status is not None:
            row["status"] = status
        error = effect.get("row_error", {}).get(_id(row)) or effect.get("row_error", {}).get("*")
        if error:
            key = "error_msg" if "error_msg" in row or row.get("status") in ("success", "failed") else "error_message"
            row.update({"status": "failed", "error_code": error[0], key: error[1]})
    if effect.get("double_rows"):
        rows.extend(dict(row) for row in list(rows))
    rows.extend(dict(row) for row in effect.get("extra_rows", []))


def _id(row: dict[str, Any]) -> Any:
    return row.get("id", row.get("job_id"))


def secrets_of(request: Request) -> list[str]:
    """What a careless service would echo: the headers that let the caller in, and the whole body."""
    echoed = [
        f"{name}: {request.headers[name]}"
        for name in ("authorization", "x-auth-token", "x-security-token")
        if name in request.headers
    ]
    return [*echoed, request.body.decode(errors="replace")]


def _retry_after(value: Any, wall: float) -> str:
    if value == "date":
        value = {"date": 5}
    if isinstance(value, dict):
        return email.utils.formatdate(wall + value["date"], usegmt=True)
    return str(value)
