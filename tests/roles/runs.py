# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of a maintenance window over many jobs, made up, as the report takes them. The night is one of a clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
RUNNING, PAUSED, FAILED = "INCRE_TRANSFER_STARTED", "PAUSING", "INCRE_TRANSFER_FAILED"
HOSTILE = ["<script>alert(1)</script>", '"><b-canary onload=x>', "{{ 1 / 0 }}", "&lt;tricky&gt;", "日本語のジョブ"]
LONG = "customers-archive-2019-with-a-very-long-name-that-wraps-badly-on-phones"
NAMES = ["orders to the new cluster", "billing-eu", *HOSTILE, LONG]

# A play that writes the report of each run that is in a file.
PLAY = """
- name: Write reports
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Write a report
      ansible.builtin.include_role:
        name: huaweicloud.drs.report
      vars:
        report_dir: "{{ reports }}"
        report_run: "{{ made }}"
      loop: "{{ lookup('ansible.builtin.file', runs) | from_json }}"
      loop_control:
        loop_var: made
        label: "{{ made.run }}"
"""


def at(seconds: int) -> str:
    """That many seconds into the run, as the service's clock has it."""
    return (BEGAN + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(*moves: tuple[str, int]) -> list[dict[str, str]]:
    """A timeline of statuses and the seconds at which they were seen."""
    return [{"status": status, "at": at(second)} for status, second in moves]


def _rows(number: int) -> dict[str, dict[str, Any]]:
    """What the plan, the pause and the resume say of one job: some were paused before, and some fail in the end."""
    job = {
        "id": f"{number:08x}-2308-4bb5-a6bc-{number * 7919:07x}jb21s"[:36],
        "name": NAMES[number] if number < len(NAMES) else f"job-{number:03d}",
    }
    if number % 11 == 10:
        return {"plan": {**job, "status_before": PAUSED, "status": PAUSED, "action": "none", "outcome": "ok"}}
    paused, resumed = 20 + number * 37 % 120, 3000 + number * 53 % 200
    ends = FAILED if number % 17 == 3 else RUNNING
    words = f"The task is abnormal. {HOSTILE[1]}" if ends == FAILED else None
    return {
        "plan": {
            **job,
            "status_before": RUNNING,
            "status": RUNNING,
            "action": "pause",
            "outcome": "ok",
            "changed": True,
        },
        "pause": {
            **job,
            "status_before": RUNNING,
            "status": PAUSED,
            "action": "pause",
            "outcome": "ok",
            "changed": True,
            "timeline": seen((RUNNING, 5), (PAUSED, paused)),
        },
        "resume": {
            **job,
            "status_before": PAUSED,
            "status": ends,
            "action": "resume",
            "outcome": "failed" if words else "ok",
            "changed": True,
            "reason": "ended_badly" if words else None,
            "error_code": "DRS.M01504" if words else None,
            "error_msg": words,
            "timeline": seen((PAUSED, 2995), ("STARTJOBING", resumed), (ends, resumed + 150)),
        },
    }


def run(jobs: int) -> dict[str, Any]:
    """A run over that many jobs. One over a single job goes well; in the others the work fails, and some jobs do not resume."""
    rows = [_rows(number) for number in range(jobs)]
    steps = [
        {
            "name": step,
            "plan": step == "plan",
            "at": at(0),
            "result": {
                "jobs": [row[step] for row in rows if step in row],
                "changed": True,
                "msg": f"{step}: {HOSTILE[0]}",
            },
        }
        for step in ("plan", "pause", "resume")
    ]
    problems = [
        {"step": "restore", "text": f"Some jobs could not be resumed. DRS.M01504 {HOSTILE[0]}"},
        {"step": "window", "text": "Change the schema: ERROR 1205 (HY000): Lock wait timeout exceeded"},
    ]
    return {
        "role": "maintenance_window",
        "run": f"20261025T001000Z-{jobs:05d}",
        "playbook": "Work in a maintenance window",
        "host": "localhost",
        "started_at": at(0),
        "ended_at": at(3700),
        "timezone": "Europe/Berlin",
        "asked": {
            "ids": [row["plan"]["id"] for row in rows],
            "tasks": f"/etc/drs/{HOSTILE[1]}.yml",
            "pause_mode": "target",
            "start": "02:00",
            "end": "04:30",
            "report_tasks": "",
            "settle_minutes": 10.0,
            "empty": [],
        },
        "steps": steps,
        "problems": problems if jobs > 1 else [],
        "warnings": ["The jobs were paused for 26.0 hours, more than 24."] if jobs > 1 else [],
    }
