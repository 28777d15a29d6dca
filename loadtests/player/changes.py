"""From the bytes that listeners are sent to a room's changes: read once, however many sockets hear the same."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from loadtests.player.frames import TEXT, Frames

MARK = "@@"
"""Precedes in the words of a post when it was said: nanoseconds since 1970."""
CHANGE = re.compile(
    rb'\{"type":"message\.(posted|edited|removed)","roomId":"([-0-9a-f]{36})","number":(\d+),'
    rb'"message":\{"id":"[-0-9a-f]{36}","number":\d+,"clientId":"[-0-9a-f]{36}",.*?"body":"(?:@@(\d{19}))?'
)
KEPT = 512
"""Pieces of network that are remembered: listeners of one process hear the same within moments."""


class Change(NamedTuple):
    """A numbered change of a room, and when it was said: nanoseconds, 0 where nobody noted it."""

    room_id: str
    number: int
    said: int


def say(words: str) -> str:
    """Return the body of a post that is said now."""
    return f"{MARK}{time.time_ns()} {words}"


def read(payload: bytes) -> Change | None:
    """Return the change that a text frame tells, if it tells one. Only a fresh post has its moment."""
    match = CHANGE.match(payload)
    if match is None:
        return None
    kind, room_id, number, said = match.groups()
    return Change(room_id.decode(), int(number), int(said) if said and kind == b"posted" else 0)


class Understood:
    """What is heard often is understood once: by the very bytes that came from the network."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Change, ...]] = {}

    def of(self, data: bytes) -> tuple[Change, ...] | None:
        """Return the changes in whole frames that hold nothing else, or None: then they are read one by one."""
        changes = self._known.get(data)
        if changes is not None:
            return changes
        if not data.startswith(b"\x81"):
            return None
        frames = Frames()
        read_now = [read(payload) if kind == TEXT else None for kind, payload in frames.feed(data)]
        if not frames.is_between or None in read_now:
            return None
        if len(self._known) >= KEPT:
            self._known.clear()
        found = self._known[data] = tuple(change for change in read_now if change is not None)
        return found
