# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the roles: each is found by its name, gives what its helper gives, and turns a refusal into Ansible's error."""

from __future__ import annotations

import importlib

import pytest
from ansible.errors import AnsibleFilterError

NOW = "2026-03-01T12:00:00Z"
RUN = {"role": "r", "run": "1", "host": "h", "started_at": NOW, "ended_at": NOW, "steps": []}


def load(name):
    module = importlib.import_module(f"ansible_collections.huaweicloud.drs.plugins.filter.{name}")
    filters = module.FilterModule().filters()
    assert list(filters) == [name]
    return filters[name]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("run_report", (RUN,), {"outcome": "ok"}),
    ],
)
def test_filter(name, arguments, expected):
    found = load(name)(*arguments)
    assert {key: found[key] for key in expected} == expected


def test_a_report_names_its_path():
    assert load("run_report")(RUN, "/r.html")["sentence"] == "No job was read. Report: /r.html"


def test_failure_text():
    assert load("failure_text")({"name": "x"}, {"msg": "y"}) == "x: y"


def test_tasks_files(tmp_path):
    path = tmp_path / "work.yml"
    path.write_text("- ping:\n", encoding="utf-8")
    assert load("tasks_files")(path) == [str(path)]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("tasks_files", ("/no/such/file.yml",), "cannot be read"),
    ],
)
def test_a_refusal_is_ansibles_error(name, arguments, words):
    with pytest.raises(AnsibleFilterError, match=words):
        load(name)(*arguments)
