"""An app that says back what it hears, over the very connections, conversations and server that the school uses.

`/direct` adopts its transport as people's sockets do; `/queued` speaks through the server, as under any other one.
"""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from quart import Quart, websocket

from edusphere.realtime.connection import Connection
from edusphere.realtime.frames import Frame
from edusphere.school.me import Me
from edusphere.school.models import Role
from edusphere.server.serving import Stop, serve
from edusphere.settings import MEBIBYTES, MINUTES, Settings
from edusphere.web.conversation import ADOPT, Conversation, carry
from edusphere.web.parts import Parts

LARGEST = 16 * MEBIBYTES
"""The suite's largest message."""
WAYS = ("direct", "queued")
NOBODY = Me(uuid4(), "nobody", "Nobody", "", Role.STUDENT, None)


class Binary(Frame):
    """The school says text only; an echo says what it heard."""

    @property
    def text(self) -> Any:
        return self.payload

    @property
    def wire(self) -> bytes:
        wire = bytearray(Frame(self.payload).wire)
        wire[0] = 0x82
        return bytes(wire)


class Echo(Conversation):
    async def begin(self) -> None:
        return

    def hear(self, frame: str | bytes | None) -> None:
        self.connection.send(Frame(frame.encode()) if isinstance(frame, str) else Binary(frame or b""))

    def beat(self) -> None:
        return

    def end(self) -> None:
        return


async def drained() -> None:
    """There is nobody to be told that the server restarts."""


def create_app(settings: Settings) -> Quart:
    app = Quart("echo", static_folder=None, template_folder=None)
    parts = cast(Parts, SimpleNamespace(settings=settings, drain=drained))
    app.extensions["edusphere"] = parts

    @app.websocket("/<way>")
    async def echo(way: str) -> None:
        if way == "queued":
            del cast(dict[str, Any], websocket.scope["state"])[ADOPT]

        def converse(connection: Connection) -> Conversation:
            return Echo(parts, NOBODY, connection)

        await carry(converse, parts, NOBODY)

    return app


async def serve_echo(listener: socket.socket, opened: asyncio.Event, stop: Stop) -> None:
    """Serve the echo as the school is served."""
    settings = Settings(
        frame_limit=LARGEST,
        outbox_limit=4 * LARGEST,
        outbox_patience=2 * MINUTES,
        limits="off",
        _env_file=None,  # type: ignore[call-arg]
    )

    async def say_so() -> None:
        opened.set()

    await serve(create_app(settings), settings, [listener], stop, say_so)
