"""People with accounts, as others and as they themselves see them.

A user comes from a verb as a whole row, or as the four words of an author that a message brings along. What the
author does not have is loaded only when it is asked for, all of a page in one batch.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from ariadne import MutationType, ObjectType, QueryType
from msgspec import UNSET, UnsetType
from quart.datastructures import FileStorage

from edusphere.contract.events import Author
from edusphere.errors import EduSphereError, NotFound, Unavailable
from edusphere.school.models import Person
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation, user = QueryType(), MutationType(), ObjectType("User")
bindables = [query, mutation, user]

User = Person | Author


@query.field("me")
async def me(_: Any, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(context.signed_in.id)


@query.field("authStatus")
async def auth_status(_: Any, info: Info) -> Payload:
    context: Context = info.context
    if context.me is None:
        return {"isAuthenticated": False, "user": None}
    return {"isAuthenticated": True, "user": await context.loaders.person(context.me.id)}


@query.field("users")
async def users(_: Any, info: Info, search: str | None = None) -> list[Person]:
    context: Context = info.context
    return await context.school.people.listed(context.me, search)


@query.field("user")
async def user_named(_: Any, info: Info, user_slug: str) -> Person | None:
    context: Context = info.context
    person = await context.school.people.find(context.me, user_slug)
    if person is None and context.me is not None:
        raise NotFound("There is nobody of this name, or not for you to see.")
    return person


@query.field("people")
async def people(_: Any, info: Info, first: int, search: str | None = None, after: str | None = None) -> Payload:
    context: Context = info.context
    return connection(await context.school.people.search(context.signed_in, search, first, after))


@mutation.field("updateUser")
async def update_user(
    _: Any, info: Info, name: str | None = None, bio: str | None = None, **picture: FileStorage | None
) -> Payload:
    """Change one's profile; `avatar` is in `picture` when it was said, be it null."""
    context: Context = info.context
    me, pictures = context.signed_in, context.school.pictures
    avatar: str | UnsetType = UNSET
    if "avatar" in picture:
        upload = picture["avatar"]
        avatar = await pictures.keep_avatar(upload.read()) if upload is not None else ""
    try:
        person = await context.school.people.edit(
            me, UNSET if name is None else name, UNSET if bio is None else bio, avatar
        )
    except EduSphereError as refusal:
        if avatar and not isinstance(refusal, Unavailable):  # then nobody knows whether it was written: `sweep` will
            await pictures.forget_avatar(avatar)
        raise
    if avatar is not UNSET and me.avatar and me.avatar != avatar:
        await pictures.forget_avatar(me.avatar)
    return {"user": person}


@user.field("email")
def email(person: User, info: Info) -> Any:
    context: Context = info.context
    if context.me is None or person.id != context.me.id:
        return None
    return _of_the_row(person, info, "email")


@user.field("bio")
def bio(person: User, info: Info) -> Any:
    return _of_the_row(person, info, "bio")


@user.field("role")
def role(person: User, info: Info) -> Any:
    return _of_the_row(person, info, "role")


@user.field("created")
def created(person: User, info: Info) -> Any:
    return _of_the_row(person, info, "created")


def _of_the_row(person: User, info: Info, name: str) -> Any | Awaitable[Any]:
    if isinstance(person, Person):
        return getattr(person, name)

    async def load() -> Any:
        return getattr(await info.context.loaders.person(person.id), name)

    return load()
