# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One budget for all properties: the same cases in every run, or new ones where DRS_EXPLORE is set."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

explore = os.environ.get("DRS_EXPLORE")
settings.register_profile(
    "drs",
    max_examples=int(explore or 500),
    derandomize=explore is None,
    database=None,
    deadline=None,
    print_blob=explore is not None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("drs")
