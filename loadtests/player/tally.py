"""What one process counts in a second: durations as counts per millisecond, happenings, posts that all have heard.

A delivery costs an addition here, not one of Locust's events: these are a hundred times as dear.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

Told = tuple[str, int, int, int]
"""A post that all listeners of one process have heard: its room and number, when said and when last heard, in ns."""


class Tally:
    def __init__(self) -> None:
        self.online = 0
        """Sockets open now."""
        self._times: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._counts: Counter[str] = Counter()
        self._told: list[Told] = []

    def note(self, name: str, milliseconds: int) -> None:
        self._times[name][milliseconds] += 1

    def count(self, name: str, times: int = 1) -> None:
        self._counts[name] += times

    def told(self, room_id: str, number: int, said: int, last: int) -> None:
        self._told.append((room_id, number, said, last))

    def take(self, second: int) -> dict[str, Any]:
        """Return what was counted since the last time, as it can be sent to another process."""
        taken = {
            "second": second,
            "online": self.online,
            "times": {name: dict(times) for name, times in self._times.items()},
            "counts": dict(self._counts),
            "told": self._told,
        }
        self._times.clear()
        self._counts.clear()
        self._told = []
        return taken
