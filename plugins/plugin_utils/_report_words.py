# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says in words: the answer to its first question, and the one last line of a run. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import phase
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report_facts import is_left_paused, was_paused_here

# The phases in the order of the legend.
PHASES = {
    "waiting": "not started",
    "moving": "starting or changing",
    "full": "full transfer",
    "running": "replicating",
    "paused": "paused",
    "stopping": "being stopped",
    "ended": "stopped",
    "deleted": "deleted",
    "failed": "failed",
    "other": "status unknown",
}
RUNS = ("running", "full", "moving")
ENDED = ("ended", "deleted")
STOPS = ("terminate", "force_terminate")
REASONS = {
    "abandoned": "taken out of the record on request, and not resumed",
    "action_not_allowed": "the service does not allow this action on the job",
    "busy": "the job was busy with something else until wait_timeout expired",
    "caller_gone": "the calling process has exited",
    "deadline": "wait_timeout expired",
    "ended_badly": "the job failed",
    "ended_meanwhile": "it ended during the work",
    "failed_meanwhile": "it failed during the work",
    "illegal_status": "its status does not allow this",
    "list_unreadable": "the list of jobs could not be read to its end",
    "lost": "the answer to the request was lost, and the status does not show whether it was carried out",
    "no_match": "no job fits the selection",
    "no_such_job": "the service does not know this job",
    "pause_not_seen": "its pause was sent, and it was not seen paused",
    "refused": "the service refused it",
    "resumed_meanwhile": "somebody else resumed it during the work",
    "status_moved": "its status was no longer the expected one",
    "stopped_early": "too many jobs of the waves before it had failed",
    "throttled": "the service was too busy until wait_timeout expired",
    "too_many_changes": "more jobs would have been changed than max_changes allows",
    "unknown_status": "its status is not known to this version of the collection",
    "unreadable": "its status could not be read",
}
RESTORE = "huaweicloud.drs.restore"
NAMED, FEW, PROBLEMS, LONGEST = 10, 3, 3, 600


def sentence(facts: Mapping[str, Any], path: str = "") -> str:
    """The one line that is left of a run: jobs, pauses, the work, what runs again or does not, and where the report is."""
    parts = {"check": _check, "maintenance": _maintenance}.get(facts["kind"], _others)(facts)
    parts += _problems(facts)
    if facts["kind"] == "maintenance" and facts["still_paused"]["answer"] in ("yes", "maybe"):
        parts.append(restore_hint(facts))
    parts.append(writers(facts))
    line = ("; " if facts["outcome"] == "failed" else ", ").join(part.rstrip(".; ") for part in parts if part)
    line = " ".join(line.split())
    line = line[:1].upper() + line[1:] + "."
    return f"{line} Report: {path}" if path else line


def _check(facts: Mapping[str, Any]) -> list[str]:
    changes = len(changed(facts))
    found = f"{changes} of {count(len(facts['jobs']), 'job')} would be changed" if facts["jobs"] else ""
    return ["check mode: nothing was sent and no report is written", found]


def changed(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The jobs that the run changed, or of which check mode says that a run would."""
    return [job for job in facts["jobs"] if any(one["changed"] for one in job["steps"])]


def _maintenance(facts: Mapping[str, Any]) -> list[str]:
    jobs = facts["jobs"]
    urgent = _left(facts)
    paused = [job for job in jobs if was_paused_here(job)]
    parts = [urgent] if urgent else []
    parts += [_paused(facts, paused)] if paused or not urgent else []
    parts += [work(facts), _run_again(paused)]
    for state, words in (
        ("failed", "failed"),
        ("resumed_meanwhile", "{was} resumed by somebody else during the work"),
        ("abandoned", "{was} taken out of the record and not resumed"),
        ("paused_before", "{was} paused before and {stays} so"),
    ):
        found = [job for job in jobs if job["state"] == state]
        if found:
            verbs = {"was": "was", "stays": "stays"} if len(found) == 1 else {"was": "were", "stays": "stay"}
            most = FEW if state == "paused_before" else NAMED
            parts.append(f"{count(len(found), 'job')} {words.format(**verbs)}: {named(found, most)}")
    return parts


def _left(facts: Mapping[str, Any]) -> str:
    """Which jobs are, or may be, still paused."""
    jobs, parts = facts["jobs"], []
    for state, one, more in (
        ("still_paused", "is STILL PAUSED", "are STILL PAUSED"),
        ("may_be_paused", "MAY STILL BE PAUSED", "MAY STILL BE PAUSED"),
    ):
        found = [job for job in jobs if job["state"] == state]
        if found:
            number = f"{len(found)} of {count(len(jobs), 'job')}"
            parts.append(f"{number} {one if len(found) == 1 else more}: {named(found)}")
    return "; ".join(parts)


def _paused(facts: Mapping[str, Any], paused: Sequence[Mapping[str, Any]]) -> str:
    if not paused:
        return "nothing was to be resumed" if facts["role"] == "restore" else "no job was paused"
    seconds = facts["longest_pause"]["seconds"]
    return f"{count(len(paused), 'job')} paused" + ("" if seconds is None else f" for at most {at_most(seconds)}")


def work(facts: Mapping[str, Any]) -> str:
    """How the user's work went; empty if nothing is known of it."""
    said = f": {short(facts['work']['text'])}" if facts["work"]["text"] else ""
    words = {"ok": "the work succeeded", "failed": f"the work failed{said}", "not_run": f"the work did not run{said}"}
    return words.get(facts["work"]["outcome"], "")


def _run_again(paused: Sequence[Mapping[str, Any]]) -> str:
    again = sum(phase(job["status"]) in RUNS for job in paused)
    if not paused:
        return ""
    if not again:
        return "none of them runs again"
    if again == len(paused):
        return "the job runs again" if again == 1 else f"all {again} jobs run again"
    return f"{again} of {count(len(paused), 'job')} {'runs' if again == 1 else 'run'} again"


def _others(facts: Mapping[str, Any]) -> list[str]:
    failed = [job for job in facts["jobs"] if job["state"] == "failed"]
    parts = [where(facts), work(facts)]
    if facts["kind"] == "plain" and any(job["desired"] for job in facts["jobs"]):
        number = len(changed(facts))
        parts.append(f"{number} changed by this run" if number else "nothing was changed")
    if facts["kind"] == "end":
        rest = [job for job in facts["jobs"] if phase(job["status"]) not in ENDED and job not in failed]
        rest = rest if len(rest) + len(failed) < len(facts["jobs"]) else []
        parts += [f"not stopped: {named(rest)}"] if rest else []
    told = " ".join(problem["text"] for problem in facts["problems"])
    if all(job["id"] in told for job in failed):
        return parts
    return [*parts, f"{count(len(failed), 'job')} with a failure: {named(failed)}"]


def writers(facts: Mapping[str, Any]) -> str:
    """What a cutover did with what writes to the sources; the last words of its run."""
    failed = facts["outcome"] == "failed"
    if facts["kind"] != "end" or not facts["writers"]:
        return ""
    if facts["writers"] == "untouched":
        return "the writers were not touched" if failed else ""
    if facts["writers"] == "unknown":
        return "THE WRITERS MAY STILL BE STOPPED: the tasks that let them write again failed"
    accepted = [job for job in facts["jobs"] if any(_may_have_ended(one) for one in job["steps"])]
    if facts["writers"] == "running_again":
        over = [job for job in facts["jobs"] if phase(job["status"]) in (*ENDED, "stopping") and job not in accepted]
        lost = (
            f", but what they write does not reach the targets of {named(over)}, which had ended before" if over else ""
        )
        return f"the writers write again{lost}"
    if not failed:
        return "the writers are stopped"
    if not accepted:
        given = "cutover_rollback_tasks names no tasks that let them write again"
        blank = "rollback_tasks" in facts["asked"] and not facts["asked"]["rollback_tasks"]
        return f"THE WRITERS ARE STOPPED{': ' + given if blank else ', and nothing has let them write again'}"
    which = f"{len(accepted)} of {count(len(facts['jobs']), 'job')}"
    return f"THE WRITERS ARE STOPPED and stay so, since a stop was accepted, or may have been, for {which}: {named(accepted)}"


def _may_have_ended(one: Mapping[str, Any]) -> bool:
    """Whether a step has, or may have, stopped its job."""
    return one["action"] in STOPS and (one["changed"] or one["outcome"] == "unknown")


def where(facts: Mapping[str, Any]) -> str:
    """Which phases the jobs are in, or what was said if there are none."""
    said = [step["msg"] for step in facts["steps"] if step["msg"]]
    if facts["jobs"] or facts["outcome"] == "failed" or not said:
        return totals(facts["jobs"])
    return short(said[-1]).rstrip(".")


def totals(jobs: Sequence[Mapping[str, Any]]) -> str:
    """How many jobs are in which phase, such as "3 jobs: 2 stopped, 1 replicating"."""
    if not jobs:
        return "no job was read"
    found = Counter(phase(job["status"]) for job in jobs)
    if len(found) == 1:
        return f"{count(len(jobs), 'job')} {PHASES[next(iter(found))]}"
    counts = ", ".join(f"{found[name]} {words}" for name, words in PHASES.items() if name in found)
    return f"{count(len(jobs), 'job')}: {counts}"


def _problems(facts: Mapping[str, Any]) -> list[str]:
    """The problems, but those that tell again what the work said."""
    told, parts = facts["work"]["text"], []
    for problem in facts["problems"]:
        if problem["text"] not in told and not (told and told in problem["text"]) and problem["text"] not in parts:
            parts.append(problem["text"])
    more = len(parts) - PROBLEMS
    return [short(part) for part in parts[:PROBLEMS]] + ([f"and {count(more, 'other problem')}"] if more > 0 else [])


def restore_hint(facts: Mapping[str, Any]) -> str:
    """What to do about jobs that are still paused."""
    if facts["role"] == "restore":
        return f"find out why, then run the playbook {RESTORE} again"
    return f"run the playbook {RESTORE}"


def answer(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The first thing on the page: a question, its answer, and the jobs that it is about. tone: bad, warn, good or plain."""
    if facts["kind"] == "check":
        text = "Nothing was sent. What follows is what a run would do."
        return {"question": "What was done?", "tone": "plain", "title": "Check mode: nothing", "text": text}
    if facts["kind"] == "maintenance":
        return {"question": "Is anything still paused?", **_answer(facts)}
    title = where(facts)
    title = title[:1].upper() + title[1:]
    failed = facts["outcome"] == "failed"
    if facts["still_paused"]["answer"] != "not_judged":
        tone = "warn" if failed else "good"
        return {"question": "Is anything still paused?", "tone": tone, **_answer_of_plain(facts, title)}
    paused = len(facts["still_paused"]["ids"])
    text = "No job is paused." if not paused else f"{count(paused, 'job')} {'is' if paused == 1 else 'are'} paused."
    return {
        "question": "Where are the jobs now?",
        "tone": "bad" if failed else "good",
        "title": title,
        "text": _sentences(*([text.rstrip(".")] if facts["jobs"] else []), writers(facts)),
    }


def _answer_of_plain(facts: Mapping[str, Any], where: str) -> dict[str, str]:
    """The answer of a run that brought jobs to states of which paused may be one. where: the phases that they are in."""
    jobs, still = facts["jobs"], facts["still_paused"]
    number = count(len(jobs), "job")
    left = sum(is_left_paused(job) for job in jobs)
    requested = sum(job["desired"] == "paused" for job in jobs if job["id"] in still["ids"])
    accepted = sum(any(one["outcome"] == "accepted" for one in job["steps"][-1:]) for job in jobs)
    later = f"{count(accepted, 'job')} {'was' if accepted == 1 else 'were'} not waited for" if accepted else ""
    paused = f"{requested} of {number} {'is' if requested == 1 else 'are'} paused"
    if still["answer"] == "unknown":
        return {"tone": "warn", "title": "NOT KNOWN: no status was read", "text": ""}
    if left:
        title = f"YES: {left} of {number} {'is' if left == 1 else 'are'} STILL PAUSED"
        also = f"{requested} more {'is' if requested == 1 else 'are'} paused, as requested" if requested else ""
        return {"tone": "bad", "title": title, "text": _sentences(also, where, later)}
    if requested:
        return {
            "title": f"YES, as requested: {paused}",
            "text": _sentences(where if requested < len(jobs) else "", later),
        }
    # What is paused here was not waited for.
    if still["ids"]:
        return {"tone": "warn", "title": f"NOT KNOWN: {where[:1].lower()}{where[1:]}", "text": _sentences(later)}
    return {"title": f"NO: {where[:1].lower()}{where[1:]}", "text": _sentences(later)}


def _answer(facts: Mapping[str, Any]) -> dict[str, str]:
    still, number = facts["still_paused"], count(len(facts["jobs"]), "job")
    left, perhaps, before = (len(still[key]) for key in ("ids", "perhaps", "before"))
    again = _run_again([job for job in facts["jobs"] if was_paused_here(job)])
    notes = []
    for state, one, more in (
        ("failed", "failed", "failed"),
        (
            "resumed_meanwhile",
            "was RESUMED BY SOMEBODY ELSE during the work",
            "were RESUMED BY SOMEBODY ELSE during the work",
        ),
        ("abandoned", "was abandoned and not resumed", "were abandoned and not resumed"),
    ):
        found = sum(job["state"] == state for job in facts["jobs"])
        notes += [f"{count(found, 'job')} {one if found == 1 else more}"] if found else []
    but = ", ".join(notes)
    rest = f"{count(before, 'job')} {'was' if before == 1 else 'were'} paused before, and left so" if before else ""
    if left or perhaps:
        title = f"YES: {left} of {number} {'is' if left == 1 else 'are'} STILL PAUSED"
        title += f", {perhaps} more may be" if perhaps else ""
        title = title if left else f"PERHAPS: {perhaps} of {number} may still be paused"
        return {"tone": "bad", "title": title, "text": _sentences(restore_hint(facts), again, but, rest)}
    if still["answer"] == "unknown":
        return {"tone": "warn", "title": "NOT KNOWN: no status was read", "text": ""}
    if but:
        return {"tone": "warn", "title": f"NO, but {but}", "text": _sentences(again, rest)}
    nothing = "nothing was to be resumed" if facts["role"] == "restore" else "nothing was paused"
    return {"tone": "good", "title": f"NO: {again or nothing}", "text": _sentences(rest)}


def _sentences(*parts: str) -> str:
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)


def why(job: Mapping[str, Any]) -> list[str]:
    """What went wrong with a job, in the service's words or in ours, each once."""
    found = []
    for one in job["steps"]:
        if one["outcome"] not in ("ok", "accepted") or one["reason"] == "abandoned":
            ours = REASONS.get(one["reason"], one["reason"] or one["outcome"])
            said = " ".join(one[key] for key in ("error_code", "error_msg") if one[key])
            words = f"{one['step']}: {ours}" + (f" [{said}]" if said and said != ours else "")
            found.append(words)
    return list(dict.fromkeys(found))


def status(name: str) -> str:
    """A status with its meaning, since the service's word misleads: PAUSING (paused)."""
    return f"{name} ({PHASES[phase(name)]})" if name else "status not known"


def named(jobs: Iterable[Mapping[str, Any]], most: int = NAMED) -> str:
    """The first jobs by name and id, and how many more there are."""
    jobs = list(jobs)
    names = [f"{job['name']} ({job['id']})" if job["name"] else job["id"] for job in jobs[:most]]
    more = len(jobs) - most
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 job, 2 jobs."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def short(words: str, most: int = LONGEST) -> str:
    """A text on one line; one that is too long ends after a whole word."""
    words = " ".join(words.split())
    if len(words) <= most:
        return words
    return words[: most + 1].rsplit(" ", 1)[0][:most] + " ..."


def at_most(seconds: float) -> str:
    """A length of time that is not exceeded, in whole minutes from one on, such as "51 min" or "1 h 02 min"."""
    if seconds < 60:
        return f"{max(1, math.ceil(seconds))} s"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02d} min"
    hours += minutes > 0
    return f"{hours // 24} d {hours % 24} h"


def length(seconds: float) -> str:
    """A length of time for people, such as "51 min 05 s" or "1 h 02 min"."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
