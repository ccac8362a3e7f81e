# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report may say of a failed task."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._failure import LONGEST, LONGEST_NAME, NOT_NAMED, text

TASK = {"name": "Change the schema", "action": "ansible.builtin.command", "no_log": None}


def said(result, task=None):
    """What follows the task's name."""
    name, _colon, words = text(task or TASK, result).partition(": ")
    assert name == (task or TASK)["name"]
    return words


@pytest.mark.parametrize(
    ("task", "result", "expected"),
    [
        (TASK, {"msg": "refused\n  twice"}, "Change the schema: refused twice"),
        ({"name": "", "action": "ping"}, {"msg": "no"}, "ping: no"),
        ({}, {"msg": "no"}, "a task: no"),
        (TASK, {"reason": "Could not find it"}, "Change the schema: Could not find it"),
        (TASK, {"msg": " ", "reason": "the reason"}, "Change the schema: the reason"),
        (TASK, {}, "Change the schema: failed"),
        (TASK, {"msg": "no route", "unreachable": True}, "Change the schema: the host could not be reached. no route"),
        (TASK, {"unreachable": True}, "Change the schema: the host could not be reached."),
    ],
)
def test_text(task, result, expected):
    assert text(task, result) == expected


@pytest.mark.parametrize("nothing", [{}, None, "", []])
def test_where_ansible_names_no_task(nothing):
    assert text(nothing, nothing) == NOT_NAMED


class TestLoop:
    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            ({"results": [{"failed": True, "msg": "one"}, {"msg": "fine"}]}, "1 of 2 items failed: one"),
            ({"results": [{"failed": True, "msg": "one"}]}, "1 of 1 item failed: one"),
            ({"results": [{"failed": True}, {}], "msg": "One or more items failed"}, "1 of 2 items failed"),
            ({"results": [{"failed": True, "msg": "same"}] * 9}, "9 of 9 items failed: same"),
            ({"results": [{"unreachable": True, "msg": "gone"}, {}]}, "1 of 2 items failed: gone"),
            (
                {"results": [{"failed": True, "msg": f"no {number}"} for number in range(4)]},
                "4 of 4 items failed: no 0; no 1; no 2; ...",
            ),
            ({"results": [], "msg": "x"}, "x"),
            ({"results": []}, "failed"),
            ({"results": ["odd", {"msg": "fine"}], "msg": "whole"}, "whole"),
            ({"results": "odd", "msg": "whole"}, "whole"),
        ],
    )
    def test_items(self, result, expected):
        assert said(result) == expected

    def test_an_item_is_not_shown(self):
        assert "canary" not in said({"results": [{"failed": True, "msg": "no", "item": "canary"}]})


@pytest.mark.parametrize(
    ("task", "result"),
    [
        ({**TASK, "no_log": True}, {"msg": "canary"}),
        ({**TASK, "no_log": "{{ hide }}"}, {"msg": "canary"}),
        ({**TASK, "no_log": "yes"}, {"msg": "canary"}),
        (TASK, {"msg": "canary", "_ansible_no_log": True}),
        (TASK, {"msg": "canary", "censored": "hidden"}),
        (TASK, {"results": [{"failed": True, "msg": "canary", "_ansible_no_log": True}]}),
        (TASK, {"results": [{"failed": True, "msg": "canary"}, {"failed": True, "msg": "canary", "censored": "h"}]}),
    ],
)
def test_no_log_hides_it(task, result):
    assert text(task, result) == "Change the schema: failed, and no_log hides why."


@pytest.mark.parametrize("no_log", [None, False, "", "false", "No"])
def test_without_no_log(no_log):
    assert said({"msg": "shown", "_ansible_no_log": False}, {**TASK, "no_log": no_log}) == "shown"


@pytest.mark.parametrize(
    ("msg", "expected"),
    [
        (7, "7"),
        (["one", "two"], "one, two"),
        ({"code": 3, "texts": ["a", "b"], "none": None}, "code: 3, texts: a, b, none:"),
        (b"na\xc3\xafve \xff", "naïve \ufffd"),
        (True, "True"),
        (None, "failed"),
        ([], "failed"),
        ({}, "failed"),
        ("\t\n", "failed"),
    ],
)
def test_a_message_of_any_type_is_words(msg, expected):
    assert said({"msg": msg}) == expected


@pytest.mark.parametrize(
    ("msg", "expected"),
    [
        ("\x1b[31;1mred\x1b[0m and \x1b]0;title\x07plain", "red and plain"),
        ("a\x00b\x07c\x9bd\u2028e", "a b c d e"),
        ("\u202eoverride \ud800", "\ufffdoverride \ufffd"),
        ("connect to mysql://root:canary@db failed", "connect to mysql://root:********@db failed"),
        (["--password canary", {"token": "canary-canary"}], "--password ********, token: ********"),
        ("日本語 <b>", "日本語 <b>"),
    ],
)
def test_what_a_report_cannot_show(msg, expected):
    assert said({"msg": msg}) == expected
    assert text({"name": msg}, {}) == (text({"name": expected}, {}))


class TestLength:
    def test_it_is_cut_between_words(self):
        words = said({"msg": "word " * 1000})
        assert LONGEST - 20 < len(words) <= LONGEST + 4
        assert set(words.replace("...", "").split()) == {"word"}

    def test_a_long_word_and_a_long_name(self):
        whole = text({"name": "n" * 1000}, {"msg": "x" * 10000})
        assert len(whole) <= LONGEST_NAME + LONGEST + 10

    def test_a_loop(self):
        assert len(said({"results": [{"failed": True, "msg": "x " * 1000}] * 3})) <= LONGEST + 50


@pytest.mark.parametrize("action", ["uri", "ansible.builtin.uri", "ansible.legacy.uri"])
@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"status": 500, "msg": "Status code was 500 and not [200]: canary"}, "the answer was HTTP 500"),
        ({"status": 100}, "the answer was HTTP 100"),
        ({"status": 599}, "the answer was HTTP 599"),
        ({"status": -1, "msg": "canary: <urlopen error [Errno 111] Connection refused>"}, "Connection refused"),
        (
            {"status": -1, "msg": "canary: <urlopen error [Errno -2] Name or service not known>"},
            "the host's name could not be resolved",
        ),
        ({"status": -1, "msg": "Connection failure: timed out canary"}, "no answer came in time"),
        ({"msg": "Timed out after 20 second(s)."}, "no answer came in time"),
        ({"msg": "The uri action failed to execute in the expected time frame (20)"}, "no answer came in time"),
        ({"msg": "[SSL: WRONG_VERSION_NUMBER] canary"}, "no secure connection, or its certificate was not accepted"),
        (
            {"msg": "Failed to validate the SSL certificate for canary"},
            "no secure connection, or its certificate was not accepted",
        ),
        ({"msg": "Remote end closed connection without response"}, "the connection was closed without an answer"),
        ({"msg": "unknown url type: 'canary'"}, "the address is not valid"),
        ({"msg": "nonnumeric port: 'canary'"}, "the address is not valid"),
        ({"status": 600, "msg": "canary"}, "failed, and no_log hides why."),
        ({"status": "500", "msg": "canary"}, "failed, and no_log hides why."),
        ({}, "failed, and no_log hides why."),
    ],
)
def test_a_hidden_address_that_does_not_answer(action, result, words):
    assert text({"name": "Send", "action": action, "no_log": True}, result) == f"Send: {words}"


def test_another_module_keeps_its_status_to_itself():
    assert (
        text({"name": "Send", "action": "other", "no_log": True}, {"status": 500})
        == "Send: failed, and no_log hides why."
    )
