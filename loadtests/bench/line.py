"""A straight line through measured points: what something costs once, and what each more costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    once: float
    each: float

    def at(self, count: float) -> float:
        return self.once + self.each * count


def through(points: Mapping[int, float]) -> Line:
    """Return the line of least squared *relative* errors: the small points count as much as the large ones."""
    weights = {x: 1 / y**2 for x, y in points.items()}
    total = sum(weights.values())
    middle_x = sum(weights[x] * x for x in points) / total
    middle_y = sum(weights[x] * y for x, y in points.items()) / total
    spread = sum(weights[x] * (x - middle_x) ** 2 for x in points)
    each = sum(weights[x] * (x - middle_x) * (y - middle_y) for x, y in points.items()) / spread if spread else 0.0
    return Line(middle_y - each * middle_x, each)
