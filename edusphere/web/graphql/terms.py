"""Terms, and rolling them over."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school.models import Term
from edusphere.school.terms import can_be_undone
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation, term_type = QueryType(), MutationType(), ObjectType("Term")
bindables = [query, mutation, term_type]


@query.field("terms")
async def terms(_: Any, info: Info) -> list[Term]:
    context: Context = info.context
    return await context.school.terms.listed(context.me)


@mutation.field("openTerm")
async def open_term(_: Any, info: Info, name: str, starts: date, ends: date) -> Payload:
    context: Context = info.context
    return {"term": await context.school.terms.open(context.me, name, starts, ends)}


@mutation.field("rollOverTerm")
async def roll_over_term(_: Any, info: Info, term_id: UUID, name: str, starts: date, ends: date) -> Payload:
    context: Context = info.context
    rolled = await context.school.terms.roll_over(context.signed_in, term_id, name, starts, ends)
    return {"term": rolled.term, "archived": rolled.archived, "copied": rolled.copied}


@mutation.field("undoRollOver")
async def undo_roll_over(_: Any, info: Info, term_id: UUID) -> Payload:
    context: Context = info.context
    return {"term": await context.school.terms.undo(context.signed_in, term_id)}


@term_type.field("canBeUndone")
def undoable(source: Term, _info: Info) -> bool:
    return can_be_undone(source)
