"""Measured points as a picture that any browser shows: small SVGs, of a curve, of a time, or of bars."""

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
    """Return an SVG of the runs' medians, both axes logarithmic, each with a bar from the least to the most."""
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
    return _picture(drawn)


def _ticks(low: float, high: float) -> list[float]:
    decades = range(round(math.log10(low)), round(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(decades) <= 4 else (1,)
    return [step * 10.0**decade for decade in decades for step in steps if step * 10.0**decade <= high]


def _text(x: float, y: float, words: str, anchor: str, size: int = 12, colour: str = "#222222") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{colour}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#dddddd", width: float = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def over_time(title: str, up: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return an SVG of what changed from second to second, both axes even and from 0."""
    points = [point for line in series.values() for point in line]
    last, most = max((x for x, _ in points), default=0) or 1, _round_up(max((y for _, y in points), default=0))

    def place(x: float, y: float) -> str:
        across = LEFT + x / last * (WIDTH - LEFT - RIGHT)
        return f"{across:.1f},{HEIGHT - BOTTOM - y / most * (HEIGHT - TOP - BOTTOM):.1f}"

    drawn = [_text(WIDTH / 2, 22, title, "middle", 16), _text(WIDTH / 2, HEIGHT - 14, "seconds", "middle")]
    drawn.append(_text(8, TOP - 10, up, "start"))
    for step in range(6):
        x = LEFT + step / 5 * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - step / 5 * (HEIGHT - TOP - BOTTOM)
        drawn += [_line(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, f"{most * step / 5:,g}", "end")]
        drawn.append(_text(x, HEIGHT - 38, f"{last * step / 5:.0f}", "middle"))
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in line)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        drawn.append(_text(LEFT + 90 + 290 * (number % 2), 44 + 18 * (number // 2), f"● {name}", "start", 12, colour))
    return _picture(drawn)


def bars(title: str, unit: str, rows: Mapping[str, Sequence[float]]) -> str:
    """Return an SVG with a bar for each name: its runs' median, and a line from the least to the most."""
    names, height = 250, 28
    most = _round_up(max(max(runs) for runs in rows.values()))
    scale = (WIDTH - names - 110) / most
    drawn = [_text(WIDTH / 2, 22, f"{title}, {unit}", "middle", 16)]
    for number, (name, runs) in enumerate(rows.items()):
        y, middle = 44 + number * height, median(runs)
        drawn.append(_text(names - 10, y + 14, name, "end"))
        drawn.append(f'<rect x="{names}" y="{y}" width="{middle * scale:.1f}" height="18" fill="{COLOURS[0]}"/>')
        drawn.append(_line(names + min(runs) * scale, y + 9, names + max(runs) * scale, y + 9, "#222222", 2))
        drawn.append(_text(names + max(runs) * scale + 8, y + 14, f"{middle:,.{2 if middle < 10 else 0}f}", "start"))
    return _picture(drawn, 56 + len(rows) * height)


def _round_up(most: float) -> float:
    """Return the end of an axis: 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(most))
    return next(step * decade for step in (1, 2, 5, 10) if step * decade >= most)


def _picture(drawn: Sequence[str], height: int = HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(drawn)}</svg>\n'
    )
