# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three ways to be let in, each a requests.auth.AuthBase that puts the proof into a request. Private to this
collection.

Where IAM must be asked, they are handed the call to make. Knows nothing of DRS or of Ansible.
"""

from __future__ import annotations

import abc
import re
import threading
import typing as t
from collections.abc import Callable
from datetime import datetime, timezone
from urllib.parse import quote

from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import SHORTEST_SECRET, Secrets
from ansible_collections.huaweicloud.drs.plugins.module_utils._settings import AuthError, Settings, is_project_id
from ansible_collections.huaweicloud.drs.plugins.module_utils._signature import Signer
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock

try:
    from requests.auth import AuthBase
except ImportError:
    AuthBase = object  # type: ignore[assignment,misc]

LONGEST_TEXT = 500
# Seconds. A renewed token that is refused sooner than this has not expired: another one would not help.
RENEWED_TOKEN_LIFE = 600.0

# call(method, url, headers, payload, auth=None): one request to IAM, and an answer that has status, headers, body (the
# parsed JSON, or None) and request_id. Where there is no answer it raises, and that passes through here.
Call = Callable[..., t.Any]


class _WayIn(AuthBase, metaclass=abc.ABCMeta):
    """What the three share: the project's id, looked up once. One object serves many threads."""

    def __init__(self, settings: Settings, secrets: Secrets, call: Call, clock: Clock) -> None:
        self._settings, self._secrets, self._call, self._clock = settings, secrets, call, clock
        # Re-entrant: the look-up of a project goes through __call__ of this same object.
        self._lock = threading.RLock()
        self._project_id = settings.project_id

    @abc.abstractmethod
    def __call__(self, prepared: t.Any) -> t.Any:
        """The prepared request, with the proof in its headers. Raises AuthError, and what the call to IAM raises."""

    @abc.abstractmethod
    def describe(self) -> str:
        """The way in, in words for an error's text, without a secret."""

    def renew(self, prepared: t.Any) -> bool:
        """Called after a 401 to this request: whether it makes sense to prepare and send it again."""
        return False

    def project_id(self) -> str:
        """The project's id: given, or looked up by its name (the region's, where no name is given), once.

        Raises AuthError, and what the call to IAM raises. Source: the vendor's huaweicloudsdkcore 3.1.219,
        auth/credentials.py.
        """
        with self._lock:
            if self._project_id is None:
                self._project_id = self._look_up_project()
            return self._project_id

    def _project_name(self) -> str:
        return self._settings.project_name or self._settings.region or ""

    def _look_up_project(self) -> str:
        name = self._project_name()
        answer = self._call(
            "GET", f"{self._settings.auth_url}/projects?name={quote(name, safe='')}", {}, None, auth=self
        )
        if answer.status != 200:
            raise self._refused(f"look up the project {name}", answer)
        rows = answer.body.get("projects") if isinstance(answer.body, dict) else None
        ids = [
            row["id"]
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and isinstance(row.get("id"), str) and row.get("name", name) == name
        ]
        if len(ids) != 1:
            found = f"{len(ids)} projects" if ids else "no project"
            raise AuthError(
                f"IAM knows {found} of the name {name} for {self.describe()}: "
                "give the option project_id, or the right project_name or region."
            )
        return _usable_id(ids[0])

    def _refused(self, wish: str, answer: t.Any) -> AuthError:
        code, text = _error_of(answer.body)
        details = [f"HTTP {answer.status}"]
        if code not in ("", str(answer.status)):
            details.append(code)
        if text:
            # Masked before it is cut: the start of a secret must not stay.
            details.append(self._secrets.mask(text)[:LONGEST_TEXT])
        if answer.request_id:
            details.append(f"request {answer.request_id}")
        words = f"IAM at {self._settings.auth_url} did not {wish} for {self.describe()}: {', '.join(details)}"
        return AuthError(
            self._secrets.mask("".join(f"{part}. " for part in (words, auth_hint(answer.body)) if part).strip())
        )


class TokenAuth(_WayIn):
    """A token that was fetched by somebody else. It cannot be renewed."""

    def __call__(self, prepared: t.Any) -> t.Any:
        prepared.headers["X-Auth-Token"] = self._settings.token
        return prepared

    def describe(self) -> str:
        return "the token given"


class AccessKeyAuth(_WayIn):
    """An access key: every request is signed, with the security token among its headers where there is one."""

    def __init__(self, settings: Settings, secrets: Secrets, call: Call, clock: Clock) -> None:
        super().__init__(settings, secrets, call, clock)
        self._signer = Signer(settings.access_key or "", settings.secret_key or "")

    def __call__(self, prepared: t.Any) -> t.Any:
        if self._project_id is not None:
            prepared.headers["X-Project-Id"] = self._project_id
        if self._settings.security_token is not None:
            prepared.headers["X-Security-Token"] = self._settings.security_token
        body = prepared.body or b""
        # Only what no proxy on the way changes. A request that is sent again is signed anew.
        signed = {
            name: value
            for name, value in prepared.headers.items()
            if name.lower() == "content-type" or name.lower().startswith("x-")
        }
        prepared.headers.update(
            self._signer.authorization(
                prepared.method,
                prepared.url,
                signed,
                body.encode("utf-8") if isinstance(body, str) else body,
                datetime.fromtimestamp(self._clock.wall(), timezone.utc),
            )
        )
        return prepared

    def describe(self) -> str:
        return f"the access key {self._settings.access_key}"


class PasswordAuth(_WayIn):
    """User name and password: IAM is asked for a token when one is needed, and for another when that has expired."""

    def __init__(self, settings: Settings, secrets: Secrets, call: Call, clock: Clock) -> None:
        super().__init__(settings, secrets, call, clock)
        self._token: str | None = None
        self._fetched_at = 0.0
        self._fetches = 0
        self._refusal = ""

    def __call__(self, prepared: t.Any) -> t.Any:
        with self._lock:
            if self._token is None:
                self._fetch()
            prepared.headers["X-Auth-Token"] = self._token
        return prepared

    def renew(self, prepared: t.Any) -> bool:
        """True if there is a newer token than this request's: the first thread fetches it, the others find it."""
        stale = prepared.headers.get("X-Auth-Token")
        with self._lock:
            if self._token == stale:
                if self._fetches > 1 and self._clock.wall() - self._fetched_at < RENEWED_TOKEN_LIFE:
                    return False
                self._fetch()
            return True

    def project_id(self) -> str:
        with self._lock:
            if self._project_id is None and self._token is None:
                self._fetch()
            return super().project_id()

    def describe(self) -> str:
        return f"the user {self._settings.username} of {self._settings.domain_name}"

    def _fetch(self) -> None:
        """A new token, its project's id with it. Source: POST /v3/auth/tokens, 201 and X-Subject-Token.

        A password that IAM refused is not tried again: repeated failures lock a user out.
        """
        if self._refusal:
            raise AuthError(self._refusal)
        settings = self._settings
        user = {"name": settings.username, "password": settings.password, "domain": {"name": settings.domain_name}}
        project = {"id": settings.project_id} if settings.project_id else {"name": self._project_name()}
        answer = self._call(
            "POST",
            f"{settings.auth_url}/auth/tokens",
            {"Content-Type": "application/json"},
            {
                "auth": {
                    "identity": {"methods": ["password"], "password": {"user": user}},
                    "scope": {"project": project},
                }
            },
        )
        token = answer.headers.get("X-Subject-Token")
        if answer.status != 201 or not token or len(token) < SHORTEST_SECRET:
            refusal = self._refused("give a token", answer)
            if answer.status in (400, 401, 403):
                self._refusal = str(refusal)
            raise refusal
        self._secrets.add(token)
        self._token, self._fetched_at = token, self._clock.wall()
        self._fetches += 1
        if self._project_id is None:
            self._project_id = _project_in(answer.body)


WAYS: dict[str, type[_WayIn]] = {"token": TokenAuth, "access_key": AccessKeyAuth, "password": PasswordAuth}


def way_in(settings: Settings, secrets: Secrets, call: Call, clock: Clock) -> _WayIn:
    """The way in of these settings, as a requests.auth.AuthBase. Its secrets are hidden from now on."""
    for value in settings.secrets:
        secrets.add(value)
    return WAYS[settings.way](settings, secrets, call, clock)


# --- what IAM and the gateway say


def auth_hint(body: t.Any) -> str | None:
    """Words on this machine's clock for the body of a 401 that does not accept a signature's time; else None."""
    # A gateway that echoes the canonical request names x-sdk-date in it, whatever was wrong.
    complaint = _error_of(body)[1].lower().partition("canonicalrequest")[0]
    if re.search("signature (has )?expired|expired signature|timestamp|x-sdk-date|request time", complaint):
        return (
            "The service did not accept the time in the signature: this machine's clock is probably more than "
            "15 minutes off. Set it (NTP) and run again"
        )
    return None


def _error_of(body: t.Any) -> tuple[str, str]:
    """Code and text of an error: Keystone's {"error": {...}}, or the gateway's {"error_code", "error_msg"}."""
    if not isinstance(body, dict):
        return "", ""
    inner = body["error"] if isinstance(body.get("error"), dict) else body
    code = inner.get("error_code") or inner.get("code") or ""
    text = inner.get("error_msg") or inner.get("message") or inner.get("title") or ""
    return str(code), str(text)


def _project_in(body: t.Any) -> str | None:
    """The project's id in the answer that came with a token."""
    token = body.get("token") if isinstance(body, dict) else None
    project = token.get("project") if isinstance(token, dict) else None
    found = project.get("id") if isinstance(project, dict) else None
    return _usable_id(found) if isinstance(found, str) else None


def _usable_id(found: str) -> str:
    if not is_project_id(found):
        raise AuthError("IAM named a project's id that is none; give the option project_id.")
    return found
