# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last node of a workflow fails, and says what is not resumed."""

from __future__ import annotations

import json
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.awx.content import PROJECT
from ansible_collections.huaweicloud.drs.tests.demo import ansible


@pytest.mark.parametrize(
    ("handed_on", "said"),
    [
        ({"drs_remaining": {"one": ["a"], "two": ["b"], "three": []}}, "NOT RESUMED: a, b. Run"),
        ({"drs_remaining": {"localhost": []}}, "Every job that the window paused runs again."),
        ({}, "Nothing was handed on"),
    ],
)
def test_it_fails_and_says_what_is_not_resumed(tmp_path, handed_on, said):
    environment = ansible.environment(tmp_path, {})
    command = [ansible.program(), str(PROJECT / "failed.yml"), "-e", json.dumps(handed_on)]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in " ".join((done.stdout + done.stderr).split())
