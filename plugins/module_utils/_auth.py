# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Being let in: of options and environment one way in, as a requests.auth.AuthBase. Private to this collection.

Three parts: resolve() decides, purely, who asks and where; Signer signs, purely; TokenAuth, PasswordAuth and
AccessKeyAuth put the proof into requests. Where IAM must be asked, they are handed the call to make.
Knows nothing of DRS or of Ansible.
"""

from __future__ import annotations

import abc
import base64
import hashlib
import hmac
import html
import ipaddress
import json
import re
import threading
import typing as t
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from ansible_collections.huaweicloud.drs.plugins.module_utils._timing import Clock

try:
    from requests.auth import AuthBase
except ImportError:
    AuthBase = object  # type: ignore[assignment,misc]

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
SHORTEST_SECRET = 8
MASK = "********"
LONGEST_TEXT = 500
# Seconds. A renewed token that is refused sooner than this has not expired: another one would not help.
RENEWED_TOKEN_LIFE = 600.0

# Whoever sees a signed request could send it again for a quarter of an hour.
_SIGNATURE = re.compile(r"(?<=Signature=)[0-9a-f]{64}")

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_REGION_LABEL = re.compile(r"[a-z]{2}-([a-z]{2}[0-9]?|[a-z]+-[0-9]{1,3})")
_PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class AuthError(Exception):
    """No way in, or one that does not work. The text is for the user, names what to change, and holds no secret."""


class Secrets:
    """The values that may appear in no text. Safe to use from many threads.

    on_add is called once with every new value (an Ansible module hides these in what it returns).
    """

    def __init__(self, on_add: Callable[[str], object] | None = None) -> None:
        self._on_add = on_add
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()

    def add(self, value: str | None) -> None:
        """Hide this value from now on. Values under 8 characters are passed over: resolve() refuses them as secrets."""
        if value is None or len(value) < SHORTEST_SECRET:
            return
        with self._lock:
            if value in self._values:
                return
            self._values = self._values | {value}
            # The longest first, so that nothing is left of one that holds another.
            self._forms = tuple(sorted({*self._forms, *_forms(value)}, key=len, reverse=True))
        if self._on_add is not None:
            self._on_add(value)

    def mask(self, text: str) -> str:
        """The text with every secret, plain, URL-quoted, JSON- or HTML-escaped or in base64, replaced by asterisks."""
        # One after another, and no regular expression of them all: a token from IAM has thousands of characters, and
        # compiling its forms would take longer than the rest of the module's start.
        for form in self._forms:
            text = text.replace(form, MASK)
        return _SIGNATURE.sub(MASK, text)


def _forms(secret: str) -> Iterator[str]:
    """The spellings in which a service, a gateway or a library may echo a secret."""
    yield secret
    for quoted in (quote(secret, safe=""), quote(secret, safe="/"), quote_plus(secret), quote(secret, safe="~")):
        yield quoted
        yield re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), quoted)
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")  # as PHP does
        yield re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", escaped)  # as Go does
    yield html.escape(secret, quote=True)
    yield html.escape(secret, quote=False)
    raw = secret.encode("utf-8")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii")
        yield encode(raw).decode("ascii").rstrip("=")
        # Inside a longer text, three alignments are possible; the characters that its neighbours share are left out.
        for before in range(3):
            encoded = encode(b"\0" * before + raw).decode("ascii").rstrip("=")
            whole = len(encoded) if (before + len(raw)) % 3 == 0 else len(encoded) - 1
            yield encoded[(0, 2, 3)[before] : whole]


# --- from options and environment to one way in


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
    if project_id is not None and not _PROJECT_ID.fullmatch(project_id):
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


# --- signing


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


# --- the three ways in


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
    if not _PROJECT_ID.fullmatch(found):
        raise AuthError("IAM named a project's id that is none; give the option project_id.")
    return found
