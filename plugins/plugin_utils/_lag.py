# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far behind its source each job is, and whether that is near enough. Pure.

The service gives the delay as text, in seconds, "-1" before the incremental phase (batch-progress, incre_trans_delay).
What is negative, absent or not a number is no lag of zero: it is not known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import INCREMENTAL


def seconds(value: Any) -> float | None:
    """The lag that a value of the service stands for, in seconds; None where it stands for none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def check(jobs: Iterable[Mapping[str, Any]], ids: Iterable[str], most: float) -> dict[str, Any]:
    """Whether every one of ``ids`` replicates with a lag of at most ``most`` seconds.

    ``jobs`` are rows of drs_job_info with their progress. The answer: ``near`` (bool), ``lags`` ({id: seconds or None})
    and ``words`` (list: what is wrong, by job).
    """
    rows = {job.get("id"): job for job in jobs}
    lags: dict[str, float | None] = {}
    words = []
    for job_id in ids:
        row = rows.get(job_id) or {}
        lags[job_id] = lag = seconds((row.get("progress") or {}).get("incre_trans_delay"))
        if row.get("status") != INCREMENTAL:
            words.append(f"{job_id} is {row.get('status') or 'not there'}, not {INCREMENTAL}")
        elif lag is None:
            words.append(f"{job_id} does not tell its lag")
        elif lag > most:
            words.append(f"{job_id} is {lag:g} s behind, more than {most:g} s")
    return {"near": not words, "lags": lags, "words": words}
