"""What rooms are about, as administrators keep it in order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, QueryType

from edusphere.school.all_topics import TopicOrder
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("allTopics")
async def all_topics(
    _: Any,
    info: Info,
    order: str,
    descending: bool,
    first: int,
    search: str | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    by = TopicOrder(order)
    return connection(
        await context.school.all_topics.listed(context.me, search, first, after, by, descending=descending)
    )


@mutation.field("makeTopic")
async def make_topic(_: Any, info: Info, name: str) -> Payload:
    context: Context = info.context
    return {"topic": await context.school.all_topics.make(context.me, name)}


@mutation.field("renameTopic")
async def rename_topic(_: Any, info: Info, topic_id: UUID, name: str) -> Payload:
    context: Context = info.context
    return {"topic": await context.school.all_topics.rename(context.me, topic_id, name)}


@mutation.field("mergeTopics")
async def merge_topics(_: Any, info: Info, topic_id: UUID, into_id: UUID) -> Payload:
    context: Context = info.context
    return {"rooms": await context.school.all_topics.merge(context.me, topic_id, into_id)}


@mutation.field("deleteTopic")
async def delete_topic(_: Any, info: Info, topic_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.all_topics.delete(context.me, topic_id)
    return {"success": True}
