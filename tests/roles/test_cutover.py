# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cutover: nothing is stopped before every job has caught up, and the writers come back where that does not happen."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.roles.jobs import (
    BILLING,
    ENDED,
    ORDERS,
    PAUSED,
    RUNNING,
    UNKNOWN,
    jobs,
    jobs_of,
)

NOTE = """
- name: {name}
  ansible.builtin.copy:
    content: {name}
    dest: "{folder}/{name}-{{{{ inventory_hostname }}}}"
    mode: "0600"
"""


def cut_over(drs, *options, hosts=None, ids=(ORDERS,), **variables):
    """Cuts over these jobs, or those that each of these inventory hosts has in its variables."""
    hooks = {
        f"cutover_{name}_tasks": drs.tasks(name, NOTE.format(name=name, folder=drs.folder))
        for name in ("quiesce", "rollback")
    }
    basis = {"cutover_lag_timeout": "8", **hooks}
    answers = {"cutover_wait_interval": "1", "cutover_report_dir": str(drs.folder / "reports"), **variables}
    if hosts is None:
        return drs.play("cutover", {"drs_job_ids": list(ids), **basis, **answers}, *options)
    inventory = drs.hosts({host: {**basis, **theirs} for host, theirs in hosts.items()})
    return drs.play("cutover", {"drs_hosts": "all", **answers}, "-i", inventory, *options)


def ran(drs, name, host="localhost"):
    return (drs.folder / f"{name}-{host}").exists()


def said(drs, host):
    """What went wrong for a host, by its report."""
    return "; ".join(problem["text"] for problem in drs.report_of(host, "reports")[0]["problems"])


def progress_reads(run):
    return len([entry for entry in run.requests if entry.endpoint == "batch-progress"])


def test_the_good_case(stage):
    # Reads of the lag: not known, too far, near, near, not known again, near three times, and then none three times.
    lag = ["-1", "30", "5", "5", None, "9", "8", "7", "0", "0", "0"]
    drs = stage(jobs({"status": RUNNING, "lag": lag}, ENDED))
    run = cut_over(drs, ids=(ORDERS, BILLING), cutover_delete="yes", cutover_lag_timeout="60")
    assert run.exit_code == 0, run.output
    assert run.writes[0] == ("terminate", ORDERS)
    assert sorted(run.writes[1:]) == sorted([("delete", ORDERS), ("delete", BILLING)])
    assert progress_reads(run) == len(lag)
    assert (ran(drs, "quiesce"), ran(drs, "rollback")) == (True, False)
    ((facts, page),) = drs.reports("reports")
    assert (facts["outcome"], facts["asked"]["delete"]) == ("ok", True)
    assert BILLING in facts["warnings"][0]
    assert "DELETED" in page


def test_nothing_is_stopped(stage):
    """Each host has a reason why nothing is sent; the last one has none to send anything, and does well."""
    seeds, ids = jobs_of(
        {
            "paused": [PAUSED],
            "unknown": [RUNNING],
            "none": [],
            "no_tasks": [RUNNING],
            "lag_unknown": [RUNNING, {"status": RUNNING, "lag": "unknown"}],
            "far_behind": [RUNNING, {"status": RUNNING, "lag": 11}],
            "ended": [ENDED],
        }
    )
    drs = stage(seeds)
    hosts = {host: {"drs_job_ids": theirs, "cutover_lag_timeout": "2"} for host, theirs in ids.items()}
    hosts["unknown"]["drs_job_ids"] = [*ids["unknown"], UNKNOWN]
    hosts["none"]["drs_job_ids"] = ""
    hosts["no_tasks"]["cutover_rollback_tasks"] = "gone.yml"
    run = cut_over(drs, hosts=hosts)
    assert (run.exit_code, run.asked_to_write) == (2, []), run.output
    assert f"{ids['paused'][0]} is PAUSING" in said(drs, "paused")
    assert f"does not know these jobs, and nothing was sent: {UNKNOWN}" in said(drs, "unknown")
    assert "names no job" in said(drs, "none")
    assert "cannot be read" in said(drs, "no_tasks")
    for host in ("lag_unknown", "far_behind"):
        assert f"none was stopped: {ids[host][1]}" in said(drs, host)
    for host in hosts:
        assert (ran(drs, "quiesce", host), ran(drs, "rollback", host)) == (False, False), host
        outcome = "ok" if host == "ended" else "failed"
        assert drs.report_of(host, "reports")[0]["outcome"] == outcome
        assert run.stats["drs_cutover"][host]["outcome"] == outcome
        assert run.failures[host] == (host != "ended")


def test_once_the_writers_are_stopped(stage):
    """They are let in again where the lag does not fall, and stay out once a stop was asked for."""
    seeds, ids = jobs_of(
        {
            "stuck": [{"status": RUNNING, "lag": "3"}],
            "no_hook": [{"status": RUNNING, "lag": "3"}],
            "does_not_end": [RUNNING, {"status": RUNNING, "fails": {"terminate": "RELEASE_RESOURCE_FAILED"}}],
        }
    )
    drs = stage(seeds)
    hosts = {host: {"drs_job_ids": theirs, "cutover_lag_timeout": "4"} for host, theirs in ids.items()}
    hosts["no_hook"]["cutover_rollback_tasks"] = ""
    run = cut_over(drs, hosts=hosts, cutover_delete=True)
    assert run.exit_code == 2, run.output
    assert run.failures == dict.fromkeys(hosts, 1)
    assert {host: (ran(drs, "quiesce", host), ran(drs, "rollback", host)) for host in hosts} == {
        "stuck": (True, True),
        "no_hook": (True, False),
        "does_not_end": (True, False),
    }
    for host in ("stuck", "no_hook"):
        assert f"none was stopped: {ids[host][0]} is 3 s behind, more than 0 s" in said(drs, host)
    assert "The writers are stopped, and cutover_rollback_tasks names no tasks" in said(drs, "no_hook")
    ended, unended = ids["does_not_end"]
    assert sorted(run.writes) == sorted([("terminate", ended), ("terminate", unended)])
    facts = drs.report_of("does_not_end", "reports")[0]
    assert [(job["id"], job["failed"]) for job in facts["jobs"]] == [(ended, False), (unended, True)]


def test_check_mode_sends_nothing_and_does_not_wait(stage):
    seeds, ids = jobs_of({"behind": [{"status": RUNNING, "lag": "99"}], "ended": [ENDED]})
    drs = stage(seeds)
    hosts = {host: {"drs_job_ids": theirs, "cutover_lag_timeout": "600"} for host, theirs in ids.items()}
    run = cut_over(drs, "--check", hosts=hosts, cutover_delete="true")
    assert (run.exit_code, run.asked_to_write) == (0, []), run.output
    assert "99 s behind" in run.output
    assert progress_reads(run) == 1
    assert not any(ran(drs, "quiesce", host) for host in hosts)
    assert not (drs.folder / "reports").exists()
