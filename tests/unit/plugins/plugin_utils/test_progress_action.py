# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress that is shown while a module waits, and that it is the module's own run apart from that."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import threading
import time
import types

import pytest
from ansible import constants as C
from ansible_collections.huaweicloud.drs.plugins.plugin_utils import _progress_action as plugin

RECORD = {
    "at": "2026-03-01T22:30:00Z",
    "state": "paused",
    "total": 40,
    "reached": 12,
    "in_progress": 27,
    "busy": 1,
    "failed": 0,
    "lost": 0,
}


def record(**facts):
    return dict(RECORD, **facts)


class Growing(io.StringIO):
    """A stream that is appended to while it is read."""

    def append(self, text):
        at = self.tell()
        self.seek(0, io.SEEK_END)
        self.write(text)
        self.seek(at)


class TestLine:
    def test_the_words(self):
        assert plugin.progress_line("localhost", RECORD) == "[localhost] 12 of 40 paused, 27 in progress, 1 busy"

    def test_everything_that_can_be_told(self):
        line = plugin.progress_line("eu-de", record(failed=2, lost=3))
        assert line == "[eu-de] 12 of 40 paused, 27 in progress, 1 busy, 2 failed, 3 lost"

    def test_zeros_are_left_out(self):
        assert (
            plugin.progress_line("h", record(reached=0, in_progress=40, busy=0)) == "[h] 0 of 40 paused, 40 in progress"
        )

    @pytest.mark.parametrize("facts", [{"reached": 40}, {"reached": 39, "failed": 1}])
    def test_nothing_is_said_when_nothing_is_waited_for(self, facts):
        assert plugin.progress_line("h", record(**{"in_progress": 0, "busy": 0, **facts})) is None

    def test_jobs_of_later_waves(self):
        line = plugin.progress_line("h", record(reached=1, in_progress=8, busy=0, later=31))
        assert line == "[h] 1 of 40 paused, 8 in progress, 31 in later waves"

    @pytest.mark.parametrize("waiting", ["in_progress", "busy", "lost"])
    def test_each_kind_of_waiting_is_told(self, waiting):
        line = plugin.progress_line("h", record(**{"reached": 39, "in_progress": 0, "busy": 0, waiting: 1}))
        assert line == f"[h] 39 of 40 paused, 1 {waiting.replace('_', ' ')}"

    @pytest.mark.parametrize("shape", [None, 7, "text", [], {}, {"reached": 1}, record(total="many"), record(busy=[1])])
    def test_another_shape_gives_no_line(self, shape):
        assert plugin.progress_line("h", shape) is None


class TestFollower:
    def lines(self, *looks):
        """What is shown, look by look, when each look is (seconds, text that has come before it)."""
        stream = Growing()
        follower = plugin.Follower(stream, "h")
        shown = []
        for now, text in looks:
            stream.append(text)
            shown.append(follower.look(now))
        return shown

    def line(self, **facts):
        return json.dumps(record(**facts)) + "\n"

    def test_the_first_record_is_shown_at_once(self):
        assert self.lines((0.0, ""), (0.2, self.line())) == [None, "[h] 12 of 40 paused, 27 in progress, 1 busy"]

    def test_nothing_is_said_twice(self):
        assert self.lines((0.0, self.line()), (5.0, self.line()), (9.0, ""))[1:] == [None, None]

    def test_no_sooner_than_three_seconds_after_the_last_and_then_the_newest(self):
        shown = self.lines(
            (0.0, self.line(reached=1)),
            (1.0, self.line(reached=2)),
            (2.9, self.line(reached=3) + self.line(reached=4)),
            (3.0, ""),
        )
        assert [line and line.split(",")[0] for line in shown] == [
            "[h] 1 of 40 paused",
            None,
            None,
            "[h] 4 of 40 paused",
        ]

    def test_half_a_line_waits_for_its_other_half(self):
        whole = self.line(reached=5)
        shown = self.lines((0.0, whole[:20]), (0.2, whole[20:]))
        assert [line and line.split(",")[0] for line in shown] == [None, "[h] 5 of 40 paused"]

    def test_what_cannot_be_read_is_passed_over(self):
        assert self.lines((0.0, "not json\n\n[1]\n"), (0.2, self.line(reached=6)))[1].startswith("[h] 6 of 40")


class Shell:
    tmpdir = None


def action(args, *, transport="local", become=None, async_val=0, native_async=False):
    """The plugin as ansible-core would make it for a task with these arguments."""
    connection = types.SimpleNamespace(
        transport=transport, become=become, has_native_async=native_async, _shell=Shell()
    )
    task = types.SimpleNamespace(
        args=args, async_val=async_val, check_mode=False, diff=False, action="huaweicloud.drs.drs_job_batch"
    )
    made = plugin.ProgressAction(task, connection, types.SimpleNamespace(), None, None, None)
    made._remove_tmp_path = lambda path, force=False: None
    return made


@pytest.fixture
def shown(monkeypatch):
    """Every (line, options) that was displayed."""
    seen = []
    monkeypatch.setattr(plugin.display, "display", lambda line, **options: seen.append((line, options)))
    return seen


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The folder in which ansible-core keeps this run's own files."""
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def run(made, module, monkeypatch):
    """Runs the plugin with module(module_args=..., wrap_async=...) in place of the module."""
    monkeypatch.setattr(made, "_execute_module", module)
    return made.run(task_vars={"inventory_hostname": "eu-de"})


def until(condition):
    """Waits until condition() holds, for ten seconds at most."""
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        threading.Event().wait(0.01)
    return condition()


class TestWatched:
    def test_the_modules_own_result_comes_out(self, monkeypatch, folder, shown):
        made = action({"state": "paused"})
        result = run(made, lambda **_: {"changed": True, "jobs": [1]}, monkeypatch)
        assert result == {"changed": True, "jobs": [1]}

    def test_lines_come_while_the_module_runs_and_on_standard_error(self, monkeypatch, folder, shown):
        def module(module_args, **_):
            with open(module_args["progress_file"], "a", encoding="utf-8") as stream:
                stream.write(json.dumps(RECORD) + "\n")
            assert until(lambda: shown)
            return {}

        run(action({"state": "paused"}), module, monkeypatch)
        assert shown == [("[eu-de] 12 of 40 paused, 27 in progress, 1 busy", {"stderr": True})]

    def test_the_arguments_are_the_tasks_and_the_file(self, monkeypatch, folder, shown):
        given = {}
        args = {"state": "paused", "job_ids": ["a"]}
        run(action(args), lambda **options: given.update(options) or {}, monkeypatch)
        path = given["module_args"].pop("progress_file")
        assert given == {
            "module_args": {"state": "paused", "job_ids": ["a"]},
            "task_vars": {"inventory_hostname": "eu-de"},
        }
        assert os.path.dirname(path) == str(folder)
        assert args == {"state": "paused", "job_ids": ["a"]}

    def test_the_file_is_this_users_alone(self, monkeypatch, folder, shown):
        modes = []
        run(
            action({}),
            lambda module_args, **_: modes.append(os.stat(module_args["progress_file"]).st_mode & 0o777) or {},
            monkeypatch,
        )
        assert modes == [0o600]

    @pytest.mark.parametrize("ends", [lambda **_: {}, lambda **_: 1 / 0])
    def test_nothing_is_left_behind(self, monkeypatch, folder, shown, ends):
        with contextlib.suppress(ZeroDivisionError):
            run(action({}), ends, monkeypatch)
        assert list(folder.iterdir()) == []
        assert not [thread for thread in threading.enumerate() if thread.name == "drs-progress"]

    def test_a_file_that_the_module_took_away_is_no_failure(self, monkeypatch, folder, shown):
        assert (
            run(action({}), lambda module_args, **_: os.unlink(module_args["progress_file"]) or {}, monkeypatch) == {}
        )

    @pytest.mark.parametrize("said", [True, "true", "yes", 1])
    def test_where_progress_is_asked_for(self, monkeypatch, folder, shown, said):
        given = {}
        run(action({"progress": said}), lambda **options: given.update(options) or {}, monkeypatch)
        assert "progress_file" in given["module_args"]


class TestPlain:
    @pytest.mark.parametrize(
        "made",
        [
            action({"progress": False}),
            action({"progress": "false"}),
            action({"progress": "no"}),
            action({"progress": "neither"}),
            action({"progress_file": "/somewhere"}),
            action({}, transport="ssh"),
            action({}, become=object()),
            action({}, async_val=60, native_async=True),
        ],
        ids=["false", "text", "no", "neither", "own-file", "ssh", "become", "native-async"],
    )
    def test_the_module_runs_as_without_the_plugin(self, monkeypatch, folder, shown, made):
        given = {}
        threads = threading.active_count()

        def module(**options):
            given.update(options, threads=threading.active_count(), files=list(folder.iterdir()))
            return {}

        run(made, module, monkeypatch)
        assert given == {
            "task_vars": {"inventory_hostname": "eu-de"},
            "wrap_async": False,
            "threads": threads,
            "files": [],
        }
        assert shown == []

    def test_an_async_task_is_wrapped(self, monkeypatch, folder, shown):
        given = {}
        run(action({}, async_val=60), lambda **options: given.update(options) or {}, monkeypatch)
        assert given == {"task_vars": {"inventory_hostname": "eu-de"}, "wrap_async": True}


@pytest.mark.parametrize("parent", [None, object()], ids=["ansible-playbook", "a worker of its"])
def test_garbage_is_collected_by_whoever_lives_on(monkeypatch, folder, shown, parent):
    monkeypatch.setattr(plugin.multiprocessing, "parent_process", lambda: parent)
    monkeypatch.setattr(plugin, "_ended_with_the_playbook", contextlib.nullcontext)
    collected = []
    try:
        run(action({"progress": False}), lambda **options: collected.append(gc.isenabled()) or {}, monkeypatch)
    finally:
        gc.enable()
        gc.unfreeze()
    assert collected == [parent is None]


@pytest.mark.parametrize(("size", "collections"), [(1_000, 0), (plugin.LARGE + 1, 1)])
def test_a_large_result_is_read_after_a_collection(monkeypatch, size, collections):
    done = []
    monkeypatch.setattr(plugin.gc, "collect", lambda: done.append("collected"))
    monkeypatch.setattr(plugin.ActionBase, "_parse_returned_data", lambda self, res, profile: (res, profile))
    result = {"stdout": "x" * size}
    assert action({})._parse_returned_data(result, "profile") == (result, "profile")
    assert len(done) == collections
