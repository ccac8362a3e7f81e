# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SDK-HMAC-SHA256, the signature of a request. Pure. Private to this collection."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit


class Signer:
    """SDK-HMAC-SHA256. Source: the vendor's huaweicloudsdkcore 3.1.219, signer/signer.py."""

    ALGORITHM = "SDK-HMAC-SHA256"

    def __init__(self, access_key: str, secret_key: str) -> None:
        self._access_key, self._secret_key = access_key, secret_key

    def authorization(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> dict[str, str]:
        """The headers to add: Host, X-Sdk-Date, Authorization, and X-Sdk-Content-Sha256 where the body is not JSON.

        Every header given is signed, but for those with an underscore in their name. now is in UTC.
        """
        parts = urlsplit(url)
        added = {"X-Sdk-Date": now.strftime("%Y%m%dT%H%M%SZ")}
        signed = {name.lower(): str(value).strip() for name, value in headers.items() if "_" not in name}
        if "host" not in signed:
            added["Host"] = parts.netloc
        if not signed.get("content-type", "application/json").startswith(("application/json", "application/bson")):
            added["X-Sdk-Content-Sha256"] = "UNSIGNED-PAYLOAD"
        signed.update({name.lower(): value for name, value in added.items()})
        names = sorted(signed)
        body_hash = (signed.get("x-sdk-content-sha256") if body else None) or hashlib.sha256(body).hexdigest()
        canonical = "\n".join(
            [
                method.upper(),
                _canonical_path(parts.path),
                _canonical_query(parts.query),
                "".join(f"{name}:{signed[name]}\n" for name in names),
                ";".join(names),
                body_hash,
            ]
        )
        to_sign = f"{self.ALGORITHM}\n{added['X-Sdk-Date']}\n{hashlib.sha256(canonical.encode('utf-8')).hexdigest()}"
        signature = hmac.new(self._secret_key.encode("utf-8"), to_sign.encode("utf-8"), hashlib.sha256).hexdigest()
        added["Authorization"] = (
            f"{self.ALGORITHM} Access={self._access_key}, SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return added


def _canonical_path(path: str) -> str:
    quoted = quote(unquote(path), safe="/~")
    return quoted if quoted.endswith("/") else f"{quoted}/"


def _canonical_query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
