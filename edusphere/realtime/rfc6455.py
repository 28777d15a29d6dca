"""Websocket frames from a browser, read without any I/O, and the few frames that a server makes itself.

Section numbers are RFC 6455's. The reader keeps nothing between messages but a few small fields, so
that an idle socket costs next to nothing. Extensions are never negotiated here: a set RSV bit is an error.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_FIN, _MASK = 0x80, 0x80
_CONTROL_LIMIT = 125
"""Bytes of a control frame's payload (5.5)."""
_SENDABLE_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})
"""What a peer may say in a close frame, beside 3000-4999 (7.4)."""

_new_decoder = codecs.getincrementaldecoder("utf-8")


class Violation(Exception):
    """The peer broke the protocol; the connection is closed with `code`."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Received(NamedTuple):
    """One whole message or control frame."""

    opcode: int
    payload: bytes
    text: str = ""
    """The payload of a TEXT message."""


class FrameReader:
    """Turns bytes as they arrive into messages and control frames."""

    __slots__ = ("_buffer", "_decoder", "_limit", "_opcode", "_parts", "_size", "_wanted")

    def __init__(self, limit: int) -> None:
        """`limit` is the most bytes a message may have."""
        self._limit = limit
        self._buffer: bytes | bytearray = b""
        """What was fed and not yet taken. A bytearray where it is more than one frame, or less: it grows at its end and
        is taken from at its beginning without being copied each time."""
        self._wanted = 2
        """So many bytes make something of it."""
        self._opcode = CONTINUATION
        """Of the fragmented message that is being received; CONTINUATION when there is none."""
        self._parts: list[bytes] | None = None
        self._decoder: codecs.IncrementalDecoder | None = None
        self._size = 0

    def feed(self, data: bytes) -> None:
        if not self._buffer:
            self._buffer = data
        elif isinstance(self._buffer, bytearray):
            self._buffer += data
        else:
            self._buffer = bytearray(self._buffer)
            self._buffer += data

    def frames(self) -> Iterator[Received | None]:
        """Take one frame after the other from what was fed: None for a fragment that completes nothing.

        Whoever iterates may stop in between and go on later.

        Raises:
            Violation
        """
        while (frame := self._next_frame()) is not None:
            opcode, final, payload = frame
            yield self._control(opcode, final, payload) if opcode >= CLOSE else self._data(opcode, final, payload)

    def _next_frame(self) -> tuple[int, bool, bytes] | None:
        buffer = self._buffer
        if len(buffer) < self._wanted:
            return None
        first, second = buffer[0], buffer[1]
        if first & 0x70:
            raise Violation(1002, "a reserved bit is set")
        if not second & _MASK:
            raise Violation(1002, "a browser's frames are masked")
        opcode, length, start = first & 0x0F, second & 0x7F, 2
        if opcode >= CLOSE and (length > _CONTROL_LIMIT or not first & _FIN):
            raise Violation(1002, "a control frame is short and whole")
        if length == 126:
            start = 4
            if len(buffer) < start:
                return None
            length = int.from_bytes(buffer[2:4], "big")
        elif length == 127:
            start = 10
            if len(buffer) < start:
                return None
            length = int.from_bytes(buffer[2:10], "big")
        if opcode < CLOSE and self._size + length > self._limit:  # said before the bytes are waited for
            raise Violation(1009, "the message is too large")
        end = start + 4 + length
        if len(buffer) < end:
            self._wanted = end
            return None
        self._wanted = 2
        payload = _unmask(bytes(buffer[start + 4 : end]), bytes(buffer[start : start + 4]))
        if len(buffer) == end:
            self._buffer = b""
        else:
            if not isinstance(buffer, bytearray):
                self._buffer = buffer = bytearray(buffer)
            del buffer[:end]
        return opcode, bool(first & _FIN), payload

    def _control(self, opcode: int, final: bool, payload: bytes) -> Received:
        del final  # always: checked above
        if opcode not in (CLOSE, PING, PONG):
            raise Violation(1002, "this control opcode is reserved")
        return Received(opcode, payload)

    def _data(self, opcode: int, final: bool, payload: bytes) -> Received | None:
        if opcode == CONTINUATION:
            if self._opcode == CONTINUATION:
                raise Violation(1002, "there is nothing to continue")
        elif opcode in (TEXT, BINARY):
            if self._opcode != CONTINUATION:
                raise Violation(1002, "the message before is not finished")
            if final:
                return Received(opcode, payload, _text(payload) if opcode == TEXT else "")
            self._opcode = opcode
            self._decoder = _new_decoder() if opcode == TEXT else None
        else:
            raise Violation(1002, "this opcode is reserved")
        self._size += len(payload)
        self._check_text(payload, final)
        parts = self._parts = self._parts or []
        if payload:  # one without any would be a way to make us remember something for nothing
            parts.append(payload)
        if not final:
            return None
        whole, opcode = b"".join(parts), self._opcode
        self._opcode, self._parts, self._decoder, self._size = CONTINUATION, None, None, 0
        return Received(opcode, whole, _text(whole) if opcode == TEXT else "")

    def _check_text(self, payload: bytes, final: bool) -> None:
        """Refuse text that is not UTF-8 as soon as that is known, not only when it is whole."""
        if self._decoder is not None:
            try:
                self._decoder.decode(payload, final)
            except UnicodeDecodeError as error:
                raise Violation(1007, "the text is not UTF-8") from error


def close_code(payload: bytes) -> int:
    """Return what a close frame says: 1005 when it says nothing (7.1.5).

    Raises:
        Violation
    """
    if not payload:
        return 1005
    if len(payload) == 1:
        raise Violation(1002, "a close code has two bytes")
    code = int.from_bytes(payload[:2], "big")
    if code not in _SENDABLE_CODES and not 3000 <= code <= 4999:
        raise Violation(1002, "this close code may not be sent")
    _text(payload[2:])
    return code


def control_frame(opcode: int, payload: bytes = b"") -> bytes:
    """Return a server's control frame."""
    return bytes((_FIN | opcode, len(payload))) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """Return a close frame; the reason is cut to what fits (5.5)."""
    words = reason.encode()[: _CONTROL_LIMIT - 2].decode(errors="ignore").encode()
    return control_frame(CLOSE, struct.pack("!H", code) + words)


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise Violation(1007, "the text is not UTF-8") from error


def _unmask(payload: bytes, key: bytes) -> bytes:
    """XOR with the repeated key, as one large integer: the fastest way in plain Python (5.3)."""
    length = len(payload)
    if key == b"\0\0\0\0" or not length:
        return payload
    mask = (key * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")).to_bytes(length, "big")
