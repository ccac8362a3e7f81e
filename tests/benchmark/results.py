# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, and the figures that follow from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import NamedTuple

from .maintenance import Maintenance
from .measuring import Cost
from .scenarios import URI_ITEMS, Scenario, least_requests, round_trips

# Seconds. What is left once the empty task's are taken off may be noise, and even less than nothing.
LEAST = 0.01


class Measured(NamedTuple):
    """All runs of one contender at one scenario and number of jobs.

    beside: seconds of the empty task that was run just before each. requests: of the last run, by kind.
    """

    costs: list[Cost]
    beside: list[float]
    requests: Mapping[str, int]

    @property
    def seconds(self) -> float:
        return median(cost.seconds for cost in self.costs)

    @property
    def beyond(self) -> float:
        """Seconds beyond the empty task, each run against the one beside it: a machine is not as fast at all times."""
        return median(cost.seconds - empty for cost, empty in zip(self.costs, self.beside, strict=True))

    @property
    def mib(self) -> float:
        return max(cost.mib for cost in self.costs)

    @property
    def module_mib(self) -> float:
        return max(cost.module_mib for cost in self.costs)


class Results:
    """Every measurement of one run of the benchmark.

    result_bytes: of what the module returned where nothing changes, by jobs. tasks_after: seconds of five empty tasks by
    what ran before them. emulator: its seconds of processor time for a request. import_requests: seconds. maintenances: by jobs.
    """

    def __init__(self, sizes: tuple[int, ...], scenarios: tuple[Scenario, ...]) -> None:
        self.sizes, self.scenarios = sizes, scenarios
        self._measured: dict[tuple[str, str, int], Measured] = {}
        self._empty: list[float] = []
        self.result_bytes: dict[int, int] = {}
        self.tasks_after: dict[str, float] = {}
        self.emulator = self.import_requests = 0.0
        self.maintenances: dict[int, Maintenance] = {}

    def begin_round(self, empty: Cost) -> None:
        """What is added from now on was run beside this empty task."""
        self._empty.append(empty.seconds)

    def add(self, contender: str, scenario: str, jobs: int, cost: Cost, requests: Mapping[str, int]) -> None:
        known = self._measured.get((contender, scenario, jobs), Measured([], [], {}))
        measured = Measured([*known.costs, cost], [*known.beside, self._empty[-1]], requests)
        self._measured[contender, scenario, jobs] = measured

    def of(self, contender: str, scenario: Scenario, jobs: int) -> Measured:
        return self._measured[contender, scenario.name, jobs]

    @property
    def empty(self) -> float:
        """Seconds of the empty task, Ansible's own start included."""
        return median(self._empty)

    @property
    def empty_range(self) -> tuple[float, float]:
        """The least and the most seconds that an empty task took: how steady the machine was."""
        return min(self._empty), max(self._empty)

    def beyond(self, scenario: Scenario, jobs: int) -> float:
        """Seconds of ours beyond those of the empty task."""
        return max(LEAST, self.of("ours", scenario, jobs).beyond)

    def uri_beyond(self, scenario: Scenario, jobs: int) -> float:
        """Seconds of a loop of so many items beyond the empty task, scaled from the one that was run."""
        items = self.uri_items
        return max(LEAST, self.of("uri loop", scenario, items).beyond) * jobs / items

    @property
    def uri_items(self) -> int:
        return next((jobs for contender, _name, jobs in self._measured if contender == "uri loop"), URI_ITEMS)

    def requests(self, scenario: Scenario, jobs: int) -> tuple[int, int]:
        """Those that came, and the least possible."""
        came = sum(self.of("ours", scenario, jobs).requests.values())
        return came, sum(least_requests(scenario, jobs).values())

    def unexplained(self, scenario: Scenario, jobs: int) -> float:
        """Seconds of a run in which nothing changes that are neither the empty task's nor the round trips'."""
        return self.beyond(scenario, jobs) - round_trips(jobs)
