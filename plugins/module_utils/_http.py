# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: one retry loop, throttling, authentication flows, masked answers, errors as exceptions, no redirects. Private to
this collection.

Knows nothing of DRS. A read is repeated here; a write is sent once, and the caller decides what comes next.
"""

from __future__ import annotations

import contextlib
import email.utils
import html
import json
import os
import re
import threading
import typing as t
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from datetime import timezone
from urllib.parse import unquote, urlsplit

from ansible_collections.huaweicloud.drs.plugins.module_utils import _auth, _session
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock, growing_pause, pause
from ansible_collections.huaweicloud.drs.plugins.module_utils._endpoints import loopback
from ansible_collections.huaweicloud.drs.plugins.module_utils._message import Answer, Request, error_in
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import LONGEST_TEXT, Secrets, cut

HAS_REQUESTS = _session.HAS_REQUESTS
if HAS_REQUESTS:
    import requests
    import urllib3

# 10,000 jobs are read in pages of 100, and a page with every detail stays far below this.
LARGEST_ANSWER = 16 * 1024 * 1024
# A page of 100 jobs with all their details holds some ten thousand values, a few levels deep. What these numbers allow is
# parsed in well under 100 MiB.
MOST_VALUES, DEEPEST = 300_000, 100
# Longer whole numbers are no values of this API, and Python refuses to read or write very long ones.
MOST_DIGITS = 30
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
# Seconds: 30 years, for a Retry-After that asks for more.
LONGEST_RETRY_AFTER = 1e9
# Of a page that is not JSON, as much is looked at for its words.
_MOST_OF_A_PAGE = 64 * 1024

_DIGITS = re.compile(r"[0-9]{1,400}\Z", re.ASCII)
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


class TransportError(Exception):
    """No answer. The text says what happened, and holds no secret."""


class Unsent(TransportError):
    """The request surely did not reach the service."""


class NameNotResolved(Unsent):
    """The host's name is not known: most often a wrong region or cloud_domain."""


class IdentityUnreachable(Unsent):
    """IAM gave no token or project, and was asked often enough: nothing was sent to the service."""


class Lost(TransportError):
    """The request may have been carried out: its answer was cut, late, too large or unreadable."""


class Untrusted(TransportError):
    """Final, since waiting does not change it: TLS, a redirect, a malformed address, a CA bundle or proxy that does not
    work."""


class OutOfTime(TransportError):
    """The deadline came before the request could be sent. throttled: because the service asked to come back later."""

    def __init__(self, words: str, throttled: bool = False) -> None:
        super().__init__(words)
        self.throttled = throttled


class CallerGone(TransportError):
    """Nobody waits for the result any more."""


class Http:
    """One client for a run.

    listening(): whether somebody still waits for the result. throttled(answer): whether the service asked to come back
    later. reports(answer): whether the answer holds what was asked for, whatever its status: it is then used and neither
    repeated nor a reason to renew credentials. deadline: the clock's monotonic second after which nothing is repeated and no pause ends. timeout: seconds for
    one request, from connecting to the last byte. All threads share the pauses that the service asked for, and the width,
    the number of requests in flight, which is halved when the service throttles and grows back one by one.
    """

    def __init__(
        self,
        *,
        auth: _auth.Auth,
        clock: Clock,
        secrets: Secrets,
        listening: Callable[[], bool],
        throttled: Callable[[Answer], bool],
        reports: Callable[[Answer], bool] = lambda _answer: False,
        deadline: float,
        headers: Mapping[str, str],
        verify: bool | str = True,
        timeout: float = 30,
        max_retries: int = 5,
        max_parallel: int = 4,
        random: Callable[[], float],
        session_factory: Callable[[], t.Any] | None = None,
    ) -> None:
        self.auth, self.clock, self.secrets, self.deadline = auth, clock, secrets, deadline
        self._listening, self._throttled, self._reports = listening, throttled, reports
        self._headers, self._verify = dict(headers), verify
        self._timeout, self._max_retries, self._max_parallel = timeout, max_retries, max_parallel
        self._random = random
        self._session_factory = session_factory or _session.open_session
        self._sessions = threading.local()
        self._lock = threading.Condition()
        self._pool: t.Any = None
        self._width, self._in_flight = max_parallel, 0
        self._open_at, self._throttles, self._gate_words = 0.0, 0, ""
        # How often the service throttled: an answer to a request that was sent before the last time is no news.
        self._throttlings = 0
        self._project_lock = threading.Lock()
        self._project_id: str | None = None
        self.requests, self.retries = 0, 0
        self.answered = False
        self.failed_request_ids: list[str] = []
        _ignore_warnings()

    # --- for the callers

    def read(self, method: str, url: str, payload: t.Any = None) -> Answer:
        """The answer to a request that changes nothing: repeated while throttled until the deadline, and after 5xx and
        lost connections max_retries times in a row. Each time it is authenticated again, since a signature ages.

        Raises TransportError, and what the authentication flow raises. A 5xx that stays is returned.
        """
        body = _encoded(payload)
        return self._repeat(lambda: self._authenticated(method, url, body, self._exchange))

    def write(self, method: str, url: str, payload: t.Any, before_send: Callable[[], None]) -> Answer:
        """The answer to a request that is sent once. before_send() is called at the last moment and may raise.

        Raises Unsent without sending anything while the service asks to wait; and after a refusal for which credentials
        were renewed: the request was not accepted, and may be sent again.
        """
        sent = False

        def send(request: Request) -> Answer:
            nonlocal sent
            if sent:
                raise Unsent("the service refused the credentials, and they were renewed")
            sent = True
            return self._exchange(request, before_send)

        return self._authenticated(method, url, _encoded(payload), send)

    def project_id(self) -> str:
        """The project's id, looked up once. Raises as read() does."""
        with self._project_lock:
            if self._project_id is None:
                self._project_id = self._drive(self.auth.project_flow(), self._exchange)[0]
            return self._project_id

    def map(self, function: Callable[[t.Any], t.Any], items: Iterable[t.Any]) -> Iterator[t.Any]:
        """function over items in their order, in as many threads as requests may be in flight."""
        work = list(items)
        if self._max_parallel == 1 or len(work) < 2:
            return map(function, work)
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # only batches pay for this import

            self._pool = ThreadPoolExecutor(self._max_parallel)
        return t.cast("Iterator[t.Any]", self._pool.map(function, work))

    def opens_at(self) -> float:
        """The monotonic second before which the service asked to send nothing."""
        return self._open_at

    # --- authentication flows, and the retry loop

    def _authenticated(self, method: str, url: str, body: bytes, send: Callable[[Request], Answer]) -> Answer:
        answer: Answer
        _nothing, answer = self._drive(self.auth.flow(Request(method, url, dict(self._headers), body)), send)
        return answer

    def _drive(self, flow: Generator[Request, Answer, t.Any], send: Callable[[Request], Answer]) -> tuple[t.Any, t.Any]:
        """What the flow returned, and the service's last answer. Requests to IAM are repeated like reads."""
        last: Answer | None = None
        with contextlib.closing(flow):
            try:
                request = next(flow)
                while True:
                    if last is not None and self._is_over():
                        return None, last  # neither renewed nor sent again
                    if request.identity:
                        answer = self._ask_identity(request)
                    else:
                        if last is not None:
                            self._count_retry()
                        answer = last = send(request)
                        if answer.status in (401, 403) and self._reports(answer):
                            return None, answer
                    request = flow.send(answer)
            except StopIteration as end:
                return end.value, last

    def _ask_identity(self, request: Request) -> Answer:
        if self._is_over():
            raise OutOfTime("wait_timeout expired before it was sent")
        try:
            answer = self._repeat(lambda: self._exchange(request))
        except (Unsent, Lost) as error:
            raise IdentityUnreachable(str(error)) from error
        if answer.status >= 500:
            raise IdentityUnreachable(said(answer))
        return answer

    def _repeat(self, attempt: Callable[[], Answer]) -> Answer:
        tries = 0
        while True:
            self._wait_until_open()
            try:
                answer = attempt()
            except _Shut:  # while it waited for its turn
                continue
            except IdentityUnreachable:
                raise  # it was repeated
            except (Unsent, Lost) as error:
                if tries >= self._max_retries:
                    raise
                trouble = str(error)
            else:
                if self._reports(answer):
                    return answer
                if self._throttled(answer):
                    self._pause(0.0, "the service asked to come back later: %s" % said(answer), throttled=True)
                    self._count_retry()
                    continue
                if answer.status < 500 or tries >= self._max_retries:
                    return answer
                trouble = said(answer)
            self._pause(
                growing_pause(tries, FIRST_PAUSE, LONGEST_PAUSE, self._random), "waiting to retry: %s" % trouble
            )
            tries += 1
            self._count_retry()

    def _count_retry(self) -> None:
        with self._lock:
            self.retries += 1

    def _is_over(self) -> bool:
        return self.clock.monotonic() >= self.deadline

    # --- pauses

    def _wait_until_open(self) -> None:
        if not self._listening():
            raise CallerGone("the calling process has exited")
        while self.clock.monotonic() < self._open_at:
            why = "the service asked to come back later: %s" % self._gate_words
            self._pause(self._open_at - self.clock.monotonic(), why, throttled=True)

    def _pause(self, seconds: float, why: str, throttled: bool = False) -> None:
        left = self.deadline - self.clock.monotonic()
        if not pause(self.clock, max(0.0, min(seconds, left)), self._listening):
            raise CallerGone("the calling process has exited")
        if seconds >= left:
            raise OutOfTime("wait_timeout expired while %s" % why, throttled)

    # --- one request

    def _exchange(self, request: Request, before_send: Callable[[], None] = lambda: None) -> Answer:
        """Send a request once it is its turn. Raises Unsent where the service asked to wait."""
        session = self._session()
        prepared = self._prepared(session, request)
        with self._lock:
            while self._in_flight >= self._width:
                self._lock.wait()
            self._in_flight += 1
        try:
            if self.clock.monotonic() < self._open_at:
                raise _Shut("the service asked to come back later")
            before_send()
            with self._lock:
                self.requests += 1
                throttlings = self._throttlings
            answer = self._send(session, prepared)
        finally:
            with self._lock:
                self._in_flight -= 1
                self._lock.notify()
        self._learn(answer, throttlings)
        if not request.identity:
            self.answered = True
        return answer

    def _learn(self, answer: Answer, throttlings: int) -> None:
        """throttlings: how often the service had throttled when the request was sent."""
        with self._lock:
            if answer.status >= 400 and answer.request_id and len(self.failed_request_ids) < 20:
                self.failed_request_ids.append(answer.request_id)
            throttled, is_news = self._throttled(answer), throttlings == self._throttlings
            seconds = retry_after(answer.headers, self.clock.wall()) if throttled or answer.status == 503 else 0.0
            if throttled and is_news:
                self._width = max(1, self._width // 2)
                seconds = max(seconds, growing_pause(self._throttles, FIRST_PAUSE, LONGEST_PAUSE, self._random))
                self._throttles += 1
                self._throttlings += 1
            elif is_news:
                self._throttles = 0
                self._width = min(self._max_parallel, self._width + 1)
            if seconds > 0:
                self._gate_words = said(answer)
                self._open_at = max(self._open_at, answer.at + seconds)

    def _prepared(self, session: t.Any, request: Request) -> t.Any:
        headers = {**self._headers, **request.headers}
        try:
            return session.prepare_request(
                requests.Request(request.method, request.url, headers=headers, data=request.body, auth=_no_auth)
            )
        except (requests.RequestException, UnicodeError, ValueError) as error:
            raise Untrusted("the request cannot be made: %s" % self.secrets.mask(str(error))) from None

    def _send(self, session: t.Any, prepared: t.Any) -> Answer:
        address = "%s %s" % (prepared.method, prepared.url.split("?")[0])
        proxies, proxy_variable = self._proxies(prepared.url)
        verify = self._verify
        if verify is True:
            verify = session.merge_environment_settings(prepared.url, {}, True, None, None)["verify"]
        timeout = min(self._timeout, self.deadline + self._timeout - self.clock.monotonic())
        if timeout <= 0:
            raise OutOfTime("wait_timeout expired before it was sent")
        try:
            # By the adapter and not by the session, which prepares to follow redirects and reads their whole body.
            with session.get_adapter(prepared.url).send(
                prepared, stream=True, timeout=timeout, verify=verify, cert=None, proxies=proxies
            ) as response:
                raw = _body(response)
        except _TooMuch as error:
            raise Lost("%s: %s" % (address, error)) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            words = "%s: %s" % (address, self.secrets.mask(_words(error, timeout)))
            raise (
                self._unusable_bundle(error, verify)
                or _proxy_trouble(error, words, proxy_variable)
                or _classified(error, words, self.answered)
            ) from None
        if 300 <= response.status_code < 400:
            raise Untrusted(
                "%s answered with a redirect (HTTP %d), which is not followed: check endpoint and auth_url"
                % (address, response.status_code)
            )
        try:
            return self._answer(response, raw.decode("utf-8", "replace"), prepared.url)
        except _TooMuch as error:
            raise Lost("%s: %s" % (address, error)) from None

    def _answer(self, response: t.Any, raw: str, url: str) -> Answer:
        """Secrets are masked in the parsed body, string by string: in the raw one they may be escaped more than once."""
        status, headers = response.status_code, response.headers
        body, text = _parsed(raw), None
        if status >= 400:
            body = self.secrets.masked(body)
        if body is None:
            text = self._page_text(raw)
        elif status >= 400 or not isinstance(body, dict):
            text = self.secrets.text(body)
        request_id = headers.get("X-Request-Id") or (body.get("request_id") if isinstance(body, dict) else None)
        return Answer(
            status,
            headers,
            body,
            text or "",
            (self.secrets.text(request_id, 1000) or "")[:64] or None,
            self.clock.monotonic(),
            self.secrets.mask(urlsplit(url).hostname or ""),
        )

    def _page_text(self, raw: str) -> str | None:
        """The title, or else the words, of a page that a proxy or firewall sent instead of JSON."""
        page = self.secrets.mask_values(raw)[:_MOST_OF_A_PAGE]
        if page.lstrip().startswith("<"):
            title = re.search(r"<title[^<>]*>([^<]*)", page, re.IGNORECASE)
            if title and title.group(1).strip():
                page = title.group(1)
            else:
                page = re.sub(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1[^<>]*>|\Z)", " ", page, flags=re.S | re.I)
                page = re.sub(r"<[^<>]*>", " ", page)
            page = html.unescape(page)
        return self.secrets.text(" ".join(page.split()))

    def _proxies(self, url: str) -> tuple[dict[str, str], str]:
        """The environment's proxies for this address, and the variable that names the one which is used ("" for none).
        Its password is hidden from now on. Loopback is reached without a proxy."""
        if loopback(url):
            return {}, ""
        proxies: dict[str, str] = requests.utils.get_environ_proxies(url)
        proxy = requests.utils.select_proxy(url, proxies)
        if not proxy:
            return proxies, ""
        variable = next((name for name in _PROXY_VARIABLES if os.environ.get(name) == proxy), "HTTPS_PROXY")
        try:
            parts = urlsplit(proxy if "://" in proxy else "//" + proxy)
            host, _port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host:
            raise Untrusted("the proxy in %s is not a valid address: its host or port cannot be read" % variable)
        self.secrets.add(parts.password)
        self.secrets.add(unquote(parts.password or ""))
        return proxies, variable

    def _unusable_bundle(self, error: Exception, verify: bool | str) -> Untrusted | None:
        """Why no certificate can be verified with this file or folder of certificate authorities, if that may be behind
        the error."""
        import ssl

        # For a file that is missing, requests raises a plain OSError.
        plain = isinstance(error, OSError) and not isinstance(error, requests.RequestException)
        of_files = plain or _is_caused_by(error, ssl.SSLError, FileNotFoundError, PermissionError)
        if not isinstance(verify, str) or not of_files:
            return None

        try:
            if os.path.isdir(verify):
                os.listdir(verify)
            else:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(verify)
        except (OSError, ValueError) as error:
            names = [name for name in _CA_VARIABLES if os.environ.get(name) == verify]
            return Untrusted(
                self.secrets.mask(
                    "the certificate authorities in %s, which %s names, cannot be used: %s"
                    % (verify, "ca_cert" if verify == self._verify or not names else names[0], error)
                )
            )
        return None

    def _session(self) -> t.Any:
        """This thread's own."""
        if not hasattr(self._sessions, "session"):
            session = self._session_factory()
            session.headers.clear()
            self._sessions.session = session
        return self._sessions.session


class _Shut(Unsent):
    """The service asked to send nothing for a while."""


class _TooMuch(Exception):
    """An answer that is not read, or not read further."""


def said(answer: Answer) -> str:
    """What an error says and who said it, for a text: ``HTTP 503 from drs.eu-de.example.com: DRS.M01501 Service error``,
    or of what is not JSON ``HTTP 403 from drs.eu-de.example.com, text/html: "Access denied by policy"``."""
    words = "HTTP %d from %s" % (answer.status, answer.sender or "the service")
    if answer.body is None:
        kind = re.match(r"[\w.+-]{1,40}/[\w.+-]{1,40}", answer.headers.get("Content-Type", ""), re.ASCII)
        words += ", %s" % kind.group() if kind else ""
        return '%s: "%s"' % (words, answer.text) if answer.text else words
    code, text = error_in(answer.body) if answer.status >= 400 else (None, None)
    details = " ".join(filter(None, (code, text))) or answer.text
    return "%s: %s" % (words, cut(details, LONGEST_TEXT)) if details else words


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Seconds that a Retry-After header asks for (RFC 9110 10.2.3: seconds or a date, measured against the answer's own
    Date); 0 where it is absent or unreadable. now: epoch seconds, for an answer without a date."""
    value = headers.get("Retry-After", "").strip()
    if _DIGITS.match(value):
        return min(float(value), LONGEST_RETRY_AFTER)
    at, sent = _epoch_seconds(value), _epoch_seconds(headers.get("Date", ""))
    return 0.0 if at is None else min(max(0.0, at - (now if sent is None else sent)), LONGEST_RETRY_AFTER)


def _epoch_seconds(text: str) -> float | None:
    try:
        date = email.utils.parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


# --- bodies


def _encoded(payload: t.Any) -> bytes:
    return b"" if payload is None else json.dumps(payload).encode("utf-8")


def _body(response: t.Any) -> bytes:
    """The whole body. Raises _TooMuch for one that is too large, or shorter than it said."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(16384):
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise _TooMuch("the answer is larger than %d MiB, and was not read further" % (LARGEST_ANSWER // 2**20))
        chunks.append(chunk)
    # urllib3 2 checks this by itself.
    promised = response.headers.get("Content-Length", "")
    if _DIGITS.match(promised) and "Content-Encoding" not in response.headers and size < int(promised):
        raise _TooMuch("the answer was cut after %d of %s bytes" % (size, promised[:20]))
    return b"".join(chunks)


def _parsed(text: str) -> t.Any:
    """The JSON in the text, None where it is not JSON. NaN, Infinity and numbers that are too long are None as well. Raises
    _TooMuch for one that would take too much to read."""
    # Each value but the first stands behind one of these. In strings they count as well, for which the limit has room.
    if sum(text.count(mark) for mark in ",[{") > MOST_VALUES:
        raise _TooMuch("the answer holds more than %d values, and was not read" % MOST_VALUES)
    try:
        body = json.loads(
            text.strip("\ufeff\0 \t\r\n"),
            strict=False,
            parse_constant=lambda _name: None,
            parse_int=lambda digits: int(digits) if len(digits) <= MOST_DIGITS else None,
            parse_float=_finite,
        )
        if not _is_deeper(body, DEEPEST):
            return body
    except ValueError:
        return None
    except RecursionError:
        pass
    raise _TooMuch("the answer is nested more than %d levels deep, and was not read" % DEEPEST)


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if abs(value) != float("inf") else None


def _is_deeper(body: t.Any, levels: int) -> bool:
    values = [body]
    for _level in range(levels):
        values = [child for value in values for child in _children(value)]
        if not values:
            return False
    return True


def _children(value: t.Any) -> Iterable[t.Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


# --- errors of requests


def _no_auth(prepared: t.Any) -> t.Any:
    """The request is authenticated already; without this, requests would look into the netrc file."""
    return prepared


def _ignore_warnings() -> None:
    """None of urllib3's warnings may become an exception, as PYTHONWARNINGS=error makes them: certificates that are not
    verified, for one, are what the user asked for. For the whole process, since catch_warnings does not work with threads."""
    warnings.filterwarnings("ignore", category=urllib3.exceptions.HTTPWarning)
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(urllib3|requests)\b")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and all that it wraps."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        current = todo.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        todo += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]


def _is_caused_by(error: BaseException, *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in _causes(error))


def _words(error: BaseException, timeout: float) -> str:
    """The innermost words of an exception: the outer ones repeat the address and add object names. Of a timeout, words of
    our own, since urllib3 names the time that was left."""
    kinds = urllib3.exceptions
    if _is_caused_by(error, kinds.ReadTimeoutError):
        return "no complete answer within %g s" % round(timeout, 1)
    if _is_caused_by(error, kinds.ConnectTimeoutError) and not _is_caused_by(error, kinds.NewConnectionError):
        return "no connection within %g s" % round(timeout, 1)
    # urllib3 1.26 calls in two ways, and the failure of the first is a TypeError.
    *_outer, innermost = (cause for cause in _causes(error) if not isinstance(cause, TypeError))
    return "%s (%s)" % (str(innermost) or type(innermost).__name__, type(error).__name__)


def _proxy_trouble(error: Exception, text: str, variable: str) -> TransportError | None:
    """What an exception means in which the proxy named by this variable ("" for none) has a part; None for others."""
    import socket

    for cause in _causes(error):
        # http.client raises a plain OSError; exceptions that hold words of the service are of other types.
        refusal = re.match(r"Tunnel connection failed: (\d{3})", str(cause)) if cause.__class__ is OSError else None
        if refusal and 300 <= int(refusal.group(1)) < 500 and refusal.group(1) not in ("408", "429"):
            return Untrusted("%s. The proxy in %s refuses: check it, and its user and password" % (text, variable))
        if refusal:
            return Unsent("%s. That is the answer of the proxy in %s" % (text, variable))
    if variable and _is_caused_by(error, socket.gaierror):
        return Unsent("%s. The name of the proxy in %s is not known" % (text, variable))
    if variable and _is_caused_by(error, urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
        return Unsent("%s. The proxy in %s did not connect" % (text, variable))
    return None


def _classified(error: Exception, text: str, answered: bool) -> TransportError:
    """What an exception of requests means for the request that it ended. answered: the service has been talked to."""
    import socket
    import ssl

    # urllib3's own, for a wrong host name; another module has it in each of its versions.
    from urllib3.connection import CertificateError  # type: ignore[attr-defined]
    from urllib3.exceptions import ConnectTimeoutError, LocationValueError, NewConnectionError

    # Once an answer came, another failure than that of a certificate is one of the line: a write may have been carried out.
    untrusted = ssl.SSLCertVerificationError if answered else ssl.SSLError
    if _is_caused_by(error, untrusted, CertificateError) and not _is_caused_by(
        error, ssl.SSLEOFError, ssl.SSLZeroReturnError
    ):
        return Untrusted(
            "%s. Check the address, and ca_cert where the service has a certificate authority of its own" % text
        )
    if _is_caused_by(error, socket.gaierror):
        return NameNotResolved("%s. Check region, cloud_domain and endpoint" % text)
    if _is_caused_by(error, NewConnectionError, ConnectTimeoutError):
        return Unsent(text)
    invalid = requests.exceptions
    if _is_caused_by(error, LocationValueError, invalid.InvalidURL, invalid.InvalidSchema, invalid.InvalidHeader):
        return Untrusted(text)
    return Lost(text)
