# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""drs_job_wait against the emulator, in one process: what is asked and when, and what is said."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.huaweicloud.drs.plugins.module_utils import _waiting
from ansible_collections.huaweicloud.drs.plugins.module_utils._lifecycle import STATUSES
from ansible_collections.huaweicloud.drs.plugins.modules import drs_job_wait
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, emulator, job_id, run

RUNNING, FULL, PAUSED, FAILED = "INCRE_TRANSFER_STARTED", "FULL_TRANSFER_STARTED", "PAUSING", "INCRE_TRANSFER_FAILED"
DOCUMENTED = yaml.safe_load(drs_job_wait.RETURN)


def wait(service, **params):
    return run(service, _waiting, **params)


def ids(count):
    return [job_id(number) for number in range(count)]


def asked(service):
    """The endpoints, in the order of the requests."""
    return [entry.endpoint for entry in service.journal]


def seconds(service, endpoint="batch-status"):
    """When this was asked, in whole seconds after the first request."""
    times = [entry.time for entry in service.journal if entry.endpoint == endpoint]
    return [round(time - next(iter(service.journal)).time) for time in times]


def ends(result):
    return [(job["outcome"], job["reason"]) for job in result["jobs"]]


def running(lag, **fields):
    return {"status": RUNNING, "lag": lag, **fields}


class TestStatus:
    def test_jobs_that_are_there_cost_one_request(self):
        service = emulator([RUNNING, PAUSED])
        result = wait(service, job_ids=["%s, %s" % (job_id(1), job_id(0)), job_id(1).upper()], status=[PAUSED, RUNNING])
        (entry,) = service.journal
        assert (entry.method, entry.path) == ("POST", "/v3/%s/jobs/batch-status" % PROJECT)
        assert entry.body == {"jobs": [job_id(1), job_id(0)], "page_req": {"cur_page": 1, "per_page": 100}}
        assert result["failed"] is result["changed"] is False
        assert result["msg"] == "2 jobs in INCRE_TRANSFER_STARTED or PAUSING (paused)"
        assert [job["id"] for job in result["jobs"]] == [job_id(1), job_id(0)]
        assert result["warnings"] == []

    def test_each_job_is_waited_for_and_read_no_more_once_it_is_there(self):
        jobs = [
            RUNNING,
            {"status": "STARTJOBING", "durations": {"STARTJOBING": 7, FULL: 6}},
            {"status": "STARTJOBING", "durations": {"STARTJOBING": 7, FULL: 16}},
        ]
        service = emulator(jobs)
        result = wait(service, job_ids=ids(3), status=[RUNNING])
        assert not result["failed"]
        assert [entry.job_ids for entry in service.journal] == [ids(3)] + [ids(3)[1:]] * 3 + [[job_id(2)]] * 2
        assert seconds(service) == [0, 5, 10, 15, 20, 25]
        assert [row["status"] for row in result["jobs"][1]["timeline"]] == ["STARTJOBING", FULL, RUNNING]
        assert [job["status_before"] for job in result["jobs"]] == [RUNNING, "STARTJOBING", "STARTJOBING"]
        assert [job["duration"] for job in result["jobs"]] == [0.0, 15.0, 25.0]

    def test_a_page_holds_100_jobs(self):
        service = emulator([RUNNING] * 150, shuffle=True)
        assert not wait(service, job_ids=ids(150), status=[RUNNING])["failed"]
        assert [len(entry.job_ids) for entry in service.journal] == [100, 50]

    def test_nothing_is_ever_written(self):
        service = emulator([RUNNING, PAUSED, FAILED, "CONFIGURATION", running("-1")])
        wait(service, job_ids=ids(5), max_lag=1, wait_timeout=100)
        assert not list(service.journal.writes())

    @pytest.mark.parametrize("status", [status for status in STATUSES if status != "NOT_FOUND"])
    def test_every_status_can_be_waited_for(self, status):
        result = wait(emulator([status]), job_ids=ids(1), status=[status])
        assert (result["failed"], result["jobs"][0]["status"]) == (False, status)

    def test_the_other_spelling_of_paused(self):
        assert not wait(emulator(["PAUSEING"]), job_ids=ids(1), status=[PAUSED])["failed"]

    def test_jobs_that_are_to_go(self):
        service = emulator(["DELETED"])
        result = wait(service, job_ids=ids(2), status=["DELETED", "NOT_FOUND"])
        assert [job["status"] for job in result["jobs"]] == ["DELETED", "NOT_FOUND"]
        assert not result["failed"]

    @pytest.mark.parametrize("check", [True, False])
    def test_check_mode_is_the_same(self, check):
        service = emulator([running({"at": 20, "falls": 1})])
        result = wait(service, check=check, job_ids=ids(1), max_lag=10)
        assert (result["failed"], result["lags"], len(service.journal)) == (False, {job_id(0): 0.0}, 10)

    def test_a_job_that_waits_for_its_schedule_is_waited_for(self):
        service = emulator([{"status": "WAITING_FOR_START", "starts_in": 100}])
        assert not wait(service, job_ids=ids(1), status=[FULL, RUNNING], wait_timeout=200)["failed"]


class TestLag:
    def test_three_readings_in_a_row(self):
        service = emulator([running({"at": 22, "falls": 1}), running(0), FULL])
        service.change_job(job_id(2), {"durations": {FULL: 3}})
        result = wait(service, job_ids=ids(3), max_lag=10)
        assert not result["failed"]
        assert result["msg"] == "3 jobs within a lag of 10 s"
        reads = [(entry.endpoint, entry.job_ids) for entry in service.journal]
        one, two, three = ids(3)
        assert reads == [
            ("batch-status", ids(3)),
            ("batch-progress", [one, two]),
            ("batch-status", ids(3)),
            ("batch-progress", ids(3)),
            ("batch-status", ids(3)),
            ("batch-progress", ids(3)),
            ("batch-status", [one, three]),
            ("batch-progress", [one, three]),
            *[("batch-status", [one]), ("batch-progress", [one])] * 2,
        ]
        assert [len(job["lags"]) for job in result["jobs"]] == [3, 3, 3]
        assert result["jobs"][0]["lags"] == sorted(result["jobs"][0]["lags"], reverse=True)
        assert result["lags"] == {job["id"]: job["lag"] for job in result["jobs"]}
        assert result["lags"][one] == result["by_id"][one]["lag"] == result["jobs"][0]["lags"][-1] < 3

    def test_a_request_holds_10_lags(self):
        service = emulator([running(0)] * 25)
        wait(service, job_ids=ids(25), max_lag=0, samples=1)
        assert [len(entry.job_ids) for entry in service.journal] == [25, 10, 10, 5]

    def test_a_lag_that_flickers_for_two_hours_within_one_task(self):
        # Small twice, then large: 1440 rounds of 5 seconds, and three small ones at last.
        flicker = [value for number in range(480) for value in ("1", "2", "60")]
        service = emulator([running([*flicker, "3"])])
        result = wait(service, job_ids=ids(1), max_lag=10, wait_timeout=10000)
        assert not result["failed"]
        assert result["jobs"][0]["lags"] == [3.0, 3.0, 3.0]
        assert seconds(service) == [5 * number for number in range(1443)]
        assert asked(service).count("batch-progress") == 1443
        assert result["jobs"][0]["duration"] == 7210.0

    @pytest.mark.parametrize("lag", ["-1", None, "", "n/a"])
    def test_what_is_no_lag_never_counts(self, lag):
        result = wait(emulator([running(lag)]), job_ids=ids(1), max_lag=1000000, wait_timeout=30)
        assert ends(result) == [("timed_out", "deadline")]
        assert (result["lags"], result["jobs"][0]["lags"]) == ({job_id(0): None}, [None] * 3)
        assert "wait_timeout expired while the service told no lag for it" in result["msg"]

    def test_a_pause_in_between_begins_the_row_again_and_keeps_no_lag(self):
        service = emulator([running(0)])
        service.fault({"match": {"endpoint": "batch-status", "nth": 3}, "effect": {"row_status": "CHANGE_JOB_STARTED"}})
        result = wait(service, job_ids=ids(1), max_lag=0, samples=3)
        assert seconds(service) == [0, 5, 10, 15, 20, 25]
        assert seconds(service, "batch-progress") == [0, 5, 15, 20, 25]
        assert result["jobs"][0]["lags"] == [0.0] * 3

    def test_with_status_one_reading_shows_both(self):
        result = wait(emulator([running(20)]), job_ids=ids(1), status=[RUNNING], max_lag=10, wait_timeout=30)
        assert ends(result) == [("timed_out", "deadline")]

    def test_the_text_of_many_that_lag(self):
        result = wait(
            emulator([running(30 + number) for number in range(8)]), job_ids=ids(8), max_lag=2.5, wait_timeout=20
        )
        assert result["msg"] == (
            "8 of 8 jobs are not within a lag of 2.5 s: %s, %s, %s, %s, %s and 3 more timed_out in status INCRE_TRANSFER_STARTED: "
            "wait_timeout expired while its lag was more than 2.5 s. Last lag read: %s 37 s, %s 36 s, %s 35 s, %s 34 s, "
            "%s 33 s and 3 more, see lags" % tuple(job_id(number) for number in (0, 1, 2, 3, 4, 7, 6, 5, 4, 3))
        )


class TestEarlyEnds:
    @pytest.mark.parametrize(
        ("status", "end", "rounds"),
        [
            (FAILED, ("failed", "ended_badly"), 1),
            ("RELEASE_RESOURCE_COMPLETE", ("failed", "ended_badly"), 1),
            ("DELETED", ("failed", "no_such_job"), 1),
            (PAUSED, ("failed", "illegal_status"), 8),
            ("CONFIGURATION", ("failed", "illegal_status"), 8),
            ("Frozen", ("timed_out", "deadline"), 13),
        ],
    )
    def test_by_status(self, status, end, rounds):
        service = emulator([{"status": status, "error_message": "The disk is full."}])
        result = wait(service, job_ids=ids(1), max_lag=10, wait_timeout=60)
        assert (ends(result), asked(service)) == ([end], ["batch-status"] * rounds)
        assert result["jobs"][0]["status"] == status
        assert (status == FAILED) == ("[the service said: DRS.M01501 The disk is full.]" in result["msg"])

    def test_an_unknown_job_keeps_nobody_else_from_getting_there(self):
        service = emulator([running(0)])
        result = wait(service, job_ids=ids(2), max_lag=0)
        assert ends(result) == [("ok", None), ("failed", "no_such_job")]
        assert result["msg"] == (
            "1 of 2 jobs is not within a lag of 0 s: %s failed in status NOT_FOUND: the service does not know this job: "
            "check the id, the project and the region [the service said: DRS.M00289 The task does not exist.]"
            % job_id(1)
        )
        assert result["jobs"][1]["error_code"] == "DRS.M00289"
        assert result["jobs"][1]["request_id"]
        assert result["summary"] == {
            "requested": 2,
            "changed": 0,
            "ok": 1,
            "accepted": 0,
            "failed": 1,
            "timed_out": 0,
            "unknown": 0,
            "not_attempted": 0,
        }

    def test_a_job_that_fails_while_it_is_waited_for(self):
        service = emulator([{"status": "STARTJOBING", "durations": {"STARTJOBING": 7}}])
        service.fault({"match": {"endpoint": "batch-status", "nth": 3}, "effect": {"row_status": "START_JOB_FAILED"}})
        result = wait(service, job_ids=ids(1), status=[RUNNING])
        assert (ends(result), seconds(service)) == ([("failed", "ended_badly")], [0, 5, 10])

    def test_one_that_is_resumed_within_settle_time(self):
        service = emulator([{"status": PAUSED}])
        fault = {"match": {"endpoint": "batch-status", "after": 6}, "effect": {"row_status": RUNNING}}
        service.fault(fault)
        assert not wait(service, job_ids=ids(1), status=[RUNNING])["failed"]


class TestFaults:
    @pytest.mark.parametrize(
        "effect",
        [
            {"status": 429, "error_code": "APIGW.0308"},
            {"status": 400, "error_code": "DRS.M01503"},
            {"status": 503},
            {"fate": "cut_before"},
            {"fate": "hang"},
            {"html": True, "status": 502},
        ],
    )
    @pytest.mark.parametrize("endpoint", ["batch-status", "batch-progress"])
    def test_trouble_for_a_while(self, endpoint, effect):
        service = emulator([running(0), running(0)])
        service.fault({"match": {"endpoint": endpoint, "after": 1, "for": 120}, "effect": effect})
        result = wait(service, job_ids=ids(2), max_lag=0, settle_time=10, wait_timeout=600)
        assert ends(result) == [("ok", None)] * 2
        assert 120 < result["api"]["seconds"] < 240
        assert result["api"]["retries"] > 0

    def test_trouble_breaks_the_row(self):
        service = emulator([running(0)])
        service.fault({"match": {"endpoint": "batch-progress", "nth": 3}, "effect": {"status": 503}})
        wait(service, job_ids=ids(1), max_lag=0, max_retries=0)
        assert seconds(service) == [0, 5, 10, 15, 20, 25]

    @pytest.mark.parametrize("endpoint", ["batch-status", "batch-progress"])
    def test_trouble_until_the_end(self, endpoint):
        service = emulator([running(0)])
        service.fault({"match": {"endpoint": endpoint, "after": 1}, "effect": {"status": 503}})
        result = wait(service, job_ids=ids(1), max_lag=0, max_retries=0, wait_timeout=30)
        what = "its status" if endpoint == "batch-status" else "its lag"
        assert ends(result) == [("unknown", "unreadable")]
        assert (
            "%s unknown in status %s: %s could not be read [the service said: " % (job_id(0), RUNNING, what)
            in (result["msg"])
        )
        assert 30 <= result["api"]["seconds"] < 31

    def test_a_service_that_never_answers(self):
        service = emulator([running(0)])
        service.fault({"effect": {"fate": "hang"}})
        result = wait(service, job_ids=ids(2), max_lag=0, wait_timeout=60, request_timeout=10)
        assert ends(result) == [("not_attempted", "unreadable")] * 2
        assert result["msg"].count("could not be read") == 1
        assert 60 <= result["api"]["seconds"] <= 71

    def test_throttled_to_the_end(self):
        service = emulator([running(0)])
        service.fault({"match": {"kind": "read"}, "effect": {"status": 429, "retry_after": 3000}})
        result = wait(service, job_ids=ids(1), max_lag=0, wait_timeout=60)
        assert (ends(result), len(service.journal)) == ([("not_attempted", "throttled")], 1)
        assert result["api"]["seconds"] == 60.0

    @pytest.mark.parametrize("endpoint", ["batch-status", "batch-progress"])
    @pytest.mark.parametrize("effect", [{"status": 401, "error_code": "APIGW.0301"}, {"status": 403}])
    def test_a_stray_refusal(self, endpoint, effect):
        service = emulator([running(0)])
        service.fault({"match": {"endpoint": endpoint, "after": 1, "count": 2}, "effect": effect})
        result = wait(service, job_ids=ids(1), max_lag=0)
        assert not result["failed"]
        assert seconds(service) == [0, 5, 10, 15, 20, 25]

    @pytest.mark.parametrize(
        ("after", "end", "rounds"),
        [(0, ("not_attempted", "unreadable"), 1), (1, ("unknown", "unreadable"), 8)],
    )
    def test_a_refusal_that_stays_ends_it(self, after, end, rounds):
        service = emulator([running(9)] * 3)
        refusal = {"status": 403, "error_code": "APIGW.0302", "error_msg": "Incorrect IAM authentication information"}
        service.fault({"match": {"endpoint": "batch-status", "after": after}, "effect": refusal})
        result = wait(service, job_ids=ids(3), max_lag=0)
        assert (ends(result), asked(service).count("batch-status")) == ([end] * 3, rounds)
        assert result["msg"].count("Incorrect IAM authentication information") == 1

    def test_an_account_that_may_not_read_the_progress(self):
        service = emulator([running(0)] * 12)
        refusal = {"status": 403, "error_code": "DRS.M00103", "error_msg": "You do not have operation permissions"}
        service.fault({"match": {"endpoint": "batch-progress"}, "effect": refusal})
        result = wait(service, job_ids=ids(12), max_lag=0)
        assert ends(result) == [("unknown", "unreadable")] * 12
        assert seconds(service) == [5 * number for number in range(7)]
        assert "%s and 7 more unknown" % ", ".join(job_id(number) for number in range(5)) in result["msg"]

    def test_a_token_that_expires_is_renewed(self):
        service = emulator([])
        people = {
            "projects": [{"id": PROJECT, "name": "eu-de"}],
            "users": [{"name": "admin", "password": "a-password", "domain": "acme"}],
            "keys": [],
            "tokens": [],
        }
        service.seed({"jobs": [{"id": job_id(0), **running([9, 9, 9, 9, 0])}], "identity": people})
        service.fault({"match": {"endpoint": "batch-status", "nth": 4}, "effect": {"status": 401}})
        way_in = {"username": "admin", "password": "a-password", "domain_name": "acme", "project_name": "eu-de"}
        result = wait(service, job_ids=ids(1), max_lag=0, way_in=way_in)
        assert not result["failed"]
        assert asked(service).count("tokens") == 2
        assert result["jobs"][0]["duration"] == 30.0

    @pytest.mark.parametrize("rounds", [1, 3])
    def test_rows_that_are_missing_for_a_while(self, rounds):
        service = emulator([running(0), FULL])
        service.change_job(job_id(1), {"durations": {FULL: 8}})
        rule = {
            "match": {"endpoint": "batch-status", "job_id": job_id(0), "after": 1, "count": rounds},
            "effect": {"drop_rows": [job_id(0)]},
        }
        service.fault(rule)
        assert not wait(service, job_ids=ids(2), max_lag=0)["failed"]
        assert sorted(set(seconds(service))) == [5 * number for number in range(rounds + 4)]

    def test_rows_that_stay_missing(self):
        service = emulator([running(9)])
        service.fault({"match": {"endpoint": "batch-status", "after": 1}, "effect": {"drop_rows": [job_id(0)]}})
        result = wait(service, job_ids=ids(1), max_lag=0)
        assert (ends(result), result["jobs"][0]["status"]) == ([("failed", "no_such_job")], "NOT_FOUND")
        assert (seconds(service)[1], seconds(service)[-1]) == (5, 35)

    def test_a_row_without_a_status_but_with_a_code_ends_it_at_once(self):
        service = emulator([running(9)])
        service.fault(
            {
                "match": {"endpoint": "batch-status"},
                "effect": {"row_fields": {job_id(0): {"status": None, "error_code": "DRS.M00102", "error_msg": "No."}}},
            }
        )
        result = wait(service, job_ids=ids(1), max_lag=0)
        assert (ends(result), len(service.journal)) == ([("failed", "refused")], 1)
        assert "the service refused to report its status [the service said: DRS.M00102 No.]" in result["msg"]

    def test_what_is_seen_at_the_deadline_counts(self):
        service = emulator([{"status": FULL, "durations": {FULL: 17}}])
        result = wait(service, job_ids=ids(1), status=[RUNNING], wait_timeout=18)
        assert (ends(result), seconds(service)) == ([("ok", None)], [0, 5, 10, 15, 18])

    @pytest.mark.parametrize("when", [0, 7, 100])
    def test_a_caller_that_has_exited_is_noticed_within_seconds(self, when):
        service = emulator([running(9), FULL])
        begin = service.clock.now()
        result = wait(
            service,
            job_ids=ids(2),
            max_lag=0,
            wait_interval=60,
            listening=lambda: service.clock.now() - begin < when,
        )
        assert ends(result) == [("unknown" if when else "not_attempted", "caller_gone")] * 2
        assert len([entry for entry in service.journal if entry.time - begin >= when]) == 0
        assert service.clock.now() - begin <= when + 2

    def test_secrets_are_not_repeated(self):
        service = emulator([running(9)])
        service.fault({"match": {"kind": "read"}, "effect": {"status": 403, "echo_secrets": True}})
        result = wait(service, job_ids=ids(1), max_lag=0)
        assert "emulator-token" not in json.dumps(result)


class TestProgress:
    def test_a_line_for_each_change(self, tmp_path):
        jobs = [running(0), running({"at": 12, "falls": 1}), FAILED]
        wait(emulator(jobs), job_ids=ids(3), max_lag=5, progress_file=str(tmp_path / "progress"))
        lines = [json.loads(line) for line in (tmp_path / "progress").read_text(encoding="utf-8").splitlines()]
        assert [{key: value for key, value in line.items() if key != "at"} for line in lines] == [
            {
                "total": 3,
                "reached": reached,
                "in_progress": 2 - reached,
                "busy": 0,
                "failed": 1,
                "lost": 0,
                "state": "within a lag of 5 s",
            }
            for reached in (0, 1, 2)
        ]
        assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)

    def test_statuses_by_name(self, tmp_path):
        wait(emulator([FULL]), job_ids=ids(1), status=[FULL], progress_file=str(tmp_path / "progress"))
        (line,) = (tmp_path / "progress").read_text(encoding="utf-8").splitlines()
        assert json.loads(line)["state"] == "in FULL_TRANSFER_STARTED"


class TestOptions:
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"job_ids": ids(1)}, "one of the following is required: status, max_lag"),
            ({"status": [FULL]}, "one of the following is required: job_ids, select"),
            ({"job_ids": ids(1), "status": ["RUNNING"]}, "value of status must be one or more of"),
            ({"job_ids": ids(1), "status": []}, "status is empty, and max_lag is not given"),
            ({"job_ids": ["x"], "status": [FULL]}, "'x' is not a valid DRS job id"),
            ({"job_ids": ids(1), "max_lag": -1}, "max_lag is -1"),
            ({"job_ids": ids(1), "max_lag": "nan"}, "max_lag is nan"),
            ({"job_ids": ids(1), "max_lag": 1, "wait_timeout": 9}, "3 readings at a wait_interval of 5 s take 10 s"),
            ({"job_ids": ids(1), "max_lag": 1, "samples": 0}, "samples is 0, and must be from 1 to 1000"),
            ({"job_ids": ids(1), "max_lag": 1, "samples": 1001}, "samples is 1001"),
            ({"job_ids": ids(1), "max_lag": 1, "wait_interval": 0}, "wait_interval is 0"),
            ({"job_ids": ids(1), "max_lag": 1, "status": [FULL]}, "add it to status, or leave status out"),
        ],
    )
    def test_refused_before_anything_is_sent(self, params, words):
        service = emulator([RUNNING])
        result = wait(service, **params)
        assert result["failed"]
        assert words in result["msg"]
        assert len(service.journal) == 0

    def test_without_credentials_every_job_is_accounted_for(self):
        result = wait(emulator([RUNNING]), job_ids=ids(2), status=[RUNNING], way_in={"token": "short"})
        assert ends(result) == [("not_attempted", "unreadable")] * 2
        assert result["msg"].endswith(". Nothing was sent.")
        assert result["lags"] == {job_id(0): None, job_id(1): None}
        assert result["msg"] == "%s. Nothing was sent." % result["jobs"][0]["error_msg"].rstrip(".")

    def test_secrets_are_named_to_ansible_before_anything_is_sent(self, monkeypatch):
        modules = []

        class Module(in_process.FakeModule):
            def __init__(self, *args):
                super().__init__(*args)
                modules.append(self)

        monkeypatch.setattr(in_process, "FakeModule", Module)
        wait(emulator([RUNNING]), job_ids=ids(1), status=[RUNNING])
        wait(emulator([RUNNING]), job_ids=ids(1), status=[RUNNING], endpoint="https://me:secret-word@example.com")
        assert "emulator-token" in modules[0].no_log_values
        assert any("secret-word" in value for value in modules[1].no_log_values)

    def test_no_ids_is_no_work(self):
        service = emulator([RUNNING])
        result = wait(service, job_ids=[], max_lag=1)
        assert (result["failed"], result["msg"], len(service.journal)) == (False, "0 jobs to wait for", 0)
        assert result["warnings"] == ["No job ids were given, so there was nothing to wait for."]
        assert (result["jobs"], result["by_id"], result["lags"]) == ([], {}, {})


TYPES = {"str": str, "int": int, "bool": bool, "float": float, "dict": dict, "list": list}


JOBS = [running(3), FAILED, FULL]
CASES = {
    "success": {"job_ids": ids(1), "max_lag": 3},
    "failures": {"job_ids": [*ids(3), job_id(9)], "max_lag": 1, "wait_timeout": 20},
    "check mode": {"job_ids": ids(3), "status": [RUNNING, FAILED, FULL], "check": True},
    "no ids": {"job_ids": [], "max_lag": 3},
    "wrong options": {"job_ids": ["x"], "max_lag": 3},
    "no credentials": {"job_ids": ids(2), "max_lag": 3, "way_in": {"token": "short"}},
}


@pytest.mark.parametrize("case", CASES)
def test_return_is_what_is_returned(case):
    result = wait(emulator(JOBS), **CASES[case])
    keys = set(result) - {"failed", "changed", "warnings"}
    assert keys == set(DOCUMENTED), case
    row_keys = DOCUMENTED["jobs"]["contains"]
    for row in result["jobs"]:
        assert set(row) == set(row_keys)
        for key, value in row.items():
            assert value is None or isinstance(value, TYPES[row_keys[key]["type"]]), key
        assert result["by_id"][row["id"]] == {key: value for key, value in row.items() if key != "timeline"}
    assert set(result["summary"]) == set(DOCUMENTED["summary"]["contains"])
    assert set(result["api"]) == set(DOCUMENTED["api"]["contains"])
    assert set(result["lags"]) == set(result["by_id"])


def test_the_examples_use_options_that_there_are():
    tasks = yaml.safe_load(drs_job_wait.EXAMPLES)
    own = [task["huaweicloud.drs.drs_job_wait"] for task in tasks if "huaweicloud.drs.drs_job_wait" in task]
    assert len(own) == 4
    for options in own:
        result = wait(emulator(), **options)
        assert "Unsupported" not in result["msg"]
        assert {job["status"] for job in result["jobs"]} == {"NOT_FOUND"}


def test_the_options_are_documented_with_their_choices_and_defaults():
    documented = yaml.safe_load(drs_job_wait.DOCUMENTATION)["options"]
    spec = _waiting.ARGUMENT_SPEC
    assert set(documented) < set(spec)
    for name, entry in documented.items():
        assert entry.get("choices") == spec[name].get("choices"), name
        assert entry.get("default") == spec[name].get("default"), name
        assert entry["type"] == spec[name]["type"], name
