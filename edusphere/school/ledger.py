"""The numbered changes of every room, as realtime asks for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from edusphere.contract.events import Change, MessageEdited, MessagePosted, MessageRemoved
from edusphere.database import Database
from edusphere.realtime.ledger import Position
from edusphere.school.models import ChangeKind
from edusphere.school.spoken import BY, SPOKEN, said

EVENTS: dict[str, type[MessagePosted] | type[MessageEdited] | type[MessageRemoved]] = {
    ChangeKind.POSTED: MessagePosted,
    ChangeKind.EDITED: MessageEdited,
    ChangeKind.REMOVED: MessageRemoved,
    ChangeKind.RESTORED: MessageEdited,
}


class Ledger:
    """Fulfils `edusphere.realtime.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def outsiders(self, listeners: Mapping[UUID, Collection[UUID]]) -> list[tuple[UUID, UUID]]:
        """Return which of each room's listeners may not hear it, as (room, person); all of them where it is gone."""
        pairs = [(room_id, person_id) for room_id, people in listeners.items() for person_id in people]
        rows = await self._database.rows(
            """
            SELECT room_id, person_id FROM unnest($1::uuid[], $2::uuid[]) AS listener (room_id, person_id)
            WHERE NOT EXISTS (
                SELECT FROM memberships JOIN rooms ON rooms.id = memberships.room_id AND rooms.deleted IS NULL
                WHERE memberships.room_id = listener.room_id AND memberships.person_id = listener.person_id
            )
            """,
            [room_id for room_id, _ in pairs],
            [person_id for _, person_id in pairs],
        )
        return [(row["room_id"], row["person_id"]) for row in rows]

    async def positions(self, room_ids: Sequence[UUID]) -> dict[UUID, Position]:
        """Return where each room stands; deleted and unknown rooms are left out."""
        rows = await self._database.rows(
            """
            SELECT id, last_number, (
                SELECT coalesce(bit_xor(uuid_hash_extended(person_id, 0)), 0) FROM memberships WHERE room_id = rooms.id
            ) AS members
            FROM rooms WHERE id = ANY($1) AND deleted IS NULL
            """,
            list(room_ids),
        )
        return {row["id"]: Position(row["last_number"], row["members"]) for row in rows}

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
