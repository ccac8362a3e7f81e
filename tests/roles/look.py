# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at reports in a real headless Chromium: on a desk, on a phone, in the dark, and printed.

    python tests/roles/look.py FOLDER REPORT.html ...

Writes the pictures into the folder, and fails where a page is wider than its screen or does not show all of its lanes.
"""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
# name: window size, more flags. Headless Chromium makes no window narrower than 500.
VIEWS = {
    "desk": ("1200,1600", []),
    "dark": ("1200,1600", ["--blink-settings=preferredColorScheme=0"]),
    "phone": ("500,1600", []),
}
MEASURE = """<script>
document.title = [document.documentElement.scrollWidth, innerWidth, document.querySelectorAll("li[id] .track").length].join(" ");
</script>"""


def browser() -> str:
    """The path of a Chromium; SystemExit where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        sys.exit("No Chromium is installed.")
    return found


def chromium(program: str, page: pathlib.Path, *flags: str) -> str:
    """What Chromium prints when it opens the page with these flags."""
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
        return subprocess.run(command, check=True, timeout=120, capture_output=True, text=True).stdout


def look(program: str, page: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Writes a page's pictures into the folder; what is wrong with it, in words."""
    wrong = []
    text = page.read_text(encoding="utf-8")
    lanes = len(re.findall(r'<li class="lane', text))
    for name, (size, more) in VIEWS.items():
        chromium(program, page, f"--window-size={size}", *more, f"--screenshot={folder / f'{page.stem}-{name}.png'}")
        with tempfile.TemporaryDirectory() as copies:
            copy = pathlib.Path(copies) / "page.html"
            copy.write_text(text.replace("</body>", MEASURE + "</body>"), encoding="utf-8")
            title = re.search(
                r"<title>([\d ]+)</title>", chromium(program, copy, f"--window-size={size}", *more, "--dump-dom")
            )
        width, screen, shown = map(int, title.group(1).split()) if title else (1, 0, 0)
        if width > screen:
            wrong.append(f"{page.name}, {name}: {width} wide on a screen of {screen}")
        if shown != lanes:
            wrong.append(f"{page.name}, {name}: shows {shown} of {lanes} lanes")
    chromium(program, page, "--no-pdf-header-footer", f"--print-to-pdf={folder / f'{page.stem}.pdf'}")
    return wrong


def main(arguments: list[str]) -> int:
    if len(arguments) < 2:
        sys.exit(__doc__)
    folder, *pages = map(pathlib.Path, arguments)
    folder.mkdir(parents=True, exist_ok=True)
    program = browser()
    wrong = [words for page in pages for words in look(program, page.resolve(), folder.resolve())]
    print("\n".join(wrong) or f"{len(pages)} pages looked at, pictures in {folder}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
