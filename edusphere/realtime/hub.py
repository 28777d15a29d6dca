"""Topic → connections, in this process. Everything here is synchronous and touches no network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from uuid import UUID

from edusphere import metrics
from edusphere.realtime.connection import Connection
from edusphere.realtime.frames import Frame, Joined


class CatchUp:
    """A connection between joining a topic and being up to date with it.

    While the past is being read, what happens is kept; afterwards whatever the past already
    contained (numbers up to `floor`) is skipped, so that each number is heard once.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._kept: list[tuple[Frame, int]] | None = []
        self.floor = 0

    @property
    def reading(self) -> bool:
        return self._kept is not None

    def take(self, frame: Frame, number: int) -> None:
        if self._kept is not None:
            self._kept.append((frame, number))
        elif number == 0 or number > self.floor:
            self.connection.send(frame)

    def release(self, floor: int) -> None:
        """Say that the past up to `floor` was sent: what was kept follows, from now on it is live."""
        kept, self._kept, self.floor = self._kept or [], None, floor
        for frame, number in kept:
            self.take(frame, number)


NOTHING: list[Frame] = []
"""Shared by all topics in which nothing is pending; never added to."""


class Topic:
    """Who hears one topic here. There is one for every person, so it is kept small."""

    __slots__ = ("_pending", "catching_up", "listeners", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.listeners: set[Connection] = set()
        self.catching_up: dict[Connection, CatchUp] = {}
        self._pending: list[Frame] = NOTHING

    def __bool__(self) -> bool:
        return bool(self.listeners or self.catching_up)

    def everyone(self) -> set[Connection]:
        return self.listeners | self.catching_up.keys()

    def deliver(self, frame: Frame, number: int = 0) -> None:
        """Hand the same frame to everyone; `number` is 0 for what is not a numbered change.

        What is said within one turn of the loop is written together: the first frame waits for
        nothing but the rest of its own turn.
        """
        if self.catching_up:
            for catch_up in self.catching_up.values():
                catch_up.take(frame, number)
        if self.listeners:
            if self._pending:
                self._pending.append(frame)
            else:
                self._pending = [frame]
                asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Write what is pending, now: before somebody is added who has heard it already."""
        pending, self._pending = self._pending, NOTHING
        if pending:
            frame = pending[0] if len(pending) == 1 else Joined(pending)
            for connection in self.listeners:
                connection.send(frame)
            metrics.deliveries.inc(len(pending) * len(self.listeners))

    def settle(self, position: int) -> None:
        """Move those who have nothing left to skip among the plain listeners."""
        self.flush()
        for catch_up in [each for each in self.catching_up.values() if not each.reading and each.floor <= position]:
            del self.catching_up[catch_up.connection]
            self.listeners.add(catch_up.connection)


class Hub:
    def __init__(self, *, emptied: Callable[[str], None]) -> None:
        """`emptied` is told each topic that nobody here hears any more."""
        self._topics: dict[str, Topic] = {}
        self._emptied = emptied

    def topic(self, name: str) -> Topic | None:
        return self._topics.get(name)

    def topics(self) -> Collection[Topic]:
        return self._topics.values()

    def join(self, name: str, connection: Connection) -> None:
        """Hear a topic from now on."""
        topic = self._topic_for(name, connection)
        topic.flush()
        topic.listeners.add(connection)

    def join_reading_the_past(self, name: str, connection: Connection) -> CatchUp:
        """Hear a topic from now on, but keep it back until the answer is released."""
        topic = self._topic_for(name, connection)
        topic.listeners.discard(connection)
        catch_up = topic.catching_up[connection] = CatchUp(connection)
        return catch_up

    def leave(self, name: str, connection: Connection) -> None:
        topic = self._topics.get(name)
        if topic is None or name not in connection.topics:
            return
        connection.topics.remove(name)
        if connection in topic.listeners:
            topic.flush()  # what was said while they listened is theirs: that the room is deleted, say
        topic.listeners.discard(connection)
        topic.catching_up.pop(connection, None)
        if not topic:
            del self._topics[name]
            self._emptied(name)

    def leave_all(self, connection: Connection) -> None:
        for name in tuple(connection.topics):
            self.leave(name, connection)

    def deliver(self, name: str, frame: Frame) -> None:
        topic = self._topics.get(name)
        if topic is not None:
            topic.deliver(frame)

    def deliver_to_others(self, name: str, frame: Frame, person_id: UUID) -> None:
        """Hand a frame to everyone but this person; those who are still reading the past miss it."""
        topic = self._topics.get(name)
        if topic is not None:
            topic.flush()
            for connection in topic.listeners:
                if connection.person_id != person_id:
                    connection.send(frame)

    def _topic_for(self, name: str, connection: Connection) -> Topic:
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = Topic(name)
        if name not in connection.topics:
            connection.topics.append(topic.name)  # the one string for all who hear it
        return topic
