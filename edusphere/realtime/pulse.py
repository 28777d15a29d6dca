"""Life on every connection: a heartbeat out, a limit to silence. One task for all of them."""

from __future__ import annotations

import asyncio
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
    next_beat = monotonic() + heartbeat
    while True:
        await asyncio.sleep(step)
        now = monotonic()
        beat = now >= next_beat
        if beat:
            next_beat = now + heartbeat
        for connection in tuple(connections()):
            if now - connection.heard >= silence:
                connection.close(CloseCode.SILENT, "Nothing was heard from you.")
            elif beat:
                connection.send(_BEAT)
