# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that makes the content, run with AWX's own modules, which refuse what they do not know."""

from __future__ import annotations

import json
import re
import subprocess

from ansible_collections.huaweicloud.drs.tests.awx import awx_collection, controller
from ansible_collections.huaweicloud.drs.tests.awx.content import (
    AWX,
    CREDENTIAL_TYPE,
    SCHEDULE,
    TEMPLATES,
    WORKFLOWS,
    survey,
)
from ansible_collections.huaweicloud.drs.tests.demo import ansible


def run(served, folder, answers):
    """Make the content, and return what was printed."""
    environment = ansible.environment(
        folder, {"CONTROLLER_HOST": served.url, "CONTROLLER_OAUTH_TOKEN": "made-up-token"}
    )
    # Pipelining, since most of the time would go into copying the modules.
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(awx_collection.tree()), "ANSIBLE_PIPELINING": "true"}
    command = [ansible.program(), str(AWX / "content.yml"), "-e", json.dumps(answers)]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_of_it_is_made_as_it_is_written_and_the_second_run_changes_nothing(tmp_path):
    """One test, since each run takes long."""
    answers = {"drs_awx_night_job_ids": "9a470239-2308-4bb5-a6bc-1040402fjb21"}
    with controller.serve() as made:
        run(made, tmp_path, answers)
        _check_credential(made)
        for name in TEMPLATES:
            _check_template(made, name)
        for name in WORKFLOWS:
            _check_workflow(made, name)
        _check_schedule(made, answers)

        writes = len(made.writes)
        # One job template stands for the others.
        output = run(made, tmp_path, {**answers, "drs_awx_job_templates": [TEMPLATES["DRS pause"]]})
        assert made.writes[writes:] == []
        assert re.search(r"localhost +: ok=\d+ +changed=0 ", output), output


def _check_credential(made):
    arrived = made.named("credential_types", CREDENTIAL_TYPE["name"])
    assert arrived["injectors"] == CREDENTIAL_TYPE["injectors"]
    assert arrived["injectors"]["env"]["HW_SECRET_KEY"] == "{{ secret_key }}"
    assert arrived["inputs"] == CREDENTIAL_TYPE["inputs"]
    (credential,) = made.things["credentials"]
    assert credential["credential_type"] == arrived["id"]
    assert "inputs" not in credential


def _check_template(made, name):
    arrived = made.named("job_templates", name)
    assert arrived["playbook"] == TEMPLATES[name]["playbook"]
    assert arrived["allow_simultaneous"] is False
    assert arrived["survey_spec"]["spec"] == survey(name)
    assert arrived["survey_enabled"] is bool(survey(name))
    assert arrived["project"] == made.named("projects", "DRS")["id"]
    assert arrived["inventory"] == made.named("inventories", "DRS projects")["id"]
    assert arrived["credentials"] == [made.things["credentials"][0]["id"]]
    extra_vars = json.loads(arrived["extra_vars"])
    assert set(extra_vars) == set(TEMPLATES[name].get("extra_vars", {}))
    assert "{{" not in arrived["extra_vars"]


def _check_workflow(made, name):
    arrived = made.named("workflow_job_templates", name)
    assert arrived["allow_simultaneous"] is False
    assert arrived["survey_spec"]["spec"] == survey(name)
    nodes = [
        node for node in made.things["workflow_job_template_nodes"] if node["workflow_job_template"] == arrived["id"]
    ]
    identifiers = {node["id"]: node["identifier"] for node in nodes}
    written = WORKFLOWS[name]["nodes"]
    assert list(identifiers.values()) == [node["identifier"] for node in written]
    for node, wanted in zip(nodes, written, strict=True):
        template = wanted["unified_job_template"]
        kind = "job_templates" if template["type"] == "job_template" else "workflow_approval_templates"
        assert node["unified_job_template"] in [
            each["id"] for each in made.things[kind] if each["name"] == template["name"]
        ]
        for edge in ("success_nodes", "failure_nodes", "always_nodes"):
            children = [child["identifier"] for child in wanted.get("related", {}).get(edge, [])]
            assert [identifiers[child] for child in node.get(edge, [])] == children
        assert not node.get("all_parents_must_converge")


def _check_schedule(made, answers):
    (arrived,) = made.things["schedules"]
    assert (
        arrived["unified_job_template"] == made.named("workflow_job_templates", SCHEDULE["unified_job_template"])["id"]
    )
    assert arrived["rrule"] == SCHEDULE["rrule"]
    assert arrived["enabled"] is False
    assert arrived["extra_data"] == {**SCHEDULE["extra_data"], "drs_job_ids": answers["drs_awx_night_job_ids"]}
