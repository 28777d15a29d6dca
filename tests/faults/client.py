"""A good client: sends again until it is answered, comes back after a cut, resumes where it was.

It is pinned to one process and goes to the next when that one is gone. Everything it does and hears is noted.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from edusphere.school.me import Me
from tests.faults.history import OK, Answered, Cut, Heard, History, Reset, Sent, Subscribed, Verb, now
from tests.faults.process import Process

RETRYABLE = ("UNAVAILABLE", "TOO_MANY")
PAUSE = 0.2
"""Seconds before something refused is tried again."""
BLINK = 0.01
"""Seconds before something is said again whose answer was lost with its connection."""
IMPATIENT = 15.0
"""Seconds without any answer after which the connection is given up."""
FOR_GOOD = 60.0
"""Seconds after which nobody tries again."""
BEAT = 20.0
AWAY = 30.0
"""Seconds in which one must be connected, at the start and at the end."""

Frame = dict[str, Any]
Company = list[tuple[float, frozenset[str]]]
"""Who was told to be in a room, and when."""


class Refused(Exception):
    """What trying again does not mend."""


class Person:
    def __init__(
        self,
        me: Me,
        headers: Mapping[str, str],
        rooms: Sequence[UUID],
        processes: Sequence[Process],
        home: int,
        history: History,
    ) -> None:
        self.me = me
        self.name = me.username
        self.home = home
        """The process it prefers."""
        self.via = home
        """The one it is connected to, or was last."""
        self.heard: dict[UUID, int] = {}
        """How far it is in each room."""
        self.open_socket: Callable[[Process], Awaitable[socket.socket]] | None = None
        """How it gets a line to a process, if not as everybody does."""
        self.beats = True
        """Whether it gives signs of life when it has nothing to say."""
        self.reads = asyncio.Event()
        """Not set, it takes nothing more from its line."""
        self.reads.set()
        self.company: dict[UUID, Company] = {}
        """Whom it was told to be in each room, and when."""
        self.put_out: float | None = None
        """When it was told that it no longer belongs to a room, or that its session is over."""
        self.rooms = list(rooms)
        self._headers = headers
        self._processes = processes
        self._history = history
        self._refs = count(1)
        self._asked: dict[int, asyncio.Future[Frame | None]] = {}
        self._subscriptions: dict[UUID, Subscribed] = {}
        self._socket: ClientConnection | None = None
        self._here = asyncio.Event()
        self._living: asyncio.Task[None] | None = None
        self._leaving = False
        self._own_doing = False
        """It ended its connection itself."""

    # -- coming and going

    async def arrive(self) -> None:
        """Connect, and stay connected until `leave`."""
        self._leaving = False
        self._living = asyncio.create_task(self._live())
        async with asyncio.timeout(AWAY):
            await self._here.wait()

    async def is_here(self) -> None:
        """Return when it is connected and hears its rooms."""
        await self._here.wait()

    async def leave(self) -> None:
        self._leaving = True
        if self._living is not None:
            await self.hang_up()
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living
            self._living = None

    async def hang_up(self) -> None:
        """End the connection without a word, as a phone in a tunnel does; it is opened again at once."""
        connection, self._own_doing = self._socket, True
        if connection is not None:
            connection.transport.abort()
            await connection.wait_closed()

    async def move(self, home: int) -> None:
        """Prefer another process from now on."""
        self.home = home
        if self._here.is_set() and self.via != home:
            await self.hang_up()

    # -- saying

    async def post(self, room: UUID, words: str) -> Answered:
        return await self.say("post", room, uuid4(), words)

    async def say(
        self, verb: Verb, room: UUID, client_id: UUID, words: str, message_id: UUID | None = None
    ) -> Answered:
        """Say it until it is done.

        Raises:
            Refused: for good, or for so long that nobody would wait.
        """
        wanted = now()
        while now() < wanted + FOR_GOOD:
            answered = await self.try_to_say(verb, room, client_id, words, message_id, wanted=wanted)
            if answered is not None and answered.code == OK:
                return answered
            if answered is not None and answered.code not in RETRYABLE:
                raise Refused(answered.code)
            await asyncio.sleep(BLINK if answered is None else PAUSE)
        raise Refused("it was never said")

    async def try_to_say(
        self,
        verb: Verb,
        room: UUID,
        client_id: UUID,
        words: str,
        message_id: UUID | None = None,
        *,
        dropped: bool = False,
        wanted: float = 0.0,
    ) -> Answered | None:
        """Say it once; None when the connection was lost before the answer came."""
        wanted = wanted or now()
        async with asyncio.timeout(FOR_GOOD):  # who is refused a room is never here: the run ends, and tells
            await self._here.wait()
        sent = Sent(now(), self.name, self.via, room, verb, client_id, words, wanted)
        self._history.note(sent)
        match verb:
            case "post":
                command = {"type": "message.post", "roomId": str(room), "clientId": str(client_id), "body": words}
            case "edit":
                command = {"type": "message.edit", "messageId": str(message_id), "body": words}
            case "remove":
                command = {"type": "message.remove", "messageId": str(message_id)}
        answer = await self._ask(command)
        if answer is None:
            return None
        answered = Answered(
            now(),
            sent,
            OK if answer["type"] == "ok" else answer["code"],
            answer.get("number", 0),
            UUID(answer["messageId"]) if "messageId" in answer else message_id,
            dropped,
        )
        self._history.note(answered)
        return answered

    async def _ask(self, command: Frame) -> Frame | None:
        """Return the answer, or None when the connection ended before."""
        ref, connection = next(self._refs), self._socket
        if connection is None:
            return None
        answer: asyncio.Future[Frame | None] = asyncio.get_running_loop().create_future()
        self._asked[ref] = answer
        try:
            await connection.send(json.dumps(command | {"ref": ref}))
            async with asyncio.timeout(IMPATIENT):
                return await answer
        except ConnectionClosed:
            return None
        except TimeoutError:
            await self.hang_up()
            return None
        finally:
            self._asked.pop(ref, None)

    # -- living

    async def _live(self) -> None:
        while not self._leaving:
            self.via = self._choose()
            process = self._processes[self.via]
            try:
                sock = None if self.open_socket is None else await self.open_socket(process)
                async with connect(
                    f"ws://{process.host}:{process.port}/ws/",
                    additional_headers=self._headers,
                    compression=None,
                    open_timeout=IMPATIENT,
                    close_timeout=1,
                    ping_interval=None,
                    proxy=None,
                    sock=sock,
                ) as connection:
                    await self._stay(connection)
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, EOFError):
                await asyncio.sleep(PAUSE * random.uniform(0.5, 1.5))

    def _choose(self) -> int:
        """Return its home, or the next that is there."""
        order = [(self.home + step) % len(self._processes) for step in range(len(self._processes))]
        return next((number for number in order if self._processes[number].up), self.home)

    async def _stay(self, connection: ClientConnection) -> None:
        self._socket, self._own_doing = connection, False
        beating = asyncio.create_task(self._beat(connection))
        subscribing = asyncio.create_task(self._subscribe_all())
        try:
            async for frame in connection:
                await self.reads.wait()
                self._hear(json.loads(frame))
        except ConnectionClosed:
            pass
        finally:
            self._socket = None
            self._here.clear()
            for task in (beating, subscribing):
                task.cancel()
            await asyncio.gather(beating, subscribing, return_exceptions=True)
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_result(None)
            if not self._own_doing:
                self._history.note(Cut(now(), self.name, self.via, connection.close_code or 0))

    async def _subscribe_all(self) -> None:
        for room in self.rooms:
            while not await self._subscribe(room):
                await asyncio.sleep(PAUSE)
        self._here.set()

    async def _subscribe(self, room: UUID) -> bool:
        after = self.heard.get(room)
        command = {"type": "room.subscribe", "roomId": str(room), "after": after}
        answer = await self._ask(command)
        if answer is not None and answer["type"] == "refused" and answer["code"] not in RETRYABLE:
            raise Refused(answer["code"])
        return answer is not None and answer["type"] == "ok"

    async def _beat(self, connection: ClientConnection) -> None:
        while self.beats:
            await asyncio.sleep(BEAT)
            await connection.send(json.dumps({"type": "heartbeat", "ref": 0}))

    # -- hearing

    def _hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "ok" | "refused":
                if frame["type"] == "ok" and "roomId" in frame and "messageId" not in frame:
                    self._subscribed(UUID(frame["roomId"]), frame["number"])
                answer = self._asked.get(frame["ref"])
                if answer is not None and not answer.done():
                    answer.set_result(frame)
            case "message.posted" | "message.edited" | "message.removed":
                self._note_change(frame)
            case "room.reset":
                room = UUID(frame["roomId"])
                self.heard[room] = frame["number"]
                self._history.note(Reset(now(), self.name, room, frame["number"]))
            case "presence.changed":
                people = frozenset(frame["userIds"] or ())
                self.company.setdefault(UUID(frame["roomId"]), []).append((now(), people))
            case "room.left":
                self.put_out = now()
            case "session.ended":
                self.put_out, self._leaving = now(), True

    def _subscribed(self, room: UUID, number: int) -> None:
        subscribed = Subscribed(now(), self.name, self.via, room, self.heard.get(room), number)
        self._subscriptions[room] = subscribed
        self.heard.setdefault(room, number)
        self._history.note(subscribed)

    def _note_change(self, frame: Frame) -> None:
        room, message = UUID(frame["roomId"]), frame["message"]
        self._history.note(
            Heard(
                now(),
                self.name,
                self.via,
                room,
                frame["number"],
                frame["type"].removeprefix("message.").upper(),
                UUID(message["id"]),
                UUID(message["clientId"]),
                message["body"],
                message["removed"],
                self._subscriptions[room],
            )
        )
        self.heard[room] = max(self.heard.get(room, 0), frame["number"])
