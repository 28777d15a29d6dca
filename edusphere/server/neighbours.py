"""Taking in whoever was left waiting at a neighbour's door, because the worker there died, hangs or has too much to do.

The kernel shares people out over the doors and does not know who is behind them.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from edusphere.settings import SECONDS

LOOK = 0.5 * SECONDS
"""Who waits at two looks, one after the other, was left waiting."""
AT_ONCE = 64


async def help_neighbours(doors: Sequence[socket.socket], take: Callable[[socket.socket], None]) -> None:
    """Look for as long as there are any; hand each connection that was left waiting at one of `doors` to `take`."""
    poll = select.poll()
    for door in doors:
        door.setblocking(False)
        poll.register(door, select.POLLIN)
    waited: set[int] = set()
    while doors:
        await asyncio.sleep(LOOK)
        waiting = {descriptor for descriptor, what in poll.poll(0) if what == select.POLLIN}
        for door in doors:
            if door.fileno() in waiting & waited:
                with suppress(OSError):  # the last of them went, or was taken by another
                    for _ in range(AT_ONCE):
                        connection, _ = door.accept()
                        connection.setblocking(False)
                        take(connection)
        waited = waiting
