# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: its retry loop, authentication flows, throttling, and what becomes of any answer. No socket, no real time."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import socket
import threading

import pytest
import requests
import urllib3
from ansible_collections.huaweicloud.drs.plugins.module_utils import _http
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import LONGEST_SLEEP, Clock
from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Answer, Request
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import Secrets
from ansible_collections.huaweicloud.drs.tests.unit.plugins.module_utils.test_secrets import ANY_TEXT, JSON, is_clean
from ansible_collections.huaweicloud.drs.tests.unit.security.read_one import NoAuth, open_http
from hypothesis import given, settings
from hypothesis import strategies as st

URL = "https://drs.eu-de.example.com/v3/p/jobs"
IAM = "https://iam.eu-de.example.com/v3/auth/tokens"
DEADLINE = 1000.0
WALL = 1780272000.0  # 2026-06-01T00:00:00Z
WALL_DATE = "Mon, 01 Jun 2026 00:00:00 GMT"


class HandMovedClock(Clock):
    def __init__(self):
        self.at, self.sleeps = 0.0, []

    def monotonic(self):
        return self.at

    def wall(self):
        return WALL + self.at

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.at += seconds


def reply(status=200, body=b"{}", **headers):
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body


OK, BROKEN = reply(), reply(503, b'{"error_code": "DRS.M01501", "error_msg": "Service error"}')
BUSY = reply(429, b'{"error_code": "APIGW.0308", "error_msg": "Too often"}')
CUT = requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", OSError("cut")))
REFUSED = requests.exceptions.ConnectionError(urllib3.exceptions.NewConnectionError(None, "refused"))


class Line(requests.adapters.HTTPAdapter):
    """Stands where the network stands: answers with these replies, of which the last one stays. A reply can be an
    exception, or a call that returns one or the other. sent: (second, method, url, headers, body) of each request."""

    def __init__(self, clock, *replies, seconds=0.0):
        super().__init__()
        self._clock, self._replies, self._seconds = clock, list(replies), seconds
        self._lock = threading.Lock()
        self.sent = []

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        with self._lock:
            self.sent.append((self._clock.at, request.method, request.url, dict(request.headers), request.body))
            found = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if callable(found):
            found = found()
        self._clock.at += self._seconds
        if isinstance(found, BaseException):
            raise found
        status, headers, body = found
        raw = urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)
        return self.build_response(request, raw)

    @property
    def times(self):
        return [at for at, *_rest in self.sent]

    def session(self):
        opened = requests.Session()
        opened.mount("https://", self)
        return opened


class Tokens:
    """Asks IAM for a token where there is none, and for another one after a refusal."""

    def __init__(self, renewals=1):
        self.token, self.renewals, self.closed, self.fetched = None, renewals, 0, 0

    def flow(self, request):
        try:
            while True:
                if self.token is None:
                    answer = yield Request("POST", IAM, {"X-Own": "1"}, b'{"a": 1}', identity=True)
                    if answer.status != 201:
                        raise ValueError("IAM refused: %d" % answer.status)
                    self.fetched += 1
                    self.token = "token-%d" % self.fetched
                request.headers["X-Auth-Token"] = self.token
                answer = yield request
                if answer.status != 401 or not self.renewals:
                    return
                self.renewals -= 1
                self.token = None
        finally:
            self.closed += 1

    def project_flow(self):
        answer = yield Request("GET", IAM, identity=True)
        return answer.body["project"]


def client(*replies, seconds=0.0, **options):
    """A client on such a line, the line, and the clock."""
    clock = HandMovedClock()
    line = Line(clock, *replies, seconds=seconds)
    defaults = {
        "deadline": DEADLINE,
        "headers": {"Content-Type": "application/json", "X-Language": "en-us"},
        "random": lambda: 1.0,
        "session_factory": line.session,
        "max_retries": 3,
    }
    return open_http(clock, **{**defaults, **options}), line, clock


def nothing():
    """A before_send that has nothing against it."""


# --- reads


def test_a_read_is_answered():
    http, line, clock = client(reply(200, b'{"jobs": []}', X_Request_Id="r-1"), seconds=0.25)
    answer = http.read("POST", URL + "?a=b", {"jobs": ["\u00e4"]})
    assert (answer.status, answer.body, answer.text, answer.request_id) == (200, {"jobs": []}, "", "r-1")
    assert (answer.at, answer.sender) == (clock.at, "drs.eu-de.example.com") == (0.25, "drs.eu-de.example.com")
    [(_at, method, url, headers, body)] = line.sent
    assert (method, url, json.loads(body)) == ("POST", URL + "?a=b", {"jobs": ["\u00e4"]})
    assert headers == {
        "Content-Type": "application/json",
        "X-Language": "en-us",
        "Content-Length": str(len(body)),
    }
    assert (http.requests, http.retries, http.answered, http.failed_request_ids) == (1, 0, True, [])


def test_the_netrc_file_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("default login somebody password canary-netrc\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    http, line, _clock = client(OK)
    http.read("GET", URL)
    assert "Authorization" not in line.sent[0][3]


@pytest.mark.parametrize("trouble", [BROKEN, CUT, REFUSED])
def test_a_read_is_repeated_after_trouble(trouble):
    http, line, _clock = client(trouble, trouble, trouble, OK)
    assert http.read("GET", URL).status == 200
    assert line.times == [0, 1, 3, 7]
    assert (http.requests, http.retries) == (4, 3)


def test_a_5xx_that_stays_is_returned():
    http, line, _clock = client(reply(503, BROKEN[2], X_Request_Id="r-5"))
    answer = http.read("GET", URL)
    assert (answer.status, answer.body["error_code"]) == (503, "DRS.M01501")
    assert len(line.sent) == 4
    assert http.failed_request_ids == ["r-5"] * 4


@pytest.mark.parametrize(("trouble", "kind"), [(CUT, _http.Lost), (REFUSED, _http.Unsent)])
def test_lost_connections_that_stay_are_raised(trouble, kind):
    http, line, _clock = client(trouble)
    with pytest.raises(kind):
        http.read("GET", URL)
    assert len(line.sent) == 4


def test_retries_count_in_a_row_and_throttling_does_not_count():
    http, line, _clock = client(BUSY, BUSY, BUSY, BUSY, BUSY, OK, max_retries=0)
    assert http.read("GET", URL).status == 200
    assert line.times == [0, 1, 3, 7, 15, 31]


def test_each_try_is_authenticated_again():
    class Numbered(NoAuth):
        number = 0

        def flow(self, request):
            assert "X-Number" not in request.headers
            self.number += 1
            request.headers["X-Number"] = str(self.number)
            yield request

    http, line, _clock = client(BROKEN, BUSY, OK, auth=Numbered())
    http.read("GET", URL)
    assert [headers["X-Number"] for _at, _method, _url, headers, _body in line.sent] == ["1", "2", "3"]


@pytest.mark.parametrize("last", [BROKEN, CUT, REFUSED, BUSY, reply(401, b"{}"), OK])
@pytest.mark.parametrize("late", [0.0, 5.0])
def test_at_and_after_the_deadline_there_is_one_request(last, late):
    auth = Tokens()
    auth.token = "old"
    http, line, clock = client(last, auth=auth)
    clock.at = DEADLINE + late
    if last in (OK, reply(401, b"{}")):
        assert http.read("GET", URL).status == last[0]
    else:
        with pytest.raises(_http.OutOfTime, match="wait_timeout expired while"):
            http.read("GET", URL)
    assert len(line.sent) == 1
    assert clock.at == DEADLINE + late


def test_a_throttled_answer_that_is_no_news_is_not_repeated_after_the_deadline():
    http, line, clock = client(BUSY)

    def overtaken():
        http._throttlings += 1
        clock.at = DEADLINE
        return BUSY

    line._replies[:] = [overtaken, BUSY]
    with pytest.raises(_http.OutOfTime) as caught:
        http.read("GET", URL)
    assert caught.value.throttled
    assert len(line.sent) == 1


def test_nothing_is_sent_once_a_timeout_after_the_deadline_has_passed():
    http, line, clock = client(OK, timeout=30)
    clock.at = DEADLINE + 30
    with pytest.raises(_http.OutOfTime, match="wait_timeout expired before it was sent"):
        http.read("GET", URL)
    assert line.sent == []


def test_throttling_for_good_ends_at_the_deadline():
    http, _line, clock = client(BUSY)
    with pytest.raises(
        _http.OutOfTime, match="wait_timeout expired while the service asked to come back later"
    ) as caught:
        http.read("GET", URL)
    assert caught.value.throttled
    assert "HTTP 429 from drs.eu-de.example.com: APIGW.0308 Too often" in str(caught.value)
    assert clock.at == DEADLINE


def test_a_pause_beyond_the_deadline_ends_at_it():
    http, line, clock = client(BROKEN, deadline=0.5)
    with pytest.raises(_http.OutOfTime, match="wait_timeout expired while waiting to retry: HTTP 503") as caught:
        http.read("GET", URL)
    assert not caught.value.throttled
    assert (clock.at, len(line.sent)) == (0.5, 1)


# --- writes


@pytest.mark.parametrize("answer", [OK, BROKEN, BUSY, reply(400)])
def test_a_write_is_sent_once(answer):
    http, line, _clock = client(answer)
    assert http.write("POST", URL, {}, nothing).status == answer[0]
    assert len(line.sent) == 1


@pytest.mark.parametrize(("trouble", "kind"), [(CUT, _http.Lost), (REFUSED, _http.Unsent)])
def test_a_write_that_is_lost_is_not_repeated(trouble, kind):
    http, line, _clock = client(trouble)
    with pytest.raises(kind):
        http.write("POST", URL, {}, nothing)
    assert len(line.sent) == 1


def test_before_send_may_refuse_at_the_last_moment():
    class TooOld(Exception):
        pass

    def refuse():
        assert line.sent == []
        raise TooOld

    http, line, _clock = client(OK, auth=NoAuth())
    with pytest.raises(TooOld):
        http.write("POST", URL, {}, refuse)
    assert (line.sent, http.requests, http._in_flight) == ([], 0, 0)


def test_a_write_is_not_sent_while_the_service_asks_to_wait():
    http, line, clock = client(BUSY, OK)
    http.write("POST", URL, {}, nothing)
    assert http.opens_at() == 1.0
    with pytest.raises(_http.Unsent, match="asked to come back later"):
        http.write("POST", URL, {}, lambda: pytest.fail("called"))
    assert (len(line.sent), clock.at) == (1, 0)
    clock.at = 1.0
    assert http.write("POST", URL, {}, nothing).status == 200


def test_a_write_whose_credentials_were_renewed_is_unsent():
    auth = Tokens()
    auth.token = "old"
    http, line, _clock = client(reply(401), reply(201), OK, auth=auth)
    with pytest.raises(_http.Unsent, match="refused the credentials, and they were renewed"):
        http.write("POST", URL, {}, nothing)
    assert [url for _at, _method, url, _headers, _body in line.sent] == [URL, IAM]
    assert http.write("POST", URL, {}, nothing).status == 200
    assert line.sent[-1][3]["X-Auth-Token"] == "token-1"
    assert http.retries == 1


# --- authentication flows


def test_a_flow_asks_iam_first_and_again_after_a_refusal():
    auth = Tokens()
    http, line, _clock = client(reply(201), reply(401), reply(201), OK, auth=auth)
    assert http.read("POST", URL, {"x": 1}).status == 200
    assert [url for _at, _method, url, _headers, _body in line.sent] == [IAM, URL, IAM, URL]
    assert [headers.get("X-Auth-Token") for _at, _method, _url, headers, _body in line.sent] == [
        None,
        "token-1",
        None,
        "token-2",
    ]
    assert line.sent[0][3]["X-Own"] == "1"
    assert line.sent[0][3]["X-Language"] == "en-us"
    assert line.sent[0][4] == b'{"a": 1}'
    assert (auth.closed, http.retries) == (1, 1)


def test_a_refusal_that_stays_is_returned():
    http, line, _clock = client(reply(201), reply(401), reply(201), reply(401), auth=Tokens())
    assert http.read("GET", URL).status == 401
    assert len(line.sent) == 4


@pytest.mark.parametrize("trouble", [BROKEN, CUT, REFUSED, BUSY])
@pytest.mark.parametrize("call", ["read", "write"])
def test_a_request_to_iam_is_repeated_like_a_read(trouble, call):
    http, line, _clock = client(trouble, trouble, reply(201), OK, auth=Tokens())
    answer = http.read("GET", URL) if call == "read" else http.write("POST", URL, {}, nothing)
    assert answer.status == 200
    assert line.times == [0, 1, 3, 3]


@pytest.mark.parametrize("trouble", [BROKEN, CUT, REFUSED])
@pytest.mark.parametrize("call", ["read", "write"])
def test_an_iam_that_stays_unreachable_was_asked_often_enough(trouble, call):
    auth = Tokens()
    http, line, _clock = client(trouble, auth=auth)
    arguments = [URL] if call == "read" else [URL, {}, lambda: pytest.fail("called")]
    with pytest.raises(_http.IdentityUnreachable) as caught:
        getattr(http, call)("POST", *arguments)
    assert len(line.sent) == 4
    assert auth.closed == 1
    if trouble == BROKEN:
        assert "HTTP 503 from iam.eu-de.example.com: DRS.M01501 Service error" in str(caught.value)
    assert not http.answered


def test_the_name_of_iam_that_is_not_known_can_be_told():
    unknown = requests.exceptions.ConnectionError(socket.gaierror(-2, "Name or service not known"))
    http, _line, _clock = client(unknown, auth=Tokens(), max_retries=0)
    with pytest.raises(_http.IdentityUnreachable) as caught:
        http.read("GET", URL)
    assert isinstance(caught.value.__cause__, _http.NameNotResolved)


def test_what_a_flow_raises_passes_through():
    auth = Tokens()
    http, line, _clock = client(reply(403), auth=auth)
    with pytest.raises(ValueError, match="IAM refused: 403"):
        http.read("GET", URL)
    assert (len(line.sent), auth.closed) == (1, 1)


@pytest.mark.parametrize("trouble", [OK, CUT, reply(401)])
@pytest.mark.parametrize("call", ["read", "write"])
def test_every_flow_is_closed_at_once(trouble, call):
    """And not when its memory is freed: it may hold a lock."""

    class Kept(Tokens):
        def flow(self, request):
            self.kept = super().flow(request)
            return self.kept

    auth = Kept()
    auth.token = "old"
    http, _line, clock = client(trouble, auth=auth, max_retries=0)
    clock.at = DEADLINE if call == "read" else 0.0
    with contextlib.suppress(_http.TransportError, ValueError):
        getattr(http, call)("POST", *([URL] if call == "read" else [URL, {}, nothing]))
    assert inspect.getgeneratorstate(auth.kept) == inspect.GEN_CLOSED


@pytest.mark.parametrize("late", [False, True])
def test_credentials_are_not_renewed_after_the_deadline(late):
    auth = Tokens()
    auth.token = "old"

    def refuse():
        clock.at = DEADLINE if late else 1.0
        return reply(401)

    http, line, clock = client(refuse, reply(201), OK, auth=auth)
    assert http.read("GET", URL).status == (401 if late else 200)
    assert len(line.sent) == (1 if late else 3)


def test_no_token_is_fetched_after_the_deadline():
    http, line, clock = client(reply(201), auth=Tokens())
    clock.at = DEADLINE
    with pytest.raises(_http.OutOfTime, match="wait_timeout expired before it was sent"):
        http.read("GET", URL)
    assert line.sent == []


def test_the_project_is_looked_up_once_by_many_threads():
    http, line, _clock = client(BROKEN, reply(200, b'{"project": "p-1"}'), auth=Tokens(), max_parallel=4)
    assert list(http.map(lambda _number: http.project_id(), range(8))) == ["p-1"] * 8
    assert len(line.sent) == 2


# --- throttling


class Together:
    """Replies for requests that are in flight together: none is answered before all have been sent."""

    def __init__(self, *replies):
        self._replies, self._all = list(replies), threading.Barrier(len(replies))

    def __call__(self):
        number = self._all.wait(10)
        return self._replies[number]


def in_flight_together(*replies, **options):
    """A client after these answers to writes that were in flight together."""
    together = Together(*replies)
    http, _line, clock = client(together, max_parallel=len(replies), **options)
    list(http.map(lambda _number: http.write("POST", URL, {}, nothing), range(len(replies))))
    return http, clock


@pytest.mark.parametrize("number", [1, 2, 4])
def test_answers_to_requests_in_flight_together_count_as_one_throttling(number):
    http, _clock = in_flight_together(*[BUSY] * number)
    assert http.opens_at() == 1.0
    assert http._width == max(1, number // 2)


def test_the_longest_retry_after_of_those_together_counts():
    asks = [reply(429, b"{}", Retry_After=seconds) for seconds in ("2", "40", "3", "1")]
    http, _clock = in_flight_together(*asks)
    assert http.opens_at() == 40.0


def test_a_success_that_was_in_flight_does_not_undo_a_throttling():
    http, clock = in_flight_together(OK, BUSY, OK, OK)
    # Whatever came first: the width is no more than one above the half, and the next throttling is the second in a row.
    assert http._width in (2, 3)
    http._session_factory = Line(clock, BUSY).session
    http._sessions = threading.local()
    clock.at = 10.0
    http._throttles = 1
    http.write("POST", URL, {}, nothing)
    assert http.opens_at() == 12.0


def test_one_after_another_they_double():
    http, line, clock = client(BUSY)
    for _time in range(7):
        http.write("POST", URL, {}, nothing)
        clock.at = http.opens_at()
    pauses = [later - sooner for sooner, later in zip(line.times, [*line.times[1:], clock.at], strict=True)]
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_read_that_waited_for_its_turn_heeds_a_throttling_meanwhile():
    """Its signature is of afterwards, too."""

    class Stamped(NoAuth):
        def flow(self, request):
            request.headers["X-At"] = str(clock.at)
            yield request

    http, line, clock = client(OK, auth=Stamped(), max_parallel=1, max_retries=0)
    http._in_flight = 1
    with pytest.MonkeyPatch.context() as patch:

        def wait():
            http._in_flight, http._open_at = 0, 20.0

        patch.setattr(http._lock, "wait", wait)
        http.read("GET", URL)
    assert line.times == [20.0]
    assert line.sent[0][3]["X-At"] == "20.0"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(status):
    http, line, _clock = client(reply(status, b"{}", Retry_After="20"), OK)
    assert http.read("GET", URL).status == 200
    assert line.times == [0, 20]


def test_the_pause_after_a_503_is_not_shorter_for_its_retry_after():
    http, line, _clock = client(BROKEN, BROKEN, reply(503, b"{}", Retry_After="1"), OK)
    http.read("GET", URL)
    assert line.times == [0, 1, 3, 7]


def test_a_503_that_asks_to_wait_holds_writes_back():
    http, _line, _clock = client(reply(503, b"{}", Retry_After="20"))
    http.write("POST", URL, {}, nothing)
    with pytest.raises(_http.Unsent, match="asked to come back later"):
        http.write("POST", URL, {}, nothing)
    assert http._width == 4


def test_a_retry_after_of_another_error_is_not_heeded():
    http, line, _clock = client(reply(500, b"{}", Retry_After="20"), OK)
    http.read("GET", URL)
    assert line.times == [0, 1]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 7 "}, 7),
        ({"Retry-After": "Mon, 01 Jun 2026 00:00:07 GMT"}, 7),
        ({"Retry-After": "Mon, 01 Jun 2026 00:00:07 -0000"}, 7),
        ({"Retry-After": "Mon, 01 Jun 2026 02:00:07 +0200"}, 7),
        ({"Retry-After": "Mon, 01 Jun 2026 00:00:07 GMT", "Date": "Mon, 01 Jun 2026 00:00:02 GMT"}, 5),
        ({"Retry-After": "Mon, 01 Jun 2020 00:00:07 GMT", "Date": "Mon, 01 Jun 2020 00:00:02 GMT"}, 5),
        ({"Retry-After": "Mon, 01 Jun 2026 00:00:07 GMT", "Date": "yesterday"}, 7),
        ({"Retry-After": "Sun, 31 May 2026 00:00:07 GMT"}, 0),
        ({"Retry-After": "9" * 400}, 1e9),
        ({"Retry-After": "9" * 5000}, 0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 1e9),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "1.5"}, 0),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "\u00b2"}, 0),
        ({"Retry-After": ""}, 0),
        ({}, 0),
    ],
)
def test_what_a_retry_after_asks_for(headers, seconds):
    assert _http.retry_after(headers, WALL) == seconds


@given(ANY_TEXT, ANY_TEXT)
def test_no_retry_after_is_an_exception(value, date):
    assert 0 <= _http.retry_after({"Retry-After": value, "Date": date}, WALL) <= 1e9


@given(st.lists(st.integers(0, 99), min_size=7, max_size=7), st.sampled_from(["GMT", "-0000", "+9999", "-9999", ""]))
def test_no_date_is_an_exception(numbers, zone):
    day, year, century, hour, minute, second, _rest = numbers
    value = "Mon, %02d Jun %02d%02d %02d:%02d:%02d %s" % (day, century, year, hour, minute, second, zone)
    assert 0 <= _http.retry_after({"Retry-After": value}, WALL) <= 1e9


# --- the caller


@pytest.mark.parametrize(("answer", "words"), [(BROKEN, 503), (reply(429, b"{}", Retry_After="900"), 429)])
def test_no_long_sleep_once_the_caller_is_gone(answer, words):
    http, line, clock = client(answer, listening=lambda: clock.at < 0.5)
    with pytest.raises(_http.CallerGone, match="the calling process has exited"):
        http.read("GET", URL)
    assert clock.at <= LONGEST_SLEEP
    assert len(line.sent) == 1


def test_nothing_is_read_for_a_caller_that_is_gone():
    http, line, _clock = client(OK, listening=lambda: False)
    with pytest.raises(_http.CallerGone):
        http.read("GET", URL)
    assert line.sent == []


# --- bodies


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1}\0\0', {"a": 1}),
        (b'\0\xef\xbb\xbf {"a": 1}\r\n\0', {"a": 1}),
        (b'{"a": "x\ny\tz\0"}', {"a": "x\ny\tz\0"}),
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a": NaN, "b": Infinity, "c": -Infinity, "d": 1e999, "e": -1e999}', dict.fromkeys("abcde")),
        (
            b'{"a": %s, "b": 1.5, "c": 12345678901234567890}' % (b"9" * 5000),
            {"a": None, "b": 1.5, "c": 12345678901234567890},
        ),
        (b'{"a": -%s}' % (b"9" * 100000), {"a": None}),
        (b'{"a": 1%s.5e5}' % (b"0" * 5000), {"a": None}),
        (b"", None),
        (b"\0", None),
        (b"null", None),
        (b'{"a": ', None),
        (b"\xff\xfe", None),
        (b"[]", []),
    ],
)
def test_what_is_read_of_a_body(raw, body):
    http, _line, _clock = client(reply(200, raw))
    assert http.read("GET", URL).body == body


@pytest.mark.parametrize("length", ["9" * 5000, "-5", "words", "2, 2", "\u00b2", ""])
def test_a_content_length_without_a_meaning_is_none(length):
    http, _line, _clock = client(reply(200, b"{}", Content_Length=length), max_retries=0)
    try:
        assert http.read("GET", URL).body == {}
    except _http.Lost:
        assert length == "9" * 5000


@pytest.mark.parametrize(
    ("headers", "body", "request_id"),
    [
        ({"X-Request-Id": "r-1"}, b"{}", "r-1"),
        ({}, b'{"request_id": "r-2"}', "r-2"),
        ({}, b'{"request_id": {"a": 1}}', '{"a": 1}'),
        ({}, b'{"request_id": [1, 2]}', "[1, 2]"),
        ({}, b'{"request_id": 7}', "7"),
        ({}, b'{"request_id": null}', None),
        ({"X-Request-Id": "x" * 5000}, b"{}", "x" * 64),
        ({"X-Request-Id": "a\x1b[31m\x85b"}, b"{}", "a [31m b"),
        ({"X-Request-Id": ""}, b"{}", None),
    ],
)
def test_request_ids_of_any_kind(headers, body, request_id):
    http, _line, _clock = client((400, headers, body))
    assert http.read("GET", URL).request_id == request_id
    assert http.failed_request_ids == ([request_id] if request_id else [])


@pytest.mark.parametrize("location", ["https://evil.example.com/", "/elsewhere", "https://[bad", "", "\u00e4", "::"])
def test_a_redirect_is_final_and_its_body_is_not_read_for_it(location):
    http, line, _clock = client(reply(307, b"x" * 100, Location=location))
    with pytest.raises(_http.Untrusted, match="redirect"):
        http.read("GET", URL)
    assert len(line.sent) == 1


SECRET = "canary-of-a-secret"
PAGES = [
    (b"<html><head><title>Access denied by policy</title></head><body>x</body></html>", "Access denied by policy"),
    (b"<!DOCTYPE html>\n<HTML><TITLE lang='en'>\n Blocked &amp;\tlogged </TITLE>", "Blocked & logged"),
    (b"<html><title></title><body><h1>No</h1><p>way out</p></body>", "No way out"),
    (b"<html><style>p {color: red}</style><script>var a = '<p>';</script><!-- x --><p>Denied</p>", "Denied"),
    (b"<html><script>never closed", ""),
    (b"<html></html>", ""),
    (b"upstream connect error", "upstream connect error"),
    (b"a < b\nand more", "a < b and more"),
    (b"\xff\xfe\x00", "\ufffd\ufffd"),
    (b"<title>" + SECRET.encode() + b"</title>", "********"),
    (b"<title>canary&#45;of&#x2d;a-secret</title>", "********"),
    (b"<title>password=x</title>", "password=********"),
    (b"<p>" + b"word " * 1000 + b"</p>", ("word " * 99 + "wo").rpartition(" ")[0] + "..."),
    (b"<title" * 100000, None),
    (b"<!--" * 100000, None),
    (b"<script>" * 100000, None),
    (b"&" * 1000000, None),
]


@pytest.mark.parametrize(("page", "text"), PAGES)
def test_the_words_of_a_page_that_is_not_json(page, text):
    secrets = Secrets()
    secrets.add(SECRET)
    http, _line, _clock = client(reply(403, page, Content_Type="text/html; charset=utf-8"), secrets=secrets)
    answer = http.read("GET", URL)
    assert answer.body is None
    assert len(answer.text) <= 500
    if text is not None:
        assert answer.text == text


def test_a_page_is_not_cut_through_a_secret():
    secrets = Secrets()
    secrets.add(SECRET)
    http, _line, _clock = client(reply(403, b"<br>" * (2**14 - 2) + SECRET.encode()), secrets=secrets)
    assert http.read("GET", URL).text == "********"


@pytest.mark.parametrize(
    ("status", "headers", "raw", "said"),
    [
        (403, {"Content-Type": "text/html; charset=x"}, PAGES[0][0], ', text/html: "Access denied by policy"'),
        (403, {"Content-Type": "evil\x1b[31m"}, PAGES[0][0], ': "Access denied by policy"'),
        (502, {}, b"", ""),
        (502, {"Content-Type": "text/plain"}, b"", ", text/plain"),
        (400, {}, b'{"error_code": "DRS.M01504", "error_msg": "Busy\\nnow"}', ": DRS.M01504 Busy now"),
        (401, {}, b'{"error": {"code": 401, "message": "No"}}', ": 401 No"),
        (400, {}, b'{"unknown": 1}', ': {"unknown": 1}'),
        (400, {}, b'{"error_msg": "password=x"}', ": password=********"),
        (200, {}, b"[1]", ": [1]"),
        (200, {}, b"{}", ""),
    ],
)
def test_what_came_and_from_where(status, headers, raw, said):
    http, _line, _clock = client((status, headers, raw), max_retries=0)
    assert _http.said(http.read("GET", URL)) == "HTTP %d from drs.eu-de.example.com%s" % (status, said)


def test_an_answer_without_a_sender_can_be_told():
    assert _http.said(Answer(502, {}, None)) == "HTTP 502 from the service"


HEADERS = st.dictionaries(
    st.sampled_from(
        ["X-Request-Id", "Content-Type", "Content-Encoding", "Retry-After", "Date", "Location", "Set-Cookie"]
    ),
    st.one_of(st.text(st.characters(max_codepoint=255)), st.sampled_from(["gzip", "deflate", "text/html", "1"])),
)
BODIES = st.one_of(
    st.binary(),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([page for page, _text in PAGES[:-4]]),
)


@settings(max_examples=400)
@given(st.one_of(st.integers(100, 599), st.sampled_from([200, 401, 429, 503])), HEADERS, BODIES)
def test_any_answer_is_an_answer_or_an_error_of_this_client(status, headers, body):
    secrets = Secrets()
    secrets.add(SECRET)
    http, _line, _clock = client((status, headers, body), max_retries=0, secrets=secrets, deadline=5.0)
    error = None
    try:
        answer = http.read("GET", URL)
    except _http.TransportError as raised:
        error = raised
    if error is not None:
        assert is_clean(str(error))
        return
    assert is_clean(answer.text)
    assert is_clean(_http.said(answer))
    assert is_clean(answer.request_id or "")
    if status >= 400:
        json.dumps(answer.body, ensure_ascii=False, allow_nan=False).encode("utf-8")
