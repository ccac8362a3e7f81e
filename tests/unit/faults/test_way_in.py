# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens, signatures and an IAM that do not work, or no longer."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import (
    assert_each_write_follows_a_read,
    emulator,
    job_id,
    outcomes,
    run,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import KEY, PASSWORD, WRITES
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, EmulatorClock

each_write = pytest.mark.parametrize("write", WRITES)
TOKEN = {"token": "emulator-token", "project_id": PROJECT}
EXPIRE = {"expire_tokens": True}
REFUSED_TOKEN = {"status": 403, "error_code": "DRS.M00100", "error_msg": "Invalid token."}


@shows(
    "The token expires in the middle: with a read, with a write, while waiting",
    "batch-status, batch-detail, batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "With a password: one new token, ok. The write that was refused is planned again and sent once.",
)
@each_write
@pytest.mark.parametrize("match", [{"kind": "read", "nth": 2}, {"kind": "write", "nth": 1}, {"kind": "read", "nth": 3}])
def test_an_expired_token_is_fetched_anew(write, match):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": match, "effect": EXPIRE})
    result = run(service, state, way_in=PASSWORD, **options)
    assert outcomes(result) == ["ok"] * 3
    assert {job["attempts"] for job in result["jobs"]} == {1}
    assert len(service.journal.of("tokens")) == 2
    assert [entry.status for entry in service.journal if entry.status == 401] == [401]
    assert_each_write_follows_a_read(service)


@shows(
    "The token is refused with 403 DRS.M00100, in the middle: with a read, with a write, while waiting",
    "batch-status, batch-detail, batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "As 401: one new token, ok. The write that was refused is planned again and sent once.",
)
@each_write
@pytest.mark.parametrize(
    "match",
    [
        {"kind": "read", "nth": 2},
        {"kind": "write", "nth": 1},
        {"kind": "read", "nth": 3},
        {"endpoint": "batch-detail", "nth": 2},
    ],
)
def test_a_token_refused_with_403_is_renewed(write, match):
    status, state, options = WRITES[write]
    service = emulator([status] * 12)
    service.fault({"match": match, "effect": REFUSED_TOKEN})
    result = run(service, state, way_in=PASSWORD, **options)
    assert outcomes(result) == ["ok"] * 12
    assert {job["attempts"] for job in result["jobs"]} == {1}
    refused = [entry for entry in service.journal if entry.status == 403]
    assert len(service.journal.of("tokens")) == 1 + len(refused)
    assert_each_write_follows_a_read(service)


@shows("The same", "drs_job_info: all its reads", "The same: everything is read.")
@pytest.mark.parametrize("effect", [REFUSED_TOKEN, EXPIRE], ids=["403", "401"])
@pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail", "batch-progress", "batch-rpo-and-rto", "list"])
def test_info_a_refused_token_is_renewed(effect, endpoint):
    service = emulator(["PAUSING"] * 120)
    service.fault({"match": {"endpoint": endpoint, "nth": 2}, "effect": effect})
    options = {"job_ids": None if endpoint == "list" else list(service.jobs), "gather": list(_query.PARTS)}
    result = in_process.run(service, _query, way_in=PASSWORD, **options)
    assert (result["failed"], result["unread"]) == (False, [])
    assert len(service.journal.of("tokens")) == 2


@shows(
    "A token is refused again and again, a few seconds apart, and has worked in between",
    "batch-status and each write",
    "Renewed each time (401, or 403 with DRS.M00100): ok.",
)
@each_write
@pytest.mark.parametrize("effect", [REFUSED_TOKEN, EXPIRE], ids=["403", "401"])
def test_a_token_is_renewed_as_often_as_it_is_refused(write, effect):
    status, state, options = WRITES[write]
    service = emulator([status] * 3, lag=60)
    nths = [3, 5, 7, 9]
    service.fault({"match": {"endpoint": "batch-status", "nth": nths}, "effect": effect})
    service.fault({"match": {"kind": "write", "nth": 1}, "effect": effect})
    result = run(service, state, way_in=PASSWORD, **options)
    assert outcomes(result) == ["ok"] * 3
    refused = [entry for entry in service.journal if entry.status in (401, 403)]
    assert len(refused) == len(nths) + 1
    assert len(service.journal.of("tokens")) == 1 + len(refused)
    assert service.clock.now() < 600


@shows(
    "The token expires in the middle, and was given by option",
    "batch-status, batch-detail, each write",
    "Final for all: failed task, with words on the token. What was accepted before is in the result.",
)
@each_write
@pytest.mark.parametrize("match", [{"kind": "read", "nth": 1}, {"kind": "write", "nth": 1}, {"kind": "read", "nth": 3}])
def test_a_given_token_that_expires_is_final(write, match):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": match, "effect": EXPIRE})
    result = run(service, state, way_in=TOKEN, fail_on="never", **options)
    assert result["failed"]
    assert "the token given" in result["msg"]
    written = match == {"kind": "read", "nth": 3}
    assert outcomes(result) == ["unknown" if written else "not_attempted"] * 3
    assert [entry.status for entry in service.journal][-1] == 401


@shows("A token that has never worked is refused", "all", "Final: IAM is not asked for another one.")
@each_write
def test_a_token_that_never_works_is_final(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"endpoint": ["batch-status", "batch-detail"]}, "effect": EXPIRE})
    result = run(service, state, way_in=PASSWORD, fail_on="never", **options)
    assert result["failed"]
    assert outcomes(result) == ["not_attempted"] * 3
    assert len(service.journal.of("tokens")) == 1
    assert service.journal.writes() == []


@shows(
    "Every write is refused with 401, and reads are not",
    "each write",
    "One new token, then final for all; unchanged.",
)
@each_write
def test_a_token_that_never_works_for_writes_is_final(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault(
        {"match": {"kind": "write"}, "effect": {"status": 401, "error_code": "DRS.M00103", "error_msg": "no"}}
    )
    result = run(service, state, way_in=PASSWORD, fail_on="never", **options)
    assert result["failed"]
    assert not result["changed"]
    assert outcomes(result) == ["not_attempted"] * 3
    assert "DRS.M00103" in result["msg"]
    assert len(service.journal.writes()) == 2


@shows(
    "403: not allowed, or another project",
    "batch-status, each write",
    "Final for all at once; the text says what to check; no word says that a status could not be read where it was.",
)
@each_write
@pytest.mark.parametrize("kind", ["read", "write"])
def test_403_is_final_for_all(write, kind):
    status, state, options = WRITES[write]
    service = emulator([status] * 30)
    service.fault(
        {
            "match": {"kind": kind},
            "effect": {
                "status": 403,
                "error_code": "DRS.M00102",
                "error_msg": "You do not have sufficient permissions.",
            },
        }
    )
    result = run(service, state, fail_on="never", **options)
    assert result["failed"]
    assert not result["changed"]
    assert "DRS.M00102" in result["msg"]
    assert "project" in result["msg"]
    assert outcomes(result) == ["not_attempted"] * 30
    assert ("could not be read" in result["msg"]) == (kind == "read")
    assert ".." not in result["msg"]


@shows("A wrong password", "IAM's tokens", "Final at once, asked once: repeated failures lock a user out.")
def test_a_wrong_password_is_tried_once():
    service = emulator(["PAUSING"])
    result = run(service, "paused", way_in=dict(PASSWORD, password="wrong-password"), fail_on="never")
    assert result["failed"]
    assert outcomes(result) == ["not_attempted"]
    assert [entry.endpoint for entry in service.journal] == ["tokens"]


@shows("IAM is down for a while", "IAM's tokens", "Retried with growing pauses: ok.")
@each_write
def test_iam_is_down_for_a_while(write):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"endpoint": "tokens", "count": 8}, "effect": {"status": 503, "html": True}})
    result = run(service, state, way_in=PASSWORD, **options)
    assert outcomes(result) == ["ok"] * 3


@shows(
    "IAM is down when the token expires, with a write and while waiting",
    "IAM's tokens",
    "For a while: waited out, ok. Permanently: not_attempted; unknown once a write was made.",
)
@each_write
@pytest.mark.parametrize("match", [{"kind": "write", "nth": 1}, {"kind": "read", "nth": 3}])
@pytest.mark.parametrize("for_good", [False, True])
def test_iam_is_down_when_the_token_expires(write, match, for_good):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": match, "effect": EXPIRE})
    down = {"endpoint": "tokens", "after": 1} if for_good else {"endpoint": "tokens", "after": 1, "count": 9}
    service.fault({"match": down, "effect": {"fate": "cut_before"}})
    result = run(service, state, way_in=PASSWORD, **options)
    if not for_good:
        assert outcomes(result) == ["ok"] * 3
    elif match["kind"] == "write":
        assert outcomes(result) == ["not_attempted"] * 3
    else:
        assert outcomes(result) == ["unknown"] * 3
    assert len(service.journal.accepted(job_id(0))) == (0 if for_good and match["kind"] == "write" else 1)


@pytest.fixture
def clock_off(monkeypatch):
    """clock_off(seconds) sets the client's date wrong; its monotonic clock goes on as ever."""

    def off(seconds):
        right = EmulatorClock.wall
        monkeypatch.setattr(EmulatorClock, "wall", lambda self: right(self) + seconds)

    return off


@shows(
    "The machine's clock is 20 minutes off, either way",
    "all, with an access key",
    "Final; the text says that the clock is off.",
)
@pytest.mark.parametrize("minutes", [20, -20])
@pytest.mark.parametrize("project", [{}, {"project_id": PROJECT}])
def test_a_clock_that_is_off_is_named(minutes, project, clock_off):
    clock_off(60 * minutes)
    service = emulator(["INCRE_TRANSFER_STARTED"])
    result = run(service, "paused", way_in={**KEY, **project}, fail_on="never")
    assert result["failed"]
    assert outcomes(result) == ["not_attempted"]
    assert "clock" in result["msg"]
    assert service.journal.writes() == []


@shows(
    "The machine's clock is 10 minutes off, or is set while the run waits",
    "all, with an access key",
    "ok: waiting counts monotonic seconds, and nothing else.",
)
@each_write
@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_a_little_off_does_no_harm(write, minutes, clock_off):
    clock_off(60 * minutes)
    status, state, options = WRITES[write]
    service = emulator([status])
    assert outcomes(run(service, state, way_in=KEY, **options)) == ["ok"]


@shows(
    "The project cannot be determined: none or several of its name",
    "IAM's projects",
    "Final before anything is sent to the service; the text names the name.",
)
@pytest.mark.parametrize("number", [0, 2])
def test_a_project_that_cannot_be_told(number):
    service = emulator(["PAUSING"])
    projects = [{"id": "%032d" % one, "name": "eu-de"} for one in range(number)]
    service.fault({"match": {"endpoint": "projects"}, "effect": {"status": 200, "body": {"projects": projects}}})
    result = run(service, "paused", way_in=KEY, fail_on="never")
    assert result["failed"]
    assert "eu-de" in result["msg"]
    assert [entry.endpoint for entry in service.journal] == ["projects"]


@shows(
    "An answer that refuses the token, with a row for each job that says success",
    "batch-starting, batch-pause-task, batch-retry-task, batch-jobs",
    "The rows count: ok, changed, one write. The token is renewed when it is refused without rows.",
)
@each_write
@pytest.mark.parametrize("error", [(401, ["APIGW.0301", "no"]), (403, ["DRS.M00100", "Invalid token."])])
def test_rows_count_beside_a_refused_token(write, error):
    status, state, options = WRITES[write]
    service = emulator([status] * 3)
    service.fault({"match": {"kind": "write", "count": 1}, "effect": {"status": error[0], "with_error": error[1]}})
    result = run(service, state, way_in=PASSWORD, **options)
    assert outcomes(result) == ["ok"] * 3
    assert [job["changed"] for job in result["jobs"]] == [True] * 3
    assert len(service.journal.writes()) == 1


@shows(
    "IAM, or the service, keeps answering 500 or 503 with a text",
    "IAM's tokens and projects, batch-status",
    "not_attempted at the deadline; the text is in the message.",
)
@pytest.mark.parametrize("endpoint", ["tokens", "projects", "batch-status"])
@pytest.mark.parametrize("status", [500, 503])
def test_the_reason_why_nothing_could_be_read_is_kept(endpoint, status):
    service = emulator(["INCRE_TRANSFER_STARTED"])
    effect = {"status": status, "error_code": "X.1", "error_msg": "closed for repair"}
    service.fault({"match": {"endpoint": endpoint}, "effect": effect})
    credentials = {"tokens": PASSWORD, "projects": KEY}.get(endpoint)
    result = run(service, "paused", wait_timeout=60, **({"way_in": credentials} if credentials else {}))
    assert outcomes(result) == ["not_attempted"]
    assert "closed for repair" in result["msg"]
