"""What the school has decided while running; what it has not, its server's settings say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from edusphere.database import Database
from edusphere.school import words
from edusphere.school.models import SchoolSetting
from edusphere.settings import Settings

NAME, REGISTRATION = "name", "registration"
FIRST_NAME = "EduSphere"


class RegistrationMode(StrEnum):
    """Who may make an account."""

    OPEN = "OPEN"
    INVITED = "INVITED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Decisions:
    name: str
    registration: RegistrationMode
    room_makers: str
    """Who may make open rooms: `everyone` or `staff`."""


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
            room_makers=self._settings.room_makers,
        )


def school_name(value: str) -> str:
    """Read a school's name."""
    return words.line(value, 200)
