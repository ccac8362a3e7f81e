# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers come as texts; they leave in the type of their default, and a misspelt one is refused."""

from __future__ import annotations

import datetime

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.filter.answer import FilterModule

answer = FilterModule().filters()["answer"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("true", True),
        ("True", True),
        (" yes ", True),
        ("on", True),
        ("1", True),
        (1, True),
        (True, True),
        ("false", False),
        ("False", False),
        ("no", False),
        ("off", False),
        ("0", False),
        (0, False),
        (False, False),
    ],
)
@pytest.mark.parametrize("default", [True, False])
def test_a_boolean(given, meant, default):
    assert answer(given, default) is meant


@pytest.mark.parametrize("default", [True, False, 1800, 10.0, "target"])
@pytest.mark.parametrize("blank", [None, "", "  ", "\n"])
def test_blank_is_the_default(blank, default):
    assert answer(blank, default) is default


@pytest.mark.parametrize("given", ["treu", "2", "nein", "None", 2, [True]])
def test_a_misspelt_boolean_is_refused_by_name(given):
    with pytest.raises(AnsibleFilterError, match=r"^drs_confirm must be true or false, not"):
        answer(given, False, "drs_confirm")


@pytest.mark.parametrize(("given", "meant"), [("60", 60), (" 60 ", 60), (60, 60), ("0", 0), ("-1", -1)])
def test_a_whole_number(given, meant):
    assert answer(given, 1800) == meant


@pytest.mark.parametrize("given", ["1h", "1.5", 1.5, True, "sixty"])
def test_what_is_no_whole_number_is_refused_by_name(given):
    with pytest.raises(AnsibleFilterError, match=r"^drs_wait_timeout must be a whole number, not"):
        answer(given, 1800, "drs_wait_timeout")


@pytest.mark.parametrize(
    ("given", "meant"), [("60", 60.0), (" 0.5 ", 0.5), (2, 2.0), (1.5, 1.5), ("-1", -1.0), ("1e3", 1000.0)]
)
def test_a_number(given, meant):
    found = answer(given, 10.0)
    assert (found, type(found)) == (meant, float)


@pytest.mark.parametrize("given", ["1h", "sixty", True, "nan", "inf", "-inf", "1,5"])
def test_what_is_no_number_is_refused_by_name(given):
    with pytest.raises(AnsibleFilterError, match=r"^cutover_max_lag must be a number, not"):
        answer(given, 10.0, "cutover_max_lag")


def test_a_text():
    assert answer(" eu-de ", "") == "eu-de"
    assert answer(1608188903063, "") == "1608188903063"


def test_a_date_that_yaml_has_read_becomes_iso_8601_again():
    moment = datetime.datetime(2026, 3, 1, 22, 30, tzinfo=datetime.UTC)
    assert answer(moment, "") == "2026-03-01T22:30:00+00:00"


def test_choices():
    assert answer("all", "any", "drs_fail_on", ["any", "all", "never"]) == "all"
    with pytest.raises(AnsibleFilterError, match=r"^drs_fail_on must be one of any, all, never, not 'some'$"):
        answer("some", "any", "drs_fail_on", ["any", "all", "never"])


class Tagged(list):
    """As ansible-core 2.19 and later hand lists over."""


@pytest.mark.parametrize("default", [[], Tagged()])
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("a, b\nc", ["a", "b", "c"]),
        # A pattern of names that was taken apart would choose more jobs than it says.
        (["a", " b c "], ["a", "b c"]),
        ("a b, c", ["a b", "c"]),
        (Tagged(["a"]), ["a"]),
        (("a", None, ""), ["a"]),
        (7, ["7"]),
    ],
)
def test_a_list(given, meant, default):
    assert answer(given, default) == meant


@pytest.mark.parametrize("blank", [None, "", " ,\n", [], [" ", ","]])
def test_a_list_of_blanks_is_the_default(blank):
    assert answer(blank, ["a"]) == ["a"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("env=prod, team = db", {"env": "prod", "team": "db"}),
        ("env=prod\nteam=", {"env": "prod", "team": ""}),
        ("formula=a=b", {"formula": "a=b"}),
        ({"env": "prod", 7: 1}, {"env": "prod", "7": 1}),
        (" , ", {"a": "b"}),
        (None, {"a": "b"}),
    ],
)
def test_a_dictionary(given, meant):
    assert answer(given, {"a": "b"}) == meant


@pytest.mark.parametrize("given", ["env", "env=prod, team", "=prod"])
def test_what_is_not_a_pair_is_refused_by_name(given):
    with pytest.raises(AnsibleFilterError, match=r"^drs_select_tags must hold pairs such as env=prod, team=db, not"):
        answer(given, {}, "drs_select_tags")


def test_the_type_may_be_given_apart_from_the_default():
    assert (answer("", "", kind="int"), answer("0", "", kind="int")) == ("", 0)
    with pytest.raises(AnsibleFilterError, match=r"^drs_max_changes must be a whole number, not 'few'"):
        answer("few", "", "drs_max_changes", kind="int")
