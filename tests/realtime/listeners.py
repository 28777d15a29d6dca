"""A room without a database and a listener without a network, for what is only realtime's business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic, time
from typing import Any
from uuid import UUID, uuid4

import msgspec

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Author, Change, Message, MessagePosted, Ok
from edusphere.errors import Unavailable
from edusphere.realtime import Realtime, topics
from edusphere.realtime.broker import Broker
from edusphere.realtime.broker.memory import MemoryBroker
from edusphere.realtime.frames import Frame
from edusphere.realtime.ledger import Position


def person(name: str) -> Author:
    return Author(id=uuid4(), username=name.lower(), name=name, avatar="")


ADA, GRACE = person("Ada"), person("Grace")


class Table:
    """The truth: what was committed, in numbers."""

    def __init__(self) -> None:
        self.rooms: dict[UUID, list[Change]] = {}
        self.left: set[UUID] = set()
        """Who may not hear any room any more."""
        self.reachable = True
        self.reads = 0

    def write(self, room_id: UUID, body: str = "hello") -> MessagePosted:
        changes = self.rooms.setdefault(room_id, [])
        now = datetime.now(UTC)
        message = Message(
            id=uuid4(),
            number=len(changes) + 1,
            client_id=uuid4(),
            user=ADA,
            body=body,
            edited=False,
            removed=False,
            parent_id=None,
            files=(),
            created=now,
            updated=now,
        )
        event = MessagePosted(room_id=room_id, number=len(changes) + 1, message=message)
        changes.append(event)
        return event

    def last(self, room_id: UUID) -> int:
        return len(self.rooms.get(room_id, ()))

    async def outsiders(self, listeners: Mapping[UUID, Collection[UUID]]) -> list[tuple[UUID, UUID]]:
        self._answer()
        return [(room_id, person_id) for room_id, people in listeners.items() for person_id in self.left & set(people)]

    async def positions(self, room_ids: Sequence[UUID]) -> dict[UUID, Position]:
        self._answer()
        return {room_id: Position(self.last(room_id), hash(frozenset(self.left))) for room_id in room_ids}

    async def changes(self, room_id: UUID, after: int, limit: int) -> list[Change]:
        self._answer()
        await asyncio.sleep(0)
        return self.rooms.get(room_id, [])[after : after + limit]

    def _answer(self) -> None:
        self.reads += 1
        if not self.reachable:
            raise Unavailable


class Listener:
    """Writes down what it hears."""

    def __init__(self, who: Author, session_id: UUID | None = None) -> None:
        self.person_id = who.id
        self.session_id: UUID | None = session_id or uuid4()
        self.topics: list[str] = []
        self.opened = time()
        self.waiting = 0
        self.heard = monotonic()
        self.known_as = ""
        self.outdated = False
        self.frames: list[dict[str, Any]] = []
        self.closed: CloseCode | None = None

    @property
    def closing(self) -> bool:
        return self.closed is not None

    def send(self, frame: Frame) -> None:
        if not self.closing:
            self.frames.extend(msgspec.json.decode(part.payload) for part in frame.parts)

    def close(self, code: CloseCode, reason: str = "") -> None:
        del reason
        self.closed = self.closed or code

    def numbers(self) -> list[int]:
        return [frame["number"] for frame in self.frames if frame["type"] == "message.posted"]

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]


@asynccontextmanager
async def realtime_over(table: Table, broker: Broker | None = None, **knobs: Any) -> AsyncIterator[Realtime]:
    realtime = Realtime(
        broker or MemoryBroker(),
        table,
        **{
            "heartbeat": 25,
            "silence": 45,
            "replay_limit": 500,
            "position_check": 60,
            "presence_interval": 0.02,
            "presence_names": 100,
            "presence_lifetime": 45,
            "sockets_per_person": 8,
            **knobs,
        },
    )
    await realtime.start()
    try:
        yield realtime
    finally:
        await realtime.stop()


async def hear(realtime: Realtime, table: Table, listener: Listener, room_id: UUID, after: int | None = None) -> None:
    async def admit() -> int:
        await asyncio.sleep(0)
        return table.last(room_id)

    await realtime.connected(listener)
    await realtime.subscribe(
        listener, room_id, after, admit=admit, answer=lambda number: Ok(ref=1, room_id=room_id, number=number)
    )


async def tell(realtime: Realtime, event: Change) -> None:
    await realtime.announce(topics.room(event.room_id), event)


async def until(truth: Any, seconds: float = 5) -> None:
    """Wait for `truth()`; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not truth():
            await asyncio.sleep(0.005)
