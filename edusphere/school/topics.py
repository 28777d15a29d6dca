"""What rooms are about."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from edusphere.database import Asking, Database
from edusphere.school import words
from edusphere.school.me import Me
from edusphere.school.models import Topic
from edusphere.school.models.ids import new_id

GENERAL = "General"
MOST = 200
TOPIC_LENGTH = 200


class Topics:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, me: Me | None, text: str | None = None, min_rooms: int | None = None) -> list[Topic]:
        """Return topics of the rooms that `me` may see, most rooms first."""
        pattern = words.check("search", words.search, text)
        if me is None:
            return []
        return await self._database.models(
            Topic,
            """
            SELECT topics.id, topics.name, topics.key
            FROM topics JOIN rooms ON rooms.topic_id = topics.id
            LEFT JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = $1
            WHERE rooms.deleted IS NULL AND (rooms.kind = 'OPEN' OR mine.id IS NOT NULL)
              AND ($2::text IS NULL OR topics.name ILIKE $2)
            GROUP BY topics.id HAVING count(*) >= $3
            ORDER BY count(*) DESC, topics.name LIMIT $4
            """,
            me.id,
            pattern,
            min_rooms or 0,
            MOST,
        )

    async def load(self, ids: Iterable[UUID]) -> dict[UUID, Topic]:
        topics = await self._database.models(Topic, "SELECT * FROM topics WHERE id = ANY($1)", list(ids))
        return {topic.id: topic for topic in topics}


def topic_name(value: str) -> str:
    """Read the name of a topic; a room that is about nothing is about general things."""
    return words.optional_line(value, TOPIC_LENGTH) or GENERAL


async def topic_named(asking: Asking, name: str) -> UUID:
    """Return the topic of this name, in whatever letter case, making it where there is none."""
    row = await asking.one(
        """
        INSERT INTO topics (id, name, key) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id
        """,
        new_id(),
        name,
        name.casefold(),
    )
    topic_id: UUID = row["id"]
    return topic_id
