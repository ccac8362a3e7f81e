# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of drs_maintenance, counted and stopped: each work on a file of a record, each request before the service has
it, and each answer before the module has it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from ansible_collections.huaweicloud.drs.plugins.module_utils import _maintenance, _pause_record
from ansible_collections.huaweicloud.drs.tests.unit.in_process import EmulatorAdapter, run

FILE_WORK = ("open", "replace", "fsync", "unlink", "rename")


class Killed(BaseException):
    """Nothing catches this, as nothing catches SIGKILL."""


class Steps:
    """step() is called at each one, with its number."""

    def __init__(self, step: Callable[[int], None]) -> None:
        self.number = 0
        self._step = step

    def take(self) -> None:
        self.number += 1
        self._step(self.number)

    def __getattr__(self, name: str) -> Any:
        """Stands where _pause_record has the module os."""
        found = getattr(os, name)
        if name not in FILE_WORK:
            return found

        def work(*arguments: Any, **options: Any) -> Any:
            self.take()
            return found(*arguments, **options)

        return work


@contextlib.contextmanager
def counted(step: Callable[[int], None]) -> Iterator[Steps]:
    """Every step of the runs meanwhile."""
    steps = Steps(step)
    send = EmulatorAdapter.send

    def sent(adapter: EmulatorAdapter, *arguments: Any, **options: Any) -> Any:
        steps.take()
        answer = send(adapter, *arguments, **options)
        steps.take()
        return answer

    with mock.patch.object(_pause_record, "os", steps), mock.patch.object(EmulatorAdapter, "send", sent):
        yield steps


def maintenance(service: Any, folder: Any, state: str, **options: Any) -> dict[str, Any]:
    """The result of one call."""
    return run(service, _maintenance, state=state, state_dir=str(folder), **options)


def stopped(service: Any, folder: Any, at: int, gone: bool, state: str, **options: Any) -> dict[str, Any] | None:
    """As maintenance(), stopped at that step: by a kill, or by the caller going away. None where it was killed."""
    steps_taken = 0

    def step(number: int) -> None:
        nonlocal steps_taken
        steps_taken = number
        if number == at and not gone:
            raise Killed

    with counted(step), contextlib.suppress(Killed):
        listening = (lambda: steps_taken < at) if gone else (lambda: True)
        return maintenance(service, folder, state, listening=listening, **options)
    return None
