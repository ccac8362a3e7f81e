# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection awx.awx, out of the package ansible, which carries it. Fetched once and kept in the checkout's .cache."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import zipfile

from ansible_collections.huaweicloud.drs.tests.demo.ansible import ROOT

_PACKAGE = "ansible==13.8.0"  # the last line of releases that carries awx.awx; it has 24.6.1
_TREE = ROOT / ".cache" / f"awx-{_PACKAGE.rpartition('=')[2]}"


def tree() -> pathlib.Path:
    """A folder that holds ansible_collections/awx/awx."""
    if not _TREE.exists():
        _TREE.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_TREE.parent) as work:
            # The package wants a newer Python than some that this is run on; of this part nothing depends on it.
            options = ["--no-deps", "--only-binary=:all:", "--python-version", "3.12", "--dest", work]
            command = [sys.executable, "-m", "pip", "download", "--quiet", *options, _PACKAGE]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=300)
            (wheel,) = pathlib.Path(work).glob("ansible-*.whl")
            part = pathlib.Path(work, "tree")
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(
                    part, [name for name in packed.namelist() if name.startswith("ansible_collections/awx/")]
                )
            _keep(part)
    return _TREE


def _keep(part: pathlib.Path) -> None:
    """Move it into place, where no other process was faster."""
    try:
        part.rename(_TREE)
    except OSError:
        if not _TREE.exists():
            raise
