# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one URL with the client, and prints the outcome, the seconds, and how far the memory of the process grew.

Run by test_sizes.py, and by tests/transport in environments that hold requests and urllib3 alone: it imports nothing else.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time

from ansible_collections.huaweicloud.drs.plugins.module_utils import _http, _secrets
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock


class NoAuth:
    """Authentication that changes nothing."""

    def flow(self, request):
        yield request

    def project_flow(self):
        yield from ()
        return ""


def open_http(clock=None, **options):
    """A client; what is not given is harmless."""
    clock = clock or Clock()
    defaults = {
        "auth": NoAuth(),
        "clock": clock,
        "secrets": _secrets.Secrets(),
        "listening": lambda: True,
        "throttled": lambda answer: answer.status == 429,
        "deadline": clock.monotonic() + 60,
        "headers": {"Content-Type": "application/json"},
        "max_retries": 0,
        "random": random.Random(0).random,
    }
    return _http.Http(**{**defaults, **options})


def peak():
    """MiB, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(url, **options):
    http = open_http(**options)
    before, began = peak(), time.monotonic()
    try:
        answer = http.read("GET", url)
        said = "HTTP %d, body %s" % (answer.status, type(answer.body).__name__)
    except _http.TransportError as error:
        said = "%s: %s" % (type(error).__name__, error)
    return {"said": said, "grown": peak() - before, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    read(sys.argv[1] + "/small")
    print(json.dumps(read(sys.argv[1] + "/large")))
