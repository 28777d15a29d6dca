"""What realtime asks of the truth: the database, seen through three questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from edusphere.contract.events import Change


class Ledger(Protocol):
    """The numbered changes of every room. Each question is one query.

    Raises:
        Unavailable: the database cannot answer now.
    """

    async def outsiders(self, room_id: UUID, person_ids: Collection[UUID]) -> set[UUID]:
        """Return which of these people may not hear this room; all of them where it is gone."""
        ...

    async def positions(self, room_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Return the number of each room's last change; deleted and unknown rooms are left out."""
        ...

    async def changes(self, room_id: UUID, after: int, limit: int) -> list[Change]:
        """Return the changes above `after`, ascending, at most `limit`, each with its message as it is now."""
        ...
