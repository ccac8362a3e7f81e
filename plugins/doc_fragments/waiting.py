# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of the modules that wait, and of those that wait for their own writes."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  progress:
    description: Whether to show a line while the module waits. Tasks with C(async) or C(become) and hosts that are not
      local show none.
    type: bool
    default: true
  progress_file:
    description:
      - A file to which the module appends a line of JSON whenever the numbers of jobs change.
      - The numbers are C(total), C(reached), C(in_progress), C(busy), C(lost) and C(failed). C(busy) jobs wait for another
        operation on them to end; of C(lost) ones, a request had no answer. C(at) is the time, C(state) what is waited for.
    type: path
"""

    WRITES = r"""
options:
  wait_interval:
    description: The longest pause between two reads of a job that is waited for, in seconds. The first reads come
      sooner.
    type: int
    default: 5
  settle_time:
    description:
      - Seconds for which the service may show an old status, or none, after it has accepted a write.
      - A job is read for so long when the answer to its write was lost, before the write is sent once more; when the
        service refused a write for the status that it shows; and when its rows are missing, before it counts as gone.
    type: int
    default: 30
  busy_timeout:
    description:
      - Seconds for which a write is retried while the service answers that another operation is being performed on the
        job (DRS.M01504), counted from the first such answer. The same code also means that the job is abnormal.
      - With V(0) the first such answer is final. A longer O(wait_timeout) does not raise it.
    type: int
    default: 300
  batch_size:
    description: Jobs in one write, from 1 to 100. The vendor recommends 10 at most.
    type: int
    default: 10
"""
