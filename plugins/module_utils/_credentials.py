# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: one class for each authentication method, and the choice of one. Pure. Private to this collection.

To add a method, add a class to METHODS: its options, their variables and its secrets are read from its fields. Knows nothing
of DRS or of Ansible.
"""

from __future__ import annotations

import abc
import dataclasses
import functools
import json
import re
import typing as t
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import zip_longest

from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Request
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import SHORTEST_SECRET
from ansible_collections.huaweicloud.drs.plugins.module_utils._signature import Signer

# Families of environment variables. The first one that has credentials is used, and no value of the other.
FAMILIES = ("HW_", "OS_")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPACE = re.compile(r"\s")


class AuthError(Exception):
    """No credentials, or ones that do not work. The text is for the user, names what to change, and holds no secret."""


def _option(
    hw: tuple[str, ...], os_: tuple[str, ...], *, needed: bool = True, mark: bool = True, **facts: bool
) -> t.Any:
    """A field of a method, which is an option of every module.

    hw, os_: its environment variables; the first that is set counts (but see Credentials.one_prefix). needed: the method
    does not work without it. mark: if it is given, the method is meant. Further facts: secret; header: it is sent as it is,
    and so must be ASCII; spaces: it may contain white space.
    """
    default: dict[str, t.Any] = {} if needed else {"default": None}
    metadata = {"HW_": hw, "OS_": os_, "needed": needed, "mark": mark, **facts}
    # By partial(), since pylint knows field() in the body of a class alone.
    field = functools.partial(dataclasses.field, repr=not facts.get("secret"), metadata=metadata)
    return field(**default)


@dataclasses.dataclass(frozen=True)
class Credentials(abc.ABC):
    """What all authentication methods have in common. Immutable; its repr() shows no secret."""

    # Whether tokens are fetched with token_request(), the first one before the first request.
    renewable: t.ClassVar[bool] = False
    # Whether all values come from variables of one prefix, such as HW_ or HUAWEICLOUD_SDK_.
    one_prefix: t.ClassVar[bool] = False

    @abc.abstractmethod
    def describe(self) -> str:
        """Words for an error's text, without a secret."""

    @abc.abstractmethod
    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        """Add the headers that authenticate the request.

        token: the one fetched last, if the credentials are renewable. project_id: None while it is unknown. now: UTC.
        """

    def token_request(self, auth_url: str, project: Mapping[str, str]) -> Request:
        """The request for a token. project: its id or its name, as {"id": ...} or {"name": ...}."""
        raise AuthError(f"A token cannot be fetched with {self.describe()}.")

    def secrets(self) -> tuple[str, ...]:
        """The values to mask in every text."""
        values = (getattr(self, name) for name in names(type(self), "secret"))
        return tuple(value for value in values if value is not None)


@dataclasses.dataclass(frozen=True)
class Token(Credentials):
    """A token that the user fetched. It cannot be renewed."""

    token: str = _option(("HW_AUTH_TOKEN",), ("OS_AUTH_TOKEN", "OS_TOKEN"), secret=True, header=True)

    def describe(self) -> str:
        return "the token given"

    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        request.headers["X-Auth-Token"] = self.token


@dataclasses.dataclass(frozen=True)
class AccessKey(Credentials):
    """A key that signs every request. A temporary one is sent together with its security token."""

    one_prefix = True

    access_key: str = _option(("HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK"), ("OS_ACCESS_KEY",), header=True)
    secret_key: str = _option(("HW_SECRET_KEY", "HUAWEICLOUD_SDK_SK"), ("OS_SECRET_KEY",), secret=True)
    security_token: str | None = _option(
        ("HW_SECURITY_TOKEN", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
        ("OS_SECURITY_TOKEN",),
        needed=False,
        secret=True,
        header=True,
    )

    def describe(self) -> str:
        return f"the access key {self.access_key}"

    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        headers = request.headers
        if project_id is not None:
            headers["X-Project-Id"] = project_id
        if self.security_token is not None:
            headers["X-Security-Token"] = self.security_token
        # Only headers that no proxy changes.
        signed = {name: headers[name] for name in headers if re.match("x-|content-type$", name, re.IGNORECASE)}
        signer = Signer(self.access_key, self.secret_key)
        headers.update(signer.authorization(request.method, request.url, signed, request.body, now))


@dataclasses.dataclass(frozen=True)
class Password(Credentials):
    """An IAM user. Tokens are fetched with the password."""

    renewable = True

    username: str = _option(("HW_USER_NAME",), ("OS_USERNAME",), spaces=True)
    password: str = _option(("HW_USER_PASSWORD",), ("OS_PASSWORD",), secret=True)
    domain_name: str = _option(("HW_DOMAIN_NAME",), ("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"), mark=False)

    def describe(self) -> str:
        return f"the user {self.username} of {self.domain_name}"

    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        request.headers["X-Auth-Token"] = token or ""

    def token_request(self, auth_url: str, project: Mapping[str, str]) -> Request:
        """Source: IAM's API reference, POST /v3/auth/tokens: 201, the token in X-Subject-Token."""
        user = {"name": self.username, "password": self.password, "domain": {"name": self.domain_name}}
        identity = {"methods": ["password"], "password": {"user": user}}
        return identity_request(
            "POST", f"{auth_url}/auth/tokens", {"auth": {"identity": identity, "scope": {"project": dict(project)}}}
        )


METHODS: tuple[type[Credentials], ...] = (Token, AccessKey, Password)


def identity_request(method: str, url: str, payload: t.Any = None) -> Request:
    """A request to IAM. payload: sent as JSON."""
    body = b"" if payload is None else json.dumps(payload).encode("utf-8")
    return Request(method, url, {"Content-Type": "application/json"}, body, identity=True)


# --- tables, read from the classes


def names(method: type[Credentials], fact: str = "") -> tuple[str, ...]:
    """The names of a method's options, or of those that have a fact, such as needed or secret (see _option())."""
    return tuple(field.name for field in dataclasses.fields(method) if not fact or field.metadata.get(fact))


_FACTS = {field.name: field.metadata for method in METHODS for field in dataclasses.fields(method)}
SECRETS = tuple(name for method in METHODS for name in names(method, "secret"))
OPTIONS: dict[str, dict[str, t.Any]] = {name: {"type": "str", "no_log": name in SECRETS} for name in _FACTS}
# Groups of options that come from variables of one prefix.
TOGETHER = tuple(names(method) for method in METHODS if method.one_prefix)
# family -> option -> its variables
VARIABLES = {family: {name: facts[family] for name, facts in _FACTS.items()} for family in FAMILIES}


# --- the choice


class Source(t.NamedTuple):
    """The non-empty values of one source: the options, or a family of variables. words: what to call each of them in a
    text, such as ``variable OS_USERNAME``; of a value that is absent, what would give it."""

    values: dict[str, str]
    words: dict[str, str]

    @classmethod
    def of_options(cls, options: Mapping[str, t.Any], wanted: Iterable[str]) -> Source:
        values = {name: str(options[name]) for name in wanted if options.get(name) not in (None, "")}
        return cls(values, {name: f"option {name}" for name in wanted})

    @classmethod
    def of_environ(
        cls, environ: Mapping[str, str], variables: Mapping[str, tuple[str, ...]], together: Iterable[tuple[str, ...]]
    ) -> Source:
        """Each value from the first of its variables that is set.

        together: groups of values that come from one place in their lists of variables, which is the first one at which any
        variable is set: HW_ACCESS_KEY and HW_SECRET_KEY, or else HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK.
        """
        values, words = {}, {}
        alone = [(name,) for name in variables if not any(name in group for group in together)]
        for group in (*together, *alone):
            rows = [dict(zip(group, row)) for row in zip_longest(*(variables[name] for name in group))]
            row = next((row for row in rows if any(environ.get(variable or "") for variable in row.values())), rows[0])
            for name, variable in row.items():
                words[name] = f"variable {variable or variables[name][0]}"
                if environ.get(variable or ""):
                    values[name] = environ[variable]
        return cls(values, words)

    def has_one_of(self, wanted: Iterable[str]) -> bool:
        return any(name in self.values for name in wanted)


class Choice(t.NamedTuple):
    """family: of the variables that the credentials come from, None if from options. words: what to call their first value
    in a text."""

    credentials: Credentials
    family: str | None
    words: str


def choose(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> Choice:
    """The credentials: from the options if any of theirs is given, else from the HW_ variables, else from the OS_ ones,
    and never from two of these. Raises AuthError."""
    source, family = Source.of_options(options, OPTIONS), None
    if not source.values:
        marks = [name for method in METHODS for name in names(method, "mark")]
        sources = ((Source.of_environ(environ, VARIABLES[one], TOGETHER), one) for one in FAMILIES)
        found = next((pair for pair in sources if pair[0].has_one_of(marks)), None)
        if found is None:
            raise AuthError(_NO_CREDENTIALS)
        source, family = found
    method = _method(source, family is None)
    values = {name: _checked(name, source) for name in names(method) if name in source.values}
    return Choice(method(**values), family, next(source.words[name] for name in values))


def _method(source: Source, by_option: bool) -> type[Credentials]:
    """The authentication method that the source gives. Raises AuthError for more than one, or for incomplete values."""
    marks = {method: [name for name in names(method, "mark") if name in source.values] for method in METHODS}
    methods = [method for method in METHODS if marks[method]]
    if len(methods) > 1:
        given = " and ".join(f"the {source.words[marks[method][0]]}" for method in methods)
        raise AuthError(f"More than one authentication method is given: {given}. Give only one.")
    # Without a mark there is only a domain_name.
    method = methods[0] if methods else Password
    missing = " and ".join(f"the {source.words[name]}" for name in names(method, "needed") if name not in source.values)
    if missing:
        first = next(source.words[name] for name in names(method) if name in source.values)
        rule = (
            "Options are not completed by variables"
            if by_option
            else "Variables of different prefixes are not combined"
        )
        raise AuthError(f"Incomplete credentials: the {first} is given, but not {missing}. {rule}.")
    return method


_NO_CREDENTIALS = (
    "No credentials: give the options token, or access_key and secret_key, or username, password and domain_name; or the "
    "variables HW_AUTH_TOKEN, or HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME."
)


def _checked(name: str, source: Source) -> str:
    """The value, if it is valid. The text of the AuthError never repeats it."""
    value, words, facts = source.values[name], source.words[name], _FACTS[name]
    if facts.get("secret") and len(value) < SHORTEST_SECRET:
        raise AuthError(f"The {words} is shorter than {SHORTEST_SECRET} characters, too short for a secret.")
    spaced = value != value.strip() if facts.get("spaces") else _SPACE.search(value)
    if spaced or _CONTROL.search(value):
        raise AuthError(f"The {words} contains white space or a control character (perhaps a line break at its end).")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise AuthError(f"The {words} is not valid UTF-8.") from None
    if facts.get("header") and not value.isascii():
        raise AuthError(f"The {words} contains a character that is not ASCII.")
    return value


def is_token(text: str) -> bool:
    """Whether a text can be a token: long enough to be masked, and valid in a header."""
    return len(text) >= SHORTEST_SECRET and text.isascii() and not _SPACE.search(text) and not _CONTROL.search(text)
