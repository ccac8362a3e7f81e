# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX refuses of what is made in it, and which variables a job gets. Pure functions.

The facts are those of AWX's source after release 24.6.1; each section names the file. The words are this file's own. A template is a
dictionary as the API shows it.
"""

from __future__ import annotations

import json
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

Values = Mapping[str, Any]

# --- Surveys: awx/api/views/__init__.py, JobTemplateSurveySpec; awx/main/constants.py, SURVEY_TYPE_MAPPING ---

_DEFAULTS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("text", "textarea", "password", "multiplechoice", "multiselect"), (str,)),
    "integer": (int,),
    "float": (float, int),
}
_CHOICES = ("multiplechoice", "multiselect")


def survey_error(spec: Values) -> str:
    """Why a survey is refused, or nothing. AWX names the first reason alone."""
    for key, kind in (("name", str), ("description", str), ("spec", list)):
        if key not in spec:
            return f"{key} is missing"
        if not isinstance(spec[key], kind):
            return f"{key} must be a {kind.__name__}"
    if not spec["spec"]:
        return "spec has no questions"
    variables: set[str] = set()
    for number, question in enumerate(spec["spec"]):
        error = _question_error(question)
        if not error and question["variable"] in variables:
            error = f"the variable {question['variable']} is asked for twice"
        if error:
            return f"question {number}: {error}"
        variables.add(question["variable"])
    return ""


def _question_error(question: Any) -> str:
    if not isinstance(question, dict):
        return "it must be an object"
    for key, needed in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(key), needed):
            return f"{key} must be there, as a {needed.__name__}"
    kind, default = question["type"], question.get("default", "")
    if kind not in _DEFAULTS:
        return f"there is no type {kind}"
    if default != "" and not isinstance(default, _DEFAULTS[kind]):
        return f"the default must be a {_DEFAULTS[kind][0].__name__}"
    if any(not isinstance(question.get(limit), (int, type(None))) for limit in ("min", "max")):
        return "min and max must be integers"
    if kind in _CHOICES:
        return _choices_error(question)
    if isinstance(default, str) and default.startswith("$encrypted$") and kind != "password":
        return "$encrypted$ is for passwords alone"
    return ""


def _choices_error(question: Values) -> str:
    if "choices" not in question:
        return "it must have choices"
    chosen = _lines(question.get("default", ""))
    if question["type"] == "multiplechoice" and len(chosen) > 1:
        return "there can be one default"
    if any(choice not in question["choices"] for choice in chosen):
        return "the default must be one of the choices"
    return ""


def _lines(choices: str | list[str]) -> list[str]:
    """Choices are a list, or a text with one in a line; blank lines do not count."""
    return [choice for choice in choices.splitlines() if choice.strip()] if isinstance(choices, str) else choices


# --- Answers: awx/main/models/mixins.py, SurveyJobTemplateMixin ---


def answer_error(question: Values, answers: Values, *, may_come_later: bool = False) -> str:
    """Why the answer to one question is refused, or nothing. A default is no answer: what is required must be given."""
    name, kind = question["variable"], question["type"]
    if name not in answers:
        return f"{name} is missing" if question["required"] and not may_come_later else ""
    answer = answers[name]
    if kind in _CHOICES:
        if kind == "multiselect" and not isinstance(answer, list):
            return f"{name} must be a list"
        chosen = answer if kind == "multiselect" else [answer]
        bad = [each for each in chosen if each not in _lines(question["choices"])]
        return f"{name} cannot be {bad[0]!r}" if bad else ""
    # A boolean is no integer here.
    if type(answer) not in _DEFAULTS[kind]:
        return f"{name} must be of the type {kind}"
    size = len(answer) if isinstance(answer, str) else answer
    if question.get("min") not in ("", None) and size < question["min"]:
        return f"{name} is too small, {size} of at least {question['min']}"
    if question.get("max") not in ("", None) and size > question["max"]:
        return f"{name} is too large, {size} of at most {question['max']}"
    return ""


class Given(NamedTuple):
    """Variables that are given to a template: those it takes, and why others are refused, by the name of the field at fault."""

    taken: dict[str, Any]
    errors: dict[str, list[str]]


def given(template: Values, variables: Values, *, may_come_later: bool = False) -> Given:
    """What a template takes: answers to its survey, any variable if it asks for variables, and what its own already say."""
    taken, errors = {}, {}
    left = dict(variables)
    if template.get("survey_enabled") and template.get("survey_spec"):
        bad = []
        for question in template["survey_spec"]["spec"]:
            name = question["variable"]
            error = answer_error(question, variables, may_come_later=may_come_later)
            if error:
                bad.append(error)
                left.pop(name, None)
            elif name in left:
                taken[name] = left.pop(name)
        if bad:
            errors["variables_needed_to_start"] = bad
    if template.get("ask_variables_on_launch"):
        taken |= left
        left = {}
    own = own_variables(template)
    left = {name: value for name, value in left.items() if name not in own or own[name] != value}
    if left:
        errors["extra_data"] = [f"{name} is no question, and the template does not ask for variables" for name in left]
    return Given(taken, errors)


def own_variables(template: Values) -> dict[str, Any]:
    """The extra variables that are the template's own."""
    found: dict[str, Any] = json.loads(template.get("extra_vars") or "{}")
    return found


def job_variables(template: Values, at_run_time: Values) -> dict[str, Any]:
    """The extra variables of a job: the template's, over them its survey's defaults that are valid answers, over them what came at run time."""
    spec = template["survey_spec"].get("spec", []) if template.get("survey_enabled") else []
    defaults = {each["variable"]: each["default"] for each in spec if each.get("default") is not None}
    valid = {
        each["variable"]: defaults[each["variable"]]
        for each in spec
        if each["variable"] in defaults and not answer_error(each, defaults)
    }
    return own_variables(template) | valid | dict(at_run_time)


# --- Launches, schedules and workflow nodes: awx/main/models/jobs.py, _accept_or_ignore_job_kwargs; awx/api/serializers.py,
# --- JobLaunchSerializer, WorkflowJobLaunchSerializer, LaunchConfigurationBaseSerializer, ScheduleSerializer,
# --- WorkflowJobTemplateNodeSerializer ---

# What a launch, a schedule or a node may say beside variables, and what must be true of the template for it.
_PROMPTS = {
    **{
        name: f"ask_{name}_on_launch"
        for name in (
            *("inventory", "limit", "scm_branch", "job_type", "skip_tags", "diff_mode", "verbosity", "forks"),
            *("job_slice_count", "timeout", "execution_environment", "labels", "instance_groups"),
        )
    },
    "job_tags": "ask_tags_on_launch",
    "credentials": "ask_credential_on_launch",
}


def launch_errors(template: Values, variables: Values, *, workflow: bool) -> dict[str, list[str]]:
    """Why a launch with these variables is refused. A job template ignores those that nobody asks for; a workflow refuses them."""
    errors = given(template, variables).errors
    if not workflow:
        errors.pop("extra_data", None)
    return errors


def saved_launch_errors(template: Values | None, fields: Values, *, may_come_later: bool) -> dict[str, list[str]]:
    """Why a schedule or a node with these fields is refused.

    Template is None for what takes no variables at all, such as a project. Of a node, required answers may come later: from the workflow.
    """
    answers = fields.get("extra_data") or {}
    if template is None:
        return {"extra_data": ["this takes no variables"]} if answers else {}
    errors = given(template, answers, may_come_later=may_come_later).errors
    for name, asks in _PROMPTS.items():
        value = fields.get(name)
        if value is not None and value != template.get(name) and not template.get(asks):
            errors[name] = ["the template does not ask for it"]
    return errors


# --- Recurrence rules: awx/api/serializers.py, SchedulePreviewSerializer; awx/main/models/schedules.py, rrulestr ---

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY")
_PARTS = {
    *(
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYDAY",
        "BYHOUR",
    ),
    *("BYMINUTE", "BYSETPOS"),
}


def rrule_errors(text: str) -> list[str]:
    """Why a schedule's rule is refused."""
    starts = re.findall(r"DTSTART(?:;TZID=([^:;]+))?:\d{8}T\d{6}(Z?)(?=\s|$)", text)
    rules = re.findall(r"(?:EX)?RULE:(\S*)", text)
    errors = []
    if len(starts) != 1:
        errors.append("exactly one DTSTART is needed")
    for zone, utc in starts:
        if not zone and not utc:
            errors.append("DTSTART needs a time zone or a Z")
        elif zone and zone not in zoneinfo.available_timezones():
            errors.append(f"there is no time zone {zone}")
    if "RRULE:" not in text:
        errors.append("a RRULE is needed")
    errors += [f"{name} is not supported" for name in ("EXDATE", "RDATE") if f"{name}:" in text]
    for rule in rules:
        parts = dict(part.partition("=")[::2] for part in rule.split(";"))
        errors += _rule_errors(parts)
    return errors


def _rule_errors(parts: Values) -> Iterable[str]:
    if set(parts) - _PARTS:
        yield f"{', '.join(sorted(set(parts) - _PARTS))} cannot be read"
    if parts.get("FREQ") not in _FREQUENCIES:
        yield f"FREQ must be one of {', '.join(_FREQUENCIES)}"
    if not re.fullmatch(r"[1-9]\d*", parts.get("INTERVAL", "")):
        yield "INTERVAL is needed"
    if re.match(r"\d", parts.get("BYDAY", "")):
        yield "BYDAY cannot have a number"
    if "COUNT" in parts and "UNTIL" in parts:
        yield "COUNT and UNTIL exclude one another"
    if int(parts.get("COUNT", 0)) > 999:
        yield "COUNT is at most 999"


# --- Credential types: awx/main/fields.py, CredentialTypeInputField and CredentialTypeInjectorField; awx/main/constants.py,
# --- ENV_BLOCKLIST; awx/api/serializers.py, CredentialTypeSerializer ---

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OF_A_FIELD: dict[str, type] = {
    **dict.fromkeys(("id", "label", "help_text", "type", "format"), str),
    **dict.fromkeys(("multiline", "secret", "ask_at_runtime"), bool),
    "choices": list,
    "default": object,
}
RESERVED = {
    *("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID"),
    *("AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION"),
    *("CACHE", "JOB_CALLBACK_DEBUG", "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION", "SUPERVISOR_CONFIG_PATH"),
}


def credential_type_errors(body: Values) -> dict[str, list[str]]:
    """Why a credential type is refused."""
    errors = {}
    if body.get("kind") not in ("cloud", "net"):
        errors["kind"] = ["it must be cloud or net"]
    inputs, injectors = body.get("inputs", {}), body.get("injectors", {})
    if bad := list(_input_errors(inputs)):
        errors["inputs"] = bad
    # Of injectors nothing can be said while the fields are wrong.
    elif bad := list(_injector_errors(injectors, [field["id"] for field in inputs.get("fields", [])])):
        errors["injectors"] = bad
    return errors


def _input_errors(inputs: Values) -> Iterable[str]:
    if set(inputs) - {"fields", "required"}:
        yield f"there is no {', '.join(sorted(set(inputs) - {'fields', 'required'}))}"
    seen = set()
    for field in inputs.get("fields", []):
        name = field.get("id", "")
        if not {"id", "label"} <= set(field) or set(field) - set(_OF_A_FIELD):
            yield f"{name}: id and label are needed, and no other keys than {', '.join(_OF_A_FIELD)}"
        if any(not isinstance(value, _OF_A_FIELD.get(key, object)) for key, value in field.items()):
            yield f"{name}: a key has the wrong type"
        if not _NAME.fullmatch(name) or name == "tower" or name in seen:
            yield f"{name}: it must be a name, another than tower, and stand there once"
        seen.add(name)
        kind = field.get("type", "string")
        if kind not in ("string", "boolean"):
            yield f"{name}: its type must be string or boolean"
        if kind != "string" and set(field) & {"choices", "multiline", "format", "secret"}:
            yield f"{name}: choices, multiline, format and secret are for strings"
        if "default" in field and not isinstance(field["default"], {"string": str, "boolean": bool}.get(kind, ())):
            yield f"{name}: the default has the wrong type"
        if field.get("format", "url") not in ("url", "ssh_private_key"):
            yield f"{name}: there is no such format"
        if field.get("ask_at_runtime"):
            yield f"{name}: ask_at_runtime is not supported"


def _injector_errors(injectors: Values, fields: list[str]) -> Iterable[str]:
    if set(injectors) - {"env", "extra_vars", "file"}:
        yield f"there is no {', '.join(sorted(set(injectors) - {'env', 'extra_vars', 'file'}))}"
    for name, text in injectors.get("env", {}).items():
        if not _NAME.fullmatch(name):
            yield f"{name} is not a name"
        if name.startswith("ANSIBLE_") or name in RESERVED:
            yield f"{name} cannot be set"
        if not isinstance(text, str) or not text.isascii():
            yield f"{name} must be a text in ASCII"
            continue
        try:
            _rendered(text, dict.fromkeys(fields, "EXAMPLE"), jinja2.StrictUndefined)
        except jinja2.TemplateError as problem:
            yield f"{name}: {problem}"


def _rendered(text: str, values: Values, undefined: type[jinja2.Undefined]) -> str:
    return ImmutableSandboxedEnvironment(undefined=undefined).from_string(text).render(values)


# --- Notification templates: awx/api/serializers.py, NotificationTemplateSerializer; awx/main/notifications/*_backend.py ---

# The fields of a few kinds, with their types; a value is a default. One without must be given.
NOTIFICATION_FIELDS: dict[str, dict[str, Any]] = {
    "webhook": {
        "url": str,
        "headers": dict,
        "http_method": "POST",
        "disable_ssl_verification": False,
        **dict.fromkeys(("username", "password"), ""),
    },
    "slack": {"token": str, "channels": list},
    "mattermost": {"mattermost_url": str, "mattermost_no_verify_ssl": bool},
}
_APPROVAL_EVENTS = ("running", "approved", "timed_out", "denied")
# What a message may name. Of a job AWX offers more.
_IN_A_MESSAGE: dict[str, Any] = {
    "job": {
        "id": 42,
        "name": "a name",
        "status": "failed",
        "url": "/api/v2/jobs/42/",
        "job_explanation": "",
        "artifacts": {},
    },
    **dict.fromkeys(("job_friendly_name", "url", "job_metadata"), "a text"),
    **dict.fromkeys(("approval_status", "approval_node_name", "workflow_url"), "a text"),
}


def notification_errors(body: Values) -> list[str]:
    """Why a notification template is refused."""
    fields = NOTIFICATION_FIELDS[body["notification_type"]]
    configuration = body.get("notification_configuration", {})
    errors = []
    for name, kind in fields.items():
        value = configuration.get(name, kind)
        wanted = kind if isinstance(kind, type) else type(kind)
        if value is kind and isinstance(kind, type):
            errors.append(f"{name} is missing")
        elif not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            errors.append(f"{name} must be a {wanted.__name__}")
        elif value == []:
            errors.append(f"{name} is empty")
        elif name == "http_method" and value.lower() not in ("put", "post"):
            errors.append("http_method must be POST or PUT")
    for event, texts in (body.get("messages") or {}).items():
        if event == "workflow_approval":
            errors += [f"there is no event {each}" for each in set(texts) - set(_APPROVAL_EVENTS)]
            errors += [error for each in texts.values() for error in _message_errors(each or {})]
        elif event in ("started", "success", "error"):
            errors += _message_errors(texts or {})
        else:
            errors.append(f"there is no event {event}")
    return errors


def _message_errors(texts: Values) -> Iterable[str]:
    for name, text in texts.items():
        if name not in ("message", "body") or not isinstance(text, str):
            yield f"{name} must be message or body, and a text"
            continue
        if name == "message" and "\n" in text:
            yield "a message is one line"
        try:
            _rendered(text, _IN_A_MESSAGE, jinja2.StrictUndefined)
        except jinja2.TemplateError as problem:
            yield f"{name}: {problem}"


# --- Playbooks that AWX finds in a project: awx/main/utils/ansible.py ---


def is_playbook(path: str, text: str) -> bool:
    """Whether AWX offers a file of a project, by its relative path, as a playbook."""
    *folders, name = path.split("/")
    hidden = any(folder in ("roles", "tasks", "group_vars", "host_vars") or folder[0] == "." for folder in folders)
    line = re.compile(r"\s*-?\s*(hosts|(ansible\.builtin\.)?(include|import_playbook)):")
    return not hidden and name.endswith((".yml", ".yaml")) and any(line.match(each) for each in text.splitlines())
