# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the snippets of the guides and READMEs.

A comment in the line before a snippet makes it one that is run: <!-- jobs: JOB, JOB --> in Markdown, .. jobs: JOB, JOB in
reStructuredText. A JOB is [NAME] STATUS [TAG=VALUE ...], such as PAUSING, or orders-eu PAUSING env=prod. The ids in the snippet
and its files get these in the order in which they appear, the last one over and over. More jobs than ids get ids that are made up,
for a snippet that chooses them by their names or tags.
Behind a semicolon, with: NAME=VALUE, NAME=VALUE gives the playbook other values for what depends on the machine and the hour.
$PWD in them, and in commands, is the folder that it is run in. Behind another semicolon, warns: TEXT is a warning that the snippet
is to give. Others must give none. Behind another, fails: TEXT is what the last command is to fail with.

Those of the roles' READMEs have no such comment: tests/roles/test_readmes.py runs them all, each in a way of its own.

A snippet that begins with a line such as "# NAME.yml" is the file of that name, for those of its page that are run and name it.
What is run, by language: yaml is a play; console is commands; ini is a unit of systemd, and text a crontab (schedules.py).
"""

from __future__ import annotations

import pathlib
import re
import textwrap
from collections.abc import Iterable
from typing import Any, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
_MARKDOWN = re.compile(r"(?:<!-- jobs: (?P<jobs>[^>]*?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)\n```", re.DOTALL)
_RST = re.compile(
    r"(?:\.\. jobs: (?P<jobs>[^\n]*)\n\n)?\.\. code-block:: (?P<language>[\w-]+)\n\n(?P<text>(?: +[^\n]*\n|\n)+)"
)
_FILE = re.compile(r"# (?:/[\w./-]*/)?(?P<name>[\w-]+\.(?:yml|env|service|timer))\n")
_JOB_ID = re.compile(r"\b[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}\b")


class Snippet(NamedTuple):
    """One snippet. jobs is None for one that is not run."""

    place: str
    language: str
    text: str
    jobs: list[dict[str, Any]] | None
    variables: list[str]
    warning: str
    failure: str

    @property
    def page(self) -> str:
        """The page that it is on."""
        return self.place.partition(":")[0]

    @property
    def file(self) -> str | None:
        """The name of the file that it is."""
        match = _FILE.match(self.text)
        return match["name"] if match else None


def seeds(snippet: Snippet, files: Iterable[Snippet]) -> list[dict[str, Any]]:
    """The jobs that a snippet and its files need, as the emulator takes them."""
    text = "\n".join(part.text for part in (snippet, *files))
    ids = list(dict.fromkeys(_JOB_ID.findall(text)))
    jobs = snippet.jobs or []
    ids += [f"00000000-0000-0000-0000-{n:012d}" for n in range(len(ids), len(jobs))]
    return [{"id": job_id, **jobs[min(n, len(jobs) - 1)]} for n, job_id in enumerate(ids)]


def pages() -> list[pathlib.Path]:
    """Every page that a user reads. tests/unit/emulator runs the emulator's own README."""
    found = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "playbooks/awx/README.md")]
    found += [*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/**/*.rst"), *ROOT.glob("roles/*/README.md")]
    return sorted(page for page in found if page.exists())


def snippets() -> list[Snippet]:
    """All snippets of all pages."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for match in (_RST if page.suffix == ".rst" else _MARKDOWN).finditer(text):
            line = text.count("\n", 0, match.start("text")) + 1
            jobs, *rest = (match["jobs"] or "").split("; ")
            given = {name: value for name, _mark, value in (part.partition(": ") for part in rest)}
            assert set(given) <= {"with", "warns", "fails"}, f"{page}:{line}: {given}"
            place = f"{page.relative_to(ROOT)}:{line}"
            lines = textwrap.dedent(match["text"])
            seeded = [_job(part) for part in _parts(jobs)] or None
            variables = _parts(given.get("with", ""))
            ends = given.get("warns", ""), given.get("fails", "")
            found.append(Snippet(place, match["language"], lines, seeded, variables, *ends))
    return found


def files_of(snippet: Snippet, found: Iterable[Snippet]) -> list[Snippet]:
    """The files that a snippet names, out of all snippets."""
    return [other for other in found if other.page == snippet.page and other.file and other.file in snippet.text]


def _job(text: str) -> dict[str, Any]:
    """A job as the emulator takes it, of a comment's [NAME] STATUS [TAG=VALUE ...]."""
    words = text.split()
    *name, status = [word for word in words if "=" not in word]
    tags = [word.partition("=") for word in words if "=" in word]
    job: dict[str, Any] = {"status": status, "tags": [{"key": key, "value": value} for key, _mark, value in tags]}
    return job | ({"name": " ".join(name)} if name else {})


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
