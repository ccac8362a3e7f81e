# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""resolve(): where requests go, and whose secrets may go there."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _credentials
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError, Password
from ansible_collections.huaweicloud.drs.plugins.module_utils._endpoints import (
    OPTIONS,
    VARIABLES,
    hide_addresses,
    loopback,
    resolve,
)
from hypothesis import example, given
from hypothesis import settings as budget
from hypothesis import strategies as st

TOKEN = {"token": "canary-token"}
KEY = {"access_key": "AKEXAMPLE", "secret_key": "canary-secret-key"}
PASSWORD = {"username": "bob", "password": "canary-password", "domain_name": "acme"}
PLACE = {"region": "eu-de", "project_id": "0123456789abcdef"}
OTC = "otc.t-systems.com"

HW_TOKEN = {"HW_AUTH_TOKEN": "canary-hw-token"}
HW_KEY = {"HW_ACCESS_KEY": "AKHW", "HW_SECRET_KEY": "canary-hw-secret-key"}
HW_PASSWORD = {"HW_USER_NAME": "hwbob", "HW_USER_PASSWORD": "canary-hw-password", "HW_DOMAIN_NAME": "hwacme"}
HW_PLACE = {"HW_REGION_NAME": "cn-north-4", "HW_PROJECT_ID": "hwproject"}
OS_TOKEN = {"OS_TOKEN": "canary-os-token"}
OS_PASSWORD = {"OS_USERNAME": "osbob", "OS_PASSWORD": "canary-os-password", "OS_USER_DOMAIN_NAME": "osacme"}
OS_PLACE = {"OS_REGION_NAME": "eu-nl", "OS_PROJECT_ID": "osproject"}
OS_TARGET = {"OS_AUTH_URL": "https://iam.eu-nl.otc.t-systems.com/v3"}


def merged(*parts):
    return {name: value for part in parts for name, value in part.items()}


def hidden(options, environ):
    """The values that are to be hidden."""
    values = []
    hide_addresses(options, environ, values.append)
    return values


def refusal(options, environ):
    with pytest.raises(AuthError) as caught:
        resolve(options, environ)
    words = str(caught.value)
    assert "canary" not in words
    assert words.endswith(".")
    return words


def outcome(options, environ):
    """The connection and no words, or no connection and the words of the refusal."""
    try:
        return resolve(options, environ), ""
    except AuthError as error:
        return None, str(error)


VALUES = {
    "region": "eu-de",
    "project_id": "0123456789abcdef",
    "project_name": "eu-de_blue",
    "cloud_domain": OTC,
    "endpoint": "https://drs.example.net",
    "auth_url": "https://iam.example.org/v3",
    "ca_cert": "/etc/ssl/acme.pem",
}


@pytest.mark.parametrize(
    ("family", "name", "variable"),
    [
        (family, name, variable)
        for family, names in VARIABLES.items()
        for name, variables in names.items()
        for variable in variables
        if name != "cloud_domain"
    ],
)
def test_every_variable_is_read(family, name, variable):
    # A project of the first prefix would keep the variable of the second from being used.
    others = ("region", "auth_url")
    environ = {VARIABLES[family][other][0]: VALUES[other] for other in others if other != name}
    environ |= HW_TOKEN if family == "HW_" else OS_TOKEN
    where = resolve({"cloud_domain": OTC}, environ | {variable: VALUES[name]}).endpoints
    assert getattr(where, name) == VALUES[name]


def test_empty_strings_are_unset():
    environ = {"HW_REGION_NAME": "", "HW_CLOUD": "", "HW_PROJECT_ID": ""}
    where = resolve(merged(TOKEN, PLACE, {"endpoint": "", "ca_cert": ""}), environ).endpoints
    assert where.endpoint == "https://drs.eu-de.myhuaweicloud.com"
    assert where.ca_cert is None


# --- where requests go


@pytest.mark.parametrize(
    ("options", "environ", "region", "project_id", "project_name"),
    [
        (TOKEN, HW_PLACE, "cn-north-4", "hwproject", None),
        (TOKEN, OS_PLACE, "eu-nl", "osproject", None),
        # one family only: HW_ if anything of it says where
        (TOKEN, merged(OS_PLACE, {"HW_REGION_NAME": "cn-north-4"}), "cn-north-4", None, None),
        # unused credentials of HW_ say nothing of the endpoints
        (TOKEN, merged(OS_PLACE, HW_KEY), "eu-nl", "osproject", None),
        ({}, merged(HW_TOKEN, HW_PLACE, OS_PLACE), "cn-north-4", "hwproject", None),
        ({}, merged(HW_TOKEN, {"HW_REGION_NAME": "cn-north-4"}, OS_PLACE), "cn-north-4", None, None),
        ({}, merged(OS_TOKEN, OS_TARGET, OS_PLACE, HW_PLACE), "eu-nl", "osproject", None),
        # each from its option first
        (merged(TOKEN, {"region": "eu-de"}), HW_PLACE, "eu-de", "hwproject", None),
        # but a project's id and name together
        (merged(TOKEN, {"project_name": "blue"}), HW_PLACE, "cn-north-4", None, "blue"),
        (merged(TOKEN, {"project_id": "p1"}), merged(HW_PLACE, {"HW_PROJECT_NAME": "x"}), "cn-north-4", "p1", None),
        # the older spellings, where the newer ones are absent
        (TOKEN, {"OS_REGION_NAME": "eu-nl", "OS_TENANT_NAME": "blue"}, "eu-nl", None, "blue"),
        (TOKEN, {"OS_REGION_NAME": "eu-nl", "OS_TENANT_ID": "p3", "OS_TENANT_NAME": "blue"}, "eu-nl", "p3", "blue"),
        (TOKEN, merged(OS_PLACE, {"OS_TENANT_ID": "p3"}), "eu-nl", "osproject", None),
        (
            TOKEN,
            {"OS_REGION_NAME": "eu-nl", "OS_PROJECT_NAME": "blue", "OS_TENANT_NAME": "green"},
            "eu-nl",
            None,
            "blue",
        ),
        # an id of another prefix may be that of another project
        (TOKEN, {"OS_REGION_NAME": "eu-nl", "OS_PROJECT_NAME": "blue", "OS_TENANT_ID": "p3"}, "eu-nl", None, "blue"),
        (
            TOKEN,
            {"HW_REGION_NAME": "eu-nl", "HW_PROJECT_NAME": "blue", "HUAWEICLOUD_SDK_PROJECT_ID": "p3"},
            "eu-nl",
            None,
            "blue",
        ),
        # the SDK's variable is the project for a key of either prefix
        ({}, merged(HW_KEY, {"HW_REGION_NAME": "eu-nl", "HUAWEICLOUD_SDK_PROJECT_ID": "p3"}), "eu-nl", "p3", None),
        (
            {},
            merged(HW_PLACE, {"HUAWEICLOUD_SDK_AK": "AK", "HUAWEICLOUD_SDK_SK": "canary-sdk-key"}),
            "cn-north-4",
            "hwproject",
            None,
        ),
    ],
)
def test_region_and_project(options, environ, region, project_id, project_name):
    where = resolve(options, environ).endpoints
    assert (where.region, where.project_id, where.project_name) == (region, project_id, project_name)


HUAWEI = ("https://drs.eu-de.myhuaweicloud.com", "https://iam.eu-de.myhuaweicloud.com/v3")
TELEKOM = ("https://drs.eu-de.otc.t-systems.com", "https://iam.eu-de.otc.t-systems.com/v3")
LOCAL = ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v3")


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        ({}, {}, HUAWEI),
        ({"cloud_domain": OTC}, {}, TELEKOM),
        ({}, {"HW_CLOUD": OTC}, TELEKOM),
        ({"cloud_domain": OTC}, {"HW_CLOUD": "example.org"}, TELEKOM),
        (
            {"endpoint": "https://a.example/", "auth_url": "https://b.example/"},
            {},
            ("https://a.example", "https://b.example/v3"),
        ),
        ({}, {"HW_DRS_ENDPOINT": LOCAL[0], "HW_AUTH_URL": LOCAL[1]}, LOCAL),
        ({"cloud_domain": OTC}, {"HW_DRS_ENDPOINT": LOCAL[0], "HW_AUTH_URL": LOCAL[1]}, LOCAL),
        # the cloud of one address is that of the other
        (
            {"auth_url": "https://iam.eu-de.otc.t-systems.com:443/v3/"},
            {},
            (TELEKOM[0], "https://iam.eu-de.otc.t-systems.com:443/v3"),
        ),
        (
            {"auth_url": "https://iam.eu-nl.otc.t-systems.com"},
            {},
            (TELEKOM[0], "https://iam.eu-nl.otc.t-systems.com/v3"),
        ),
        (
            {"auth_url": "https://iam.myhuaweicloud.eu"},
            {},
            ("https://drs.eu-de.myhuaweicloud.eu", "https://iam.myhuaweicloud.eu/v3"),
        ),
        ({"endpoint": TELEKOM[0]}, {}, TELEKOM),
        (
            {"region": "blue1", "endpoint": "https://drs.blue1.example.org"},
            {},
            ("https://drs.blue1.example.org", "https://iam.blue1.example.org/v3"),
        ),
        ({"endpoint": "https://gateway.example/drs"}, {}, ("https://gateway.example/drs", HUAWEI[1])),
        ({"endpoint": "https://drs.example.org:8443"}, {}, ("https://drs.example.org:8443", HUAWEI[1])),
        ({"endpoint": "https://drs.local"}, {}, ("https://drs.local", HUAWEI[1])),
        ({"endpoint": "https://drs"}, {}, ("https://drs", HUAWEI[1])),
        ({"endpoint": "https://gateway.example", "cloud_domain": OTC}, {}, ("https://gateway.example", TELEKOM[1])),
        # a server on this machine does not belong to the public cloud
        ({"endpoint": LOCAL[0]}, {}, (LOCAL[0], None)),
        # secrets of the options follow OS_AUTH_URL only where the options name no cloud
        ({}, {"OS_AUTH_URL": TELEKOM[1]}, TELEKOM),
        ({"cloud_domain": "myhuaweicloud.com"}, {"OS_AUTH_URL": "https://keystone.example:5000/v3"}, HUAWEI),
        ({"endpoint": HUAWEI[0]}, {"OS_AUTH_URL": "https://keystone.example:5000/v3"}, HUAWEI),
    ],
)
def test_endpoint_and_auth_url(options, environ, expected):
    where = resolve(merged(TOKEN, PLACE, options), environ).endpoints
    assert (where.endpoint, where.auth_url) == expected


@pytest.mark.parametrize(
    ("options", "environ", "named"),
    [
        (TOKEN, {}, ["option region (or the variable HW_REGION_NAME)", "variable HW_DRS_ENDPOINT"]),
        (merged(TOKEN, {"project_id": "p1"}), {}, ["region", "endpoint"]),
        (merged(TOKEN, {"endpoint": "https://drs.example.org"}), {}, ["IAM", "auth_url", "project_id"]),
        (merged(TOKEN, {"endpoint": "https://a.example", "auth_url": "https://b.example"}), {}, ["project", "region"]),
        (merged(TOKEN, {"endpoint": LOCAL[0], "region": "eu-de"}), {}, ["IAM", "auth_url"]),
        (merged(PASSWORD, {"endpoint": LOCAL[0]}, PLACE), {}, ["IAM", "auth_url"]),
        (merged(TOKEN, PLACE, {"auth_url": LOCAL[1]}), {}, ["DRS", "option auth_url", "endpoint", "cloud_domain"]),
        (merged(TOKEN, PLACE), {"OS_AUTH_URL": "https://keystone.example:5000"}, ["DRS", "variable OS_AUTH_URL"]),
        ({}, merged(OS_TOKEN, OS_TARGET), ["option region (or the variable OS_REGION_NAME)", "not used together"]),
        # OS_ secrets need a target of their own, and never get the default one
        (PLACE, OS_PASSWORD, ["variable OS_USERNAME", "OS_AUTH_URL", "cloud_domain"]),
        (PLACE, OS_TOKEN, ["variable OS_TOKEN", "OS_AUTH_URL"]),
        (PLACE, merged(OS_TOKEN, {"HW_AUTH_URL": HUAWEI[1], "HW_CLOUD": OTC}), ["variable OS_TOKEN", "OS_AUTH_URL"]),
        (
            merged(PLACE, {"endpoint": "https://gateway.example"}),
            OS_PASSWORD,
            ["IAM", "auth_url", "HW_ variables are not used"],
        ),
        (PLACE, merged(OS_PASSWORD, {"OS_AUTH_URL": "https://keystone.example:5000"}), ["DRS", "endpoint", "not used"]),
    ],
)
def test_endpoints_that_are_unknown_are_refused(options, environ, named):
    words = refusal(options, environ)
    assert [name for name in named if name not in words] == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, TELEKOM),
        ({"cloud_domain": "example.org"}, ("https://drs.eu-de.example.org", TELEKOM[1])),
        ({"endpoint": "https://gateway.example"}, ("https://gateway.example", TELEKOM[1])),
    ],
)
def test_secrets_of_os_variables_go_to_their_own_cloud(options, expected):
    environ = merged(OS_PASSWORD, {"OS_AUTH_URL": "https://iam.eu-de.otc.t-systems.com", "OS_REGION_NAME": "eu-de"})
    where = resolve(options, environ).endpoints
    assert (where.endpoint, where.auth_url) == expected


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        (TOKEN, {"OS_CACERT": "/os.pem"}, "/os.pem"),
        (merged(TOKEN, {"ca_cert": "/mine.pem"}), {"OS_CACERT": "/os.pem"}, "/mine.pem"),
        (TOKEN, merged({"OS_CACERT": "/os.pem"}, HW_PLACE), None),
        ({}, merged(HW_TOKEN, {"OS_CACERT": "/os.pem"}), None),
    ],
)
def test_the_bundle_of_authorities(options, environ, expected):
    assert resolve(merged(PLACE, options), environ).endpoints.ca_cert == expected


@pytest.mark.parametrize(("given_value", "expected"), [(True, True), (False, False), (None, True)])
def test_certificates_are_checked_by_default(given_value, expected):
    assert resolve(merged(TOKEN, PLACE, {"validate_certs": given_value}), {}).endpoints.validate_certs is expected


# --- values that are not valid


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (merged(TOKEN, {"region": "eu de"}), "option region"),
        (merged(TOKEN, {"region": "eu-de.evil.example/"}), "option region"),
        (merged(TOKEN, {"region": "-eu"}), "option region"),
        (merged(TOKEN, {"region": "eu-de\n"}), "option region"),
        (merged(TOKEN, {"cloud_domain": "evil.example/x?"}), "option cloud_domain"),
        (merged(TOKEN, {"cloud_domain": "https://otc.t-systems.com"}), "option cloud_domain"),
        (merged(TOKEN, {"cloud_domain": "otc..com"}), "option cloud_domain"),
        (merged(TOKEN, {"cloud_domain": "x@evil.example"}), "option cloud_domain"),
        (merged(TOKEN, {"project_id": "../x"}), "option project_id"),
        (merged(TOKEN, {"project_id": "", "project_name": " blue"}), "option project_name"),
        (merged(TOKEN, {"project_id": "", "project_name": "bl\nue"}), "option project_name"),
        (merged(TOKEN, {"project_id": "", "project_name": "blue "}), "option project_name"),
        (merged(TOKEN, {"project_id": "", "project_name": "bl\udcffue"}), "option project_name"),
        (merged(TOKEN, {"project_id": "", "project_name": " "}), "option project_name"),
        (merged(TOKEN, {"project_id": " 0123"}), "option project_id"),
        (merged(TOKEN, {"region": " "}), "option region"),
        (merged(TOKEN, {"cloud_domain": "otc.t-systems.com "}), "option cloud_domain"),
        (merged(TOKEN, {"cloud_domain": "otc.t-systems.com\n"}), "option cloud_domain"),
    ],
)
def test_a_value_that_is_not_valid_is_refused_by_name(options, named):
    assert f"The {named}" in refusal(merged(PLACE, options), {})


def test_a_projects_name_may_hold_a_space_inside():
    options = merged(TOKEN, {"region": "eu-de", "project_name": "the blue one"})
    assert resolve(options, {}).endpoints.project == "the blue one"


@pytest.mark.parametrize("name", ["endpoint", "auth_url"])
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://drs.example.org", "plain http"),
        ("http://127.0.0.1.example.org", "plain http"),
        ("http://localhost.example.org", "plain http"),
        ("http://0.0.0.0", "plain http"),
        ("http://[::2]", "plain http"),
        ("http://2130706433", "plain http"),
        ("HTTP://drs.example.org", "plain http"),
        ("https://bob:canary-password@drs.example.org", "user name"),
        ("http://127.0.0.1@evil.example", "user name"),
        ("bob:canary-password@drs.example.org", "user name"),
        ("https:/bob:canary-password@drs.example.org", "user name"),
        ("https://drs.example.org/bob:canary-password@x", "user name"),
        ("https://bob%3Acanary-password%40drs.example.org", "user name"),
        ("https://bob%253Acanary-password%2540drs.example.org", "host"),
        ("https://bob:canary-password", "port"),
        ("https://[::1%25canary]", "host"),
        ("https://drs.example.org?token=canary", "query"),
        ("https://drs.example.org/#canary", "fragment"),
        ("https://drs.example.org?", "query"),
        ("drs.example.org", "https://"),
        ("ftp://drs.example.org", "https://"),
        ("https://", "https://"),
        ("https:///path", "https://"),
        ("https://drs.example.org:port", "port"),
        ("https://drs.example.org:99999", "port"),
        ("https://[::1", "host"),
        ("https://drs.example.org/a b", "white space"),
        ("https://drs.example.org\n", "white space"),
        ("http://127.0.0.1\\.evil.example", "backslash"),
        ("https://d\u0440s.example.org", "ASCII"),
        ("https://drs.example.org/a/../b", "dots"),
        ("https://drs.example.org/%2e%2e/b", "dots"),
    ],
)
def test_an_address_that_is_not_valid_is_refused(name, url, why):
    words = refusal(merged(TOKEN, PLACE, {name: url}), {})
    assert f"The option {name}" in words
    assert why in words


CANARY = "https://bob:canary-password@drs.example.org"


@pytest.mark.parametrize("name", ["endpoint", "auth_url", "cloud_domain"])
@pytest.mark.parametrize(
    "url",
    [
        CANARY,
        f" {CANARY}",
        f"{CANARY}\n",
        "bob:canary-password@drs.example.org",
        "https:/bob:canary-password@drs.example.org",
        "https://bob%3Acanary-password%40drs.example.org",
        "https://bob:canary-password",
        "https://[bob:canary-password",
        "https://drs.example.org?token=canary-token",
        "https://drs.example.org#canary-token",
        "https://drs.example.org/\\canary",
        "a@b",
    ],
)
def test_an_address_that_may_hold_a_secret_is_hidden_as_it_was_given(name, url):
    assert hidden(merged(TOKEN, PLACE, {name: url}), {}) == [url]
    # also where something else is wrong, and where it is not used
    assert hidden({name: url}, {}) == [url]
    assert hidden(merged(KEY, TOKEN, {name: url}), {}) == [url]
    assert hidden(merged(PASSWORD, PLACE, {"region": "no region", name: url}), {}) == [url]


@pytest.mark.parametrize("variable", ["HW_AUTH_URL", "HW_DRS_ENDPOINT", "HW_CLOUD", "OS_AUTH_URL"])
def test_an_address_of_a_variable_that_may_hold_a_secret_is_hidden(variable):
    assert hidden(merged(TOKEN, PLACE), {variable: CANARY}) == [CANARY]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"endpoint": TELEKOM[0]},
        {"endpoint": "drs.example.org"},
        {"endpoint": " "},
        {"auth_url": "http://x.example"},
    ],
)
def test_other_addresses_are_shown(options):
    assert hidden(merged(TOKEN, PLACE, options), {}) == []


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("endpoint", "https://drs.example.org/v3"),
        ("endpoint", "https://drs.example.org/v3/p1"),
        ("auth_url", "https://iam.example.org/v2.0"),
        ("auth_url", "https://iam.example.org/v3/auth/tokens"),
    ],
)
def test_an_address_with_the_wrong_path_is_refused(name, url):
    assert f"The option {name}" in refusal(merged(TOKEN, PLACE, {name: url}), {})


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("https://iam.example.org", "https://iam.example.org/v3"),
        ("https://iam.example.org/", "https://iam.example.org/v3"),
        ("https://iam.example.org/v3", "https://iam.example.org/v3"),
        ("https://iam.example.org/v3/", "https://iam.example.org/v3"),
        ("https://example.org:5000/identity", "https://example.org:5000/identity/v3"),
        ("http://[::1]:5000", "http://[::1]:5000/v3"),
    ],
)
def test_an_auth_url_is_completed(given_url, expected):
    assert (
        resolve(merged(TOKEN, PLACE, {"auth_url": given_url, "cloud_domain": OTC}), {}).endpoints.auth_url == expected
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080/v3", True),
        ("http://127.255.0.3", True),
        ("http://localhost", True),
        ("https://LOCALHOST:1", True),
        ("http://[::1]:1", True),
        ("http://localhost.example.org", False),
        ("http://localhost@evil.example", False),
        ("http://evil.example/127.0.0.1", False),
        ("http://127.1", False),
        ("http://0x7f000001", False),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://128.0.0.1", False),
        ("http://[::1", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
def test_loopback(url, expected):
    assert loopback(url) is expected


# --- what holds for everything


def test_no_secret_is_shown():
    assert "canary" not in repr(resolve(merged(KEY, {"security_token": "canary-sts"}, PLACE), {}))


NAMES = [name for name, spec in OPTIONS.items() if spec["type"] in ("str", "path") and name != "language"]
VARIABLE_NAMES = [
    variable
    for tables in (VARIABLES, _credentials.VARIABLES)
    for names in tables.values()
    for variables in names.values()
    for variable in variables
]
ANY_VALUE = st.one_of(
    st.sampled_from(
        [
            "",
            "eu-de",
            "canary-123",
            "short",
            OTC,
            *LOCAL,
            *TELEKOM,
            "https://keystone.example:5000",
            "http://example.org",
        ]
    ),
    st.text(max_size=12),
)


@budget(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), ANY_VALUE), st.dictionaries(st.sampled_from(VARIABLE_NAMES), ANY_VALUE))
@example(merged(TOKEN, PLACE), {})
@example({}, merged(OS_PASSWORD, OS_TARGET, OS_PLACE))
def test_whatever_is_given_ends_in_a_connection_that_holds_together_or_in_words(options, environ):
    connection, words = outcome(options, environ)
    assert "canary" not in words
    if connection is None:
        return
    credentials, where = connection
    for url in filter(None, (where.endpoint, where.auth_url)):
        assert url.lower().startswith("https://") or loopback(url)
    assert where.auth_url or (where.project_id and not credentials.renewable)
    given_options = {name for name, value in options.items() if value} & set(_credentials.OPTIONS)
    source = options.values() if given_options else environ.values()
    assert all(secret in source for secret in credentials.secrets())


@budget(deadline=None)
@given(st.dictionaries(st.sampled_from([name for name in VARIABLE_NAMES if name.startswith("HW_")]), ANY_VALUE))
def test_secrets_of_os_variables_never_follow_hw_variables(environ):
    connection, _words = outcome({"region": "eu-de"}, merged(environ, OS_PASSWORD))
    assert connection is None or OS_PASSWORD["OS_PASSWORD"] not in connection.credentials.secrets()


@budget(deadline=None)
@given(st.dictionaries(st.sampled_from(VARIABLE_NAMES), ANY_VALUE))
def test_a_whole_set_of_options_leaves_nothing_to_the_environment(environ):
    options = merged(PASSWORD, {"region": "eu-de", "project_id": "p1", "endpoint": TELEKOM[0], "auth_url": TELEKOM[1]})
    connection, words = outcome(options, environ)
    if connection is None:
        assert "HW_CLOUD" in words
        return
    assert connection.endpoints._replace(ca_cert=None) == resolve(options, {}).endpoints
    assert connection.credentials == Password(**PASSWORD)


@budget(deadline=None)
@given(
    st.sampled_from(["endpoint", "auth_url"]),
    st.sampled_from(["", "https://", "http://127.0.0.1/", "https:/", "//"]),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_every_address_with_an_at_sign_is_hidden_and_refused(name, start, before, after):
    url = f"{start}{before}@{after}"
    options = merged(TOKEN, PLACE, {name: url})
    connection, words = outcome(options, {})
    assert connection is None
    assert hidden(options, {}) == [url]
    assert words.startswith(f"The option {name} contains a user name")
