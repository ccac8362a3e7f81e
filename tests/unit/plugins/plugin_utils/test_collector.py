# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector rests inside, and is outside as it was."""

from __future__ import annotations

import gc
import multiprocessing

import pytest
from ansible_collections.huaweicloud.drs.plugins.plugin_utils._collector import LARGE, make_room, without_collector


def test_it_rests_inside_and_goes_on_outside():
    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_failure():
    with pytest.raises(ZeroDivisionError), without_collector():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_whoever_had_it_off_has_it_off():
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_worker_leaves_what_it_made_to_its_end(monkeypatch):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(gc.isenabled()))
    with without_collector():
        pass
    assert frozen == []
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: "ansible-playbook")
    with without_collector():
        pass
    assert frozen == [False, False]
    assert gc.isenabled()


@pytest.mark.parametrize(("result", "collections"), [(None, 0), ("", 0), ("x" * LARGE, 0), ("x" * (LARGE + 1), 1)])
def test_room_is_made_for_a_large_result_alone(monkeypatch, result, collections):
    made = []
    monkeypatch.setattr(gc, "collect", lambda: made.append(1))
    make_room(result)
    assert len(made) == collections
