# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the attributes that every module states."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode, and then predicts what a run would change without changing anything.
  diff_mode:
    description: Returns what changes, or would change in check mode, for the jobs that do.
  idempotent:
    description: A second run with the same options changes nothing where the first one reached the wanted state.
  action_group:
    description: Belongs to a group of modules whose shared options can be set once with C(module_defaults).
    support: full
    membership: [huaweicloud.drs.drs]
  platform:
    description: The operating systems on which it runs.
    support: full
    platforms: posix
"""
