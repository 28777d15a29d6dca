"""Accounts, as administrators look after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType, QueryType

from edusphere.school.accounts import Account, AccountOrder
from edusphere.school.models import Role
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import page_info

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@query.field("accounts")
async def accounts(
    _: Any,
    info: Info,
    order: str,
    descending: bool,
    first: int,
    search: str | None = None,
    role: str | None = None,
    closed: bool | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    wanted = None if role is None else Role(role)
    by = AccountOrder(order)
    page = await context.school.accounts.listed(
        context.me, search, wanted, closed, first, after, by, descending=descending
    )
    return {"nodes": [_told(account) for account in page.nodes], "pageInfo": page_info(page)}


@query.field("account")
async def account(_: Any, info: Info, user_id: UUID) -> Payload:
    context: Context = info.context
    return _told(await context.school.accounts.find(context.me, user_id))


@mutation.field("makeAccount")
async def make_account(_: Any, info: Info, username: str, name: str, email: str, role: str) -> Payload:
    context: Context = info.context
    made = await context.school.accounts.make(context.me, username, name, email, Role(role))
    return {"user": made.person, "link": made.link}


@mutation.field("editAccount")
async def edit_account(
    _: Any, info: Info, user_id: UUID, name: str | None = None, bio: str | None = None, role: str | None = None
) -> Payload:
    context: Context = info.context
    new_role = None if role is None else Role(role)
    return {"user": await context.school.accounts.edit(context.me, user_id, name, bio, new_role)}


@mutation.field("closeAccounts")
async def close_accounts(_: Any, info: Info, user_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"closed": await context.school.accounts.close(context.me, user_ids)}


@mutation.field("openAccounts")
async def open_accounts(_: Any, info: Info, user_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"opened": await context.school.accounts.open(context.me, user_ids)}


@mutation.field("makePasswordLink")
async def make_password_link(_: Any, info: Info, user_id: UUID) -> Payload:
    context: Context = info.context
    return {"link": await context.school.accounts.link(context.me, user_id)}


@mutation.field("endSessionsOf")
async def end_sessions_of(_: Any, info: Info, user_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"ended": await context.school.accounts.end_sessions(context.me, user_ids)}


def _told(account: Account) -> Payload:
    return {
        "user": account.person,
        "email": account.person.email,
        "closed": account.person.disabled,
        "seen": account.seen,
        "sessions": account.sessions,
    }
