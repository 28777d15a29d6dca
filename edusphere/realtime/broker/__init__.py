"""How processes wake one another. The database is the truth; a broker is only a wake-up.

Promises of every broker, checked by one suite over all of them:

- When `subscribe` has returned, whatever is published to that topic afterwards, by any process,
  is received here, unless it is lost.
- `publish` returns without waiting for readers and never raises. What it loses in an outage is
  found again by the numbers; only what has no number (typing, presence) may be gone for good.
- Payloads arrive as the bytes that were published. Order is kept per topic and publisher, not
  between publishers.
- `unsubscribe` takes effect at some later time; calls for one topic take effect in the order made.
- Nothing is received before `start` or after `stop`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

TO_OTHERS = -1
"""The number of what its own author need not hear."""
TO_PROCESSES = -2
"""The number of what processes say to one another about a topic; it is no text."""

Receive = Callable[[str, bytes, int], None]
"""Called with topic, payload and number (0 for what is not a numbered change)."""

Suspect = Callable[[str], None]
"""Called with a topic on which something may have been lost."""


class Broker(Protocol):
    alone: bool
    """Whether there can be no other process: what only others need to know is then not said."""
    trouble: str | None
    """Why other processes hear of what happens later than they should, in a sentence; None when all is well."""

    async def start(self, receive: Receive, suspect: Suspect) -> None: ...

    async def stop(self) -> None: ...

    async def subscribe(self, topic: str) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None: ...
