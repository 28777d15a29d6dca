"""The rules, as a table: who may do what in a room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edusphere.school import policy
from edusphere.school.me import Me
from edusphere.school.models import Membership, Posting, Role, Room, RoomKind, RoomRole
from edusphere.school.models.ids import new_id

HOST, MODERATOR, MEMBER, NOBODY = RoomRole.HOST, RoomRole.MODERATOR, RoomRole.MEMBER, None
READER = RoomRole.READER
# What somebody of this school role may do in a room of this kind, being this in it.
TABLE: list[tuple[Role, RoomKind, RoomRole | None, str]] = [
    (Role.STUDENT, RoomKind.OPEN, NOBODY, "join"),
    (Role.STUDENT, RoomKind.OPEN, MEMBER, "leave read post"),
    (Role.STUDENT, RoomKind.OPEN, MODERATOR, "leave read post moderate"),
    (Role.STUDENT, RoomKind.OPEN, HOST, "read post update delete moderate"),
    (Role.TEACHER, RoomKind.OPEN, NOBODY, "join"),
    (Role.TEACHER, RoomKind.OPEN, MEMBER, "leave read post"),
    (Role.GUARDIAN, RoomKind.OPEN, NOBODY, "join"),
    (Role.ADMIN, RoomKind.OPEN, NOBODY, "join update delete moderate"),
    (Role.ADMIN, RoomKind.OPEN, MEMBER, "leave read post update delete moderate"),
    (Role.ADMIN, RoomKind.PRIVATE, NOBODY, ""),
    (Role.ADMIN, RoomKind.PRIVATE, MEMBER, "leave read post"),
    (Role.STUDENT, RoomKind.PRIVATE, HOST, "read post update delete moderate"),
    (Role.STUDENT, RoomKind.PRIVATE, MODERATOR, "leave read post moderate"),
    (Role.STUDENT, RoomKind.COURSE, MEMBER, "read post"),
    (Role.GUARDIAN, RoomKind.COURSE, READER, "read"),
    (Role.TEACHER, RoomKind.COURSE, MODERATOR, "read post moderate"),
    (Role.TEACHER, RoomKind.COURSE, HOST, "read post update delete moderate"),
    (Role.ADMIN, RoomKind.COURSE, NOBODY, ""),
]


@pytest.mark.parametrize(("role", "kind", "room_role", "may"), TABLE)
def test_the_table_of_a_room(role: Role, kind: RoomKind, room_role: RoomRole | None, may: str) -> None:
    me = Me(new_id(), "ben", "Ben", "", role, None)
    room = Room(kind=kind)
    membership = None if room_role is None else Membership(role=room_role)
    permissions = policy.permissions(me, room, membership)
    assert {name for name in permissions.__slots__ if getattr(permissions, name)} == set(may.split())
    assert policy.may_see(room, membership) == (kind == RoomKind.OPEN or room_role is not None)


@pytest.mark.parametrize(("room_role", "may"), [(MEMBER, "read"), (READER, "read"), (MODERATOR, "read post moderate")])
def test_announcements_are_made_by_those_who_teach(room_role: RoomRole, may: str) -> None:
    me = Me(new_id(), "ben", "Ben", "", Role.STUDENT, None)
    permissions = policy.permissions(me, Room(kind=RoomKind.COURSE, posting=Posting.STAFF), Membership(role=room_role))
    assert {name for name in permissions.__slots__ if getattr(permissions, name)} == set(may.split())


@pytest.mark.parametrize("room_role", [MEMBER, MODERATOR, HOST])
def test_in_an_archived_room_nobody_writes(room_role: RoomRole) -> None:
    room, membership = Room(kind=RoomKind.COURSE, archived=datetime.now(UTC)), Membership(role=room_role)
    assert policy.may_read(membership)
    assert not policy.may_post(room, membership)
    assert not policy.may_edit(room, membership, author=True)


def test_the_signed_out_may_do_nothing() -> None:
    assert policy.permissions(None, Room(kind=RoomKind.OPEN), None) == policy.RoomPermissions()
