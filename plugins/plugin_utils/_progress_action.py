# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action plugins of modules that wait have in common: a line of progress meanwhile, and an end of the module when
ansible-playbook is gone. Private to this collection.

A module that waits has the options progress and progress_file, and appends one JSON object a line to that file:
{"at": ISO 8601, "state": "paused", "total": 40, "reached": 12, "in_progress": 7, "busy": 1, "failed": 0, "lost": 0, "later": 20}.
later is left out if no job waits for its wave.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any, TextIO

from ansible import constants as C
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

display = Display()

LOOK_EVERY = 0.2  # seconds between two looks at the file
SHOW_EVERY = 3.0  # seconds between two lines, at least
LARGE = 1_000_000  # characters of a result: that of a thousand jobs

_WAITED_FOR = ("in_progress", "busy", "lost")
_TOLD_UNLESS_ZERO = ("in_progress", "busy", "failed", "lost")


# ansible-core has no types, and mypy takes its classes for anything.
class ProgressAction(ActionBase):  # type: ignore[misc]
    """Runs the module of the same name, and shows its progress on standard error where somebody can watch it."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        _collect_no_garbage()
        with _ended_with_the_playbook():
            if self._can_be_watched():
                with _progress_file() as path, _shown(path, (task_vars or {}).get("inventory_hostname", "")):
                    args = dict(self._task.args, progress_file=path)
                    result.update(self._execute_module(module_args=args, task_vars=task_vars))
            else:
                result.update(self._execute_module(task_vars=task_vars, wrap_async=wrap_async))
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _parse_returned_data(self, res: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        # So that a large result does not lie next to the syntax trees of all that was packed.
        if len(res.get("stdout") or "") > LARGE:
            gc.collect()
        return super()._parse_returned_data(res, *args, **kwargs)

    def _can_be_watched(self) -> bool:
        """Whether the module runs here, now, as this user, and writes to no file that the task itself names."""
        return (
            _is_true(self._task.args.get("progress", True))
            and not self._task.args.get("progress_file")
            and not self._task.async_val
            and self._connection.transport == "local"
            and self._connection.become is None
        )


def progress_line(host: str, record: Any) -> str | None:
    """The words for one of the module's records, such as "[host] 12 of 40 paused, 27 in progress, 1 busy".

    None where nothing is waited for any more, and for another shape.
    """
    try:
        if not any(record[key] for key in _WAITED_FOR):
            return None
        words = [f"{record['reached']:d} of {record['total']:d} {record['state']}"]
        words += [f"{record[key]:d} {key.replace('_', ' ')}" for key in _TOLD_UNLESS_ZERO if record[key]]
        words += [f"{record['later']:d} in later waves"] if record.get("later") else []
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return f"[{host}] {', '.join(words)}"


class Follower:
    """Gives the newest line of a growing file of records, when it is not the last given and not too soon after it."""

    def __init__(self, stream: TextIO, host: str) -> None:
        self._stream, self._host = stream, host
        self._rest = ""
        self._newest: str | None = None
        self._given: str | None = None
        self._given_at = float("-inf")

    def look(self, now: float) -> str | None:
        """A line to show at now (seconds of a monotonic clock), or None."""
        self._rest += self._stream.read()
        *lines, self._rest = self._rest.split("\n")
        for line in lines:
            self._newest = self._words(line) or self._newest
        if self._newest == self._given or now - self._given_at < SHOW_EVERY:
            return None
        self._given, self._given_at = self._newest, now
        return self._given

    def _words(self, line: str) -> str | None:
        try:
            return progress_line(self._host, json.loads(line))
        except ValueError:
            return None


@contextlib.contextmanager
def _ended_with_the_playbook() -> Iterator[None]:
    """Ends this worker when the ansible-playbook that forked it is gone, so that the module finds its output closed.

    A killed one leaves its workers running (by SIGKILL always, by SIGTERM before ansible-core 2.19), and the module would go
    on writing, since a worker still reads what it says.
    """
    playbook, done = multiprocessing.parent_process(), threading.Event()
    if playbook is not None:
        threading.Thread(target=_end_after, args=(playbook.pid, done), name="drs-playbook", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _end_after(parent: int | None, done: threading.Event) -> None:
    while not done.wait(LOOK_EVERY):
        if os.getppid() != parent:
            os._exit(1)


def _collect_no_garbage() -> None:
    """Packing a module and reading its result make many objects and few cycles, and the collector would look at all that
    ansible-playbook holds again and again: of the smallest task a twelfth of the time. A worker is forked for one task, and ends
    with it. What is frozen is left out by a collection that is called for."""
    if multiprocessing.parent_process() is not None:
        gc.freeze()
        gc.disable()


@contextlib.contextmanager
def _progress_file() -> Iterator[str]:
    """An empty file of this run's own, gone afterwards."""
    handle, path = tempfile.mkstemp(prefix="drs-progress-", dir=C.DEFAULT_LOCAL_TMP)
    os.close(handle)
    try:
        yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


@contextlib.contextmanager
def _shown(path: str, host: str) -> Iterator[None]:
    """Shows the file's lines on standard error meanwhile."""
    done = threading.Event()
    with open(path, encoding="utf-8", errors="replace") as stream:
        thread = threading.Thread(target=_show, args=(Follower(stream, host), done), name="drs-progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _show(follower: Follower, done: threading.Event) -> None:
    while not done.wait(LOOK_EVERY):
        line = follower.look(time.monotonic())
        if line:
            display.display(line, stderr=True)


def _is_true(value: Any) -> bool:
    """Whether an option that the module has yet to check is true; what is neither is the module's to refuse."""
    try:
        return bool(boolean(value))
    except TypeError:
        return False
