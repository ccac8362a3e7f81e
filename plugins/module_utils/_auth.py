# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication as a flow: a generator yields the requests that are to be sent, and is sent their answers. Private to this
collection.

The model is httpx's Auth.auth_flow: nothing is sent from here. Knows nothing of DRS or of Ansible.
"""

from __future__ import annotations

import re
import threading
import typing as t
from collections.abc import Generator
from datetime import datetime, timezone
from urllib.parse import quote

from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import (
    AuthError,
    Credentials,
    identity_request,
    is_token,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._endpoints import Endpoints, is_project_id
from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Answer, Request, error_in
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import Secrets

LONGEST_TEXT = 500
# DRS, error codes: 403, "Invalid token."
INVALID_TOKEN = "DRS.M00100"


class Auth:
    """The proof for every request of a run, and the project's id. One object serves many threads.

    The driver of a flow sends each request that it yields, and sends the answer into it; where there is no answer, it
    closes the generator in the same thread (one that fetches a token holds a lock). It adds headers of its own before it
    starts the flow, since they are signed, and must not change those that a yielded request has. Secrets are hidden
    from the moment at which they are known.
    """

    def __init__(self, credentials: Credentials, endpoints: Endpoints, secrets: Secrets, clock: Clock) -> None:
        self._credentials, self._endpoints, self._secrets, self._clock = credentials, endpoints, secrets, clock
        for value in credentials.secrets():
            secrets.add(value)
        # Re-entrant: the look-up of a project needs a token.
        self._lock = threading.RLock()
        self._project_id = endpoints.project_id
        self._token: str | None = None
        # The tokens that the service has accepted.
        self._accepted: set[str] = set()
        # URLs that refused a token, were the reason to fetch another, and have accepted none since.
        self._suspects: set[str] = set()
        self._refusal = ""

    @property
    def renewable(self) -> bool:
        """Whether another token can be fetched."""
        return self._credentials.renewable and not self._refusal

    def describe(self) -> str:
        """The credentials in words for an error's text, without a secret."""
        return self._credentials.describe()

    def flow(self, request: Request) -> Generator[Request, Answer, None]:
        """Yields what IAM must be asked first, and then the request, with the proof in its headers. If the answer refuses
        a token that can be renewed, yields what fetches another, and the same request with that once more.

        A token is renewed if the service has accepted it before, as often as that happens. One that never worked is not;
        and where a URL goes on refusing after a renewal that it caused, it causes no other until it has accepted one: a
        service that refuses one kind of request would cause them without end. Raises AuthError.
        """
        token = yield from self._prove(request)
        answer = yield request
        if _refuses(answer) and (yield from self._renew(token, request)):
            token = yield from self._prove(request)
            answer = yield request
        if not _refuses(answer):
            self._note_acceptance(token, request)

    def project_flow(self) -> Generator[Request, Answer, str]:
        """Returns the project's id: given, or as it came with a token, or looked up by its name (the region's, where no
        name is given), once.

        Raises AuthError. Source: the vendor's huaweicloudsdkcore 3.1.219, auth/credentials.py.
        """
        with self._lock:
            if self._project_id is None and self._credentials.renewable and self._token is None:
                yield from self._fetch()
            if self._project_id is None:
                self._project_id = yield from self._look_up_project()
            return self._project_id

    # --- parts of the flows

    def _prove(self, request: Request) -> Generator[Request, Answer, str | None]:
        """Puts the proof into the request. Returns the token, of credentials that fetch one."""
        with self._lock:
            if self._credentials.renewable and self._token is None:
                yield from self._fetch()
            token, project_id = self._token, self._project_id
        now = datetime.fromtimestamp(self._clock.wall(), timezone.utc)
        self._credentials.prove(request, token, project_id, now)
        return token

    def _note_acceptance(self, token: str | None, request: Request) -> None:
        # Without the lock, which a thread may hold for as long as IAM does not answer.
        if token is not None:
            self._accepted.add(token)
            if token == self._token:
                self._suspects.discard(_place(request))

    def _renew(self, stale: str | None, request: Request) -> Generator[Request, Answer, bool]:
        """Whether there is a newer token than this one: the first thread fetches it, the others find it."""
        with self._lock:
            if self._token != stale:
                return True
            if stale not in self._accepted or _place(request) in self._suspects:
                return False
            yield from self._fetch()
            self._suspects.add(_place(request))
            return True

    def _fetch(self) -> Generator[Request, Answer, None]:
        """A new token, and the project's id with it. A password that IAM refused is not tried again: repeated failures
        lock a user out."""
        if self._refusal:
            raise AuthError(self._refusal)
        given, name = self._endpoints.project_id, self._endpoints.project
        project = {"id": given} if given else {"name": name}
        answer = yield self._credentials.token_request(self._endpoints.auth_url or "", project)
        token = next((value for key, value in answer.headers.items() if key.lower() == "x-subject-token"), "")
        if answer.status != 201 or not is_token(token):
            refusal = self._refused("give a token", answer)
            if answer.status in (400, 401, 403):
                self._refusal = str(refusal)
            raise refusal
        self._secrets.add(token)
        self._token = token
        if self._project_id is None:
            self._project_id = _project_in(answer.body)

    def _look_up_project(self) -> Generator[Request, Answer, str]:
        name = self._endpoints.project
        request = identity_request("GET", f"{self._endpoints.auth_url}/projects?name={quote(name, safe='')}")
        yield from self._prove(request)
        answer = yield request
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

    # --- texts

    def _refused(self, wish: str, answer: Answer) -> AuthError:
        code, text = error_in(answer.body)
        details = [f"HTTP {answer.status}"]
        if code and code != str(answer.status):  # Keystone's code is the status
            details.append(self._shown(code))
        if text:
            details.append(self._shown(text))
        if answer.request_id:
            details.append(f"request {self._shown(answer.request_id)}")
        words = f"IAM at {self._endpoints.auth_url} did not {wish} for {self.describe()}: {', '.join(details)}"
        return AuthError("".join(f"{part}. " for part in (words, auth_hint(answer)) if part).strip())

    def _shown(self, text: str) -> str:
        """What IAM said, masked before it is cut: the start of a secret must not stay."""
        return self._secrets.mask(text)[:LONGEST_TEXT]


def _refuses(answer: Answer) -> bool:
    """Whether an answer of the service refuses a token."""
    return answer.status == 401 or (answer.status == 403 and error_in(answer.body)[0] == INVALID_TOKEN)


def _place(request: Request) -> str:
    """What a request is sent to: its URL, whatever the query."""
    return request.url.partition("?")[0]


def auth_hint(answer: Answer) -> str | None:
    """Words on this machine's clock for an answer that does not accept a signature's time; else None."""
    # A gateway that echoes the canonical request names x-sdk-date in it, whatever was wrong.
    complaint = (error_in(answer.body)[1] or "").lower().partition("canonicalrequest")[0]
    if re.search("signature (has )?expired|expired signature|timestamp|x-sdk-date|request time", complaint):
        return (
            "The service did not accept the time in the signature: this machine's clock is probably more than "
            "15 minutes off. Set it (NTP) and run again"
        )
    return None


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
