# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary between the API and what decides: a job in a write, the outcome of a write, what a read says. Types
only. Private to this collection."""

from __future__ import annotations

import enum
import typing as t
from collections.abc import Mapping

# kinds of a WriteResult
ACCEPTED, REFUSED, BUSY, LOST, UNSENT, SPLIT, UNAUTHORIZED, WITHHELD = (
    "accepted",
    "refused",
    "busy",
    "lost",
    "unsent",
    "split",
    "unauthorized",
    "withheld",
)
# kinds of a Reading, beside REFUSED and UNAUTHORIZED
READ, MISSING, UNREADABLE = "read", "missing", "unreadable"


class BillingOrder(enum.Enum):
    """Whether starting a job would pay for something: only a yearly/monthly job has an order ("Starting Tasks in
    Batches": it is placed and paid when the job is started), and Open Telekom Cloud has none at all."""

    NONE = "none"
    PLACED = "placed"
    OPEN = "open"


class WriteItem(t.NamedTuple):
    """One job of a write. options: the API's fields of that verb, by their names; None is not sent."""

    job_id: str
    write: str
    options: Mapping[str, t.Any]


class WriteResult(t.NamedTuple):
    """The outcome of a write for one job.

    kind: ACCEPTED; REFUSED for this job; BUSY, another operation is being performed on it; LOST, it may have been carried
    out; UNSENT, the request was not accepted; SPLIT, the request was refused as a whole together with other jobs;
    UNAUTHORIZED, nobody's write is accepted; WITHHELD, nothing more may be sent, for a reason on this side.
    """

    kind: str
    code: str | None = None
    msg: str | None = None
    request_id: str | None = None
    http: int | None = None
    throttled: bool = False
    in_part: bool = False  # the request may have been carried out for some of its jobs all the same
    of_status: bool = False  # a refusal that speaks of the job's status: it is read before the refusal counts
    of_project: bool = False  # a 403 or 404 that may turn out to be everybody's


class Reading(t.NamedTuple):
    """What a read says of one job.

    kind: READ; MISSING, no row in an answer that can be read; UNREADABLE for now; REFUSED for this job; UNAUTHORIZED. at:
    the monotonic second at which the answer had arrived.
    """

    kind: str
    status: str | None = None
    code: str | None = None
    msg: str | None = None
    request_id: str | None = None
    at: float = 0.0
    http: int | None = None
    throttled: bool = False
    of_project: bool = False
    final: bool = False  # waiting cannot change it
    fixed_credentials: bool = False  # a 401 to credentials that cannot be renewed
    name: str | None = None
    order: BillingOrder | None = None
    row: Mapping[str, t.Any] | None = None  # what the service said of the job, as it is
