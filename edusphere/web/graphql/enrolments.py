"""Who takes part in a course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType

from edusphere.school.models import CourseRole
from edusphere.web.graphql.context import Context, Info, Payload

mutation = MutationType()
bindables = [mutation]


@mutation.field("enrol")
async def enrol(
    _: Any, info: Info, course_id: UUID, user_ids: Sequence[UUID], role: str, section_id: UUID | None = None
) -> Payload:
    context: Context = info.context
    new = await context.school.enrolments.enrol(context.me, course_id, user_ids, CourseRole(role), section_id)
    return {"enrolled": len(new)}


@mutation.field("changeEnrolment")
async def change_enrolment(
    _: Any, info: Info, course_id: UUID, user_id: UUID, role: str, section_id: UUID | None = None
) -> Payload:
    context: Context = info.context
    await context.school.enrolments.change(context.me, course_id, user_id, CourseRole(role), section_id)
    return {"success": True}


@mutation.field("withdraw")
async def withdraw(_: Any, info: Info, course_id: UUID, user_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.enrolments.withdraw(context.me, course_id, user_id)
    return {"success": True}
