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
LOOK = 0.5
"""Seconds between two looks at who was silent for too long."""
TELLING = 2.0
"""Seconds until all others know that somebody is gone: until the next look, for a brief goodbye and to gather the news.
A dead peer is noticed within `silence`, and that is when the others know."""


async def pulse(connections: Callable[[], Collection[Connection]], *, heartbeat: float, silence: float) -> None:
    """Send a heartbeat to everyone each `heartbeat` seconds; let whoever is silent be gone after `silence` seconds."""
    step = min(LOOK, heartbeat / 5, silence / 5)
    patience = silence - min(TELLING, max(silence - heartbeat, 0) / 10)  # who answers each heartbeat is never cut
    turns = math.ceil(heartbeat / step)
    for turn in itertools.cycle(range(turns)):
        await asyncio.sleep(step)
        now = monotonic()
        for connection in tuple(connections()):
            if now - connection.heard >= patience:
                connection.close(CloseCode.SILENT, "Nothing was heard from you.")
            elif connection.person_id.int % turns == turn:
                connection.send(_BEAT)
