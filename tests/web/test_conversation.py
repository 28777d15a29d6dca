"""A socket's commands, over both ways a socket can be carried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import msgspec
import pytest

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Database
from edusphere.realtime.connection import QueuedConnection
from edusphere.realtime.direct import DirectConnection
from edusphere.school.me import Me
from edusphere.school.models import Room
from edusphere.web.conversation import Conversation
from edusphere.web.parts import Parts
from edusphere.web.socket import Commands
from tests.people import Cast
from tests.realtime.kernel import Kernel, Transport
from tests.realtime.listeners import until

Open = Callable[[Parts, Me], Conversation]


def open_direct(parts: Parts, me: Me) -> Conversation:
    kernel = Kernel(1 << 20)
    connection = DirectConnection(
        me.id, me.credential_id, limit=1 << 20, patience=10, frame_limit=1 << 16, write=kernel.write
    )
    conversation = Commands(parts, me, connection)
    connection.adopt(Transport(kernel, 7), conversation)
    return conversation


def open_queued(parts: Parts, me: Me) -> Conversation:
    return Commands(parts, me, QueuedConnection(me.id, me.credential_id, limit=1 << 20, patience=10))


def posting(room_id: UUID, body: str) -> str:
    return msgspec.json.encode(
        {"type": "message.post", "ref": body, "roomId": room_id, "clientId": uuid4(), "body": body}
    ).decode()


@pytest.mark.parametrize("opened", [open_direct, open_queued], ids=["direct", "queued"])
async def test_what_waits_when_a_session_ends_is_not_written(
    parts: Parts, cast: Cast, biology: Room, database: Database, opened: Open
) -> None:
    ben = opened(parts, cast.ben)
    await ben.begin()
    async with database.transaction() as transaction:  # holds up the first message while it is being written
        await transaction.execute("SELECT FROM rooms WHERE id = $1 FOR UPDATE", biology.id)
        for body in ("one", "two", "three"):
            ben.hear(posting(biology.id, body))
        await until(lambda: ben._inbox is not None and len(ben._inbox) == 2)
        parts.realtime.end_here(cast.ben.credential_id, SessionEnded(why="disabled"), CloseCode.ACCOUNT_DISABLED)
        ben.hear(posting(biology.id, "four"))
    await until(lambda: ben._working is None)
    assert ben.connection.closing
    assert [row["body"] for row in await database.rows("SELECT body FROM messages")] == ["one"]
    ben.end()


@pytest.mark.parametrize("opened", [open_direct, open_queued], ids=["direct", "queued"])
async def test_who_goes_while_it_is_asked_who_they_are_hears_nothing_afterwards(
    parts: Parts, cast: Cast, biology: Room, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    ben, asked, answer = opened(parts, cast.ben), asyncio.Event(), asyncio.Event()

    async def anew(me: Me) -> Me:
        asked.set()
        await answer.wait()
        return me

    monkeypatch.setattr(parts.school.sessions, "anew", anew)
    await ben.begin()
    ben.connection.outdated = True
    ben.hear(msgspec.json.encode({"type": "room.subscribe", "ref": 1, "roomId": biology.id}).decode())
    await asked.wait()
    ben.end()
    answer.set()
    await until(lambda: ben._working is None)
    assert parts.realtime.rooms_of(ben.connection) == []
    assert parts.realtime.connections() == []
