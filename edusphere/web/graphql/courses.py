"""Courses, and what they are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType, QueryType

from edusphere.school import policy
from edusphere.school.course_lists import CourseOrder
from edusphere.school.models import Course, CourseColour, CourseRole, Enrolment, Person, Posting, Room, Section, Term
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, mutation = QueryType(), MutationType()
course_type, enrolment_type = ObjectType("Course"), ObjectType("Enrolment")
bindables = [query, mutation, course_type, enrolment_type]

# -- finding


@query.field("course")
async def course(_: Any, info: Info, slug: str) -> Course:
    context: Context = info.context
    reached = await context.school.courses.reach_by_slug(context.me, slug)
    context.loaders.enrolments.prime(reached.course.id, reached.enrolment)
    return reached.course


@query.field("myCourses")
async def my_courses(_: Any, info: Info, archived: bool, first: int, after: str | None = None) -> Payload:
    context: Context = info.context
    return connection(await context.school.courses.mine(context.me, archived=archived, first=first, after=after))


@query.field("courses")
async def courses(
    _: Any,
    info: Info,
    archived: bool,
    order: str,
    descending: bool,
    first: int,
    search: str | None = None,
    term_id: UUID | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    by = CourseOrder(order)
    return connection(
        await context.school.courses.all(
            context.me, search, term_id, archived=archived, first=first, after=after, order=by, descending=descending
        )
    )


@query.field("viewerMayOpenCourse")
async def viewer_may_open_course(_: Any, info: Info) -> bool:
    context: Context = info.context
    return await context.school.courses.may_open(context.me)


# -- changing


@mutation.field("openCourse")
async def open_course(
    _: Any, info: Info, code: str, title: str, description: str, colour: str, term_id: UUID | None = None
) -> Payload:
    context: Context = info.context
    opened = await context.school.courses.open(context.me, code, title, description, CourseColour(colour), term_id)
    return {"course": opened}


@mutation.field("updateCourse")
async def update_course(
    _: Any,
    info: Info,
    course_id: UUID,
    code: str | None = None,
    title: str | None = None,
    description: str | None = None,
    colour: str | None = None,
) -> Payload:
    context: Context = info.context
    mark = None if colour is None else CourseColour(colour)
    return {"course": await context.school.courses.update(context.me, course_id, code, title, description, mark)}


@mutation.field("publishCourse")
async def publish_course(_: Any, info: Info, course_id: UUID) -> Payload:
    context: Context = info.context
    return {"course": await context.school.courses.publish(context.me, course_id)}


@mutation.field("archiveCourse")
async def archive_course(_: Any, info: Info, course_id: UUID) -> Payload:
    context: Context = info.context
    return {"course": await context.school.courses.archive(context.me, course_id)}


@mutation.field("restoreCourse")
async def restore_course(_: Any, info: Info, course_id: UUID) -> Payload:
    context: Context = info.context
    return {"course": await context.school.courses.restore(context.me, course_id)}


@mutation.field("archiveCourses")
async def archive_courses(_: Any, info: Info, course_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"changed": await context.school.courses.archive_some(context.me, course_ids)}


@mutation.field("restoreCourses")
async def restore_courses(_: Any, info: Info, course_ids: Sequence[UUID]) -> Payload:
    context: Context = info.context
    return {"changed": await context.school.courses.restore_some(context.me, course_ids)}


@mutation.field("copyCourse")
async def copy_course(_: Any, info: Info, course_id: UUID, term_id: UUID | None = None) -> Payload:
    context: Context = info.context
    return {"course": await context.school.courses.copy(context.me, course_id, term_id)}


@mutation.field("handOverCourse")
async def hand_over_course(_: Any, info: Info, course_id: UUID, user_id: UUID) -> Payload:
    context: Context = info.context
    return {"course": await context.school.enrolments.hand_over(context.me, course_id, user_id)}


@mutation.field("addCourseRoom")
async def add_course_room(
    _: Any,
    info: Info,
    course_id: UUID,
    name: str,
    description: str,
    posting: str,
    section_id: UUID | None = None,
) -> Payload:
    context: Context = info.context
    added = await context.school.course_rooms.add(
        context.me, course_id, name, description, Posting(posting), section_id
    )
    return {"room": added}


@mutation.field("addSection")
async def add_section(_: Any, info: Info, course_id: UUID, name: str) -> Payload:
    context: Context = info.context
    return {"section": await context.school.course_rooms.add_section(context.me, course_id, name)}


@mutation.field("removeSection")
async def remove_section(_: Any, info: Info, section_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.course_rooms.remove_section(context.me, section_id)
    return {"success": True}


# -- a course


@course_type.field("term")
async def term(source: Course, info: Info) -> Term | None:
    context: Context = info.context
    return None if source.term_id is None else await context.loaders.terms.load(source.term_id)


@course_type.field("owner")
async def owner(source: Course, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(source.owner_id)


@course_type.field("studentCount")
async def student_count(source: Course, info: Info) -> int:
    context: Context = info.context
    return await context.loaders.student_counts.load(source.id)


@course_type.field("sections")
async def sections(source: Course, info: Info) -> Sequence[Section]:
    context: Context = info.context
    return await context.loaders.sections_of.load(source.id)


@course_type.field("rooms")
async def rooms(source: Course, info: Info) -> Sequence[Room]:
    context: Context = info.context
    return await context.loaders.course_rooms.load(source.id)


@course_type.field("people")
async def people(
    source: Course,
    info: Info,
    first: int,
    search: str | None = None,
    role: str | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    wanted = None if role is None else CourseRole(role)
    return connection(await context.loaders.enrolled(search, wanted, first, after).load(source.id))


@course_type.field("viewerEnrolment")
async def viewer_enrolment(source: Course, info: Info) -> Enrolment | None:
    context: Context = info.context
    return await context.loaders.enrolments.load(source.id)


@course_type.field("viewerMay")
async def viewer_may(source: Course, info: Info) -> policy.CoursePermissions:
    context: Context = info.context
    enrolment = await context.loaders.enrolments.load(source.id)
    openers = (await context.loaders.decisions()).course_openers
    return policy.course_permissions(context.signed_in, source, enrolment, openers)


# -- a person in a course


@enrolment_type.field("user")
def enrolled(source: Enrolment, info: Info) -> Person | Awaitable[Person]:
    context: Context = info.context
    return context.loaders.person_in_list(source.person_id)


@enrolment_type.field("visited")
def visited(source: Enrolment, info: Info) -> datetime | None:
    context: Context = info.context
    return source.visited if context.me is not None and source.person_id == context.me.id else None


@enrolment_type.field("section")
async def section(source: Enrolment, info: Info) -> Section | None:
    context: Context = info.context
    return None if source.section_id is None else await context.loaders.sections.load(source.section_id)
