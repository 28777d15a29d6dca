"""One event in, one frame encoded, every listener told.

A small library of its own: it knows topics, connections and numbers, no tables and no Quart.
The way of an event::

    announce ─ encode once ─ broker ─┬─ this process ─┬─ order (numbered changes) ─ hub ─ connections
                                     └─ every other … └─ hub (everything else) ──── connections

Promised: whoever subscribed to a room hears each of its changes once, in order, without holes, for
as long as the connection stands, whatever the broker loses; after a cut, `after` brings the rest.
Not promised: typing and presence.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import msgspec

from edusphere import metrics
from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import (
    Change,
    DirectRulesChanged,
    Event,
    MeChanged,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    PresenceChanged,
    RoomLeft,
    RoomReset,
    SchoolDecided,
    SessionEnded,
    TypingStarted,
)
from edusphere.errors import Forbidden, Unavailable
from edusphere.realtime import directives, topics
from edusphere.realtime.broker import TO_OTHERS, TO_PROCESSES, Broker
from edusphere.realtime.connection import Connection
from edusphere.realtime.directives import Counted, EndSessions, Evict, Renew, Show, TellAll
from edusphere.realtime.frames import Frame, Joined
from edusphere.realtime.hub import Hub
from edusphere.realtime.ledger import Ledger
from edusphere.realtime.order import RoomOrder
from edusphere.realtime.presence import Presence, Statement
from edusphere.realtime.pulse import pulse
from edusphere.realtime.sockets import Sockets

__all__ = ["Ledger", "Realtime", "topics"]

log = logging.getLogger(__name__)

_typing = msgspec.json.Decoder(TypingStarted).decode

KINDS = {MessagePosted: "posted", MessageEdited: "edited", MessageRemoved: "removed"}
_REORDER_GRACE = 0.05
"""Seconds in which changes that overtook one another sort themselves out before the table is read."""


class Realtime:
    """What the school and the doors use. One per process."""

    def __init__(
        self,
        broker: Broker,
        ledger: Ledger,
        *,
        heartbeat: float,
        silence: float,
        replay_limit: int,
        position_check: float,
        presence_interval: float,
        presence_names: int,
        presence_lifetime: float,
        sockets_per_person: int,
    ) -> None:
        """Times are seconds."""
        self._broker = broker
        self._ledger = ledger
        self._heartbeat = heartbeat
        self._silence = silence
        self._replay_limit = replay_limit
        self._position_check = position_check
        self._hub = Hub(emptied=self._emptied)
        self._orders: dict[UUID, RoomOrder] = {}
        self._sockets = Sockets(
            most=sockets_per_person,
            let_go=self.disconnected,
            say=lambda person_id, payload: self._spawn(self._tell_who_hears(person_id, payload)),
        )
        self._presence = Presence(
            self._people_seen_in,
            self._tell_presence,
            interval=presence_interval,
            names=presence_names,
            lifetime=presence_lifetime,
            rooms=lambda: self._orders,
            state=None if broker.alone else lambda statements: self._spawn(self._tell_processes(statements)),
        )
        self._repairing: set[UUID] = set()
        self._suspects: set[UUID] = set()
        self._process = uuid4()
        self._counts: dict[str, Callable[[str, int], None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._broker.start(self._receive, self._suspect)
        await self._broker.subscribe(topics.EVERYONE)
        self._presence.start()
        self._spawn(pulse(self.connections, heartbeat=self._heartbeat, silence=self._silence))
        self._spawn(self._check_positions())

    async def stop(self) -> None:
        self._sockets.stop()
        last_words = self._presence.stop()
        if not self._broker.alone:
            await self._tell_processes(last_words)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broker.stop()

    @property
    def topics_heard(self) -> int:
        return len(self._hub.topics())

    @property
    def trouble(self) -> str | None:
        """Why other processes hear of what happens later than they should, in a sentence."""
        return self._broker.trouble

    # -- for the school

    async def announce(self, topic: str, event: Event) -> None:
        """Tell everyone who hears `topic`, in every process.

        Call it after COMMIT. Never raises, waits for no reader.
        """
        number = event.number if isinstance(event, Change) else TO_OTHERS if isinstance(event, TypingStarted) else 0
        if isinstance(event, Change):
            metrics.changes.labels(KINDS[type(event)]).inc()
            order = self._orders.get(event.room_id)
            if order is not None and number > (order.position or 0):
                order.told[number] = perf_counter()
        await self._broker.publish(topic, Frame.of(event).payload, number)

    async def evict(self, person_id: UUID, room_id: UUID) -> None:
        """Take a room from all of a person's sockets, everywhere, and tell them `room.left`."""
        await self._direct(Evict(person_id, room_id))

    async def announce_to_all(self, event: DirectRulesChanged | SchoolDecided) -> None:
        """Tell everybody who is connected, in every process. Call it after COMMIT."""
        await self._direct(TellAll(event))

    async def renew(self, person_id: UUID) -> None:
        """Let nobody take this person any more for whom they were let in as, and tell them. Call it after COMMIT."""
        await self._direct(Renew(person_id))

    def renew_here(self, person_id: UUID) -> None:
        """Do the same in this process alone."""
        frame = Frame.of(MeChanged())
        for connection in self._sockets.of(person_id):
            connection.outdated = True
            connection.send(frame)

    async def show_everywhere(self, person_id: UUID, room_id: UUID, *, shown: bool) -> None:
        """Show somebody who hears a room to the others in it, or no longer, in every process."""
        await self._direct(Show(person_id, room_id, shown))

    async def end_sessions(
        self,
        event: SessionEnded,
        code: CloseCode,
        *,
        person_id: UUID,
        session_ids: Iterable[UUID] | None = None,
    ) -> None:
        """Tell and close the live sockets of some of a person's sessions, or of all, in every process."""
        ids = None if session_ids is None else tuple(session_ids)
        if ids != ():
            await self._direct(EndSessions(person_id, event, code, ids))

    def end_here(self, session_id: UUID, event: SessionEnded, code: CloseCode) -> None:
        """Tell and close the live sockets of a session in this process alone, without the broker."""
        for connection in self.connections():
            if connection.session_id == session_id:
                self._end(connection, Frame.of(event), code)

    def count(self, what: str, key: str, times: int) -> None:
        """Tell the other processes that something was done, or with -1 that it was not after all."""
        if not self._broker.alone:
            self._spawn(self._direct(Counted(self._process, what, key, times)))

    def on_count(self, what: str, note: Callable[[str, int], None]) -> None:
        """Let `note` know what other processes count."""
        self._counts[what] = note

    # -- for the doors

    async def connected(self, connection: Connection) -> None:
        """Note a new socket; it hears what concerns its person. The person's oldest socket gives way."""
        self._sockets.add(connection)
        self._hub.join(topics.person(connection.person_id), connection)
        await self._broker.subscribe(topics.person(connection.person_id))
        if not self._broker.alone:
            await self._tell_who_hears(connection.person_id, self._sockets.question(connection.person_id))

    def disconnected(self, connection: Connection) -> None:
        """Forget a socket, at once: whatever is told from here on cannot reach it."""
        rooms = self.rooms_of(connection)
        self._hub.leave_all(connection)
        for room_id in rooms:
            self._presence.changed(room_id)
        self._sockets.remove(connection)

    async def subscribe(
        self,
        connection: Connection,
        room_id: UUID,
        after: int | None,
        *,
        admit: Callable[[], Awaitable[int]],
        answer: Callable[[int], Event],
    ) -> None:
        """Let a connection hear a room: `answer`, then what it missed after `after`, then what happens.

        `admit` refuses, or returns the room's last number. It is asked after the topic was joined,
        so that neither a change nor an eviction can slip between the question and the subscription.
        """
        topic = topics.room(room_id)
        order = self._orders.setdefault(room_id, RoomOrder(lambda frame, number: self._deliver(room_id, frame, number)))
        catch_up = self._hub.join_reading_the_past(topic, connection)
        try:
            await self._broker.subscribe(topic)
            last = await admit()
            missed: list[Change] | None = []
            if after is not None and after != last:
                missed = await self._missed(room_id, after, last)
            joined = self._hub.topic(topic)
            if joined is None or joined.catching_up.get(connection) is not catch_up:
                raise Forbidden("You are no longer in this room.")
        except BaseException:
            self._hub.leave(topic, connection)
            raise
        news = (RoomReset(room_id=room_id, number=last),) if missed is None else missed
        connection.send(Joined([Frame.of(answer(last)), *map(Frame.of, news)]))  # one write, however much was missed
        order.newcomers.add(connection.person_id)
        catch_up.release(max(last, missed[-1].number) if missed else last)
        order.begin(last)
        joined.settle(order.position or 0)
        self._presence.changed(room_id)

    def show(self, person_id: UUID, room_id: UUID, *, shown: bool) -> None:
        """Say whether somebody who is about to hear a room is shown to the others in it."""
        if (order := self._orders.get(room_id)) is not None:
            (order.unseen.discard if shown else order.unseen.add)(person_id)

    def is_shown(self, person_id: UUID, room_id: UUID) -> bool:
        order = self._orders.get(room_id)
        return order is None or person_id not in order.unseen

    def unsubscribe(self, connection: Connection, room_id: UUID) -> None:
        self._hub.leave(topics.room(room_id), connection)
        self._presence.changed(room_id)

    def rooms_of(self, connection: Connection) -> list[UUID]:
        """Return the rooms a connection hears."""
        return [room_id for name in connection.topics if (room_id := topics.room_id(name)) is not None]

    def connections(self) -> list[Connection]:
        return self._sockets.all()

    def close_all(self, code: CloseCode, reason: str) -> None:
        """Close every socket of this process."""
        for connection in self.connections():
            connection.close(code, reason)

    # -- what arrives

    def _receive(self, topic: str, payload: bytes, number: int) -> None:
        if topic == topics.EVERYONE:
            self._obey(directives.decode(payload))
        elif number == 0:
            self._hub.deliver(topic, Frame(payload))
        elif number == TO_PROCESSES:
            if self._hub.topic(topic) is None:
                return
            if (room_id := topics.room_id(topic)) is not None:
                self._presence.hear(room_id, payload)
            elif (person_id := topics.person_id(topic)) is not None:
                self._sockets.hear(person_id, payload)
        elif number == TO_OTHERS:
            self._hub.deliver_to_others(topic, Frame(payload), _typing(payload).user.id)
        elif (room_id := topics.room_id(topic)) is not None and (order := self._orders.get(room_id)) is not None:
            order.offer(number, Frame(payload))
            if order.has_gap:
                self._repair(room_id)

    def _deliver(self, room_id: UUID, frame: Frame, number: int) -> None:
        topic = self._hub.topic(topics.room(room_id))
        if topic is not None:
            topic.deliver(frame, number)
            if topic.catching_up:
                topic.settle(number)
        if (order := self._orders.get(room_id)) is not None and (began := order.told.pop(number, None)) is not None:
            # After the writing, which `deliver` has put in the loop's next turn.
            asyncio.get_running_loop().call_soon(_told_all, began)

    def _obey(self, directive: directives.Directive) -> None:
        if isinstance(directive, Counted):
            if directive.process != self._process and (note := self._counts.get(directive.what)) is not None:
                note(directive.key, directive.times)
            return
        if isinstance(directive, TellAll):
            frame = Frame.of(directive.event)
            for connection in self.connections():
                connection.send(frame)
            return
        if isinstance(directive, Renew):
            self.renew_here(directive.person_id)
            return
        theirs = self._sockets.of(directive.person_id)
        match directive:
            case Show(room_id=room_id):
                self.show(directive.person_id, room_id, shown=directive.shown)
                self._presence.changed(room_id)
            case Evict(room_id=room_id):
                name, frame = topics.room(room_id), Frame.of(RoomLeft(room_id=room_id))
                for connection in theirs:
                    self._hub.leave(name, connection)
                    connection.send(frame)
                self._presence.changed(room_id)
            case EndSessions():
                frame = Frame.of(directive.event)
                for connection in theirs:
                    if directive.concerns(connection.session_id):
                        self._end(connection, frame, directive.code)

    def _end(self, connection: Connection, frame: Frame, code: CloseCode) -> None:
        self.disconnected(connection)
        connection.send(frame)
        connection.close(code, "This sign-in is over.")

    async def _direct(self, directive: directives.Directive) -> None:
        await self._broker.publish(topics.EVERYONE, directives.encode(directive))

    # -- what was lost

    async def _missed(self, room_id: UUID, after: int, last: int) -> list[Change] | None:
        """Return the changes after `after`, or None where the room must be fetched anew."""
        if after > last:  # a browser that knows more than we do: an older backup was restored
            return None
        missed = await self._ledger.changes(room_id, after, self._replay_limit + 1)
        return missed if len(missed) <= self._replay_limit else None

    def _suspect(self, topic: str) -> None:
        """What was said in a topic may have been lost for a while: its changes, and who was put out of it."""
        if (room_id := topics.room_id(topic)) is not None:
            if not self._suspects:
                self._spawn(self._examine())
            self._suspects.add(room_id)

    async def _examine(self) -> None:
        """Look at all that became suspect together: after an outage that is every room, and two questions must do."""
        await asyncio.sleep(_REORDER_GRACE)
        suspects, self._suspects = self._suspects, set()
        heard = {room_id: order for room_id in suspects if (order := self._orders.get(room_id)) is not None}
        for order in heard.values():
            order.members = None  # whoever hears it is looked at: now, or by the next position check
        with suppress(Unavailable):
            await self._look_at_rooms(heard)

    async def _put_out(self, listeners: Mapping[UUID, Collection[UUID]]) -> None:
        """Take rooms from those of their listeners who do not belong there any more.

        The next position check tries again where it was not possible.
        """
        try:
            outsiders = await self._ledger.outsiders(listeners) if any(listeners.values()) else ()
        except Unavailable:
            outsiders = ()
            for room_id in listeners:
                if (order := self._orders.get(room_id)) is not None:
                    order.members = None
        for room_id, person_id in outsiders:
            self._obey(Evict(person_id, room_id))

    def _repair(self, room_id: UUID) -> None:
        if room_id not in self._repairing:
            metrics.gaps.inc()
            self._repairing.add(room_id)
            self._spawn(self._fill_gap(room_id))

    async def _fill_gap(self, room_id: UUID) -> None:
        try:
            await asyncio.sleep(_REORDER_GRACE)
            while (order := self._orders.get(room_id)) is not None and order.position is not None:
                changes = await self._ledger.changes(room_id, order.position, self._replay_limit)
                for change in changes:
                    order.offer(change.number, Frame.of(change))
                if len(changes) < self._replay_limit:
                    break
        except Unavailable:
            log.info("a room's missing changes could not be read; the next check tries again")
        finally:
            self._repairing.discard(room_id)

    async def _check_positions(self) -> None:
        """Compare every room heard here with the table: a wake-up lost before a silence is noticed too.

        So is an eviction: the words of a room are for its members, whether or not the broker is there to say who left.
        """
        while True:
            await asyncio.sleep(self._position_check * random.uniform(0.8, 1.2))  # noqa: S311 (jitter)
            try:
                await self._look_at_rooms(self._orders)
            except Unavailable:
                continue
            except Exception:  # what is missing would stay missing
                log.exception("the rooms could not be looked at; the next check tries again")

    async def _look_at_rooms(self, orders: Mapping[UUID, RoomOrder]) -> None:
        watched = {room_id: order for room_id, order in orders.items() if order.position is not None}
        if not watched:
            return
        before = {room_id: order.position or 0 for room_id, order in watched.items()}
        newcomers = {room_id: order.newcomers for room_id, order in watched.items()}
        for order in watched.values():
            order.newcomers = set()  # who comes from here on is looked at next time
        try:
            positions = await self._ledger.positions(list(watched))
        except BaseException:
            for room_id, order in watched.items():
                order.newcomers |= newcomers[room_id]
            raise
        doubtful: dict[UUID, Collection[UUID]] = {}
        for room_id, order in watched.items():
            number, members = positions.get(room_id, (0, None))
            if number > before[room_id]:
                self._repair(room_id)
            if members is None or members != order.members:
                order.members = members
                doubtful[room_id] = self._people_in(room_id)
            elif newcomers[room_id]:
                doubtful[room_id] = newcomers[room_id] & self._people_in(room_id)
        await self._put_out(doubtful)

    # -- keeping house

    def _emptied(self, topic: str) -> None:
        if (room_id := topics.room_id(topic)) is not None:
            self._orders.pop(room_id, None)
        self._broker.unsubscribe(topic)

    def _people_in(self, room_id: UUID) -> set[UUID]:
        topic = self._hub.topic(topics.room(room_id))
        return {connection.person_id for connection in (*topic.listeners, *topic.catching_up)} if topic else set()

    def _people_seen_in(self, room_id: UUID) -> set[UUID]:
        order = self._orders.get(room_id)
        return self._people_in(room_id) - order.unseen if order is not None else set()

    def _tell_presence(self, event: PresenceChanged) -> None:
        self._hub.deliver(topics.room(event.room_id), Frame.of(event))

    async def _tell_who_hears(self, person_id: UUID, payload: bytes) -> None:
        await self._broker.publish(topics.person(person_id), payload, TO_PROCESSES)

    async def _tell_processes(self, statements: Collection[Statement]) -> None:
        for room_id, statement in statements:
            await self._broker.publish(topics.room(room_id), statement, TO_PROCESSES)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _told_all(began: float) -> None:
    metrics.fanout.observe(perf_counter() - began)
