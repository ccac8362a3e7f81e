# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be set for a whole emulator, with defaults, meanings and where each default is known from."""

from __future__ import annotations

import dataclasses
from typing import Any

from .transitions import PHASES, VERBS, Source

_DELETED = Source("vendor SDK", "Terraform provider: 200 and DELETED since 2024, before that 400 with results")
_ALL_FAILED = Source(
    "assumed", "the error table gives each code an HTTP status; no page shows a batch in which all failed"
)
_LAG = Source("vendor SDK", "Terraform provider: the old status is pending after each action; the length is assumed")
_STATUS_PAGE = Source("documented", "Querying Task Status in Batches")
_SPELLING = Source("documented", "Querying Task Status in Batches, Open Telekom Cloud edition")
_START_2020 = Source("documented", "Starting Tasks in Batches, 2020 edition")
_UNKNOWN = Source("vendor SDK", "Terraform provider: DRS.M00289, or no row")
_TOKEN = Source("documented", "Obtaining a User Token: 24 hours")
_SIGNING = Source("documented", "API signing guide: 15 minutes")
_AUTH = Source("documented", "Authentication")
_NO_PAGE = Source("assumed", "no page says")
_OWN = Source("assumed", "the emulator's own, for tests and measurements")

MEANINGS = {
    "lag": ("seconds that the old status shows after an accepted write: a number, or verb: number", _LAG),
    "lag_reads": ("the same for the immediate clock, in readings of the job", _OWN),
    "step_reads": ("readings that a moving status lasts with the immediate clock", _OWN),
    "durations": ("status: seconds, over the table's; null: for good", _NO_PAGE),
    "per_page": ("rows on a page of batch-status and batch-detail unless asked otherwise", _STATUS_PAGE),
    "max_items": ("a write with more jobs is refused whole", _NO_PAGE),
    "refuse_ids": ("a write that names one of these is refused whole, without rows", _NO_PAGE),
    "answer_key": ("'results', or 'jobs'", _START_2020),
    "shuffle": ("answer rows in a random order", _NO_PAGE),
    "random_seed": ("for shuffle and the faults' probability", _OWN),
    "paused_spelling": ("'PAUSING' or 'PAUSEING'", _SPELLING),
    "all_failed_400": ("400 with results where every row failed, in place of 2xx", _ALL_FAILED),
    "deleted_shape": ("'status' DELETED; 'error' DRS.M05004, 400 if it is every row; 'absent'", _DELETED),
    "unknown_shape": ("an unknown id: 'error' row with unknown_code, or 'absent'", _UNKNOWN),
    "unknown_code": ("the code of an unknown id", _UNKNOWN),
    "forget_deleted_after": ("seconds until a deleted job is an unknown id", _NO_PAGE),
    "list_name": ("the list's filter name fits a 'part' of a job's name, or the 'whole'", _NO_PAGE),
    "list_tags": ("of several tags of the list's filter a job must have 'all', or 'any'; 'ignored'", _NO_PAGE),
    "list_project": ("the list's filter enterprise_project_id is 'applied', or 'ignored'", _NO_PAGE),
    "list_shows_project": ("rows of the list have enterprise_project_id", _NO_PAGE),
    "auth": ("check tokens and signatures", _AUTH),
    "token_lifetime": ("seconds that a token lives", _TOKEN),
    "max_skew": ("seconds that a signature's date may be off", _SIGNING),
    "date_offset": ("seconds that the service's date is ahead of the clock's, for headers and signatures", _OWN),
    "latency": ("seconds added to every answer", _OWN),
    "journal_limit": ("entries kept; the oldest go first", _OWN),
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All settings; wrong values raise ValueError. What each means stands in MEANINGS."""

    lag: Any = 2.0
    lag_reads: int = 1
    step_reads: int = 1
    durations: dict[str, float | None] = dataclasses.field(default_factory=dict)
    per_page: int = 5
    max_items: int | None = None
    refuse_ids: tuple[str, ...] = ()
    answer_key: str = "results"
    shuffle: bool = False
    random_seed: int = 0
    paused_spelling: str = "PAUSING"
    all_failed_400: bool = False
    deleted_shape: str = "status"
    unknown_shape: str = "error"
    unknown_code: str = "DRS.M00289"
    forget_deleted_after: float | None = None
    list_name: str = "part"
    list_tags: str = "all"
    list_project: str = "applied"
    list_shows_project: bool = False
    auth: bool = True
    token_lifetime: float = 86400.0
    max_skew: float = 900.0
    date_offset: float = 0.0
    latency: float = 0.0
    journal_limit: int | None = None

    def __post_init__(self) -> None:
        lags = self.lag if isinstance(self.lag, dict) else {"delete": self.lag}
        _require(
            all(name in VERBS and _is_number(value) and value >= 0 for name, value in lags.items()), "lag", self.lag
        )
        for name in ("lag_reads", "step_reads", "per_page", "latency", "max_skew", "token_lifetime"):
            _require(_is_number(getattr(self, name)) and getattr(self, name) >= 0, name, getattr(self, name))
        for name in ("max_items", "journal_limit", "forget_deleted_after"):
            value = getattr(self, name)
            _require(value is None or (_is_number(value) and value >= 0), name, value)
        _require(_is_number(self.date_offset) and abs(self.date_offset) <= 1e9, "date_offset", self.date_offset)
        for status, seconds in self.durations.items():
            fits = status in PHASES and (seconds is None or (_is_number(seconds) and seconds >= 0))
            _require(fits, "durations", self.durations)
        for name in ("shuffle", "all_failed_400", "list_shows_project", "auth"):
            _require(isinstance(getattr(self, name), bool), name, getattr(self, name))
        _require(self.answer_key in ("results", "jobs"), "answer_key", self.answer_key)
        _require(self.paused_spelling in ("PAUSING", "PAUSEING"), "paused_spelling", self.paused_spelling)
        _require(self.deleted_shape in ("status", "error", "absent"), "deleted_shape", self.deleted_shape)
        _require(self.unknown_shape in ("error", "absent"), "unknown_shape", self.unknown_shape)
        _require(self.list_name in ("part", "whole"), "list_name", self.list_name)
        _require(self.list_tags in ("all", "any", "ignored"), "list_tags", self.list_tags)
        _require(self.list_project in ("applied", "ignored"), "list_project", self.list_project)
        object.__setattr__(self, "refuse_ids", tuple(self.refuse_ids))

    def with_(self, changes: dict[str, Any]) -> Settings:
        """These settings with some replaced.

        :raises ValueError: for a name that is none, or a value that does not fit.
        """
        unknown = sorted(set(changes) - {field.name for field in dataclasses.fields(self)})
        if unknown:
            raise ValueError(f"no setting is called {', '.join(unknown)}")
        return dataclasses.replace(self, **changes)

    def lag_of(self, verb: str) -> float:
        """Seconds for which the old status is shown after this verb."""
        if isinstance(self.lag, dict):
            return float(self.lag.get(verb, type(self).lag))
        return float(self.lag)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _require(condition: bool, name: str, value: Any) -> None:
    if not condition:
        raise ValueError(f"setting {name}: {value!r} does not fit")
