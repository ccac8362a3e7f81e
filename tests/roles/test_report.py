# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page, for one job and for very many: whole, by itself, and with every value escaped."""

from __future__ import annotations

import html.parser
import json
import re

from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from ansible_collections.huaweicloud.drs.tests.roles.runs import HOSTILE, PLAY, run

TEMPLATE = ROOT / "roles" / "report" / "templates" / "report.html.j2"
VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    """What a browser would see: elements that are closed in order, their attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words += data


def test_pages(stage):
    drs = stage([])
    play = drs.tasks("play", PLAY)
    runs = drs.folder / "runs.json"
    runs.write_text(json.dumps([run(1), run(40), run(400)]), encoding="utf-8")
    answers = {"reports": str(drs.folder / "reports"), "runs": str(runs)}
    one = drs.folder / "one.json"
    one.write_text(json.dumps([run(1)]), encoding="utf-8")
    rehearsal = drs.play(play, {**answers, "runs": str(one)}, "--check")
    assert rehearsal.exit_code == 0, rehearsal.output
    assert not (drs.folder / "reports").exists()

    done = drs.play(play, answers)
    assert done.exit_code == 0, done.output
    assert done.requests == []
    reports = drs.reports("reports")
    assert [len(facts["jobs"]) for facts, _text in reports] == [1, 40, 400]
    for facts, text in reports:
        page = Page(text)
        lanes = [attrs for tag, attrs in page.elements if tag == "li" and "id" in attrs]
        assert len(lanes) == len(facts["jobs"])
        assert {tag for tag, _attrs in page.elements} & {
            "script",
            "img",
            "link",
            "iframe",
            "object",
            "b-canary",
        } == set()
        for _tag, attrs in page.elements:
            assert "src" not in attrs
            assert attrs.get("href", "#").startswith("#")
            assert not any(name.startswith("on") for name in attrs)
        assert "url(" not in text
        assert "@import" not in text
        for job in facts["jobs"]:
            assert job["id"] in page.words
        for left, width in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", text):
            assert 0 <= float(left) <= 100
            assert float(left) + float(width) <= 100.01
    hostile = Page(reports[1][1])
    for words in HOSTILE:
        assert words in hostile.words


def test_every_value_of_the_template_is_escaped():
    values = re.findall(r"{{(.*?)}}", TEMPLATE.read_text(encoding="utf-8"))
    literal = re.compile(r"\s*'[^']*' if .* else '[^']*'\s*")
    assert [value for value in values if not value.rstrip().endswith("| e") and not literal.fullmatch(value)] == []
