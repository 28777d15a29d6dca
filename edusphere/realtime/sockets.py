"""How many sockets one person may have, over all processes: the oldest gives way, wherever it is.

Whoever opens one is asked after: its process says on the person's topic when theirs were opened, and every process that
has some of theirs answers with its own. A moment later each of them knows all, and lets go of those of its own that are
too many. Nothing is kept in between, so that a process that died is not counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import msgspec

from edusphere.contract.close_codes import CloseCode
from edusphere.realtime.connection import Connection

GATHERING = 0.25
"""Seconds in which the others answer."""
WORDS = "You opened this in too many places."


class Opened(msgspec.Struct, array_like=True):
    """When a process's sockets of one person were opened."""

    process: UUID
    times: list[float]
    """Unix seconds."""
    asks: bool
    """One was just opened: when were yours?"""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Opened).decode


@dataclass(slots=True)
class _Round:
    """What is gathered of one person."""

    until: float
    """On the loop's clock. More sockets do not put it off: whoever opens one after the other is counted too."""
    again: bool = False
    """One was opened meanwhile: the next round is about it."""
    answers: dict[UUID, list[float]] = field(default_factory=dict)


class Sockets:
    """The sockets of this process, by person, oldest first."""

    def __init__(
        self,
        *,
        most: int,
        let_go: Callable[[Connection], None],
        say: Callable[[UUID, bytes], None],
    ) -> None:
        """`say` tells the processes that hear a person."""
        self._most = most
        self._let_go = let_go
        self._say = say
        self._process = uuid4()
        self._people: dict[UUID, tuple[Connection, ...]] = {}
        self._gathering: dict[UUID, _Round] = {}
        """First come first."""
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Connection) -> None:
        theirs = self._people[connection.person_id] = (*self.of(connection.person_id), connection)
        self._give_way(connection.person_id, len(theirs) - self._most)

    def question(self, person_id: UUID) -> bytes:
        """Return what asks the other processes for theirs; their answers are awaited from now on."""
        self._gather(person_id)
        return _encode(Opened(self._process, self._times(person_id), asks=True))

    def remove(self, connection: Connection) -> None:
        theirs = tuple(each for each in self._people.pop(connection.person_id, ()) if each is not connection)
        if theirs:
            self._people[connection.person_id] = theirs

    def of(self, person_id: UUID) -> tuple[Connection, ...]:
        return self._people.get(person_id, ())

    def all(self) -> list[Connection]:
        return [connection for theirs in self._people.values() for connection in theirs]

    def hear(self, person_id: UUID, payload: bytes) -> None:
        """Take note of what a process said of its sockets of a person."""
        opened = _decode(payload)
        if opened.process == self._process:
            return
        if opened.asks and self.of(person_id):
            self._gather(person_id)
            self._say(person_id, _encode(Opened(self._process, self._times(person_id), asks=False)))
        if person_id in self._gathering:
            self._gathering[person_id].answers[opened.process] = opened.times

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _times(self, person_id: UUID) -> list[float]:
        return [connection.opened for connection in self.of(person_id) if not connection.closing]

    def _gather(self, person_id: UUID) -> None:
        loop = asyncio.get_running_loop()
        if person_id in self._gathering:
            self._gathering[person_id].again = True
            return
        self._gathering[person_id] = _Round(loop.time() + GATHERING)
        if self._timer is None:
            self._timer = loop.call_later(GATHERING, self._settle)

    def _settle(self) -> None:
        loop = asyncio.get_running_loop()
        while self._gathering:
            person_id, of_person = next(iter(self._gathering.items()))
            if of_person.until > loop.time():
                self._timer = loop.call_at(of_person.until, self._settle)
                return
            del self._gathering[person_id]
            theirs = [at for times in of_person.answers.values() for at in times]
            newest = sorted(self._times(person_id) + theirs)[-self._most :]
            self._give_way(person_id, sum(at < newest[0] for at in self._times(person_id)) if newest else 0)
            if of_person.again:
                self._gathering[person_id] = _Round(loop.time() + GATHERING)
                self._say(person_id, _encode(Opened(self._process, self._times(person_id), asks=True)))
        self._timer = None

    def _give_way(self, person_id: UUID, number: int) -> None:
        for oldest in [each for each in self.of(person_id) if not each.closing][: max(0, number)]:
            self._let_go(oldest)
            oldest.close(CloseCode.TOO_MANY_SOCKETS, WORDS)
