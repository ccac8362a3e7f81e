# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of AWX as the playbook's own data files have it."""

from __future__ import annotations

import pathlib
from typing import Any

import jinja2
from ansible.parsing.dataloader import DataLoader
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from jinja2.sandbox import ImmutableSandboxedEnvironment

AWX = ROOT / "playbooks" / "awx"
PROJECT = AWX / "project"


def load(path: pathlib.Path) -> Any:
    """A YAML file as Ansible reads it."""
    return DataLoader().load_from_file(str(path))


CREDENTIAL_TYPE = load(AWX / "content" / "credential_type.yml")["drs_awx_credential_type"]
FIELDS = [field["id"] for field in CREDENTIAL_TYPE["inputs"]["fields"]]
QUESTIONS = load(AWX / "content" / "questions.yml")["drs_awx_questions"]
WORKFLOWS = {workflow["name"]: workflow for workflow in load(AWX / "content" / "workflows.yml")["drs_awx_workflows"]}
SCHEDULE = load(AWX / "content" / "schedule.yml")["drs_awx_schedule"]
TEMPLATES = {
    template["name"]: template for template in load(AWX / "content" / "job_templates.yml")["drs_awx_job_templates"]
}


def injected(credential: dict[str, str]) -> dict[str, str]:
    """The variables that AWX gives a job with this credential: a field that is not filled in is blank."""
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    inputs = dict.fromkeys(FIELDS, "") | credential
    return {
        name: environment.from_string(str(template)).render(inputs)
        for name, template in CREDENTIAL_TYPE["injectors"]["env"].items()
    }


def variables(template: str, answers: dict[str, Any], **paths: str) -> dict[str, Any]:
    """The extra variables of a job of a template: its own with these paths filled in, the survey's defaults, and the answers.

    A text that nobody answered is null, as AWX has it since 17.
    """
    asked = {each["variable"]: None if each["default"] == "" else each["default"] for each in survey(template)}
    own = {
        name: jinja2.Template(value).render(paths) if isinstance(value, str) else value
        for name, value in TEMPLATES[template].get("extra_vars", {}).items()
    }
    return {**own, **asked, **answers}


def survey(name: str) -> list[dict[str, Any]]:
    """The questions of a job template or a workflow."""
    return [QUESTIONS[key] for key in (TEMPLATES | WORKFLOWS)[name]["asks"]]
