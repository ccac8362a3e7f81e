# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that people copy from reads the fact by its bare name: ansible-core does away with that (INJECT_FACTS_AS_VARS)."""

from __future__ import annotations

import ast
import re

import pytest
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT

FOLDERS = ("docs", "playbooks", "roles", "tests/integration", "tests/playbooks", "tests/roles")
ENDINGS = {".yml", ".yaml", ".j2", ".md", ".rst"}
# The bare name: not part of a longer one, and not reached through ansible_facts or through a variable of one's own.
BARE = re.compile(r"""(?<![\w.'"-])drs_jobs\b(?!['"\w-])""")
# What Jinja evaluates: its own delimiters, and the keywords that are expressions without them
EXPRESSIONS = [
    re.compile(r"\{\{.*?\}\}", re.DOTALL),
    re.compile(r"\{%.*?%\}", re.DOTALL),
    re.compile(r"^[\s-]*(?:when|that|until|failed_when|changed_when|var|loop|with_\w+):.*(?:\n\s*- .*)*", re.MULTILINE),
]
# ansible.builtin.vars lookups, and hostvars by key
# The playbook reconcile has a variable of this name, a list. It refuses a dictionary, as the fact is one, and sets no fact.
OF_RECONCILE = {"playbooks/reconcile.yml", "docs/docsite/rst/desired_state_guide.rst"}
BY_TEXT = re.compile(r"""(?:hostvars\[[^\]]*\]|vars)(?:\.drs_jobs\b|\[['"]drs_jobs['"]\])""")


def readings(text):
    """The expressions in a text that read the bare name."""
    found = [match.group() for pattern in EXPRESSIONS for match in pattern.finditer(text) if BARE.search(match.group())]
    return found + [match.group() for match in BY_TEXT.finditer(text)]


def texts():
    """Whatever people read or copy, by its name."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in ENDINGS and path.is_file():
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("*.md")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_nothing_reads_the_bare_name():
    read = dict(texts())
    assert any(name.startswith("plugins/modules/drs_job_batch.py") for name in read)
    assert any(name.startswith("playbooks/") for name in read)
    assert {name for name, text in read.items() if readings(text)} == OF_RECONCILE


@pytest.mark.parametrize(
    "text",
    [
        "msg: '{{ drs_jobs }}'",
        "msg: \"{{ drs_jobs['9a47'].status }}\"",
        "{% for job in drs_jobs.values() %}",
        "  when: drs_jobs['9a47'].status == 'PAUSING'",
        "  when:\n    - true\n    - drs_jobs | length",
        "    that: drs_jobs is defined",
        '  loop: "{{ drs_jobs | dict2items }}"',
        "{{ hostvars['a'].drs_jobs }}",
        "{{ hostvars['a']['drs_jobs'] }}",
        "{{ vars['drs_jobs'] }}",
        "{{ x }}\n{{\n  drs_jobs }}",
    ],
)
def test_a_reading_of_the_bare_name_is_found(text):
    assert readings(text)


@pytest.mark.parametrize(
    "text",
    [
        "msg: '{{ ansible_facts.drs_jobs }}'",
        "msg: \"{{ ansible_facts['drs_jobs']['9a47'].status }}\"",
        "{{ hostvars['a'].ansible_facts.drs_jobs }}",
        "  when: ansible_facts.drs_jobs['9a47'].status == 'PAUSING'",
        "{{ report.drs_jobs }}",
        "{{ my_drs_jobs }}",
        "Read it as `ansible_facts.drs_jobs`, never as `drs_jobs`.",
    ],
)
def test_another_name_is_none(text):
    assert readings(text) == []
