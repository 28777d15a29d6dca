"""One listener: what the hub may ask of it, its bounded outbox, its slow-reader rule."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic, time
from typing import Protocol
from uuid import UUID

from edusphere import metrics
from edusphere.contract.close_codes import CloseCode
from edusphere.realtime.frames import Frame

log = logging.getLogger(__name__)

SLOW = "A slow reader was let go while %d bytes waited for it."


class Connection(Protocol):
    """What the hub knows of a listener.

    `send` and `close` return at once, never raise and never call back into the hub: it may be
    in the middle of telling everyone.
    """

    person_id: UUID
    session_id: UUID | None
    """By what it was let in: a session, or a program's token."""
    topics: list[str]
    """The hub's note of what this connection hears."""
    opened: float
    """When it began, in Unix seconds: processes compare it."""
    heard: float
    """When it last gave a sign of life, on the monotonic clock."""
    known_as: str
    """What its person was when they were last looked at: whoever obeys it says it, and can compare."""
    outdated: bool
    """Whether its person is not as they were any more: who obeys it asks anew who they are."""

    @property
    def waiting(self) -> int:
        """Bytes that were handed over and that the reader has not taken yet."""
        ...

    @property
    def closing(self) -> bool:
        """Whether it ends: nothing more reaches it, and what it has asked for and was not begun is not done."""
        ...

    def send(self, frame: Frame) -> None:
        """Hand over one frame; it is sent in order, or the connection is let go."""
        ...

    def close(self, code: CloseCode, reason: str = "") -> None:
        """Close, after what was already handed over. The first close counts."""
        ...


class QueuedConnection:
    """A connection over any ASGI server: frames wait in a bounded outbox for one writing task.

    A reader who lets more than `limit` bytes pile up, or who does not take one frame within
    `patience` seconds, is let go with 4008, comes back and resumes; nobody waits for it.
    """

    def __init__(self, person_id: UUID, session_id: UUID | None, *, limit: int, patience: float) -> None:
        self.person_id = person_id
        self.session_id = session_id
        self.topics: list[str] = []
        self.opened = time()
        self.heard = monotonic()
        self.known_as = ""
        self.outdated = False
        self._end: tuple[CloseCode, str] | None = None
        """Why this connection ends, once it is known."""
        self._limit = limit
        self._patience = patience
        self._outbox: deque[Frame] = deque()
        self.waiting = 0
        self._something = asyncio.Event()

    @property
    def closing(self) -> bool:
        return self._end is not None

    def send(self, frame: Frame) -> None:
        if self.closing:
            return
        self._outbox.extend(frame.parts)
        self.waiting += sum(len(part.payload) for part in frame.parts)
        if self.waiting > self._limit:
            log.info(SLOW, self.waiting)
            metrics.slow_readers.inc()
            self._outbox.clear()
            self.close(CloseCode.TOO_SLOW, "You read too slowly. Come back and resume.")
        self._something.set()

    def close(self, code: CloseCode, reason: str = "") -> None:
        self._end = self._end or (code, reason)
        self._something.set()

    async def write(self, send: Callable[[str], Awaitable[None]]) -> tuple[CloseCode, str]:
        """Pass every frame to `send` until the connection closes; return the code and reason to close with."""
        while True:
            while self._outbox:
                frame = self._outbox.popleft()
                self.waiting -= len(frame.payload)
                try:
                    async with asyncio.timeout(self._patience):
                        await send(frame.text)
                except TimeoutError:
                    log.info(SLOW, self.waiting + len(frame.payload))
                    metrics.slow_readers.inc()
                    return CloseCode.TOO_SLOW, "You read too slowly. Come back and resume."
            if self._end:
                return self._end
            self._something.clear()
            await self._something.wait()
