from __future__ import annotations

import asyncio
from importlib import import_module
from uuid import uuid4

import pytest
from websockets.frames import Frame as ReferenceFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Author, SessionEnded
from edusphere.realtime.connection import QueuedConnection
from edusphere.realtime.frames import Frame
from edusphere.realtime.sockets import GATHERING
from tests.realtime.exchange import Exchange
from tests.realtime.listeners import ADA, GRACE, Listener, Table, hear, realtime_over, tell, until


def reads(wire: bytes) -> bytes:
    """Parse a frame with somebody else's parser."""
    reader = StreamReader()
    reader.feed_data(wire)
    parsing = ReferenceFrame.parse(reader.read_exact, mask=False, max_size=None)
    try:
        next(parsing)
    except StopIteration as parsed:
        frame: ReferenceFrame = parsed.value
        assert frame.opcode is Opcode.TEXT
        assert frame.fin
        return bytes(frame.data)
    raise AssertionError("the frame is not whole")


def test_a_frame_of_any_length_is_read_by_a_standard_parser() -> None:
    for size in (0, 1, 125, 126, 127, 65_535, 65_536, 200_000):
        payload = b"x" * size
        assert reads(Frame(payload).wire) == payload


async def test_signing_out_closes_that_session_and_no_other() -> None:
    phone, laptop, ada = Listener(GRACE), Listener(GRACE), Listener(ADA)
    async with realtime_over(Table()) as realtime:
        for listener in (phone, laptop, ada):
            await realtime.connected(listener)
        await realtime.end_sessions(
            SessionEnded(why="signed_out"),
            CloseCode.SESSION_ENDED,
            person_id=GRACE.id,
            session_ids=[phone.session_id] if phone.session_id else [],
        )
    assert phone.types() == ["session.ended"]
    assert phone.closed == CloseCode.SESSION_ENDED
    assert laptop.closed is None
    assert ada.closed is None


async def test_a_new_password_closes_every_other_session() -> None:
    phone, laptop = Listener(GRACE), Listener(GRACE)
    async with realtime_over(Table()) as realtime:
        await realtime.connected(phone)
        await realtime.connected(laptop)
        await realtime.end_sessions(
            SessionEnded(why="password_changed"),
            CloseCode.SESSION_ENDED,
            person_id=GRACE.id,
            session_ids=[phone.session_id] if phone.session_id else [],
        )
    assert phone.closed == CloseCode.SESSION_ENDED
    assert laptop.closed is None


async def test_what_follows_a_closed_session_does_not_reach_it() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id)
        await realtime.end_sessions(SessionEnded(why="disabled"), CloseCode.ACCOUNT_DISABLED, person_id=GRACE.id)
        await tell(realtime, table.write(room_id))
    assert grace.numbers() == []
    assert grace.closed == CloseCode.ACCOUNT_DISABLED


async def test_the_oldest_of_too_many_sockets_gives_way() -> None:
    sockets = [Listener(GRACE) for _ in range(4)]
    async with realtime_over(Table(), sockets_per_person=3) as realtime:
        for socket in sockets:
            await realtime.connected(socket)
    assert [socket.closed for socket in sockets] == [CloseCode.TOO_MANY_SOCKETS, None, None, None]


async def test_the_oldest_gives_way_wherever_it_is() -> None:
    exchange, sockets = Exchange(), [Listener(GRACE) for _ in range(6)]
    ada = Listener(ADA)
    async with (
        realtime_over(Table(), exchange.broker(), sockets_per_person=3) as one,
        realtime_over(Table(), exchange.broker(), sockets_per_person=3) as two,
        realtime_over(Table(), exchange.broker(), sockets_per_person=3) as three,
    ):
        await two.connected(ada)
        for process, socket in zip((one, two, three, two), sockets, strict=False):
            await process.connected(socket)
            await asyncio.sleep(0.01)
        await until(lambda: sockets[0].closing)
        for process, socket in zip((three, three), sockets[4:], strict=True):
            await process.connected(socket)
            await asyncio.sleep(0.01)
        await until(lambda: sockets[2].closing)
        await asyncio.sleep(2 * GATHERING)
        assert [socket.closed for socket in sockets] == [CloseCode.TOO_MANY_SOCKETS] * 3 + [None] * 3
        assert ada.closed is None
        assert len(one.connections() + two.connections() + three.connections()) == 3 + 1


async def test_whoever_opens_one_after_the_other_everywhere_is_counted_all_the_same() -> None:
    exchange, sockets = Exchange(), [Listener(GRACE) for _ in range(12)]
    async with (
        realtime_over(Table(), exchange.broker(), sockets_per_person=3) as one,
        realtime_over(Table(), exchange.broker(), sockets_per_person=3) as two,
        realtime_over(Table(), exchange.broker(), sockets_per_person=3) as three,
    ):
        for number, socket in enumerate(sockets):
            await (one, two, three)[number % 3].connected(socket)
            await asyncio.sleep(0.8 * GATHERING)
            assert sum(not each.closing for each in sockets[: number + 1]) <= 3 + 2
        await until(lambda: sum(not socket.closing for socket in sockets) == 3)
        assert [socket.closing for socket in sockets] == [True] * 9 + [False] * 3


async def test_the_sockets_of_a_process_that_was_killed_are_not_counted() -> None:
    exchange, sockets = Exchange(), [Listener(GRACE) for _ in range(4)]
    killed = exchange.broker()
    async with (
        realtime_over(Table(), exchange.broker(), sockets_per_person=2) as one,
        realtime_over(Table(), killed, sockets_per_person=2) as two,
    ):
        await two.connected(sockets[0])
        await one.connected(sockets[1])
        killed.dead = True
        await one.connected(sockets[2])
        await asyncio.sleep(2 * GATHERING)
        assert [socket.closed for socket in sockets[1:3]] == [None, None]
        killed.dead = False
        await one.connected(sockets[3])
        await until(lambda: sockets[0].closing and sockets[1].closing)
        await asyncio.sleep(2 * GATHERING)
        assert [socket.closed for socket in sockets[2:]] == [None, None]


async def test_a_silent_socket_is_closed_and_a_living_one_hears_the_heartbeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(import_module("edusphere.realtime.pulse"), "monotonic", lambda: now)
    silent, living = Listener(GRACE), Listener(ADA)
    silent.heard = living.heard = now
    async with realtime_over(Table(), heartbeat=0.05, silence=0.2) as realtime:
        await realtime.connected(silent)
        await realtime.connected(living)
        await asyncio.sleep(0)  # the pulse begins
        await until(lambda: living.types().count("heartbeat") == 3)
        assert silent.closed is None
        now = living.heard = 0.21
        await until(lambda: silent.closing)
    assert silent.closed == CloseCode.SILENT
    assert set(silent.types()) == {"heartbeat"}
    assert living.closed is None


async def test_heartbeats_are_spread_over_their_time() -> None:
    many = [Listener(Author(uuid4(), "", "", "")) for _ in range(100)]
    async with realtime_over(Table(), heartbeat=2, silence=30) as realtime:
        for one in many:
            await realtime.connected(one)
        await until(lambda: any(one.frames for one in many), 15)
        assert sum(bool(one.frames) for one in many) < 60
        await until(lambda: all(one.types().count("heartbeat") >= 2 for one in many), 15)
        assert all(one.types().count("heartbeat") <= 3 for one in many)


async def nowhere(_text: str) -> None:
    return


async def test_a_slow_reader_is_let_go_and_the_sender_never_waits(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    connection = QueuedConnection(GRACE.id, uuid4(), limit=1_000, patience=10)
    for _ in range(20):
        connection.send(Frame(b"x" * 100))
    assert connection.closing
    assert "A slow reader was let go while 1100 bytes waited for it." in caplog.text
    assert not connection._outbox
    assert (await connection.write(nowhere))[0] == CloseCode.TOO_SLOW


async def test_a_reader_who_takes_nothing_is_let_go_after_its_patience() -> None:
    connection = QueuedConnection(GRACE.id, uuid4(), limit=1_000, patience=0.05)
    connection.send(Frame(b"x"))

    async def never(_text: str) -> None:
        await asyncio.sleep(60)

    async with asyncio.timeout(2):
        code, _ = await connection.write(never)
    assert code == CloseCode.TOO_SLOW


async def test_what_was_handed_over_before_the_close_is_sent_first() -> None:
    connection = QueuedConnection(GRACE.id, uuid4(), limit=1_000, patience=1)
    sent: list[str] = []

    async def send(text: str) -> None:
        sent.append(text)

    writing = asyncio.create_task(connection.write(send))
    await asyncio.sleep(0)
    connection.send(Frame(b"one"))
    connection.send(Frame(b"two"))
    connection.close(CloseCode.RESTARTING)
    connection.send(Frame(b"three"))
    await until(writing.done)
    assert sent == ["one", "two"]
    assert writing.result()[0] == CloseCode.RESTARTING
