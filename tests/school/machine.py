"""A room as it should be, in a few plain lines, and people's browsers that hear the real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from edusphere.contract.events import Author, Ok
from edusphere.realtime import Realtime
from edusphere.realtime.broker import TO_OTHERS, Broker, Receive, Suspect
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from tests.realtime.listeners import Listener

Words = tuple[str, bool]
"""A message's body, and whether it was removed."""


@dataclass
class Said:
    """One message of the model."""

    message_id: UUID
    number: int
    author: str
    draft: Draft
    body: str
    removed: bool = False
    last_change: int = 0


@dataclass
class Model:
    """The room, without a database and without a network."""

    members: set[str] = field(default_factory=set)
    messages: list[Said] = field(default_factory=list)
    number: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def view(self) -> dict[UUID, Words]:
        return {said.message_id: ("" if said.removed else said.body, said.removed) for said in self.messages}


@dataclass
class Process:
    """What one process of the school has of its own."""

    school: School
    realtime: Realtime
    broker: Forgetful


@dataclass
class Browser:
    """Somebody's page: what it has heard, over all its connections."""

    me: Me
    number: int = 0
    view: dict[UUID, Words] = field(default_factory=dict)
    listener: Listener | None = None
    process: Process | None = None
    was_put_out: bool = False
    _read: int = 0

    async def connect(self, process: Process, room_id: UUID) -> None:
        """Resume where it was.

        Raises:
            Forbidden
        """
        author = Author(id=self.me.id, username=self.me.username, name=self.me.name, avatar="")
        listener, self._read, self.was_put_out = Listener(author), 0, False
        await process.realtime.connected(listener)
        try:
            await process.realtime.subscribe(
                listener,
                room_id,
                self.number,
                admit=lambda: process.school.rooms.listen(self.me, room_id),
                answer=lambda number: Ok(ref=1, room_id=room_id, number=number),
            )
        except BaseException:
            process.realtime.disconnected(listener)
            raise
        self.listener, self.process = listener, process

    def disconnect(self) -> None:
        if self.listener is not None and self.process is not None:
            self.take()
            self.process.realtime.disconnected(self.listener)
            self.listener = None

    def take(self) -> None:
        """Take what was heard since: each number once and in order, and nothing after one was put out."""
        if self.listener is None:
            return
        frames, self._read = self.listener.frames[self._read :], len(self.listener.frames)
        for frame in frames:
            if frame["type"].startswith("message."):
                assert not self.was_put_out, f"{self.me.username} heard {frame['number']} from outside"
                self._change(frame)
            elif frame["type"] == "room.left":
                self.was_put_out = True

    def _change(self, frame: dict[str, Any]) -> None:
        assert frame["number"] == self.number + 1, f"{self.me.username} heard {frame['number']} after {self.number}"
        self.number = frame["number"]
        message = frame["message"]
        self.view[UUID(message["id"])] = (message["body"], message["removed"])


class Forgetful:
    """A broker that loses what it is told to lose."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.alone = broker.alone
        self.trouble: str | None = None
        self.to_lose = 0

    async def start(self, receive: Receive, suspect: Suspect) -> None:
        await self._broker.start(receive, suspect)

    async def stop(self) -> None:
        await self._broker.stop()

    async def subscribe(self, topic: str) -> None:
        await self._broker.subscribe(topic)

    def unsubscribe(self, topic: str) -> None:
        self._broker.unsubscribe(topic)

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None:
        if self.to_lose and number != TO_OTHERS:
            self.to_lose -= 1
        else:
            await self._broker.publish(topic, payload, number)
