# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the collection costs, beside others, and writes docs/performance.md with its plot.

python -m tests.benchmark          everything, twenty minutes on a quiet machine
python -m tests.benchmark --quick  the smallest size once, to see that the benchmark itself works; writes nothing
python -m tests.benchmark --maintenance  a whole maintenance alone, two minutes; writes nothing
"""

from __future__ import annotations

import argparse
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from . import maintenance, page, targets
from .contenders import Contenders
from .measuring import Cost
from .results import Results
from .scenarios import NOTHING_CHANGES, RUNS_OF_READS, SCENARIOS, SIZES, TASKS_AFTER, URI_ITEMS, Scenario, repetitions
from .service import ROOT, Service

QUICK_SIZES, QUICK_ITEMS = (10,), 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=str(__doc__).partition("\n")[0])
    parser.add_argument(
        "--user",
        type=pathlib.Path,
        default=pathlib.Path(sys.executable).parent,
        metavar="BIN",
        help="the bin folder of an environment with ansible-core, requests and the vendor's SDK, and no more (default: this Python's)",
    )
    parser.add_argument("--quick", action="store_true", help="the smallest size once; writes no page")
    parser.add_argument("--maintenance", action="store_true", help="a whole maintenance alone; writes no page")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    began = time.monotonic()
    if options.maintenance:
        alone = Results((), ())
        maintenances(alone, options.user.resolve(), maintenance.SIZES, maintenance.RUNS)
        sys.stdout.write(page.maintenances(alone) + page.lines(targets.maintenance_targets(alone)))
        return 0
    results = measure(options.user.resolve(), QUICK_SIZES if options.quick else SIZES, quick=options.quick)
    sys.stdout.write(page.as_text(results))
    if not options.quick:
        docs = ROOT / "docs"
        (docs / "performance.md").write_text(page.page(results, _machine(options.user)), encoding="utf-8")
        (docs / page.PLOT).write_text(page.the_plot(results), encoding="utf-8")
        print("docs/performance.md is written.")
    print(f"It took {time.monotonic() - began:.0f} s.")
    return 0


def measure(user: pathlib.Path, sizes: tuple[int, ...], quick: bool = False) -> Results:
    """Runs everything, one after another, each beside what it is compared with."""
    with tempfile.TemporaryDirectory(prefix="drs-bench-") as name, Service() as service:
        bench = Bench(service, Contenders(service, pathlib.Path(name), user), sizes)
        for jobs in sizes:
            for round_ in range(1 if quick else RUNS_OF_READS):
                bench.round(jobs, round_)
        bench.import_requests()
        bench.uri_loops(QUICK_ITEMS if quick else URI_ITEMS)
        if not quick:
            bench.tasks_after(NOTHING_CHANGES, max(sizes))
        bench.results.emulator = bench.emulator_seconds()
        results = bench.results
    maintenances(results, user, maintenance.SIZES[:1] if quick else maintenance.SIZES, 1 if quick else maintenance.RUNS)
    return results


def maintenances(results: Results, user: pathlib.Path, sizes: tuple[int, ...], runs: int) -> None:
    """Runs whole maintenances beside plays without tasks and of pings, on an emulator without latency.

    The first of each size is not timed. It makes the folder of the reports, which is there in every later one.
    """
    with tempfile.TemporaryDirectory(prefix="drs-bench-") as name, Service(latency=0) as service:
        contenders = Contenders(service, pathlib.Path(name), user)
        for jobs in sizes:
            service.seed(jobs, maintenance.STATUS)
            record = contenders.record_of_maintenance(jobs)
            rounds = [_round_of_maintenance(service, contenders, jobs) for _round in range(runs)]
            results.maintenances[jobs] = maintenance.Maintenance(rounds, record)


def _round_of_maintenance(service: Service, contenders: Contenders, jobs: int) -> maintenance.Round:
    nothing, pings = contenders.empty(0).seconds, contenders.empty(maintenance.PINGS).seconds
    service.seed(jobs, maintenance.STATUS)
    role = contenders.maintenance(jobs).seconds
    found = maintenance.Round(nothing, pings, role, maintenance.waited(service.journal()))
    if service.statuses() != {maintenance.STATUS: jobs}:
        raise RuntimeError(f"after the maintenance the jobs are {service.statuses()}")
    print(
        f"{role:8.2f} s  a maintenance, {jobs:,} jobs: {found.ratio:.1f} empty tasks, adds {found.added:.1f} pings",
        file=sys.stderr,
        flush=True,
    )
    return found


class Bench:
    """The measurements, each added to the results and told on standard error."""

    def __init__(self, service: Service, contenders: Contenders, sizes: tuple[int, ...]) -> None:
        self._service, self._contenders = service, contenders
        self.results = Results(sizes, SCENARIOS)
        self._requests, self._used = 0, 0.0

    def round(self, jobs: int, number: int) -> None:
        """The empty task, and beside it whatever is to be run for the so-manyth time, counted from 0."""
        due = [each for each in SCENARIOS if number < repetitions(jobs, "ours", each)]
        if due:
            self.empty()
        for scenario in due:
            self.ours(scenario, jobs)
            if scenario is NOTHING_CHANGES:
                self.same_bytes(scenario, jobs)
            if number < repetitions(jobs, "SDK", scenario):
                self.sdk(scenario, jobs)

    def empty(self) -> None:
        cost = self._contenders.empty()
        self.results.begin_round(cost)
        self._say("the empty task", cost.seconds)

    def ours(self, scenario: Scenario, jobs: int) -> None:
        self._service.seed(jobs, scenario.before)
        used = self._service.cpu_seconds()
        cost = self._contenders.ours(scenario, jobs)
        self._used += self._service.cpu_seconds() - used
        self._keep("ours", scenario, jobs, cost)
        self._requests += sum(self.results.of("ours", scenario, jobs).requests.values())

    def sdk(self, scenario: Scenario, jobs: int) -> None:
        self._service.seed(jobs, scenario.before)
        self._keep("SDK", scenario, jobs, self._contenders.sdk(scenario, jobs))

    def same_bytes(self, scenario: Scenario, jobs: int) -> None:
        self._service.seed(jobs, scenario.before)
        self.results.result_bytes[jobs] = self._contenders.keep_result(scenario, jobs)
        cost = self._contenders.same_bytes(scenario, jobs)
        self.results.add("same bytes", scenario.name, jobs, cost, {})
        self._say(f"same bytes, {scenario.name}, {jobs:,} jobs", cost.seconds)

    def import_requests(self) -> None:
        self.results.import_requests = statistics.median(self._contenders.import_requests() for _run in range(5))
        self._say("import requests", self.results.import_requests)

    def uri_loops(self, items: int) -> None:
        """One loop for each request that differs."""
        self.empty()
        run: dict[str, Scenario] = {}
        for scenario in SCENARIOS:
            like = run.setdefault(scenario.single[1], scenario)
            if like is scenario:
                self._service.seed(items, scenario.before)
                self._keep("uri loop", scenario, items, self._contenders.uri_loop(scenario, items))
            else:
                known = self.results.of("uri loop", like, items)
                self.results.add("uri loop", scenario.name, items, known.costs[0], known.requests)

    def tasks_after(self, scenario: Scenario, jobs: int) -> None:
        """What later tasks pay for the facts of an earlier one."""
        contenders, after = self._contenders, self.results.tasks_after
        after["an empty task"] = contenders.empty(1 + TASKS_AFTER).seconds - self.results.empty
        for words, options in (("the module", {}), ("the module with `facts: false`", {"facts": False})):
            self._service.seed(jobs, scenario.before)
            alone = contenders.ours(scenario, jobs, **options).seconds
            with_them = contenders.ours(scenario, jobs, TASKS_AFTER, **options).seconds
            after[words] = with_them - alone
            self._say(f"{TASKS_AFTER} tasks after {words}, {jobs:,} jobs", after[words])

    def emulator_seconds(self) -> float:
        """Seconds of a processor that the emulator took for a request."""
        return self._used / max(1, self._requests)

    def _keep(self, contender: str, scenario: Scenario, jobs: int, cost: Cost) -> None:
        requests = self._service.requests()
        there = sum(count for status, count in self._service.statuses().items() if status in scenario.there)
        if contender != "uri loop" and there != jobs:
            raise RuntimeError(f"{contender}, {scenario.name}: {there} of {jobs} jobs are there")
        self.results.add(contender, scenario.name, jobs, cost, requests)
        self._say(f"{contender}, {scenario.name}, {jobs:,} jobs", cost.seconds)

    @staticmethod
    def _say(what: str, seconds: float) -> None:
        print(f"{seconds:8.2f} s  {what}", file=sys.stderr, flush=True)


def _machine(user: pathlib.Path) -> list[str]:
    """What it ran on."""
    asked = subprocess.run([user / "ansible-playbook", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    core = asked.stdout.split("\n")[0].partition("[")[2].rstrip("]")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{len(os.sched_getaffinity(0))} processors ({platform.machine()}) and {memory:.0f} GiB of memory",
        f"Python {platform.python_version()}",
        f"ansible-core {core.removeprefix('core ')}",
    ]


if __name__ == "__main__":
    sys.exit(main())
