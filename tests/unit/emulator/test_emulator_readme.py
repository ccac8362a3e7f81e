# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README names everything there is, and what it shows works."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from ansible_collections.huaweicloud.drs.tests import emulator
from ansible_collections.huaweicloud.drs.tests.emulator import Emulator, __main__, faults, seed, transitions

README = (pathlib.Path(emulator.__file__).parent / "README.md").read_text(encoding="utf-8")
RULES = re.findall(r"`(\{\"(?:match|effect)\".*?\}\})`", README, re.DOTALL)
OPTIONS = [text for action in __main__.parser()._actions for text in action.option_strings if text.startswith("--")]


@pytest.mark.parametrize("name", sorted({*seed.JOB_FIELDS, *faults.MATCH, *faults.EFFECT, *transitions.VERBS}))
def test_every_word_of_seeds_and_rules_is_explained(name):
    assert f"`{name}`" in README


@pytest.mark.parametrize("option", [option for option in OPTIONS if option != "--help"])
def test_every_option_is_explained(option):
    assert f"`{option}" in README


@pytest.mark.parametrize("phase", sorted(set(transitions.PHASES.values())))
def test_every_phase_is_named(phase):
    assert phase in README.partition("`phase` is one of:")[2].partition("\n\n")[0].replace("\n", " ")


def test_the_seed_shown_is_one():
    shown = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    assert len(shown) == 1
    assert len(Emulator(json.loads(shown[0])).jobs) == 3


def test_the_rules_shown_are_rules():
    assert len(RULES) >= 3
    for rule in RULES:
        Emulator().fault(json.loads(rule))
