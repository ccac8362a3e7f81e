# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that asks to come back later: waited out, and nothing is broken by it."""

from __future__ import annotations

import io
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import urllib3
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, outcomes, run
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import KEY, PASSWORD, WRITES
from ansible_collections.huaweicloud.drs.tests.unit.security.read_one import open_http

THROTTLES = {
    "429": {"status": 429, "empty": True},
    "429 with HTML": {"status": 429, "html": True},
    "429 APIGW.0308": {
        "status": 429,
        "error_code": "APIGW.0308",
        "error_msg": "The throttling threshold has been reached",
    },
    "400 APIGW.0308": {
        "status": 400,
        "error_code": "APIGW.0308",
        "error_msg": "The throttling threshold has been reached",
    },
    "400 DRS.M01503": {
        "status": 400,
        "error_code": "DRS.M01503",
        "error_msg": "Operation too frequent. Try again later.",
    },
}
ASKS = {"no Retry-After": {}, "in seconds": {"retry_after": 7}, "by a date": {"retry_after": {"date": 7}}}
ENDPOINTS = ("batch-status", "batch-detail", "batch-starting", "tokens", "projects")
each_throttle = pytest.mark.parametrize("throttle", THROTTLES)
each_way_to_ask = pytest.mark.parametrize("asks", ASKS)


def way_in_for(endpoint):
    return {"tokens": PASSWORD, "projects": KEY}.get(endpoint)


@shows(
    "429 (with nothing, HTML or APIGW.0308), 400 APIGW.0308, 400 DRS.M01503; without `Retry-After`, with one in seconds, with a date",
    "batch-status, batch-detail, batch-starting, batch-pause-task, batch-retry-task, batch-jobs, IAM's tokens and projects",
    "Retried no sooner than `Retry-After` says: ok. However often, no retry counts as lost, and batches stay whole.",
)
@each_throttle
@each_way_to_ask
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_throttling_is_waited_out(throttle, asks, endpoint):
    service = emulator(["CONFIGURATION"] * 3)
    service.fault({"match": {"endpoint": endpoint, "count": 3}, "effect": {**THROTTLES[throttle], **ASKS[asks]}})
    way_in = way_in_for(endpoint)
    result = run(service, "started", max_retries=0, **({"way_in": way_in} if way_in else {}))
    assert outcomes(result) == ["ok"] * 3
    assert result["api"]["retries"] >= (0 if endpoint == "batch-starting" else 3)
    times = [entry.time for entry in service.journal.of(endpoint)[:4]]
    least = 6.9 if asks == "by a date" else 7 if asks == "in seconds" else 0.5
    assert all(later - sooner >= least for sooner, later in itertools.pairwise(times))
    assert {len(entry.job_ids) for entry in service.journal.writes()} == {3}


@shows("The same", "each write", "The same; what was throttled was not sent, and does not count as an attempt.")
@each_throttle
@pytest.mark.parametrize("write", WRITES)
def test_a_throttled_write_was_not_made(throttle, write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"kind": "write", "count": 4}, "effect": THROTTLES[throttle]})
    result = run(service, state, **options)
    assert outcomes(result) == ["ok"] * 3
    assert {job["attempts"] for job in result["jobs"]} == {1}
    assert [len(entry.job_ids) for entry in service.journal.writes()] == [3] * 5


@shows(
    "The same, permanently",
    "batch-status, batch-detail, batch-starting, IAM's tokens and projects",
    "not_attempted at the deadline, unchanged. The pauses grow to half a minute, and differ from run to run. Of a write that "
    "DRS itself may have throttled (no APIGW code), a part may have been carried out all the same: unknown.",
)
@each_throttle
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_throttling_for_good_ends_at_the_deadline(throttle, endpoint):
    way_in = way_in_for(endpoint)
    pauses = []
    for seed in (1, 2):
        service = emulator(["CONFIGURATION"] * 3)
        service.fault({"match": {"endpoint": endpoint}, "effect": THROTTLES[throttle]})
        result = run(service, "started", seed=seed, wait_timeout=300, **({"way_in": way_in} if way_in else {}))
        assert result["failed"]
        in_part = endpoint == "batch-starting" and "APIGW" not in throttle
        assert result["changed"] == in_part
        assert outcomes(result) == ["unknown" if in_part else "not_attempted"] * 3
        times = [entry.time for entry in service.journal.of(endpoint)]
        pauses.append([later - sooner for sooner, later in itertools.pairwise(times)])
    assert pauses[0] != pauses[1]
    assert pauses[0][0] < 2
    assert 14 < max(pauses[0]) < 36
    assert len(pauses[0]) < 25


@shows("The same, permanently", "batch-starting", "The reason is throttled, with the service's code.")
@pytest.mark.parametrize(("throttle", "outcome"), [("429 APIGW.0308", "not_attempted"), ("400 DRS.M01503", "unknown")])
def test_a_write_throttled_for_good_says_so(throttle, outcome):
    service = emulator(["CONFIGURATION"])
    service.fault({"match": {"kind": "write"}, "effect": THROTTLES[throttle]})
    job = run(service, "started")["jobs"][0]
    assert (job["outcome"], job["reason"]) == (outcome, "throttled")
    assert job["error_code"] == THROTTLES[throttle]["error_code"]


@shows("The same, permanently", "batch-status", "The reason is throttled, and the text holds the service's own.")
@pytest.mark.parametrize("throttle", ["429 APIGW.0308", "400 DRS.M01503"])
def test_a_read_throttled_for_good_says_so(throttle):
    service = emulator(["CONFIGURATION"])
    service.fault({"match": {"endpoint": "batch-status"}, "effect": THROTTLES[throttle]})
    result = run(service, "started")
    assert THROTTLES[throttle]["error_code"] in result["msg"]
    assert [job["reason"] for job in result["jobs"]] == ["throttled"]


@shows(
    "`Retry-After` beyond the deadline, in seconds or as a date",
    "batch-status, batch-detail, batch-starting, IAM's tokens and projects",
    "The run ends at the deadline; the service is not asked before its time.",
)
@pytest.mark.parametrize("asks", [{"retry_after": 90000}, {"retry_after": {"date": 90000}}, {"retry_after": "9" * 400}])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_retry_after_beyond_the_deadline_ends_at_the_deadline(asks, endpoint):
    way_in = way_in_for(endpoint)
    service = emulator(["CONFIGURATION"])
    service.fault({"match": {"endpoint": endpoint}, "effect": {"status": 429, "empty": True, **asks}})
    result = run(service, "started", wait_timeout=100, **({"way_in": way_in} if way_in else {}))
    assert outcomes(result) == ["not_attempted"]
    assert len(service.journal.of(endpoint)) == 1
    assert service.clock.now() == pytest.approx(100, abs=1)


@shows(
    "`Retry-After` that means nothing: words, a minus, digits of another script, a broken date",
    "batch-status",
    "As without one.",
)
@pytest.mark.parametrize("value", ["soon", "-5", "\u00b2", "1.5", "", "Mon, 99 Foo 2026 99:99:99 GMT"])
def test_a_retry_after_without_a_meaning_is_none(value):
    service = emulator(["PAUSING"])
    service.fault(
        {
            "match": {"endpoint": "batch-status", "count": 1},
            "effect": {"status": 429, "empty": True, "retry_after": value},
        }
    )
    assert outcomes(run(service, "paused")) == ["ok"]
    assert service.clock.now() < 2


class Gate:
    """Stands where a session stands: the first request is answered with the status given; the others get in, and wait."""

    def __init__(self, status):
        self._first, self._lock = [status], threading.Lock()
        self.inside, self.three, self.opened = 0, threading.Event(), threading.Event()
        self.headers = {}

    def prepare_request(self, request):
        return request.prepare()

    def get_adapter(self, url):
        return self

    def merge_environment_settings(self, url, proxies, stream, verify, cert):
        return {"verify": True}

    def send(self, prepared, **how):
        if self._first:
            return self._answer(self._first.pop())
        with self._lock:
            self.inside += 1
            if self.inside == 3:
                self.three.set()
        assert self.opened.wait(10)
        return self._answer(200)

    @staticmethod
    def _answer(status):
        response = requests.Response()
        response.status_code, response.raw = status, urllib3.HTTPResponse(io.BytesIO(b"{}"), preload_content=False)
        return response


class StillClock(Clock):
    """Moves by its own pauses only."""

    def __init__(self):
        self.at = 0.0

    def monotonic(self):
        return self.at

    def sleep(self, seconds):
        self.at += seconds


@shows(
    "429, with four requests in flight",
    "all",
    "Two at a time from then on. They grow back one by one with each answer.",
)
@pytest.mark.parametrize(("status", "let_in"), [(429, 2), (200, 4)])
def test_throttling_halves_the_requests_in_flight(status, let_in):
    gate, clock = Gate(status), StillClock()
    http = open_http(clock, deadline=1000.0, max_parallel=4, session_factory=lambda: gate)
    assert http.write("POST", "https://drs.example.com/", None, lambda: None).status == status
    clock.sleep(60)
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(
            lambda: list(http.map(lambda url: http.read("POST", url), ["https://drs.example.com/"] * 8))
        )
        assert gate.three.wait(0.05 if let_in == 2 else 10) == (let_in > 2)
        gate.opened.set()
        assert [answer.status for answer in done.result(10)] == [200] * 8


class AllBusy(Gate):
    """Answers none before all are in flight, and then each with 429."""

    def __init__(self, number):
        super().__init__(200)
        self._all = threading.Barrier(number)

    def send(self, prepared, **how):
        self._all.wait(10)
        return self._answer(429)


@shows(
    "429, to each of four requests in flight together",
    "all",
    "One throttling: the pause is that of the first, and the requests in flight are halved once.",
)
@pytest.mark.parametrize("number", [1, 2, 4])
def test_refusals_together_are_one_throttling(number):
    gate, clock = AllBusy(number), StillClock()
    http = open_http(clock, deadline=1000.0, max_parallel=4, session_factory=lambda: gate, random=lambda: 1.0)
    answers = http.map(lambda url: http.write("POST", url, None, lambda: None), ["https://drs.example.com/"] * number)
    assert [answer.status for answer in answers] == [429] * number
    assert http.opens_at() == 1.0


@shows(
    "503 with `Retry-After`",
    "all",
    "Neither read nor written again before its time.",
)
def test_a_503_may_ask_to_come_back_later():
    service = emulator(["PAUSING"])
    service.fault({"match": {"endpoint": "batch-status", "count": 1}, "effect": {"status": 503, "retry_after": 40}})
    assert outcomes(run(service, "paused")) == ["ok"]
    times = [entry.time for entry in service.journal.of("batch-status")]
    assert times[1] - times[0] >= 40


@shows(
    "450 jobs, four requests at a time, and 429, 503 and cut answers between them",
    "batch-status, batch-pause-task",
    "ok, each paused once; the batches whole.",
)
def test_a_storm_over_many_jobs_side_by_side():
    service = emulator(["INCRE_TRANSFER_STARTED"] * 450)
    for match, effect in (
        ({"kind": "write", "nth": [2, 3, 11]}, THROTTLES["429 APIGW.0308"]),
        ({"kind": "write", "nth": [5, 20]}, {"fate": "cut_after"}),
        ({"kind": "write", "nth": [8, 30]}, {"status": 503, "html": True}),
        ({"kind": "read", "nth": [3, 4, 9]}, {"status": 503, "html": True}),
        ({"kind": "read", "nth": [6, 12]}, THROTTLES["400 DRS.M01503"]),
    ):
        service.fault({"match": match, "effect": effect})
    result = run(service, "paused", max_parallel=4)
    assert outcomes(result) == ["ok"] * 450
    assert {len(entry.job_ids) for entry in service.journal.writes()} == {10}
    assert all(service.journal.accepted(job) == ["pause"] for job in service.jobs)
