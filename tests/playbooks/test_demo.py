# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo does what it says, and ends what it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT
from ansible_collections.huaweicloud.drs.tests.demo.story import STEPS

COMMAND = [sys.executable, "-m", "tests.demo"]


def test_every_run_does_what_is_expected():
    done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("as expected\n") == sum(1 + step.again for step in STEPS)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ended_in_the_middle_it_leaves_nothing_behind(tmp_path, number):
    environment = dict(os.environ, TMPDIR=str(tmp_path))
    demo = subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    for line in demo.stdout:
        if line.startswith(b"PLAY ["):
            break
    demo.send_signal(number)
    demo.stdout.read()  # to its end, which comes when the last process that writes here is gone
    assert demo.wait(timeout=60) == (128 + number)
    assert list(tmp_path.iterdir()) == []
