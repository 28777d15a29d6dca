"""Backends that do as they are told, so that it can be seen what nginx asks of them and what it makes of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Act = Callable[[asyncio.StreamWriter, dict[str, str]], Coroutine[Any, Any, None]]


@dataclass
class Backend:
    port: int
    asked: list[str] = field(default_factory=list)
    """The request lines that came whole."""


@asynccontextmanager
async def backend(act: Act) -> AsyncIterator[Backend]:
    """Run one that does `act` with every request, its headers in small letters, and then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            await reader.readexactly(int(headers.get("content-length", 0)))
            here.asked.append(head[0])
            await act(writer, headers)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    here = Backend(server.sockets[0].getsockname()[1])
    async with server:
        yield here


async def well(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
    """Answer with the headers that came."""
    body = json.dumps(headers).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def dying(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
    """Hang up after the question."""
    writer.transport.abort()


async def dying_midway(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
    """Hang up in the middle of the answer."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf of it")
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()
