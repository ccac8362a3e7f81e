# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: whole, private, and nothing else in the folder, whatever happens."""

from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.huaweicloud.drs.plugins.modules import report_files
from ansible_collections.huaweicloud.drs.tests.unit.in_process import Ended, FakeModule

FILES = {"a.json": "{}", "a.html": "<p>\u65e5\u672c</p>\n"}


def written(folder, files=None, check=False):
    params = {"folder": str(folder), "files": FILES if files is None else files}
    module = FakeModule(report_files.MODULE_OPTIONS, params, check)
    with pytest.raises(Ended) as ended:
        report_files.run(module)
    return ended.value.result


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folder_are_private(tmp_path):
    folder = tmp_path / "new" / "reports"
    result = written(folder)
    assert result["changed"]
    assert not result["failed"]
    assert result["paths"] == [str(folder / name) for name in FILES]
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == {
        "a.json": "{}\n",
        "a.html": FILES["a.html"],
    }
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert mode(folder) == 0o700


def test_a_file_is_replaced(tmp_path):
    (tmp_path / "a.json").write_text("old", "utf-8")
    (tmp_path / "a.json").chmod(0o644)
    written(tmp_path)
    assert (tmp_path / "a.json").read_text("utf-8") == "{}\n"
    assert mode(tmp_path / "a.json") == 0o600


def test_in_check_mode_nothing_is_written(tmp_path):
    result = written(tmp_path / "new", check=True)
    assert (result["changed"], result["failed"]) == (True, False)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a", "../a"])
def test_a_name_is_of_a_file_in_the_folder(tmp_path, name):
    result = written(tmp_path / "new", {name: "x"})
    assert result["failed"]
    assert result["msg"] == f"'{name}' is not a valid name of a file"
    assert not (tmp_path / "new").exists()


def test_a_disk_that_is_full(tmp_path, monkeypatch):
    def replace(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report_files.os, "replace", replace)
    result = written(tmp_path)
    assert result["failed"]
    assert result["msg"] == f"The report could not be written into {tmp_path}: No space left on device"
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "reports").write_text("", "utf-8")
    result = written(tmp_path / "reports")
    assert result["failed"]
    assert result["msg"] == f"The report could not be written into {tmp_path / 'reports'}: File exists"
