# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixture that starts emulators for the playbooks of the roles."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve
from ansible_collections.huaweicloud.drs.tests.roles.stage import Stage

SCALE = 50.0  # seconds of the service in one of ours


@pytest.fixture
def stage(tmp_path):
    """A function that starts an emulator with these jobs and settings, and gives it as a Stage."""
    ansible.link_collection(tmp_path)
    with contextlib.ExitStack() as servers:

        def start(jobs, **settings):
            emulator = Emulator({"jobs": jobs}, clock="scaled", scale=SCALE, **settings)
            return Stage(servers.enter_context(serve(emulator)), tmp_path)

        yield start
