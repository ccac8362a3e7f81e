# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole maintenance by the role maintenance_window: what it costs next to an empty task, and what it runs and consists of.

The role's own cost is a play with the role, less the time in which the modules waited for the service. An empty task is
what it is in every other scenario, a play of one ping. What the role adds to a play, in units of what one more ping adds,
is measured too, since Ansible's start is in both of the former. The emulator adds no latency, so that no round trip is in
any of it, and its jobs have moved by the first reading after a write.
"""

from __future__ import annotations

import itertools
import json
import pathlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from .service import ROOT

SIZES = (3, 200)  # jobs
RUNS = 5
PINGS = 10
MOST_TASKS, MOST_FILES, MOST_SET_FACTS, MOST_RATIO = 20, 5, 15, 6
STATUS = "INCRE_TRANSFER_STARTED"  # of the jobs before and after

WORK = [
    {
        "name": "Change the schema",
        "ansible.builtin.debug": {"msg": "the schema is changed"},
        "changed_when": True,
        "notify": "Restart",
    }
]
HANDLERS = [{"name": "Restart", "ansible.builtin.debug": {"msg": "the handler runs"}}]
ROLE = "maintenance_window"
_INCLUDES = ("include_tasks", "include_role")
_SET_FACT = re.compile(r"^\s*(?:- )?(?:ansible\.builtin\.)?set_fact:", re.MULTILINE)


class Round(NamedTuple):
    """Seconds of runs that were made one after another. waited: those that the modules waited for the service."""

    nothing: float
    pings: float
    role: float
    waited: float

    @property
    def one_more(self) -> float:
        """What a ping adds to a play."""
        return (self.pings - self.nothing) / PINGS

    @property
    def empty_task(self) -> float:
        return self.nothing + self.one_more

    @property
    def own(self) -> float:
        return self.role - self.waited

    @property
    def ratio(self) -> float:
        return self.own / self.empty_task

    @property
    def added(self) -> float:
        """What the role adds to a play, in units of what a ping adds."""
        return (self.own - self.nothing) / self.one_more


class Maintenance(NamedTuple):
    """All rounds with so many jobs, and the results of tasks in one run, as the callback of the tests records them."""

    rounds: Sequence[Round]
    record: Sequence[Mapping[str, Any]]

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios, since a machine is not as fast at all times."""
        return self.median_of("ratio")

    def median_of(self, name: str) -> float:
        return median(float(getattr(each, name)) for each in self.rounds)

    @property
    def ran(self) -> int:
        return sum(count for kind, count in kinds(self.record).items() if kind != "skipped")


def kinds(record: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How many results are of tasks that did something, of includes, and of skipped tasks.

    Ansible's check of a role's arguments is a task. A flush of handlers has no result.
    """
    return Counter(_kind(result) for result in record)


def _kind(result: Mapping[str, Any]) -> str:
    if result["status"] == "skipped":
        return "skipped"
    return "include" if result["action"].rpartition(".")[2] in _INCLUDES else "task"


def task_files() -> list[pathlib.Path]:
    """The files of tasks of the role."""
    return sorted((ROOT / "roles" / ROLE / "tasks").glob("*.yml"))


def set_facts() -> int:
    """How many tasks of all roles together set facts."""
    return sum(len(_SET_FACT.findall(path.read_text(encoding="utf-8"))) for path in ROOT.glob("roles/*/tasks/*.yml"))


def waited(entries: Sequence[Mapping[str, Any]]) -> float:
    """Seconds from the last write of a row of writes to the reading that follows: the module's wait for the service."""
    return sum(
        float(after["time"]) - float(entry["time"])
        for entry, after in itertools.pairwise(entries)
        if entry["kind"] == "write" and after["kind"] != "write"
    )


def play(folder: pathlib.Path, job_ids: Sequence[str]) -> dict[str, Any]:
    """What a play has besides its hosts. The tasks to be run are written to the folder, where record and reports go too."""
    work = folder / "work.yml"
    work.write_text(json.dumps(WORK), encoding="utf-8")
    return {
        "vars": {
            f"{ROLE}_job_ids": list(job_ids),
            f"{ROLE}_tasks": str(work),
            f"{ROLE}_state_dir": str(folder / "state"),
        },
        "roles": [f"huaweicloud.drs.{ROLE}"],
        "handlers": HANDLERS,
    }
