"""What a request brings: metered while it arrives, and no faster than it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, cast

from quart import Request
from quart.asgi import ASGIHTTPConnection
from quart.typing import ResponseTypes
from quart.utils import cancel_tasks, raise_task_exceptions
from quart.wrappers.request import Body
from werkzeug.exceptions import RequestEntityTooLarge

from edusphere.settings import KIBIBYTES, SECONDS

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

BACKLOG = 256 * KIBIBYTES
"""What may have arrived and not been read yet; beyond it the sender waits."""

FORM_PARTS = 16
"""Fields and files of a form; reading the head of each costs up to 50 ms if somebody wants it to."""

EMPTYING = 1 * SECONDS
"""How long what nobody reads is taken from the server after the answer, at most."""


class MeteredBody(Body):
    """A body that ends when more than MAX_CONTENT_LENGTH has arrived, and says when it has room for more.

    Quart's own measures only what waits to be read, so a body in chunks that is read as it comes has no end; and it
    takes in whatever is sent, so one that comes faster than it is read is whole in memory. How it keeps what waits is
    another matter in each of its versions, so nothing of that is used here.
    """

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(expected_content_length, max_content_length)  # refuses what says itself that it is too large
        self._limit = max_content_length
        self._arrived = 0
        self._waiting = bytearray()
        self._has_some = asyncio.Event()
        """Or the end."""
        self._has_all = asyncio.Event()
        self._backlog: float = BACKLOG
        self._room = asyncio.Event()
        self._room.set()
        self._is_wanted = True

    def append(self, data: bytes) -> None:
        if not self._is_wanted or not data or self._must_raise is not None:
            return
        self._arrived += len(data)
        if self._limit is not None and self._arrived > self._limit:
            self._must_raise = RequestEntityTooLarge()
            self.set_complete()
            return
        self._waiting += data
        self._has_some.set()
        if len(self._waiting) > self._backlog:
            self._room.clear()

    def set_complete(self) -> None:
        self._has_all.set()
        self._has_some.set()

    def set_result(self, data: bytes) -> None:
        self.append(data)
        self.set_complete()

    async def room(self) -> None:
        """Wait until more may come."""
        await self._room.wait()

    def let_go(self) -> None:
        """Nobody reads any more: what still comes is dropped, and nobody has to wait."""
        self._is_wanted = False
        self._waiting.clear()
        self._room.set()

    def clear(self) -> None:
        self._waiting.clear()

    async def __anext__(self) -> bytes:
        if self._must_raise is None:
            await self._has_some.wait()
        if self._must_raise is not None:
            raise self._must_raise
        if not self._waiting:
            raise StopAsyncIteration
        data = bytes(self._waiting)
        self._waiting.clear()
        if not self._has_all.is_set():
            self._has_some.clear()
        self._room.set()
        return data

    def __await__(self) -> Generator[Any, None, Any]:
        self._backlog = float("inf")  # all of it is wanted at once
        self._room.set()
        if self._must_raise is not None:
            raise self._must_raise
        yield from self._has_all.wait().__await__()
        if self._must_raise is not None:
            raise self._must_raise
        return bytes(self._waiting)


class MeteredRequest(Request):
    body_class = MeteredBody
    max_form_parts = FORM_PARTS


def metered(limits: Mapping[str, int]) -> type[MeteredRequest]:
    """Return the class of requests whose bodies may have so many bytes at these paths, elsewhere MAX_CONTENT_LENGTH."""

    class LimitedRequest(MeteredRequest):
        def __init__(
            self, method: str, scheme: str, path: str, *others: Any, max_content_length: int | None = None, **more: Any
        ) -> None:
            limit = limits.get(path, max_content_length)
            super().__init__(method, scheme, path, *others, max_content_length=limit, **more)

    return LimitedRequest


class PatientConnection(ASGIHTTPConnection):
    """Quart's handling of a request, that lets a sender wait while nobody reads."""

    _body: MeteredBody
    _has_ended = False
    """Whether all of the body has come."""

    async def __call__(self, receive: Receive, send: Send) -> None:
        request = self._create_request_from_scope(send)
        self._body = cast(MeteredBody, request.body)
        receiving = asyncio.ensure_future(self.handle_messages(request, receive))
        handling = asyncio.ensure_future(self.handle_request(request, send))
        done, pending = await asyncio.wait((handling, receiving), return_when=asyncio.FIRST_COMPLETED)
        if receiving in pending and not self._has_ended:
            # The server may stand before a full queue with what nobody reads: it is emptied until the server knows.
            await asyncio.wait((receiving,), timeout=EMPTYING)
        await cancel_tasks(pending)
        raise_task_exceptions(done)

    async def handle_messages(self, request: Request, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if message["type"] == "http.request":
                self._body.append(message.get("body", b""))
                if not message.get("more_body", False):
                    self._has_ended = True
                    self._body.set_complete()
                await self._body.room()

    async def _send_response(self, send: Send, response: ResponseTypes) -> None:
        self._body.let_go()
        await super()._send_response(send, response)
