# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo runs, and what it expects of each run: data.

The jobs are those of the API pages' own examples. On the page about starting, 140b5236 is a disaster recovery task, and the page about pausing
says that only migration and synchronization tasks can be paused.
"""

from __future__ import annotations

from typing import NamedTuple

VAULT = "140b5236-88ad-43c8-811c-1268453jb101"
SHOP = "4c6ac8c0-2f51-426a-97b2-cb2c668jb201"
NOT_STARTED, RUNNING = "CONFIGURATION", "INCRE_TRANSFER_STARTED"

JOBS = [
    {"id": "9a470239-2308-4bb5-a6bc-1040402fjb21", "name": "orders", "db_use_type": "sync", "status": NOT_STARTED},
    {"id": "dbb8127c-b093-4b94-b764-7161e151jb2s", "name": "billing", "db_use_type": "sync", "status": NOT_STARTED},
    {
        "id": VAULT,
        "name": "dr-vault",
        "db_use_type": "cloudDataGuard",
        "status": NOT_STARTED,
        "not_pausable": True,
    },
    {"id": "8d0e8e36-a618-490d-8a46-8c61ac9jb502", "name": "stock", "db_use_type": "migration", "status": RUNNING},
    {"id": SHOP, "name": "shop", "db_use_type": "migration", "status": RUNNING},
    {"id": "6211d20d-0006-41da-836e-db3301ajb20b", "name": "archive", "db_use_type": "migration", "status": RUNNING},
]

# The desired states: one job is paused, and all others run.
DESIRED = """\
drs_jobs:
  - select: {name: ["*"], exclude: [shop]}
    state: started
  - select: {name: [shop]}
    state: paused
"""

# The maintenance window: every job that can be paused, and the tasks that are run while they are.
WINDOW_JOBS = [job["id"] for job in JOBS if job["id"] != VAULT]
WINDOW_TASKS = """
- name: Read the jobs in the middle of the window
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
    arguments: tuple[str, ...] = ()  # of ansible-playbook; the stage writes the files that they name
    changed: int = 0  # jobs for which the service accepts a write
    exit_code: int = 0
    shows: str = ""  # a file that is shown before it
    again: bool = False
    again_words: str = "The same playbook again: nothing is left to change."


ALL = ("-e", "drs_select_name=*")
STEPS = (
    Step("status", "Six jobs. Three are configured and wait to be started, three replicate already."),
    Step(
        "start",
        "Jobs are chosen by name, tag, type or status. Starts the three that do not run, chosen by their types.",
        ("-e", "drs_select_type=sync,cloudDataGuard"),
        changed=3,
        again=True,
    ),
    Step(
        "pause",
        "Pauses all six in waves: first one job, then two at a time, and no further wave after a failure. This run is EXPECTED TO "
        "FAIL: 'dr-vault' is a disaster recovery task, which cannot be paused. The run stops after its wave, so 'orders', 'shop' "
        "and 'stock' are sent nothing. PAUSING is the API's word for a paused job.",
        (*ALL, "-e", "drs_serial=1,2", "-e", "drs_max_fail=0"),
        changed=2,
        exit_code=2,
    ),
    Step(
        "reconcile",
        "A file says in which state each job should be: 'shop' paused, all others running. With --check the playbook shows how far "
        "they are from it.",
        ("-e", "@drs_jobs.yml", "--check"),
        shows=DESIRED,
    ),
    Step(
        "reconcile",
        "Brings them there: resumes the two that the waves have paused, and pauses 'shop'. It would send nothing if more "
        "than three jobs had to change.",
        ("-e", "@drs_jobs.yml", "-e", "drs_max_changes=3"),
        changed=3,
        again=True,
    ),
    Step(
        "maintenance_window",
        "A maintenance window over the five that can be paused. It pauses the four that run, runs a file of tasks, and "
        "resumes exactly these four: 'shop' stays paused. It writes down first what it is about to pause, and a report at "
        "the end.",
        ("-e", "@window.yml"),
        changed=4,
    ),
    Step(
        "restore",
        "What one runs after a window that was killed: it resumes what the record says. This window came to its end, "
        "so nothing is left to resume.",
        ("-e", "@restore.yml"),
    ),
    Step(
        "stop",
        "Stops all six permanently, the paused one too. It would send nothing without drs_confirm, and nothing if the selection "
        "found more jobs than drs_max_changes.",
        (*ALL, "-e", "drs_max_changes=6", "-e", "drs_confirm=true"),
        changed=6,
    ),
    Step(
        "delete",
        "Deletes all six, now that they have ended.",
        (*ALL, "-e", "drs_max_changes=6", "-e", "drs_confirm=true"),
        changed=6,
    ),
    Step("status", "The project has no jobs any more."),
)
