# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client with the oldest requests and urllib3 that are supported, and with the newest there are."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator
from ansible_collections.huaweicloud.drs.tests.emulator.server import serve
from ansible_collections.huaweicloud.drs.tests.unit.security import peers
from ansible_collections.huaweicloud.drs.tests.unit.security.authority import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
TREE = pathlib.Path(peers.__file__).parents[6]
# Those of Python 3.9 on RHEL 8. From 3.12 on, Python cannot import this urllib3.
OLDEST = ["requests==2.25.0", "urllib3==1.25.10" if sys.version_info < (3, 12) else "urllib3==1.26.18"]
PAIRS = {"oldest": OLDEST, "newest": ["requests", "urllib3"]}


def test_the_oldest_pair_is_the_one_that_is_required():
    required = (ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8")
    assert re.findall(r"^(requests|urllib3)>=(\S+)", required, re.MULTILINE) == [
        ("requests", "2.25.0"),
        ("urllib3", "1.25.10"),
    ]


@pytest.fixture(scope="module", params=PAIRS)
def results(request, tmp_path_factory):
    """What came of each case, in an environment that holds this pair alone, where every warning is an exception."""
    python = ROOT / ".cache" / "transport" / request.param / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
    subprocess.run([*install, *PAIRS[request.param]], check=True)
    authority = Authority(tmp_path_factory.mktemp("certificates"), "unknown")
    with serve(Emulator({"jobs": []}), ssl_context=authority.listen_as("127.0.0.1")) as serving:
        child = subprocess.run(
            [str(python), "-m", peers.__name__, serving.url + "/v3/somewhere"],
            env={**os.environ, "PYTHONPATH": str(TREE), "PYTHONWARNINGS": "error"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    return json.loads(child.stdout)


def test_no_request_outlasts_its_timeout(results):
    for name, result in [*results["slow"].items(), *results["proxies"].items(), ("TLS", results["silent"])]:
        assert peers.is_in_time(result), (name, result)


def test_what_was_sent_is_lost_and_what_was_not_is_unsent(results):
    for name, result in results["slow"].items():
        assert result["said"].startswith("Lost"), (name, result)
        assert "no complete answer within 0.6 s" in result["said"]
    for name, result in results["proxies"].items():
        assert result["said"].startswith("Lost" if "tunnel" in name else "Unsent"), (name, result)


def test_what_a_proxy_refuses_is_final(results):
    for refusal, result in results["refusals"].items():
        assert peers.is_right_for(refusal, result), (refusal, result)


def test_each_request_on_a_connection_has_its_own_time(results):
    assert results["twice"] == [[{}, {}], 2]


def test_no_warning_is_an_exception(results):
    assert results["unverified"]["said"].startswith("HTTP 4")
