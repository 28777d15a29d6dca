"""What each role may do in the school, in a course and in a room: a fixed list of permissions, for people to read.

Nothing here says yes or no by itself. Each permission asks the predicates of `policy.py` about somebody of each role,
so that the table in the app and the one in docs/roles.md (`edusphere roles`) are the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from edusphere.school import policy
from edusphere.school.me import Me
from edusphere.school.models import (
    Course,
    CourseRole,
    CourseState,
    Enrolment,
    Membership,
    Posting,
    Role,
    Room,
    RoomKind,
    RoomRole,
)
from edusphere.school.models.ids import new_id


class Permission(StrEnum):
    """What somebody may be allowed to do. Roles that a school makes itself would choose from these."""

    JOIN_OPEN_ROOMS = "See open rooms and join them"
    MAKE_ROOMS = "Make open rooms"
    MAKE_ROOMS_LIKE_STAFF = "Make open rooms where only staff do"
    OPEN_COURSES = "Open courses"
    OPEN_COURSES_LIKE_ADMINS = "Open courses where only administrators do"
    INVITE = "Invite people into the school, to any role"
    MAKE_ACCOUNTS = "Make accounts, and say what people are called and are in the school"
    NAME_GUARDIANS = "Say whose guardian somebody is"
    ARRANGE_TERMS = "Open terms and roll them over"
    SEE_ALL_COURSES = "See all courses, and who takes part in them"
    DECIDE = "Decide what holds in the whole school"
    READ_KEPT_MAILS = "Read the mails that could not be sent, to hand them over"
    READ_REPORTS = "Read what was reported, with its words, and close it"
    LOOK_AFTER_ROOMS = "Look after open rooms and those of courses: who is in them, what is said there"
    READ_AUDIT = "Read what staff did"

    SEE_COURSE = "See the course"
    SEE_DRAFT = "See it while it is a draft"
    CHANGE_MATERIALS = "Write and order the materials"
    ENROL_PUPILS = "Enrol, invite and withdraw students and observers"
    GIVE_ANY_ROLE = "Give and take every role"
    CHANGE_COURSE = "Change the course, publish and archive it"
    COPY_COURSE = "Copy it, where teachers open courses"
    HAND_OVER = "Give it to somebody else who teaches it (of the instructors, its owner)"

    READ = "Read the room and open its files"
    POST = "Write in it, until it is archived"
    ANNOUNCE = "Write where announcements are made"
    EDIT = "Change and take back one’s own words"
    BE_SEEN = "Be shown to be there, and typing"
    LEAVE = "Leave an open or private room"
    MODERATE = "Remove others’ messages, and members"
    REMOVE_MODERATORS = "Remove moderators"
    UPDATE_ROOM = "Change its name, topic and description"
    DELETE_ROOM = "Delete the room"


@dataclass(frozen=True, slots=True)
class RoleTable:
    """Who may do what in one kind of place."""

    place: str
    """SCHOOL, COURSE or ROOM."""
    roles: tuple[str, ...]
    permissions: dict[Permission, tuple[str, ...]]
    """Those of `roles` who may."""


SCHOOL: dict[Permission, Callable[[Me], bool]] = {
    Permission.JOIN_OPEN_ROOMS: lambda me: policy.may_see(_room(), None) and policy.may_join(_room(), None),
    Permission.MAKE_ROOMS: lambda me: policy.may_create_rooms(me, "EVERYONE"),
    Permission.MAKE_ROOMS_LIKE_STAFF: lambda me: policy.may_create_rooms(me, "STAFF"),
    Permission.OPEN_COURSES: lambda me: policy.may_open_courses(me, "STAFF"),
    Permission.OPEN_COURSES_LIKE_ADMINS: lambda me: policy.may_open_courses(me, "ADMINS"),
    Permission.INVITE: policy.may_invite,
    Permission.MAKE_ACCOUNTS: policy.may_make_accounts,
    Permission.NAME_GUARDIANS: policy.may_name_guardians,
    Permission.ARRANGE_TERMS: policy.may_arrange_terms,
    Permission.SEE_ALL_COURSES: policy.may_see_all_courses,
    Permission.DECIDE: policy.may_decide_for_the_school,
    Permission.READ_KEPT_MAILS: policy.may_read_kept_mails,
    Permission.READ_REPORTS: policy.may_read_reports,
    Permission.LOOK_AFTER_ROOMS: policy.may_look_after_rooms,
    Permission.READ_AUDIT: policy.may_read_audit,
}
COURSE: dict[Permission, Callable[[Me, Enrolment | None], bool]] = {
    Permission.SEE_COURSE: lambda me, mine: policy.may_see_course(me, _course(CourseState.ACTIVE, me), mine),
    Permission.SEE_DRAFT: lambda me, mine: policy.may_see_course(me, _course(CourseState.DRAFT, me), mine),
    Permission.CHANGE_MATERIALS: policy.may_change_materials,
    Permission.ENROL_PUPILS: lambda me, mine: _gives_and_takes(me, mine, *policy.BELOW_ASSISTANTS),
    Permission.GIVE_ANY_ROLE: lambda me, mine: _gives_and_takes(me, mine, *CourseRole),
    Permission.CHANGE_COURSE: policy.may_change_course,
    Permission.COPY_COURSE: lambda me, mine: policy.may_copy_course(me, mine, "STAFF"),
    # Of those who teach it one owns it: here whoever is asked about.
    Permission.HAND_OVER: lambda me, mine: policy.may_hand_over(
        me, _course(CourseState.ACTIVE, me if policy.may_change_course(me, mine) else None)
    ),
}
ROOM: dict[Permission, Callable[[Me, Room, Membership | None], bool]] = {
    Permission.READ: lambda me, room, mine: (
        policy.may_read(mine) and policy.may_open(sender=False, waiting=False, in_their_course=False, membership=mine)
    ),
    Permission.POST: lambda me, room, mine: policy.may_post(room, mine),
    Permission.ANNOUNCE: lambda me, room, mine: policy.may_post(_room(Posting.STAFF), mine),
    Permission.EDIT: lambda me, room, mine: (
        policy.may_edit(room, mine, author=True) and policy.may_remove(me, room, mine, author=True)
    ),
    Permission.BE_SEEN: lambda me, room, mine: policy.may_type(policy.may_read(mine), policy.may_be_seen(mine)),
    Permission.LEAVE: lambda me, room, mine: policy.may_leave(room, mine),
    Permission.MODERATE: lambda me, room, mine: (
        policy.may_moderate(me, room, mine) and policy.may_remove(me, room, mine, author=False)
    ),
    Permission.REMOVE_MODERATORS: lambda me, room, mine: policy.may_remove_member(
        me, room, mine, Membership(role=RoomRole.MODERATOR)
    ),
    Permission.UPDATE_ROOM: policy.may_update,
    Permission.DELETE_ROOM: policy.may_delete,
}
# What somebody is in the school who is this in a course.
USUALLY = {
    CourseRole.INSTRUCTOR: Role.TEACHER,
    CourseRole.ASSISTANT: Role.TEACHER,
    CourseRole.STUDENT: Role.STUDENT,
    CourseRole.OBSERVER: Role.GUARDIAN,
}


INTRODUCTION = """\
Printed by `edusphere roles` from the rules themselves (`edusphere/school/policy.py`), and shown in the app under
Administration, Roles. A person has one role in the school, and may have others in each course and room. Nobody can give
what they do not have. Guardians observe the courses of their children. Every door of the server is tried as everybody
in [access.md](../tests/security/access/access.md)."""


@cache
def role_tables() -> tuple[RoleTable, ...]:
    """Return who may do what, by place. Administrators need no role in a course; in rooms they look after open ones."""
    admin = _somebody(Role.ADMIN)
    pupil = _somebody(Role.STUDENT)
    in_courses: dict[str, tuple[Me, Enrolment | None]] = {
        role.value: (_somebody(USUALLY[role]), Enrolment(role=role, by_child=False)) for role in CourseRole
    }
    in_rooms: dict[str, tuple[Me, Room, Membership | None]] = {
        role.value: (pupil, _room(), Membership(role=role)) for role in RoomRole
    }
    return (
        _table("SCHOOL", SCHOOL, {role.value: (_somebody(role),) for role in Role}),
        _table("COURSE", COURSE, {**in_courses, Role.ADMIN.value: (admin, None)}),
        _table("ROOM", ROOM, {**in_rooms, Role.ADMIN.value: (admin, _room(), None)}),
    )


def in_markdown() -> str:
    """Return the tables as docs/roles.md has them."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield INTRODUCTION
    for table in role_tables():
        yield from ("", f"## In {'the school' if table.place == 'SCHOOL' else f'a {table.place.lower()}'}", "")
        yield f"| | {' | '.join(role.capitalize() for role in table.roles)} |"
        yield f"|---|{'---|' * len(table.roles)}"
        for permission, able in table.permissions.items():
            yield f"| {permission.value} | {' | '.join('yes' if role in able else '–' for role in table.roles)} |"
    yield ""


def _table(
    place: str, rules: Mapping[Permission, Callable[..., bool]], people: Mapping[str, tuple[object, ...]]
) -> RoleTable:
    return RoleTable(
        place,
        tuple(people),
        {name: tuple(role for role, facts in people.items() if may(*facts)) for name, may in rules.items()},
    )


def _somebody(role: Role) -> Me:
    return Me(new_id(), "", "", "", role, None)


def _room(posting: Posting = Posting.EVERYONE) -> Room:
    return Room(kind=RoomKind.OPEN, posting=posting)


def _course(state: CourseState, owner: Me | None) -> Course:
    course = Course(state=state)
    course.owner_id = owner.id if owner is not None else new_id()
    return course


def _gives_and_takes(me: Me, mine: Enrolment | None, *roles: CourseRole) -> bool:
    return all(
        policy.may_enrol(me, mine, role) and policy.may_withdraw(me, mine, Enrolment(role=role, by_child=False))
        for role in roles
    )
