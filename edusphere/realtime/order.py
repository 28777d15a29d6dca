"""One room's changes in this process: each number handed on once, in order, without holes.

Wake-ups may come late, twice, in the wrong order or never; the database is the truth. A change
that comes too early waits for those before it, and if they do not come they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from edusphere.realtime.frames import Frame

EARLY_LIMIT = 1_000
"""Changes kept while one before them is missing; beyond, they are read again with it."""


class RoomOrder:
    def __init__(self, deliver: Callable[[Frame, int], None]) -> None:
        self._deliver = deliver
        self._early: dict[int, Frame] = {}
        self.position: int | None = None
        """The last number handed on; None until the table was read once."""
        self.members: int | None = None
        """The fingerprint of those who belonged to the room when its listeners were last looked at."""
        self.newcomers: set[UUID] = set()
        """People who began to hear it since: that fingerprint says nothing of them."""
        self.unseen: set[UUID] = set()
        """People who hear the room and are not shown to be there."""
        self.told: dict[int, float] = {}
        """When changes of this process were told, by their number, until they are handed on here."""

    @property
    def has_gap(self) -> bool:
        return bool(self._early)

    def begin(self, position: int) -> None:
        """Start after `position`, which was read from the database after the topic was joined."""
        if self.position is None:
            self.position = position
            self._early = {number: frame for number, frame in self._early.items() if number > position}
            self._hand_on()

    def offer(self, number: int, frame: Frame) -> None:
        """Take one change, however it came."""
        if self.position is not None and number <= self.position:
            return
        if len(self._early) >= EARLY_LIMIT:
            self._early.clear()
        self._early[number] = frame
        self._hand_on()

    def _hand_on(self) -> None:
        while self.position is not None and (frame := self._early.pop(self.position + 1, None)) is not None:
            self.position += 1
            self._deliver(frame, self.position)
