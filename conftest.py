# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkout importable as ansible_collections.huaweicloud.drs, whatever its folder is called.

Plain pytest gets a temporary tree with a link to the checkout and ansible-core's own import machinery over it; ansible-playbook,
started by a test, finds the same tree by ANSIBLE_COLLECTIONS_PATH. Under ansible-test both are there already, and this does nothing.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

ROOT = pathlib.Path(__file__).resolve().parent


def make_importable() -> pathlib.Path:
    """Install ansible-core's loader over a new temporary tree, for this process and for those that it starts; return the tree."""
    # Imported here: under ansible-test no ansible-core of this name need be there.
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    tree = pathlib.Path(tempfile.mkdtemp(prefix="drs-collection-"))
    namespace = tree / "ansible_collections" / "huaweicloud"
    namespace.mkdir(parents=True)
    (namespace / "drs").symlink_to(ROOT, target_is_directory=True)
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(tree)
    _AnsibleCollectionFinder(paths=[str(tree)])._install()
    return tree


def keep_bytecode(tree: pathlib.Path) -> None:
    """Have the modules of the playbooks that the tests run compiled once, and not for each task: see tests/bytecode."""
    if "DRS_TEST_BYTECODE" in os.environ:  # a worker of xdist shares what the process that started it has
        return
    folder = tree / "bytecode"
    folder.mkdir(mode=0o700)
    os.environ["DRS_TEST_BYTECODE"] = str(folder)
    found = [str(ROOT / "tests" / "bytecode"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(found)


# At once, and not in a hook: the conftest files below import the collection before any hook is called.
TREE = None if "ansible_collections" in sys.modules else make_importable()
if TREE:
    keep_bytecode(TREE)


# The same examples in every run, and no verdict on how fast the machine is. DRS_EXPLORE=1 tries other examples each time.
settings.register_profile(
    "units",
    database=None,
    deadline=None,
    derandomize="DRS_EXPLORE" not in os.environ,
    # differing_executors: mutmut runs the tests many times in one process.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
settings.load_profile("units")


@pytest.fixture
def short_path() -> Iterator[pathlib.Path]:
    """A folder for a run whose TMPDIR it is.

    ansible-core 2.21 makes a socket there, and the path of a socket has at most 107 characters.
    """
    with tempfile.TemporaryDirectory(prefix="drs-", ignore_cleanup_errors=True) as path:
        yield pathlib.Path(path)


def pytest_unconfigure() -> None:
    if TREE:
        shutil.rmtree(TREE, ignore_errors=True)
