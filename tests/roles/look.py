# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at reports in a real headless Chromium: on a desk, in the dark, on a phone, and printed.

    python -m tests.roles.look FOLDER [REPORT.html ...]
    python -m tests.roles.look --guide docs/docsite/rst/images

Writes the pictures into the folder. Without a report it makes its own there: of 1, 40 and 400 jobs, in the good case, with jobs that
are still paused, and with a job that somebody else resumed. Fails if a page is wider than its screen or its paper, does not show
its answer without scrolling, does not show all of its lanes, breaks the head of a row or column, is not dark where it should be,
takes more sheets of paper than it may, asks for anything but itself, or makes the console complain. --guide writes the
pictures of the maintenance guide.
"""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Any

from ..demo import ansible
from . import chromium, runs

SIZES = (1, 40, 400)
SHEETS = 8  # that a page of 400 jobs may take
A4 = 718  # the width of the paper between its margins, in pixels
# name: what the screen is like. "paper" is how the page is laid out for the printer.
VIEWS = {
    "desk": {"width": 1200, "height": 1600},
    "dark": {"width": 1200, "height": 1600, "scheme": "dark"},
    "phone": {"width": 390, "height": 1700},
    "phone-dark": {"width": 390, "height": 1700, "scheme": "dark"},
    "paper": {"width": A4, "height": 1000, "media": "print", "scheme": "dark"},
}
MEASURE = """({
    width: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
    lanes: [...document.querySelectorAll("li.job .track")].filter(track => track.offsetWidth > 100).length,
    answer: document.querySelector(".answer").getBoundingClientRect().bottom,
    height: window.innerHeight,
    broken: [...document.querySelectorAll("th")].filter(head => {
        const range = document.createRange();
        range.selectNodeContents(head);
        return range.getClientRects().length > 1;
    }).map(head => head.textContent),
    light: Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)),
})"""


def reports(folder: pathlib.Path, made: list[dict[str, Any]]) -> list[pathlib.Path]:
    """The reports of made-up runs, written by the role into the folder."""
    with tempfile.TemporaryDirectory(prefix="drs-look-") as work:
        place = pathlib.Path(work)
        ansible.link_collection(place)
        (place / "play.yml").write_text(runs.PLAY, encoding="utf-8")
        (place / "runs.json").write_text(json.dumps(made), encoding="utf-8")
        command = [ansible.program(), "play.yml", "-e", f"reports={folder}", "-e", "runs=runs.json"]
        environment = ansible.environment(place, {})
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
    return [folder / f"maintenance_window-localhost-{run['run']}.html" for run in made]


def look(browser: chromium.Chromium, page: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Writes a page's pictures into the folder; what is wrong with it, in words."""
    wrong = []
    lanes = len(re.findall(r'<li class="lane job', page.read_text(encoding="utf-8")))
    for name, view in VIEWS.items():
        browser.open(page.as_uri(), **view)
        found = browser.ask(MEASURE)
        dark = view.get("scheme") == "dark" and name != "paper"
        if found["width"] > found["screen"]:
            wrong.append(f"{name}: {found['width']} wide on a screen of {found['screen']}")
        if found["lanes"] != lanes:
            wrong.append(f"{name}: shows {found['lanes']} of {lanes} lanes")
        if found["answer"] > min(found["height"], 700):
            wrong.append(f"{name}: its answer ends {found['answer']:.0f} pixels below the top")
        if found["broken"]:
            wrong.append(f"{name}: breaks {', '.join(found['broken'])}")
        if (found["light"] < 128) != dark:
            wrong.append(f"{name}: its paper is {'light' if dark else 'dark'}")
        wrong += [f"{name}: {words}" for words in browser.complaints()]
        browser.picture(folder / f"{page.stem}-{name}.png")
    printed = folder / f"{page.stem}.pdf"
    browser.print(printed)
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))
    if sheets > SHEETS:
        wrong.append(f"paper: {sheets} sheets")
    return [f"{page.name}, {words}" for words in wrong]


def guide(browser: chromium.Chromium, folder: pathlib.Path) -> None:
    """Writes the pictures of the guide into the folder: the pages from the top to the end of the chart."""
    with tempfile.TemporaryDirectory(prefix="drs-look-") as work:
        pages = reports(pathlib.Path(work), [runs.friendly("good"), runs.friendly("left")])
        for name, page in zip(("report_ok", "report_failed"), pages, strict=True):
            browser.open(page.as_uri(), width=1000, height=1000)
            end = browser.ask("document.querySelector('.chart').getBoundingClientRect().bottom")
            browser.open(page.as_uri(), width=1000, height=int(end) + 16)
            browser.picture(folder / f"{name}.png")


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.exit(__doc__)
    for_guide = arguments[0] == "--guide"
    folder, *pages = (pathlib.Path(argument).resolve() for argument in arguments[for_guide:])
    program = chromium.program()
    if not program:
        sys.exit("look: no Chromium is installed (Debian: apt-get install chromium), so nothing was looked at")
    folder.mkdir(parents=True, exist_ok=True)
    with chromium.Chromium(program) as browser:
        if for_guide:
            guide(browser, folder)
            return 0
        pages = pages or reports(folder, [runs.run(size, case) for size in SIZES for case in runs.CASES])
        wrong = [words for page in pages for words in look(browser, page, folder)]
    print("\n".join(wrong) or f"{len(pages)} pages looked at, pictures in {folder}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
