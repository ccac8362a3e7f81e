# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every snippet of the guides and READMEs runs, as it stands, against the emulator."""

from __future__ import annotations

import shlex
import subprocess

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.docs.snippets import files_of, seeds, snippets
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve
from ansible_collections.huaweicloud.drs.tests.emulator.__main__ import environment

SNIPPETS = snippets()
RUN = [snippet for snippet in SNIPPETS if snippet.statuses]
READ = [snippet for snippet in SNIPPETS if not snippet.statuses and not snippet.page.startswith("roles/")]
# What a snippet that is not run may call: none of these could run in a test, or each is one by itself.
OTHER_COMMANDS = {"git", "cd", "make", "ansible-galaxy", "ansible-builder", "ansible-doc", "python3", "export"}
# tests/awx/test_making.py runs this playbook, which needs an AWX.
OF_AWX = ["ansible-playbook", "playbooks/awx/content.yml"]


@pytest.fixture
def place(tmp_path):
    ansible.link_collection(tmp_path)
    return tmp_path


def run(command, folder, variables):
    done = subprocess.run(
        command,
        cwd=folder,
        # Pipelining, since most of the time would go into copying the modules.
        env=ansible.environment(folder, variables) | {"ANSIBLE_PIPELINING": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("snippet", RUN, ids=[snippet.place for snippet in RUN])
def test_it_runs(snippet, place):
    files = files_of(snippet, SNIPPETS)
    for other in files:
        (place / other.file).write_text(other.text, encoding="utf-8")
    with serve(Emulator({"jobs": seeds(snippet, files)}, clock="scaled", scale=50)) as service:
        if snippet.language == "yaml":
            (place / "play.yml").write_text(snippet.text, encoding="utf-8")
            commands = [["ansible-playbook", "play.yml"]]
        else:
            lines = snippet.text.replace("\\\n", " ").splitlines()
            commands = [shlex.split(line[2:].replace("$PWD", str(place))) for line in lines if line.startswith("$ ")]
        for command in commands:
            assert command[0] == "ansible-playbook", command
            given = [variable.replace("$PWD", str(place)) for variable in snippet.variables]
            variables = [word for variable in given for word in ("-e", variable)]
            output = run([ansible.program(), *command[1:], *variables], place, environment(service))
            warnings = output.count("[WARNING]")
            assert warnings == bool(snippet.warning), output
            assert snippet.warning in " ".join(output.split()), output
            assert "DEPRECAT" not in output, output
        assert len(service.emulator.journal), "it asked the service nothing"


@pytest.mark.parametrize("snippet", READ, ids=[snippet.place for snippet in READ])
def test_it_is_none_that_should_run(snippet):
    if snippet.language in ("yaml", "yaml+jinja"):
        found = yaml.safe_load(snippet.text)
        plays = found if isinstance(found, list) else []
        assert not any("hosts" in part or "ansible.builtin.import_playbook" in part for part in plays), "it is a play"
    elif snippet.language == "console":
        lines = snippet.text.replace("\\\n", " ").splitlines()
        called = [shlex.split(line[2:]) for line in lines if line.startswith("$ ")]
        assert called, "no line begins with $"
        assert {words[0] for words in called if words[:2] != OF_AWX} <= OTHER_COMMANDS
    else:
        assert snippet.language in ("text", "json", "ini"), "what is this? commands are a console's, with $ before them"


def test_ansible_builder_takes_the_guides_execution_environment(tmp_path):
    definition = next(snippet for snippet in SNIPPETS if snippet.file == "execution-environment.yml")
    (tmp_path / "execution-environment.yml").write_text(definition.text, encoding="utf-8")
    command = [ansible.program("ansible-builder"), "create", "--context", "context"]
    done = subprocess.run(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    # By the name that the container runtime of this machine goes by.
    assert any((tmp_path / "context" / name).is_file() for name in ("Containerfile", "Dockerfile"))
    wanted = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert wanted["collections"] == [{"name": "huaweicloud.drs"}]
