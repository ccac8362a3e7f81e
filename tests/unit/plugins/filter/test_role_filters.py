# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the roles: each is found by its name, gives what its helper gives, and turns a refusal into Ansible's error."""

from __future__ import annotations

import importlib

import pytest
from ansible import constants as C
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


class TestTasksFiles:
    """Roles are found where ansible-core finds them."""

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def test_files_and_warnings(self, tmp_path):
        path = self.write(tmp_path / "work.yml", "- ping:\n  delegate_to: db\n")
        found = load("tasks_files")(path)
        assert (found["files"], len(found["warnings"])) == ([str(path)], 1)
        assert load("tasks_files")(["", path, None])["files"] == [str(path)]
        assert load("tasks_files")("") == {"files": [], "warnings": []}

    @pytest.mark.parametrize("folder", ["play/roles/app", "play/app", "path/app"])
    def test_beside_the_playbook_and_on_the_path_of_roles(self, tmp_path, monkeypatch, folder):
        monkeypatch.setattr(C, "DEFAULT_ROLES_PATH", [str(tmp_path / "none"), str(tmp_path / "path")])
        self.write(tmp_path / folder / "tasks" / "main.yml", "- meta: end_play")
        path = self.write(tmp_path / "work.yml", "- include_role: {name: app}")
        with pytest.raises(AnsibleFilterError, match="of the role app says meta: end_play"):
            load("tasks_files")(str(path), str(tmp_path / "play"))

    def test_by_its_path_and_beside_the_role_that_depends_on_it(self, tmp_path):
        self.write(tmp_path / "far" / "base" / "tasks" / "main.yml", "- meta: end_play")
        self.write(tmp_path / "far" / "app" / "meta" / "main.yml", "dependencies: [base]")
        path = self.write(tmp_path / "work.yml", f"- include_role: {{name: {tmp_path}/far/app}}")
        with pytest.raises(AnsibleFilterError, match="of the role base says meta: end_play"):
            load("tasks_files")(str(path))

    @pytest.mark.parametrize("name", ["huaweicloud.drs.app", "app"])
    def test_in_a_collection(self, tmp_path, monkeypatch, name):
        asked = []

        def find(name, collections):
            asked.append((name, collections))
            return ("app", str(tmp_path / "app"), "huaweicloud.drs")

        module = importlib.import_module("ansible_collections.huaweicloud.drs.plugins.filter.tasks_files")
        monkeypatch.setattr(module, "_get_collection_role_path", find)
        self.write(tmp_path / "app" / "tasks" / "main.yml", "- meta: end_play")
        path = self.write(tmp_path / "work.yml", f"- include_role: {{name: {name}}}")
        with pytest.raises(AnsibleFilterError, match="of the role app says meta: end_play"):
            load("tasks_files")(str(path), str(tmp_path))
        assert asked == [(name, ["huaweicloud.drs"])]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("tasks_files", ("/no/such/file.yml",), "cannot be read"),
    ],
)
def test_a_refusal_is_ansibles_error(name, arguments, words):
    with pytest.raises(AnsibleFilterError, match=words):
        load(name)(*arguments)
