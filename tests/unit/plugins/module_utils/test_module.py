# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether somebody still waits for the module's result."""

from __future__ import annotations

import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import OptionError, check_ranges, listener


@pytest.fixture
def pipe():
    """The two ends of a pipe, as files."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read, os.fdopen(writing, "w", encoding="utf-8") as written:
        yield read, written


def test_a_reader_is_listening_and_one_that_left_is_not(pipe, monkeypatch):
    reader, output = pipe
    monkeypatch.setattr(sys, "stdout", output)
    listening = listener()
    assert listening()
    reader.close()
    assert not listening()


def test_a_parent_that_is_gone_is_not(pipe, monkeypatch):
    monkeypatch.setattr(sys, "stdout", pipe[1])
    listening = listener()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert not listening()


def test_without_a_file_the_parent_decides(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    listening = listener()
    assert listening()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert not listening()


def test_many_threads_may_ask(pipe, monkeypatch):
    monkeypatch.setattr(sys, "stdout", pipe[1])
    listening = listener()
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _turn: all(listening() for _look in range(200)), range(64)))


@pytest.mark.parametrize(
    ("name", "good", "bad"), [("batch_size", 100, 101), ("max_parallel", 1, 0), ("settle_time", 0, -1)]
)
def test_ranges(name, good, bad):
    check_ranges({name: good})
    with pytest.raises(OptionError, match="%s is %s, and must be from" % (name, bad)):
        check_ranges({name: bad})
