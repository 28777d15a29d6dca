"""Life on every connection: a heartbeat out, a limit to silence. One task for all of them.

Each connection has its turn within the time between two heartbeats: ten thousand at once would hold up everybody's
words for a tenth of a second.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable, Collection
from time import monotonic

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Heartbeat
from edusphere.realtime.connection import Connection
from edusphere.realtime.frames import Frame

_BEAT = Frame.of(Heartbeat())


async def pulse(connections: Callable[[], Collection[Connection]], *, heartbeat: float, silence: float) -> None:
    """Send a heartbeat to everyone each `heartbeat` seconds; close whoever was silent for `silence` seconds."""
    step = min(1.0, heartbeat / 5, silence / 5)
    turns = math.ceil(heartbeat / step)
    for turn in itertools.cycle(range(turns)):
        await asyncio.sleep(step)
        now = monotonic()
        for connection in tuple(connections()):
            if now - connection.heard >= silence:
                connection.close(CloseCode.SILENT, "Nothing was heard from you.")
            elif connection.person_id.int % turns == turn:
                connection.send(_BEAT)
