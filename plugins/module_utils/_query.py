# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_job_info does: options in, jobs read, the result out. Private to this collection."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.huaweicloud.drs.plugins.module_utils import (
    _allowlist,
    _answers,
    _api,
    _endpoints,
    _reconcile,
    _selection,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import JobOptionError, each_once, split_ids
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import DELETED, NOT_FOUND, spell
from ansible_collections.huaweicloud.drs.plugins.module_utils._lists import Lists
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import (
    NO_STATISTICS,
    Client,
    OptionError,
    Runtime,
    check_ranges,
    hide_addresses,
    make_client,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._patience import Patience
from ansible_collections.huaweicloud.drs.plugins.module_utils._selection import (
    Chosen,
    Criteria,
    SelectionError,
    criteria,
    selected,
)

PARTS = ("detail", "progress", "rpo_rto")
NAMED_IN_MSG = 5
# Seconds: how long a refusal of reads, once the run had been authorized, may be a stray one.
SETTLE_TIME = 30.0

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = dict(
    _endpoints.OPTIONS,
    job_ids={"type": "list", "elements": "str"},
    select={"type": "dict", "options": _selection.OPTIONS},
    gather={"type": "list", "elements": "str", "choices": list(PARTS), "default": []},
    wait_timeout={"type": "int", "default": 300},
)
MODULE_OPTIONS: dict[str, t.Any] = {
    "argument_spec": ARGUMENT_SPEC,
    "mutually_exclusive": [("job_ids", "select")],
    "supports_check_mode": True,
}


class Trouble(t.NamedTuple):
    """Something that could not be read. what: status, list, or one of PARTS; of a job (id), or of a list (type)."""

    what: str
    reading: Reading
    id: str | None = None
    type: str | None = None


def run(module: AnsibleModule, runtime: Runtime) -> None:
    """Ends by exit_json or fail_json."""
    params = module.params
    hide_addresses(params, module.no_log_values.add)
    try:
        check_ranges(params)
        wanted = criteria(params["select"] or {}, "select", must_narrow=False)
        job_ids = None if params["job_ids"] is None else each_once(split_ids(params["job_ids"]))
        if job_ids == []:
            module.warn("No job ids were given, so there was nothing to read.")
            module.exit_json(msg=in_words([], [], []), **result([], [], [], NO_STATISTICS, None))
        client = make_client(params, runtime, module.no_log_values.add, params["wait_timeout"], params["max_parallel"])
    except (OptionError, JobOptionError, SelectionError) as error:
        module.fail_json(
            msg="%s. Nothing was sent." % str(error).rstrip("."),
            **dict(result([], [], [], NO_STATISTICS, None), success=False),
        )
    query = Query(client, runtime, params["max_parallel"])
    chosen = None
    if job_ids is None:
        chosen = query.find(wanted)
    else:
        query.look_up(job_ids)
    for part in PARTS:
        if part in params["gather"]:
            query.gather(part)
    jobs, missing = query.jobs(), query.missing()
    answer = result(jobs, missing, query.troubles, client.statistics(), chosen)
    message = in_words(jobs, missing, query.troubles)
    if query.troubles:
        module.fail_json(msg=message, **answer)
    module.exit_json(msg=message, **answer)


class Query:
    """One run. Reads until the client's deadline; what could not be read is in troubles. Job ids are as the user wrote
    them, or as the service lists them."""

    def __init__(self, client: Client, runtime: Runtime, max_parallel: int) -> None:
        self._api, self._http, self._max_parallel = client.api, client.http, max_parallel
        self._clock, self._random = runtime.clock, runtime.random
        self._patience = Patience(client, runtime, SETTLE_TIME)
        self._readings: dict[str, Reading] = {}
        self._parts: dict[str, dict[str, Reading]] = {}
        self.troubles: list[Trouble] = []

    def look_up(self, job_ids: Sequence[str]) -> None:
        """Reads the statuses of these jobs."""
        self._readings = self._read("status", self._api.statuses, job_ids, _api.PAGE)

    def find(self, wanted: Criteria) -> Chosen:
        """Reads the lists of a selection. What could not be read of them is a trouble, and does not hide the rest."""
        lists = Lists(self._api, self._patience, self._random)
        chosen = lists.choose_readable(wanted)
        self.troubles += [Trouble("list", trouble, type=key.type) for key, trouble in lists.troubles.items()]
        for job in chosen.jobs:
            if job.reading.kind != _answers.READ:
                self.troubles.append(Trouble("status", job.reading, job.id))
            self._readings[job.id] = job.reading
        return chosen

    def gather(self, part: str) -> None:
        """Reads one of PARTS for every job that exists."""
        existing = [
            job_id for job_id, reading in self._readings.items() if reading.status not in (None, NOT_FOUND, DELETED)
        ]
        read = {"detail": self._api.details, "progress": self._api.progress, "rpo_rto": self._api.rpo_and_rto}[part]
        self._parts[part] = self._read(part, read, existing, _api.DETAIL_PAGE)

    def jobs(self) -> list[dict[str, t.Any]]:
        """Every job but the missing ones, in order."""
        return [
            item(
                job_id,
                reading,
                {part: readings[job_id] for part, readings in self._parts.items() if job_id in readings},
                self._http.secrets.mask,
            )
            for job_id, reading in self._readings.items()
            if reading.status != NOT_FOUND
        ]

    def missing(self) -> list[str]:
        return [job_id for job_id, reading in self._readings.items() if reading.status == NOT_FOUND]

    def _read(
        self,
        what: str,
        read: Callable[[Sequence[str]], dict[str, Reading]],
        job_ids: Sequence[str],
        page: int,
    ) -> dict[str, Reading]:
        """read() over the jobs. Jobs without a row are asked for once more after a while, and reads that are refused to
        everybody, once the run had been authorized, until that is final."""
        readings = self._pages(read, job_ids, page)
        asked_at = self._clock.monotonic()
        missing = [job_id for job_id in job_ids if readings[job_id].kind == _answers.MISSING]
        if missing and self._patience.wait(asked_at + _reconcile.SECOND_READ - self._clock.monotonic()):
            readings.update(self._pages(read, missing, page))
            for job_id in missing:
                # A job that exists has a detail, but perhaps no progress and no RPO.
                if readings[job_id].kind == _answers.MISSING and what != "detail":
                    status = NOT_FOUND if what == "status" else None
                    readings[job_id] = readings[job_id]._replace(kind=_answers.READ, status=status)

        def ask(some: Sequence[str]) -> None:
            readings.update(self._pages(read, some, page))

        self._patience.while_denied(job_ids, ask, readings.get)
        self.troubles += [
            Trouble(what, readings[job_id], job_id) for job_id in job_ids if readings[job_id].kind != _answers.READ
        ]
        return {job_id: readings[job_id] for job_id in job_ids}

    def _pages(
        self, read: Callable[[Sequence[str]], dict[str, Reading]], job_ids: Sequence[str], page: int
    ) -> dict[str, Reading]:
        """read() over the jobs once, in as many requests at once as may be in flight, with a check of the clock between. A
        refusal that is everybody's counts for the rest as well: there is no use in asking."""
        readings: dict[str, Reading] = {}
        size = page * self._max_parallel
        stop: Reading | None = None
        for start in range(0, len(job_ids), size):
            some = job_ids[start : start + size]
            stop = stop or self._stop()
            found = {job_id.lower(): stop for job_id in some} if stop else read([job_id.lower() for job_id in some])
            for job_id in some:
                reading = found[job_id.lower()]
                if reading.kind in (_answers.READ, _answers.MISSING):
                    self._patience.authorized = True
                if reading.kind == _answers.UNAUTHORIZED:
                    stop = reading
                readings[job_id] = reading
        return readings

    def _stop(self) -> Reading | None:
        """Why nothing more is to be asked, if so."""
        for trouble in self.troubles:
            if trouble.reading.kind == _answers.UNAUTHORIZED:
                return trouble.reading
        if self._clock.monotonic() >= self._http.deadline:
            return Reading(_answers.UNREADABLE, msg="wait_timeout expired before it was read")
        return None


def item(
    job_id: str, reading: Reading, parts: Mapping[str, Reading], mask_all: Callable[[str], str]
) -> dict[str, t.Any]:
    """A job as it stands in the result: the same keys always, null for what was not read or not given."""
    parts = {part: one for part, one in parts.items() if one.kind == _answers.READ and one.row}
    rows: dict[str, Mapping[str, t.Any]] = {part: one.row for part, one in parts.items() if one.row}
    listed, detail = reading.row or {}, rows.get("detail", {})
    mask = _allowlist.masker([listed, *rows.values()], mask_all)

    def told(field: str) -> t.Any:
        value = _allowlist.keep(_allowlist.VALUE, listed.get(field), mask)
        return _allowlist.keep(_allowlist.VALUE, detail.get(field), mask) if value is None else value

    instance = detail.get("inst_info")
    engine = instance.get("engine_type") if isinstance(instance, dict) else None
    telling = [reading] if reading.kind == _answers.READ else []
    error = next((one for one in (*telling, *parts.values()) if one.code or one.msg), None)
    job = {
        "id": job_id,
        "name": told("name"),
        "status": reading.status,
        "type": told("db_use_type"),
        "engine_type": told("engine_type") or _allowlist.keep(_allowlist.VALUE, engine, mask),
        "task_type": told("task_type"),
        "job_direction": told("job_direction"),
        "net_type": told("net_type"),
        "description": told("description"),
        "error_code": error.code if error else None,
        "error_msg": mask(error.msg) if error and error.msg else None,
        "detail": _allowlist.keep(_allowlist.DETAIL, rows.get("detail"), mask),
        "progress": _allowlist.keep(_allowlist.PROGRESS, rows.get("progress"), mask),
        "rpo_rto": _allowlist.keep(_allowlist.RPO_RTO, rows.get("rpo_rto"), mask),
    }
    if job["progress"]:
        job["progress"]["transfer_status"] = spell(job["progress"]["transfer_status"])
    return job


def result(
    jobs: Sequence[t.Any],
    missing: Sequence[str],
    troubles: Sequence[Trouble],
    api: Mapping[str, t.Any],
    chosen: Chosen | None,
) -> dict[str, t.Any]:
    """All keys but failed and msg."""
    return {
        "success": not troubles,
        "changed": False,
        "jobs": list(jobs),
        "missing": list(missing),
        "selected": selected([chosen] if chosen else []),
        "unread": [
            {
                "id": trouble.id,
                "type": trouble.type,
                "what": trouble.what,
                "error_code": trouble.reading.code,
                "error_msg": trouble.reading.msg,
                "request_id": trouble.reading.request_id,
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
        code, words = trouble.reading.code, (trouble.reading.msg or "no reason was given").rstrip(".")
        why = words if code is None or code in words else "%s %s" % (code, words)
        together.setdefault((trouble.what, why), []).append(trouble.id or "type %s" % trouble.type)
    return [
        "%s of %s%s: %s" % (what, whose[0], " and %d more" % (len(whose) - 1) if len(whose) > 1 else "", why)
        for (what, why), whose in together.items()
    ]
