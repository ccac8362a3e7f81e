# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator without sockets: a request in, a reply out."""

from __future__ import annotations

import email.utils
import random
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from . import admin, faults, routes, writes
from .clock import Clock, make_clock
from .errors import ServiceError, invalid
from .identity import Identity
from .jobs import Job, World
from .journal import Entry, Journal, ids_of, mask_body, mask_headers
from .messages import Answer, Reply, Request, Trickle
from .reads import Reader, every_row_failed
from .seed import check_job, check_seed
from .settings import Settings

MAX_BODY = 12 * 1024 * 1024


class Emulator:
    """One DRS service with its IAM: jobs, tokens, a clock, fault rules and a journal. Safe to use from many threads."""

    def __init__(
        self,
        seed: dict[str, Any] | None = None,
        *,
        clock: str | Clock = "immediate",
        scale: float = 1.0,
        **settings: Any,
    ) -> None:
        """An emulator over a seed (see README.md), with settings over the seed's own.

        :raises ValueError: when the seed, the clock or a setting does not fit.
        """
        self.clock = make_clock(clock, scale)
        self.journal = Journal()
        self._overrides = settings
        self._lock = threading.RLock()
        self._requests = 0
        self.seed(seed)

    # What there is

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.world.settings

    def seed(self, seed: dict[str, Any] | None) -> None:
        """Begin anew with this seed: jobs, tokens, fault rules and journal. The clock goes on.

        :raises ValueError: when it does not fit; everything stays as it was then.
        """
        checked = check_seed(seed)
        settings = Settings().with_({**checked["settings"], **self._overrides})
        rules = faults.Faults(settings.random_seed)
        for rule in checked["faults"]:
            rules.add(rule)
        with self._lock:
            self._seed = checked
            self.world = World(self.clock, settings, self._lock)
            self.identity = Identity(checked["identity"], self.clock, settings)
            self.jobs = {job["id"]: Job(job, self.world) for job in checked["jobs"]}
            self.faults = rules
            self.journal = Journal(settings.journal_limit)
            self._random = random.Random(settings.random_seed)  # repeatable, not secret  # nosec B311

    def reset(self) -> None:
        """Begin anew with the last seed."""
        self.seed(self._seed)

    def put_job(self, job: dict[str, Any]) -> Job:
        """Add a job, or put it in place of the one with its id.

        :raises ValueError: when it does not fit.
        """
        checked = check_job(job, "job", self._seed["identity"]["projects"][0]["id"], len(self.jobs))
        with self._lock:
            self.jobs[checked["id"]] = Job(checked, self.world)
            return self.jobs[checked["id"]]

    def change_job(self, job_id: str, changes: dict[str, Any]) -> Job:
        """Seed a job anew with some fields changed; what is not named, its status included, stays.

        :raises ValueError: when a field does not fit, or no job has this id.
        """
        with self._lock:
            job = self.jobs.get(job_id)
            if job is None:
                raise ValueError(f"no job has the id {job_id}")
            return self.put_job({**job.as_spec(), **changes, "id": job_id})

    def configure(self, changes: dict[str, Any]) -> None:
        """Change settings while it runs.

        :raises ValueError: when one does not fit.
        """
        with self._lock:
            self.world.settings = self.identity.settings = self.world.settings.with_(changes)

    def tick(self, seconds: float) -> None:
        """Move a manual clock.

        :raises ValueError: for another clock, or a step back.
        """
        with self._lock:
            self.clock.tick(seconds)

    def fault(self, rule: dict[str, Any]) -> faults.Fault:
        """Add a fault rule.

        :raises ValueError: when it does not fit.
        """
        with self._lock:
            return self.faults.add(rule)

    def state(self) -> dict[str, Any]:
        """Time, jobs by id, and the orders that were placed and paid."""
        with self._lock:
            return {
                "time": self.clock.now(),
                "clock": self.clock.kind,
                "requests": self._requests,
                "jobs": {job_id: job.snapshot() for job_id, job in self.jobs.items()},
                "orders_paid": [dict(order) for order in self.world.orders_paid],
            }

    @property
    def orders_paid(self) -> list[dict[str, Any]]:
        """The orders placed and paid by a start: job_id, order_id, time."""
        return self.world.orders_paid

    # Requests

    def handle(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes | None = b"",
    ) -> Reply:
        """Answer one request. Never raises for what a client sends.

        ``target``: path and query as on the request line, or a whole URL. Repeated headers: the last counts.
        """
        with self._lock:
            self._requests += 1
            request = Request.parse(method, target, headers, body or b"", f"{self._requests:032x}")
            if admin.is_for_admin(request.path):
                return admin.answer(self, request)
            return self._answer(request)

    def _answer(self, request: Request) -> Reply:
        found = routes.find(request.method, request.path)
        route, project_id = found or (None, "")
        parsed = request.json()
        entry = self.journal.add(
            time=self.clock.now(),
            method=request.method,
            path=request.path,
            query=request.query,
            endpoint=route.name if route else None,
            kind=route.kind if route else None,
            body=mask_body(parsed) if route and route.kind == "iam" else parsed,
            headers=mask_headers(request.headers),
            request_id=request.id,
        )
        fault = self.faults.pick(self._hit(route, request, parsed), entry.time) if route else None
        wall = self.clock.wall() + self.settings.date_offset
        if fault and fault.effect.get("expire_tokens"):
            self.identity.expire_tokens()
        if fault is None:
            answer = self._serve(request, route, project_id, parsed, entry)
        else:
            given = None if fault.before else self._serve(request, route, project_id, parsed, entry, fault.first)
            answer = faults.reply_to(fault.effect, request, given, wall)
            entry.fault = fault.id
        entry.status, entry.rows, entry.fate = answer.status, len(answer.rows()), fault.fate if fault else "answer"
        entry.error_code = answer.body.get("error_code") if isinstance(answer.body, dict) else None
        date = email.utils.formatdate(wall, usegmt=True)
        answer.headers = {
            "Content-Type": "application/json",
            "X-Request-Id": request.id,
            "Date": date,
            **answer.headers,
        }
        for name, value in fault.effect.get("headers", {}).items() if fault else ():
            answer.set_header(name, value)
        delay = self.settings.latency + (fault.effect.get("delay", 0) if fault else 0)
        trickle = Trickle(**fault.effect.get("trickle", {})) if fault else Trickle()
        return Reply(answer.status, answer.headers, answer.encoded(), entry.fate, delay, trickle)

    def _hit(self, route: routes.Route, request: Request, parsed: Any) -> faults.Hit:
        def status_of(job_id: str) -> str | None:
            return self.jobs[job_id].status if job_id in self.jobs else None

        ids = ids_of(parsed)
        verb = writes.WRITES[route.name].verb if route.name in writes.WRITES else None
        items = parsed["jobs"] if ids and route.kind == "write" else []
        verbs = [verb or str(item.get("delete_type")) for item in items if isinstance(item, dict)]
        return faults.Hit(route.name, request.method, route.kind, ids, verbs, status_of)

    def _serve(
        self,
        request: Request,
        route: routes.Route | None,
        project_id: str,
        parsed: Any,
        entry: Entry,
        first: int | None = None,
    ) -> Answer:
        try:
            if route is None:
                raise ServiceError(
                    404,
                    "APIGW.0101",
                    message="The API does not exist or has not been published in the environment",
                    gateway=True,
                )
            if len(request.body) > MAX_BODY:
                raise ServiceError(413, "APIGW.0201", message="Request entity too large", gateway=True)
            if route.name == "tokens":
                _check_type(request)
                return self.identity.create_token(parsed)
            self.identity.check(request, project_id)
            if route.name == "projects":
                return self.identity.list_projects(request)
            _check_type(request)
            if parsed is None:
                raise ServiceError(400, "DRS.M00007")
            return self._batch(route, project_id, parsed, entry, first)
        except ServiceError as error:
            return Answer(error.status, error.body(request.id))

    def _batch(self, route: routes.Route, project_id: str, parsed: Any, entry: Entry, first: int | None) -> Answer:
        settings = self.settings
        if route.kind == "write":
            rows, entry.accepted = writes.run(route.name, parsed, self.jobs, project_id, settings, first)
            refused = settings.all_failed_400 and every_row_failed(rows)
        else:
            reader = Reader(self.jobs, project_id, settings, self.clock.now(), self.clock.wall())
            if route.name == "list":
                return reader.job_list(parsed)
            read = {
                "batch-status": reader.status,
                "batch-detail": reader.detail,
                "batch-progress": reader.progress,
                "batch-rpo-and-rto": reader.rpo_and_rto,
            }[route.name]
            rows = read(parsed)
            alone = route.name == "batch-detail" and len(parsed["jobs"]) == 1
            gone = settings.deleted_shape == "error" and all(row.get("error_code") == "DRS.M05004" for row in rows)
            refused = every_row_failed(rows) and (settings.all_failed_400 or alone or gone)
        if settings.shuffle:
            self._random.shuffle(rows)
        return Answer(400 if refused else route.status, {"count": len(rows), settings.answer_key: rows})


def _check_type(request: Request) -> None:
    """Refuse a request whose body is not declared as JSON, or that asks for a language that there is not."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise ServiceError(415, "DRS.M00007", message="Unsupported Media Type")
    if request.headers.get("x-language", "en-us").lower() not in ("en-us", "zh-cn"):
        raise invalid("X-Language")
