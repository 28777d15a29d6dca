"""What the server keeps of a websocket once a connection of ours has taken it over."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect

from edusphere.server.serving import Stop
from tests.security.autobahn.echo import serve_echo


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    """An echo is served at this port."""
    listener = socket.create_server(("127.0.0.1", 0))
    opened, stop = asyncio.Event(), Stop(lambda _words: None)
    serving = asyncio.create_task(serve_echo(listener, opened, stop))
    await opened.wait()
    yield listener.getsockname()[1]
    stop.ask()
    await serving


async def speak(port: int, way: str) -> ClientConnection:
    peer = await connect(f"ws://127.0.0.1:{port}/{way}")
    for words in ("one", "two", "three"):
        await peer.send(words)
        assert await asyncio.wait_for(peer.recv(), 5) == words
    return peer


def tasks_of_the_server() -> list[str]:
    return [repr(task) for task in asyncio.all_tasks() if "TCPServer" in repr(task)]


async def test_an_adopted_socket_leaves_no_task_in_the_server(port: int) -> None:
    peers = [await speak(port, "direct") for _ in range(3)]
    await asyncio.sleep(0)
    assert tasks_of_the_server() == []
    for peer in peers:
        await peer.close()
        assert peer.close_code == 1000


@pytest.mark.parametrize("way", ["direct", "queued"])
async def test_whoever_speaks_is_heard_every_time_and_may_leave(port: int, way: str) -> None:
    peer = await speak(port, way)
    await peer.send(b"bytes")
    assert await peer.recv() == b"bytes"
    await peer.close()
    assert peer.close_code == 1000
