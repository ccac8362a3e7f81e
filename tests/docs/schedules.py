# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the guides' systemd units, crontabs and files of variables as strictly as their readers, and says what would be run.

systemd passes over what it does not know, and cron sends mail that nobody reads, so an example with a mistake in it would look right.
"""

from __future__ import annotations

import configparser
import pathlib
import re
import shlex
from typing import NamedTuple

# Of systemd.unit(5), systemd.service(5), systemd.exec(5) and systemd.timer(5), what the guides use.
_KNOWN = {
    "service": {
        "Unit": {"Description", "Wants", "After"},
        "Service": {"Type", "User", "EnvironmentFile", "StateDirectory", "StateDirectoryMode", "ExecStart"},
    },
    "timer": {
        "Unit": {"Description"},
        "Timer": {"OnCalendar", "Persistent"},
        "Install": {"WantedBy"},
    },
}
_VARIABLE = re.compile(r"(?P<name>[A-Z_]+)='(?P<value>[^'\\]*)'\Z")
_CRON_VARIABLE = re.compile(r"(?P<name>[A-Z_]+)=(?P<value>[^\s\"'].*)\Z")
_CRON_FIELD = re.compile(r"(?:\*|\d+(?:-\d+)?)(?:,\d+(?:-\d+)?)*(?:/\d+)?\Z")
# Of all schedules of the guides. A line of a crontab without one would run a command of this name.
_USER = "drs"


class Scheduled(NamedTuple):
    """A command of a schedule, and the variables that it is given."""

    command: list[str]
    variables: dict[str, str]


def moved(text: str, folders: dict[str, str]) -> str:
    """The text with its folders somewhere else."""
    for old, new in folders.items():
        text = re.sub(rf"(?<![\w/]){re.escape(old)}(?![\w-])", new, text)
    return text


class _UnitParser(configparser.ConfigParser):
    """Keeps the case of the keys, which counts in a unit."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(text: str, kind: str) -> dict[str, dict[str, str]]:
    """A unit, by section and key. AssertionError and configparser's errors where systemd would pass something over."""
    parser = _UnitParser(
        delimiters=("=",), comment_prefixes=("#", ";"), strict=True, interpolation=None, empty_lines_in_values=False
    )
    parser.read_string(text)
    found = {section: dict(parser[section]) for section in parser.sections()}
    assert set(found) == set(_KNOWN[kind]), sorted(found)
    for section, keys in found.items():
        assert set(keys) <= _KNOWN[kind][section], sorted(keys)
        assert all(keys.values()), keys
    return found


def of_service(text: str) -> Scheduled:
    """What a service runs."""
    service = unit(text, "service")["Service"]
    assert service["Type"] == "oneshot", "a timer's service that ends"
    assert service["User"] == _USER
    # systemd's own specifiers and variables, which shlex leaves alone.
    assert not re.search(r"[%$]", service["ExecStart"])
    command = shlex.split(service["ExecStart"])
    assert command[0].startswith("/")
    return Scheduled(command, variables_of(pathlib.Path(service["EnvironmentFile"]).read_text(encoding="utf-8")))


def of_crontab(text: str) -> list[Scheduled]:
    """What the lines of a file in /etc/cron.d run, by /bin/sh as cron does."""
    variables: dict[str, str] = {}
    found = []
    for line in text.splitlines():
        variable = _CRON_VARIABLE.match(line)
        if variable:
            variables[variable["name"]] = variable["value"]
        elif line.strip() and not line.startswith("#"):
            *fields, user, command = line.split(None, 6)
            assert len(fields) == 5, line
            assert all(_CRON_FIELD.match(field) for field in fields), line
            assert user == _USER, line
            assert not re.search(r"(?<!\\)%", command), "cron makes a line break of it"
            found.append(Scheduled(["/bin/sh", "-c", command.replace("\\%", "%")], dict(variables)))
    assert found, "no line runs anything"
    assert text.endswith("\n"), "cron passes over a last line without an end"
    return found


def variables_of(text: str) -> dict[str, str]:
    """A file of variables that systemd and a shell read alike: single quotes, and nothing to expand."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            variable = _VARIABLE.match(line)
            assert variable, line
            assert variable["name"] not in found, line
            found[variable["name"]] = variable["value"]
    return found


def file_of(variables: dict[str, str]) -> str:
    """Such a file."""
    return "".join(f"{name}='{value}'\n" for name, value in variables.items())
