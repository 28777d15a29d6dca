"""A connection that is its own websocket: one small object, no task, no queue, straight to the socket.

It speaks RFC 6455 on a transport that something else shook hands on. An idle one costs its own
fields and nothing more. A frame goes to the kernel at once; what the kernel does not take waits in
the transport, which from then on keeps the order; whoever lets too much wait, or for too long, is cut
and comes back to resume.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Iterator
from time import monotonic, time
from typing import Protocol
from uuid import UUID

from edusphere import metrics
from edusphere.contract.close_codes import CloseCode
from edusphere.realtime import rfc6455
from edusphere.realtime.connection import SLOW
from edusphere.realtime.frames import Frame
from edusphere.realtime.rfc6455 import FrameReader, Received, Violation

log = logging.getLogger(__name__)

TURN = 128
"""Frames taken from one socket before the others have theirs."""
SEND_BUFFER = 96 * 1024
"""Bytes the kernel may hold for one reader; more would only hide how slow it is."""
UNACKNOWLEDGED = 30_000
"""Milliseconds after which the kernel gives up a peer that acknowledges nothing (TCP_USER_TIMEOUT)."""
GOODBYE = 2.0
"""Seconds a peer has to answer our close frame."""
BRIEF_GOODBYE = 0.5
"""Of one that has said nothing for long, and probably never will."""

Write = Callable[[int, bytes], int]


class Listener(Protocol):
    """Who hears what the peer says."""

    def hear(self, frame: str | bytes | None) -> None: ...

    def beat(self) -> None:
        """A frame without words came: a ping, a pong, a fragment. May close the connection."""

    def end(self) -> None: ...


class DirectConnection(asyncio.Protocol):
    __slots__ = (
        "_congested",
        "_deaf",
        "_fd",
        "_limit",
        "_listener",
        "_patience",
        "_reader",
        "_reading",
        "_timer",
        "_transport",
        "_write",
        "closing",
        "heard",
        "known_as",
        "opened",
        "outdated",
        "person_id",
        "session_id",
        "topics",
    )

    def __init__(
        self,
        person_id: UUID,
        session_id: UUID | None,
        *,
        limit: int,
        patience: float,
        frame_limit: int,
        write: Write = os.write,
    ) -> None:
        """`limit` is the bytes that may wait, `patience` the seconds; `write` stands for the kernel in tests."""
        self.person_id = person_id
        self.session_id = session_id
        self.topics: list[str] = []
        self.opened = time()
        self.heard = monotonic()
        self.known_as = ""
        self.outdated = False
        self.closing = False
        self._limit = limit
        self._patience = patience
        self._write = write
        self._reader = FrameReader(frame_limit)
        self._reading: Iterator[Received | None] | None = None
        self._congested = False
        self._deaf = False
        self._timer: asyncio.TimerHandle | None = None

    def adopt(self, transport: asyncio.Transport, listener: Listener, received: bytes = b"") -> None:
        """Take over a transport after the handshake; `received` came after it and was not yet read."""
        self._transport = transport
        self._listener = listener
        self._fd = _descriptor(transport)
        # TLS takes an empty buffer for a full one where the limit is 0, and would call every reader slow.
        transport.set_write_buffer_limits(high=0 if self._fd >= 0 else 1)
        self._congested = transport.get_write_buffer_size() > 0
        transport.set_protocol(self)
        if received:
            self._reader.feed(received)
            self._read_on()

    # -- out

    @property
    def waiting(self) -> int:
        return self._transport.get_write_buffer_size()

    def send(self, frame: Frame) -> None:
        if not self.closing:
            self._put(frame.wire)

    def close(self, code: CloseCode, reason: str = "") -> None:
        self._close(code, reason)

    def _put(self, data: bytes) -> None:
        """Hand bytes to the kernel, in order, without ever waiting."""
        if self._congested or self._fd < 0:
            self._transport.write(data)
            if self._congested and self.waiting > self._limit:
                self._let_go()
            return
        try:
            taken = self._write(self._fd, data)
        except BlockingIOError:
            taken = 0
        except OSError:
            return  # the loop notices too, and tells us
        if taken < len(data):
            self._transport.write(data[taken:])

    def _close(self, code: int, reason: str) -> None:
        if self.closing:
            return
        self._put(rfc6455.close_frame(code, reason))
        self.closing = True
        if self._congested:
            self._cut()
        else:
            goodbye = BRIEF_GOODBYE if code == CloseCode.SILENT else GOODBYE
            self._timer = asyncio.get_running_loop().call_later(goodbye, self._transport.abort)

    def _let_go(self) -> None:
        log.info(SLOW, self.waiting)
        metrics.slow_readers.inc()
        self._cut()

    def _cut(self) -> None:
        """End it at once: no words would reach it."""
        self.closing = True
        self._transport.abort()

    def pause_writing(self) -> None:
        self._congested = True
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._patience, self._let_go)

    def resume_writing(self) -> None:
        self._congested = False
        if self._timer is not None and not self.closing:
            self._timer.cancel()
            self._timer = None

    # -- in

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self.heard = monotonic()
        self._reader.feed(data)
        if self._reading is None:
            self._read()

    def _read(self) -> None:
        """Take what was received, but not more than a turn's worth at once."""
        frames = self._reading or self._reader.frames()
        self._reading = None
        try:
            for _ in range(TURN):
                if self.closing and self._transport.is_closing():
                    return
                try:
                    received = next(frames)
                except StopIteration:
                    self._transport.resume_reading()
                    return
                self._take(received)
        except Violation as violation:
            self._close(violation.code, violation.why)
            self._hear_no_more()
            return
        self._reading = frames
        self._read_on()

    def _read_on(self) -> None:
        """Take what is here in the next turn of the loop, and before it nothing that comes later."""
        self._reading = self._reading or self._reader.frames()
        self._transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._read)

    def _hear_no_more(self) -> None:
        """End our half only: were all of it closed while the peer is still sending, its kernel would drop our reason.

        It closes its half when it has heard us, or is cut when the goodbye's time is over.
        """
        self._deaf = True
        if self._transport.is_closing():
            return
        if self._transport.can_write_eof():
            self._transport.resume_reading()
            self._transport.write_eof()
        else:
            self._transport.close()

    def _take(self, received: Received | None) -> None:
        if received is None:
            self._listener.beat()
            return
        match received.opcode:
            case rfc6455.TEXT:
                if not self.closing:
                    self._listener.hear(received.text)
            case rfc6455.BINARY:
                if not self.closing:
                    self._listener.hear(received.payload)
            case rfc6455.CLOSE:
                code = rfc6455.close_code(received.payload)
                self._close(1000 if code == 1005 else code, "")
                self._transport.close()
            case rfc6455.PING:
                if not self.closing and not self._congested:
                    self._put(rfc6455.control_frame(rfc6455.PONG, received.payload))
                self._listener.beat()
            case _:
                self._listener.beat()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Be forgotten at once: the loop closes the descriptor after this, and the next peer may be given it."""
        del error
        self.closing = True
        self._fd = -1
        if self._timer is not None:
            self._timer.cancel()
        self._listener.end()


def _descriptor(transport: asyncio.Transport) -> int:
    """Return the descriptor to write to, made ready for it; -1 where the transport must write (TLS)."""
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is None:
        return -1
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if sock.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED)
    return -1 if transport.get_extra_info("sslcontext") is not None else sock.fileno()
