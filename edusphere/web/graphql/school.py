"""The school as a whole, and its first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ariadne import MutationType, QueryType

from edusphere.school.settings import CourseOpeners, Decisions, RegistrationMode, RoomMakers
from edusphere.school.setup import SetUp
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation = QueryType(), MutationType()
bindables = [query, mutation]


@dataclass(frozen=True, slots=True)
class School:
    name: str
    registration: RegistrationMode
    is_set_up: bool
    verify_email: bool
    room_makers: RoomMakers
    course_openers: CourseOpeners
    file_limit: int
    files_per_message: int


@query.field("school")
async def school(_: Any, info: Info) -> School:
    context: Context = info.context
    return await _school(context, await context.school.settings.read())


@mutation.field("updateSchool")
async def update_school(_: Any, info: Info, **answers: Any) -> Payload:
    context: Context = info.context
    decisions = await context.school.settings.decide(context.me, **answers)
    return {"school": await _school(context, decisions)}


async def _school(context: Context, decisions: Decisions) -> School:
    limits = context.parts.settings
    return School(
        decisions.name,
        decisions.registration,
        await context.school.setup.is_set_up(),
        decisions.verify_email,
        decisions.room_makers,
        decisions.course_openers,
        limits.file_limit,
        limits.files_per_message,
    )


@query.field("setupTokenIsGood")
async def setup_token_is_good(_: Any, info: Info, token: str) -> bool:
    context: Context = info.context
    return await context.school.setup.token_is_good(token)


@mutation.field("setUpSchool")
async def set_up_school(
    _: Any,
    info: Info,
    *,
    school_name: str,
    registration: str,
    **form: str,
) -> Payload:
    context: Context = info.context
    wanted = SetUp(school_name=school_name, registration=RegistrationMode(registration), **form)
    signed = await context.school.setup.set_up(wanted, context.device)
    person = await context.loaders.person(signed.me.id)
    return {"user": person, **context.sign_in(signed, person.email)}
