# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sends the requests: one class for each authentication method, and the choice of one. Pure. Private to this
collection.

Another method is another class here, in METHODS. Its options, their variables and which of them are secret are read from
its fields. Knows nothing of DRS or of Ansible.
"""

from __future__ import annotations

import abc
import dataclasses
import json
import re
import typing as t
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import zip_longest

from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Request
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import SHORTEST_SECRET
from ansible_collections.huaweicloud.drs.plugins.module_utils._signature import Signer

# Families of environment variables, never mixed, in their order.
FAMILIES = ("HW_", "OS_")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPACE = re.compile(r"\s")


class AuthError(Exception):
    """No way in, or one that does not work. The text is for the user, names what to change, and holds no secret."""


def _option(
    hw: tuple[str, ...],
    os_: tuple[str, ...],
    *,
    needed: bool = True,
    secret: bool = False,
    mark: bool = True,
    header: bool = False,
    spaces: bool = False,
) -> t.Any:
    """A field of a method, which is an option of the modules too.

    hw, os_: the variables that give it, of each family; the first that is set counts (see Credentials.one_prefix). needed: the method does not work
    without it. mark: any value shows that the method is meant. header: it is sent as it is, and so must be ASCII. spaces:
    it may hold some inside.
    """
    facts = {
        "HW_": hw,
        "OS_": os_,
        "needed": needed,
        "secret": secret,
        "mark": mark,
        "header": header,
        "spaces": spaces,
    }
    if needed:
        return dataclasses.field(repr=not secret, metadata=facts)
    return dataclasses.field(repr=not secret, metadata=facts, default=None)


@dataclasses.dataclass(frozen=True)
class Credentials(abc.ABC):
    """What all authentication methods share. An object never changes; its repr() shows no secret."""

    # Whether the proof is a token that is fetched with token_request(), and fetched again when it has expired.
    renewable: t.ClassVar[bool] = False
    # Whether its values belong together, so that all of them come from variables of one prefix.
    one_prefix: t.ClassVar[bool] = False

    @abc.abstractmethod
    def describe(self) -> str:
        """These credentials in words for an error's text, without a secret."""

    @abc.abstractmethod
    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        """Put the proof into the request's headers.

        token: the one fetched last, of credentials that are renewable. project_id: if it is known. now: in UTC.
        """

    def token_request(self, auth_url: str, project: Mapping[str, str]) -> Request:
        """The request for a token for a project, given by its id or its name."""
        raise NotImplementedError

    def secrets(self) -> tuple[str, ...]:
        """The values that no text may show."""
        values = (getattr(self, name) for name in names(type(self), "secret"))
        return tuple(value for value in values if value is not None)


@dataclasses.dataclass(frozen=True)
class Token(Credentials):
    """A token that somebody else fetched. It cannot be renewed."""

    token: str = _option(("HW_AUTH_TOKEN",), ("OS_AUTH_TOKEN", "OS_TOKEN"), secret=True, header=True)

    def describe(self) -> str:
        return "the token given"

    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        request.headers["X-Auth-Token"] = self.token


@dataclasses.dataclass(frozen=True)
class AccessKey(Credentials):
    """A key with which every request is signed; a temporary one is sent with its security token."""

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
        # Only what no proxy changes.
        signed = {
            name: value
            for name, value in headers.items()
            if name.lower().startswith("x-") or name.lower() == "content-type"
        }
        signer = Signer(self.access_key, self.secret_key)
        headers.update(signer.authorization(request.method, request.url, signed, request.body, now))


@dataclasses.dataclass(frozen=True)
class Password(Credentials):
    """An IAM user, for whom tokens are fetched."""

    renewable = True

    username: str = _option(("HW_USER_NAME",), ("OS_USERNAME",), spaces=True)
    password: str = _option(("HW_USER_PASSWORD",), ("OS_PASSWORD",), secret=True)
    domain_name: str = _option(("HW_DOMAIN_NAME",), ("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"), mark=False)

    def describe(self) -> str:
        return f"the user {self.username} of {self.domain_name}"

    def prove(self, request: Request, token: str | None, project_id: str | None, now: datetime) -> None:
        request.headers["X-Auth-Token"] = token or ""

    def token_request(self, auth_url: str, project: Mapping[str, str]) -> Request:
        """Source: POST /v3/auth/tokens of IAM's API reference; 201, and the token in X-Subject-Token."""
        user = {"name": self.username, "password": self.password, "domain": {"name": self.domain_name}}
        identity = {"methods": ["password"], "password": {"user": user}}
        return identity_request(
            "POST", f"{auth_url}/auth/tokens", {"auth": {"identity": identity, "scope": {"project": dict(project)}}}
        )


METHODS: tuple[type[Credentials], ...] = (Token, AccessKey, Password)


def identity_request(method: str, url: str, payload: t.Any = None) -> Request:
    """A request to IAM. payload: its JSON."""
    body = b"" if payload is None else json.dumps(payload).encode("utf-8")
    return Request(method, url, {"Content-Type": "application/json"}, body, identity=True)


# --- tables, all of them read from the classes


def names(method: type[Credentials], fact: str = "") -> tuple[str, ...]:
    """The names of a method's options; of those alone that are what fact says (needed, secret, mark...)."""
    return tuple(field.name for field in dataclasses.fields(method) if not fact or field.metadata[fact])


_FACTS = {field.name: field.metadata for method in METHODS for field in dataclasses.fields(method)}
SECRETS = tuple(name for method in METHODS for name in names(method, "secret"))
OPTIONS: dict[str, dict[str, t.Any]] = {name: {"type": "str", "no_log": name in SECRETS} for name in _FACTS}
# family -> option -> its variables
TOGETHER = tuple(names(method) for method in METHODS if method.one_prefix)
VARIABLES = {family: {name: facts[family] for name, facts in _FACTS.items()} for family in FAMILIES}


# --- the choice


class Source(t.NamedTuple):
    """The values of one source that are not empty, and for each the words by which the user knows it."""

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
        """For each value the first of its variables that is set.

        together: groups of values that come from variables of the same place in their lists (HW_ACCESS_KEY and
        HW_SECRET_KEY, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK): the first place at which any is set.
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


class Chosen(t.NamedTuple):
    """The credentials; the family of variables that they come from, None if from options; and the user's words for the
    first of their values, such as ``variable OS_USERNAME``."""

    credentials: Credentials
    family: str | None
    words: str


def choose(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> Chosen:
    """The credentials, whole from the options if any of theirs is given, else from the HW_ variables, else from the OS_
    ones. Raises AuthError."""
    source, family = Source.of_options(options, OPTIONS), None
    if not source.values:
        marks = [name for method in METHODS for name in names(method, "mark")]
        sources = ((Source.of_environ(environ, VARIABLES[one], TOGETHER), one) for one in FAMILIES)
        found = next((pair for pair in sources if pair[0].has_one_of(marks)), None)
        if found is None:
            raise AuthError(_NO_WAY_IN)
        source, family = found
    method = _method(source, family is None)
    values = {name: _checked(name, source) for name in names(method) if name in source.values}
    return Chosen(method(**values), family, next(source.words[name] for name in values))


_NO_WAY_IN = (
    "No way in: give the option token, or access_key and secret_key, or username, password and domain_name, or the "
    "variables HW_AUTH_TOKEN, or HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME."
)


def _method(source: Source, by_option: bool) -> type[Credentials]:
    """The one method of this source. Raises AuthError for two, or for half a one."""
    marks = {method: [name for name in names(method, "mark") if name in source.values] for method in METHODS}
    methods = [method for method in METHODS if marks[method]]
    if len(methods) > 1:
        given = " and ".join(f"the {source.words[marks[method][0]]}" for method in methods)
        raise AuthError(f"More than one way in is given: {given}. Give one only.")
    # Without a mark, what is given is a domain's name.
    method = methods[0] if methods else Password
    missing = " and ".join(f"the {source.words[name]}" for name in names(method, "needed") if name not in source.values)
    if missing:
        there = next(source.words[name] for name in names(method) if name in source.values)
        rule = "A way in comes whole from the options if any of it is there"
        rule = rule if by_option else "Variables of different prefixes are not combined"
        raise AuthError(f"Half a way in: the {there} is given, but not {missing}. {rule}.")
    return method


def _checked(name: str, source: Source) -> str:
    """A value, if it can be one. The words never repeat it."""
    value, words, facts = source.values[name], source.words[name], _FACTS[name]
    if facts["secret"] and len(value) < SHORTEST_SECRET:
        raise AuthError(f"The {words} is shorter than {SHORTEST_SECRET} characters, which no such secret is.")
    spaced = value != value.strip() if facts["spaces"] else _SPACE.search(value)
    if spaced or CONTROL.search(value):
        raise AuthError(f"The {words} holds white space or a control character (a line break at its end, perhaps).")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise AuthError(f"The {words} is no text in UTF-8.") from None
    if facts["header"] and not value.isascii():
        raise AuthError(f"The {words} holds a character that is not ASCII, which it cannot.")
    return value


def is_token(text: str) -> bool:
    """Whether this can be a token that IAM gives: long enough to be masked, and fit for a header."""
    return len(text) >= SHORTEST_SECRET and text.isascii() and not _SPACE.search(text) and not CONTROL.search(text)
