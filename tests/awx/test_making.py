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
    NOTIFICATION,
    PLAYBOOKS,
    SCHEDULES,
    TEMPLATES,
    WORKFLOWS,
    survey,
    template,
)
from ansible_collections.huaweicloud.drs.tests.demo import ansible

ADDRESS = "https://chat.example.com/hooks/not-a-real-one"


def run(served, folder, answers, variables):
    """Make the content, with these variables of the environment, and return what was printed."""
    account = {"CONTROLLER_HOST": served.url, "CONTROLLER_OAUTH_TOKEN": "made-up-token"}
    environment = ansible.environment(folder, account | variables)
    # Pipelining, since most of the time would go into copying the modules.
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(awx_collection.tree()), "ANSIBLE_PIPELINING": "true"}
    # At the verbosity that shows what modules were given.
    command = [ansible.program(), str(AWX / "content.yml"), "-vvv", "-e", json.dumps(answers)]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_of_it_is_made_as_it_is_written_and_the_second_run_changes_nothing(tmp_path):
    """One test, since each run takes long."""
    answers = {"drs_awx_night_select_tags": "env=prod, team=db", "drs_awx_restore_enabled": True}
    with controller.serve(PLAYBOOKS) as made:
        printed = run(made, tmp_path, answers, {"DRS_AWX_NOTIFY_URL": ADDRESS})
        assert made.refused == []
        assert ADDRESS not in printed
        _check_credential(made)
        for name in TEMPLATES:
            _check_template(made, name)
        for name in WORKFLOWS:
            _check_workflow(made, name)
        _check_schedules(made, answers)
        _check_notifications(made)

        writes = len(made.writes)
        # One job template stands for the others, and it is one without a survey.
        few = {**answers, "drs_awx_job_templates": [TEMPLATES["DRS pause in turn"]]}
        output = run(made, tmp_path, few, {"DRS_AWX_NOTIFY_URL": ADDRESS})
        assert made.writes[writes:] == []
        assert re.search(r"localhost +: ok=\d+ +changed=0 ", output), output


def test_no_schedule_for_nights_without_jobs_and_no_message_without_an_address(tmp_path):
    """With no answer at all. Of the templates and workflows there are those that the schedules and the workflows name."""
    few = {
        "drs_awx_job_templates": [TEMPLATES[name] for name in ("DRS status", "DRS maintenance window")],
        "drs_awx_workflows": [{**WORKFLOWS["DRS nightly maintenance window"], "nodes": []}],
    }
    with controller.serve(PLAYBOOKS) as made:
        run(made, tmp_path, few, {})
        assert made.refused == []
        (restore,) = made.things["schedules"]
        assert restore["name"] == "DRS restore what is left"
        assert restore["enabled"] is False
        assert "notification_templates" not in made.things


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
    assert arrived["survey_spec"] == template(name)["survey_spec"]
    assert arrived["survey_enabled"] is bool(survey(name))
    # Any variable could be set otherwise, the path of the tasks included.
    assert not arrived.get("ask_variables_on_launch")
    assert arrived["project"] == made.named("projects", "DRS")["id"]
    assert arrived["inventory"] == made.named("inventories", "DRS projects")["id"]
    assert arrived["credentials"] == [made.things["credentials"][0]["id"]]
    extra_vars = json.loads(arrived["extra_vars"])
    assert extra_vars == json.loads(template(name)["extra_vars"])
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
        named = wanted["unified_job_template"]
        kind = "job_templates" if named["type"] == "job_template" else "workflow_approval_templates"
        assert node["unified_job_template"] in [
            each["id"] for each in made.things[kind] if each["name"] == named["name"]
        ]
        for edge in ("success_nodes", "failure_nodes", "always_nodes"):
            children = [child["identifier"] for child in wanted.get("related", {}).get(edge, [])]
            assert [identifiers[child] for child in node.get(edge, [])] == children
        assert not node.get("all_parents_must_converge")
        assert node.get("job_type") == wanted.get("job_type")


def _check_schedules(made, answers):
    night, restore = made.things["schedules"]
    for arrived in (night, restore):
        written = SCHEDULES[arrived["name"]]
        kind = "job_templates" if written["unified_job_template"] in TEMPLATES else "workflow_job_templates"
        assert arrived["unified_job_template"] == made.named(kind, written["unified_job_template"])["id"]
        assert arrived["rrule"] == written["rrule"]
        assert set(arrived["extra_data"]) == set(written["extra_data"])
    assert night["enabled"] is False
    assert night["extra_data"]["drs_select_tags"] == answers["drs_awx_night_select_tags"]
    assert night["extra_data"]["drs_wait_timeout"] == 1800
    # AWX runs one job at a time of a template that is made so. So the windows of this one are never at work when it restores.
    assert restore["enabled"] is True
    windows = made.named("job_templates", "DRS maintenance window")
    assert restore["unified_job_template"] == windows["id"]
    assert windows["allow_simultaneous"] is False
    assert restore["extra_data"]["drs_restore_only"] == "true"


def _check_notifications(made):
    (arrived,) = made.things["notification_templates"]
    assert arrived["notification_configuration"]["url"] == ADDRESS
    assert arrived["messages"] == NOTIFICATION["messages"]
    for name, written in TEMPLATES.items():
        attached = made.named("job_templates", name).get("notification_templates_error", [])
        assert attached == ([arrived["id"]] if written.get("notify", True) else []), name
    for name in WORKFLOWS:
        workflow = made.named("workflow_job_templates", name)
        assert (
            workflow["notification_templates_error"] == workflow["notification_templates_approvals"] == [arrived["id"]]
        )
