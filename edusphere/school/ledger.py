"""The numbered changes of every room, as realtime asks for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from edusphere.contract.events import Change, MessageEdited, MessagePosted, MessageRemoved
from edusphere.database import Database
from edusphere.school.models import ChangeKind
from edusphere.school.spoken import BY, SPOKEN, said

EVENTS: dict[str, type[MessagePosted] | type[MessageEdited] | type[MessageRemoved]] = {
    ChangeKind.POSTED: MessagePosted,
    ChangeKind.EDITED: MessageEdited,
    ChangeKind.REMOVED: MessageRemoved,
}


class Ledger:
    """Fulfils `edusphere.realtime.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def outsiders(self, room_id: UUID, person_ids: Collection[UUID]) -> set[UUID]:
        """Return which of these people may not hear this room; all of them where it is gone."""
        rows = await self._database.rows(
            """
            SELECT person_id FROM memberships JOIN rooms ON rooms.id = memberships.room_id AND rooms.deleted IS NULL
            WHERE memberships.room_id = $1 AND person_id = ANY($2)
            """,
            room_id,
            list(person_ids),
        )
        return set(person_ids) - {row["person_id"] for row in rows}

    async def positions(self, room_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Return the number of each room's last change; deleted and unknown rooms are left out."""
        rows = await self._database.rows(
            "SELECT id, last_number FROM rooms WHERE id = ANY($1) AND deleted IS NULL", list(room_ids)
        )
        return {row["id"]: row["last_number"] for row in rows}

    async def changes(self, room_id: UUID, after: int, limit: int) -> list[Change]:
        """Return the changes above `after`, ascending, at most `limit`, each with its message as it is now."""
        rows = await self._database.rows(
            f"""
            SELECT changes.number AS change, changes.kind, {SPOKEN}
            FROM changes JOIN ({BY}) ON messages.id = changes.message_id
            WHERE changes.room_id = $1 AND changes.number > $2 ORDER BY changes.number LIMIT $3
            """,  # noqa: S608 (our own text)
            room_id,
            after,
            limit,
        )
        return [EVENTS[row["kind"]](room_id=room_id, number=row["change"], message=said(row).message) for row in rows]
