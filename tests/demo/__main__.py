# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: the real playbooks against the emulator, each run checked.  python -m tests.demo [FOLDER]

It needs no account and sends nothing anywhere: the service is an emulator in this process, on a free loopback port.
The reports of the maintenance window stay in the folder, build/demo of the checkout where none is given.
Exits with 0 when every run did what was expected, else with 1.
"""

from __future__ import annotations

import pathlib
import signal
import sys
import time

from .ansible import ROOT
from .printer import Printer
from .stage import SCALE, Stage
from .story import JOBS, STEPS


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _end)
    printer, began, surprises, runs = Printer(), time.monotonic(), 0, 0
    folder = pathlib.Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT / "build" / "demo"
    folder.parent.mkdir(parents=True, exist_ok=True)
    reports: list[pathlib.Path] = []
    with Stage(JOBS, folder) as stage:
        printer.say(
            f"The collection's own playbooks drive {len(JOBS)} jobs of an emulated DRS service at {stage.url}: the "
            f"jobs of the API reference's examples. Time passes {SCALE:.0f} times faster there. Two playbooks are run "
            "once more, to show that nothing is done twice."
        )
        for step in STEPS:
            for again in (False, True) if step.again else (False,):
                printer.heading(f"{runs + 1}. {step.playbook}{', once more' if again else ''}")
                printer.say(step.again_words if again else step.words)
                if step.shows and not again:
                    printer.file(step.shows)
                printer.command(step)
                run = stage.run(step)
                runs += 1
                reports += run.reports
                surprises += printer.verdict(run, exit_code=step.exit_code, changed=0 if again else step.changed)
    printer.heading("The end")
    printer.reports(reports)
    seconds = time.monotonic() - began
    if surprises:
        printer.say(f"{surprises} of {runs} runs did NOT do what was expected ({seconds:.0f} s).")
        return 1
    printer.say(f"All {runs} runs did what was expected ({seconds:.0f} s), and the emulator has ended.")
    return 0


def _end(number, frame):
    """Unwinds, so that the playbook and the emulator are ended too."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
