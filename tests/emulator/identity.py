# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may come in: IAM tokens by password, projects by name, and the check of a token or signature on each request."""

from __future__ import annotations

import dataclasses
import hmac
import http
import secrets
import time
from collections.abc import Mapping
from typing import Any

from . import signatures
from .clock import Clock
from .errors import ServiceError
from .messages import Answer, Request
from .settings import Settings

_INCORRECT = "Incorrect IAM authentication information: "


class IamError(ServiceError):
    """A refusal of IAM itself, in the shape of Keystone."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, f"IAM.{status}", message=message)

    def body(self, request_id: str) -> dict[str, Any]:
        return {"error": {"code": self.status, "message": self.message, "title": http.HTTPStatus(self.status).phrase}}


@dataclasses.dataclass
class Token:
    """A token: for one project, or for none, until a time on the clock."""

    project_id: str | None
    expires: float


class Identity:
    """Users, keys, projects and tokens of one emulator, from a checked seed."""

    def __init__(self, spec: Mapping[str, Any], clock: Clock, settings: Settings) -> None:
        self.projects: list[dict[str, str]] = spec["projects"]
        self._users: list[dict[str, str]] = spec["users"]
        self._keys = {key["access_key"]: key for key in spec["keys"]}
        self._clock = clock
        self.settings = settings
        self._tokens = {
            token["token"]: Token(token["project_id"], clock.now() + token.get("expires_in", settings.token_lifetime))
            for token in spec["tokens"]
        }

    # The check of every request

    def check(self, request: Request, project_id: str) -> None:
        """Refuse a request that is not let in; ``project_id`` is the path's, "" for IAM's own calls.

        :raises ServiceError: 401 from the gateway, 403 from the service.
        """
        if not self.settings.auth:
            return
        if "x-auth-token" in request.headers:
            scope = self._check_token(request.headers["x-auth-token"])
        elif "authorization" in request.headers:
            scope = self._check_signature(request)
        else:
            raise _not_let_in("Unauthorized")
        if not project_id:
            return
        if project_id not in (project["id"] for project in self.projects):
            raise ServiceError(403, "DRS.M00261")
        if scope != project_id:
            raise ServiceError(403, "DRS.M00100")

    def _check_token(self, value: str) -> str | None:
        token = self._tokens.get(value)
        if token is None:
            raise _not_let_in("decrypt token fail")
        if self._clock.now() >= token.expires:
            raise ServiceError(401, "APIGW.0307", message="The token must be updated.", gateway=True)
        return token.project_id

    def _check_signature(self, request: Request) -> str | None:
        """Check a signature; gives the project that it speaks for: X-Project-Id, or the one in the path."""
        claim = signatures.read_claim(request.headers["authorization"])
        if claim is None:
            raise _not_let_in("verify aksk signature fail, wrong Authorization header")
        date = request.headers.get("x-sdk-date", "")
        signed_at = signatures.read_date(date)
        if signed_at is None or "x-sdk-date" not in claim.signed_headers or "host" not in claim.signed_headers:
            raise _not_let_in("verify aksk signature fail, X-Sdk-Date and Host must be signed")
        if abs(self._clock.wall() + self.settings.date_offset - signed_at) > self.settings.max_skew:
            raise _not_let_in("calc ak sk signature fail:signature expired")
        key = self._keys.get(claim.access_key)
        if key is None:
            raise _not_let_in(f"Get secretKey failed,ak:{claim.access_key}")
        canonical = signatures.canonical_request(request, claim.signed_headers)
        if not hmac.compare_digest(signatures.signature(key["secret_key"], date, canonical), claim.signature):
            raise _not_let_in("verify aksk signature fail, canonicalRequest:" + canonical.replace("\n", "|"))
        if "security_token" in key:
            given = request.headers.get("x-security-token", "")
            if "x-security-token" not in claim.signed_headers or not hmac.compare_digest(
                given.encode(), key["security_token"].encode()
            ):
                raise _not_let_in("verify aksk signature fail, X-Security-Token is wrong or not signed")
        if "x-project-id" in request.headers:
            return request.headers["x-project-id"]
        parts = request.path.split("/")
        return parts[2] if len(parts) > 2 else None

    def expire_tokens(self) -> None:
        """Every token issued so far stops working now."""
        for token in self._tokens.values():
            token.expires = self._clock.now()

    def give_token(self, project_id: str | None) -> str:
        """A new token for a project."""
        value = "MII" + secrets.token_hex(48)
        self._tokens[value] = Token(project_id, self._clock.now() + self.settings.token_lifetime)
        return value

    def first_key(self) -> dict[str, str] | None:
        """A key that works without a security token, for examples."""
        return next((key for key in self._keys.values() if "security_token" not in key), None)

    def first_user(self) -> dict[str, str] | None:
        """A user, for examples."""
        return next(iter(self._users), None)

    def first_token(self) -> str | None:
        """A token, for examples."""
        return next(iter(self._tokens), None)

    # IAM's own calls

    def create_token(self, body: Any) -> Answer:
        """POST /v3/auth/tokens: a token for a user's name and password, for the project named.

        :raises IamError: 400 for another body, 401 for a wrong user or password, 403 for a project that is none.
        """
        try:
            auth = body["auth"]
            if auth["identity"]["methods"] != ["password"]:
                raise IamError(400, "identity.methods must be password.")
            user = auth["identity"]["password"]["user"]
            name, password, domain = user["name"], user["password"], user["domain"]["name"]
            scope = auth.get("scope", {}).get("project")
        except (KeyError, TypeError, AttributeError):
            raise IamError(400, "The request body is invalid.") from None
        if {"name": name, "password": password, "domain": domain} not in self._users:
            raise IamError(401, "The username or password is wrong.")
        project = self._project(scope)
        token = self.give_token(project["id"] if project else None)
        wall = self._clock.wall()
        return Answer(
            201,
            {
                "token": {
                    "methods": ["password"],
                    "issued_at": _iso(wall),
                    "expires_at": _iso(wall + self.settings.token_lifetime),
                    "user": {"name": name, "domain": {"name": domain}},
                    "roles": [{"id": "0", "name": "drs_adm"}],
                    "catalog": [],
                    **(
                        {"project": {"id": project["id"], "name": project["name"], "domain": {"name": domain}}}
                        if project
                        else {}
                    ),
                }
            },
            {"X-Subject-Token": token},
        )

    def list_projects(self, request: Request) -> Answer:
        """GET /v3/projects, all or those of one name."""
        wanted = dict(request.query).get("name")
        found = [
            {"id": project["id"], "name": project["name"], "domain_id": "domain", "enabled": True, "is_domain": False}
            for project in self.projects
            if wanted in (None, project["name"])
        ]
        return Answer(200, {"projects": found, "links": {"self": "/v3/projects", "previous": None, "next": None}})

    def _project(self, scope: Any) -> dict[str, str] | None:
        if scope is None:
            return None
        if isinstance(scope, dict):
            for project in self.projects:
                if project["id"] == scope.get("id") or project["name"] == scope.get("name"):
                    return project
        raise IamError(403, "The project of the scope was not found.")


def _not_let_in(why: str) -> ServiceError:
    return ServiceError(401, "APIGW.0301", message=_INCORRECT + why, gateway=True)


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".000000Z"
