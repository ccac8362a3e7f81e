# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rescue can say of each kind of failure, as Ansible hands it over."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._failure import NOT_NAMED
from ansible_collections.huaweicloud.drs.tests.ansible.runs import LONGEST
from ansible_collections.huaweicloud.drs.tests.demo import ansible

TEXT = "{{ ansible_failed_task | default({}) | huaweicloud.drs.failure_text(ansible_failed_result | default({})) }}"
FORGET = {"set_fact": {"ansible_failed_task": {}, "ansible_failed_result": {}}}
ONCE = [{"name": "Fail", "fail": {"msg": "once"}, "run_once": True}]
ONE = {"name": "One host fails", "fail": {"msg": "mine"}, "when": "inventory_hostname == 'two'"}
# Each kind of failure -> its tasks
KINDS = {
    "plain": [{"name": "Fail", "fail": {"msg": "in words"}}],
    "dictionary": [{"name": "Fail", "fail": {"msg": {"code": 3, "texts": ["a", "b"]}}}],
    "braces": [{"name": "Fail", "fail": {"msg": "{{ '{{' }} 1 / 0 {{ '}}' }}"}}],
    "loop": [{"name": "Fail", "fail": {"msg": "no {{ item }}"}, "when": "item < 2", "loop": [0, 1, 2]}],
    "no_log": [{"name": "Fail", "fail": {"msg": "canary"}, "no_log": True}],
    "no_log of a block": [
        {"block": [{"name": "Fail", "fail": {"msg": "canary"}, "loop": [1]}], "no_log": "{{ 1 == 1 }}"}
    ],
    "include": [{"name": "Fail", "include_tasks": "no_such_file.yml"}],
    "role": [{"name": "Fail", "include_role": {"name": "no_such_role"}}],
    "handler": [{"name": "Notify", "command": "echo", "notify": "Fail"}, {"meta": "flush_handlers"}],
    "run_once": [{"include_tasks": "once.yml"}],
    "any_errors_fatal": [{"block": [ONE], "any_errors_fatal": True}],
}

# After each of these, Ansible may leave hosts out of what follows, even if a rescue was run.
ALONE = ["handler", "any_errors_fatal", "run_once", "include", "role"]
TOGETHER = [kind for kind in KINDS if kind not in ALONE]


def play(kinds):
    """A play whose rescues keep the text in a fact, as the roles do, and show it."""
    keep = {"set_fact": {"kept": [{"text": TEXT}]}}
    show = {"debug": {"msg": "{{ [kind, inventory_hostname, kept[0].text] }}"}}
    tasks = []
    for kind in kinds:
        tasks += [
            FORGET,
            {
                "block": KINDS[kind],
                "rescue": [keep, show],
                "always": [{"debug": {"msg": "over"}}],
                "vars": {"kind": kind},
            },
        ]
    return {
        "hosts": "all",
        "gather_facts": False,
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": tasks,
        "handlers": [{"name": "Fail", "fail": {"msg": "handled"}}],
    }


@pytest.fixture
def said(core, tmp_path):
    """A function that runs these kinds, and gives the texts of each on the two hosts."""
    ansible.link_collection(tmp_path)
    return lambda *kinds: run(kinds, core, tmp_path)


def run(kinds, core, tmp_path):
    path = tmp_path / "play.yml"
    path.write_text(json.dumps([play(kinds)]), encoding="utf-8")
    (tmp_path / "once.yml").write_text(json.dumps(ONCE), encoding="utf-8")
    done = subprocess.run(
        [str(core / "ansible-playbook"), "-i", "one,two,", str(path)],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(tmp_path),
            "ANSIBLE_STDOUT_CALLBACK": "minimal",
            "ANSIBLE_NOCOLOR": "1",
        },
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    shown = [
        json.loads(list_)["msg"]
        for list_ in re.findall(r"SUCCESS => (\{.*?\n\})", done.stdout, re.DOTALL)
        if '"msg": [' in list_
    ]
    return {kind: {host: text for one, host, text in shown if one == kind} for kind in kinds}


def test_the_words_for_each_kind_of_failure(said):
    expected = {
        "plain": "Fail: in words",
        "dictionary": "Fail: code: 3, texts: a, b",
        "braces": "Fail: {{ 1 / 0 }}",
        "loop": "Fail: 2 of 3 items failed: no 0; no 1",
        "no_log": "Fail: failed, and no_log hides why.",
        "no_log of a block": "Fail: failed, and no_log hides why.",
    }
    assert said(*TOGETHER) == {kind: {"one": text, "two": text} for kind, text in expected.items()}


@pytest.mark.parametrize("kind", ["include", "role"])
def test_an_include_that_failed(said, kind):
    assert said(kind)[kind] == {"one": NOT_NAMED, "two": NOT_NAMED}


def test_a_handler(said):
    # ansible-core 2.19 and later name it.
    assert set(said("handler")["handler"].values()) in ({NOT_NAMED}, {"Fail: handled"})


def test_run_once(said):
    assert said("run_once")["run_once"] == {"one": "Fail: once", "two": NOT_NAMED}


def test_any_errors_fatal(said):
    assert said("any_errors_fatal")["any_errors_fatal"] == {"one": NOT_NAMED, "two": "One host fails: mine"}
