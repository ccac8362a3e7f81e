# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that may appear in no text, whatever a service or a library echoes. Private to this collection."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 8
MASK = "********"

# Whoever sees a signed request could send it again for a quarter of an hour.
_SIGNATURE = re.compile(r"(?<=Signature=)[0-9a-f]{64}")


class Secrets:
    """The values that may appear in no text. Safe to use from many threads.

    on_add is called once with every new value (an Ansible module hides these in what it returns).
    """

    def __init__(self, on_add: Callable[[str], object] | None = None) -> None:
        self._on_add = on_add
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()

    def add(self, value: str | None) -> None:
        """Hide this value from now on. Values under 8 characters are passed over: resolve() refuses them as secrets."""
        if value is None or len(value) < SHORTEST_SECRET:
            return
        with self._lock:
            if value in self._values:
                return
            self._values = self._values | {value}
            # The longest first, so that nothing is left of one that holds another.
            self._forms = tuple(sorted({*self._forms, *_forms(value)}, key=len, reverse=True))
        if self._on_add is not None:
            self._on_add(value)

    def mask(self, text: str) -> str:
        """The text with every secret, plain, URL-quoted, JSON- or HTML-escaped or in base64, replaced by asterisks."""
        # One after another, and no regular expression of them all: a token from IAM has thousands of characters, and
        # compiling its forms would take longer than the rest of the module's start.
        for form in self._forms:
            text = text.replace(form, MASK)
        return _SIGNATURE.sub(MASK, text)


def _forms(secret: str) -> Iterator[str]:
    """The spellings in which a service, a gateway or a library may echo a secret."""
    yield secret
    for quoted in (quote(secret, safe=""), quote(secret, safe="/"), quote_plus(secret), quote(secret, safe="~")):
        yield quoted
        yield re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), quoted)
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")  # as PHP does
        yield re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", escaped)  # as Go does
    yield html.escape(secret, quote=True)
    yield html.escape(secret, quote=False)
    raw = secret.encode("utf-8")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii")
        yield encode(raw).decode("ascii").rstrip("=")
        # Inside a longer text, three alignments are possible; the characters that its neighbours share are left out.
        for before in range(3):
            encoded = encode(b"\0" * before + raw).decode("ascii").rstrip("=")
            whole = len(encoded) if (before + len(raw)) % 3 == 0 else len(encoded) - 1
            yield encoded[(0, 2, 3)[before] : whole]
