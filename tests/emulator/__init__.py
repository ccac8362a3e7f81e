# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator of the DRS v3 API and its IAM, with its own transition table, clocks, faults and a journal."""

from __future__ import annotations

from .clock import Clock, ImmediateClock, ManualClock
from .core import Emulator
from .messages import Reply
from .seed import load_seed
from .server import Serving, serve

__all__ = ["Clock", "Emulator", "ImmediateClock", "ManualClock", "Reply", "Serving", "load_seed", "serve"]
