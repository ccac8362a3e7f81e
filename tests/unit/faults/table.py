# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of faults in docs/faults.md, made of what the tests say about themselves.

``python -m tests.unit.faults.table`` in the checkout's root writes it again.
"""

from __future__ import annotations

import importlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "faults.md"
ROOMS = ("faults", "security")
HEAD = """# Faults and what happens

Each line is a fault or an attack, where it strikes, what the module does, and the test that shows it. The module is
`drs_job_batch`; where a line names `drs_job_info`, it is that one. The tests run the modules against the emulator, whose
journal shows what really reached the service. "The same" refers to the line above.

Whatever the fault: each requested job is in the result once. A job has at most one accepted write of each kind in a run.
`ok` means that the job is in the desired state, by the emulator's own table. `changed` is true wherever a write was accepted
or may have been carried out. The run ends within `wait_timeout` and one `request_timeout`. `make unit` runs all tests.

The outcomes and their reasons are those of the module's documentation. The table is made from the tests:
`python -m tests.unit.faults.table` writes it.
"""
TITLES = {"faults": "Faults", "security": "Attacks, secrets and transport"}
COLUMNS = "| fault | where | what happens | test |\n|---|---|---|---|"


def shows(fault, where, happens):
    """Marks a test with its line of the table."""

    def mark(test):
        test.line = (fault, where, happens)
        return test

    return mark


def rooms():
    """For each room: its name, and its tests' modules by name."""
    for room in ROOMS:
        names = sorted(path.stem for path in (ROOT / "tests" / "unit" / room).glob("test_*.py"))
        prefix = "ansible_collections.huaweicloud.drs.tests.unit.%s." % room
        yield room, {name: importlib.import_module(prefix + name) for name in names}


def tests_of(module):
    """The tests of a module in their order."""
    return [value for name, value in vars(module).items() if name.startswith("test_") and callable(value)]


def page():
    """The text of docs/faults.md."""
    parts = [HEAD]
    for room, modules in rooms():
        parts.append("## %s\n" % TITLES[room])
        for name, module in modules.items():
            lines = [row(name, test) for test in tests_of(module)]
            if any(lines):
                title = module.__doc__.split("\n")[0].rstrip(".")
                parts.append("### %s\n\n%s\n%s\n" % (title, COLUMNS, "\n".join(filter(None, lines))))
    return "\n".join(parts)


def row(name, test):
    """A test's line of the table; None for a test of the tests."""
    if not hasattr(test, "line"):
        return None
    cells = [cell.replace("|", "\\|") for cell in test.line]
    return "| %s | `%s::%s` |" % (" | ".join(cells), name, test.__name__)


if __name__ == "__main__":
    importlib.import_module("conftest")  # makes the collection importable
    PAGE.write_text(page(), encoding="utf-8")
