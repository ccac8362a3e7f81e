# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be set for a whole emulator, with defaults, meanings and where each default is known from."""

from __future__ import annotations

import dataclasses
from typing import Any

from .transitions import PHASES, VERBS, Source


def _setting(default: Any, meaning: str, source: Source) -> Any:
    metadata = {"meaning": meaning, "source": source}
    if isinstance(default, dict):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


_PROVIDER_DELETED = Source("vendor SDK", "Terraform provider: 200 and DELETED since 2024, before that 400 with results")
_CODE_TABLE = Source("assumed", "the error table gives each code an HTTP status; no page shows a batch in which all failed")


@dataclasses.dataclass(frozen=True)
class Settings:
    """All settings; unknown names and wrong values raise ValueError."""

    lag: Any = _setting(2.0, "seconds for which the old status is shown after an accepted write; a number, or one for each verb",
                        Source("vendor SDK", "Terraform provider: the old status is pending after each action; the length is assumed"))
    lag_reads: int = _setting(1, "the same for the immediate clock, in readings of the job", Source("assumed", "stands in for lag"))
    step_reads: int = _setting(1, "readings that a status which moves by itself lasts with the immediate clock", Source("assumed", "stands in for durations"))
    durations: dict[str, float | None] = _setting({}, "seconds that a status lasts, over the table's; null: for good", Source("assumed", "no page gives a time"))
    per_page: int = _setting(5, "rows on a page of batch-status and batch-detail unless asked otherwise", Source("documented", "Querying Task Status in Batches"))
    max_items: int | None = _setting(None, "a write with more jobs is refused whole", Source("assumed", "no page gives a limit"))
    refuse_ids: tuple[str, ...] = _setting((), "a write that names one of these is refused whole, without rows", Source("assumed", "validation of whole requests"))
    answer_key: str = _setting("results", "'results', or 'jobs' as in the 2020 page's example", Source("documented", "Starting Tasks in Batches, 2020 edition"))
    shuffle: bool = _setting(False, "answer rows in a random order", Source("assumed", "no page promises an order"))
    random_seed: int = _setting(0, "for shuffle and the faults' probability", Source("assumed", "the emulator's own"))
    paused_spelling: str = _setting("PAUSING", "'PAUSING' or 'PAUSEING'", Source("documented", "Querying Task Status in Batches, Open Telekom Cloud edition"))
    all_failed_400: bool = _setting(False, "400 with results where every row failed, in place of 2xx", _CODE_TABLE)
    deleted_shape: str = _setting("status", "a deleted job: 'status' DELETED, 'error' DRS.M05004 (400 when every row is), 'absent' row", _PROVIDER_DELETED)
    unknown_shape: str = _setting("error", "an unknown id: 'error' row with unknown_code, or 'absent'", Source("vendor SDK", "Terraform provider: DRS.M00289, or no row"))
    unknown_code: str = _setting("DRS.M00289", "the code of an unknown id", Source("vendor SDK", "Terraform provider"))
    forget_deleted_after: float | None = _setting(None, "seconds after which a deleted job is an unknown id", Source("assumed", "no page gives a time"))
    auth: bool = _setting(True, "check tokens and signatures", Source("documented", "Authentication"))
    token_lifetime: float = _setting(86400.0, "seconds that a token lives", Source("documented", "Obtaining a User Token: 24 hours"))
    max_skew: float = _setting(900.0, "seconds that a signature's date may be off", Source("documented", "API signing guide: 15 minutes"))
    latency: float = _setting(0.0, "seconds added to every answer", Source("assumed", "for measurements"))
    journal_limit: int | None = _setting(None, "entries kept; the oldest go first", Source("assumed", "for measurements"))

    def __post_init__(self) -> None:
        lags = self.lag if isinstance(self.lag, dict) else {"delete": self.lag}
        _require(all(name in VERBS and _is_number(value) and value >= 0 for name, value in lags.items()), "lag", self.lag)
        for name in ("lag_reads", "step_reads", "per_page", "latency", "max_skew", "token_lifetime"):
            _require(_is_number(getattr(self, name)) and getattr(self, name) >= 0, name, getattr(self, name))
        for name in ("max_items", "journal_limit", "forget_deleted_after"):
            value = getattr(self, name)
            _require(value is None or _is_number(value) and value >= 0, name, value)
        for status, seconds in self.durations.items():
            _require(status in PHASES and (seconds is None or _is_number(seconds) and seconds >= 0), "durations", self.durations)
        for name in ("shuffle", "all_failed_400", "auth"):
            _require(isinstance(getattr(self, name), bool), name, getattr(self, name))
        _require(self.answer_key in ("results", "jobs"), "answer_key", self.answer_key)
        _require(self.paused_spelling in ("PAUSING", "PAUSEING"), "paused_spelling", self.paused_spelling)
        _require(self.deleted_shape in ("status", "error", "absent"), "deleted_shape", self.deleted_shape)
        _require(self.unknown_shape in ("error", "absent"), "unknown_shape", self.unknown_shape)
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
