"""Inviting people into courses, and their answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school.invitations import Invited
from edusphere.school.models import CourseRole, CourseState, Invitation, Section
from edusphere.web.graphql.context import Context, Info, Payload

query, mutation = QueryType(), MutationType()
invitation, course_invitation = ObjectType("Invitation"), ObjectType("CourseInvitation")
bindables = [query, mutation, invitation, course_invitation]


@query.field("courseInvitations")
async def course_invitations(_: Any, info: Info, course_id: UUID) -> list[Invitation]:
    context: Context = info.context
    return await context.school.course_invitations.listed(context.me, course_id)


@query.field("waitingInvitations")
async def waiting_invitations(_: Any, info: Info) -> list[Payload]:
    context: Context = info.context
    return [
        {
            "id": waiting.invitation.id,
            "courseTitle": waiting.course.title,
            "courseCode": waiting.course.code,
            "colour": waiting.course.colour,
            "role": waiting.invitation.course_role,
            "expires": waiting.invitation.expires,
            "link": waiting.link,
        }
        for waiting in await context.school.invitation_replies.waiting(context.me)
    ]


@mutation.field("inviteToCourse")
async def invite_to_course(
    _: Any, info: Info, course_id: UUID, addresses: str, role: str, days: int, section_id: UUID | None = None
) -> Payload:
    context: Context = info.context
    invites = await context.school.course_invitations.invite(
        context.me, course_id, addresses, CourseRole(role), section_id, days, context.language
    )
    return invites._asdict()


@mutation.field("cancelInvitation")
async def cancel_invitation(_: Any, info: Info, invitation_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.course_invitations.cancel(context.me, invitation_id)
    return {"success": True}


@mutation.field("resendInvitation")
async def resend_invitation(_: Any, info: Info, invitation_id: UUID) -> Payload:
    context: Context = info.context
    return {"invitation": await context.school.course_invitations.resend(context.me, invitation_id, context.language)}


@mutation.field("acceptInvitation")
async def accept_invitation(_: Any, info: Info, token: str) -> Payload:
    context: Context = info.context
    return {"course": await context.school.invitation_replies.accept(context.me, token, context.device.address)}


@mutation.field("declineInvitation")
async def decline_invitation(_: Any, info: Info, token: str) -> Payload:
    context: Context = info.context
    await context.school.invitation_replies.decline(token, context.device.address)
    return {"success": True}


@invitation.field("course")
async def course(source: Invitation | Invited, info: Info) -> Payload | None:
    context: Context = info.context
    if not isinstance(source, Invitation):
        return None  # what `inviteUser` answers is into the school
    offer = await context.school.invitation_replies.offer(context.me, source)
    if offer is None:
        return None
    return {
        "title": offer.course.title,
        "code": offer.course.code,
        "slug": offer.course.slug,
        "colour": offer.course.colour,
        "role": source.course_role,
        "isOver": offer.course.state == CourseState.ARCHIVED,
        "enrolled": offer.enrolled,
        "theirs": offer.theirs,
    }


@course_invitation.field("role")
def role(source: Invitation, _: Info) -> CourseRole | None:
    return source.course_role


@course_invitation.field("state")
def state(source: Invitation, _: Info) -> str:
    if source.declined is not None:
        return "DECLINED"
    return "EXPIRED" if source.expires <= datetime.now(UTC) else "WAITING"


@course_invitation.field("section")
async def section(source: Invitation, info: Info) -> Section | None:
    context: Context = info.context
    return None if source.section_id is None else await context.loaders.sections.load(source.section_id)
