"""People who post one message after the other into a school that is served."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import asyncpg
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from edusphere.database.embedded import running_address
from tests.server.served import Served


class Poster(threading.Thread):
    """Posts one message after the other, comes back whenever it is asked to, and notes which were acknowledged."""

    def __init__(self, school: Served, token: str, room_id: str) -> None:
        super().__init__()
        self._address = f"ws://127.0.0.1:{school.port}/ws/"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._room_id = room_id
        self.said: list[str] = []
        self.acknowledged: list[str] = []
        self.codes: list[int | None] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.is_set():
            try:
                with connect(self._address, additional_headers=self._headers, open_timeout=30) as socket:
                    try:
                        while not self.enough.is_set():
                            self._post(socket)
                    except ConnectionClosed:
                        self.codes.append(socket.close_code)
            except (InvalidHandshake, OSError):
                time.sleep(0.05)  # not there yet

    def _post(self, socket: ClientConnection) -> None:
        self.said.append(str(uuid4()))
        post = {"type": "message.post", "ref": self.said[-1], "roomId": self._room_id, "clientId": self.said[-1]}
        socket.send(json.dumps(post | {"body": "Hello"}))
        while (answer := json.loads(socket.recv(30))).get("ref") != self.said[-1]:
            pass
        assert answer["type"] == "ok", answer
        self.acknowledged.append(self.said[-1])


@contextmanager
def posting(school: Served, token: str, count: int) -> Iterator[list[Poster]]:
    """Let so many people post into a room of their own until the end of the block."""
    made = ask(school, token, 'mutation { createRoom(name: "Hall", topicName: "x", description: "") { room { id } } }')
    posters = [Poster(school, token, made["createRoom"]["room"]["id"]) for _ in range(count)]
    for poster in posters:
        poster.start()
    try:
        yield posters
    finally:
        for poster in posters:
            poster.enough.set()
        for poster in posters:
            poster.join()


def ask(school: Served, token: str, document: str) -> Any:
    request = urllib.request.Request(  # noqa: S310 (our own address)
        f"{school.url}/graphql/",
        json.dumps({"query": document}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)["data"]


def written(school: Served) -> set[str]:
    """Return the client ids of all messages in the school's own database."""

    async def read() -> set[str]:
        address = running_address(school.data)
        assert address is not None
        connection = await asyncpg.connect(**address.credentials)
        try:
            return {str(row["client_id"]) for row in await connection.fetch("SELECT client_id FROM messages")}
        finally:
            await connection.close()

    return asyncio.run(read())
