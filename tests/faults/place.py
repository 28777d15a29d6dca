"""The school in which things break: a Postgres, a Valkey, and processes that know each other only by these two."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from edusphere.app import realtime_of
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.database.migrate import migrate
from edusphere.realtime.broker.redis import RedisBroker
from edusphere.school import School
from edusphere.school.keys import Keys
from edusphere.school.ledger import Ledger
from edusphere.school.me import Me
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id
from edusphere.settings import Settings
from tests.faults.client import Person
from tests.faults.history import History, Row
from tests.faults.postgres import Postgres
from tests.faults.process import Process
from tests.people import PASSWORD_HASH
from tests.valkey import Valkey

KEYS = Keys(b"the faults' own key, of 32 bytes.")
ROOMS = ("hall", "library")
FAULT = re.compile(r"^.*edusphere\.web\.refusals: fault.*(?:\n(?!\d{4}-).*)*", re.MULTILINE)
"""A line of the log, and the traceback below it."""

CHANGES = """
    SELECT changes.room_id, changes.number, changes.kind, messages.id, messages.client_id,
           CASE WHEN removed IS NULL THEN body ELSE '' END AS body, removed IS NOT NULL AS removed,
           extract(epoch FROM changes.at)::float8 AS at
    FROM changes JOIN messages ON messages.id = changes.message_id ORDER BY changes.room_id, changes.number
"""


@dataclass
class Place:
    folder: Path
    postgres: Postgres
    address: Address
    valkey: Valkey
    database: Database
    """The test's own way to the tables."""
    school: School
    """The same school once more, in the test's own process: what the command line does to it, say."""
    processes: list[Process]
    settings: dict[str, str]
    history: History = field(default_factory=History)
    rooms: dict[str, UUID] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    async def newcomer(
        self, name: str, home: int = 0, rooms: Sequence[str] = ROOMS, history: History | None = None
    ) -> Person:
        """Give somebody an account, a place in these rooms and a token. They are not connected yet.

        Their `history` is the place's, if not one of their own.
        """
        me = await self.account(name, rooms)
        _, secret = await self.school.api_tokens.make(me.id, "faults")
        person = Person(
            me,
            {"Authorization": f"Bearer {secret}"},
            [self.rooms[room] for room in rooms],
            self.processes,
            home,
            history or self.history,
        )
        self.people.append(person)
        return person

    async def account(self, name: str, rooms: Sequence[str]) -> Me:
        """Give somebody an account and a place in these rooms; who comes first hosts them."""
        me = Me(new_id(), name, name, "", Role.STUDENT, None)
        await self.database.rows(
            """
            INSERT INTO people (id, username, email, name, role, password, bio, avatar, created)
            VALUES ($1, $2::text, $2::text || '@school.example', $2::text, 'STUDENT', $3, '', '', now())
            """,
            me.id,
            name,
            PASSWORD_HASH,
        )
        for room in rooms:
            if room not in self.rooms:
                self.rooms[room] = (await self.school.rooms.create(me, room, "General", "")).id
            await self.school.rooms.join(me, self.rooms[room])
        return me

    async def table(self) -> list[Row]:
        return [Row(*row) for row in await self.database.rows(CHANGES)]

    def faults(self) -> list[str]:
        """Return what the processes' logs call a fault of ours, each with all that was logged of it."""
        return [fault for process in self.processes for fault in FAULT.findall(process.words())]


@dataclass(frozen=True)
class Setting:
    """What a place is like."""

    processes: int = 2
    options: tuple[str, ...] = ()
    """Of `edusphere serve`."""
    settings: dict[str, str] = field(default_factory=dict)
    data: Path | None = None
    """Where Postgres keeps its own, if not in the place's folder."""


TWO_PROCESSES = Setting()
ONE_CREW = Setting(1, ("--workers", "2"))


@asynccontextmanager
async def opened(folder: Path, setting: Setting = TWO_PROCESSES, mutant: str = "") -> AsyncIterator[Place]:
    """Run a school on an empty `folder`; everything of it ends with the block."""
    folder.chmod(0o755)  # noqa: ASYNC240 (Postgres runs as an ordinary user where this runs as root)
    postgres, valkey = Postgres(setting.data or folder / "database"), Valkey()
    address = postgres.start()
    try:
        await valkey.start()
        await migrate(address)
        environment = {
            "DB_HOST": address.host,
            "DB_PORT": str(address.port),
            "DB_USER": address.user,
            "DB_NAME": address.database,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": KEYS.current.decode(),
            "EDUSPHERE_LIMITS": "off",
            "EDUSPHERE_SOCKETS_PER_PERSON": "100",
            **setting.settings,
        }
        crew = [Process(folder, number, environment, mutant, setting.options) for number in range(setting.processes)]
        database = await Database.open(address)
        own = Settings(data=folder, redis_url=valkey.url, _env_file=None)  # type: ignore[call-arg]
        realtime = realtime_of(own, RedisBroker(valkey.url), Ledger(database))
        await realtime.start()
        place = Place(
            folder, postgres, address, valkey, database, School(database, realtime, own, KEYS), crew, environment
        )
        try:
            await asyncio.gather(*(process.start() for process in crew))
            yield place
        finally:
            await asyncio.gather(*(person.leave() for person in place.people))
            await realtime.stop()
            await database.close()
            valkey.go_on()
            await asyncio.gather(*(process.kill() for process in place.processes))
    finally:
        valkey.go_on()
        valkey.kill()
        postgres.stop()
