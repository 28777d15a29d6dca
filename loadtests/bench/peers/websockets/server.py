"""The broadcast that `websockets` documents as its fastest."""

import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

connections: set[ServerConnection] = set()


async def chat(connection: ServerConnection) -> None:
    connections.add(connection)
    try:
        async for message in connection:
            broadcast(connections, message)
    finally:
        connections.discard(connection)


async def main() -> None:
    async with serve(chat, "127.0.0.1", int(sys.argv[1]), compression=None, backlog=2048) as server:
        await server.serve_forever()


uvloop.run(main())
