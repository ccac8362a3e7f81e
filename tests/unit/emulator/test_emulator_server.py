# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Over a real socket: keep-alive, the fates of a reply, TLS, many clients at once."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import http.client
import json
import socket
import ssl
import threading
import time

import pytest
from ansible_collections.huaweicloud.drs.tests.emulator import serve
from ansible_collections.huaweicloud.drs.tests.unit.emulator.caller import HEADERS, PROJECT, emulate, job_id
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ONE = job_id(0)
PATH = f"/v3/{PROJECT}/jobs/batch-status"
BODY = json.dumps({"jobs": [ONE]})
PATIENCE = 10


@contextlib.contextmanager
def connected(caller, timeout=PATIENCE):
    with serve(caller.emulator) as serving:
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=timeout)
        yield connection
        connection.close()


def ask(connection, method="POST", path=PATH, body=BODY):
    connection.request(method, path, body, HEADERS)
    response = connection.getresponse()
    return response.status, response.read()


def test_one_connection_serves_many_requests():
    with connected(emulate("CONFIGURATION")) as connection:
        ask(connection)
        used = connection.sock
        for _turn in range(20):
            status, body = ask(connection)
            assert (status, json.loads(body)["results"][0]["status"]) == (200, "CONFIGURATION")
        assert connection.sock is used


def test_a_delete_with_a_body():
    caller = emulate("CREATE_FAILED")
    body = json.dumps({"jobs": [{"job_id": ONE, "delete_type": "delete"}]})
    with connected(caller) as connection:
        assert ask(connection, "DELETE", PATH.replace("batch-status", "batch-jobs"), body)[0] == 202
    assert caller.emulator.journal.accepted(ONE) == ["delete"]


@pytest.mark.parametrize("fate", ["cut_before", "cut_after"])
def test_a_cut_connection_gives_no_answer_and_the_next_one_works(fate):
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"match": {"count": 1}, "effect": {"fate": fate}})
    with connected(caller) as connection:
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            ask(connection)
        connection.close()
        assert ask(connection)[0] == 200


def test_a_truncated_answer_is_shorter_than_it_says():
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"match": {"count": 1}, "effect": {"fate": "truncate"}})
    with connected(caller) as connection:
        connection.request("POST", PATH, BODY, HEADERS)
        response = connection.getresponse()
        assert response.status == 200
        with pytest.raises(http.client.IncompleteRead) as caught:
            response.read()
        assert len(caught.value.partial) in (caught.value.expected, caught.value.expected - 1)


def test_a_hanging_request_hangs_and_the_server_ends_all_the_same():
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"effect": {"fate": "hang"}})
    with connected(caller, timeout=0.2) as connection, pytest.raises(TimeoutError):
        ask(connection)
    assert caller.emulator.journal[0].fate == "hang"


def test_the_end_does_not_wait_for_delays():
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"effect": {"delay": 600}})
    began = time.monotonic()
    with connected(caller, timeout=0.2) as connection, pytest.raises(TimeoutError):
        ask(connection)
    assert time.monotonic() - began < PATIENCE


def test_a_delay_holds_up_nobody_else():
    caller = emulate("CONFIGURATION", "CONFIGURATION")
    caller.emulator.fault({"match": {"job_id": job_id(1)}, "effect": {"delay": 600}})
    with serve(caller.emulator) as serving:
        slow = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=PATIENCE)
        slow.request("POST", PATH, json.dumps({"jobs": [job_id(1)]}), HEADERS)
        quick = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=PATIENCE)
        assert ask(quick)[0] == 200
        slow.close()
        quick.close()


def test_a_body_that_is_announced_too_large_is_not_read():
    with connected(emulate("CONFIGURATION")) as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Length", str(10**12))
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_forty_clients_at_once():
    caller = emulate(*["INCRE_TRANSFER_STARTED"] * 40)

    def pause(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        body = json.dumps({"jobs": [{"job_id": job_id(number), "pause_mode": "all"}]})
        status, answer = ask(connection, path=PATH.replace("batch-status", "batch-pause-task"), body=body)
        connection.close()
        return status, json.loads(answer)["results"][0]["status"]

    with serve(caller.emulator) as serving, concurrent.futures.ThreadPoolExecutor(40) as pool:
        port = serving.port
        assert set(pool.map(pause, range(40))) == {(200, "success")}
    assert all(caller.emulator.journal.accepted(job_id(number)) == ["pause"] for number in range(40))


def test_two_emulators_listen_side_by_side():
    with serve(emulate("CONFIGURATION").emulator) as first, serve(emulate("PAUSING").emulator) as second:
        assert first.port != second.port
        assert first.url == f"http://127.0.0.1:{first.port}"


def test_a_port_that_is_taken():
    with serve(emulate().emulator) as serving, pytest.raises(OSError, match="in use"):
        serve(emulate().emulator, port=serving.port).__enter__()


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_tls(certificate):
    caller = emulate("CONFIGURATION")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serve(caller.emulator, ssl_context=context) as serving:
        assert serving.url.startswith("https://")
        silent = socket.create_connection(("127.0.0.1", serving.port))
        trusting = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection("localhost", serving.port, context=trusting, timeout=PATIENCE)
        assert ask(connection)[0] == 200
        connection.close()
        silent.close()
        distrusting = http.client.HTTPSConnection(
            "localhost", serving.port, context=ssl.create_default_context(), timeout=PATIENCE
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            ask(distrusting)


# Slow replies, and headers that are not true


def raw_exchange(port, seconds):
    """All that comes within so many seconds of a request, and whether the server closed."""
    request = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n"
    request += "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()) + "\r\n" + BODY
    got, until = b"", time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request.encode())
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            try:
                data = connection.recv(65536)
            except TimeoutError:
                break
            if not data:
                return got, True
            got += data
    return got, False


@pytest.mark.parametrize(
    ("trickle", "begins"),
    [
        ({"head": 0.05}, b"HTTP/1"),
        ({"body": 0.05}, b"HTTP/1.1 200 OK\r\n"),
        ({"continues": 1000, "pause": 0.05}, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_trickling_reply_comes_byte_by_byte(trickle, begins):
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"effect": {"fate": "trickle", "trickle": trickle}})
    with serve(caller.emulator) as serving:
        got, closed = raw_exchange(serving.port, 1.5)
    assert got.startswith(begins)
    assert not closed
    assert caller.emulator.journal[0].fate == "trickle"
    whole = caller.call("batch-status", {"jobs": [ONE]})
    if "continues" not in trickle:
        assert len(got) < len(whole.head()) + len(whole.body)


@pytest.mark.parametrize("trickle", [{"head": 0.0005}, {"body": 0.0005}, {"continues": 3, "pause": 0.01}])
def test_a_trickling_reply_arrives_whole_and_the_connection_stays(trickle):
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"match": {"count": 1}, "effect": {"fate": "trickle", "trickle": trickle}})
    with connected(caller) as connection:
        assert ask(connection) == ask(connection)


@pytest.mark.parametrize("trickle", [{"head": 600}, {"body": 600}, {"continues": 1000, "pause": 600}])
def test_the_end_does_not_wait_for_a_trickling_reply(trickle):
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"effect": {"fate": "trickle", "trickle": trickle}})
    began = time.monotonic()
    with connected(caller, timeout=0.2) as connection, pytest.raises(TimeoutError):
        ask(connection)
    assert time.monotonic() - began < PATIENCE


def test_a_trickling_reply_ends_with_its_client():
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"effect": {"fate": "trickle", "trickle": {"head": 600}}})
    with serve(caller.emulator) as serving:
        before = set(threading.enumerate())
        raw_exchange(serving.port, 0.2)
        began = set(threading.enumerate()) - before
        for thread in began:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in began)


def test_a_length_that_is_not_true_is_sent_and_the_connection_closed():
    caller = emulate("CONFIGURATION")
    length = "9" * 5000
    caller.emulator.fault({"effect": {"headers": {"Content-Length": length}}})
    with serve(caller.emulator) as serving:
        got, closed = raw_exchange(serving.port, PATIENCE)
    head, _mark, body = got.partition(b"\r\n\r\n")
    assert closed
    assert head.count(b"Content-Length:") == 1
    assert f"Content-Length: {length}".encode() in head
    assert json.loads(body)["count"] == 1


def test_control_characters_in_a_header_are_sent_without_line_breaks():
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"effect": {"headers": {"X-Request-Id": "a\x1b\r\n\r\nforged: yes\x00", "Date": "never"}}})
    with serve(caller.emulator) as serving:
        got, _closed = raw_exchange(serving.port, 1)
    lines = got.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert b"X-Request-Id: a\x1bforged: yes\x00" in lines
    assert b"Date: never" in lines


def test_a_proxy_that_refuses_is_a_closed_connection_here():
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"match": {"count": 1}, "effect": {"fate": "proxy_refuses"}})
    with connected(caller) as connection:
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            ask(connection)
        connection.close()
        assert ask(connection)[0] == 200


def test_a_trickling_reply_over_tls(certificate):
    caller = emulate("CONFIGURATION")
    caller.emulator.fault({"match": {"count": 1}, "effect": {"fate": "trickle", "trickle": {"head": 0.001}}})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serve(caller.emulator, ssl_context=context) as serving:
        trusting = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection("localhost", serving.port, context=trusting, timeout=PATIENCE)
        assert ask(connection) == ask(connection)
        connection.close()
