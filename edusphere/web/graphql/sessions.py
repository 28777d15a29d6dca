"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType

from edusphere.errors import NotSignedIn
from edusphere.web.graphql.context import Context, Info, Payload

mutation = MutationType()
bindables = [mutation]


@mutation.field("tokenAuth")
async def token_auth(_: Any, info: Info, email: str, password: str) -> Payload:
    context: Context = info.context
    signed = await context.school.sessions.sign_in(email, password, context.device)
    person = await context.loaders.person(signed.me.id)
    return {"user": person, "success": True, **context.sign_in(signed, person.email)}


@mutation.field("verifyToken")
async def verify_token(_: Any, info: Info, token: str | None = None) -> Payload:
    context: Context = info.context
    access = context.parts.tokens.read(token or context.access_token)
    me = None if access is None or access.expired else await context.school.sessions.me(access.session_id)
    if access is None or me is None:
        raise NotSignedIn("This token is no longer good. Please sign in again.")
    person = await context.loaders.person(me.id)
    return {"payload": access.payload(person.email)}


@mutation.field("refreshToken")
async def refresh_token(_: Any, info: Info, token: str | None = None) -> Payload:
    context: Context = info.context
    try:
        signed = await context.school.sessions.renew(token or context.refresh_token, context.device)
    except NotSignedIn:
        context.forget_cookies()
        raise
    person = await context.loaders.person(signed.me.id)
    return context.sign_in(signed, person.email)


@mutation.field("deleteToken")
async def delete_token(_: Any, info: Info) -> Payload:
    return {"deleted": await _sign_out(info.context)}


@mutation.field("deleteRefreshToken")
async def delete_refresh_token(_: Any, info: Info) -> Payload:
    """Sign out too: a browser that only forgot its refresh token would leave a session that nobody can end."""
    return {"deleted": await _sign_out(info.context)}


async def _sign_out(context: Context) -> bool:
    """End the session that the request names, by whatever it still has of it; return whether there was one.

    An access token that has just expired must not keep anybody from signing out.
    """
    access = context.parts.tokens.read(context.access_token)
    me = context.me or (await context.school.sessions.me(access.session_id) if access else None)
    ended = me is not None
    if me is not None:
        await context.school.sessions.end(me)
    elif context.refresh_token:
        ended = await context.school.sessions.end_by_refresh_token(context.refresh_token)
    context.forget_cookies()
    return ended
