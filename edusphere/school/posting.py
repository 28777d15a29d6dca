"""How words get into rooms: admitted, numbered, committed and told, together with what arrives at the same time.

Posts of one room wait for one another anyway, at the room's row. So what arrives while others are being written waits
here and is then written with everything else that came, whatever its room: one look at who may, one statement, one
commit. A post that comes alone goes at once. A room is never in two batches, which keeps its order, and a batch waits
for no room: one whose row somebody else holds is left out and then has a batch to itself.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from edusphere.contract.events import Author, File, Message, MessagePosted
from edusphere.database import Database, Row, Taken
from edusphere.errors import Conflict, EduSphereError, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import policy
from edusphere.school.files import claim
from edusphere.school.me import Me
from edusphere.school.models.ids import new_id
from edusphere.school.pace import Pace
from edusphere.school.rooms import JOIN_FIRST, Reached, Rooms
from edusphere.school.telling import afterwards, to_the_end

BATCHES = 4
"""Under way at once, of the database's connections: while one waits for its room, the others go on."""
BATCH = 100
"""Posts in one statement at most."""

# The time is taken after the rooms are locked, so that times follow numbers.
POST = """
    WITH drafts AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) WITH ORDINALITY
            AS drafts (id, room_id, author_id, client_id, body, place)
    ), locked AS (
        SELECT id AS room_id FROM rooms WHERE id = ANY($2) AND deleted IS NULL FOR UPDATE
    ), accepted AS (
        SELECT drafts.*, row_number() OVER (PARTITION BY drafts.room_id ORDER BY place) AS nth, name, username, avatar
        FROM locked JOIN drafts USING (room_id)
        JOIN memberships ON memberships.room_id = locked.room_id AND person_id = author_id
        JOIN people ON people.id = author_id
    ), numbered AS (
        UPDATE rooms SET last_number = last_number + posts, last_activity = clock_timestamp()
        FROM (SELECT room_id, count(*) AS posts FROM accepted GROUP BY room_id) counted WHERE rooms.id = counted.room_id
        RETURNING counted.room_id, last_number - posts AS before, last_activity AS at
    ), spoken AS (
        SELECT accepted.*, before + nth AS number, at FROM accepted JOIN numbered USING (room_id)
    ), posted AS (
        INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, created, updated)
        SELECT id, room_id, author_id, number, client_id, body, false, at, at FROM spoken
    ), recorded AS (
        INSERT INTO changes (room_id, number, kind, message_id, person_id, at)
        SELECT room_id, number, 'POSTED', id, author_id, at FROM spoken
    )
    SELECT id, number, at, name, username, avatar FROM spoken ORDER BY place
"""
POST_WITHOUT_WAITING = POST.replace("FOR UPDATE", "FOR UPDATE SKIP LOCKED")
"""Several processes' batches of many rooms could wait for one another in a circle."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say. The same `client_id` again is the same message."""

    client_id: UUID
    body: str
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    message_id: UUID
    number: int
    created: datetime


@dataclass(slots=True, eq=False)
class Post:
    """A draft on its way, and the answer that somebody waits for."""

    me: Me
    room_id: UUID
    draft: Draft
    id: UUID = field(default_factory=new_id)
    answer: asyncio.Future[Posted] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def accept(self, posted: Posted) -> None:
        if not self.answer.done():  # who asked may have gone
            self.answer.set_result(posted)

    def refuse(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Posting:
    def __init__(self, database: Database, realtime: Realtime, rooms: Rooms, pace: Pace) -> None:
        self._database = database
        self._realtime = realtime
        self._rooms = rooms
        self._pace = pace
        self._waiting: OrderedDict[UUID, list[Post]] = OrderedDict()
        """By room, the one that waits longest first."""
        self._writing: set[UUID] = set()
        self._held: set[UUID] = set()
        """The rooms that the next batch with their posts must wait for."""
        self._batches = 0

    async def post(self, me: Me, room_id: UUID, draft: Draft) -> Posted:
        """Say something in a room. When this returns, it is committed.

        Raises:
            NotFound, Forbidden
            Invalid: files that are not `me`'s to send.
            Conflict: this client id was another message's.
            TooMany: too fast.
            Unavailable: perhaps it was written, perhaps not: send it again with the same client id.
        """
        post = Post(me, room_id, draft)
        if draft.file_ids:  # they are claimed in a transaction of its own: where one is missing, nothing is said
            await to_the_end(self._settle([post]))
        else:
            self._waiting.setdefault(room_id, []).append(post)
            asyncio.get_running_loop().call_soon(self._begin)  # with all that comes in this turn of the loop
        return await post.answer

    # -- which are written together

    def _begin(self) -> None:
        while self._batches < BATCHES and (batch := self._next_batch()):
            self._batches += 1
            self._writing.update(post.room_id for post in batch)
            afterwards(self._write(batch))

    def _next_batch(self) -> list[Post]:
        free = [room_id for room_id in self._waiting if room_id not in self._writing]
        for room_id in self._held.intersection(free):
            self._held.remove(room_id)
            return self._take(room_id, BATCH)
        batch: list[Post] = []
        for room_id in free:
            batch += self._take(room_id, BATCH - len(batch))
            if len(batch) == BATCH:
                break
        return batch

    def _take(self, room_id: UUID, most: int) -> list[Post]:
        posts = self._waiting.pop(room_id)
        if posts[most:]:
            self._waiting[room_id] = posts[most:]
        return posts[:most]

    def _put_back(self, posts: Sequence[Post]) -> None:
        for post in reversed(posts):
            self._pace.give_back(post.me.id)
            self._waiting.setdefault(post.room_id, []).insert(0, post)
            self._held.add(post.room_id)

    async def _write(self, batch: list[Post]) -> None:
        try:
            await self._settle(batch)
        finally:
            self._batches -= 1
            self._writing.difference_update(post.room_id for post in batch)
            self._begin()

    # -- what becomes of them

    async def _settle(self, posts: Sequence[Post]) -> None:
        """Answer every post."""
        try:
            if admitted := await self._admitted(posts):
                await self._commit(admitted)
        except Exception as error:  # noqa: BLE001 (each who posted is told)
            for post in posts:
                post.refuse(error)

    async def _admitted(self, posts: Sequence[Post]) -> list[Post]:
        """Refuse what may not be said, and return the rest."""
        admitted = []
        reached = await self._rooms.reach_each([(post.me, post.room_id) for post in posts])
        for post, place in zip(posts, reached, strict=True):
            try:
                self._admit(post, place)
            except EduSphereError as refusal:
                post.refuse(refusal)
            else:
                admitted.append(post)
        return admitted

    def _admit(self, post: Post, reached: Reached | None) -> None:
        if reached is None:
            raise NotFound
        policy.require(policy.may_post(reached.membership), JOIN_FIRST)
        self._pace.take(post.me.id)

    async def _commit(self, posts: Sequence[Post]) -> None:
        """Write what was admitted, all of it or nothing, and tell it."""
        once: dict[tuple[UUID, UUID, UUID], Post] = {}
        for post in posts:
            once.setdefault((post.room_id, post.me.id, post.draft.client_id), post)
        try:
            written = await self._insert(list(once.values()))
        except Taken:  # one of them was said before: the halves find out which
            if (half := len(posts) // 2) > 0:
                await self._commit(posts[:half])
                await self._commit(posts[half:])
                return
            written = []
        except Invalid:
            self._pace.give_back(posts[0].me.id)
            raise
        for post, row, _ in written:  # who posts has their answer before a thousand others have the words
            post.accept(Posted(post.id, row["number"], row["at"]))
        for post, row, files in written:
            await self._tell(post, row, files)
        done = {post for post, _, _ in written}
        left = [post for post in posts if post not in done]
        if _rooms_of(posts) > 1:
            self._put_back(left)
            return
        for post in left:
            await self._say_again(post)

    async def _insert(self, posts: Sequence[Post]) -> list[tuple[Post, Row, tuple[File, ...]]]:
        """Write the words of those who are still in the room, and return them; of many rooms, of those nobody holds.

        Raises:
            Taken: some were said before; nothing was written.
        """
        columns = zip(
            *((post.id, post.room_id, post.me.id, post.draft.client_id, post.draft.body) for post in posts), strict=True
        )
        if not (file_ids := posts[0].draft.file_ids):
            sql = POST if _rooms_of(posts) == 1 else POST_WITHOUT_WAITING
            rows = await self._database.rows(sql, *map(list, columns))
            by_id = {post.id: post for post in posts}
            return [(by_id[row["id"]], row, ()) for row in rows]
        (post,) = posts
        async with self._database.transaction() as transaction:
            return [
                (post, row, await claim(transaction, post.me, post.id, file_ids))
                for row in await transaction.rows(POST, *map(list, columns))
            ]

    async def _tell(self, post: Post, row: Row, files: tuple[File, ...]) -> None:
        message = Message(
            id=post.id,
            number=row["number"],
            client_id=post.draft.client_id,
            user=Author(post.me.id, row["username"], row["name"], row["avatar"]),  # as now, not as at the handshake
            body=post.draft.body,
            edited=False,
            removed=False,
            parent_id=None,
            files=files,
            created=row["at"],
            updated=row["at"],
        )
        event = MessagePosted(room_id=post.room_id, number=message.number, message=message)
        await self._realtime.announce(topics.room(post.room_id), event)

    async def _say_again(self, post: Post) -> None:
        """Answer a post that was not written: it was before, or whose it is has just left the room."""
        self._pace.give_back(post.me.id)
        row = await self._database.row(
            """
            SELECT id, number, created, (edited OR body = $4) AND NOT EXISTS (
                SELECT FROM files WHERE (message_id = messages.id OR id = ANY($5))
                                    AND (message_id IS NOT DISTINCT FROM messages.id) <> (id = ANY($5))
            ) AS same
            FROM messages WHERE room_id = $1 AND author_id = $2 AND client_id = $3
            """,
            post.room_id,
            post.me.id,
            post.draft.client_id,
            post.draft.body,
            list(post.draft.file_ids),
        )
        if row is None:
            post.refuse(NotFound())
        elif not row["same"]:
            post.refuse(Conflict("Another message was sent with this client id."))
        else:
            post.accept(Posted(row["id"], row["number"], row["created"]))


def _rooms_of(posts: Sequence[Post]) -> int:
    return len({post.room_id for post in posts})
