# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin prefix, the journal, seeds, settings and clocks."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import Clock, Emulator, ImmediateClock, ManualClock, load_seed
from ansible_collections.huaweicloud.drs.tests.emulator.clock import make_clock
from ansible_collections.huaweicloud.drs.tests.emulator.settings import MEANINGS, Settings
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import HEADERS, PROJECT, Caller, emulate, job_id

ONE, TWO = job_id(0), job_id(1)
RUNNING = "INCRE_TRANSFER_STARTED"
EXAMPLES = [
    "140b5236-88ad-43c8-811c-1268453jb101",
    "9a470239-2308-4bb5-a6bc-1040402fjb21",
    "dbb8127c-b093-4b94-b764-7161e151jb2s",
]


def admin(caller, method, path, body=None):
    data = b"" if body is None else json.dumps(body).encode()
    return caller.emulator.handle(method, f"/_emulator/{path}", {}, data)


def test_health_needs_no_token_and_leaves_no_trace():
    caller = emulate()
    assert admin(caller, "GET", "health").json() == {"ok": True, "clock": "manual"}
    assert len(caller.emulator.journal) == 0


def test_state_shows_jobs_and_what_is_pending():
    caller = emulate(RUNNING)
    caller.write("pause", ONE)
    state = admin(caller, "GET", "state").json()
    job = state["jobs"][ONE]
    assert (job["status"], job["phase"], job["pending"]) == (RUNNING, "running", "pause")
    caller.emulator.tick(2)
    job = admin(caller, "GET", "state").json()["jobs"][ONE]
    assert (job["status"], job["phase"], job["pending"]) == ("PAUSING", "paused", None)


def test_time_is_moved():
    caller = emulate("CREATING")
    assert admin(caller, "POST", "tick", {"seconds": 30}).json() == {"time": 30.0}
    assert caller.status(ONE) == "CONFIGURATION"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "tick", {"seconds": -1}),
        ("POST", "tick", {}),
        ("POST", "tick", None),
        ("POST", "seed", {"job": []}),
        ("POST", "faults", {"effect": {"fate": "explode"}}),
        ("POST", "settings", {"colour": "red"}),
        ("POST", f"jobs/{TWO}", {"status": "PAUSING"}),
        ("POST", "jobs", {"id": "x"}),
        ("GET", "journal?since=x", None),
    ],
)
def test_what_does_not_fit_is_400_and_changes_nothing(method, path, body):
    caller = emulate(RUNNING)
    reply = admin(caller, method, path, body)
    assert reply.status == 400
    assert reply.json()["error"]
    assert caller.status(ONE) == RUNNING


def test_what_is_not_json_is_400():
    assert emulate().emulator.handle("POST", "/_emulator/seed", {}, b"{").status == 400


def test_what_is_not_there_is_404():
    assert admin(emulate(), "GET", "nothing").status == 404
    assert admin(emulate(), "POST", "health").status == 404


def test_a_seed_replaces_everything_and_a_reset_brings_it_back():
    caller = emulate(RUNNING)
    assert (
        admin(caller, "POST", "seed", {"jobs": [{"id": TWO, "status": "PAUSING"}], "settings": {"lag": 0}}).status
        == 200
    )
    assert list(caller.emulator.jobs) == [TWO]
    caller.write("retry", TWO)
    assert caller.status(TWO) == "STARTJOBING"
    admin(caller, "POST", "faults", [{"effect": {"status": 500}}])
    assert admin(caller, "POST", "reset").status == 200
    assert caller.status(TWO) == "PAUSING"
    assert [entry.endpoint for entry in caller.emulator.journal] == ["batch-status"]


def test_a_seed_that_does_not_fit_leaves_the_old_one():
    caller = emulate(RUNNING)
    for seed in ({"settings": {"lag": -1}}, {"faults": [{}]}, {"jobs": [{"id": ONE, "status": 7}]}):
        with pytest.raises(ValueError, match=r"seed|setting|fault"):
            caller.emulator.seed(seed)
    assert caller.status(ONE) == RUNNING


def test_settings_given_from_outside_win_over_the_seeds():
    emulator = Emulator({"settings": {"lag": 9, "per_page": 7}}, lag=1)
    assert (emulator.settings.lag, emulator.settings.per_page) == (1, 7)
    emulator.seed({"settings": {"lag": 5}})
    assert (emulator.settings.lag, emulator.settings.per_page) == (1, 5)


def test_settings_are_read_and_changed():
    caller = emulate("DELETED")
    assert admin(caller, "POST", "settings", {"deleted_shape": "error"}).status == 200
    assert admin(caller, "GET", "settings").json()["deleted_shape"] == "error"
    assert caller.call("batch-status", {"jobs": [ONE]}).status == 400


def test_jobs_are_added_and_changed_while_it_runs():
    caller = emulate(RUNNING)
    admin(caller, "POST", "jobs", {"id": TWO, "status": "CONFIGURATION"})
    changed = admin(caller, "POST", f"jobs/{ONE}", {"lag": 3, "busy": True}).json()
    assert (changed["id"], changed["status"]) == (ONE, RUNNING)
    assert caller.statuses(ONE, TWO) == [RUNNING, "CONFIGURATION"]
    assert caller.call("batch-progress", {"jobs": [ONE]}).json()["results"][0]["incre_trans_delay"] == "3"
    assert caller.write("pause", ONE).json()["results"][0]["error_code"] == "DRS.M01504"


def test_a_changed_job_keeps_its_phase_and_its_order():
    order = {"order_id": "CS1", "status": "UNORDERED"}
    caller = emulate(
        {"status": "FULL_TRANSFER_STARTED", "durations": {"FULL_TRANSFER_STARTED": None}},
        {"period_order": order},
        lag=0,
    )
    caller.write("pause", ONE)
    caller.write("start", TWO)
    for one in (ONE, TWO):
        caller.emulator.change_job(one, {"name": "changed"})
    caller.write("retry", ONE)
    caller.emulator.tick(10)
    assert caller.status(ONE) == "FULL_TRANSFER_STARTED"
    assert caller.emulator.jobs[TWO].period_order["status"] == "COMPLETED"
    assert caller.emulator.jobs[ONE].name == "changed"


def test_faults_are_listed_and_removed():
    caller = emulate(RUNNING)
    made = admin(caller, "POST", "faults", {"match": {"kind": "write"}, "effect": {"status": 500}}).json()
    assert admin(caller, "GET", "faults").json() == made
    admin(caller, "DELETE", f"faults/{made[0]['id']}")
    assert admin(caller, "GET", "faults").json() == []
    caller.emulator.fault({"effect": {"status": 500}})
    admin(caller, "DELETE", "faults")
    assert caller.write("pause", ONE).status == 200


def test_tokens_are_expired():
    caller = emulate(RUNNING)
    admin(caller, "POST", "expire-tokens")
    assert caller.call("batch-status", {"jobs": [ONE]}).status == 401


def test_coverage_as_data_and_as_a_page():
    table = admin(emulate(), "GET", "coverage").json()
    assert sum(table["counts"].values()) == len(table["lines"])
    page = admin(emulate(), "GET", "coverage?format=markdown")
    assert page.headers["Content-Type"].startswith("text/markdown")
    assert page.body.decode().count("\n| ") >= len(table["lines"])


# The journal


def test_the_journal_has_what_was_asked_and_what_became_of_it():
    caller = emulate(RUNNING, "PAUSING")
    caller.emulator.tick(4)
    caller.write("pause", ONE, TWO)
    entry = caller.emulator.journal[0]
    assert (entry.n, entry.time, entry.method, entry.endpoint, entry.kind) == (
        1,
        4.0,
        "POST",
        "batch-pause-task",
        "write",
    )
    assert entry.body["jobs"][0] == {"job_id": ONE, "pause_mode": "target"}
    assert (entry.status, entry.rows, entry.fate, entry.job_ids) == (200, 2, "answer", [ONE, TWO])
    assert entry.accepted == [{"job_id": ONE, "verb": "pause", "status": RUNNING}]
    assert len(entry.request_id) == 32
    shown = admin(caller, "GET", "journal").json()
    assert shown["count"] == 1
    assert shown["entries"][0]["accepted"] == entry.accepted


def test_the_journal_is_searched():
    caller = emulate(RUNNING, RUNNING)
    caller.status(ONE)
    caller.write("pause", ONE)
    caller.write("terminate", TWO)
    caller.send("GET", "/v3/projects?name=eu-de")
    caller.send("GET", "/nowhere")
    journal = caller.emulator.journal
    assert [entry.endpoint for entry in journal.writes()] == ["batch-pause-task", "batch-jobs"]
    assert [entry.n for entry in journal.of("batch-status", "projects")] == [1, 4]
    assert (journal.accepted(ONE), journal.accepted(TWO)) == (["pause"], ["terminate"])
    assert journal[3].query == [("name", "eu-de")]
    assert (journal[-1].endpoint, journal[-1].status) == (None, 404)
    assert [entry.n for entry in journal.since(3)] == [4, 5]
    assert len(admin(caller, "GET", "journal?since=4").json()["entries"]) == 1
    admin(caller, "DELETE", "journal")
    assert (len(journal), journal.count) == (0, 5)


def test_the_journal_keeps_as_many_as_it_is_told():
    caller = emulate(RUNNING, journal_limit=3)
    for _turn in range(10):
        caller.status(ONE)
    assert [entry.n for entry in caller.emulator.journal] == [8, 9, 10]


def test_no_secret_is_in_the_journal():
    caller = emulate(RUNNING)
    headers = {**HEADERS, "X-Auth-Token": "canary-1", "X-Security-Token": "canary-2", "Cookie": "canary-3"}
    caller.send("POST", f"/v3/{PROJECT}/jobs/batch-status", {"jobs": [ONE]}, headers)
    signed = {
        "Authorization": "SDK-HMAC-SHA256 Access=KEYNAME, SignedHeaders=host, Signature=canary-4",
        "Content-Type": "application/json",
    }
    caller.send("POST", f"/v3/{PROJECT}/jobs/batch-status", {"jobs": [ONE]}, signed)
    caller.send(
        "POST", f"/v3/{PROJECT}/jobs/batch-status", {"jobs": [ONE]}, {**signed, "Authorization": "Basic canary-5"}
    )
    canary = "canary-6"
    user = {"name": "u", "password": canary, "domain": {"name": "d"}}
    caller.send(
        "POST", "/v3/auth/tokens", {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    )
    caller.emulator.handle(
        "POST", "/v3/auth/tokens", HEADERS, b"[" * 480 + json.dumps({"password": canary}).encode() + b"]" * 480
    )
    text = admin(caller, "GET", "journal").body.decode()
    assert "canary" not in text
    assert "Access=KEYNAME" in text
    assert caller.emulator.journal[3].body["auth"]["identity"]["password"]["user"]["password"] == "***"


# Seeds


def test_the_examples_hold_the_pages_own_jobs():
    emulator = Emulator(load_seed("examples"))
    assert set(EXAMPLES) <= set(emulator.jobs)
    rows = Caller(emulator).write("start", *EXAMPLES).json()["results"]
    assert [row["status"] for row in rows] == ["success"] * 3


def test_a_seed_from_a_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"jobs": [{"id": ONE}]}), encoding="utf-8")
    assert load_seed(path)["jobs"][0]["status"] == "CONFIGURATION"


@pytest.mark.parametrize(
    ("content", "message"), [("{", "Expecting"), ('{"job": []}', "an object with"), (None, "No such file")]
)
def test_a_seed_file_that_does_not_fit(tmp_path, content, message):
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_seed(path)


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({}, r"jobs\[0\]: an id is missing"),
        ({"id": "short"}, r"jobs\[0\]\.id: 'short'"),
        ({"id": ONE, "state": "x"}, "no field is called 'state'"),
        ({"id": ONE, "status": "paused"}, "status: 'paused'"),
        ({"id": ONE, "status": "PAUSED "}, "status: 'PAUSED '"),
        ({"id": ONE, "busy": -1}, "busy"),
        ({"id": ONE, "fails": {"resume": "PAUSING"}}, "fails"),
        ({"id": ONE, "refuse": {"start": "DRS.M00300"}}, "refuse"),
        ({"id": ONE, "durations": {"NOWHERE": 1}}, "durations"),
        ({"id": ONE, "lag": {"falls": 1}}, "lag"),
        ({"id": ONE, "lag": []}, "lag"),
        ({"id": ONE, "lag": {"times": []}}, "lag"),
        ({"id": ONE, "tags": {"a": "b"}}, "tags"),
        ({"id": ONE, "period_order": {}}, "period_order"),
        ([], "an object"),
    ],
)
def test_a_job_that_does_not_fit_is_named(job, message):
    with pytest.raises(ValueError, match=message):
        Emulator({"jobs": [job]})


@pytest.mark.parametrize(
    "identity",
    [
        [],
        {"people": []},
        {"users": [{"name": "x"}]},
        {"projects": []},
        {"keys": [{"access_key": "a", "secret_key": "b", "c": "d"}]},
    ],
)
def test_an_identity_that_does_not_fit_is_refused(identity):
    with pytest.raises(ValueError, match="identity"):
        Emulator({"identity": identity})


def test_the_same_id_twice_is_refused():
    with pytest.raises(ValueError, match="same id"):
        Emulator({"jobs": [{"id": ONE}, {"id": ONE}]})


def test_the_default_token_is_the_first_projects():
    emulator = Emulator({"identity": {"projects": [{"id": "mine", "name": "eu-nl"}]}, "jobs": [{"id": ONE}]})
    reply = Caller(emulator).send("POST", "/v3/mine/jobs/batch-status", {"jobs": [ONE]})
    assert reply.status == 200


# Settings and clocks


def test_every_setting_has_a_meaning():
    assert set(MEANINGS) == set(Settings.__dataclass_fields__)
    assert all(meaning and source.where for meaning, source in MEANINGS.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"lag": "2"},
        {"lag": {"stop": 1}},
        {"lag": {"start": -1}},
        {"durations": {"NOWHERE": 1}},
        {"durations": {"CREATING": "long"}},
        {"per_page": -1},
        {"max_items": "ten"},
        {"date_offset": "1"},
        {"date_offset": True},
        {"date_offset": -1e10},
        {"shuffle": 1},
        {"answer_key": "rows"},
        {"paused_spelling": "PAUSED"},
        {"deleted_shape": "gone"},
        {"unknown_shape": "gone"},
        {"nothing": 1},
    ],
)
def test_a_setting_that_does_not_fit_is_refused(wrong):
    with pytest.raises(ValueError, match="setting"):
        Settings().with_(wrong)


def test_a_verb_without_a_lag_of_its_own_has_the_default():
    assert Settings(lag={"start": 7}).lag_of("pause") == Settings().lag
    assert Settings(lag={"start": 7}).lag_of("start") == 7


def test_durations_are_set_for_all_jobs():
    caller = emulate("CREATING", "CREATING", durations={"CREATING": 5})
    caller.emulator.tick(5)
    assert caller.statuses(ONE, TWO) == ["CONFIGURATION"] * 2


def test_clocks_by_name():
    assert isinstance(make_clock("immediate"), ImmediateClock)
    assert isinstance(make_clock("manual"), ManualClock)
    own = ManualClock(wall=5.0)
    assert make_clock(own) is own
    for wrong in ("sundial", ""):
        with pytest.raises(ValueError, match="clock"):
            make_clock(wrong)
    with pytest.raises(ValueError, match="scale"):
        make_clock("scaled", 0)


def test_a_manual_clock_stands_still_and_its_wall_goes_along():
    clock = ManualClock(wall=1000.0)
    clock.tick(2.5)
    assert (clock.now(), clock.wall()) == (2.5, 1002.5)


def test_only_a_manual_clock_is_moved():
    for name in ("immediate", "scaled"):
        with pytest.raises(ValueError, match="by hand"):
            Emulator(clock=name).tick(1)


def test_a_scaled_clock_runs_faster_but_its_wall_does_not(monkeypatch):
    seconds = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    monkeypatch.setattr("time.time", lambda: 5000.0 + seconds[0])
    clock = Clock(scale=60)
    seconds[0] += 2
    assert (clock.now(), clock.wall()) == (120.0, 5102.0)
