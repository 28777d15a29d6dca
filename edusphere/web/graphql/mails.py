"""Mails that were not sent."""

from __future__ import annotations

from typing import Any

from ariadne import QueryType

from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query = QueryType()
bindables = [query]


@query.field("keptMails")
async def kept_mails(_: Any, info: Info, first: int, after: str | None = None) -> Payload:
    context: Context = info.context
    return connection(await context.school.mails.kept(context.me, first, after))
