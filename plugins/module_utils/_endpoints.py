# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests go: region, project, addresses and certificates; and the options that every module takes. Pure. Private
to this collection.

Knows nothing of DRS but its host name, and nothing of Ansible.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from ansible_collections.huaweicloud.drs.plugins.module_utils import _credentials
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError, Credentials, Source, choose
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import SHORTEST_SECRET

_ADDRESSES = ("cloud_domain", "endpoint", "auth_url")
_NAMES = ("region", "project_id", "project_name", *_ADDRESSES)

# The argument spec that all modules share. resolve() knows the defaults of the addresses.
OPTIONS: dict[str, dict[str, t.Any]] = {
    **_credentials.OPTIONS,
    **{name: {"type": "str"} for name in _NAMES},
    "validate_certs": {"type": "bool", "default": True},
    "ca_cert": {"type": "path"},
    "request_timeout": {"type": "int", "default": 30},
    "max_retries": {"type": "int", "default": 5},
    "language": {"type": "str", "default": "en-us", "choices": ["en-us", "zh-cn"]},
    "max_parallel": {"type": "int", "default": 4},
}

# family -> option -> its variables; the first that is set counts.
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
# A project's id and name come from one prefix: the id of another one could be that of another project.
TOGETHER = (("project_id", "project_name"),)

DEFAULT_CLOUD_DOMAIN = "myhuaweicloud.com"

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DOMAIN = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*")
_REGION_LABEL = re.compile(r"[a-z]{2}-([a-z]{2}[0-9]?|[a-z]+-[0-9]{1,3})")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# No white space around it, no control character, and no byte that is not UTF-8 (os.environ has it as half a surrogate pair).
_PROJECT_NAME = re.compile(r"(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+(?<!\s)")
_PATTERNS = {
    "region": (_LABEL, "is not a valid region: use small letters, digits and hyphens, as in eu-de"),
    "project_id": (_PROJECT_ID, "is not a valid project id, of letters and digits"),
    "project_name": (
        _PROJECT_NAME,
        "is not a valid project name: look for white space around it or control characters",
    ),
    "cloud_domain": (_DOMAIN, f"is not a valid domain, such as {DEFAULT_CLOUD_DOMAIN}"),
}


class Endpoints(t.NamedTuple):
    """endpoint (of DRS) and auth_url (of IAM): URLs without a trailing slash. auth_url ends in /v3; None if it is unknown and
    not needed. ca_cert: the path of a bundle of certificate authorities, None for the system's."""

    region: str | None
    project_id: str | None
    project_name: str | None
    endpoint: str
    auth_url: str | None
    ca_cert: str | None
    validate_certs: bool

    @property
    def project(self) -> str:
        """The project's name. Each region has a project that is named after it."""
        return self.project_name or self.region or ""


class Connection(t.NamedTuple):
    credentials: Credentials
    endpoints: Endpoints


def hide_addresses(options: Mapping[str, t.Any], environ: Mapping[str, str], hide: Callable[[str], object]) -> None:
    """Calls hide(value) for each address that resolve() refuses and that may contain a secret. To be called before any
    error of the options is reported, since ansible-core shows the options with it."""
    for source in _sources(options, environ):
        for address in (source.values.get(name, "") for name in _ADDRESSES):
            # To hide a very short text would make every other text unreadable.
            if _fault(address) and (len(address) >= SHORTEST_SECRET or "@" in address):
                hide(address)


def _sources(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> tuple[Source, Source, Source]:
    """Options, HW_ variables and OS_ variables."""
    hw, os_ = (Source.of_environ(environ, VARIABLES[family], TOGETHER) for family in ("HW_", "OS_"))
    return Source.of_options(options, (*_NAMES, "ca_cert")), hw, os_


def resolve(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> Connection:
    """The credentials that choose() finds, and the endpoints for them.

    Each value of the endpoints comes from the option of its name, else from one family of variables: that of the
    credentials; if these are options, HW_ if any of its variables in this file is set, else OS_. Raises AuthError.
    """
    given, hw, os_ = _sources(options, environ)
    credentials, origin, first = choose(options, environ)
    by_os = origin == "OS_"
    family = os_ if by_os or (origin is None and not hw.values) else hw
    cloud_by_option = given.has_one_of(_ADDRESSES)
    if by_os and not cloud_by_option and "auth_url" not in os_.values:
        raise AuthError(
            f"The {first} is set, but not the cloud that it belongs to: set OS_AUTH_URL, or give the option auth_url, "
            "endpoint or cloud_domain."
        )
    # Secrets from options go to OS_AUTH_URL only if no option names a cloud.
    ignored = ("auth_url",) if origin is None and family is os_ and cloud_by_option else ()
    used = _used(given, family, ignored)
    for name, (pattern, fault) in _PATTERNS.items():
        if name in used.values and not pattern.fullmatch(used.values[name]):
            raise AuthError(f"The {used.words[name]} {fault}.")
    region, project_id, project_name = (used.values.get(name) for name in ("region", "project_id", "project_name"))
    advised = os_ if by_os else hw
    # The default cloud is never assumed for secrets or an address of another OpenStack.
    may_default = not by_os and used.words.get("auth_url") != "variable OS_AUTH_URL"
    endpoint, auth_url = _urls(used, region, may_default, advised)
    if auth_url is None and (credentials.renewable or project_id is None):
        purpose = "a token" if credentials.renewable else "the project's id unless project_id is given"
        advice = _advice(("auth_url", "region" if region is None else "cloud_domain"), advised)
        raise AuthError(f"The address of IAM is unknown, which is needed for {purpose}: {advice}.")
    if project_id is None and project_name is None and region is None:
        raise AuthError(f"The project is unknown: {_advice(('project_id', 'project_name', 'region'), advised)}.")
    ca_cert = given.values.get("ca_cert") or family.values.get("ca_cert")
    validate_certs = options.get("validate_certs") is not False
    return Connection(
        credentials, Endpoints(region, project_id, project_name, endpoint, auth_url, ca_cert, validate_certs)
    )


def _used(given: Source, family: Source, ignored: tuple[str, ...]) -> Source:
    """Each value from its option, else from the family of variables, but there without the ignored ones.

    project_id and project_name both come from the options if either does.
    """
    if given.has_one_of(("project_id", "project_name")):
        ignored += ("project_id", "project_name")
    values, words = {}, {}
    for name in _NAMES:
        for source in (given,) if name in ignored else (given, family):
            if name in source.values and name not in values:
                values[name], words[name] = source.values[name], source.words[name]
    return Source(values, words)


def _urls(used: Source, region: str | None, may_default: bool, advised: Source) -> tuple[str, str | None]:
    """endpoint and auth_url: given, or built from region and cloud domain. Raises AuthError.

    If only one of them is given and no cloud domain, the other is built from the domain of the first, so that the secrets of
    one cloud are not sent to another.
    """
    endpoint = _checked_url(used, "endpoint") if "endpoint" in used.values else None
    auth_url = _with_version(_checked_url(used, "auth_url"), used) if "auth_url" in used.values else None
    if endpoint is not None and auth_url is not None:
        return endpoint, auth_url
    domain = used.values.get("cloud_domain") or _domain_of(endpoint or auth_url, region, may_default)
    if endpoint is None:
        if region is None:
            raise AuthError(f"The region is unknown: {_advice(('region', 'endpoint'), advised)}.")
        if domain is None:
            raise AuthError(
                f"The address of DRS is unknown, and does not follow from the {used.words['auth_url']}: "
                f"{_advice(('endpoint', 'cloud_domain'), advised)}."
            )
        endpoint = f"https://drs.{region}.{domain}"
    if auth_url is None and region is not None and domain is not None:
        auth_url = f"https://iam.{region}.{domain}/v3"
    return endpoint, auth_url


def _advice(names: tuple[str, ...], advised: Source) -> str:
    """Words that ask for one of these values, by option or by a variable."""
    options = [
        f"the option {name}" + (f" (or the {advised.words[name]})" if name in advised.words else "") for name in names
    ]
    alone = "" if "endpoint" in advised.words else "; HW_ variables are not used together with OS_ ones"
    return f"give {' or '.join(options)}{alone}"


def _domain_of(url: str | None, region: str | None, may_default: bool) -> str | None:
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
        # A server on this machine does not belong to the public cloud.
        may_default = may_default and not loopback(url)
    return DEFAULT_CLOUD_DOMAIN if may_default else None


def _checked_url(used: Source, name: str) -> str:
    """A URL without its trailing slash. The text of the AuthError never repeats it."""
    url, words = used.values[name], used.words[name]
    fault = _fault(url)
    if fault:
        raise AuthError(f"The {words} {fault}.")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AuthError(f"The {words} is not a valid URL: it must begin with https:// and a host.")
    if parts.scheme == "http" and not loopback(url):
        raise AuthError(f"The {words} is plain http, which exposes secrets and is for loopback only: use https.")
    if any(unquote(segment) in (".", "..") for segment in parts.path.split("/")):
        raise AuthError(f"The {words} contains a path with dots.")
    if name == "endpoint" and re.search(r"/v[0-9]", parts.path):
        raise AuthError(f"The {words} contains a version of the API, which is added automatically: leave it out.")
    return url.rstrip("/")


def _fault(url: str) -> str | None:
    """What is wrong with an address that may contain a secret: a user name, a query, or that it cannot be parsed."""
    if "@" in unquote(url):
        return "contains a user name (an @): give secrets in their own options or variables"
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        return "is not a valid URL: it contains white space, a backslash or a character that is not ASCII"
    if "?" in url or "#" in url:
        return "contains a query or a fragment, which is not used"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = "?"
    return None if host is None or _HOST.fullmatch(host) else "is not a valid URL: its host or port cannot be read"


def _with_version(url: str, used: Source) -> str:
    """The auth_url with /v3 at its end."""
    versions = re.findall(r"/v[0-9][^/]*", urlsplit(url).path)
    if not versions:
        return f"{url}/v3"
    if versions == ["/v3"] and url.endswith("/v3"):
        return url
    raise AuthError(f"The {used.words['auth_url']} is not an address of IAM's API version 3, which ends in /v3.")


def loopback(url: str) -> bool:
    """Whether the URL's host is localhost, in 127.0.0.0/8, or ::1. No name is resolved."""
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
