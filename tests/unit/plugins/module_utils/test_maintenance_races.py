# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two calls of drs_maintenance, of which one does all its work between two steps of the other."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _maintenance
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run

RUNNING, PAUSED, FAILED = "INCRE_TRANSFER_STARTED", "PAUSING", "INCRE_TRANSFER_FAILED"
A, B, C = job_id(0), job_id(1), job_id(2)


class Place:
    """A service and a folder of records."""

    def __init__(self, folder, *seeds):
        self.service, self.folder = emulator(list(seeds)), folder
        self._handle = self.service.handle

    def call(self, state, **options):
        return run(self.service, _maintenance, state=state, state_dir=str(self.folder), **options)

    def present(self, *ids, **options):
        return self.call("present", job_ids=list(ids), **options)

    def absent(self, **options):
        return self.call("absent", **options)

    def record(self, name="default"):
        return json.loads((self.folder / f"{name}.json").read_text("utf-8"))

    def known(self, name="default"):
        return {key: job["known"] for key, job in self.record(name)["jobs"].items()}

    def phases(self):
        return [job.phase for job in self.service.jobs.values()]

    def meanwhile(self, endpoint, action, nth=1, before=False):
        """Does this when the nth request to this endpoint has been handled, and its caller has no answer yet; or before it
        is handled."""
        seen = 0

        def handle(method, target, headers=(), body=b""):
            nonlocal seen
            is_it = target.split("?")[0].endswith("/" + endpoint)
            seen += is_it
            due = is_it and seen == nth
            if due:
                self.service.handle = self._handle
            if due and before:
                action()
            reply = self._handle(method, target, headers, body)
            if due and not before:
                action()
            return reply

        self.service.handle = handle


@pytest.fixture
def place(tmp_path):
    return lambda *seeds: Place(tmp_path / "state", *seeds)


def kept_by_the_service(**seed):
    """A job that is paused, and that the service does not resume."""
    return {"status": RUNNING, "refuse": {"retry": ("DRS.M00302", "not now")}, **seed}


def test_what_another_absent_has_taken_out_is_not_resumed_by_an_older_reading(place):
    """By then it may be paused for somebody else's work."""
    night = place(RUNNING, kept_by_the_service())
    night.present(A, B)

    def others():
        night.absent(takeover=True)
        assert not night.present(A, name="other")["failed"]

    night.meanwhile("batch-status", others)
    result = night.absent(takeover=True)

    assert night.phases() == ["paused", "paused"]
    assert night.known("other") == {A: "paused"}
    assert result["failed"]
    assert result["remaining"] == [B]
    assert "somebody else has ended this maintenance meanwhile" in result["msg"]


def test_planned_jobs_whose_pause_is_sent_while_absent_reads(place):
    night = place(RUNNING, RUNNING)

    class Stop(BaseException):
        pass

    def stop():
        raise Stop

    # A record with planned jobs is what a kill leaves before the first pause ...
    night.meanwhile("batch-status", stop, nth=2, before=True)
    with pytest.raises(Stop):
        night.present(A, B, run="mine")
    assert night.known() == {A: "planned", B: "planned"}

    # ... or a slow one, which goes on while absent reads.
    def go_on():
        record = night.record()
        for job in record["jobs"].values():
            job.update(known="paused", paused_at="2026-06-01T00:00:00Z")
        (night.folder / "default.json").write_text(json.dumps(record), "utf-8")

    night.meanwhile("batch-status", go_on)
    result = night.absent(takeover=True)

    assert result["failed"]
    assert result["remaining"] == [A, B]
    assert [job["reason"] for job in result["jobs"]] == ["pause_not_seen"] * 2
    assert "NOT ALL JOBS WERE RESUMED: 2 of 2 jobs may still be paused" in result["msg"]
    assert "the maintenance is at work, and this task was told that it is not" in result["msg"]
    assert night.known() == {A: "paused", B: "paused"}


def test_the_time_at_which_a_pause_was_sent_is_kept(place):
    """The watch is counted from it."""
    night = place({"status": RUNNING, "write_lag": 400})
    begun = night.present(A, wait_timeout=300)
    assert begun["remaining"] == [A]
    assert night.record()["jobs"][A]["sent_at"] == "2026-06-01T00:00:00Z"
    assert night.record()["paused_at"] == "2026-06-01T00:05:00Z"


def test_present_takes_back_what_it_paused_after_somebody_ended_it(place):
    """A second pause, sent since the answer to the first was lost, is carried out after a takeover has resumed the job."""
    night = place(RUNNING)
    night.service.fault({"match": {"verb": "pause", "nth": 1}, "effect": {"fate": "cut_after"}})
    # The read before the second pause says running; by the time of the pause the first one has been undone.
    night.service.jobs[A].spec["write_lag"] = 40

    def takeover():
        night.service.tick(15)
        assert night.phases() == ["paused"]
        night.service.jobs[A].spec["write_lag"] = 0
        assert night.absent(takeover=True)["remaining"] == []
        assert night.phases() == ["running"]

    night.meanwhile("batch-pause-task", takeover, nth=2, before=True)
    result = night.present(A)

    assert night.service.journal.accepted(A) == ["pause", "resume", "pause", "resume"]
    assert night.phases() == ["running"]
    assert result["failed"]
    assert result["remaining"] == []
    assert result["rolled_back"] == [A]
    assert result["msg"].startswith(
        "Somebody else has ended this maintenance while it paused its jobs. 1 job runs again"
    )
    assert night.record()["phase"] == "closed"


def test_present_resumes_what_it_paused_although_its_record_is_gone(place):
    night = place(RUNNING, kept_by_the_service())
    night.meanwhile("batch-pause-task", (night.folder / "default.json").unlink)
    result = night.present(A, B)
    assert night.phases() == ["running", "paused"]
    assert result["failed"]
    assert result["rolled_back"] == [A]
    assert result["remaining"] == [B]
    assert "1 of 2 jobs may still be paused, and no record keeps them any more" in result["msg"]
    assert result["msg"].endswith(
        ". Resume them by their ids (takeover: true and job_ids; playbook restore: drs_job_ids)."
    )
    assert f"job-2 ({B}) failed" in result["msg"]


def test_present_leaves_alone_what_is_in_the_maintenance_that_came_after_it(place):
    """Its own was ended before the pause came, and the next one guards the job."""
    night = place(RUNNING)

    def others():
        assert night.absent(takeover=True)["remaining"] == []
        assert not night.present(A, run="next")["failed"]

    night.service.jobs[A].spec["write_lag"] = 0
    night.meanwhile("batch-pause-task", others)
    result = night.present(A, run="mine")
    assert night.service.journal.accepted(A) == ["pause", "resume", "pause"]
    assert night.record()["run"] == "next"
    assert result["failed"]
    assert result["remaining"] == []
    assert (result["record"]["run"], result["record"]["phase"]) == ("mine", "open")


@pytest.mark.parametrize("others", [(), (B,)])
def test_a_job_that_was_paused_by_a_maintenance_which_ends_is_not_taken_for_guarded(place, others):
    """It was read as paused, and runs by the time the record is written."""
    night = place(RUNNING, RUNNING)
    assert not night.present(A, name="other")["failed"]
    (night.folder / "hidden").mkdir()

    def ends():
        (night.folder / "hidden/other.json").rename(night.folder / "other.json")
        assert not night.absent(takeover=True, name="other")["failed"]

    # (The first look at the folder is before the other one begins.)
    (night.folder / "other.json").rename(night.folder / "hidden/other.json")
    night.meanwhile("batch-status", ends)
    result = night.present(A, *others)

    assert result["failed"]
    assert "did not become or stay paused" in result["msg"]
    assert result["by_id"][A]["reason"] == "resumed_meanwhile"
    assert result["by_id"][A]["error_msg"] == (
        "somebody else resumed it during the maintenance: it was paused when this task began, and it runs"
    )
    assert result["remaining"] == []
    assert night.phases() == ["running", "running"]
    assert night.record()["phase"] == "closed"


def test_jobs_without_a_record_are_not_resumed_under_another_maintenance(place):
    """Neither one that is open when a takeover by ids begins, nor one that begins meanwhile."""
    night = place(RUNNING)
    night.present(A, name="other")
    result = night.absent(takeover=True, job_ids=[A])
    assert result["failed"]
    assert f"{A} is in another open maintenance of {night.folder}, and nothing was sent for it" in result["msg"]
    assert night.phases() == ["paused"]
    assert night.known("other") == {A: "paused"}

    assert not night.absent(takeover=True, name="other")["failed"]
    night.service.jobs[A].spec["write_lag"] = 0
    night.service.jobs[A].write("pause", {})
    night.meanwhile("batch-status", lambda: night.present(A, run="next"))
    result = night.absent(takeover=True, job_ids=[A])
    assert result["failed"]
    assert night.phases() == ["paused"]
    assert night.record()["run"] == "next"


def test_a_record_that_came_in_place_of_an_unreadable_one_is_not_put_aside(place):
    night = place(RUNNING, RUNNING)
    night.present(A)
    path = night.folder / "default.json"
    path.write_text("{", "utf-8")

    def others():
        assert not night.absent(takeover=True, job_ids=[A])["failed"]
        assert not night.present(B)["failed"]

    night.meanwhile("batch-status", others)
    result = night.absent(takeover=True, job_ids=[A])
    assert night.known() == {B: "paused"}
    assert result["failed"]
    assert "another task has put it aside, or a record in its place" in result["msg"]
    assert "Nothing was sent" not in result["msg"]


def test_a_job_that_somebody_pauses_between_the_plan_and_the_pause(place):
    """It was not paused by this maintenance, and stays as it is."""
    night = place(RUNNING, {"status": RUNNING, "name": "orders"})
    night.service.jobs[B].spec["write_lag"] = 0
    night.meanwhile("batch-detail", lambda: night.service.jobs[B].write("pause", {}))
    begun = night.present(A, B)
    assert not begun["failed"]
    assert begun["msg"] == "1 job paused, and 1 job was paused already. The maintenance is open"
    assert f"explains why: orders ({B})." in begun["warnings"][0]
    assert night.known() == {A: "paused", B: "paused_before"}
    assert not night.absent(takeover=True)["failed"]
    assert night.phases() == ["running", "paused"]


def test_a_maintenance_that_is_ended_before_its_first_pause_sends_none(place):
    night = place(RUNNING, RUNNING)
    night.meanwhile("batch-status", lambda: night.absent(takeover=True), nth=2)
    result = night.present(A, B)
    assert result["failed"]
    assert not night.service.journal.writes()
    assert f"somebody else has ended this maintenance meanwhile (see {night.folder / 'default.json'})" in result["msg"]
    assert [job["reason"] for job in result["jobs"]] == ["withheld", "withheld"]
    assert (result["remaining"], result["rolled_back"]) == ([], [])


def test_a_maintenance_that_is_ended_while_all_jobs_are_paused_does_not_succeed(place):
    """Nobody may work then."""
    night = place({"status": RUNNING, "refuse": {"retry": ("DRS.M00302", "not now")}, "write_lag": 0})
    night.meanwhile("batch-pause-task", lambda: night.absent(takeover=True, abandon=[A]))
    result = night.present(A)
    assert result["failed"]
    assert "Somebody else has ended this maintenance while it paused its jobs" in result["msg"]
    assert result["remaining"] == [A]
    assert night.known() == {A: "resuming"}
    assert night.record()["phase"] == "open"
    assert night.record()["ended_at"] is None


def test_the_folder_is_gone_once_the_jobs_are_paused(place):
    night = place(RUNNING)
    night.meanwhile("batch-pause-task", lambda: night.folder.rename(night.folder.with_name("moved")))
    result = night.present(A)
    assert result["failed"]
    assert "No such file or directory" in result["msg"]
    assert night.phases() == ["running"]
    assert result["remaining"] == []


def test_a_folder_that_cannot_be_listed_keeps_no_job_paused(place, monkeypatch):
    night = place(RUNNING)
    night.present(A)
    (night.folder / "default.json").unlink()

    def listdir(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(_maintenance._pause_record.os, "listdir", listdir)
    assert not night.absent(takeover=True, job_ids=[A])["failed"]
    assert night.phases() == ["running"]


@pytest.mark.parametrize(("lost", "kept"), [(True, {A: "unconfirmed"}), (False, {A: "out"})])
def test_a_pause_that_may_still_come_after_somebody_ended_the_maintenance(place, lost, kept):
    """One pause was seen by whoever ended it; a second one was not."""
    night = place(RUNNING)
    if lost:
        night.service.fault({"match": {"verb": "pause", "nth": 1}, "effect": {"fate": "cut_before"}})
    night.service.jobs[A].spec["write_lag"] = 0

    def takeover():
        if lost:  # the first one, late
            night.service.jobs[A].write("pause", {})
        assert night.absent(takeover=True)["remaining"] == []
        night.service.jobs[A].spec["write_lag"] = 5000

    night.meanwhile("batch-pause-task", takeover, nth=2 if lost else 1, before=lost)
    result = night.present(A, wait_timeout=100)
    assert result["failed"]
    assert night.known() == kept
    assert result["remaining"] == ([A] if lost else [])
    assert night.record()["phase"] == ("open" if lost else "closed")
