# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run: its facts for the JSON file, what its page shows, and the one line that is left of it. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_facts import facts
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_maintenance import maintenance
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_page import page
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_words import sentence


def report(run: Any, path: Any = "") -> dict[str, Any]:
    """``facts``, ``page``, ``sentence``, ``outcome`` (ok or failed) and ``problems`` of a run.

    ``path`` is where the page will lie, for the sentence; empty if none is written.
    """
    found = facts(maintenance(run))
    found["sentence"] = sentence(found)
    return {
        "facts": found,
        "page": page(found),
        "sentence": sentence(found, str(path or "")),
        "outcome": found["outcome"],
        "problems": found["problems"],
    }
