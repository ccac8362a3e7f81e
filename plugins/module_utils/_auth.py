# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication as a flow, after httpx's Auth.auth_flow: a generator that yields the requests to send, and is sent their
answers. Private to this collection.

Sends nothing itself. Knows nothing of DRS or of Ansible.
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

# Comes with 403: "Invalid token." Source: the error codes of DRS.
REFUSAL_CODE = "DRS.M00100"


class Auth:
    """Authenticates the requests of a run, and knows the project's id. One object serves many threads.

    The driver of a flow sends each request that the flow yields and sends the answer into it. If there is no answer, it
    closes the generator, in the same thread: a flow that fetches a token holds a lock. The driver adds its own headers before
    it starts the flow, since headers may be signed, and changes none of those that a yielded request has.
    """

    def __init__(self, credentials: Credentials, endpoints: Endpoints, secrets: Secrets, clock: Clock) -> None:
        self._credentials, self._endpoints, self._secrets, self._clock = credentials, endpoints, secrets, clock
        for value in credentials.secrets():
            secrets.add(value)
        # Re-entrant: the lookup of a project may fetch a token.
        self._lock = threading.RLock()
        self._project_id = endpoints.project_id
        self._token: str | None = None
        # The tokens that the service has accepted.
        self._accepted: set[str] = set()
        # URLs that have refused a token, caused a renewal by that, and accepted no token since.
        self._suspects: set[str] = set()
        self._refusal = ""

    @property
    def renewable(self) -> bool:
        """Whether another token can be fetched."""
        return self._credentials.renewable and not self._refusal

    def describe(self) -> str:
        """The credentials in words for an error's text, without a secret."""
        return self._secrets.mask(self._credentials.describe())

    def flow(self, request: Request) -> Generator[Request, Answer, None]:
        """Yields the request with the headers that authenticate it, after a request for a token if one is needed. If the
        answer refuses a token that can be renewed, yields a request for another token, and then the same request with that.

        A token that the service has accepted is renewed when it is refused, as often as that happens. One that never
        worked is not. A URL that refuses the renewed token too causes no other renewal until it accepts a token: without
        this, a service that refuses one kind of request would cause renewals without end. Raises AuthError.
        """
        url = request.url.partition("?")[0]
        token = yield from self._prove(request)
        answer = yield request
        if _refuses(answer) and (yield from self._renew(token, url)):
            token = yield from self._prove(request)
            answer = yield request
        # Without the lock, which another thread may hold for as long as IAM does not answer.
        if token is not None and not _refuses(answer):
            self._accepted.add(token)
            if token == self._token:
                self._suspects.discard(url)

    def project_flow(self) -> Generator[Request, Answer, str]:
        """Returns the project's id: the one given, or the one that came with the token, or that of the project's name,
        which is looked up once.

        Raises AuthError. Source: the vendor's huaweicloudsdkcore 3.1.219, auth/credentials.py.
        """
        with self._lock:
            if self._project_id is None and self._credentials.renewable and self._token is None:
                yield from self._fetch()
            if self._project_id is None:
                self._project_id = yield from self._look_up_project()
            if not is_project_id(self._project_id):
                raise AuthError("IAM returned a project id that is not valid: give the option project_id.")
            return self._project_id

    # --- parts of the flows

    def _prove(self, request: Request) -> Generator[Request, Answer, str | None]:
        """Adds the headers that authenticate the request. Returns the token in them, None if it was not fetched."""
        with self._lock:
            if self._credentials.renewable and self._token is None:
                yield from self._fetch()
            token, project_id = self._token, self._project_id
        now = datetime.fromtimestamp(self._clock.wall(), timezone.utc)
        self._credentials.prove(request, token, project_id, now)
        return token

    def _renew(self, stale: str | None, url: str) -> Generator[Request, Answer, bool]:
        """Whether there is a newer token than the stale one. The first thread fetches it, the others find it."""
        with self._lock:
            if self._token != stale:
                return True
            if stale not in self._accepted or url in self._suspects:
                return False
            yield from self._fetch()
            self._suspects.add(url)
            return True

    def _fetch(self) -> Generator[Request, Answer, None]:
        """A new token, and with it the project's id. A password that IAM refused is not tried again: repeated failures
        lock the user out."""
        if self._refusal:
            raise AuthError(self._refusal)
        given, name = self._endpoints.project_id, self._endpoints.project
        project = {"id": given} if given else {"name": name}
        answer = yield self._credentials.token_request(self._endpoints.auth_url or "", project)
        token = next((value for key, value in answer.headers.items() if key.lower() == "x-subject-token"), "")
        if answer.status != 201 or not is_token(token):
            refusal = self._refused("issue a token", answer)
            if answer.status in (400, 401, 403):
                self._refusal = str(refusal)
            raise refusal
        self._secrets.add(token)
        self._token = token
        project_id = _at(answer.body, "token", "project", "id")
        if self._project_id is None and isinstance(project_id, str):
            self._project_id = project_id

    def _look_up_project(self) -> Generator[Request, Answer, str]:
        name = self._endpoints.project
        request = identity_request("GET", f"{self._endpoints.auth_url}/projects?name={quote(name, safe='')}")
        yield from self._prove(request)
        answer = yield request
        if answer.status != 200:
            raise self._refused(f"look up the project {name}", answer)
        rows = _at(answer.body, "projects")
        found = [row for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)]
        ids = [row["id"] for row in found if isinstance(row.get("id"), str) and row.get("name", name) == name]
        if len(ids) != 1:
            number = f"{len(ids)} projects" if ids else "no project"
            advice = "give the option project_id, or check project_name and region"
            raise AuthError(f"IAM has {number} named {name} for {self.describe()}: {advice}.")
        return t.cast(str, ids[0])

    # --- texts

    def _refused(self, task: str, answer: Answer) -> AuthError:
        code, text = error_in(answer.body)
        details = [f"HTTP {answer.status}"]
        if code and code != str(answer.status):  # Keystone's code is the status
            details.append(self._secrets.text(code) or "")
        if text:
            details.append(self._secrets.text(text) or "")
        if answer.request_id:
            details.append(f"request {self._secrets.mask(answer.request_id)}")
        words = f"IAM at {self._endpoints.auth_url} did not {task} for {self.describe()}: {', '.join(details)}"
        return AuthError("".join(f"{part}. " for part in (words, auth_hint(answer)) if part).strip())


def _refuses(answer: Answer) -> bool:
    """Whether an answer of the service refuses a token."""
    return answer.status == 401 or (answer.status == 403 and error_in(answer.body)[0] == REFUSAL_CODE)


def auth_hint(answer: Answer) -> str | None:
    """Words on this machine's clock if the answer rejects the time of a signature, else None."""
    # A gateway may quote the canonical request, which names x-sdk-date, whatever the error is.
    complaint = (error_in(answer.body)[1] or "").lower().partition("canonicalrequest")[0]
    if re.search("signature (has )?expired|expired signature|timestamp|x-sdk-date|request time", complaint):
        return (
            "The service did not accept the time of the signature: this machine's clock is probably off by more than "
            "15 minutes. Set it (NTP) and run again"
        )
    return None


def _at(body: t.Any, *keys: str) -> t.Any:
    """The value below these keys, None where anything else than objects leads there."""
    for key in keys:
        body = body.get(key) if isinstance(body, dict) else None
    return body
