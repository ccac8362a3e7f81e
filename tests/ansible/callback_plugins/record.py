# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every task's result as a line of JSON to the file that DRS_TEST_RECORD names, for the tests that start Ansible."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Records results for tests
description: Appends one JSON object a task and host to a file.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"

    def v2_runner_on_ok(self, result):
        self._record("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record("failed", result)

    def v2_runner_on_skipped(self, result):
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._record("unreachable", result)

    def _record(self, status, result):
        new = hasattr(result, "task_name") and hasattr(result, "result")  # ansible-core 2.19 and newer
        task = result.task if new else result._task
        host = result.host.name if new else result._host.name
        facts = dict(result.result if new else result._result)
        told = {"task": task.name, "action": task.action, "host": host, "status": status, "result": facts}
        with open(os.environ["DRS_TEST_RECORD"], "a", encoding="utf-8") as record:
            record.write(json.dumps(told, default=str) + "\n")
