# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers as the other files hand them to each other, and the one parser of error bodies. Pure. Private to
this collection."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping


@dataclasses.dataclass
class Request:
    """One HTTP request. identity: it goes to IAM, and is repeated like a read. headers may be added to until it is
    sent."""

    method: str
    url: str
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    identity: bool = False


class Answer(t.NamedTuple):
    """What came back. body: the parsed JSON, None if it is not JSON. text: of an error, or of what is not a JSON
    object, the start of the body, masked. at: the clock's monotonic second at which it had arrived. sender: for texts,
    such as ``drs.eu-de.example.com``."""

    status: int
    headers: Mapping[str, str]
    body: t.Any
    text: str = ""
    request_id: str | None = None
    at: float = 0.0
    sender: str = ""


_CODES = ("error_code", "errorCode", "code")
_TEXTS = ("error_msg", "error_message", "errorMsg", "message", "title")


def error_in(part: t.Any) -> tuple[str | None, str | None]:
    """(code, text) of an object: a row of an answer, or the body of an error in the shapes of DRS, the gateway and
    IAM (Keystone's stands below "error"). Not masked. None for what is absent, whatever else stands in its place.

    A code whose digits are all zero means that the request was processed ("DRS-M00000", the 2020 pages' table): none.
    """
    if not isinstance(part, dict):
        return None, None
    code = next((_as_text(part[key]) for key in _CODES if _as_text(part.get(key))), None)
    text = next((_as_text(part[key]) for key in _TEXTS if _as_text(part.get(key))), None)
    if code is None and text is None and isinstance(part.get("error"), dict):
        return error_in({key: value for key, value in part["error"].items() if key != "error"})
    return (None if code is None or _means_processed(code) else code), text


def _as_text(value: t.Any) -> str | None:
    """A scalar or, whatever the service put there instead, its representation."""
    if value is None or value is False or value == "" or value == [] or value == {}:
        return None
    return str(value).strip() or None


def _means_processed(code: str) -> bool:
    digits = [character for character in code if character.isdigit()]
    return bool(digits) and set(digits) == {"0"}
