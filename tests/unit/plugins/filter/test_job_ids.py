# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people type into a survey's text area, and what comes out as ids."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.drs.plugins.filter.job_ids import FilterModule

job_ids = FilterModule().filters()["job_ids"]

ONE = "9a470239-2308-4bb5-a6bc-1040402fjb21"
TWO = "dbb8127c-b093-4b94-b764-7161e151jb2s"


@pytest.mark.parametrize(
    "given",
    [
        [ONE, TWO],
        (ONE, TWO),
        [f" {ONE}\t", f"{TWO}\n"],
        [f"{ONE},{TWO}"],
        f"{ONE},{TWO}",
        f"{ONE} {TWO}",
        f"\n{ONE}\r\n{TWO}\r\n",
        f" ,{ONE} , ,\t{TWO},",
        f"{ONE}\u00a0{TWO}",
        [ONE, TWO, ONE],
    ],
)
def test_one_list_whatever_was_typed(given):
    assert job_ids(given) == [ONE, TWO]


@pytest.mark.parametrize("given", [None, "", " \n,", [], [""], [" ", ","]])
def test_nothing_typed_is_an_empty_list(given):
    assert job_ids(given) == []


def test_a_malformed_id_is_left_for_the_module_to_refuse_by_name():
    assert job_ids("not-an-id;") == ["not-an-id;"]


@pytest.mark.parametrize("given", [7, True, {"job_id": ONE}, [7], [[ONE]], [None], b"bytes"])
def test_other_types_are_refused(given):
    with pytest.raises(AnsibleFilterError, match=r"job ids? (are|is) a"):
        job_ids(given)
