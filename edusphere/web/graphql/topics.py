"""What rooms are about."""

from __future__ import annotations

from typing import Any

from ariadne import QueryType

from edusphere.school.models import Topic
from edusphere.web.graphql.context import Context, Info

query = QueryType()
bindables = [query]


@query.field("topics")
async def topics(_: Any, info: Info, search: str | None = None, min_rooms: int | None = None) -> list[Topic]:
    context: Context = info.context
    return await context.school.topics.search(context.me, search, min_rooms)
