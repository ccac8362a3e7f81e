# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fields of the service's answers about a job reach the user: only those named here. Pure.

Private to this collection.

A job's detail holds the secrets of its databases: passwords, keys, certificates, Kafka's security. None of them has a
field here, nor has any object that these tables do not know, so that a secret which the service adds later stays behind
too. Where a text that comes through repeats a secret of its own job, it is masked.

Sources: QueryJobResp, QueryProgressResp and QueryRpoAndRtoResp of the vendor's SDK (huaweicloudsdkdrs 3.1.219, v3).
"""

from __future__ import annotations

import functools
import math
import re
import typing as t
from collections.abc import Callable, Iterable, Mapping

from ansible_collections.huaweicloud.drs.plugins.module_utils._secrets import MASK, SHORTEST_SECRET

# A text, a number, true or false; anything else in its place is given back as null.
VALUE = "value"


class Each(t.NamedTuple):
    """An object with keys of any name, each with a value of this shape."""

    shape: t.Any


def _values(names: str) -> dict[str, t.Any]:
    return dict.fromkeys(names.split(), VALUE)


_ENDPOINT = _values(
    "db_type db_name db_user db_port ip inst_id inst_name region az_code project_id vpc_id subnet_id security_group_id "
    "ssl_link mongo_ha_mode safe_mode topic cluster_mode"
)
# Left out beside secrets: what stands in the job itself, the objects that are migrated and their transformations (they
# may be thousands, and have calls of their own), and the addresses that alarms go to.
DETAIL: dict[str, t.Any] = {
    "parent_id": VALUE,
    "master_job_id": VALUE,
    "inherit_id": VALUE,
    **_values("create_time actual_start_time full_transfer_complete_time update_time"),
    "failed_reason": VALUE,
    "source_endpoint": _ENDPOINT,
    "target_endpoint": _ENDPOINT,
    "dmq_endpoint": _ENDPOINT,
    "source_sharding": [_ENDPOINT],
    "target_root_db": _values("db_name db_encoding"),
    "inst_info": _values("engine_type inst_type ip public_ip start_time status volume_size"),
    "period_order": _values("order_id status charging_mode period_type period_num is_auto_renew eff_time exp_time"),
    "speed_limit": [_values("begin end speed is_utc")],
    "public_ip_list": [_values("id public_ip type")],
    "tags": [_values("key value")],
    **_values("az_code az_name master_az slave_az is_multi_az vpc_id subnet_id security_group_id"),
    **_values("support_ip_v6 bind_public_ip_state node_num node_role multi_write schema_type sync_mode full_mode"),
    **_values("original_job_direction job_kernel_direction need_restart is_target_readonly"),
    **_values("conflict_policy filter_ddl_policy object_switch is_open_fast_clean"),
    **_values("struct_trans index_trans replace_definer migrate_user sync_database gtid incre_start_position"),
}
PROGRESS: dict[str, t.Any] = {
    **_values(
        "progress incre_trans_delay incre_trans_delay_millis task_mode transfer_status process_time remaining_time"
    ),
    **_values("apply_rows_rate apply_bytes_rate error_code error_msg"),
    "progress_map": Each(_values("completed remaining_time")),
}
_OBJECTIVE = _values("delay time check_point gtid_set")
RPO_RTO: dict[str, t.Any] = {"rpo_info": _OBJECTIVE, "rto_info": _OBJECTIVE, **_values("error_code error_msg")}

# A name with one of these in it, separators aside, is that of a secret: db_password, full_trans_user_pwd, ssl_cert_key.
_SECRET_NAME = re.compile(
    r"pass|pwd|secret|token|credential|cert|privatekey|accesskey|apikey|storekey|keytab|krb5|kerberos|jaas|sasl"
    r"|kafkasecurity"
)


def keep(shape: t.Any, value: t.Any, mask: Callable[[str], str]) -> t.Any:
    """The value with just the fields of the shape, each of them, null where the service tells nothing that fits."""
    if isinstance(shape, Each):
        return (
            {mask(str(key)): keep(shape.shape, part, mask) for key, part in value.items()}
            if isinstance(value, dict)
            else None
        )
    if isinstance(shape, dict):
        return (
            {name: keep(part, value.get(name), mask) for name, part in shape.items()}
            if isinstance(value, dict)
            else None
        )
    if isinstance(shape, list):
        return [keep(shape[0], part, mask) for part in value] if isinstance(value, list) else None
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (bool, int, float)) else None


def masker(rows: Iterable[t.Any], mask: Callable[[str], str]) -> Callable[[str], str]:
    """What masks, in a text about a job, the secrets of the service's rows for it, and then all that mask() does."""
    secrets = sorted({secret for row in rows for secret in _secrets_of(row)}, key=len, reverse=True)
    if not secrets:
        return mask
    known = re.compile("|".join(map(re.escape, secrets)))
    return lambda text: mask(known.sub(MASK, text))


def _secrets_of(row: t.Any) -> Iterable[str]:
    """Every text under the name of a secret, however deep, and long enough not to mask half of the rest."""
    todo: list[tuple[bool, t.Any]] = [(False, row)]
    while todo:
        secret, value = todo.pop()
        if isinstance(value, Mapping):
            # A tag is an object with a key and a value.
            tag = _is_secret(value.get("key")) or _is_secret(value.get("name"))
            todo += [(secret or _is_secret(name) or (tag and name == "value"), part) for name, part in value.items()]
        elif isinstance(value, list):
            todo += [(secret, part) for part in value]
        elif secret and isinstance(value, str) and len(value) >= SHORTEST_SECRET:
            yield value


def _is_secret(name: t.Any) -> bool:
    return isinstance(name, str) and _names_a_secret(name)


@functools.lru_cache(maxsize=1024)
def _names_a_secret(name: str) -> bool:
    """Kept, since all jobs have fields of the same few names."""
    return _SECRET_NAME.search(re.sub(r"[^a-z0-9]", "", name.lower())) is not None
