# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a program of its own."""

from __future__ import annotations

import http.client
import json
import pathlib
import signal
import subprocess
import sys

import pytest
from ansible_collections.huaweicloud.drs.tests import emulator

ROOT = pathlib.Path(emulator.__file__).resolve().parents[2]
PATIENCE = 20


@pytest.fixture
def run():
    """Start ``python -m tests.emulator`` with these arguments and read its greeting; it is ended afterwards."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        lines = {}
        for line in process.stdout:
            if line.startswith("export "):
                name, _equals, value = line.removeprefix("export ").strip().partition("=")
                lines[name] = value.strip("'")
            if name_is_last(line):
                break
        return process, lines

    def name_is_last(line):
        return line.startswith("# export HW_AUTH_TOKEN")

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)


def get(endpoint, path):
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=PATIENCE)
    connection.request("GET", path)
    body = json.loads(connection.getresponse().read())
    connection.close()
    return body


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_how_to_reach_it_and_ends_cleanly(run, tmp_path, number):
    port_file = tmp_path / "port"
    process, said = run("--port-file", str(port_file), "--clock", "manual", "--setting", "lag=7", "--latency", "1")
    assert set(said) == {
        "HW_DRS_ENDPOINT",
        "HW_AUTH_URL",
        "HW_REGION_NAME",
        "HW_PROJECT_ID",
        "HW_ACCESS_KEY",
        "HW_SECRET_KEY",
    }
    assert said["HW_AUTH_URL"] == said["HW_DRS_ENDPOINT"] + "/v3"
    settings = get(said["HW_DRS_ENDPOINT"], "/_emulator/settings")
    assert (settings["lag"], settings["latency"]) == (7, 0.001)
    assert len(get(said["HW_DRS_ENDPOINT"], "/_emulator/state")["jobs"]) == 6
    assert said["HW_DRS_ENDPOINT"].endswith(":" + port_file.read_text(encoding="ascii").strip())
    process.send_signal(number)
    assert process.wait(timeout=PATIENCE) == 0
    assert process.stderr.read() == ""


def test_it_ends_when_the_process_that_started_it_is_gone(run):
    middle = (
        "import subprocess, sys;"
        "subprocess.Popen([sys.executable, '-m', 'tests.emulator', '--until-parent-gone']);"
        "sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", middle], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    for line in parent.stdout:
        if "listens at" in line:
            break
    parent.kill()
    # The emulator holds the other end of this pipe: it is read to its end only when the emulator has ended too.
    assert "HW_DRS_ENDPOINT" in parent.stdout.read()
    parent.wait(timeout=PATIENCE)
    parent.stdin.close()
    parent.stdout.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "nowhere.json"], "No such file"),
        (["--setting", "colour=red"], "no setting is called colour"),
        (["--setting", "lag"], "name=value"),
        (["--scale", "0"], "scale"),
        (["--tls-cert", "nowhere.pem"], "No such file"),
    ],
)
def test_what_does_not_fit_is_one_line_and_exit_1(arguments, message):
    done = subprocess.run(
        [sys.executable, "-m", "tests.emulator", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("drs-emulator: ")


def test_the_page_of_sources():
    done = subprocess.run(
        [sys.executable, "-m", "tests.emulator", "--coverage"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout == (ROOT / "tests" / "emulator" / "PROVENANCE.md").read_text(encoding="utf-8")


def test_it_needs_the_standard_library_alone():
    code = (
        "import sys;"
        "sys.path[:] = [path for path in sys.path if 'packages' not in path];"
        f"sys.path.insert(0, {str(ROOT)!r});"
        "import tests.emulator;"
        "print([name for name in sys.modules if 'plugins' in name])"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == "[]"
