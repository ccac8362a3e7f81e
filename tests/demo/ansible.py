# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook on this collection, against an emulator: which program, and in which environment."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
_WAYS_IN = ("HW_", "HUAWEICLOUD_", "OS_", "ANSIBLE_")


def program(name: str = "ansible-playbook") -> str:
    """The program of the environment that this Python belongs to, or else the first in PATH.

    FileNotFoundError where there is none.
    """
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
    found = shutil.which(name, path=path)
    if not found:
        raise FileNotFoundError(f"{name} is not installed: pip install ansible-core")
    return found


def link_collection(folder: pathlib.Path) -> None:
    """Makes folder a tree in which ansible-core finds this checkout as huaweicloud.drs, whatever it is called."""
    namespace = folder / "ansible_collections" / "huaweicloud"
    namespace.mkdir(parents=True)
    (namespace / "drs").symlink_to(ROOT, target_is_directory=True)


def environment(folder: pathlib.Path, way_in: dict[str, str]) -> dict[str, str]:
    """The variables of a run that sees this collection and this way in, and nothing of the user's own.

    folder holds the run's files.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_WAYS_IN)}
    config = folder / "ansible.cfg"
    config.touch()
    return (
        kept
        | way_in
        | {
            "ANSIBLE_CONFIG": str(config),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
            "ANSIBLE_NOCOWS": "true",
        }
    )
