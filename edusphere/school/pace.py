"""How often: sliding windows per person, account or address, kept in this process's memory.

With several processes each counts for itself, so the school's limit is at most that many times larger; enough against
a runaway script, and no round trip for each post.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from edusphere.errors import TooMany

MOST_KEYS = 20_000
"""Remembered at once; the one silent for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Limit:
    times: int
    seconds: float


class Pace:
    """Lets each key act so many times in so many seconds, by every one of its limits.

    Source: the sliding log; exact, and its memory is bounded by the largest limit times MOST_KEYS.
    """

    def __init__(
        self, *limits: Limit, sentence: str, on: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits if on else ()
        self._longest = max((limit.seconds for limit in limits), default=0.0)
        self._most = max((limit.times for limit in limits), default=0)
        self._sentence = sentence
        self._clock = clock
        self._times: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Count one act.

        Raises:
            TooMany: it is one too many now, and was not counted.
        """
        self.look(key)
        self.note(key)

    def look(self, key: Hashable) -> None:
        """Count nothing.

        Raises:
            TooMany: one more act would be too many now.
        """
        times, now = self._times.get(key), self._clock()
        if times is None:
            return
        while times and times[0] <= now - self._longest:
            times.popleft()
        for limit in self._limits:
            if len(times) >= limit.times and (wait := times[-limit.times] + limit.seconds - now) > 0:
                raise TooMany(round(wait, 1) or 0.1, self._sentence)

    def note(self, key: Hashable) -> None:
        """Count one act that was done."""
        if not self._limits:
            return
        times = self._times.get(key)
        if times is None:
            times = self._times[key] = deque(maxlen=self._most)
            if len(self._times) > MOST_KEYS:
                self._times.popitem(last=False)
        else:
            self._times.move_to_end(key)
        times.append(self._clock())

    def give_back(self, key: Hashable) -> None:
        """Uncount the last act: it was none of those that are limited."""
        times = self._times.get(key)
        if times:
            times.pop()
