# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message about a run, sent to a real listener: when it is sent, what it says, what is made of one that fails, and that its address
is never shown."""

from __future__ import annotations

import json
import time

import pytest
import yaml
from ansible_collections.huaweicloud.drs.tests.docs.snippets import snippets
from ansible_collections.huaweicloud.drs.tests.roles import listener as listeners
from ansible_collections.huaweicloud.drs.tests.roles.jobs import ORDERS

BEGAN, ENDED = "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"
# How the playbooks of the verbs do it.
PLAY = """
- name: Hand over
  hosts: all
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Report, and send a message
      ansible.builtin.include_role:
        name: huaweicloud.drs.report
        tasks_from: hand_over
      when: folder | length > 0 or address | length > 0 or lookup('ansible.builtin.env', 'DRS_NOTIFY_URL') | length > 0
      vars:
        __report_run: "{{ made }}"
        __report_dir: "{{ folder }}"
        __report_notify_url: "{{ address }}"
        __report_notify_on: "{{ when_sent | default('') }}"

    # It is printed, and so must not hold the address.
    - name: Hand on what the role keeps of it, and the outcome
      ansible.builtin.set_stats:
        data: "{{ {inventory_hostname: {'kept': __report_sent | default({}), 'outcome': report_written.outcome}} }}"
        per_host: false
"""


@pytest.fixture
def listener():
    with listeners.listen() as listening:
        yield listening


def run(host, *, changed=True, failed=False, name="orders", **more):
    """A run of the playbook pause, as it hands it over."""
    job = {
        "id": ORDERS,
        "name": name,
        "state": "paused",
        "action": "pause" if changed else "none",
        "changed": changed,
        "outcome": "failed" if failed else "ok",
        "status_before": "INCRE_TRANSFER_STARTED" if changed else "PAUSING",
        "status": "INCRE_TRANSFER_STARTED" if failed else "PAUSING",
        "timeline": [],
    }
    result = {"jobs": [job], "changed": changed, "msg": "said", "summary": {"requested": 1, "changed": int(changed)}}
    problems = [{"step": "pause", "text": "1 job did not reach the state paused"}] if failed else []
    basis = {"role": "pause", "run": "r1", "host": host, "started_at": BEGAN, "ended_at": ENDED, "problems": problems}
    return {**basis, "steps": [{"name": "pause", "result": result}], **more}


def hand_over(drs, hosts, *options, **variables):
    """Hands over the run of each of these hosts, each with variables of its own."""
    own = {host: {"folder": "", "address": "", "made": run(host), **given} for host, given in hosts.items()}
    return drs.play(drs.tasks("play", PLAY), variables, "-i", drs.hosts(own), "--forks", "10", *options)


GOOD = "Pause, {}: succeeded. 1 job paused, 1 changed by this run."
SAME = "Pause, {}: succeeded. 1 job paused, nothing was changed."
BAD = (
    "Pause, {}: FAILED. 1 job replicating; 1 changed by this run; 1 job with a failure: orders ("
    + ORDERS
    + "); 1 job did not reach the state paused."
)


def test_when_it_is_sent_and_what_it_says(stage, listener):
    """Also from where the address comes: a variable, or else the environment."""
    drs = stage([])
    drs.environment["DRS_NOTIFY_URL"] = listener.address("200/canary/environment")
    hosts = {}
    for when in ("", "failure", "change", "always"):
        for kind, more in {"good": {}, "same": {"changed": False}, "bad": {"failed": True}}.items():
            name = f"{when or 'blank'}_{kind}"
            hosts[name] = {
                "when_sent": when,
                "address": listener.address(f"204/canary/{name}"),
                "made": run(name, **more),
            }
    (body,) = [snippet.text for snippet in snippets() if snippet.text.startswith("drs_notify_body:")]
    hosts["own_body"] = {
        **yaml.safe_load(body),
        "address": listener.address("202/canary/own_body"),
        "when_sent": "change",
    }
    hosts["own_text"] = {
        "drs_notify_body": "DRS: {{ report_written.sentence }}",
        "address": listener.address("201/canary/own_text"),
        "when_sent": "change",
    }
    hosts["environment"] = {"when_sent": "always"}
    hosts["written"] = {"when_sent": "always", "address": listener.address("200/canary/written"), "folder": "reports"}
    tricky = "<!channel> {{ 1 / 0 }} \"quoted\" 'both' \\ 日本 & more"
    hosts["tricky"] = {"when_sent": "always", "address": listener.address("200/canary/tricky"), "folder": "reports"}
    made = drs.tasks("made", json.dumps(run("tricky", failed=True, name=tricky)))
    # What a lookup gives is no template, as the results of modules are none.
    hosts["tricky"]["made"] = f"{{{{ lookup('ansible.builtin.file', '{made}') | from_json }}}}"
    done = hand_over(drs, hosts, "-vvvvv")
    assert done.exit_code == 0, done.output
    assert "canary" not in done.output
    expected = {}
    for when, kinds in {
        "blank": ["bad"],
        "failure": ["bad"],
        "change": ["good", "bad"],
        "always": ["good", "same", "bad"],
    }.items():
        for kind in kinds:
            name = f"{when}_{kind}"
            expected[f"/204/canary/{name}"] = {"text": {"good": GOOD, "same": SAME, "bad": BAD}[kind].format(name)}
    expected["/202/canary/own_body"] = {"summary": GOOD.format("own_body"), "severity": "ok"}
    expected["/201/canary/own_text"] = "DRS: 1 job paused, 1 changed by this run."
    expected["/200/canary/environment"] = {"text": GOOD.format("environment")}
    page = drs.folder.resolve() / "reports" / "pause-written-r1.html"
    expected["/200/canary/written"] = {"text": f"{GOOD.format('written')} Report: {page}"}
    shown = tricky.replace("<", "\u2039").replace(">", "\u203a")
    page = page.with_name("pause-tricky-r1.html")
    expected["/200/canary/tricky"] = {"text": f"{BAD.format('tricky').replace('orders', shown)} Report: {page}"}
    assert {message.path: message.body for message in listener.messages} == expected
    assert len(listener.messages) == len(expected)
    sent = {host for host, kept in done.stats.items() if kept["kept"]}
    assert sent == {path.rpartition("/")[2] for path in expected}
    assert {message.content_type for message in listener.messages} == {"application/json"}
    assert "canary" not in "".join(json.dumps(facts) + text for facts, text in drs.reports("reports"))
    assert {facts["host"] for facts, _page in drs.reports("reports")} == {"written", "tricky"}


def test_a_message_that_fails_is_a_warning(stage, listener):
    """Each address is wrong in another way. No word of it is shown, at the highest verbosity and with the arguments of tasks."""
    drs = stage([])
    drs.environment["ANSIBLE_DISPLAY_ARGS_TO_STDOUT"] = "true"
    addresses = {
        "error": (listener.address("500/canary"), "the answer was HTTP 500"),
        "gone": (listener.address("404/canary"), "the answer was HTTP 404"),
        "redirect": (listener.address("302/canary"), "the answer was HTTP 302"),
        "hangs": (listener.address("hangs/canary"), "no answer came in time"),
        "drips": (listener.address("drips/canary"), "no answer came in time"),
        "down": (f"http://127.0.0.1:{listeners.closed_port()}/canary", "Connection refused"),
        "no_host": ("http://canary.invalid/", "the host's name could not be resolved"),
        "no_tls": (listener.address("200/canary").replace("http:", "https:"), "no secure connection"),
        "no_scheme": ("canary", "the address is not valid"),
        "other_scheme": ("canary://127.0.0.1/", "the address is not valid"),
        "a_space": (listener.address("200/a canary"), "the address is not valid"),
        "no_port": ("http://127.0.0.1:canary/", "the address is not valid"),
    }
    hosts = {
        host: {"address": address, "when_sent": "always", "folder": "reports"}
        for host, (address, _why) in addresses.items()
    }
    bad_body = {
        "drs_notify_body": {"text": "{{ not_defined_anywhere }}"},
        "address": listener.address("200/canary/body"),
    }
    hosts["bad_body"] = {**hosts["error"], **bad_body}
    begun = time.monotonic()
    done = hand_over(drs, hosts, "-vvvvv")
    assert done.exit_code == 0, done.output
    assert time.monotonic() - begun < 90
    assert "canary" not in done.output
    for host, (_address, why) in addresses.items():
        words = f"WARNING: The message about this run was not sent, which does not change its outcome: {why}"
        assert done.stats[host]["kept"]["msg"].startswith(words), host
        assert done.stats[host]["outcome"] == "ok"
    page = drs.folder.resolve() / "reports" / "pause-bad_body-r1.html"
    # Before ansible-core 2.19, a value in which something is not defined counts as not given.
    unsent = done.stats["bad_body"]["kept"]["msg"].startswith("WARNING: ")
    assert listener.bodies("200/canary/body") == (
        [] if unsent else [{"text": f"{GOOD.format('bad_body')} Report: {page}"}]
    )
    assert listener.bodies("200/redirected") == []
    assert len(drs.reports("reports")) == len(hosts)
