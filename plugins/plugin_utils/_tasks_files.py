# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks files of tasks before they are run: no task in them, nor in the files and roles that they name, ends the play.

ansible-core does not run ``always`` after ``meta: end_play`` and its like, after a host that is unreachable, nor when a file
that is included while the play runs does not parse. A role that resumes something in ``always`` must know all of it
beforehand. Pure but for reading files: how Ansible finds a role is passed in.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import yaml

_BLOCKS = ("block", "rescue", "always")
_EXTENSIONS = (".yml", ".yaml", ".json")
_TRUE = ("true", "yes", "on", "y", "t", "1")
_MERGE = "tag:yaml.org,2002:merge"
# These hosts have no connection that can break, unless somebody gives them one.
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class TasksFileError(ValueError):
    """The file cannot be run safely; the text names the file, the line, the reason and what to do instead."""


class Role(NamedTuple):
    """Where a role lies, and the collection that it belongs to, if any."""

    path: str
    collection: str = ""


class Checked(NamedTuple):
    """The files given and those of tasks that they include, absolute, each once, and warnings. Not the files of roles."""

    files: list[str]
    warnings: list[str]


# (name, collections that are searched for a short name, folder of the role that depends on it or "") -> the role, or None.
FindRole = Callable[[str, Sequence[str], str], "Role | None"]


def _names(*actions: str) -> tuple[str, ...]:
    return tuple(prefix + action for action in actions for prefix in ("", "ansible.builtin.", "ansible.legacy."))


_META = _names("meta")
_INCLUDE_TASKS, _IMPORT_TASKS = _names("include_tasks"), _names("import_tasks")
_INCLUDE_ROLE, _IMPORT_ROLE = _names("include_role"), _names("import_role")
_WITHIN = _INCLUDE_TASKS + _IMPORT_TASKS + _INCLUDE_ROLE + _IMPORT_ROLE
# Actions that never connect to a host.
_ON_THE_CONTROLLER = _names(
    "meta", "add_host", "assert", "debug", "fail", "group_by", "include_vars", "pause", "set_fact", "set_stats"
)


class _Around(NamedTuple):
    """What a task inherits: the role that it is in and whether it is a handler of it, the keywords of its blocks."""

    role: Role | None
    folder: str
    collections: tuple[str, ...]
    delegated_at: tuple[str, int] | None = None  # file and line of the delegate_to
    ignores_unreachable: bool = False


class _Task(NamedTuple):
    action: str
    raw: str  # what stands after the action's name, without key=value pairs
    options: Mapping[str, yaml.Node | str]
    line: int
    around: _Around


class _File(NamedTuple):
    path: str
    around: _Around


def check(
    paths: Sequence[str],
    find_role: FindRole,
    playbook_dir: str = "",
    role_path: str = "",
    collections: Sequence[str] = (),
) -> Checked:
    """Reads the files, the files of tasks that they include or import, and the roles that they name, as far as the names
    are literal.

    playbook_dir: the folder of the playbook, in which Ansible looks for included files first.
    role_path: the folder of the role that will include paths. Ansible takes an included file from its tasks if there is one
    of this name there, wherever the including file lies.
    collections: those in which Ansible looks for the roles that paths name.

    Raises TasksFileError for a file of paths that is missing, one that is not a list of tasks, and one with a ``meta`` that
    ends the play, the host, the batch or, in files that are not of a role, the role. What a name does not lead to is left
    alone: if it is really missing, Ansible lets the task fail, and ``always`` is run.
    """
    checker = _Checker(find_role, playbook_dir, role_path)
    around = _Around(None, "tasks", tuple(collections))
    return checker.run([_File(os.path.abspath(path), around) for path in paths])


class _Checker:
    def __init__(self, find_role: FindRole, playbook_dir: str, role_path: str) -> None:
        self._find_role, self._playbook_dir, self._role_path = find_role, playbook_dir, role_path
        self._roots: dict[str, yaml.Node | None] = {}
        self._unguarded: dict[str, set[int]] = {}

    def run(self, given: Sequence[_File]) -> Checked:
        seen: set[_File] = set()
        files: list[str] = []
        waiting = list(given)
        while waiting:
            file = waiting.pop(0)
            if file in seen:
                continue
            seen.add(file)
            if file.around.role is None and file.path not in files:
                files.append(file.path)
            try:
                for task in self._tasks(file):
                    _refuse_end(task, file)
                    self._note_unguarded(task)
                    waiting += self._named_by(task, file)
            except RecursionError:
                raise TasksFileError(f"The tasks file {file.path} is nested too deeply to be checked.") from None
        return Checked(files, [_unguarded_in_words(path, lines) for path, lines in self._unguarded.items()])

    def _tasks(self, file: _File) -> Iterator[_Task]:
        root = self._load(file.path)
        if isinstance(root, yaml.SequenceNode):
            return _tasks(root, file.around)
        empty = root is None or (isinstance(root, yaml.ScalarNode) and not root.value)
        if file.around.role is not None and (empty or _is_encrypted(root)):
            return iter(())
        if _is_encrypted(root):
            raise TasksFileError(
                f"The tasks file {file.path} is encrypted with ansible-vault and cannot be checked. Encrypt the variables "
                "that it uses, and not the tasks."
            )
        raise TasksFileError(f"The tasks file {file.path} is not a list of tasks.")

    def _load(self, path: str) -> yaml.Node | None:
        if path not in self._roots:
            try:
                # Composed and not constructed: tags such as !vault stay as they are.
                with open(path, encoding="utf-8") as stream:
                    self._roots[path] = yaml.compose(stream, Loader=yaml.SafeLoader)
            except OSError as error:
                raise TasksFileError(f"The file {path} cannot be read: {error.strerror}.") from None
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                raise TasksFileError(f"The file {path} does not parse: {error}") from None
        return self._roots[path]

    def _note_unguarded(self, task: _Task) -> None:
        inherits = task.action in _WITHIN  # then it is the tasks inside that are delegated
        at = task.around.delegated_at
        if at and not task.around.ignores_unreachable and not inherits and task.action not in _ON_THE_CONTROLLER:
            self._unguarded.setdefault(at[0], set()).add(at[1])

    # --- where a task leads to

    def _named_by(self, task: _Task, file: _File) -> Iterator[_File]:
        around = _inside(task.options.get("apply"), task.around)
        if task.action in _INCLUDE_TASKS + _IMPORT_TASKS:
            name = _literal(task.options.get("file")) or _literal(task.raw)
            path = name and self._included(name, file, task.action in _IMPORT_TASKS)
            if path:
                self._refuse_taken_from_the_role(name, path, task, file)
                yield _File(path, around)
        elif task.action in _INCLUDE_ROLE + _IMPORT_ROLE:
            name = _literal(task.options.get("name")) or _literal(task.options.get("role"))
            role = name and self._find_role(name, around.collections, "")
            if role:
                given = {part: task.options.get(f"{part}_from") for part in ("tasks", "handlers")}
                yield from self._of_role(role, around, given, [])

    def _included(self, name: str, file: _File, imported: bool) -> str | None:
        """The file that Ansible takes, in the order of ansible.playbook.included_file and ansible.playbook.helpers."""
        around, here = file.around, os.path.dirname(file.path)
        own = around.role.path if around.role else self._role_path
        beside = [os.path.join(here, around.folder), here]
        of_role = [os.path.join(own, around.folder), own] if own else []
        of_playbook = (
            [os.path.join(self._playbook_dir, around.folder), self._playbook_dir] if self._playbook_dir else []
        )
        folders = beside + of_role + of_playbook if imported else of_role + of_playbook + beside
        paths = [os.path.abspath(os.path.join(folder, os.path.expanduser(name))) for folder in folders]
        return next((path for path in paths if os.path.isfile(path)), None)

    def _refuse_taken_from_the_role(self, name: str, path: str, task: _Task, file: _File) -> None:
        absolute = os.path.isabs(os.path.expanduser(name))
        if file.around.role is None and self._role_path and not absolute and _is_below(path, self._role_path):
            raise TasksFileError(
                f"The tasks file {file.path}, line {task.line}, includes {name}, and Ansible would take the file of this name "
                f"from the role that runs the work ({path}). Name yours by an absolute path, which may begin with the "
                "variable playbook_dir, or give it another name."
            )

    def _of_role(
        self, role: Role, around: _Around, given: Mapping[str, yaml.Node | str | None], parents: Sequence[str]
    ) -> Iterator[_File]:
        """The files of a role and of those that it depends on. given: the names in tasks_from and handlers_from."""
        meta = _mapping(self._meta(role))
        own = (role.collection,) if role.collection else ()
        around = around._replace(role=role, collections=own + tuple(_texts(meta.get("collections"))))
        for part in ("tasks", "handlers"):
            path = _role_file(role, part, given.get(part))
            if path:
                yield _File(path, around._replace(folder=part))
        for dependency in _items(meta.get("dependencies")):
            options = _mapping(dependency)
            name = _literal(dependency) or _literal(options.get("role")) or _literal(options.get("name"))
            found = name and self._find_role(name, around.collections, os.path.dirname(role.path))
            if found and found.path not in (*parents, role.path):
                yield from self._of_role(found, _inside(dependency, around), {}, [*parents, role.path])

    def _meta(self, role: Role) -> yaml.Node | None:
        path = _role_file(role, "meta", None)
        return self._load(path) if path else None


# --- what stands in a file


def _tasks(sequence: yaml.Node | None, around: _Around) -> Iterator[_Task]:
    for node in _items(sequence):
        if not isinstance(node, yaml.MappingNode):
            continue
        keys, inside = _mapping(node), _inside(node, around)
        if any(name in keys for name in _BLOCKS):
            for name in _BLOCKS:
                yield from _tasks(keys.get(name), inside)
        else:
            yield from _actions(node, inside)


def _actions(node: yaml.MappingNode, around: _Around) -> Iterator[_Task]:
    """The task in each of its spellings: a key with the action's name, or action and local_action with the name inside."""
    keys, marks = _mapping(node), _marks(node)
    more = _mapping(keys.get("args"))
    known = False
    for name, value in keys.items():
        if name in ("action", "local_action"):
            inner = _mapping(value)
            first, _space, rest = (_text(inner.get("module")) if inner else _text(value)).strip().partition(" ")
            if name == "local_action":  # always delegated to localhost
                around = around._replace(delegated_at=None)
            raw, options = _pairs(rest)
            yield _task(first, raw, {**more, **inner, **options}, marks[name].line + 1, around)
            known = True
        elif name in _META + _WITHIN:
            raw, options = _pairs(_text(value))
            yield _task(name, raw, {**more, **_mapping(value), **options}, marks[name].line + 1, around)
            known = True
    if not known:
        named = next((name for name in keys if name in _ON_THE_CONTROLLER), "")
        yield _Task(named, "", {}, node.start_mark.line + 1, around)


def _task(action: str, raw: str, options: Mapping[str, yaml.Node | str], line: int, around: _Around) -> _Task:
    return _Task(action, raw or _text(options.get("_raw_params")), options, line, around)


def _inside(node: yaml.Node | str | None, around: _Around) -> _Around:
    """What the tasks inside of a block, an import or an apply inherit."""
    keys = _mapping(node)
    if "collections" in keys:
        around = around._replace(collections=tuple(_texts(keys["collections"])))
    if "delegate_to" in keys:
        target = _text(keys["delegate_to"]).strip()
        mark = _marks(node)["delegate_to"]
        at = None if target in (*_THIS_MACHINE, "") else (mark.name, mark.line + 1)
        around = around._replace(delegated_at=at)
    if "ignore_unreachable" in keys:
        said = _text(keys["ignore_unreachable"]).strip().lower()
        around = around._replace(ignores_unreachable=said in _TRUE or _is_template(said))
    return around


def _refuse_end(task: _Task, file: _File) -> None:
    word = (task.raw.split() or [""])[0] if task.action in _META else ""
    role = file.around.role
    if not word.startswith("end_") or (role and word == "end_role"):
        return
    where = f"The tasks file {file.path}, line {task.line}, "
    if role:
        where += f"of the role {os.path.basename(role.path)} "
    raise TasksFileError(
        f"{where}says meta: {word}. Ansible would then skip the tasks that must follow the work. Put a condition (when) on "
        "the tasks that are to be left out, or let a task fail."
    )


def _unguarded_in_words(path: str, lines: set[int]) -> str:
    many = "lines" if len(lines) > 1 else "line"
    return (
        f"The tasks file {path}, {many} {', '.join(str(line) for line in sorted(lines))}: delegate_to without "
        "ignore_unreachable. If that host cannot be reached, Ansible skips the tasks that must follow the work. Set "
        "ignore_unreachable: true, register the result, and let a task fail if it is unreachable."
    )


# --- files of a role


def _role_file(role: Role, folder: str, given: yaml.Node | str | None) -> str | None:
    """The file that Ansible loads from this folder of the role, as Role._load_role_yaml of ansible-core finds it."""
    name = "main" if given is None else _literal(given)
    if not name:
        return None
    top = os.path.abspath(os.path.join(role.path, folder))
    for extension in (*_EXTENSIONS, "") if given is None else ("", *_EXTENSIONS):
        path = os.path.abspath(os.path.join(top, name + extension))
        if _is_below(path, top) and os.path.isfile(path):
            return path
    return None


def _is_below(path: str, folder: str) -> bool:
    return os.path.abspath(path).startswith(os.path.abspath(folder).rstrip(os.sep) + os.sep)


# --- nodes of YAML


def _mapping(node: yaml.Node | str | None) -> dict[str, yaml.Node]:
    """The node's keys with the nodes of their values; of a key that is there twice, the last, as Ansible takes it."""
    merged: dict[str, yaml.Node] = {}
    own: dict[str, yaml.Node] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.tag == _MERGE:
            for source in _items(value) or [value]:
                merged = {**_mapping(source), **merged}
        elif isinstance(key, yaml.ScalarNode):
            own[key.value] = value
    return {**merged, **own}


def _marks(node: yaml.Node | str | None) -> dict[str, yaml.Mark]:
    """File and line of each of the node's keys. A key that is merged in is where it is merged in."""
    marks: dict[str, yaml.Mark] = {}
    for key, _value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.tag == _MERGE:
            for name in _mapping(node):
                marks.setdefault(name, key.start_mark)
        elif isinstance(key, yaml.ScalarNode):
            marks[key.value] = key.start_mark
    return marks


def _items(node: yaml.Node | str | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _texts(node: yaml.Node | str | None) -> list[str]:
    return [item.value for item in _items(node) if isinstance(item, yaml.ScalarNode)]


def _text(value: yaml.Node | str | None) -> str:
    if isinstance(value, yaml.ScalarNode):
        return str(value.value)
    return value if isinstance(value, str) else ""


def _literal(value: yaml.Node | str | None) -> str:
    """The text if it can be known now: "" for a template, for a value with a tag such as !vault, and for no text."""
    if isinstance(value, yaml.ScalarNode) and not value.tag.startswith("tag:yaml.org,2002:"):
        return ""
    text = _text(value).strip()
    return "" if _is_template(text) else text


def _is_template(text: str) -> bool:
    return "{{" in text or "{%" in text


def _is_encrypted(node: yaml.Node | None) -> bool:
    return _text(node).startswith("$ANSIBLE_VAULT;")


def _pairs(text: str) -> tuple[str, dict[str, str]]:
    """The words of "name key=value" that are not pairs, and the pairs."""
    if _is_template(text):
        return text, {}
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    pairs = dict(word.split("=", 1) for word in words if "=" in word)
    return " ".join(word for word in words if "=" not in word), pairs
