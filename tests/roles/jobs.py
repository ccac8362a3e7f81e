# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs that the tests of the roles work on."""

from __future__ import annotations

from typing import Any

ORDERS = "9a470239-2308-4bb5-a6bc-1040402fjb21"
BILLING = "dbb8127c-b093-4b94-b764-7161e151jb2s"
STOCK = "8d0e8e36-a618-490d-8a46-8c61ac9jb502"
IDS = [ORDERS, BILLING, STOCK]
TEXT_AREA = f"{ORDERS}\n{BILLING}, {STOCK}\n"
UNKNOWN = "00000000-0000-0000-0000-0000000jb101"

RUNNING, FULL, PAUSED = "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", "PAUSING"
ENDED = "RELEASE_RESOURCE_COMPLETE"


def jobs(*specs: str | dict[str, Any]) -> list[dict[str, Any]]:
    """Seeds of jobs, each from its status, or from what it has beside its id."""
    given = [{"status": spec} if isinstance(spec, str) else spec for spec in specs]
    return [
        {"id": job_id, "name": f"job-{n}", **spec} for n, (job_id, spec) in enumerate(zip(IDS, given, strict=False), 1)
    ]
