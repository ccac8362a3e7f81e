# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: answer
short_description: A survey's answer in the type of its default
version_added: 1.0.0
author:
  - huaweicloud.drs contributors
description:
  - Surveys and C(-e NAME=VALUE) hand over texts. This gives the value in the type of its default, a boolean, a whole
    number, a number, a text, a list of texts or a dictionary of texts.
  - Strict where the built-in filters guess, since P(ansible.builtin.bool#filter) and P(ansible.builtin.int#filter) turn
    a misspelt answer into V(false) or V(0).
positional: _input, default, name, choices
options:
  _input:
    description:
      - The answer. Blank and V(null) are no answer, and give O(default).
      - For a boolean, V(true), V(yes), V(on), V(1), V(false), V(no), V(off) and V(0) in any case.
      - For a list, a list or a text with commas or line breaks between the items. For a dictionary, a dictionary or a text such
        as V(env=prod, team=db). Blank items are no items.
    type: raw
    required: true
  default:
    description: What no answer means. Its type is the type that comes out.
    type: raw
    required: true
  name:
    description: The variable's name, for the error message.
    type: str
    default: the answer
  choices:
    description: The texts that are allowed, where the answer is a text. All of them without this.
    type: list
    elements: str
  kind:
    description: The type that comes out, where O(default) is V(null).
    type: str
    choices: [bool, int, float, str, list, dict]
"""

EXAMPLES = r"""
- name: Read the answers
  ansible.builtin.set_fact:
    asked_wait: "{{ drs_wait | default('') | huaweicloud.drs.answer(true, 'drs_wait') }}"
    asked_wait_timeout: "{{ drs_wait_timeout | default('') | huaweicloud.drs.answer(1800, 'drs_wait_timeout') }}"
    asked_tags: "{{ drs_select_tags | default('') | huaweicloud.drs.answer({}, 'drs_select_tags') }}"
"""

RETURN = r"""
_value:
  description: The answer, or the default.
  type: raw
"""

_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def answer(value, default, name="the answer", choices=None, kind=None):
    """value in the type of default (bool, int, float, str, list or dict), or of kind where default is None; default where
    value is None or blank.

    AnsibleFilterError where it does not fit.
    """
    kind = kind or next((name for name, of in _KINDS if isinstance(default, of)), "str")
    if kind == "list":
        return _list(value) or default
    if kind == "dict":
        return _dictionary(value, name) or default
    # YAML reads an unquoted date as a date object.
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    if not text:
        return default
    if kind in _PARSERS:
        return _PARSERS[kind](text, name)
    if choices is not None and text not in choices:
        raise AnsibleFilterError(f"{name} must be one of {', '.join(choices)}, not {text!r}")
    return text


def _list(value):
    items = value if isinstance(value, (list, tuple)) else re.split(r"[,\n]", "" if value is None else str(value))
    return [text for text in (str(one).strip() for one in items if one is not None) if text.strip(",")]


def _dictionary(value, name):
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    found = {}
    for part in re.split(r"[,\n]", "" if value is None else str(value)):
        key, separator, one = (text.strip() for text in part.partition("="))
        if key and separator:
            found[key] = one
        elif key or separator:
            raise AnsibleFilterError(f"{name} must hold pairs such as env=prod, team=db, not {part.strip()!r}")
    return found


def _boolean(text, name):
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise AnsibleFilterError(f"{name} must be true or false, not {text!r}") from None


def _whole_number(text, name):
    try:
        return int(text)
    except ValueError:
        raise AnsibleFilterError(f"{name} must be a whole number, not {text!r}") from None


def _number(text, name):
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise AnsibleFilterError(f"{name} must be a number, not {text!r}")
    return number


# By instance, since the types of ansible-core's own values have names of their own. A boolean is a number too.
_KINDS = (("bool", bool), ("int", int), ("float", float), ("list", (list, tuple)), ("dict", Mapping))
_PARSERS = {"bool": _boolean, "int": _whole_number, "float": _number}


class FilterModule:
    """What ansible-core looks for."""

    def filters(self):
        return {"answer": answer}
