# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lag that is not known is never zero."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _lag


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("12", 12), ("0.5", 0.5), (" 7 ", 7), (3, 3), ("1e2", 100)])
def test_a_lag(value, seconds):
    assert _lag.seconds(value) == seconds


@pytest.mark.parametrize(
    "value", ["-1", -1, None, "", " ", "none", "nan", "inf", "-inf", "1,5", True, False, [], {}, [0]]
)
def test_no_lag(value):
    assert _lag.seconds(value) is None


def job(lag="0", status="INCRE_TRANSFER_STARTED", job_id="a"):
    return {"id": job_id, "status": status, "progress": {"incre_trans_delay": lag}}


@pytest.mark.parametrize(
    ("jobs", "most", "near", "words"),
    [
        ([job("0")], 0, True, ""),
        ([job("10")], 10, True, ""),
        ([job("10.5")], 10, False, "a is 10.5 s behind, more than 10 s"),
        ([job("1")], 0, False, "more than 0 s"),
        ([job("-1")], 10, False, "does not tell its lag"),
        ([job(None)], 10, False, "does not tell its lag"),
        ([{"id": "a", "status": "INCRE_TRANSFER_STARTED", "progress": None}], 10, False, "does not tell its lag"),
        ([{"id": "a", "status": "INCRE_TRANSFER_STARTED"}], 10, False, "does not tell its lag"),
        ([job("0", "FULL_TRANSFER_STARTED")], 10, False, "a is FULL_TRANSFER_STARTED, not INCRE_TRANSFER_STARTED"),
        ([job("0", "PAUSING")], 10, False, "a is PAUSING"),
        ([], 10, False, "a is not there"),
        ([job("0", job_id="b")], 10, False, "a is not there"),
        ([job("0"), job("99", job_id="b")], 10, True, ""),
    ],
)
def test_check(jobs, most, near, words):
    seen = _lag.check(jobs, ["a"], most)
    assert seen["near"] is near
    assert words in "; ".join(seen["words"])
    assert list(seen["lags"]) == ["a"]


def test_every_job_must_be_near():
    assert not _lag.check([job("0"), job("11", job_id="b")], ["a", "b"], 10)["near"]
