# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of the collection shares: its runtime, and the client built from the options. Private to this
collection."""

from __future__ import annotations

import os
import random
import select
import sys
import typing as t
from collections.abc import Callable, Mapping

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.huaweicloud.drs.plugins.module_utils import _api, _auth, _endpoints, _http, _secrets
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._credentials import AuthError
from ansible_collections.huaweicloud.drs.plugins.module_utils._version import VERSION

# option -> smallest, largest
RANGES: dict[str, tuple[int, int]] = {
    "wait_timeout": (1, 604800),
    "wait_interval": (1, 3600),
    "settle_time": (0, 3600),
    "busy_timeout": (0, 604800),
    "batch_size": (1, 100),
    "samples": (1, 1000),
    "max_parallel": (1, 16),
    "request_timeout": (1, 600),
    "max_retries": (0, 100),
}


# What the modules that wait have in common, and those that wait for their own writes.
WAITING: dict[str, dict[str, t.Any]] = {
    "progress": {"type": "bool", "default": True},
    "progress_file": {"type": "path"},
}
WRITING: dict[str, dict[str, t.Any]] = {
    "wait_interval": {"type": "int", "default": 5},
    "settle_time": {"type": "int", "default": 30},
    "busy_timeout": {"type": "int", "default": 300},
    "batch_size": {"type": "int", "default": 10},
}


class OptionError(Exception):
    """The options cannot be used. The text is for the user."""


class Runtime(t.NamedTuple):
    """What a run is handed of the outside world, so that tests can hand it another."""

    clock: Clock
    random: Callable[[], float]
    session_factory: Callable[[], t.Any] | None
    listening: Callable[[], bool]


def real_runtime() -> Runtime:
    return Runtime(Clock(), random.SystemRandom().random, None, listener())


def listener() -> Callable[[], bool]:
    """Whether somebody still waits for this module's result: false once nobody can read its standard output, or once
    the process that started it is gone. A task that timed out and a cancelled AWX job show in one of these."""
    parent = os.getppid()
    try:
        output = sys.stdout.fileno()
    except (OSError, ValueError):
        return lambda: os.getppid() == parent

    def listening() -> bool:
        # One of its own for each call: threads ask side by side, and a poll object serves one at a time.
        poll = select.poll()
        poll.register(output, 0)
        gone = any(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _file, event in poll.poll(0))
        return os.getppid() == parent and not gone

    return listening


class Client(t.NamedTuple):
    """What a run talks to the service with. began: monotonic second of its start."""

    http: _http.Http
    api: _api.Api
    endpoints: _endpoints.Endpoints
    began: float

    def statistics(self) -> dict[str, t.Any]:
        """The api key of a result."""
        return {
            "requests": self.http.requests,
            "retries": self.http.retries,
            "seconds": round(self.http.clock.monotonic() - self.began, 1),
            "request_ids": list(self.http.failed_request_ids),
        }

    def where(self) -> str:
        """Project and region, for texts."""
        region = self.endpoints.region or "of %s" % self.endpoints.endpoint
        return "project %s, region %s" % (self.http.project_id(), region)


NO_STATISTICS: dict[str, t.Any] = {"requests": 0, "retries": 0, "seconds": 0.0, "request_ids": []}


def hide_addresses(params: Mapping[str, t.Any], hide: Callable[[str], object]) -> None:
    """To be called first of all: an address may hold a secret, and ansible-core shows the options with every error."""
    _endpoints.hide_addresses(params, os.environ, hide)


def make_client(
    params: Mapping[str, t.Any], runtime: Runtime, hide: Callable[[str], object], seconds: float, max_parallel: int
) -> Client:
    """hide(value) is called for every secret. seconds: from now to the run's deadline. Raises OptionError."""
    if not _http.HAS_REQUESTS:
        raise OptionError(missing_required_lib("requests"))
    try:
        credentials, endpoints = _endpoints.resolve(params, os.environ)
    except AuthError as error:
        raise OptionError(str(error)) from None
    if endpoints.ca_cert and not os.path.isfile(endpoints.ca_cert):
        raise OptionError("ca_cert %s is not a file on this host" % endpoints.ca_cert)
    secrets = _secrets.Secrets(on_add=hide)
    began = runtime.clock.monotonic()
    http = _http.Http(
        auth=_auth.Auth(credentials, endpoints, secrets, runtime.clock),
        listening=runtime.listening,
        clock=runtime.clock,
        secrets=secrets,
        throttled=_api.throttled,
        reports=_api.reports,
        deadline=began + seconds,
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Language": params["language"],
            "User-Agent": "huaweicloud.drs/%s" % VERSION,
        },
        verify=(endpoints.ca_cert or True) if endpoints.validate_certs else False,
        timeout=params["request_timeout"],
        max_retries=params["max_retries"],
        max_parallel=max_parallel,
        random=runtime.random,
        session_factory=runtime.session_factory,
    )
    return Client(http, _api.Api(http, endpoints.endpoint), endpoints, began)


def check_ranges(params: Mapping[str, t.Any]) -> None:
    """Raises OptionError for a number that is out of its range."""
    for name, (smallest, largest) in RANGES.items():
        value = params.get(name)
        if value is not None and not smallest <= value <= largest:
            raise OptionError("%s is %s, and must be from %d to %d" % (name, value, smallest, largest))
