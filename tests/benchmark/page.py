# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/performance.md: what was measured, in tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import maintenance, plot
from .results import Results
from .scenarios import (
    BATCH,
    DETAIL_PAGE,
    LATENCY,
    MANY,
    MANY_FOR_SDK,
    NOTHING_CHANGES,
    PAGE,
    RUNS,
    RUNS_OF_READS,
    TASKS_AFTER,
    WIDTH,
    Scenario,
)
from .targets import Target, targets

PLOT = "performance.svg"

_HEAD = f"""# What it costs

The time of a task has three parts: Ansible's own, the network's, and the service's. What the collection adds should
vanish beside them. This page shows what it does add. `make bench` writes all of it.

![Seconds over jobs, for each scenario: the empty task, the collection, the SDK's script and the loop of uri.]({PLOT})

## How it was measured

- The service is the emulator, in a process of its own, with {LATENCY} ms of latency added to each request. Its jobs have moved by the
  first look after a write: the time that a real service takes is no client's, and would only hide the differences. It needs
  {{emulator:.1f}} ms of a processor for a request, which is in all the times.
- **The empty task** is a play of `ansible.builtin.ping`, with Ansible's own start. **Ours** is a play of one task with the
  module's defaults: {BATCH} jobs a write, {PAGE} a page, {WIDTH} requests at once. In both, the whole of `ansible-playbook` counts.
- **The SDK's script** is plain Python with the vendor's SDK, without Ansible: one request after another, {BATCH} jobs a write,
  {PAGE} a page, and the module's pauses between readings. It neither looks at what a start would cost, nor judges the
  answers, nor tries again.
- **The uri loop** sends one request for each job and looks neither before nor after. {{items}} items were run; the times for
  more are scaled from them.
- **Beyond** is the time that is left once the empty task's is taken off, each run's against the empty task that was run beside it.
  Nothing is taken off the SDK's script, which pays for no Ansible.
- Ansible, the modules and the SDK's script run in one environment: ansible-core, requests, the SDK, what these need, and no more.
- Each time is the median of {RUNS} runs, of {RUNS_OF_READS} up to {MANY} jobs where nothing is written; one run for 10,000 jobs, for the SDK's
  script from {MANY_FOR_SDK:,} jobs on, and for the loop. Memory is the largest resident set. Requests are those in the emulator's journal.

"""

_WHY_NOT = """
Where a run in which nothing changes takes more than its 0.2 s, or more than the SDK's script, it is mostly for two things that the modules
do not have in hand: Python's import of requests, and what Ansible does with a result, which the size of the result alone decides (below).
The rest is Python's reading of the modules' own source, which Ansible sends anew each time, and the emulator's work for a page. Small
differences mean little: the machine was not equally fast all the time, and the empty task alone took {least:.2f} to {most:.2f} s.
"""

_MAINTENANCE = f"""## A whole maintenance

The role `{maintenance.ROLE}` pauses the jobs, runs a file of one task that notifies a handler, runs the handler, resumes the jobs, and
writes its record and its report. **Own cost** is a play with this role, less the time that the modules waited
for the service. **Waited** is the time in the emulator's journal from the last write to the reading that follows, in which the
jobs change their status. No latency is added here, so that no round trip is in any of these times. **One more ping** is what a task
of `ansible.builtin.ping` adds to a play: a tenth of a play of {maintenance.PINGS}, less a play without tasks. **The empty task** is a play of one
ping, with Ansible's own start, as above. Since that start is in both, the last column tells how many more pings would cost what the role adds.

Every result of a task counts as a task that ran, those of includes too, and Ansible's check of the role's arguments; skipped ones do not.
The folder of the reports exists in every timed run. Seconds are medians of {maintenance.RUNS} rounds. The last two columns are medians of the rounds' ratios.

"""

_SCHEDULE = f"""## The schedule of reads

The requests of a run follow from the jobs alone:

- the statuses of all jobs are read first, {PAGE} a page;
- before a start, unless `allow_paid_order` is given, the details of the jobs to be started are read, {DETAIL_PAGE} a call;
- each write holds `batch_size` jobs ({BATCH});
- then, round after round, the statuses of the jobs that are still in progress are read, {PAGE} a page. The first round
  comes a quarter of a second after the writes at the latest, and each later one after two and a half times as long, up to `wait_interval`.
- `max_parallel` requests ({WIDTH}) are under way at once, over as many connections that stay open.

So {1000:,} jobs to be started are 10 pages, 100 details, 100 writes, and 10 pages for each round. A run in which nothing changes
is the first line alone. A test (`test_no_request_more_than_the_schedule_of_reads_needs`) keeps it so.
"""


def page(results: Results, machine: Sequence[str]) -> str:
    """The whole text. machine: what it ran on, in words."""
    parts = [_HEAD.format(items=results.uri_items, emulator=results.emulator * 1000)]
    parts.append(
        "It ran on " + ", ".join(machine) + ". Other machines give other times; the ratios are what to look at.\n\n"
    )
    parts.append("## The targets\n\n")
    rows = [(each.words, each.measured, "yes" if each.met else "**no**") for each in targets(results)]
    parts.append(_table(("target", "measured", "met"), rows))
    least, most = results.empty_range
    parts.append(_WHY_NOT.format(least=least, most=most))
    parts.append("\n## Each scenario\n")
    for each in results.scenarios:
        parts.append(
            f"\n### {each.name[0].upper() if each.module == 'drs_job_batch' else each.name[0]}{each.name[1:]}\n\n"
        )
        parts.append(f"{each.words} Seconds, but for the last five columns.\n\n{_scenario(results, each)}")
    parts.append(f"\n{_result_size(results)}\n{maintenances(results)}\n{_SCHEDULE}")
    return "".join(parts)


def maintenances(results: Results) -> str:
    """The section about a whole maintenance."""
    names = (
        "jobs",
        "no task",
        f"{maintenance.PINGS} pings",
        "the role",
        "waited",
        "own cost",
        "one more ping",
        "empty task",
        "own cost / empty task",
        "added / one more ping",
    )
    rows = []
    for jobs, measured in results.maintenances.items():
        seconds = [
            f"{measured.median_of(name):.2f}"
            for name in ("nothing", "pings", "role", "waited", "own", "one_more", "empty_task")
        ]
        rows.append([f"{jobs:,}", *seconds, f"{measured.ratio:.1f}", f"{measured.median_of('added'):.1f}"])
    return _MAINTENANCE + _table(names, rows)


def _scenario(results: Results, each: Scenario) -> str:
    names = ("jobs", "empty task", "ours", "beyond", "SDK's script", "uri loop (scaled)")
    names += ("SDK / beyond", "uri / beyond", "requests (least)", "module MiB", "ansible-playbook MiB")
    rows = []
    for jobs in results.sizes:
        ours, sdk, beyond = results.of("ours", each, jobs), results.of("SDK", each, jobs), results.beyond(each, jobs)
        uri = results.uri_beyond(each, jobs)
        came, least = results.requests(each, jobs)
        rows.append(
            (
                f"{jobs:,}",
                f"{results.empty:.2f}",
                f"{ours.seconds:.2f}",
                f"{beyond:.2f}",
                f"{sdk.seconds:.2f}",
                f"{results.empty + uri:,.1f}",
                f"{sdk.seconds / beyond:.1f}",
                f"{uri / beyond:.0f}",
                f"{came:,} ({least:,})",
                f"{ours.module_mib:.0f}",
                f"{ours.mib:.0f}",
            )
        )
    return _table(names, rows)


def _result_size(results: Results) -> str:
    each, jobs = NOTHING_CHANGES, max(results.sizes)
    rows = []
    for count in results.sizes:
        same = results.of("same bytes", each, count)
        ours = results.of("ours", each, count)
        rows.append(
            (
                f"{count:,}",
                f"{results.result_bytes[count] / 1000:,.0f}",
                f"{same.beyond:.2f}",
                f"{results.beyond(each, count):.2f}",
                f"{same.mib:.0f}",
                f"{ours.mib:.0f}",
            )
        )
    names = ("jobs", "result, kB", "same bytes, beyond, s", "ours, beyond, s", "same bytes, MiB", "ours, MiB")
    text = (
        "## What the result costs\n\n"
        "Ansible reads, checks, copies and keeps whatever a module returns, and this soon costs more than the work. "
        "**Same bytes** is a module\nthat does nothing but return the result of a run in which nothing changes; MiB are "
        "those of `ansible-playbook`.\n\n" + _table(names, rows)
    )
    if not results.tasks_after:
        return text
    after = [(words, f"{seconds:.2f}") for words, seconds in results.tasks_after.items()]
    text += (
        f"\nFacts are paid for again by every later task of the host. {TASKS_AFTER} empty tasks after {jobs:,} jobs, on top of the "
        "run without them:\n\n" + _table(("after", "seconds"), after)
    )
    return text + (
        "\nSo for thousands of jobs: `facts: false` unless the facts are read, and one `register` rather than many.\n"
    )


def the_plot(results: Results) -> str:
    """The SVG."""
    panels = []
    for each in results.scenarios:
        lines = [
            plot.Line("huaweicloud.drs", 0, [(n, results.of("ours", each, n).seconds) for n in results.sizes]),
            plot.Line("the SDK's script", 1, [(n, results.of("SDK", each, n).seconds) for n in results.sizes]),
            plot.Line(
                "loop of uri (scaled)",
                2,
                [(n, results.empty + results.uri_beyond(each, n)) for n in results.sizes],
                dashed=True,
            ),
            plot.Line("the empty task", 3, [(n, results.empty) for n in results.sizes]),
        ]
        panels.append(plot.Panel(each.name, lines))
    return plot.svg(f"Time over jobs, {LATENCY} ms of latency", panels)


def _table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(names)
    numbers = ["---:" if place else "---" for place, _name in enumerate(names)]
    if names[0] in ("target", "after"):
        numbers = ["---"] * len(names)
    lines = [names, numbers, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_text(results: Results) -> str:
    """The same for a terminal, short: the targets."""
    return lines(targets(results))


def lines(found: Iterable[Target]) -> str:
    """Targets, a line each."""
    return "".join(f"{'met    ' if each.met else 'NOT MET'} {each.words}: {each.measured}\n" for each in found)
