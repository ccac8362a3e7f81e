# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether AWX would take the content that is written down, and what it would do with it."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.awx import rules, workflow
from ansible_collections.huaweicloud.drs.tests.awx.content import (
    CREDENTIAL_TYPE,
    FIELDS,
    NAMES,
    NOTIFICATION,
    PLAYBOOKS,
    PROJECT,
    QUESTIONS,
    SCHEDULES,
    TEMPLATES,
    WORKFLOWS,
    survey,
    template,
    variables,
    variables_of_node,
)
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.docs.snippets import snippets

COLLECTION_PLAYBOOKS = sorted(path.stem for path in ansible.ROOT.glob("playbooks/*.yml"))
WINDOWS = ["DRS approved maintenance window", "DRS nightly maintenance window"]
RECONCILE = "DRS reconcile with approval"


def test_awx_takes_the_credential_type():
    assert rules.credential_type_errors(CREDENTIAL_TYPE) == {}


def test_every_field_is_injected_once_and_what_is_secret_is_marked():
    used = [re.fullmatch(r"{{ (\w+) }}", str(text)).group(1) for text in CREDENTIAL_TYPE["injectors"]["env"].values()]
    assert sorted(used) == sorted(FIELDS)
    secret = {field["id"] for field in CREDENTIAL_TYPE["inputs"]["fields"] if field.get("secret")}
    assert secret == {"secret_key", "security_token", "password", "token", "notify_url"}
    assert CREDENTIAL_TYPE["injectors"]["env"]["DRS_NOTIFY_URL"] == "{{ notify_url }}"


def test_the_address_of_messages_is_in_no_file_and_in_no_survey():
    """Neither that of the playbooks, which the credential holds, nor that of AWX, which the environment gives."""
    assert NAMES["drs_awx_notify_url"] == "{{ lookup('ansible.builtin.env', 'DRS_AWX_NOTIFY_URL') }}"
    assert NOTIFICATION["notification_configuration"]["url"] == "{{ drs_awx_notify_url }}"
    for name in (*TEMPLATES, *WORKFLOWS):
        assert "drs_notify_url" not in {question["variable"] for question in survey(name)}
        assert "drs_notify_url" not in (TEMPLATES | WORKFLOWS)[name].get("extra_vars", {})


def test_awx_takes_the_notification_template_and_its_messages_are_json_with_a_text():
    assert rules.notification_errors(NOTIFICATION) == []
    events = {**NOTIFICATION["messages"], **NOTIFICATION["messages"]["workflow_approval"]}
    bodies = [texts["body"] for texts in events.values() if texts and "body" in texts]
    assert len(bodies) == 5
    for body in bodies:
        (text,) = json.loads(body).items()
        assert text[0] == "text"


def test_a_job_template_for_every_playbook_of_the_collection():
    assert {f"{name}.yml" for name in COLLECTION_PLAYBOOKS} <= {template["playbook"] for template in TEMPLATES.values()}
    assert {template["playbook"] for template in TEMPLATES.values()} <= PLAYBOOKS


@pytest.mark.parametrize("name", COLLECTION_PLAYBOOKS)
def test_the_project_has_one_line_for_every_playbook(name):
    (play,) = yaml.safe_load(PROJECT.joinpath(f"{name}.yml").read_text(encoding="utf-8"))
    # The jobs of reconcile stand in a file of the project.
    variables = {"vars": {"drs_jobs": play["vars"]["drs_jobs"]}} if name == "reconcile" else {}
    assert play == {"name": play["name"], "ansible.builtin.import_playbook": f"huaweicloud.drs.{name}", **variables}


def test_the_project_asks_for_the_collection():
    (wanted,) = yaml.safe_load(PROJECT.joinpath("collections", "requirements.yml").read_text(encoding="utf-8"))[
        "collections"
    ]
    assert wanted["name"] == "huaweicloud.drs"


def test_the_names_that_the_guide_gives_are_those_that_there_are():
    (given,) = (snippet for snippet in snippets() if snippet.file == "names.yml")
    for name, value in yaml.safe_load(given.text).items():
        assert name in NAMES
        assert isinstance(NAMES[name], type(value)) or "{{" in NAMES[name], name


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_can_be_answered_with_its_default_and_a_text_with_a_blank(key):
    question = QUESTIONS[key]
    assert {"variable", "question_name", "question_description", "type", "required", "default"} <= set(question)
    assert question["question_name"].endswith("?")
    # AWX has no blank for these.
    assert question["required"] is (question["type"] not in ("text", "textarea") or question["default"] != "")
    assert rules.answer_error(question, {question["variable"]: question["default"]}) == ""
    if question["type"] in ("text", "textarea") and not question["required"]:
        assert question["default"] == ""
    if question["type"] == "multiplechoice":
        assert all(isinstance(choice, str) for choice in question["choices"])


@pytest.mark.parametrize("name", [*TEMPLATES, *WORKFLOWS])
def test_awx_takes_the_survey_and_whoever_leaves_its_form_unchanged_can_launch(name):
    made = template(name)
    assert not made["survey_enabled"] or rules.survey_error(made["survey_spec"]) == ""
    assert made["survey_enabled"] is bool(survey(name))
    assert variables(name, {}) == variables(name, {})


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
    """What the first comments of a playbook and of the project's name, with the options of its role; and those of them that are paths."""
    files = (path for folder in (ansible.ROOT / "playbooks", PROJECT) for path in folder.glob(f"{playbook}.yml"))
    text = "".join(path.read_text(encoding="utf-8").partition("\n- name:")[0] for path in files)
    known = set(re.findall(r"\b(?:drs|maintenance_window|cutover|decommission)_\w+", text))
    role = {"restore": "maintenance_window"}.get(playbook, playbook)
    specs = ansible.ROOT / "roles" / role / "meta" / "argument_specs.yml"
    if not specs.exists():
        return known, set()
    entry = "restore" if playbook == "restore" else "main"
    options = yaml.safe_load(specs.read_text(encoding="utf-8"))["argument_specs"][entry]["options"]
    return known | set(options), {option for option, spec in options.items() if spec["type"] == "path"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_asks_for_what_its_nodes_ask_for_and_for_nothing_that_is_handed_on(name):
    asked = {question["variable"] for question in survey(name)}
    # AWX would give the jobs of the nodes these answers over what was handed on.
    assert not asked & {"drs_plan", "drs_remaining", "drs_report", "drs_jobs"}
    for node in WORKFLOWS[name]["nodes"]:
        made = node["unified_job_template"]
        if made["type"] == "job_template":
            missing = {question["variable"] for question in survey(made["name"]) if question["required"]} - asked
            # A window of a workflow does its work, and a reconciliation needs nothing more.
            assert missing <= {"drs_restore_only", "drs_show_others", "drs_wait", "drs_fail_on"}
            assert rules.saved_launch_errors(template(made["name"]), node, may_come_later=True) == {}


@pytest.mark.parametrize(
    ("name", "chain"),
    [
        (WINDOWS[0], ["status", "approval", "window", "restore"]),
        (WINDOWS[1], ["status", "window", "restore"]),
    ],
)
@pytest.mark.parametrize("bad", ["failed", "error", "canceled"])
class TestWindow:
    """Where each outcome of the nodes leads."""

    def test_all_goes_well(self, name, chain, bad):
        assert workflow.run(WORKFLOWS[name]["nodes"], {"other": bad}) == (chain, "successful")

    @pytest.mark.parametrize("nodes", [["window"], ["restore"], ["window", "restore"]])
    def test_a_failure_is_the_workflows_whatever_the_restore_did(self, name, chain, bad, nodes):
        statuses = {**dict.fromkeys(nodes, bad), "failed": "failed"}
        assert workflow.run(WORKFLOWS[name]["nodes"], statuses) == ([*chain, "failed"], "failed")

    def test_nothing_is_paused_where_the_status_cannot_be_read_or_nobody_approves(self, name, chain, bad):
        before = chain[: chain.index("window")]
        for n, node in enumerate(before, start=1):
            assert workflow.run(WORKFLOWS[name]["nodes"], {node: bad}) == (before[:n], "failed")

    def test_a_workflow_that_is_cancelled_does_not_restore(self, name, chain, bad):
        ended = workflow.run(WORKFLOWS[name]["nodes"], {}, cancelled_at="window")
        assert ended == (chain[: chain.index("window") + 1], "canceled")


@pytest.mark.parametrize(
    ("statuses", "nodes", "status"),
    [
        ({}, ["plan", "approval", "apply"], "successful"),
        ({"plan": "failed"}, ["plan"], "failed"),
        ({"approval": "failed"}, ["plan", "approval"], "failed"),
        ({"apply": "failed"}, ["plan", "approval", "apply"], "failed"),
    ],
)
def test_a_plan_is_applied_if_somebody_approves_it(statuses, nodes, status):
    assert workflow.run(WORKFLOWS[RECONCILE]["nodes"], statuses) == (nodes, status)


def test_only_the_last_node_of_a_reconciliation_may_change_anything_and_it_gets_the_plan():
    plan, _approval, apply = WORKFLOWS[RECONCILE]["nodes"]
    assert plan["job_type"] == "check"
    assert "job_type" not in apply
    entries = [{"job_id": "x", "state": "paused", "expected_status": "INCRE_TRANSFER_STARTED"}]
    given = variables_of_node(RECONCILE, "apply", {"drs_max_changes": "3"}, {"drs_plan": {"localhost": entries}})
    assert given["drs_plan"] == {"localhost": entries}
    assert given["drs_max_changes"] == "3"


@pytest.mark.parametrize("name", SCHEDULES)
def test_awx_takes_the_schedule(name):
    written = SCHEDULES[name]
    answers = {key: "" if "{{" in str(value) else value for key, value in written["extra_data"].items()}
    assert rules.rrule_errors(written["rrule"]) == []
    errors = rules.saved_launch_errors(
        template(written["unified_job_template"]), {"extra_data": answers}, may_come_later=False
    )
    assert errors == {}


def test_the_schedule_of_the_nights_has_a_time_zone():
    assert (
        SCHEDULES["DRS every night"]["rrule"]
        == "DTSTART;TZID=Europe/Berlin:20260101T013000 RRULE:FREQ=DAILY;INTERVAL=1"
    )


def test_what_is_left_is_restored_by_the_template_of_the_windows_themselves():
    """So AWX, which runs one job of that template at a time, does not run it beside a window: test_making sees that it is told so."""
    schedule = SCHEDULES["DRS restore what is left"]
    assert schedule["rrule"].endswith("FREQ=MINUTELY;INTERVAL=15")
    assert schedule["extra_data"]["drs_restore_only"] == "true"
    windows = [node for name in WINDOWS for node in WORKFLOWS[name]["nodes"] if node["identifier"] == "window"]
    assert {node["unified_job_template"]["name"] for node in windows} == {schedule["unified_job_template"]}
    assert variables_of_node(WINDOWS[1], "window", {}, {})["drs_restore_only"] == "false"


def test_the_pods_of_jobs_see_one_folder_on_a_volume_that_many_may_write_to():
    """The example of the guide: the mount is the folder that the content names, and every pod runs as one user, since records are 0600."""
    found = {snippet.file: snippet.text for snippet in snippets() if snippet.page.endswith("awx_guide.rst")}
    volume, claim, pod = (yaml.safe_load(found[f"{name}.yml"]) for name in ("volume", "claim", "container-group"))
    assert (volume["kind"], claim["kind"], pod["kind"]) == ("PersistentVolume", "PersistentVolumeClaim", "Pod")
    assert volume["spec"]["accessModes"] == claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    # With a class, the claim would be given a new volume of that class.
    assert volume["spec"]["storageClassName"] == claim["spec"]["storageClassName"] == ""
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    # What the modules ask of storage that several machines share.
    assert any(option.startswith("nfsvers=4") for option in volume["spec"]["mountOptions"])
    (container,) = pod["spec"]["containers"]
    assert container["args"] == ["ansible-runner", "worker", "--private-data-dir=/runner"]
    (mount,), (mounted,) = container["volumeMounts"], pod["spec"]["volumes"]
    assert mount == {"name": mounted["name"], "mountPath": NAMES["drs_awx_state_dir"]}
    assert mounted["persistentVolumeClaim"] == {"claimName": claim["metadata"]["name"]}
    assert pod["metadata"]["namespace"] == claim["metadata"]["namespace"]
    (line,) = (each.text for each in snippets() if "install -d" in each.text)
    owner = re.search(r"install -d -o (\d+) -g (\d+) -m (\d+) (\S+)", line)
    assert owner.groups() == (
        str(pod["spec"]["securityContext"]["runAsUser"]),
        str(pod["spec"]["securityContext"]["runAsGroup"]),
        "0700",
        volume["spec"]["nfs"]["path"],
    )


def test_the_guide_says_in_bold_that_a_cancelled_workflow_skips_its_restore():
    text = " ".join((ansible.ROOT / "docs" / "docsite" / "rst" / "awx_guide.rst").read_text(encoding="utf-8").split())
    assert "**If you cancel the workflow itself, AWX skips its restore.**" in text
