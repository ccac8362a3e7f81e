# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists that selections are matched in, each read once a task and to its end. Private to this collection."""

from __future__ import annotations

import typing as t
import uuid
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._api import Api, Listing
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import Client, Runtime
from ansible_collections.huaweicloud.drs.plugins.module_utils._patience import Patience
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import (
    LIST_UNREADABLE,
    Chosen,
    Criteria,
    Key,
    Listed,
    NotChosen,
    choose,
    keys_of,
)


def find(selections: Sequence[Criteria], client: Client, runtime: Runtime, settle_time: float) -> list[Chosen]:
    """The jobs of each selection, by their lists. Raises NotChosen."""
    lists = Lists(client.api, Patience(client, runtime, settle_time), runtime.random)
    return lists.choose(selections)


class Lists:
    """The lists of one task, each read once, and to its end."""

    def __init__(self, api: Api, patience: Patience, random: Callable[[], float]) -> None:
        self._api, self._patience, self._random = api, patience, random
        self._listings: dict[Key, Listing] = {}
        self.troubles: dict[Key, Reading] = {}

    def choose(self, selections: Sequence[Criteria]) -> list[Chosen]:
        """The jobs of each selection. Raises NotChosen."""
        keys = list(dict.fromkeys(key for wanted in selections for key in keys_of(wanted)))
        self.read(keys)
        self._prove_filters(keys)
        for key, trouble in self.troubles.items():
            raise NotChosen(LIST_UNREADABLE, _trouble_in_words(key, trouble, len({one.type for one in keys}) > 1))
        lists = {key: self._rows(key) for key in keys}
        found = [choose(wanted, lists) for wanted in selections]
        for chosen in found:
            _require_statuses(chosen)
        return found

    def choose_readable(self, wanted: Criteria) -> Chosen:
        """The jobs of a selection, as far as the lists can be read; see troubles."""
        keys = keys_of(wanted)
        self.read(keys)
        self._prove_filters(keys)
        return choose(wanted, {key: self._rows(key) for key in keys})

    def read(self, keys: Sequence[Key]) -> Mapping[Key, Listing]:
        """Each list, as far as it could be read."""
        named = {str(number): key for number, key in enumerate(keys)}

        def ask(names: Sequence[str]) -> None:
            found = self._api.map(lambda name: self._api.listed(named[name].type, _filters(named[name])), names)
            for name, listing in zip(names, found):
                self._listings[named[name]] = listing
                self._patience.authorized = self._patience.authorized or bool(listing.jobs) or not listing.trouble

        ask(list(named))
        self._patience.while_denied(list(named), ask, lambda name: self._listings[named[name]].trouble)
        troubles = {key: self._listings[key].trouble for key in keys}
        self.troubles.update({key: trouble for key, trouble in troubles.items() if trouble})
        return {key: self._listings[key] for key in keys}

    def _prove_filters(self, keys: Sequence[Key]) -> None:
        """One more request each, which no job can fit. It finds jobs where the service ignores what it is to filter by, or
        takes one of several tags for enough."""
        tagged = next((key for key in keys if key.tags and self._rows(key)), None)
        if tagged:
            # The longest key that a tag may have is 36 characters ("Creating Tasks in Batches").
            impossible = ("none-%s" % uuid.UUID(int=int(self._random() * 2**128)).hex[:24], "none")
            self._prove("tags", tagged._replace(tags=(*tagged.tags, impossible)))
        of_project = next((key for key in keys if key.enterprise_project_id and self._rows(key)), None)
        if of_project and not all(self._shows_project(key) for key in keys):
            impossible_project = str(uuid.UUID(int=int(self._random() * 2**128)))
            self._prove("enterprise_project_id", of_project._replace(enterprise_project_id=impossible_project))

    def _prove(self, name: str, key: Key) -> None:
        found = self.read([key])[key].jobs
        if found:
            words = "the service does not filter its list of jobs by %s as requested: it has %d jobs for a value that none has"
            self.troubles[key] = Reading(_answers.UNREADABLE, msg=words % (name, len(found)))

    def _shows_project(self, key: Key) -> bool:
        return all("enterprise_project_id" in (one.row or {}) for one in self._listings[key].jobs.values())

    def _rows(self, key: Key) -> list[Listed]:
        found = []
        for job_id, reading in self._listings[key].jobs.items():
            row = reading.row or {}
            shown = row.get("enterprise_project_id")
            if key.enterprise_project_id and isinstance(shown, str) and shown != key.enterprise_project_id:
                continue
            found.append(Listed(job_id, key.type, _text(row.get("name")), _text(row.get("engine_type")), reading))
        return found


def _require_statuses(chosen: Chosen) -> None:
    """Raises NotChosen where a job cannot be chosen by its status."""
    unread = [job for job in chosen.jobs if chosen.criteria.status and job.reading.kind != _answers.READ]
    for job in unread[:1]:
        words = "The list shows no status of %s, and select.status is given: %s" % (
            job.id,
            job.reading.msg or "no reason",
        )
        raise NotChosen(LIST_UNREADABLE, words)


def _filters(key: Key) -> dict[str, t.Any]:
    """The API's own filters, by its names."""
    filters: dict[str, t.Any] = {}
    if key.tags:
        filters["tags"] = dict(key.tags)
    if key.enterprise_project_id:
        filters["enterprise_project_id"] = key.enterprise_project_id
    return filters


def _trouble_in_words(key: Key, trouble: Reading, several: bool) -> str:
    words = (trouble.msg or "no reason was given").rstrip(".")
    said = words if trouble.code is None or trouble.code in words else "%s %s" % (trouble.code, words)
    hint = ""
    if several and trouble.kind in (_answers.REFUSED, _answers.UNAUTHORIZED):
        hint = ". If these credentials may not list this type, give type in select"
    return "The list of jobs of type %s was not read to its end: %s%s" % (key.type, said, hint)


def _text(value: t.Any) -> str:
    return value if isinstance(value, str) else ""
