# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, with a listener and certificate authorities of the tests' own."""

from __future__ import annotations

import os
import pathlib
import socket
import ssl
import subprocess
import sys

import pytest
import requests
from ansible_collections.huaweicloud.drs.plugins.module_utils import _http
from ansible_collections.huaweicloud.drs.tests.emulator.server import serve
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, outcomes, run
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.security.authority import Authority
from ansible_collections.huaweicloud.drs.tests.unit.security.over_sockets import TOKEN, outcome, pause, service, words
from ansible_collections.huaweicloud.drs.tests.unit.security.read_one import open_http

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return Authority(folder, "right"), Authority(folder, "wrong")


@pytest.fixture
def listening(authorities):
    """listening(*names, days_left): an emulator behind TLS with such a certificate of the right authority."""
    opened = []

    def listen(*names, days_left=1):
        emulated = service("INCRE_TRANSFER_STARTED")
        serving = serve(emulated, ssl_context=authorities[0].listen_as(*names, days_left=days_left))
        opened.append(serving)
        return serving.__enter__()

    yield listen
    for serving in opened:
        serving.__exit__(None, None, None)


def assert_refused(result, serving):
    """Final at once, and nothing reached the service."""
    assert result["failed"]
    assert outcome(result) == "not_attempted"
    assert result["api"]["requests"] == 1
    assert len(serving.emulator.journal) == 0
    assert "certificate" in result["msg"].lower()
    assert "ca_cert" in result["msg"]
    assert TOKEN not in words(result)


@shows("A certificate of the authority given by `ca_cert`", "all", "Trusted: ok.")
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_right_authority_is_trusted(name, listening, authorities):
    serving = listening(name)
    result = pause(serving.url.replace("127.0.0.1", name), ca_cert=str(authorities[0].ca_cert))
    assert outcome(result) == "ok"


@shows(
    "A certificate of another authority; of one that nobody knows",
    "all",
    "Final at once, whatever `fail_on` says; no request is sent.",
)
@pytest.mark.parametrize("given", [True, False])
def test_another_authority_is_not_trusted(given, listening, authorities):
    serving = listening("127.0.0.1")
    options = {"ca_cert": str(authorities[1].ca_cert)} if given else {}
    assert_refused(pause(serving.url, fail_on="never", **options), serving)


@shows("A certificate for another host name", "all", "The same.")
def test_another_host_name_is_not_trusted(listening, authorities):
    serving = listening("drs.eu-de.example.com", "127.0.0.2")
    assert_refused(pause(serving.url, fail_on="never", ca_cert=str(authorities[0].ca_cert)), serving)


@shows("A certificate that has expired", "all", "The same.")
def test_an_expired_certificate_is_not_trusted(listening, authorities):
    serving = listening("127.0.0.1", days_left=-1)
    assert_refused(pause(serving.url, fail_on="never", ca_cert=str(authorities[0].ca_cert)), serving)


@shows("The same four, at IAM", "IAM's tokens", "The same: no password is sent.")
@pytest.mark.parametrize(
    ("names", "days_left", "which"), [(["127.0.0.1"], 1, 1), (["127.0.0.2"], 1, 0), (["127.0.0.1"], -1, 0)]
)
def test_an_iam_that_is_not_trusted_gets_no_password(names, days_left, which, listening, authorities):
    serving = listening(*names, days_left=days_left)
    way_in = {"username": "emulator-user", "password": "emulator-password", "domain_name": "emulator-domain"}
    result = pause(
        serving.url,
        token=None,
        auth_url=serving.url,
        **way_in,
        fail_on="never",
        ca_cert=str(authorities[which].ca_cert),
    )
    assert_refused(result, serving)


@shows("`validate_certs: false`", "all", "Any certificate is taken: ok. It is for the laboratory.")
@pytest.mark.parametrize("bundle", [None, *BUNDLES])
def test_certificates_are_not_checked_where_that_was_asked(bundle, listening, authorities, monkeypatch):
    if bundle:
        monkeypatch.setenv(bundle, str(authorities[1].ca_cert))
    assert outcome(pause(listening("127.0.0.2").url, validate_certs=False)) == "ok"


@shows(
    "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE holds another authority than `ca_cert`",
    "all",
    "`ca_cert` counts alone, both ways.",
)
@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_environment_does_not_override_ca_cert(bundle, listening, authorities, monkeypatch):
    right, wrong = (str(authority.ca_cert) for authority in authorities)
    monkeypatch.setenv(bundle, wrong)
    assert outcome(pause(listening("127.0.0.1").url, ca_cert=right)) == "ok"
    monkeypatch.setenv(bundle, right)
    serving = listening("127.0.0.1")
    assert_refused(pause(serving.url, ca_cert=wrong), serving)


@shows(
    "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE without `ca_cert`",
    "all",
    "Counts, as it does for every program with requests.",
)
@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_environment_counts_without_ca_cert(bundle, listening, authorities, monkeypatch):
    monkeypatch.setenv(bundle, str(authorities[0].ca_cert))
    assert outcome(pause(listening("127.0.0.1").url)) == "ok"


@shows("https to a port that speaks plain http", "all", "Final at once; no request is sent.")
def test_https_to_a_plain_port_is_final():
    with serve(service("INCRE_TRANSFER_STARTED")) as serving:
        result = pause(serving.url.replace("http://", "https://"), fail_on="never")
        assert result["failed"]
        assert result["api"]["requests"] == 1
        assert len(serving.emulator.journal) == 0


@shows(
    "TLS breaks on the line, after the service had answered before, with a write that was carried out",
    "batch-pause-task",
    "As an answer cut: read until the status shows it; ok, sent once.",
)
def test_a_broken_record_is_a_lost_answer(monkeypatch):
    answered = in_process.EmulatorAdapter.send

    def send(self, request, **how):
        response = answered(self, request, **how)
        if "pause" in request.url:
            raise requests.exceptions.SSLError(
                ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]"), request=request
            )
        return response

    monkeypatch.setattr(in_process.EmulatorAdapter, "send", send)
    emulated = emulator(["INCRE_TRANSFER_STARTED"])
    assert outcomes(run(emulated, "paused")) == ["ok"]
    assert len(emulated.journal.writes()) == 1


@shows(
    "REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or `ca_cert` names a file that is missing, empty, damaged or unreadable",
    "all",
    "Final at once; the text names the variable and the file.",
)
@pytest.mark.parametrize("variable", [*BUNDLES, None])
@pytest.mark.parametrize("kind", ["missing", "empty", "damaged", "below a file"])
def test_a_bundle_that_cannot_be_used_is_final_and_named(variable, kind, tmp_path, monkeypatch):
    bundle = tmp_path / "bundle.pem"
    if kind == "below a file":
        bundle.write_bytes(b"")
        bundle = bundle / "bundle.pem"
    elif kind != "missing":
        bundle.write_bytes(b"" if kind == "empty" else b"-----BEGIN CERTIFICATE-----\nx\n")
    if variable:
        monkeypatch.setenv(variable, str(bundle))
    with socket.create_server(("127.0.0.1", 0)) as server:
        http = open_http(verify=True if variable else str(bundle), max_retries=5, timeout=1)
        http.answered = True  # a file can go during a run
        with pytest.raises(_http.Untrusted) as caught:
            http.read("GET", "https://127.0.0.1:%d/" % server.getsockname()[1])
    assert "%s, which %s names, cannot be used" % (bundle, variable or "ca_cert") in str(caught.value)
    assert http.requests == 1


@shows("PYTHONWARNINGS=error, with `validate_certs: false`", "all", "No warning becomes an exception.")
@pytest.mark.filterwarnings("error")
def test_no_warning_is_an_exception(listening):
    http = open_http(verify=False)
    assert http.read("GET", listening("127.0.0.2").url + "/v3/somewhere").status == 404


@shows("PYTHONWARNINGS=error, and a library that warns when it is imported", "all", "No warning becomes an exception.")
def test_no_warning_of_an_import_is_an_exception(tmp_path):
    (tmp_path / "urllib3").mkdir()
    (tmp_path / "urllib3" / "__init__.py").write_text(
        "import warnings\nwarnings.warn('of a library')\nimport none_such\n"
    )
    tree = str(pathlib.Path(_http.__file__).parents[5])
    child = subprocess.run(
        [sys.executable, "-c", "from %s import HAS_REQUESTS; print(HAS_REQUESTS)" % _http.__name__],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), tree)), "PYTHONWARNINGS": "error"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (child.stdout, child.stderr) == ("False\n", "")


@shows(
    "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names a missing file, or `ca_cert` does; the deadline is far away",
    "all",
    "Asked once at most: final at once, whatever `fail_on` says; the text names the variable or option, and the file.",
)
@pytest.mark.parametrize("variable", [*BUNDLES, None])
def test_a_missing_bundle_ends_the_run_at_once(variable, listening, tmp_path, monkeypatch):
    missing = str(tmp_path / "none.pem")
    if variable:
        monkeypatch.setenv(variable, missing)
    serving = listening("127.0.0.1")
    given = {} if variable else {"ca_cert": missing}
    result = pause(serving.url, wait_timeout=1800, fail_on="never", **given)
    assert result["failed"]
    assert outcome(result) == "not_attempted"
    assert missing in result["msg"]
    assert (variable or "ca_cert") in result["msg"]
    assert result["api"]["requests"] <= 1
    assert result["api"]["seconds"] < 5
    assert len(serving.emulator.journal) == 0


@shows(
    "PYTHONWARNINGS=error, with `validate_certs: false`, through a whole run",
    "all",
    "A result with every job: ok.",
)
@pytest.mark.filterwarnings("error")
def test_a_run_without_verification_where_warnings_are_errors(listening):
    result = pause(listening("127.0.0.2").url, validate_certs=False)
    assert (outcome(result), result["changed"]) == ("ok", True)
