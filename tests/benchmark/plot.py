# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plot of cost over jobs, as an SVG that follows the reader's light or dark theme. Pure."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

WIDTH, PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP = 960, 240, 200, 64, 76, 68
COLUMNS = 3
_STYLE = """
    svg { font: 12px system-ui, sans-serif; }
    .back { fill: #ffffff; } text { fill: #1f2328; } .small { fill: #59636e; font-size: 11px; } .title { font-weight: 600; }
    .grid { stroke: #d1d9e0; } .line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; }
    .c0 { stroke: #0969da; fill: #0969da; } .c1 { stroke: #bc4c00; fill: #bc4c00; }
    .c2 { stroke: #8250df; fill: #8250df; } .c3 { stroke: #59636e; fill: #59636e; } .line { fill: none; }
    @media (prefers-color-scheme: dark) {
      .back { fill: #0d1117; } text { fill: #f0f6fc; } .small { fill: #9198a1; } .grid { stroke: #3d444d; }
      .c0 { stroke: #58a6ff; fill: #58a6ff; } .c1 { stroke: #f0883e; fill: #f0883e; }
      .c2 { stroke: #bc8cff; fill: #bc8cff; } .c3 { stroke: #9198a1; fill: #9198a1; } .line { fill: none; }
    }"""


class Line(NamedTuple):
    """A contender in a panel: points of (jobs, seconds), in the colour of its number. dashed: scaled, not measured."""

    name: str
    number: int
    points: Sequence[tuple[float, float]]
    dashed: bool = False


class Panel(NamedTuple):
    title: str
    lines: Sequence[Line]


def svg(title: str, panels: Sequence[Panel]) -> str:
    """Panels side by side with the same two logarithmic axes, and a legend in the place after the last."""
    points = [point for panel in panels for line in panel.lines for point in line.points]
    xs, ys = _decades(x for x, _y in points), _decades(y for _x, y in points)
    rows = len(panels) // COLUMNS + 1
    height = TOP + rows * (PANEL_HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{html.escape(title)}</title><style>{_STYLE}\n</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<text class="title" x="{LEFT}" y="32" font-size="15">{html.escape(title)}</text>',
    ]
    for place, panel in enumerate(panels):
        parts += _panel(panel, *_corner(place), xs, ys)
    parts += _legend(panels[0].lines, *_corner(len(panels)))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _corner(place: int) -> tuple[int, int]:
    row, column = divmod(place, COLUMNS)
    return LEFT + column * (PANEL_WIDTH + GAP), TOP + row * (PANEL_HEIGHT + GAP)


def _decades(values: Iterable[float]) -> list[int]:
    """Exponents of ten, from below the smallest value to above the largest; two at least."""
    exponents = [math.log10(value) for value in values]
    first = math.floor(min(exponents))
    return list(range(first, max(first + 1, math.ceil(max(exponents))) + 1))


def _panel(panel: Panel, left: int, top: int, xs: Sequence[int], ys: Sequence[int]) -> list[str]:
    def x(value: float) -> float:
        return round(left + PANEL_WIDTH * (math.log10(value) - xs[0]) / (xs[-1] - xs[0]), 1)

    def y(value: float) -> float:
        return round(top + PANEL_HEIGHT * (ys[-1] - math.log10(value)) / (ys[-1] - ys[0]), 1)

    right, bottom = left + PANEL_WIDTH, top + PANEL_HEIGHT
    parts = [f'<text class="title" x="{left}" y="{top - 10}">{html.escape(panel.title)}</text>']
    for exponent in ys:
        at = y(10**exponent)
        parts.append(f'<path class="grid" d="M{left} {at}H{right}"/>')
        parts.append(f'<text class="small" x="{left - 6}" y="{at + 4}" text-anchor="end">{10**exponent:,g}</text>')
    for exponent in xs:
        at = x(10**exponent)
        parts.append(f'<path class="grid" d="M{at} {top}V{bottom}"/>')
        parts.append(f'<text class="small" x="{at}" y="{bottom + 16}" text-anchor="middle">{10**exponent:,g}</text>')
    middle = left + PANEL_WIDTH / 2
    parts.append(f'<text class="small" x="{middle}" y="{bottom + 32}" text-anchor="middle">jobs</text>')
    side = f"translate({left - 46} {top + PANEL_HEIGHT / 2}) rotate(-90)"
    parts.append(f'<text class="small" transform="{side}" text-anchor="middle">seconds</text>')
    for line in panel.lines:
        path = "L".join(f"{x(jobs)} {y(seconds)}" for jobs, seconds in line.points)
        parts.append(f'<path class="c{line.number} line{" dashed" if line.dashed else ""}" d="M{path}"/>')
        if not line.dashed:
            parts += [f'<circle class="c{line.number}" cx="{x(a)}" cy="{y(b)}" r="3"/>' for a, b in line.points]
    return parts


def _legend(lines: Sequence[Line], left: int, top: int) -> list[str]:
    parts = []
    for place, line in enumerate(lines):
        at = top + 24 + place * 26
        parts.append(f'<path class="c{line.number} line{" dashed" if line.dashed else ""}" d="M{left} {at}h36"/>')
        if not line.dashed:
            parts.append(f'<circle class="c{line.number}" cx="{left + 18}" cy="{at}" r="3"/>')
        parts.append(f'<text x="{left + 46}" y="{at + 4}">{html.escape(line.name)}</text>')
    return parts
