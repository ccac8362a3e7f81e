# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One window for many inventory hosts, each with jobs of its own: what goes wrong for one stays with it."""

from __future__ import annotations

import json

from ansible_collections.huaweicloud.drs.tests.roles.jobs import BILLING, ORDERS, RUNNING, jobs

WORK = """
- name: Change the schema
  ansible.builtin.fail:
    msg: the schema refused
  when: inventory_hostname == 'west'
"""


def test_a_window_for_two_hosts_at_once(stage):
    drs = stage(jobs(RUNNING, RUNNING))
    inventory = drs.inventory(f"[all]\neast drs_ids={ORDERS}\nwest drs_ids={BILLING}\n")
    run = drs.window("{{ drs_ids }}", drs.tasks("work", WORK), "-i", inventory, drs_hosts="all")
    assert run.exit_code == 2
    assert sorted(run.writes) == sorted(
        [("pause", ORDERS), ("pause", BILLING), ("resume", ORDERS), ("resume", BILLING)]
    )
    records = {host: json.loads((drs.state / f"{host}.json").read_text("utf-8")) for host in ("east", "west")}
    assert {host: list(record["before"]) for host, record in records.items()} == {"east": [ORDERS], "west": [BILLING]}
    assert run.stats["drs_window"] == records
    assert {facts["host"]: facts["outcome"] for facts, _page in drs.reports()} == {"east": "ok", "west": "failed"}
