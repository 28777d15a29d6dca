"""How words get into rooms: admitted, numbered, committed and told, together with what arrives at the same time.

Posts of one room wait for one another anyway, at the room's row. So what arrives while others are being written waits
here and is then written with everything else that came, whatever its room: one look at who may, one statement, one
commit. A post that comes alone goes at once. A room is never in two batches, which keeps its order, and a batch waits
for no room: one whose row somebody else holds is left out and then has a batch to itself that waits. Of those there is
always one less than may be under way, so that rooms that are held hold up no others.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from edusphere.contract.events import Author, File, Message, MessagePosted
from edusphere.database import Database, Row, Taken, Transaction
from edusphere.errors import Conflict, EduSphereError, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import policy
from edusphere.school.files import claim
from edusphere.school.me import Me
from edusphere.school.models import Membership, Room, RoomKind
from edusphere.school.models.ids import new_id
from edusphere.school.pace import Pace
from edusphere.school.rooms import JOIN_FIRST, Reached, Rooms
from edusphere.school.telling import afterwards, to_the_end

BATCHES = 4
"""Under way at once, of the database's connections: while one waits for its room, the others go on."""
BATCH = 100
"""Posts in one statement at most."""

# The time is taken after the rooms are locked, so that times follow numbers. It waits for no room: several processes'
# batches of many rooms could wait for one another in a circle.
POST = """
    WITH drafts AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) WITH ORDINALITY
            AS drafts (id, room_id, author_id, client_id, body, place)
    ), locked AS (
        SELECT id AS room_id FROM rooms WHERE id = ANY($2) AND deleted IS NULL FOR UPDATE SKIP LOCKED
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
WAIT_FOR_ROOM = "SELECT FROM rooms WHERE id = $1 FOR UPDATE"
"""Beforehand, so that POST then sees who has left the room meanwhile."""


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
        """The rooms that the next batch with their posts waits for."""
        self._waits = 0
        """Batches that wait for their room."""
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
            await to_the_end(self._settle([post], waits=True))
        else:
            self._waiting.setdefault(room_id, []).append(post)
            asyncio.get_running_loop().call_soon(self._begin)  # with all that comes in this turn of the loop
        return await post.answer

    # -- which are written together

    def _begin(self) -> None:
        while self._batches < BATCHES:
            free = [room_id for room_id in self._waiting if room_id not in self._writing]
            held = next((room_id for room_id in free if room_id in self._held), None)
            if held is not None and self._waits < BATCHES - 1:
                self._held.remove(held)
                self._start(self._take(held, BATCH), waits=True)
            elif batch := self._next_batch(room_id for room_id in free if room_id not in self._held):
                self._start(batch, waits=False)
            else:
                return

    def _start(self, batch: list[Post], *, waits: bool) -> None:
        self._batches += 1
        self._waits += waits
        self._writing.update(post.room_id for post in batch)
        afterwards(self._write(batch, waits=waits))

    def _next_batch(self, rooms: Iterable[UUID]) -> list[Post]:
        batch: list[Post] = []
        for room_id in rooms:
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

    async def _write(self, batch: list[Post], *, waits: bool) -> None:
        try:
            await self._settle(batch, waits=waits)
        finally:
            self._batches -= 1
            self._waits -= waits
            self._writing.difference_update(post.room_id for post in batch)
            self._begin()

    # -- what becomes of them

    async def _settle(self, posts: Sequence[Post], *, waits: bool) -> None:
        """Answer every post, or put it back."""
        try:
            if admitted := await self._admitted(posts):
                await self._commit(admitted, waits=waits)
        except Exception as error:  # noqa: BLE001 (each who posted is told)
            put_back = {post for room_id in self._held for post in self._waiting.get(room_id, ())}
            for post in posts:
                if post not in put_back:
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
        room, membership = reached
        policy.require(policy.may_post(room, membership), _why_not(room, membership))
        self._pace.take(post.me.id)

    async def _commit(self, posts: Sequence[Post], *, waits: bool) -> None:
        """Write what was admitted, all of it or nothing, and tell it."""
        once: dict[tuple[UUID, UUID, UUID], Post] = {}
        for post in posts:
            once.setdefault((post.room_id, post.me.id, post.draft.client_id), post)
        try:
            written = await self._insert(list(once.values()), waits=waits)
        except Taken:  # one of them was said before: the halves find out which
            if len(posts) == 1:
                await self._say_again(posts[0])
                return
            half = len(posts) // 2
            await self._commit(posts[:half], waits=waits)
            await self._commit(posts[half:], waits=waits)
            return
        except Invalid:
            self._pace.give_back(posts[0].me.id)
            raise
        for post, row, _ in written:  # who posts has their answer before a thousand others have the words
            post.accept(Posted(post.id, row["number"], row["at"]))
        for post, row, files in written:
            await self._tell(post, row, files)
        done = {post for post, _, _ in written}
        left = [post for post in posts if post not in done]
        if not waits:
            self._put_back(left)
            return
        for post in left:
            await self._say_again(post)

    async def _insert(self, posts: Sequence[Post], *, waits: bool) -> list[tuple[Post, Row, tuple[File, ...]]]:
        """Write the words of those who are still in the room, and return them; where it waits for none, of free rooms.

        Raises:
            Taken: some were said before; nothing was written.
        """
        columns = zip(
            *((post.id, post.room_id, post.me.id, post.draft.client_id, post.draft.body) for post in posts), strict=True
        )
        values = [list(column) for column in columns]
        by_id = {post.id: post for post in posts}
        if not waits:
            return [(by_id[row["id"]], row, ()) for row in await self._database.rows(POST, *values)]
        async with self._database.transaction() as transaction:
            await transaction.execute(WAIT_FOR_ROOM, posts[0].room_id)
            rows = await transaction.rows(POST, *values)
            return [(by_id[row["id"]], row, await self._files(transaction, by_id[row["id"]])) for row in rows]

    async def _files(self, transaction: Transaction, post: Post) -> tuple[File, ...]:
        if not post.draft.file_ids:
            return ()
        return await claim(transaction, post.me, post.id, post.draft.file_ids)

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


def _why_not(room: Room, membership: Membership | None) -> str:
    if membership is None:
        return JOIN_FIRST
    if room.archived is not None and room.kind == RoomKind.DIRECT:
        return "You may not write to each other directly any more, as this school has decided."
    if room.archived is not None:
        return "This course is over: its rooms can be read, and nothing new is written."
    return "Here only those who teach the course write."
