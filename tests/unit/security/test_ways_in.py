# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose secrets go where: options, HW_ and OS_ variables, from the environment to the requests."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
import requests
from ansible.module_utils.basic import remove_values
from ansible_collections.huaweicloud.drs.plugins.module_utils import _batch
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import Runtime
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, run_batch

# Values that no emulator knows: what matters here is where they are sent, and whether.
HW_KEY = {"HW_ACCESS_KEY": "HWACCESSKEY", "HW_SECRET_KEY": "hw-canary-secret"}
HW_TOKEN = {"HW_AUTH_TOKEN": "hw-canary-token"}
HW_PASSWORD = {"HW_USER_NAME": "hw-user", "HW_USER_PASSWORD": "hw-canary-password", "HW_DOMAIN_NAME": "hw-domain"}
HW_PLACE = {"HW_REGION_NAME": "eu-west-101", "HW_PROJECT_ID": PROJECT}
OS_KEY = {"OS_ACCESS_KEY": "OSACCESSKEY", "OS_SECRET_KEY": "os-canary-secret"}
OS_TOKEN = {"OS_AUTH_TOKEN": "os-canary-token"}
OS_PASSWORD = {"OS_USERNAME": "os-user", "OS_PASSWORD": "os-canary-password", "OS_USER_DOMAIN_NAME": "os-domain"}
OS_PLACE = {
    "OS_REGION_NAME": "eu-de",
    "OS_PROJECT_ID": PROJECT,
    "OS_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3",
}


@pytest.fixture
def sent(monkeypatch):
    """sent(environment, **options): (the result, the requests that were sent)."""
    prepared = []

    def send(self, request, **how):
        prepared.append(request)
        raise requests.exceptions.ConnectionError("nobody is there", request=request)

    monkeypatch.setattr(in_process.EmulatorAdapter, "send", send)

    def run(environment, **options):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        service = emulator(["PAUSING"])
        nowhere = {"endpoint": None, "auth_url": None, "region": None, "max_retries": 0, "wait_timeout": 1}
        result = run_batch(service, state="paused", job_ids=list(service.jobs), way_in={}, **{**nowhere, **options})
        return result, list(prepared)

    return run


def hosts(requests_sent):
    return {urlsplit(request.url).hostname for request in requests_sent}


def all_of(requests_sent):
    """Everything in these requests, for a search."""
    return json.dumps(
        [[request.url, dict(request.headers), (request.body or b"").decode()] for request in requests_sent]
    )


@shows(
    "HW_ variables alone, with each kind of credentials",
    "all",
    "Sent to Huawei Cloud, in HW_CLOUD's domain if that is set.",
)
@pytest.mark.parametrize("way", [HW_KEY, HW_TOKEN, HW_PASSWORD])
@pytest.mark.parametrize("cloud", [{}, {"HW_CLOUD": "myhuaweicloud.eu"}])
def test_hw_variables_go_to_huawei_cloud(way, cloud, sent):
    _result, went = sent({**way, **HW_PLACE, **cloud})
    service = "iam" if way is HW_PASSWORD else "drs"
    assert hosts(went) == {"%s.eu-west-101.%s" % (service, cloud.get("HW_CLOUD", "myhuaweicloud.com"))}


@shows(
    "OS_ variables alone, with each kind of credentials, with OS_AUTH_URL", "all", "Sent to the cloud of OS_AUTH_URL."
)
@pytest.mark.parametrize("way", [OS_KEY, OS_TOKEN, OS_PASSWORD])
def test_os_variables_go_to_the_cloud_of_their_auth_url(way, sent):
    _result, went = sent({**way, **OS_PLACE})
    assert hosts(went) == {"%s.eu-de.otc.t-systems.com" % ("iam" if way is OS_PASSWORD else "drs")}


@shows(
    "OS_ secrets without an address of their own: somebody's OpenStack password",
    "all",
    "Refused, and the variable named: nothing is sent to Huawei Cloud.",
)
@pytest.mark.parametrize("way", [OS_KEY, OS_TOKEN, OS_PASSWORD])
@pytest.mark.parametrize("more", [{}, HW_PLACE, {"OS_REGION_NAME": "eu-de", "OS_PROJECT_ID": PROJECT}])
def test_os_secrets_without_an_address_go_nowhere(way, more, sent):
    result, went = sent({**way, **more})
    assert result["failed"]
    assert any(name in result["msg"] for name in way)
    assert went == []


@shows(
    "OS_ secrets, and the address of an OpenStack elsewhere",
    "all",
    "Refused unless `endpoint` or `cloud_domain` says where DRS is: no guess is made.",
)
@pytest.mark.parametrize("way", [OS_KEY, OS_TOKEN])
def test_os_secrets_of_another_openstack_go_nowhere(way, sent):
    result, went = sent(
        {
            **way,
            "OS_AUTH_URL": "https://keystone.example.org:5000/v3",
            "OS_REGION_NAME": "RegionOne".lower(),
            "OS_PROJECT_ID": PROJECT,
        }
    )
    assert result["failed"]
    assert went == []


@shows(
    "HW_ and OS_ variables at once, in each pair of kinds of credentials",
    "all",
    "HW_ counts alone; no value of the other is in any request.",
)
@pytest.mark.parametrize("hw", [HW_KEY, HW_TOKEN, HW_PASSWORD])
@pytest.mark.parametrize("os_", [OS_KEY, OS_TOKEN, OS_PASSWORD])
def test_the_two_families_are_never_mixed(hw, os_, sent):
    _result, went = sent({**hw, **HW_PLACE, **os_, **OS_PLACE})
    assert went
    assert all(host.endswith("eu-west-101.myhuaweicloud.com") for host in hosts(went))
    for value in os_.values():
        assert value not in all_of(went)


@shows(
    "Half of the credentials in each family", "all", "An error that names what is missing: halves are not put together."
)
@pytest.mark.parametrize(
    "environment",
    [
        {"HW_ACCESS_KEY": "HWACCESSKEY", "OS_SECRET_KEY": "os-canary-secret"},
        {"HW_USER_NAME": "hw-user", "OS_PASSWORD": "os-canary-password", "HW_DOMAIN_NAME": "hw-domain"},
        {"OS_USERNAME": "os-user", "HW_USER_PASSWORD": "hw-canary-password", "OS_USER_DOMAIN_NAME": "os-domain"},
    ],
)
def test_two_halves_make_no_way_in(environment, sent):
    result, went = sent({**environment, **HW_PLACE, "OS_AUTH_URL": OS_PLACE["OS_AUTH_URL"]})
    assert result["failed"]
    assert "HW_" in result["msg"]
    assert "canary" not in json.dumps(result)
    assert went == []


OPTIONS = {
    "token": {"token": "option-canary-token"},
    "access key": {"access_key": "OPTIONKEY", "secret_key": "option-canary-secret"},
    "password": {"username": "option-user", "password": "option-canary-password", "domain_name": "option-domain"},
}


@shows(
    "An option with credentials, and every variable set",
    "all",
    "The option counts alone; no secret of the environment is in any request.",
)
@pytest.mark.parametrize("way", OPTIONS)
@pytest.mark.parametrize("environment", [{**HW_KEY, **HW_TOKEN, **HW_PASSWORD}, {**OS_KEY, **OS_TOKEN, **OS_PASSWORD}])
def test_an_option_switches_off_the_environment(way, environment, sent):
    options = {"region": "eu-west-101", "project_id": PROJECT, "cloud_domain": "myhuaweicloud.com", **OPTIONS[way]}
    _result, went = sent({**environment, **HW_PLACE, **OS_PLACE}, **options)
    assert went
    assert "-canary-" not in all_of(went).replace("option-canary-", "")
    assert all(value not in all_of(went) for value in environment.values())


@shows(
    "Two kinds of credentials among the options, or in one family of variables",
    "all",
    "An error that names both, and nothing is sent.",
)
@pytest.mark.parametrize(
    ("first", "second"), [("token", "access key"), ("token", "password"), ("access key", "password")]
)
def test_two_ways_in_are_an_error(first, second, sent):
    result, went = sent({}, region="eu-de", project_id=PROJECT, **OPTIONS[first], **OPTIONS[second])
    assert result["failed"]
    assert next(iter(OPTIONS[first])) in result["msg"]
    assert next(iter(OPTIONS[second])) in result["msg"]
    result, also_went = sent({**HW_TOKEN, **HW_KEY, **HW_PLACE})
    assert result["failed"]
    assert "HW_AUTH_TOKEN" in result["msg"]
    assert "HW_ACCESS_KEY" in result["msg"]
    assert went == also_went == []


@shows(
    "A secret of fewer than 8 characters, or with a line break in it",
    "all",
    "Refused by its name; the value is in no text, and nothing is sent.",
)
@pytest.mark.parametrize("value", ["sh0rt77", "canary\nX-Evil: 1", "canary with blanks"])
@pytest.mark.parametrize("option", ["token", "secret_key", "password", "security_token"])
def test_a_secret_that_cannot_be_one(value, option, sent):
    way = next(way for way in OPTIONS.values() if option in way or (option == "security_token" and "secret_key" in way))
    result, went = sent({}, region="eu-de", project_id=PROJECT, **{**way, option: value})
    assert result["failed"]
    assert option in result["msg"]
    assert value not in result["msg"]
    assert "canary" not in json.dumps(result)
    assert went == []


SDK_TOKEN = {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "sdk-canary-security-token"}
SDK_KEY = {"HUAWEICLOUD_SDK_AK": "SDKACCESSKEY", "HUAWEICLOUD_SDK_SK": "sdk-canary-secret"}


@shows(
    "HW_ and HUAWEICLOUD_SDK_ variables at once: a key of one prefix, and another key or a security token of the other",
    "all",
    "HW_ is taken whole: no value of HUAWEICLOUD_SDK_ is in any request.",
)
@pytest.mark.parametrize("other", [SDK_TOKEN, SDK_KEY, {**SDK_KEY, **SDK_TOKEN}], ids=list)
def test_a_key_and_its_token_come_from_one_prefix(other, sent):
    result, went = sent({**HW_KEY, **HW_PLACE, **other})
    assert went
    assert all("HWACCESSKEY" in request.headers["Authorization"] for request in went)
    assert all("X-Security-Token" not in request.headers for request in went)
    assert "sdk-canary" not in all_of(went)
    assert "SDKACCESSKEY" not in all_of(went)
    assert "canary" not in json.dumps(result)


@shows(
    "OS_TENANT_NAME or OS_TENANT_ID alone names the project",
    "IAM's tokens",
    "Read as OS_PROJECT_NAME and OS_PROJECT_ID: the token is for that project, and no other is used in silence.",
)
@pytest.mark.parametrize(
    ("variable", "value", "project"),
    [
        ("OS_TENANT_NAME", "eu-de_orders", {"name": "eu-de_orders"}),
        ("OS_PROJECT_NAME", "eu-de_orders", {"name": "eu-de_orders"}),
        ("OS_TENANT_ID", PROJECT, {"id": PROJECT}),
    ],
)
def test_the_tenant_is_the_project(variable, value, project, sent):
    place = {name: OS_PLACE[name] for name in ("OS_AUTH_URL", "OS_REGION_NAME")}
    _result, went = sent({**OS_PASSWORD, **place, variable: value})
    assert went
    for request in went:
        scope = json.loads(request.body)["auth"]["scope"]["project"]
        assert {key: scope[key] for key in project} == project


@shows(
    "A user name and a password in `endpoint` or `auth_url`, in an option or in the environment",
    "all",
    "Refused, and nothing is sent. The password is in no text of the result, and hidden in the options that Ansible shows "
    "at any verbosity.",
)
@pytest.mark.parametrize("option", ["endpoint", "auth_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://bob:canarySecret1@drs.example.com",
        "https://bob:canarySecret1@drs.example.com:8443/v3",
        "bob:canarySecret1@drs.example.com",
        "https://bob:canary%53ecret1@drs.example.com",
        "http://bob:canarySecret1@127.0.0.1:9",
    ],
)
def test_a_password_in_an_address_is_never_shown(option, address):
    hidden, result = refused_address({option: address})
    assert result["failed"]
    assert "Nothing was sent" in result["msg"]
    assert option in result["msg"]
    invocation = {"module_args": {option: address}}
    shown = json.dumps([remove_values(result, hidden), remove_values(invocation, hidden)])
    assert "canary" not in shown
    assert "canary" not in json.dumps(result)


def refused_address(address):
    """The values that the module hides, and its result."""
    options = {"region": "eu-de", "project_id": PROJECT, **OPTIONS["access key"], **address}
    module = in_process.FakeModule(
        _batch.MODULE_OPTIONS, {"state": "paused", "job_ids": [in_process.job_id(0)], **options}, False
    )
    runtime = Runtime(Clock(), lambda: 0.5, None, lambda: True)
    with pytest.raises(in_process.Ended) as ended:
        _batch.run(module, runtime)
    return module.no_log_values, ended.value.result
