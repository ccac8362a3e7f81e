# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX injects, and nothing else, authenticates a playbook: by each of the three methods."""

from __future__ import annotations

import json
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.awx import credentials
from ansible_collections.huaweicloud.drs.tests.awx.content import PROJECT, injected, variables
from ansible_collections.huaweicloud.drs.tests.demo import ansible

JOB = "9a470239-2308-4bb5-a6bc-1040402fjb21"


@pytest.mark.parametrize("method", [credentials.by_access_key, credentials.by_password, credentials.by_token])
def test_the_variables_alone_authenticate_a_job(service, tmp_path, method):
    serving = service([{"id": JOB, "status": "PAUSING"}])
    ansible.link_collection(tmp_path)
    environment = ansible.environment(tmp_path, injected(method(serving)))
    command = [
        ansible.program(),
        str(PROJECT / "status.yml"),
        "-e",
        json.dumps(variables("DRS status", {"drs_job_ids": JOB})),
    ]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert any(JOB in line and "PAUSING (paused)" in line for line in done.stdout.splitlines()), done.stdout
    assert serving.emulator.journal.since(0)[-1].status == 200
