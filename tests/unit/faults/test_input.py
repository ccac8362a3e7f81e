# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids and times that look right and are not: refused by name before anything is sent."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, job_id
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.in_process import run_batch

# What does not show, or looks like another character.
INVISIBLE = {
    "\u200b": "U+200B ZERO WIDTH SPACE",
    "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "\u00ad": "U+00AD SOFT HYPHEN",
    "\u2060": "U+2060 WORD JOINER",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u0430": "U+0430 CYRILLIC SMALL LETTER A",
    "\u2010": "U+2010 HYPHEN",
    "\u0660": "U+0660 ARABIC-INDIC DIGIT ZERO",
}


@shows(
    "A job id that holds a character which does not show or looks like another (U+200B, U+FEFF, U+00AD, a Cyrillic letter)",
    "`job_ids` and `jobs` of drs_job_batch, `job_ids` of drs_job_info",
    "Refused: the text names the character. Nothing is sent.",
)
@pytest.mark.parametrize("character", INVISIBLE, ids=[name.split()[0] for name in INVISIBLE.values()])
@pytest.mark.parametrize("place", [0, 8, 36])
@pytest.mark.parametrize("way", ["job_ids", "jobs", "info"])
def test_a_character_that_does_not_show(character, place, way):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 2)
    odd = job_id(0)[:place] + character + job_id(0)[place:]
    if way == "info":
        result = in_process.run(service, _query, job_ids=[job_id(1), odd])
    elif way == "jobs":
        result = run_batch(service, state="paused", jobs=[{"job_id": job_id(1)}, {"job_id": odd}])
    else:
        result = run_batch(service, state="paused", job_ids=[job_id(1), odd])
    assert result["failed"]
    assert INVISIBLE[character] in result["msg"]
    assert "Nothing was sent" in result["msg"]
    assert character not in result["msg"] or character.isprintable()
    assert len(service.journal) == 0


TIMES = (
    "2026-12-01T02:00:00+99:99",
    "2026-12-01T02:00:00+24:00",
    "2026-12-01T02:00:00-23:60",
    "2026-12-01T02:00:00+01:99",
    "2026-12-01T02:00:00",
    "2026-13-01T02:00:00Z",
    "2026-02-30T02:00:00Z",
    "2026-12-01T24:00:01Z",
    "2026-12-01T02:00:60Z",
    "2026-12-01",
    "tomorrow",
    "180027200000",
    "18002720000000",
    "\u0661\u0668\u0660\u0660\u0662\u0667\u0662\u0660\u0660\u0660\u0660\u0660\u0660",
)


@shows(
    "A `start_time` that no clock shows: the offset +99:99, no offset, the 30th of February, digits of another script",
    "`start_time` of the task and of an entry of `jobs`, in check mode too",
    "Refused: the text names it, and shows what would be right. Nothing is sent.",
)
@pytest.mark.parametrize("start_time", TIMES, ids=ascii)
@pytest.mark.parametrize("of_job", [False, True])
@pytest.mark.parametrize("check", [False, True])
def test_a_start_time_that_is_none(start_time, of_job, check):
    service = emulator(["CONFIGURATION"])
    own = {"job_id": job_id(0), **({"start_time": start_time} if of_job else {})}
    task = {} if of_job else {"start_time": start_time}
    result = run_batch(service, state="started", jobs=[own], check=check, **task)
    assert result["failed"]
    assert "start_time" in result["msg"]
    assert start_time in result["msg"]
    assert "+01:00" in result["msg"]
    assert len(service.journal) == 0
