# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gets a clear error from the module as Ansible runs it, and nothing is sent."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.ansible.runs import batch, job_id

A, B = job_id(1), job_id(2)
READY, RUNNING, PAUSED = "CONFIGURATION", "INCRE_TRANSFER_STARTED", "PAUSING"
SHORT = "canary7"
PAUSE = {"state": "paused", "job_ids": [A]}
START = {"state": "started", "job_ids": [A]}

# What is wrong -> the options, and what the error must say
JOBS = {
    "a malformed id": ({"state": "paused", "job_ids": [A, "not-an-id"]}, ["not-an-id", "8-4-4-4-12"]),
    "an id with a brace": ({"state": "paused", "job_ids": ["{" + A + "}"]}, ["{" + A + "}"]),
    "a malformed id among the jobs": (
        {"state": "paused", "jobs": [{"job_id": A}, {"job_id": "12"}]},
        ["'12'", "job id"],
    ),
    "two ids in one job": ({"state": "paused", "jobs": [{"job_id": f"{A}, {B}"}]}, ["jobs[0].job_id", "one"]),
    "an empty id": ({"state": "paused", "jobs": [{"job_id": ""}]}, ["jobs[0].job_id"]),
    "a job without an id": ({"state": "paused", "jobs": [{"pause_mode": "all"}]}, ["jobs[0]", "job_id", "select"]),
    "both lists": (
        {"state": "paused", "job_ids": [A], "jobs": [{"job_id": A}]},
        ["job_ids", "jobs", "mutually exclusive"],
    ),
    "neither list": ({"state": "paused"}, ["job_ids", "jobs"]),
    "the same job with different options": (
        {"state": "paused", "jobs": [{"job_id": A, "pause_mode": "all"}, {"job_id": A, "pause_mode": "target"}]},
        [A, "twice", "pause_mode"],
    ),
}
OPTIONS = {
    "no state": ({"job_ids": [A]}, ["state"]),
    "an unknown state": ({"state": "resumed", "job_ids": [A]}, ["state", "started", "resumed"]),
    "an unknown pause mode": ({**PAUSE, "pause_mode": "soft"}, ["pause_mode", "target", "soft"]),
    "an unknown pause mode of a job": (
        {"state": "paused", "jobs": [{"job_id": A, "pause_mode": "soft"}]},
        ["pause_mode", "soft"],
    ),
    "an unknown option": ({**PAUSE, "paused_mode": "all"}, ["paused_mode"]),
    "a start time without an offset": (
        {**START, "start_time": "2099-12-01T02:00:00"},
        ["2099-12-01T02:00:00", "offset"],
    ),
    "a start time that is none": ({**START, "start_time": "tonight"}, ["start_time", "tonight"]),
    "a start time in seconds": ({**START, "start_time": "1780272000"}, ["start_time", "milliseconds"]),
    "a start time of a day that there is not": ({**START, "start_time": "2099-02-30T02:00:00Z"}, ["2099-02-30"]),
    "a number out of its range": ({**PAUSE, "batch_size": 0}, ["batch_size", "100"]),
    "a timeout that is no number": ({**PAUSE, "wait_timeout": "soon"}, ["wait_timeout", "int"]),
}
WAY_IN = {
    "two ways in": (
        {**PAUSE, "token": "a-long-enough-token", "access_key": "KEY", "secret_key": "a-long-secret"},
        ["token", "access_key", "one"],
    ),
    "half a way in": ({**PAUSE, "access_key": "KEY"}, ["access_key", "secret_key"]),
    "a short secret": ({**PAUSE, "token": SHORT}, ["token", "8 characters"]),
    "a short password": (
        {**PAUSE, "username": "u", "domain_name": "d", "password": SHORT},
        ["password", "8 characters"],
    ),
    "plain http": ({**PAUSE, "endpoint": "http://drs.eu-de.example.com"}, ["endpoint", "http"]),
    "plain http to what only begins like loopback": (
        {**PAUSE, "endpoint": "http://127.0.0.1.example.com"},
        ["endpoint", "http"],
    ),
    "plain http for IAM": ({**PAUSE, "auth_url": "http://iam.example.com/v3"}, ["auth_url", "http"]),
    "a user name in an address": (
        {**PAUSE, "endpoint": "https://somebody:something@drs.example.com"},
        ["endpoint", "user"],
    ),
    "a certificate that is not there": (
        {**PAUSE, "ca_cert": "/no/such/bundle.pem"},
        ["ca_cert", "/no/such/bundle.pem"],
    ),
}


def task(name, options, **keywords):
    return {**batch(name, **options), "ignore_errors": True, **keywords}


def check(ran, name, words):
    result = ran.of(name)
    assert result.status == "failed", f"{name}: {result}"
    missing = [word for word in words if word not in result["msg"]]
    assert not missing, f"{name}: no {missing} in: {result['msg']}"
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("refused", [JOBS, OPTIONS, WAY_IN], ids=["jobs", "options", "way in"])
def test_it_is_refused_by_its_name_and_nothing_is_sent(service, refused):
    drs = service([{"id": A, "status": RUNNING}, {"id": B, "status": RUNNING}])
    ran = drs.play(*[task(name, options) for name, (options, _words) in refused.items()])
    assert ran.exit_code == 0, ran.output
    for name, (_options, words) in refused.items():
        check(ran, name, words)
    assert ran.requests == []
    assert SHORT not in ran.output


def test_without_a_way_in_or_a_place(service):
    drs = service([{"id": A, "status": RUNNING}])
    drs.place = {}
    token = "a-long-enough-token"
    two = {"HW_AUTH_TOKEN": token, "HW_ACCESS_KEY": "KEY", "HW_SECRET_KEY": "a-long-secret"}
    ran = drs.play(
        task("two ways in", {**PAUSE, "endpoint": drs.url}, environment=two),
        task("no credentials", {**PAUSE, "endpoint": drs.url}),
        task("no place", {**PAUSE, "token": token}),
        task("no project", {**PAUSE, "token": token, "endpoint": drs.url, "auth_url": drs.url}),
        task("a region that is none", {**PAUSE, "token": token, "region": "eu de", "project_id": "p"}),
        task(
            "an OpenStack's secret without its address",
            PAUSE,
            environment={"OS_AUTH_TOKEN": token, "OS_REGION_NAME": "eu-de"},
        ),
        variables={},
    )
    check(ran, "two ways in", ["HW_AUTH_TOKEN", "HW_ACCESS_KEY"])
    check(ran, "no credentials", ["No credentials", "token", "HW_AUTH_TOKEN"])
    check(ran, "no place", ["region"])
    check(ran, "no project", ["project_id", "project_name", "region"])
    check(ran, "a region that is none", ["region", "as in eu-de"])
    check(ran, "an OpenStack's secret without its address", ["OS_AUTH_TOKEN", "OS_AUTH_URL"])
    assert ran.requests == []


def test_a_project_that_iam_does_not_know(service):
    drs = service([{"id": A, "status": RUNNING}])
    del drs.place["HW_PROJECT_ID"]
    ran = drs.play(task("no such project", {**PAUSE, "project_name": "nobodys"}))
    check(ran, "no such project", ["nobodys"])
    assert {entry.endpoint for entry in ran.requests} == {"projects"}


def test_what_the_status_decides_is_refused_before_a_write(service):
    drs = service([{"id": A, "status": READY}, {"id": B, "status": PAUSED}])
    past = "2020-01-01T00:00:00Z"
    ran = drs.play(
        task("a past start", {**START, "start_time": past}),
        task("a past start in milliseconds", {**START, "start_time": "1577836800000"}),
        task("a start time for a resume", {"state": "started", "job_ids": [B], "start_time": "2099-01-01T00:00:00Z"}),
    )
    for name in ("a past start", "a past start in milliseconds"):
        check(ran, name, ["start_time"])
        assert ran.of(name)["jobs"][0]["reason"] == "start_time_past"
    check(ran, "a start time for a resume", ["start_time", "resume"])
    assert ran.writes == []


def test_no_ids_are_no_work(service):
    ran = service([]).play(
        batch("a list", state="deleted", job_ids=[]), batch("a text", state="deleted", job_ids=" ,\n")
    )
    assert ran.exit_code == 0, ran.output
    assert ran.requests == []
    for name in ("a list", "a text"):
        result = ran.of(name)
        assert (result["changed"], result["jobs"], result["summary"]["requested"]) == (False, [], 0)
        assert "nothing to do" in " ".join(result["warnings"])


def test_a_second_run_stays_green_when_the_start_time_has_passed(service):
    drs = service([{"id": A, "status": RUNNING}])
    ran = drs.play(batch(**START, start_time="2020-01-01T00:00:00Z"))
    assert ran.exit_code == 0, ran.output
    assert ran.writes == []


def test_without_requests(service, core, tmp_path):
    bare = tmp_path / "bare"
    subprocess.run([core / "python", "-m", "venv", "--without-pip", bare], check=True)
    drs = service([{"id": A, "status": RUNNING}])
    ran = drs.play(task("no requests", PAUSE, vars={"ansible_python_interpreter": str(bare / "bin" / "python")}))
    check(ran, "no requests", ["requests", "Python library"])
    assert ran.requests == []
