# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which Ansible runs a module, and batches of all sizes."""

from __future__ import annotations

import random

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.ansible.runs import MANNERS, MODULE, Manner, batch, job_id
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT

RUNNING = "INCRE_TRANSFER_STARTED"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("drs_*.py"))


def running(count):
    return [{"id": job_id(number), "name": f"job-{number}", "status": RUNNING} for number in range(count)]


@pytest.mark.parametrize(
    "manner", [*MANNERS.values(), Manner({"async": 60, "poll": 1})], ids=[*MANNERS, "asynchronously"]
)
def test_however_it_is_run(service, manner):
    drs = service(running(3))
    ids = [job_id(number) for number in range(3)]
    task = manner.of(batch(state="paused", job_ids=ids, wait_interval=1))
    ran = drs.play(task, variables=drs.way_in | manner.variables)
    assert ran.exit_code == 0, ran.output
    result = ran.of()
    assert result["changed"]
    seen = [(row["id"], row["outcome"], row["status"]) for row in result["jobs"]]
    assert seen == [(one, "ok", "PAUSING") for one in ids]
    assert [drs.emulator.journal.accepted(one) for one in ids] == [["pause"]] * 3


def test_an_asynchronous_task_is_looked_at_later(service):
    drs = service(running(1))
    ran = drs.play(
        {**batch(state="paused", job_ids=[job_id(0)], wait_interval=1), "async": 60, "poll": 0, "register": "begun"},
        {
            "name": "look",
            "ansible.builtin.async_status": {"jid": "{{ begun.ansible_job_id }}"},
            "register": "seen",
            "until": "seen is finished",
            "retries": 60,
            "delay": 1,
        },
    )
    assert ran.exit_code == 0, ran.output
    assert ran.results[-1]["by_id"][job_id(0)]["outcome"] == "ok"


def test_check_and_diff_mode(service):
    drs = service(running(2))
    task = batch(state="paused", job_ids=[job_id(0), job_id(1)], wait_interval=1)
    predicted = drs.play(task, options=("--check", "--diff"))
    assert predicted.exit_code == 0, predicted.output
    assert predicted.writes == []
    run = drs.play(task, options=("--diff",))
    keys = ("changed", "action", "outcome")
    assert [[row[key] for key in keys] for row in predicted.of()["jobs"]] == [
        [row[key] for key in keys] for row in run.of()["jobs"]
    ]
    assert predicted.of()["diff"] == run.of()["diff"]
    for ran in (predicted, run):
        assert f'-    "{job_id(0)}": "{RUNNING}"' in ran.output
        assert f'+    "{job_id(0)}": "paused"' in ran.output


def test_23_jobs_and_answers_in_any_order(service):
    drs = service(running(23), shuffle=True)
    ids = [job_id(number) for number in range(23)]
    random.Random(4).shuffle(ids)
    task = batch(state="paused", job_ids=ids, wait_interval=1)
    facts = {"name": "facts", "ansible.builtin.debug": {"var": "ansible_facts.drs_jobs"}}
    ran = drs.play(task, facts)
    assert ran.exit_code == 0, ran.output
    assert [row["id"] for row in ran.of()["jobs"]] == ids
    assert ran.of()["summary"]["ok"] == 23
    assert sorted(len(entry.job_ids) for entry in ran.writes) == [3, 10, 10]
    shown = ran.of("facts")["ansible_facts.drs_jobs"]
    assert {one: fact["status"] for one, fact in shown.items()} == dict.fromkeys(ids, "PAUSING")
    again = drs.play(task)
    assert again.exit_code == 0, again.output
    assert (again.of()["changed"], again.writes) == (False, [])


@pytest.mark.parametrize("count", [7, 150])
def test_all_statuses_are_read(service, count):
    drs = service(running(count))
    ids = [job_id(number) for number in range(count)]
    ran = drs.play(batch(state="started", job_ids=ids))
    assert ran.exit_code == 0, ran.output
    assert [row["status"] for row in ran.of()["jobs"]] == [RUNNING] * count
    reads = [entry for entry in ran.requests if entry.endpoint == "batch-status"]
    assert len(reads) == (1 if count <= 100 else 2)
    assert ran.writes == []


def test_a_partial_failure_keeps_the_others(service):
    jobs = running(3)
    jobs[1]["not_pausable"] = True
    jobs[2]["busy_writes"] = 1
    drs = service(jobs)
    ran = drs.play(batch(state="paused", job_ids=[job["id"] for job in jobs], wait_interval=1))
    assert ran.exit_code == 2
    result = ran.of()
    assert result["changed"]
    assert [row["outcome"] for row in result["jobs"]] == ["ok", "failed", "ok"]
    assert job_id(1) in result["msg"]
    assert job_id(0) not in result["msg"]


def test_the_action_group_holds_every_module():
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert sorted(groups["drs"]) == MODULES


def test_module_defaults_give_the_way_in(service):
    drs = service(running(1))
    place = {"endpoint": drs.url, "region": "eu-de", "project_id": drs.project_id}
    drs.place = {}
    ran = drs.play(
        *[{"name": name, f"huaweicloud.drs.{name}": {"job_ids": [job_id(0)]}} for name in MODULES],
        module_defaults={
            "group/huaweicloud.drs.drs": {**place, "token": drs.way_in["HW_AUTH_TOKEN"]},
            MODULE: {"state": "started"},
            "huaweicloud.drs.drs_job_wait": {"status": ["INCRE_TRANSFER_STARTED"]},
            "huaweicloud.drs.drs_maintenance": {"state": "present", "state_dir": str(drs.folder / "state")},
        },
        variables={},
    )
    assert ran.exit_code == 0, ran.output
    assert {name: ran.of(name)["jobs"][0]["id"] for name in MODULES} == dict.fromkeys(MODULES, job_id(0))
