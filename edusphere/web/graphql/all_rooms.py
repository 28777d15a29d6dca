"""Open rooms and rooms of courses, as administrators look after them, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType, QueryType

from edusphere.school.all_rooms import Counted, RoomOrder
from edusphere.school.models import Room, RoomKind, RoomRole
from edusphere.school.room_people import MemberOrder
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("allRooms")
async def all_rooms(
    _: Any,
    info: Info,
    order: str,
    descending: bool,
    first: int,
    search: str | None = None,
    kind: str | None = None,
    archived: bool | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    wanted = None if kind is None else RoomKind(kind)
    return connection(
        await context.school.all_rooms.listed(
            context.me, search, wanted, archived, RoomOrder(order), descending=descending, first=first, after=after
        )
    )


@query.field("anyRoom")
async def any_room(_: Any, info: Info, room_id: UUID) -> Room:
    context: Context = info.context
    return await context.school.all_rooms.find(context.me, room_id)


@query.field("roomPeople")
async def room_people(
    _: Any,
    info: Info,
    room_id: UUID,
    order: str,
    descending: bool,
    first: int,
    search: str | None = None,
    role: str | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    wanted = None if role is None else RoomRole(role)
    by = MemberOrder(order)
    return connection(
        await context.school.room_people.listed(
            context.me, room_id, search, wanted, first, after, by, descending=descending
        )
    )


@query.field("hiddenRooms")
async def hidden_rooms(_: Any, info: Info) -> Counted:
    context: Context = info.context
    return await context.school.all_rooms.counted(context.me)


@mutation.field("makeRoom")
async def make_room(
    _: Any, info: Info, host_id: UUID, name: str, topic_name: str, description: str, slug: str | None = None
) -> Payload:
    context: Context = info.context
    return {"room": await context.school.all_rooms.make(context.me, host_id, name, topic_name, description, slug)}


@mutation.field("editRoom")
async def edit_room(
    _: Any,
    info: Info,
    room_id: UUID,
    name: str | None = None,
    slug: str | None = None,
    topic_name: str | None = None,
    description: str | None = None,
) -> Payload:
    context: Context = info.context
    return {"room": await context.school.all_rooms.edit(context.me, room_id, name, slug, topic_name, description)}


@mutation.field("deleteRooms")
async def delete_rooms(_: Any, info: Info, room_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"deleted": await context.school.all_rooms.delete(context.me, room_ids)}


@mutation.field("addToRoom")
async def add_to_room(_: Any, info: Info, room_id: UUID, user_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"added": await context.school.room_people.add(context.me, room_id, user_ids)}


@mutation.field("removeFromRoom")
async def remove_from_room(_: Any, info: Info, room_id: UUID, user_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.room_people.remove(context.me, room_id, user_id)
    return {"success": True}


@mutation.field("changeRoomRole")
async def change_room_role(_: Any, info: Info, room_id: UUID, user_id: UUID, role: str) -> Payload:
    context: Context = info.context
    await context.school.room_people.give(context.me, room_id, user_id, RoomRole(role))
    return {"success": True}
