# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation fragments say what the code takes."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.huaweicloud.drs.plugins.doc_fragments import attributes, auth, connection
from ansible_collections.huaweicloud.drs.plugins.module_utils import _credentials, _endpoints
from ansible_collections.huaweicloud.drs.plugins.module_utils._endpoints import OPTIONS

AUTH = yaml.safe_load(auth.ModuleDocFragment.DOCUMENTATION)
CONNECTION = yaml.safe_load(connection.ModuleDocFragment.DOCUMENTATION)
DOCUMENTED = AUTH["options"] | CONNECTION["options"]
VARIABLES = {family: _credentials.VARIABLES[family] | _endpoints.VARIABLES[family] for family in _credentials.FAMILIES}


def test_the_options_are_documented_each_once():
    assert list(AUTH["options"]) + list(CONNECTION["options"]) == list(OPTIONS)
    assert list(AUTH["options"]) == list(_credentials.OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_type_default_and_choices_are_the_codes(name):
    documented = {key: value for key, value in DOCUMENTED[name].items() if key != "description"}
    assert documented == {key: value for key, value in OPTIONS[name].items() if key != "no_log"}


@pytest.mark.parametrize("name", OPTIONS)
def test_secrets_alone_are_hidden(name):
    assert OPTIONS[name].get("no_log", False) is (name in _credentials.SECRETS)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_variables_are_documented_in_their_order(name):
    text = " ".join(DOCUMENTED[name]["description"])
    documented = [part.split(")")[0] for part in text.split("E(")[1:]]
    assert documented == [variable for family in VARIABLES.values() for variable in family.get(name, ())]


@pytest.mark.parametrize(
    "text", [line for option in DOCUMENTED.values() for line in option["description"]] + AUTH["notes"]
)
def test_the_words_are_words_for_yaml_too(text):
    assert isinstance(text, str)


def test_no_variable_is_one_that_awx_refuses():
    variables = [variable for family in VARIABLES.values() for names in family.values() for variable in names]
    assert len(set(variables)) == len(variables)
    assert [variable for variable in variables if variable.startswith("ANSIBLE_")] == []


def test_the_attributes():
    documented = yaml.safe_load(attributes.ModuleDocFragment.DOCUMENTATION)["attributes"]
    assert list(documented) == ["check_mode", "diff_mode", "idempotent", "action_group", "platform"]
    assert documented["action_group"]["membership"] == ["huaweicloud.drs.drs"]
