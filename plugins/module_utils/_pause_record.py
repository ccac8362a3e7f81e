# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a maintenance: which jobs it pauses, and what is known of each. Private to this collection.

The open record is the lock. Every read, check and write of records happens under flock on <state_dir>/.lock, which the
kernel releases when the process ends; it is held for the work on files alone, never during a request. The functions on
records are pure; Store does the work on files.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from ansible_collections.huaweicloud.drs.plugins.module_utils._job_options import JobOptionError, split_ids

SCHEMA = 1
OPEN, CLOSED = "open", "closed"

# What is known of a job. The first four may be paused by this maintenance, or become so; the last two are not its own.
PLANNED, UNCONFIRMED, PAUSED, RESUMING = "planned", "unconfirmed", "paused", "resuming"
PAUSED_BEFORE, OUT = "paused_before", "out"
LEFT = (PLANNED, UNCONFIRMED, PAUSED, RESUMING)
KNOWN = (*LEFT, PAUSED_BEFORE, OUT)

Record = dict[str, t.Any]

_TEXT, _TEXT_OR_NULL = (str,), (str, type(None))
_FIELDS: dict[str, tuple[type, ...]] = {
    "run": _TEXT,
    "name": _TEXT,
    "owner": (dict,),
    "project_id": _TEXT,
    "region": _TEXT_OR_NULL,
    "endpoint": _TEXT,
    "versions": (dict,),
    "began_at": _TEXT,
    "paused_at": _TEXT_OR_NULL,
    "ended_at": _TEXT_OR_NULL,
    "pause_mode": _TEXT,
    "jobs": (dict,),
}
_JOB_FIELDS: dict[str, tuple[type, ...]] = {
    "name": _TEXT_OR_NULL,
    "before": _TEXT_OR_NULL,
    "sent_at": _TEXT_OR_NULL,
    "paused_at": _TEXT_OR_NULL,
    "out_at": _TEXT_OR_NULL,
}


class RecordError(Exception):
    """A record cannot be used. The text names the file, and says what to do."""


class Unreadable(RecordError):
    """The file is not a record, or only a part of one."""


class Held(RecordError):
    """Another maintenance is open. record: its record."""

    def __init__(self, words: str, record: Record) -> None:
        super().__init__(words)
        self.record = record


# --- records


def entry(name: str | None, before: str | None, known: str) -> dict[str, t.Any]:
    """A job of a record. before: its status when the maintenance began."""
    return {"name": name, "before": before, "known": known, "sent_at": None, "paused_at": None, "out_at": None}


def left(record: Mapping[str, t.Any]) -> list[str]:
    """The jobs that may be paused by this maintenance, or become so."""
    return [key for key, job in record["jobs"].items() if job["known"] in LEFT]


def moved(record: Record, keys: Iterable[str], known: str, at: str, stages: Iterable[str]) -> Record:
    """A copy in which these jobs are known to be in another stage since that time. Only jobs in one of stages move: what
    somebody else has taken out of the record stays out."""
    wanted, stages = set(keys), tuple(stages)
    stamp = {UNCONFIRMED: "sent_at", PAUSED: "paused_at", OUT: "out_at"}.get(known)
    jobs = {}
    for key, job in record["jobs"].items():
        if key in wanted and job["known"] in stages:
            job = dict(job, known=known)
            if stamp:
                job[stamp] = at
        jobs[key] = job
    return dict(record, jobs=jobs)


def closed_if_done(record: Record, at: str) -> Record:
    """A copy that is closed if no job is left in it."""
    return record if left(record) else dict(record, phase=CLOSED, ended_at=at)


def parse(text: str, path: str) -> Record:
    """The record that a file holds. Raises Unreadable, and RecordError for one of a newer version."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_unreadable(path, str(error))) from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise Unreadable(_unreadable(path, "it has no schema"))
    if schema > SCHEMA:
        raise RecordError(
            "The record %s was written by a newer version of this collection (schema %d, and this one knows %d): "
            "use that version" % (path, schema, SCHEMA)
        )
    fault = _fault(found)
    if fault:
        raise Unreadable(_unreadable(path, fault))
    found = readable(found)
    return dict(found, jobs={key.lower(): job for key, job in found["jobs"].items()})


def readable(record: Record) -> Record:
    """A copy without halves of characters, which no result may hold."""
    found: Record = json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
    return found


def _fault(found: Mapping[str, t.Any]) -> str | None:
    """What is wrong with what should be a record."""
    if found.get("phase") not in (OPEN, CLOSED):
        return "its phase is not open or closed"
    for field, types in _FIELDS.items():
        if not isinstance(found.get(field), types):
            return "its field %s is missing or of a wrong type" % field
    if _is_nested(found):
        return "it is nested too deep"
    if len({key.lower() for key in found["jobs"]}) < len(found["jobs"]):
        return "it names a job twice"
    for key, job in found["jobs"].items():
        try:
            ids = split_ids([key])
        except JobOptionError as error:
            return str(error)
        if ids != [key]:
            return "the id of a job in it is '%s'" % key
        if not isinstance(job, dict) or job.get("known") not in KNOWN:
            return "it does not say what is known of job %s" % key
        for field, types in _JOB_FIELDS.items():
            if not isinstance(job.get(field), types):
                return "the field %s of its job %s is of a wrong type" % (field, key)
    return None


# A record is this deep: itself, its jobs, a job; a selection may be a little deeper. What is nested without end breaks whoever
# writes or shows it.
_DEEPEST = 12


def _is_nested(found: t.Any) -> bool:
    level = [found]
    for _depth in range(_DEEPEST):
        level = [part for value in level for part in _parts(value)]
    return bool(level)


def _parts(value: t.Any) -> list[t.Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _unreadable(path: str, why: str) -> str:
    return (
        "The record %s cannot be read as one (%s), so it does not say which jobs are paused. Find them in the DRS console, "
        "and give their ids with takeover: true and state: absent (playbook restore: drs_job_ids): those that are paused "
        "are resumed, and the file is renamed" % (path, why)
    )


def file_name(name: str) -> str:
    """The name of a record's file. Characters other than letters, digits, "-", "_" and "." are percent-encoded."""
    encoded = quote(name, safe="", errors="surrogatepass").replace("~", "%7E")
    return ("%2E" + encoded[1:] if encoded.startswith(".") else encoded) + ".json"


# --- files


class Store:
    """The records of a folder, one of which has this name. What the file system refuses is raised as OSError."""

    def __init__(self, folder: str, name: str) -> None:
        self.folder, self.path = folder, os.path.join(folder, file_name(name))

    def exists(self) -> bool:
        """Whether there is a file of this name, whatever it holds."""
        return os.path.lexists(self.path)

    def read(self) -> Record | None:
        """The record of this name, or None. Raises RecordError."""
        return _read(self.path)

    def check(self, keys: Iterable[str], run: str | None) -> Record | None:
        """The open record of this run, if there is one. Raises Held where another maintenance stands in the way of one over
        these jobs, and RecordError where a record of the folder cannot be read."""
        wanted = set(keys)
        own = None
        for path in self._paths():
            record = _read(path)
            if record is None or record["phase"] != OPEN:
                continue
            if path == self.path:
                if record["run"] != run:
                    raise Held("The maintenance '%s' is open already" % record["name"], record)
                own = record
                continue
            shared = [key for key in left(record) if key in wanted]
            if shared:
                more = len(shared) - 1
                who = "Jobs %s and %d more are" % (shared[0], more) if more else "Job %s is" % shared[0]
                raise Held("%s in the open maintenance '%s'" % (who, record["name"]), record)
        return own

    def held(self, keys: Iterable[str], run: str) -> set[str]:
        """Those of these jobs that stand in an open record of another run. What cannot be read holds none."""
        wanted = set(keys)
        found: set[str] = set()
        for path in self._paths():
            with contextlib.suppress(RecordError):
                record = _read(path)
                if record and record["phase"] == OPEN and record["run"] != run:
                    found.update(key for key in wanted if record["jobs"].get(key, {}).get("known", OUT) != OUT)
        return found

    def begin(self, record: Record) -> None:
        """Writes a new record. Raises as check does, and makes the folder if it does not exist."""
        os.makedirs(self.folder, 0o700, exist_ok=True)
        with self._locked():
            self.check(record["jobs"], run=None)
            try:
                self._write(record)
            except OSError:
                # Nothing was paused. If the new record is in place already, and only its folder could not be written, it
                # must not keep the next maintenance out.
                with contextlib.suppress(OSError, RecordError):
                    if (_read(self.path) or {}).get("run") == record["run"]:
                        os.unlink(self.path)
                raise

    def update(self, run: str, change: Callable[[Record], Record], phases: Sequence[str] = (OPEN,)) -> Record | None:
        """Replaces the record of this run by change(record). Returns the new one; None, and writes nothing, where the record
        is in another phase, gone, or of another run. Raises RecordError."""
        with self._locked():
            record = _read(self.path)
            if record is None or record["phase"] not in phases or record["run"] != run:
                return None
            changed = change(record)
            if changed != record:
                self._write(changed)
            return changed

    def remove(self, run: str) -> None:
        """Removes the record of this run: on a full disk, it may be all that can be done."""
        with self._locked():
            if (_read(self.path) or {}).get("run") == run:
                os.unlink(self.path)

    def put_aside(self, stamp: str) -> str:
        """Renames a file that cannot be read, so that it no longer stands in the way. Returns its new path. Raises
        RecordError where it can be read by now."""
        aside = "%s.unreadable-%s" % (self.path, stamp)
        with self._locked():
            try:
                _read(self.path)
            except Unreadable:
                os.rename(self.path, aside)
                return aside
        raise RecordError("another task has put it aside, or a record in its place")

    def _paths(self) -> list[str]:
        if not os.path.isdir(self.folder):
            return []
        names = sorted(name for name in os.listdir(self.folder) if name.endswith(".json") and not name.startswith("."))
        return [os.path.join(self.folder, name) for name in names]

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        # Opened for each use: flock holds between threads of one process only by files that were opened apart.
        lock = os.open(os.path.join(self.folder, ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, record: Record) -> None:
        """Atomic, and on the disk when it returns. Only under the lock: the temporary file has a fixed name, so that killed
        processes leave one at most."""
        temporary = os.path.join(self.folder, ".record.tmp")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(json.dumps(record, indent=2) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read(path: str) -> Record | None:
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise Unreadable(_unreadable(path, str(error))) from None
    return parse(text, path)
