# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of drs_job_info against what it takes and what it gives."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.huaweicloud.drs.plugins.module_utils import _allowlist, _query
from ansible_collections.huaweicloud.drs.plugins.modules import drs_job_info
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run

DOCUMENTED = yaml.safe_load(drs_job_info.RETURN)
TYPES = {"str": str, "int": int, "bool": bool, "float": float, "dict": dict, "list": list}


def compare(documented, given, where):
    """Every key that is given is documented with its type, and every one that is documented is given. Null is of any type."""
    assert set(documented) == set(given), where
    for name, value in given.items():
        entry, place = documented[name], "%s.%s" % (where, name)
        if value is None:
            continue
        assert isinstance(value, TYPES[entry["type"]]), place
        parts = value if entry["type"] == "list" else [value]
        if entry["type"] == "list":
            assert all(isinstance(part, TYPES[entry["elements"]]) for part in parts), place
        for part in parts if "contains" in entry else ():
            compare(entry["contains"], part, place)


def outcomes():
    jobs = [{"status": "INCRE_TRANSFER_STARTED", "tags": [{"key": "team", "value": "orders"}]}, "INCRE_TRANSFER_FAILED"]
    ids = [job_id(0), job_id(1), job_id(9)]
    yield "ids", run(emulator(jobs), _query, job_ids=ids)
    yield "ids, everything", run(emulator(jobs), _query, job_ids=ids, gather=list(_query.PARTS))
    yield "a list, everything", run(emulator(jobs), _query, gather=list(_query.PARTS))
    yield "check mode", run(emulator(jobs), _query, check=True, gather=list(_query.PARTS))
    yield "no ids", run(emulator(jobs), _query, job_ids=[])
    yield "bad input", run(emulator(jobs), _query, job_ids=["no-id"])
    broken = emulator(jobs)
    broken.fault({"match": {"endpoint": ["batch-detail", "list"]}, "effect": {"status": 500}})
    yield "a failure for some", run(broken, _query, job_ids=ids, gather=list(_query.PARTS), max_retries=0)
    yield "no list", run(broken, _query, max_retries=0)


@pytest.mark.parametrize(("case", "result"), list(outcomes()))
def test_return_is_what_is_returned(case, result):
    result = {key: value for key, value in result.items() if key not in ("failed", "changed", "warnings")}
    compare(DOCUMENTED, result, case)


def names(shape):
    if isinstance(shape, list):
        return names(shape[0])
    return {name: names(part) for name, part in shape.items()} if isinstance(shape, dict) else None


def documented_names(entry):
    return {name: documented_names(part) for name, part in entry["contains"].items()} if "contains" in entry else None


@pytest.mark.parametrize(
    ("part", "table"),
    [("detail", _allowlist.DETAIL), ("progress", _allowlist.PROGRESS), ("rpo_rto", _allowlist.RPO_RTO)],
)
def test_every_field_that_comes_through_is_documented(part, table):
    assert documented_names(DOCUMENTED["jobs"]["contains"][part]) == names(table)


def test_the_examples_use_options_that_there_are():
    tasks = yaml.safe_load(drs_job_info.EXAMPLES)
    own = [task["huaweicloud.drs.drs_job_info"] for task in tasks if "huaweicloud.drs.drs_job_info" in task]
    assert len(own) == 5
    for options in own:
        result = run(emulator(), _query, **options)
        assert "Unsupported" not in result["msg"]
        assert not result["failed"]
