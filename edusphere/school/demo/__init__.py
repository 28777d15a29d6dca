"""The demo school: people, rooms and eight weeks of talk, and courses, for trying EduSphere out.

What is said is written in `content/`; here it is played (`play.py`), numbered (`tables.py`) and put into the
database; courses are opened on top of it (`courses.py`). The same moment gives the same school.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from edusphere.database import Database
from edusphere.errors import Conflict
from edusphere.school.demo.courses import open_courses
from edusphere.school.demo.tables import make_tables

PASSWORD = "come-in-and-look"  # noqa: S105 - public on purpose, printed for everybody who tries the demo
SHOWN = ("berzina", "kalnins", "lindqvist", "emma", "davids", "kaleja")
"""Whose logins are told: the administrator, two teachers, two pupils, the guardian of one. All have one password."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    name: str
    role: str
    username: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoLogins:
    """How to get in. `str()` is the text to print, once."""

    people: tuple[DemoLogin, ...]
    password: str

    def __str__(self) -> str:
        lines = [f"  {person.email:<34}{person.name} ({person.role.lower()})" for person in self.people]
        return "\n".join(
            [
                "The demo school is ready. Sign in as one of its people:",
                *lines,
                f"with the password  {self.password}",
                "These logins are public and only for trying out: never keep real people's data in this school.",
            ]
        )


async def fill(database: Database, *, now: datetime, hash_password: Callable[[str], Awaitable[str]]) -> DemoLogins:
    """Fill an empty school, all of it or nothing, and return how to sign in.

    `now` has the school's time zone: its talk ends there, and its days are counted in it.

    Raises:
        Conflict: somebody is in this school already; real and demo people are never mixed.
    """
    password = await hash_password(PASSWORD)
    async with database.transaction() as transaction:
        # Until the end nobody can register in between.
        await transaction.execute("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE")
        if await transaction.row("SELECT 1 FROM people LIMIT 1"):
            raise Conflict(
                "This school already has people, so it was not filled with the demo's. "
                "To try the demo, use an empty data folder (EDUSPHERE_DATA)."
            )
        tables = make_tables(now, password)
        for table, rows in tables.items():
            await transaction.copy(table, rows)
        await open_courses(database, transaction, now, password)
        people = await transaction.rows("SELECT * FROM people WHERE username = ANY($1)", SHOWN)
    shown = {row["username"]: row for row in people}
    return DemoLogins(
        tuple(
            DemoLogin(row["name"], row["role"], row["username"], row["email"])
            for row in (shown[username] for username in SHOWN)
        ),
        PASSWORD,
    )
