"""Who has a room open, gathered and told at most once per interval. Not promised.

Each process knows its own people. Where there are several, each says on the room's topic who they are: when that
changed, once more to a process it has not heard of before, and in any case again before its word is out of date. The
others count whoever was said to be there by anyone, each person once. A process that says no more (it was killed) is
forgotten when its last word is out of date.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable
from time import monotonic
from uuid import UUID, uuid4

from edusphere.contract.events import PresenceChanged

Statement = tuple[UUID, bytes]
"""What is said to other processes about a room: our name, then those of our people, each in 16 bytes."""
_NAME = 16
AT_ONCE = 100
"""Rooms told before others have their turn."""
BREATH = 0.005
"""Seconds until the next ones are."""


class Presence:
    """Notes which rooms saw somebody come or go, and tells each of them once per interval.

    `people_in` returns the people who have a room open here, `rooms` the rooms that anybody here has open; `tell`
    passes the event on to them. `state` passes on what other processes are to know; None where there are none.
    """

    def __init__(
        self,
        people_in: Callable[[UUID], set[UUID]],
        tell: Callable[[PresenceChanged], None],
        *,
        interval: float,
        names: int,
        lifetime: float = 0.0,
        rooms: Callable[[], Iterable[UUID]] = tuple,
        state: Callable[[Collection[Statement]], None] | None = None,
    ) -> None:
        self._people_in = people_in
        self._tell = tell
        self._interval = interval
        self._names = names
        self._lifetime = lifetime
        self._rooms = rooms
        self._state = state
        self._process = uuid4().bytes
        self._changed: set[UUID] = set()
        self._owed: set[UUID] = set()
        """The rooms of which other processes are to be told."""
        self._elsewhere: dict[UUID, dict[bytes, tuple[frozenset[bytes], float]]] = {}
        """By room and process: the people, and when that was said."""
        self._timer: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None

    def start(self) -> None:
        if self._state is not None:
            self._again = asyncio.get_running_loop().call_later(self._lifetime / 3, self._say_again)

    def changed(self, room_id: UUID) -> None:
        """Somebody came to this room here, or went."""
        self._changed.add(room_id)
        if self._state is not None:
            self._owed.add(room_id)
        self._soon()

    def hear(self, room_id: UUID, statement: bytes) -> None:
        """Take note of what a process said; of ourselves we know it."""
        process = statement[:_NAME]
        if process == self._process:
            return
        people = frozenset(statement[at : at + _NAME] for at in range(_NAME, len(statement), _NAME))
        said = self._elsewhere.setdefault(room_id, {})
        before, _ = said.get(process, (frozenset(), 0.0))
        if not before and people:
            self._owed.add(room_id)  # it may have just begun to listen
        if people:
            said[process] = people, monotonic()
        else:
            said.pop(process, None)
        if people != before:
            self._changed.add(room_id)
            self._soon()

    def stop(self) -> Collection[Statement]:
        """Return the last that other processes are to be told: nobody is here any more."""
        for timer in (self._timer, self._again):
            if timer is not None:
                timer.cancel()
        return [(room_id, self._process) for room_id in self._owed.union(self._rooms())]

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval, self._tell_all)

    def _tell_all(self) -> None:
        """Begin to tell what has changed until now; what changes meanwhile waits for the next interval."""
        changed, self._changed = self._changed, set()
        owed, self._owed = self._owed, set()
        self._tell_some(deque((room_id, room_id in changed, room_id in owed) for room_id in changed | owed))

    def _tell_some(self, rooms: deque[tuple[UUID, bool, bool]]) -> None:
        statements = []
        for room_id, changed, owed in [rooms.popleft() for _ in range(min(AT_ONCE, len(rooms)))]:
            here = {person_id.bytes for person_id in self._people_in(room_id)}
            if not here:
                self._elsewhere.pop(room_id, None)  # nobody here asks
            elif changed:
                self._tell(self._event(room_id, here))
            if owed:
                statements.append((room_id, b"".join((self._process, *here))))
        if statements and self._state is not None:
            self._state(statements)
        if rooms:
            self._timer = asyncio.get_running_loop().call_later(BREATH, self._tell_some, rooms)
        else:
            self._timer = None
            if self._changed or self._owed:
                self._soon()

    def _event(self, room_id: UUID, here: set[bytes]) -> PresenceChanged:
        people = here.union(*(said for said, _ in self._elsewhere.get(room_id, {}).values()))
        named = tuple(sorted(UUID(bytes=name) for name in people)) if len(people) <= self._names else None
        return PresenceChanged(room_id=room_id, count=len(people), user_ids=named)

    def _say_again(self) -> None:
        """Say everything once more, and forget those who did not."""
        self._again = asyncio.get_running_loop().call_later(self._lifetime / 3, self._say_again)
        self._owed.update(self._rooms())
        oldest = monotonic() - self._lifetime
        for room_id, said in self._elsewhere.items():
            for process in [process for process, (_, at) in said.items() if at < oldest]:
                del said[process]
                self._changed.add(room_id)
        if self._owed or self._changed:
            self._soon()
