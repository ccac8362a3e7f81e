# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles cost in tasks, files and facts: each task is a process, and each fact is decided in a template."""

from __future__ import annotations

import pathlib
import re

from ansible_collections.huaweicloud.drs.tests.roles.jobs import ORDERS, RUNNING, jobs
from ansible_collections.huaweicloud.drs.tests.roles.test_maintenance_window import HANDLERS, NOTIFIES

ROLES = pathlib.Path(__file__).resolve().parents[2] / "roles"


def test_a_good_window_runs_at_most_20_tasks(stage):
    """The user's own task and one handler among them."""
    drs = stage(jobs(RUNNING))
    play = drs.tasks("play", HANDLERS.format(state=drs.state, work=drs.tasks("work", NOTIFIES), job=ORDERS))
    run = drs.play(play, {})
    assert run.exit_code == 0, run.output
    ran = re.findall(r"^(?:ok|changed): \[", run.output, re.MULTILINE)
    assert 5 < len(ran) <= 20, run.output


def test_files_of_tasks_and_facts():
    assert len(list((ROLES / "maintenance_window" / "tasks").glob("*.yml"))) <= 5
    facts = [
        line
        for path in ROLES.glob("*/tasks/*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "set_fact:" in line
    ]
    assert 0 < len(facts) <= 15, facts
