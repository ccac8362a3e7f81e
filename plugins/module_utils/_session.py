# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of requests in which a timeout counts for the whole of a request. Private to this collection.

requests and urllib3 alone count it for each address of a host and for each read of the socket: a peer that sends a byte
a second, or ``100 Continue`` again and again, holds them as long as it likes. Here every read of the socket, that of a
proxy's answer too, gets the time that is left. It works with urllib3 1.26 and 2.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import typing as t
import warnings

# requests warns of other packages' versions, urllib3 of an old OpenSSL: none of it may become an exception, as
# PYTHONWARNINGS=error makes it.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import requests
        import requests.adapters
        import urllib3
    except ImportError:
        HAS_REQUESTS = False
    else:
        HAS_REQUESTS = True

# Seconds. 0 would make a socket non-blocking.
_SHORTEST = 0.001


class _Limit:
    """The moment (time.monotonic) at which the request in flight ends. A session serves one request at a time."""

    def __init__(self) -> None:
        self.until = 0.0

    def left(self) -> float:
        return max(_SHORTEST, self.until - time.monotonic())

    def check(self) -> None:
        if time.monotonic() >= self.until:
            raise socket.timeout("timed out")


class _LimitedReader(io.RawIOBase):
    """Reads a socket, with the time that is left as the timeout of each read."""

    def __init__(self, raw: t.Any, sock: t.Any, limit: _Limit) -> None:
        self._raw, self._sock, self._limit = raw, sock, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        self._limit.check()
        self._sock.settimeout(self._limit.left())
        return t.cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedConnection:
    """Mixed into the connections of urllib3."""

    limit: _Limit
    _parts = 1

    @property
    def timeout(self) -> float:
        return self.limit.left() / self._parts

    @timeout.setter
    def timeout(self, value: t.Any) -> None:
        """urllib3 sets its own, which start again with every step of a request."""

    def response_class(self, sock: t.Any, *args: t.Any, **options: t.Any) -> t.Any:
        """Called by http.client for the answers of the service, and of a proxy to CONNECT."""
        response = http.client.HTTPResponse(sock, *args, **options)
        response.fp = io.BufferedReader(_LimitedReader(response.fp.detach(), sock, self.limit))
        return response

    def send(self, data: t.Any) -> None:
        sock = getattr(self, "sock", None)
        if sock is not None:
            self.limit.check()
            sock.settimeout(self.limit.left())
        super().send(data)  # type: ignore[misc]

    def _new_conn(self) -> t.Any:
        """Connect. The addresses of a name share the time."""
        this: t.Any = self
        name = this._dns_host
        try:
            sock = self._connect_to(self._addresses_of(name))
        finally:
            this._dns_host, self._parts = name, 1
        sock.settimeout(self.timeout)
        return sock

    def _addresses_of(self, name: str) -> list[str]:
        family = urllib3.util.connection.allowed_gai_family()
        try:
            found = socket.getaddrinfo(name.strip("[]"), t.cast("t.Any", self).port, family, socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return [name]  # fails once more, in urllib3's own words
        return list(dict.fromkeys(str(place[0]) for *_kind, place in found)) or [name]

    def _connect_to(self, addresses: list[str]) -> t.Any:
        this: t.Any = self
        while True:
            self._parts, this._dns_host, *addresses = len(addresses), *addresses
            try:
                return super()._new_conn()  # type: ignore[misc]
            except urllib3.exceptions.HTTPError:
                if not addresses:
                    raise

    def _tunnel(self) -> None:
        """CONNECT. Whatever fails here, nothing of the request itself was sent."""
        try:
            super()._tunnel()  # type: ignore[misc]
        except (OSError, http.client.HTTPException) as error:
            raise urllib3.exceptions.NewConnectionError(
                t.cast("t.Any", self), "%s" % (error or type(error).__name__)
            ) from error


def open_session() -> t.Any:
    """A new session, for one thread."""
    limit = _Limit()

    def limited(pool: t.Any) -> t.Any:
        bases = (_LimitedConnection, pool.ConnectionCls)
        return type(pool.__name__, (pool,), {"ConnectionCls": type("Connection", bases, {"limit": limit})})

    def limit_pools_of(manager: t.Any) -> t.Any:
        # Its own ones: those of a SOCKS proxy connect in a way of their own.
        manager.pool_classes_by_scheme = {
            scheme: limited(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
        }
        return manager

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: t.Any, **options: t.Any) -> None:
            super().init_poolmanager(*args, **options)
            limit_pools_of(self.poolmanager)

        def proxy_manager_for(self, proxy: t.Any, **options: t.Any) -> t.Any:
            known = proxy in self.proxy_manager
            manager = super().proxy_manager_for(proxy, **options)
            return manager if known else limit_pools_of(manager)

        def send(
            self,
            request: t.Any,
            stream: bool = False,
            timeout: t.Any = None,
            verify: t.Any = True,
            cert: t.Any = None,
            proxies: t.Any = None,
        ) -> t.Any:
            limit.until = time.monotonic() + timeout
            return super().send(request, stream, timeout, verify, cert, proxies)

    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter())
    return session
