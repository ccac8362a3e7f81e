# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of select, which all modules share."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  select:
    description:
      - Chooses the jobs by their properties. All that are given must fit, and one value of each list. Blank values are no
        values.
      - The list of jobs is read to its end and matched by the module. If it cannot be, the task fails before anything is
        sent.
      - The jobs are taken in the order of their names, then of their ids. Which they are is in RV(selected).
    type: dict
    suboptions:
      name:
        description:
          - Shell patterns of which one must match the whole name, with case, such as V(orders-*). V([ab]) is one of these
            characters, V(?) any one.
          - V(*) alone matches all jobs, and is the only one that matches a job without a name.
        type: list
        elements: str
        default: []
      exclude:
        description: Shell patterns of names that are left out, even if everything else fits.
        type: list
        elements: str
        default: []
      tags:
        description:
          - Tags that a job must have, all of them, each with its value.
          - The service filters by them. One request more, for a tag that no job has, proves that it does so. If that finds
            jobs, the task fails before anything is sent.
        type: dict
        default: {}
      status:
        description: Statuses of the service, as those of M(huaweicloud.drs.drs_job_wait). A paused job has V(PAUSING).
        type: list
        elements: str
        default: []
      type:
        description:
          - Types of jobs. V(migration) moves a database, V(sync) keeps tables in step, V(cloudDataGuard) is disaster recovery.
          - Without it the lists of all three are read.
        type: list
        elements: str
        default: []
      engine_type:
        description: Engines, such as V(mysql), V(postgresql) or V(cloudDataGuard-mysql).
        type: list
        elements: str
        default: []
      enterprise_project_id:
        description: Enterprise projects. The service filters by them, which is proved as with O(select.tags) unless it shows them.
        type: list
        elements: str
        default: []
      allow_none:
        description:
          - Whether the task is ok if no job fits. Otherwise it fails, so that a mistyped pattern is noticed.
          - If jobs fit but for their status, nothing is to be done, and the task is ok in any case.
        type: bool
        default: false
"""
