"""Server → browser: what happened. Past participles; the wire tag is `noun.verb` in `type`.

Answers to a command (`ok`, `refused`) are here too: they travel the same way.
Times are ISO 8601 in UTC; ids are UUIDs; `number` counts a room's changes from 1, without holes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType


class Event(Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    """Anything a server says on the socket."""


class Shape(Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of an event."""


class Author(Shape, frozen=True):
    id: UUID
    username: str
    name: str
    avatar: str
    """A path below /media/, or empty."""


class File(Shape, frozen=True, kw_only=True):
    id: UUID
    name: str
    size: int
    """Bytes."""
    mime: str
    width: int | None = None
    height: int | None = None


class Message(Shape, frozen=True):
    """A message as it is now. A removed one is a tombstone: no body, no files."""

    id: UUID
    number: int
    """The change that posted it: its place in the room."""
    client_id: UUID
    user: Author
    body: str
    edited: bool
    removed: bool
    parent_id: UUID | None
    files: tuple[File, ...]
    created: datetime
    updated: datetime


# -- the connection itself


class Hello(Event, frozen=True, tag="hello"):
    """The first frame on every socket."""

    contract: int
    user_id: UUID
    session_id: UUID
    heartbeat: float
    """Seconds between the server's heartbeats."""
    time: datetime


class Heartbeat(Event, frozen=True, tag="heartbeat"):
    """Sent while nothing else is; any frame back counts as life."""


class Ok(Event, frozen=True, kw_only=True, tag="ok"):
    """The one answer to the command with this `ref`, when it was done."""

    ref: int | str
    room_id: UUID | UnsetType = UNSET
    number: int | UnsetType = UNSET
    message_id: UUID | UnsetType = UNSET
    created: datetime | UnsetType = UNSET


class Refused(Event, frozen=True, kw_only=True, tag="refused"):
    """The one answer to the command with this `ref`, when it was not done."""

    ref: int | str | None
    code: str
    message: str
    retry_after: float | UnsetType = UNSET
    """Seconds."""


class SessionEnded(Event, frozen=True, tag="session.ended"):
    """This sign-in is over; the socket closes right after."""

    why: Literal["signed_out", "password_changed", "disabled", "expired", "reused"]


# -- a room's numbered changes


class MessagePosted(Event, frozen=True, tag="message.posted"):
    room_id: UUID
    number: int
    message: Message


class MessageEdited(Event, frozen=True, tag="message.edited"):
    """Its words changed; or it had been removed and can be read again, in its place."""

    room_id: UUID
    number: int
    message: Message


class MessageRemoved(Event, frozen=True, tag="message.removed"):
    room_id: UUID
    number: int
    message: Message


class RoomReset(Event, frozen=True, tag="room.reset"):
    """Too much was missed to replay: fetch the room anew. The subscription stands, live from `number`."""

    room_id: UUID
    number: int


# -- a room and who is in it


class RoomUpdated(Event, frozen=True, tag="room.updated"):
    room_id: UUID
    name: str
    topic: str | None
    description: str
    archived: bool = False
    slug: str | None = None
    host: Author | None = None
    """Both make its address; null where that is what it was."""


class RoomDeleted(Event, frozen=True, tag="room.deleted"):
    room_id: UUID


class MemberJoined(Event, frozen=True, tag="member.joined"):
    room_id: UUID
    user: Author
    role: Literal["HOST", "MODERATOR", "MEMBER", "READER"]


class MemberLeft(Event, frozen=True, tag="member.left"):
    room_id: UUID
    user_id: UUID


class RoomJoined(Event, frozen=True, tag="room.joined"):
    """To one person: you belong to this room now, or in another role than before (told on all their sockets)."""

    room_id: UUID


class RoomLeft(Event, frozen=True, tag="room.left"):
    """To one person: you no longer belong; nothing more of this room follows."""

    room_id: UUID


class CourseJoined(Event, frozen=True, tag="course.joined"):
    """To one person: you take part in this course now. Its rooms follow, each with its `room.joined`."""

    course_id: UUID


class CourseLeft(Event, frozen=True, tag="course.left"):
    """To one person: you no longer take part."""

    course_id: UUID


class AdmissionsChanged(Event, frozen=True, tag="admissions.changed"):
    """To those who let people into a course: who asks to come in, or is invited, is not as it was."""

    course_id: UUID


class InvitationsChanged(Event, frozen=True, tag="invitations.changed"):
    """To one person: the invitations into courses that wait for them are not as they were."""


class MeChanged(Event, frozen=True, tag="me.changed"):
    """To one person: what they are called, look like or are in the school is not as it was, nor what they may do."""


class SchoolDecided(Event, frozen=True, tag="school.decided"):
    """To everybody: the school decided anew what its people may do."""


class DirectRulesChanged(Event, frozen=True, tag="direct_rules.changed"):
    """To everybody: the school decided anew who may write to whom."""


class ReadMoved(Event, frozen=True, tag="read.moved"):
    """To one person's other sockets: read up to here."""

    room_id: UUID
    number: int


class TypingStarted(Event, frozen=True, tag="typing.started"):
    """Not promised. Expires by itself."""

    room_id: UUID
    user: Author
    expires: float
    """Seconds from now."""


class PresenceChanged(Event, frozen=True, tag="presence.changed"):
    """Not promised. Who has this room open, gathered at most once a second; in a large room only how many."""

    room_id: UUID
    count: int
    user_ids: tuple[UUID, ...] | None
    """Everyone here now, or null where there are too many to name."""


Change = MessagePosted | MessageEdited | MessageRemoved
"""What takes a room's next number, is kept, and is replayed."""

ServerEvent = (
    Hello
    | Heartbeat
    | Ok
    | Refused
    | SessionEnded
    | MessagePosted
    | MessageEdited
    | MessageRemoved
    | RoomReset
    | RoomUpdated
    | RoomDeleted
    | MemberJoined
    | MemberLeft
    | RoomJoined
    | RoomLeft
    | CourseJoined
    | CourseLeft
    | AdmissionsChanged
    | InvitationsChanged
    | MeChanged
    | SchoolDecided
    | DirectRulesChanged
    | ReadMoved
    | TypingStarted
    | PresenceChanged
)
