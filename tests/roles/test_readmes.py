# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles' READMEs show is run as it stands, and their tables name the options and the defaults that there are."""

from __future__ import annotations

import re
import shlex
import textwrap

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from ansible_collections.huaweicloud.drs.tests.docs.snippets import snippets as all_snippets
from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, ORDERS, RUNNING, jobs, jobs_of

SNIPPETS = all_snippets()
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
    return [snippet.text for snippet in SNIPPETS if snippet.page == f"roles/{role}/README.md"]


def test_every_snippet_is_run_here():
    found = {role: len(snippets(role)) for role in ROLES}
    assert found == {"maintenance_window": 3, "cutover": 1, "decommission": 1, "report": 2}
    assert {path.parent.name for path in ROOT.glob("roles/*/README.md")} == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_the_first_snippet_runs(stage, role):
    drs = stage([{**job, "id": job_id} for job, job_id in zip(jobs(RUNNING, RUNNING), [ORDERS, BILLING], strict=True)])
    for name in ("schema_change", "stop_writers", "start_writers"):
        drs.tasks(name, WORK)
    variables = {name: value.format(folder=drs.folder) for name, value in HERE[role].items()}
    run = drs.play(drs.tasks("play", snippets(role)[0]), variables)
    assert run.exit_code == 0, run.output
    assert [verb for verb, _job_id in run.writes] == WRITES[role]


def test_tasks_on_other_hosts(stage):
    """One that cannot be reached ends the run on the spot, always included, unless unreachable is made a failure."""
    seeds, ids = jobs_of({"localhost": [RUNNING], "by_itself": [RUNNING], "not_ssh": [RUNNING]})
    drs = stage(seeds)
    _play, work, restore = snippets("maintenance_window")
    (guide,) = (ROOT / "docs" / "docsite" / "rst").glob("maintenance_guide.rst")
    assert textwrap.indent(work, "   ") in guide.read_text("utf-8")
    ssh = "- name: Change it\n  ansible.builtin.command: 'true'\n  delegate_to: db1\n"
    tasks = {"by_itself": work, "localhost": f"{ssh}  connection: ssh\n", "not_ssh": ssh}
    hosts = {
        host: {"drs_job_ids": ids[host], "maintenance_window_tasks": drs.tasks(host, text)}
        for host, text in tasks.items()
    }
    nobody = {"ansible_host": "127.0.0.1", "ansible_port": 1}
    run = drs.windows({**hosts, "db1": nobody}, drs_hosts=":".join(hosts))
    assert run.exit_code == 4, run.output
    writes = {host: [verb for verb, job_id in run.writes if job_id in theirs] for host, theirs in ids.items()}
    assert writes == {"by_itself": ["pause", "resume"], "localhost": ["pause"], "not_ssh": ["pause", "resume"]}
    assert "Fail if the database host could not be reached" in run.output
    assert {facts["host"]: facts["outcome"] for facts, _page in drs.reports()} == {
        "by_itself": "failed",
        "not_ssh": "ok",
    }
    assert {host: record["phase"] for host, record in drs.records().items()} == {
        "by_itself": "closed",
        "localhost": "open",
        "not_ssh": "closed",
    }

    program, playbook, *options = shlex.split(restore.removeprefix("$ "))
    assert program == "ansible-playbook"
    after = drs.play(
        playbook.removeprefix("huaweicloud.drs."), {}, *options, "-e", f"maintenance_window_state_dir={drs.state}"
    )
    assert after.exit_code == 0, after.output
    assert after.writes == [("resume", *ids["localhost"])]
    assert drs.record["phase"] == "closed"


@pytest.mark.parametrize("role", ROLES)
def test_the_table_names_every_option_and_its_default(role):
    options = specs(role)["main"]["options"]
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    # What main requires has no default in the file, whatever other entry points make of it.
    every = [(name, option) for spec in specs(role).values() for name, option in spec["options"].items()]
    assert {
        name: option["default"]
        for name, option in every
        if "default" in option and not options.get(name, {}).get("required")
    } == defaults
    shown = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", readme(role), re.MULTILINE))
    assert set(shown) == set(options)
    for name, option in options.items():
        default = str(option.get("default", "required"))
        assert shown[name].strip("`").lower() == default.lower() or not default
