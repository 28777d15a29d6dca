"""What the school has decided while running; what it has not, its server's settings say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from edusphere.contract.events import SchoolDecided
from edusphere.database import BY_THE_THOUSAND, Database
from edusphere.realtime import Realtime
from edusphere.school import policy, words
from edusphere.school.audit import NOBODY, record
from edusphere.school.me import Me, in_person
from edusphere.school.models import SchoolSetting
from edusphere.school.telling import to_the_end
from edusphere.settings import Settings

NAME, REGISTRATION = "name", "registration"
FIRST_NAME = "EduSphere"


class RegistrationMode(StrEnum):
    """Who may make an account."""

    OPEN = "OPEN"
    INVITED = "INVITED"
    CLOSED = "CLOSED"


class RoomMakers(StrEnum):
    """Who may make open rooms."""

    EVERYONE = "EVERYONE"
    STAFF = "STAFF"


class CourseOpeners(StrEnum):
    """Who may open courses, and copy them."""

    STAFF = "STAFF"
    ADMINS = "ADMINS"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What holds now."""

    name: str
    registration: RegistrationMode
    verify_email: bool
    """Whether whoever registers proves their e-mail address first."""
    room_makers: RoomMakers
    course_openers: CourseOpeners


class Answers(TypedDict, total=False):
    """What is decided anew; what is absent or None stays."""

    name: str | None
    registration: RegistrationMode | None
    verify_email: bool | None
    room_makers: RoomMakers | None
    course_openers: CourseOpeners | None


@dataclass(frozen=True, slots=True)
class Decision:
    """One of them."""

    read: Callable[[Any], object]
    """What was typed, or kept, as it holds."""
    first: Callable[[Settings], object]
    """What holds until the school decides."""
    gives_leave: bool = False
    """Whether it says what people may do, so that open pages ask anew."""


def school_name(value: str) -> str:
    """Read a school's name."""
    return words.line(value, 200)


DECISIONS = {
    NAME: Decision(school_name, lambda _: FIRST_NAME),
    REGISTRATION: Decision(RegistrationMode, lambda settings: settings.registration.upper()),
    "verify_email": Decision(bool, lambda settings: settings.verify_email),
    "room_makers": Decision(RoomMakers, lambda settings: settings.room_makers.upper(), gives_leave=True),
    "course_openers": Decision(CourseOpeners, lambda _: CourseOpeners.STAFF, gives_leave=True),
}


class SchoolSettings:
    def __init__(self, database: Database, realtime: Realtime, settings: Settings) -> None:
        self._database = database
        self._realtime = realtime
        self._settings = settings

    async def read(self) -> Decisions:
        """Return what holds now."""
        decided: dict[str, Any] = {row.name: row.value for row in await self._database.query(SchoolSetting)}
        holds: dict[str, Any] = {
            name: decision.read(decided.get(name, decision.first(self._settings)))
            for name, decision in DECISIONS.items()
        }
        return Decisions(**holds)

    async def decide(self, me: Me | None, **answers: Unpack[Answers]) -> Decisions:
        """Decide anew, for everybody and at once.

        Raises:
            Forbidden
            Invalid: no name, or too long a one.
        """
        me = in_person(me)
        policy.require(policy.may_decide_for_the_school(me), "Only administrators decide this.")
        new = {
            name: words.check(name, DECISIONS[name].read, answer)
            for name, answer in answers.items()
            if answer is not None
        }
        return await to_the_end(self._decide(me, new))

    async def _decide(self, me: Me, new: dict[str, object]) -> Decisions:
        before = await self.read()
        # What holds already is not decided by being sent along: until it is, the server's settings go on deciding it.
        new = {name: value for name, value in new.items() if value != getattr(before, name)}
        async with self._database.transaction(answer=BY_THE_THOUSAND) as transaction:
            for key, value in new.items():
                await transaction.execute(KEEP, key, json.dumps(value))
            if new:
                await record(transaction, me, "school.decided", NOBODY, **new)
        if any(DECISIONS[name].gives_leave for name in new):
            await self._realtime.announce_to_all(SchoolDecided())
        return await self.read()


KEEP = """
    INSERT INTO school_settings (name, value, updated) VALUES ($1, $2::jsonb, now())
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()
"""
