"""What is said in open rooms and in courses, as administrators look after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType, QueryType

from edusphere.school.all_messages import Found
from edusphere.school.spoken import Said
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import page_info

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("allMessages")
async def all_messages(
    _: Any,
    info: Info,
    descending: bool,
    first: int,
    search: str | None = None,
    room_id: UUID | None = None,
    author_id: UUID | None = None,
    removed: bool | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    page = await context.school.all_messages.listed(
        context.me, search, room_id, author_id, removed, first, after, descending=descending
    )
    return {"nodes": [_told(found) for found in page.nodes], "pageInfo": page_info(page)}


@query.field("anyMessage")
async def any_message(_: Any, info: Info, message_id: UUID) -> Payload:
    context: Context = info.context
    return _told(await context.school.all_messages.find(context.me, message_id))


@mutation.field("readRemovedMessages")
async def read_removed_messages(_: Any, info: Info, message_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"words": await context.school.all_messages.read(context.me, message_ids)}


@mutation.field("removeMessages")
async def remove_messages(_: Any, info: Info, message_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    removed = await context.school.all_messages.remove(context.me, message_ids)
    return {"messages": [_told(found) for found in removed]}


@mutation.field("restoreMessages")
async def restore_messages(_: Any, info: Info, message_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    restored = await context.school.all_messages.restore(context.me, message_ids)
    return {"messages": [_told(found) for found in restored]}


def _told(found: Found) -> Payload:
    return {
        "message": Said(found.room_id, found.message),
        "roomId": found.room_id,
        "room": found.room,
        "roomKind": found.room_kind,
        "removed": found.removed,
        "removedBy": found.removed_by,
        "takenBack": found.taken_back,
    }
