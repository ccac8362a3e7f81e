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
    """``facts``, ``page``, ``sentence``, ``outcome`` (ok or failed), ``problems``, ``message`` (send, text) and ``written`` of a run.

    ``path`` is where the page lies, for the texts, which name none in check mode; empty if there is none. ``written`` is what the
    role hands on: json and html (paths, empty if there is no report), outcome, problems, sentence and message. ``notify_on`` is when a message is sent, as
    _report_message has it. ``unwritten`` is why the report could not be written, which makes the run a failed one.
    """
    whole = maintenance(run)
    if unwritten:
        lost = {"step": "report", "text": f"no report was written: {unwritten}"}
        whole = {**whole, "problems": [*mappings(whole.get("problems")), lost]}
    found, html = facts(whole), "" if unwritten else str(path or "")
    where = "" if found["check_mode"] else html
    found["sentence"] = sentence(found)
    ends = {"sentence": sentence(found, where), "outcome": found["outcome"], "problems": found["problems"]}
    told = message(found, where, str(notify_on))
    paths = {"json": html and html.removesuffix(".html") + ".json", "html": html}
    return {
        "facts": found,
        "page": page(found),
        **ends,
        "message": told,
        "written": {**paths, **ends, "message": told["text"]},
    }
