"""What realtime asks of the truth: the database, seen through three questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from edusphere.contract.events import Change


class Position(NamedTuple):
    """Where a room stands."""

    number: int
    """Of its last change."""
    members: int
    """A fingerprint: another one where others belong to it."""


class Ledger(Protocol):
    """The numbered changes of every room. Each question is one query.

    Raises:
        Unavailable: the database cannot answer now.
    """

    async def outsiders(self, listeners: Mapping[UUID, Collection[UUID]]) -> list[tuple[UUID, UUID]]:
        """Return which of each room's listeners may not hear it, as (room, person); all of them where it is gone."""
        ...

    async def positions(self, room_ids: Sequence[UUID]) -> dict[UUID, Position]:
        """Return where each room stands; deleted and unknown rooms are left out."""
        ...

    async def changes(self, room_id: UUID, after: int, limit: int) -> list[Change]:
        """Return the changes above `after`, ascending, at most `limit`, each with its message as it is now."""
        ...
