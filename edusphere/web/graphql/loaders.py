"""What a page of anything is joined with, gathered per level: one query for all of it, however long the page.

Made anew for every request, so that nobody is answered with what somebody else may see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from edusphere.errors import NotFound
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.models import (
    Course,
    CourseRole,
    Enrolment,
    File,
    Material,
    Membership,
    Person,
    Room,
    Section,
    Term,
    Topic,
    Unit,
)
from edusphere.school.pages import Page
from edusphere.school.settings import Decisions

T = TypeVar("T")


def gathering(gather: Callable[[list[UUID]], Awaitable[Mapping[UUID, T]]], absent: T) -> DataLoader[UUID, T]:
    """Return a loader over a verb that takes ids and returns what it found; `absent` is for the rest."""

    async def load(ids: list[UUID]) -> list[T]:
        found = await gather(ids)
        return [found.get(one, absent) for one in ids]

    return DataLoader(load)


class Loaders:
    def __init__(self, school: School, me: Me | None) -> None:
        rooms = school.rooms
        self.people: DataLoader[UUID, Person | None] = gathering(school.people.load, None)
        self.topics: DataLoader[UUID, Topic | None] = gathering(school.topics.load, None)
        self.rooms: DataLoader[UUID, Room | None] = gathering(partial(rooms.load, me), None)
        self.memberships: DataLoader[UUID, Membership | None] = gathering(partial(rooms.memberships, me), None)
        self.unread: DataLoader[UUID, int] = gathering(partial(rooms.unread, me), 0)
        self.participants: DataLoader[UUID, Sequence[Person]] = gathering(self._participants, ())
        self.participant_counts: DataLoader[UUID, int] = gathering(rooms.participant_counts, 0)
        courses = school.courses
        self.courses: DataLoader[UUID, Course | None] = gathering(partial(courses.load, me), None)
        self.enrolments: DataLoader[UUID, Enrolment | None] = gathering(partial(courses.enrolments_in, me), None)
        self.course_rooms: DataLoader[UUID, Sequence[Room]] = gathering(partial(courses.rooms_of, me), ())
        self.student_counts: DataLoader[UUID, int] = gathering(courses.student_counts, 0)
        self.sections_of: DataLoader[UUID, Sequence[Section]] = gathering(courses.sections_of, ())
        self.sections: DataLoader[UUID, Section | None] = gathering(courses.sections, None)
        self.terms: DataLoader[UUID, Term | None] = gathering(courses.terms, None)
        self.children: DataLoader[UUID, Sequence[UUID]] = gathering(partial(school.guardians.children, me), ())
        self.units: DataLoader[UUID, Sequence[Unit]] = gathering(school.materials.units_of, ())
        self.materials: DataLoader[UUID, Sequence[Material]] = gathering(school.materials.materials_of, ())
        self.files: DataLoader[UUID, File | None] = gathering(school.files.load, None)
        self.new_materials: DataLoader[UUID, int] = gathering(partial(school.materials.new_in, me), 0)
        self._enrolled: dict[tuple[object, ...], DataLoader[UUID, Page[Enrolment]]] = {}
        self._members: dict[tuple[int, str | None], DataLoader[UUID, Page[Membership]]] = {}
        self._at_hand: dict[UUID, Person] = {}
        self._decisions: asyncio.Task[Decisions] | None = None
        self._school = school
        self._me = me

    async def decisions(self) -> Decisions:
        """Return what holds in the school, asked once however many ask."""
        self._decisions = self._decisions or asyncio.ensure_future(self._school.settings.read())
        return await asyncio.shield(self._decisions)

    async def person(self, person_id: UUID) -> Person:
        """Return somebody who is known to be there: an author, a host, whoever asks."""
        person = self._at_hand.get(person_id) or await self.people.load(person_id)
        if person is None:
            raise NotFound("This person is no longer here.")
        return person

    def person_in_list(self, person_id: UUID) -> Person | Awaitable[Person]:
        """Return somebody of a list that was loaded whole at once; a promise for each would cost more than they do."""
        return self._at_hand.get(person_id) or self.person(person_id)

    async def _participants(self, room_ids: list[UUID]) -> dict[UUID, list[Person]]:
        """Return the people of rooms, all loaded together."""
        in_rooms = await self._school.rooms.participants(self._me, room_ids)
        people = await self._school.people.load({one for ids in in_rooms.values() for one in ids})
        return {room_id: [people[one] for one in ids if one in people] for room_id, ids in in_rooms.items()}

    def members(self, first: int, after: str | None) -> DataLoader[UUID, Page[Membership]]:
        """Return the loader of rooms' people, at this place of each list."""
        loader = self._members.get((first, after))
        if loader is None:
            loader = self._members[first, after] = gathering(partial(self._members_of, first, after), Page())
        return loader

    async def _members_of(self, first: int, after: str | None, room_ids: list[UUID]) -> dict[UUID, Page[Membership]]:
        in_rooms = await self._school.rooms.members(self._me, room_ids, first, after)
        ids = {member.person_id for page in in_rooms.values() for member in page.nodes}
        self._at_hand |= await self._school.people.load(ids - self._at_hand.keys())
        return in_rooms

    def enrolled(
        self, search: str | None, role: CourseRole | None, first: int, after: str | None
    ) -> DataLoader[UUID, Page[Enrolment]]:
        """Return the loader of courses' people, at this place of each list."""
        asked = (search, role, first, after)
        loader = self._enrolled.get(asked)
        if loader is None:
            loader = self._enrolled[asked] = gathering(partial(self._enrolled_in, asked), Page())
        return loader

    async def _enrolled_in(
        self, asked: tuple[str | None, CourseRole | None, int, str | None], course_ids: list[UUID]
    ) -> dict[UUID, Page[Enrolment]]:
        in_courses = await self._school.courses.people(self._me, course_ids, *asked)
        ids = {enrolment.person_id for page in in_courses.values() for enrolment in page.nodes}
        self._at_hand |= await self._school.people.load(ids - self._at_hand.keys())
        return in_courses

    def forget(self) -> None:
        """Forget what was loaded: something was written."""
        self.__init__(self._school, self._me)  # type: ignore[misc]
