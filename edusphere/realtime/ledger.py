"""What realtime asks of the truth: the database, seen through two questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from edusphere.contract.events import Change


class Ledger(Protocol):
    """The numbered changes of every room. Both questions are one query each.

    Raises:
        Unavailable: the database cannot answer now.
    """

    async def positions(self, room_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Return the number of each room's last change; deleted and unknown rooms are left out."""
        ...

    async def changes(self, room_id: UUID, after: int, limit: int) -> list[Change]:
        """Return the changes above `after`, ascending, at most `limit`, each with its message as it is now."""
        ...
