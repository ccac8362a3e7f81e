# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fields of a job reach the user, and which do not: secrets above all."""

from __future__ import annotations

import json

import pytest
from ansible_collections.huaweicloud.drs.plugins.module_utils import _query
from ansible_collections.huaweicloud.drs.plugins.module_utils._allowlist import (
    DETAIL,
    PROGRESS,
    RPO_RTO,
    VALUE,
    Each,
    keep,
    masker,
)
from ansible_collections.huaweicloud.drs.plugins.module_utils._answers import READ, UNREADABLE, Reading
from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import Secrets
from ansible_collections.huaweicloud.drs.tests.unit.in_process import emulator, job_id, run
from hypothesis import given
from hypothesis import strategies as st

CANARY = "c4n4ry-0f-4-s3cr3t"
ID = job_id(0)
MASK = Secrets().mask

# The names that the vendor's SDK (3.1.219, v3) has for what is secret, and some that nobody has thought of yet.
SECRET_FIELDS = (
    "db_password",
    "full_trans_user_pwd",
    "increment_trans_user_pwd",
    "ssl_cert_key",
    "ssl_cert_password",
    "ssl_cert_check_sum",
    "ssl_cert_name",
    "kerberos_vo",
    "kafka_security_config",
)
KAFKA_FIELDS = (
    "trust_store_key",
    "trust_store_key_name",
    "trust_store_password",
    "key_store_key",
    "key_store_key_name",
    "key_store_password",
    "key_password",
    "sasl_mechanism",
)
ODD_FIELDS = (
    "dbPwd",
    "PASSWD",
    "x",
    "s3",
    "Api-Key",
    "credential",
    "token",
    "privateKey",
    "ca",
    "pfx",
    "auth",
    "comment",
)


def told(detail=None, status=None, **parts):
    """The item of a job with these rows."""
    parts = {
        part: Reading(READ, "INCRE_TRANSFER_STARTED", row=row)
        for part, row in dict(parts, detail=detail).items()
        if row
    }
    return _query.item(ID, Reading(READ, "INCRE_TRANSFER_STARTED", row=status), parts, MASK)


def fields(shape, path=()):
    """Every path of a table, with what stands there in a row that fills it."""
    if shape is VALUE:
        yield path
    elif isinstance(shape, list):
        yield from fields(shape[0], (*path, 0))
    else:
        for name, part in (("any", shape.shape),) if isinstance(shape, Each) else shape.items():
            yield from fields(part, (*path, name))


def filled(shape, value):
    if shape is VALUE:
        return value
    if isinstance(shape, list):
        return [filled(shape[0], value)]
    if isinstance(shape, Each):
        return {"any": filled(shape.shape, value)}
    return {name: filled(part, value) for name, part in shape.items()}


class TestKeep:
    @pytest.mark.parametrize("table", [DETAIL, PROGRESS, RPO_RTO])
    @pytest.mark.parametrize("value", ["text", "", 0, 7.5, True, False])
    def test_a_full_row_comes_through_whole(self, table, value):
        row = filled(table, value)
        assert keep(table, row, str) == row

    @pytest.mark.parametrize("table", [DETAIL, PROGRESS, RPO_RTO])
    def test_an_empty_row_has_every_key_and_null(self, table):
        assert keep(table, {}, str) == dict.fromkeys(table)

    @pytest.mark.parametrize("wrong", [None, [], ["text"], {"deep": "text"}, [{"deep": "text"}]])
    def test_something_else_in_the_place_of_a_value_is_null(self, wrong):
        assert keep(VALUE, wrong, str) is None

    @pytest.mark.parametrize("wrong", [None, "text", 7, True, []])
    def test_something_else_in_the_place_of_an_object_is_null(self, wrong):
        assert keep({"name": VALUE}, wrong, str) is None
        assert keep(Each(VALUE), wrong, str) is None

    @pytest.mark.parametrize("wrong", [None, "text", 7, {}])
    def test_something_else_in_the_place_of_a_list_is_null(self, wrong):
        assert keep([VALUE], wrong, str) is None


class TestSecrets:
    @pytest.mark.parametrize("field", SECRET_FIELDS + ODD_FIELDS)
    @pytest.mark.parametrize(
        "place", ["source_endpoint", "target_endpoint", "dmq_endpoint", "source_sharding", "inst_info"]
    )
    def test_of_an_endpoint(self, field, place):
        endpoint = {"ip": "192.0.2.1", field: CANARY}
        job = told({place: [endpoint] if place == "source_sharding" else endpoint})
        assert CANARY not in json.dumps(job)
        assert "192.0.2.1" in json.dumps(job)

    @pytest.mark.parametrize("field", KAFKA_FIELDS + ODD_FIELDS)
    @pytest.mark.parametrize("name", ["kafka_security_config", "kafkaSecurity", "kerberos_vo", "ip", "db_user"])
    def test_of_an_object_in_an_endpoint(self, field, name):
        row = {"source_endpoint": {name: {field: CANARY, "deeper": [{field: [CANARY]}]}}}
        assert CANARY not in json.dumps(told(row))

    @pytest.mark.parametrize("field", SECRET_FIELDS + KAFKA_FIELDS + ODD_FIELDS)
    def test_of_the_job_itself(self, field):
        row = {"id": ID, "incre_trans_delay": "0", field: CANARY}
        assert CANARY not in json.dumps(told(row, row, progress=row, rpo_rto=row))

    @pytest.mark.parametrize("field", SECRET_FIELDS + KAFKA_FIELDS)
    @pytest.mark.parametrize(
        "repeated",
        [
            lambda text: {"failed_reason": text},
            lambda text: {"source_endpoint": {"ip": text}},
            lambda text: {"tags": [{"key": "team", "value": text}]},
            lambda text: {"error_message": text},
        ],
        ids=["failed_reason", "an endpoint", "a tag", "the error"],
    )
    def test_that_a_text_repeats(self, field, repeated):
        row = {"target_endpoint": {"kafka": [{"a": {field: [CANARY]}}]}}
        row.update(repeated("Access denied for user, tried %s twice." % CANARY))
        detail = Reading(READ, "X", "C", row.get("error_message"), row=row)
        shown = json.dumps(_query.item(ID, Reading(READ, "X", row={}), {"detail": detail}, MASK))
        assert CANARY not in shown
        assert "Access denied for user, tried ******** twice." in shown

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("jdbc:mysql://db/x?user=a&password=hunter2&x=1", "jdbc:mysql://db/x?user=a&password=********&x=1"),
            ('{"db_password": "hunter2", "a": 1}', '{"db_password": "********", "a": 1}'),  # pragma: allowlist secret
            ("mongodb://root:hunter2@db/admin", "mongodb://root:********@db/admin"),  # pragma: allowlist secret
            ("PWD=hunter2;Timeout=5", "PWD=********;Timeout=5"),
            ("Access denied for user 'a' (using password: YES)", "Access denied for user 'a' (using password: YES)"),
            ("The password of the source is wrong.", "The password of the source is wrong."),
            ("http://192.0.2.1:3306/", "http://192.0.2.1:3306/"),
        ],
    )
    def test_that_only_a_text_holds(self, text, shown):
        assert told({"failed_reason": text})["detail"]["failed_reason"] == shown
        assert told(status={"description": text})["description"] == shown

    @pytest.mark.parametrize("name", ["db_password", "API-Key", "vault.token"])
    def test_of_a_tag(self, name):
        job = told({"tags": [{"key": name, "value": CANARY}, {"key": "team", "value": "orders"}]})
        assert job["detail"]["tags"] == [{"key": name, "value": "********"}, {"key": "team", "value": "orders"}]

    def test_too_short_to_be_told_from_other_words(self):
        row = {"source_endpoint": {"db_password": "mysql", "db_type": "mysql"}}  # pragma: allowlist secret
        assert told(row)["detail"]["source_endpoint"]["db_type"] == "mysql"

    def test_the_longer_of_two_that_begin_alike(self):
        mask = masker([{"a_token": CANARY, "b_token": CANARY + "-and-more", "c_token": CANARY[:8]}], MASK)
        assert mask("as %s-and-more" % CANARY) == "as ********"

    def test_of_one_job_do_not_change_another(self):
        mask = masker([{"db_password": CANARY}], MASK)
        assert mask("as " + CANARY) == "as ********"
        assert masker([{"db_type": CANARY}], MASK)("as " + CANARY) == "as " + CANARY

    def test_deep_down(self):
        row = {"source_endpoint": CANARY}
        for _level in range(5000):
            row = {"x": [row]}
        assert masker([row, {"secret": row}], MASK)("as " + CANARY) == "as ********"

    @pytest.mark.parametrize("status", ["INCRE_TRANSFER_STARTED", "INCRE_TRANSFER_FAILED"])
    @pytest.mark.parametrize("gather", [[], list(_query.PARTS)])
    def test_through_the_whole_module(self, status, gather):
        endpoint = {"ip": "192.0.2.1", "kafka_security_config": {"sasl": {"x": [CANARY]}}}
        endpoint.update(dict.fromkeys((*SECRET_FIELDS[:7], *ODD_FIELDS), CANARY))
        job = {"status": status, "source_endpoint": endpoint, "target_endpoint": endpoint}
        job["error_message"] = "Cannot log in with %s." % CANARY if gather else "Cannot log in."
        result = run(emulator([job]), _query, select={"type": ["sync"]}, gather=gather)
        assert CANARY not in json.dumps(result)
        assert result["jobs"][0]["status"] == status

    @pytest.mark.parametrize("endpoint", ["batch-status", "batch-detail"])
    def test_in_the_words_about_what_could_not_be_read(self, endpoint):
        service = emulator(["PAUSING"])
        refusal = {"status": 400, "error_code": "DRS.M00200", "error_msg": "refused: password=%s" % CANARY}
        service.fault({"match": {"endpoint": endpoint}, "effect": refusal})
        result = run(service, _query, job_ids=[ID], gather=["detail"])
        assert CANARY not in json.dumps(result)
        assert "password=********" in result["msg"]
        assert result["unread"][0]["error_msg"] == "refused: password=********"


LEAVES = st.just(CANARY) | st.integers() | st.none()
NAMES = st.text(min_size=1, max_size=6).map(lambda name: "~" + name)
JUNK = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=2) | st.dictionaries(NAMES, part, max_size=3), max_leaves=6
)
PLACES = sorted({path[:depth] for path in fields(DETAIL) for depth in range(len(path))}, key=str)


@given(st.sampled_from(PLACES), st.dictionaries(NAMES, JUNK, min_size=1, max_size=3))
def test_nothing_under_an_unknown_name_comes_through_at_any_depth(place, junk):
    row = filled(DETAIL, "told")
    part = row
    for step in place:
        part = part[step]
    if isinstance(part, list):
        part.append(junk)
    else:
        part.update(junk)
    detail = told(row)["detail"]
    assert CANARY not in json.dumps(detail)
    assert detail["source_endpoint"] == row["source_endpoint"] or place[:1] == ("source_endpoint",)


@given(
    st.sampled_from(sorted(fields(DETAIL), key=str)),
    st.lists(JUNK, max_size=2) | st.dictionaries(NAMES, JUNK, max_size=2),
)
def test_nothing_but_a_value_comes_through_in_the_place_of_a_value(path, junk):
    row = filled(DETAIL, "told")
    part = row
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = junk
    kept = told(row)["detail"]
    for step in path:
        kept = kept[step]
    assert kept is None


class TestItem:
    def test_has_the_same_keys_always(self):
        full = filled(DETAIL, "told")
        whole = told(full, {"name": "orders"}, progress=filled(PROGRESS, "1"), rpo_rto=filled(RPO_RTO, "1"))
        bare = _query.item(
            ID, Reading(UNREADABLE, msg="HTTP 500"), {"detail": Reading(UNREADABLE, msg="HTTP 500")}, MASK
        )
        assert list(whole) == list(bare)
        assert bare == {**dict.fromkeys(whole), "id": ID}

    @pytest.mark.parametrize(
        ("status", "detail", "engine"),
        [
            ({"engine_type": "mysql"}, {"inst_info": {"engine_type": "mysql-to-kafka"}}, "mysql"),
            ({}, {"inst_info": {"engine_type": "mysql-to-kafka"}}, "mysql-to-kafka"),
            ({}, {"inst_info": "gone"}, None),
            ({}, {"inst_info": {"engine_type": {"secret": CANARY}}}, None),
        ],
    )
    def test_the_engine_comes_from_where_it_is_told(self, status, detail, engine):
        assert told(detail, status)["engine_type"] == engine

    def test_the_list_is_believed_before_the_detail(self):
        job = told({"name": "of the detail", "db_use_type": "sync"}, {"name": "of the list"})
        assert (job["name"], job["type"]) == ("of the list", "sync")

    def test_what_could_not_be_read_is_not_the_jobs_own_error(self):
        job = _query.item(
            ID,
            Reading(READ, "PAUSING", row={}),
            {"detail": Reading(UNREADABLE, code="DRS.X", msg="no", row={"name": "a"})},
            MASK,
        )
        assert (job["error_code"], job["error_msg"], job["detail"], job["name"]) == (None, None, None, None)


class TestWords:
    @pytest.mark.parametrize(
        ("jobs", "missing", "words"),
        [(0, 0, "0 jobs read"), (1, 0, "1 job read"), (2, 1, "2 jobs read, 1 not known to the service")],
    )
    def test_all_is_well(self, jobs, missing, words):
        assert _query.in_words([{}] * jobs, [ID] * missing, []) == words

    def test_jobs_of_one_reason_are_named_together(self):
        down = Reading(UNREADABLE, msg="HTTP 503: down.")
        troubles = [_query.Trouble("detail", down, job_id(number)) for number in range(3)]
        troubles.append(_query.Trouble("list", Reading(UNREADABLE), type="sync"))
        assert _query.in_words([{}], [], troubles) == (
            "Not everything could be read: detail of %s and 2 more: HTTP 503: down; list of type sync: no reason was given. "
            "1 job read, not all of it whole" % ID
        )
