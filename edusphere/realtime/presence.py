"""Who has a room open, gathered and told at most once per interval. Not promised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from edusphere.contract.events import PresenceChanged


class Presence:
    """Notes which rooms saw somebody come or go, and tells each of them once per interval.

    `people_in` returns the people who have a room open; `tell` passes the event on.
    """

    def __init__(
        self,
        people_in: Callable[[UUID], set[UUID]],
        tell: Callable[[PresenceChanged], None],
        *,
        interval: float,
        names: int,
    ) -> None:
        self._people_in = people_in
        self._tell = tell
        self._interval = interval
        self._names = names
        self._changed: set[UUID] = set()
        self._timer: asyncio.TimerHandle | None = None

    def changed(self, room_id: UUID) -> None:
        """Somebody came to this room or went."""
        self._changed.add(room_id)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval, self._tell_all)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tell_all(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, set()
        for room_id in changed:
            people = self._people_in(room_id)
            named = tuple(sorted(people)) if len(people) <= self._names else None
            if people:
                self._tell(PresenceChanged(room_id=room_id, count=len(people), user_ids=named))
