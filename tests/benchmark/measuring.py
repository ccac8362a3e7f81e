# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seconds, and the peak memory of each part of a program that is run once. Linux: it reads /proc."""

from __future__ import annotations

import os
import pathlib
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_LOOK_EVERY = 0.02  # seconds


class Cost(NamedTuple):
    """What a run cost. MiB: the largest resident set, of the program with its workers, and of a module's own process."""

    seconds: float
    mib: float
    module_mib: float


class Failed(Exception):
    """The program did not do what was asked, so that its time means nothing."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: pathlib.Path) -> Cost:
    """Runs the program to its end. Raises Failed with what it said."""
    output = folder / "output.txt"
    with output.open("w", encoding="utf-8") as stream:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        watch = _Watch(process.pid)
        exit_code = process.wait()
        seconds = time.monotonic() - began
        watch.end()
    if exit_code:
        said = output.read_text(encoding="utf-8")[-2000:]
        raise Failed(f"{' '.join(command)} ended with {exit_code}:\n{said}")
    return Cost(seconds, watch.program / 1024, watch.module / 1024)


class _Watch:
    """Looks at a process and all below it, again and again. The kernel keeps each one's peak, so that little is missed
    between two looks. program, module: KiB."""

    def __init__(self, pid: int) -> None:
        self.program = self.module = 0
        self._pid, self._done = pid, threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._done.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._done.wait(_LOOK_EVERY):
            for pid in _and_below(self._pid):
                try:
                    peak = _peak(pid)
                    is_module = b"AnsiballZ_" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
                except OSError:
                    continue
                if is_module:
                    self.module = max(self.module, peak)
                else:
                    self.program = max(self.program, peak)


def _and_below(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        children = [pathlib.Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii") for thread in threads]
    except OSError:
        return
    for child in " ".join(children).split():
        yield from _and_below(int(child))


def _peak(pid: int) -> int:
    """KiB; 0 for a process that is ending."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0
