# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP statuses, bodies, pages and strict checks, as the API's pages have them."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import routes
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import HEADERS, PROJECT, emulate, job_id

ONE, TWO = job_id(0), job_id(1)
UNKNOWN = job_id(99)

WRITES = [
    ("start", 202, "CONFIGURATION"),
    ("pause", 200, "INCRE_TRANSFER_STARTED"),
    ("retry", 200, "PAUSING"),
    ("terminate", 202, "INCRE_TRANSFER_STARTED"),
    ("force_terminate", 202, "INCRE_TRANSFER_STARTED"),
    ("delete", 202, "RELEASE_RESOURCE_COMPLETE"),
]
BODIES = {
    "batch-starting": {"jobs": [{"job_id": ONE}]},
    "batch-pause-task": {"jobs": [{"job_id": ONE, "pause_mode": "all"}]},
    "batch-retry-task": {"jobs": [{"job_id": ONE}]},
    "batch-jobs": {"jobs": [{"job_id": ONE, "delete_type": "terminate"}]},
    "batch-status": {"jobs": [ONE]},
    "batch-detail": {"jobs": [ONE]},
    "batch-progress": {"jobs": [ONE]},
    "batch-rpo-and-rto": {"jobs": [ONE]},
    "list": {"db_use_type": "sync"},
}
CALLS = [route for route in routes.ROUTES if route.kind != "iam"]


def send(caller, route, body, headers=None):
    return caller.send(route.method, route.path.replace("{project_id}", PROJECT), body, headers)


@pytest.mark.parametrize(("verb", "status", "begins"), WRITES)
def test_a_write_has_the_status_of_its_page_and_a_row_for_each_job(verb, status, begins):
    caller = emulate(begins, begins)
    reply = caller.write(verb, TWO, ONE)
    assert reply.status == status
    assert reply.json() == {"count": 2, "results": [{"id": TWO, "status": "success"}, {"id": ONE, "status": "success"}]}
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["X-Request-Id"]


def test_the_documented_mixture_of_success_and_failure():
    caller = emulate("INCRE_TRANSFER_STARTED", {"status": "INCRE_TRANSFER_STARTED", "busy": True})
    reply = caller.write("terminate", ONE, TWO)
    assert reply.status == 202
    assert reply.json()["results"] == [
        {"id": ONE, "status": "success"},
        {
            "id": TWO,
            "status": "failed",
            "error_code": "DRS.M01504",
            "error_msg": "Another operation is being performed on the migration task or the migration task is "
            "abnormal. Try again later.",
        },
    ]


@pytest.mark.parametrize(("verb", "status", "begins"), WRITES)
def test_a_write_in_which_all_failed_is_2xx_or_by_setting_400(verb, status, begins):
    assert emulate(begins).write(verb, UNKNOWN).status == status
    refused = emulate(begins, all_failed_400=True).write(verb, UNKNOWN)
    assert refused.status == 400
    assert refused.json()["results"][0]["error_code"] == "DRS.M00289"
    assert emulate(begins, all_failed_400=True).write(verb, UNKNOWN, ONE).status == status


def test_one_call_may_stop_and_delete():
    caller = emulate("INCRE_TRANSFER_STARTED", "CREATE_FAILED")
    items = [{"job_id": ONE, "delete_type": "terminate"}, {"job_id": TWO, "delete_type": "delete"}]
    assert caller.call("batch-jobs", {"jobs": items}, "DELETE").status == 202
    accepted = caller.emulator.journal[0].accepted
    assert accepted == [
        {"job_id": ONE, "verb": "terminate", "status": "INCRE_TRANSFER_STARTED"},
        {"job_id": TWO, "verb": "delete", "status": "CREATE_FAILED"},
    ]


def test_the_answer_of_the_2020_pages():
    reply = emulate("CONFIGURATION", answer_key="jobs").write("start", ONE)
    assert reply.json() == {"count": 1, "jobs": [{"id": ONE, "status": "success"}]}


def test_a_shuffled_answer_has_every_row_and_repeats_with_its_seed():
    orders = []
    for _turn in range(2):
        caller = emulate(*["CONFIGURATION"] * 20, shuffle=True, random_seed=7)
        rows = caller.write("start", *[job_id(number) for number in range(20)]).json()["results"]
        orders.append([row["id"] for row in rows])
    assert orders[0] == orders[1] != sorted(orders[0])
    assert sorted(orders[0]) == [job_id(number) for number in range(20)]


@pytest.mark.parametrize("name", ["batch-status", "batch-detail"])
@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        (None, range(5)),
        ({}, range(5)),
        ({"cur_page": 2}, range(5, 10)),
        ({"per_page": 100}, range(12)),
        ({"cur_page": 3, "per_page": 5}, range(10, 12)),
        ({"cur_page": 1, "per_page": 0}, range(12)),
        ({"cur_page": 0, "per_page": 0}, range(12)),
        ({"cur_page": 0, "per_page": 5}, range(12)),
    ],
)
def test_pages_hold_five_unless_asked_otherwise(name, page, numbers):
    caller = emulate(*["CONFIGURATION"] * 12)
    body = {"jobs": [job_id(number) for number in range(12)], **({} if page is None else {"page_req": page})}
    answer = caller.call(name, body).json()
    assert [row["id"] for row in answer["results"]] == [job_id(number) for number in numbers]
    assert answer["count"] == len(answer["results"])


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"per_page": 101}, "DRS.M00210"),
        ({"per_page": -1}, "DRS.M00210"),
        ({"cur_page": -1}, "DRS.M00210"),
        ({"cur_page": 2, "per_page": 0}, "DRS.M00210"),
        ({"cur_page": 4, "per_page": 5}, "DRS.M00211"),
        ({"cur_page": "1"}, "DRS.M00202"),
        ({"pages": 1}, "DRS.M00202"),
    ],
)
def test_pages_that_are_none_are_refused(page, code):
    caller = emulate(*["CONFIGURATION"] * 12)
    reply = caller.call("batch-status", {"jobs": [job_id(number) for number in range(12)], "page_req": page})
    assert (reply.status, reply.json()["error_code"]) == (400, code)


@pytest.mark.parametrize("route", CALLS, ids=lambda route: route.name)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: {**body, "extra": 1}, "DRS.M00202"),
        (lambda body: [body], "DRS.M00202"),
        (lambda body: {}, "DRS.M00201"),
        (lambda body: None, "DRS.M00007"),
    ],
)
def test_a_body_of_another_shape_is_refused_whole(route, change, code):
    reply = send(emulate("CONFIGURATION"), route, change(BODIES[route.name]))
    assert (reply.status, reply.json()["error_code"]) == (400, code)


@pytest.mark.parametrize("route", [route for route in CALLS if route.name != "list"], ids=lambda route: route.name)
@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ([], "DRS.M00201"),
        (["not-an-id"], "DRS.M00202"),
        ([ONE, ONE], "DRS.M00301"),
        ([ONE, 7], "DRS.M00202"),
    ],
)
def test_ids_are_checked(route, ids, code):
    item = BODIES[route.name]["jobs"][0]
    jobs = [{**item, "job_id": one} if isinstance(item, dict) else one for one in ids]
    caller = emulate("CONFIGURATION")
    reply = send(caller, route, {"jobs": jobs})
    assert (reply.status, reply.json()["error_code"]) == (400, code)
    assert caller.emulator.journal[0].accepted == []


@pytest.mark.parametrize(
    ("name", "item", "code"),
    [
        ("batch-starting", {}, "DRS.M00201"),
        ("batch-starting", None, "DRS.M00201"),
        ("batch-starting", ONE, "DRS.M00202"),
        ("batch-starting", {"job_id": ""}, "DRS.M00201"),
        ("batch-starting", {"job_id": ONE, "start_time": 1608188903063}, "DRS.M00202"),
        ("batch-starting", {"job_id": ONE, "start_time": "tomorrow"}, "DRS.M00202"),
        ("batch-starting", {"job_id": ONE, "is_only_init_task": "true"}, "DRS.M00202"),
        ("batch-starting", {"job_id": ONE, "pause_mode": "target"}, "DRS.M00202"),
        ("batch-pause-task", {"job_id": ONE}, "DRS.M00201"),
        ("batch-pause-task", {"job_id": ONE, "pause_mode": "none"}, "DRS.M00202"),
        ("batch-retry-task", {"job_id": ONE, "is_sync_re_edit": 1}, "DRS.M00202"),
        ("batch-jobs", {"job_id": ONE}, "DRS.M00201"),
        ("batch-jobs", {"job_id": ONE, "delete_type": "stop"}, "DRS.M00202"),
        ("batch-jobs", {"job_id": ONE, "delete_type": "delete", "is_show_breakpoint_position": "no"}, "DRS.M00202"),
    ],
)
def test_items_are_checked(name, item, code):
    reply = emulate("CONFIGURATION").call(name, {"jobs": [item]}, "DELETE" if name == "batch-jobs" else "POST")
    assert (reply.status, reply.json()["error_code"]) == (400, code)


@pytest.mark.parametrize("route", CALLS, ids=lambda route: route.name)
def test_the_body_must_be_declared_as_json(route):
    caller = emulate("CONFIGURATION")
    for content_type in (None, "text/plain"):
        headers = {"X-Auth-Token": "emulator-token", **({"Content-Type": content_type} if content_type else {})}
        assert send(caller, route, BODIES[route.name], headers).status == 415
    charset = {**HEADERS, "Content-Type": "application/json;charset=UTF-8"}
    assert send(caller, route, BODIES[route.name], charset).status == route.status


def test_the_language_is_one_of_two():
    caller = emulate("CONFIGURATION")
    for language, status in (("en-us", 200), ("ZH-CN", 200), ("de-de", 400)):
        reply = send(caller, CALLS[4], BODIES["batch-status"], {**HEADERS, "X-Language": language})
        assert reply.status == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v3/{PROJECT}/jobs/batch-starting"),
        ("POST", f"/v3/{PROJECT}/jobs/batch-jobs"),
        ("POST", f"/v3/{PROJECT}/jobs/batch-starting/"),
        ("POST", f"//v3/{PROJECT}/jobs/batch-starting"),
        ("POST", f"/v5/{PROJECT}/jobs/batch-stop"),
        ("GET", "/"),
    ],
)
def test_another_path_or_method_is_no_api(method, path):
    reply = emulate("CONFIGURATION").send(method, path, BODIES["batch-starting"])
    assert (reply.status, reply.json()["error_code"]) == (404, "APIGW.0101")
    assert reply.json()["request_id"] == reply.headers["X-Request-Id"]


def test_too_many_jobs_and_ids_that_spoil_a_request_refuse_it_whole():
    caller = emulate("CONFIGURATION", "CONFIGURATION", "CONFIGURATION", max_items=2, refuse_ids=(TWO,))
    too_many = caller.write("start", ONE, TWO, job_id(2))
    spoilt = caller.write("start", ONE, TWO)
    for reply in (too_many, spoilt):
        assert reply.status == 400
        assert "results" not in reply.json()
    assert caller.write("start", ONE, job_id(2)).status == 202
    assert caller.emulator.journal.accepted(TWO) == []


def test_error_message_in_status_and_detail_error_msg_elsewhere():
    caller = emulate({"status": "FULL_TRANSFER_FAILED", "error_code": "DRS.M01501", "error_message": "disk full"})
    for name, key in (
        ("batch-status", "error_message"),
        ("batch-detail", "error_message"),
        ("batch-progress", "error_msg"),
    ):
        row = caller.call(name, {"jobs": [ONE]}).json()["results"][0]
        assert (row["error_code"], row[key]) == ("DRS.M01501", "disk full")


def test_an_unknown_id_in_each_shape():
    caller = emulate("CONFIGURATION")
    reply = caller.call("batch-status", {"jobs": [ONE, UNKNOWN]})
    assert reply.status == 200
    assert reply.json()["results"][1] == {
        "id": UNKNOWN,
        "error_code": "DRS.M00289",
        "error_message": "The task does not exist.",
    }
    assert caller.call("batch-status", {"jobs": [UNKNOWN]}).status == 200
    detail = caller.call("batch-detail", {"jobs": [UNKNOWN]})
    assert detail.status == 400
    assert detail.json()["results"][0]["error_code"] == "DRS.M00289"
    caller.emulator.configure({"unknown_shape": "absent"})
    assert caller.call("batch-status", {"jobs": [ONE, UNKNOWN]}).json()["count"] == 1
    assert caller.call("batch-detail", {"jobs": [UNKNOWN]}).json() == {"count": 0, "results": []}
    caller.emulator.configure({"unknown_shape": "error", "unknown_code": "DRS.M05003"})
    assert caller.call("batch-status", {"jobs": [UNKNOWN]}).json()["results"][0]["error_code"] == "DRS.M05003"


def test_a_deleted_job_in_each_shape():
    caller = emulate("DELETED", "CONFIGURATION")
    assert caller.statuses(ONE, TWO) == ["DELETED", "CONFIGURATION"]
    caller.emulator.configure({"deleted_shape": "error"})
    alone = caller.call("batch-status", {"jobs": [ONE]})
    assert (alone.status, alone.json()["results"][0]["error_code"]) == (400, "DRS.M05004")
    mixed = caller.call("batch-status", {"jobs": [ONE, TWO]})
    assert (mixed.status, mixed.json()["results"][0]["error_code"]) == (200, "DRS.M05004")
    caller.emulator.configure({"deleted_shape": "absent"})
    assert caller.call("batch-status", {"jobs": [ONE, TWO]}).json()["results"] == [
        {"id": TWO, "status": "CONFIGURATION"}
    ]


def test_a_deleted_job_is_forgotten_after_its_time():
    caller = emulate("RELEASE_RESOURCE_COMPLETE", forget_deleted_after=60)
    caller.write("delete", ONE)
    caller.emulator.tick(2)
    assert caller.status(ONE) == "DELETED"
    caller.emulator.tick(60)
    assert caller.call("batch-status", {"jobs": [ONE]}).json()["results"][0]["error_code"] == "DRS.M00289"
    assert caller.write("delete", ONE).json()["results"][0]["error_code"] == "DRS.M00289"


def test_detail_gives_what_was_seeded():
    password = "-".join(("seeded", "db", "password"))
    source = {"db_type": "mysql", "db_user": "root", "db_password": password}
    caller = emulate(
        {"status": "CONFIGURATION", "name": "orders", "source_endpoint": source, "tags": [{"key": "a", "value": "b"}]}
    )
    row = caller.call("batch-detail", {"jobs": [ONE]}).json()["results"][0]
    assert (row["name"], row["source_endpoint"], row["tags"]) == ("orders", source, [{"key": "a", "value": "b"}])
    assert "period_order" not in row
    assert isinstance(row["create_time"], str)


def test_progress_and_rpo_are_202_keyed_job_id_and_minus_one_before_the_incremental_phase():
    caller = emulate("FULL_TRANSFER_STARTED", {"status": "INCRE_TRANSFER_STARTED", "lag": 2.5})
    progress = caller.call("batch-progress", {"jobs": [ONE, TWO]})
    assert progress.status == 202
    rows = progress.json()["results"]
    assert [(row["job_id"], row["incre_trans_delay"], row["incre_trans_delay_millis"]) for row in rows] == [
        (ONE, "-1", "-1"),
        (TWO, "2.500", "2500"),
    ]
    rpo = caller.call("batch-rpo-and-rto", {"jobs": [ONE, TWO]})
    assert rpo.status == 202
    assert [row["rpo_info"]["delay"] for row in rpo.json()["results"]] == ["-1", "2500"]


def test_the_list_pages_over_1234_jobs():
    caller = emulate(*["CONFIGURATION"] * 1234)
    seen = []
    for page in range(1, 14):
        answer = caller.send(
            "POST", f"/v3/{PROJECT}/jobs", {"db_use_type": "sync", "cur_page": page, "per_page": 100}
        ).json()
        assert answer["total_record"] == 1234
        seen += [row["id"] for row in answer["jobs"]]
    assert seen == [job_id(number) for number in range(1234)]
    default = caller.send("POST", f"/v3/{PROJECT}/jobs", {"db_use_type": "sync"}).json()
    assert len(default["jobs"]) == 10


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["orders", "orders-eu", "stock"]),
        ({"db_use_type": "migration"}, ["moved"]),
        ({"db_use_type": "cloudDataGuard"}, []),
        ({"name": "orders"}, ["orders", "orders-eu"]),
        ({"name": f"{job_id(0)},{job_id(2)}"}, ["orders", "stock"]),
        ({"status": "PAUSING"}, ["stock"]),
        ({"engine_type": "postgresql"}, ["orders-eu"]),
        ({"net_type": "vpn"}, ["stock"]),
        ({"enterprise_project_id": "e1"}, ["orders"]),
        ({"tags": {"team": "shop"}}, ["orders"]),
        ({"tags": [{"key": "team", "value": "shop"}]}, ["orders"]),
        ({"instance_ids": ["i1"]}, ["stock"]),
        ({"instance_ip": "10.0.0.1"}, []),
        ({"name": "", "status": "", "net_type": ""}, ["orders", "orders-eu", "stock"]),
    ],
)
def test_the_list_is_filtered(asked, names):
    caller = emulate(
        {
            "status": "CONFIGURATION",
            "name": "orders",
            "enterprise_project_id": "e1",
            "tags": [{"key": "team", "value": "shop"}],
        },
        {"status": "CONFIGURATION", "name": "orders-eu", "engine_type": "postgresql"},
        {"status": "PAUSING", "name": "stock", "net_type": "vpn", "source_endpoint": {"inst_id": "i1"}},
        {"status": "CONFIGURATION", "name": "moved", "db_use_type": "migration"},
        {"status": "DELETED", "name": "gone"},
    )
    answer = caller.send("POST", f"/v3/{PROJECT}/jobs", {"db_use_type": "sync", **asked}).json()
    assert [row["name"] for row in answer["jobs"]] == names
    assert answer["total_record"] == len(names)


@pytest.mark.parametrize(
    "asked",
    [
        {"db_use_type": "other"},
        {"tags": "team"},
        {"instance_ids": [["i1"]]},
        {"instance_ids": ["i"] * 11},
        {"name": ",".join(["a"] * 101)},
        {"per_page": 101},
    ],
)
def test_filters_are_checked(asked):
    reply = emulate("CONFIGURATION").send("POST", f"/v3/{PROJECT}/jobs", {"db_use_type": "sync", **asked})
    assert reply.status == 400


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100000, json.dumps({"jobs": [[[]]]}).encode(), b"null", b"7"]
)
def test_no_body_makes_it_fail(body):
    caller = emulate("CONFIGURATION")
    for route in CALLS:
        reply = caller.emulator.handle(route.method, route.path.replace("{project_id}", PROJECT), HEADERS, body)
        assert reply.status == 400


def test_a_body_over_12_mb_is_refused():
    caller = emulate("CONFIGURATION")
    reply = caller.emulator.handle("POST", f"/v3/{PROJECT}/jobs/batch-status", HEADERS, b"x" * (12 * 1024 * 1024 + 1))
    assert reply.status == 413


def test_a_job_of_another_project_is_unknown():
    projects = [{"id": PROJECT, "name": "eu-de"}, {"id": "other", "name": "eu-nl"}]
    caller = emulate({"status": "CONFIGURATION", "project_id": "other"}, identity={"projects": projects})
    assert caller.call("batch-status", {"jobs": [ONE]}).json()["results"][0]["error_code"] == "DRS.M00289"
    assert caller.write("start", ONE).json()["results"][0]["error_code"] == "DRS.M00289"


def test_a_target_may_be_a_whole_url():
    caller = emulate("CONFIGURATION")
    body = json.dumps({"jobs": [ONE]}).encode()
    reply = caller.emulator.handle("POST", f"https://drs.example:443/v3/{PROJECT}/jobs/batch-status?x=1", HEADERS, body)
    assert reply.status == 200
    assert caller.emulator.journal[0].query == [("x", "1")]


def test_the_list_tells_why_a_job_failed():
    caller = emulate({"status": "INCRE_TRANSFER_FAILED", "error_message": "source is gone"})
    rows = caller.send("POST", f"/v3/{PROJECT}/jobs", {"db_use_type": "sync"}).json()["jobs"]
    assert rows[0]["error_msg"] == "source is gone"


def test_rpo_without_a_delay():
    caller = emulate({"status": "INCRE_TRANSFER_STARTED", "lag": [None, "unreadable"]})
    rows = [caller.call("batch-rpo-and-rto", {"jobs": [ONE]}).json()["results"][0]["rpo_info"] for _turn in range(2)]
    assert ["delay" in row for row in rows] == [False, True]
    assert rows[1]["delay"] == "unreadable"


@pytest.mark.parametrize("name", ["batch-status", "batch-detail", "batch-progress", "batch-rpo-and-rto"])
def test_ids_are_compared_with_case(name):
    caller = emulate("INCRE_TRANSFER_STARTED")
    upper = ONE.upper()
    assert upper != ONE
    rows = caller.call(name, {"jobs": [upper, ONE]}).json()["results"]
    assert [row.get("id", row.get("job_id")) for row in rows] == [upper, ONE]
    assert rows[0]["error_code"] == "DRS.M00289"
    assert "error_code" not in rows[1]


@pytest.mark.parametrize("verb", ["start", "pause", "retry", "terminate", "force_terminate", "delete"])
def test_a_write_to_an_id_in_upper_case_touches_no_job(verb):
    caller = emulate("INCRE_TRANSFER_STARTED")
    assert caller.write(verb, ONE.upper()).json()["results"][0]["error_code"] == "DRS.M00289"
    assert caller.emulator.journal[0].accepted == []
    assert caller.status(ONE) == "INCRE_TRANSFER_STARTED"
