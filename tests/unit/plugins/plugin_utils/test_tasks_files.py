# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of tasks are looked at before they are run."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._tasks_files import TasksFileError, files


@pytest.fixture
def folder(tmp_path):
    def write(**contents):
        for name, text in contents.items():
            (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_the_files_that_a_file_includes(folder):
    where = folder(
        main="""
- include_tasks: one.yml
- block:
    - ansible.builtin.import_tasks: two.yml
  rescue:
    - ansible.builtin.include_tasks:
        file: three.yml
  always:
    - include_tasks: "{{ item }}.yml"
      loop: [one]
    - include_tasks: gone.yml
    - include_tasks:
    - a plain word
    - vars: !vault |
        $ANSIBLE_VAULT;1.1;AES256
      ping:
""",
        one="- include_tasks: main.yml\n",
        two="- ping:\n",
        three="- ping:\n",
    )
    assert files(str(where / "main.yml")) == [str(where / f"{name}.yml") for name in ("main", "one", "two", "three")]


@pytest.mark.parametrize(
    "task",
    [
        "- meta: end_play",
        "- meta: end_host",
        "- ansible.builtin.meta: end_batch",
        "- ansible.legacy.meta: ' end_role'",
        "- name: leave\n  when: nothing_to_do\n  meta: end_play",
        "- action: meta end_play",
        "- local_action: ansible.builtin.meta end_play",
        "- block:\n    - block:\n        - ping:\n      always:\n        - meta: end_play",
        "- {meta: end_play}",
        "- include_tasks: inner.yml",
    ],
)
def test_a_file_that_ends_the_play(folder, task):
    where = folder(main=task, inner="- ping:\n- meta: end_play\n")
    with pytest.raises(TasksFileError, match="says meta: end_"):
        files(str(where / "main.yml"))


def test_the_line_is_named(folder):
    where = folder(main="- ping:\n\n- name: leave\n  meta: end_play\n")
    with pytest.raises(TasksFileError, match=r"main\.yml, line 4, says meta: end_play"):
        files(str(where / "main.yml"))


@pytest.mark.parametrize(
    "task",
    [
        "- meta: flush_handlers",
        "- meta: noop",
        "- debug: msg=end_play",
        "- debug:\n    msg: 'meta: end_play'",
        "- set_fact:\n    meta: end_play",
    ],
)
def test_a_file_that_does_not(folder, task):
    where = folder(main=task)
    assert files(str(where / "main.yml")) == [str(where / "main.yml")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- ping: [\n", "does not parse"),
        ("{}", "no list of tasks"),
        ("", "no list of tasks"),
        ("just words", "no list of tasks"),
    ],
)
def test_what_is_no_file_of_tasks(folder, text, words):
    with pytest.raises(TasksFileError, match=words):
        files(str(folder(main=text) / "main.yml"))


def test_a_missing_file_a_folder_and_bytes(tmp_path):
    with pytest.raises(TasksFileError, match=r"gone\.yml cannot be read: No such file"):
        files(str(tmp_path / "gone.yml"))
    with pytest.raises(TasksFileError, match="Is a directory"):
        files(str(tmp_path))
    (tmp_path / "bytes.yml").write_bytes(b"- \xff\xfe\n")
    with pytest.raises(TasksFileError, match="does not parse"):
        files(str(tmp_path / "bytes.yml"))
