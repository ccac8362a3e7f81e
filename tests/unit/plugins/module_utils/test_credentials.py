# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""choose(): one authentication method of options and environment, and the tables that its classes give."""

from __future__ import annotations

import os

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import (
    METHODS,
    OPTIONS,
    VARIABLES,
    AccessKey,
    AuthError,
    Password,
    Token,
    choose,
    names,
)
from hypothesis import example, given
from hypothesis import settings as budget
from hypothesis import strategies as st

TOKEN = {"token": "canary-token"}
KEY = {"access_key": "AKEXAMPLE", "secret_key": "canary-secret-key"}
PASSWORD = {"username": "bob", "password": "canary-password", "domain_name": "acme"}

HW_TOKEN = {"HW_AUTH_TOKEN": "canary-hw-token"}
HW_KEY = {"HW_ACCESS_KEY": "AKHW", "HW_SECRET_KEY": "canary-hw-secret-key"}
HW_PASSWORD = {"HW_USER_NAME": "hwbob", "HW_USER_PASSWORD": "canary-hw-password", "HW_DOMAIN_NAME": "hwacme"}
OS_TOKEN = {"OS_TOKEN": "canary-os-token"}
OS_PASSWORD = {"OS_USERNAME": "osbob", "OS_PASSWORD": "canary-os-password", "OS_USER_DOMAIN_NAME": "osacme"}

NEEDED = {method: names(method, "needed") for method in METHODS}


def merged(*parts):
    return {name: value for part in parts for name, value in part.items()}


def refusal(options, environ):
    with pytest.raises(AuthError) as caught:
        choose(options, environ)
    words = str(caught.value)
    assert "canary" not in words
    assert words.endswith(".")
    return words


def outcome(options, environ):
    """What is chosen and no words, or nothing and the words of the refusal."""
    try:
        return choose(options, environ), ""
    except AuthError as error:
        return None, str(error)


def method_of(option):
    return next(method for method in METHODS if option in names(method))


# --- one method


@pytest.mark.parametrize(
    ("options", "environ", "method", "expected"),
    [
        (TOKEN, {}, Token, TOKEN),
        (KEY, {}, AccessKey, KEY),
        (merged(KEY, {"security_token": "canary-sts"}), {}, AccessKey, {"security_token": "canary-sts"}),
        (PASSWORD, {}, Password, PASSWORD),
        ({}, HW_TOKEN, Token, {"token": "canary-hw-token"}),
        ({}, HW_KEY, AccessKey, {"access_key": "AKHW", "secret_key": "canary-hw-secret-key"}),
        ({}, HW_PASSWORD, Password, {"username": "hwbob", "domain_name": "hwacme"}),
        # an option switches off the whole environment
        (TOKEN, merged(HW_TOKEN, HW_KEY, HW_PASSWORD), Token, TOKEN),
        (PASSWORD, HW_TOKEN, Password, PASSWORD),
        (KEY, merged(OS_TOKEN, OS_PASSWORD), AccessKey, KEY),
        # HW_ comes before OS_
        ({}, merged(HW_KEY, OS_PASSWORD), AccessKey, {"access_key": "AKHW"}),
        # a domain name alone shows no method
        (merged(TOKEN, {"domain_name": "acme"}), {}, Token, TOKEN),
        ({}, merged(HW_KEY, {"HW_DOMAIN_NAME": "hwacme"}), AccessKey, {"access_key": "AKHW"}),
    ],
)
def test_the_method(options, environ, method, expected):
    credentials = choose(options, environ).credentials
    assert credentials.__class__ is method
    assert {name: getattr(credentials, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("options", "environ", "family", "words"),
    [
        (TOKEN, HW_KEY, None, "option token"),
        ({}, merged(HW_KEY, OS_TOKEN), "HW_", "variable HW_ACCESS_KEY"),
        ({}, {"HUAWEICLOUD_SDK_AK": "AK", "HUAWEICLOUD_SDK_SK": "canary-sk"}, "HW_", "variable HUAWEICLOUD_SDK_AK"),
        ({}, merged({"HW_DOMAIN_NAME": "hwacme"}, OS_PASSWORD), "OS_", "variable OS_USERNAME"),
    ],
)
def test_where_credentials_come_from(options, environ, family, words):
    assert choose(options, environ)[1:] == (family, words)


@pytest.mark.parametrize(
    ("options", "environ", "named"),
    [
        (merged(TOKEN, KEY), {}, ["option token", "option access_key"]),
        (merged(TOKEN, PASSWORD), {}, ["option token", "option username"]),
        (merged(TOKEN, {"security_token": "canary-sts"}), {}, ["option token", "option security_token"]),
        (merged(KEY, {"password": "canary-password"}), {}, ["option access_key", "option password"]),
        (merged(TOKEN, KEY, PASSWORD), {}, ["option token", "option access_key", "option username"]),
        ({}, merged(HW_TOKEN, HW_KEY), ["variable HW_AUTH_TOKEN", "variable HW_ACCESS_KEY"]),
        (
            {},
            {"HW_AUTH_TOKEN": "canary-token", "HUAWEICLOUD_SDK_AK": "AKHW", "HUAWEICLOUD_SDK_SK": "canary-sk"},
            ["variable HW_AUTH_TOKEN", "variable HUAWEICLOUD_SDK_AK"],
        ),
        ({}, merged(OS_TOKEN, OS_PASSWORD), ["variable OS_TOKEN", "variable OS_USERNAME"]),
    ],
)
def test_two_methods_in_one_source_are_refused(options, environ, named):
    words = refusal(options, environ)
    assert words.startswith("More than one authentication method")
    assert [name for name in named if name not in words] == []


@pytest.mark.parametrize(
    ("options", "environ", "named"),
    [
        ({"access_key": "AK"}, {}, "option secret_key"),
        ({"secret_key": "canary-secret-key"}, {}, "option access_key"),
        ({"security_token": "canary-sts"}, {}, "the option access_key and the option secret_key"),
        ({"username": "bob", "password": "canary-password"}, {}, "option domain_name"),
        ({"username": "bob"}, {}, "the option password and the option domain_name"),
        ({"domain_name": "acme"}, {}, "the option username and the option password"),
        ({"domain_name": "acme"}, HW_PASSWORD, "the option username and the option password"),
        ({"access_key": "AK"}, HW_KEY, "option secret_key"),
        ({}, {"HW_ACCESS_KEY": "AK"}, "variable HW_SECRET_KEY"),
        ({}, merged({"HW_SECRET_KEY": "canary-secret-key"}, OS_PASSWORD), "variable HW_ACCESS_KEY"),
        (
            {},
            merged({"OS_USERNAME": "bob"}),
            "the variable OS_PASSWORD and the variable OS_USER_DOMAIN_NAME",
        ),
        ({}, merged({"OS_ACCESS_KEY": "AK", "HW_REGION_NAME": "x"}), "variable OS_SECRET_KEY"),
    ],
)
def test_incomplete_credentials_name_what_is_missing(options, environ, named):
    words = refusal(options, environ)
    assert words.startswith("Incomplete credentials")
    assert named in words


@pytest.mark.parametrize(
    "environ",
    [{}, {"HW_REGION_NAME": "eu-de"}, {"HW_DOMAIN_NAME": "acme"}, {"OS_AUTH_URL": "https://iam.example.org/v3"}],
)
def test_no_credentials(environ):
    words = refusal({"region": "eu-de", "project_id": "p1"}, environ)
    assert words.startswith("No credentials")
    assert [
        name for name in [*merged(TOKEN, KEY, PASSWORD), *merged(HW_TOKEN, HW_KEY, HW_PASSWORD)] if name not in words
    ] == []


def test_empty_strings_are_unset():
    environ = merged(HW_TOKEN, {"HW_ACCESS_KEY": "", "HW_USER_NAME": ""})
    assert choose(dict.fromkeys(OPTIONS, ""), environ).credentials == Token("canary-hw-token")


VALUES = {
    "token": "canary-token",
    "access_key": "AKEXAMPLE",
    "secret_key": "canary-secret-key",
    "security_token": "canary-security-token",
    "username": "bob",
    "password": "canary-password",
    "domain_name": "acme",
}


@pytest.mark.parametrize(
    ("family", "name", "variable"),
    [
        (family, name, variable)
        for family, names in VARIABLES.items()
        for name, variables in names.items()
        for variable in variables
    ],
)
def test_every_variable_is_read(family, name, variable):
    place = VARIABLES[family][name].index(variable)
    others = [other for other in NEEDED[method_of(name)] if other != name]
    spelled = {other: VARIABLES[family][other] for other in others}
    environ = {(names[place] if place < len(names) else names[0]): VALUES[other] for other, names in spelled.items()}
    assert getattr(choose({}, environ | {variable: VALUES[name]}).credentials, name) == VALUES[name]


SDK_KEY = {"HUAWEICLOUD_SDK_AK": "AKSDK", "HUAWEICLOUD_SDK_SK": "canary-sdk-secret-key"}
SDK_TOKEN = {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "canary-sdk-sts"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (SDK_KEY, AccessKey("AKSDK", "canary-sdk-secret-key")),
        (merged(SDK_KEY, SDK_TOKEN), AccessKey("AKSDK", "canary-sdk-secret-key", "canary-sdk-sts")),
        # HW_ is taken whole
        (merged(HW_KEY, SDK_KEY), AccessKey("AKHW", "canary-hw-secret-key")),
        (merged(HW_KEY, SDK_TOKEN), AccessKey("AKHW", "canary-hw-secret-key")),
        (merged(HW_KEY, SDK_KEY, SDK_TOKEN), AccessKey("AKHW", "canary-hw-secret-key")),
        # empty variables are unset
        (
            merged(SDK_KEY, dict.fromkeys([*HW_KEY, "HW_SECURITY_TOKEN"], "")),
            AccessKey("AKSDK", "canary-sdk-secret-key"),
        ),
    ],
)
def test_a_key_its_secret_and_its_token_come_from_one_prefix(environ, expected):
    assert choose({}, environ).credentials == expected


@pytest.mark.parametrize(
    ("environ", "there", "missing"),
    [
        (merged({"HW_ACCESS_KEY": "AK"}, SDK_KEY), "HW_ACCESS_KEY", "the variable HW_SECRET_KEY."),
        (merged({"HW_SECRET_KEY": "canary-sk"}, SDK_KEY), "HW_SECRET_KEY", "the variable HW_ACCESS_KEY."),
        (
            merged({"HW_SECURITY_TOKEN": "canary-sts"}, SDK_KEY),
            "HW_SECURITY_TOKEN",
            "the variable HW_ACCESS_KEY and the variable HW_SECRET_KEY.",
        ),
        (
            {"HW_ACCESS_KEY": "AK", "HUAWEICLOUD_SDK_SK": "canary-sdk-secret-key"},
            "HW_ACCESS_KEY",
            "the variable HW_SECRET_KEY.",
        ),
        (SDK_TOKEN, "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HUAWEICLOUD_SDK_AK and the variable HUAWEICLOUD_SDK_SK."),
    ],
)
def test_a_part_of_one_prefix_is_not_completed_by_another(environ, there, missing):
    words = refusal({}, environ)
    assert f"the variable {there} is given, but not" in words
    assert missing in words
    assert "different prefixes" in words


@pytest.mark.parametrize(
    ("family", "name", "first", "second"),
    [
        ("OS_", "token", "OS_AUTH_TOKEN", "OS_TOKEN"),
        ("OS_", "domain_name", "OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"),
    ],
)
def test_the_first_variable_that_is_set_counts(family, name, first, second):
    others = [other for other in NEEDED[method_of(name)] if other != name]
    environ = {VARIABLES[family][other][0]: VALUES[other] for other in others}
    credentials = choose({}, environ | {first: "canary-first", second: "canary-second"}).credentials
    assert getattr(credentials, name) == "canary-first"


def test_the_environment_of_the_process_is_taken_as_it_is(monkeypatch):
    for name, value in SDK_KEY.items():
        monkeypatch.setenv(name, value)
    assert choose({}, os.environ).credentials == AccessKey("AKSDK", "canary-sdk-secret-key")


# --- values that are not valid


@pytest.mark.parametrize("name", ["token", "secret_key", "security_token", "password"])
@pytest.mark.parametrize("value", ["x", "1234567"])
def test_a_short_secret_is_refused_and_not_repeated(name, value):
    options = merged({needed: VALUES[needed] for needed in NEEDED[method_of(name)]}, {name: value})
    words = refusal(options, {})
    assert f"option {name} is shorter than 8 characters" in words
    assert "1234567" not in words


def test_a_secret_of_eight_characters_is_taken():
    assert choose({"token": "12345678"}, {}).credentials.secrets() == ("12345678",)


@pytest.mark.parametrize(
    "name", ["token", "access_key", "secret_key", "security_token", "password", "domain_name", "username"]
)
@pytest.mark.parametrize(
    "value", ["canary-value\n", "canary-\x00value", "\tcanary-value", "canary-value\u2028", "canary-value "]
)
def test_white_space_and_control_characters_are_refused(name, value):
    options = merged({needed: VALUES[needed] for needed in NEEDED[method_of(name)]}, {name: value})
    assert f"option {name} contains white space or a control character" in refusal(options, {})


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (merged(TOKEN, {"token": "canary-t\u00f6ken"}), "option token"),
        (merged(KEY, {"access_key": "AK\u00c4"}), "option access_key"),
        (merged(KEY, {"security_token": "canary-\u6c49"}), "option security_token"),
        (merged(PASSWORD, {"password": "canary-\udcff-password"}), "option password"),
    ],
)
def test_a_value_that_is_not_valid_is_refused_by_name(options, named):
    assert f"The {named}" in refusal(options, {})


def test_a_user_name_may_hold_a_space_inside():
    assert choose(merged(PASSWORD, {"username": "Bob Brown"}), {}).credentials.username == "Bob Brown"


# --- what is shown, and what holds for everything


@pytest.mark.parametrize(
    ("options", "secrets", "described"),
    [
        (TOKEN, {"canary-token"}, "the token given"),
        (KEY, {"canary-secret-key"}, "the access key AKEXAMPLE"),
        (
            merged(KEY, {"security_token": "canary-sts"}),
            {"canary-secret-key", "canary-sts"},
            "the access key AKEXAMPLE",
        ),
        (PASSWORD, {"canary-password"}, "the user bob of acme"),
    ],
)
def test_secrets_are_named_for_hiding_and_not_shown(options, secrets, described):
    credentials = choose(options, {}).credentials
    assert set(credentials.secrets()) == secrets
    assert credentials.describe() == described
    assert "canary" not in repr(credentials)


VARIABLE_NAMES = [variable for names in VARIABLES.values() for variables in names.values() for variable in variables]
ANY_VALUE = st.one_of(st.sampled_from(["", "canary-123", "canary-456", "short"]), st.text(max_size=12))


@budget(deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(OPTIONS)), ANY_VALUE),
    st.dictionaries(st.sampled_from(VARIABLE_NAMES), ANY_VALUE),
)
@example(TOKEN, {})
@example({}, OS_PASSWORD)
def test_whatever_is_given_ends_in_credentials_of_one_source_or_in_words(options, environ):
    chosen, words = outcome(options, environ)
    assert "canary" not in words
    if chosen is None:
        return
    credentials, family, _words = chosen
    given_values = {name: value for name, value in vars(credentials).items() if value is not None}
    assert set(NEEDED[type(credentials)]) <= set(given_values)
    assert all(len(secret) >= 8 for secret in credentials.secrets())
    assert (family is None) == any(options.values())
    if family is None:
        assert given_values.items() <= options.items()
    else:
        places = [
            {place for place, variable in enumerate(VARIABLES[family][name]) if environ.get(variable) == value}
            for name, value in given_values.items()
        ]
        assert all(places)
        assert not credentials.one_prefix or set.intersection(*places)


@budget(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"]), st.just("canary-hw")),
    st.dictionaries(st.sampled_from([*SDK_KEY, *SDK_TOKEN]), st.just("canary-sdk")),
    st.dictionaries(st.sampled_from(["OS_ACCESS_KEY", "OS_SECRET_KEY", "OS_SECURITY_TOKEN"]), st.just("canary-os")),
)
def test_any_environment_gives_a_key_of_one_prefix_or_words(hw, sdk, os_):
    chosen, words = outcome({}, merged(hw, sdk, os_))
    if chosen is None:
        assert words
        return
    first = next(
        value
        for value in ("canary-hw", "canary-sdk", "canary-os")
        if value in [*hw.values(), *sdk.values(), *os_.values()]
    )
    assert {value for value in vars(chosen.credentials).values() if value is not None} == {first}
