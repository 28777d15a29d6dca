"""The password: changing it, and a new one by a link."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ariadne import MutationType, QueryType

from edusphere.errors import NotSignedIn
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("resetLinkIsGood")
async def reset_link_is_good(_: Any, info: Info, token: str) -> bool:
    context: Context = info.context
    return await context.school.credentials.reset_is_good(token, context.device.address)


@mutation.field("changePassword")
async def change_password(_: Any, info: Info, current: str, password1: str, password2: str) -> Payload:
    """Change it, and renew a browser's cookies: what was copied of the old ones is soon worth nothing."""
    context: Context = info.context
    await context.school.credentials.change(context.me, current, password1, password2, context.language)
    granted: Payload = {}
    if context.identity.kind == "cookie" and context.refresh_token:
        with suppress(NotSignedIn):  # a refresh token that is no good is no reason to say that nothing was changed
            signed = await context.school.sessions.renew(context.refresh_token, context.device)
            granted = context.sign_in(signed, (await context.loaders.person(signed.me.id)).email)
    return {"success": True, "payload": granted.get("payload"), "refreshExpiresIn": granted.get("refreshExpiresIn")}


@mutation.field("requestPasswordReset")
async def request_password_reset(_: Any, info: Info, email: str) -> Payload:
    context: Context = info.context
    context.school.credentials.request_reset(email, context.device.address, context.language)
    return {"success": True}


@mutation.field("resetPassword")
async def reset_password(_: Any, info: Info, token: str, password1: str, password2: str) -> Payload:
    context: Context = info.context
    await context.school.credentials.reset(token, password1, password2, context.device.address, context.language)
    return {"success": True}
