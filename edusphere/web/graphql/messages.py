"""Words in rooms. What comes from a verb is `Said`: a message as the socket tells it, and where it was said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.errors import NotFound
from edusphere.school.models import Room
from edusphere.school.spoken import Said
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation, message_type = QueryType(), MutationType(), ObjectType("Message")
bindables = [query, mutation, message_type]


@query.field("messages")
async def messages(
    _: Any,
    info: Info,
    host_slug: str,
    room_slug: str,
    last: int,
    before: int | None = None,
) -> list[Said]:
    context: Context = info.context
    return await context.school.messages.recent(context.me, host_slug, room_slug, last, before)


@query.field("messagesByUser")
async def messages_by_user(_: Any, info: Info, user_slug: str) -> list[Said]:
    context: Context = info.context
    return await context.school.messages.by_person(context.me, user_slug)


@query.field("roomHistory")
async def room_history(_: Any, info: Info, room_id: UUID, **place: int | None) -> Payload:
    context: Context = info.context
    history = await context.school.messages.history(context.signed_in, room_id, **place)
    numbers = [said.message.number for said in history.nodes]
    return {
        "nodes": history.nodes,
        "pageInfo": {
            "hasNextPage": history.has_next,
            "hasPreviousPage": history.has_previous,
            "startCursor": str(numbers[0]) if numbers else None,
            "endCursor": str(numbers[-1]) if numbers else None,
        },
        "lastNumber": history.last_number,
    }


@mutation.field("updateMessage")
async def update_message(_: Any, info: Info, message_id: UUID, body: str) -> Payload:
    context: Context = info.context
    await context.school.messages.edit(context.signed_in, message_id, body)
    return {"message": await context.school.messages.find(context.signed_in, message_id)}


@mutation.field("deleteMessage")
async def delete_message(_: Any, info: Info, message_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.messages.remove(context.signed_in, message_id)
    return {"success": True}


@message_type.field("room")
async def room(source: Said, info: Info) -> Room:
    context: Context = info.context
    room = await context.loaders.rooms.load(source.room_id)
    if room is None:  # it has just been deleted
        raise NotFound
    return room
