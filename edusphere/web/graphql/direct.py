"""Direct messages, and who may write to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType, QueryType

from edusphere.errors import NotFound
from edusphere.school.direct_rules import DirectRule, Pair
from edusphere.school.models import Role, Room, RoomKind
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("directRules")
async def direct_rules(_: Any, info: Info) -> list[Payload]:
    context: Context = info.context
    return _listed(await context.school.direct.rules(context.me))


@query.field("myDirectRooms")
async def my_direct_rooms(_: Any, info: Info, first: int, silent: bool, after: str | None = None) -> Payload:
    context: Context = info.context
    return connection(await context.school.direct.mine(context.me, first, after, silent=silent))


@query.field("directRoom")
async def direct_room(_: Any, info: Info, room_id: UUID) -> Room | None:
    context: Context = info.context
    reached = await context.school.rooms.reach(context.signed_in, room_id)
    if reached.room.kind != RoomKind.DIRECT:
        raise NotFound("There is no such direct room.")
    context.loaders.memberships.prime(reached.room.id, reached.membership)
    return reached.room


@mutation.field("openDirectRoom")
async def open_direct_room(_: Any, info: Info, user_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"room": await context.school.direct.open(context.me, user_ids)}


@mutation.field("setDirectRule")
async def set_direct_rule(_: Any, info: Info, one: str, other: str, rule: str) -> Payload:
    context: Context = info.context
    decided = await context.school.direct.decide(context.me, (Role(one), Role(other)), DirectRule(rule))
    return {"rules": _listed(decided)}


def _listed(rules: Mapping[Pair, DirectRule]) -> list[Payload]:
    return [{"one": one, "other": other, "rule": rule} for (one, other), rule in rules.items()]
