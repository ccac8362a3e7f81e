# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every request that came and what was done with it, secrets masked."""

from __future__ import annotations

import dataclasses
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

MASK = "***"
_SECRET_HEADERS = ("x-auth-token", "x-security-token", "x-subject-token", "cookie", "proxy-authorization")
_SECRET_FIELDS = ("password", "db_password", "token", "secret")


@dataclasses.dataclass
class Entry:
    """One request: when (service seconds), what was asked, what was sent back, and which writes it had accepted."""

    n: int
    time: float
    method: str
    path: str
    query: list[tuple[str, str]]
    endpoint: str | None
    kind: str | None
    body: Any
    headers: dict[str, str]
    request_id: str
    status: int = 0
    fate: str = "answer"
    accepted: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    rows: int = 0
    error_code: Any = None
    fault: int | None = None

    @property
    def job_ids(self) -> list[str]:
        """The ids that the request names, in order."""
        return ids_of(self.body)


class Journal:
    """The entries, oldest first."""

    def __init__(self, limit: int | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._count = 0

    def add(self, **fields: Any) -> Entry:
        """A new entry."""
        self._count += 1
        entry = Entry(n=self._count, **fields)
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget all entries; the numbers go on."""
        self._entries.clear()

    def of(self, *endpoints: str) -> list[Entry]:
        """The entries of these calls."""
        return [entry for entry in self if entry.endpoint in endpoints]

    def writes(self) -> list[Entry]:
        """The entries of calls that change jobs, whatever became of them."""
        return [entry for entry in self if entry.kind == "write"]

    def accepted(self, job_id: str) -> list[str]:
        """The verbs accepted for a job, in order."""
        return [done["verb"] for entry in self for done in entry.accepted if done["job_id"] == job_id]

    def since(self, n: int) -> list[Entry]:
        """The entries after number n."""
        return [entry for entry in self if entry.n > n]

    @property
    def count(self) -> int:
        """How many requests there were, kept or not."""
        return self._count

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]


def ids_of(body: Any) -> list[str]:
    """The job ids in a body of any call."""
    jobs = body.get("jobs") if isinstance(body, dict) else None
    if not isinstance(jobs, list):
        return []
    ids = [job.get("job_id") if isinstance(job, dict) else job for job in jobs]
    return [job_id for job_id in ids if isinstance(job_id, str)]


def mask_headers(headers: dict[str, str]) -> dict[str, str]:
    """Headers without tokens and signatures; the access key's name stays."""
    shown = {}
    for name, value in headers.items():
        if name in _SECRET_HEADERS:
            value = MASK
        elif name == "authorization":
            value = re.sub(r"(Signature=).*", r"\1" + MASK, value) if "Signature=" in value else MASK
        shown[name] = value
    return shown


def mask_body(body: Any) -> Any:
    """A body with the values of secret fields masked; one nested too deep is masked whole."""
    try:
        return _masked(body)
    except RecursionError:
        return MASK


def _masked(body: Any) -> Any:
    if isinstance(body, dict):
        return {
            key: MASK if key in _SECRET_FIELDS and isinstance(value, str) else _masked(value)
            for key, value in body.items()
        }
    if isinstance(body, list):
        return [_masked(item) for item in body]
    return body
