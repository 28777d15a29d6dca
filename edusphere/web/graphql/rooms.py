"""Rooms, and who is in them."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.errors import NotFound
from edusphere.school import policy
from edusphere.school.models import Course, Membership, Person, Room, Topic
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation = QueryType(), MutationType()
room_type, membership_type = ObjectType("Room"), ObjectType("Membership")
bindables = [query, mutation, room_type, membership_type]

# -- finding


@query.field("rooms")
async def rooms(
    _: Any,
    info: Info,
    host_slug: str | None = None,
    search: str | None = None,
    topic: Sequence[str | None] | None = None,
) -> list[Room]:
    context: Context = info.context
    return await context.school.rooms.visible(context.me, host_slug, search, topic or ())


@query.field("roomsParticipatedByUser")
async def rooms_participated_by_user(_: Any, info: Info, user_slug: str) -> list[Room]:
    context: Context = info.context
    return await context.school.rooms.participated_by(context.me, user_slug)


@query.field("roomsNotParticipatedByUser")
async def rooms_not_participated_by_user(_: Any, info: Info, user_slug: str) -> list[Room]:
    context: Context = info.context
    return await context.school.rooms.not_participated_by(context.me, user_slug)


@query.field("room")
async def room(_: Any, info: Info, host_slug: str, room_slug: str) -> Room | None:
    context: Context = info.context
    if context.me is None:
        return None
    reached = await context.school.rooms.reach_by_slug(context.me, host_slug, room_slug)
    context.loaders.memberships.prime(reached.room.id, reached.membership)
    return reached.room


@query.field("myRooms")
async def my_rooms(_: Any, info: Info, first: int, after: str | None = None) -> Payload:
    context: Context = info.context
    return connection(await context.school.rooms.mine(context.signed_in, first, after))


@query.field("roomsToJoin")
async def rooms_to_join(
    _: Any,
    info: Info,
    first: int,
    search: str | None = None,
    topic: Sequence[str] | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    return connection(await context.school.rooms.to_join(context.signed_in, search, topic or (), first, after))


@query.field("viewerMayCreateRoom")
async def viewer_may_create_room(_: Any, info: Info) -> bool:
    context: Context = info.context
    return await context.school.rooms.may_create(context.me)


# -- changing


@mutation.field("createRoom")
async def create_room(_: Any, info: Info, name: str, topic_name: str, description: str) -> Payload:
    context: Context = info.context
    return {"room": await context.school.rooms.create(context.signed_in, name, topic_name, description)}


@mutation.field("updateRoom")
async def update_room(
    _: Any,
    info: Info,
    room_id: UUID,
    name: str | None = None,
    topic_name: str | None = None,
    description: str | None = None,
) -> Payload:
    context: Context = info.context
    return {"room": await context.school.rooms.update(context.signed_in, room_id, name, topic_name, description)}


@mutation.field("deleteRoom")
async def delete_room(_: Any, info: Info, room_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.rooms.delete(context.signed_in, room_id)
    return {"success": True}


@mutation.field("joinRoom")
async def join_room(_: Any, info: Info, room_id: UUID) -> Payload:
    context: Context = info.context
    return {"room": await context.school.rooms.join(context.signed_in, room_id)}


@mutation.field("leaveRoom")
async def leave_room(_: Any, info: Info, room_id: UUID) -> Payload:
    context: Context = info.context
    return {"room": await context.school.rooms.leave(context.signed_in, room_id)}


# -- a room


@room_type.field("host")
async def host(source: Room, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(source.host_id)


@room_type.field("topic")
async def topic(source: Room, info: Info) -> Topic | None:
    context: Context = info.context
    if source.topic_id is None:
        raise NotFound("Direct rooms have no topic.")
    return await context.loaders.topics.load(source.topic_id)


@room_type.field("course")
async def course(source: Room, info: Info) -> Course | None:
    context: Context = info.context
    return None if source.course_id is None else await context.loaders.courses.load(source.course_id)


@room_type.field("participants")
async def participants(source: Room, info: Info) -> Sequence[Person]:
    context: Context = info.context
    return await context.loaders.participants.load(source.id)


@room_type.field("participantCount")
async def participant_count(source: Room, info: Info) -> int:
    context: Context = info.context
    return await context.loaders.participant_counts.load(source.id)


@room_type.field("members")
async def members(source: Room, info: Info, first: int, after: str | None = None) -> Payload:
    context: Context = info.context
    return connection(await context.loaders.members(first, after).load(source.id))


@room_type.field("viewerMembership")
async def viewer_membership(source: Room, info: Info) -> Membership | None:
    context: Context = info.context
    return await context.loaders.memberships.load(source.id)


@room_type.field("viewerMay")
async def viewer_may(source: Room, info: Info) -> policy.RoomPermissions:
    context: Context = info.context
    return policy.permissions(context.me, source, await context.loaders.memberships.load(source.id))


# -- a person in a room


@membership_type.field("user")
def member(source: Membership, info: Info) -> Person | Awaitable[Person]:
    context: Context = info.context
    return context.loaders.person_in_list(source.person_id)


@membership_type.field("readNumber")
def read_number(source: Membership, info: Info) -> int | None:
    return source.read_number if _is_own(source, info) else None


@membership_type.field("unread")
async def unread(source: Membership, info: Info) -> int | None:
    context: Context = info.context
    return await context.loaders.unread.load(source.room_id) if _is_own(source, info) else None


def _is_own(source: Membership, info: Info) -> bool:
    context: Context = info.context
    return context.me is not None and source.person_id == context.me.id
