"""The connection manager of FastAPI's documentation, on bare Starlette."""

import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

connections: list[WebSocket] = []
turn = asyncio.Lock()


async def chat(socket: WebSocket) -> None:
    await socket.accept()
    connections.append(socket)
    try:
        while True:
            text = await socket.receive_text()
            async with turn:  # everybody hears everything in the same order
                for connection in connections:
                    await connection.send_text(text)
    except WebSocketDisconnect:
        connections.remove(socket)


app = Starlette(routes=[WebSocketRoute("/", chat)])
