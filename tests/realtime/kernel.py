"""A kernel that takes only so many bytes at a time, and a transport over it, both without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Kernel:
    """Keeps what each descriptor was given; `room` bytes at once, then it would block until `drain`."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.free = room
        self.received: dict[int, bytearray] = {}

    def write(self, descriptor: int, data: bytes) -> int:
        if self.free <= 0:
            raise BlockingIOError
        taken = min(self.free, len(data))
        self.free -= taken
        self.received.setdefault(descriptor, bytearray()).extend(data[:taken])
        return taken

    def drain(self) -> None:
        self.free = self.room


class Transport(asyncio.Transport):
    """As asyncio's socket transport: writes what it can, keeps the rest, tells its protocol of both."""

    def __init__(self, kernel: Kernel, descriptor: int) -> None:
        super().__init__()
        self._kernel = kernel
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._closing = False
        self.protocol: Any = None
        self.reading = True
        self.half_closed = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self if name == "socket" else default

    # -- as a socket

    family = None

    def setsockopt(self, *_option: object) -> None:
        return

    def fileno(self) -> int:
        return self._descriptor

    # -- as a transport

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0, "the protocol must be told of the first byte that waits"

    def get_write_buffer_size(self) -> int:
        return len(self._buffer)

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def write(self, data: Any) -> None:
        if self._closing:
            return
        waiting = bool(self._buffer)
        self._buffer += data
        self._pass_on()
        if self._buffer and not waiting:
            self.protocol.pause_writing()

    def ready(self) -> None:
        """The kernel has room again."""
        self._kernel.drain()
        waiting = bool(self._buffer)
        self._pass_on()
        if waiting and not self._buffer:
            self.protocol.resume_writing()

    def _pass_on(self) -> None:
        try:
            del self._buffer[: self._kernel.write(self._descriptor, bytes(self._buffer))]
        except BlockingIOError:
            return

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.half_closed = True

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        self._closing = True
        self._buffer.clear()

    def lose(self, then: Callable[[], None] = lambda: None) -> None:
        """The loop's order of things: tell the protocol, then give the descriptor back."""
        self._closing = True
        self.protocol.connection_lost(None)
        then()
