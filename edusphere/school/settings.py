"""What the school has decided while running; what it has not, its server's settings say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from edusphere.database import Database
from edusphere.school import policy, words
from edusphere.school.audit import NOBODY, record
from edusphere.school.me import Me, in_person
from edusphere.school.models import SchoolSetting
from edusphere.school.telling import to_the_end
from edusphere.settings import Settings

NAME, REGISTRATION, ROOM_MAKERS = "name", "registration", "room_makers"
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


@dataclass(frozen=True, slots=True)
class Decisions:
    name: str
    registration: RegistrationMode
    room_makers: RoomMakers


class SchoolSettings:
    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def read(self) -> Decisions:
        """Return what holds now."""
        decided: dict[str, Any] = {row.name: row.value for row in await self._database.query(SchoolSetting)}
        return Decisions(
            name=decided.get(NAME, FIRST_NAME),
            registration=RegistrationMode(decided.get(REGISTRATION, self._settings.registration.upper())),
            room_makers=RoomMakers(decided.get(ROOM_MAKERS, self._settings.room_makers.upper())),
        )

    async def decide(
        self,
        me: Me | None,
        name: str | None = None,
        registration: RegistrationMode | None = None,
        room_makers: RoomMakers | None = None,
    ) -> Decisions:
        """Decide anew, for everybody and at once; what is None stays.

        Raises:
            Forbidden
            Invalid: no name, or too long a one.
        """
        me = in_person(me)
        policy.require(policy.may_decide_for_the_school(me), "Only administrators decide this.")
        new: dict[str, str | None] = {
            NAME: None if name is None else words.check("name", school_name, name),
            REGISTRATION: registration and registration.value,
            ROOM_MAKERS: room_makers and room_makers.value,
        }
        return await to_the_end(self._decide(me, {key: value for key, value in new.items() if value is not None}))

    async def _decide(self, me: Me, new: dict[str, str]) -> Decisions:
        async with self._database.transaction() as transaction:
            for key, value in new.items():
                await transaction.execute(KEEP, key, json.dumps(value))
            if new:
                await record(transaction, me, "school.decided", NOBODY, **new)
        return await self.read()


KEEP = """
    INSERT INTO school_settings (name, value, updated) VALUES ($1, $2::jsonb, now())
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()
"""


def school_name(value: str) -> str:
    """Read a school's name."""
    return words.line(value, 200)
