"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.errors import NotSignedIn
from edusphere.school.models import Session
from edusphere.web.devices import browser_of, system_of
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation, session = QueryType(), MutationType(), ObjectType("Session")
bindables = [query, mutation, session]


@query.field("mySessions")
async def my_sessions(_: Any, info: Info) -> list[Session]:
    context: Context = info.context
    return await context.school.sessions.mine(context.me)


@session.field("browser")
def browser(row: Session, _info: Info) -> str | None:
    return browser_of(row.device)


@session.field("system")
def system(row: Session, _info: Info) -> str | None:
    return system_of(row.device)


@session.field("lastSeen")
def last_seen(row: Session, _info: Info) -> Any:
    return row.seen


@session.field("current")
def current(row: Session, info: Info) -> bool:
    me = info.context.me
    return me is not None and row.id == me.session_id


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


@mutation.field("endSession")
async def end_session(_: Any, info: Info, id: UUID) -> Payload:  # noqa: A002 (the argument's own name)
    context: Context = info.context
    if id == context.signed_in.session_id:
        return {"success": await _sign_out(context)}
    await context.school.sessions.end_one(context.me, id)
    return {"success": True}


@mutation.field("endOtherSessions")
async def end_other_sessions(_: Any, info: Info) -> Payload:
    context: Context = info.context
    await context.school.sessions.end_all(context.me)
    return {"success": True}


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
