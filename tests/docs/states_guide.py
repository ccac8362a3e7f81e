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

The status of every job is read first. The table says what follows from it for each desired state. Where a cell holds two, the second is
for ``force: true``.

- *reached*: nothing to do, and nothing is sent.
- *in progress*: the service is doing it already. It is waited for; with ``wait: false`` the outcome is ``accepted``.
- *blocked*: nothing can be sent in this status. It is read again until another status shows, or ``wait_timeout`` expires; with
  ``wait: false`` the job fails, and the words say that nothing was sent.
- a verb: it is sent, and waited for.
- *fails*: nothing is sent. The reason is the word that the result holds.

A status that is not in the table fails for every desired state, with the reason ``unknown_status``, and nothing is sent.

"""

_BETWEEN = """
Particular cases:

- ``start_time`` given: a job in ``WAITING_FOR_START`` has reached the desired state, and a start waits for its time. It is refused for a
  job that would need a resume or a retry, since these act at once, and a time in the past is refused for a job that would be started.
- ``is_only_init_task`` given: a job that has left ``CONFIGURATION`` has reached the desired state (assumed: no page names the status in
  which it rests).
- A write that is not among ``allowed_actions`` is not sent, and the first write of a job is not sent from another status than its
  ``expected_status``. The job fails with the reason ``action_not_allowed`` or ``status_moved``. See
  :ref:`Guards <ansible_collections.huaweicloud.drs.docsite.choosing_jobs_guide.guards>`.
- ``PAUSEING``, which one page of the vendor has, is ``PAUSING``. It means paused, not being paused.
- ``NOT_FOUND`` stands for a job that the service does not know: it says so (``DRS.M00289``, ``DRS.M05003``), or the job's row stays
  missing. A job for which it answers ``DRS.M05004`` is ``DELETED``, and so is one that is gone after this run stopped or deleted it.

A missing row is not an answer
------------------------------

A job without a row in an answer that can be read otherwise may be missing in a replica that lags. A job that this run has read before
counts as gone only once its rows have been missing for ``settle_time`` (after its own accepted delete, at once). A job that this run has
never read is asked for once more, at least 5 seconds later and at most 5 jobs a request, also with ``wait: false``, in check mode and in
:ansplugin:`huaweicloud.drs.drs_job_info#module`. Without a row then, it is ``NOT_FOUND``.

What happens after a write
--------------------------

An accepted write is not a done one. The job is read until the table says that the target is reached or that it has failed, or until
``wait_timeout`` expires. Any status that the table does not name is waited through. After a delete, another status is a failure, unless
it was read earlier in this run: then it may be a stale one, for ``settle_time``.

"""

_TAIL = """
The service shows the old status for a while after it has accepted a write. The status that a stop was made from counts as a failure, if
it is one, only once it has lasted for ``settle_time``; the status that a resume or retry was made from, only once the job had left it and
has shown it again for ``settle_time``.

The guarantees
--------------

#. **Read before write.** Every write follows a read of that job's status that is at most 10 seconds old when the write is sent. For a
   job in the desired state no write is sent, and a second run changes nothing.
#. **Never retried blindly.** A write whose answer was lost (a cut connection, a timeout, a server error, an answer without a row for the
   job, a row that contradicts itself) is not repeated. The job is read for ``settle_time``, and only if it still needs the same write is
   it sent once more. A start or retry of a yearly/monthly job never is. What the status does not show has the outcome ``unknown``, which
   is a failure.
#. **Every retry begins with a read.** A job that is busy (``DRS.M01504``) is retried with growing pauses for at most ``busy_timeout``,
   each time from the status just read. A refusal that speaks of the status is final only after ``settle_time``.
#. **Accepted is not done.** The answer to a write proves nothing; the status read afterwards does. When ``wait_timeout`` expires, what is
   still open is read once more.
#. **One bad job spoils nothing.** Rows count first, whatever the HTTP status. A request that is refused as a whole for a reason that may
   be one job's is split until the job at fault is alone, each part read again before it is sent. Once ten jobs (or all, if they are
   fewer), each alone, were refused by one endpoint with the same 403 or 404, the refusal is everybody's, and nothing more is written to it.
   What was accepted is watched to its end.
#. **Refused is not undone.** A request that was refused or throttled as a whole may have been carried out for some of its jobs. A job of
   it that then reaches the desired state counts as changed; so does a pause that somebody else made at that moment. One that stays busy,
   or whose status could not show it in time, is ``unknown``.
#. **Throttled is not broken.** Requests that are throttled wait as long as the service asks, within ``wait_timeout``. A single 401, 403 or
   404 to a read, once the run had been authorized, is retried. What waiting cannot change (a missing CA bundle, a malformed address, a
   proxy that refuses) ends the run at once.
#. **No write after the caller is gone.** Before every write, and while it waits, the module checks whether anybody still waits for
   its result. If nobody does, it ends within seconds.
#. **One result.** It has the same keys in success, failure and check mode, holds every job once, and arrives whatever the service answers.
#. **Check mode sends no write,** and predicts the run by the same tables, waves and guards.
#. **A deadline is a deadline.** A run ends at ``wait_timeout`` plus one ``request_timeout`` at the latest, however slowly bytes arrive.

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


def _decision(decision: lifecycle.Decision) -> str:
    if decision.kind == lifecycle.SEND:
        return decision.write
    return f"fails: ``{decision.reason}``" if decision.kind == lifecycle.FAIL else f"*{decision.kind}*"


def _cell(status: str, state: str) -> str:
    plain, forced = (_decision(lifecycle.plan(status, lifecycle.Desired(state, force))) for force in (False, True))
    if status == "WAITING_FOR_START" and state == "started":
        return f"{plain}, with a warning that a schedule is overridden"
    return plain if plain == forced else f"{plain}; force: {forced}"


def _statuses(found: Iterable[str]) -> str:
    return ", ".join(f"``{status}``" for status in lifecycle.STATUSES if status in set(found)) or "none"


def guide() -> str:
    """The whole page."""
    plan = [[f"``{status}``", *(_cell(status, state) for state in lifecycle.STATES)] for status in lifecycle.STATUSES]
    wait_for = [
        [
            _WRITES[write],
            _statuses(row.target),
            _statuses(row.pending) + ", and the status before",
            _statuses(row.failed),
        ]
        for write, row in lifecycle.WAIT_FOR.items()
    ]
    return (
        _HEAD
        + _table(["status read", *lifecycle.STATES], plan)
        + _BETWEEN
        + _table(["write", "target", "pending", "failed"], wait_for)
        + _TAIL
    )
