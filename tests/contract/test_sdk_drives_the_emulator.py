# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own SDK drives the emulator: what both understand alike is no misreading of one of them."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.huaweicloud.drs.tests.contract.vendor_sdk import PROJECT_ID, job_id, sdk
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, ManualClock, serve
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

pytestmark = pytest.mark.filterwarnings("ignore:Method .* of DrsClient is deprecated")

RUNNING = "INCRE_TRANSFER_STARTED"
# Far more readings than any job of the emulator's immediate clock needs.
READINGS = 20


@contextlib.contextmanager
def service(*jobs, clock="immediate", **settings):
    """(emulator, SDK client). jobs: a status, or a seed without its id."""
    seeds = [
        {"id": job_id(number), **({"status": job} if isinstance(job, str) else job)} for number, job in enumerate(jobs)
    ]
    emulator = Emulator({"jobs": seeds}, clock=clock, **settings)
    with serve(emulator) as server, sdk(server.url) as client:
        yield emulator, client


def statuses_until(client, wanted, number=0):
    """The statuses that the SDK reads of the job of that number, each once, up to the wanted one."""
    seen = []
    for _reading in range(READINGS):
        (row,) = client.statuses(job_id(number)).results
        if row.status not in seen:
            seen.append(row.status)
        if row.status == wanted:
            return seen
    raise AssertionError(f"{wanted} was not seen: {seen}")


def rows(answer):
    return [(row.id, row.status, row.error_code) for row in answer.results]


def test_the_life_of_a_job():
    with service("CONFIGURATION") as (emulator, client):
        one = job_id(0)

        started = client.start(one)
        assert (started.status_code, rows(started), started.count) == (202, [(one, "success", None)], 1)
        assert statuses_until(client, RUNNING) == ["CONFIGURATION", "STARTJOBING", "FULL_TRANSFER_STARTED", RUNNING]

        paused = client.pause(one)
        assert (paused.status_code, rows(paused), paused.count) == (200, [(one, "success", None)], 1)
        assert statuses_until(client, "PAUSING") == [RUNNING, "PAUSING"]

        resumed = client.retry(one)
        assert (resumed.status_code, rows(resumed), resumed.count) == (200, [(one, "success", None)], 1)
        assert statuses_until(client, RUNNING) == ["PAUSING", "STARTJOBING", RUNNING]

        stopped = client.end(one, delete_type="terminate")
        assert (stopped.status_code, rows(stopped), stopped.count) == (202, [(one, "success", None)], 1)
        ended = ["RELEASE_RESOURCE_STARTED", "RELEASE_RESOURCE_COMPLETE"]
        assert statuses_until(client, ended[-1]) == [RUNNING, *ended]

        deleted = client.end(one, delete_type="delete")
        assert (deleted.status_code, rows(deleted), deleted.count) == (202, [(one, "success", None)], 1)
        assert statuses_until(client, "DELETED") == ["RELEASE_RESOURCE_COMPLETE", "DELETED"]

        assert emulator.journal.accepted(one) == ["start", "pause", "resume", "terminate", "delete"]
        assert {entry.path.split("/jobs/")[0] for entry in emulator.journal} == {f"/v3/{PROJECT_ID}"}


def test_a_failed_job_is_retried_and_a_stuck_one_ended_by_force():
    with service("INCRE_TRANSFER_FAILED", "STARTJOBING") as (emulator, client):
        client.retry(job_id(0))
        assert statuses_until(client, RUNNING)[0] == "INCRE_TRANSFER_FAILED"
        client.end(job_id(1), delete_type="force_terminate")
        assert statuses_until(client, "RELEASE_RESOURCE_COMPLETE", 1)
        assert emulator.journal.accepted(job_id(1)) == ["force_terminate"]


def test_one_call_may_stop_some_and_delete_others():
    with service(RUNNING, "RELEASE_RESOURCE_COMPLETE") as (emulator, client):
        body = client.end(job_id(0), delete_type="terminate", is_show_breakpoint_position=True)
        assert rows(body) == [(job_id(0), "success", None)]
        assert rows(client.end(job_id(1), delete_type="delete")) == [(job_id(1), "success", None)]
        assert statuses_until(client, "DELETED", 1)
        assert emulator.journal.writes()[0].body["jobs"][0]["is_show_breakpoint_position"] is True


def test_a_start_for_later():
    clock = ManualClock()
    with service("CONFIGURATION", clock=clock, lag=2) as (emulator, client):
        client.start(job_id(0), start_time=str(int((clock.wall() + 60) * 1000)))
        emulator.tick(3)
        assert client.statuses(job_id(0)).results[0].status == "WAITING_FOR_START"
        emulator.tick(60)
        assert client.statuses(job_id(0)).results[0].status not in ("WAITING_FOR_START", "CONFIGURATION")


def test_a_second_write_right_after_the_first_is_told_to_come_again():
    with service(RUNNING) as (_emulator, client):
        client.pause(job_id(0))
        assert rows(client.pause(job_id(0))) == [(job_id(0), "failed", "DRS.M01504")]


def test_one_answer_holds_success_and_failure():
    with service(RUNNING, {"status": RUNNING, "busy": True}, "CONFIGURATION") as (_emulator, client):
        answer = client.pause(*map(job_id, range(4)))
        assert [row.status for row in answer.results] == ["success", "failed", "failed", "failed"]
        assert [row.error_code for row in answer.results[:3]] == [None, "DRS.M01504", "DRS.M00304"]
        assert answer.results[3].error_code == "DRS.M00289"
        assert all(row.error_msg for row in answer.results[1:])
        assert answer.count == 4


def test_a_page_holds_five_unless_asked_otherwise():
    ids = [job_id(number) for number in range(7)]
    with service(*["CONFIGURATION"] * 7) as (_emulator, client):
        assert [row.id for row in client.statuses(*ids).results] == ids[:5]
        assert [row.id for row in client.statuses(*ids, cur_page=2, per_page=5).results] == ids[5:]
        assert [row.id for row in client.statuses(*ids, cur_page=1, per_page=100).results] == ids
        assert [row.id for row in client.details(*ids).results] == ids[:5]


def test_what_is_read_of_a_job_fits_the_vendors_models():
    order = {"order_id": "CS1", "status": "COMPLETED"}
    job = {"status": RUNNING, "name": "orders", "engine_type": "mysql", "period_order": order, "lag": 7}
    with service(job) as (_emulator, client):
        (detail,) = client.details(job_id(0)).results
        assert (detail.id, detail.name, detail.status, detail.task_type) == (
            job_id(0),
            "orders",
            RUNNING,
            "FULL_INCR_TRANS",
        )
        assert (detail.inst_info.engine_type, detail.period_order.status) == ("mysql", "COMPLETED")
        assert detail.create_time.isdigit()

        listed = client.listed("sync", cur_page=1, per_page=10)
        assert (listed.status_code, listed.total_record) == (200, 1)
        assert (listed.jobs[0].id, listed.jobs[0].name, listed.jobs[0].status) == (job_id(0), "orders", RUNNING)
        assert client.listed("migration").jobs == []

        progress = client.progress(job_id(0))
        assert progress.status_code == 202
        assert (progress.results[0].job_id, progress.results[0].incre_trans_delay) == (job_id(0), "7")

        objective = client.rpo_and_rto(job_id(0))
        assert objective.status_code == 202
        assert (objective.results[0].job_id, objective.results[0].rpo_info.delay) == (job_id(0), "7000")


def refused(call):
    """(HTTP status, code) of a refusal as the SDK tells it."""
    with pytest.raises(ClientRequestException) as caught:
        call()
    return caught.value.status_code, caught.value.error_code


def read_status(server, **credentials):
    """As refused(), for a reading with these credentials."""
    with sdk(server.url, **credentials) as client:
        return refused(lambda: client.statuses(job_id(0)))


def test_a_whole_request_that_is_malformed_is_refused():
    with service(RUNNING) as (emulator, client):
        assert refused(lambda: client.pause(job_id(0), pause_mode="none")) == (400, "DRS.M00202")
        assert refused(lambda: client.end(job_id(0), delete_type="erase")) == (400, "DRS.M00202")
        assert refused(lambda: client.start("no-id")) == (400, "DRS.M00202")
        assert refused(client.start) == (400, "DRS.M00201")
        assert refused(lambda: client.retry(job_id(0), job_id(0))) == (400, "DRS.M00301")
        assert emulator.journal.accepted(job_id(0)) == []


def test_a_wrong_key_is_not_let_in():
    with serve(Emulator({"jobs": [{"id": job_id(0)}]})) as server:
        assert read_status(server, secret_key="another-secret-key") == (401, "APIGW.0301")
        assert read_status(server, access_key="ANOTHERKEY") == (401, "APIGW.0301")
        assert read_status(server, project_id="another-project") == (403, "DRS.M00261")


def test_a_clock_that_is_off_is_not_let_in():
    with service(RUNNING, clock=ManualClock(1767225600.0)) as (_emulator, client):
        assert refused(lambda: client.statuses(job_id(0))) == (401, "APIGW.0301")


def test_a_temporary_key_needs_its_security_token():
    key = {"access_key": "TEMPORARYKEY", "secret_key": "temporary-secret"}
    identity = {"keys": [{**key, "security_token": "temporary-token"}]}
    with serve(Emulator({"jobs": [{"id": job_id(0)}], "identity": identity})) as server:
        with sdk(server.url, security_token="temporary-token", **key) as client:
            assert client.statuses(job_id(0)).status_code == 200
        assert read_status(server, security_token="another-token", **key) == (401, "APIGW.0301")
        assert read_status(server, **key) == (401, "APIGW.0301")
