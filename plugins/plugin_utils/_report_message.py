# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message about a run: whether one is sent, and its text. Pure; knows nothing of where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_words import changed, named, sentence, short

# Google Chat takes 4,096 bytes, and other services more.
LONGEST = 2500
NAMED = 5
# Slack and Google Chat take what is between them as a link or as a call to everybody in the channel.
_BRACKETS = str.maketrans("<>", "\u2039\u203a")


def message(facts: Mapping[str, Any], path: str = "", notify_on: str = "never") -> dict[str, Any]:
    """``send``, whether the message is to be sent, and its ``text``.

    ``notify_on`` is ``failure``, ``change`` (and failure), ``always`` or ``never``; another value counts as ``failure``, so
    that a mistyped one hides no failure. Of check mode, the changes that it predicts count. ``path`` is where the page lies.
    """
    failed = facts["outcome"] == "failed"
    send = notify_on != "never" and (failed or notify_on == "always" or (notify_on == "change" and facts["changed"]))
    return {"send": send, "text": _text(facts, path)}


def _text(facts: Mapping[str, Any], path: str) -> str:
    title = facts["role"].replace("_", " ").capitalize() or "Run"
    outcome = "FAILED" if facts["outcome"] == "failed" else "succeeded"
    if facts["check_mode"]:
        outcome = "a prediction" if outcome == "succeeded" else "the prediction FAILED"
    would = changed(facts) if facts["check_mode"] else []
    parts = [
        f"{title}, {facts['host']}: {outcome}.",
        sentence(facts),
        f"These would be: {named(would, NAMED)}." if would else "",
    ]
    awx_job = " ".join(part for part in (facts["who"]["awx_job"], facts["who"]["awx_url"]) if part)
    ends = [f"AWX job: {awx_job}" if awx_job else "", f"Report: {path}" if path else ""]
    return " ".join([short(" ".join(filter(None, parts)), LONGEST), *filter(None, ends)]).translate(_BRACKETS)
