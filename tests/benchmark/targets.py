# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets, and what became of each: pure figures of one run, no absolute time of any machine."""

from __future__ import annotations

from typing import NamedTuple

from . import maintenance
from .results import Results
from .scenarios import NOTHING_CHANGES, round_trips

FASTER_THAN_URI, MOST_REQUESTS, MOST_SECONDS, MOST_MIB = 50, 1.15, 0.2, 150
AT = 200  # jobs, for the comparisons with others
# What two runs of the same program differ by, in MiB of ansible-playbook.
NOISE_MIB = 2.0


class Target(NamedTuple):
    """What is promised, what was measured, and whether it is met."""

    words: str
    measured: str
    met: bool


def targets(results: Results) -> list[Target]:
    return [
        *_against_uri(results),
        *_against_sdk(results),
        *_requests(results),
        *_nothing_changes(results),
        *_growth(results),
        *_memory(results),
        *maintenance_targets(results),
    ]


def maintenance_targets(results: Results) -> list[Target]:
    """Of a whole maintenance."""
    found = []
    for jobs, measured in results.maintenances.items():
        kinds = maintenance.kinds(measured.record)
        told = f"{measured.ran}: {kinds['task']} and {kinds['include']} includes; {kinds['skipped']} more are skipped"
        words = f"A maintenance of {jobs:,} jobs runs at most {maintenance.MOST_TASKS} tasks, the user's own and a handler included"
        found.append(Target(words, told, measured.ran <= maintenance.MOST_TASKS))
        words = f"The role's own cost with {jobs:,} jobs is at most {maintenance.MOST_RATIO} empty tasks"
        found.append(Target(words, f"{measured.ratio:.1f}", measured.ratio <= maintenance.MOST_RATIO))
    files, facts = len(maintenance.task_files()), maintenance.set_facts()
    words = f"The role {maintenance.ROLE} has at most {maintenance.MOST_FILES} files of tasks"
    found.append(Target(words, str(files), files <= maintenance.MOST_FILES))
    words = f"All roles together have at most {maintenance.MOST_SET_FACTS} tasks that set facts"
    found.append(Target(words, str(facts), facts <= maintenance.MOST_SET_FACTS))
    return found


def _against_uri(results: Results) -> list[Target]:
    if AT not in results.sizes:
        return []
    ratios = {each.name: results.uri_beyond(each, AT) / results.beyond(each, AT) for each in results.scenarios}
    name = min(ratios, key=ratios.__getitem__)
    words = f"{AT} jobs at least {FASTER_THAN_URI} times faster than a loop of `ansible.builtin.uri`"
    measured = f"{ratios[name]:.0f} to {max(ratios.values()):.0f} times; least: {name}"
    return [Target(words, measured, ratios[name] >= FASTER_THAN_URI)]


def _against_sdk(results: Results) -> list[Target]:
    if AT not in results.sizes:
        return []
    ratios = {each.name: results.of("SDK", each, AT).seconds / results.beyond(each, AT) for each in results.scenarios}
    name = min(ratios, key=ratios.__getitem__)
    words = f"{AT} jobs not slower than the script with the vendor's SDK"
    whole = [results.of("SDK", each, AT).seconds / results.of("ours", each, AT).seconds for each in results.scenarios]
    measured = (
        f"{ratios[name]:.2f} to {max(ratios.values()):.2f} times faster; least: {name} "
        f"({min(whole):.2f} to {max(whole):.2f} with Ansible's own time)"
    )
    return [Target(words, measured, ratios[name] >= 1)]


def _requests(results: Results) -> list[Target]:
    ratios = []
    for each in results.scenarios:
        for jobs in results.sizes:
            came, least = results.requests(each, jobs)
            ratios.append(came / least)
    words = f"Requests within {MOST_REQUESTS} of the least possible"
    return [Target(words, f"at most {max(ratios):.2f}", max(ratios) <= MOST_REQUESTS)]


def _nothing_changes(results: Results) -> list[Target]:
    each = NOTHING_CHANGES
    found = []
    for jobs in results.sizes:
        rest = results.unexplained(each, jobs)
        bytes_alone = results.of("same bytes", each, jobs).beyond
        words = (
            f"Nothing changes, {jobs:,} jobs: the empty task, {round_trips(jobs):.2f} s of round trips, "
            f"and at most {MOST_SECONDS} s"
        )
        measured = (
            f"{rest:.2f} s, of which {results.import_requests:.2f} s is Python's import of requests, and "
            f"{max(0.0, bytes_alone):.2f} s what Ansible takes for a result of this size"
        )
        found.append(Target(words, measured, rest <= MOST_SECONDS))
    return found


def _growth(results: Results) -> list[Target]:
    growths = {
        f"{each.name}, {more:,} jobs": results.beyond(each, more) / results.beyond(each, jobs)
        for each in results.scenarios
        for jobs in results.sizes
        for more in results.sizes
        if more == 10 * jobs
    }
    if not growths:
        return []
    name = max(growths, key=growths.__getitem__)
    words = "Ten times the jobs take at most ten times the time beyond the empty task"
    return [Target(words, f"at most {growths[name]:.1f} times: {name}", growths[name] <= 10)]


def _memory(results: Results) -> list[Target]:
    jobs = max(results.sizes)
    peaks = {each.name: results.of("ours", each, jobs).module_mib for each in results.scenarios}
    name = max(peaks, key=peaks.__getitem__)
    each = NOTHING_CHANGES
    ours, others = results.of("ours", each, jobs).mib, results.of("same bytes", each, jobs).mib
    return [
        Target(
            f"The module's process at most {MOST_MIB} MiB, {jobs:,} jobs",
            f"{peaks[name]:.0f} MiB: {name}",
            peaks[name] <= MOST_MIB,
        ),
        Target(
            f"ansible-playbook no more than with a module that returns the same bytes and does nothing, {jobs:,} jobs",
            f"{ours:.0f} MiB, and {others:.0f} MiB with that one",
            ours <= others + NOISE_MIB,
        ),
    ]
