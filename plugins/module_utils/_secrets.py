# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The masking boundary: every text of a service or a library passes through here before it is shown or logged.

Private to this collection. Three things happen to a text: the secrets that are known are replaced, what looks like a
secret is replaced, and characters that could forge a line of a log or break a result are replaced.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import threading
import typing as t
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 8
LONGEST_TEXT = 500
MASK = "********"

# --- what looks like a secret

_NAME = (
    r"(?:(?:secret|access|api|private)[ _-]?key|secret|token|password|passwd|passphrase|passcode|pwd|authorization"
    r"|(?<![a-z])(?:pass|sk)(?![a-z]))"
)
# Quotation marks may be escaped, where JSON stands inside of JSON, and doubled, as SQL does. A value that was cut before
# its closing mark is masked to the end of the text.
_QUOTED = r"""(?P<mark>\\*["'])(?:(?P=mark){2}|(?!(?P=mark))\\?.)*(?:(?P=mark)|\Z)"""
_VALUE = r"""(?:%s|[^\s"'&;,)<]+)""" % _QUOTED
# MySQL says "(using password: YES)".
_SHOWN = r"(?!(?:yes|no|true|false|null|none)\b)"
# Lengths are limited, so that no text takes long.
_LOOKS_SECRET = (
    # password=x, "db_password": "x", 'pwd' => 'x', &token=x, secret key: x, Authorization: Bearer x
    rf"""(?P<head>{_NAME}[\w.-]{{0,40}}\\*["']?\s{{0,9}}(?:=>|:=|[=:])\s{{0,9}}(?:(?:bearer|basic)\s+)?){_SHOWN}{_VALUE}""",
    rf"(?P<head>--[\w-]{{0,40}}{_NAME}[\w-]{{0,40}}\s+){_VALUE}",
    # PASSWORD 'x', PASSWORD('x')
    rf"(?P<head>passw(?:or)?d(?:\s{{1,9}}|\s{{0,9}}\(\s{{0,9}})){_QUOTED}",
    # identified by 'x', identified with mysql_native_password as 'x'
    rf"(?P<head>identified\s{{1,9}}(?:with\s{{1,9}}\S{{1,40}}\s{{1,9}}(?:by|as)|by)\s{{1,9}}(?:password\s{{1,9}})?){_VALUE}",
    rf"(?P<head><[\w:.-]{{0,40}}{_NAME}[\w.-]{{0,40}}>)(?P<mark>)[^<]+",
    r"(?P<head>\bbearer\s{1,9})(?P<mark>)[\w.~+/=-]{16,}",
    # https://user:x@host, jdbc:mysql://root:x@host; not the port of http://host:80/path and an @ behind it
    r"(?P<head>://[^/\s:@]*:)(?P<mark>)(?!\d{1,5}[/?#])\S{1,500}(?=@)",
    # Whoever sees a signed request could send it again for a quarter of an hour.
    r"(?P<head>Signature=)(?P<mark>)[0-9a-f]{64}",
)
# Without one of these characters, and one of these words, no text looks like a secret; names of jobs seldom do.
_MARKS = re.compile(r"""[=:'"> ]""")
_WORDS = ("pass", "pwd", "secret", "token", "key", "sk", "auth", "identified", "bearer", "://", "signature")


@functools.cache
def _looks_secret() -> tuple[re.Pattern[str], ...]:
    """Compiled when they are first needed: most runs see no text that looks like a secret."""
    return tuple(re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in _LOOKS_SECRET)


def mask_patterns(text: str) -> str:
    """The text with the values of ``password=...``, ``://user:...@`` and the like replaced by asterisks."""
    lower = text.lower() if _MARKS.search(text) else ""
    if not any(word in lower for word in _WORDS):
        return text
    for _time in range(5):  # what was replaced may make another pattern fit
        before = text
        for pattern in _looks_secret():
            text = pattern.sub(rf"\g<head>\g<mark>{MASK}\g<mark>", text)
        if text == before:
            break
    return text


# --- what a log or a result cannot hold

_BREAKS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]+")
# Controls of the writing direction show a text in another order than it has; half a surrogate pair has no encoding.
_UNSHOWABLE = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with runs of control characters as one space, and what cannot be shown as U+FFFD."""
    return text if text.isprintable() else _UNSHOWABLE.sub("\ufffd", _BREAKS.sub(" ", text))


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
        """Hide this value from now on. Values under 8 characters are passed over: they are refused as secrets."""
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
        """The text with every secret, plain, URL-quoted, JSON- or HTML-escaped or in base64, and all that looks like
        one replaced by asterisks, and without control characters. Masking it again changes nothing."""
        text = self.mask_values(text)
        cleaned = clean(text)
        if cleaned != text:  # a secret may show only now, as one that was broken over two lines
            text = self.mask_values(cleaned)
        return mask_patterns(text)

    def text(self, value: t.Any, longest: int = LONGEST_TEXT) -> str | None:
        """A JSON value as a text that can be shown: masked, then cut to so many characters, not in the middle of a
        word where a space is near. None for None and for a text without words."""
        if value is None:
            return None
        if not isinstance(value, str):
            # String by string: in the JSON text they may be escaped more than once.
            value = json.dumps(self.masked(value), ensure_ascii=False, default=str)
        # No more than is needed of what may be megabytes, once the secrets are out of it.
        return cut(self.mask(self.mask_values(value)[: longest * 20]).strip(), longest) or None

    def masked(self, value: t.Any) -> t.Any:
        """A JSON value with each of its strings, keys too, masked."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.masked(child) for child in value]
        if isinstance(value, dict):
            return {self.mask(key): self.masked(child) for key, child in value.items()}
        return value

    def mask_values(self, text: str) -> str:
        # One after another, and no regular expression of them all: a token from IAM has thousands of characters, and
        # compiling its forms would take longer than the rest of the module's start.
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def cut(text: str, longest: int) -> str:
    """The text, or its start and "..."."""
    if len(text) <= longest:
        return text
    start = text[: longest - 3]
    words = start if text[longest - 3].isspace() else start.rpartition(" ")[0]
    return (words if len(words) > longest // 2 else start).rstrip() + "..."


def _forms(secret: str) -> Iterator[str]:
    """The spellings in which a service, a gateway or a library may echo a secret."""
    yield secret
    if len(clean(secret)) >= SHORTEST_SECRET:
        yield clean(secret)
    for quoted in (_quoted(quote, secret, ""), _quoted(quote, secret, "/"), _quoted(quote_plus, secret, "")):
        yield quoted
        yield re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), quoted)
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")  # as PHP does
        yield re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", escaped)  # as Go does
    yield html.escape(secret, quote=True)
    yield html.escape(secret, quote=False)
    raw = secret.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii")
        yield encode(raw).decode("ascii").rstrip("=")
        # Inside a longer text, three alignments are possible; the characters that its neighbours share are left out.
        for before in range(3):
            encoded = encode(b"\0" * before + raw).decode("ascii").rstrip("=")
            whole = len(encoded) if (before + len(raw)) % 3 == 0 else len(encoded) - 1
            yield encoded[(0, 2, 3)[before] : whole]


def _quoted(how: Callable[..., str], secret: str, safe: str) -> str:
    return how(secret, safe=safe, errors="surrogatepass")
