# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's SDK as a client of the emulator: one method a call, answers as the SDK's own models."""

from __future__ import annotations

import contextlib

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkdrs.v3 import DrsClient, model

PROJECT_ID = "054ba152d480d55b2f5dc0069e7ddef0"
ACCESS_KEY, SECRET_KEY = "EMULATORACCESSKEY", "emulator-secret-key"


def job_id(number):
    """An id of the form that DRS gives."""
    return f"{number:08d}-0000-0000-0000-0000000jb101"


class Sdk:
    """huaweicloudsdkdrs, version 3 of the API. The names of its calls are misleading: BatchStopJobs pauses."""

    def __init__(self, url, access_key=ACCESS_KEY, secret_key=SECRET_KEY, security_token=None, project_id=PROJECT_ID):
        credentials = BasicCredentials(access_key, secret_key, project_id)
        if security_token:
            credentials.with_security_token(security_token)
        self.client = DrsClient.new_builder().with_credentials(credentials).with_endpoint(url).build()

    def start(self, *ids, **fields):
        jobs = [model.StartInfo(job_id=one, **fields) for one in ids]
        return self.client.batch_start_jobs(model.BatchStartJobsRequest(body=model.BatchStartJobReq(jobs=jobs)))

    def pause(self, *ids, pause_mode="target"):
        jobs = [model.PauseInfo(job_id=one, pause_mode=pause_mode) for one in ids]
        return self.client.batch_stop_jobs(model.BatchStopJobsRequest(body=model.BatchPauseJobReq(jobs=jobs)))

    def retry(self, *ids, **fields):
        jobs = [model.RetryInfo(job_id=one, **fields) for one in ids]
        return self.client.batch_restore_task(model.BatchRestoreTaskRequest(body=model.BatchRetryReq(jobs=jobs)))

    def end(self, *ids, delete_type, **fields):
        jobs = [model.DeleteJobReq(job_id=one, delete_type=delete_type, **fields) for one in ids]
        return self.client.batch_delete_jobs(model.BatchDeleteJobsRequest(body=model.BatchDeleteJobReq(jobs=jobs)))

    def statuses(self, *ids, **page):
        return self.client.batch_list_job_status(model.BatchListJobStatusRequest(body=_asked(ids, page)))

    def details(self, *ids, **page):
        return self.client.batch_list_job_details(model.BatchListJobDetailsRequest(body=_asked(ids, page)))

    def progress(self, *ids):
        asked = model.BatchQueryProgressReq(jobs=list(ids))
        return self.client.batch_list_progresses(model.BatchListProgressesRequest(body=asked))

    def rpo_and_rto(self, *ids):
        asked = model.BatchQueryRpoAndRtoReq(jobs=list(ids))
        return self.client.batch_list_rpos_and_rtos(model.BatchListRposAndRtosRequest(body=asked))

    def listed(self, db_use_type, **filters):
        asked = model.QueryJobsReq(db_use_type=db_use_type, **filters)
        return self.client.show_job_list(model.ShowJobListRequest(body=asked))


def _asked(ids, page):
    return model.BatchQueryJobReqPage(jobs=list(ids), page_req=model.PageReq(**page) if page else None)


@contextlib.contextmanager
def sdk(url, **credentials):
    """An SDK client for the block."""
    opened = Sdk(url, **credentials)
    try:
        yield opened
    finally:
        opened.client.close()
