"""Words in rooms: posting, editing, removing and reading them.

Every change takes its room's next number in its own transaction, is committed, and only then told. The room's row is
locked first by all of them, so numbers have no holes and changes of one room never deadlock. How posts are written
together is in `posting.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from edusphere.contract.events import Message, MessageEdited, MessageRemoved
from edusphere.database import Database, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import pages, policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.files import check_file_ids
from edusphere.school.me import Me, signed_in
from edusphere.school.pace import Limit, Pace
from edusphere.school.posting import Draft, Posted, Posting
from edusphere.school.rooms import JOIN_FIRST, Reached, Rooms
from edusphere.school.spoken import BY, SPOKEN, Said, said
from edusphere.school.telling import to_the_end
from edusphere.settings import MINUTES, SECONDS, Settings

__all__ = ["Draft", "History", "Messages", "Posted", "Said"]

LISTED = 200
PAGE = 50
BEYOND = 2**63 - 1

# $4 and $5 are the change's kind and the new body, the latter only for EDITED.
CHANGE = """
    WITH numbered AS (
        UPDATE rooms SET last_number = last_number + 1 WHERE id = $1
        RETURNING last_number AS number, clock_timestamp() AS at
    ), changed AS (
        UPDATE messages SET updated = at, body = coalesce($5, body), edited = edited OR $4 = 'EDITED',
                            removed = CASE WHEN $4 = 'REMOVED' THEN at END
        FROM numbered WHERE messages.id = $2
    )
    INSERT INTO changes (room_id, number, kind, message_id, person_id, at)
    SELECT $1, number, $4, $2, $3, at FROM numbered RETURNING number, at
"""


@dataclass(frozen=True, slots=True)
class History:
    """A page of a room, oldest first, tombstones included."""

    nodes: tuple[Said, ...]
    has_next: bool
    has_previous: bool
    last_number: int
    """The room's last change in the same moment: whoever listens after it misses nothing."""


class Messages:
    def __init__(self, database: Database, realtime: Realtime, settings: Settings, rooms: Rooms) -> None:
        self._database = database
        self._realtime = realtime
        self._rooms = rooms
        self._longest = settings.message_length
        self._most_files = settings.files_per_message
        self._pace = Pace(
            Limit(settings.posts_per_10_seconds, 10 * SECONDS),
            Limit(settings.posts_per_minute, 1 * MINUTES),
            sentence="You are writing very fast. Please wait a moment.",
            on=settings.limits == "on",
        )
        self._posting = Posting(database, realtime, rooms, self._pace)

    async def post(self, me: Me | None, room_id: UUID, draft: Draft) -> Posted:
        """Say something in a room, with files or without. When this returns, it is committed.

        Raises:
            NotFound, Forbidden
            Invalid: neither words nor files, words that cannot be shown, or files that are not `me`'s to send.
            Conflict: this client id was another message's.
            TooMany: too fast.
            Unavailable: perhaps it was written, perhaps not: send it again with the same client id.
        """
        me = signed_in(me)
        body = words.check("body", words.body, draft.body, self._longest, bool(draft.file_ids))
        check_file_ids(draft.file_ids, self._most_files)
        return await self._posting.post(me, room_id, Draft(draft.client_id, body, draft.file_ids))

    async def edit(self, me: Me | None, message_id: UUID, body: str) -> int:
        """Change one's own words and return the change's number; the same words again change nothing.

        Raises:
            NotFound, Forbidden, Invalid
            Conflict: it was removed.
        """
        me = signed_in(me)
        message, reached = await self._reach(me, message_id)
        author = message.user.id == me.id
        policy.require(policy.may_edit(*reached, author), "Only its author changes a message.")
        text = words.check("body", words.body, body, self._longest, bool(message.files))
        self._pace.take(me.id)
        return await to_the_end(self._edit(me, reached.room.id, message_id, text))

    async def remove(self, me: Me | None, message_id: UUID) -> int:
        """Take a message away, leaving a tombstone; return the change's number. Removing twice is removing once.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        message, (room, membership) = await self._reach(me, message_id)
        author = message.user.id == me.id
        policy.require(
            policy.may_remove(me, room, membership, author), "Only its author or the room's host removes a message."
        )
        return await to_the_end(self._remove(me, room.id, message_id))

    async def find(self, me: Me | None, message_id: UUID) -> Said:
        """Return one message of a room that `me` may read.

        Raises:
            NotFound, Forbidden
        """
        message, (room, membership) = await self._reach(signed_in(me), message_id)
        policy.require(policy.may_read(membership), JOIN_FIRST)
        return Said(room.id, message)

    async def history(
        self,
        me: Me | None,
        room_id: UUID,
        first: int | None = None,
        after: int | None = None,
        last: int | None = None,
        before: int | None = None,
    ) -> History:
        """Return the `last` messages before the number `before`, or the `first` after `after`; by default the last 50.

        Raises:
            NotFound, Forbidden
            Invalid: both ways at once, or too many.
        """
        if first is not None and last is not None:
            raise Invalid("first", "Ask for the first or for the last, not for both.")
        size = pages.size(first) if first is not None else pages.size(PAGE if last is None else last, argument="last")
        _, membership = await self._rooms.reach(me, room_id)
        policy.require(policy.may_read(membership), JOIN_FIRST)
        order = "ASC" if first is not None else "DESC"
        rows = await self._database.rows(
            f"""
            SELECT rooms.last_number, page.* FROM rooms LEFT JOIN LATERAL (
                SELECT {SPOKEN} FROM {BY}
                WHERE messages.room_id = rooms.id AND messages.number > $2 AND messages.number < $3
                ORDER BY messages.number {order} LIMIT $4
            ) page ON true WHERE rooms.id = $1 AND rooms.deleted IS NULL
            """,  # noqa: S608 (our own text)
            room_id,
            after or 0,
            BEYOND if before is None else before,
            size + 1,
        )
        if not rows:
            raise NotFound
        found = [said(row) for row in rows[:size] if row["id"] is not None]
        more, last_number = len(rows) > size, rows[0]["last_number"]
        if first is not None:
            return History(tuple(found), more, bool(after), last_number)
        return History(tuple(reversed(found)), before is not None and before <= last_number, more, last_number)

    async def recent(
        self, me: Me | None, host: str, slug: str, last: int = LISTED, before: int | None = None
    ) -> list[Said]:
        """Return the last messages of the room at /u/<host>/<slug>, oldest first; what was removed is left out.

        Raises:
            NotFound, Forbidden, Invalid
        """
        size = pages.size(last, LISTED, argument="last")
        if me is None:
            return []
        room, membership = await self._rooms.reach_by_slug(me, host, slug)
        policy.require(policy.may_read(membership), JOIN_FIRST)
        rows = await self._database.rows(
            f"""
            SELECT {SPOKEN} FROM {BY}
            WHERE messages.room_id = $1 AND messages.number < $2 AND messages.removed IS NULL
            ORDER BY messages.number DESC LIMIT $3
            """,  # noqa: S608 (our own text)
            room.id,
            BEYOND if before is None else before,
            size,
        )
        return [said(row) for row in reversed(rows)]

    async def by_person(self, me: Me | None, username: str) -> list[Said]:
        """Return what this person said in rooms that `me` may read, newest first: at most 200."""
        if me is None or not words.is_clean(username):
            return []
        rows = await self._database.rows(
            f"""
            SELECT {SPOKEN} FROM {BY}
            JOIN memberships mine ON mine.room_id = messages.room_id AND mine.person_id = $1
            JOIN rooms ON rooms.id = messages.room_id AND rooms.deleted IS NULL AND rooms.kind <> 'DIRECT'
            WHERE messages.author_id = (SELECT id FROM people WHERE username = $2) AND messages.removed IS NULL
            ORDER BY messages.created DESC, messages.id DESC LIMIT $3
            """,  # noqa: S608 (our own text)
            me.id,
            username.lower(),
            LISTED,
        )
        return [said(row) for row in rows]

    # --

    async def _reach(self, me: Me, message_id: UUID) -> tuple[Message, Reached]:
        row = await self._database.row(f"SELECT {SPOKEN} FROM {BY} WHERE messages.id = $1", message_id)  # noqa: S608
        if row is None:
            raise NotFound
        return said(row).message, await self._rooms.reach(me, row["room_id"])

    async def _edit(self, me: Me, room_id: UUID, message_id: UUID, body: str) -> int:
        async with self._database.transaction() as transaction:
            message = await self._locked(transaction, room_id, message_id)
            if message.removed:
                raise Conflict("This message was removed.")
            if message.body == body:
                return await _last_change(transaction, message_id)
            row = await transaction.one(CHANGE, room_id, message_id, me.id, "EDITED", body)
        message = replace(message, body=body, edited=True, updated=row["at"])
        event = MessageEdited(room_id=room_id, number=row["number"], message=message)
        await self._realtime.announce(topics.room(room_id), event)
        return event.number

    async def _remove(self, me: Me, room_id: UUID, message_id: UUID) -> int:
        async with self._database.transaction() as transaction:
            message = await self._locked(transaction, room_id, message_id)
            if message.removed:
                return await _last_change(transaction, message_id)
            row = await transaction.one(CHANGE, room_id, message_id, me.id, "REMOVED", None)
            if message.user.id != me.id:
                of = Subject("message", message_id, message.user.username)
                await record(transaction, me, "message.removed", of, room=room_id)
        message = replace(message, body="", files=(), removed=True, updated=row["at"])
        event = MessageRemoved(room_id=room_id, number=row["number"], message=message)
        await self._realtime.announce(topics.room(room_id), event)
        return event.number

    async def _locked(self, transaction: Transaction, room_id: UUID, message_id: UUID) -> Message:
        """Lock the room against other changes and return the message as it is now."""
        if await transaction.row("SELECT FROM rooms WHERE id = $1 AND deleted IS NULL FOR UPDATE", room_id) is None:
            raise NotFound
        return said(await transaction.one(f"SELECT {SPOKEN} FROM {BY} WHERE messages.id = $1", message_id)).message  # noqa: S608


async def _last_change(transaction: Transaction, message_id: UUID) -> int:
    row = await transaction.one("SELECT max(number) AS number FROM changes WHERE message_id = $1", message_id)
    number: int = row["number"]
    return number
