"""What one process's people hear of each room, by its numbers: what is missing, what comes twice, and how late.

A room's changes are numbered 1, 2, 3 … (`/ws/`): who hears 4 and then 6 has missed one, who hears 4 again has heard it
twice. Who comes back says after which number, and hears what was missed before what happens.
"""

from __future__ import annotations

from collections.abc import Iterable

from loadtests.player.changes import Change
from loadtests.player.tally import Tally

HEARD, BY_ALL = "heard by each", "heard by all"
MILLION = 1_000_000


class Post:
    """A post that not all of this process's listeners have heard yet."""

    __slots__ = ("heard", "last", "said", "wanted")

    def __init__(self, said: int, wanted: int) -> None:
        self.said = said
        self.wanted = wanted
        self.heard = 0
        self.last = 0


class Room:
    """A room and its listeners in this process."""

    def __init__(self, room_id: str, tally: Tally) -> None:
        self.id = room_id
        self.tally = tally
        self.highest = 0
        """The last number that anybody heard, or was answered."""
        self.ears: set[Ear] = set()
        """Of those who listen live."""
        self._open: dict[int, Post] = {}

    def hear(self, change: Change, now: int) -> None:
        """Note that one of the listeners heard something live."""
        number = change.number
        if number > self.highest:
            self.highest = number
        if not change.said:
            return
        self.tally.note(HEARD, (now - change.said) // MILLION)
        post = self._open.get(number)
        if post is None:
            others = sum(1 for ear in self.ears if ear.waits_for(number))
            post = self._open[number] = Post(change.said, others + 1)
        post.heard += 1
        post.last = now
        if post.heard >= post.wanted:
            self._close(number)

    def enter(self, ear: Ear) -> None:
        self.ears.add(ear)
        for number, post in self._open.items():
            post.wanted += ear.waits_for(number)

    def leave(self, ear: Ear) -> None:
        """Wait no longer for somebody."""
        if ear in self.ears:
            self.ears.discard(ear)
            self.skip([number for number in self._open if ear.waits_for(number)])

    def skip(self, numbers: Iterable[int]) -> None:
        """Let one listener less be waited for."""
        for number in numbers:
            post = self._open.get(number)
            if post is not None:
                post.wanted -= 1
                if post.heard >= post.wanted:
                    self._close(number)

    def _close(self, number: int) -> None:
        post = self._open.pop(number)
        if post.heard:
            self.tally.told(self.id, number, post.said, post.last)

    def missing(self, highest: int) -> int:
        """Count what the listeners have still to hear up to a number."""
        return sum(max(highest - ear.last, 0) for ear in self.ears)


class Ear:
    """One socket's place in one room."""

    __slots__ = ("_room", "_wants", "last", "live_after")

    def __init__(self, room: Room, after: int | None = None) -> None:
        self._room = room
        self._wants = after
        self.last = after or 0
        self.live_after = -1
        """Above this number things are heard as they happen; below, they were missed and are said again."""

    def admitted(self, number: int) -> None:
        """The subscription was answered with the room's last number: what was missed follows, then what happens."""
        self.live_after = number
        if self._wants is None:
            self.last = number
        self._room.highest = max(self._room.highest, number)
        self._room.enter(self)

    def reset(self, number: int) -> None:
        """Too much was missed to be said again: a browser would fetch the room anew."""
        self._room.tally.count("resets")
        self._room.leave(self)
        self.last = self.live_after = number
        self._room.enter(self)

    def waits_for(self, number: int) -> bool:
        """Whether it is to hear this, live, and has not yet."""
        return number > self.last and number > self.live_after

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything that was missed has been heard."""
        return 0 <= self.live_after <= self.last

    def hear(self, change: Change, now: int) -> None:
        number, expected = change.number, self.last + 1
        if number != expected:
            if number < expected:
                self._room.tally.count("doubles")
                return
            self._room.tally.count("gaps", number - expected)
            self._room.skip(range(expected, number))
        self.last = number
        if number > self.live_after:
            self._room.hear(change, now)
        else:
            self._room.tally.count("said again")

    def close(self) -> None:
        self._room.leave(self)
