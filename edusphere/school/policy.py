"""Who may do what: every rule of the school, one sentence each.

Pure predicates over facts already loaded: nothing is looked up and nothing is changed here. What somebody may not
even know of never gets here: `rooms.reach` says NotFound first. The screen asks the same rules (`permissions`), and
the server decides again.
"""

from __future__ import annotations

from dataclasses import dataclass

from edusphere.errors import Forbidden
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

BELOW_ASSISTANTS = (CourseRole.STUDENT, CourseRole.OBSERVER)


def require(permission: bool, sentence: str = "You may not do that here.") -> None:
    """Go on only with permission.

    Raises:
        Forbidden: with the sentence.
    """
    if not permission:
        raise Forbidden(sentence)


# -- the school


def may_register(registration: str, invited: bool = False) -> bool:
    """Anyone may make an account while registration is open; the invited also while it is for the invited."""
    return registration == "OPEN" or (registration == "INVITED" and invited)


def may_invite(me: Me) -> bool:
    """Administrators invite people into the school, to any role."""
    return me.role == Role.ADMIN


def may_read_kept_mails(me: Me) -> bool:
    """Administrators read the mails that could not be sent, to hand them over."""
    return me.role == Role.ADMIN


def may_create_rooms(me: Me | None, room_makers: str) -> bool:
    """Everyone signed in makes open rooms, or only staff, as the school decided."""
    return me is not None and (room_makers == "EVERYONE" or me.is_staff)


# -- a course


def may_open_courses(me: Me, course_openers: str) -> bool:
    """Teachers and administrators open courses, or only administrators, as the school decided."""
    return me.role == Role.ADMIN or (course_openers == "STAFF" and me.is_staff)


def may_decide_for_the_school(me: Me) -> bool:
    """Administrators decide what holds in the whole school."""
    return me.role == Role.ADMIN


def may_read_audit(me: Me) -> bool:
    """Administrators read what staff did."""
    return me.role == Role.ADMIN


def may_read_reports(me: Me) -> bool:
    """Administrators read what was reported, with its words, and close it."""
    return me.role == Role.ADMIN


def may_look_after_rooms(me: Me) -> bool:
    """Administrators look after open rooms and those of courses: who is in them and what is said, removed or not."""
    return me.role == Role.ADMIN


def may_make_accounts(me: Me) -> bool:
    """Administrators make accounts for others, and say what they are called and are in the school."""
    return me.role == Role.ADMIN


def may_name_guardians(me: Me) -> bool:
    """Administrators say whose guardian somebody is."""
    return me.role == Role.ADMIN


def may_arrange_terms(me: Me) -> bool:
    """Administrators open terms and roll them over."""
    return me.role == Role.ADMIN


def may_see_all_courses(me: Me) -> bool:
    """Administrators see all courses, and who takes part in them."""
    return me.role == Role.ADMIN


def may_see_course(me: Me, course: Course, enrolment: Enrolment | None) -> bool:
    """Who takes part sees the course, a draft only those who teach or assist."""
    if may_see_all_courses(me):
        return True
    return enrolment is not None and (course.state != CourseState.DRAFT or _teaches(enrolment))


def may_change_course(me: Me, enrolment: Enrolment | None) -> bool:
    """Instructors change their course, publish and archive it; administrators any."""
    return me.role == Role.ADMIN or (enrolment is not None and enrolment.role == CourseRole.INSTRUCTOR)


def may_change_materials(me: Me, enrolment: Enrolment | None) -> bool:
    """Who teaches or assists writes and orders the materials; administrators any."""
    return me.role == Role.ADMIN or (enrolment is not None and _teaches(enrolment))


def may_copy_course(me: Me, enrolment: Enrolment | None, course_openers: str) -> bool:
    """Who may open courses copies one that they may change."""
    return may_open_courses(me, course_openers) and may_change_course(me, enrolment)


def may_hand_over(me: Me, course: Course) -> bool:
    """The owner gives the course to somebody else who teaches it; administrators give any."""
    return me.role == Role.ADMIN or me.id == course.owner_id


def may_enrol(me: Me, enrolment: Enrolment | None, role: CourseRole) -> bool:
    """Instructors enrol anybody, assistants students and observers: nobody gives more than they have."""
    if may_change_course(me, enrolment):
        return True
    return enrolment is not None and enrolment.role == CourseRole.ASSISTANT and role in BELOW_ASSISTANTS


def may_withdraw(me: Me, mine: Enrolment | None, theirs: Enrolment) -> bool:
    """Whoever may give a role takes it back; nobody withdraws by themselves from what they were enrolled in."""
    return not theirs.by_child and may_enrol(me, mine, theirs.role)


# -- a room


def may_see(room: Room, membership: Membership | None) -> bool:
    """Open rooms are there for the whole school, all others for those who are in them."""
    return room.kind == RoomKind.OPEN or membership is not None


def may_join(room: Room, membership: Membership | None) -> bool:
    """Anyone may come into an open room."""
    return room.kind == RoomKind.OPEN and membership is None


def may_leave(room: Room, membership: Membership | None) -> bool:
    """Everyone leaves an open or private room but its host: a room without one would be nobody's."""
    left_by_choice = room.kind in (RoomKind.OPEN, RoomKind.PRIVATE)
    return left_by_choice and membership is not None and membership.role != RoomRole.HOST


def may_read(membership: Membership | None) -> bool:
    """Those in the room read it."""
    return membership is not None


def may_post(room: Room, membership: Membership | None) -> bool:
    """Those in the room write in it, where announcements are made hosts and moderators; nobody when it is archived."""
    if membership is None or membership.role == RoomRole.READER or room.archived is not None:
        return False
    return room.posting == Posting.EVERYONE or _leads(membership)


def may_be_seen(membership: Membership | None) -> bool:
    """Those in the room are shown to be there, but not those who only read."""
    return membership is not None and membership.role != RoomRole.READER


def may_type(hears: bool, shown: bool) -> bool:
    """Whoever hears the room and is shown in it is heard typing."""
    return hears and shown


def may_update(me: Me, room: Room, membership: Membership | None) -> bool:
    """The host changes the room's name, topic and description; administrators do in open rooms."""
    return _hosts(membership) or _oversees(me, room)


def may_delete(me: Me, room: Room, membership: Membership | None) -> bool:
    """The host deletes the room; administrators delete open rooms."""
    return _hosts(membership) or _oversees(me, room)


def may_moderate(me: Me, room: Room, membership: Membership | None) -> bool:
    """Host and moderators remove others' messages and members; administrators do in open rooms."""
    return _leads(membership) or _oversees(me, room)


def may_remove_member(me: Me, room: Room, mine: Membership | None, theirs: Membership) -> bool:
    """Moderators remove members, the host (or an administrator) moderators too; nobody removes the host."""
    if theirs.role == RoomRole.HOST:
        return False
    if theirs.role == RoomRole.MODERATOR:
        return _hosts(mine) or _oversees(me, room)
    return may_moderate(me, room, mine)


# -- a message


def may_edit(room: Room, membership: Membership | None, author: bool) -> bool:
    """Only the author changes the words, while they may write in the room."""
    return author and may_post(room, membership)


def may_remove(me: Me, room: Room, membership: Membership | None, author: bool) -> bool:
    """The author takes the words back while they may write in the room; whoever moderates it removes anybody's."""
    return (author and may_post(room, membership)) or may_moderate(me, room, membership)


# -- a file


def may_open(sender: bool, waiting: bool, in_their_course: bool, membership: Membership | None) -> bool:
    """A file in a message is for those who read its room, one in materials for the course's; else for who sent it."""
    return sender if waiting else in_their_course or may_read(membership)


# -- what the screen asks


@dataclass(frozen=True, slots=True)
class CoursePermissions:
    change: bool = False
    enrol: bool = False
    give_any_role: bool = False
    copy: bool = False
    change_materials: bool = False
    hand_over: bool = False


def course_permissions(me: Me, course: Course, enrolment: Enrolment | None, course_openers: str) -> CoursePermissions:
    """Return what `me` may do in a course they may see."""
    return CoursePermissions(
        change=may_change_course(me, enrolment),
        enrol=may_enrol(me, enrolment, CourseRole.STUDENT),
        give_any_role=may_enrol(me, enrolment, CourseRole.INSTRUCTOR),
        copy=may_copy_course(me, enrolment, course_openers),
        change_materials=may_change_materials(me, enrolment),
        hand_over=may_hand_over(me, course),
    )


@dataclass(frozen=True, slots=True)
class RoomPermissions:
    join: bool = False
    leave: bool = False
    read: bool = False
    post: bool = False
    update: bool = False
    delete: bool = False
    moderate: bool = False


def permissions(me: Me | None, room: Room, membership: Membership | None) -> RoomPermissions:
    """Return what `me` may do in a room they may see; the signed-out may do nothing."""
    if me is None:
        return RoomPermissions()
    return RoomPermissions(
        join=may_join(room, membership),
        leave=may_leave(room, membership),
        read=may_read(membership),
        post=may_post(room, membership),
        update=may_update(me, room, membership),
        delete=may_delete(me, room, membership),
        moderate=may_moderate(me, room, membership),
    )


def _teaches(enrolment: Enrolment) -> bool:
    return enrolment.role in (CourseRole.INSTRUCTOR, CourseRole.ASSISTANT)


def _leads(membership: Membership | None) -> bool:
    return membership is not None and membership.role in (RoomRole.HOST, RoomRole.MODERATOR)


def _hosts(membership: Membership | None) -> bool:
    return membership is not None and membership.role == RoomRole.HOST


def _oversees(me: Me, room: Room) -> bool:
    return me.role == Role.ADMIN and room.kind == RoomKind.OPEN
