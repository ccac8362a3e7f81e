# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of options and environment one way in, and where it leads. Pure. Private to this collection.

Knows nothing of DRS or of Ansible.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import SHORTEST_SECRET

# What every module takes. Defaults that depend on other values (cloud_domain, endpoint, auth_url) are resolve()'s.
OPTIONS: dict[str, dict[str, t.Any]] = {
    "token": {"type": "str", "no_log": True},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "security_token": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "domain_name": {"type": "str"},
    "region": {"type": "str"},
    "project_id": {"type": "str"},
    "project_name": {"type": "str"},
    "cloud_domain": {"type": "str"},
    "endpoint": {"type": "str"},
    "auth_url": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_cert": {"type": "path"},
    "request_timeout": {"type": "int", "default": 30},
    "max_retries": {"type": "int", "default": 5},
    "language": {"type": "str", "default": "en-us", "choices": ["en-us", "zh-cn"]},
}

# Two families of variables, never mixed. For each value the first variable that is set counts.
VARIABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "HW_": {
        "token": ("HW_AUTH_TOKEN",),
        "access_key": ("HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK"),
        "secret_key": ("HW_SECRET_KEY", "HUAWEICLOUD_SDK_SK"),
        "security_token": ("HW_SECURITY_TOKEN", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
        "username": ("HW_USER_NAME",),
        "password": ("HW_USER_PASSWORD",),
        "domain_name": ("HW_DOMAIN_NAME",),
        "region": ("HW_REGION_NAME",),
        "project_id": ("HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"),
        "project_name": ("HW_PROJECT_NAME",),
        "cloud_domain": ("HW_CLOUD",),
        "endpoint": ("HW_DRS_ENDPOINT",),
        "auth_url": ("HW_AUTH_URL",),
    },
    "OS_": {
        "token": ("OS_AUTH_TOKEN", "OS_TOKEN"),
        "access_key": ("OS_ACCESS_KEY",),
        "secret_key": ("OS_SECRET_KEY",),
        "security_token": ("OS_SECURITY_TOKEN",),
        "username": ("OS_USERNAME",),
        "password": ("OS_PASSWORD",),
        "domain_name": ("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"),
        "region": ("OS_REGION_NAME",),
        "project_id": ("OS_PROJECT_ID",),
        "project_name": ("OS_PROJECT_NAME",),
        "auth_url": ("OS_AUTH_URL",),
        "ca_cert": ("OS_CACERT",),
    },
}

# What each way in needs, what it may have, and the values of which any one shows that it is meant (a domain_name
# does not).
NEEDED = {
    "token": ("token",),
    "access_key": ("access_key", "secret_key"),
    "password": ("username", "password", "domain_name"),
}
OPTIONAL = {"token": (), "access_key": ("security_token",), "password": ()}
MARKS = {
    "token": ("token",),
    "access_key": ("access_key", "secret_key", "security_token"),
    "password": ("username", "password"),
}
WAY_IN_VALUES = ("token", "access_key", "secret_key", "security_token", "username", "password", "domain_name")
PLACE_VALUES = ("region", "project_id", "project_name", "cloud_domain", "endpoint", "auth_url")
SECRET_VALUES = ("token", "secret_key", "security_token", "password")

DEFAULT_CLOUD_DOMAIN = "myhuaweicloud.com"

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_REGION_LABEL = re.compile(r"[a-z]{2}-([a-z]{2}[0-9]?|[a-z]+-[0-9]{1,3})")
_PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class AuthError(Exception):
    """No way in, or one that does not work. The text is for the user, names what to change, and holds no secret."""


class Settings(t.NamedTuple):
    """Who asks, and where. way is token, access_key or password; the values of the other ways are None.

    endpoint and auth_url are full URLs without a trailing slash; auth_url ends in /v3, and is None where it is not
    needed and nothing says what it could be. secrets holds what must be hidden. Its repr() shows no secret.
    """

    way: str
    token: str | None
    access_key: str | None
    secret_key: str | None
    security_token: str | None
    username: str | None
    password: str | None
    domain_name: str | None
    region: str | None
    project_id: str | None
    project_name: str | None
    endpoint: str
    auth_url: str | None
    ca_cert: str | None
    validate_certs: bool
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Settings(way={self.way!r}, region={self.region!r}, project_id={self.project_id!r}, "
            f"endpoint={self.endpoint!r})"
        )


class _Given(t.NamedTuple):
    """The values of one source that are not empty, and for each the words by which the user knows it."""

    values: dict[str, str]
    words: dict[str, str]

    def has_one_of(self, names: tuple[str, ...]) -> bool:
        return any(name in self.values for name in names)


def resolve(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> Settings:
    """The one way in that options and environment give, and where it leads. Pure.

    The way in comes whole from the options, else from the HW_ variables, else from the OS_ ones. Every other value
    comes from the option of its name, else from one family of variables: that of the way in; with a way in from the
    options HW_ if any of its place variables is set, else OS_. Raises AuthError.
    """
    given, hw, os_ = _from_options(options), _from_environ(environ, "HW_"), _from_environ(environ, "OS_")
    by_option = given.has_one_of(WAY_IN_VALUES)
    source = given if by_option else next((one for one in (hw, os_) if one.has_one_of(_ALL_MARKS)), None)
    if source is None:
        raise AuthError(_NO_WAY_IN)
    way = _way(source, by_option)
    proof = {name: _checked(name, source) for name in NEEDED[way] + OPTIONAL[way] if name in source.values}

    family = source if not by_option else hw if hw.has_one_of(PLACE_VALUES) else os_
    target_by_option = given.has_one_of(("auth_url", "endpoint", "cloud_domain"))
    if source is os_ and not target_by_option and "auth_url" not in os_.values:
        mark = next(os_.words[name] for name in MARKS[way] if name in os_.values)
        raise AuthError(
            f"The {mark} is set, but nothing says to which cloud it belongs: set OS_AUTH_URL, or give the option "
            "auth_url, endpoint or cloud_domain."
        )
    # An OS_AUTH_URL is for OS_ secrets: those of the options follow it only where the options name no cloud.
    skipped = ("auth_url",) if by_option and family is os_ and target_by_option else ()
    place = _place(given, family, skipped)
    region, project_id, project_name = _where(place)
    told = os_ if source is os_ else hw
    # The default cloud is never a guess for what belongs to an OpenStack's address or secret.
    may_default = source is not os_ and place.words.get("auth_url") != "variable OS_AUTH_URL"
    endpoint, auth_url = _urls(place, region, may_default, told)
    if auth_url is None and (way == "password" or project_id is None):
        wish = "a token" if way == "password" else "the project's id unless project_id is given"
        asked_for = _give(("auth_url", "region" if region is None else "cloud_domain"), told)
        raise AuthError(f"Nothing says where IAM is, which is asked for {wish}: {asked_for}.")
    if project_id is None and project_name is None and region is None:
        raise AuthError(f"Nothing says which project: {_give(('project_id', 'project_name', 'region'), told)}.")
    return Settings(
        way=way,
        **{name: proof.get(name) for name in WAY_IN_VALUES},
        region=region,
        project_id=project_id,
        project_name=project_name,
        endpoint=endpoint,
        auth_url=auth_url,
        ca_cert=given.values.get("ca_cert") or family.values.get("ca_cert"),
        validate_certs=options.get("validate_certs") is not False,
        secrets=tuple(proof[name] for name in SECRET_VALUES if name in proof),
    )


_ALL_MARKS = tuple(name for marks in MARKS.values() for name in marks)
_NO_WAY_IN = (
    "No way in: give the option token, or access_key and secret_key, or username, password and domain_name, or the "
    "variables HW_AUTH_TOKEN, or HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME."
)


def _from_options(options: Mapping[str, t.Any]) -> _Given:
    names = WAY_IN_VALUES + PLACE_VALUES + ("ca_cert",)
    values = {name: str(options[name]) for name in names if options.get(name) not in (None, "")}
    return _Given(values, {name: f"option {name}" for name in names})


def _from_environ(environ: Mapping[str, str], family: str) -> _Given:
    values, words = {}, {}
    for name, variables in VARIABLES[family].items():
        variable = next((candidate for candidate in variables if environ.get(candidate)), None)
        words[name] = f"variable {variable or variables[0]}"
        if variable:
            values[name] = environ[variable]
    return _Given(values, words)


def _way(source: _Given, by_option: bool) -> str:
    """The one way in of this source. Raises AuthError for two, or for half a one."""
    meant = {way: [name for name in marks if name in source.values] for way, marks in MARKS.items()}
    ways = [way for way, marks in meant.items() if marks]
    if len(ways) > 1:
        names = " and ".join(f"the {source.words[meant[way][0]]}" for way in ways)
        raise AuthError(f"More than one way in is given: {names}. Give one only.")
    way = ways[0] if ways else "password"
    missing = " and ".join(f"the {source.words[name]}" for name in NEEDED[way] if name not in source.values)
    if missing:
        there = source.words[meant[way][0] if meant[way] else "domain_name"]
        rule = ". A way in comes whole from the options if any of it is there" if by_option else ""
        raise AuthError(f"Half a way in: the {there} is given, but not {missing}{rule}.")
    return way


def _checked(name: str, source: _Given) -> str:
    """A value of the way in, if it can be one. The words never repeat the value."""
    value, words = source.values[name], source.words[name]
    if name in SECRET_VALUES and len(value) < SHORTEST_SECRET:
        raise AuthError(f"The {words} is shorter than {SHORTEST_SECRET} characters, which no such secret is.")
    if name == "username":
        refused = bool(_CONTROL.search(value)) or value != value.strip()
    else:
        refused = bool(_CONTROL.search(value)) or any(character.isspace() for character in value)
    if refused:
        raise AuthError(f"The {words} holds white space or a control character (a line break at its end, perhaps).")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise AuthError(f"The {words} is no text in UTF-8.") from None
    if name in ("token", "access_key", "security_token") and not value.isascii():
        raise AuthError(f"The {words} holds a character that is not ASCII, which it cannot.")
    return value


def _place(given: _Given, family: _Given, skipped: tuple[str, ...]) -> _Given:
    """The values that say where, each from its option, else from the family: there without those to be skipped.

    project_id and project_name come from the options both, if one of them does.
    """
    if given.has_one_of(("project_id", "project_name")):
        skipped += ("project_id", "project_name")
    values, words = {}, {}
    for name in PLACE_VALUES:
        for source in (given,) if name in skipped else (given, family):
            if name in source.values and name not in values:
                values[name], words[name] = source.values[name], source.words[name]
    return _Given(values, words)


def _where(place: _Given) -> tuple[str | None, str | None, str | None]:
    """Region, project id and project name, checked."""
    region, project_id, project_name = (place.values.get(name) for name in ("region", "project_id", "project_name"))
    if region is not None and not _LABEL.fullmatch(region):
        raise AuthError(f"The {place.words['region']} is no region: small letters, digits and hyphens, such as eu-de.")
    if project_id is not None and not is_project_id(project_id):
        raise AuthError(f"The {place.words['project_id']} is no id of a project: letters and digits.")
    if project_name is not None and (_CONTROL.search(project_name) or project_name != project_name.strip()):
        raise AuthError(f"The {place.words['project_name']} holds white space around it or a control character.")
    return region, project_id, project_name


def _urls(place: _Given, region: str | None, may_default: bool, told: _Given) -> tuple[str, str | None]:
    """endpoint and auth_url: given, or built of region and cloud domain. Raises AuthError if endpoint cannot be told.

    Where no cloud domain is given but one of the two URLs is, the other is built of that URL's cloud, so that one
    cloud's token does not go to another.
    """
    endpoint = _checked_url(place, "endpoint") if "endpoint" in place.values else None
    auth_url = _completed(_checked_url(place, "auth_url"), place) if "auth_url" in place.values else None
    cloud_domain = place.values.get("cloud_domain")
    if cloud_domain is not None and not all(_LABEL.fullmatch(label) for label in cloud_domain.split(".")):
        raise AuthError(f"The {place.words['cloud_domain']} is no domain, such as {DEFAULT_CLOUD_DOMAIN}.")
    if endpoint is not None and auth_url is not None:
        return endpoint, auth_url
    domain = cloud_domain or _domain_beside(endpoint or auth_url, region, may_default)
    if endpoint is None:
        if region is None:
            raise AuthError(f"Nothing says which region: {_give(('region', 'endpoint'), told)}.")
        if domain is None:
            raise AuthError(
                f"Nothing says where DRS is, and the {place.words['auth_url']} does not tell: "
                f"{_give(('endpoint', 'cloud_domain'), told)}."
            )
        endpoint = f"https://drs.{region}.{domain}"
    if auth_url is None and region is not None and domain is not None:
        auth_url = f"https://iam.{region}.{domain}/v3"
    return endpoint, auth_url


def _give(names: tuple[str, ...], told: _Given) -> str:
    """Words that ask for one of these values, by option or by a variable of the family."""
    ways = [f"the option {name}" + (f" (or the {told.words[name]})" if name in told.words else "") for name in names]
    alone = "" if "endpoint" in told.words else "; HW_ variables are not used together with OS_ ones"
    return f"give {' or '.join(ways)}{alone}"


def _domain_beside(url: str | None, region: str | None, may_default: bool) -> str | None:
    """The cloud domain in a URL ({service}.{region}.{domain} or {service}.{domain}), else the default if allowed."""
    if url is not None:
        parts = urlsplit(url)
        labels = (parts.hostname or "").split(".")
        if labels[0] in ("drs", "iam") and parts.port in (None, 443):
            rest = labels[1:]
            if rest and (rest[0] == region or _REGION_LABEL.fullmatch(rest[0])):
                rest = rest[1:]
            if len(rest) > 1:
                return ".".join(rest)
        # Whoever talks to a server on this machine means no public cloud.
        may_default = may_default and not loopback(url)
    return DEFAULT_CLOUD_DOMAIN if may_default else None


def _checked_url(place: _Given, name: str) -> str:
    """A URL without its trailing slash. Raises AuthError, whose words never repeat it: it may hold a password."""
    url, words = place.values[name], place.words[name]
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise AuthError(f"The {words} is no URL: it holds white space, a backslash or a non-ASCII character.")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise AuthError(f"The {words} is no URL: its host or port cannot be read.") from None
    if parts.scheme not in ("https", "http") or not host:
        raise AuthError(f"The {words} is no URL that begins with https:// and a host.")
    if "@" in parts.netloc:
        raise AuthError(f"The {words} holds a user name; secrets belong into options or variables of their own.")
    if "?" in url or "#" in url:
        raise AuthError(f"The {words} holds a query or a fragment, which is not used.")
    if parts.scheme == "http" and not loopback(url):
        raise AuthError(
            f"The {words} is plain http, by which secrets could be read; that is for loopback only: use https."
        )
    if any(unquote(segment) in (".", "..") for segment in parts.path.split("/")):
        raise AuthError(f"The {words} holds a path with dots.")
    if name == "endpoint" and re.search(r"/v[0-9]", parts.path):
        raise AuthError(f"The {words} holds a version of the API, which is added to it: leave it out.")
    return url.rstrip("/")


def _completed(url: str, place: _Given) -> str:
    """An auth_url with /v3 at its end."""
    versions = re.findall(r"/v[0-9][^/]*", urlsplit(url).path)
    if not versions:
        return f"{url}/v3"
    if versions == ["/v3"] and url.endswith("/v3"):
        return url
    raise AuthError(
        f"The {place.words['auth_url']} is no address of IAM's third version: it ends in /v3, and nothing follows."
    )


def loopback(url: str) -> bool:
    """Whether the URL's host is this machine itself: localhost, 127.0.0.0/8 or ::1. No name is looked up."""
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost":
            return True
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address in ipaddress.ip_network("127.0.0.0/8" if address.version == 4 else "::1/128")


def is_project_id(text: str) -> bool:
    return _PROJECT_ID.fullmatch(text) is not None
