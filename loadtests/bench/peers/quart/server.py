"""The chat of Quart's own tutorial: a queue for each client, and a send that is waited for."""

import asyncio
from collections.abc import AsyncGenerator

from quart import Quart, websocket

app = Quart(__name__)


class Broker:
    def __init__(self) -> None:
        self.connections: set[asyncio.Queue[str]] = set()

    async def publish(self, message: str) -> None:
        for connection in self.connections:
            await connection.put(message)

    async def subscribe(self) -> AsyncGenerator[str, None]:
        connection: asyncio.Queue[str] = asyncio.Queue()
        self.connections.add(connection)
        try:
            while True:
                yield await connection.get()
        finally:
            self.connections.remove(connection)


broker = Broker()


async def receive() -> None:
    while True:
        await broker.publish(await websocket.receive())


@app.websocket("/")
async def chat() -> None:
    task = asyncio.ensure_future(receive())
    try:
        async for message in broker.subscribe():
            await websocket.send(message)
    finally:
        task.cancel()
        await task
