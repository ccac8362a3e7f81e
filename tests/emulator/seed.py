# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A seed: what is there at the beginning, from a JSON file or a dict, checked and with every default filled in."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

from .bodies import JOB_ID
from .lag import check_lag
from .transitions import PHASES, VERBS

SEEDS = pathlib.Path(__file__).parent / "seeds"
PROJECT_ID = "054ba152d480d55b2f5dc0069e7ddef0"
# The emulator's own, known to everybody.
PASSWORD = "emulator-password"  # nosec B105  # pragma: allowlist secret
SECRET_KEY = "emulator-secret-key"  # nosec B105  # pragma: allowlist secret
TOKEN = "emulator-token"  # nosec B105  # pragma: allowlist secret
IDENTITY: dict[str, Any] = {
    "projects": [{"id": PROJECT_ID, "name": "eu-de"}],
    "users": [{"name": "emulator-user", "password": PASSWORD, "domain": "emulator-domain"}],
    "keys": [{"access_key": "EMULATORACCESSKEY", "secret_key": SECRET_KEY}],
    "tokens": [{"token": TOKEN, "project_id": PROJECT_ID}],
}
_CREATED = 1608188903063  # the API pages' own example of a time


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_seconds(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _is_status(value: Any) -> bool:
    # Statuses that the table lacks may be seeded: a client must say that it does not know them.
    return isinstance(value, str) and re.fullmatch(r"[A-Z][A-Za-z0-9_-]*", value) is not None


def _is_refusal(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_text, value))


def _is_endpoint(value: Any) -> bool:
    return isinstance(value, dict)


def _is_tags(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(tag, dict) and set(tag) == {"key", "value"} for tag in value)


def _is_lag(value: Any) -> bool:
    try:
        check_lag(value)
    except ValueError:
        return False
    return True


JOB_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "id": ("8-4-4-4-12 letters and digits", lambda value: _is_text(value) and JOB_ID.fullmatch(value) is not None),
    "name": ("text", _is_text),
    "status": ("a status, a capital letter first", _is_status),
    "project_id": ("text", _is_text),
    "description": ("text", _is_text),
    "db_use_type": (
        "migration, sync or cloudDataGuard",
        lambda value: value in ("migration", "sync", "cloudDataGuard"),
    ),
    "engine_type": ("text", _is_text),
    "task_type": (
        "FULL_TRANS, INCR_TRANS or FULL_INCR_TRANS",
        lambda value: value in ("FULL_TRANS", "INCR_TRANS", "FULL_INCR_TRANS"),
    ),
    "net_type": ("vpn, vpc or eip", lambda value: value in ("vpn", "vpc", "eip")),
    "job_direction": ("up, down or non-dbs", lambda value: value in ("up", "down", "non-dbs")),
    "enterprise_project_id": ("text", _is_text),
    "create_time": ("epoch milliseconds", lambda value: isinstance(value, int)),
    "tags": ("a list of key and value", _is_tags),
    "source_endpoint": ("an object", _is_endpoint),
    "target_endpoint": ("an object", _is_endpoint),
    "period_order": (
        "an object with a status",
        lambda value: isinstance(value, dict) and _is_text(value.get("status")),
    ),
    "busy": ("true, or seconds", lambda value: isinstance(value, bool) or _is_seconds(value)),
    "busy_writes": ("a number of writes", lambda value: isinstance(value, int) and value >= 0),
    "not_pausable": ("true or false", lambda value: isinstance(value, bool)),
    "refuse": (
        "verb: [code, message]",
        lambda value: isinstance(value, dict) and set(value) <= set(VERBS) and all(map(_is_refusal, value.values())),
    ),
    "fails": (
        "verb: status",
        lambda value: isinstance(value, dict) and set(value) <= set(VERBS) and all(map(_is_status, value.values())),
    ),
    "stuck": ("a status", _is_status),
    "starts_in": ("seconds, for WAITING_FOR_START", _is_seconds),
    "phase_before": ("the running status before a pause", lambda value: value in PHASES),
    "durations": (
        "status: seconds or null",
        lambda value: (
            isinstance(value, dict)
            and all(key in PHASES and (seconds is None or _is_seconds(seconds)) for key, seconds in value.items())
        ),
    ),
    "write_lag": ("seconds", _is_seconds),
    "lag": ("a number, a list, or an object with at and falls, or times", _is_lag),
    "error_code": ("text", _is_text),
    "error_message": ("text", _is_text),
}
_IDENTITY_FIELDS = {
    "projects": ({"id", "name"}, set()),
    "users": ({"name", "password", "domain"}, set()),
    "keys": ({"access_key", "secret_key"}, {"security_token"}),
    "tokens": ({"token", "project_id"}, {"expires_in"}),
}
_PARTS = {"jobs", "identity", "settings", "faults"}


def check_seed(seed: dict[str, Any] | None) -> dict[str, Any]:
    """The seed with every default filled in: jobs, identity, settings, faults.

    :raises ValueError: with the place of what does not fit.
    """
    seed = {} if seed is None else seed
    if not isinstance(seed, dict) or not set(seed) <= _PARTS:
        raise ValueError(f"seed: an object with {', '.join(sorted(_PARTS))}")
    identity = check_identity(seed.get("identity", {}))
    jobs = [
        check_job(job, f"jobs[{number}]", identity["projects"][0]["id"], number)
        for number, job in enumerate(seed.get("jobs", []))
    ]
    ids = [job["id"] for job in jobs]
    if len(set(ids)) != len(ids):
        raise ValueError("seed: two jobs have the same id")
    return {
        "jobs": jobs,
        "identity": identity,
        "settings": dict(seed.get("settings", {})),
        "faults": list(seed.get("faults", [])),
    }


def check_job(job: Any, where: str, project_id: str, number: int = 0) -> dict[str, Any]:
    """One job with its defaults.

    :raises ValueError: with the place of what does not fit.
    """
    if not isinstance(job, dict):
        raise ValueError(f"seed: {where}: an object")
    for key, value in job.items():
        if key not in JOB_FIELDS:
            raise ValueError(f"seed: {where}: no field is called '{key}'")
        meaning, fits = JOB_FIELDS[key]
        if not fits(value):
            raise ValueError(f"seed: {where}.{key}: {value!r} is not {meaning}")
    if "id" not in job:
        raise ValueError(f"seed: {where}: an id is missing")
    defaults = {
        "name": f"job-{number + 1}",
        "status": "CONFIGURATION",
        "project_id": project_id,
        "db_use_type": "sync",
        "engine_type": "mysql",
        "task_type": "FULL_INCR_TRANS",
        "net_type": "eip",
        "job_direction": "up",
        "create_time": _CREATED,
    }
    return {**defaults, **job}


def check_identity(identity: Any) -> dict[str, Any]:
    """Projects, users, keys and tokens, each with its default where absent.

    :raises ValueError: with the place of what does not fit.
    """
    if not isinstance(identity, dict) or not set(identity) <= set(_IDENTITY_FIELDS):
        raise ValueError(f"seed: identity: an object with {', '.join(_IDENTITY_FIELDS)}")
    for part, entries in identity.items():
        needed, optional = _IDENTITY_FIELDS[part]
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict) or not needed <= set(entry) <= needed | optional:
                raise ValueError(f"seed: identity.{part}[{number}]: an object with {', '.join(sorted(needed))}")
    if not identity.get("projects", True):
        raise ValueError("seed: identity.projects: at least one")
    merged = {**IDENTITY, **identity}
    if "projects" in identity and "tokens" not in identity:
        merged["tokens"] = [{"token": TOKEN, "project_id": identity["projects"][0]["id"]}]
    return merged


def load_seed(path: str | pathlib.Path) -> dict[str, Any]:
    """A seed from a JSON file; a bare name is one of those in ``seeds/``.

    :raises ValueError: when it is not there, not JSON, or does not fit.
    """
    path = pathlib.Path(path)
    if not path.exists() and path.parent == pathlib.Path("."):
        path = SEEDS / path.with_suffix(".json").name
    try:
        seed = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"seed: {path}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"seed: {path}: {error}") from None
    return check_seed(seed)
