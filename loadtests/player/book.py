"""What all processes counted, second by second: joined where the one is that reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from loadtests.player.rooms import BY_ALL, HEARD, MILLION

LATE = 8
"""Seconds after which no process will say any more of a post: each reports every three."""
REPORTED = 4
"""Seconds after which every process has told of one."""
PERCENTILES = (0.5, 0.9, 0.99, 1.0)


@dataclass
class Second:
    online: dict[str, int] = field(default_factory=dict)
    """Sockets, by process."""
    times: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    counts: Counter[str] = field(default_factory=Counter)


class Book:
    def __init__(self) -> None:
        self.seconds: defaultdict[int, Second] = defaultdict(Second)
        self._told: dict[tuple[str, int], tuple[int, int]] = {}

    def enter(self, process: str, taken: dict[str, Any]) -> None:
        """Write down what one process counted in one second."""
        second = self.seconds[int(taken["second"])]
        second.online[process] = taken["online"]
        for name, times in taken["times"].items():
            second.times[name].update({int(milliseconds): count for milliseconds, count in times.items()})
        second.counts.update(taken["counts"])
        for room_id, number, said, last in taken["told"]:
            key = room_id, number
            self._told[key] = said, max(last, self._told.get(key, (0, 0))[1])

    def close(self, now: int | None = None) -> list[int]:
        """Conclude which posts all have heard, those of the last seconds too where `now` is not given.

        Return how many milliseconds that took, of each.
        """
        took = []
        for key, (said, last) in list(self._told.items()):
            if now is None or last // (1000 * MILLION) < now - LATE:
                del self._told[key]
                took.append((last - said) // MILLION)
                self.seconds[last // (1000 * MILLION)].times[BY_ALL][took[-1]] += 1
        return took

    def counts(self) -> Counter[str]:
        return sum((second.counts for second in self.seconds.values()), Counter())

    def times(self, since: int = 0) -> dict[str, Counter[int]]:
        together: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for second, page in self.seconds.items():
            if second >= since:
                for name, times in page.times.items():
                    together[name].update(times)
        return dict(together)

    def online(self) -> int:
        """Return the most sockets that were open in a second."""
        return max((sum(second.online.values()) for second in self.seconds.values()), default=0)


def percentile(times: Counter[int], share: float) -> int:
    """Return the least number of milliseconds within which such a share of them was done."""
    wanted, seen = share * times.total(), 0
    for milliseconds in sorted(times):
        seen += times[milliseconds]
        if seen >= wanted:
            return milliseconds
    return 0


def summary(book: Book, arrival: float = 0) -> dict[str, Any]:
    """Return the whole, as it is kept for the report; `arrival` is how many seconds it took all to come."""
    began = min(book.seconds, default=0)
    present = began + round(arrival) + 1
    return {
        "began": began,
        "present": present,
        "seconds": max(book.seconds, default=0) - began + 1,
        "online": book.online(),
        "counts": dict(book.counts()),
        "times": _told(book.times()),
        "times when all were there": _told(book.times(present)),
        "history": [
            {
                "second": second - began,
                "online": sum(page.online.values()),
                "counts": dict(page.counts),
                "times": {
                    name: {"count": times.total(), "p50": percentile(times, 0.5), "p99": percentile(times, 0.99)}
                    for name, times in page.times.items()
                },
            }
            for second, page in sorted(book.seconds.items())
        ],
    }


def _told(times: dict[str, Counter[int]]) -> dict[str, dict[str, int]]:
    return {
        name: {"count": each.total(), **{f"p{round(100 * share)}": percentile(each, share) for share in PERCENTILES}}
        for name, each in sorted(times.items())
    }


def sign_of_life(book: Book, began: float, now: int, seconds: int) -> str:
    """Return how it went in the last seconds of which every process has told; nothing before there are any."""
    last = now - REPORTED
    pages = [page for second, page in list(book.seconds.items()) if last - seconds <= second < last]
    if not pages:
        return ""
    heard: Counter[int] = sum((page.times[HEARD] for page in pages if HEARD in page.times), Counter())
    asked = sum(times.total() for page in pages for name, times in page.times.items() if name not in (HEARD, BY_ALL))
    counts = book.counts()
    words = [
        f"{now - began:4.0f} s: {max(sum(page.online.values()) for page in pages):,} online",
        f"{asked / len(pages):,.0f} asked/s",
        f"{heard.total() / len(pages):,.0f} heard/s",
        *([f"p99 {percentile(heard, 0.99):,} ms"] if heard else []),
        *(f"{counts[name]:,} {name}" for name in ("gaps", "doubles", "failures") if counts[name]),
    ]
    return " · ".join(words)
