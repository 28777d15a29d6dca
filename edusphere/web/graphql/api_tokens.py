"""Tokens for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school.models import ApiToken, TokenScope
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation, api_token = QueryType(), MutationType(), ObjectType("ApiToken")
bindables = [query, mutation, api_token]


@query.field("myApiTokens")
async def my_api_tokens(_: Any, info: Info) -> list[ApiToken]:
    context: Context = info.context
    return await context.school.api_tokens.mine(context.me)


@api_token.field("lastUsed")
def last_used(token: ApiToken, _info: Info) -> Any:
    return token.used


@mutation.field("createApiToken")
async def create_api_token(
    _: Any, info: Info, name: str, scope: str, password: str, days: int | None = None
) -> Payload:
    context: Context = info.context
    token, secret = await context.school.api_tokens.create(context.me, name, TokenScope(scope), days, password)
    return {"apiToken": token, "token": secret}


@mutation.field("revokeApiToken")
async def revoke_api_token(_: Any, info: Info, id: UUID) -> Payload:  # noqa: A002 (the argument's own name)
    context: Context = info.context
    await context.school.api_tokens.revoke(context.me, id)
    return {"success": True}
