# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which record a restore is to work from. Pure.

A record tells which jobs a run means to pause, and of which of them it knows that it has. It is ``open`` from before
the first pause until every one of those jobs runs again, then ``closed``. A run that paused nothing gives one that says
``none``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

OPEN, CLOSED, NONE = "open", "closed", "none"
PHASES = (OPEN, CLOSED, NONE)


class RecordError(ValueError):
    """There is nothing to work from, or nothing that may be used; the text says what to do."""


def choose(
    ids: Iterable[str], kept: Mapping[str, Any] | None, given: Mapping[str, Any] | None, where: str
) -> dict[str, Any]:
    """The record to restore from.

    ``given`` is the record that the run gave by set_stats, and says which run is meant. ``kept`` is the record in the file
    ``where``, None where there is no file. Where it is of another run than the one that is meant, that one began after
    the one that is meant was put right, and may still be at work: nothing of either is touched.
    ``ids`` are jobs named by hand, and taken as paused. They count where no record is open: a record knows which of them
    were paused before, and must stay so.
    Raises RecordError.
    """
    for record in (given, kept):
        if record and record.get("phase") not in PHASES:
            raise RecordError(f"What should be the record {where} is none: its phase is {record.get('phase')!r}.")
    if given and given["phase"] != OPEN:
        return dict(given)
    if given and kept and kept.get("run") != given.get("run"):
        return {**given, "phase": CLOSED}
    named = list(ids)
    record = kept or given
    if named and not (record and record["phase"] == OPEN):
        return {"phase": OPEN, "run": None, "certain": named, "doubtful": []}
    if record:
        return dict(record)
    raise RecordError(
        f"There is nothing to restore from: no record at {where}. If a window has paused jobs, give the folder that it "
        "kept its record in, or the ids of the jobs."
    )
