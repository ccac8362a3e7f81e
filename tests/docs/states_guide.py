# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to states and guarantees, its tables made from the code's own: tests/docs/test_states_guide.py writes and checks it."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _lifecycle as lifecycle

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs/docsite/rst/states_guide.rst"

_WRITES = {
    "start": "start (``batch-starting``)",
    "resume": "resume (``batch-retry-task``)",
    "retry": "retry (``batch-retry-task``)",
    "pause": "pause (``batch-pause-task``)",
    "terminate": "terminate (``DELETE batch-jobs``)",
    "force_terminate": "force_terminate (``DELETE batch-jobs``)",
    "delete": "delete (``DELETE batch-jobs``)",
}

_HEAD = """\
.. Copyright: (c) 2026, huaweicloud.drs contributors
   GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
   SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.huaweicloud.drs.docsite.states_guide:

States and guarantees
=====================

What :ansplugin:`huaweicloud.drs.drs_job_batch#module` does with a job follows from two tables. This page is made from them.

What each state means
---------------------

The status of every job is read first. The table says what follows from it for each wanted state. Where a cell holds two, the second is
for ``force: true``.

- *there*: nothing to do, and nothing is sent.
- *on its way*: the service is doing it already. It is waited for; with ``wait: false`` the outcome is ``accepted``.
- *later*: nothing can be sent in this status. It is read again until another status shows, or time is up; with ``wait: false`` the job
  fails, and the words say that nothing was sent.
- a verb: it is sent, and waited for.
- *fails*: nothing is sent. The reason is the word that the result holds.

A status that is not in the table fails every wish, with the reason ``unknown_status``, and nothing is sent.

"""

_BETWEEN = """
Particular cases:

- ``start_time`` given: a job in ``WAITING_FOR_START`` is there, and a start waits for its time. It is refused for a job that would need a
  resume or a retry, since these act at once, and a time in the past is refused for a job that would be started.
- ``is_only_init_task`` given: a job that has left ``CONFIGURATION`` is there (assumed: no page names the status in which it rests).
- ``PAUSEING``, which one page of the vendor has, is ``PAUSING``. It means paused, not being paused.
- ``NOT_FOUND`` stands for a job that the service does not know (``DRS.M00289``, ``DRS.M05003``, or no row even when asked for alone),
  and a job for which it answers ``DRS.M05004`` is ``DELETED``.

What happens after a write
--------------------------

An accepted write is not a done one. The job is read until the table says that it is there, has failed, or time is up. Any status that the
table does not name is waited through; after a delete, it is a failure.

"""

_TAIL = """
The service shows the old status for a while after it has accepted a write. A failing status that the write was made from counts as a
failure only once it has lasted for ``settle_time``.

The guarantees
--------------

#. **Read before write.** A job that is in the wanted state costs no write, and a second run changes nothing.
#. **Never blindly again.** A write whose answer was lost (a cut connection, a timeout, a server error, an answer without a row for the
   job) is not repeated. The job is read for ``settle_time``, and only if it still asks for the same write is it sent once more. A start
   or retry of a yearly/monthly job never is. What cannot be told has the outcome ``unknown``, which is a failure.
#. **Every repetition begins with a read.** A job that is busy (``DRS.M01504``) is asked again with growing pauses for at most 300
   seconds, each time from the status just read.
#. **Accepted is not done.** The answer to a write proves nothing; the status read afterwards does.
#. **One bad job spoils nothing.** A request that is refused as a whole is split until the job at fault is alone, each part read again
   before it is sent.
#. **Throttled is not broken.** Requests that are throttled wait as long as the service asks, within the deadline.
#. **No write after the caller is gone.** Before every write, and before it waits, the module looks whether anybody still waits for
   its result. If nobody does, it ends.
#. **One answer.** The result has the same keys in success, failure and check mode, and holds every job once.
#. **Check mode sends no write,** and predicts the run by the same tables.

At most one accepted write of each kind (start, resume and retry; pause; stop; delete) is made for a job in one run.

How surely all this is known
----------------------------

The statuses, the calls and their answers come from the vendors' pages and software development kits. No page says what happens in every
status: what is assumed is labelled in the code, and every line of the emulator's own table names its source.
"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", "   :stub-columns: 1", ""]
    for row in [head, *rows]:
        lines += [f"   {'* -' if place == 0 else '  -'} {cell}" for place, cell in enumerate(row)]
    return "\n".join(lines) + "\n"


def _step(step: lifecycle.Step) -> str:
    if step.kind == lifecycle.SEND:
        return f"{step.write}"
    return f"fails: ``{step.reason}``" if step.kind == lifecycle.FAIL else f"*{step.kind}*"


def _cell(status: str, state: str) -> str:
    plain, forced = (_step(lifecycle.plan(status, lifecycle.Wish(state, force))) for force in (False, True))
    if status == "WAITING_FOR_START" and state == "started":
        return f"{plain}, with a warning that a schedule is overridden"
    return plain if plain == forced else f"{plain}; force: {forced}"


def _statuses(found: Iterable[str]) -> str:
    return ", ".join(f"``{status}``" for status in lifecycle.STATUSES if status in set(found)) or "none"


def guide() -> str:
    """The whole page."""
    plan = [[f"``{status}``", *(_cell(status, state) for state in lifecycle.STATES)] for status in lifecycle.STATUSES]
    after = [
        [_WRITES[write], _statuses(row.there), _statuses(row.moving) + ", and the status before", _statuses(row.failed)]
        for write, row in lifecycle.AFTER.items()
    ]
    return (
        _HEAD
        + _table(["status read", *lifecycle.STATES], plan)
        + _BETWEEN
        + _table(["write", "there", "on the way", "failed"], after)
        + _TAIL
    )
