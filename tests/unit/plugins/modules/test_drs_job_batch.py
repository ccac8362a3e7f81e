# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""drs_job_batch against the emulator, in one process: what is sent, and what is said."""

from __future__ import annotations

import itertools
import json

import pytest
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, TODAY, emulator, job_id, run_batch


def ids(count):
    return [job_id(number) for number in range(count)]


def bodies(service, endpoint):
    return [entry.body["jobs"] for entry in service.journal.of(endpoint)]


class TestTheRequests:
    """The shapes are those of the API pages."""

    def test_start(self):
        service = emulator(["CONFIGURATION"])
        run_batch(service, state="started", job_ids=ids(1))
        (entry,) = service.journal.writes()
        assert (entry.method, entry.path, entry.status) == ("POST", "/v3/%s/jobs/batch-starting" % PROJECT, 202)
        assert entry.body == {"jobs": [{"job_id": job_id(0)}]}

    def test_start_with_all_its_fields(self):
        service = emulator(["CONFIGURATION"])
        run_batch(
            service,
            state="started",
            job_ids=ids(1),
            start_time="2026-06-01T02:00:00+01:00",
            is_only_init_task=True,
            is_auto_create_compare=False,
            is_sync_re_edit=True,
            is_show_breakpoint_position=True,
        )
        assert bodies(service, "batch-starting") == [
            [
                {
                    "job_id": job_id(0),
                    "start_time": str(int((TODAY + 3600) * 1000)),
                    "is_only_init_task": True,
                    "is_auto_create_compare": False,
                }
            ]
        ]

    @pytest.mark.parametrize("mode", ["target", "all"])
    def test_pause(self, mode):
        service = emulator(["INCRE_TRANSFER_STARTED"])
        run_batch(service, state="paused", job_ids=ids(1), pause_mode=mode)
        (entry,) = service.journal.writes()
        assert (entry.method, entry.path, entry.status) == ("POST", "/v3/%s/jobs/batch-pause-task" % PROJECT, 200)
        assert entry.body == {"jobs": [{"job_id": job_id(0), "pause_mode": mode}]}

    @pytest.mark.parametrize(("status", "action"), [("PAUSING", "resume"), ("INCRE_TRANSFER_FAILED", "retry")])
    def test_resume_and_retry(self, status, action):
        service = emulator([status])
        result = run_batch(service, state="started", job_ids=ids(1))
        (entry,) = service.journal.writes()
        assert (entry.method, entry.path, entry.status) == ("POST", "/v3/%s/jobs/batch-retry-task" % PROJECT, 200)
        assert entry.body == {"jobs": [{"job_id": job_id(0)}]}
        assert result["jobs"][0]["action"] == action

    def test_resume_after_objects_were_edited(self):
        service = emulator(["INCRE_TRANSFER_FAILED"])
        run_batch(service, state="started", job_ids=ids(1), is_sync_re_edit=True)
        assert bodies(service, "batch-retry-task") == [[{"job_id": job_id(0), "is_sync_re_edit": True}]]

    @pytest.mark.parametrize(("force", "word"), [(False, "terminate"), (True, "force_terminate")])
    def test_stop(self, force, word):
        service = emulator(["INCRE_TRANSFER_STARTED"])
        run_batch(service, state="stopped", job_ids=ids(1), force=force, is_show_breakpoint_position=True)
        (entry,) = service.journal.writes()
        assert (entry.method, entry.path, entry.status) == ("DELETE", "/v3/%s/jobs/batch-jobs" % PROJECT, 202)
        assert entry.body == {"jobs": [{"job_id": job_id(0), "delete_type": word, "is_show_breakpoint_position": True}]}

    def test_delete(self):
        service = emulator(["RELEASE_RESOURCE_COMPLETE"])
        result = run_batch(service, state="deleted", job_ids=ids(1), is_show_breakpoint_position=True)
        assert bodies(service, "batch-jobs") == [[{"job_id": job_id(0), "delete_type": "delete"}]]
        assert result["jobs"][0]["status"] == "DELETED"

    def test_delete_by_force_ends_the_job_first(self):
        service = emulator(["INCRE_TRANSFER_STARTED"])
        result = run_batch(service, state="deleted", job_ids=ids(1), force=True)
        assert service.journal.accepted(job_id(0)) == ["force_terminate", "delete"]
        assert (result["jobs"][0]["action"], result["jobs"][0]["outcome"]) == ("force_terminate", "ok")

    def test_headers(self):
        service = emulator(["PAUSING"])
        run_batch(service, state="paused", job_ids=ids(1), language="zh-cn")
        headers = service.journal[0].headers
        assert headers["content-type"] == "application/json"
        assert headers["x-language"] == "zh-cn"
        assert headers["user-agent"].startswith("huaweicloud.drs/")

    def test_each_job_with_its_own_options(self):
        service = emulator(["CONFIGURATION", "CONFIGURATION"])
        jobs = [{"job_id": job_id(1), "start_time": "2026-06-01T05:00:00Z"}, {"job_id": job_id(0)}]
        result = run_batch(service, state="started", jobs=jobs)
        (sent,) = bodies(service, "batch-starting")
        assert [item.get("start_time") for item in sent] == ["1780290000000", None]
        assert [row["status"] for row in result["jobs"]] == ["WAITING_FOR_START", "FULL_TRANSFER_STARTED"]


class TestBatches:
    def test_twenty_three_jobs_and_a_shuffled_answer(self):
        service = emulator(["INCRE_TRANSFER_STARTED"] * 23, shuffle=True)
        asked = list(reversed(ids(23)))
        result = run_batch(service, state="paused", job_ids=asked)
        assert [row["id"] for row in result["jobs"]] == asked
        assert [len(body) for body in bodies(service, "batch-pause-task")] == [10, 10, 3]
        assert list(result["ansible_facts"]["drs_jobs"]) == asked
        again = run_batch(service, state="paused", job_ids=asked)
        assert (again["changed"], len(service.journal.writes())) == (False, 3)

    @pytest.mark.parametrize(("count", "pages"), [(7, 1), (100, 1), (101, 2), (150, 2)])
    def test_all_statuses_are_read(self, count, pages):
        service = emulator(["PAUSING"] * count)
        result = run_batch(service, state="paused", job_ids=ids(count))
        assert result["summary"]["ok"] == count
        assert len(service.journal.of("batch-status")) == len(service.journal) == pages

    def test_stops_and_deletes_share_a_request(self):
        service = emulator(["RELEASE_RESOURCE_COMPLETE", "INCRE_TRANSFER_STARTED"])
        run_batch(service, state="deleted", force=True, job_ids=ids(2))
        first = bodies(service, "batch-jobs")[0]
        assert [item["delete_type"] for item in first] == ["delete", "force_terminate"]

    def test_threads_change_nothing(self):
        service = emulator(["INCRE_TRANSFER_STARTED"] * 60)
        result = run_batch(service, state="paused", job_ids=ids(60), max_parallel=8)
        assert result["summary"]["ok"] == 60
        assert sorted(
            job for body in bodies(service, "batch-pause-task") for job in (item["job_id"] for item in body)
        ) == ids(60)

    def test_the_answer_keyed_jobs_as_in_2020(self):
        service = emulator(["CONFIGURATION"], answer_key="jobs")
        assert run_batch(service, state="started", job_ids=ids(1))["jobs"][0]["outcome"] == "ok"

    def test_a_paused_job_is_spelt_one_way(self):
        result = run_batch(
            emulator(["INCRE_TRANSFER_STARTED"], paused_spelling="PAUSEING"), state="paused", job_ids=ids(1)
        )
        assert (result["jobs"][0]["outcome"], result["jobs"][0]["status"]) == ("ok", "PAUSING")


class TestPartialFailure:
    def test_a_busy_job_is_waited_out(self):
        service = emulator(["INCRE_TRANSFER_STARTED", {"status": "INCRE_TRANSFER_STARTED", "busy": 60}])
        result = run_batch(service, state="stopped", job_ids=ids(2))
        assert result["summary"]["ok"] == 2
        assert result["jobs"][1]["attempts"] > 1

    def test_a_refused_job_fails_by_name_and_the_others_are_kept(self):
        service = emulator(["INCRE_TRANSFER_STARTED", {"status": "INCRE_TRANSFER_STARTED", "not_pausable": True}])
        result = run_batch(service, state="paused", job_ids=ids(2))
        assert result["failed"]
        assert result["changed"]
        assert [row["outcome"] for row in result["jobs"]] == ["ok", "failed"]
        assert result["jobs"][1]["error_code"] == "DRS.M00302"
        for word in (job_id(1), "DRS.M00302", "The transfer schema is invalid"):
            assert word in result["msg"]

    def test_an_ended_job_says_that_it_cannot_be_started_again(self):
        result = run_batch(emulator(["RELEASE_RESOURCE_COMPLETE"]), state="started", job_ids=ids(1))
        assert result["jobs"][0]["reason"] == "illegal_status"
        assert "cannot be started again" in result["msg"]

    def test_many_failures_are_counted_not_listed(self):
        result = run_batch(emulator(["RELEASE_RESOURCE_COMPLETE"] * 40), state="started", job_ids=ids(40))
        assert "40 of 40 jobs" in result["msg"]
        assert "35 more" in result["msg"]
        assert job_id(5) not in result["msg"]

    @pytest.mark.parametrize(
        ("fail_on", "statuses", "failed"),
        [
            ("any", ["PAUSING", "CONFIGURATION"], True),
            ("all", ["PAUSING", "CONFIGURATION"], False),
            ("all", ["CONFIGURATION", "CONFIGURATION"], True),
            ("never", ["CONFIGURATION", "CONFIGURATION"], False),
        ],
    )
    def test_fail_on(self, fail_on, statuses, failed):
        result = run_batch(emulator(statuses), state="paused", job_ids=ids(2), fail_on=fail_on)
        assert result["failed"] is failed

    @pytest.mark.parametrize("fail_on", ["any", "all", "never"])
    def test_a_service_that_never_answers_fails_always(self, fail_on):
        service = emulator(["PAUSING"])
        service.fault({"effect": {"fate": "cut_before"}})
        result = run_batch(service, state="paused", job_ids=ids(1), fail_on=fail_on, wait_timeout=60)
        assert result["failed"]
        assert result["jobs"][0]["reason"] == "unreadable"


UNPAID = {"status": "CONFIGURATION", "period_order": {"order_id": "CS1", "status": "PENDING"}}


class TestPaidOrders:
    def test_an_order_that_is_not_through_is_refused(self):
        service = emulator([UNPAID, "CONFIGURATION"])
        result = run_batch(service, state="started", job_ids=ids(2))
        assert [row["reason"] for row in result["jobs"]] == ["unpaid_order", None]
        assert not service.orders_paid
        assert "allow_paid_order" in result["msg"]

    def test_unless_it_is_wanted(self):
        service = emulator([UNPAID])
        result = run_batch(service, state="started", job_ids=ids(1), allow_paid_order=True)
        assert result["jobs"][0]["outcome"] == "ok"
        assert [order["order_id"] for order in service.orders_paid] == ["CS1"]
        assert not service.journal.of("batch-detail")

    @pytest.mark.parametrize("status", ["COMPLETED", "PROCESSING"])
    def test_one_that_is_through_is_started(self, status):
        service = emulator([{"status": "CONFIGURATION", "period_order": {"order_id": "CS1", "status": status}}])
        assert run_batch(service, state="started", job_ids=ids(1))["jobs"][0]["outcome"] == "ok"

    def test_details_are_read_for_starts_alone_and_ten_a_call(self):
        service = emulator(["CONFIGURATION"] * 23 + ["PAUSING"])
        result = run_batch(service, state="started", job_ids=ids(24))
        assert [len(body) for body in bodies(service, "batch-detail")] == [10, 10, 3]
        assert result["jobs"][0]["name"]

    def test_a_detail_that_cannot_be_read_is_read_again(self):
        service = emulator(["START_JOB_FAILED"])
        service.fault({"match": {"kind": "write", "nth": 1}, "effect": {"fate": "cut_before"}})
        service.fault({"match": {"endpoint": "batch-detail", "nth": 1}, "effect": {"not_json": True}})
        (row,) = run_batch(service, state="started", job_ids=ids(1))["jobs"]
        assert (row["outcome"], row["attempts"]) == ("ok", 2)
        assert len(service.journal.of("batch-detail")) == 2

    def test_a_detail_that_is_refused_starts_nothing(self):
        service = emulator(["CONFIGURATION", "START_JOB_FAILED"])
        service.fault({"match": {"kind": "write", "nth": 1}, "effect": {"fate": "cut_before"}})
        refusal = {"status": 400, "error_code": "DRS.M00200", "error_msg": "Parameter error."}
        service.fault({"match": {"endpoint": "batch-detail"}, "effect": refusal})
        result = run_batch(service, state="started", job_ids=ids(2))
        assert [(row["outcome"], row["reason"]) for row in result["jobs"]] == [
            ("failed", "refused"),
            ("unknown", "lost"),
        ]
        assert [row["error_code"] for row in result["jobs"]] == ["DRS.M00200"] * 2
        assert "whether a start would be paid for" in result["msg"]
        assert [entry.endpoint for entry in service.journal.writes()] == ["batch-retry-task"]

    def test_details_that_nobody_may_read_keep_back_the_starts_alone(self):
        service = emulator(["CONFIGURATION", "PAUSING"])
        refusal = {"status": 403, "error_code": "APIGW.0302", "error_msg": "Forbidden."}
        service.fault({"match": {"endpoint": "batch-detail"}, "effect": refusal})
        result = run_batch(service, state="started", job_ids=ids(2), fail_on="never")
        assert result["failed"]
        assert [row["outcome"] for row in result["jobs"]] == ["not_attempted", "ok"]
        assert "its details, which say whether a start would be paid for, could not be read" in result["msg"]
        assert "APIGW.0302" in result["msg"]
        assert [entry.endpoint for entry in service.journal.writes()] == ["batch-retry-task"]
        assert 3 <= len(service.journal.of("batch-detail")) < 20

    def test_a_lost_start_that_might_be_paid_for_is_not_sent_again(self):
        service = emulator([dict(UNPAID)])
        service.fault({"match": {"kind": "write"}, "effect": {"fate": "cut_before"}})
        (row,) = run_batch(service, state="started", job_ids=ids(1), allow_paid_order=True)["jobs"]
        assert (row["outcome"], row["reason"], row["changed"]) == ("unknown", "lost", True)
        assert len(service.journal.writes()) == 1

    def test_a_refused_delete_says_to_unsubscribe_the_order(self):
        paid = {"status": "RELEASE_RESOURCE_COMPLETE", "period_order": {"order_id": "CS1", "status": "COMPLETED"}}
        refused = {"status": "RELEASE_RESOURCE_COMPLETE", "refuse": {"delete": ("DRS.M00304", "not now")}}
        service = emulator([paid, refused, "RELEASE_RESOURCE_COMPLETE"])
        result = run_batch(service, state="deleted", job_ids=ids(3))
        assert [row["outcome"] for row in result["jobs"]] == ["failed", "failed", "ok"]
        assert result["msg"].count("is deleted only after the order has been unsubscribed") == 2
        assert service.journal.of("batch-detail") == []


class TestStartTime:
    def test_a_past_one_is_refused_and_nothing_is_sent(self):
        service = emulator(["CONFIGURATION"])
        result = run_batch(service, state="started", job_ids=ids(1), start_time="2026-05-31T00:00:00Z")
        assert (result["jobs"][0]["reason"], service.journal.writes()) == ("start_time_past", [])

    def test_a_second_run_after_it_has_passed_stays_green(self):
        service = emulator(["CONFIGURATION"])
        task = {"state": "started", "job_ids": ids(1), "start_time": "2026-06-01T00:05:00Z"}
        assert run_batch(service, **task)["changed"]
        for seconds in (0, 600):
            service.tick(seconds)
            again = run_batch(service, **task)
            assert (again["failed"], again["changed"]) == (False, False)

    def test_an_overridden_schedule_is_warned_of(self):
        result = run_batch(emulator(["WAITING_FOR_START"]), state="started", job_ids=ids(1))
        assert result["changed"]
        assert "schedule" in result["warnings"][0]

    def test_it_is_passed_over_with_a_word_for_other_states(self):
        result = run_batch(emulator(["PAUSING"]), state="paused", job_ids=ids(1), start_time="2026-06-01T00:05:00Z")
        assert "start_time" in result["warnings"][0]


class TestWithoutWaiting:
    @pytest.mark.parametrize(
        ("status", "state", "action", "outcome"),
        [
            ("CONFIGURATION", "started", "start", "accepted"),
            ("STARTJOBING", "started", "none", "accepted"),
            ("INCRE_TRANSFER_STARTED", "started", "none", "ok"),
            ("STARTJOBING", "paused", "none", "failed"),
            ("RELEASE_RESOURCE_STARTED", "stopped", "none", "accepted"),
        ],
    )
    def test_outcomes(self, status, state, action, outcome):
        service = emulator([status])
        result = run_batch(service, state=state, job_ids=ids(1), wait=False)
        row = result["jobs"][0]
        assert (row["action"], row["outcome"], row["changed"]) == (action, outcome, action != "none")

    def test_what_can_be_sent_nothing_says_so(self):
        result = run_batch(emulator(["STARTJOBING"]), state="paused", job_ids=ids(1), wait=False)
        assert "nothing was" in result["msg"]

    def test_two_writes_take_two_runs(self):
        service = emulator(["INCRE_TRANSFER_STARTED"])
        task = {"state": "deleted", "force": True, "job_ids": ids(1), "wait": False}
        assert run_batch(service, **task)["jobs"][0]["action"] == "force_terminate"
        service.tick(60)
        assert run_batch(service, **task)["jobs"][0]["action"] == "delete"
        service.tick(60)
        assert run_batch(service, **task)["jobs"][0]["outcome"] == "ok"

    def test_busy_is_not_waited_for(self):
        service = emulator([{"status": "INCRE_TRANSFER_STARTED", "busy": 60}])
        result = run_batch(service, state="paused", job_ids=ids(1), wait=False)
        assert (result["jobs"][0]["reason"], result["jobs"][0]["error_code"]) == ("busy", "DRS.M01504")
        assert service.clock.now() < 1


class TestGoneJobs:
    @pytest.mark.parametrize("number", [1, 5, 40])
    def test_deleting_jobs_that_the_service_does_not_know_is_one_warning(self, number):
        service = emulator(["RELEASE_RESOURCE_COMPLETE"])
        result = run_batch(service, state="deleted", job_ids=ids(number + 1))
        assert (result["failed"], result["summary"]["changed"]) == (False, 1)
        assert [row["status"] for row in result["jobs"]] == ["DELETED"] + ["NOT_FOUND"] * number
        (warning,) = result["warnings"]
        for word in (*ids(number + 1)[1:6], PROJECT, "eu-de"):
            assert word in warning
        assert ("and %d more" % (number - 5) in warning) == (number > 5)
        assert "likeliest" not in warning

    @pytest.mark.parametrize(("number", "said"), [(1, False), (2, True)])
    def test_where_all_of_several_are_unknown_the_likeliest_reason_is_said(self, number, said):
        (warning,) = run_batch(emulator(), state="deleted", job_ids=ids(number))["warnings"]
        assert ("a wrong project or region is the likeliest reason" in warning) == said

    @pytest.mark.parametrize("state", ["started", "paused", "stopped"])
    def test_for_any_other_state_it_is_a_failure(self, state):
        result = run_batch(emulator(), state=state, job_ids=ids(1))
        assert (result["jobs"][0]["reason"], result["jobs"][0]["status"]) == ("no_such_job", "NOT_FOUND")

    @pytest.mark.parametrize("shape", ["status", "error", "absent"])
    def test_a_deleted_job_in_each_shape(self, shape):
        service = emulator(["DELETED", "DELETED"], deleted_shape=shape)
        result = run_batch(service, state="deleted", job_ids=ids(2))
        assert result["summary"]["ok"] == 2
        assert [row["status"] for row in result["jobs"]] == ["NOT_FOUND" if shape == "absent" else "DELETED"] * 2

    def test_a_row_that_is_absent_is_asked_for_once_more_alone(self):
        service = emulator(["PAUSING", "DELETED"], deleted_shape="absent")
        run_batch(service, state="paused", job_ids=ids(2))
        assert bodies(service, "batch-status")[-1] == [job_id(1)]
        assert len(service.journal.of("batch-status")) == 2


KEYS = {
    *("changed", "failed", "msg", "warnings", "reason", "selected", "plan", "jobs", "by_id", "summary", "api", "diff"),
    "success",
    "ansible_facts",
}


class TestTheResult:
    def test_one_shape(self):
        service = emulator(["INCRE_TRANSFER_STARTED"])
        results = [
            run_batch(service, check=True, state="paused", job_ids=ids(1)),
            run_batch(service, state="paused", job_ids=ids(1)),
            run_batch(service, state="deleted", job_ids=ids(1)),
            run_batch(service, state="paused", job_ids=[]),
            run_batch(service, state="paused", job_ids=["nonsense"]),
            run_batch(service, state="paused", job_ids=ids(1), way_in={}, endpoint="http://example.com"),
        ]
        assert [set(result) for result in results] == [KEYS] * 6
        rows = [set(row) for result in results for row in result["jobs"]]
        assert rows == [rows[0]] * 4
        for result in results:
            assert set(result["by_id"]) == {row["id"] for row in result["jobs"]}
            json.dumps(result)

    def test_no_facts_where_none_are_wanted(self):
        assert "ansible_facts" not in run_batch(emulator(["PAUSING"]), state="paused", job_ids=ids(1), facts=False)

    def test_the_facts(self):
        result = run_batch(emulator(["PAUSING"]), state="paused", job_ids=ids(1))
        assert result["ansible_facts"]["drs_jobs"] == {
            job_id(0): {
                "name": None,
                "status": "PAUSING",
                "outcome": "ok",
                "action": "none",
                "changed": False,
                "error_code": None,
            }
        }

    def test_the_diff_holds_what_changes(self):
        result = run_batch(emulator(["PAUSING", "INCRE_TRANSFER_STARTED"]), state="paused", job_ids=ids(2))
        assert result["diff"] == {"before": {job_id(1): "INCRE_TRANSFER_STARTED"}, "after": {job_id(1): "paused"}}

    def test_the_timeline(self):
        row = run_batch(emulator(["CONFIGURATION"]), state="started", job_ids=ids(1))["jobs"][0]
        assert [seen["status"] for seen in row["timeline"]] == ["CONFIGURATION", "STARTJOBING", "FULL_TRANSFER_STARTED"]
        assert row["timeline"][0]["at"] == "2026-06-01T00:00:00Z"
        assert row["duration"] > 10

    def test_the_figures(self):
        service = emulator(["INCRE_TRANSFER_STARTED"])
        service.fault({"match": {"endpoint": "batch-status", "count": 1}, "effect": {"status": 503, "html": True}})
        api = run_batch(service, state="paused", job_ids=ids(1))["api"]
        assert (api["requests"], api["retries"]) == (len(service.journal), 1)
        assert api["seconds"] == pytest.approx(service.clock.now(), abs=0.1)
        assert api["request_ids"] == [service.journal[0].request_id]

    def test_a_failure_without_a_text_of_the_service_has_the_module_s(self):
        (row,) = run_batch(emulator(["CONFIGURATION"]), state="paused", job_ids=ids(1))["jobs"]
        assert (row["error_code"], row["error_msg"]) == (None, "it is not running, so there is nothing to pause")

    def test_no_work_is_warned_of(self):
        for task in ({"job_ids": []}, {"job_ids": [""]}, {"jobs": []}):
            result = run_batch(emulator(), state="paused", way_in={}, **task)
            assert (result["failed"], result["changed"], len(result["warnings"])) == (False, False, 1)

    def test_progress_is_told_in_lines_of_json(self, tmp_path):
        service = emulator(["INCRE_TRANSFER_STARTED", "PAUSING", "CONFIGURATION"])
        run_batch(service, state="paused", job_ids=ids(3), progress_file=str(tmp_path / "progress"))
        lines = [json.loads(line) for line in (tmp_path / "progress").read_text().splitlines()]
        assert [(line["reached"], line["in_progress"], line["failed"]) for line in lines] == [(1, 1, 1), (2, 0, 1)]
        assert {line["state"] for line in lines} == {"paused"}

    def test_a_progress_file_that_cannot_be_written_ends_nothing(self, tmp_path):
        result = run_batch(emulator(["PAUSING"]), state="paused", job_ids=ids(1), progress_file=str(tmp_path))
        assert not result["failed"]


WAY_IN = {"token": "emulator-token", "project_id": PROJECT}
BAD_INPUT = {
    "a malformed id": ({"job_ids": ["140b5236"]}, "140b5236"),
    "both lists": ({"job_ids": ids(1), "jobs": [{"job_id": job_id(0)}]}, "mutually exclusive"),
    "neither list": ({}, "job_ids"),
    "a job without an id": ({"jobs": [{"force": True}]}, "job_id"),
    "twice with different options": (
        {"jobs": [{"job_id": job_id(0)}, {"job_id": job_id(0), "pause_mode": "all"}]},
        "requested twice",
    ),
    "an unknown state": ({"job_ids": ids(1), "state": "absent"}, "state"),
    "an unknown pause mode": ({"job_ids": ids(1), "pause_mode": "both"}, "pause_mode"),
    "a time without an offset": ({"job_ids": ids(1), "start_time": "2026-06-02T00:00:00"}, "offset"),
    "no time": ({"job_ids": ids(1), "start_time": "tonight"}, "start_time"),
    "no way in": ({"job_ids": ids(1), "way_in": {"project_id": PROJECT}}, "token"),
    "two ways in": ({"job_ids": ids(1), "way_in": dict(WAY_IN, access_key="AK", secret_key="secret-key")}, "token"),
    "plain http": ({"job_ids": ids(1), "endpoint": "http://drs.example.com"}, "http"),
    "a user name in the endpoint": ({"job_ids": ids(1), "endpoint": "https://me:pass@drs.example.com"}, "user"),
    "a short secret": ({"job_ids": ids(1), "way_in": dict(WAY_IN, token="short")}, "8"),
    "no region": ({"job_ids": ids(1), "region": "", "endpoint": "", "auth_url": ""}, "region"),
    "a batch size of none": ({"job_ids": ids(1), "batch_size": 0}, "batch_size"),
    "a batch size of too many": ({"job_ids": ids(1), "batch_size": 101}, "batch_size"),
    "no time to wait": ({"job_ids": ids(1), "wait_timeout": 0}, "wait_timeout"),
    "a ca_cert that is not there": ({"job_ids": ids(1), "ca_cert": "/no/such/file"}, "ca_cert"),
}


@pytest.mark.parametrize(("task", "word"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_told_and_nothing_is_sent(task, word):
    service = emulator(["INCRE_TRANSFER_STARTED"])
    result = run_batch(service, **{"state": "paused", **task})
    assert result["failed"]
    assert word in result["msg"]
    assert len(service.journal) == 0


def test_requests_missing(monkeypatch):
    from ansible_collections.huaweicloud.drs.plugins.module_utils import _http

    monkeypatch.setattr(_http, "HAS_REQUESTS", False)
    result = run_batch(emulator(["PAUSING"]), state="paused", job_ids=ids(1))
    assert result["failed"]
    assert "requests" in result["msg"]


@pytest.mark.parametrize(
    "way_in",
    [
        {"token": "emulator-token", "project_id": PROJECT},
        {"access_key": "EMULATORACCESSKEY", "secret_key": "emulator-secret-key", "project_id": PROJECT},
        {"access_key": "EMULATORACCESSKEY", "secret_key": "emulator-secret-key"},
        {"username": "emulator-user", "password": "emulator-password", "domain_name": "emulator-domain"},
    ],
    ids=["token", "access key", "access key without a project", "password"],
)
def test_each_way_in(way_in):
    service = emulator(["INCRE_TRANSFER_STARTED"] * 3)
    result = run_batch(service, state="paused", job_ids=ids(3), way_in=way_in)
    assert result["summary"]["ok"] == 3
    assert all(entry.status < 300 for entry in service.journal)
    assert len(service.journal.of("tokens")) == ("password" in way_in)


def test_the_pauses_between_reads_grow_up_to_the_interval():
    service = emulator([{"status": "STARTJOBING", "durations": {"STARTJOBING": 300}}])
    run_batch(service, state="started", job_ids=ids(1), wait_interval=20)
    times = [entry.time for entry in service.journal]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[0] < 1
    assert max(gaps) <= 20.1
    assert len(times) < 30


@pytest.mark.parametrize("count", [10, 200, 1000])
@pytest.mark.parametrize(
    ("state", "before", "rounds"),
    [
        ("started", "CONFIGURATION", 8),
        ("started", "PAUSING", 8),
        ("paused", "INCRE_TRANSFER_STARTED", 4),
        ("stopped", "INCRE_TRANSFER_STARTED", 8),
        ("deleted", "RELEASE_RESOURCE_COMPLETE", 4),
    ],
)
def test_no_request_more_than_the_schedule_of_reads_needs(state, before, rounds, count):
    """docs/performance.md tells the schedule. rounds: with the first reading, by the emulator's own durations."""
    service = emulator([before] * count)
    run_batch(service, state=state, job_ids=ids(count))
    pages, batches = -(-count // 100), -(-count // 10)
    assert len(service.journal.writes()) == batches
    assert len(service.journal.of("batch-detail")) == (batches if before == "CONFIGURATION" else 0)
    reads = len(service.journal.of("batch-status"))
    assert reads <= rounds * pages
    assert service.journal.count == reads + len(service.journal.writes()) + len(service.journal.of("batch-detail"))

    before_again = service.journal.count
    run_batch(service, state=state, job_ids=ids(count))
    assert service.journal.count - before_again == pages


def test_no_details_are_read_where_an_order_may_be_paid():
    service = emulator(["CONFIGURATION"] * 200)
    run_batch(service, state="started", job_ids=ids(200), allow_paid_order=True)
    assert service.journal.of("batch-detail") == []


def test_each_round_asks_only_for_jobs_that_are_still_in_progress():
    slow = {"status": "INCRE_TRANSFER_STARTED", "write_lag": 60}
    service = emulator(["INCRE_TRANSFER_STARTED"] * 150 + [slow] * 120)
    run_batch(service, state="paused", job_ids=ids(270))
    pages = [entry.job_ids for entry in service.journal.of("batch-status")]
    assert [len(page) for page in pages[:3]] == [100, 100, 70]
    assert [len(page) for page in pages[-4:]] == [100, 20, 100, 20]
    assert set().union(*pages[-2:]) == set(ids(270)[150:])


def test_what_a_start_costs_is_read_without_keeping_the_details(monkeypatch):
    """Those of thousands of jobs, with all their objects, would fill the memory."""
    from ansible_collections.huaweicloud.drs.plugins.module_utils import _answers, _api

    kept = []
    read_all = _api.Api._read_all

    def watched(self, job_ids, path, *rest, **options):
        found = read_all(self, job_ids, path, *rest, **options)
        kept.extend((path, reading) for reading in found.values())
        return found

    monkeypatch.setattr(_api.Api, "_read_all", watched)
    order = {"order_id": "CS1", "status": "COMPLETED"}
    run_batch(emulator([{"status": "CONFIGURATION", "period_order": order}] * 3), state="started", job_ids=ids(3))
    details = [reading for path, reading in kept if path == "batch-detail"]
    assert [(reading.order, reading.row) for reading in details] == [(_answers.BillingOrder.PLACED, None)] * 3
