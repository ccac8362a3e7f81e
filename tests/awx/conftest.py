# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulators, and the credential that AWX would have for one."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve


@pytest.fixture
def service():
    """A function that starts an emulator with these jobs, and gives what serves it."""
    with contextlib.ExitStack() as servers:

        def start(jobs, **seed):
            return servers.enter_context(serve(Emulator({"jobs": jobs, **seed}, clock="scaled", scale=50.0)))

        yield start
