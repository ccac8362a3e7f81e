# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many projects in many regions: each host of the example inventory is one, here each behind an emulator of its own."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.awx import credentials
from ansible_collections.huaweicloud.drs.tests.awx.content import PROJECT, injected, load
from ansible_collections.huaweicloud.drs.tests.demo import ansible

(HOSTS,) = (group["hosts"] for group in load(PROJECT / "inventory" / "projects.yml").values())
NAMES = list(HOSTS)


@pytest.fixture
def places(service, tmp_path):
    """An emulator for each host, by name, in the project and region of the inventory; the inventory leads to them."""
    shutil.copytree(PROJECT, tmp_path / "project")
    found = {}
    for name, variables in HOSTS.items():
        project = {"id": str(variables["drs_project_id"]), "name": str(variables["drs_region"])}
        jobs = [
            {"id": str(job_id), "name": f"{name}-{n}", "status": "INCRE_TRANSFER_STARTED"}
            for n, job_id in enumerate(variables["drs_job_ids"])
        ]
        found[name] = service(jobs, identity={"projects": [project]})
        path = tmp_path / "project" / "inventory" / "host_vars" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"drs_endpoint": found[name].url}), encoding="utf-8")
    return found


@pytest.fixture
def play(places, tmp_path):
    """A function that runs a playbook of the project: what is the same for all hosts comes from one credential."""
    ansible.link_collection(tmp_path)
    key = credentials.by_access_key(places[NAMES[0]])
    secrets = {name: key[name] for name in ("access_key", "secret_key")}

    def run(*options):
        command = [ansible.program(), "-i", "inventory/projects.yml", "pause_in_turn.yml", *options]
        environment = ansible.environment(tmp_path, injected(secrets)) | {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
        return subprocess.run(
            command, env=environment, cwd=tmp_path / "project", capture_output=True, text=True, timeout=120, check=False
        )

    return run


def paused(serving):
    return [job_id for job_id, job in serving.emulator.jobs.items() if job.status == "PAUSING"]


def test_all_at_once(places, play):
    done = play("--forks", "3", "-e", "drs_at_a_time=100%")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PLAY [") == 1
    assert {name: paused(serving) for name, serving in places.items()} == {
        name: HOSTS[name]["drs_job_ids"] for name in NAMES
    }
    summaries = done.stdout.partition("drs_pause_summary:")[2]
    assert all(f" {name}: " in summaries for name in NAMES), done.stdout


def test_in_turn_until_one_fails(places, play):
    places[NAMES[1]].emulator.fault({"match": {"kind": "write"}, "effect": {"status": 400, "error_code": "DRS.M00304"}})
    done = play()
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout.count("PLAY [") == 2
    first, second, third = (places[name] for name in NAMES)
    assert paused(first) == HOSTS[NAMES[0]]["drs_job_ids"]
    assert paused(second) == []
    assert len(second.emulator.journal) > 0
    assert len(third.emulator.journal) == 0


def test_by_a_selection_in_the_place_of_ids(places, play):
    chosen = {"drs_job_ids": "", "drs_select_name": "*-0, *-1", "drs_select_exclude": "orders_berlin-1"}
    done = play("-e", "drs_at_a_time=100%", "-e", json.dumps(chosen))
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: paused(serving) for name, serving in places.items()} == {
        name: HOSTS[name]["drs_job_ids"][:1] for name in NAMES
    }


@pytest.mark.parametrize(
    "chosen", [{"drs_job_ids": ""}, {"drs_job_ids": "", "drs_select_exclude": "a"}, {"drs_select_name": "a"}]
)
def test_without_a_choice_of_jobs_or_with_two_nothing_is_sent(places, play, chosen):
    done = play("-e", json.dumps(chosen))
    assert done.returncode == 2, done.stdout + done.stderr
    assert [len(serving.emulator.journal) for serving in places.values()] == [0, 0, 0]
