"""Getting an account by oneself."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType

from edusphere.school.registration import Registration
from edusphere.web.graphql.context import Context, Info, Payload

mutation = MutationType()
bindables = [mutation]


@mutation.field("registerUser")
async def register_user(_: Any, info: Info, invitation: str | None = None, **form: str) -> Payload:
    context: Context = info.context
    registration = Registration(**form, address=context.device.address)
    user = await context.school.registrations.register(registration, invitation, context.language)
    return {"user": user, "success": True, "mustVerify": user is None}


@mutation.field("confirmRegistration")
async def confirm_registration(_: Any, info: Info, token: str, username: str | None = None) -> Payload:
    context: Context = info.context
    user = await context.school.registrations.confirm(token, context.device.address, username)
    return {"user": user, "success": True}
