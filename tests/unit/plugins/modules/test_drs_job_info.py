# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""drs_job_info against the emulator, in one process: what is asked, and what is said."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, emulator, job_id, run

RUNNING, PAUSED, FAILED = "INCRE_TRANSFER_STARTED", "PAUSING", "INCRE_TRANSFER_FAILED"
TYPES = ("migration", "sync", "cloudDataGuard")


def run_info(service, **params):
    return run(service, _query, **params)


def ids(count):
    return [job_id(number) for number in range(count)]


def asked(service):
    """The endpoints, in the order of the requests."""
    return [entry.endpoint for entry in service.journal]


def by_name(job_ids):
    """In the order of the names that the emulator gives: job-1, job-10, job-2."""
    return sorted(job_ids, key=lambda one: f"job-{int(one[:8]) + 1}")


def found(result):
    return [job["id"] for job in result["jobs"]]


class TestByIds:
    def test_each_once_in_the_order_asked(self):
        service = emulator([RUNNING, PAUSED, "CONFIGURATION"])
        text = "%s,\n %s\t%s" % (job_id(2), job_id(0), job_id(2).upper())
        result = run_info(service, job_ids=[text, job_id(1), job_id(0)])
        assert found(result) == [job_id(2), job_id(0), job_id(1)]
        assert [job["status"] for job in result["jobs"]] == ["CONFIGURATION", RUNNING, PAUSED]
        assert result["changed"] is result["failed"] is False
        assert result["missing"] == result["unread"] == []
        assert result["msg"] == "3 jobs read"

    def test_the_request(self):
        service = emulator([RUNNING])
        run_info(service, job_ids=ids(1))
        (entry,) = service.journal
        assert (entry.method, entry.path) == ("POST", "/v3/%s/jobs/batch-status" % PROJECT)
        assert entry.body == {"jobs": ids(1), "page_req": {"cur_page": 1, "per_page": 100}}

    def test_more_jobs_than_a_page_has(self):
        service = emulator([RUNNING] * 150, shuffle=True)
        result = run_info(service, job_ids=ids(150))
        assert found(result) == ids(150)
        assert asked(service) == ["batch-status"] * 2

    def test_a_job_of_both_spellings_of_paused(self):
        result = run_info(emulator(["PAUSEING", "PAUSING"]), job_ids=ids(2), gather=["progress"])
        assert [job["status"] for job in result["jobs"]] == [PAUSED, PAUSED]
        assert [job["progress"]["transfer_status"] for job in result["jobs"]] == [PAUSED, PAUSED]

    @pytest.mark.parametrize(
        "settings",
        [{}, {"unknown_code": "DRS.M05003"}, {"unknown_shape": "absent"}, {"all_failed_400": True}],
        ids=["a row", "another code", "no row", "400"],
    )
    @pytest.mark.parametrize("others", [0, 1])
    def test_what_the_service_does_not_know_is_missing(self, settings, others):
        service = emulator([RUNNING] * others, **settings)
        result = run_info(service, job_ids=[job_id(9), *ids(others)], gather=list(_query.PARTS))
        assert (result["missing"], found(result), result["failed"]) == ([job_id(9)], ids(others), False)
        assert result["msg"].endswith(", 1 not known to the service")

    @pytest.mark.parametrize("shape", ["status", "error"])
    def test_a_deleted_job_is_there_and_asked_nothing_more(self, shape):
        service = emulator(["DELETED"], deleted_shape=shape)
        result = run_info(service, job_ids=ids(1), gather=list(_query.PARTS))
        assert [job["status"] for job in result["jobs"]] == ["DELETED"]
        assert result["missing"] == []
        assert asked(service) == ["batch-status"]

    def test_a_status_that_nobody_knows_is_passed_on(self):
        result = run_info(emulator(["BRAND_NEW"]), job_ids=ids(1))
        assert (result["jobs"][0]["status"], result["failed"]) == ("BRAND_NEW", False)

    def test_no_ids_are_no_work(self):
        service = emulator([RUNNING])
        result = run_info(service, job_ids=[" , "])
        assert (found(result), result["failed"], len(service.journal)) == ([], False, 0)
        assert result["warnings"] == ["No job ids were given, so there was nothing to read."]


class TestBadInput:
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"job_ids": [job_id(0), "not-an-id"]}, "'not-an-id' is not a valid DRS job id"),
            ({"job_ids": ids(1), "select": {"name": ["orders"]}}, "mutually exclusive: job_ids|select"),
            ({"select": {"status": ["PAUSED"]}}, "select.status holds 'PAUSED', and must be of"),
            ({"select": {"type": ["backup"]}}, "select.type holds 'backup', and must be of"),
            ({"gather": ["everything"]}, "value of gather must be one or more of"),
            ({"wait_timeout": 0}, "wait_timeout is 0, and must be from 1 to 604800"),
            ({"max_parallel": 17}, "max_parallel is 17, and must be from 1 to 16"),
            ({"token": "short"}, "token"),
        ],
    )
    def test_is_named_and_nothing_is_sent(self, params, words):
        service = emulator([RUNNING])
        result = run_info(service, **params)
        assert result["failed"]
        assert words in result["msg"]
        assert len(service.journal) == 0


class TestByFilters:
    JOBS = (
        {"name": "orders-a", "status": RUNNING, "db_use_type": "migration"},
        {"name": "orders-b", "status": "PAUSEING", "engine_type": "postgresql"},
        {"name": "stock", "status": FAILED, "tags": [{"key": "team", "value": "7"}, {"key": "night", "value": "yes"}]},
        {"name": "dr", "status": RUNNING, "db_use_type": "cloudDataGuard", "enterprise_project_id": "ep-1"},
    )

    @pytest.mark.parametrize(
        ("params", "numbers"),
        [
            ({}, [3, 0, 1, 2]),
            ({"name": ["orders*"]}, [0, 1]),
            ({"status": [PAUSED, FAILED]}, [1, 2]),
            ({"status": ["DELETED"]}, []),
            ({"type": ["sync"]}, [1, 2]),
            ({"engine_type": ["postgresql"]}, [1]),
            ({"tags": {"team": 7}}, [2]),
            ({"tags": {"team": "7", "night": "no"}}, []),
            ({"enterprise_project_id": ["ep-1"]}, [3]),
            ({"type": ["sync"], "name": ["orders*"], "status": [FAILED]}, []),
            ({"name": [""], "status": [], "engine_type": [" "], "tags": {}, "enterprise_project_id": []}, [3, 0, 1, 2]),
        ],
    )
    def test_finds(self, params, numbers):
        result = run_info(emulator(list(self.JOBS)), select=params)
        assert found(result) == [job_id(number) for number in numbers]
        assert (result["failed"], result["missing"]) == (False, [])

    def test_the_requests(self):
        service = emulator(list(self.JOBS))
        run_info(service, select={"name": ["stock"], "tags": {"team": 7}, "status": [FAILED]})
        common = {"cur_page": 1, "per_page": 100, "tags": {"team": "7"}}
        assert [(entry.method, entry.path) for entry in service.journal] == [("POST", "/v3/%s/jobs" % PROJECT)] * 4
        assert [entry.body for entry in service.journal][:3] == [{**common, "db_use_type": name} for name in TYPES]
        (impossible,) = set(service.journal[3].body["tags"]) - {"team"}
        assert (service.journal[3].body["db_use_type"], len(impossible) <= 36) == ("sync", True)

    def test_a_job_of_the_list_has_its_name_and_type(self):
        result = run_info(emulator(list(self.JOBS)), select={"name": ["orders-b"]})
        assert result["jobs"] == [
            {
                "id": job_id(1),
                "name": "orders-b",
                "status": PAUSED,
                "type": "sync",
                "engine_type": "postgresql",
                "task_type": "FULL_INCR_TRANS",
                "job_direction": "up",
                "net_type": "eip",
                "description": "",
                "error_code": None,
                "error_msg": None,
                "detail": None,
                "progress": None,
                "rpo_rto": None,
            }
        ]

    def test_tags_as_open_telekom_cloud_takes_them(self):
        service = emulator(list(self.JOBS))
        refusal = {"status": 400, "error_code": "DRS.M00202", "error_msg": "The value of parameter tags is invalid."}
        service.fault({"match": {"endpoint": "list", "nth": 1}, "effect": refusal})
        result = run_info(service, select={"type": ["sync"], "tags": {"team": "7", "night": "yes"}})
        assert (found(result), result["failed"]) == ([job_id(2)], False)
        assert service.journal[1].body["tags"] == [{"key": "night", "value": "yes"}, {"key": "team", "value": "7"}]

    def test_a_refused_filter_fails_with_the_services_words(self):
        service = emulator(list(self.JOBS))
        service.fault({"match": {"endpoint": "list"}, "effect": {"status": 400, "error_code": "DRS.M00202"}})
        result = run_info(service, select={"type": ["sync"], "tags": {"team": "7"}})
        assert result["failed"]
        assert [(part["what"], part["type"], part["id"]) for part in result["unread"]] == [("list", "sync", None)]
        assert result["unread"][0]["error_code"] == "DRS.M00202"
        assert "list of type sync: DRS.M00202" in result["msg"]
        assert len(service.journal) == 2


class TestTheWholeList:
    def test_1234_jobs_of_three_types(self):
        service = emulator([{"status": RUNNING, "db_use_type": TYPES[number % 3]} for number in range(1234)])
        result = run_info(service, max_parallel=4)
        assert found(result) == by_name(ids(1234))
        assert asked(service) == ["list"] * 15

    @pytest.mark.parametrize(("count", "pages"), [(0, 1), (99, 1), (100, 1), (101, 2), (200, 2)])
    def test_the_last_page(self, count, pages):
        service = emulator([RUNNING] * count)
        assert len(run_info(service, select={"type": ["sync"]})["jobs"]) == count
        assert asked(service) == ["list"] * pages

    @staticmethod
    def between_pages(service, *changes):
        """Calls each change after one more page of a list was given out."""
        handle, left = service.handle, list(changes)

        def changing(*request):
            reply = handle(*request)
            if left:
                left.pop(0)(service)
            return reply

        service.handle = changing

    @staticmethod
    def add_first(service, number=900):
        new = service.put_job({"id": job_id(number), "status": RUNNING, "name": f"job-{number + 1}"})
        service.jobs = {new.id: new, **service.jobs}

    def test_a_job_that_comes_meanwhile_gives_no_double(self):
        service = emulator([RUNNING] * 250)
        self.between_pages(service, self.add_first)
        result = run_info(service, select={"type": ["sync"]})
        assert found(result) == by_name([*ids(250), job_id(900)])
        assert not result["failed"]

    def test_a_job_that_goes_meanwhile_hides_no_other(self):
        service = emulator([RUNNING] * 250)
        self.between_pages(service, lambda service: service.jobs.pop(job_id(3)))
        result = run_info(service, select={"type": ["sync"]})
        assert found(result) == by_name([one for one in ids(250) if one != job_id(3)])
        assert not result["failed"]

    def test_a_list_that_never_rests_fails_with_what_was_read(self):
        service = emulator([RUNNING] * 150)
        self.between_pages(service, *[lambda service, n=n: self.add_first(service, 900 + n) for n in range(99)])
        result = run_info(service, select={"type": ["sync"]})
        assert result["failed"]
        assert set(ids(150)) <= set(found(result))
        assert len(found(result)) == len(set(found(result)))
        assert "the pages of the list held" in result["msg"]

    def test_a_page_that_lacks_rows_fails_with_what_was_read(self):
        service = emulator([RUNNING] * 40)
        service.fault({"match": {"endpoint": "list"}, "effect": {"drop_rows": [job_id(7)]}})
        result = run_info(service, select={"type": ["sync"]})
        assert result["failed"]
        assert found(result) == by_name([one for one in ids(40) if one != job_id(7)])
        assert "held 39 jobs, where the service counted 40" in result["msg"]

    @pytest.mark.parametrize(
        "effect",
        [
            {"wrong_shape": True},
            {"not_json": True},
            {"status": 200, "body": {"jobs": []}},
            {"status": 200, "body": {"jobs": [{}], "total_record": 1}},
        ],
        ids=["another shape", "no JSON", "no total", "a row without an id"],
    )
    def test_an_answer_that_is_no_list_is_no_empty_list(self, effect):
        service = emulator([RUNNING])
        service.fault({"match": {"endpoint": "list"}, "effect": effect})
        result = run_info(service, select={"type": ["sync"]})
        assert result["failed"]
        assert "a body without a list" in result["msg"]

    def test_a_job_in_the_lists_of_two_types_is_one(self):
        service = emulator([{"status": RUNNING, "db_use_type": name} for name in TYPES[:2]])
        row = {"id": job_id(0), "status": PAUSED}
        body = {"jobs": [row, {"id": job_id(1), "status": RUNNING}], "total_record": 2}
        service.fault({"match": {"endpoint": "list", "nth": 2}, "effect": {"status": 200, "body": body}})
        result = run_info(service)
        assert [(job["id"], job["status"]) for job in result["jobs"]] == [(job_id(0), PAUSED), (job_id(1), RUNNING)]

    def test_one_type_that_fails_does_not_hide_the_others(self):
        service = emulator([{"status": RUNNING, "db_use_type": name} for name in TYPES])
        service.fault({"match": {"endpoint": "list", "nth": 2}, "effect": {"status": 500}})
        result = run_info(service, max_retries=0)
        assert result["failed"]
        assert found(result) == [job_id(0), job_id(2)]
        assert [(part["what"], part["type"]) for part in result["unread"]] == [("list", "sync")]


class TestGather:
    def test_only_what_is_asked(self):
        service = emulator([RUNNING])
        run_info(service, job_ids=ids(1), gather=["progress"])
        assert asked(service) == ["batch-status", "batch-progress"]

    def test_ten_jobs_a_request_in_the_apis_own_shape(self):
        service = emulator([RUNNING] * 23)
        result = run_info(service, select={"type": ["sync"]}, gather=list(_query.PARTS))
        assert asked(service) == ["list"] + ["batch-detail"] * 3 + ["batch-progress"] * 3 + ["batch-rpo-and-rto"] * 3
        (body,) = {json.dumps(entry.body) for entry in service.journal.of("batch-progress")[:1]}
        assert json.loads(body) == {"jobs": by_name(ids(23))[:10]}
        assert all(job[part] for job in result["jobs"] for part in _query.PARTS)

    def test_values_are_given_as_the_service_writes_them(self):
        job = {"status": RUNNING, "lag": [12.5], "name": "orders", "engine_type": "mysql", "description": "the orders"}
        job["source_endpoint"] = {"ip": "192.0.2.7", "db_port": 3306, "ssl_link": False}
        result = run_info(emulator([job]), job_ids=ids(1), gather=list(_query.PARTS))
        (told,) = result["jobs"]
        assert (told["name"], told["type"], told["engine_type"], told["description"]) == (
            "orders",
            "sync",
            "mysql",
            "the orders",
        )
        source = told["detail"]["source_endpoint"]
        assert (source["ip"], source["db_port"], source["ssl_link"], source["db_name"]) == (
            "192.0.2.7",
            3306,
            False,
            None,
        )
        assert told["progress"]["incre_trans_delay"] == "12.500"
        assert told["rpo_rto"]["rpo_info"]["delay"] == "12500"

    @pytest.mark.parametrize(("lag", "told"), [(None, None), ("n/a", "n/a"), (0, "0")])
    def test_a_lag_that_is_not_told_is_not_zero(self, lag, told):
        result = run_info(emulator([{"status": RUNNING, "lag": lag}]), job_ids=ids(1), gather=["progress"])
        assert result["jobs"][0]["progress"]["incre_trans_delay"] == told

    def test_the_error_of_a_failed_job(self):
        job = {"status": FAILED, "error_code": "DRS.M01501", "error_message": "The binlog is gone."}
        for params in ({"job_ids": ids(1)}, {"job_ids": ids(1), "gather": ["progress"]}, {"gather": ["detail"]}):
            result = run_info(emulator([job]), **params)
            assert result["jobs"][0]["error_msg"] == "The binlog is gone."
            assert not result["failed"]

    @pytest.mark.parametrize("code", ["DRS.M00304", "DRS.M00307", "DRS.M00308"])
    @pytest.mark.parametrize("whole", [False, True])
    def test_a_job_that_has_none_in_its_status(self, code, whole):
        service = emulator(["CONFIGURATION"])
        row = {"job_id": job_id(0), "error_code": code, "error_msg": "This API cannot be called."}
        effect = {"status": 400, "error_code": code} if whole else {"status": 202, "body": {"results": [row]}}
        service.fault({"match": {"endpoint": "batch-progress"}, "effect": effect})
        result = run_info(service, job_ids=ids(1), gather=["progress"])
        assert (result["jobs"][0]["progress"], result["failed"], result["unread"]) == (None, False, [])

    @pytest.mark.parametrize("part", ["progress", "rpo_rto"])
    def test_a_job_of_which_the_service_tells_nothing(self, part):
        service = emulator([RUNNING] * 3)
        endpoint = {"progress": "batch-progress", "rpo_rto": "batch-rpo-and-rto"}[part]
        service.fault({"match": {"endpoint": endpoint}, "effect": {"drop_rows": [job_id(1)]}})
        result = run_info(service, job_ids=ids(3), gather=[part])
        assert [job[part] is None for job in result["jobs"]] == [False, True, False]
        assert not result["failed"]

    def test_a_job_that_is_deleted_between_two_reads(self):
        service = emulator([RUNNING, RUNNING], deleted_shape="error")
        handle = service.handle

        def deleting(*request):
            reply = handle(*request)
            service.change_job(job_id(0), {"status": "DELETED"})
            return reply

        service.handle = deleting
        result = run_info(service, job_ids=ids(2), gather=list(_query.PARTS))
        assert [job["detail"] is None for job in result["jobs"]] == [True, False]
        assert not result["failed"]


class TestWhatCannotBeRead:
    @pytest.mark.parametrize("part", _query.PARTS)
    def test_fails_and_keeps_the_rest(self, part):
        service = emulator([RUNNING] * 12)
        endpoint = {"detail": "batch-detail", "progress": "batch-progress", "rpo_rto": "batch-rpo-and-rto"}[part]
        service.fault({"match": {"endpoint": endpoint, "job_id": job_id(11)}, "effect": {"status": 503}})
        result = run_info(service, job_ids=ids(12), gather=list(_query.PARTS), max_retries=1)
        assert result["failed"]
        assert [(row["id"], row["what"]) for row in result["unread"]] == [(job_id(n), part) for n in (10, 11)]
        assert [job[part] is not None for job in result["jobs"]] == [True] * 10 + [False] * 2
        assert all(job[other] for job in result["jobs"] for other in _query.PARTS if other != part)
        assert "%s of %s and 1 more: " % (part, job_id(10)) in result["msg"]

    @pytest.mark.parametrize("part", _query.PARTS)
    def test_a_refusal_for_one_job(self, part):
        service = emulator([RUNNING] * 3)
        endpoint = {"detail": "batch-detail", "progress": "batch-progress", "rpo_rto": "batch-rpo-and-rto"}[part]
        refusal = {"status": 400, "error_code": "DRS.M00102", "error_msg": "Insufficient user permissions."}
        service.fault({"match": {"endpoint": endpoint, "job_id": job_id(1)}, "effect": refusal})
        result = run_info(service, job_ids=ids(3), gather=[part])
        assert result["failed"]
        assert [(row["id"], row["error_code"]) for row in result["unread"]] == [(job_id(1), "DRS.M00102")]
        assert [job[part] is not None for job in result["jobs"]] == [True, False, True]
        assert "Insufficient user permissions." in result["msg"]

    @pytest.mark.parametrize("code", ["DRS.M01501", "DRS.M01503", "DRS.M01504"])
    def test_an_error_in_the_place_of_a_jobs_progress(self, code):
        service = emulator([RUNNING])
        row = {"job_id": job_id(0), "error_code": code, "error_msg": "Service error.", "progress": None}
        effect = {"status": 202, "body": {"results": [row]}}
        service.fault({"match": {"endpoint": "batch-progress"}, "effect": effect})
        result = run_info(service, job_ids=ids(1), gather=["progress"])
        assert result["failed"]
        assert (result["jobs"][0]["progress"], result["unread"][0]["error_code"]) == (None, code)

    def test_a_status_that_cannot_be_read_leaves_the_job_in_the_result(self):
        service = emulator([RUNNING] * 2)
        service.fault({"match": {"endpoint": "batch-status"}, "effect": {"row_fields": {job_id(1): {"status": None}}}})
        result = run_info(service, job_ids=ids(2), gather=["progress"])
        assert result["failed"]
        assert [job["status"] for job in result["jobs"]] == [RUNNING, None]
        assert [(row["id"], row["what"]) for row in result["unread"]] == [(job_id(1), "status")]
        assert service.journal.of("batch-progress")[0].job_ids == [job_id(0)]

    def test_a_row_of_the_list_without_a_status_is_kept_whatever_status_is_looked_for(self):
        service = emulator([RUNNING, PAUSED])
        service.fault({"match": {"endpoint": "list"}, "effect": {"row_fields": {job_id(0): {"status": None}}}})
        result = run_info(service, select={"type": ["sync"], "status": [PAUSED]})
        assert result["failed"]
        assert [(job["id"], job["status"]) for job in result["jobs"]] == [(job_id(0), None), (job_id(1), PAUSED)]

    @pytest.mark.parametrize("status", [401, 403])
    @pytest.mark.parametrize("params", [{"job_ids": ids(250)}, {"select": {"type": ["sync"]}}], ids=["ids", "list"])
    def test_not_let_in_is_said_once_and_ends_it(self, status, params):
        service = emulator([RUNNING] * 250)
        service.fault({"match": {"kind": "read"}, "effect": {"status": status, "error_code": "APIGW.0301"}})
        result = run_info(service, gather=list(_query.PARTS), **params)
        assert result["failed"]
        assert result["msg"].count("HTTP %d APIGW.0301" % status) == 1
        assert len(service.journal) == 1

    def test_an_endpoint_that_the_cloud_lacks(self):
        service = emulator([RUNNING] * 30)
        service.fault(
            {"match": {"endpoint": "batch-rpo-and-rto"}, "effect": {"status": 404, "error_code": "APIGW.0101"}}
        )
        result = run_info(service, job_ids=ids(30), gather=["detail", "rpo_rto"])
        assert result["failed"]
        assert "rpo_rto of %s and 29 more: HTTP 404 APIGW.0101" % job_id(0) in result["msg"]
        assert all(job["detail"] for job in result["jobs"])
        times = [entry.time for entry in service.journal.of("batch-rpo-and-rto")]
        assert len(times) < 10
        assert 30 <= times[-1] - times[0] < 60

    def test_many_reasons_are_not_all_in_the_message(self):
        service = emulator([RUNNING] * 7)
        for number in range(7):
            refusal = {"status": 400, "error_code": "DRS.M0080%d" % number}
            service.fault({"match": {"endpoint": "batch-detail", "job_id": job_id(number)}, "effect": refusal})
        result = run_info(service, job_ids=ids(7), gather=["detail"])
        assert len(result["unread"]) == 7
        assert "DRS.M00804" in result["msg"]
        assert "DRS.M00805" not in result["msg"]
        assert "; and more, see unread" in result["msg"]


class TestTime:
    THROTTLED = ({"status": 429, "error_code": "APIGW.0308"}, {"status": 400, "error_code": "DRS.M01503"})

    @pytest.mark.parametrize("effect", THROTTLED)
    @pytest.mark.parametrize("params", [{"job_ids": ids(2), "gather": ["progress"]}, {"select": {"type": ["sync"]}}])
    def test_throttling_is_waited_for(self, effect, params):
        service = emulator([RUNNING] * 2)
        service.fault({"match": {"kind": "read", "count": 3}, "effect": {**effect, "retry_after": 20}})
        result = run_info(service, max_retries=0, **params)
        assert (found(result), result["failed"]) == (ids(2), False)
        assert result["api"]["retries"] == 3
        assert 60 <= result["api"]["seconds"] < 70

    @pytest.mark.parametrize("effect", THROTTLED)
    @pytest.mark.parametrize("params", [{"job_ids": ids(250)}, {}], ids=["ids", "lists"])
    def test_and_no_longer_than_wait_timeout(self, effect, params):
        service = emulator([RUNNING] * 250)
        service.fault({"match": {"kind": "read"}, "effect": effect})
        result = run_info(service, wait_timeout=90, **params)
        assert result["failed"]
        assert "wait_timeout expired" in result["msg"]
        assert result["api"]["seconds"] <= 91

    @pytest.mark.parametrize(
        "params", [{"job_ids": ids(90), "gather": ["detail"]}, {"select": {"type": ["sync"]}}], ids=["ids", "list"]
    )
    def test_a_slow_service_is_left_at_the_end_of_the_time(self, params):
        service = emulator([RUNNING] * 900, latency=10)
        result = run_info(service, wait_timeout=45, **params)
        assert result["failed"]
        assert "wait_timeout expired" in result["msg"]
        assert 45 <= result["api"]["seconds"] <= 56
        assert result["jobs"]


class TestCheckMode:
    @pytest.mark.parametrize(
        "params", [{"job_ids": [*ids(2), job_id(9)], "gather": list(_query.PARTS)}, {"select": {"name": ["job-*"]}}]
    )
    def test_reads_the_same(self, params):
        checked, plain = (run_info(emulator([RUNNING, PAUSED]), check=check, **params) for check in (True, False))
        assert checked == plain
        assert found(plain) == ids(2)

    def test_never_a_write(self):
        service = emulator([RUNNING, PAUSED, FAILED])
        run_info(service, gather=list(_query.PARTS))
        run_info(service, job_ids=ids(3), gather=list(_query.PARTS))
        assert service.journal.writes() == []


@pytest.mark.parametrize("count", [10, 200, 1000])
@pytest.mark.parametrize("gather", [[], ["detail"], ["detail", "progress", "rpo_rto"]])
def test_no_request_more_than_the_schedule_of_reads_needs(gather, count):
    """docs/performance.md tells the schedule: a page for each hundred jobs, and a call for each ten to gather more."""
    service = emulator([RUNNING] * count)
    result = run_info(service, job_ids=ids(count), gather=gather)
    assert len(result["jobs"]) == count
    assert service.journal.count == -(-count // 100) + len(gather) * -(-count // 10)
