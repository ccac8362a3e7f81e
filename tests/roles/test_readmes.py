# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles' READMEs show is run as it stands, and their tables name the options and the defaults that there are."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, ORDERS, RUNNING, jobs

ROLES = ["maintenance_window", "cutover", "decommission", "report"]
WORK = "- name: Work\n  ansible.builtin.debug:\n    msg: at work\n"
# What a README leaves to its reader: folders that exist, a window that is open now, a wait that a test has time for.
HERE = {
    "maintenance_window": {
        "maintenance_window_state_dir": "{folder}/state",
        "maintenance_window_start": "",
        "maintenance_window_end": "",
    },
    "cutover": {"cutover_report_dir": "{folder}/reports", "cutover_wait_interval": "1"},
    "decommission": {"decommission_report_dir": "{folder}/reports"},
    "report": {},
}
WRITES = {
    "maintenance_window": ["pause", "pause", "resume", "resume"],
    "cutover": ["terminate"],
    "decommission": ["terminate", "delete"],
    "report": ["pause"],
}


def readme(role):
    return (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")


def specs(role):
    return yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))[
        "argument_specs"
    ]


def snippets(role):
    return re.findall(r"```yaml\n(.*?)```", readme(role), re.DOTALL)


@pytest.mark.parametrize("role", ROLES)
def test_the_first_snippet_runs(stage, role):
    drs = stage([{**job, "id": job_id} for job, job_id in zip(jobs(RUNNING, RUNNING), [ORDERS, BILLING], strict=True)])
    for name in ("schema_change", "stop_writers", "start_writers"):
        drs.tasks(name, WORK)
    variables = {name: value.format(folder=drs.folder) for name, value in HERE[role].items()}
    run = drs.play(drs.tasks("play", snippets(role)[0]), variables)
    assert run.exit_code == 0, run.output
    assert [verb for verb, _job_id in run.writes] == WRITES[role]


def test_tasks_on_a_host_that_cannot_be_reached_fail_as_the_readme_says(stage):
    """Unreachable is made a failure by the README's tasks, and then the role puts things right itself."""
    drs = stage(jobs(RUNNING))
    work = snippets("maintenance_window")[1]
    inventory = drs.inventory("localhost ansible_connection=local\ndb1 ansible_host=127.0.0.1 ansible_port=1\n")
    run = drs.window(ORDERS, drs.tasks("work", work), "-i", inventory)
    assert run.exit_code == 2
    assert [verb for verb, _job_id in run.writes] == ["pause", "resume"]
    assert "Fail if the database host could not be reached" in run.output
    assert not drs.locked


@pytest.mark.parametrize("role", ROLES)
def test_the_table_names_every_option_and_its_default(role):
    options = specs(role)["main"]["options"]
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    shown = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", readme(role), re.MULTILINE))
    assert set(shown) == set(options)
    for name, option in options.items():
        default = str(option.get("default", "required"))
        assert shown[name].strip("`").lower() == default.lower() or not default
