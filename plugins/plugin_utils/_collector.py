# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action plugin does around its module's run, so that the task costs less. Private to this collection."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
from collections.abc import Iterator

# Characters of a result for which it is worth it to make room: that of a thousand jobs.
LARGE = 1_000_000


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Stops the search for cyclic garbage meanwhile, and leaves out of later ones what has been made by then.

    Packing a module and reading a result make many objects and little such garbage, and the collector looks at them again
    and again. The worker was forked for the task, and what it leaves uncollected goes with it.
    """
    was_on, is_worker = gc.isenabled(), multiprocessing.parent_process() is not None
    gc.disable()
    if is_worker:
        gc.freeze()
    try:
        yield
    finally:
        if is_worker:
            gc.freeze()
        if was_on:
            gc.enable()


def make_room(result: str | None) -> None:
    """Collects once before a large result is read, so that it does not lie beside the syntax trees of all that was packed."""
    if result and len(result) > LARGE:
        gc.collect()
