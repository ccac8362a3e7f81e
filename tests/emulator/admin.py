# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin prefix: whoever runs the emulator looks into it and moves it. No auth; it listens on loopback alone."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from . import coverage
from .faults import Fault
from .messages import Reply, Request, as_json

if TYPE_CHECKING:
    from .core import Emulator

PREFIX = "/_emulator/"


def is_for_admin(path: str) -> bool:
    """Whether a path is under the prefix."""
    return path.startswith(PREFIX)


def answer(emulator: Emulator, request: Request) -> Reply:
    """Answer an admin request: 200, 400 with what does not fit, or 404."""
    try:
        body = _run(emulator, request.method, request.path[len(PREFIX) :].rstrip("/"), request)
    except _NotFound:
        return _reply(404, {"error": "no such admin call"})
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return _reply(400, {"error": str(error)})
    if isinstance(body, str):
        return Reply(200, {"Content-Type": "text/markdown; charset=utf-8"}, body.encode())
    return _reply(200, body)


class _NotFound(Exception):
    pass


def _run(emulator: Emulator, method: str, path: str, request: Request) -> Any:
    call, _slash, name = path.partition("/")
    parsed: Any = json.loads(request.body) if request.body else None
    done = {"ok": True}
    if (method, path) == ("GET", "health"):
        return {"ok": True, "clock": emulator.clock.kind}
    if (method, path) == ("GET", "state"):
        return emulator.state()
    if (method, path) == ("GET", "settings"):
        return dataclasses.asdict(emulator.settings)
    if (method, path) == ("GET", "coverage"):
        return coverage.markdown() if dict(request.query).get("format") == "markdown" else coverage.table()
    if (method, path) == ("GET", "journal"):
        since = int(dict(request.query).get("since", 0))
        return {
            "count": emulator.journal.count,
            "entries": [vars(entry) for entry in emulator.journal.since(since)],
        }
    if (method, path) == ("GET", "faults"):
        return [_shown(rule) for rule in emulator.faults.rules]
    if (method, path) == ("POST", "reset"):
        emulator.reset()
        return done
    if (method, path) == ("POST", "seed"):
        emulator.seed(parsed)
        return done
    if (method, path) == ("POST", "tick"):
        emulator.tick(parsed["seconds"])
        return {"time": emulator.clock.now()}
    if (method, path) == ("POST", "faults"):
        rules = parsed if isinstance(parsed, list) else [parsed]
        return [_shown(emulator.fault(rule)) for rule in rules]
    if (method, path) == ("POST", "settings"):
        emulator.configure(parsed)
        return done
    if (method, path) == ("POST", "jobs"):
        return emulator.put_job(parsed).snapshot()
    if (method, call) == ("POST", "jobs") and name:
        return emulator.change_job(name, parsed).snapshot()
    if (method, path) == ("POST", "expire-tokens"):
        emulator.identity.expire_tokens()
        return done
    if (method, path) == ("DELETE", "journal"):
        emulator.journal.clear()
        return done
    if (method, call) == ("DELETE", "faults"):
        emulator.faults.remove(int(name) if name else None)
        return done
    raise _NotFound


def _shown(rule: Fault) -> dict[str, Any]:
    """A rule as JSON can hold it: bytes as text, a character each."""
    shown = dataclasses.asdict(rule)
    for name, value in shown["effect"].items():
        if isinstance(value, bytes):
            shown["effect"][name] = value.decode("latin-1")
    return shown


def _reply(status: int, body: Any) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, as_json(body))
