# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module against the emulator in this process: no socket, no real time, no Ansible around it.

The client's clock is the emulator's own, moved by hand: a pause of the client, an answer's delay and every request
move it.
"""

from __future__ import annotations

import io
import random
from http.client import RemoteDisconnected, responses

import requests
import urllib3
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible_collections.huaweicloud.drs.plugins.module_utils import _batch
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._module import Runtime
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator
from ansible_collections.huaweicloud.drs.tests.emulator.clock import ManualClock
from requests.adapters import HTTPAdapter

PROJECT = "054ba152d480d55b2f5dc0069e7ddef0"
# 2026-06-01T00:00:00Z
TODAY = 1780272000.0
REQUEST_SECONDS = 0.02


def job_id(number):
    """A well-formed id."""
    return "%08d-0000-0000-0000-0000000jb101" % number


def emulator(jobs=None, **settings):
    """An emulator with a clock moved by hand. jobs: a list of statuses, or of seeds without an id."""
    seeds = []
    for number, job in enumerate(jobs or []):
        seed = {"status": job} if isinstance(job, str) else job
        seeds.append({"id": job_id(number), **seed})
    return Emulator({"jobs": seeds}, clock=ManualClock(TODAY), **settings)


class EmulatorClock(Clock):
    """The emulator's clock, as the client's."""

    def __init__(self, service):
        self._service = service

    def monotonic(self):
        return self._service.clock.now()

    def wall(self):
        return self._service.clock.wall()

    def sleep(self, seconds):
        assert seconds >= 0
        self._service.tick(seconds)


class EmulatorAdapter(HTTPAdapter):
    """Stands where the network stands."""

    def __init__(self, service):
        super().__init__()
        self._service = service

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        reply = self._service.handle(request.method, request.url, request.headers, request.body)
        self._service.tick(REQUEST_SECONDS + reply.delay)
        if reply.fate == "proxy_refuses":
            raise _refused_by_proxy(request, reply.status)
        if reply.fate == "hang" or reply.delay > timeout:
            self._service.tick(timeout)
            raise requests.exceptions.ReadTimeout("Read timed out.", request=request)
        if reply.fate == "trickle":
            left = timeout - reply.delay
            self._service.tick(min(reply.seconds, left))
            if reply.seconds > left:
                raise requests.exceptions.ReadTimeout("Read timed out.", request=request)
        if reply.fate == "cut":
            raise requests.exceptions.ConnectionError(
                urllib3.exceptions.ProtocolError(
                    "Connection aborted.", RemoteDisconnected("Remote end closed connection")
                ),
                request=request,
            )
        body = reply.body
        headers = dict(reply.headers)
        if not reply.sets_length:
            headers["Content-Length"] = str(len(body))
        if reply.fate == "truncate":
            body = body[: len(body) // 2]
        raw = urllib3.HTTPResponse(io.BytesIO(body), headers, reply.status, preload_content=False)
        return self.build_response(request, raw)


def _refused_by_proxy(request, status):
    """What requests raises where a proxy answers CONNECT with this status, as urllib3 2 nests it."""
    cause = OSError("Tunnel connection failed: %d %s" % (status, responses.get(status, "")))
    refused = urllib3.exceptions.ProxyError("Unable to connect to proxy", cause)
    refused.__cause__ = cause
    url = urllib3.util.parse_url(request.url)
    pool = urllib3.HTTPSConnectionPool(url.host, url.port or 443)
    exhausted = urllib3.exceptions.MaxRetryError(pool, request.path_url, refused)
    exhausted.__cause__ = refused
    error = requests.exceptions.ProxyError(exhausted, request=request)
    error.__context__ = exhausted
    return error


class Ended(Exception):
    """The module's exit_json or fail_json."""

    def __init__(self, result):
        super().__init__(result)
        self.result = result


class FakeModule:
    """As much of AnsibleModule as the collection uses, with the options validated by ansible-core itself."""

    def __init__(self, module_options, params, check_mode):
        checks = {
            key: value for key, value in module_options.items() if key not in ("argument_spec", "supports_check_mode")
        }
        validated = ModuleArgumentSpecValidator(module_options["argument_spec"], **checks).validate(params)
        if validated.error_messages:
            raise Ended({"failed": True, "msg": "; ".join(validated.error_messages)})
        self.params = validated.validated_parameters
        self.check_mode = check_mode
        self.no_log_values = set()
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)

    def exit_json(self, **result):
        raise Ended(dict(result, failed=False, warnings=self.warnings))

    def fail_json(self, **result):
        raise Ended(dict(result, failed=True, warnings=self.warnings))


def run_batch(service, *, check=False, listening=lambda: True, seed=0, way_in=None, **params):
    """The result of drs_job_batch against this emulator. params are its options; way_in replaces the token."""
    return run(service, _batch, check=check, listening=listening, seed=seed, way_in=way_in, **params)


def run(service, module, *, check=False, listening=lambda: True, seed=0, way_in=None, **params):
    """The result of the module whose MODULE_OPTIONS and run() are in this room."""

    def session():
        opened = requests.Session()
        for scheme in ("http://", "https://"):
            opened.mount(scheme, EmulatorAdapter(service))
        return opened

    options = {"endpoint": "http://127.0.0.1:1", "auth_url": "http://127.0.0.1:1/v3", "region": "eu-de"}
    options.update({"token": "emulator-token", "project_id": PROJECT} if way_in is None else way_in)
    # One thread, so that the order of requests is the same in every run.
    options.update({"max_parallel": 1}, **params)
    runtime = Runtime(EmulatorClock(service), random.Random(seed).random, session, listening)
    try:
        module.run(FakeModule(module.MODULE_OPTIONS, options, check), runtime)
    except Ended as ended:
        return ended.result
    raise AssertionError("the module returned without a result")
