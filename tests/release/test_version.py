# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One version everywhere, and the action group holds every module."""

from __future__ import annotations

import pathlib
import re
import subprocess

import yaml
from ansible_collections.huaweicloud.drs.plugins.module_utils._version import VERSION

ROOT = pathlib.Path(__file__).resolve().parents[2]


def loaded(name):
    return yaml.safe_load(ROOT.joinpath(name).read_text(encoding="utf-8"))


def test_galaxy_yml_and_the_code_name_the_same_version():
    assert loaded("galaxy.yml")["version"] == VERSION


def test_the_newest_release_of_the_changelog_is_this_version():
    newest = max(
        loaded("changelogs/changelog.yaml")["releases"], key=lambda text: [int(part) for part in text.split(".")]
    )
    assert newest == VERSION
    assert f"\nv{VERSION}\n" in ROOT.joinpath("CHANGELOG.rst").read_text(encoding="utf-8")


def test_the_action_group_holds_every_module_that_takes_its_options():
    """Which are all, but for those that are internal and ask the service for nothing: they would refuse a region."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob("plugins/modules/*.py")}
    group = {name for name, text in texts.items() if "\n  - huaweicloud.drs.connection\n" in text}
    assert set(loaded("meta/runtime.yml")["action_groups"]["drs"]) == group
    assert all("for internal use\n" in texts[name] for name in set(texts) - group)


def test_every_plugin_that_is_named_exists():
    """Also in playbooks that ansible-lint leaves out, such as those for projects of AWX."""
    names = {path.stem for folder in ("modules", "filter", "action") for path in ROOT.glob(f"plugins/{folder}/*.py")}
    names |= {path.name for path in ROOT.glob("roles/*")}
    names |= {path.stem for path in ROOT.glob("playbooks/*.yml")} | set(loaded("meta/runtime.yml")["action_groups"])
    written = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    files = [ROOT / name for name in written.split("\0") if name.endswith((".yml", ".rst", ".md", ".j2"))]
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in files
        if path.is_file() and not {"changelogs", "CHANGELOG.rst"} & set(path.relative_to(ROOT).parts)
        for name in re.findall(r"(?<!ansible_collections\.)\bhuaweicloud\.drs\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert {(path, name) for path, name in found if name not in names} == set()


def test_nothing_is_ignored_by_ansible_test():
    assert list(ROOT.glob("tests/sanity/*")) == []
    aliases = [
        line
        for path in ROOT.glob("tests/integration/targets/*/aliases")
        for line in path.read_text(encoding="utf-8").split()
    ]
    assert not {"disabled", "unsupported", "unstable"} & set(aliases)
