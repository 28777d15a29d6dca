"""Rosters: whole classes come in by a table, as the preview said, or not at all."""

from __future__ import annotations

import csv
import gc
import io
import time

import asyncpg
import pytest

from edusphere.contract.events import CourseJoined
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.realtime.directives import Renew
from edusphere.school import School
from edusphere.school.enrolments import Enrolments
from edusphere.school.me import Me
from edusphere.school.models import Course, CourseRole
from edusphere.school.roster_file import MOST_LINES
from edusphere.school.rosters import Roster, Rosters
from edusphere.school.sessions import Device
from edusphere.school.standing import ENROL, settle
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import Cast
from tests.turns import HELD_AT_MOST, SLACK, held

HEAD = "email,name,username,role,course,course_role,section"
CLASS = """\
email,name,section
BEN@school.example,Ben Kalniņš,Lab A
nora@school.example,Nora Ābele,lab a
oto@school.example,Oto Šmits,
"""


@pytest.fixture
def rosters(school: School) -> Rosters:
    return school.rosters


def file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


async def imported(
    rosters: Rosters, me: Me, text: str, course: Course | None = None, withdraw_missing: bool = False
) -> Roster:
    course_id = course.id if course is not None else None
    seen = await rosters.look(me, file(text), course_id)
    return await rosters.apply(
        me, file(text), course_id, fingerprint=seen.plan.fingerprint, withdraw_missing=withdraw_missing
    )


async def in_course(database: Database, course: Course) -> dict[str, tuple[str, str | None]]:
    rows = await database.rows(
        """
        SELECT username, enrolments.role, sections.name FROM enrolments JOIN people ON people.id = person_id
        LEFT JOIN sections ON sections.id = section_id WHERE enrolments.course_id = $1 AND username <> 'anna'
        """,
        course.id,
    )
    return {row["username"]: (row["role"], row["name"]) for row in rows}


async def problems(rosters: Rosters, me: Me, text: str, course: Course | None = None) -> dict[int, str]:
    seen = await rosters.look(me, file(text), course.id if course is not None else None)
    return {problem.line: problem.what for problem in seen.plan.problems}


async def test_an_administrator_imports_a_class(
    rosters: Rosters, school: School, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    seen = await rosters.look(cast.olga, file(CLASS), genetics.id)
    assert [one.username for one in seen.plan.newcomers] == ["nora", "oto"]
    assert [one.email for one in seen.plan.placed] == [f"{name}@school.example" for name in ("ben", "nora", "oto")]
    assert await in_course(database, genetics) == {}
    await imported(rosters, cast.olga, CLASS, genetics)
    assert await in_course(database, genetics) == {
        "ben": ("STUDENT", "Lab A"),
        "nora": ("STUDENT", "Lab A"),
        "oto": ("STUDENT", None),
    }
    assert CourseJoined(course_id=genetics.id) in news.to(cast.ben.id)
    rooms = await database.rows("SELECT FROM memberships JOIN people ON people.id = person_id WHERE username = 'oto'")
    assert len(rooms) == 2
    entry = await database.one("SELECT act, actor, details FROM audit_entries ORDER BY number DESC LIMIT 1")
    assert (entry["act"], entry["actor"]) == ("roster.imported", "olga")
    assert (await school.audit.verify()).broken_at is None


async def test_the_same_again_changes_nothing(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database
) -> None:
    await imported(rosters, cast.olga, CLASS, genetics)
    before = await database.rows("SELECT * FROM people ORDER BY id")
    seen = await rosters.look(cast.olga, file(CLASS), genetics.id)
    plan = seen.plan
    assert (plan.newcomers, plan.renamed, plan.placed, plan.leaving, plan.unchanged) == ([], [], [], [], 3)
    await imported(rosters, cast.olga, CLASS, genetics)
    assert await database.rows("SELECT * FROM people ORDER BY id") == before


async def test_what_changed_in_the_file_changes_in_the_school(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    await imported(rosters, cast.olga, CLASS, genetics)
    later = CLASS.replace("Nora Ābele,lab a", "Nora Liepa,Lab B").replace("oto@school.example,Oto Šmits,\n", "")
    seen = await rosters.look(cast.olga, file(later), genetics.id)
    assert [(one.before, one.name) for one in seen.plan.renamed] == [("Nora Ābele", "Nora Liepa")]
    assert [one.email for one in seen.plan.leaving] == ["oto@school.example"]
    news.forget()
    await imported(rosters, cast.olga, later, genetics)
    assert Renew(seen.plan.renamed[0].person_id) in news.directives()
    assert await in_course(database, genetics) == {
        "ben": ("STUDENT", "Lab A"),
        "nora": ("STUDENT", "Lab B"),
        "oto": ("STUDENT", None),
    }
    await imported(rosters, cast.olga, later, genetics, withdraw_missing=True)
    assert set(await in_course(database, genetics)) == {"ben", "nora"}


async def test_a_roster_of_the_whole_school_names_its_courses(
    rosters: Rosters, school: School, cast: Cast, genetics: Course, database: Database
) -> None:
    ecology = await school.courses.open(cast.anna, "ECO-7B", "Ecology")
    text = f"""{HEAD}
ben@school.example,,,,bio-7b,,
ben@school.example,,,,ECO-7B,assistant,
kai@school.example,Kai Teacher,kai,teacher,{ecology.slug},instructor,
"""
    await imported(rosters, cast.olga, text)
    assert await in_course(database, genetics) == {"ben": ("STUDENT", None)}
    assert await in_course(database, ecology) == {"ben": ("ASSISTANT", None), "kai": ("INSTRUCTOR", None)}
    assert (await database.one("SELECT role FROM people WHERE username = 'kai'"))["role"] == "TEACHER"


async def test_somebody_may_come_into_the_school_and_into_no_course(
    rosters: Rosters, cast: Cast, database: Database
) -> None:
    await imported(rosters, cast.olga, "email,name,role\nkai@school.example,Kai,teacher\n")
    assert (await database.one("SELECT role FROM people WHERE username = 'kai'"))["role"] == "TEACHER"


async def test_a_teacher_imports_those_who_have_accounts(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database
) -> None:
    said = await problems(rosters, cast.anna, CLASS, genetics)
    assert said.keys() == {3, 4}
    assert "has no account here" in said[3]
    await imported(rosters, cast.anna, "email,name\nben@school.example,Somebody Else\n", genetics)
    assert await in_course(database, genetics) == {"ben": ("STUDENT", None)}
    assert (await database.one("SELECT name FROM people WHERE username = 'ben'"))["name"] == "Ben Kalniņš"
    for me, error in ((cast.ben, Forbidden), (cast.zoe, NotFound)):
        with pytest.raises(error):
            await rosters.look(me, file(CLASS), genetics.id)
    with pytest.raises(Forbidden):
        await rosters.look(cast.anna, file(CLASS))


async def test_an_assistant_gives_nobody_more_than_they_have(
    rosters: Rosters, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id], CourseRole.ASSISTANT)
    text = (
        "email,course_role\nben@school.example,instructor\nanna@school.example,student\nmia@school.example,instructor\n"
    )
    assert (await problems(rosters, cast.mia, text, genetics)).keys() == {2, 3, 4}
    owner = await problems(rosters, cast.olga, "email,course_role\nanna@school.example,student\n", genetics)
    assert "owns the course" in owner[2]


async def test_every_problem_is_said_by_its_line_and_nothing_is_changed(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database
) -> None:
    text = f"""{HEAD}
,No Address,,,,,
not an address,X,,,,,
ben@school.example,,,,ART-1,,
ben@school.example,,,headmaster,,,
olga@school.example,,,teacher,,,
new@school.example,,,,,,
ben@school.example,,benny,,,,
=cmd|'/C calc'!A0@school.example,X,,,,,
admin@school.example,A,,admin,,,
short@school.example,Only
twice@school.example,T,,,,,
twice@school.example,T,,,,,
named@school.example,N,ben,,,,
long@school.example,{"x" * 10_000},,,,,
"""
    said = await problems(rosters, cast.olga, text, genetics)
    assert said.keys() == set(range(2, 16)) - {12}
    assert "formula" in said[9]
    assert "is in line 12 already" in said[13]
    seen = await rosters.look(cast.olga, file(text), genetics.id)
    with pytest.raises(Invalid):
        await rosters.apply(cast.olga, file(text), genetics.id, fingerprint=seen.plan.fingerprint)
    assert await in_course(database, genetics) == {}
    assert len(await database.rows("SELECT FROM people")) == 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-sig", "cp1252"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
async def test_it_is_read_as_it_was_saved(
    rosters: Rosters, cast: Cast, genetics: Course, encoding: str, comma: str
) -> None:
    text = f"Email{comma}Name{comma}Class\r\nnora@school.example{comma}Nora Müller-Šmite{comma}7b\r\n"
    data = text.encode("utf-16-le") if encoding == "utf-16-le-sig" else text.encode(encoding)
    mark = b"\xff\xfe" if encoding == "utf-16-le-sig" else b""
    seen = await rosters.look(cast.olga, io.BytesIO(mark + data), genetics.id)
    assert [one.name for one in seen.plan.newcomers] == ["Nora Müller-Šmite"]
    assert seen.ignored == ("Class",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"name\nBen\n",
        b"email,email\na,b\n",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"email\n",
        b"PK\x03\x04" + b"\0" * 99,
    ],
    ids=["nothing", "a line", "no address", "a column twice", "a picture", "nobody", "a spreadsheet"],
)
async def test_what_is_no_roster_is_refused(rosters: Rosters, cast: Cast, data: bytes) -> None:
    with pytest.raises(Invalid) as wrong:
        await rosters.look(cast.olga, io.BytesIO(data))
    assert wrong.value.errors.keys() == {"file"}


async def test_half_a_file_is_noticed(rosters: Rosters, cast: Cast, genetics: Course) -> None:
    said = await problems(rosters, cast.olga, 'email,name\nnora@school.example,Nora\noto@school.example,"Ot', genetics)
    assert "breaks off" in said[max(said)]


async def test_a_hundred_thousand_lines_are_too_many_and_told_soon(rosters: Rosters, cast: Cast) -> None:
    text = "email,name\n" + "".join(f"p{number}@school.example,P\n" for number in range(100_000))
    began = time.monotonic()
    with pytest.raises(Invalid, match=f"{MOST_LINES:,}"):
        await rosters.look(cast.olga, file(text))
    assert time.monotonic() - began < 30


async def test_five_thousand_come_in_seconds_and_hold_nobody_up(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database
) -> None:
    text = "email,name,section\n" + "".join(f"p{n}@school.example,Pupil {n},Lab {n % 9}\n" for n in range(5_000))
    gc.freeze()  # what other tests left behind is not looked through meanwhile
    try:
        _, longest = await held(lambda: imported(rosters, cast.olga, text, genetics))
    finally:
        gc.unfreeze()
    print(f"\nA roster of 5,000 kept the loop's thread busy for {1_000 * longest:.0f} ms at most")  # noqa: T201
    assert longest < SLACK * HELD_AT_MOST
    assert len(await in_course(database, genetics)) == 5_000


async def test_newcomers_are_not_looked_for_one_by_one_where_postgres_expects_nobody(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database, address: Address
) -> None:
    """When Postgres counts its tables between a roster's statements, it does not see yet how many are coming; it once
    read all memberships for each of them, for more seconds than the school waits."""
    await imported(rosters, cast.olga, "email,name\n" + "".join(f"p{n}@school.example,Pupil {n}\n" for n in range(500)))
    pupils = [row["id"] for row in await database.rows("SELECT id FROM people WHERE username ~ '^p[0-9]+$'")]
    elsewhere = await asyncpg.connect(**address.credentials)
    try:
        async with database.transaction() as transaction:
            await transaction.rows(ENROL, genetics.id, pupils, CourseRole.STUDENT.value, None)
            await elsewhere.execute("ANALYZE enrolments; ANALYZE memberships")
            settled = await settle(transaction, genetics.id, enrolled=pupils)
            read = await transaction.rows(
                "SELECT FROM pg_stat_xact_user_tables WHERE relname ~ 'enrolments|memberships' AND seq_scan > 20"
            )
    finally:
        await elsewhere.close()
    assert len(settled.come) == 2 * len(pupils)
    assert read == []


async def test_the_first_roster_of_a_small_school_does_not_read_everybody_for_each_newcomer(
    cast: Cast, genetics: Course, address: Address, realtime: Realtime, settings: Settings
) -> None:
    """Postgres looks up whom a new row names by reading everybody, where they are a handful, and would stay with it."""
    database = await Database.open(address, connections=1)
    elsewhere = await asyncpg.connect(**address.credentials)
    try:
        await elsewhere.execute("VACUUM FULL ANALYZE people")
        for _ in range(8):  # until Postgres keeps its plan
            async with database.transaction() as transaction:
                await transaction.rows(ENROL, genetics.id, [cast.ben.id], CourseRole.STUDENT.value, None)
                await settle(transaction, genetics.id, enrolled=[cast.ben.id])
                await transaction.execute("DELETE FROM enrolments WHERE person_id = $1", cast.ben.id)
                await settle(transaction, genetics.id, withdrawn=[cast.ben.id])
        before = await _times_read(database)
        text = "email,name\n" + "".join(f"p{n}@school.example,Pupil {n}\n" for n in range(500))
        await imported(School(database, realtime, settings, KEYS).rosters, cast.olga, text, genetics)
        assert await _times_read(database) - before < 100
    finally:
        await elsewhere.close()
        await database.close()


async def _times_read(database: Database) -> int:
    """Return how often this server's table of people was read from end to end."""
    await database.rows("SELECT pg_stat_force_next_flush()")
    row = await database.one("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'people'")
    times: int = row["seq_scan"]
    return times


async def test_what_changed_since_the_preview_is_looked_at_again(
    rosters: Rosters, enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    seen = await rosters.look(cast.olga, file(CLASS), genetics.id)
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id], CourseRole.ASSISTANT)
    with pytest.raises(Conflict):
        await rosters.apply(cast.olga, file(CLASS), genetics.id, fingerprint=seen.plan.fingerprint)
    assert await in_course(database, genetics) == {"ben": ("ASSISTANT", None)}


async def test_the_result_can_be_opened_in_a_spreadsheet(
    rosters: Rosters, cast: Cast, genetics: Course, database: Database
) -> None:
    await database.rows("UPDATE courses SET code = '=1+1' WHERE id = $1", genetics.id)
    done = await imported(rosters, cast.olga, CLASS, genetics)
    rows = list(csv.reader(io.StringIO(done.table)))
    assert rows[0] == ["line", "email", "what"]
    assert ["3", "nora@school.example", "new: nora, student"] in rows
    assert ["4", "oto@school.example", "'=1+1: student"] in rows


async def test_those_who_were_imported_cannot_sign_in_until_they_have_a_password(
    rosters: Rosters, school: School, cast: Cast, genetics: Course
) -> None:
    await imported(rosters, cast.olga, CLASS, genetics)
    for password in ("", "x", "!"):
        with pytest.raises(Invalid):
            await school.sessions.sign_in("nora@school.example", password, Device("", ""))
