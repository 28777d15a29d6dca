"""No socket outlives its session, and none keeps the role that somebody had.

Whoever ends a session, or changes somebody, tells every process at once. This is for what cannot be told: a session
that ends by itself, one that ended while its socket was being opened or by the command line, which has no part in a
broker in memory, and news that the broker lost.
"""

from __future__ import annotations

import asyncio
import logging
import random

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.errors import Unavailable
from edusphere.realtime import Realtime
from edusphere.school.sessions import Sessions

log = logging.getLogger(__name__)

AT_A_TIME = 1_000
"""Sessions in one question, so that none takes long."""


class Watch:
    """Looks at least every so many seconds at the sessions of all sockets of this process."""

    def __init__(self, realtime: Realtime, sessions: Sessions, every: float) -> None:
        self._realtime = realtime
        self._sessions = sessions
        self._every = every
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every * random.uniform(0.8, 1))  # noqa: S311 (processes take turns)
            try:
                await self._look()
            except Unavailable:
                continue  # said in the log already; nobody is sent away for it
            except Exception:  # without this watch nobody would ever be put out
                log.exception("The sessions could not be looked at; they are at the next look.")

    async def _look(self) -> None:
        ids = list({connection.session_id for connection in self._realtime.connections() if connection.session_id})
        for begin in range(0, len(ids), AT_A_TIME):
            for session_id, why in (await self._sessions.over(ids[begin : begin + AT_A_TIME])).items():
                code = CloseCode.ACCOUNT_DISABLED if why == "disabled" else CloseCode.SESSION_ENDED
                self._realtime.end_here(session_id, SessionEnded(why=why), code)
        connections = self._realtime.connections()
        known = list({(one.person_id, one.known_as) for one in connections if not one.outdated})
        for begin in range(0, len(known), AT_A_TIME):
            for person_id in await self._sessions.otherwise(known[begin : begin + AT_A_TIME]):
                self._realtime.renew_here(person_id)
