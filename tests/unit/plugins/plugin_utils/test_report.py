# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts, the words and the page of a report."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import STATUSES, phase
from ansible_collections.huaweicloud.drs.plugins.module_utils._window import UTC, moment, zone
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _report_facts, _report_page, _report_words
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._report import report
from ansible_collections.huaweicloud.drs.tests.roles import runs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BEGAN, ENDED = "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"
RUNNING, PAUSED, STOPPED = "INCRE_TRANSFER_STARTED", "PAUSING", "RELEASE_RESOURCE_COMPLETE"


def at(minute):
    return f"2026-10-25T00:{minute:02d}:00Z"


def seen(*moves):
    return [{"status": status, "at": when} for status, when in moves]


def row(job_id="a", *moves, action="pause", outcome="ok", **more):
    basis = {"id": job_id, "name": f"job {job_id}", "action": action, "changed": action != "none", "outcome": outcome}
    basis |= {"status_before": RUNNING, "status": moves[-1][0] if moves else PAUSED}
    return {**basis, "timeline": seen(*moves), **more}


def step(*rows, name="pause", result=None, **more):
    said = {"jobs": list(rows), "changed": True, "msg": "said", "summary": {"changed": 1}, **(result or {})}
    return {"name": name, "result": said, **more}


def run(*steps, **more):
    basis = {"role": "maintenance_window", "run": "r1", "playbook": "P", "host": "h", "started_at": BEGAN}
    return {**basis, "ended_at": ENDED, "timezone": "Europe/Berlin", "steps": list(steps), **more}


def maintained(*ids, **more):
    """A maintenance that paused these jobs from minute 10 to minute 50."""
    paused = [row(one, (RUNNING, at(5)), (PAUSED, at(10))) for one in ids]
    resumed = [row(one, (PAUSED, at(48)), (RUNNING, at(50)), action="resume", status_before=PAUSED) for one in ids]
    steps = [
        step(*paused, started_at=at(4), ended_at=at(12)),
        step(*resumed, name="resume", started_at=at(47), ended_at=at(55)),
    ]
    work = {"name": "Change", "started_at": at(12), "ended_at": at(47), "outcome": "ok"}
    return run(*steps, **{"remaining": [], "work": work, **more})


def made(one):
    """A report, which is checked to be JSON and the same when it is made again."""
    found = report(one)
    assert json.loads(json.dumps(found)) == found == report(one)
    return found


def test_a_good_maintenance():
    found = report(maintained("a", "b"), "/r.html")
    assert found["sentence"] == (
        "2 jobs paused for at most 40 min, the work succeeded, all 2 jobs run again. Report: /r.html"
    )
    facts, page = found["facts"], found["page"]
    assert (found["outcome"], found["problems"], facts["changed"], facts["schema"]) == ("ok", [], True, 1)
    assert facts["still_paused"] == {"answer": "no", "ids": [], "perhaps": [], "abandoned": [], "before": []}
    assert [(job["state"], job["paused_seconds"]) for job in facts["jobs"]] == [("ok", 2400), ("ok", 2400)]
    assert (page["answer"]["tone"], page["answer"]["title"]) == ("good", "NO: all 2 jobs run again")
    assert (page["run"]["title"], page["run"]["text"]) == ("The run succeeded", "The work succeeded.")
    assert page["urgent"] == page["named"] == []
    (lane,) = page["folded"]
    assert (lane["name"], lane["id"]) == ("2 jobs", "")
    assert lane["way"] == "replicating \u2192 paused 02:10 CEST to 02:50 CEST (40 min) \u2192 replicating 02:50 CEST"


def test_one_job():
    assert report(maintained("a"))["sentence"] == (
        "1 job paused for at most 40 min, the work succeeded, the job runs again."
    )


def test_a_pause_within_one_second():
    """Times are whole seconds, so that it may have lasted for one."""
    one = run(step(row("a", (RUNNING, at(5)), (PAUSED, at(10)), (RUNNING, at(10)))), remaining=[])
    assert report(one)["sentence"].startswith("1 job paused for at most 1 s, ")


def test_jobs_that_are_still_paused_come_first():
    left = row("b", (PAUSED, at(48)), action="none", outcome="failed", reason="refused", error_code="DRS.M01504")
    one = maintained("a", "b", remaining=["b", "c"], problems=[{"step": "work", "text": "no disk"}])
    one["steps"][1]["result"]["jobs"][1] = left
    one["work"] |= {"outcome": "failed", "text": "no disk"}
    found = made(one)
    assert found["sentence"] == (
        "1 of 3 jobs is STILL PAUSED: job b (b); 1 of 3 jobs MAY STILL BE PAUSED: c; "
        "2 jobs paused for at most 50 min; the work failed: no disk; 1 of 2 jobs runs again; "
        "run the playbook huaweicloud.drs.restore."
    )
    page = found["page"]
    assert page["answer"]["tone"] == "bad"
    assert page["answer"]["title"] == "YES: 1 of 3 jobs is STILL PAUSED, 1 more may be"
    assert [(lane["id"], lane["state"], lane["tone"]) for lane in page["urgent"]] == [
        ("b", "still_paused", "bad"),
        ("c", "may_be_paused", "bad"),
    ]
    assert page["urgent"][0]["why"] == ["resume: the service refused it [DRS.M01504]"]
    assert [lane["jobs"] for lane in page["folded"]] == [[{"id": "a", "name": "job a"}]]
    assert [(one["title"], len(one["jobs"]), one["more"]) for one in page["named"]] == [
        ("Still paused", 1, 0),
        ("May still be paused", 1, 0),
    ]
    assert found["outcome"] == "failed"


def test_remaining_jobs_fail_a_run_without_a_problem():
    found = made(maintained("a", remaining="a"))
    assert found["outcome"] == "failed"
    assert found["page"]["answer"]["title"] == "PERHAPS: 1 of 1 job may still be paused"
    assert made(maintained("a", role="restore", remaining=["a"]))["page"]["answer"]["text"].startswith("Find out why")


def test_a_job_that_somebody_else_resumed():
    one = maintained("a", "b")
    other = row("a", (RUNNING, at(48)), action="none", outcome="failed", reason="resumed_meanwhile")
    one["steps"][1]["result"]["jobs"][0] = other
    found = made({**one, "problems": [{"step": "resume", "text": "1 job was resumed."}]})
    assert found["page"]["answer"]["title"] == "NO, but 1 job was RESUMED BY SOMEBODY ELSE during the work"
    assert found["page"]["answer"]["tone"] == "warn"
    assert "1 job was resumed by somebody else during the work: job a (a)" in found["sentence"]
    (lane,) = found["page"]["urgent"]
    assert (lane["state"], lane["why"]) == ("resumed_meanwhile", ["resume: somebody else resumed it during the work"])


def test_an_abandoned_job_is_told():
    one = maintained("a")
    one["steps"][1]["result"]["jobs"] = [row("a", (PAUSED, at(48)), action="none", reason="abandoned")]
    found = made(one)
    assert found["page"]["answer"]["title"] == "NO, but 1 job was abandoned and not resumed"
    assert found["facts"]["still_paused"]["abandoned"] == ["a"]
    assert "1 job was taken out of the record and not resumed: job a (a)" in found["sentence"]


def test_jobs_that_were_paused_before_stay_so():
    before = row("p", (PAUSED, at(5)), action="none", status_before=PAUSED)
    one = maintained("a")
    one["steps"][0]["result"]["jobs"].append(before)
    found = made(one)
    assert found["sentence"].endswith("the job runs again, 1 job was paused before and stays so: job p (p).")
    assert found["facts"]["still_paused"] == {
        "answer": "no",
        "ids": [],
        "perhaps": [],
        "abandoned": [],
        "before": ["p"],
    }
    assert found["facts"]["jobs"][1]["paused_seconds"] is None
    assert found["page"]["answer"]["text"] == "1 job was paused before, and left so."


@pytest.mark.parametrize(
    ("more", "title", "tone"),
    [
        ({"remaining": []}, "NO: nothing was paused", "good"),
        ({"remaining": [], "role": "restore"}, "NO: nothing was to be resumed", "good"),
        (
            {"remaining": None, "steps": [step(row(status=None, status_before=None))]},
            "NOT KNOWN: no status was read",
            "warn",
        ),
    ],
)
def test_a_maintenance_that_paused_nothing(more, title, tone):
    found = made(run(**{"problems": [{"step": "window", "text": "The window is closed."}], **more}))
    assert (found["page"]["answer"]["title"], found["page"]["answer"]["tone"]) == (title, tone)
    assert "The window is closed" in found["sentence"]


@pytest.mark.parametrize(
    ("known", "state"), [("paused", "still_paused"), ("unconfirmed", "may_be_paused"), ("out", "ok"), ("planned", "ok")]
)
def test_without_rows_the_record_answers(known, state):
    record = {"phase": "open", "jobs": {"a": {"name": "orders", "before": RUNNING, "known": known}}}
    (job,) = made(run(record=record))["facts"]["jobs"]
    assert (job["name"], job["state"]) == ("orders", state)


def test_a_closed_record_leaves_nothing_paused():
    record = {"phase": "closed", "jobs": {"a": {"name": "orders", "before": RUNNING, "known": "paused"}}}
    assert made(run(record=record))["facts"]["still_paused"]["answer"] == "no"


def test_only_the_first_jobs_are_named_in_the_sentence():
    ids = [f"id-{number:02d}" for number in range(12)]
    found = made(run(remaining=ids))
    assert "id-09 and 2 more; " in found["sentence"]
    assert "id-10" not in found["sentence"]
    assert (len(found["page"]["named"][0]["jobs"]), found["page"]["named"][0]["more"]) == (10, 2)
    assert len(found["page"]["urgent"]) == 12


@pytest.mark.parametrize("outcome", ["ok", "failed"])
def test_without_a_record_the_last_statuses_answer(outcome):
    paused = step(row("a", (RUNNING, at(5)), (PAUSED, at(10)), changed=outcome == "ok", outcome=outcome))
    assert made(run(paused))["facts"]["still_paused"]["ids"] == ["a"]


def test_a_restore_knows_since_when_its_jobs_are_paused():
    record = {"phase": "open", "run": "old", "owner": {"user": "ann", "host": "x", "awx_url": "javascript:alert(1)"}}
    record["jobs"] = {"a": {"known": "out", "paused_at": "2026-10-24T22:00:00Z", "before": RUNNING}}
    resumed = step(row("a", (PAUSED, at(0)), (RUNNING, at(30)), action="resume"), name="resume")
    found = made(run(resumed, role="restore", record=record, remaining=[], warn_after="2", who={"user": "bob"}))
    assert found["sentence"] == "1 job paused for at most 2 h 30 min, the job runs again."
    assert found["facts"]["longest_pause"] == {"id": "a", "seconds": 9000, "warn_after": 2, "too_long": True}
    assert (found["page"]["began"]["utc"], found["page"]["took"]) == (BEGAN, "1 h 00 min")
    assert found["page"]["folded"][0]["bar"][0]["left"] == 0
    assert found["page"]["folded"][0]["way"].startswith("paused 00:00 CEST to 02:30 CEST (2 h 30 min)")
    assert {"number": "2 h 30 min", "words": "longest pause, MORE THAN 2 h", "tone": "bad"} in found["page"]["tiles"]
    rows = {one["name"]: one for one in found["page"]["who"]}
    assert (rows["Run by"]["text"], rows["Maintenance begun by"]["text"]) == ("bob", "ann on x")
    assert "AWX job that began it" not in rows


def plain(*rows, problems=(), role="pause", **more):
    """A run of a playbook of a verb."""
    return run(step(*rows, name=role), role=role, problems=list(problems), **more)


def left_paused(**more):
    """A job that was to run, and is paused."""
    return row("b", (PAUSED, at(5)), action="resume", outcome="failed", state="started", status_before=PAUSED, **more)


@pytest.mark.parametrize(
    ("rows", "answer", "title", "tone", "text"),
    [
        ([], "not_judged", "No job was read", "good", ""),
        ([row("a", state="paused")], "requested", "YES, as requested: 1 of 1 job is paused", "good", ""),
        (
            [
                row("a", state="paused"),
                row("b", state="paused"),
                row("c", (RUNNING, at(1)), state="started", action="none"),
            ],
            "requested",
            "YES, as requested: 2 of 3 jobs are paused",
            "good",
            "3 jobs: 1 replicating, 2 paused.",
        ),
        (
            [row("a", (STOPPED, at(9)), state="deleted", action="delete")],
            "no",
            "NO: 1 job stopped",
            "good",
            "",
        ),
        ([left_paused()], "yes", "YES: 1 of 1 job is STILL PAUSED", "bad", "1 job paused."),
        (
            [row("a", state="paused"), left_paused()],
            "yes",
            "YES: 1 of 2 jobs is STILL PAUSED",
            "bad",
            "1 more is paused, as requested. 2 jobs paused.",
        ),
        # It was not waited for, so that it may run by now.
        (
            [left_paused() | {"outcome": "accepted"}],
            "maybe",
            "NOT KNOWN: 1 job paused",
            "warn",
            "1 job was not waited for.",
        ),
        (
            [row("a", (RUNNING, at(1)), state="paused") | {"outcome": "accepted"}],
            "no",
            "NO: 1 job replicating",
            "good",
            "1 job was not waited for.",
        ),
        (
            [row("a", state="paused", status="", status_before="")],
            "unknown",
            "NOT KNOWN: no status was read",
            "warn",
            "",
        ),
    ],
)
def test_a_plain_run_says_what_is_paused(rows, answer, title, tone, text):
    found = made(plain(*rows))
    shown = found["page"]["answer"]
    assert (found["facts"]["still_paused"]["answer"], found["outcome"]) == (answer, "ok")
    assert (shown["title"], shown["tone"], shown["text"]) == (title, tone, text)
    assert (shown["question"] == "Is anything still paused?") == bool(rows)
    assert "huaweicloud.drs.restore" not in found["sentence"]


def test_a_plain_run_that_failed_is_not_green():
    one = plain(row("a", state="paused"), problems=[{"step": "x", "text": "y"}])
    shown = made(one)["page"]["answer"]
    assert (shown["title"], shown["tone"]) == ("YES, as requested: 1 of 1 job is paused", "warn")
    assert made({**one, "role": "cutover"})["page"]["answer"]["tone"] == "bad"


def test_without_jobs_it_says_why():
    nothing = {
        "jobs": [],
        "selected": {"jobs": {}},
        "msg": "2 jobs fit the selection but for the status: nothing was to be done",
    }
    for role in ("pause", "cutover"):
        found = made(run({"name": "choose", "result": nothing, "plan": role == "cutover"}, role=role))
        assert found["sentence"] == f"{nothing['msg']}."
        assert found["page"]["answer"]["title"] == nothing["msg"]
    assert made(run({"name": "choose", "result": nothing}, problems=[{"step": "x", "text": "y"}], role="cutover"))[
        "sentence"
    ].startswith("No job was read; ")


def test_a_plain_run_says_how_many_jobs_it_changed():
    rows = [row("a", state="paused"), row("b", state="paused", action="none")]
    assert report(plain(*rows))["sentence"] == "2 jobs paused, 1 changed by this run."
    assert report(plain(rows[1]))["sentence"] == "1 job paused, nothing was changed."


def test_what_a_module_refused_is_the_problem_of_a_run_that_names_none():
    refused = {"jobs": [], "failed": True, "changed": False, "msg": "No job fits name: ordres-*."}
    one = run(step(name="pause", result=refused), role="pause")
    found = made(one)
    assert found["problems"] == [{"step": "pause", "text": "No job fits name: ordres-*."}]
    assert (found["outcome"], found["sentence"]) == ("failed", "No job was read; No job fits name: ordres-*.")
    named = made({**one, "problems": [{"step": "x", "text": "y"}]})
    assert named["problems"] == [{"step": "x", "text": "y"}]
    check = made({**one, "check_mode": True})
    assert (check["outcome"], check["problems"]) == ("failed", found["problems"])
    # What a cutover makes of its steps it says itself.
    assert made({**one, "role": "cutover"})["problems"] == []


def test_a_report_that_could_not_be_written():
    found = report(plain(row("a", state="paused")), "/r.html", unwritten="the disk is full")
    assert found["outcome"] == "failed"
    assert found["sentence"] == ("1 job paused; 1 changed by this run; no report was written: the disk is full.")
    assert found["message"]["text"].startswith("Pause, h: FAILED. 1 job paused;")
    assert (found["written"]["json"], found["written"]["html"], found["written"]["outcome"]) == ("", "", "failed")


@pytest.mark.parametrize("path", ["", "/reports/pause.html"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_the_role_hands_on(path, check_mode):
    found = report(plain(row("a", state="paused"), check_mode=check_mode), path, "always")
    paths = {"html": path, "json": "/reports/pause.json" if path else ""}
    told = {key: found[key] for key in ("outcome", "problems", "sentence")}
    assert found["written"] == {**paths, **told, "message": found["message"]["text"]}
    named = bool(path) and not check_mode
    assert ("/reports/pause.html" in found["sentence"]) is named
    assert found["message"]["text"].endswith("Report: /reports/pause.html") is named


SENT = {
    "changed": (plain(row("a", state="paused")), {"change", "always"}),
    "unchanged": (plain(row("a", state="paused", action="none", changed=False), check_mode=False), {"always"}),
    "failed": (
        plain(left_paused(), problems=[{"step": "x", "text": "y"}]),
        {"failure", "change", "always", "mistyped"},
    ),
    "predicted": (plain(row("a", state="paused"), check_mode=True), {"change", "always"}),
}
SENT["unchanged"][0]["steps"][0]["result"]["changed"] = False


@pytest.mark.parametrize("on", ["never", "failure", "change", "always", "mistyped"])
@pytest.mark.parametrize("kind", SENT)
def test_when_a_message_is_sent(kind, on):
    one, sends = SENT[kind]
    assert report(one, notify_on=on)["message"]["send"] is (on in sends)


def test_the_message_of_check_mode_is_a_prediction():
    rows = [row(f"{number}", state="paused") for number in range(7)]
    said = report(plain(*rows, row("x", state="paused", action="none"), check_mode=True))["message"]["text"]
    assert said == (
        "Pause, h: a prediction. Check mode: nothing was sent and no report is written, 7 of 8 jobs would be changed. "
        "These would be: job 0 (0), job 1 (1), job 2 (2), job 3 (3), job 4 (4) and 2 more."
    )
    failed = report(plain(left_paused(), problems=[{"step": "x", "text": "y"}], check_mode=True))["message"]["text"]
    assert failed.startswith("Pause, h: the prediction FAILED. Check mode")


def test_a_message_names_the_job_of_awx_and_ends_with_the_report():
    """However long the rest is."""
    problems = [{"step": "x", "text": f"{number} " + "word " * 300} for number in range(3)]
    rows = [row(f"{number}" * 36, state="started", outcome="failed", name="n" * 250) for number in range(10)]
    one = plain(*rows, problems=problems, who={"awx_job": "7", "awx_url": "https://awx/7"})
    said = report(one, "/r.html")["message"]["text"]
    assert said.endswith(" ... AWX job: 7 https://awx/7 Report: /r.html")
    assert 2000 < len(said) < 2600


def test_a_message_calls_nobody():
    said = report(plain(row("a", state="paused", outcome="failed", name="<!channel>")))["message"]["text"]
    assert "\u2039!channel\u203a" in said
    assert "<" not in said


def test_who_and_where():
    owner = {"user": "ann", "host": "x", "awx_job": 7, "awx_url": "https://awx/7"}
    record = {
        "phase": "closed",
        "run": "r1",
        "owner": owner,
        "region": "eu-de",
        "versions": {"python": "3.12", "collection": "0"},
    }
    found = made(run(record=record, versions={"ansible": "2.19", "collection": "1.0.0"}, remaining=[]))
    rows = {one["name"]: one for one in found["page"]["who"]}
    assert rows["AWX job"] == {"name": "AWX job", "text": "7", "url": "https://awx/7"}
    assert (rows["Region"]["text"], rows["Versions"]["text"]) == (
        "eu-de",
        "collection 1.0.0, ansible 2.19, python 3.12",
    )
    assert "Maintenance begun by" not in rows
    rows = {one["name"]: one for one in made(run(record={**record, "run": "r0"}, remaining=[]))["page"]["who"]}
    assert "Run by" not in rows
    assert "Versions" not in rows
    assert rows["Maintenance begun by"]["text"] == "ann on x"


def test_check_mode_says_that_nothing_was_done():
    one = maintained("a", "b", check_mode="yes", remaining=["a"], problems=[{"step": "files", "text": "none"}])
    found = made(one)
    assert found["sentence"] == (
        "Check mode: nothing was sent and no report is written; 2 of 2 jobs would be changed; none."
    )
    assert found["page"]["answer"]["title"] == "Check mode: nothing"
    assert found["facts"]["still_paused"]["answer"] == "not_judged"
    assert made(run(check_mode=True))["sentence"] == "Check mode: nothing was sent and no report is written."


@pytest.mark.parametrize(
    ("rows", "sentence", "title"),
    [
        ((row("a", (STOPPED, at(9))), row("b", (STOPPED, at(9)))), "2 jobs stopped.", "2 jobs stopped"),
        (
            (row("a", (STOPPED, at(9))), row("b", (RUNNING, at(9)))),
            "2 jobs: 1 replicating, 1 stopped, not stopped: job b (b).",
            "2 jobs: 1 replicating, 1 stopped",
        ),
        (
            (row("a", (STOPPED, at(9))), row("b", (PAUSED, at(9)), outcome="failed")),
            "2 jobs: 1 paused, 1 stopped, 1 job with a failure: job b (b).",
            "2 jobs: 1 paused, 1 stopped",
        ),
        ((), "No job was read.", "No job was read"),
    ],
)
def test_a_cutover_says_where_the_jobs_are(rows, sentence, title):
    found = made(run(step(*rows, name="stop"), role="cutover"))
    assert (found["sentence"], found["page"]["answer"]["title"]) == (sentence, title)
    paused = len(found["facts"]["still_paused"]["ids"])
    assert found["page"]["answer"]["text"] == (
        "" if not rows else "1 job is paused." if paused else "No job is paused."
    )


def stop(job_id, outcome="ok", **more):
    status = STOPPED if outcome == "ok" else RUNNING
    return row(job_id, (status, at(9)), action="terminate", outcome=outcome, changed=outcome == "ok", **more)


@pytest.mark.parametrize(
    ("writers", "rows", "more", "last"),
    [
        ("untouched", [], {"problems": [{"step": "s", "text": "why"}]}, "why; the writers were not touched."),
        ("untouched", [stop("a")], {}, "1 job stopped."),
        ("stopped", [stop("a")], {}, "1 job stopped, the writers are stopped."),
        (
            "stopped",
            [stop("a"), stop("b", "failed"), stop("c", "unknown")],
            {"problems": [{"step": "s", "text": "why"}]},
            "for 2 of 3 jobs: job a (a), job c (c).",
        ),
        (
            "stopped",
            [stop("a", "failed")],
            {"problems": [{"step": "s", "text": "why"}], "asked": {"rollback_tasks": ""}},
            "; THE WRITERS ARE STOPPED: cutover_rollback_tasks names no tasks that let them write again.",
        ),
        (
            "stopped",
            [stop("a", "failed")],
            {"problems": [{"step": "s", "text": "why"}], "asked": {"rollback_tasks": "x.yml"}},
            "; THE WRITERS ARE STOPPED, and nothing has let them write again.",
        ),
        (
            "running_again",
            [stop("a", "failed")],
            {"problems": [{"step": "s", "text": "why"}]},
            "; the writers write again.",
        ),
        (
            "running_again",
            [stop("a", "failed"), row("b", (STOPPED, at(9)), action="none")],
            {"problems": [{"step": "s", "text": "why"}]},
            "; the writers write again, but what they write does not reach the targets of job b (b), which had ended before.",
        ),
        (
            "unknown",
            [stop("a", "failed")],
            {"problems": [{"step": "s", "text": "why"}]},
            "; THE WRITERS MAY STILL BE STOPPED: the tasks that let them write again failed.",
        ),
        ("anything", [stop("a")], {}, "1 job stopped."),
    ],
)
def test_the_last_words_of_a_cutover_are_about_the_writers(writers, rows, more, last):
    found = made(run(step(*rows, name="stop"), role="cutover", writers=writers, **more))
    assert found["sentence"].endswith(last)
    assert found["facts"]["writers"] == ("" if writers == "anything" else writers)
    said = _report_words.writers(found["facts"])
    assert said[1:] in found["page"]["answer"]["text"]
    assert not _report_words.writers(made(run(writers=writers))["facts"])
    assert "writers" not in made(run(check_mode=True, role="cutover", writers=writers, **more))["sentence"].lower()


def test_a_job_that_ended_by_force_has_not_failed():
    steps = [step(stop("a", "timed_out"), name="stop"), step(stop("a"), name="stop by force")]
    assert made(run(*steps, role="decommission"))["sentence"] == "1 job stopped."
    assert made(run(*reversed(steps), role="decommission"))["facts"]["jobs"][0]["failed"]


def test_failed_jobs_that_a_problem_names_are_not_named_again():
    failed = step(row("b1", (RUNNING, at(9)), outcome="failed"), row("b2", (RUNNING, at(9)), outcome="failed"))
    for words, named in (("b1 and b2 failed", False), ("b1 and more failed", True)):
        found = made(run(failed, role="cutover", problems=[{"step": "stop", "text": words}]))["sentence"]
        assert ("2 jobs with a failure: job b1 (b1), job b2 (b2)" in found) == named
        assert found.endswith(f"; {words}.")


def test_problems_are_told_once_and_not_all_of_them():
    texts = ["one", "two", "two", "three", "four", "five"]
    found = report(run(role="cutover", problems=[{"step": "s", "text": text} for text in texts]))
    assert found["sentence"] == "No job was read; one; two; three; and 2 other problems."
    assert [problem["text"] for problem in found["problems"]] == texts


def test_steps():
    unread = {"failed": False, "unread": [{"what": "details"}], "summary": {}}
    found = made(
        run(
            step(row("a"), row("b", outcome="failed"), started_at=at(1), ended_at=at(3)),
            step(name="read", result=unread),
            step(name="stop", result={"failed": True, "jobs": [], "msg": "401"}),
            {"name": "stop writers", "result": {}, "started_at": at(9)},
            {"name": "skipped", "result": {"skipped": True, "jobs": [row()]}},
            {"name": "not run", "result": None},
        )
    )
    shown = [(one["name"], one["tone"], one["outcome"], one["took"], one["changed"]) for one in found["page"]["steps"]]
    assert shown == [
        ("pause", "bad", "1 of 2 jobs failed", "2 min", "1"),
        ("read", "bad", "1 answer could not be read", "", ""),
        ("stop", "bad", "failed", "", "1"),
        ("stop writers", "good", "ok", "", ""),
    ]


def test_a_plan_is_no_change_and_tells_only_what_it_refuses():
    plan = step(row("a"), row("b", outcome="failed", reason="illegal_status"), plan=True, at=BEGAN)
    found = made(run(plan))["facts"]
    assert found["changed"] is False
    assert (found["steps"][0]["summary"], found["steps"][0]["msg"]) == ({}, "")
    assert [(job["id"], job["failed"], len(job["steps"])) for job in found["jobs"]] == [("a", False, 0), ("b", True, 1)]
    assert found["jobs"][0]["timeline"] == seen((RUNNING, BEGAN))


def test_nothing_of_a_result_gets_in_that_is_not_named():
    secret = {"source_endpoint": {"db_password": "canary"}, "canary": "canary"}
    one = maintained("a", **secret)
    for part in one["steps"]:
        part["result"] |= {**secret, "summary": {"changed": 1, "canary": 7}, "api": secret, "diff": secret}
        part["result"]["jobs"][0] |= {**secret, "timeline": [{**seen((PAUSED, at(9)))[0], **secret}]}
    owner = {"user": "u", "canary": "canary"}
    one["record"] = {**secret, "owner": owner, "jobs": {"a": {**secret, "known": "out"}}, "versions": secret}
    one |= {"work": {**one["work"], **secret}, "who": secret, "versions": secret, "problems": [secret], "names": secret}
    assert "canary" not in json.dumps(report(one))


def test_rows_that_were_only_read_take_their_name_from_the_list():
    read = {"id": "a", "status": PAUSED}
    (job,) = made(run({"name": "read", "at": BEGAN, "result": {"jobs": [read]}}, names={"a": "orders"}))["facts"][
        "jobs"
    ]
    assert (job["name"], job["steps"], job["timeline"]) == ("orders", [], seen((PAUSED, BEGAN)))


def lane_of(*steps, **more):
    (lane,) = made(run(*steps, role="x", **more))["page"]["folded"]
    return [(part["family"], part["left"], part["width"], part["observed"]) for part in lane["bar"]]


def test_what_was_not_observed_is_drawn_so():
    one = maintained("a")
    (lane,) = made(one)["page"]["folded"]
    assert [(part["family"], part["left"], part["width"], part["observed"]) for part in lane["bar"]] == [
        ("running", 8.333, 8.334, True),
        ("paused", 16.667, 3.333, True),
        ("paused", 20.0, 60.0, False),
        ("paused", 80.0, 3.333, True),
        ("running", 83.333, 8.334, True),
        ("running", 91.667, 8.333, False),
    ]
    assert "not observed" in lane["bar"][2]["said"]
    assert made(one)["page"]["blank"] is True
    assert made(one)["page"]["hatched"] is True


def test_without_the_end_of_a_step_a_job_is_observed_until_what_was_seen_last():
    moves = (RUNNING, BEGAN), (RUNNING, at(2)), (PAUSED, at(15)), (PAUSED, at(15))
    assert lane_of(step(row("a", *moves))) == [("running", 0.0, 25.0, True), ("paused", 25.0, 75.0, False)]
    assert lane_of(step(row("a", *moves), ended_at=ENDED)) == [
        ("running", 0.0, 25.0, True),
        ("paused", 25.0, 75.0, True),
    ]


def test_a_job_that_is_stopped_stays_so():
    assert lane_of(step(row("a", (RUNNING, BEGAN), (STOPPED, at(15))))) == [
        ("running", 0.0, 25.0, True),
        ("ended", 25.0, 75.0, True),
    ]


def test_a_job_without_a_time_has_no_bar():
    (lane,) = made(run(step(row("a", (PAUSED, "no time")))))["page"]["urgent"]
    assert (lane["bar"], lane["way"]) == ([], "PAUSING (paused)")


def test_only_jobs_of_nearly_the_same_times_are_folded():
    steps = [
        step(
            *(row(str(minute), (RUNNING, BEGAN), (STOPPED, at(minute))) for minute in (10, 11, 12, 30)), ended_at=ENDED
        )
    ]
    lanes = made(run(*steps, role="cutover"))["page"]["folded"]
    assert [(lane["name"], [job["id"] for job in lane["jobs"]]) for lane in lanes] == [
        ("3 jobs", ["10", "11", "12"]),
        ("job 30", ["30"]),
    ]
    assert lanes[0]["way"] == "replicating \u2192 stopped 02:10 CEST\u201302:12 CEST"


def test_the_work_is_a_band():
    work = made(maintained("a"))["page"]["work"]
    assert (work["left"], work["width"], work["tone"]) == (20.0, 58.333, "good")
    assert work["text"] == "succeeded, 02:12 CEST to 02:47 CEST (35 min)"
    begun = made(maintained("a", work={"started_at": at(30)}))["page"]["work"]
    assert (begun["left"], begun["width"], begun["text"], begun["name"]) == (50.0, 50.0, "02:30 CEST", "The work")
    none = made(maintained("a", work={"outcome": "not_run", "text": "closed"}))
    assert (none["page"]["work"]["band"], none["page"]["work"]["text"]) == (False, "did not run")
    assert "the work did not run: closed" in none["sentence"]


def test_times_in_both_zones_over_a_clock_change():
    page = made(run(step(row())))["page"]
    assert page["began"] == {"utc": BEGAN, "local": "2026-10-25 02:00:00 CEST"}
    assert page["ended"] == {"utc": ENDED, "local": "2026-10-25 02:00:00 CET"}
    assert page["two_zones"] is True
    assert [tick["local"] for tick in page["ticks"]] == ["02:00", "02:15", "02:30", "02:45", "02:00"]
    assert [tick["left"] for tick in page["ticks"]] == [0.0, 25.0, 50.0, 75.0, 100.0]


@pytest.mark.parametrize("name", ["UTC", "Nowhere/Land", None, ""])
def test_a_zone_that_is_not_valid_does_not_cost_the_report(name):
    page = made(run(step(row()), timezone=name))["page"]
    assert (page["zone"], page["two_zones"]) == ("UTC", False)


def test_a_run_of_no_length_and_one_of_no_known_time():
    assert made(run(step(row()), ended_at=BEGAN))["page"]["took"] == "0 s"
    assert made(run(step(row()), started_at=None, ended_at="never"))["page"]["began"]["utc"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("ended_at", "shown"), [("2026-10-25T02:05:00Z", "02:00:00"), ("2026-10-26T02:00:00Z", "10-25 02:00")]
)
def test_a_clock_is_as_short_as_it_can_be(ended_at, shown):
    began = moment("2026-10-25T02:00:00Z")
    assert _report_page._Axis(began, moment(ended_at), UTC).clock(began) == shown


def test_what_was_asked():
    asked = {"ids": list("abcdefg"), "none": [], "yes": True, "no": False, "blank": "", "map": {"a": 1}, "hours": 2.5}
    shown = {row["name"]: row["text"] for row in made(run(asked=asked))["page"]["asked"]}
    assert shown == {
        "ids": "a, b, c, d, e and 2 more",
        "none": "\u2013",
        "yes": "yes",
        "no": "no",
        "blank": "\u2013",
        "map": "a: 1",
        "hours": "2.5",
    }


@pytest.mark.parametrize(
    ("seconds", "length", "at_most"),
    [
        (0, "0 s", "1 s"),
        (59, "59 s", "59 s"),
        (60, "1 min", "1 min"),
        (3001, "50 min 01 s", "51 min"),
        (3600, "1 h 00 min", "1 h 00 min"),
        (172800, "2 d 0 h", "2 d 0 h"),
        (172860, "2 d 0 h", "2 d 1 h"),
    ],
)
def test_lengths(seconds, length, at_most):
    assert (_report_words.length(seconds), _report_words.at_most(seconds)) == (length, at_most)


def test_a_text_is_cut_between_words():
    assert _report_words.short("one\ntwo  three", 8) == "one two ..."
    assert _report_words.short("one two", 7) == "one two"
    assert _report_words.short("x" * 9, 4) == "xxxx ..."


def test_every_phase_has_words():
    assert {phase(status) for status in STATUSES} <= set(_report_words.PHASES)


@pytest.mark.parametrize(
    ("value", "number", "truth"),
    [
        ("", None, False),
        (None, None, False),
        ("24", 24, False),
        (2.5, 2.5, False),
        ("yes", None, True),
        (True, None, True),
        ("nan", None, False),
        (-1, None, False),
        ("1", 1, True),
    ],
)
def test_answers_of_surveys(value, number, truth):
    assert (_report_facts.number(value), _report_facts.truth(value)) == (number, truth)


def test_values_that_json_does_not_have():
    odd = {1: {"a"}, "inf": float("inf"), "when": moment(BEGAN), "null": None, "text": "a\x00\ud800b"}
    assert _report_facts.plain(odd) == {
        "1": ["a"],
        "inf": "inf",
        "when": "2026-10-25 00:00:00+00:00",
        "null": None,
        "text": "a\ufffd\ufffdb",
    }
    assert _report_facts.values({"a": 1}) == [1]


@given(
    length=st.integers(1, 60 * 86400),
    offset=st.integers(0, 86400),
    name=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
)
def test_ticks_are_few_and_on_the_axis(length, offset, name):
    first = moment(BEGAN) + timedelta(seconds=offset)
    ticks = _report_page._Axis(first, first + timedelta(seconds=length), zone(name)).ticks()
    assert len(ticks) <= _report_page.MOST_TICKS + 1
    assert all(0 <= tick["left"] <= 100 for tick in ticks)
    assert [tick["left"] for tick in ticks] == sorted({tick["left"] for tick in ticks})


IDS = st.sampled_from("abcdefgh")
TIMES = st.one_of(
    st.integers(0, 7200).map(lambda seconds: (moment(BEGAN) + timedelta(seconds=seconds)).isoformat()),
    st.sampled_from(["", None, "never", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", 7]),
)
WORDS = st.one_of(st.text(max_size=20), st.sampled_from(["", None, 7, *runs.HOSTILE]))
WEIRD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
NAMED_STATUSES = st.one_of(st.sampled_from([*STATUSES, "PAUSEING", "NEW_STATUS", None]), WEIRD)
TIMELINES = st.lists(st.fixed_dictionaries({"status": NAMED_STATUSES, "at": TIMES}), max_size=5)
ROWS = st.fixed_dictionaries(
    {"id": IDS, "status": NAMED_STATUSES, "timeline": st.one_of(TIMELINES, WEIRD)},
    optional={
        "name": WORDS,
        "status_before": NAMED_STATUSES,
        "action": st.sampled_from(["none", "pause", "resume", "delete"]),
        "changed": st.booleans(),
        "outcome": st.one_of(st.sampled_from(["ok", "accepted", "failed", "timed_out", "unknown"]), WEIRD),
        "reason": st.sampled_from([None, "resumed_meanwhile", "abandoned", "deadline", "new_reason"]),
        "error_code": WORDS,
        "error_msg": WORDS,
    },
)
RESULTS = st.fixed_dictionaries(
    {"jobs": st.one_of(st.lists(st.one_of(ROWS, WEIRD), max_size=12), WEIRD)},
    optional={"changed": WEIRD, "failed": WEIRD, "msg": WORDS, "summary": WEIRD, "skipped": st.just(False)},
)
STEPS = st.fixed_dictionaries(
    {"name": WORDS, "result": st.one_of(RESULTS, WEIRD)},
    optional={"plan": WEIRD, "at": TIMES, "started_at": TIMES, "ended_at": TIMES},
)
RECORDS = st.fixed_dictionaries(
    {"phase": st.sampled_from(["open", "closed", None])},
    optional={
        "owner": WEIRD,
        "warn_after": WEIRD,
        "jobs": st.dictionaries(
            IDS,
            st.fixed_dictionaries(
                {
                    "known": st.sampled_from(
                        ["planned", "unconfirmed", "paused", "resuming", "paused_before", "out", 1]
                    ),
                    "paused_at": TIMES,
                    "name": WORDS,
                    "before": NAMED_STATUSES,
                }
            ),
        ),
    },
)
RUNS = st.fixed_dictionaries(
    {
        "role": st.one_of(st.sampled_from(["maintenance_window", "restore", "cutover", "pause"]), WORDS),
        "steps": st.lists(st.one_of(STEPS, WEIRD), max_size=4),
        "started_at": TIMES,
        "ended_at": TIMES,
    },
    optional={
        "timezone": st.one_of(st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati"]), WEIRD),
        "remaining": st.one_of(st.lists(IDS, max_size=3), WEIRD),
        "record": st.one_of(RECORDS, WEIRD),
        "work": st.fixed_dictionaries(
            {"outcome": st.sampled_from(["ok", "failed", "not_run", "odd"])},
            optional={"started_at": TIMES, "ended_at": TIMES, "text": WORDS},
        ),
        "problems": st.lists(st.fixed_dictionaries({"step": WORDS, "text": WORDS}), max_size=2),
        **dict.fromkeys(("names", "warnings", "asked", "who", "versions", "warn_after", "check_mode", "host"), WEIRD),
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(one=st.one_of(RUNS, WEIRD))
def test_whatever_is_handed_over_gives_a_report(one):
    found = report(one, "/r.html")
    json.dumps(found)
    facts, page = found["facts"], found["page"]
    lanes = [*page["urgent"], *page["folded"]]
    assert sorted(job["id"] for lane in lanes for job in lane["jobs"]) == sorted(job["id"] for job in facts["jobs"])
    for lane in lanes:
        for part in [*lane["bar"], page["work"]]:
            assert 0 <= part["left"] <= 100
            assert part["width"] >= 0
            assert part["left"] + part["width"] <= 100.001
    alone = {lane["id"]: lane for lane in page["urgent"]}
    for job in facts["jobs"]:
        if job["failed"] or job["state"] in _report_facts.URGENT:
            assert alone[job["id"]]["name"] == job["name"]
    assert found["sentence"].endswith(". Report: /r.html")
    assert "\n" not in found["sentence"]
    if facts["still_paused"]["answer"] in ("yes", "maybe"):
        assert found["outcome"] == "failed"
        assert page["answer"]["tone"] == "bad"
        assert "STILL" in found["sentence"]
    if page["answer"]["tone"] == "good" and facts["kind"] == "maintenance":
        assert not facts["still_paused"]["ids"]


@pytest.mark.parametrize("jobs", [1, 40, 400])
@pytest.mark.parametrize("case", runs.CASES)
def test_many_jobs_need_few_lanes(jobs, case):
    found = made(runs.run(jobs, case))
    page = found["page"]
    assert len(found["facts"]["jobs"]) == jobs
    assert len(page["urgent"]) + len(page["folded"]) <= 10
    assert "canary" not in json.dumps({**found, "facts": {**found["facts"], "asked": None}}).replace("b-canary", "")
