# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules' documentation says is so: its examples run, and RETURN names every key of a real result and no other."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.ansible.runs import MODULE, batch, job_id
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT

MODULES = {path.stem: path for path in sorted((ROOT / "plugins" / "modules").glob("drs_*.py"))}
READY, RUNNING, PAUSED = "CONFIGURATION", "INCRE_TRANSFER_STARTED", "PAUSING"
ORDERS, STOCK = "9a470239-2308-4bb5-a6bc-1040402fjb21", "dbb8127c-b093-4b94-b764-7161e151jb2s"
MIGRATION, RECOVERY = "140b5236-88ad-43c8-811c-1268453jb101", "8d0e8e36-a618-490d-8a46-8c61ac9jb502"
FIRST, SECOND = "4c6ac8c0-2f51-426a-97b2-cb2c668jb201", "6211d20d-0006-41da-836e-db3301ajb20b"


def documented(module, name):
    """One of the texts at the head of a module, read as YAML."""
    for node in ast.parse(MODULES[module].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return yaml.safe_load(ast.literal_eval(node.value))
    raise AssertionError(f"{module} has no {name}")


# Module -> the jobs that its examples speak of, and the writes that they lead to, job by job
EXAMPLES = {
    "drs_job_batch": (
        [
            {"id": ORDERS, "name": "orders", "status": RUNNING},
            {"id": STOCK, "name": "stock", "status": RUNNING},
            {"id": MIGRATION, "name": "migration", "status": READY},
            {"id": RECOVERY, "name": "recovery", "status": READY, "db_use_type": "cloudDataGuard"},
            {"id": FIRST, "name": "first", "status": RUNNING},
            {
                "id": SECOND,
                "name": "second",
                "status": RUNNING,
                "refuse": {"terminate": ["DRS.M00304", "Not in this state."]},
            },
            {"id": job_id(1), "name": "orders-1", "status": RUNNING},
            {"id": job_id(2), "name": "billing-archive", "status": RUNNING},
            {"id": job_id(3), "name": "test-1", "status": RUNNING},
        ],
        {
            ORDERS: ["pause", "resume"],
            STOCK: ["pause", "resume"],
            MIGRATION: ["start", "force_terminate", "delete"],
            RECOVERY: ["start"],
            FIRST: ["terminate", "delete"],
            SECOND: [],
            job_id(1): ["pause"],
            job_id(2): [],
            job_id(3): ["pause"],
        },
    ),
    "drs_job_info": (
        [
            {"id": ORDERS, "name": "orders", "status": PAUSED, "tags": [{"key": "team", "value": "orders"}]},
            {"id": STOCK, "name": "stock", "status": PAUSED, "tags": [{"key": "team", "value": "stock"}]},
            {
                "id": MIGRATION,
                "name": "migration",
                "status": "FULL_TRANSFER_FAILED",
                "error_message": "The disk is full.",
            },
            {"id": RECOVERY, "name": "recovery", "status": RUNNING, "db_use_type": "cloudDataGuard"},
            {"id": FIRST, "name": "first", "status": RUNNING, "lag": 3},
        ],
        {ORDERS: ["resume"], STOCK: [], MIGRATION: [], RECOVERY: [], FIRST: []},
    ),
    "drs_job_wait": (
        [
            {"id": ORDERS, "name": "orders", "status": RUNNING, "lag": 3},
            {"id": STOCK, "name": "stock", "status": RUNNING, "lag": [12, 9, 9, 8]},
            {"id": MIGRATION, "name": "migration", "status": READY},
            {"id": FIRST, "name": "first", "status": "DELETED"},
        ],
        {ORDERS: [], STOCK: [], MIGRATION: ["start"], FIRST: []},
    ),
    "drs_maintenance": (
        [
            {"id": ORDERS, "name": "orders", "status": RUNNING},
            {"id": STOCK, "name": "stock", "status": PAUSED},
            {"id": MIGRATION, "name": "migration", "status": RUNNING},
        ],
        {ORDERS: ["pause", "resume"], STOCK: [], MIGRATION: ["pause", "resume"]},
    ),
}


def facts_of_batch(ran):
    assert "The schema can be changed now" in ran.of("Go on only when the first one is down")["msg"]
    assert ran.of("Start one job now and another tonight")["by_id"][RECOVERY]["status"] == "WAITING_FOR_START"
    named = ran.of("Name the jobs that are still there")["results"]
    assert [item["msg"] for item in named] == [f"{SECOND}: failed, Not in this state."]
    assert [row["id"] for row in ran.of("Delete what has ended")["jobs"]] == [FIRST]


def facts_of_info(ran):
    assert [job["id"] for job in ran.of("Read two jobs")["jobs"]] == [ORDERS, STOCK]
    assert [item["msg"] for item in ran.of("Say why")["results"]] == ["migration: The disk is full."]
    assert [job["id"] for job in ran.of("Resume them")["jobs"]] == [ORDERS]
    assert [job["id"] for job in ran.of("Read the recovery point and time of the disaster recovery jobs")["jobs"]] == [
        RECOVERY
    ]


def facts_of_wait(ran):
    assert ran.of("Show how far behind each job was at last")["caught_up.lags"] == {ORDERS: 3.0, STOCK: 8.0}
    assert ran.of("Wait until the full transfer is done")["msg"].startswith("1 job in FULL_TRANSFER_COMPLETE or ")
    gone = ran.of("Wait until the jobs are gone, whoever deletes them")["jobs"]
    assert [job["status"] for job in gone] == ["DELETED", "NOT_FOUND"]


def facts_of_maintenance(ran):
    assert ran.of("Begin the maintenance")["paused"] == [ORDERS]
    assert ran.of("Begin the maintenance")["record"]["jobs"][STOCK]["known"] == "paused_before"
    assert ran.of("End the maintenance")["record"]["phase"] == "closed"
    assert ran.of("Begin at night only, and never over the holidays")["window"]["open"]
    left = ran.of("Resume what an earlier run has left paused, now that no maintenance is at work")
    assert (left["remaining"], left["by_id"][MIGRATION]["action"]) == ([], "resume")


CHECKS = {
    "drs_job_batch": facts_of_batch,
    "drs_job_info": facts_of_info,
    "drs_job_wait": facts_of_wait,
    "drs_maintenance": facts_of_maintenance,
}


def here(task, folder):
    """The same task, where it depends on the machine or the hour: a folder that can be made, a window that is open now."""
    now = datetime.now(UTC)
    window = {
        "state_dir": str(folder / "drs"),
        "start": (now - timedelta(hours=1)).isoformat(),
        "end": (now + timedelta(hours=5)).isoformat(),
    }
    return {
        key: [here(one, folder) for one in value]
        if key in ("block", "always")
        else {**value, **{option: window[option] for option in window if option in value}}
        if isinstance(value, dict)
        else value
        for key, value in task.items()
    }


def each(tasks):
    """These tasks, and those of their blocks in place of each block."""
    for task in tasks:
        if "block" in task:
            yield from each(task["block"] + task.get("always", []))
        else:
            yield task


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(service, module):
    jobs, writes = EXAMPLES[module]
    examples = documented(module, "EXAMPLES")
    names = [task["name"] for task in each(examples)]
    assert len(set(names)) == len(names), "two examples have the same name"
    drs = service(jobs)
    ran = drs.play(*(here(task, drs.folder) for task in examples))
    assert ran.exit_code == 0, ran.output
    assert {result.task: result.status for result in ran.results} == dict.fromkeys(names, "ok")
    assert {job["id"]: words_of(drs, job["id"]) for job in jobs} == writes
    CHECKS[module](ran)


def words_of(drs, one):
    """The writes that were accepted for a job, a retry of a paused one told apart."""
    journal = drs.emulator.journal
    return [done["verb"] for entry in journal for done in entry.accepted if done["job_id"] == one]


# What ansible-core adds to every result
ITS_OWN = {"changed", "failed", "invocation", "warnings", "deprecations", "exception", "attempts", "skipped"}
TYPES = {"str": str, "bool": bool, "int": int, "float": (int, float), "list": list, "dict": dict}


def differences(keys, actual, where=""):
    """In words, every way in which a part of a result is not as documented."""
    for key, told in keys.items():
        if told["returned"] == "always" and key not in actual:
            yield f"{where}{key} is not there"
    for key, value in actual.items():
        if key not in keys:
            yield f"{where}{key} is not documented"
        elif value is not None:
            yield from _differences_of_one(keys[key], value, where + key)


def _differences_of_one(told, value, where):
    fits = isinstance(value, TYPES[told["type"]]) and (told["type"] == "bool" or not isinstance(value, bool))
    if not fits:
        yield f"{where} is no {told['type']}: {value!r}"
    elif told["type"] == "dict" and "contains" in told:
        yield from differences(told["contains"], value, where + ".")
    elif told["type"] == "list":
        for item in value:
            if item is None:  # as for a key: null is of any type
                continue
            yield from _differences_of_one({**told, "type": told["elements"]}, item, where + "[]")


def of_its_own(result):
    return {key: value for key, value in result.facts.items() if key not in ITS_OWN and not key.startswith("_ansible")}


def test_differences_are_found():
    keys = {
        "a": {"type": "int", "returned": "always"},
        "b": {
            "type": "list",
            "elements": "dict",
            "returned": "sometimes",
            "contains": {"c": {"type": "str", "returned": "always"}},
        },
    }
    assert list(differences(keys, {"a": 1, "b": [{"c": "x"}]})) == []
    assert list(differences(keys, {"b": [{"d": "x"}], "e": 1})) == [
        "a is not there",
        "b[].c is not there",
        "b[].d is not documented",
        "e is not documented",
    ]
    assert list(differences(keys, {"a": True})) == ["a is no int: True"]
    assert list(differences(keys, {"a": 1, "b": ["x"]})) == ["b[] is no dict: 'x'"]


def test_every_result_of_drs_job_batch_is_as_documented(service):
    one, two, three = job_id(1), job_id(2), job_id(3)
    drs = service(
        [{"id": one, "status": RUNNING}, {"id": two, "status": READY}, {"id": three, "status": "STARTJOBING"}]
    )
    drs.emulator.fault({"match": {"endpoint": "batch-starting"}, "effect": {"status": 403, "error_code": "DRS.M00102"}})
    wrong = {"ignore_errors": True}
    ran = drs.play(
        {**batch("check", state="paused", job_ids=[one, three]), "check_mode": True},
        {**batch("check and failure", state="paused", job_ids=[one, two]), "check_mode": True, **wrong},
        {**batch("partial failure", state="paused", job_ids=[one, two, job_id(4)]), **wrong},
        batch("nothing to do", state="paused", job_ids=[one]),
        batch("accepted", state="stopped", job_ids=[one], wait=False),
        {**batch("not let in", state="started", job_ids=[two]), **wrong},
        {**batch("wrong options", state="paused", job_ids=["x"]), **wrong},
        {**batch("no way in", state="paused", job_ids=[one], token="short"), **wrong},
        batch("no jobs", state="paused", job_ids=[]),
        {**batch("a selection", select={"name": ["*"]}, state="paused", serial=[1], max_fail=0), **wrong},
        {**batch("no match", select={"name": ["none"]}, state="paused"), **wrong},
        {**batch("too many", select={"name": ["*"]}, state="deleted", force=True, max_changes=0), **wrong},
        batch("no facts", state="paused", job_ids=[], facts=False),
        options=("--diff",),
    )
    keys = documented("drs_job_batch", "RETURN")
    found = {result.task: list(differences(keys, of_its_own(result))) for result in ran.results}
    assert found == {result.task: [] for result in ran.results}, ran.output
    assert len(found) == 13
    statuses = {result.task: result.status for result in ran.results}
    assert sorted(name for name, status in statuses.items() if status == "failed") == [
        "a selection",
        "check and failure",
        "no match",
        "no way in",
        "not let in",
        "partial failure",
        "too many",
        "wrong options",
    ]
    for result in ran.results:
        facts = of_its_own(result)
        row_keys = set(keys["jobs"]["contains"])
        assert {key for row in facts["by_id"].values() for key in row} <= row_keys - {"timeline"}
        assert facts["by_id"] == {
            row["id"]: {key: value for key, value in row.items() if key != "timeline"} for row in facts["jobs"]
        }
        counted = [
            facts["summary"][word] for word in ("ok", "accepted", "failed", "timed_out", "unknown", "not_attempted")
        ]
        assert sum(counted) == facts["summary"]["requested"] == len(facts["jobs"])
        if result.task == "no facts":
            assert "ansible_facts" not in facts
        else:
            kept = ("name", "status", "outcome", "action", "changed", "error_code")
            assert facts["ansible_facts"]["drs_jobs"] == {
                row["id"]: {key: row[key] for key in kept} for row in facts["jobs"]
            }


def test_every_result_of_drs_job_info_is_as_documented(service):
    one, two = job_id(1), job_id(2)
    endpoint = {"db_type": "mysql", "db_name": "shop", "db_port": 3306, "ip": "192.0.2.1", "db_password": "a-password"}
    drs = service(
        [
            {
                "id": one,
                "name": "one",
                "status": RUNNING,
                "source_endpoint": endpoint,
                "target_endpoint": endpoint,
                "period_order": {"order_id": "CS1", "status": "COMPLETED"},
                "tags": [{"key": "team", "value": "orders"}],
            },
            {"id": two, "name": "two", "status": "DELETED"},
        ]
    )
    drs.emulator.fault(
        {
            "match": {"endpoint": "batch-progress", "job_id": two, "after": 0},
            "effect": {"status": 403, "error_code": "DRS.M00102"},
        }
    )
    read = "huaweicloud.drs.drs_job_info"
    everything = ["detail", "progress", "rpo_rto"]
    ran = drs.play(
        {"name": "all of it", read: {"job_ids": [one, two, job_id(3)], "gather": everything}},
        {"name": "check mode", read: {"job_ids": [one], "gather": everything}, "check_mode": True},
        {"name": "statuses", read: {"job_ids": [one, two, job_id(3)]}},
        {"name": "a list", read: {"select": {"type": ["sync"]}}},
        {"name": "wrong options", read: {"job_ids": ["x"]}, "ignore_errors": True},
        {"name": "no way in", read: {"job_ids": [one], "token": "short"}, "ignore_errors": True},
        {"name": "no jobs", read: {"job_ids": []}},
        {"name": "not let in", read: {"job_ids": [one], "token": "another-token"}, "ignore_errors": True},
    )
    keys = documented("drs_job_info", "RETURN")
    found = {result.task: list(differences(keys, of_its_own(result))) for result in ran.results}
    assert found == {result.task: [] for result in ran.results}, ran.output
    assert len(found) == 8
    assert [result.task for result in ran.results if result.status == "failed"] == [
        "wrong options",
        "no way in",
        "not let in",
    ]
    whole = ran.of("all of it")
    assert [job["status"] for job in whole["jobs"]] == [RUNNING, "DELETED"]
    assert whole["jobs"][0]["detail"]["source_endpoint"]["db_name"] == "shop"
    assert whole["missing"] == [job_id(3)]
    assert not any(result["changed"] for result in ran.results if result.status == "ok")


def test_every_result_of_drs_job_wait_is_as_documented(service):
    one, two = job_id(1), job_id(2)
    drs = service([{"id": one, "name": "one", "status": RUNNING, "lag": 2}, {"id": two, "status": PAUSED}])
    wait, wrong = "huaweicloud.drs.drs_job_wait", {"ignore_errors": True}
    lag = {"max_lag": 2, "wait_interval": 1, "settle_time": 0}
    ran = drs.play(
        {"name": "a lag", wait: {"job_ids": [one], **lag}},
        {"name": "check mode", wait: {"job_ids": [one], **lag}, "check_mode": True},
        {"name": "statuses", wait: {"job_ids": [one, two], "status": [PAUSED, RUNNING]}},
        {"name": "no jobs", wait: {"job_ids": [], "max_lag": 1}},
        {"name": "partial failure", wait: {"job_ids": [one, two], **lag}, **wrong},
        {"name": "too late", wait: {"job_ids": [one], **lag, "max_lag": 1, "wait_timeout": 2}, **wrong},
        {"name": "wrong options", wait: {"job_ids": ["x"], "max_lag": 1}, **wrong},
        {"name": "too short", wait: {"job_ids": [one], "max_lag": 1, "wait_timeout": 1}, **wrong},
        {"name": "no credentials", wait: {"job_ids": [one], "max_lag": 1, "token": "short"}, **wrong},
        {"name": "unauthorized", wait: {"job_ids": [one], "max_lag": 1, "token": "another-token"}, **wrong},
    )
    keys = documented("drs_job_wait", "RETURN")
    found = {result.task: list(differences(keys, of_its_own(result))) for result in ran.results}
    assert found == {result.task: [] for result in ran.results}, ran.output
    assert len(found) == 10
    assert [result.status for result in ran.results] == ["ok"] * 4 + ["failed"] * 6
    assert not any(result["changed"] for result in ran.results)
    assert ran.of("a lag")["lags"] == ran.of("check mode")["lags"] == {one: 2.0}
    assert [job["outcome"] for job in ran.of("partial failure")["jobs"]] == ["ok", "failed"]
    assert not ran.writes


def test_every_result_of_drs_maintenance_is_as_documented(service):
    one, two, three, four = (job_id(number) for number in range(1, 5))
    refused = {"id": four, "name": "four", "status": RUNNING, "not_pausable": True}
    drs = service([{"id": one, "name": "one", "status": RUNNING}, {"id": two, "status": PAUSED}, refused])
    wrong = {"ignore_errors": True}

    def maintain(name, state, run=None, **options):
        options = {"state": state, "state_dir": str(drs.folder / "drs"), **options}
        return {"name": name, "huaweicloud.drs.drs_maintenance": {**options, "run": run} if run else options}

    ran = drs.play(
        {**maintain("check", "present", job_ids=[one, two]), "check_mode": True},
        {**maintain("unknown", "present", job_ids=[one, three]), **wrong},
        {
            **maintain("closed window", "present", job_ids=[one], start="2020-01-01T00:00Z", end="2020-01-02T00:00Z"),
            **wrong,
        },
        {**maintain("rolled back", "present", job_ids=[one, four]), **wrong},
        maintain("begin", "present", "mine", job_ids=[one, two]),
        maintain("begin again", "present", "mine", job_ids=[one, two]),
        {**maintain("held", "present", "yours", job_ids=[one, two]), **wrong},
        maintain("left alone", "absent", "yours"),
        {**maintain("whose", "absent"), **wrong},
        {**maintain("another project", "absent", "mine", project_id="f" * 32), **wrong},
        {**maintain("check the end", "absent", "mine"), "check_mode": True},
        maintain("end", "absent", "mine"),
        maintain("end again", "absent", "mine"),
        {**maintain("wrong options", "present", job_ids=["x"]), **wrong},
        {**maintain("no credentials", "present", job_ids=[one], token="short"), **wrong},
        {**maintain("unauthorized", "present", job_ids=[one], token="another-token"), **wrong},
        options=("--diff",),
    )
    keys = documented("drs_maintenance", "RETURN")
    found = {result.task: list(differences(keys, of_its_own(result))) for result in ran.results}
    assert found == {result.task: [] for result in ran.results}, ran.output
    assert len(found) == 16
    assert [result.task for result in ran.results if result.status == "failed"] == [
        "unknown",
        "closed window",
        "rolled back",
        "held",
        "whose",
        "another project",
        "wrong options",
        "no credentials",
        "unauthorized",
    ]
    changed = [result.task for result in ran.results if result["changed"]]
    assert changed == ["check", "rolled back", "begin", "check the end", "end"]
    assert ran.of("rolled back")["rolled_back"] == [one]
    assert (ran.of("begin")["paused"], ran.of("end")["remaining"]) == ([one], [])
    assert ran.of("held")["held_by"]["run"] == ran.of("left alone")["held_by"]["run"] == "mine"
    assert ran.of("another project")["remaining"] == [one]
    assert words_of(drs, one) == ["pause", "resume"] * 2
    assert words_of(drs, two) == []


def test_every_module_is_tried():
    assert set(EXAMPLES) == set(CHECKS) == set(MODULES)
    assert MODULE.rpartition(".")[2] in MODULES
