# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file may import which: every arrow points down, none goes round, and the emulator stands alone."""

from __future__ import annotations

import ast
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = "ansible_collections.huaweicloud.drs."

# Each file of module_utils with those that it may import, which are all above it in this table.
MODULE_UTILS = {
    "_version": "",
    "_clock": "",
    "_message": "",
    "_secrets": "",
    "_session": "",
    "_signature": "",
    "_answers": "",
    "_lifecycle": "",
    "_progress": "_clock",
    "_window": "_clock",
    "_allowlist": "_secrets",
    "_credentials": "_message _secrets _signature",
    "_endpoints": "_credentials _secrets",
    "_auth": "_clock _credentials _endpoints _message _secrets",
    "_http": "_auth _clock _endpoints _message _secrets _session",
    "_api": "_answers _auth _credentials _http _lifecycle _message",
    "_reconcile": "_answers _lifecycle",
    "_job": "_clock _lifecycle _reconcile",
    "_selection": "_answers _lifecycle",
    "_guards": "",
    "_job_options": "_clock _job _lifecycle _selection",
    "_result": "_job _lifecycle",
    "_pause_record": "_job_options",
    "_convergence": "_answers _api _clock _guards _job _reconcile",
    "_module": "_api _auth _clock _credentials _endpoints _http _secrets _version",
    "_patience": "_answers _clock _module _reconcile",
    "_lists": "_answers _api _module _patience _selection",
    "_batch": "_convergence _endpoints _guards _job _job_options _lifecycle _lists _module _progress _reconcile _result "
    "_selection",
    "_maintenance": "_clock _convergence _credentials _endpoints _http _job _job_options _lifecycle _lists _module "
    "_pause_record _progress _reconcile _result _selection _version _window",
    "_query": "_allowlist _answers _api _endpoints _job_options _lifecycle _lists _module _patience _reconcile _selection",
    "_waiting": "_answers _api _clock _endpoints _job _job_options _lifecycle _lists _module _progress _reconcile _result "
    "_selection",
}
MODULES = {
    "drs_job_batch": "_batch _module",
    "drs_job_info": "_module _query",
    "drs_job_wait": "_module _waiting",
    "drs_maintenance": "_maintenance _module",
    "report_files": "",
}
# What runs on the controller may use what is pure.
PURE = {"_clock", "_job_options", "_lifecycle", "_secrets", "_window"}


def imported_by(path):
    """The full names of the modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # "from package import name" may import a module of this name.
            names |= {"." * node.level + (node.module or "")}
            names |= {"%s%s.%s" % ("." * node.level, node.module or "", alias.name) for alias in node.names}
    return names


def utils_of(path):
    """The files of module_utils that a file imports."""
    inside = PREFIX + "plugins.module_utils."
    parts = {name[len(inside) :].split(".")[0] for name in imported_by(path) if name.startswith(inside)}
    return {part for part in parts if (ROOT / "plugins" / "module_utils" / (part + ".py")).is_file()}


def python_files(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def test_module_utils_import_what_the_table_names_and_no_more():
    found = {path.stem: utils_of(path) for path in python_files("plugins/module_utils")}
    assert found == {name: set(below.split()) for name, below in MODULE_UTILS.items()}


def test_the_table_goes_down():
    names = list(MODULE_UTILS)
    for name, below in MODULE_UTILS.items():
        assert set(below.split()) <= set(names[: names.index(name)]), name


def test_modules_are_thin():
    found = {path.stem: utils_of(path) for path in python_files("plugins/modules")}
    assert found == {name: set(below.split()) for name, below in MODULES.items()}


def test_what_runs_on_the_controller_imports_what_is_pure():
    for folder in ("plugins/action", "plugins/filter", "plugins/plugin_utils"):
        for path in python_files(folder):
            assert utils_of(path) <= PURE, path


def test_nothing_in_module_utils_imports_from_elsewhere_in_the_collection():
    for path in python_files("plugins/module_utils"):
        inside = {name for name in imported_by(path) if name.startswith(PREFIX)}
        assert all(name.startswith(PREFIX + "plugins.module_utils") for name in inside), path
        assert not [name for name in imported_by(path) if name.startswith(".")], path


def test_the_emulator_and_the_plugins_do_not_import_each_other():
    for path in python_files("tests/emulator"):
        assert not [name for name in imported_by(path) if name.startswith(("ansible", PREFIX + "plugins"))], path
    for path in python_files("plugins"):
        assert not [name for name in imported_by(path) if name.startswith(PREFIX + "tests")], path
