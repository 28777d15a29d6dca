"""The cast: the people of a small school, always the same, so that a test reads like a story."""

from __future__ import annotations

from dataclasses import dataclass

from edusphere.database import Database
from edusphere.school.me import Me
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id

PASSWORD = "correct horse battery"
# Of PASSWORD, made with such weak parameters that a test need not wait for it.
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$Gu7KwjuvR0513QHNf6H7GQ$VX5j0zDxt9gVstbEi8k3hckih62dU7qFoL7FmikmJc8"


@dataclass(frozen=True)
class Character:
    username: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        return f"{self.username}@school.example"


ANNA = Character("anna", "Anna Ozola", Role.TEACHER)
BEN = Character("ben", "Ben Kalniņš", Role.STUDENT)
MIA = Character("mia", "Mia Liepa", Role.STUDENT)
ZOE = Character("zoe", "Zoe Bērziņa", Role.STUDENT)
GITA = Character("gita", "Gita Kalniņa", Role.GUARDIAN)
OLGA = Character("olga", "Olga Vītola", Role.ADMIN)


@dataclass(frozen=True)
class Cast:
    anna: Me
    """Teaches biology."""
    ben: Me
    """A pupil."""
    mia: Me
    """Another pupil."""
    zoe: Me
    """A pupil who knows nobody yet."""
    gita: Me
    """Ben's grandmother."""
    olga: Me
    """Runs the server."""


async def move_in(database: Database) -> Cast:
    """Give everyone an account; their password is PASSWORD."""
    people = [
        Me(new_id(), character.username, character.name, "", character.role, None)
        for character in (ANNA, BEN, MIA, ZOE, GITA, OLGA)
    ]
    await database.rows(
        """
        INSERT INTO people (id, username, email, name, role, password, bio, avatar, created)
        SELECT id, username, username || '@school.example', name, role, $5, '', '', now()
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS cast_of (id, username, name, role)
        """,
        [me.id for me in people],
        [me.username for me in people],
        [me.name for me in people],
        [me.role.value for me in people],
        PASSWORD_HASH,
    )
    return Cast(*people)
