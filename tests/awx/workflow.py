# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How AWX runs a workflow: which nodes, how it ends, and which variables a node's job gets. Pure functions.

Sources: AWX after release 24.6.1, awx/main/scheduler/dag_workflow.py (which nodes, and how it ends), awx/main/scheduler/task_manager.py
(a workflow that is cancelled), awx/main/models/workflow.py, WorkflowJobNode.get_job_kwargs (variables), awx/api/views/__init__.py,
WorkflowJobTemplateNodeChildrenBaseList (edges that are refused).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.huaweicloud.drs.tests.awx import rules

EDGES = ("success_nodes", "failure_nodes", "always_nodes")


class Ended(NamedTuple):
    """What became of a workflow: the nodes that ran, in order, and its status."""

    nodes: list[str]
    status: str


def edges(nodes: list[Any]) -> list[tuple[str, str, str]]:
    """Parent, kind of the edge and child, of nodes as awx.awx.workflow_job_template has them."""
    return [
        (node["identifier"], edge, child["identifier"])
        for node in nodes
        for edge, children in node.get("related", {}).items()
        for child in children
    ]


def run(nodes: list[Any], statuses: Mapping[str, str], cancelled_at: str = "") -> Ended:
    """Run the nodes; those that statuses does not name are successful. The workflow is cancelled while cancelled_at runs.

    A node runs once all of its parents have ended or been left out, and one of them leads to it. error and canceled lead where failed
    does. The workflow fails with a bad node after which nothing could run. Of a cancelled one no other node runs, whatever edges there are.
    """
    among = edges(nodes)
    left_out: set[str] = set()
    ended: dict[str, str] = {}
    waiting = [node["identifier"] for node in nodes]
    while waiting:
        for name in waiting:
            parents = {parent for parent, _edge, child in among if child == name}
            if parents <= {*ended, *left_out}:
                break
        waiting.remove(name)
        if parents and not any(
            parent in ended and _leads(edge, ended[parent]) for parent, edge, child in among if child == name
        ):
            left_out.add(name)
            continue
        if name == cancelled_at:
            return Ended([*ended, name], "canceled")
        ended[name] = statuses.get(name, "successful")
    unhandled = [
        name
        for name, status in ended.items()
        if status != "successful" and not any(parent == name and _leads(edge, status) for parent, edge, _child in among)
    ]
    return Ended(list(ended), "failed" if unhandled else "successful")


def _leads(edge: str, status: str) -> bool:
    return edge in ("always_nodes", "success_nodes" if status == "successful" else "failure_nodes")


def edge_error(among: list[tuple[Any, str, Any]], parent: Any, edge: str, child: Any) -> str:
    """Why AWX refuses another edge, or nothing."""
    if any(each[0] == parent and each[2] == child and each[1] != edge for each in among):
        return "the two nodes are connected already"
    reached, found = set(), {child}
    while found:
        reached |= found
        found = {to for start, _edge, to in among if start in found} - reached
    return "a cycle" if parent in reached else ""


def node_variables(
    template: Mapping[str, Any],
    node: Mapping[str, Any],
    artifacts: Mapping[str, Any],
    of_the_workflow: Mapping[str, Any],
) -> dict[str, Any]:
    """The extra variables of a node's job: those of the node that the template takes, over them the artifacts of the nodes before it,
    over them the workflow's variables. The last two come whether the template asks for them or not.
    """
    taken = rules.given(template, node.get("extra_data") or {}, may_come_later=True).taken
    return rules.job_variables(template, {**taken, **artifacts, **of_the_workflow})
