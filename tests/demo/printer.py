# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo itself prints between the playbooks' output."""

from __future__ import annotations

import os
import pathlib
import shlex
import shutil
import sys
import textwrap

from .stage import Run
from .story import Step

_BOLD, _RED, _GREEN, _PLAIN = "\033[1m", "\033[31m", "\033[32m", "\033[0m"


class Printer:
    """Writes to standard output: at most 80 columns, in colour on a terminal unless NO_COLOR is set."""

    def __init__(self) -> None:
        self._width = min(80, shutil.get_terminal_size().columns)
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def heading(self, words: str) -> None:
        line = f"=== {words} "
        self._print("\n" + line.ljust(self._width - 1, "="), _BOLD)

    def say(self, words: str) -> None:
        self._print(self._filled(words))

    def command(self, step: Step) -> None:
        words = [shlex.quote(word) for word in step.arguments]
        line = f"$ ansible-playbook huaweicloud.drs.{step.playbook}"
        if len(line) + len(" ".join(words)) + 1 >= self._width:
            line += " \\\n   "
        self._print("\n" + " ".join([line, *words]), _BOLD)

    def file(self, text: str) -> None:
        self._print("\n" + textwrap.indent(text.rstrip("\n"), "    "))

    def reports(self, paths: list[pathlib.Path]) -> None:
        """Says where files are, each in a line of its own: from here where they lie below."""
        self.say("The reports of the window and of its restore are kept. Open a page in a browser:")
        for path in paths:
            here = pathlib.Path.cwd()
            self._print(f"  {path.relative_to(here) if path.is_relative_to(here) else path}", _BOLD)

    def verdict(self, run: Run, *, exit_code: int, changed: int) -> bool:
        """Says what the run did; true when that was not expected."""
        requests = f"{_counted(run.reads, 'request')} to read, {run.writes} to change"
        did = f"exit code {run.exit_code}, {requests}, {_counted(run.changed, 'job')} changed"
        if (run.exit_code, run.changed) == (exit_code, changed):
            self._print(self._filled(f"--> {did}: as expected"), _GREEN)
            return False
        expected = f"which was exit code {exit_code} and {_counted(changed, 'job')} changed"
        self._print(self._filled(f"--> {did}: NOT AS EXPECTED, {expected}"), _RED)
        return True

    def _filled(self, words: str) -> str:
        return textwrap.fill(words, self._width - 1)

    def _print(self, words: str, style: str = "") -> None:
        print(f"{style}{words}{_PLAIN}" if style and self._colour else words, flush=True)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
