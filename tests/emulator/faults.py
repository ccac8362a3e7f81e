# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults by rule: which requests one hits, and what becomes of them."""

from __future__ import annotations

import dataclasses
import email.utils
import json
import math
import random
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from .errors import text
from .messages import Answer, Request, as_bytes

_FATES = ("answer", "cut_before", "cut_after", "truncate", "hang", "trickle", "proxy_refuses")
_HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
# These replace the service's answer; unless "applied" says otherwise, the request then never reached it.
_REPLACING = {"status", "body", "error_code", "error_msg", "html", "empty", "location", "echo_secrets"}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FARTHEST_DATE = 10**10  # seconds; a date beyond the year 9999 cannot be written


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_seconds(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _is_error(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and _is_json(value)


def _is_by_id(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value)) and all(map(fits, value.values()))


def _is_retry_after(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"date"} and _is_number(value["date"]) and abs(value["date"]) <= _FARTHEST_DATE
    return _is_text(value) or _is_number(value)


def _is_trickle(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and set(value) <= {"head", "body", "continues", "pause"}
        and all(_is_count(part) if name == "continues" else _is_seconds(part) for name, part in value.items())
    )


def _is_headers(value: Any) -> bool:
    return _is_by_id(value, lambda content: content is None or _is_text(content)) and all(
        map(_HEADER_NAME.fullmatch, value)
    )


class Key(NamedTuple):
    """What a key of a rule takes: in words, and as a check."""

    meaning: str
    fits: Callable[[Any], bool]


_TEXTS = Key("a text or a list of texts", _is_texts)
_FLAG = Key("true or false", _is_flag)
_COUNT = Key("a whole number from 0", _is_count)
_SECONDS = Key("a number of seconds from 0", _is_seconds)
_JSON = Key("a JSON value", _is_json)
_BODY = Key("bytes, a text or another JSON value", lambda value: isinstance(value, bytes) or _is_json(value))
_BYTES = Key("bytes or a text", lambda value: isinstance(value, (bytes, str)))
_TEXT = Key("a text", _is_text)

MATCH = {
    "endpoint": _TEXTS,
    "method": _TEXTS,
    "kind": _TEXTS,
    "job_id": _TEXTS,
    "verb": _TEXTS,
    "status_is": _TEXTS,
    "jobs_least": _COUNT,
    "nth": Key(
        "a whole number or a list of them",
        lambda value: _is_count(value) or (isinstance(value, list) and all(map(_is_count, value))),
    ),
    "count": _COUNT,
    "after": _COUNT,
    "for": _SECONDS,
    "probability": Key("a number from 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1),
}
EFFECT = {
    "status": Key("an HTTP status", lambda value: _is_count(value) and 100 <= value <= 999),
    "body": _BODY,
    "error_code": _JSON,
    "error_msg": _JSON,
    "content_type": _TEXT,
    "html": _FLAG,
    "empty": _FLAG,
    "delay": _SECONDS,
    "fate": Key(f"one of {', '.join(_FATES)}", lambda value: value in _FATES),
    "trickle": Key("an object with head, body or pause (seconds) or continues (a whole number)", _is_trickle),
    "proxy_status": Key("an HTTP status from 400 to 599", lambda value: _is_count(value) and 400 <= value <= 599),
    "retry_after": Key("a text, a number, or an object with date (seconds)", _is_retry_after),
    "applied": Key("true, false or a number of jobs", lambda value: _is_flag(value) or _is_count(value)),
    "with_error": Key("a list of a code and a text", _is_error),
    "drop_rows": Key(
        "'all', a list of ids or a number of rows",
        lambda value: value == "all" or _is_count(value) or (isinstance(value, list) and _is_texts(value)),
    ),
    "double_rows": _FLAG,
    "extra_rows": Key(
        "a list of objects",
        lambda value: isinstance(value, list) and all(isinstance(row, dict) for row in value) and _is_json(value),
    ),
    "row_status": _JSON,
    "row_error": Key("an object of id or '*': [code, text]", lambda value: _is_by_id(value, _is_error)),
    "row_fields": Key(
        "an object of id or '*': an object of field: a JSON value",
        lambda value: _is_by_id(value, lambda fields: _is_by_id(fields, _is_json)),
    ),
    "prefix": _BYTES,
    "suffix": _BYTES,
    "headers": Key("an object of header name: a text or null", _is_headers),
    "wrong_shape": _BODY,
    "not_json": Key("true, false or a text", lambda value: _is_flag(value) or _is_text(value)),
    "huge": _COUNT,
    "nested": _COUNT,
    "many_rows": _COUNT,
    "location": _TEXT,
    "expire_tokens": _FLAG,
    "echo_secrets": _FLAG,
}
# A key that means something with one fate only.
_KEY_OF_FATE = {"trickle": "trickle", "proxy_status": "proxy_refuses"}


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
    """One rule with how often it matched and was used, and the service second of its first use."""

    id: int
    match: dict[str, Any]
    effect: dict[str, Any]
    matched: int = 0
    used: int = 0
    first_used: float | None = None

    @property
    def before(self) -> bool:
        """Whether the request never reaches the service."""
        fate = self.effect.get("fate")
        if fate == "proxy_refuses":
            return True
        if "applied" in self.effect:
            return not self.effect["applied"]
        if "with_error" in self.effect:
            return fate == "cut_before"
        return fate == "cut_before" or (fate is None and bool(_REPLACING & set(self.effect)))

    @property
    def first(self) -> int | None:
        """How many jobs of the request, from the first on, the service may touch; None: all."""
        applied = self.effect.get("applied")
        return None if applied is None or isinstance(applied, bool) else int(applied)

    @property
    def fate(self) -> str:
        """The reply's fate: answer, cut, truncate, hang, trickle or proxy_refuses."""
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

    def pick(self, hit: Hit, now: float) -> Fault | None:
        """The rule for this request at this service second; it counts as used."""
        for rule in self.rules:
            if not _fits(rule.match, hit):
                continue
            rule.matched += 1
            if self._is_due(rule, now):
                rule.used += 1
                rule.first_used = now if rule.first_used is None else rule.first_used
                return rule
        return None

    def _is_due(self, rule: Fault, now: float) -> bool:
        match = rule.match
        if "nth" in match:
            nths = match["nth"] if isinstance(match["nth"], list) else [match["nth"]]
            if rule.matched not in nths:
                return False
        if "for" in match and rule.first_used is not None and now > rule.first_used + match["for"]:
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
        given = rule.get(part, {})
        if not isinstance(given, dict) or not set(given) <= set(known):
            raise ValueError(f"fault: {part} has {', '.join(sorted(known))}")
        for name, value in given.items():
            if not known[name].fits(value):
                raise ValueError(f"fault: {part}.{name}: {value!r} is not {known[name].meaning}")
    fate = rule["effect"].get("fate", "answer")
    for name, needed in _KEY_OF_FATE.items():
        if name in rule["effect"] and fate != needed:
            raise ValueError(f"fault: effect.{name} needs the fate {needed}")
    in_place = sorted((_REPLACING - {"status"}) & set(rule["effect"]))
    if "with_error" in rule["effect"] and in_place:
        raise ValueError(f"fault: effect.with_error keeps the service's rows, and {', '.join(in_place)} does not")
    if fate == "trickle" and "trickle" not in rule["effect"]:
        raise ValueError("fault: the fate trickle needs effect.trickle")


def _fits(match: dict[str, Any], hit: Hit) -> bool:
    return (
        len(hit.job_ids) >= match.get("jobs_least", 0)
        and _is_in(hit.endpoint, match.get("endpoint"))
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
    if effect.get("fate") == "proxy_refuses":
        return Answer(effect.get("proxy_status", 407), b"")
    # A request of which a part was carried out is refused as a whole, without rows, unless the rule asks for both.
    as_a_whole = _is_count(effect.get("applied")) and "with_error" not in effect
    answer = _replaced(effect, request) if answer is None or as_a_whole else _changed(effect, request, answer)
    if "retry_after" in effect:
        answer.headers["Retry-After"] = _retry_after(effect["retry_after"], wall)
    if "location" in effect:
        answer.headers["Location"] = effect["location"]
    if "content_type" in effect:
        answer.headers["Content-Type"] = effect["content_type"]
    answer.prefix, answer.suffix = as_bytes(effect.get("prefix", b"")), as_bytes(effect.get("suffix", b""))
    return answer


def _replaced(effect: dict[str, Any], request: Request) -> Answer:
    status = effect.get("status", 302 if "location" in effect else 400)
    if "body" in effect:
        return Answer(status, effect["body"])
    if effect.get("html"):
        return Answer(status, _HTML.format(status), {"Content-Type": "text/html"})
    if effect.get("empty") or "location" in effect:
        return Answer(status, b"")
    if "with_error" in effect:
        code, message = effect["with_error"]
    else:
        code = effect.get("error_code", "DRS.M00004")
        message = effect.get("error_msg", text(code if isinstance(code, str) else ""))
    if effect.get("echo_secrets"):
        message = " ".join([str(message), *secrets_of(request)])
    return Answer(status, _error(code, message, request))


def _error(code: Any, message: Any, request: Request) -> dict[str, Any]:
    body = {"error_code": code, "error_msg": message}
    if isinstance(code, str) and code.startswith("APIG"):
        body["request_id"] = request.id
    return body


def _changed(effect: dict[str, Any], request: Request, answer: Answer) -> Answer:
    if set(effect) & _REPLACING - {"status"}:
        return _replaced({"status": answer.status, **effect}, request)
    answer.status = effect.get("status", answer.status)
    rows = answer.rows()
    _change_rows(effect, rows)
    if isinstance(answer.body, dict) and "count" in answer.body:
        answer.body["count"] = len(rows)
    if "with_error" in effect and isinstance(answer.body, dict):
        code, message = effect["with_error"]
        answer.body.update(_error(code, message, request))
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
    if dropped == "all":
        rows.clear()
    elif isinstance(dropped, list):
        rows[:] = [row for row in rows if _id(row) not in dropped]
    elif dropped:
        del rows[-dropped:]
    for row in rows:
        job_id = _id(row)
        status = effect.get("row_status")
        status = status.get(job_id, status.get("*")) if isinstance(status, dict) else status
        if status is not None:
            row["status"] = status
        error = effect.get("row_error", {}).get(job_id) or effect.get("row_error", {}).get("*")
        if error:
            key = "error_msg" if "error_msg" in row or row.get("status") in ("success", "failed") else "error_message"
            row.update({"status": "failed", "error_code": error[0], key: error[1]})
        fields = effect.get("row_fields", {})
        for name, value in {**fields.get("*", {}), **fields.get(job_id, {})}.items():
            if value is None:
                row.pop(name, None)
            else:
                row[name] = value
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
