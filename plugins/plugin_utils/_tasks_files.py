# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a file of tasks before it is run: every file that it includes by name, and no task that ends the play.

ansible-core does not run ``always`` after ``meta: end_play`` and its like, nor when a file included while the play runs
does not parse. A role that puts something right in ``always`` must know both beforehand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import yaml

BLOCKS = ("block", "rescue", "always")


class TasksFileError(ValueError):
    """The file cannot be run safely; the text names the file, the line and the reason."""


def _names(action: str) -> tuple[str, ...]:
    return (action, f"ansible.builtin.{action}", f"ansible.legacy.{action}")


META = _names("meta")
INCLUDES = _names("include_tasks") + _names("import_tasks")
ACTIONS = ("action", "local_action")


def files(*paths: str) -> list[str]:
    """The files and every file that they include or import by a literal name, absolute, each once, outermost first.

    Raises TasksFileError for a file that is missing, is no list of tasks, or has a ``meta: end_...`` task.
    """
    found: list[str] = []
    waiting = [os.path.abspath(path) for path in paths]
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found.append(name)
        for task in _tasks(_load(name)):
            _refuse_end(task, name)
            nested = (os.path.join(os.path.dirname(name), inner) for inner in _included(task))
            waiting += [os.path.abspath(inner) for inner in nested if os.path.isfile(inner)]
    return found


def _load(path: str) -> yaml.SequenceNode:
    try:
        with open(path, encoding="utf-8") as stream:
            root = yaml.compose(stream, Loader=yaml.SafeLoader)
    except OSError as error:
        raise TasksFileError(f"The tasks file {path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TasksFileError(f"The tasks file {path} does not parse: {error}") from None
    if not isinstance(root, yaml.SequenceNode):
        raise TasksFileError(f"The tasks file {path} is no list of tasks.")
    return root


def _tasks(sequence: yaml.Node) -> Iterator[yaml.MappingNode]:
    for task in sequence.value:
        if isinstance(task, yaml.MappingNode):
            yield task
            for key, value in task.value:
                if key.value in BLOCKS and isinstance(value, yaml.SequenceNode):
                    yield from _tasks(value)


def _refuse_end(task: yaml.MappingNode, path: str) -> None:
    for key, value in task.value:
        if not isinstance(value, yaml.ScalarNode):
            continue
        words = value.value.split() if key.value in ACTIONS else [key.value, *value.value.split()]
        if len(words) > 1 and words[0] in META and words[1].startswith("end_"):
            raise TasksFileError(
                f"The tasks file {path}, line {key.start_mark.line + 1}, says meta: {words[1]}. Ansible would then skip what "
                "puts things right after the work: let the task fail instead, or put a condition on the tasks that follow."
            )


def _included(task: yaml.MappingNode) -> Iterator[str]:
    for key, value in task.value:
        if key.value not in INCLUDES:
            continue
        if isinstance(value, yaml.MappingNode):
            value = next((inner for name, inner in value.value if name.value == "file"), value)
        if isinstance(value, yaml.ScalarNode) and value.value.strip() and "{{" not in value.value:
            yield value.value.split()[0]
