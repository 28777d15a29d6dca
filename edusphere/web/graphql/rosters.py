"""Importing rosters."""

from __future__ import annotations

import asyncio
from typing import IO, Any
from uuid import UUID

from ariadne import MutationType, QueryType
from quart.datastructures import FileStorage

from edusphere.errors import Invalid
from edusphere.school.roster_file import COLUMNS
from edusphere.school.rosters import Roster
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]

SHOWN = 200


@query.field("rosterColumns")
async def roster_columns(_: Any, info: Info) -> list[Payload]:
    context: Context = info.context
    _signed_in = context.signed_in
    return [{"name": name, "says": says} for name, says in COLUMNS.items()]


@mutation.field("previewRoster")
async def preview_roster(_: Any, info: Info, file: FileStorage | None = None, course_id: UUID | None = None) -> Payload:
    context: Context = info.context
    seen = await context.school.rosters.look(context.me, _opened(file), course_id)
    return {"roster": await asyncio.to_thread(_told, seen)}


@mutation.field("importRoster")
async def import_roster(
    _: Any,
    info: Info,
    fingerprint: str,
    withdraw_missing: bool,
    file: FileStorage | None = None,
    course_id: UUID | None = None,
) -> Payload:
    context: Context = info.context
    done = await context.school.rosters.apply(
        context.me, _opened(file), course_id, fingerprint=fingerprint, withdraw_missing=withdraw_missing
    )
    return {"roster": await asyncio.to_thread(_told, done)}


def _opened(file: FileStorage | None) -> IO[bytes]:
    if file is None:
        raise Invalid("file", "Please choose a file.")
    return file.stream


def _told(roster: Roster) -> Payload:
    plan = roster.plan
    return {
        "newcomers": plan.newcomers[:SHOWN],
        "newcomerCount": len(plan.newcomers),
        "changes": plan.renamed[:SHOWN],
        "changeCount": len(plan.renamed),
        "placements": [{**one._asdict(), "course": plan.courses[one.course_id]} for one in plan.placed[:SHOWN]],
        "placementCount": len(plan.placed),
        "leaving": [{**one._asdict(), "course": plan.courses[one.course_id]} for one in plan.leaving[:SHOWN]],
        "leavingCount": len(plan.leaving),
        "unchanged": plan.unchanged,
        "problems": plan.problems[:SHOWN],
        "problemCount": len(plan.problems),
        "ignored": roster.ignored,
        "fingerprint": plan.fingerprint,
        "table": roster.table,
    }
