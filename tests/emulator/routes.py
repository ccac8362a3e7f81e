# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that there are: method, path, and the HTTP status of an answer. Data, every line with its source."""

from __future__ import annotations

import re
from typing import NamedTuple

from .transitions import Source


class Route(NamedTuple):
    """A call: its name here, how it is reached, the status of a good answer, and its kind: write, read or iam."""

    name: str
    method: str
    path: str
    status: int
    kind: str
    source: Source


ROUTES = (
    Route(
        "batch-starting",
        "POST",
        "/v3/{project_id}/jobs/batch-starting",
        202,
        "write",
        Source("documented", "Starting Tasks in Batches"),
    ),
    Route(
        "batch-pause-task",
        "POST",
        "/v3/{project_id}/jobs/batch-pause-task",
        200,
        "write",
        Source("documented", "Pausing Tasks in Batches"),
    ),
    Route(
        "batch-retry-task",
        "POST",
        "/v3/{project_id}/jobs/batch-retry-task",
        200,
        "write",
        Source("documented", "Resuming or Retrying Tasks in Batches"),
    ),
    Route(
        "batch-jobs",
        "DELETE",
        "/v3/{project_id}/jobs/batch-jobs",
        202,
        "write",
        Source("documented", "Stopping or Deleting Tasks in Batches"),
    ),
    Route(
        "batch-status",
        "POST",
        "/v3/{project_id}/jobs/batch-status",
        200,
        "read",
        Source("documented", "Querying Task Status in Batches"),
    ),
    Route(
        "batch-detail",
        "POST",
        "/v3/{project_id}/jobs/batch-detail",
        200,
        "read",
        Source("documented", "Querying Task Details in Batches"),
    ),
    Route(
        "batch-progress",
        "POST",
        "/v3/{project_id}/jobs/batch-progress",
        202,
        "read",
        Source("documented", "Querying Task Progress in Batches"),
    ),
    Route(
        "batch-rpo-and-rto",
        "POST",
        "/v3/{project_id}/jobs/batch-rpo-and-rto",
        202,
        "read",
        Source("documented", "Querying RPO and RTO in Batches"),
    ),
    Route("list", "POST", "/v3/{project_id}/jobs", 200, "read", Source("documented", "Querying the Task List")),
    Route(
        "tokens",
        "POST",
        "/v3/auth/tokens",
        201,
        "iam",
        Source("documented", "Obtaining a User Token Through Password Authentication"),
    ),
    Route("projects", "GET", "/v3/projects", 200, "iam", Source("documented", "Obtaining a Project ID")),
)
NAMES = tuple(route.name for route in ROUTES)
_PATTERNS = [(route, re.compile(route.path.replace("{project_id}", "(?P<project_id>[^/]+)"))) for route in ROUTES]


def find(method: str, path: str) -> tuple[Route, str] | None:
    """The call that a method and path reach, and the project of the path ("" for IAM's own); None for no call."""
    for route, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groupdict().get("project_id", "")
    return None
