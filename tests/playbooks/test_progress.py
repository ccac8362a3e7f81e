# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line of progress while a task waits: seen at a terminal and through ansible-runner, and nothing else is another."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import time

import pytest
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.playbooks.conftest import SCALE

ORDERS = "9a470239-2308-4bb5-a6bc-1040402fjb21"
BILLING = "dbb8127c-b093-4b94-b764-7161e151jb2s"
FOR_GOOD = 1_000_000.0
PROGRESS = "[localhost] "


def job(job_id, shows_after=0.0):
    """A running job that shows a pause so many of our seconds after it was accepted."""
    return {"id": job_id, "status": "INCRE_TRANSFER_STARTED", "write_lag": shows_after * SCALE}


def play(drs, *, progress=True, keywords=None):
    """The path of a playbook that pauses every job, with more keywords on its task."""
    options = {"state": "paused", "job_ids": list(drs.emulator.jobs), "progress": progress, "wait_interval": 1}
    task = {"name": "Pause", "huaweicloud.drs.drs_job_batch": options, **(keywords or {})}
    interpreter = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    path = drs.folder / f"progress_{progress}.yml".lower()
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": interpreter, "tasks": [task]}]))
    return str(path)


def run(drs, path, **environment):
    """Runs a playbook, with standard output and standard error apart."""
    return subprocess.run(
        [ansible.program(), path],
        env=drs.environment | environment,
        cwd=drs.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def lines_of_progress(text):
    return [line.strip() for line in text.splitlines() if line.startswith(PROGRESS)]


def test_lines_come_at_a_terminal_while_the_task_waits(service):
    drs = service([job(ORDERS, shows_after=1), job(BILLING, shows_after=7)])
    terminal, other_end = pty.openpty()
    command = [ansible.program(), play(drs)]
    with subprocess.Popen(
        command, env=drs.environment, cwd=drs.folder, stdin=other_end, stdout=other_end, stderr=other_end
    ):
        os.close(other_end)
        first, text = None, ""
        while chunk := _read(terminal):
            text += chunk
            first = first or (time.monotonic() if "2 in progress" in text else None)
    os.close(terminal)
    assert time.monotonic() - first > 3
    assert lines_of_progress(text) == [
        "[localhost] 0 of 2 paused, 2 in progress",
        "[localhost] 1 of 2 paused, 1 in progress",
    ]
    assert text.index("1 of 2 paused") < text.index("changed: [localhost]")


def _read(terminal):
    """What a terminal shows next; empty once nobody writes there any more."""
    try:
        return os.read(terminal, 65536).decode()
    except OSError:
        return ""


def test_standard_output_is_as_without_progress(service):
    drs = service([job(ORDERS, shows_after=2)])
    with_progress = run(drs, play(drs))
    drs.emulator.reset()
    without = run(drs, play(drs, progress=False))
    assert with_progress.returncode == without.returncode == 0, with_progress.stdout + without.stdout
    assert with_progress.stdout == without.stdout
    assert lines_of_progress(with_progress.stderr) == ["[localhost] 0 of 1 paused, 1 in progress"]
    assert lines_of_progress(without.stderr) == []


def test_no_request_more_than_without_progress(service):
    drs = service([job(ORDERS), job(BILLING)], clock="immediate", lag_reads=4)
    asked = []
    for progress in (True, False):
        drs.emulator.reset()
        done = run(drs, play(drs, progress=progress))
        assert done.returncode == 0, done.stdout + done.stderr
        asked.append([(entry.endpoint, entry.body) for entry in drs.emulator.journal])
    assert asked[0] == asked[1]
    assert len(asked[0]) > 4


@pytest.mark.parametrize("ends", ["the task's timeout", "the module's deadline"])
def test_nothing_is_left_behind(service, ends):
    drs = service([job(ORDERS, shows_after=FOR_GOOD)])
    path = play(drs, keywords={"timeout": 6} if ends == "the task's timeout" else {"args": {"wait_timeout": 3}})
    kept = drs.folder / "local-tmp"
    done = run(drs, path, ANSIBLE_LOCAL_TEMP=str(kept))
    assert done.returncode == 2, done.stdout + done.stderr
    assert lines_of_progress(done.stderr) == ["[localhost] 0 of 1 paused, 1 in progress"]
    assert list(kept.rglob("*")) == []


def through_a_runner(drs, folder, files):
    """What ansible-runner shows of a project of these files, event by event, as AWX reads it."""
    asked, worked, got = (folder / name for name in ("asked", "worked", "got"))
    environment = drs.environment | {"PATH": os.pathsep.join([os.path.dirname(ansible.program()), os.environ["PATH"]])}
    for name, text in {"env/envvars": json.dumps(environment), **files}.items():
        path = asked / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    runner = ansible.program("ansible-runner")
    words = (
        f"{runner} transmit {asked} -p play.yml | {runner} worker --private-data-dir {worked} | {runner} process {got}"
    )
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (events,) = got.rglob("job_events")
    numbered = sorted(events.iterdir(), key=lambda path: int(path.name.partition("-")[0]))
    return [json.loads(path.read_text())["stdout"] for path in numbered]


def test_through_a_runner(service, tmp_path):
    drs = service([job(ORDERS, shows_after=3)])
    play_yml = (drs.folder / os.path.basename(play(drs))).read_text()
    shown = through_a_runner(drs, tmp_path, {"project/play.yml": play_yml})
    assert any("[localhost] 0 of 1 paused, 1 in progress" in text for text in shown)


def test_through_a_runner_in_a_role_on_several_hosts(service, tmp_path):
    drs = service([job(ORDERS, shows_after=3), job(BILLING, shows_after=3)])
    pause = {"state": "paused", "job_ids": "{{ [job] }}", "wait_interval": 1}
    tasks = [
        {"name": "Pause", "block": [{"huaweicloud.drs.drs_job_batch": pause}], "always": [{"debug": {"msg": "over"}}]}
    ]
    connection = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {"orders": {"job": ORDERS}, "billing": {"job": BILLING}}
    included = {"name": "Run the role", "include_role": {"name": "pause"}}
    files = {
        "inventory/hosts.yml": json.dumps({"all": {"hosts": hosts, "vars": connection}}),
        "project/play.yml": json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [included]}]),
        "project/roles/pause/tasks/main.yml": json.dumps(tasks),
    }
    lines = [line.strip() for text in through_a_runner(drs, tmp_path, files) for line in text.splitlines()]
    progress = [line for line in lines if "in progress" in line]
    assert sorted(progress) == [f"[{host}] 0 of 1 paused, 1 in progress" for host in ("billing", "orders")]
    # While the task runs, and not with its result.
    assert max(map(lines.index, progress)) < min(lines.index(line) for line in lines if "changed: [" in line)
