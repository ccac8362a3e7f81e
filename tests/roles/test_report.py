# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page, for one job and for very many: whole, by itself, and with every value escaped."""

from __future__ import annotations

import html as html_module
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


RUNS = [run(1), run(40), run(40, "left"), run(40, "resumed"), run(400, "left")]


def test_pages(stage):
    drs = stage([])
    play = drs.tasks("play", PLAY)
    files = drs.folder / "runs.json"
    files.write_text(json.dumps(RUNS), encoding="utf-8")
    answers = {"reports": str(drs.folder / "reports"), "runs": str(files)}
    one = drs.folder / "one.json"
    one.write_text(json.dumps(RUNS[:1]), encoding="utf-8")
    rehearsal = drs.play(play, {**answers, "runs": str(one)}, "--check")
    assert rehearsal.exit_code == 0, rehearsal.output
    assert not (drs.folder / "reports").exists()

    done = drs.play(play, answers)
    assert done.exit_code == 0, done.output
    assert done.requests == []
    reports = drs.reports("reports")
    assert [len(facts["jobs"]) for facts, _text in reports] == [
        len(made["steps"][0]["result"]["jobs"]) for made in RUNS
    ]
    for facts, text in reports:
        page = Page(text)
        assert "canary" not in text.replace("b-canary", "")
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
            assert not any(name.startswith("on") for name in attrs)
        links = [attrs for tag, attrs in page.elements if tag == "a"]
        assert [attrs["href"] for attrs in links] == [facts["who"]["awx_url"]]
        assert "url(" not in text
        assert "@import" not in text
        assert not [
            attrs
            for tag, attrs in page.elements
            if tag == "div" and attrs.get("role") == "img" and not attrs["aria-label"]
        ]
        for job in facts["jobs"]:
            assert job["id"] in page.words
            assert job["name"] in page.words
        bars = re.findall(r"left:([\d.]+)%;width:([\d.]+)%", text)
        assert bars
        for left, width in bars:
            assert 0 <= float(left) <= 100
            assert float(left) + float(width) <= 100.01
        assert page.words.index("Is anything still paused?") < page.words.index("longest pause")
    hostile = Page(reports[2][1])
    for words in HOSTILE:
        assert words in hostile.words


def test_the_answers(stage):
    drs = stage([])
    play = drs.tasks("play", PLAY)
    files = drs.folder / "runs.json"
    files.write_text(json.dumps(RUNS), encoding="utf-8")
    folder = drs.folder / "reports"
    done = drs.play(play, {"reports": str(folder), "runs": str(files)})
    assert done.exit_code == 0, done.output
    assert "1 job paused for at most 50 min, the work succeeded, the job runs again." in " ".join(done.output.split())
    answers = [
        "NO: the job runs again",
        "NO: all 37 jobs run again",
        "YES: 3 of 40 jobs are STILL PAUSED",
        "NO, but 1 job was RESUMED BY SOMEBODY ELSE during the work",
        "YES: 3 of 400 jobs are STILL PAUSED",
    ]
    for (facts, text), answer in zip(drs.reports("reports"), answers, strict=True):
        assert answer in Page(text).words
        left = [job["name"] for job in facts["jobs"] if job["state"] == "still_paused"]
        lanes = re.findall(r'<li class="lane job urgent">\s*<div class="who"><bdi class="name">(.*?)</bdi>', text)
        assert [html_module.unescape(name) for name in lanes[: len(left)]] == left


PRIVATE = """
- name: Write a report as the other roles do
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Write it
      ansible.builtin.include_role:
        name: huaweicloud.drs.report
        tasks_from: hand_over
      vars:
        __report_dir: "{{ folder }}"
        __report_run: "{{ lookup('ansible.builtin.file', made) | from_json }}"

    - name: Hand it on
      ansible.builtin.set_stats:
        data:
          written: "{{ report_written }}"
          carried_along: "{{ hostvars[inventory_hostname].__report_made | length }}"
"""


def test_extra_variables_do_not_reach_the_private_entry(stage):
    drs = stage([])
    made = drs.folder / "made.json"
    made.write_text(json.dumps(run(1, "left")), encoding="utf-8")
    answers = {"folder": str(drs.folder / "reports"), "made": str(made), "report_dir": "/nowhere", "report_run": "x"}
    done = drs.play(drs.tasks("play", PRIVATE), answers)
    assert done.exit_code == 0, done.output
    ((facts, _text),) = drs.reports("reports")
    assert facts["still_paused"]["answer"] == "yes"
    path = str(drs.folder / "reports" / f"maintenance_window-localhost-{facts['run']}")
    assert done.stats["written"] == {
        "json": f"{path}.json",
        "html": f"{path}.html",
        "outcome": "failed",
        "problems": facts["problems"],
        "sentence": f"{facts['sentence']} Report: {path}.html",
        "message": done.stats["written"]["message"],
    }
    assert HOSTILE[2] in facts["sentence"]
    assert int(done.stats["carried_along"]) == 0, "every later task of the host would carry the whole report along"


def test_every_value_of_the_template_is_escaped():
    values = re.findall(r"{{(.*?)}}", TEMPLATE.read_text(encoding="utf-8"))
    # What a macro gives is made of the other values.
    literal = re.compile(r"\s*'[^']*' if .* else '[^']*'\s*|(job_names|bar)\([a-z.]+\)")
    assert [
        value for value in values if not value.rstrip().endswith("| e") and not literal.fullmatch(value.strip())
    ] == []
