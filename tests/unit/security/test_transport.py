# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests go, and by which way: redirects, plain http, proxies, the netrc file, addresses that are none."""

from __future__ import annotations

import base64
import socket

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _http
from ansible_collections.huaweicloud.drs.tests.emulator.server import serve
from ansible_collections.huaweicloud.drs.tests.unit import in_process
from ansible_collections.huaweicloud.drs.tests.unit.faults.promises import emulator, outcomes, run
from ansible_collections.huaweicloud.drs.tests.unit.faults.table import shows
from ansible_collections.huaweicloud.drs.tests.unit.faults.test_lost_requests import KEY, PASSWORD
from ansible_collections.huaweicloud.drs.tests.unit.in_process import PROJECT, run_batch
from ansible_collections.huaweicloud.drs.tests.unit.security import peers
from ansible_collections.huaweicloud.drs.tests.unit.security.authority import Authority
from ansible_collections.huaweicloud.drs.tests.unit.security.over_sockets import outcome, pause, proxy, service, words

WAYS_IN = {"token": {"token": "emulator-token", "project_id": PROJECT}, "password": PASSWORD, "access key": KEY}
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
PROXY_PASSWORD = "canary-of-the-proxy"
HOST = "drs.eu-de.example.com"


@shows(
    "A redirect (301, 302, 303, 307, 308) to another host, to plain http, or with a user name in it",
    "batch-status, batch-pause-task, IAM's tokens and projects",
    "Not followed; final, whatever `fail_on` says. Nothing is asked after it.",
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["https://evil.example.com/", "http://127.0.0.1:9/", "https://a:b@127.0.0.1/", "/v3/elsewhere"]
)
@pytest.mark.parametrize(
    ("endpoint", "way"),
    [("batch-status", "token"), ("batch-pause-task", "token"), ("tokens", "password"), ("projects", "access key")],
)
def test_redirects_are_not_followed(status, location, endpoint, way):
    emulated = emulator(["INCRE_TRANSFER_STARTED"])
    emulated.fault({"match": {"endpoint": endpoint}, "effect": {"status": status, "location": location}})
    result = run(emulated, "paused", way_in=WAYS_IN[way], fail_on="never")
    assert result["failed"]
    assert "redirect" in result["msg"]
    assert emulated.journal[-1].endpoint == endpoint
    assert not result["changed"]


@shows("A redirect whose target listens", "batch-status", "Its target hears nothing.")
def test_the_target_of_a_redirect_hears_nothing():
    elsewhere, emulated = service("INCRE_TRANSFER_STARTED"), service("INCRE_TRANSFER_STARTED")
    with serve(elsewhere) as far, serve(emulated) as near:
        path = "/v3/%s/jobs/batch-status" % PROJECT
        emulated.fault({"effect": {"status": 307, "location": far.url + path}})
        assert "redirect" in pause(near.url)["msg"]
    assert len(elsewhere.journal) == 0
    assert len(emulated.journal) == 1


REFUSED_ADDRESSES = {
    "plain http": "http://%s" % HOST,
    "plain http, loopback in its name": "http://127.0.0.1.example.com",
    "plain http, loopback in its path": "http://example.com/127.0.0.1",
    "plain http, loopback as its user": "http://127.0.0.1@example.com",
    "plain http to all interfaces": "http://0.0.0.0",
    "plain http to a mapped address": "http://[::ffff:127.0.0.1]",
    "a number as an address": "http://2130706433",
    "a user name": "https://user:canary-in-the-url@%s" % HOST,
    "another scheme": "file:///etc/passwd",
    "a backslash": "https://127.0.0.1\\@%s" % HOST,
    "a line break": "https://%s\r\nX-Evil: 1" % HOST,
    "no host": "https://",
}


@shows(
    "An `endpoint` or `auth_url` that is plain http and not loopback, has a user name, another scheme, a backslash, a line break, no host",
    "all",
    "Refused before anything is sent; the text never repeats it.",
)
@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
@pytest.mark.parametrize("option", ["endpoint", "auth_url"])
def test_addresses_that_are_refused(address, option):
    emulated = emulator(["INCRE_TRANSFER_STARTED"])
    result = run_batch(
        emulated, state="paused", job_ids=list(emulated.jobs), way_in=KEY, **{option: REFUSED_ADDRESSES[address]}
    )
    assert result["failed"]
    assert "Nothing was sent" in result["msg"]
    assert option in result["msg"]
    assert "canary" not in words(result)
    assert len(emulated.journal) == 0


@shows(
    "An `endpoint` whose host no name can be: a label too long, or none between dots",
    "all",
    "Final at once, a plain error, no traceback.",
)
@pytest.mark.parametrize("host", ["a" * 70 + ".example.com", "a..b"])
def test_hosts_that_no_name_can_be(host):
    result = pause("https://%s" % host, fail_on="never")
    assert result["failed"]
    assert outcome(result) == "not_attempted"
    assert result["api"]["requests"] == 1


@shows(
    "A host name that is not known",
    "all",
    "Final at once where the service was never reached: the text says to check region and cloud_domain.",
)
def test_a_host_that_is_not_known(monkeypatch):
    def unknown(*_args, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    result = pause("https://%s" % HOST, fail_on="never", max_retries=1)
    assert result["failed"]
    assert "cloud_domain" in result["msg"]
    assert outcome(result) == "not_attempted"


@shows("Proxies in the environment, and a service on loopback", "all", "The proxy hears nothing.")
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_loopback_goes_through_no_proxy(name, monkeypatch):
    emulated = service("INCRE_TRANSFER_STARTED")
    with serve(emulated) as serving, proxy(serving.port) as between:
        for variable in PROXY_VARIABLES:
            monkeypatch.setenv(variable, "http://" + between.address)
        assert outcome(pause(serving.url.replace("127.0.0.1", name))) == "ok"
    assert between.heads == []


@pytest.fixture
def far_service(tmp_path):
    """A listener behind TLS that goes by the name of HOST, which only a proxy finds; and the options to reach it."""
    authority = Authority(tmp_path, "authority")
    emulated = service("INCRE_TRANSFER_STARTED")
    with serve(emulated, ssl_context=authority.listen_as(HOST)) as serving:
        yield serving, {"endpoint": "https://" + HOST, "ca_cert": str(authority.ca_cert)}


@shows(
    "HTTPS_PROXY, and a service elsewhere",
    "all",
    "Honoured, by a tunnel: TLS is verified to the service, and the proxy sees neither token nor path.",
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_is_honoured(variable, far_service, monkeypatch):
    serving, options = far_service
    with proxy(serving.port) as between:
        monkeypatch.setenv(variable, "http://user:%s@%s" % (PROXY_PASSWORD, between.address))
        result = pause(**options)
    assert outcome(result) == "ok"
    assert {head.split("\r\n")[0] for head in between.heads} == {"CONNECT %s:443 HTTP/1.0" % HOST} or {
        head.split("\r\n")[0] for head in between.heads
    } == {"CONNECT %s:443 HTTP/1.1" % HOST}
    basic = base64.b64encode(b"user:" + PROXY_PASSWORD.encode()).decode()
    assert all(basic in head and "emulator-token" not in head for head in between.heads)
    assert all("proxy-authorization" not in entry.headers for entry in serving.emulator.journal)
    assert PROXY_PASSWORD not in words(result)


@shows("NO_PROXY names the service", "all", "The proxy hears nothing.")
def test_no_proxy_is_honoured(far_service, monkeypatch):
    serving, options = far_service
    monkeypatch.setattr(socket, "getaddrinfo", _loopback_only(socket.getaddrinfo))
    with proxy(serving.port) as between:
        monkeypatch.setenv("HTTPS_PROXY", "http://" + between.address)
        monkeypatch.setenv("NO_PROXY", "example.com")
        pause(**options, wait_timeout=1, max_retries=0)
    assert between.heads == []


def _loopback_only(known):
    def look_up(host, *args, **options):
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(-2, "Name or service not known")
        return known(host, *args, **options)

    return look_up


BROKEN_PROXIES = {
    "nobody listens": "http://user:{0}@127.0.0.1:9",
    "a port that is none": "http://user:{0}@127.0.0.1:99999",
    "no host": "http://user:{0}@",
    "a host that is none": "http://user:{0}@[bad",
    "no scheme": "user:{0}@127.0.0.1:9",
    "another scheme": "ftp://user:{0}@127.0.0.1:9",
}


@shows(
    "A proxy that refuses, that is not there, or whose address is none, with a password in it",
    "all",
    "A plain error; the password is in none of it.",
)
@pytest.mark.parametrize("broken", BROKEN_PROXIES)
@pytest.mark.parametrize("password", [PROXY_PASSWORD, "s3cr"])
def test_a_broken_proxy_keeps_its_password(broken, password, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", BROKEN_PROXIES[broken].format(password))
    result = pause("https://" + HOST, wait_timeout=2, max_retries=1)
    assert result["failed"]
    assert outcome(result) == "not_attempted"
    assert password not in words(result)


@shows(
    "A proxy answers 407 or 502",
    "all",
    "Nothing reaches the service: not_attempted; the proxy's password is in no text.",
)
@pytest.mark.parametrize(
    "refusal", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b"407 not with " + PROXY_PASSWORD.encode()]
)
def test_a_proxy_that_refuses(refusal, far_service, monkeypatch):
    serving, options = far_service
    with proxy(serving.port, refusal) as between:
        monkeypatch.setenv("HTTPS_PROXY", "http://user:%s@%s" % (PROXY_PASSWORD, between.address))
        result = pause(**options, wait_timeout=2, max_retries=1)
    assert outcome(result) == "not_attempted"
    assert refusal.decode().split()[0] in result["msg"]
    assert PROXY_PASSWORD not in words(result)
    assert len(serving.emulator.journal) == 0


@shows(
    "A proxy answers CONNECT with 407 or 403, and refuses permanently; the deadline is far away",
    "all",
    "Asked once: final at once, whatever `fail_on` says, with a hint at the variable. Its password is in no text.",
)
@pytest.mark.parametrize("refusal", [b"407 Proxy Authentication Required", b"403 Forbidden"])
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_that_refuses_for_good_is_asked_once(refusal, variable, far_service, monkeypatch):
    serving, options = far_service
    with proxy(serving.port, refusal) as between:
        monkeypatch.setenv(variable, "http://user:%s@%s" % (PROXY_PASSWORD, between.address))
        result = pause(**options, wait_timeout=1800, fail_on="never")
    assert result["failed"]
    assert outcome(result) == "not_attempted"
    assert "The proxy in %s refuses: check it, and its user and password" % variable in result["msg"]
    assert len(between.heads) == result["api"]["requests"] == 1
    assert result["api"]["seconds"] < 5
    assert PROXY_PASSWORD not in words(result)


@shows(
    "A netrc file with a password for the service's host",
    "all, IAM included",
    "Never read: what is sent is the credentials that were given.",
)
@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("by", ["HOME", "NETRC"])
def test_the_netrc_file_is_never_used(way, by, tmp_path, monkeypatch):
    name = tmp_path / (".netrc" if by == "HOME" else "elsewhere")
    name.write_text(
        "machine 127.0.0.1 login somebody password canary-netrc\ndefault login somebody password canary-netrc\n"
    )
    name.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    if by == "NETRC":
        monkeypatch.setenv("NETRC", str(name))
    seen = []
    answered = in_process.EmulatorAdapter.send

    def send(self, request, **how):
        seen.append(request.headers.get("Authorization", ""))
        return answered(self, request, **how)

    monkeypatch.setattr(in_process.EmulatorAdapter, "send", send)
    assert outcomes(run(emulator(["INCRE_TRANSFER_STARTED"]), "paused", way_in=WAYS_IN[way])) == ["ok"]
    assert seen
    assert not any(header.startswith("Basic") for header in seen)
    assert all(bool(header) == (way == "access key") for header in seen)


# --- how long a request may take


@shows(
    "A status line, headers, a body or chunks at a byte in a while; headers without an end; 100 Continue again and again; no answer",
    "all",
    "Given up once `request_timeout` is over, with urllib3 1.25, 1.26 and 2: lost.",
)
@pytest.mark.parametrize("name", peers.SLOW)
def test_what_trickles_in_is_given_up(name):
    result = peers.read_slow(name)
    assert peers.is_in_time(result)
    assert result["said"].startswith("Lost: ")
    assert result["said"].endswith("no complete answer within 0.6 s")


@shows(
    "The same, of a proxy's answer to CONNECT",
    "all",
    "Given up once `request_timeout` is over: surely unsent.",
)
@pytest.mark.parametrize("name", peers.SLOW_PROXIES)
def test_a_slow_proxy_is_given_up(name):
    result = peers.read_through(peers.SLOW_PROXIES[name])
    assert peers.is_in_time(result)
    if "tunnel" in name:
        assert result["said"].startswith("Lost: ")
    else:
        assert result["said"].startswith("Unsent: ")
        assert result["said"].endswith("The proxy in HTTPS_PROXY did not connect")


@shows("A TLS handshake that never ends", "all", "Given up once `request_timeout` is over.")
def test_a_handshake_without_an_end_is_given_up():
    assert peers.is_in_time(peers.read_silent_tls())


@shows("Two slow requests on one connection", "all", "Each has a `request_timeout` of its own: ok.")
def test_each_request_on_a_connection_has_its_own_time():
    assert peers.read_twice() == ([{}, {}], 2)


def fill(server):
    """Fills the queue of a listener that accepts nothing: who connects from now on hears nothing at all."""
    fillers = [socket.socket() for _filler in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(server.getsockname())
    return fillers


@pytest.fixture
def addresses(monkeypatch):
    """addresses(*names): those that a look-up of the name localhost finds."""
    looked_up = socket.getaddrinfo

    def have(*names):
        def several(host, port, *args, **options):
            found = names if host == "localhost" else [host]
            return [entry for name in found for entry in looked_up(name, port, *args, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", several)

    return have


@shows(
    "A host with several addresses, of which one or all do not answer",
    "all",
    "They share `request_timeout`: the next one has its turn; surely unsent if all are silent.",
)
@pytest.mark.parametrize("number", [1, 3])
def test_the_addresses_of_a_host_share_the_time(number, addresses):
    addresses(*("127.0.0.%d" % last for last in range(1, number + 1)))
    with socket.create_server(("0.0.0.0", 0), backlog=0) as full:
        fillers = fill(full)
        result = peers.read_one.read("https://localhost:%d/" % full.getsockname()[1], timeout=peers.TIMEOUT)
        for filler in fillers:
            filler.close()
    assert peers.is_in_time(result), result
    assert result["said"].startswith("Unsent: ")
    assert result["said"].endswith("no connection within 0.6 s")


@shows("A host with several addresses, and only the last one answers", "all", "The next address is tried: ok.")
def test_an_address_that_does_not_answer_leaves_time_for_the_next(addresses):
    addresses("127.0.0.2", "127.0.0.3", "127.0.0.1")
    with peers.peer(peers.answers(peers.OK + b"Content-Length: 2\r\n\r\n{}")) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_server(("127.0.0.2", port), backlog=0) as full:  # nobody listens on the second
            fillers = fill(full)
            result = peers.read_one.read("http://localhost:%d/" % port, timeout=peers.TIMEOUT)
            for filler in fillers:
                filler.close()
    assert result["said"] == "HTTP 200, body dict"
    assert 0.1 < result["seconds"] < peers.TIMEOUT


@shows(
    "The same, and the first one takes the connection and says nothing",
    "all",
    "It has all of `request_timeout`: one timeout for connecting and for the answer together.",
)
def test_the_address_that_answers_has_all_the_time_that_is_left(addresses):
    addresses("127.0.0.1", "127.0.0.2", "127.0.0.3")
    with peers.peer(peers.silent) as address:
        result = peers.read_one.read("https://localhost:%s/" % address.rpartition(":")[2], timeout=peers.TIMEOUT)
    assert peers.is_in_time(result), result


# --- what waiting does not change, and what it may


@shows(
    "A proxy answers CONNECT with 407, 403, another 4xx or a redirect; with 5xx, 408 or 429",
    "all",
    "The first are final at once, with a hint at the variable; after the others, surely unsent, it is retried.",
)
@pytest.mark.parametrize("refusal", peers.REFUSALS)
def test_a_proxy_that_refuses_connect(refusal):
    assert peers.is_right_for(refusal, peers.read_refused(refusal))


@shows(
    "A proxy that refuses, named by HTTPS_PROXY, ALL_PROXY or their lower case", "all", "The text names that variable."
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_variable_that_names_the_proxy_is_named(variable):
    refuse = peers.answers(b"HTTP/1.1 407 no\r\n\r\n")
    assert "The proxy in %s refuses" % variable in peers.read_through(refuse, variable)["said"]


@shows(
    "A proxy hangs up, answers with garbage, refuses the connection, or its name is not known",
    "all",
    "Surely unsent: retried. A text on the name says that it is the proxy's.",
)
@pytest.mark.parametrize("bad", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b"\0" * 100 + b"\r\n"])
def test_a_proxy_that_breaks(bad):
    def serve(connection):
        connection.recv(65536)
        connection.sendall(bad)

    said = peers.read_through(serve)["said"]
    assert said.startswith("Unsent: ")
    assert said.endswith("The proxy in HTTPS_PROXY did not connect")
    assert "canary" not in said


@shows(
    "A proxy on which nobody listens, or whose name is not known",
    "all",
    "Surely unsent: retried. The text names the variable, and no password.",
)
@pytest.mark.parametrize(
    ("name", "words"), [("127.0.0.1:9", "did not connect"), ("proxy.invalid:3128", "name of the proxy")]
)
def test_a_proxy_that_is_not_there(name, words, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _loopback_only(socket.getaddrinfo))
    with peers.environment(HTTPS_PROXY="http://user:canary-proxy@" + name):
        said = peers.read_one.read(peers.ELSEWHERE)["said"]
    assert said.startswith("Unsent: ")
    assert words in said
    assert "canary" not in said


@shows("A service whose answer quotes a proxy's refusal", "all", "Not taken for one: lost.")
@pytest.mark.parametrize("status", [b"Tunnel connection failed: 407 no", b"HTTP/1.1 Tunnel connection failed: 407"])
def test_words_of_the_service_are_not_taken_for_the_proxys(status):
    with peers.environment(), peers.peer(peers.answers(status + b"\r\n\r\n")) as address:
        said = peers.read_one.read("http://%s/" % address)["said"]
    assert said.startswith("Lost: ")


@shows("A firewall's page, with 403", "all", "The text says what came, and from where.")
def test_a_firewalls_page_is_told():
    page = b"<html><head><title>Access denied by policy</title></head><body>...</body></html>"
    head = b"HTTP/1.1 403 No\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(page)
    with peers.peer(peers.answers(head + page)) as address:
        answer = peers.read_one.open_http().read("GET", "http://%s/" % address)
    assert _http.said(answer) == 'HTTP 403 from 127.0.0.1, text/html: "Access denied by policy"'


@shows(
    "A redirect with an endless body, or with a target that is no address",
    "all",
    "Final at once; its body is read no further than 16 MiB.",
)
@pytest.mark.parametrize("location", [b"https://evil.example.com/", b"https://[bad", b"\xff"])
def test_a_redirect_with_an_endless_body(location):
    head = b"HTTP/1.1 307 x\r\nLocation: " + location + b"\r\n\r\n"

    def serve(connection):
        connection.recv(65536)
        connection.sendall(head)
        while True:
            connection.sendall(b"x" * 65536)

    with peers.peer(serve) as address:
        said = peers.read_one.read("http://%s/" % address)["said"]
    assert "larger than 16 MiB" in said or "redirect" in said
