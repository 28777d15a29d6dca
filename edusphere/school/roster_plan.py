"""What a roster would change: compared with the school as it is, before anything is written.

The plan is made twice, for the preview and again inside the transaction that carries it out; its fingerprint tells
whether the school changed between.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from edusphere.database import Asking, Row
from edusphere.school import policy, words
from edusphere.school.course_lists import SEEN
from edusphere.school.me import Me
from edusphere.school.models import CourseRole, CourseState, Enrolment, Role
from edusphere.school.roster_file import Line, Problem, RosterFile

AT_ONCE = 200
NO_ACCOUNT = "has no account here. An administrator can import them, or they make an account and join by a code."


class Newcomer(NamedTuple):
    """An account to be made; the way in comes by mail or from an administrator."""

    line: int
    email: str
    name: str
    username: str
    role: Role


class Renamed(NamedTuple):
    line: int
    person_id: UUID
    email: str
    before: str
    name: str
    role_before: Role
    role: Role


class Placed(NamedTuple):
    """Somebody who comes into a course, or becomes something else in it."""

    line: int
    course_id: UUID
    email: str
    role: CourseRole
    section: str
    before: CourseRole | None
    """None for those who come."""


class Leaving(NamedTuple):
    """A student of a course whom the roster does not name."""

    course_id: UUID
    person_id: UUID
    email: str
    name: str


async def _one_by_one(lines: Iterable[Line]) -> AsyncIterator[Line]:
    """Return lines, and let others have their turn now and then: there may be twenty thousand."""
    for turn, line in enumerate(lines, 1):
        if turn % AT_ONCE == 0:
            await asyncio.sleep(0)
        yield line


@dataclass(slots=True)
class Plan:
    newcomers: list[Newcomer] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    leaving: list[Leaving] = field(default_factory=list)
    unchanged: int = 0
    """Lines that say what is so already."""
    problems: list[Problem] = field(default_factory=list)
    sections: dict[tuple[UUID, str], str] = field(default_factory=dict)
    """To be made: by course and name casefolded."""
    courses: dict[UUID, str] = field(default_factory=dict)
    """Those it is about, with their codes."""

    fingerprint: str = ""
    """Of all that it would do."""


def fingerprint(made: Plan) -> str:
    said = [made.newcomers, made.renamed, made.placed, made.leaving, made.problems, sorted(made.sections.values())]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Course:
    """What of a course matters here."""

    id: UUID
    code: str
    title: str
    state: CourseState
    owner_id: UUID
    mine: CourseRole | None


async def plan(asking: Asking, me: Me | None, file: RosterFile, course_id: UUID | None) -> Plan:
    """Compare a roster with the school; `course_id` is the course of lines that name none. `me` is None at the command
    line, where everything is allowed."""
    made = Plan(problems=list(file.problems))
    courses = await _courses(asking, me, file.lines, course_id, made)
    people = {row["email"]: row for row in await asking.rows(BY_EMAIL, sorted({line.email for line in file.lines}))}
    await _newcomers(asking, me, file.lines, people, made)
    await _changed(me, file.lines, people, made)
    await _placed(asking, me, file.lines, people, courses, course_id, made)
    made.problems.sort()
    made.fingerprint = await asyncio.to_thread(fingerprint, made)
    return made


async def concerned(asking: Asking, me: Me | None, file: RosterFile, course_id: UUID | None) -> list[UUID]:
    """Return the courses that a roster is about, to be locked before it is planned for good."""
    made = Plan()
    await _courses(asking, me, file.lines, course_id, made)
    return list(made.courses)


BY_EMAIL = "SELECT id, username, email, name, role, disabled FROM people WHERE email = ANY($1)"


async def _courses(
    asking: Asking, me: Me | None, lines: Iterable[Line], course_id: UUID | None, made: Plan
) -> Mapping[str, Course]:
    """Return the courses that lines name, by what they write; those that cannot be meant are problems."""
    named = {line.course.casefold() for line in lines if line.course}
    nobody = UUID(int=0)
    rows = await asking.rows(
        f"""
        SELECT courses.id, code, slug, title, state, owner_id, mine.role AS mine {SEEN}
          AND (courses.id = $3 OR lower(code) = ANY($4) OR slug = ANY($4))
        ORDER BY state = 'ARCHIVED', courses.created DESC
        """,
        me.id if me is not None else nobody,
        me is None or policy.may_see_all_courses(me),
        course_id,
        sorted(named),
    )
    found: dict[str, Course] = {}
    ambiguous: set[str] = set()
    for row in rows:
        mine = None if row["mine"] is None else CourseRole(row["mine"])
        course = Course(row["id"], row["code"], row["title"], CourseState(row["state"]), row["owner_id"], mine)
        if course.id == course_id:
            found[""] = course
        found[row["slug"]] = course
        code = row["code"].casefold()
        if code in found and found[code].id != course.id and course.state != CourseState.ARCHIVED:
            ambiguous.add(code)
        found.setdefault(code, course)
    async for line in _one_by_one(lines):
        name = line.course.casefold()
        if not name and course_id is None:
            continue  # somebody who comes into the school, and into no course yet
        if name not in found:
            what = f"There is no course “{line.course}” of yours."
            made.problems.append(Problem(line.number, what))
        elif name in ambiguous:
            what = f"Several courses have the code “{line.course}”. Please write the address of the course instead."
            made.problems.append(Problem(line.number, what))
        elif found[name].state == CourseState.ARCHIVED:
            made.problems.append(Problem(line.number, f"The course “{line.course}” is over."))
        else:
            made.courses[found[name].id] = found[name].code
    return {name: course for name, course in found.items() if name not in ambiguous}


async def _newcomers(
    asking: Asking, me: Me | None, lines: Sequence[Line], people: Mapping[str, Row], made: Plan
) -> None:
    new = [line for line in lines if line.email not in people]
    if not new:
        return
    if me is not None and not policy.may_make_accounts(me):
        made.problems += [Problem(line.number, f"{line.email} {NO_ACCOUNT}") for line in new]
        return
    first: dict[str, Line] = {}
    async for line in _one_by_one(new):
        known = first.setdefault(line.email, line)
        if (known.name, known.username, known.role) != (line.name, line.username, line.role):
            made.problems.append(Problem(line.number, f"{line.email} is somebody else in line {known.number}."))
    for line in first.values():
        if not line.name:
            made.problems.append(Problem(line.number, f"{line.email} is new here: please write a name."))
    wanted = {line.email: line.username or _username_of(line.email) for line in first.values()}
    counted = Counter(wanted.values())
    rows = await asking.rows(ALIKE, sorted(counted))
    taken = {row["username"] for row in rows}
    async for line in _one_by_one(first.values()):
        username = wanted[line.email]
        if line.username and (username in taken or counted[username] > 1):
            made.problems.append(Problem(line.number, f"Somebody has the username “{username}” already."))
        elif not line.username:
            username = _free(username, taken)
        taken.add(username)
        made.newcomers.append(Newcomer(line.number, line.email, line.name, username, line.role or Role.STUDENT))


# Those very usernames, and the same with a number behind.
ALIKE = "SELECT username FROM people WHERE username = ANY($1) OR regexp_replace(username, '-[0-9]+$', '') = ANY($1)"


def _username_of(email: str) -> str:
    return (words.slug(email.partition("@")[0]) or "person")[: words.USERNAME_LENGTH - 8]


def _free(username: str, taken: set[str]) -> str:
    if username not in taken:
        return username
    return next(f"{username}-{number}" for number in range(2, len(taken) + 3) if f"{username}-{number}" not in taken)


async def _changed(me: Me | None, lines: Sequence[Line], people: Mapping[str, Row], made: Plan) -> None:
    """Note who is called something else, or is something else in the school; only administrators change that."""
    first: dict[str, Line] = {}
    async for line in _one_by_one(lines):
        row = people.get(line.email)
        if row is None:
            continue
        if row["disabled"] is not None:
            made.problems.append(Problem(line.number, f"The account of {line.email} is closed."))
        if line.username and line.username != row["username"]:
            what = f"{line.email} has the username “{row['username']}”, which never changes."
            made.problems.append(Problem(line.number, what))
        known = first.setdefault(line.email, line)
        if known is line or (known.name, known.role) == (line.name, line.role):
            continue
        made.problems.append(Problem(line.number, f"{line.email} is somebody else in line {known.number}."))
    async for line in _one_by_one(first.values()):
        row = people[line.email]
        before, role = Role(row["role"]), line.role or Role(row["role"])
        name = line.name or row["name"]
        if (name, role) == (row["name"], before):
            continue
        if me is not None and not policy.may_make_accounts(me):
            if role != before:
                what = f"{line.email} is a {before.lower()} in this school; only administrators change that."
                made.problems.append(Problem(line.number, what))
            continue  # what others call somebody is not theirs to change
        if before == Role.ADMIN and role != before:
            made.problems.append(
                Problem(line.number, f"{line.email} is an administrator; a roster does not change that.")
            )
            continue
        made.renamed.append(Renamed(line.number, row["id"], line.email, row["name"], name, before, role))


async def _placed(
    asking: Asking,
    me: Me | None,
    lines: Sequence[Line],
    people: Mapping[str, Row],
    courses: Mapping[str, Course],
    whole_file: UUID | None,
    made: Plan,
) -> None:
    ids = list(made.courses)
    there = {
        (row["course_id"], row["person_id"]): row
        for row in await asking.rows(
            """
            SELECT enrolments.*, sections.key AS section_key, people.email, people.name AS person_name
            FROM enrolments JOIN people ON people.id = person_id LEFT JOIN sections ON sections.id = section_id
            WHERE enrolments.course_id = ANY($1) ORDER BY enrolments.course_id, people.name, people.id
            """,
            ids,
        )
    }
    sections = {
        (row["course_id"], row["key"])
        for row in await asking.rows("SELECT course_id, key FROM sections WHERE course_id = ANY($1)", ids)
    }
    named: dict[tuple[UUID, str], int] = {}
    async for line in _one_by_one(lines):
        course = courses.get(line.course.casefold())
        if course is None or course.id not in made.courses:
            continue
        if (twice := named.setdefault((course.id, line.email), line.number)) != line.number:
            made.problems.append(Problem(line.number, f"{line.email} is in line {twice} already."))
            continue
        _place(me, line, course, people.get(line.email), there, sections, made)
    for (course_id, person_id), row in there.items():
        is_student = row["role"] == CourseRole.STUDENT and not row["by_child"]
        if is_student and (course_id, row["email"]) not in named:
            made.leaving.append(Leaving(course_id, person_id, row["email"], row["person_name"]))


def _place(
    me: Me | None,
    line: Line,
    course: Course,
    person: Row | None,
    there: Mapping[tuple[UUID, UUID], Row],
    sections: set[tuple[UUID, str]],
    made: Plan,
) -> None:
    mine = None if course.mine is None else Enrolment(role=course.mine)
    now = there.get((course.id, person["id"])) if person is not None else None
    before = CourseRole(now["role"]) if now is not None and not now["by_child"] else None
    key = line.section.casefold()
    if before == line.course_role and (not key or (now is not None and now["section_key"] == key)):
        made.unchanged += 1
        return
    if me is not None:
        for role in {line.course_role, before or line.course_role}:
            if not policy.may_enrol(me, mine, role):
                made.problems.append(Problem(line.number, f"You cannot give or take the role {role.lower()} here."))
                return
    if person is not None and person["id"] == course.owner_id and line.course_role != CourseRole.INSTRUCTOR:
        made.problems.append(Problem(line.number, f"{line.email} owns the course and goes on teaching it."))
        return
    if key and (course.id, key) not in sections:
        if me is not None and not policy.may_change_course(me, mine):
            made.problems.append(Problem(line.number, f"The course has no section “{line.section}”."))
            return
        made.sections.setdefault((course.id, key), line.section)
    made.placed.append(Placed(line.number, course.id, line.email, line.course_role, line.section, before))
