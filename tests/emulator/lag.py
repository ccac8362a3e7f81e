# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a job's target is behind its source, over time."""

from __future__ import annotations

from typing import Any


class Lag:
    """A model of replication lag in seconds.

    From a seed: a number (constant); ``{"at": seconds, "falls": per second, "floor": seconds}`` (moves with the clock;
    falls may be negative); ``{"times": [[second, value], ...]}`` (steps on the clock); or a list (one value a reading,
    the last stays). A value is a number, a text sent as it is, or None for a field that is absent.
    """

    def __init__(self, model: Any, born: float) -> None:
        self._model = check_lag(model)
        self._born = born
        self._readings = 0

    def value(self, now: float) -> str | None:
        """What a reading at this time says; counts as a reading."""
        self._readings += 1
        return _shown(self._at(now - self._born))

    def _at(self, age: float) -> Any:
        model = self._model
        if isinstance(model, list):
            return model[min(self._readings, len(model)) - 1]
        if isinstance(model, dict) and "times" in model:
            passed = [value for second, value in model["times"] if second <= age]
            return passed[-1] if passed else model["times"][0][1]
        if isinstance(model, dict):
            return max(model["at"] - model.get("falls", 0) * age, model.get("floor", 0))
        return model


def check_lag(model: Any) -> Any:
    """The model, if it is one.

    :raises ValueError: if it is not.
    """
    if isinstance(model, dict):
        times = model.get("times")
        fits = (
            set(model) == {"times"}
            and isinstance(times, list)
            and bool(times)
            and all(
                isinstance(step, list) and len(step) == 2 and _is_number(step[0]) and _is_value(step[1])
                for step in times
            )
            if "times" in model
            else "at" in model
            and set(model) <= {"at", "falls", "floor"}
            and all(_is_number(part) for part in model.values())
        )
    elif isinstance(model, list):
        fits = bool(model) and all(_is_value(value) for value in model)
    else:
        fits = _is_value(model)
    if not fits:
        raise ValueError(f"lag {model!r} does not fit")
    return model


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, str) or _is_number(value)


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else f"{value:.3f}"
