"""What something costs once, and what each more costs: the line from the smallest to the largest measured size.

Not a fit through all: what is told to many is dearer for each of them, as caches fill up, and a fit takes that for a
cost that is negative at none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    once: float
    each: float


def between(points: Mapping[int, float]) -> Line:
    least, most = min(points), max(points)
    each = (points[most] - points[least]) / (most - least) if most > least else 0.0
    return Line(points[least] - each * least, each)
