# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of files of tasks looks where Ansible itself looks: what runs is compared with what the filter read."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.ansible.runs import LONGEST
from ansible_collections.huaweicloud.drs.tests.demo import ansible

RUN = """
- name: Work as the roles do
  hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    work: "{{ playbook_dir }}/work/work.yml"
  tasks:
    - name: Check
      ansible.builtin.debug:
        msg: "READ={{ (work | huaweicloud.drs.tasks_files(playbook_dir, playbook_dir ~ '/calling')) | to_json }}"
      ignore_errors: true

    - name: Run
      ansible.builtin.include_role:
        name: "{{ playbook_dir }}/calling"
"""
CALLING = """
- name: Work
  block:
    - name: Run the tasks
      ansible.builtin.include_tasks: "{{ work }}"
  always:
    - name: Restore
      ansible.builtin.debug:
        msg: RESTORED
"""


@pytest.fixture
def play(core, tmp_path):
    """A function that writes these files next to a playbook, runs it, and gives its output."""
    ansible.link_collection(tmp_path / "collections")

    def run(files):
        for name, text in {"play.yml": RUN, "calling/tasks/main.yml": CALLING, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "collections"),
            "ANSIBLE_ROLES_PATH": str(tmp_path / "path"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_DISPLAY_FAILED_STDERR": "false",
        }
        return subprocess.run(
            [str(core / "ansible-playbook"), "play.yml"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        ).stdout

    return run


def marked(*paths):
    """Files of tasks that each say which they are."""
    return {path: f"- debug:\n    msg: RAN={path}\n" for path in paths}


def test_files_are_taken_in_ansibles_order(play, tmp_path):
    work = "".join(f"- {action}_tasks: {name}.yml\n" for action in ("include", "import") for name in "abcd")
    folders = {
        "a": ["work", "work/tasks", "tasks", "."],
        "b": ["work", "work/tasks"],
        "c": ["work", "."],
        "d": ["tasks"],
    }
    files = [os.path.normpath(f"{folder}/{name}.yml") for name, where in folders.items() for folder in where]
    output = play({"work/work.yml": work, **marked(*files)})
    read = json.loads(json.loads(re.search(r'"msg": ("READ=.*")', output)[1])[5:])
    ran = re.findall(r"RAN=([^\"]*)", output)
    assert sorted(set(ran)) == sorted(os.path.relpath(path, tmp_path) for path in read["files"][1:])
    assert len(ran) == 8


ROLE = "- include_role:\n    name: app\n"
PLACES = {
    "beside the playbook": {"roles/app/tasks/main.yml": ""},
    "in the playbook's folder": {"app/tasks/main.yml": ""},
    "on the path of roles": {"path/app/tasks/main.yml": ""},
    "a dependency on the path of roles": {
        "roles/app/meta/main.yml": "dependencies: [base]",
        "path/base/tasks/main.yml": "",
    },
    "in a collection": {
        "work/work.yml": "- import_role:\n    name: n.c.app\n",
        "collections/ansible_collections/n/c/galaxy.yml": "namespace: n\nname: c\nversion: 1.0.0\n",
        "collections/ansible_collections/n/c/roles/app/tasks/main.yml": "- include_role:\n    name: base\n",
        "collections/ansible_collections/n/c/roles/base/tasks/main.yml": "",
    },
    "the tasks that are named": {
        "work/work.yml": "- include_role: name=app tasks_from=other\n",
        "roles/app/tasks/main.yml": "- fail:\n",
        "roles/app/tasks/other.yml": "",
    },
    "a file of the role": {"roles/app/tasks/main.yml": "- include_tasks: sub/a.yml\n", "roles/app/tasks/sub/a.yml": ""},
    "a handler": {
        "roles/app/tasks/main.yml": "- command: echo\n  notify: leave\n- meta: flush_handlers\n",
        "roles/app/handlers/main.yml": "- name: leave\n  include_tasks: ends.yml\n",
        "roles/app/handlers/ends.yml": "",
    },
}


@pytest.mark.parametrize("place", PLACES)
def test_what_ansible_would_not_run_always_for_is_refused(play, place):
    ends = [path for path, text in PLACES[place].items() if not text]
    files = {"work/work.yml": ROLE, **PLACES[place], **dict.fromkeys(ends, "- meta: end_play\n")}
    output = play(files)
    assert "RESTORED" not in output  # so says Ansible
    assert re.search(r"The tasks file \S*%s, line 1, of the role \w+ says meta: end_play" % ends[-1], output), output


def test_a_name_that_the_calling_role_has_too(play):
    output = play(
        {"work/work.yml": "- include_tasks: finish.yml\n", **marked("work/finish.yml", "calling/tasks/finish.yml")}
    )
    assert "RAN=calling/tasks/finish.yml" in output
    assert "includes finish.yml, and Ansible would take" in output
