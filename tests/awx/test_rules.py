# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller refuses what AWX refuses."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.tests.awx import rules, workflow
from ansible_collections.huaweicloud.drs.tests.awx.controller import Controller

TEXT = {"variable": "word", "question_name": "Which?", "type": "text", "required": True, "min": 2, "max": 4}
NUMBER = {**TEXT, "type": "integer", "default": 3}
CHOICE = {**TEXT, "type": "multiplechoice", "choices": ["one", "two"], "default": "one"}
SEVERAL = {**CHOICE, "type": "multiselect", "choices": "one\n\ntwo\n"}
RULE = "DTSTART;TZID=Europe/Berlin:20260101T013000 RRULE:FREQ=DAILY;INTERVAL=1"


def survey(*questions):
    return {"name": "", "description": "", "spec": list(questions)}


def template(*questions, **fields):
    return {"survey_enabled": bool(questions), "survey_spec": survey(*questions) if questions else {}, **fields}


@pytest.fixture
def controller():
    """One with a workflow template, which asks for one text."""
    made = Controller({"status.yml"})
    assert made.answer("POST", "/api/v2/workflow_job_templates/", {"name": "nightly", "survey_enabled": True})[0] == 201
    made.spec = made.named("workflow_job_templates", "nightly")["related"]["survey_spec"]
    assert made.answer("POST", made.spec, survey(TEXT))[0] == 200
    return made


def schedule(made, **fields):
    asked = {"unified_job_template": made.named("workflow_job_templates", "nightly")["id"], "rrule": RULE, **fields}
    return made.answer("POST", "/api/v2/schedules/", {"name": "every night", **asked})


class TestController:
    """What it answers, with the inputs that content was once made of."""

    def test_a_survey_without_questions(self, controller):
        assert controller.answer("POST", controller.spec, survey()) == (400, {"error": "spec has no questions"})
        assert controller.answer("GET", controller.spec, {}) == (200, survey(TEXT))
        assert controller.answer("DELETE", controller.spec, {}) == (200, None)
        assert controller.answer("GET", controller.spec, {}) == (200, {})

    def test_a_schedule_with_a_blank_for_the_jobs(self, controller):
        status, errors = schedule(controller, extra_data={"word": ""})
        assert status == 400
        assert errors == {"variables_needed_to_start": ["word is too small, 0 of at least 2"]}
        assert "schedules" not in controller.things

    def test_a_schedule_that_answers(self, controller):
        assert schedule(controller, extra_data={"word": "two"})[0] == 201
        (made,) = controller.things["schedules"]
        assert controller.answer("PATCH", made["url"], {"extra_data": {"word": 2}})[0] == 400
        assert made["extra_data"] == {"word": "two"}

    @pytest.mark.parametrize(
        ("fields", "at_fault"),
        [
            ({}, "variables_needed_to_start"),
            ({"extra_data": {"word": "two", "other": "x"}}, "extra_data"),
            ({"extra_data": {"word": "two"}, "limit": "one"}, "limit"),
            ({"extra_data": {"word": "two"}, "rrule": RULE.replace(";INTERVAL=1", "")}, "rrule"),
        ],
    )
    def test_other_schedules(self, controller, fields, at_fault):
        status, errors = schedule(controller, **fields)
        assert status == 400
        assert list(errors) == [at_fault]

    @pytest.mark.parametrize("kind", ["job_templates", "workflow_job_templates"])
    def test_a_launch(self, controller, kind):
        body = {"name": "asking", "playbook": "status.yml", "survey_enabled": True}
        _status, made = controller.answer("POST", f"/api/v2/{kind}/", body)
        controller.answer("POST", made["related"]["survey_spec"], survey(TEXT))

        def launch(**answers):
            return controller.answer("POST", f"{made['url']}launch/", {"extra_vars": answers})

        assert launch(word="two")[0] == 201
        assert launch() == (400, {"variables_needed_to_start": ["word is missing"]})
        assert launch(word="")[0] == 400
        # A job template ignores what it does not ask for.
        assert launch(word="two", other=1)[0] == (201 if kind == "job_templates" else 400)

    def test_a_playbook_that_the_project_does_not_have(self, controller):
        where = "/api/v2/job_templates/"
        assert controller.answer("POST", where, {"name": "one", "playbook": "start.yml"})[0] == 400
        assert controller.answer("POST", where, {"name": "one", "playbook": "status.yml"})[0] == 201

    def test_of_a_node_what_is_required_may_come_from_the_workflow_and_the_rest_is_checked(self, controller):
        number = controller.named("workflow_job_templates", "nightly")["id"]
        node = {"workflow_job_template": number, "unified_job_template": number, "identifier": "a"}
        where = "/api/v2/workflow_job_template_nodes/"
        assert controller.answer("POST", where, {**node, "extra_data": {"word": "long word"}})[0] == 400
        assert controller.answer("POST", where, {**node, "job_type": "check"})[0] == 400
        assert controller.answer("POST", where, node)[0] == 201
        assert controller.answer("POST", where, {**node, "identifier": "b"})[0] == 201
        first, second = controller.things["workflow_job_template_nodes"]
        assert controller.answer("POST", f"{first['url']}success_nodes/", {"id": second["id"]})[0] == 204
        assert controller.answer("POST", f"{first['url']}always_nodes/", {"id": second["id"]})[0] == 400
        assert controller.answer("POST", f"{second['url']}always_nodes/", {"id": first["id"]})[0] == 400

    def test_the_fields_of_a_credential_type_that_is_in_use(self, controller):
        body = {"name": "x", "kind": "cloud", "inputs": {"fields": [{"id": "a", "label": "A"}]}}
        _status, made = controller.answer("POST", "/api/v2/credential_types/", body)
        more = {"inputs": {"fields": [*body["inputs"]["fields"], {"id": "b", "label": "B"}]}}
        assert controller.answer("PATCH", made["url"], more)[0] == 200
        controller.answer("POST", "/api/v2/credentials/", {"name": "y", "credential_type": made["id"]})
        assert controller.answer("PATCH", made["url"], body)[0] == 403
        assert controller.answer("PATCH", made["url"], {"description": "z"})[0] == 200


@pytest.mark.parametrize(
    "spec",
    [
        survey({**NUMBER, "default": ""}),
        survey({**NUMBER, "min": None, "max": 9}),
        survey({key: value for key, value in TEXT.items() if key not in ("min", "max")}),
        survey(CHOICE, {**SEVERAL, "variable": "words", "default": "one\ntwo"}),
        survey({**CHOICE, "default": ""}),
    ],
)
def test_a_survey_that_awx_takes(spec):
    assert rules.survey_error(spec) == ""


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ({"name": "", "spec": [TEXT]}, "description is missing"),
        ({**survey(TEXT), "name": None}, "name must be a str"),
        (survey(TEXT, TEXT), "question 1: the variable word is asked for twice"),
        (survey("text"), "question 0: it must be an object"),
        (survey({**TEXT, "required": "true"}), "question 0: required must be there, as a bool"),
        (
            survey({key: value for key, value in TEXT.items() if key != "question_name"}),
            "question 0: question_name must be there",
        ),
        (survey({**TEXT, "type": "list"}), "question 0: there is no type list"),
        (survey({**NUMBER, "default": "3"}), "question 0: the default must be a int"),
        (survey({**TEXT, "default": 3}), "question 0: the default must be a str"),
        (survey({**TEXT, "max": "4"}), "question 0: min and max must be integers"),
        (survey({**TEXT, "min": ""}), "question 0: min and max must be integers"),
        (survey({**TEXT, "default": "$encrypted$"}), "question 0: $encrypted$ is for passwords alone"),
        (survey({**TEXT, "type": "multiplechoice"}), "question 0: it must have choices"),
        (survey({**CHOICE, "default": "one\ntwo"}), "question 0: there can be one default"),
        (survey({**CHOICE, "default": "three"}), "question 0: the default must be one of the choices"),
    ],
)
def test_a_survey_that_awx_refuses(spec, error):
    assert rules.survey_error(spec).startswith(error)


@pytest.mark.parametrize(
    ("question", "answer", "error"),
    [
        (TEXT, "two", ""),
        (TEXT, "", "word is too small"),
        (TEXT, "three", "word is too large"),
        (TEXT, None, "word must be of the type text"),
        ({**TEXT, "min": ""}, "", ""),
        (NUMBER, 3, ""),
        (NUMBER, "3", "word must be of the type integer"),
        (NUMBER, True, "word must be of the type integer"),
        (NUMBER, 1, "word is too small"),
        (NUMBER, 5, "word is too large"),
        ({**NUMBER, "type": "float"}, 2.5, ""),
        (CHOICE, "two", ""),
        (CHOICE, "", "word cannot be ''"),
        (CHOICE, True, "word cannot be True"),
        (SEVERAL, ["one", "two"], ""),
        (SEVERAL, ["one", ""], "word cannot be ''"),
        (SEVERAL, "one", "word must be a list"),
    ],
)
def test_an_answer(question, answer, error):
    found = rules.answer_error(question, {"word": answer})
    assert found.startswith(error)
    assert bool(found) is bool(error)


def test_a_default_is_no_answer_and_what_is_not_required_may_be_missing():
    assert rules.answer_error(NUMBER, {}) == "word is missing"
    assert rules.answer_error(NUMBER, {}, may_come_later=True) == ""
    assert rules.answer_error({**NUMBER, "required": False}, {}) == ""


def test_variables_that_nobody_asks_for():
    own = {"extra_vars": json.dumps({"own": 1})}
    assert rules.given(template(TEXT, **own), {"word": "two", "own": 1}) == ({"word": "two"}, {})
    assert "extra_data" in rules.given(template(TEXT, **own), {"word": "two", "own": 2}).errors
    assert "extra_data" in rules.given(template(), {"word": "two"}).errors
    asking = rules.given(template(TEXT, ask_variables_on_launch=True), {"word": "long word", "other": 1})
    assert asking.taken == {"other": 1}
    assert list(asking.errors) == ["variables_needed_to_start"]
    assert rules.saved_launch_errors(None, {"extra_data": {"a": 1}}, may_come_later=False)
    assert not rules.saved_launch_errors(None, {}, may_come_later=False)


def test_which_of_several_values_a_job_gets():
    asking = template({**TEXT, "default": "good"}, extra_vars=json.dumps({"word": "own", "own": 1}))
    assert rules.job_variables(asking, {}) == {"word": "good", "own": 1}
    assert rules.job_variables(asking, {"word": "mine"}) == {"word": "mine", "own": 1}
    # A default that is no valid answer counts as none.
    assert rules.job_variables(template({**TEXT, "default": ""}), {}) == {}
    node = {"extra_data": {"word": "node", "unasked": 1}}
    assert workflow.node_variables(asking, node, {}, {}) == {"word": "node", "own": 1}
    assert workflow.node_variables(asking, node, {"word": "artifact", "plan": []}, {})["word"] == "artifact"
    found = workflow.node_variables(asking, node, {"word": "artifact", "plan": []}, {"word": "workflow", "more": 2})
    assert found == {"word": "workflow", "own": 1, "plan": [], "more": 2}


@pytest.mark.parametrize(
    "rule",
    [
        RULE,
        "DTSTART:20260101T013000Z RRULE:FREQ=MINUTELY;INTERVAL=15",
        "DTSTART;TZID=UTC:20260101T013000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU;COUNT=999",
    ],
)
def test_a_recurrence_that_awx_takes(rule):
    assert rules.rrule_errors(rule) == []


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T013000 RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART;TZID=Europe/Nowhere:20260101T013000 RRULE:FREQ=DAILY;INTERVAL=1",
        f"DTSTART:20260101T013000Z {RULE}",
        "DTSTART:20260101T013000Z",
        f"{RULE} EXDATE:20260102T013000Z",
        RULE.replace("DAILY", "SECONDLY"),
        RULE.replace("DAILY", "NIGHTLY"),
        RULE + ";BYDAY=2MO",
        RULE + ";COUNT=3;UNTIL=20260201T000000Z",
        RULE + ";COUNT=1000",
        RULE + ";EVERY=1",
    ],
)
def test_a_recurrence_that_awx_refuses(rule):
    assert rules.rrule_errors(rule)


FIELD = {"id": "key", "label": "Key"}


def credential_type(*fields, **env):
    return {"kind": "cloud", "inputs": {"fields": list(fields)}, "injectors": {"env": env}}


def test_a_credential_type_that_awx_takes():
    assert rules.credential_type_errors(credential_type({**FIELD, "secret": True}, HW_KEY="{{ key }}")) == {}


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({**credential_type(FIELD), "kind": "ssh"}, "kind"),
        (credential_type(FIELD, FIELD), "inputs"),
        (credential_type({**FIELD, "id": "tower"}), "inputs"),
        (credential_type({**FIELD, "id": "a-b"}), "inputs"),
        (credential_type({"id": "key"}), "inputs"),
        (credential_type({**FIELD, "hint": "x"}), "inputs"),
        (credential_type({**FIELD, "secret": "yes"}), "inputs"),
        (credential_type({**FIELD, "type": "integer"}), "inputs"),
        (credential_type({**FIELD, "type": "boolean", "secret": True}), "inputs"),
        (credential_type({**FIELD, "default": False}), "inputs"),
        (credential_type({**FIELD, "format": "date"}), "inputs"),
        (credential_type({**FIELD, "ask_at_runtime": True}), "inputs"),
        ({**credential_type(FIELD), "inputs": {"dependencies": {}}}, "inputs"),
        (credential_type(FIELD, ANSIBLE_KEY="{{ key }}"), "injectors"),
        (credential_type(FIELD, PATH="{{ key }}"), "injectors"),
        (credential_type(FIELD, HW_KEY="{{ other }}"), "injectors"),
        (credential_type(FIELD, HW_KEY="{{ key"), "injectors"),
        (credential_type(FIELD, HW_KEY="schlüssel"), "injectors"),
        (credential_type(FIELD, **{"HW-KEY": "{{ key }}"}), "injectors"),
        ({**credential_type(FIELD), "injectors": {"variables": {}}}, "injectors"),
    ],
)
def test_a_credential_type_that_awx_refuses(body, at_fault):
    assert list(rules.credential_type_errors(body)) == [at_fault]


WEBHOOK = {
    "notification_type": "webhook",
    "notification_configuration": {"url": "https://chat.example.com/x", "headers": {}},
}


def test_a_notification_template_that_awx_takes():
    texts = {"error": {"body": "{{ job.name }}"}, "workflow_approval": {"running": {"message": "{{ workflow_url }}"}}}
    assert rules.notification_errors({**WEBHOOK, "messages": texts}) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"notification_configuration": {"url": "https://chat.example.com/x"}},
        {"notification_configuration": {"url": "", "headers": "{}"}},
        {"notification_configuration": {"url": "", "headers": {}, "http_method": "GET"}},
        {"notification_type": "slack", "notification_configuration": {"token": "x", "channels": []}},
        {"messages": {"failed": {"body": "x"}}},
        {"messages": {"error": {"text": "x"}}},
        {"messages": {"error": {"message": "a\nb"}}},
        {"messages": {"error": {"body": "{{ job.password }}"}}},
        {"messages": {"error": {"body": "{{ job.name"}}},
        {"messages": {"workflow_approval": {"asked": {"body": "x"}}}},
        {"messages": {"workflow_approval": {"running": {"body": "{{ nothing }}"}}}},
    ],
)
def test_a_notification_template_that_awx_refuses(changed):
    assert rules.notification_errors({**WEBHOOK, **changed})


NODES = [
    {"identifier": "w", "related": {"success_nodes": [{"identifier": "x"}], "failure_nodes": [{"identifier": "y"}]}},
    {"identifier": "x", "related": {"always_nodes": [{"identifier": "z"}]}},
    {"identifier": "y"},
    {"identifier": "z"},
]


@pytest.mark.parametrize(
    ("statuses", "nodes", "status"),
    [
        ({}, "wxz", "successful"),
        ({"w": "failed"}, "wy", "successful"),
        ({"w": "error", "y": "failed"}, "wy", "failed"),
        ({"x": "canceled"}, "wxz", "successful"),
        ({"z": "failed"}, "wxz", "failed"),
    ],
)
def test_which_nodes_of_a_workflow_run_and_how_it_ends(statuses, nodes, status):
    assert workflow.run(NODES, statuses) == (list(nodes), status)


def test_after_a_workflow_is_cancelled_no_node_runs():
    assert workflow.run(NODES, {}, cancelled_at="x") == (["w", "x"], "canceled")


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("start.yml", "---\n- name: x\n  ansible.builtin.import_playbook: a.b.c\n", True),
        ("more/own.yaml", "- hosts: all\n", True),
        ("jobs.yml", "- job_id: x\n  state: started\n", False),
        ("start.txt", "- hosts: all\n", False),
        ("tasks/window.yml", "- hosts: all\n", False),
        (".hidden/start.yml", "- hosts: all\n", False),
    ],
)
def test_what_awx_finds_in_a_project(path, text, found):
    assert rules.is_playbook(path, text) is found
