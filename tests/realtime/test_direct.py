"""Connections that write for themselves: every byte once and in order, whatever the kernel takes."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import uuid4

import pytest
from websockets.frames import Frame as ReferenceFrame
from websockets.frames import Opcode

from edusphere.contract.close_codes import CloseCode
from edusphere.realtime.direct import TURN, DirectConnection
from edusphere.realtime.frames import Frame, Joined
from tests.realtime.kernel import Kernel, Transport
from tests.realtime.listeners import GRACE, until


class Ear:
    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.beats = 0
        self.ended = False

    def hear(self, frame: str | bytes | None) -> None:
        self.heard.append(frame)

    def beat(self) -> None:
        self.beats += 1

    def end(self) -> None:
        self.ended = True


def connect(
    kernel: Kernel, descriptor: int = 7, kind: type[DirectConnection] = DirectConnection, **knobs: Any
) -> tuple[DirectConnection, Transport, Ear]:
    connection = kind(
        GRACE.id,
        uuid4(),
        **{"limit": 1 << 20, "patience": 10, "frame_limit": 1 << 16, "write": kernel.write, **knobs},
    )
    transport, ear = Transport(kernel, descriptor), Ear()
    connection.adopt(transport, ear)
    return connection, transport, ear


def said(opcode: Opcode, payload: bytes, final: bool = True) -> bytes:
    return ReferenceFrame(opcode, payload, final).serialize(mask=True)


def story(kind: type[DirectConnection], room: int, seed: int) -> bool:
    """Send frames of many lengths over a kernel that takes `room` bytes; True when all arrived as it was sent."""
    chance, kernel, next_kernel = random.Random(seed), Kernel(room), Kernel(1 << 20)
    connection, transport, _ = connect(kernel, kind=kind)
    sent = b""
    for number in range(60):
        frame = Frame(str(number).encode() * chance.randint(1, 40))
        if chance.random() < 0.3:
            frame = Joined([frame, Frame(b"joined")])
        connection.send(frame)
        sent += frame.wire
        if chance.random() < 0.4:
            transport.ready()
        elif chance.random() < 0.4:
            kernel.drain()  # it has room again, and the loop was not told yet
    for _ in range(len(sent) // room + 2):
        transport.ready()
    whole = bytes(kernel.received[7]) == sent
    connection._write = next_kernel.write  # the descriptor is another's now
    transport.lose()
    connection.closing = False  # even if something still believed in it
    connection.send(Frame(b"for somebody else"))
    return whole and 7 not in next_kernel.received


async def test_what_came_with_the_handshake_is_heard_before_what_comes_after_it() -> None:
    kernel = Kernel(1 << 20)
    connection = DirectConnection(
        GRACE.id, uuid4(), limit=1 << 20, patience=10, frame_limit=1 << 16, write=kernel.write
    )
    transport, ear = Transport(kernel, 7), Ear()
    first, second = said(Opcode.TEXT, b"first"), said(Opcode.TEXT, b"second")
    connection.adopt(transport, ear, first[:-2])
    connection.data_received(first[-2:] + second)  # the loop had it ready already
    await asyncio.sleep(0)
    assert ear.heard == ["first", "second"]
    assert transport.reading


@pytest.mark.parametrize("room", [1, 2, 3, 7, 64, 1000, 1 << 20])
async def test_every_byte_arrives_once_and_in_order_however_little_the_kernel_takes(room: int) -> None:
    assert all(story(DirectConnection, room, seed) for seed in range(5))


class Drops(DirectConnection):
    """Forgets what the kernel did not take."""

    def _put(self, data: bytes) -> None:
        if self._congested:
            self._transport.write(data)
            return
        try:
            self._write(self._fd, data)
        except BlockingIOError:
            return


class Repeats(DirectConnection):
    """Sends all of a frame again when the kernel took a part."""

    def _put(self, data: bytes) -> None:
        if self._congested:
            self._transport.write(data)
            return
        try:
            taken = self._write(self._fd, data)
        except BlockingIOError:
            taken = 0
        if taken < len(data):
            self._transport.write(data)


class Reorders(DirectConnection):
    """Writes past what is still waiting."""

    def _put(self, data: bytes) -> None:
        try:
            taken = self._write(self._fd, data)
        except BlockingIOError:
            taken = 0
        if taken < len(data):
            self._transport.write(data[taken:])


class Lingers(DirectConnection):
    """Still believes in its descriptor when the loop has given it to somebody else."""

    def connection_lost(self, error: Exception | None) -> None:
        self._listener.end()


@pytest.mark.parametrize("mutant", [Drops, Repeats, Reorders, Lingers])
async def test_these_stories_notice_a_connection_that_does_it_wrong(mutant: type[DirectConnection]) -> None:
    assert not all(story(mutant, room, seed) for room in (1, 3, 64) for seed in range(5))


async def test_what_a_peer_says_is_heard_and_its_pings_are_answered() -> None:
    kernel = Kernel(1 << 20)
    connection, _, ear = connect(kernel)
    connection.data_received(said(Opcode.TEXT, b"Sveiki!") + said(Opcode.PING, b"?"))
    assert ear.heard == ["Sveiki!"]
    assert bytes(kernel.received[7]) == b"\x8a\x01?"


async def test_a_flood_of_tiny_frames_is_taken_in_turns_and_the_peer_waits() -> None:
    connection, transport, ear = connect(Kernel(1 << 20))
    connection.data_received(said(Opcode.PONG, b"") * (10 * TURN))
    assert ear.beats == TURN
    assert not transport.reading
    await until(lambda: ear.beats == 10 * TURN)
    await until(lambda: transport.reading)


async def test_a_broken_frame_ends_the_connection_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edusphere.realtime.direct.GOODBYE", 0.05)
    kernel = Kernel(1 << 20)
    connection, transport, ear = connect(kernel)
    connection.data_received(b"\x81\x01x" + said(Opcode.TEXT, b"more"))
    assert bytes(kernel.received[7])[2:4] == (1002).to_bytes(2, "big")
    assert transport.half_closed
    connection.data_received(said(Opcode.TEXT, b"and more"))
    assert ear.heard == []
    await until(transport.is_closing)


async def test_a_close_is_answered_and_nothing_follows_it() -> None:
    kernel = Kernel(1 << 20)
    connection, transport, ear = connect(kernel)
    connection.data_received(said(Opcode.CLOSE, (1000).to_bytes(2, "big")) + said(Opcode.TEXT, b"more"))
    connection.send(Frame(b"more"))
    assert bytes(kernel.received[7]) == b"\x88\x02\x03\xe8"
    assert transport.is_closing()
    assert ear.heard == []


async def test_a_reader_that_lets_too_much_wait_is_cut() -> None:
    connection, transport, _ = connect(Kernel(10), limit=1_000)
    for _ in range(20):
        connection.send(Frame(b"x" * 100))
    assert transport.is_closing()


async def test_a_reader_that_takes_nothing_is_cut_after_its_patience(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    connection, transport, _ = connect(Kernel(10), patience=0.05)
    connection.send(Frame(b"x" * 100))
    assert connection.waiting == len(Frame(b"x" * 100).wire) - 10
    assert not transport.is_closing()
    await until(transport.is_closing)
    assert "A slow reader was let go while 92 bytes waited for it." in caplog.text


async def test_a_reader_that_catches_up_in_time_is_kept() -> None:
    connection, transport, _ = connect(Kernel(100), patience=0.05)
    connection.send(Frame(b"x" * 120))
    transport.ready()
    await asyncio.sleep(0.15)
    assert not transport.is_closing()


async def test_closing_says_why_and_does_not_wait_for_ever_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edusphere.realtime.direct.GOODBYE", 0.05)
    kernel = Kernel(1 << 20)
    connection, transport, _ = connect(kernel)
    connection.close(CloseCode.RESTARTING, "Come back.")
    connection.send(Frame(b"after the goodbye"))
    assert bytes(kernel.received[7]) == b"\x88\x0c" + (1012).to_bytes(2, "big") + b"Come back."
    await until(transport.is_closing)


async def test_whoever_is_lost_is_forgotten_at_once() -> None:
    _, transport, ear = connect(Kernel(1 << 20))
    transport.lose(then=lambda: None if ear.ended else pytest.fail("the descriptor was given back first"))
    assert ear.ended
