# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP sessions: timeouts, retries of reads, throttling, errors as exceptions, no redirects. Private to this
collection.

Knows nothing of DRS. A read is repeated here; a write is sent once, and whoever sent it decides what comes next.
"""

from __future__ import annotations

import email.utils
import json
import re
import threading
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from ansible_collections.huaweicloud.drs.plugins.module_utils import _secrets, _settings
from ansible_collections.huaweicloud.drs.plugins.module_utils._clock import Clock, growing_pause

try:
    import requests
    import urllib3
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

# 10,000 jobs are read in pages of 100, and a page with every detail stays far below this.
LARGEST_ANSWER = 16 * 1024 * 1024
LONGEST_TEXT = 500
# A page of 100 jobs with all their details holds some ten thousand values, a few levels deep. What these numbers allow is
# parsed in well under 100 MiB.
MOST_VALUES, DEEPEST = 300_000, 100
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0

_DIGITS = re.compile(r"[0-9]+\Z", re.ASCII)


class TransportError(Exception):
    """No answer. The text says what happened, and holds no secret."""


class Unsent(TransportError):
    """The request surely did not reach the service."""


class NameNotResolved(Unsent):
    """The host's name is not known: most often a wrong region or cloud_domain."""


class IdentityUnreachable(Unsent):
    """IAM gave no token or project, and was asked often enough: nothing was sent to the service."""


class Lost(TransportError):
    """The request may have been carried out: its answer was cut, late, too large or not to be read."""


class Untrusted(TransportError):
    """The service must not be talked to as things are: TLS, a redirect, an address that is no address. Final."""


class OutOfTime(TransportError):
    """The deadline came before the request was let in. throttled: because the service asked to come back later."""

    def __init__(self, words: str, throttled: bool = False) -> None:
        super().__init__(words)
        self.throttled = throttled


class Answer(t.NamedTuple):
    """What came back: body is the parsed JSON (None if it is not JSON), that of an error with its secrets masked; text, of
    an error or of what is no JSON object, the start of the body, secrets masked."""

    status: int
    headers: Mapping[str, str]
    body: t.Any
    text: str
    request_id: str | None


class Http:
    """One client for a run.

    timeout: seconds for one request. deadline: the clock's monotonic second after which no pause may end.
    throttled(answer): whether the service asked to come back later. All threads share its pauses and its width, the
    number of requests in flight, which is halved when the service throttles and grows back one by one.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        secrets: _secrets.Secrets,
        throttled: Callable[[Answer], bool],
        deadline: float,
        headers: Mapping[str, str],
        verify: bool | str = True,
        timeout: float = 30,
        max_retries: int = 5,
        max_parallel: int = 4,
        random: Callable[[], float],
        session_factory: Callable[[], t.Any] | None = None,
    ) -> None:
        self.clock, self.secrets, self.deadline = clock, secrets, deadline
        self._throttled, self._headers, self._verify = throttled, dict(headers), verify
        self._timeout, self._max_retries, self._max_parallel = timeout, max_retries, max_parallel
        self._random = random
        self._session_factory = session_factory or _open_session
        self._thread = threading.local()
        self._lock = threading.Condition()
        self._pool: t.Any = None
        self._width, self._in_flight = max_parallel, 0
        self._open_at, self._throttles, self._throttle_words = 0.0, 0, ""
        self.auth: t.Any = None
        self.requests, self.retries = 0, 0
        self.answered = False
        self.failed_request_ids: list[str] = []

    # --- what the rooms above call

    def read(self, method: str, url: str, payload: t.Any = None) -> Answer:
        """The answer to a request that changes nothing: repeated while throttled until the deadline, after a 401 with
        a fresh token once, and after 5xx and lost connections max_retries times in a row.

        Raises TransportError, or _settings.AuthError from the way in. A 5xx that stays is returned.
        """
        tries, renewed = 0, False
        while True:
            self._wait_until_open()
            try:
                answer = self._exchange(method, url, payload, {}, self.auth)
            except IdentityUnreachable:
                raise
            except (Unsent, Lost) as error:
                if tries >= self._max_retries:
                    raise
                trouble = str(error)
            else:
                self.answered = True
                if answer.status == 401 and not renewed and self.auth.renew(self._thread.prepared):
                    renewed = True
                    self.count_retry()
                    continue
                if self._throttled(answer):
                    self.count_retry()
                    continue
                if answer.status < 500 or tries >= self._max_retries:
                    return answer
                trouble = _said(answer)
            self._pause(growing_pause(tries, FIRST_PAUSE, LONGEST_PAUSE, self._random), trouble)
            tries += 1
            self.count_retry()

    def write(self, method: str, url: str, payload: t.Any, wanted: Callable[[], None]) -> Answer:
        """The answer to a request that is sent once. wanted() is called at the last moment and may raise.

        Raises Unsent without sending anything while the service asks to wait. After a 401 for which a fresh token was
        fetched it raises Unsent too: the request was not let in, and may be sent again.
        """

        def last_look() -> None:
            if self.clock.monotonic() < self._open_at:
                raise Unsent("the service asked to come back later")
            wanted()

        answer = self._exchange(method, url, payload, {}, self.auth, last_look)
        if answer.status == 401 and self.auth.renew(self._thread.prepared):
            self.count_retry()
            raise Unsent("the token had expired; a new one was fetched")
        return answer

    def ask_identity(
        self, method: str, url: str, headers: Mapping[str, str], payload: t.Any, auth: t.Any = None
    ) -> Answer:
        """A request to IAM, for the ways in: repeated like a read. Raises IdentityUnreachable, also for a 5xx that
        stays, and what is final."""
        tries = 0
        while True:
            self._wait_until_open()
            failure: TransportError
            try:
                answer = self._exchange(method, url, payload, headers, auth)
            except (Unsent, Lost) as error:
                failure = error
            else:
                if self._throttled(answer):
                    self.count_retry()
                    continue
                if answer.status < 500:
                    return answer
                failure = Lost("IAM answered %s" % _said(answer))
            if tries >= self._max_retries:
                raise IdentityUnreachable(str(failure)) from failure
            self._pause(growing_pause(tries, FIRST_PAUSE, LONGEST_PAUSE, self._random), str(failure))
            tries += 1
            self.count_retry()

    def map(self, function: Callable[[t.Any], t.Any], items: Iterable[t.Any]) -> Iterator[t.Any]:
        """function over items in their order, in as many threads as requests may be in flight."""
        work = list(items)
        if self._max_parallel == 1 or len(work) < 2:
            return map(function, work)
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # only batches pay for this import

            self._pool = ThreadPoolExecutor(self._max_parallel)
        return t.cast("Iterator[t.Any]", self._pool.map(function, work))

    def count_retry(self) -> None:
        with self._lock:
            self.retries += 1

    # --- one request

    def _exchange(
        self,
        method: str,
        url: str,
        payload: t.Any,
        headers: Mapping[str, str],
        auth: t.Any,
        wanted: Callable[[], None] = lambda: None,
    ) -> Answer:
        session = self._session()
        data = None if payload is None else json.dumps(payload).encode("utf-8")
        try:  # the way in may ask IAM here, before anything is sent to the service
            prepared = session.prepare_request(
                requests.Request(method, url, headers=dict(self._headers, **headers), data=data, auth=auth or _no_auth)
            )
        except (requests.RequestException, UnicodeError, ValueError) as error:
            raise Untrusted("the request cannot be made: %s" % self.secrets.mask(str(error))) from None
        self._thread.prepared = prepared
        with self._lock:
            while self._in_flight >= self._width:
                self._lock.wait()
            self._in_flight += 1
        try:
            wanted()
            with self._lock:
                self.requests += 1
            answer = self._send(session, prepared)
        finally:
            with self._lock:
                self._in_flight -= 1
                self._lock.notify()
        self._learn(answer)
        return answer

    def _send(self, session: t.Any, prepared: t.Any) -> Answer:
        host = "%s %s" % (prepared.method, prepared.url.split("?")[0])
        # Given with the request, since an environment variable overrides what a session says.
        proxies = self._proxies(prepared.url)
        now = self.clock.monotonic()
        timeout = min(self._timeout, self.deadline + self._timeout - now)
        if timeout <= 0:
            raise OutOfTime("time ran out before it was sent")
        verify = self._verify
        if verify is True:
            verify = session.merge_environment_settings(prepared.url, {}, True, None, None)["verify"]
        try:
            with session.send(
                prepared, timeout=timeout, verify=verify, proxies=proxies, stream=True, allow_redirects=False
            ) as response:
                raw = self._body(response, host, now + timeout)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _classified(error, "%s: %s" % (host, self.secrets.mask(_words(error))), self.answered) from None
        if 300 <= response.status_code < 400:
            raise Untrusted(
                "%s answered with a redirect (HTTP %d), which is not followed: check endpoint and auth_url"
                % (host, response.status_code)
            )
        return self._answer(response, raw.decode("utf-8", "replace"), host)

    def _answer(self, response: t.Any, raw: str, host: str) -> Answer:
        """Secrets are masked in the parsed body, string by string: in the raw one they may be escaped more than once. They
        are masked before anything is cut, since half a secret would not be known for one."""
        status, body, text = response.status_code, _parsed(raw, host), ""
        if status >= 400 or not isinstance(body, dict):
            shown = self._masked(body)
            text = self.secrets.mask(raw) if body is None else json.dumps(shown, ensure_ascii=False)
            body = shown if status >= 400 else body
        request_id = response.headers.get("X-Request-Id") or (
            body.get("request_id") if isinstance(body, dict) else None
        )
        return Answer(
            status,
            response.headers,
            body,
            text[:LONGEST_TEXT],
            self.secrets.mask(str(request_id))[:64] if request_id else None,
        )

    def _masked(self, value: t.Any) -> t.Any:
        if isinstance(value, str):
            return self.secrets.mask(value)
        if isinstance(value, list):
            return [self._masked(child) for child in value]
        if isinstance(value, dict):
            return {self.secrets.mask(key): self._masked(child) for key, child in value.items()}
        return value

    def _body(self, response: t.Any, host: str, until: float) -> bytes:
        """The whole body, or Lost: too large, later than the request's timeout, or shorter than it said."""
        chunks: list[bytes] = []
        size = 0
        for chunk in _parts(response):
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise Lost(
                    "%s: the answer is larger than %d MiB, and was not read further" % (host, LARGEST_ANSWER // 2**20)
                )
            if self.clock.monotonic() > until:
                raise Lost("%s: the answer was not complete after %d s" % (host, self._timeout))
            chunks.append(chunk)
        # urllib3 2 sees to this by itself.
        promised = response.headers.get("Content-Length", "")
        if _DIGITS.match(promised) and "Content-Encoding" not in response.headers and size < int(promised):
            raise Lost("%s: the answer was cut after %d of %s bytes" % (host, size, promised))
        return b"".join(chunks)

    def _proxies(self, url: str) -> dict[str, str]:
        """The environment's proxies for this address; none for loopback. Their passwords are hidden from now on."""
        if _settings.loopback(url):
            return {}
        proxies: dict[str, str] = requests.utils.get_environ_proxies(url)
        proxy = requests.utils.select_proxy(url, proxies)
        if proxy:
            try:
                parts = urlsplit(proxy if "://" in proxy else "//" + proxy)
                host, _port = parts.hostname, parts.port
            except ValueError:
                host = None
            if not host:
                raise Untrusted("the environment's proxy (HTTPS_PROXY) is no address: its host or port cannot be read")
            self.secrets.add(parts.password)
            self.secrets.add(unquote(parts.password or ""))
        return proxies

    def _session(self) -> t.Any:
        if not hasattr(self._thread, "session"):
            session = self._session_factory()
            session.headers.clear()
            self._thread.session = session
        return self._thread.session

    def _learn(self, answer: Answer) -> None:
        with self._lock:
            if answer.status >= 400 and answer.request_id and len(self.failed_request_ids) < 20:
                self.failed_request_ids.append(answer.request_id)
            if not self._throttled(answer):
                self._throttles = 0
                self._width = min(self._max_parallel, self._width + 1)
                return
            self._width = max(1, self._width // 2)
            asked = retry_after(answer.headers, self.clock.wall())
            pause = growing_pause(self._throttles, FIRST_PAUSE, LONGEST_PAUSE, self._random)
            self._throttles += 1
            self._throttle_words = _said(answer)
            self._open_at = max(self._open_at, self.clock.monotonic() + max(pause, asked))

    # --- pauses

    def opens_at(self) -> float:
        """The monotonic second before which the service asked to send nothing."""
        return self._open_at

    def _wait_until_open(self) -> None:
        while self.clock.monotonic() < self._open_at:
            self._pause(self._open_at - self.clock.monotonic(), self._throttle_words, throttled=True)

    def _pause(self, seconds: float, trouble: str, throttled: bool = False) -> None:
        """trouble: why there is something to wait for."""
        left = self.deadline - self.clock.monotonic()
        self.clock.sleep(max(0.0, min(seconds, left)))
        if seconds >= left:
            what = "the service asked to come back later" if throttled else "waiting to ask again"
            raise OutOfTime("time ran out while %s: %s" % (what, trouble), throttled)


def _said(answer: Answer) -> str:
    return ("HTTP %d %s" % (answer.status, answer.text)).strip()


def _parsed(text: str, host: str) -> t.Any:
    """The JSON in the text, None where it is none. Raises Lost for one that would take too much to read."""
    # Each value but the first stands behind one of these. In strings they count as well, for which the limit has room.
    if sum(text.count(mark) for mark in ",[{") > MOST_VALUES:
        raise Lost("%s: the answer holds more than %d values, and was not read" % (host, MOST_VALUES))
    try:
        body = json.loads(text)
        if not _is_deeper(body, DEEPEST):
            return body
    except ValueError:
        return None
    except RecursionError:
        pass
    raise Lost("%s: the answer is nested more than %d levels deep, and was not read" % (host, DEEPEST))


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


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Seconds that a Retry-After header asks for (RFC 9110 10.2.3: seconds or a date); 0 where it is absent or
    unreadable."""
    value = headers.get("Retry-After", "").strip()
    if _DIGITS.match(value):
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError):
        return 0.0


def _open_session() -> t.Any:
    """A session whose timeout counts for connecting and the first byte together: requests counts it for each."""

    class Adapter(requests.adapters.HTTPAdapter):
        def send(
            self,
            request: t.Any,
            stream: bool = False,
            timeout: t.Any = None,
            verify: t.Any = True,
            cert: t.Any = None,
            proxies: t.Any = None,
        ) -> t.Any:
            whole: t.Any = urllib3.Timeout(total=timeout)
            return super().send(request, stream, whole, verify, cert, proxies)

    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter())
    return session


def _parts(response: t.Any) -> Iterator[bytes]:
    """The body in the parts in which it comes, so that one that trickles in is noticed."""
    if not hasattr(response.raw, "read1"):  # urllib3 1
        return t.cast("Iterator[bytes]", response.iter_content(65536))
    return iter(lambda: response.raw.read1(65536, decode_content=True), b"")


def _no_auth(prepared: t.Any) -> t.Any:
    """Given where there is no way in yet: without any, requests would look into the netrc file."""
    return prepared


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


def _words(error: BaseException) -> str:
    """The innermost words of an exception: the outer ones repeat the address and add object names."""
    *_outer, innermost = _causes(error)
    return "%s (%s)" % (str(innermost) or type(innermost).__name__, type(error).__name__)


def _classified(error: Exception, text: str, answered: bool) -> TransportError:
    """What an exception of requests means for the request that it ended. answered: the service has been talked to."""
    import socket
    import ssl

    # urllib3's own, for a wrong host name; another module has it in each of its versions.
    from urllib3.connection import CertificateError  # type: ignore[attr-defined]
    from urllib3.exceptions import ConnectTimeoutError, LocationValueError, NewConnectionError

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in _causes(error))

    # Once an answer came, another failure than that of a certificate is one of the line: a write may have been carried out.
    untrusted = ssl.SSLCertVerificationError if answered else ssl.SSLError
    if caused_by(untrusted, CertificateError) and not caused_by(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return Untrusted(
            "%s. Check the address, and ca_cert where the service has a certificate authority of its own" % text
        )
    if caused_by(socket.gaierror):
        return NameNotResolved("%s. Check region, cloud_domain and endpoint" % text)
    if caused_by(NewConnectionError, ConnectTimeoutError):
        return Unsent(text)
    invalid = requests.exceptions
    if caused_by(LocationValueError, invalid.InvalidURL, invalid.InvalidSchema, invalid.InvalidHeader):
        return Untrusted(text)
    return Lost(text)
