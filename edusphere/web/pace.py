"""How fast one socket may speak."""

from __future__ import annotations

from collections import deque
from time import monotonic


class Pace:
    """At most `limit` things in any `window` seconds."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._taken: deque[float] = deque(maxlen=limit)

    def wait(self) -> float:
        """Take a turn and return 0, or return the seconds until the next one is free."""
        now = monotonic()
        if len(self._taken) == self._limit and (wait := self._taken[0] + self._window - now) > 0:
            return wait
        self._taken.append(now)
        return 0
