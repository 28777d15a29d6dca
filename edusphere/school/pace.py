"""How often: sliding windows per person, account or address, kept in this process's memory.

What is only about load each process counts for itself: with several the school's limit is at most that many times
larger, enough against a runaway script, and without a round trip for each post. Where something could be guessed, or
somebody else be bothered, they count together (`SharedPace`).
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial

from edusphere.errors import TooMany
from edusphere.realtime import Realtime

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


class SharedPace(Pace):
    """A pace that all processes keep: what one counts it tells the others, who count it too.

    What is noted before its outcome is known cannot be won by trying everywhere at once, but for as long as the news
    travels. While Redis is away each process counts by itself.
    """

    def __init__(self, realtime: Realtime, what: str, *limits: Limit, sentence: str, on: bool = True) -> None:
        super().__init__(*limits, sentence=sentence, on=on)
        self._tell = partial(realtime.count, what) if on else _nothing
        realtime.on_count(what, self._told)

    def look(self, key: Hashable) -> None:
        super().look(str(key))

    def note(self, key: Hashable) -> None:
        super().note(str(key))
        self._tell(str(key), 1)

    def give_back(self, key: Hashable) -> None:
        super().give_back(str(key))
        self._tell(str(key), -1)

    def _told(self, key: str, times: int) -> None:
        if times > 0:
            super().note(key)
        else:
            super().give_back(key)


class AddressPace(SharedPace):
    """A pace of addresses, that all processes keep. Its keys are addresses as they were seen."""

    def look(self, key: Hashable) -> None:
        super().look(network_of(str(key)))

    def note(self, key: Hashable) -> None:
        super().note(network_of(str(key)))

    def give_back(self, key: Hashable) -> None:
        super().give_back(network_of(str(key)))


def network_of(address: str) -> str:
    """Return what an address is counted by: an IPv4 address itself, of an IPv6 address its /64.

    Whoever has one IPv6 address has 2**64, every home does: counted each by itself, none would ever come to its limit.
    Source: RFC 6177, 2, and RFC 7421 (a /64 is the least that one place is given).
    """
    if ":" not in address:
        return address
    try:
        place = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(place.ipv4_mapped or ipaddress.IPv6Network((int(place), 64), strict=False))


def _nothing(key: str, times: int) -> None:
    del key, times
