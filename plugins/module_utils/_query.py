# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_job_info does: options in, jobs read, the result out. Private to this collection."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils import _api, _fields, _settings
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import DELETED, NOT_FOUND, STATUSES, spell
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import (
    NO_FIGURES,
    Client,
    OptionError,
    Shell,
    check_ranges,
    make_client,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._wishes import WishError, split_ids

# db_use_type of the list, which needs one.
TYPES = ("migration", "sync", "cloudDataGuard")
FILTERS = ("name", "status", "type", "engine_type", "tags", "enterprise_project_id")
PARTS = ("detail", "progress", "rpo_rto")
NAMED_IN_MSG = 5

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = dict(
    _settings.OPTIONS,
    job_ids={"type": "list", "elements": "str"},
    name={"type": "str"},
    status={"type": "list", "elements": "str", "choices": [status for status in STATUSES if status != NOT_FOUND]},
    type={"type": "str", "choices": list(TYPES)},
    engine_type={"type": "str"},
    tags={"type": "dict"},
    enterprise_project_id={"type": "str"},
    gather={"type": "list", "elements": "str", "choices": list(PARTS), "default": []},
    wait_timeout={"type": "int", "default": 300},
    max_parallel={"type": "int", "default": 4},
)
MODULE_OPTIONS: dict[str, t.Any] = {
    "argument_spec": ARGUMENT_SPEC,
    "mutually_exclusive": [("job_ids", name) for name in FILTERS],
    "supports_check_mode": True,
}


class Trouble(t.NamedTuple):
    """Something that could not be read. what: status, list, or one of PARTS; of a job (id), or of a list (type)."""

    what: str
    verdict: _api.Verdict
    id: str | None = None
    type: str | None = None

    def words(self) -> str | None:
        """The service's text, or what became of the request."""
        return _fields.masker(())(self.verdict.msg) if self.verdict.msg else None


def run(module: AnsibleModule, shell: Shell) -> None:
    """Ends by exit_json or fail_json."""
    params = module.params
    try:
        check_ranges(params)
        job_ids = None if params["job_ids"] is None else _each_once(split_ids(params["job_ids"]))
        if job_ids == []:
            module.warn("No job ids were given, so there was nothing to read.")
            module.exit_json(msg=in_words([], [], []), **result([], [], [], NO_FIGURES))
        client = make_client(params, shell, module.no_log_values.add, params["wait_timeout"], params["max_parallel"])
    except (OptionError, WishError) as error:
        module.fail_json(msg="%s. Nothing was sent." % str(error).rstrip("."), **result([], [], [], NO_FIGURES))
    query = Query(client, params["max_parallel"])
    if job_ids is None:
        query.find([params["type"]] if params["type"] else TYPES, _filters(params), params["status"] or ())
    else:
        query.look_up(job_ids)
    for part in PARTS:
        if part in params["gather"]:
            query.gather(part)
    jobs, missing = query.jobs(), query.missing()
    answer = result(jobs, missing, query.troubles, client.figures())
    message = in_words(jobs, missing, query.troubles)
    if query.troubles:
        module.fail_json(msg=message, **answer)
    module.exit_json(msg=message, **answer)


class Query:
    """One run. Reads until the client's deadline; what could not be read is in troubles."""

    def __init__(self, client: Client, max_parallel: int) -> None:
        self._api, self._http, self._max_parallel = client.api, client.http, max_parallel
        self._readings: dict[str, _api.Verdict] = {}
        self._parts: dict[str, dict[str, _api.Verdict]] = {}
        self.troubles: list[Trouble] = []

    def look_up(self, job_ids: Sequence[str]) -> None:
        """Reads the statuses of these jobs."""
        self._readings = self._read("status", self._api.statuses, job_ids, _api.PAGE)

    def find(self, types: Sequence[str], filters: Mapping[str, t.Any], statuses: Sequence[str]) -> None:
        """Reads the lists of these types. The statuses are looked for here: the service takes one only, in its own
        spelling, and jobs that change their status meanwhile would shift the pages."""
        for db_use_type, listing in zip(types, self._api.map(lambda name: self._api.listed(name, filters), types)):
            if listing.trouble:
                self.troubles.append(Trouble("list", listing.trouble, type=db_use_type))
            for job_id, reading in listing.jobs.items():
                if statuses and reading.kind == _api.OK and reading.status not in statuses:
                    continue
                if reading.kind != _api.OK:
                    self.troubles.append(Trouble("status", reading, job_id))
                self._readings[job_id] = reading

    def gather(self, part: str) -> None:
        """Reads one of PARTS for every job that is there."""
        there = [
            job_id for job_id, reading in self._readings.items() if reading.status not in (None, NOT_FOUND, DELETED)
        ]
        read = {"detail": self._api.details, "progress": self._api.progress, "rpo_rto": self._api.rpo_and_rto}[part]
        self._parts[part] = self._read(part, read, there, _api.DETAIL_PAGE)

    def jobs(self) -> list[dict[str, t.Any]]:
        """Every job but the missing ones, in order."""
        return [
            item(
                job_id,
                reading,
                {part: verdicts[job_id] for part, verdicts in self._parts.items() if job_id in verdicts},
            )
            for job_id, reading in self._readings.items()
            if reading.status != NOT_FOUND
        ]

    def missing(self) -> list[str]:
        return [job_id for job_id, reading in self._readings.items() if reading.status == NOT_FOUND]

    def _read(
        self, what: str, read: Callable[[Sequence[str]], dict[str, _api.Verdict]], job_ids: Sequence[str], page: int
    ) -> dict[str, _api.Verdict]:
        """read() over the jobs, in as many requests at once as may be in flight, with a look at the clock between."""
        verdicts: dict[str, _api.Verdict] = {}
        size = page * self._max_parallel
        for start in range(0, len(job_ids), size):
            some = job_ids[start : start + size]
            stop = self._stop()
            found = dict.fromkeys(some, stop) if stop else read(some)
            self.troubles += [Trouble(what, found[job_id], job_id) for job_id in some if found[job_id].kind != _api.OK]
            verdicts.update((job_id, found[job_id]) for job_id in some)
        return verdicts

    def _stop(self) -> _api.Verdict | None:
        """Why nothing more is to be asked, if so."""
        for trouble in self.troubles:
            if trouble.verdict.kind == _api.NOT_LET_IN:
                return trouble.verdict
        if self._http.clock.monotonic() >= self._http.deadline:
            return _api.Verdict(_api.UNREADABLE, msg="time ran out before it was read (wait_timeout)")
        return None


def item(job_id: str, reading: _api.Verdict, parts: Mapping[str, _api.Verdict]) -> dict[str, t.Any]:
    """A job as it stands in the result: the same keys always, null for what was not read or not told."""
    parts = {part: verdict for part, verdict in parts.items() if verdict.kind == _api.OK and verdict.row}
    rows: dict[str, Mapping[str, t.Any]] = {part: verdict.row for part, verdict in parts.items() if verdict.row}
    listed, detail = reading.row or {}, rows.get("detail", {})
    mask = _fields.masker([listed, *rows.values()])

    def told(field: str) -> t.Any:
        value = _fields.keep(_fields.VALUE, listed.get(field), mask)
        return _fields.keep(_fields.VALUE, detail.get(field), mask) if value is None else value

    instance = detail.get("inst_info")
    engine = instance.get("engine_type") if isinstance(instance, dict) else None
    telling = [reading] if reading.kind == _api.OK else []
    error = next((verdict for verdict in (*telling, *parts.values()) if verdict.code or verdict.msg), None)
    job = {
        "id": job_id,
        "name": told("name"),
        "status": reading.status,
        "type": told("db_use_type"),
        "engine_type": told("engine_type") or _fields.keep(_fields.VALUE, engine, mask),
        "task_type": told("task_type"),
        "job_direction": told("job_direction"),
        "net_type": told("net_type"),
        "description": told("description"),
        "error_code": error.code if error else None,
        "error_msg": mask(error.msg) if error and error.msg else None,
        "detail": _fields.keep(_fields.DETAIL, rows.get("detail"), mask),
        "progress": _fields.keep(_fields.PROGRESS, rows.get("progress"), mask),
        "rpo_rto": _fields.keep(_fields.RPO_RTO, rows.get("rpo_rto"), mask),
    }
    if job["progress"]:
        job["progress"]["transfer_status"] = spell(job["progress"]["transfer_status"])
    return job


def result(
    jobs: Sequence[t.Any], missing: Sequence[str], troubles: Sequence[Trouble], api: Mapping[str, t.Any]
) -> dict[str, t.Any]:
    """All keys but failed and msg."""
    return {
        "changed": False,
        "jobs": list(jobs),
        "missing": list(missing),
        "unread": [
            {
                "id": trouble.id,
                "type": trouble.type,
                "what": trouble.what,
                "error_code": trouble.verdict.code,
                "error_msg": trouble.words(),
                "request_id": trouble.verdict.request_id,
            }
            for trouble in troubles
        ],
        "api": dict(api),
    }


def in_words(jobs: Sequence[t.Any], missing: Sequence[str], troubles: Sequence[Trouble]) -> str:
    """A sentence or two for people: how many jobs, and what could not be read and why."""
    words = "%d job%s read" % (len(jobs), "" if len(jobs) == 1 else "s")
    if missing:
        words += ", %d not known to the service" % len(missing)
    if not troubles:
        return words
    whys = _whys(troubles)
    more = "; and more, see unread" if len(whys) > NAMED_IN_MSG else ""
    return "Not everything could be read: %s%s. %s, not all of it whole" % ("; ".join(whys[:NAMED_IN_MSG]), more, words)


def _whys(troubles: Sequence[Trouble]) -> list[str]:
    """What could not be read and why, with the jobs of one reason together."""
    together: dict[tuple[str, str], list[str]] = {}
    for trouble in troubles:
        code, words = trouble.verdict.code, (trouble.words() or "no reason was told").rstrip(".")
        why = words if code is None or code in words else "%s %s" % (code, words)
        together.setdefault((trouble.what, why), []).append(trouble.id or "type %s" % trouble.type)
    return [
        "%s of %s%s: %s" % (what, whose[0], " and %d more" % (len(whose) - 1) if len(whose) > 1 else "", why)
        for (what, why), whose in together.items()
    ]


def _filters(params: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The filters that the service applies, by its names. An empty one is as absent: a question without an answer."""
    filters = {name: params[name] for name in ("name", "engine_type", "enterprise_project_id") if params[name]}
    if params["tags"]:
        filters["tags"] = {str(key): str(value) for key, value in params["tags"].items()}
    return filters


def _each_once(job_ids: Sequence[str]) -> list[str]:
    """In first order and spelling. The service's ids are lower case: one job in two spellings must not be two jobs."""
    first: dict[str, str] = {}
    for job_id in job_ids:
        first.setdefault(job_id.lower(), job_id)
    return list(first.values())
