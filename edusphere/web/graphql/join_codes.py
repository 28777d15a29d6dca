"""Codes that let people into a course."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school.models import CourseRole, JoinCode, Section
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation, join_code = QueryType(), MutationType(), ObjectType("JoinCode")
bindables = [query, mutation, join_code]


@query.field("joinCodes")
async def join_codes(_: Any, info: Info, course_id: UUID) -> list[JoinCode]:
    context: Context = info.context
    return await context.school.join_codes.listed(context.me, course_id)


@query.field("joinOffer")
async def join_offer(_: Any, info: Info, code: str) -> Payload:
    context: Context = info.context
    offer = await context.school.join_codes.offer(context.me, code, context.device.address)
    return {
        "courseTitle": offer.course.title,
        "courseCode": offer.course.code,
        "courseSlug": offer.course.slug,
        "colour": offer.course.colour,
        "role": offer.role,
        "enrolled": offer.enrolled,
    }


@mutation.field("makeJoinCode")
async def make_join_code(
    _: Any,
    info: Info,
    course_id: UUID,
    role: str,
    section_id: UUID | None = None,
    days: int | None = None,
    most_uses: int | None = None,
) -> Payload:
    context: Context = info.context
    made = await context.school.join_codes.make(context.me, course_id, CourseRole(role), section_id, days, most_uses)
    return {"joinCode": made}


@mutation.field("endJoinCode")
async def end_join_code(_: Any, info: Info, code_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.join_codes.end(context.me, code_id)
    return {"success": True}


@mutation.field("joinCourse")
async def join_course(_: Any, info: Info, code: str) -> Payload:
    context: Context = info.context
    return {"course": await context.school.join_codes.use(context.me, code, context.device.address)}


@join_code.field("link")
def link(source: JoinCode, info: Info) -> str:
    context: Context = info.context
    return f"{context.parts.settings.public_url.rstrip('/')}/join/{source.code}"


@join_code.field("section")
async def section(source: JoinCode, info: Info) -> Section | None:
    context: Context = info.context
    return None if source.section_id is None else await context.loaders.sections.load(source.section_id)
