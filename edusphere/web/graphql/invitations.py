"""Inviting people into the school."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, QueryType

from edusphere.school.models import Invitation, Role
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("invitationOfLink")
async def invitation_of_link(_: Any, info: Info, token: str) -> Invitation | None:
    context: Context = info.context
    return await context.school.invitations.find(token, context.device.address)


@mutation.field("inviteUser")
async def invite_user(_: Any, info: Info, email: str, role: str, days: int) -> Payload:
    context: Context = info.context
    invited = await context.school.invitations.invite(context.me, email, Role(role), days, context.language)
    return {"invitation": invited, "link": invited.link}
