# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one URL with the client, and prints what came of it and how far its memory grew. Run by test_sizes.py."""

from __future__ import annotations

import json
import random
import resource
import sys

from ansible_collections.huaweicloud.drs.plugins.module_utils import _api, _http, _secrets
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock


def peak():
    """MiB, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(url):
    clock = Clock()
    http = _http.Http(
        clock=clock,
        secrets=_secrets.Secrets(),
        throttled=_api.throttled,
        deadline=clock.monotonic() + 60,
        headers={"Content-Type": "application/json"},
        max_retries=0,
        random=random.Random(0).random,
    )
    http.auth = lambda prepared: prepared
    http.read("GET", url + "/small")
    before = peak()
    try:
        answer = http.read("GET", url + "/large")
        said = "HTTP %d, body %s" % (answer.status, type(answer.body).__name__)
    except _http.TransportError as error:
        said = "%s: %s" % (type(error).__name__, error)
    print(json.dumps({"said": said, "grown": peak() - before}))


if __name__ == "__main__":
    read(sys.argv[1])
