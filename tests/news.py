"""A broker that notes what was told instead of carrying it: the edge of the school's tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from edusphere.contract.events import ServerEvent
from edusphere.realtime import directives, topics
from edusphere.realtime.broker import Receive, Suspect

_event = msgspec.json.Decoder(ServerEvent).decode


class News:
    """Every event and directive that was published, in order."""

    alone = True
    trouble: str | None = None

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    async def start(self, receive: Receive, suspect: Suspect) -> None: ...

    async def stop(self) -> None: ...

    async def subscribe(self, topic: str) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None:
        decode: Any = directives.decode if topic == topics.EVERYONE else _event
        self.told.append((topic, decode(payload)))

    def in_room(self, room_id: UUID) -> list[Any]:
        """What those in a room were told."""
        return self._on(topics.room(room_id))

    def to(self, person_id: UUID) -> list[Any]:
        """What one person was told, on all their sockets."""
        return self._on(topics.person(person_id))

    def directives(self) -> list[Any]:
        """What every process was told to do to sockets."""
        return self._on(topics.EVERYONE)

    def forget(self) -> None:
        self.told.clear()

    def _on(self, topic: str) -> list[Any]:
        return [event for told_topic, event in self.told if told_topic == topic]
