# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the collection's tarball so that the same files give the same bytes.

    build.py FOLDER              writes the tarball and its SHA-256 there
    build.py FOLDER --list FILE  writes the names of the files that it holds to the file, too

ansible-galaxy does the work, on a copy of what git tracks. What it leaves to chance, the order of files and their times, is settled
afterwards: files in the order of their names, times that of the last commit (or SOURCE_DATE_EPOCH, in seconds).
"""

from __future__ import annotations

import copy
import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def build(folder: pathlib.Path) -> pathlib.Path:
    """Write the tarball and its SHA-256 into the folder, and return the tarball's path."""
    with tempfile.TemporaryDirectory(prefix="drs-build-") as work:
        subprocess.run([ROOT / "tools" / "tree.sh", "copy", work], check=True)
        collection = pathlib.Path(work, "ansible_collections", "huaweicloud", "drs")
        command = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--output-path", work]
        subprocess.run(command, cwd=collection, check=True, stdout=subprocess.DEVNULL)
        (raw,) = pathlib.Path(work).glob("*.tar.gz")
        settled = settle(raw.read_bytes(), timestamp())
    folder.mkdir(parents=True, exist_ok=True)
    tarball = folder / raw.name
    tarball.write_bytes(settled)
    digest = hashlib.sha256(settled).hexdigest()
    folder.joinpath(f"{raw.name}.sha256").write_text(f"{digest}  {raw.name}\n", encoding="utf-8")
    return tarball


def timestamp() -> int:
    """The time to give every file: SOURCE_DATE_EPOCH, or the last commit's, in seconds since the epoch."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(asked.stdout)


def settle(raw: bytes, when: int) -> bytes:
    """The same tarball with its members and its own lists in the order of their names, and one time for all of it."""
    members: dict[str, tuple[tarfile.TarInfo, bytes]] = {}
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as source:
        for info in source:
            stream = source.extractfile(info)
            members[info.name] = (info, stream.read() if stream else b"")

    files = json.loads(members["FILES.json"][1])
    files["files"].sort(key=lambda entry: entry["name"])
    listed = as_json(files)
    manifest = json.loads(members["MANIFEST.json"][1])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(listed).hexdigest()
    members["FILES.json"] = (members["FILES.json"][0], listed)
    members["MANIFEST.json"] = (members["MANIFEST.json"][0], as_json(manifest))

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as target:
        for name in sorted(members):
            info, content = members[name]
            info = copy.copy(info)
            info.mtime, info.uid, info.gid, info.uname, info.gname, info.size = when, 0, 0, "", "", len(content)
            info.pax_headers = {}
            target.addfile(info, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), compresslevel=9, mtime=when)


def as_json(content: object) -> bytes:
    """JSON as ansible-galaxy writes it."""
    return json.dumps(content, indent=True).encode()


def files(tarball: pathlib.Path) -> list[str]:
    """The names of the files in a tarball, in order."""
    with tarfile.open(tarball) as packed:
        return sorted(info.name for info in packed if info.isfile())


if __name__ == "__main__":
    built = build(pathlib.Path(sys.argv[1]))
    print(built)
    if sys.argv[2:3] == ["--list"]:
        pathlib.Path(sys.argv[3]).write_text("".join(f"{name}\n" for name in files(built)), encoding="utf-8")
