# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment runs a playbook the way AWX does: transmit | worker | process, the work inside of a container.

`make ee` builds the image and runs this. EE_IMAGE is its name, EE_RUNTIME the container program (podman), EE_RUN_OPTIONS more options for it.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve
from ansible_collections.huaweicloud.drs.tests.emulator.__main__ import environment

JOB = "9a470239-2308-4bb5-a6bc-1040402fjb21"
INVENTORY = "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"


@pytest.fixture
def service():
    seed = {"jobs": [{"id": JOB, "name": "orders", "status": "INCRE_TRANSFER_STARTED"}]}
    with serve(Emulator(seed, clock="scaled", scale=50.0)) as serving:
        yield serving


def private_data(
    folder: pathlib.Path, playbook: str, variables: dict[str, str], way_in: dict[str, str]
) -> pathlib.Path:
    """A private data directory as AWX lays it: a project of one line, an inventory, and what the job is started with."""
    settings = {
        "process_isolation": True,
        "process_isolation_executable": os.environ.get("EE_RUNTIME", "podman"),
        "container_image": os.environ["EE_IMAGE"],
        "container_options": ["--network=host", *os.environ.get("EE_RUN_OPTIONS", "").split()],
    }
    content = {
        "project/play.yml": f"---\n- import_playbook: huaweicloud.drs.{playbook}\n",
        "inventory/hosts": INVENTORY,
        "env/extravars": json.dumps(variables),
        "env/envvars": json.dumps(way_in),
        "env/settings": json.dumps(settings),
    }
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(data: pathlib.Path, work: pathlib.Path) -> tuple[str, str]:
    """Run it, and return the run's status and all that it printed."""
    runner = [sys.executable, "-m", "ansible_runner"]
    sent = subprocess.run(
        [*runner, "transmit", str(data), "-p", "play.yml", "-i", "run"], check=True, capture_output=True, timeout=60
    )
    worked = subprocess.run(
        [*runner, "worker", "--private-data-dir", str(work)],
        check=False,
        input=sent.stdout,
        capture_output=True,
        timeout=180,
    )
    process = [*runner, "process", str(data), "-i", "run"]
    subprocess.run(process, check=False, input=worked.stdout, capture_output=True, timeout=60)
    artifacts = data / "artifacts" / "run"
    output = artifacts.joinpath("stdout").read_text(encoding="utf-8") + worked.stderr.decode()
    return artifacts.joinpath("status").read_text(encoding="utf-8"), output


def test_a_job_is_paused_from_inside_the_container(service, tmp_path):
    data = private_data(tmp_path / "data", "pause", {"drs_job_ids": JOB}, environment(service))
    status, output = run(data, tmp_path / "work")
    assert status == "successful", output
    assert service.emulator.jobs[JOB].status == "PAUSING"


def test_a_run_that_fails_inside_is_a_failed_run_outside(service, tmp_path):
    unknown = "00000000-0000-0000-0000-0000000jb101"
    data = private_data(tmp_path / "data", "pause", {"drs_job_ids": unknown}, environment(service))
    status, output = run(data, tmp_path / "work")
    assert status == "failed", output
    assert unknown in output
