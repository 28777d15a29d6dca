"""Bytes on the wire, as somebody writes them who keeps to no rule, and answers read as they come."""

from __future__ import annotations

import asyncio
import os
import struct
from dataclasses import dataclass, field

LONGEST = 5.0
"""Seconds after which an answer is not waited for any more."""
AFTERTHOUGHT = 0.05
"""Seconds in which a second answer would follow the first."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    head: bytes
    body: bytes = b""

    @property
    def headers(self) -> dict[str, str]:
        lines = (line.partition(b":") for line in self.head.split(b"\r\n")[1:])
        return {name.decode("latin-1").lower(): value.strip().decode("latin-1") for name, _, value in lines}


@dataclass(slots=True)
class Heard:
    """All that came back on one connection."""

    responses: list[Response] = field(default_factory=list)
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    """Opcode and payload."""
    closed: bool = False
    seconds: float = 0.0

    @property
    def text(self) -> str:
        said = [part for response in self.responses for part in (response.head, response.body)]
        return b"\n".join([*said, *(payload for _, payload in self.frames)]).decode("utf-8", "replace")

    @property
    def said(self) -> str:
        """Return the gist, to be read by people."""
        parts = [f"{response.status} {response.body[:300]!r}" for response in self.responses]
        parts += [f"{opcode}: {payload[:300]!r}" for opcode, payload in self.frames]
        return " / ".join(parts) + (" / the end" if self.closed else "")

    @property
    def close_code(self) -> int | None:
        codes = [int.from_bytes(payload[:2], "big") for opcode, payload in self.frames if opcode == 8]
        return codes[0] if codes else None


class Peer:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connected(cls, port: int) -> Peer:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError:
            return  # it had heard enough

    async def response(self, *, head_only: bool = False) -> Response | None:
        """Read one response; None when the connection ended instead."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, _, _ = head.partition(b"\r\n")
            status = int(first.split()[1])
            bare = Response(status, head[:-4])
            if head_only or status in (101, 204, 304):
                return bare
            if 100 <= status < 200:
                return await self.response()
            length = bare.headers.get("content-length")
            if length is not None:
                return Response(status, bare.head, await self._reader.readexactly(int(length)))
            return Response(status, bare.head, await self._chunks())
        except (asyncio.IncompleteReadError, OSError):
            return None

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            body += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readexactly(2)
        return body

    async def frame(self) -> tuple[int, bytes] | None:
        """Read one websocket frame; None when the connection ended instead."""
        try:
            first, second = await self._reader.readexactly(2)
            length = second & 0x7F
            if length >= 126:
                length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8), "big")
            return first & 0x0F, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            return None

    async def leave(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return


async def exchange(port: int, data: bytes) -> Heard:
    """Send bytes and return every response to them."""
    heard, peer = Heard(), await Peer.connected(port)
    head_only = data.startswith(b"HEAD ")
    began = asyncio.get_running_loop().time()
    # Listened to while it speaks: a stream whose line breaks forgets what it had brought.
    reading = asyncio.create_task(peer.response(head_only=head_only))
    try:
        await peer.send(data)
        async with asyncio.timeout(LONGEST):
            while (response := await reading) is not None:
                heard.responses.append(response)
                heard.seconds = asyncio.get_running_loop().time() - began
                try:
                    async with asyncio.timeout(AFTERTHOUGHT):
                        again = await peer.response()
                except TimeoutError:
                    return heard
                if again is None:
                    break
                heard.responses.append(again)
                reading = asyncio.create_task(peer.response(head_only=head_only))
        heard.closed = True
        heard.seconds = heard.seconds or asyncio.get_running_loop().time() - began
    except TimeoutError:
        heard.seconds = LONGEST
    finally:
        reading.cancel()
        await peer.leave()
    return heard


async def speak(port: int, handshake: bytes, data: bytes, until: bytes = b"") -> Heard:
    """Shake hands, send bytes and return every frame until the server closes, or says `until`."""
    heard, peer = Heard(), await Peer.connected(port)
    began = asyncio.get_running_loop().time()
    try:
        await peer.send(handshake)
        async with asyncio.timeout(LONGEST):
            response = await peer.response()
            if response is not None:
                heard.responses.append(response)
            if response is None or response.status != 101:
                return heard
            await peer.send(data)
            while (frame := await peer.frame()) is not None:
                heard.frames.append(frame)
                if frame[0] == 8 or (until and until in frame[1]):
                    return heard
        heard.closed = True
    except TimeoutError:
        heard.seconds = LONGEST
    finally:
        heard.seconds = heard.seconds or asyncio.get_running_loop().time() - began
        await peer.leave()
    return heard


# -- writing


def request(target: str, *lines: str, method: str = "GET", host: str, body: bytes = b"", length: bool = True) -> bytes:
    """Write a request as it should be, with any further header lines, and to be the last on its connection."""
    head = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    if body and length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """Write one websocket frame (RFC 6455, 5.2)."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    size, mask = len(payload), 0x80 if masked else 0
    if size < 126:
        head = bytes((first, mask | size))
    elif size < 1 << 16:
        head = bytes((first, mask | 126)) + struct.pack("!H", size)
    else:
        head = bytes((first, mask | 127)) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    key = os.urandom(4)
    repeated = (key * (size // 4 + 1))[:size]
    return head + key + (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
