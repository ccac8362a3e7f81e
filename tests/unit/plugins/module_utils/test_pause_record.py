# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record on its disk, with the file system as an adversary: full, read-only, cut, shared."""

from __future__ import annotations

import copy
import errno
import json
import multiprocessing
import os
import re
import stat

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _maintenance, _pause_record
from ansible_collections.huaweicloud.drs.plugins.module_utils._pause_record import (
    Held,
    RecordError,
    Store,
    Unreadable,
    closed_if_done,
    entry,
    file_name,
    left,
    moved,
    parse,
)
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import assert_readable
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run

RUNNING = "INCRE_TRANSFER_STARTED"
A, B, C = job_id(0), job_id(1), job_id(2)
AT = "2026-06-01T00:00:00Z"


def new_record(run="mine", name="default", **known):
    return {
        "schema": 1,
        "phase": "open",
        "run": run,
        "name": name,
        "owner": {"host": "h", "user": "u", "pid": 1, "since": AT},
        "project_id": "p",
        "region": None,
        "endpoint": "https://drs.example.com:443",
        "versions": {},
        "began_at": AT,
        "paused_at": None,
        "ended_at": None,
        "pause_mode": "target",
        "selection": None,
        "jobs": known or {A: entry("a", RUNNING, "planned"), B: entry(None, None, "paused")},
    }


def of(**stages):
    """A record of jobs a to f by their stages."""
    return new_record(**{key: entry(key, RUNNING, known) for key, known in stages.items()})


def stages(record):
    return {key: job["known"] for key, job in record["jobs"].items()}


def unreadable(path, why):
    """What is said of it."""
    return (
        f"The record {path} cannot be read as one ({why}), so it does not say which jobs are paused. Find them in the DRS "
        "console, and give their ids with takeover: true and state: absent (playbook restore: drs_job_ids): those that are "
        "paused are resumed, and the file is renamed"
    )


# --- records


def test_a_new_entry():
    assert entry("a", RUNNING, "planned") == {
        "name": "a",
        "before": RUNNING,
        "known": "planned",
        "sent_at": None,
        "paused_at": None,
        "out_at": None,
    }


def test_what_is_left():
    record = of(a="planned", b="unconfirmed", c="paused", d="resuming", e="paused_before", f="out")
    assert left(record) == ["a", "b", "c", "d"]
    assert closed_if_done(record, AT) is record
    done = closed_if_done(of(e="paused_before", f="out"), AT)
    assert (done["phase"], done["ended_at"]) == ("closed", AT)


@pytest.mark.parametrize(
    ("known", "stamp"),
    [("unconfirmed", "sent_at"), ("paused", "paused_at"), ("out", "out_at"), ("resuming", None), ("planned", None)],
)
def test_moved(known, stamp):
    record = of(a="planned", b="unconfirmed", c="planned")
    before = copy.deepcopy(record)
    after = moved(record, iter(["a", "b", "x"]), known, AT, iter(["planned"]))
    assert record == before
    assert stages(after) == {"a": known, "b": "unconfirmed", "c": "planned"}
    changed = {key: value for key, value in after["jobs"]["a"].items() if value != record["jobs"]["a"][key]}
    expected = {"known": known, stamp: AT} if stamp else {"known": known}
    assert changed == {key: value for key, value in expected.items() if record["jobs"]["a"].get(key) != value}
    assert {key: value for key, value in after.items() if key != "jobs"} == {
        key: value for key, value in record.items() if key != "jobs"
    }


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("default", "default.json"),
        ("db-1_x.y", "db-1_x.y.json"),
        (".hidden", "%2Ehidden.json"),
        ("..", "%2E..json"),
        ("a/b", "a%2Fb.json"),
        ("a b~%", "a%20b%7E%25.json"),
        ("ü", "%C3%BC.json"),
        ("\0", "%00.json"),
        ("\udcff", "%ED%B3%BF.json"),
    ],
)
def test_file_names(name, file, tmp_path):
    assert file_name(name) == file
    assert Store(str(tmp_path), name).path == str(tmp_path / file)


def test_a_record_as_text():
    record = new_record()
    record["jobs"] = {A.upper(): record["jobs"][A]}
    assert parse(json.dumps(record), "x") == dict(record, jobs={A: record["jobs"][A.upper()]})


def wrong_records():
    for field in new_record():
        if field in ("schema", "selection"):
            continue
        for value in (None, 7, True, [], {}, "text", [[]]):
            expected = {
                "phase": lambda value: value in ("open", "closed"),
                "owner": lambda value: isinstance(value, dict),
                "versions": lambda value: isinstance(value, dict),
                "jobs": lambda value: isinstance(value, dict),
                **dict.fromkeys(
                    ("region", "paused_at", "ended_at"), lambda value: value is None or isinstance(value, str)
                ),
            }.get(field, lambda value: isinstance(value, str))
            if not expected(value):
                yield field, dict(new_record(), **{field: value})
        yield (
            field,
            {key: value for key, value in new_record().items() if key != field}
            if field
            not in (
                "region",
                "paused_at",
                "ended_at",
            )
            else dict(new_record(), **{field: 1}),
        )


@pytest.mark.parametrize(("field", "record"), list(wrong_records()))
def test_wrong_types_are_unreadable(field, record):
    with pytest.raises(Unreadable) as caught:
        parse(json.dumps(record), "/s/x.json")
    words = (
        "its phase is not open or closed" if field == "phase" else f"its field {field} is missing or of a wrong type"
    )
    assert str(caught.value) == unreadable("/s/x.json", words)


@pytest.mark.parametrize("schema", [None, "1", 1.0, True, 0, -1, [1]])
def test_no_schema(schema):
    with pytest.raises(Unreadable) as caught:
        parse(json.dumps(dict(new_record(), schema=schema)), "/s/x.json")
    assert str(caught.value) == unreadable("/s/x.json", "it has no schema")


def test_a_newer_schema_is_refused_and_not_called_unreadable():
    with pytest.raises(RecordError) as caught:
        parse('{"schema": 2, "phase": "done"}', "x")
    assert str(caught.value) == (
        "The record x was written by a newer version of this collection (schema 2, and this one knows 1): use that version"
    )
    assert not isinstance(caught.value, Unreadable)


@pytest.mark.parametrize("text", ["", "null", "[]", "7", '"x"', "{}", "[" * 100_000, '{"a":' * 100_000, "\ufeff{}"])
def test_no_record(text):
    with pytest.raises(Unreadable):
        parse(text, "x")


def test_no_json():
    with pytest.raises(Unreadable) as caught:
        parse("{", "x")
    why = "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    assert str(caught.value) == unreadable("x", why)


def test_one_that_is_nested_too_deep_for_whoever_writes_it():
    deep = {}
    for _level in range(200):
        deep = {"x": [deep]}
    for field in ("owner", "selection"):
        with pytest.raises(Unreadable, match=re.escape("(it is nested too deep)")):
            parse(json.dumps(dict(new_record(), **{field: deep})), "x")
    assert parse(json.dumps(dict(new_record(), selection={"tags": {"a": ["b"]}})), "x")["selection"]


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        ({"x": entry(None, None, "paused")}, "'x' is not a valid DRS job id"),
        ({"": entry(None, None, "paused")}, "the id of a job in it is ''"),
        ({f"{A},{B}": entry(None, None, "paused")}, f"the id of a job in it is '{A},{B}'"),
        ({f" {A}": entry(None, None, "paused")}, f"the id of a job in it is ' {A}'"),
        ({A: entry(None, None, "paused"), A.upper(): entry(None, None, "out")}, "it names a job twice"),
        ({A: entry(None, None, "gone")}, f"it does not say what is known of job {A}"),
        ({A: entry(None, None, None)}, f"it does not say what is known of job {A}"),
        ({A: entry(None, None, ["paused"])}, f"it does not say what is known of job {A}"),
        ({A: "paused"}, f"it does not say what is known of job {A}"),
        *[
            (
                {A: dict(entry(None, None, "paused"), **{field: 1})},
                f"the field {field} of its job {A} is of a wrong type",
            )
            for field in ("name", "before", "sent_at", "paused_at", "out_at")
        ],
    ],
)
def test_wrong_jobs(jobs, words):
    with pytest.raises(Unreadable) as caught:
        parse(json.dumps(dict(new_record(), jobs=jobs)), "x")
    assert f"one ({words}" in str(caught.value)
    assert words.startswith("'") or str(caught.value) == unreadable("x", words)


def test_odd_characters_are_kept_and_halves_replaced():
    odd = new_record()
    odd["jobs"][A]["name"] = "\U0001f600 \u202e \ud83d x"
    odd["owner"]["user"] = "\udcff"
    found = parse(json.dumps(odd), "x")
    assert found["jobs"][A]["name"] == "\U0001f600 \u202e ? x"
    assert found["owner"]["user"] == "?"


# --- files


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "state"), "default")


def test_modes(store, tmp_path):
    old = os.umask(0)
    try:
        store.begin(new_record())
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert modes == {"default.json": 0o600, ".lock": 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert (tmp_path / "state/default.json").read_text("utf-8") == json.dumps(new_record(), indent=2) + "\n"


def test_the_order_of_a_write(store, tmp_path, monkeypatch):
    """The file is on the disk before it is in place, and its place before anybody acts on it."""
    store.begin(new_record())
    done = []

    def noting(name):
        real = getattr(os, name)

        def work(*arguments, **options):
            target = arguments[0] if isinstance(arguments[0], str) else os.readlink(f"/proc/self/fd/{arguments[0]}")
            done.append((name, os.path.relpath(target, tmp_path)))
            return real(*arguments, **options)

        return work

    for name in ("fsync", "replace", "unlink"):
        monkeypatch.setattr(os, name, noting(name))
    (tmp_path / "state/.record.tmp").write_text("what a kill has left", "utf-8")
    store.update("mine", lambda record: dict(record, pause_mode="all"))
    assert done == [
        ("unlink", "state/.record.tmp"),
        ("fsync", "state/.record.tmp"),
        ("replace", "state/.record.tmp"),
        ("fsync", "state"),
    ]
    assert store.read()["pause_mode"] == "all"


def test_nothing_is_written_where_nothing_changes(store, tmp_path):
    store.begin(new_record())
    before = (tmp_path / "state/default.json").stat().st_ino
    assert store.update("mine", dict) == new_record()
    assert (tmp_path / "state/default.json").stat().st_ino == before


def test_update_is_for_the_open_record_of_its_run(store):
    assert not store.exists()
    assert store.read() is None
    store.begin(new_record())
    assert store.exists()

    def change(record):
        return dict(record, pause_mode="all")

    assert store.update("another", change) is None
    assert store.read()["pause_mode"] == "target"
    assert store.update("mine", change)["pause_mode"] == "all"
    store.update("mine", lambda record: dict(record, phase="closed"))
    assert store.update("mine", change) is None
    assert store.update("mine", change, ("open", "closed"))["pause_mode"] == "all"
    store.remove("another")
    assert store.exists()
    store.remove("mine")
    assert not store.exists()
    store.remove("mine")
    assert store.update("mine", change) is None


def test_an_open_record_keeps_others_out(store, tmp_path):
    other = Store(str(tmp_path / "state"), "other")
    store.begin(
        new_record(
            **{A: entry(None, None, "paused"), B: entry(None, None, "out"), C: entry(None, None, "paused_before")}
        )
    )
    with pytest.raises(Held, match=r"^The maintenance 'default' is open already$") as caught:
        store.begin(new_record("next"))
    assert caught.value.record["run"] == "mine"
    with pytest.raises(Held):
        store.begin(new_record())
    assert store.check([A], "mine") == store.read()
    with pytest.raises(Held, match=f"^Job {A} is in the open maintenance 'default'$") as caught:
        other.begin(new_record("next", "other", **{A: entry(None, None, "planned")}))
    assert caught.value.record["run"] == "mine"
    other.begin(new_record("next", "other", **{B: entry(None, None, "planned"), C: entry(None, None, "planned")}))
    assert store.check([A], "mine") == store.read()
    assert store.held([A, B, C], "mine") == {B, C}
    assert store.held([A, B, C], "next") == {A, C}
    assert store.held([A, B, C], "") == {A, B, C}
    assert store.held([], "") == set()
    other.update("next", lambda record: dict(record, phase="closed"))
    assert store.held([A, B, C], "mine") == set()


def test_several_jobs_in_another_record_are_counted(store, tmp_path):
    store.begin(new_record(**{key: entry(None, None, "paused") for key in (A, B, C)}))
    with pytest.raises(Held, match=f"Jobs {A} and 2 more are in the open maintenance 'default'"):
        Store(str(tmp_path / "state"), "other").check([C, B, A], "x")


def test_an_unreadable_record_of_the_folder_keeps_all_out_and_holds_nothing(store, tmp_path):
    store.begin(new_record())
    (tmp_path / "state/broken.json").write_text("{", "utf-8")
    (tmp_path / "state/.hidden.json").write_text("{", "utf-8")
    (tmp_path / "state/default.json.unreadable-1").write_text("{", "utf-8")
    (tmp_path / "state/notes.txt").write_text("{", "utf-8")
    with pytest.raises(Unreadable, match=r"broken\.json"):
        Store(str(tmp_path / "state"), "other").begin(new_record("next", "other"))
    assert store.held([A], "") == {A}


def test_a_file_that_is_put_aside(store, tmp_path):
    (tmp_path / "state").mkdir()
    path = tmp_path / "state/default.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Unreadable, match="can't decode"):
        store.read()
    assert store.put_aside("20260601T000000Z") == f"{path}.unreadable-20260601T000000Z"
    assert not path.exists()
    for _once in range(2):
        with pytest.raises(RecordError, match="another task has put it aside, or a record in its place"):
            store.put_aside("later")
        path.write_text(json.dumps(new_record()), "utf-8")
    assert path.exists()


def _begin(folder, number, ready, results):
    ready.wait()
    try:
        Store(folder, "default").begin(new_record(f"run-{number}"))
        results.put(number)
    except Held:
        results.put(None)


def test_of_processes_that_race_for_a_folder_one_begins(tmp_path):
    context = multiprocessing.get_context("fork")
    for attempt in range(5):
        folder = str(tmp_path / f"state-{attempt}")
        ready, results = context.Barrier(4), context.Queue()
        processes = [context.Process(target=_begin, args=(folder, number, ready, results)) for number in range(4)]
        for process in processes:
            process.start()
        ended = [results.get(timeout=30) for _process in processes]
        for process in processes:
            process.join(30)
        (winner,) = [number for number in ended if number is not None]
        assert Store(folder, "default").read()["run"] == f"run-{winner}"


# --- the module, where the file system refuses


class Disk:
    """Refuses work on files. is_full(name, path) is asked before each."""

    def __init__(self, monkeypatch, error=errno.ENOSPC, refuses=lambda name, path: False):
        self.error, self.refuses = error, refuses
        for name in ("open", "fsync", "replace", "unlink", "rename", "makedirs"):
            monkeypatch.setattr(_pause_record.os, name, self._watching(name, getattr(os, name)))

    def _watching(self, name, real):
        def work(*arguments, **options):
            path = str(arguments[0])
            if (isinstance(arguments[0], int) or "state" in path) and self.refuses(name, path):
                raise OSError(self.error, os.strerror(self.error), path)
            return real(*arguments, **options)

        return work

    def full(self):
        """Nothing new can be written; what is there can be removed."""
        self.refuses = lambda name, path: name == "fsync" or (".record.tmp" in path and name == "open")

    def read_only(self):
        self.error = errno.EROFS
        self.refuses = lambda name, path: True

    def free(self):
        self.refuses = lambda name, path: False


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


@pytest.fixture
def call(tmp_path):
    def call(service, state, **options):
        result = run(service, _maintenance, state=state, state_dir=str(tmp_path / "state"), **options)
        assert_readable(result)
        return result

    return call


def at_request(service, endpoint, action):
    """Does this once the first request to this endpoint has been handled."""
    handle = service.handle

    def handling(method, target, headers=(), body=b""):
        reply = handle(method, target, headers, body)
        if target.endswith(endpoint):
            service.handle = handle
            action()
        return reply

    service.handle = handling


def test_a_disk_that_is_full_before_the_pause(disk, call, tmp_path):
    service = emulator([RUNNING])
    disk.full()
    result = call(service, "present", job_ids=[A])
    assert result["failed"]
    assert "No space left on device" in result["msg"]
    assert "Nothing was sent." in result["msg"]
    assert not service.journal.writes()
    assert [job["reason"] for job in result["jobs"]] == ["not_begun"]
    assert [path.name for path in (tmp_path / "state").iterdir()] == [".lock"]
    disk.free()
    assert not call(service, "present", job_ids=[A])["failed"]


def test_a_folder_that_cannot_be_synced_keeps_nobody_out(disk, call, tmp_path):
    """The new record is in place by then."""
    service = emulator([RUNNING])
    synced = []
    disk.refuses = lambda name, path: name == "fsync" and (synced.append(path) or len(synced) == 2)
    result = call(service, "present", job_ids=[A])
    assert result["failed"]
    assert not service.journal.writes()
    assert not (tmp_path / "state/default.json").exists()


def test_a_disk_that_is_full_from_the_first_request_on(disk, call):
    """A pause that cannot be written down is not sent."""
    service = emulator([RUNNING, RUNNING])
    at_request(service, "batch-pause-task", disk.full)
    result = call(service, "present", job_ids=[A, B], batch_size=1)
    assert [job.phase for job in service.jobs.values()] == ["running", "running"]
    assert service.journal.accepted(A) == ["pause", "resume"]
    assert service.journal.accepted(B) == []
    assert result["failed"]
    assert "could not be written: No space left on device" in result["msg"]
    assert result["rolled_back"] == [A]
    assert result["remaining"] == []
    assert "NOT ALL JOBS WERE RESUMED" not in result["msg"]


def test_a_disk_that_is_full_once_the_jobs_are_paused(disk, call):
    service = emulator([RUNNING])
    at_request(service, "batch-pause-task", disk.full)
    result = call(service, "present", job_ids=[A])
    assert result["failed"]
    assert result["msg"].startswith("The record could not be written once the jobs were paused. 1 job runs again")
    assert service.jobs[A].phase == "running"
    assert result["remaining"] == []


def test_a_disk_that_is_full_after_the_work(disk, call, tmp_path):
    """B14: all jobs run again, and nothing says that they do not."""
    service = emulator([RUNNING, RUNNING])
    call(service, "present", job_ids=[A, B])
    disk.full()
    result = call(service, "absent", takeover=True)
    assert not result["failed"]
    assert [job.phase for job in service.jobs.values()] == ["running", "running"]
    assert result["remaining"] == []
    (warning,) = result["warnings"]
    assert warning.startswith(
        f"The record {tmp_path / 'state/default.json'} could not be written (No space left on device"
    )
    assert warning.endswith("). No job is left in it, and it was removed instead.")
    assert not (tmp_path / "state/default.json").exists()


def test_a_disk_that_is_full_while_a_job_cannot_be_resumed(disk, call, tmp_path):
    service = emulator([RUNNING, {"status": RUNNING, "refuse": {"retry": ("DRS.M00302", "not now")}}])
    call(service, "present", job_ids=[A, B])
    disk.full()
    result = call(service, "absent", takeover=True)
    assert result["failed"]
    assert result["remaining"] == [B]
    assert "NOT ALL JOBS WERE RESUMED: 1 of 2 jobs may still be paused" in result["msg"]
    path = tmp_path / "state/default.json"
    assert f". The record {path} could not be written: No space left on device" in result["msg"]
    assert result["msg"].endswith(
        "). It still names the jobs, so the next maintenance is refused: end this one again once it can be written."
    )
    assert ".." not in result["msg"]
    disk.free()
    again = call(service, "absent", takeover=True)
    assert again["remaining"] == [B]


def test_a_disk_that_turns_read_only_during_the_work(disk, call, tmp_path):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A])
    disk.read_only()
    result = call(service, "absent", takeover=True)
    assert service.jobs[A].phase == "running"
    assert result["failed"]
    assert result["remaining"] == []
    assert "Read-only file system" in result["msg"]
    assert "NOT ALL JOBS WERE RESUMED" not in result["msg"]
    assert "the next maintenance is refused: end this one again once it can be written" in result["msg"]


def test_a_read_only_disk_says_so(disk, call, tmp_path):
    """B19: not that somebody else is at work."""
    service = emulator([RUNNING])
    disk.read_only()
    result = call(service, "present", job_ids=[A])
    assert result["failed"]
    assert f"The records in {tmp_path / 'state'} cannot be used: Read-only file system" in result["msg"]
    assert result["held_by"] is None
    assert not service.journal.writes()


def test_a_record_cut_at_every_byte(call, tmp_path):
    service = emulator([RUNNING])
    call(service, "present", job_ids=[A])
    path = tmp_path / "state/default.json"
    whole = path.read_text("utf-8")
    for length in range(len(whole) - 2):
        path.write_text(whole[:length], "utf-8")
        with pytest.raises(Unreadable):
            Store(str(tmp_path / "state"), "default").read()
    for length in (0, 1, len(whole) // 2, len(whole) - 3):
        path.write_text(whole[:length], "utf-8")
        for state, options in (("absent", {"takeover": True}), ("absent", {"run": "x"}), ("present", {"job_ids": [A]})):
            result = call(service, state, **options)
            assert result["failed"]
            assert f"The record {path} cannot be read as one" in result["msg"]
            assert (
                "give their ids with takeover: true and state: absent (playbook restore: drs_job_ids)" in result["msg"]
            )
            assert result["msg"].endswith("Nothing was sent.")
            assert path.read_text("utf-8") == whole[:length]
    assert service.jobs[A].phase == "paused"

    result = call(service, "absent", takeover=True, job_ids=[A])

    assert not result["failed"]
    assert service.jobs[A].phase == "running"
    assert "1 job runs. The record that could not be read is now" in result["msg"]
    (aside,) = (tmp_path / "state").glob("*.unreadable-*")
    assert str(aside) in result["msg"]
    assert not path.exists()
    assert not call(service, "present", job_ids=[A])["failed"]


def test_a_file_that_cannot_be_put_aside(disk, call, tmp_path):
    service = emulator(["PAUSING"])
    (tmp_path / "state").mkdir()
    (tmp_path / "state/default.json").write_text("{", "utf-8")
    disk.refuses = lambda name, path: name == "rename"
    result = call(service, "absent", takeover=True, job_ids=[A])
    assert service.jobs[A].phase == "running"
    assert result["failed"]
    assert result["msg"].startswith("1 job runs. The record that could not be read was not put aside: No space left")


def test_in_check_mode_a_file_is_not_put_aside(call, tmp_path):
    service = emulator(["PAUSING"])
    (tmp_path / "state").mkdir()
    (tmp_path / "state/default.json").write_text("{", "utf-8")
    result = call(service, "absent", takeover=True, job_ids=[A], check=True)
    assert not result["failed"]
    assert service.jobs[A].phase == "paused"
    assert (tmp_path / "state/default.json").exists()


@pytest.mark.parametrize("hours", [-1, 1])
def test_machines_whose_clocks_are_apart(call, tmp_path, hours):
    """The pause was sent by the other machine, and comes while this one ends the maintenance."""
    service = emulator([{"status": RUNNING, "write_lag": 400}])
    call(service, "present", job_ids=[A], wait_timeout=60)
    path = tmp_path / "state/default.json"
    record = json.loads(path.read_text("utf-8"))
    record["jobs"][A]["sent_at"] = {-1: "2026-05-31T23:00:00Z", 1: "2026-06-01T01:00:00Z"}[hours]
    path.write_text(json.dumps(record), "utf-8")

    result = call(service, "absent", takeover=True)

    if hours == -1:  # too late to be watched, by what this machine can tell
        assert result["failed"]
        assert result["remaining"] == [A]
        service.tick(400)
        result = call(service, "absent", takeover=True)
    assert not result["failed"]
    assert service.jobs[A].phase == "running"
    assert result["remaining"] == []


@pytest.mark.parametrize("state_dir", ["/tmp/a\0b", "/tmp/\ud83d"])
def test_a_folder_that_cannot_be(state_dir):
    result = run(emulator([RUNNING]), _maintenance, state="present", state_dir=state_dir, job_ids=[A])
    assert result["failed"]
    assert result["msg"] == "state_dir holds a character that no path can have. Nothing was sent."


@pytest.mark.parametrize("option", ["name", "run", "awx_workflow"])
def test_half_a_character_in_a_name(call, option):
    result = run(emulator([RUNNING]), _maintenance, state="present", state_dir="/s", job_ids=[A], **{option: "a\ud83d"})
    assert result["failed"]
    assert result["msg"] == f"{option} holds half of a character. Nothing was sent."


def test_a_name_that_is_too_long_for_a_file(call):
    result = call(emulator([RUNNING]), "present", name="x" * 300, job_ids=[A])
    assert result["failed"]
    assert "File name too long" in result["msg"]


def test_all_records_of_the_folder_are_looked_at(tmp_path):
    """Closed ones, one's own and one that is gone by now stand before the one that holds the job."""
    (tmp_path / "a.json").symlink_to("nowhere")
    for name, record in (
        ("b", dict(new_record("b", "b"), phase="closed")),
        ("c", new_record("c", "c", **{B: entry(None, None, "paused")})),
        ("d", new_record("d", "d")),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(Held, match="maintenance 'd'"):
        Store(str(tmp_path), "c").check([A], "c")
    assert Store(str(tmp_path), "c").check([C], "c")["run"] == "c"
    assert Store(str(tmp_path), "b").check([C], "c") is None
    with pytest.raises(Held, match="The maintenance 'c' is open already"):
        Store(str(tmp_path), "c").check([C], None)
    assert Store(str(tmp_path), "x").held([A, B], "") == {A, B}


def test_a_record_without_a_run_is_not_written_over(tmp_path):
    (tmp_path / "default.json").write_text(json.dumps(new_record("")), "utf-8")
    with pytest.raises(Held):
        Store(str(tmp_path), "default").begin(new_record())


def test_the_first_error_counts_where_a_new_record_cannot_be_removed(store, disk):
    synced = []
    disk.refuses = lambda name, path: (
        (name == "unlink" and path.endswith(".json")) or (name == "fsync" and (synced.append(path) or len(synced) == 2))
    )
    with pytest.raises(OSError, match="No space left on device") as caught:
        store.begin(new_record())
    assert not caught.value.filename.endswith(".json")


def test_the_first_error_counts_where_the_record_was_spoilt_meanwhile(store, monkeypatch):
    real, synced = os.fsync, []

    def fsync(file):
        synced.append(file)
        if len(synced) == 2:
            with open(store.path, "w", encoding="utf-8") as stream:
                stream.write("{")
            raise OSError(errno.EIO, "Input/output error")
        return real(file)

    monkeypatch.setattr(_pause_record.os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output error"):
        store.begin(new_record())


def test_other_bytes_than_text(store, tmp_path):
    (tmp_path / "state").mkdir()
    path = tmp_path / "state/default.json"
    path.write_bytes(b"\xff")
    with pytest.raises(Unreadable) as caught:
        store.read()
    why = "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
    assert str(caught.value) == unreadable(path, why)
