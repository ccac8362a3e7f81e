# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when too few lines or too few branches were run: coverage_gate.py LEAST coverage.json (LEAST in per cent)"""

from __future__ import annotations

import json
import pathlib
import sys


def shares(totals: dict[str, float]) -> dict[str, float]:
    """The share of lines and of branches that were run, in per cent, from the totals of a report of coverage's."""
    return {
        "lines": 100 * totals["covered_lines"] / totals["num_statements"],
        "branches": 100 * totals["covered_branches"] / totals["num_branches"],
    }


if __name__ == "__main__":
    least = float(sys.argv[1])
    found = shares(json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))["totals"])
    for what, share in found.items():
        print(f"coverage of plugins/: {share:.1f} % of the {what} (at least {least:g} %)")
    sys.exit(min(found.values()) < least)
