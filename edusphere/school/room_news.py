"""Rooms that were changed together, told to those who hear them: a course or a whole term that is over, or goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from edusphere.contract.events import RoomUpdated
from edusphere.database import Row
from edusphere.realtime import Realtime, topics

AT_ONCE = 100
"""Told before others have their turn."""
TOLD = """
    rooms.id, rooms.name, rooms.description, rooms.archived,
    (SELECT topics.name FROM topics WHERE topics.id = rooms.topic_id) AS topic_name
"""
"""What a statement that changes rooms returns, for `tell_rooms`."""


async def tell_rooms(realtime: Realtime, rooms: Iterable[Row]) -> None:
    """Tell what rooms are called now and whether they are archived; call it after COMMIT."""
    for turn, row in enumerate(rooms):
        await breathe(turn)
        event = RoomUpdated(
            row["id"], row["name"], row["topic_name"], row["description"], archived=row["archived"] is not None
        )
        await realtime.announce(topics.room(row["id"]), event)


async def breathe(turn: int) -> None:
    """Let others have their turn, in what tells thousands."""
    if turn % AT_ONCE == AT_ONCE - 1:
        await asyncio.sleep(0)
