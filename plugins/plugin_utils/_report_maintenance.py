# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a maintenance went: what the role maintenance_window hands over, brought to the keys that any run has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _failure
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_facts import mapping, text, truth, values


def maintenance(run: Any) -> Mapping[str, Any]:
    """The run, with ``record``, ``remaining``, ``work``, ``problems``, ``warnings`` and ``steps`` made out of its key
    ``maintenance``, if it has one.

    That has ``begun`` and ``ended``, results of drs_maintenance (empty if it did not run), ``tasks``, the path of the
    work, ``worked``, whether the work came to its end, ``failure``, why it or what came before it failed, ``left_open``,
    why a later play had to end the maintenance, and ``warnings`` of the files of tasks.
    """
    whole: Mapping[str, Any] = mapping(run)
    given = mapping(whole.get("maintenance"))
    if not given:
        return whole
    begun, ended = mapping(given.get("begun")), mapping(given.get("ended"))
    restores = text(whole.get("role")) == "restore"
    # Ansible runs no rescue on a host where another one's task with run_once failed, so nothing is noted there.
    why = text(given.get("failure")) or ("" if restores or truth(given.get("worked")) else _failure.NOT_NAMED)
    problems = [
        {"step": step, "text": words}
        for step, words in (
            ("restore", text(ended.get("msg")) if truth(ended.get("failed")) else ""),
            ("window", text(given.get("left_open"))),
            ("window", why),
        )
        if words
    ]
    # One that was closed before this run tells nothing of it.
    worked_on = begun or ended.get("jobs") or ended.get("remaining")
    return {
        **whole,
        "record": (ended.get("record") or begun.get("record") or {}) if worked_on else {},
        "remaining": values(ended.get("remaining")),
        "work": {
            "name": text(given.get("tasks")).rpartition("/")[2],
            "started_at": begun.get("ended_at"),
            "ended_at": ended.get("began_at"),
            "outcome": _outcome(restores, begun, why),
            "text": why,
        },
        "problems": problems,
        "warnings": [*values(given.get("warnings")), *values(begun.get("warnings")), *values(ended.get("warnings"))],
        "steps": [_step("pause", begun), _step("resume", ended)],
    }


def _outcome(restores: bool, begun: Mapping[str, Any], why: str) -> str:
    if restores:
        return ""
    if not begun or truth(begun.get("failed")):
        return "not_run"
    return "failed" if why else "ok"


def _step(name: str, result: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "result": result, "started_at": result.get("began_at"), "ended_at": result.get("ended_at")}
