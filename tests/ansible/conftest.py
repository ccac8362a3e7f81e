# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the tests that start Ansible: which ansible-core, and an emulator."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys

import pytest
from ansible_collections.huaweicloud.drs.tests.ansible.runs import Service
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve

VARIABLE = "DRS_TEST_CORES"


def cores():
    """The bin folders of the ansible-cores to test on: those that the variable names, or the one that runs the tests."""
    named = os.environ.get(VARIABLE)
    folders = (
        [pathlib.Path(folder) for folder in named.split(os.pathsep)] if named else [pathlib.Path(sys.executable).parent]
    )
    for folder in folders:
        if not (folder / "ansible-playbook").is_file():
            raise pytest.UsageError(
                f"no ansible-playbook in {folder}: {VARIABLE} names bin folders, with {os.pathsep!r} between them"
            )
    return folders


def pytest_generate_tests(metafunc):
    if "core" in metafunc.fixturenames:
        folders = cores()
        metafunc.parametrize("core", folders, ids=[folder.parent.name for folder in folders])


@pytest.fixture
def service(core, short_path):
    """A function that starts an emulator over these jobs with these settings, and gives it as a Service."""
    with contextlib.ExitStack() as ends:

        def start(jobs, *, clock="immediate", scale=1.0, seed=None, **settings):
            emulator = Emulator({"jobs": jobs, **(seed or {})}, clock=clock, scale=scale, **settings)
            started = Service(ends.enter_context(serve(emulator)), core, short_path)
            ends.callback(started.close)
            return started

        yield start
