"""Measured points as a picture that any browser shows: a small SVG, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from statistics import median

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 76, 56
COLOURS = ("#0b6e4f", "#b3261e", "#1a56a8", "#8a5a00", "#6a3d9a", "#444444")

Series = Mapping[str, Mapping[float, Sequence[float]]]
"""By name: the runs at each place of the horizontal axis."""


def chart(title: str, across: str, up: str, series: Series) -> str:
    """Return an SVG of the runs' medians, each with a bar from the least to the most."""
    xs = sorted({x for points in series.values() for x in points})
    ys = [y for points in series.values() for runs in points.values() for y in runs]
    low, high = 10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys)))
    if low == high:
        high *= 10

    def place_x(x: float) -> float:
        share = (math.log(x) - math.log(xs[0])) / (math.log(xs[-1]) - math.log(xs[0]) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def place_y(y: float) -> float:
        share = (math.log(y) - math.log(low)) / (math.log(high) - math.log(low))
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    drawn = [_text(WIDTH / 2, 22, title, "middle", 16), _text(WIDTH / 2, HEIGHT - 14, across, "middle")]
    drawn.append(_text(8, TOP - 10, up, "start"))
    for x in xs:
        drawn += [
            _line(place_x(x), TOP, place_x(x), HEIGHT - BOTTOM),
            _text(place_x(x), HEIGHT - 38, f"{x:,}", "middle"),
        ]
    for tick in _ticks(low, high):
        drawn += [_line(LEFT, place_y(tick), WIDTH - RIGHT, place_y(tick))]
        drawn += [_text(LEFT - 8, place_y(tick) + 4, f"{tick:g}", "end")]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        middles = [(place_x(x), place_y(median(runs))) for x, runs in sorted(points.items())]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in middles)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, runs in points.items():
            drawn.append(_line(place_x(x), place_y(min(runs)), place_x(x), place_y(max(runs)), colour, 2))
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in middles]
        drawn.append(_text(LEFT + 90 + 290 * (number % 2), 44 + 18 * (number // 2), f"● {name}", "start", 12, colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(drawn)}</svg>\n'
    )


def _ticks(low: float, high: float) -> list[float]:
    decades = range(round(math.log10(low)), round(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(decades) <= 4 else (1,)
    return [step * 10.0**decade for decade in decades for step in steps if step * 10.0**decade <= high]


def _text(x: float, y: float, words: str, anchor: str, size: int = 12, colour: str = "#222222") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{colour}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#dddddd", width: float = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'
