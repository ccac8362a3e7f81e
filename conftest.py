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

ROOT = pathlib.Path(__file__).resolve().parent


def make_tree() -> pathlib.Path:
    """A new temporary folder that holds ansible_collections/huaweicloud/drs, a link to the checkout."""
    tree = pathlib.Path(tempfile.mkdtemp(prefix="drs-collection-"))
    namespace = tree / "ansible_collections" / "huaweicloud"
    namespace.mkdir(parents=True)
    (namespace / "drs").symlink_to(ROOT, target_is_directory=True)
    return tree


def pytest_configure(config) -> None:
    if "ansible_collections" in sys.modules:
        return
    # Imported here: ansible-test has its own loader, and no plain ansible-core need be there.
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    tree = make_tree()
    config.add_cleanup(lambda: shutil.rmtree(tree, ignore_errors=True))
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(tree)
    _AnsibleCollectionFinder(paths=[str(tree)])._install()
