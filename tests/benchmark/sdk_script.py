# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's SDK in a plain script: batches of ten, pages of a hundred, one request after another.

    sdk_script.py VERB THERE FILE

VERB is start, pause, stop or none; THERE the statuses to wait for, apart by commas; FILE has an id a line. Jobs that are
there cost no write. It pauses between two readings as the module does. What a careful run needs besides is not in it: a
look at what a start would cost, the judgement of an answer's rows, retries, a deadline, a result.
"""

from __future__ import annotations

import os
import sys
import time

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkdrs.v3 import DrsClient, model

BATCH, PAGE = 10, 100
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.25, 5.0, 2.5


def main(verb: str, there: set[str], ids: list[str]) -> None:
    credentials = BasicCredentials(
        os.environ["HW_ACCESS_KEY"], os.environ["HW_SECRET_KEY"], os.environ["HW_PROJECT_ID"]
    )
    client = DrsClient.new_builder().with_credentials(credentials).with_endpoint(os.environ["HW_DRS_ENDPOINT"]).build()
    left, pause = not_there(client, there, ids), FIRST_PAUSE
    if verb != "none":
        for batch in chunks(left, BATCH):
            write(client, verb, batch)
    while left and verb != "none":
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * GROWTH)
        left = not_there(client, there, left)
    print(len(ids) - len(left), "jobs are there")


def chunks(items: list[str], size: int) -> list[list[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def not_there(client: DrsClient, there: set[str], ids: list[str]) -> list[str]:
    statuses = {}
    for page in chunks(ids, PAGE):
        asked = model.BatchQueryJobReqPage(jobs=page, page_req=model.PageReq(cur_page=1, per_page=PAGE))
        answer = client.batch_list_job_status(model.BatchListJobStatusRequest(body=asked))
        statuses.update((row.id, row.status) for row in answer.results)
    return [job_id for job_id in ids if statuses[job_id] not in there]


def write(client: DrsClient, verb: str, ids: list[str]) -> None:
    if verb == "start":
        jobs = [model.StartInfo(job_id=job_id) for job_id in ids]
        client.batch_start_jobs(model.BatchStartJobsRequest(body=model.BatchStartJobReq(jobs=jobs)))
    elif verb == "pause":
        jobs = [model.PauseInfo(job_id=job_id, pause_mode="target") for job_id in ids]
        client.batch_stop_jobs(model.BatchStopJobsRequest(body=model.BatchPauseJobReq(jobs=jobs)))
    else:
        jobs = [model.DeleteJobReq(job_id=job_id, delete_type="terminate") for job_id in ids]
        client.batch_delete_jobs(model.BatchDeleteJobsRequest(body=model.BatchDeleteJobReq(jobs=jobs)))


if __name__ == "__main__":
    with open(sys.argv[3], encoding="ascii") as file:
        main(sys.argv[1], set(sys.argv[2].split(",")), file.read().split())
