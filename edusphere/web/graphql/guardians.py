"""Whose guardian somebody is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType

from edusphere.school import policy
from edusphere.school.models import Person
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.people import User

mutation, user = MutationType(), ObjectType("User")
bindables = [mutation, user]


@user.field("children")
async def children(source: User, info: Info) -> list[Person] | None:
    context: Context = info.context
    me = context.me
    if me is None or (source.id != me.id and not policy.may_name_guardians(me)):
        return None
    ids = await context.loaders.children.load(source.id)
    return [await context.loaders.person(child_id) for child_id in ids]


@mutation.field("nameGuardian")
async def name_guardian(_: Any, info: Info, guardian_id: UUID, child_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.guardians.name(context.me, guardian_id, child_id)
    return {"success": True}


@mutation.field("releaseGuardian")
async def release_guardian(_: Any, info: Info, guardian_id: UUID, child_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.guardians.release(context.me, guardian_id, child_id)
    return {"success": True}
