# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed task said, in words for a report, without what they must not hold. Pure. Private to this collection."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import clean, cut, mask_patterns

LONGEST = 600  # characters of what the task said
LONGEST_NAME = 200
MOST_ITEMS = 3

# ansible-core sets ansible_failed_task neither for an include that failed nor, before 2.19, for a handler; and with
# any_errors_fatal or run_once only on the host whose task failed, while the rescue is run on all.
NOT_NAMED = (
    "A task failed, and the output of the run says which. Ansible names none here if it was an include, a handler, or a "
    "task of another host."
)
_HIDDEN = "failed, and no_log hides why."
_URI = ("uri", "ansible.builtin.uri", "ansible.legacy.uri")
# What the module uri says of an address that did not answer, and words of which none comes from the address.
_UNANSWERED = (
    (re.compile(r"timed?.?out|expected time", re.IGNORECASE), "no answer came in time"),
    (re.compile(r"\[Errno -\d+\]|getaddrinfo|name resolution", re.IGNORECASE), "the host's name could not be resolved"),
    (re.compile(r"certificate|\[SSL", re.IGNORECASE), "no secure connection, or its certificate was not accepted"),
    (
        re.compile(r"closed connection|reset by peer|BadStatusLine|IncompleteRead"),
        "the connection was closed without an answer",
    ),
    (re.compile(r"url|port|scheme|host given|label|codec", re.IGNORECASE), "the address is not valid"),
)
_FALSE = (None, False, "", "false", "no", "off", "0")
# Colours and titles of a terminal, which are more than their control character.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def text(task: Any, result: Any) -> str:
    """The task's name and what it said. task and result are ansible_failed_task and ansible_failed_result, or empty.

    A rescue sees the whole result of a task with no_log, so that is looked for in both.
    """
    task = task if isinstance(task, Mapping) else {}
    result = result if isinstance(result, Mapping) else {}
    if not task and not result:
        return NOT_NAMED
    name = cut(_shown(task.get("name")) or _shown(task.get("action")) or "a task", LONGEST_NAME)
    if _is_hidden(task.get("no_log")) or _is_censored(result):
        return f"{name}: {_unanswered(result) if task.get('action') in _URI else _HIDDEN}"
    return f"{name}: {_said(result)}"


def _unanswered(result: Mapping[str, Any]) -> str:
    """Why a call of a hidden address failed: the HTTP status, or words that hold nothing of the address."""
    status, said = result.get("status"), str(result.get("msg") or "")
    if isinstance(status, int) and 100 <= status <= 599:
        return f"the answer was HTTP {status}"
    errno = re.search(r"\[Errno (\d+)\]", said)
    if errno:
        return os.strerror(int(errno[1]))
    return next((words for pattern, words in _UNANSWERED if pattern.search(said)), _HIDDEN)


def _said(result: Mapping[str, Any]) -> str:
    items = result.get("results")
    if not isinstance(items, list):
        words = cut(_message(result), LONGEST)
        return f"the host could not be reached. {words}".rstrip() if result.get("unreachable") else words or "failed"
    failed = [item for item in items if isinstance(item, Mapping) and (item.get("failed") or item.get("unreachable"))]
    if any(_is_censored(item) for item in failed):
        return _HIDDEN
    if not failed:  # a loop that failed as a whole, by its until or failed_when
        return cut(_message(result), LONGEST) or "failed"
    texts = list(dict.fromkeys(filter(None, map(_message, failed))))
    more = ["..."] if len(texts) > MOST_ITEMS else []
    words = cut("; ".join([*texts[:MOST_ITEMS], *more]), LONGEST)
    return (
        f"{len(failed)} of {len(items)} {'item' if len(items) == 1 else 'items'} failed{': ' if words else ''}{words}"
    )


def _message(result: Mapping[str, Any]) -> str:
    """The first that says something: msg, or the reason that ansible-core gives for an include."""
    return next((words for words in (_shown(result.get(key)) for key in ("msg", "reason")) if words), "")


def _shown(value: Any) -> str:
    """A value as one line of words that a report can show."""
    words = ", ".join(_words(value))
    # No more than is needed of what may be megabytes; what looks like a secret goes before the final cut.
    return mask_patterns(" ".join(clean(_ESCAPES.sub("", words[: LONGEST * 20])).split()))


def _words(value: Any) -> Iterator[str]:
    """A value's texts: those of a list one after the other, those of a dictionary with their keys."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{key}: {', '.join(_words(inner))}"
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif value is not None and str(value).strip():
        yield str(value)


def _is_censored(result: Mapping[str, Any]) -> bool:
    return "censored" in result or _is_hidden(result.get("_ansible_no_log"))


def _is_hidden(no_log: Any) -> bool:
    """Whether no_log is set; a template that was not resolved counts as set."""
    return (no_log.strip().lower() if isinstance(no_log, str) else no_log) not in _FALSE
