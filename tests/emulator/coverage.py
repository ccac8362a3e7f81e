# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator does and where each line of it is known from, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import routes, transitions
from .settings import MEANINGS, Settings


def lines() -> Iterator[tuple[str, str, str, transitions.Source]]:
    """Every line: what it is about, the case, what happens, and the source."""
    for status in transitions.STATUSES:
        yield "status", status.name, status.phase, status.source
    for rule in (*transitions.RULES, transitions.SCHEDULED, transitions.INIT_ONLY, *transitions.RE_EDITED):
        what = f"refused: {rule.refusal}" if rule.refusal else ", ".join(rule.chain)
        yield "call", f"{rule.verb} in {rule.status}", what, rule.source
    for move in transitions.MOVES:
        after = "only where a duration is set" if move.seconds is None else f"after {move.seconds:g} s"
        yield "by itself", move.status, f"{move.next} {after}", move.source
    for route in routes.ROUTES:
        yield "HTTP", f"{route.method} {route.path}", str(route.status), route.source
    for name, (meaning, source) in MEANINGS.items():
        yield "setting", name, f"{meaning}; default {getattr(Settings(), name)!r}", source


def table() -> dict[str, Any]:
    """The lines as data, and how many there are of each kind of source."""
    rows = [
        {"about": about, "case": case, "what": what, "source": source.kind, "where": source.where}
        for about, case, what, source in lines()
    ]
    return {"counts": {kind: sum(row["source"] == kind for row in rows) for kind in transitions.KINDS}, "lines": rows}


def markdown() -> str:
    """The lines as a page."""
    found = table()
    counts = ", ".join(f"{number} {kind}" for kind, number in found["counts"].items())
    head = [
        "# Where the emulator's behaviour is known from",
        "",
        f"Made by `python3 -m tests.emulator --coverage`: {len(found['lines'])} lines, {counts}.",
        "",
        "| about | case | what happens | source |",
        "|---|---|---|---|",
    ]
    return (
        "\n".join(
            [
                *head,
                *(
                    f"| {row['about']} | {row['case']} | {row['what']} | {row['source']}: {row['where']} |"
                    for row in found["lines"]
                ),
            ]
        )
        + "\n"
    )
