# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of tasks, and the roles that they name, are checked before they are run."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._tasks_files import Role, TasksFileError, check

ENDS = "end_play", "end_host", "end_batch", "end_role"


class Folder:
    """A folder of files, of which roles/NAME are roles and collections/NAME are roles of a collection."""

    def __init__(self, path):
        self.path = path
        self.asked = []

    def write(self, files):
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def find_role(self, name, collections, beside):
        self.asked.append((name, list(collections), beside))
        for collection in [name.rpartition(".")[0]] if "." in name else collections:
            path = self.path / "collections" / collection / name.rpartition(".")[2]
            if path.is_dir():
                return Role(str(path), collection)
        path = self.path / "roles" / name
        return Role(str(path)) if path.is_dir() else None

    def check(self, *names, **options):
        return check([str(self.path / name) for name in names or ("main.yml",)], self.find_role, **options)

    def files(self, *names, **options):
        return [path.removeprefix(f"{self.path}/") for path in self.check(*names, **options).files]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def refused(folder, **options):
    """The error about main.yml."""
    with pytest.raises(TasksFileError) as caught:
        folder.check(**options)
    return str(caught.value)


def test_the_files_that_a_file_includes(folder):
    folder.write(
        {
            "main.yml": """
- include_tasks: one.yml
- block:
    - ansible.builtin.import_tasks: two.yml
  rescue:
    - ansible.builtin.include_tasks:
        file: three.yml
  always:
    - include_tasks: "{{ item }}.yml"
      loop: [one]
    - include_tasks: "{% if yes %}one.yml{% endif %}"
    - include_tasks: gone.yml
    - include_tasks:
    - include_tasks: .
    - a plain word
    - vars: !vault |
        $ANSIBLE_VAULT;1.1;AES256
      ping:
    - include_tasks: !vault |
        one.yml
    - action: include_tasks four.yml
    - local_action: ansible.legacy.include_tasks file=five.yml
    - action: {module: include_tasks, file: six.yml}
    - include_tasks:
      args:
        file: seven.yml
""",
            "one.yml": "- include_tasks: main.yml\n",
            **{f"{name}.yml": "- ping:\n" for name in ("two", "three", "four", "five", "six", "seven")},
        }
    )
    found = [f"{name}.yml" for name in ("main", "one", "two", "three", "four", "five", "six", "seven")]
    assert folder.files() == found
    assert folder.check("main.yml", "two.yml").warnings == []


class TestEnds:
    @pytest.mark.parametrize(
        "task",
        [
            *(f"- meta: {word}" for word in ENDS),
            "- ansible.builtin.meta: end_batch",
            "- ansible.legacy.meta: ' end_role'",
            '- meta: "end_host"',
            "- name: leave\n  when: nothing_to_do\n  meta: end_play",
            "- action: meta end_play",
            "- action: {module: meta end_play}",
            "- action: {module: ansible.builtin.meta, _raw_params: end_play}",
            "- local_action: ansible.builtin.meta end_play",
            "- meta:\n  args:\n    _raw_params: end_play",
            "- block:\n    - block:\n        - ping:\n      always:\n        - meta: end_play",
            "- block:\n    - ping:\n  rescue:\n    - meta: end_play",
            "- {meta: end_play}",
            "- vars: {x: &end {meta: end_play}}\n  ping:\n- <<: *end\n  name: leave",
            "- include_tasks: inner.yml",
            "- import_tasks: inner.yml",
        ],
    )
    def test_a_file_that_ends_the_play(self, folder, task):
        folder.write({"main.yml": task, "inner.yml": "- ping:\n- meta: end_play\n"})
        assert "says meta: end_" in refused(folder)

    def test_the_file_the_line_and_what_to_do_instead(self, folder):
        folder.write({"main.yml": "- ping:\n\n- name: leave\n  meta: end_play\n"})
        assert refused(folder) == (
            f"The tasks file {folder.path}/main.yml, line 4, says meta: end_play. Ansible would then skip the tasks that must "
            "follow the work. Put a condition (when) on the tasks that are to be left out, or let a task fail."
        )

    @pytest.mark.parametrize(
        "task",
        [
            "- meta: flush_handlers",
            "- meta: noop",
            "- meta: '{{ what }}'",
            "- debug: msg=end_play",
            "- debug:\n    msg: 'meta: end_play'",
            "- set_fact:\n    meta: end_play",
            "- action: set_fact meta=end_play",
            "- ping:\n  vars: {meta: end_play}",
        ],
    )
    def test_a_file_that_does_not(self, folder, task):
        assert folder.write({"main.yml": task}).files() == ["main.yml"]


class TestRoles:
    """A role that the work names literally is checked as well; its files are not among the answer's."""

    def in_role(self, folder, work, files):
        folder.write({"main.yml": work, **files})
        return refused(folder)

    @pytest.mark.parametrize(
        "task",
        [
            "- include_role: {name: app}",
            "- include_role: {role: app}",
            "- ansible.builtin.import_role:\n    name: app",
            "- ansible.legacy.include_role: name=app",
            "- action: include_role name=app",
            "- action: {module: import_role, name: app}",
            "- local_action: ansible.builtin.import_role name='app'",
            "- include_role:\n  args:\n    name: app",
            "- block:\n    - ping:\n  rescue:\n    - import_role: {name: app}",
            "- include_tasks: inner.yml",
        ],
    )
    def test_each_spelling_is_followed(self, folder, task):
        said = self.in_role(
            folder,
            task,
            {"inner.yml": "- import_role: {name: app}", "roles/app/tasks/main.yml": "- ping:\n- meta: end_host"},
        )
        where = f"The tasks file {folder.path}/roles/app/tasks/main.yml, line 2, of the role app says meta: end_host."
        assert said.startswith(where)

    @pytest.mark.parametrize(
        ("files", "line"),
        [
            ({"tasks/main.yaml": "- meta: end_play"}, "tasks/main.yaml, line 1"),
            ({"tasks/main.json": '[{"meta": "end_play"}]'}, "tasks/main.json, line 1"),
            ({"tasks/main": "- meta: end_play"}, "tasks/main, line 1"),
            ({"handlers/main.yml": "- name: h\n  meta: end_play"}, "handlers/main.yml, line 2"),
            (
                {"handlers/main.yml": "- include_tasks: more.yml", "handlers/more.yml": "- meta: end_play"},
                "handlers/more.yml, line 1",
            ),
            (
                {"tasks/main.yml": "- import_tasks: sub/more.yml", "tasks/sub/more.yml": "- meta: end_play"},
                "tasks/sub/more.yml, line 1",
            ),
            (
                {
                    "tasks/main.yml": "- include_tasks: sub/more.yml",
                    "tasks/sub/more.yml": "- include_tasks: far.yml",
                    "tasks/far.yml": "- meta: end_play",
                },
                "tasks/far.yml, line 1",
            ),
            ({"tasks/main.yml": "- block: [{block: [], always: [{meta: end_play}]}]"}, "tasks/main.yml, line 1"),
        ],
    )
    def test_each_file_of_a_role_that_runs(self, folder, files, line):
        inside = {f"roles/app/{name}": text for name, text in files.items()}
        assert f"roles/app/{line}, of the role app says meta: end_play" in self.in_role(
            folder, "- include_role: {name: app}", inside
        )

    @pytest.mark.parametrize("given", ["other", "other.yml"])
    def test_the_files_that_the_task_names(self, folder, given):
        folder.write(
            {
                "main.yml": f"- include_role: {{name: app, tasks_from: {given}, handlers_from: {given}}}",
                "roles/app/tasks/main.yml": "- meta: end_play",
                "roles/app/handlers/main.yml": "- meta: end_play",
                "roles/app/tasks/other.yml": "- ping:",
            }
        )
        assert folder.files() == ["main.yml"]
        folder.write({"roles/app/handlers/other.yml": "- meta: end_play"})
        assert "handlers/other.yml, line 1" in refused(folder)

    @pytest.mark.parametrize("dependencies", ["[base]", "[{role: base}]", "[{name: base, when: false}]"])
    def test_dependencies(self, folder, dependencies):
        said = self.in_role(
            folder,
            "- include_role: {name: app, tasks_from: none}",
            {
                "roles/app/meta/main.yml": f"dependencies: {dependencies}",
                "roles/base/meta/main.yml": "dependencies: [deeper, app]",
                "roles/deeper/tasks/main.yml": "- meta: end_batch",
            },
        )
        assert "of the role deeper says meta: end_batch" in said
        assert ("base", [], f"{folder.path}/roles") in folder.asked

    def test_a_role_that_names_another(self, folder):
        said = self.in_role(
            folder,
            "- include_role: {name: one}",
            {
                "roles/one/tasks/main.yml": "- include_role: {name: two}",
                "roles/two/tasks/main.yml": "- include_role: {name: one}\n- meta: end_play",
            },
        )
        assert "of the role two says" in said

    def test_a_short_name_is_looked_for_in_the_collection_of_the_role_that_says_it(self, folder):
        folder.write(
            {
                "main.yml": "- include_role: {name: n.c.one}",
                "collections/n.c/one/tasks/main.yml": "- include_role: {name: two}",
                "collections/n.c/one/meta/main.yml": "collections: [n.d]",
                "roles/two/tasks/main.yml": "- meta: end_play",
                "collections/n.d/two/tasks/main.yml": "- ping:",
            }
        )
        assert folder.files() == ["main.yml"]
        assert folder.asked == [("n.c.one", [], ""), ("two", ["n.c", "n.d"], "")]
        folder.write({"collections/n.c/two/tasks/main.yml": "- meta: end_play"})
        assert "collections/n.c/two/tasks/main.yml, line 1" in refused(folder)

    def test_collections_of_the_work_and_of_a_block(self, folder):
        folder.write(
            {
                "main.yml": "- include_role: {name: a}\n- block:\n    - include_role: {name: b}\n  collections: [n.d]\n",
            }
        )
        folder.check(collections=["n.c"])
        assert folder.asked == [("a", ["n.c"], ""), ("b", ["n.d"], "")]

    @pytest.mark.parametrize("task", ["- meta: end_role", "- meta: flush_handlers"])
    def test_a_role_may_end_itself(self, folder, task):
        folder.write({"main.yml": "- include_role: {name: app}", "roles/app/tasks/main.yml": task})
        assert folder.check() == ([str(folder.path / "main.yml")], [])

    @pytest.mark.parametrize(
        "options",
        [
            "{name: '{{ app }}'}",
            "{name: gone}",
            "{name: app, tasks_from: '{{ which }}'}",
            "{name: app, tasks_from: gone}",
            "{name: app, tasks_from: ../../../ends}",
            "{}",
            "",
            "name={{ app }}",
        ],
    )
    def test_what_cannot_be_followed_is_left_alone(self, folder, options):
        folder.write(
            {
                "main.yml": f"- include_role: {options}",
                "roles/app/tasks/main.yml": "- meta: end_play",
                "ends.yml": "- meta: end_play",
            }
        )
        assert folder.files() == ["main.yml"]

    @pytest.mark.parametrize("text", ["", "---\n", "$ANSIBLE_VAULT;1.1;AES256\n6162\n"])
    def test_an_empty_or_encrypted_file_of_a_role_is_left_alone(self, folder, text):
        folder.write({"main.yml": "- include_role: {name: app}", "roles/app/tasks/main.yml": text})
        assert folder.files() == ["main.yml"]

    def test_a_file_of_a_role_that_does_not_parse(self, folder):
        said = self.in_role(folder, "- include_role: {name: app}", {"roles/app/meta/main.yml": "dependencies: ["})
        assert said.startswith(f"The file {folder.path}/roles/app/meta/main.yml does not parse")

    def test_it_is_the_file_of_a_role_and_not_the_works_own_beside_it(self, folder):
        folder.write(
            {
                "main.yml": "- include_role: {name: app}\n- include_tasks: shared.yml",
                "roles/app/tasks/main.yml": "- include_tasks: ../../../shared.yml",
                "shared.yml": "- meta: end_role",
            }
        )
        assert f"The tasks file {folder.path}/shared.yml, line 1, says" in refused(folder)


class TestOrder:
    """Which of several files of one name Ansible takes."""

    FILES = dict.fromkeys(("tasks/a.yml", "a.yml", "work/tasks/a.yml", "work/a.yml"), "- ping:")

    @pytest.mark.parametrize(
        ("action", "order"),
        [
            ("include_tasks", ["tasks/a.yml", "a.yml", "work/tasks/a.yml", "work/a.yml"]),
            ("import_tasks", ["work/tasks/a.yml", "work/a.yml", "tasks/a.yml", "a.yml"]),
        ],
    )
    def test_the_playbooks_folder_and_that_of_the_file(self, folder, action, order):
        folder.write({**self.FILES, "work/main.yml": f"- {action}: a.yml"})
        for expected in order:
            found = folder.files("work/main.yml", playbook_dir=str(folder.path))
            assert found == ["work/main.yml", expected]
            (folder.path / expected).unlink()

    def test_without_the_playbooks_folder(self, folder):
        folder.write({**self.FILES, "work/main.yml": "- include_tasks: a.yml"})
        assert folder.files("work/main.yml") == ["work/main.yml", "work/tasks/a.yml"]

    @pytest.mark.parametrize(
        ("name", "is_refused"), [("finish.yml", True), ("{}/finish.yml", False), ("other.yml", False)]
    )
    def test_a_name_that_the_calling_role_has_too(self, folder, name, is_refused):
        name = name.format(folder.path)
        folder.write(
            {
                "main.yml": f"- ping:\n- include_tasks: {name}",
                "finish.yml": "- ping:",
                "other.yml": "- ping:",
                "roles/window/tasks/finish.yml": "- ping:",
            }
        )
        role_path = str(folder.path / "roles" / "window")
        if is_refused:
            said = refused(folder, role_path=role_path)
            assert "main.yml, line 2, includes finish.yml, and Ansible would take" in said
            assert f"({role_path}/tasks/finish.yml)" in said
        else:
            assert len(folder.files(role_path=role_path)) == 2


class TestDelegation:
    def lines(self, folder, text, **files):
        folder.write({"main.yml": text, **{f"{name}.yml": inner for name, inner in files.items()}})
        return [text.split(": delegate_to")[0].removeprefix("The tasks file ") for text in folder.check().warnings]

    def test_the_words(self, folder):
        folder.write({"main.yml": "- ping:\n  delegate_to: db\n- ping:\n- command: x\n  delegate_to: '{{ db }}'\n"})
        (text,) = folder.check().warnings
        assert text == (
            f"The tasks file {folder.path}/main.yml, lines 2, 5: delegate_to without ignore_unreachable. If that host cannot be "
            "reached, Ansible skips the tasks that must follow the work. Set ignore_unreachable: true, register the result, "
            "and let a task fail if it is unreachable."
        )

    @pytest.mark.parametrize(
        "task",
        [
            "- {ping: , delegate_to: db}",
            "- {ping: , delegate_to: db, ignore_unreachable: false}",
            "- {ping: , delegate_to: db, ignore_unreachable: 'no'}",
            "- {action: ping, delegate_to: db}",
            "- {block: [{ping: }], delegate_to: db}",
            "- {block: [{ping: , delegate_to: db}]}",
            "- {block: [{ping: , delegate_to: db, ignore_unreachable: false}], ignore_unreachable: true}",
            "- {block: [], rescue: [{ping: , delegate_to: db}]}",
            "- {import_tasks: plain.yml, delegate_to: db}",
            "- {include_tasks: {file: plain.yml, apply: {delegate_to: db}}}",
        ],
    )
    def test_it_is_warned_of(self, folder, task):
        assert self.lines(folder, task, plain="- ping:") == [f"{folder.path}/main.yml, line 1"]

    @pytest.mark.parametrize(
        "task",
        [
            "- {ping: , delegate_to: db, ignore_unreachable: true}",
            "- {ping: , delegate_to: db, ignore_unreachable: '{{ x }}'}",
            "- {block: [{ping: , delegate_to: db}], ignore_unreachable: yes}",
            "- {block: [{block: [{ping: , delegate_to: db}]}], ignore_unreachable: True}",
            "- {import_tasks: delegated.yml, ignore_unreachable: true}",
            "- {block: [{include_tasks: delegated.yml}], ignore_unreachable: true}",
            "- {include_tasks: {file: delegated.yml, apply: {ignore_unreachable: true}}}",
            "- {ping: , delegate_to: localhost}",
            "- {ping: , delegate_to: 127.0.0.1}",
            "- {block: [{ping: , delegate_to: localhost}], delegate_to: db}",
            "- {local_action: ping}",
            "- {block: [{local_action: ping}], delegate_to: db}",
            "- {set_fact: {x: 1}, delegate_to: db, delegate_facts: true}",
            "- {action: ansible.builtin.debug msg=x, delegate_to: db}",
        ],
    )
    def test_it_is_not(self, folder, task):
        assert self.lines(folder, task, delegated="- {ping: , delegate_to: db}") == []

    def test_in_roles_too_each_file_by_itself(self, folder):
        folder.write(
            {
                "roles/app/tasks/main.yml": "- ping:\n- ping:\n  delegate_to: db\n",
                "roles/app/meta/main.yml": "dependencies:\n  - role: base\n    delegate_to: db\n",
                "roles/base/tasks/main.yml": "- ping:",
            }
        )
        found = self.lines(folder, "- import_role: {name: app}\n- include_role: {name: app}\n")
        assert sorted(found) == [
            f"{folder.path}/roles/app/meta/main.yml, line 3",
            f"{folder.path}/roles/app/tasks/main.yml, line 3",
        ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- ping: [\n", "does not parse"),
        ("{}", "is not a list of tasks"),
        ("", "is not a list of tasks"),
        ("just words", "is not a list of tasks"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162\n", "is encrypted with ansible-vault"),
        ("- &a\n  block:\n    - *a\n", "is nested too deeply"),
        ("- ping:\n---\n- ping:\n", "does not parse"),
    ],
)
def test_what_is_not_a_file_of_tasks(folder, text, words):
    assert words in refused(folder.write({"main.yml": text}))


def test_a_missing_file_a_folder_and_bytes(folder):
    with pytest.raises(TasksFileError, match=r"gone\.yml cannot be read: No such file"):
        folder.check("gone.yml")
    with pytest.raises(TasksFileError, match="Is a directory"):
        folder.check("")
    (folder.path / "main.yml").write_bytes(b"- \xff\xfe\n")
    assert "does not parse" in refused(folder)
