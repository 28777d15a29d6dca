"""The school in which everything is tried, put back as it was after each change."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from graphlib import TopologicalSorter
from pathlib import Path
from string import Template
from uuid import UUID

from quart import Quart

from edusphere.database import Database
from edusphere.realtime.broker.memory import MemoryBroker
from edusphere.school.keys import digest
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import CourseRole, MaterialKind, Role, TokenScope
from edusphere.school.models.ids import new_id
from edusphere.school.sessions import Device
from edusphere.school.telling import all_told
from edusphere.school.topics import topic_named
from edusphere.web.parts import Parts
from edusphere.web.tokens import AccessTokens
from tests.conftest import KEYS
from tests.letters import token_in_the_last_mail_to
from tests.people import PASSWORD, PASSWORD_HASH, Cast, move_in
from tests.samples import PDF, arriving, drawn
from tests.security.access.askers import Asker

VOLATILE = {"api_tokens": "used", "sessions": "seen"}
"""When somebody was last here is written whatever they ask."""
TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%migration%'"
REFERENCES = """
    SELECT DISTINCT conrelid::regclass::text AS child, confrelid::regclass::text AS parent
    FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
"""
NEWCOMERS = {
    "ivo": Role.TEACHER,
    "max": Role.STUDENT,
    "nils": Role.STUDENT,
    "uma": Role.TEACHER,
    "lea": Role.STUDENT,
    "tom": Role.STUDENT,
}
"""Another teacher; who moderates Anna's rooms and assists in her course; whose account was disabled; who teaches with
Anna; who learns with Ben; whom Max knows, and who takes part in nothing."""


class Overheard(MemoryBroker):
    """Carries what is told, and notes it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, bytes]] = []

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None:
        self.told.append((topic, payload))
        await super().publish(topic, payload, number)


@dataclass
class Place:
    app: Quart
    database: Database
    broker: Overheard
    media: Path
    askers: list[Asker] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """What `$…` in a text of doors.py stands for."""
    _rows: dict[str, str] = field(default_factory=dict)
    """Of each table, those that others point to first."""
    _fingerprints: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.extensions["edusphere"]
        return parts

    def filled(self, text: str, asker: Asker) -> str:
        return Template(text).substitute(self.names | asker.own)

    # -- as it was

    async def remember(self) -> None:
        """Note how everything is now, once it is quiet: what goes on by itself may not be done."""
        await all_told()
        parents: dict[str, set[str]] = {row["name"]: set() for row in await self.database.rows(TABLES)}
        for row in await self.database.rows(REFERENCES):
            parents[row["child"]].add(row["parent"])
        self._rows = dict.fromkeys(TopologicalSorter(parents).static_order(), "")
        while (now := await self._look()) != self._fingerprints:
            self._fingerprints = now
            for name in self._rows:
                content = await self.database.one(
                    f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text AS rows FROM {name} t"  # noqa: S608
                )
                self._rows[name] = content["rows"]
        shutil.copytree(self.media, self._kept)

    async def changed(self) -> list[str]:
        """Return the tables in which anything is not as it was."""
        await all_told()
        now = await self._look()
        return [name for name, fingerprint in self._fingerprints.items() if now[name] != fingerprint]

    async def put_back(self) -> None:
        """Make everything as it was, if it is not."""
        if await self.changed():
            async with self.database.transaction() as transaction:
                await transaction.execute("ALTER TABLE audit_entries DISABLE TRIGGER USER")
                for name in reversed(self._rows):
                    await transaction.execute(f"DELETE FROM {name}")  # noqa: S608
                for name, rows in self._rows.items():
                    restored = f"INSERT INTO {name} SELECT * FROM jsonb_populate_recordset(NULL::{name}, $1::jsonb)"  # noqa: S608
                    await transaction.execute(restored, rows)
                await transaction.execute("ALTER TABLE audit_entries ENABLE TRIGGER USER")
            shutil.copytree(self._kept, self.media, dirs_exist_ok=True)
        self.broker.told.clear()

    async def _look(self) -> dict[str, str]:
        """Return a fingerprint of every table's rows."""
        parts = [
            f"SELECT '{name}' AS name, md5(coalesce(string_agg(said, ',' ORDER BY said), '')) AS fingerprint "  # noqa: S608
            f"FROM (SELECT (to_jsonb(t) - '{VOLATILE.get(name, '')}')::text AS said FROM {name} t) AS a_row"
            for name in self._rows
        ]
        return {row["name"]: row["fingerprint"] for row in await self.database.rows(" UNION ALL ".join(parts))}

    @property
    def _kept(self) -> Path:
        return self.media.with_name("media as it was")


async def settle(place: Place) -> None:
    """Have everybody move in, say a few things, and be known at the doors."""
    school = place.parts.school
    cast = await move_in(place.database)
    newcomers = {name: await _come(place.database, name, role) for name, role in NEWCOMERS.items()}
    max_, nils = newcomers["max"], newcomers["nils"]
    open_ = await school.rooms.create(cast.anna, "Biology", "Science", "")
    private = await school.rooms.create(cast.anna, "Chess", "Secrets", "")
    for room in (open_, private):
        for me in (cast.ben, cast.mia, max_):
            await school.rooms.join(me, room.id)
        await school.rooms.leave(cast.mia, room.id)
        await place.database.rows(
            "UPDATE memberships SET role = 'MODERATOR' WHERE room_id = $1 AND person_id = $2", room.id, max_.id
        )
    await place.database.rows("UPDATE rooms SET kind = 'PRIVATE' WHERE id = $1", private.id)

    async def say(me: Me, room_id: UUID, *files: UUID) -> str:
        return str((await school.messages.post(me, room_id, Draft(new_id(), "Hello", files))).message_id)

    async def sent(name: str, data: bytes) -> UUID:
        return (await school.files.keep(cast.ben, name, arriving(data))).id

    files = {name: await sent("a.pdf", PDF) for name in ("file", "private_file", "waiting_file", "removed_file")}
    files["picture"] = await sent("a.png", drawn())
    removed = await say(cast.ben, open_.id, files["removed_file"])
    await school.messages.remove(cast.ben, UUID(removed))
    tidied = await say(cast.ben, open_.id)
    await school.messages.remove(cast.anna, UUID(tidied))
    async with place.database.transaction() as transaction:
        empty_topic = await topic_named(transaction, "Nothing yet")
    (place.media / "avatars").mkdir(exist_ok=True)
    (place.media / "avatars" / "anna.webp").write_bytes(b"picture")
    place.names = {
        "room": str(open_.id),
        "private": str(private.id),
        "message": await say(cast.ben, open_.id, files["file"], files["picture"]),
        "private_message": await say(cast.ben, private.id, files["private_file"]),
        "max_message": await say(max_, private.id),
        "max_open_message": await say(max_, open_.id),
        "tidied_message": tidied,
        "topic": str(open_.topic_id),
        "private_topic": str(private.topic_id),
        "empty_topic": str(empty_topic),
        "password": PASSWORD,
        **{name: str(file_id) for name, file_id in files.items()},
        **{username: str(me.id) for username, me in newcomers.items()},
        "gita": str(cast.gita.id),
        "ben": str(cast.ben.id),
        **await _links(place),
        **await _teach(place, cast, newcomers),
    }
    reported = await school.reports.message(cast.ben, UUID(place.names["message"]), "This hurts.")
    place.names["report"] = str(reported)
    await _let_in(place, cast, newcomers)
    await place.database.rows("UPDATE people SET disabled = now() WHERE id = $1", nils.id)
    await place.remember()


async def _teach(place: Place, cast: Cast, newcomers: dict[str, Me]) -> dict[str, str]:
    """Have Anna teach: a course that goes on, one that is prepared and one that is over; return what is in them."""
    school = place.parts.school
    past = await school.terms.open(cast.olga, "Last year", date(2025, 9, 1), date(2026, 8, 31))
    rolled = await school.terms.roll_over(cast.olga, past.id, "This year", date(2026, 9, 1), date(2027, 8, 31))
    await school.guardians.name(cast.olga, cast.gita.id, cast.ben.id)
    courses = {}
    for code, name in (("BIO-7B", "course"), ("ECO-7B", "draft"), ("ZOO-7B", "over")):
        course = await school.courses.open(cast.anna, code, f"{code} of Anna", term_id=rolled.term.id)
        courses[name] = course
        for me, role in (
            (newcomers["uma"], CourseRole.INSTRUCTOR),
            (newcomers["max"], CourseRole.ASSISTANT),
            (cast.ben, CourseRole.STUDENT),
            (newcomers["lea"], CourseRole.STUDENT),
            (cast.mia, CourseRole.STUDENT),
        ):
            await school.enrolments.enrol(cast.anna, course.id, [me.id], role)
        await school.enrolments.withdraw(cast.anna, course.id, cast.mia.id)
        if name != "draft":
            await school.courses.publish(cast.anna, course.id)
    await school.courses.archive(cast.anna, courses["over"].id)
    unit = await school.materials.add_unit(cast.anna, courses["course"].id, "Peas")
    page = await school.materials.add(cast.anna, unit.id, MaterialKind.PAGE, "Mendel", "He counted.")
    file = await school.files.keep(cast.anna, "peas.pdf", arriving(PDF))
    await school.materials.add(cast.anna, unit.id, MaterialKind.FILE, "Tables", file_id=file.id)
    await school.materials.visit(cast.anna, courses["course"].id)
    section = await school.course_rooms.add_section(cast.anna, courses["course"].id, "Lab")
    join_code = await school.join_codes.make(cast.anna, courses["course"].id)
    await school.join_requests.ask(newcomers["tom"], courses["course"].slug)
    (request,) = await school.join_requests.open(cast.anna, courses["course"].id)
    sent = await school.course_invitations.invite(cast.anna, courses["course"].id, "zoe@school.example")
    invite = await token_in_the_last_mail_to(school, place.database, "zoe@school.example")
    direct = await school.direct.open(cast.anna, [cast.ben.id])
    club = await school.rooms.create(newcomers["max"], "Club", "Leisure", "")
    await school.rooms.join(newcomers["tom"], club.id)
    rooms = await place.database.rows("SELECT name, id FROM rooms WHERE course_id = $1", courses["course"].id)
    return {
        **{name: str(course.id) for name, course in courses.items()},
        **{f"{row['name'].lower()}_room": str(row["id"]) for row in rooms},
        "direct_room": str(direct.id),
        "section": str(section.id),
        "unit": str(unit.id),
        "material": str(page.id),
        "material_file": str(file.id),
        "code": join_code.code,
        "request": str(request.id),
        "invitation": str(sent.invitations[0].id),
        "invite_to_course": invite,
        "code_id": str(join_code.id),
        "term": str(rolled.term.id),
        "past_term": str(past.id),
    }


async def _come(database: Database, username: str, role: Role) -> Me:
    me = Me(new_id(), username, username.title(), "", role, None)
    await database.rows(
        """
        INSERT INTO people (id, username, email, name, role, password, bio, avatar, created)
        VALUES ($1, $2::text, $2::text || '@school.example', $3, $4, $5, '', '', now())
        """,
        me.id,
        me.username,
        me.name,
        role.value,
        PASSWORD_HASH,
    )
    return me


async def _links(place: Place) -> dict[str, str]:
    """Return the tokens of one-time links that are good, and have a mail kept."""
    school = place.parts.school
    school.credentials.request_reset("ben@school.example", "127.0.0.1")
    reset = await school.credentials.reset_link("zoe")
    invited = await school.invitations.make("new@school.example", Role.STUDENT)
    link_id = new_id()
    verify = next(KEYS.derive("verify", str(link_id)))
    await place.database.rows(
        """
        INSERT INTO pending_registrations (id, username, name, email, password, digest, created, expires)
        VALUES ($1, 'waiting', 'Waiting', 'waiting@school.example', $2, $3, now(), now() + interval '1 day')
        """,
        link_id,
        PASSWORD_HASH,
        digest(verify),
    )
    return {"reset": reset.rpartition("/")[2], "invite": invited.link.rpartition("/")[2], "verify": verify}


async def _signed_in(place: Place, username: str) -> Me:
    signed = await place.parts.school.sessions.sign_in(f"{username}@school.example", PASSWORD, Device("", ""))
    return signed.me


async def _let_in(place: Place, cast: Cast, newcomers: dict[str, Me]) -> None:
    parts, school = place.parts, place.parts.school
    people = {
        "pupil": cast.zoe,
        "removed": cast.mia,
        "guardian": cast.gita,
        "teacher": newcomers["ivo"],
        "admin": cast.olga,
        "member": cast.ben,
        "moderator": newcomers["max"],
        "host": cast.anna,
        "disabled": newcomers["nils"],
    }

    async def bearer(me: Me, scope: TokenScope = TokenScope.WRITE) -> tuple[str, str]:
        token, secret = await school.api_tokens.make(me.id, "a program", scope, days=1)
        return str(token.id), secret

    async def own(me: Me) -> dict[str, str]:
        return {
            "own_token": (await bearer(me))[0],
            "own_session": str((await _signed_in(place, me.username)).session_id),
        }

    owned = {column: await own(me) for column, me in people.items()}
    place.names |= owned["host"] | {"anna_session": owned["host"]["own_session"]}
    place.names["anna_token"] = owned["host"]["own_token"]

    async def browser(
        what: str, column: str, me: Me, tokens: AccessTokens = parts.tokens, refresh: bool = True
    ) -> Asker:
        signed = await school.sessions.sign_in(f"{me.username}@school.example", PASSWORD, Device("", ""))
        cookies = {
            "JWT": tokens.make(me.id, signed.session_id)[0],
            "csrftoken": parts.csrf.issue(signed.session_id),
        }
        if refresh:
            cookies["JWT-refresh-token"] = signed.refresh_token
        return Asker(what, column, cookies, own=owned.get(column, {}))

    for column in ("pupil", "removed", "guardian", "teacher", "admin", "member", "moderator", "host"):
        place.askers.append(await browser(column, column, people[column]))
    for whose, scope, column in (
        ("host", TokenScope.READ, "host’s reader"),
        ("host", TokenScope.WRITE, "host’s program"),
        ("admin", TokenScope.WRITE, "admin’s program"),
    ):
        _, secret = await bearer(people[whose], scope)
        place.askers.append(Asker(column, column, bearer=secret, own=owned[whose]))

    expired = AccessTokens(KEYS, parts.settings.public_url, -60)
    ended = await browser("somebody whose session was ended", "nobody", cast.ben)
    expired_token_id, expired_secret = await bearer(cast.ben)
    await place.database.rows(
        "UPDATE api_tokens SET expires = now() - $2::interval WHERE id = $1", UUID(expired_token_id), timedelta(hours=1)
    )
    session = parts.tokens.read(ended.cookies["JWT"])
    assert session is not None
    await school.sessions.end(Me(cast.ben.id, "ben", "", "", Role.STUDENT, session.session_id))
    place.askers += [
        Asker("a stranger", "nobody", cookies={"csrftoken": parts.csrf.issue(None)}),
        await browser("somebody whose access token has expired", "nobody", cast.ben, expired, refresh=False),
        ended,
        await browser("somebody whose account was disabled", "nobody", people["disabled"]),
        Asker("a program whose person was disabled", "nobody", bearer=(await bearer(people["disabled"]))[1]),
        Asker("a program whose token has expired", "nobody", bearer=expired_secret),
        Asker("a program with a made-up token", "nobody", bearer="made-up"),
    ]
