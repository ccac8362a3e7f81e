# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs a selection chooses: what was given, the lists that it needs, and which rows fit. Pure. Private to this
collection.

The service filters by tags and by enterprise project alone, since its rows show neither; everything else is matched here,
so that no answer depends on how the service matches. That it filters at all is proved by a request that no job can fit.
"""

from __future__ import annotations

import fnmatch
import typing as t
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import NOT_FOUND, SPELLINGS, STATUSES, spell

# db_use_type of the list, which needs one.
TYPES = ("migration", "sync", "cloudDataGuard")
_STATUSES = [status for status in STATUSES if status != NOT_FOUND] + list(SPELLINGS)
OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "list", "elements": "str", "default": []},
    "exclude": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict", "default": {}},
    "status": {"type": "list", "elements": "str", "default": []},
    "type": {"type": "list", "elements": "str", "default": []},
    "engine_type": {"type": "list", "elements": "str", "default": []},
    "enterprise_project_id": {"type": "list", "elements": "str", "default": []},
    "allow_none": {"type": "bool", "default": False},
}


class SelectionError(Exception):
    """The options cannot be right. The text names them, and says what would be."""


NO_MATCH, LIST_UNREADABLE = "no_match", "list_unreadable"


class NotChosen(Exception):
    """The jobs of a selection are not known: no job fits, or a list was not read to its end. The text is for the user."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class Criteria(t.NamedTuple):
    """What a job must fit: each that is not empty, and one of each."""

    name: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    status: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    engine_type: tuple[str, ...] = ()
    enterprise_project_id: tuple[str, ...] = ()
    allow_none: bool = False

    def shown(self) -> dict[str, t.Any]:
        """As it stands in the result."""
        found: dict[str, t.Any] = {key: list(value) for key, value in self._asdict().items() if key in _TEXTS}
        return dict(found, tags=dict(self.tags), allow_none=self.allow_none)


_TEXTS = ("name", "exclude", "status", "type", "engine_type", "enterprise_project_id")
_NARROWING = ("name", "tags", "status", "type", "engine_type", "enterprise_project_id")


class Listed(t.NamedTuple):
    """A row of the list. name: as the service has it, which is what patterns are matched with."""

    id: str
    type: str
    name: str
    engine_type: str
    reading: Reading


class Key(t.NamedTuple):
    """What a list of its own is read for."""

    type: str
    tags: tuple[tuple[str, str], ...] = ()
    enterprise_project_id: str = ""


class Chosen(t.NamedTuple):
    """The jobs that a selection chooses, by name, then id. others: how many fit but for their status."""

    criteria: Criteria
    jobs: tuple[Listed, ...]
    others: int


def criteria(given: Mapping[str, t.Any], where: str, must_narrow: bool = True) -> Criteria:
    """What was given, without blanks. where: the option, for texts. Raises SelectionError."""
    texts = {name: _stripped(given.get(name) or []) for name in _TEXTS}
    tags = {str(key).strip(): "" if value is None else str(value) for key, value in (given.get("tags") or {}).items()}
    tags.pop("", None)
    texts["status"] = tuple(spell(status) for status in texts["status"])
    for name, choices in (("status", _STATUSES), ("type", TYPES)):
        for text in texts[name]:
            if text not in choices:
                raise SelectionError("%s.%s holds '%s', and must be of: %s" % (where, name, text, ", ".join(choices)))
    found = Criteria(**texts, tags=tuple(sorted(tags.items())), allow_none=bool(given.get("allow_none")))
    if must_narrow and not any(getattr(found, name) for name in _NARROWING):
        raise SelectionError(
            "%s names none of %s: give name: ['*'] if all jobs are meant" % (where, ", ".join(_NARROWING))
        )
    return found


def _stripped(values: Iterable[t.Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in (str(value).strip() for value in values) if text))


def matches(pattern: str, name: str) -> bool:
    """Whether the whole name matches the shell pattern, with case. Only * itself matches a job without a name."""
    return fnmatch.fnmatchcase(name, pattern) if name else pattern == "*"


def fits(wanted: Criteria, job: Listed) -> bool:
    """Whether the job fits, but for its status, its tags and its enterprise project."""
    return (
        (not wanted.name or any(matches(pattern, job.name) for pattern in wanted.name))
        and not any(matches(pattern, job.name) for pattern in wanted.exclude)
        and (not wanted.type or job.type in wanted.type)
        and (not wanted.engine_type or job.engine_type in wanted.engine_type)
    )


def keys_of(wanted: Criteria) -> list[Key]:
    """The lists that a selection is matched in."""
    return [
        Key(db_use_type, wanted.tags, project)
        for db_use_type in wanted.type or TYPES
        for project in wanted.enterprise_project_id or ("",)
    ]


def choose(wanted: Criteria, lists: Mapping[Key, Sequence[Listed]]) -> Chosen:
    """The jobs of these lists that fit."""
    fitting = {job.id: job for key in keys_of(wanted) for job in lists[key] if fits(wanted, job)}
    # A row that does not say which status the job has is no reason to leave it out: Lists says what that means.
    chosen = [
        job
        for job in fitting.values()
        if not wanted.status or job.reading.kind != _answers.READ or job.reading.status in wanted.status
    ]
    ordered = sorted(chosen, key=lambda job: (job.name, job.id))
    return Chosen(wanted, tuple(ordered), len(fitting) - len(chosen))


def in_words(wanted: Criteria) -> str:
    """What was given, for texts: name: app-*, tags: env=prod."""
    values = {name: ", ".join(getattr(wanted, name)) for name in _TEXTS}
    values["tags"] = ", ".join("%s=%s" % tag for tag in wanted.tags)
    return "; ".join("%s: %s" % (name, values[name]) for name in wanted._fields if values.get(name))


def selected(chosen: Sequence[Chosen]) -> dict[str, t.Any] | None:
    """The key selected of a result: what was given, and the jobs found, by id and name. None without a selection."""
    if not chosen:
        return None
    jobs = {job.id: job.reading.name for one in chosen for job in one.jobs}
    return {"criteria": [one.criteria.shown() for one in chosen], "jobs": jobs}


def no_match(chosen: Chosen) -> str | None:
    """What to say where no job fits at all, whatever its status; None where some do."""
    return None if chosen.jobs or chosen.others else "No job fits the selection (%s)" % in_words(chosen.criteria)


def require_match(chosen: Chosen) -> None:
    """Raises NotChosen where no job fits, and that is not allowed: a typo must not be a green night."""
    words = no_match(chosen)
    if words and not chosen.criteria.allow_none:
        raise NotChosen(
            NO_MATCH, "%s. Give allow_none: true (in a playbook drs_select_allow_none) if that is not a mistake" % words
        )


def nothing_to_do(chosen: Sequence[Chosen]) -> str:
    """The message of a task that is ok, and whose selections have chosen no job."""
    others = sum(one.others for one in chosen)
    if not others:
        return "No job fits the selection: nothing was to be done"
    fit = "1 job fits" if others == 1 else "%d jobs fit" % others
    return "%s the selection but for the status: nothing was to be done" % fit
