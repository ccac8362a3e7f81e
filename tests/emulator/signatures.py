# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SDK-HMAC-SHA256, as a verifier: what the gateway works out for itself from a request that it received."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from typing import NamedTuple
from urllib.parse import quote

from .messages import Request

ALGORITHM = "SDK-HMAC-SHA256"
_AUTHORIZATION = re.compile(ALGORITHM + r" +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})")
_DATE = "%Y%m%dT%H%M%SZ"


class Claim(NamedTuple):
    """What an Authorization header says."""

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str


def read_claim(authorization: str) -> Claim | None:
    """The parts of an Authorization header; None where it is not one of this algorithm."""
    match = _AUTHORIZATION.fullmatch(authorization.strip())
    if not match:
        return None
    return Claim(match[1], tuple(match[2].split(";")), match[3])


def read_date(value: str) -> float | None:
    """X-Sdk-Date in epoch seconds; None where it is not one."""
    try:
        return calendar.timegm(time.strptime(value, _DATE))
    except ValueError:
        return None


def canonical_request(request: Request, signed_headers: tuple[str, ...]) -> str:
    """The text that is signed, as the vendor's signer has it: segments quoted, a slash at the end, the query sorted."""
    path = "/".join(quote(segment, safe="~") for segment in request.path.split("/"))
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(request.query))
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in signed_headers)
    return "\n".join(
        (
            request.method,
            path if path.endswith("/") else path + "/",
            query,
            headers,
            ";".join(signed_headers),
            _payload_hash(request),
        )
    )


def signature(secret_key: str, date: str, canonical: str) -> str:
    """The signature of a canonical request, in hex."""
    to_sign = "\n".join((ALGORITHM, date, hashlib.sha256(canonical.encode()).hexdigest()))
    return hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def _payload_hash(request: Request) -> str:
    if not request.body:
        return hashlib.sha256(b"").hexdigest()
    return request.headers.get("x-sdk-content-sha256") or hashlib.sha256(request.body).hexdigest()


def _header(request: Request, name: str) -> str:
    # Servers hand headers over as latin-1; what was signed is UTF-8.
    value = request.headers.get(name, "").strip()
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
