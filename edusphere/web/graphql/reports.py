"""Reports of messages and people."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school.models import Person, Report
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation, report_type = QueryType(), MutationType(), ObjectType("Report")
bindables = [query, mutation, report_type]


@query.field("reports")
async def reports(
    _: Any,
    info: Info,
    closed: bool,
    descending: bool,
    first: int,
    search: str | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    return connection(
        await context.school.reports.listed(
            context.me, search, closed=closed, first=first, after=after, descending=descending
        )
    )


@mutation.field("reportMessage")
async def report_message(_: Any, info: Info, message_id: UUID, words: str) -> Payload:
    context: Context = info.context
    await context.school.reports.message(context.me, message_id, words)
    return {"success": True}


@mutation.field("reportUser")
async def report_user(_: Any, info: Info, user_slug: str, words: str) -> Payload:
    context: Context = info.context
    await context.school.reports.person(context.me, user_slug, words)
    return {"success": True}


@mutation.field("closeReport")
async def close_report(_: Any, info: Info, report_id: UUID, outcome: str) -> Payload:
    context: Context = info.context
    return {"report": await context.school.reports.close(context.me, report_id, outcome)}


@report_type.field("reporter")
async def reporter(source: Report, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(source.reporter_id)


@report_type.field("person")
async def person(source: Report, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(source.person_id)


@report_type.field("snapshot")
def snapshot(source: Report, _info: Info) -> Any:
    return json.loads(source.snapshot) if isinstance(source.snapshot, str) else source.snapshot
