"""Asking to be let into a course."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school.models import CourseRole, JoinRequest, Person
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation, join_request = QueryType(), MutationType(), ObjectType("JoinRequest")
bindables = [query, mutation, join_request]


@query.field("joinRequests")
async def join_requests(_: Any, info: Info, course_id: UUID) -> list[JoinRequest]:
    context: Context = info.context
    return await context.school.join_requests.open(context.me, course_id)


@mutation.field("requestToJoin")
async def request_to_join(_: Any, info: Info, slug: str, words: str) -> Payload:
    context: Context = info.context
    await context.school.join_requests.ask(context.me, slug, words)
    return {"success": True}


@mutation.field("acceptJoinRequest")
async def accept_join_request(
    _: Any, info: Info, request_id: UUID, role: str, section_id: UUID | None = None
) -> Payload:
    context: Context = info.context
    await context.school.join_requests.accept(context.me, request_id, CourseRole(role), section_id)
    return {"success": True}


@mutation.field("declineJoinRequest")
async def decline_join_request(_: Any, info: Info, request_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.join_requests.decline(context.me, request_id)
    return {"success": True}


@join_request.field("user")
async def user(source: JoinRequest, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(source.person_id)
