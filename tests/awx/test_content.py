# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether AWX would take the content that is written down, and what it would do with it."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.awx.content import (
    AWX,
    CREDENTIAL_TYPE,
    FIELDS,
    PROJECT,
    QUESTIONS,
    SCHEDULE,
    TEMPLATES,
    WORKFLOWS,
    load,
    survey,
)
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.docs.snippets import snippets

COLLECTION_PLAYBOOKS = sorted(path.stem for path in ansible.ROOT.glob("playbooks/*.yml"))
# AWX keeps these for itself, and refuses them beside every name that begins with ANSIBLE_.
REFUSED_BY_AWX = {
    *("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID"),
    *("AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION"),
    *("CACHE", "JOB_CALLBACK_DEBUG", "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION", "SUPERVISOR_CONFIG_PATH"),
}
ANSWERS = {"text": str, "textarea": str, "multiplechoice": str, "integer": int}


def test_awx_takes_every_name_that_is_injected():
    names = set(CREDENTIAL_TYPE["injectors"]["env"])
    assert all(name.startswith("HW_") for name in names)
    assert not names & REFUSED_BY_AWX


def test_every_field_is_injected_once_and_what_is_secret_is_marked():
    used = [re.fullmatch(r"{{ (\w+) }}", str(text)).group(1) for text in CREDENTIAL_TYPE["injectors"]["env"].values()]
    assert sorted(used) == sorted(FIELDS)
    secret = {field["id"] for field in CREDENTIAL_TYPE["inputs"]["fields"] if field.get("secret")}
    assert secret == {"secret_key", "security_token", "password", "token"}


def test_a_job_template_for_every_playbook_of_the_collection():
    assert {f"{name}.yml" for name in COLLECTION_PLAYBOOKS} <= {template["playbook"] for template in TEMPLATES.values()}
    assert all(PROJECT.joinpath(template["playbook"]).is_file() for template in TEMPLATES.values())


@pytest.mark.parametrize("name", COLLECTION_PLAYBOOKS)
def test_the_project_has_one_line_for_every_playbook(name):
    (play,) = yaml.safe_load(PROJECT.joinpath(f"{name}.yml").read_text(encoding="utf-8"))
    assert play == {"name": play["name"], "ansible.builtin.import_playbook": f"huaweicloud.drs.{name}"}


def test_the_project_asks_for_the_collection():
    (wanted,) = yaml.safe_load(PROJECT.joinpath("collections", "requirements.yml").read_text(encoding="utf-8"))[
        "collections"
    ]
    assert wanted["name"] == "huaweicloud.drs"


def test_the_names_that_the_guide_gives_are_those_that_there_are():
    (given,) = (snippet for snippet in snippets() if snippet.file == "names.yml")
    there = load(AWX / "content" / "names.yml")
    for name, value in yaml.safe_load(given.text).items():
        assert isinstance(there[name], type(value)), name


@pytest.mark.parametrize("key", QUESTIONS)
def test_awx_takes_the_question(key):
    question = QUESTIONS[key]
    assert {"variable", "question_name", "question_description", "type", "required", "default"} <= set(question)
    assert isinstance(question["default"], ANSWERS[question["type"]])
    if question["type"] == "multiplechoice":
        assert question["required"]
        assert question["default"] in question["choices"]
        assert all(isinstance(choice, str) for choice in question["choices"])
    elif question["type"] == "integer":
        assert question["required"]
        assert question["min"] <= question["default"] <= question["max"]
    else:
        assert question["required"] or question["min"] == 0


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_survey_asks_for_variables_of_the_playbook_and_for_no_path(name):
    asked = [question["variable"] for question in survey(name)]
    assert len(set(asked)) == len(asked)
    known, paths = _variables_of(TEMPLATES[name]["playbook"].removesuffix(".yml"))
    assert set(asked) <= known
    assert not set(asked) & paths
    assert set(TEMPLATES[name].get("extra_vars", {})) <= known
    assert not set(asked) & set(TEMPLATES[name].get("extra_vars", {}))


def _variables_of(playbook):
    """What a playbook's first comment names, with the options of its role; and those of them that are paths."""
    path = ansible.ROOT / "playbooks" / f"{playbook}.yml"
    text = (path if path.exists() else PROJECT / f"{playbook}.yml").read_text(encoding="utf-8")
    known = set(re.findall(r"\b(?:drs|maintenance_window|cutover|decommission)_\w+", text.partition("\n- name:")[0]))
    role = {"restore": "maintenance_window"}.get(playbook, playbook)
    specs = ansible.ROOT / "roles" / role / "meta" / "argument_specs.yml"
    if not specs.exists():
        return known, set()
    entry = "restore" if playbook == "restore" else "main"
    options = yaml.safe_load(specs.read_text(encoding="utf-8"))["argument_specs"][entry]["options"]
    return known | set(options), {option for option, spec in options.items() if spec["type"] == "path"}


@pytest.mark.parametrize(
    ("workflow", "chain"),
    [
        ("DRS approved maintenance window", ["status", "approval", "window", "restore"]),
        ("DRS nightly maintenance window", ["status", "window", "restore"]),
    ],
)
class TestWorkflow:
    """Where each outcome of the nodes leads."""

    def test_all_goes_well(self, workflow, chain):
        assert _run(workflow, set()) == (chain, True)

    @pytest.mark.parametrize("bad", [{"window"}, {"restore"}, {"window", "restore"}])
    def test_a_failure_is_the_workflows_whatever_the_restore_did(self, workflow, chain, bad):
        assert _run(workflow, {*bad, "failed"}) == ([*chain, "failed"], False)

    def test_nothing_is_paused_where_the_status_cannot_be_read_or_nobody_approves(self, workflow, chain):
        before = chain[: chain.index("window")]
        for n, name in enumerate(before, start=1):
            assert _run(workflow, {name}) == (before[:n], False)

    def test_it_asks_for_all_that_its_nodes_need(self, workflow, chain):
        asked = {question["variable"] for question in survey(workflow)}
        for node in WORKFLOWS[workflow]["nodes"]:
            template = node["unified_job_template"]
            if template["type"] == "job_template":
                assert {question["variable"] for question in survey(template["name"])} <= asked


def _run(workflow, bad):
    """The nodes that AWX would run, in order, where those of bad fail, and whether it would call the workflow successful.

    A node runs once all of its parents are settled and one of them leads to it. A workflow fails with a failed node after
    which nothing runs.
    """
    nodes = WORKFLOWS[workflow]["nodes"]
    edges = [
        (node["identifier"], edge, child["identifier"])
        for node in nodes
        for edge, children in node.get("related", {}).items()
        for child in children
    ]
    followed = {True: ("success_nodes", "always_nodes"), False: ("failure_nodes", "always_nodes")}
    went, left_out, waiting = {}, set(), [node["identifier"] for node in nodes]
    while waiting:
        for name in waiting:
            parents = {parent for parent, _edge, child in edges if child == name}
            if parents <= {*went, *left_out}:
                break
        waiting.remove(name)
        led = any(parent in went and edge in followed[went[parent]] for parent, edge, child in edges if child == name)
        if led or not parents:
            went[name] = name not in bad
        else:
            left_out.add(name)
    unhandled = [
        name
        for name, good in went.items()
        if not good and not any(parent == name and edge in followed[False] for parent, edge, _child in edges)
    ]
    return list(went), not unhandled


def test_the_schedule_is_nightly_in_a_time_zone_and_answers_the_survey():
    assert re.fullmatch(r"DTSTART;TZID=Europe/Berlin:\d{8}T\d{6} RRULE:FREQ=DAILY;INTERVAL=1", SCHEDULE["rrule"])
    questions = {question["variable"]: question for question in survey(SCHEDULE["unified_job_template"])}
    answers = SCHEDULE["extra_data"]
    assert set(answers) <= set(questions)
    assert {name for name, question in questions.items() if question["required"]} <= set(answers)
    assert all(isinstance(value, ANSWERS[questions[name]["type"]]) for name, value in answers.items())
