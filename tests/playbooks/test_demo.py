# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo does what it says, and ends what it started."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys

import pytest
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from ansible_collections.huaweicloud.drs.tests.demo.printer import Printer
from ansible_collections.huaweicloud.drs.tests.demo.stage import Run
from ansible_collections.huaweicloud.drs.tests.demo.story import SHOP, STEPS, WINDOW_JOBS
from ansible_collections.huaweicloud.drs.tests.emulator.seed import PASSWORD, SECRET_KEY, TOKEN

COMMAND = [sys.executable, "-m", "tests.demo"]


def test_every_run_does_what_is_expected_and_the_reports_are_kept(tmp_path):
    folder = tmp_path / "build" / "demo"
    command = [*COMMAND, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("as expected\n") == sum(1 + step.again for step in STEPS)
    assert "Traceback" not in done.stdout + done.stderr
    for line in ("6 jobs: 3 not_attempted, 2 ok, 1 failed; 2 changed", "6 jobs: 6 ok; 3 to be changed"):
        assert line in done.stdout

    kept = sorted(folder.iterdir())
    assert [(path.name.partition("-")[0], path.suffix) for path in kept] == [
        ("maintenance_window", ".html"),
        ("maintenance_window", ".json"),
        ("restore", ".html"),
        ("restore", ".json"),
    ]
    said = done.stdout.rpartition("=== The end")[2]
    for path in kept:
        assert f"  {path}\n" in said
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text("utf-8")
        assert not [secret for secret in (PASSWORD, SECRET_KEY, TOKEN) if secret in text]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    facts = json.loads(kept[1].read_text("utf-8"))
    assert facts["outcome"] == "ok"
    assert {job["id"]: job["status"] for job in facts["jobs"]} == {
        job_id: "PAUSING" if job_id == SHOP else "INCRE_TRANSFER_STARTED" for job_id in WINDOW_JOBS
    }


def test_the_demo_itself_prints_at_most_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    printer = Printer()
    for step in STEPS:
        printer.heading(step.playbook)
        printer.say(step.words + step.again_words)
        printer.file(step.shows)
        printer.command(step)
        printer.verdict(Run(2, 100, 100, 10, []), exit_code=0, changed=0)
    printer.reports([ROOT / "build" / "demo" / "maintenance_window-localhost-20261122T033000Z-12345.html"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ended_in_the_middle_it_leaves_nothing_behind(short_path, number):
    environment = dict(os.environ, TMPDIR=str(short_path))
    command = [*COMMAND, str(short_path / "reports")]
    demo = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    for line in demo.stdout:
        if line.startswith(b"PLAY ["):
            break
    demo.send_signal(number)
    demo.stdout.read()  # to its end, which comes when the last process that writes here is gone
    assert demo.wait(timeout=60) == (128 + number)
    assert list(short_path.iterdir()) == []
