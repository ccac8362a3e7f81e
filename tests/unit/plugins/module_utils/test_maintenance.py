# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drs_maintenance decides, and every refusal and text of it, against the emulator: what was sent is what counts."""

from __future__ import annotations

import json
import os
import platform

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _maintenance
from ansible_collections.huaweicloud.drs.plugins.module_utils._job import Job
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import Desired
from ansible_collections.huaweicloud.drs.plugins.module_utils._maintenance import (
    after_pause,
    after_resume,
    endpoint_of,
    long_pause,
    watch_until,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._version import VERSION
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import assert_readable
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, TODAY, emulator, job_id, run

RUNNING, PAUSED, FAILED = "INCRE_TRANSFER_STARTED", "PAUSING", "INCRE_TRANSFER_FAILED"
ENDED, STOPPING, CONFIGURED = "RELEASE_RESOURCE_COMPLETE", "RELEASE_RESOURCE_STARTED", "CONFIGURATION"
A, B, C = job_id(0), job_id(1), job_id(2)
AT = "2026-06-01T00:00:00Z"
REFUSED = {"retry": ("DRS.M00302", "not now")}


@pytest.fixture
def call(tmp_path):
    def call(service, state, **options):
        options = {"state_dir": str(tmp_path / "state"), **options}
        result = run(service, _maintenance, state=state, **options)
        assert_readable(result)
        return result

    return call


@pytest.fixture
def record(tmp_path):
    def record(name="default"):
        return json.loads((tmp_path / "state" / f"{name}.json").read_text("utf-8"))

    return record


def known(record):
    return {key: job["known"] for key, job in record["jobs"].items()}


def verbs(service, *ids):
    return [service.journal.accepted(key) for key in ids or service.jobs]


def phases(service):
    return [job.phase for job in service.jobs.values()]


def nothing_sent(service, since=0):
    return not [entry for entry in service.journal.since(since) if entry.kind == "write"]


def reasons(result):
    return [job["reason"] for job in result["jobs"]]


# --- pure


def a_job(status=None, outcome="ok", before=None, **state):
    job = Job(A, Desired("started"), {})
    job.state = job.state._replace(status=status, status_before=before or status, **state)
    job.outcome = outcome
    return job


@pytest.mark.parametrize(
    ("status", "was_sent", "state", "expected"),
    [
        (PAUSED, True, {}, "paused"),
        ("PAUSEING", True, {}, "paused"),
        (PAUSED, False, {}, "paused_before"),
        (RUNNING, False, {}, "out"),
        (RUNNING, False, {"changed": True}, "out"),
        (None, False, {}, "out"),
        (RUNNING, True, {}, "out"),
        (RUNNING, True, {"changed": True}, "unconfirmed"),
        (RUNNING, True, {"accepted": frozenset(["pause"])}, "unconfirmed"),
        (FAILED, True, {"accepted": frozenset(["pause"])}, "unconfirmed"),
        (None, True, {"changed": True}, "unconfirmed"),
    ],
)
def test_after_pause(status, was_sent, state, expected):
    assert after_pause(a_job(status, **state), was_sent) == expected


@pytest.mark.parametrize(
    ("stage", "job", "expected", "outcome"),
    [
        # no pause was ever sent: whatever it is doing
        ("planned", a_job(RUNNING), "out", ("ok", None)),
        ("planned", a_job(PAUSED, "failed"), "out", ("ok", None)),
        ("planned", a_job(None, "unknown"), "out", ("ok", None)),
        ("paused_before", a_job(PAUSED, "failed"), "paused_before", ("ok", None)),
        ("paused_before", a_job(RUNNING), "paused_before", ("failed", "resumed_meanwhile")),
        ("paused_before", a_job(FAILED, "failed"), "paused_before", ("ok", None)),
        ("paused_before", a_job(None, "unknown"), "paused_before", None),
        ("paused", a_job(RUNNING, action="resume"), "out", None),
        ("paused", a_job(RUNNING), "out", ("failed", "resumed_meanwhile")),
        ("paused", a_job(RUNNING, before=PAUSED), "out", None),
        ("paused", a_job(PAUSED, "failed", action="resume"), "paused", None),
        ("paused", a_job(PAUSED, "timed_out"), "paused", None),
        ("paused", a_job("CHANGE_JOB_STARTED", "timed_out"), "paused", None),
        ("paused", a_job(None, "unknown"), "paused", None),
        ("paused", a_job("NOT_FOUND", "failed"), "paused", None),
        ("paused", a_job("FROZEN", "failed"), "paused", None),
        ("paused", a_job(FAILED, "failed"), "out", ("failed", "failed_meanwhile")),
        ("paused", a_job(FAILED, "failed", action="resume"), "out", None),
        ("paused", a_job(ENDED, "failed"), "out", ("failed", "ended_meanwhile")),
        ("paused", a_job(STOPPING, "failed"), "out", ("failed", "ended_meanwhile")),
        ("paused", a_job("DELETED", "failed"), "out", ("failed", "ended_meanwhile")),
        ("resuming", a_job(RUNNING), "out", None),
        ("resuming", a_job(PAUSED, "failed"), "resuming", None),
        ("unconfirmed", a_job(RUNNING), "unconfirmed", ("failed", "pause_not_seen")),
        ("unconfirmed", a_job(RUNNING, action="resume"), "out", None),
        ("unconfirmed", a_job(PAUSED, action="resume", predicted=False), "out", None),
        ("unconfirmed", a_job("STARTJOBING", predicted=True), "out", None),
        ("unconfirmed", a_job(RUNNING, "timed_out"), "unconfirmed", None),
        ("unconfirmed", a_job(FAILED, "failed"), "out", ("failed", "failed_meanwhile")),
    ],
)
def test_after_resume(stage, job, expected, outcome):
    verdict = after_resume(stage, job)
    assert verdict.known == expected
    assert (verdict.done and (verdict.done.outcome, verdict.done.reason)) == outcome


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [(AT, TODAY + 600), ("2026-06-01T01:00:00Z", TODAY + 1000 + 600), (None, TODAY + 1600), ("soon", TODAY + 1600)],
)
def test_until_when_a_pause_is_watched_for(sent_at, expected):
    assert watch_until(sent_at, TODAY + 1000, 10) == expected


@pytest.mark.parametrize(
    ("job", "seconds", "hours", "expected"),
    [
        ({"known": "paused", "paused_at": AT}, 3600, 1, None),
        ({"known": "paused", "paused_at": AT}, 3601, 1, "1.0 hours, more than 1"),
        ({"known": "paused", "paused_at": AT, "sent_at": "2026-05-31T00:00:00Z"}, 3600, 1, None),
        ({"known": "paused", "paused_at": AT}, 36000, 2.5, "10.0 hours, more than 2.5"),
        ({"known": "unconfirmed", "sent_at": AT}, 7200, 1, "2.0 hours, more than 1"),
        ({"known": "paused", "paused_at": AT}, 7200, 0, None),
        ({"known": "planned"}, 7200, 1, None),
        ({"known": "out", "paused_at": AT}, 7200, 1, None),
        ({"known": "paused", "paused_at": "soon"}, 7200, 1, None),
    ],
)
def test_a_warning_of_a_long_pause(job, seconds, hours, expected):
    record = {"jobs": {A: {"sent_at": None, "paused_at": None, **job}}}
    warning = long_pause(record, TODAY + seconds, hours)
    assert warning == (
        expected
        and f"The longest pause was {expected}: the source may have removed the logs that a job needs after so long, and "
        "then it cannot go on."
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://DRS.Example.com", "https://drs.example.com:443"),
        ("https://drs.example.com:443/v3", "https://drs.example.com:443"),
        ("http://drs.example.com", "http://drs.example.com:80"),
        ("http://drs.example:8080", "http://drs.example:8080"),
        ("https://[::1]", "https://::1:443"),
        ("https:", "https://:443"),
    ],
)
def test_one_spelling_of_an_endpoint(url, expected):
    assert endpoint_of(url) == expected


# --- a good maintenance


def test_a_good_maintenance(call, record, tmp_path, monkeypatch):
    monkeypatch.delenv("JOB_ID", raising=False)
    service = emulator([{"status": RUNNING, "name": "orders"}, {"status": PAUSED, "name": "old"}, RUNNING])
    begun = call(service, "present", job_ids=[A.upper(), f"{B},{C}"], pause_mode="all", run="mine", awx_workflow="7")
    assert not begun["failed"]
    assert begun["changed"]
    assert begun["msg"] == "2 jobs paused, and 1 job was paused already. The maintenance is open"
    (warning,) = begun["warnings"]
    why = f"1 job was paused already, and no record in {tmp_path / 'state'} explains why: old ({B})."
    assert warning == f"{why} What was paused before stays paused."
    assert (begun["run"], begun["held_by"], begun["rolled_back"]) == ("mine", None, [])
    assert begun["paused"] == begun["remaining"] == [A, C]
    assert begun["record_path"] == str(tmp_path / "state/default.json")
    assert begun["record"] == record()
    assert set(begun["by_id"]) == {A.upper(), B, C}
    assert begun["summary"]["ok"] == 3
    assert begun["diff"]["after"] == {A.upper(): "paused", C: "paused"}
    assert [job["name"] for job in begun["jobs"]][:2] == ["orders", "old"]
    assert begun["window"]["open"] is True
    assert {item["pause_mode"] for entry in service.journal.of("batch-pause-task") for item in entry.body["jobs"]} == {
        "all"
    }
    written = record()
    assert written["owner"].pop("user")
    assert written["owner"] == {
        "host": platform.node(),
        "pid": os.getpid(),
        "awx_job": None,
        "awx_workflow": "7",
        "awx_url": None,
        "since": AT,
    }
    jobs = written.pop("jobs")
    del written["owner"], written["paused_at"]
    assert written == {
        "schema": 1,
        "phase": "open",
        "run": "mine",
        "name": "default",
        "project_id": PROJECT,
        "region": "eu-de",
        "endpoint": "http://127.0.0.1:1",
        "versions": {"collection": VERSION, "python": platform.python_version()},
        "began_at": AT,
        "ended_at": None,
        "pause_mode": "all",
        "selection": None,
    }
    assert {key: job["known"] for key, job in jobs.items()} == {A: "paused", B: "paused_before", C: "paused"}
    assert (jobs[A]["name"], jobs[A]["before"], jobs[A]["sent_at"]) == ("orders", RUNNING, AT)
    assert jobs[B]["before"] == PAUSED

    ended = call(service, "absent", run="mine")
    assert not ended["failed"]
    assert ended["msg"] == "2 jobs run again. The maintenance is closed"
    assert ended["warnings"] == []
    assert (ended["remaining"], ended["paused"], ended["rolled_back"], ended["window"]) == ([], [], [], None)
    assert ended["record"] == record()
    assert (record()["phase"], known(record())) == ("closed", {A: "out", B: "paused_before", C: "out"})
    assert record()["ended_at"] >= AT
    assert phases(service) == ["running", "paused", "running"]
    assert verbs(service) == [["pause", "resume"], [], ["pause", "resume"]]


def test_only_jobs_that_are_paused_already(call, record):
    service = emulator([PAUSED])
    begun = call(service, "present", job_ids=[A])
    assert (begun["failed"], begun["changed"], begun["remaining"]) == (False, False, [])
    assert begun["msg"] == "No job had to be paused, and 1 job was paused already. The maintenance is open"
    assert record()["phase"] == "open"
    ended = call(service, "absent", run=begun["run"])
    assert (ended["failed"], ended["changed"]) == (False, False)
    assert ended["msg"] == "0 jobs run again. The maintenance is closed"
    assert nothing_sent(service)
    assert phases(service) == ["paused"]


def test_a_made_up_run(call):
    run_name = call(emulator([RUNNING]), "present", job_ids=[A])["run"]
    assert run_name.startswith("20260601T000000Z-")
    assert len(run_name) == 25
    assert set(run_name[17:]) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("environ", "job", "url"),
    [
        ({"JOB_ID": "5", "AWX_HOST": "https://awx.example.com"}, "5", "https://awx.example.com/#/jobs/playbook/5"),
        ({"JOB_ID": "5", "AWX_HOST": "https://u:p@a.example:8043"}, "5", "https://a.example:8043/#/jobs/playbook/5"),
        ({"JOB_ID": "5", "AWX_PRIVATE_DATA_DIR": "/x"}, "5", None),
        ({"JOB_ID": "5"}, None, None),
        ({"AWX_HOST": "https://awx.example.com"}, None, None),
    ],
)
def test_who_began_it(call, record, monkeypatch, environ, job, url):
    for name in ("JOB_ID", "AWX_HOST", "AWX_PRIVATE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="first")
    assert (record()["owner"]["awx_job"], record()["owner"]["awx_url"]) == (job, url)
    refused = call(service, "present", job_ids=[A], run="second")
    assert (", AWX job 5, " in refused["msg"]) == (job is not None)
    assert refused["held_by"]["awx_job"] == job


def test_a_user_that_the_machine_does_not_know(call, record, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    call(emulator([RUNNING]), "present", job_ids=[A])
    assert record()["owner"]["user"] == "4000000"


# --- options


WAYS = (
    "run (the maintenance that you began yourself), awx_workflow (the one that this AWX workflow began), or takeover: true "
    "(whatever is open, once you have made sure that no maintenance is at work)"
)
THE_FORM = "it must be 8-4-4-4-12 letters and digits, such as 140b5236-88ad-43c8-811c-1268453jb101"
ONLY_WITHOUT_A_RECORD = "job_ids is only used with takeover or awx_workflow, and if there is no record, since a record knows which jobs to resume"


@pytest.mark.parametrize(
    ("state", "options", "words"),
    [
        ("present", {"job_ids": [A], "state_dir": "state"}, "state_dir 'state' is not an absolute path"),
        (
            "present",
            {"job_ids": [A], "name": " "},
            "name is blank: give each maintenance of the folder a name of its own",
        ),
        ("present", {"job_ids": [A], "min_left": -1}, "min_left is -1.0, and must be 0 or more"),
        ("present", {"job_ids": [A], "warn_after": float("inf")}, "warn_after is inf, and must be 0 or more"),
        ("present", {"job_ids": [A], "watch_minutes": float("nan")}, "watch_minutes is nan, and must be 0 or more"),
        ("present", {"job_ids": [A], "batch_size": 0}, "batch_size is 0, and must be from 1 to 100"),
        ("present", {"job_ids": [A], "takeover": True}, "takeover is only used with state: absent"),
        ("present", {"job_ids": [A], "abandon": [A]}, "abandon is only used with state: absent"),
        (
            "present",
            {"job_ids": [" , "]},
            "job_ids names no job: there is nothing to pause, and the work would not be guarded",
        ),
        (
            "present",
            {"job_ids": ["x"]},
            f"'x' is not a valid DRS job id: {THE_FORM}",
        ),
        (
            "absent",
            {"run": "a", "awx_workflow": "7"},
            f"run and awx_workflow are both given, and exactly one of them may be: {WAYS}",
        ),
        (
            "absent",
            {"run": "a", "takeover": True},
            f"run and takeover are both given, and exactly one of them may be: {WAYS}",
        ),
        ("absent", {"job_ids": [A]}, ONLY_WITHOUT_A_RECORD),
        ("absent", {"job_ids": [A], "run": "x"}, ONLY_WITHOUT_A_RECORD),
        ("absent", {"abandon": [A]}, f"abandon needs one of {WAYS}"),
        ("absent", {"abandon": [A], "takeover": True}, f"abandon names {A}, and no maintenance is open"),
    ],
)
def test_options_that_cannot_be(call, tmp_path, state, options, words):
    service = emulator([RUNNING])
    result = call(service, state, **options)
    assert result["failed"]
    assert result["msg"] == f"{words}. Nothing was sent."
    assert len(service.journal) == 0
    assert not (tmp_path / "state").exists()
    assert (result["jobs"], result["remaining"], result["record"]) == ([], [], None)
    assert (result["window"], result["api"]["requests"]) == (None, 0)


def test_zero_is_a_number_and_one_day_a_run_is_blank(call):
    service = emulator([RUNNING])
    result = call(service, "present", job_ids=[A], min_left=0, warn_after=0, watch_minutes=0, run="  ")
    assert not result["failed"]
    assert result["run"].strip()


# --- refusals of present


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (FAILED, "illegal_status", "it has failed, and to bring it back later would be a retry that nobody requested"),
        (ENDED, "illegal_status", "it has ended: there is nothing to pause"),
        (CONFIGURED, "illegal_status", "it is not running, so there is nothing to pause"),
        ("CREATE_FAILED", "illegal_status", "it is not running, so there is nothing to pause"),
        ("FROZEN", "unknown_status", "this version of the collection does not know it"),
        (None, "no_such_job", "the service does not know this job"),
    ],
)
def test_jobs_that_cannot_be_paused(call, tmp_path, status, reason, words):
    service = emulator([RUNNING, *([{"status": status, "name": "orders"}] if status else [])])
    result = call(service, "present", job_ids=[A, B])
    assert result["failed"]
    assert result["msg"].startswith("Nothing was paused, since 1 of 2 jobs cannot be: ")
    assert words in result["msg"]
    assert not status or f"orders ({B})" in result["msg"]
    assert reasons(result) == ["not_begun", reason]
    assert [job["outcome"] for job in result["jobs"]] == ["not_attempted", "failed"]
    assert not result["changed"]
    assert nothing_sent(service)
    assert not (tmp_path / "state").exists()


def test_jobs_that_are_paused_already_may_be_refused(call, tmp_path):
    service = emulator([RUNNING, {"status": PAUSED, "name": "orders"}])
    result = call(service, "present", job_ids=[A, B], refuse_paused=True)
    assert result["failed"]
    assert (
        f"Nothing was paused, since refuse_paused is true and no record explains why 1 job was paused already: orders ({B})."
    ) in result["msg"]
    assert reasons(result)[0] == "not_begun"
    assert nothing_sent(service)
    assert not (tmp_path / "state").exists()


def test_what_another_maintenance_holds(call, record):
    service = emulator([RUNNING, RUNNING])
    call(service, "present", job_ids=[A], run="first")
    before = service.journal.count
    for options, words in (
        ({"job_ids": [B]}, "The maintenance 'default' is open already: run first, begun by "),
        (
            {"job_ids": [B, A.upper()], "name": "other"},
            f"Job {A} is in the open maintenance 'default': run first, begun by ",
        ),
    ):
        result = call(service, "present", run="second", **options)
        assert result["failed"]
        assert words in result["msg"]
        assert f" on {platform.node()}, {AT}. Nothing was sent." in result["msg"]
        assert "state: absent and takeover: true (playbook restore)" in result["msg"]
        assert result["run"] == "second"
        assert result["held_by"]["run"] == "first"
        assert set(result["held_by"]) == {"run", "name", "host", "user", "awx_job", "since"}
        assert (result["remaining"], result["record"]) == ([], None)
    assert service.journal.count == before
    assert not call(service, "present", job_ids=[B], name="other")["failed"]


def test_the_same_run_again(call, record):
    service = emulator([RUNNING, RUNNING, RUNNING])
    call(service, "present", job_ids=[A, B], run="mine")
    before, written = service.journal.count, record()
    again = call(service, "present", job_ids=[A, B], run="mine")
    assert not again["failed"]
    assert not again["changed"]
    assert again["msg"] == "The maintenance is open already, and its jobs are paused"
    assert again["paused"] == again["remaining"] == [A, B]
    more = call(service, "present", job_ids=[A, C], run="mine")
    assert f"Run mine has begun already, and without {C}. Nothing was sent: begin another run for it." in more["msg"]
    service.jobs[B].write("retry", {})
    service.tick(10)
    for ids in ([A, B], [A]):
        resumed = call(service, "present", job_ids=ids, run="mine")
        assert "Run mine has begun already, and nothing was sent, since 1 of 2 jobs cannot be: " in resumed["msg"]
    assert nothing_sent(service, before)
    assert record() == written


def test_the_same_run_again_after_a_pause_that_was_not_seen(call, record):
    service = emulator([{"status": RUNNING, "write_lag": 400}])
    call(service, "present", job_ids=[A], run="mine", wait_timeout=60)
    result = call(service, "present", job_ids=[A], run="mine")
    assert result["failed"]
    assert (
        f"Run mine has begun already, and of {A} it is not known that it is paused. Nothing was sent" in result["msg"]
    )
    assert result["remaining"] == [A]


# --- pauses that go wrong


def test_one_job_that_cannot_be_paused_brings_back_the_others(call, record):
    service = emulator([RUNNING, {"status": RUNNING, "name": "orders", "not_pausable": True}])
    result = call(service, "present", job_ids=[A, B])
    assert result["failed"]
    assert result["msg"].startswith(
        f"1 of 2 jobs did not become or stay paused: orders ({B}) failed in status {RUNNING}: "
    )
    assert result["msg"].endswith("1 job runs again, resumed by this task.")
    assert (result["rolled_back"], result["remaining"], result["paused"]) == ([A], [], [])
    assert [entry["status"] for entry in result["jobs"][0]["timeline"]] == [RUNNING, PAUSED, "STARTJOBING", RUNNING]
    assert record()["phase"] == "closed"
    assert verbs(service) == [["pause", "resume"], []]
    assert phases(service) == ["running", "running"]


def test_294_refused_pauses_are_one_short_text(call):
    """B16."""
    service = emulator([{"status": RUNNING, "not_pausable": True, "name": f"n{number}"} for number in range(294)])
    result = call(service, "present", job_ids=[job_id(number) for number in range(294)])
    assert result["failed"]
    assert len(result["msg"]) < 1500
    assert "and 289 more" in result["msg"]


def test_a_pause_that_comes_later_than_present_waits(call, record):
    service = emulator([{"status": RUNNING, "write_lag": 400, "name": "orders"}, RUNNING])
    result = call(service, "present", job_ids=[A, B], wait_timeout=60)
    assert result["failed"]
    assert (result["remaining"], result["rolled_back"]) == ([A], [B])
    assert "NOT ALL JOBS WERE RESUMED: 1 of 2 jobs may still be paused, and the record " in result["msg"]
    assert f"orders ({A})" in result["msg"]
    assert known(record()) == {A: "unconfirmed", B: "out"}
    ended = call(service, "absent", takeover=True, wait_timeout=300)
    assert not ended["failed"]
    assert ended["remaining"] == []
    assert verbs(service)[0] == ["pause", "resume"]
    assert phases(service) == ["running", "running"]
    assert record()["phase"] == "closed"


def test_a_pause_that_comes_after_the_watch(call, record):
    """B8: the job stays in the record, until it is resumed or given up."""
    service = emulator([{"status": RUNNING, "write_lag": 5000}])
    call(service, "present", job_ids=[A], wait_timeout=60)
    began = service.clock.now()
    first = call(service, "absent", takeover=True, watch_minutes=5)
    assert 5 * 60 - 70 <= service.clock.now() - began <= 5 * 60
    assert (first["failed"], first["remaining"], reasons(first)) == (True, [A], ["pause_not_seen"])
    assert (
        "a pause was sent to it and never seen: it runs, and if the pause still comes, it stays paused" in first["msg"]
    )
    began = service.clock.now()
    second = call(service, "absent", takeover=True, watch_minutes=5)
    assert service.clock.now() - began < 5
    assert second["remaining"] == [A]
    service.tick(5000)
    service.jobs[A].spec["write_lag"] = 0
    third = call(service, "absent", takeover=True)
    assert (third["failed"], third["remaining"]) == (False, [])
    assert phases(service) == ["running"]


# --- absent


def test_without_one_of_the_three_an_open_record_fails_the_task(call, record):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="mine")
    before = service.journal.count
    result = call(service, "absent")
    assert result["failed"]
    assert "The maintenance 'default' is open: run mine, begun by " in result["msg"]
    assert "by one of run (the maintenance that you began yourself), awx_workflow (the one" in result["msg"]
    assert (result["held_by"]["run"], result["remaining"]) == ("mine", [A])
    assert service.journal.count == before
    assert record()["phase"] == "open"


@pytest.mark.parametrize("options", [{"run": "other"}, {"awx_workflow": "8"}])
def test_the_maintenance_of_another_is_left_alone(call, record, options):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="mine", awx_workflow="7")
    before = service.journal.count
    result = call(service, "absent", **options)
    assert (result["failed"], result["changed"], result["remaining"], result["record"]) == (False, False, [], None)
    assert result["msg"] == "The maintenance that is meant is not open: nothing was to be done"
    assert (
        "The maintenance 'default' is open, and not the one that is meant: run mine, begun by " in result["warnings"][0]
    )
    assert result["held_by"]["run"] == "mine"
    assert service.journal.count == before


@pytest.mark.parametrize("options", [{"run": "mine"}, {"awx_workflow": " 7 "}, {"takeover": True}])
def test_the_three_ways_to_end_one(call, record, options):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="mine", awx_workflow="7")
    assert not call(service, "absent", **options)["failed"]
    assert phases(service) == ["running"]
    again = call(service, "absent", **options)
    assert (again["failed"], again["changed"], again["warnings"]) == (False, False, [])
    assert again["msg"] == "No maintenance is open: nothing was recorded, and nothing was to be done"
    assert again["record"]["phase"] == "closed"


@pytest.mark.parametrize(
    ("options", "warns"),
    [({"takeover": True}, True), ({"awx_workflow": "7"}, True), ({"run": "x"}, False), ({}, False)],
)
def test_a_folder_that_never_held_a_record(call, tmp_path, options, warns):
    service = emulator([RUNNING])
    result = call(service, "absent", **options)
    assert (result["failed"], result["changed"]) == (False, False)
    assert result["msg"] == "No maintenance is open: nothing was recorded, and nothing was to be done"
    assert bool(result["warnings"]) == warns
    for text in result["warnings"]:
        assert text.startswith(
            f"{tmp_path / 'state'} never held a record of the maintenance 'default' on host {platform.node()}."
        )
    assert len(service.journal) == 0
    assert not (tmp_path / "state").exists()


def test_another_project_or_endpoint(call, record):
    """B1: the record is left as it is."""
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="mine")
    before, written = service.journal.count, record()
    for options, words in (
        ({"project_id": "f" * 32}, f"is of another project: it says {PROJECT}, and this task has {'f' * 32}."),
        (
            {"endpoint": "http://127.0.0.1:2"},
            "is of another endpoint: it says http://127.0.0.1:1, and this task has http://127.0.0.1:2.",
        ),
    ):
        result = call(service, "absent", takeover=True, **options)
        assert result["failed"]
        assert words in result["msg"]
        assert "It was left as it is; its 1 job may still be paused. Nothing was sent." in result["msg"]
        assert result["remaining"] == [A]
    assert record() == written
    assert service.journal.count == before


def test_a_newer_record(call, record, tmp_path):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="mine")
    (tmp_path / "state/default.json").write_text(json.dumps(dict(record(), schema=2)), "utf-8")
    for options in ({"takeover": True}, {"takeover": True, "job_ids": [A]}):
        result = call(service, "absent", **options)
        assert result["failed"]
        assert "was written by a newer version of this collection (schema 2, and this one knows 1)" in result["msg"]
    assert phases(service) == ["paused"]


def test_a_job_that_somebody_else_resumed(call, record):
    """B3."""
    service = emulator([RUNNING, {"status": RUNNING, "name": "orders"}, PAUSED])
    call(service, "present", job_ids=[A, B, C])
    for key in (B, C):
        service.jobs[key].write("retry", {})
    service.tick(10)
    result = call(service, "absent", takeover=True)
    assert result["failed"]
    assert reasons(result) == [None, "resumed_meanwhile", "resumed_meanwhile"]
    assert f"orders ({B})" in result["msg"]
    assert (
        "somebody else resumed it during the maintenance: this maintenance had paused it, and it runs" in result["msg"]
    )
    assert "it was paused before the maintenance began, and it runs" in result["msg"]
    assert result["msg"].endswith("No job is left paused by this maintenance.")
    assert result["remaining"] == []
    assert record()["phase"] == "closed"
    assert verbs(service, B) == [["pause"]]


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (FAILED, "failed_meanwhile", "it is no longer paused, and was sent nothing"),
        (ENDED, "ended_meanwhile", "it has ended or is being stopped, and cannot be resumed"),
        (STOPPING, "ended_meanwhile", "it has ended or is being stopped, and cannot be resumed"),
    ],
)
def test_a_job_that_failed_or_ended_meanwhile(call, record, status, reason, words):
    service = emulator([RUNNING, RUNNING])
    call(service, "present", job_ids=[A, B])
    service.change_job(A, {"status": status})
    before = service.journal.count
    result = call(service, "absent", takeover=True)
    assert result["failed"]
    assert reasons(result) == [reason, None]
    assert words in result["msg"]
    assert result["remaining"] == []
    assert record()["phase"] == "closed"
    assert [job for entry in service.journal.since(before) if entry.kind == "write" for job in entry.job_ids] == [B]


def test_a_refused_resume_keeps_the_job(call, record):
    service = emulator([{"status": RUNNING, "refuse": REFUSED, "name": "orders"}, RUNNING])
    call(service, "present", job_ids=[A, B])
    result = call(service, "absent", takeover=True)
    assert result["failed"]
    assert (result["remaining"], result["changed"]) == ([A], True)
    assert result["msg"].startswith("NOT ALL JOBS WERE RESUMED: 1 of 2 jobs may still be paused, and the record ")
    assert f"orders ({A}) failed in status PAUSING" in result["msg"]
    assert "DRS.M00302 not now" in result["msg"]
    assert known(record()) == {A: "resuming", B: "out"}


def test_an_unknown_job_is_kept(call, record):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A])
    del service.jobs[A]
    result = call(service, "absent", takeover=True)
    assert (result["failed"], result["remaining"]) == (True, [A])
    assert "the service does not know this job" in result["msg"]


def test_a_401_is_in_the_text(call, record):
    """B15."""
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A])
    service.fault({"match": {"kind": "read"}, "effect": {"status": 401, "error_code": "APIGW.0301"}})
    result = call(service, "absent", takeover=True)
    assert result["failed"]
    assert result["remaining"] == [A]
    assert "NOT ALL JOBS WERE RESUMED" in result["msg"]
    assert "APIGW.0301" in result["msg"]
    assert known(record()) == {A: "paused"}


def test_jobs_that_are_given_up(call, record):
    service = emulator([{"status": RUNNING, "name": "orders"}, RUNNING])
    call(service, "present", job_ids=[A, B], run="mine")
    for wrong in (C, job_id(7)):
        result = call(service, "absent", run="mine", abandon=[wrong])
        assert f"abandon names {wrong}, which the record does not hold" in result["msg"]
        assert known(record()) == {A: "paused", B: "paused"}
    predicted = call(service, "absent", run="mine", abandon=[A], check=True)
    assert known(record()) == {A: "paused", B: "paused"}
    result = call(service, "absent", run="mine", abandon=[A.upper()])
    for each in (predicted, result):
        assert not each["failed"]
        assert each["warnings"] == [f"Abandoned, not touched, and perhaps still paused: orders ({A})."]
        assert [job["id"] for job in each["jobs"]] == [B]
    assert phases(service) == ["paused", "running"]
    assert record()["phase"] == "closed"
    assert "holds" not in result["msg"]


def test_a_planned_job_that_somebody_paused_is_left_alone(call, record, tmp_path):
    service = emulator([{"status": RUNNING, "name": "orders"}])
    call(service, "present", job_ids=[A])
    written = record()
    written["jobs"][A].update(known="planned", paused_at=None)
    (tmp_path / "state/default.json").write_text(json.dumps(written), "utf-8")
    before = service.journal.count
    result = call(service, "absent", takeover=True)
    assert not result["failed"]
    assert result["warnings"] == [f"orders ({A}) is paused, and not by this maintenance. It is left alone."]
    assert nothing_sent(service, before)
    assert record()["phase"] == "closed"


def test_ids_beside_an_open_record(call, record):
    service = emulator([RUNNING, PAUSED])
    call(service, "present", job_ids=[A])
    result = call(service, "absent", takeover=True, job_ids=[A, B])
    assert not result["failed"]
    assert f"is open and tells which jobs to resume. Not in it, and left alone: {B}." in result["warnings"][0]
    assert phases(service) == ["running", "paused"]


def test_ids_without_a_record(call):
    service = emulator([PAUSED, RUNNING, {"status": PAUSED, "refuse": REFUSED}])
    result = call(service, "absent", takeover=True, job_ids=[A, B])
    assert not result["failed"]
    assert result["msg"] == "2 jobs run"
    assert verbs(service) == [["resume"], [], []]
    result = call(service, "absent", takeover=True, job_ids=[A, C])
    assert result["failed"]
    assert result["msg"].startswith(f"1 of 2 jobs do not run: {C}")


@pytest.mark.parametrize(
    ("hours", "options", "warns"),
    [(25, {}, True), (23, {}, False), (25, {"warn_after": 0}, False), (2, {"warn_after": 1.5}, True)],
)
def test_a_long_pause_is_warned_of(call, hours, options, warns):
    service = emulator([RUNNING], token_lifetime=1e6)
    call(service, "present", job_ids=[A])
    service.tick(hours * 3600)
    result = call(service, "absent", takeover=True, **options)
    assert not result["failed"]
    assert len(result["warnings"]) == warns
    for text in result["warnings"]:
        limit = options.get("warn_after", 24)
        assert f"The longest pause was {hours:.1f} hours, more than {limit:g}: the source may have removed" in text


def test_a_pause_that_has_ended_is_not_warned_of_again(call):
    service = emulator([RUNNING, {"status": RUNNING, "refuse": REFUSED}], token_lifetime=1e6)
    call(service, "present", job_ids=[A, B])
    service.tick(20 * 3600)
    assert call(service, "absent", takeover=True)["remaining"] == [B]
    service.tick(20 * 3600)
    assert call(service, "absent", takeover=True, abandon=[B])["warnings"] == [
        f"Abandoned, not touched, and perhaps still paused: job-2 ({B})."
    ]


# --- check mode


def test_check_mode_makes_no_folder_and_predicts(call, record, tmp_path):
    service = emulator([RUNNING, PAUSED])
    planned = call(service, "present", job_ids=[A, B], check=True)
    assert (planned["failed"], planned["changed"], planned["remaining"]) == (False, True, [])
    assert planned["msg"] == "1 job would be paused, and 1 job was paused already"
    assert planned["run"]
    assert not (tmp_path / "state").exists()
    nothing = call(service, "absent", run=planned["run"], check=True)
    assert (nothing["failed"], nothing["changed"]) == (False, False)
    assert "nothing was recorded" in nothing["msg"]
    assert nothing_sent(service)

    call(service, "present", job_ids=[A, B])
    written, before = record(), service.journal.count
    ended = call(service, "absent", takeover=True, check=True)
    assert (ended["failed"], ended["changed"], ended["remaining"]) == (False, True, [])
    assert ended["msg"] == "1 job would be resumed"
    assert nothing_sent(service, before)
    assert record() == written


# --- the caller, and IAM


def test_nobody_listens_any_more(call, record):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A])
    before = service.journal.count
    result = call(service, "absent", takeover=True, listening=lambda: False)
    assert result["failed"]
    assert result["remaining"] == [A]
    assert nothing_sent(service, before)
    assert known(record()) == {A: "paused"}


WAY_IN = {"username": "emulator-user", "password": "emulator-password", "domain_name": "emulator-domain"}


def test_the_project_is_looked_up_until_iam_answers(call, record):
    service = emulator([RUNNING])
    way_in = dict(WAY_IN, project_name="eu-de")
    assert not call(service, "present", job_ids=[A], way_in=way_in)["failed"]
    assert record()["project_id"] == PROJECT
    # More than one call of the client repeats by itself.
    service.fault({"match": {"endpoint": "tokens", "count": 20}, "effect": {"status": 503}})
    assert not call(service, "absent", takeover=True, way_in=way_in)["failed"]
    assert not call(service, "present", job_ids=[A], way_in=way_in)["failed"]
    service.fault({"match": {"kind": "iam"}, "effect": {"status": 503}})
    before = service.journal.count
    result = call(service, "absent", takeover=True, way_in=way_in, wait_timeout=60)
    assert result["failed"]
    assert result["msg"].startswith("The project's id could not be looked up: ")
    assert result["msg"].endswith(". Nothing was sent.")
    assert ".." not in result["msg"]
    assert "wait_timeout expired" in result["msg"] or "503" in result["msg"]
    assert result["remaining"] == [A]
    assert nothing_sent(service, before)


def test_wrong_credentials_are_final(call):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A])
    way_in = {**WAY_IN, "password": "another-password", "project_name": "eu-de"}
    began, before = service.clock.now(), service.journal.count
    result = call(service, "absent", takeover=True, way_in=way_in)
    assert result["failed"]
    assert result["remaining"] == [A]
    assert "The project's id could not be looked up: " in result["msg"]
    assert service.clock.now() - began < 2
    assert service.journal.count - before == 1


def test_outside_of_the_hours_nothing_is_read(call, monkeypatch):
    service = emulator([RUNNING])
    asked = []

    def look(*arguments):
        asked.append(arguments)
        return _maintenance.Look("now", False, "It is too early.", AT, AT, 5)

    monkeypatch.setattr(_maintenance, "look", look)
    hours = {"start": "22:00", "end": "04:00", "timezone": "Europe/Berlin", "min_left": 60, "freeze": ["2026-12-24"]}
    result = call(service, "present", job_ids=[A], **hours)
    assert result["failed"]
    assert result["msg"] == "It is too early. Nothing was sent."
    assert asked == [(TODAY, "22:00", "04:00", "Europe/Berlin", 60.0, ["2026-12-24"])]
    assert result["window"] == {
        "now": "now",
        "open": False,
        "reason": "It is too early.",
        "opens_at": AT,
        "closes_at": AT,
        "minutes_left": 5,
    }
    assert len(service.journal) == 0


# --- whole texts


def who(record):
    return f"{record['owner']['user']} on {record['owner']['host']}, {record['began_at']}"


def test_more_names_than_fit(call, tmp_path):
    service = emulator([PAUSED] * 7)
    ids = [job_id(number) for number in range(7)]
    named = ", ".join(f"job-{number + 1} ({key})" for number, key in enumerate(ids[:5])) + " and 2 more"
    result = call(service, "present", job_ids=ids, refuse_paused=True)
    assert result["msg"] == (
        f"Nothing was paused, since refuse_paused is true and no record explains why 7 jobs were paused already: {named}. "
        "Another maintenance may be at work. Resume them first, or leave them out."
    )
    (warning,) = call(service, "present", job_ids=ids[:5], check=True)["warnings"]
    assert warning.endswith(f"explains why: {named[: -len(' and 2 more')]}. What was paused before stays paused.")
    (warning,) = call(service, "present", job_ids=ids[:6], check=True)["warnings"]
    assert warning.startswith(f"6 jobs were paused already, and no record in {tmp_path / 'state'} explains why: ")
    assert " and 1 more. " in warning


def test_texts_of_one_that_is_open(call, record):
    service = emulator([RUNNING, RUNNING])
    call(service, "present", job_ids=[A], run="mine", name="night")
    written = record("night")
    ways = (
        "run (the maintenance that you began yourself), awx_workflow (the one that this AWX workflow began), or takeover: "
        "true (whatever is open, once you have made sure that no maintenance is at work)"
    )
    assert call(service, "present", job_ids=[A], name="night")["msg"] == (
        f"The maintenance 'night' is open already: run mine, begun by {who(written)}. Nothing was sent. If no maintenance is "
        "at work there, end it with state: absent and takeover: true (playbook restore), which resumes exactly the jobs that "
        "it paused."
    )
    assert call(service, "absent", name="night")["msg"] == (
        f"The maintenance 'night' is open: run mine, begun by {who(written)}. Nothing was sent: say which one you mean, by "
        f"one of {ways}."
    )
    left_alone = call(service, "absent", name="night", run="x")
    assert left_alone["warnings"] == [
        f"The maintenance 'night' is open, and not the one that is meant: run mine, begun by {who(written)}. It was left alone."
    ]
    assert left_alone["held_by"]["name"] == "night"
    assert left_alone["held_by"]["user"] == written["owner"]["user"]
    assert call(service, "present", job_ids=[B], run="mine", name="night")["msg"] == (
        f"Run mine has begun already, and without {B}. Nothing was sent: begin another run for it."
    )
    assert (
        call(service, "absent", abandon=[A], name="night")["msg"] == f"abandon needs one of {ways}. Nothing was sent."
    )
    assert call(service, "absent", run="a", takeover=True)["msg"] == (
        f"run and takeover are both given, and exactly one of them may be: {ways}. Nothing was sent."
    )


def test_texts_of_jobs_that_are_left(call, record, tmp_path):
    service = emulator([{"status": RUNNING, "write_lag": 400}, {"status": RUNNING, "not_pausable": True}])
    path = tmp_path / "state/default.json"
    begun = call(service, "present", job_ids=[A, B], wait_timeout=60, run="mine")
    not_seen = (
        f"job-1 ({A}) failed in status {RUNNING}: a pause was sent to it and never seen: it runs, and if the pause still "
        "comes, it stays paused; check it, and end the maintenance again, or take it out of the record with abandon"
    )
    left = f"may still be paused, and the record {path} keeps them: {not_seen}. End the maintenance again once the reason is "
    assert begun["msg"].startswith("2 of 2 jobs did not become or stay paused: ")
    assert begun["msg"].endswith(f". NOT ALL JOBS WERE RESUMED: 1 of 1 job {left}gone (playbook restore).")
    assert " .." not in begun["msg"]
    assert ".. " not in begun["msg"]
    assert begun["jobs"][0]["status"] == RUNNING
    again = call(service, "present", job_ids=[A], run="mine")
    assert again["msg"] == (
        f"Run mine has begun already, and of {A} it is not known that it is paused. Nothing was sent: end it with state: "
        "absent first."
    )


def test_texts_of_what_others_did(call, record):
    service = emulator([RUNNING, PAUSED])
    call(service, "present", job_ids=[A, B])
    for key in (A, B):
        service.jobs[key].write("retry", {})
    service.tick(10)
    result = call(service, "absent", takeover=True)
    assert result["msg"] == (
        f"job-1 ({A}) failed in status {RUNNING}: somebody else resumed it during the maintenance: this maintenance had "
        f"paused it, and it runs; job-2 ({B}) failed in status {RUNNING}: somebody else resumed it during the maintenance: "
        "it was paused before the maintenance began, and it runs. No job is left paused by this maintenance."
    )


def test_progress_says_what_is_waited_for(call, monkeypatch, tmp_path):
    said = []

    def reporter(path, state, clock):
        said.append((path, state))
        return lambda counts: None

    monkeypatch.setattr(_maintenance, "reporter", reporter)
    service = emulator([RUNNING])
    file = str(tmp_path / "progress")
    call(service, "present", job_ids=[A], run="mine", progress_file=file)
    call(service, "present", job_ids=[A], run="mine", progress_file=file)
    call(service, "absent", run="mine", progress_file=file)
    call(service, "absent", takeover=True, job_ids=[A], progress_file=file)
    assert said == [(file, state) for state in ("paused", "paused", "paused", "resumed", "resumed")]


def test_progress_does_not_count_what_stays_paused(call, tmp_path):
    service = emulator([RUNNING, RUNNING, PAUSED])
    file = tmp_path / "progress"
    call(service, "present", job_ids=[A, B, C], run="mine")
    call(service, "absent", run="mine", progress_file=str(file))
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {line["total"] for line in lines} == {2}
    assert (lines[-1]["reached"], {line["failed"] for line in lines}) == (2, {0})


def test_more_whole_texts(call, tmp_path):
    service = emulator([RUNNING, RUNNING, PAUSED])
    state = tmp_path / "state"
    (warning,) = call(service, "absent", takeover=True)["warnings"]
    assert warning == (
        f"{state} never held a record of the maintenance 'default' on host {platform.node()}. If one has begun, it kept its "
        "record elsewhere: on another disk than its own, nothing can be seen."
    )
    assert call(service, "absent", takeover=True, abandon=[A])["msg"] == (
        f"abandon names {A}, and no maintenance is open. Nothing was sent."
    )
    call(service, "present", job_ids=[A, B, C], run="mine")
    again = call(service, "present", job_ids=[A], run="mine")
    assert [job["name"] for job in again["jobs"]] == ["job-1", "job-2", "job-3"]
    assert call(service, "absent", run="mine", abandon=[C])["msg"] == (
        f"abandon names {C}, which the record does not hold. Nothing was sent."
    )
    held = call(service, "absent", takeover=True, name="other", job_ids=[A, B])
    assert held["msg"].startswith(f"2 of 2 jobs do not run: {A}")
    assert f"{A}, {B} are in another open maintenance of {state}, and nothing was sent for it" in held["msg"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "/s/x"), "No space left on device (/s/x)"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("odd"), "odd"),
        (_maintenance.RecordError("the record"), "the record"),
    ],
)
def test_the_words_of_the_file_system(error, words):
    assert _maintenance._os_words(error) == words


def test_what_every_result_says_of_its_call(call, record):
    service = emulator([RUNNING])
    begun = call(service, "present", job_ids=[A])
    assert begun["began_at"] == AT < begun["ended_at"] == record()["paused_at"]
    assert begun["api"]["requests"] == service.journal.count
    assert "ansible_facts" not in begun
    service.tick(60)
    ended = call(service, "absent", takeover=True)
    assert begun["ended_at"] < ended["began_at"] < ended["ended_at"]
    job = record()["jobs"][A]
    assert job["sent_at"] <= job["paused_at"] <= begun["ended_at"]
    assert ended["began_at"] < job["out_at"] <= ended["ended_at"] == record()["ended_at"]
    again = call(service, "absent", takeover=True)
    assert again["record"] == record()


def test_what_the_client_is_made_of(call, monkeypatch):
    asked = []
    made = _maintenance.make_client

    def make_client(params, runtime, hide, seconds, max_parallel):
        asked.append((seconds, max_parallel))
        hide("a secret")
        return made(params, runtime, hide, seconds, max_parallel)

    hidden = []
    monkeypatch.setattr(_maintenance, "make_client", make_client)
    monkeypatch.setattr(_maintenance, "hide_addresses", lambda params, hide: hidden.append(hide))
    call(emulator([RUNNING]), "present", job_ids=[A], wait_timeout=99, max_parallel=1)
    assert asked == [(99, 1)]
    hidden[0]("another secret")


def test_a_busy_job_is_not_waited_for_longer_than_busy_timeout(call):
    service = emulator([{"status": RUNNING, "busy": True}])
    result = call(service, "present", job_ids=[A], busy_timeout=0)
    assert reasons(result) == ["busy"]
    assert service.clock.now() < 60


def test_present_does_not_watch_for_a_late_pause(call):
    service = emulator([{"status": RUNNING, "write_lag": 400}])
    call(service, "present", job_ids=[A], wait_timeout=20)
    assert service.clock.now() < 25


def test_the_same_run_again_with_jobs_that_are_out(call, record):
    service = emulator([RUNNING, {"status": RUNNING, "refuse": REFUSED}])
    call(service, "present", job_ids=[A, B], run="mine")
    assert call(service, "absent", run="mine")["remaining"] == [B]
    only_the_rest = call(service, "present", job_ids=[B], run="mine")
    assert [job["id"] for job in only_the_rest["jobs"]] == [B]
    both = call(service, "present", job_ids=[A, B], run="mine")
    assert both["failed"]
    assert [job["id"] for job in both["jobs"]] == [A, B]


def test_the_same_run_again_waits_for_nothing(call):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A], run="mine")
    service.change_job(A, {"status": "CHANGE_JOB_STARTED", "durations": {"CHANGE_JOB_STARTED": None}})
    began = service.clock.now()
    result = call(service, "present", job_ids=[A], run="mine")
    assert result["failed"]
    assert service.clock.now() - began < 2


def test_a_job_without_a_name(call):
    service = emulator([RUNNING])
    refusal = {"status": 400, "error_code": "DRS.M00202"}
    service.fault({"match": {"endpoint": "batch-detail"}, "effect": refusal})
    call(service, "present", job_ids=[A])
    ended = call(service, "absent", takeover=True, abandon=[A])
    assert ended["warnings"] == [f"Abandoned, not touched, and perhaps still paused: {A}."]
    assert ended["record"]["jobs"][A]["out_at"] == ended["ended_at"]


def test_whole_texts_of_odd_records(call, tmp_path, record):
    service = emulator([RUNNING, RUNNING, PAUSED])
    call(service, "present", job_ids=[A])
    path = tmp_path / "state/default.json"
    beside = call(service, "absent", takeover=True, job_ids=[A, B], check=True)
    assert beside["warnings"] == [
        f"The record {path} is open and tells which jobs to resume. Not in it, and left alone: {B}."
    ]
    assert beside["record"] == record()
    whole = path.read_text("utf-8")
    path.write_text("{", "utf-8")
    refused = call(service, "absent", takeover=True, job_ids=[A], abandon=[B])
    words = f"abandon names {B}, and the record cannot be read: leave it out of job_ids"
    assert refused["msg"] == f"{words}. Nothing was sent."
    ended = call(service, "absent", takeover=True, job_ids=[A])
    (warning,) = ended["warnings"]
    assert warning.startswith(f"The record {path} cannot be read as one (")
    assert warning.endswith("are resumed, and the file is renamed.")
    stamp = ended["ended_at"].replace(":", "")
    assert ended["msg"] == f"1 job runs. The record that could not be read is now {path}.unreadable-{stamp}"
    path.write_text(whole, "utf-8")


def test_an_odd_folder_is_one_sentence(call, tmp_path):
    (tmp_path / "state").write_text("", "utf-8")
    result = call(emulator([RUNNING]), "present", job_ids=[A])
    assert result["msg"] == (
        f"The records in {tmp_path / 'state'} cannot be used: File exists ({tmp_path / 'state'}). Nothing was sent."
    )
