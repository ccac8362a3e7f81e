# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of AWX as the playbook's own data files have it."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import jinja2
from ansible.parsing.dataloader import DataLoader
from ansible_collections.huaweicloud.drs.tests.awx import rules, workflow
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from jinja2.sandbox import ImmutableSandboxedEnvironment

AWX = ROOT / "playbooks" / "awx"
PROJECT = AWX / "project"


def load(path: pathlib.Path) -> Any:
    """A YAML file as Ansible reads it, and as AWX gets it then: by JSON."""
    return json.loads(json.dumps(DataLoader().load_from_file(str(path))))


CREDENTIAL_TYPE = load(AWX / "content" / "credential_type.yml")["drs_awx_credential_type"]
FIELDS = [field["id"] for field in CREDENTIAL_TYPE["inputs"]["fields"]]
QUESTIONS = load(AWX / "content" / "questions.yml")["drs_awx_questions"]
WORKFLOWS = {workflow["name"]: workflow for workflow in load(AWX / "content" / "workflows.yml")["drs_awx_workflows"]}
SCHEDULES = {each["name"]: each for each in load(AWX / "content" / "schedules.yml")["drs_awx_schedules"]}
NOTIFICATION = load(AWX / "content" / "notification.yml")["drs_awx_notification"]
NAMES = load(AWX / "content" / "names.yml")
TEMPLATES = {
    template["name"]: template for template in load(AWX / "content" / "job_templates.yml")["drs_awx_job_templates"]
}
PLAYBOOKS = {
    path.relative_to(PROJECT).as_posix()
    for path in PROJECT.rglob("*")
    if path.is_file() and rules.is_playbook(path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8"))
}


def injected(credential: dict[str, str]) -> dict[str, str]:
    """The variables that AWX gives a job with this credential: a field that is not filled in is blank."""
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    inputs = dict.fromkeys(FIELDS, "") | credential
    return {
        name: environment.from_string(str(template)).render(inputs)
        for name, template in CREDENTIAL_TYPE["injectors"]["env"].items()
    }


def survey(name: str) -> list[dict[str, Any]]:
    """The questions of a job template or a workflow."""
    return [QUESTIONS[key] for key in _flat((TEMPLATES | WORKFLOWS)[name]["asks"])]


def _flat(asks: list[Any]) -> list[str]:
    return [key for each in asks for key in (_flat(each) if isinstance(each, list) else [each])]


def template(name: str, **names: str) -> dict[str, Any]:
    """A job template or a workflow as AWX has it once it is made, its own variables filled in with these names and the defaults of the others."""
    written = (TEMPLATES | WORKFLOWS)[name]
    questions = survey(name)
    filled = _filled(written.get("extra_vars", {}), NAMES | names)
    return {
        "name": name,
        "survey_enabled": bool(questions),
        "survey_spec": {"name": "", "description": "", "spec": questions} if questions else {},
        "extra_vars": json.dumps(filled),
        **({"ask_job_type_on_launch": True, "ask_limit_on_launch": True} if name in TEMPLATES else {}),
    }


def _filled(value: Any, names: dict[str, Any]) -> Any:
    """A value with its names filled in, as content.yml would; a name may itself be made of others."""
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    while isinstance(value, str) and "{{" in value:
        value = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(value).render(names)
    return value


def variables(name: str, answers: dict[str, Any], **names: str) -> dict[str, Any]:
    """The extra variables of a job of this template, launched by hand with these answers; what AWX refuses is an error.

    The other answers are those that its form sends: the defaults, and a blank for each other text.
    """
    made = template(name, **names)
    sent = {question["variable"]: question["default"] for question in survey(name)} | answers
    taken, errors = rules.given(made, sent)
    assert not errors, errors
    return rules.job_variables(made, taken)


def variables_of_node(
    workflow_name: str, node: str, answers: dict[str, Any], handed_on: dict[str, Any], **names: str
) -> dict[str, Any]:
    """The extra variables of the job of a workflow's node: the workflow is launched with these answers, and the nodes before handed these on."""
    of_the_workflow = variables(workflow_name, answers)
    (written,) = (each for each in WORKFLOWS[workflow_name]["nodes"] if each["identifier"] == node)
    made = template(written["unified_job_template"]["name"], **names)
    return workflow.node_variables(made, written, handed_on, of_the_workflow) | {"awx_workflow_job_id": 7}


def variables_of_schedule(name: str, **names: str) -> dict[str, Any]:
    """The extra variables of a job that a schedule of a job template launches."""
    schedule = SCHEDULES[name]
    made = template(schedule["unified_job_template"], **names)
    taken, errors = rules.given(made, schedule["extra_data"])
    assert not errors, errors
    return rules.job_variables(made, taken)
