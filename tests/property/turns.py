# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of drs_maintenance: each work on a file of a record, each request before the service has it, and each answer
before the module has it. A run is stopped at one, or several runs take turns at them."""

from __future__ import annotations

import builtins
import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest import mock

from ansible_collections.huaweicloud.drs.plugins.module_utils import _maintenance, _pause_record
from ansible_collections.huaweicloud.drs.tests.unit.in_process import EmulatorAdapter, EmulatorClock, run

FILE_WORK = ("open", "replace", "fsync", "unlink", "rename", "makedirs", "listdir")


class Killed(BaseException):
    """Nothing catches this, as nothing catches SIGKILL. What the kernel does for a killed process, finally does here: it
    closes files, and with them ends locks."""


class _WithSteps:
    """Stands where _pause_record has the module os."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        if name not in FILE_WORK:
            return found

        def work(*arguments: Any, **options: Any) -> Any:
            self._step()
            return found(*arguments, **options)

        return work


@contextlib.contextmanager
def stepping(step: Callable[[], None]) -> Iterator[None]:
    """step() is called at every step of the runs meanwhile."""
    send, sleep = EmulatorAdapter.send, EmulatorClock.sleep

    def stepping_open(*arguments: Any, **options: Any) -> Any:
        step()
        return builtins.open(*arguments, **options)

    def stepping_send(adapter: EmulatorAdapter, *arguments: Any, **options: Any) -> Any:
        step()
        answer = send(adapter, *arguments, **options)
        step()
        return answer

    def stepping_sleep(clock: EmulatorClock, seconds: float) -> None:
        step()
        sleep(clock, seconds)

    class Flock:
        """Waits for a lock by letting others go on."""

        LOCK_EX = fcntl.LOCK_EX

        def flock(self, file: int, operation: int) -> None:
            while True:
                step()
                try:
                    return fcntl.flock(file, operation | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue

    with (
        mock.patch.object(_pause_record, "os", _WithSteps(step)),
        mock.patch.object(_pause_record, "fcntl", Flock()),
        mock.patch.object(_pause_record, "open", stepping_open, create=True),
        mock.patch.object(EmulatorAdapter, "send", stepping_send),
        mock.patch.object(EmulatorClock, "sleep", stepping_sleep),
    ):
        yield


def maintenance(service: Any, folder: Any, state: str, **options: Any) -> dict[str, Any]:
    """The result of one call."""
    return run(service, _maintenance, state=state, state_dir=str(folder), **options)


def stopped(service: Any, folder: Any, at: int, gone: bool, state: str, **options: Any) -> dict[str, Any] | None:
    """As maintenance(), stopped at that step: by a kill, or by the caller going away. None where it was killed."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == at and not gone:
            raise Killed

    def listening() -> bool:
        return not gone or steps < at

    with stepping(step), contextlib.suppress(Killed):
        return maintenance(service, folder, state, listening=listening, **options)
    return None


def taking_turns(order: Sequence[tuple[int, int]], actors: Sequence[Callable[[], None]]) -> None:
    """Runs the actors, one at a time, and changes between them at steps alone. order: which actor goes on, for how many
    steps; after its end they take a step each. Raises what an actor raised."""
    turns = _Turns(order, len(actors))
    errors: list[BaseException] = []

    def act(number: int) -> None:
        try:
            turns.join(number)
            actors[number]()
        except BaseException as error:
            errors.append(error)
        finally:
            turns.leave()

    threads = [threading.Thread(target=act, args=(number,), daemon=True) for number in range(len(actors))]
    with stepping(turns.step):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "the runs wait for each other for ever"
    if errors:
        raise errors[0]


class _Turns:
    def __init__(self, order: Sequence[tuple[int, int]], actors: int) -> None:
        self._order = [number % actors for number, steps in order for _step in range(steps)]
        self._live = list(range(actors))
        self._changed = threading.Condition()
        self._numbers: dict[int, int] = {}
        self._turn = -1
        self._pass_on()

    def _pass_on(self) -> None:
        while self._order:
            following = self._order.pop(0)
            if following in self._live:
                self._turn = following
                return
        later = [number for number in self._live if number > self._turn]
        self._turn = (later or self._live or [-1])[0]

    def join(self, number: int) -> None:
        with self._changed:
            self._numbers[threading.get_ident()] = number
            self._changed.wait_for(lambda: self._turn == number)

    def step(self) -> None:
        with self._changed:
            number = self._numbers[threading.get_ident()]
            self._pass_on()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._turn == number)

    def leave(self) -> None:
        with self._changed:
            self._live.remove(self._numbers[threading.get_ident()])
            self._pass_on()
            self._changed.notify_all()
