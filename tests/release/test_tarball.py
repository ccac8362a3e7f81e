# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the release holds, byte by byte and name by name."""

from __future__ import annotations

import hashlib
import pathlib
import shutil
import subprocess

import pytest
from ansible_collections.huaweicloud.drs.tests.demo import ansible
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, serve
from ansible_collections.huaweicloud.drs.tests.playbooks.service import Service
from ansible_collections.huaweicloud.drs.tools import build

JOB = "9a470239-2308-4bb5-a6bc-1040402fjb21"
LIST = pathlib.Path(__file__).with_name("tarball.txt")


@pytest.fixture(scope="module")
def tarball(tmp_path_factory):
    return build.build(tmp_path_factory.mktemp("first"))


def test_the_same_files_give_the_same_bytes(tarball, tmp_path):
    again = build.build(tmp_path)
    assert again.read_bytes() == tarball.read_bytes()


def test_the_digest_beside_it_is_its_own(tarball):
    digest, name = tarball.with_name(tarball.name + ".sha256").read_text(encoding="utf-8").split()
    assert (digest, name) == (hashlib.sha256(tarball.read_bytes()).hexdigest(), tarball.name)


def test_it_holds_exactly_the_files_of_the_committed_list(tarball):
    """`make tarball-list` writes the list anew: read what changed before you commit it."""
    assert build.files(tarball) == LIST.read_text(encoding="utf-8").splitlines()


def install(tarball, folder):
    """Install it there, as a user would; what follows finds no other copy of the collection."""
    galaxy(folder, "install", str(tarball), "-p", str(folder), "--offline")


def galaxy(folder, *arguments):
    command = [ansible.program("ansible-galaxy"), "collection", *arguments]
    subprocess.run(command, check=True, env=ansible.environment(folder, {}), stdin=subprocess.DEVNULL, timeout=120)


def test_ansible_galaxy_takes_it_and_finds_every_checksum_right(tarball, tmp_path):
    install(tarball, tmp_path)
    galaxy(tmp_path, "verify", "huaweicloud.drs", "-p", str(tmp_path), "--offline")


def test_modules_and_playbooks_need_only_four_folders(tarball, tmp_path):
    """The community's rule for collections: what a user runs works with everything else deleted."""
    install(tarball, tmp_path)
    for entry in tmp_path.joinpath("ansible_collections", "huaweicloud", "drs").iterdir():
        if entry.is_dir() and entry.name not in {"meta", "plugins", "roles", "playbooks"}:
            shutil.rmtree(entry)
        elif entry.is_file():
            entry.unlink()

    seed = {"jobs": [{"id": JOB, "name": "orders", "status": "CONFIGURATION"}]}
    with serve(Emulator(seed, clock="scaled", scale=50.0)) as server:
        service = Service(server, tmp_path)
        for playbook in ("status", "start", "pause", "resume", "stop", "delete"):
            played = service.play(playbook, {"drs_job_ids": JOB, "drs_confirm": True, "drs_wait_timeout": 600})
            assert played.exit_code == 0, played.output
        assert service.emulator.jobs[JOB].status == "DELETED"
