# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run: its facts for the JSON file, what its page shows, the one line that is left of it, and the message. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_facts import facts, mappings
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_maintenance import maintenance
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_message import message
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_page import page
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_words import sentence


def report(run: Any, path: Any = "", notify_on: Any = "never", unwritten: Any = "") -> dict[str, Any]:
    """``facts``, ``page``, ``sentence``, ``outcome`` (ok or failed), ``problems``, and ``message`` (send, text) of a run.

    ``path`` is where the page will lie, for the texts; empty if none is written. ``notify_on`` is when a message is sent, as
    _report_message has it. ``unwritten`` is why the report could not be written, which makes the run a failed one.
    """
    whole = maintenance(run)
    if unwritten:
        lost = {"step": "report", "text": f"no report was written: {unwritten}"}
        whole = {**whole, "problems": [*mappings(whole.get("problems")), lost]}
    found, where = facts(whole), "" if unwritten else str(path or "")
    found["sentence"] = sentence(found)
    return {
        "facts": found,
        "page": page(found),
        "sentence": sentence(found, where),
        "outcome": found["outcome"],
        "problems": found["problems"],
        "message": message(found, where, str(notify_on)),
    }
