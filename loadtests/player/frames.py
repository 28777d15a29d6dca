"""Websocket frames as a client reads and writes them (RFC 6455, 5.2), without a socket."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
CONTINUATION = 0
FIN, MASKED, RESERVED = 0x80, 0x80, 0x70
LARGEST = 16 * 1024 * 1024
"""Bytes of a message: no server of ours says so much at once."""
MASK = b"edu!"
"""A client masks, and nobody says it must be hard to guess where no page chooses the words (RFC 6455, 10.3)."""
FRAME = tuple[int, bytes]
"""The kind and the payload of a whole message, or of a control frame."""


class Nonsense(Exception):
    """What came is no websocket frame of a server; a sentence."""


class Frames:
    """Hands out whole messages and control frames as their bytes arrive, however these are cut."""

    __slots__ = ("_kind", "_pieces", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._kind = CONTINUATION
        self._pieces: list[bytes] | None = None

    @property
    def is_between(self) -> bool:
        """Whether nothing half is kept: what comes next begins a message."""
        return not self._rest and self._pieces is None

    def feed(self, data: bytes) -> list[FRAME]:
        """Take what arrived and return what is whole now, in order.

        Raises:
            Nonsense: a frame that is masked, reserved, too large or out of place.
        """
        if self._rest:
            data = self._rest + data
        place, end, whole = 0, len(data), []
        while end - place >= 2:
            first, size, start = data[place], data[place + 1], place + 2
            if size >= 126:
                if size & MASKED:
                    raise Nonsense("A server's frame was masked.")
                start += 2 if size == 126 else 8
                if start > end:
                    break
                size = int.from_bytes(data[place + 2 : start], "big")
                if size > LARGEST:
                    raise Nonsense(f"A frame of {size:,} bytes was announced.")
            if start + size > end:
                break
            place = start + size
            if first == FIN | TEXT and self._pieces is None:  # nearly always
                whole.append((TEXT, data[start:place]))
            else:
                self._piece(first, data[start:place], whole.append)
        self._rest = data[place:]
        return whole

    def _piece(self, first: int, payload: bytes, hand_out: Callable[[FRAME], None]) -> None:
        kind, ends = first & 0x0F, bool(first & FIN)
        if first & RESERVED:
            raise Nonsense("A frame had a reserved bit: it was compressed, which nobody asked for.")
        if kind >= CLOSE:
            if not ends:
                raise Nonsense("A control frame came in pieces.")
            hand_out((kind, payload))
            return
        if (kind == CONTINUATION) == (self._pieces is None):
            raise Nonsense("A piece of a message came out of place.")
        if self._pieces is None:
            self._kind, self._pieces = kind, []
        self._pieces.append(payload)
        if sum(map(len, self._pieces)) > LARGEST:
            raise Nonsense("A message in pieces grew too large.")
        if ends:
            message, self._pieces = b"".join(self._pieces), None
            hand_out((self._kind, message))


def frame(kind: int, payload: bytes) -> bytes:
    """Return a whole frame from a client."""
    size = len(payload)
    if size < 126:
        head = bytes((FIN | kind, MASKED | size))
    elif size < 1 << 16:
        head = bytes((FIN | kind, MASKED | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((FIN | kind, MASKED | 127)) + size.to_bytes(8, "big")
    mask = int.from_bytes(bytes(islice(cycle(MASK), size)), "big")
    return head + MASK + (int.from_bytes(payload, "big") ^ mask).to_bytes(size, "big")
