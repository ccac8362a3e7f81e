# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo runs, and what it expects of each run: data.

The jobs are those of the API pages' own examples. On the page about stopping, 6211d20d is the job that is busy; on the
page about starting, 140b5236 is a disaster recovery task, and the page about pausing says that only migration and
synchronization tasks can be paused.
"""

from __future__ import annotations

from typing import NamedTuple

DISASTER_RECOVERY = "140b5236-88ad-43c8-811c-1268453jb101"
SHOP = "4c6ac8c0-2f51-426a-97b2-cb2c668jb201"
BUSY = "6211d20d-0006-41da-836e-db3301ajb20b"

JOBS = [
    {"id": "9a470239-2308-4bb5-a6bc-1040402fjb21", "name": "orders", "db_use_type": "sync", "status": "CONFIGURATION"},
    {"id": "dbb8127c-b093-4b94-b764-7161e151jb2s", "name": "billing", "db_use_type": "sync", "status": "CONFIGURATION"},
    {
        "id": DISASTER_RECOVERY,
        "name": "vault",
        "db_use_type": "cloudDataGuard",
        "status": "CONFIGURATION",
        "not_pausable": True,
    },
    {
        "id": "8d0e8e36-a618-490d-8a46-8c61ac9jb502",
        "name": "stock",
        "db_use_type": "migration",
        "status": "INCRE_TRANSFER_STARTED",
    },
    {
        "id": SHOP,
        "name": "shop",
        "db_use_type": "migration",
        "status": "INCRE_TRANSFER_STARTED",
    },
    {"id": BUSY, "name": "archive", "db_use_type": "migration", "status": "INCRE_TRANSFER_STARTED"},
]


# The maintenance window: every job that can be paused, and the tasks that are run while they are.
WINDOW_JOBS = [job["id"] for job in JOBS if job["id"] != DISASTER_RECOVERY]
WINDOW_TASKS = """
- name: Look at the jobs in the middle of the window
  huaweicloud.drs.drs_job_info:
    job_ids: "{{ drs_job_ids }}"
  register: paused

- name: Change the schema (here, only say so)
  ansible.builtin.debug:
    msg: "{{ paused | huaweicloud.drs.job_lines + ['The schema would be changed now.'] }}"
"""


class Step(NamedTuple):
    """One playbook: what is said before it, and what its first run does. Run again, it must change nothing."""

    playbook: str
    words: str
    changed: int = 0  # jobs for which the service accepts a write
    exit_code: int = 0
    asked: str = "@jobs.yml"  # the file of its variables; the stage writes them
    answers: tuple[str, ...] = ()  # more variables, as NAME=VALUE
    again: bool = True
    again_words: str = "The same playbook again: nothing is left to change."
    busy: bool = False  # whether another operation holds the job BUSY meanwhile


STEPS = (
    Step("status", "Six jobs: three are configured and wait to be started, three replicate already.", again=False),
    Step("start", "Starts the three that are not running, and leaves the others alone.", changed=3),
    Step("status", "All six replicate now.", again=False),
    Step(
        "pause",
        "Pauses what can be paused. This run is EXPECTED TO FAIL, in part: another operation holds 'archive' "
        "(6211d20d; the service answers DRS.M01504, and the playbook waits no longer than it is told to), and 'vault' "
        "(140b5236) is a disaster recovery task, which cannot be paused. The four others are paused all the same: "
        "PAUSING is the API's word for a paused job.",
        changed=4,
        exit_code=2,
        answers=("drs_wait_timeout=3",),
        again_words="The same playbook again. EXPECTED TO FAIL for the same two jobs; nothing else is touched.",
        busy=True,
    ),
    Step("resume", "Resumes the four that are paused. The two that went on running are there already.", changed=4),
    Step(
        "pause",
        "Somebody pauses 'shop' (4c6ac8c0) by hand, and means it to stay so.",
        changed=1,
        answers=(f"drs_job_ids={SHOP}",),
        again=False,
    ),
    Step(
        "maintenance_window",
        "A maintenance window over the five that can be paused. It pauses the four that run, runs a file of tasks, and "
        "resumes exactly these four: 'shop' stays paused. What it is about to pause is written down first, and a "
        "report at the end.",
        changed=4,
        asked="@window.yml",
        again=False,
    ),
    Step(
        "restore",
        "What one runs after a window that was killed: it resumes what the record says. This window came to its end, "
        "so nothing is left to resume.",
        asked="@restore.yml",
        again=False,
    ),
    Step(
        "stop",
        "Stops all six for good, the paused one too. It would send nothing without drs_confirm=true.",
        changed=6,
        answers=("drs_confirm=true",),
    ),
    Step("delete", "Deletes all six, now that they have ended.", changed=6, answers=("drs_confirm=true",)),
    Step("status", "What the service still knows about them.", again=False),
)
