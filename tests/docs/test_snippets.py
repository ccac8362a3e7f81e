# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every snippet of the guides and READMEs runs, as it stands, against the emulator."""

from __future__ import annotations

import configparser
import pathlib
import shlex
import shutil
import subprocess

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.docs.schedules import (
    Scheduled,
    file_of,
    moved,
    of_crontab,
    of_service,
    unit,
    variables_of,
)
from ansible_collections.huaweicloud.drs.tests.docs.snippets import files_of, seeds, snippets
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve
from ansible_collections.huaweicloud.drs.tests.emulator.__main__ import environment

SNIPPETS = snippets()
RUN = [snippet for snippet in SNIPPETS if snippet.jobs]
READ = [snippet for snippet in SNIPPETS if not snippet.jobs and not snippet.page.startswith("roles/")]
TIMERS = [snippet for snippet in SNIPPETS if (snippet.file or "").endswith(".timer")]
# What a snippet that is not run may call: none of these could run in a test, or each is one by itself.
OTHER_COMMANDS = {"git", "cd", "make", "ansible-galaxy", "ansible-builder", "ansible-doc", "python3", "export", "sudo"}
# tests/awx/test_making.py runs this playbook, which needs an AWX.
OF_AWX = ["ansible-playbook", "playbooks/awx/content.yml"]


@pytest.fixture
def place(tmp_path):
    ansible.link_collection(tmp_path)
    return tmp_path


def run(command, folder, variables):
    return subprocess.run(
        command,
        cwd=folder,
        # Pipelining, since most of the time would go into copying the modules.
        env=ansible.environment(folder, {"ANSIBLE_PIPELINING": "true"}) | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def commands_of(snippet, place, variables):
    """What a snippet runs."""
    if snippet.language == "yaml":
        (place / "play.yml").write_text(snippet.text, encoding="utf-8")
        return [Scheduled(["ansible-playbook", "play.yml"], variables)]
    if snippet.language == "console":
        lines = snippet.text.replace("\\\n", " ").splitlines()
        found = [shlex.split(line[2:].replace("$PWD", str(place))) for line in lines if line.startswith("$ ")]
        return [Scheduled(command, variables) for command in found]
    # These have their variables from a file, or have none.
    text = moved(snippet.text, folders(place))
    return [of_service(text)] if snippet.language == "ini" else of_crontab(text)


def folders(place):
    """Where a schedule's folders are in a test."""
    state = place / "state"
    state.mkdir(exist_ok=True)
    programs = pathlib.Path(ansible.program()).parent
    return {"/etc/drs": str(place), "/var/lib/drs": str(state), "/opt/ansible/bin": str(programs)}


@pytest.mark.parametrize("snippet", RUN, ids=[snippet.place for snippet in RUN])
def test_it_runs(snippet, place):
    files = files_of(snippet, SNIPPETS)
    with serve(Emulator({"jobs": seeds(snippet, files)}, clock="scaled", scale=50)) as service:
        for other in files:
            text = file_of(environment(service)) if other.file.endswith(".env") else other.text
            (place / other.file).write_text(text, encoding="utf-8")
        commands = commands_of(snippet, place, environment(service))
        given = [variable.replace("$PWD", str(place)) for variable in snippet.variables]
        for number, (command, variables) in enumerate(commands, 1):
            if command[0] != "/bin/sh":
                assert pathlib.Path(command[0]).name == "ansible-playbook", command
                words = [word for variable in given for word in ("-e", variable)]
                command = [ansible.program(), *command[1:], *words]
            done = run(command, place, variables)
            fails = bool(snippet.failure) and number == len(commands)
            assert (done.returncode != 0) == fails, done.stdout
            output = " ".join(done.stdout.split())
            assert output.count("[WARNING]") == bool(snippet.warning), done.stdout
            assert snippet.warning in output, done.stdout
            assert not fails or snippet.failure in output, done.stdout
            assert "DEPRECAT" not in output, done.stdout
        assert len(service.emulator.journal), "it asked the service nothing"
    if snippet.language in ("ini", "text"):
        assert {path.suffix for path in (place / "state" / "reports").iterdir()} == {".html", ".json"}


@pytest.mark.parametrize("snippet", TIMERS, ids=[snippet.place for snippet in TIMERS])
def test_its_timer_starts_the_service_of_its_name(snippet, place):
    service = next(
        other
        for other in RUN
        if other.page == snippet.page and other.file == snippet.file.replace(".timer", ".service")
    )
    assert unit(snippet.text, "timer")["Install"] == {"WantedBy": "timers.target"}
    (place / "drs.env").touch()
    names = [service.file, snippet.file]
    for other in (service, snippet):
        (place / other.file).write_text(moved(other.text, folders(place)), encoding="utf-8")
    if shutil.which("systemd-analyze"):
        done = run(["systemd-analyze", "verify", "--man=no", *(f"./{name}" for name in names)], place, {})
        assert done.returncode == 0, done.stdout
        assert not [line for line in done.stdout.splitlines() if any(name in line for name in names)], done.stdout


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[Unit]\nDescription=x\n[Service]\nType=oneshot\nExecStrat=/bin/true\n", AssertionError),
        ("[Unit]\nDescription=x\n[Services]\nType=oneshot\n", AssertionError),
        ("[Unit]\nDescription=x\nDescription=y\n", configparser.DuplicateOptionError),
        ("[Unit]\nDescription x\n", configparser.ParsingError),
    ],
)
def test_a_unit_with_a_mistake_is_refused(text, problem):
    with pytest.raises(problem):
        unit(text, "service")


@pytest.mark.parametrize(
    "line",
    [
        "30 2 * * drs ansible-playbook x.yml\n",
        "30 2 * * 1-5 ansible-playbook x.yml\n",
        "30 2 * * 1-5 root ansible-playbook x.yml\n",
        "30 2 * * 1-5 drs ansible-playbook x.yml -e drs_serial=25%\n",
        "30 2 * * 1-5 drs ansible-playbook x.yml",
        "# nothing\n",
    ],
)
def test_a_crontab_with_a_mistake_is_refused(line):
    with pytest.raises(AssertionError):
        of_crontab(line)


@pytest.mark.parametrize(
    "line", ["HW_ACCESS_KEY=$KEY", 'HW_ACCESS_KEY="x"', "export HW_ACCESS_KEY='x'", "A='x'\nA='y'"]
)
def test_a_file_of_variables_that_its_two_readers_may_take_for_two_things_is_refused(line):
    with pytest.raises(AssertionError):
        variables_of(line)


@pytest.mark.parametrize("snippet", READ, ids=[snippet.place for snippet in READ])
def test_it_is_none_that_should_run(snippet):
    if (snippet.file or "").endswith(".env"):
        assert variables_of(snippet.text)
    elif snippet.language in ("yaml", "yaml+jinja"):
        found = yaml.safe_load(snippet.text)
        plays = found if isinstance(found, list) else []
        is_play = any("hosts" in part or "ansible.builtin.import_playbook" in part for part in plays)
        assert not is_play or any(snippet in files_of(other, SNIPPETS) for other in RUN), "it is a play"
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
