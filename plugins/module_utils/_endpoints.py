# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests go: region, project, addresses and certificates; and the options of every module. Pure. Private to this
collection.

Knows nothing of DRS but its host's name, and nothing of Ansible.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from ansible_collections.huaweicloud.drs.plugins.module_utils import _credentials
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import (
    CONTROL,
    AuthError,
    Credentials,
    Source,
    choose,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import SHORTEST_SECRET

# What every module takes. Defaults that depend on other values (cloud_domain, endpoint, auth_url) are resolve()'s.
OPTIONS: dict[str, dict[str, t.Any]] = {
    **_credentials.OPTIONS,
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

# For each value the first variable that is set counts. A project's id and name are the two of one prefix: an id of
# another one could be that of another project.
TOGETHER = (("project_id", "project_name"),)
VARIABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "HW_": {
        "region": ("HW_REGION_NAME",),
        "project_id": ("HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"),
        "project_name": ("HW_PROJECT_NAME",),
        "cloud_domain": ("HW_CLOUD",),
        "endpoint": ("HW_DRS_ENDPOINT",),
        "auth_url": ("HW_AUTH_URL",),
    },
    "OS_": {
        "region": ("OS_REGION_NAME",),
        "project_id": ("OS_PROJECT_ID", "OS_TENANT_ID"),
        "project_name": ("OS_PROJECT_NAME", "OS_TENANT_NAME"),
        "auth_url": ("OS_AUTH_URL",),
        "ca_cert": ("OS_CACERT",),
    },
}

DEFAULT_CLOUD_DOMAIN = "myhuaweicloud.com"

_ADDRESSES = ("cloud_domain", "endpoint", "auth_url")
_PLACE_VALUES = ("region", "project_id", "project_name", *_ADDRESSES)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_REGION_LABEL = re.compile(r"[a-z]{2}-([a-z]{2}[0-9]?|[a-z]+-[0-9]{1,3})")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Endpoints(t.NamedTuple):
    """Where requests go.

    endpoint (of DRS) and auth_url (of IAM) are full URLs without a trailing slash; auth_url ends in /v3, and is None where
    it is not needed and nothing says what it could be. ca_cert: the path of a bundle, None for the system's.
    """

    region: str | None
    project_id: str | None
    project_name: str | None
    endpoint: str
    auth_url: str | None
    ca_cert: str | None
    validate_certs: bool

    @property
    def project(self) -> str:
        """The project's name; every region has a project of its own name."""
        return self.project_name or self.region or ""


class Connection(t.NamedTuple):
    credentials: Credentials
    endpoints: Endpoints


def resolve(options: Mapping[str, t.Any], environ: Mapping[str, str], hide: Callable[[str], object]) -> Connection:
    """The credentials that options and environment give, and where they lead.

    The credentials come from one source (see choose()). Every other value comes from the option of its name, else from
    one family of variables: that of the credentials; with credentials from the options HW_ if any of its variables of
    this file is set, else OS_. hide(value) is called, before anything is raised, with every address that may hold a
    secret where none belongs. Raises AuthError.
    """
    given = Source.of_options(options, (*_PLACE_VALUES, "ca_cert"))
    hw, os_ = (Source.of_environ(environ, VARIABLES[name], TOGETHER) for name in ("HW_", "OS_"))
    for address in (source.values.get(name, "") for source in (given, hw, os_) for name in _ADDRESSES):
        # Hiding a very short text would make every other one unreadable.
        if _fault(address) and (len(address) >= SHORTEST_SECRET or "@" in address):
            hide(address)
    credentials, origin, mark = choose(options, environ)
    by_os = origin == "OS_"
    family = os_ if by_os or (origin is None and not hw.values) else hw
    target_by_option = given.has_one_of(("auth_url", "endpoint", "cloud_domain"))
    if by_os and not target_by_option and "auth_url" not in os_.values:
        raise AuthError(
            f"The {mark} is set, but nothing says to which cloud it belongs: set OS_AUTH_URL, or give the option "
            "auth_url, endpoint or cloud_domain."
        )
    # An OS_AUTH_URL is for OS_ secrets: those of the options follow it only where the options name no cloud.
    skipped = ("auth_url",) if origin is None and family is os_ and target_by_option else ()
    place = _place(given, family, skipped)
    region, project_id, project_name = _where(place)
    told = os_ if by_os else hw
    # The default cloud is never a guess for what belongs to an OpenStack's address or secret.
    may_default = not by_os and place.words.get("auth_url") != "variable OS_AUTH_URL"
    endpoint, auth_url = _urls(place, region, may_default, told)
    if auth_url is None and (credentials.renewable or project_id is None):
        wish = "a token" if credentials.renewable else "the project's id unless project_id is given"
        asked_for = _give(("auth_url", "region" if region is None else "cloud_domain"), told)
        raise AuthError(f"Nothing says where IAM is, which is asked for {wish}: {asked_for}.")
    if project_id is None and project_name is None and region is None:
        raise AuthError(f"Nothing says which project: {_give(('project_id', 'project_name', 'region'), told)}.")
    return Connection(
        credentials,
        Endpoints(
            region=region,
            project_id=project_id,
            project_name=project_name,
            endpoint=endpoint,
            auth_url=auth_url,
            ca_cert=given.values.get("ca_cert") or family.values.get("ca_cert"),
            validate_certs=options.get("validate_certs") is not False,
        ),
    )


def _place(given: Source, family: Source, skipped: tuple[str, ...]) -> Source:
    """The values that say where, each from its option, else from the family: there without those to be skipped.

    project_id and project_name come from the options both, if one of them does.
    """
    if given.has_one_of(("project_id", "project_name")):
        skipped += ("project_id", "project_name")
    values, words = {}, {}
    for name in _PLACE_VALUES:
        for source in (given,) if name in skipped else (given, family):
            if name in source.values and name not in values:
                values[name], words[name] = source.values[name], source.words[name]
    return Source(values, words)


def _where(place: Source) -> tuple[str | None, str | None, str | None]:
    """Region, project id and project name, checked."""
    region, project_id, project_name = (place.values.get(name) for name in ("region", "project_id", "project_name"))
    if region is not None and not _LABEL.fullmatch(region):
        raise AuthError(f"The {place.words['region']} is no region: small letters, digits and hyphens, such as eu-de.")
    if project_id is not None and not is_project_id(project_id):
        raise AuthError(f"The {place.words['project_id']} is no id of a project: letters and digits.")
    if project_name is not None and (CONTROL.search(project_name) or project_name != project_name.strip()):
        raise AuthError(f"The {place.words['project_name']} holds white space around it or a control character.")
    return region, project_id, project_name


def _urls(place: Source, region: str | None, may_default: bool, told: Source) -> tuple[str, str | None]:
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


def _give(names: tuple[str, ...], told: Source) -> str:
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


def _checked_url(place: Source, name: str) -> str:
    """A URL without its trailing slash. Raises AuthError, whose words never repeat it."""
    url, words = place.values[name], place.words[name]
    fault = _fault(url)
    if fault:
        raise AuthError(f"The {words} {fault}.")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AuthError(f"The {words} is no URL that begins with https:// and a host.")
    if parts.scheme == "http" and not loopback(url):
        raise AuthError(
            f"The {words} is plain http, by which secrets could be read; that is for loopback only: use https."
        )
    if any(unquote(segment) in (".", "..") for segment in parts.path.split("/")):
        raise AuthError(f"The {words} holds a path with dots.")
    if name == "endpoint" and re.search(r"/v[0-9]", parts.path):
        raise AuthError(f"The {words} holds a version of the API, which is added to it: leave it out.")
    return url.rstrip("/")


def _fault(url: str) -> str | None:
    """What is wrong with an address that may hold a secret: one with a user name or a query, or that cannot be parsed."""
    if "@" in unquote(url):
        return "holds a user name (an @); secrets belong into options or variables of their own"
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        return "is no URL: it holds white space, a backslash or a non-ASCII character"
    if "?" in url or "#" in url:
        return "holds a query or a fragment, which is not used"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = "?"
    return None if host is None or _HOST.fullmatch(host) else "is no URL: its host or port cannot be read"


def _completed(url: str, place: Source) -> str:
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
