# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of a maintenance over many jobs, made up, as the report takes them. The night is one of a clock change."""

from __future__ import annotations

import json
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


def ids(jobs: int) -> list[str]:
    """The ids of the jobs of a run."""
    return [f"{number:08x}-2308-4bb5-a6bc-{number * 7919:07x}jb21s"[:36] for number in range(jobs)]


def _name(number: int) -> str:
    return NAMES[number] if number < len(NAMES) else f"job-{number:03d}"


def _row(job: dict[str, str], action: str, before: str, *moves: tuple[str, int], **more: Any) -> dict[str, Any]:
    """What a module says of a job: it went through these statuses, at these seconds."""
    return {
        **job,
        "action": action,
        "changed": action != "none",
        "outcome": "ok",
        "status_before": before,
        "status": moves[-1][0],
        "timeline": seen(*moves),
        "error_code": None,
        "error_msg": None,
        **more,
    }


def _rows(number: int, job: dict[str, str], case: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What present and absent say of one job. Some were paused before. In the bad cases a few are different."""
    if number % 11 == 10:
        return _row(job, "none", PAUSED, (PAUSED, 4)), None
    paused, resumed = 20 + number * 37 % 120, 3000 + number * 53 % 200
    present = _row(job, "pause", RUNNING, (RUNNING, 4), (PAUSED, paused))
    if case == "left" and number in (0, 5, 7):
        said = {"error_code": "DRS.M01504", "error_msg": f"The task is abnormal. {HOSTILE[1]} {HOSTILE[2]}"}
        return present, _row(job, "none", PAUSED, (PAUSED, 2995), outcome="failed", reason="refused", **said)
    if case == "left" and number == 3:
        moves = (PAUSED, 2995), ("STARTJOBING", resumed), (FAILED, resumed + 60)
        said = {"error_code": "DRS.M01504", "error_msg": "The binary log is gone."}
        return present, _row(job, "resume", PAUSED, *moves, outcome="failed", reason="ended_badly", **said)
    if case == "resumed" and number == 0:
        return present, _row(job, "none", RUNNING, (RUNNING, 2995), outcome="failed", reason="resumed_meanwhile")
    return present, _row(job, "resume", PAUSED, (PAUSED, 2995), ("STARTJOBING", resumed), (RUNNING, resumed + 150))


CASES = ("good", "left", "resumed")


def run(jobs: int, case: str = "good") -> dict[str, Any]:
    """A run over that many jobs.

    good: all of them run again. left: the work fails, some jobs cannot be resumed and are still paused, and one fails.
    resumed: somebody else resumes a job during the work.
    """
    known = [{"id": job_id, "name": _name(number)} for number, job_id in enumerate(ids(jobs))]
    rows = [_rows(number, job, case) for number, job in enumerate(known)]
    present, absent = [row for row, _absent in rows], [row for _row, row in rows if row]
    left = [row["id"] for row in absent if row["status"] == PAUSED]
    failed = [row for row in absent if row["outcome"] != "ok"]
    problems, work = (
        [],
        {"name": "Change the schema", "started_at": at(160), "ended_at": at(2990), "outcome": "ok", "text": ""},
    )
    if case == "left":
        work |= {
            "outcome": "failed",
            "text": f"Add a column: ERROR 1205 (HY000): Lock wait timeout exceeded {HOSTILE[0]} {HOSTILE[2]}",
        }
        problems = [{"step": "work", "text": work["text"]}]
    if failed:
        problems.append({"step": "resume", "text": f"Not all jobs were resumed. {HOSTILE[0]}"})
    before = [row["name"] for row in present if row["status_before"] == PAUSED]
    return {
        "role": "maintenance_window",
        "run": f"20261025T001000Z-{jobs:05d}-{case}",
        "playbook": "Work in a maintenance window",
        "host": "localhost",
        "started_at": at(0),
        "ended_at": at(3700),
        "timezone": "Europe/Berlin",
        "warn_after": 24,
        "remaining": left,
        "work": work,
        "record": {
            "schema": 1,
            "phase": "open" if left else "closed",
            "run": f"20261025T001000Z-{jobs:05d}-{case}",
            "name": "localhost",
            "owner": {
                "host": "awx-task-7d9f",
                "user": "operations",
                "pid": 4711,
                "awx_job": "8123",
                "awx_workflow": "8120",
                "awx_url": "https://awx.example.com/#/jobs/playbook/8123/output",
                "since": at(2),
            },
            "project_id": "0b5f3a2c5d8e4d6f9a1b2c3d4e5f6a7b",
            "region": "eu-de",
            "endpoint": "https://drs.eu-de.otc.t-systems.com",
            "versions": {"collection": "1.0.0", "python": "3.12.1"},
            "began_at": at(2),
            "paused_at": at(160),
            "ended_at": None if left else at(3690),
            "pause_mode": "target",
            "jobs": {
                row["id"]: {
                    "name": row["name"],
                    "before": row["status_before"],
                    "known": "paused_before" if row["action"] == "none" else "paused" if row["id"] in left else "out",
                    "paused_at": row["timeline"][-1]["at"],
                }
                for row in present
            },
        },
        "versions": {"ansible": "2.19.4", "collection": "1.0.0"},
        "asked": {
            "ids": ids(jobs),
            "tasks": f"/etc/drs/{HOSTILE[1]}.yml",
            "pause_mode": "target",
            "start": "02:00",
            "end": "04:30",
            "report_tasks": "",
            "settle_minutes": 10.0,
            "takeover": False,
            "empty": [],
        },
        "steps": [
            {
                "name": "pause",
                "started_at": at(2),
                "ended_at": at(160),
                "result": _result(present, "All jobs are paused"),
            },
            {
                "name": "resume",
                "started_at": at(2993),
                "ended_at": at(3690),
                "result": {**_result(absent, f"resume: {HOSTILE[0]}"), "failed": bool(failed)},
            },
        ],
        "problems": problems,
        "warnings": [f"Paused before, and no record says why: {', '.join(before[:5])}."] if before else [],
    }


def _result(rows: list[dict[str, Any]], msg: str) -> dict[str, Any]:
    summary = {"requested": len(rows), "changed": sum(row["changed"] for row in rows)}
    return {"jobs": rows, "changed": True, "msg": msg, "summary": summary, "api": {"token": "canary"}}


# The jobs of the guide's pictures, by the names that take the place of those above.
FRIENDLY = ["orders", "billing", "customers", "archive", "shop", "stock", "prices", "invoices"]
FRIENDLY += ["returns", "search", "reporting", "newsletter"]


def friendly(case: str) -> dict[str, Any]:
    """A run of the same kind over twelve jobs, as it may look in everyday life, for the pictures of the guide."""
    made = json.dumps(run(len(FRIENDLY), case), ensure_ascii=False)
    names = [_name(number) for number in range(len(FRIENDLY))]
    for old, new in zip(names, FRIENDLY, strict=True):
        made = made.replace(json.dumps(old, ensure_ascii=False), json.dumps(new))
        made = made.replace(f": {old}.", f": {new}.")
    for words in HOSTILE:
        made = made.replace(f" {json.dumps(words, ensure_ascii=False)[1:-1]}", "").replace(
            json.dumps(words)[1:-1], "alter"
        )
    return json.loads(made.replace("2026-10-25T00:", "2026-11-15T22:").replace("2026-10-25T01:", "2026-11-15T23:"))
