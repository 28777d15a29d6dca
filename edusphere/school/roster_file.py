"""Reading a roster: a table of people as a school's other program writes it, in whatever encoding and with any comma.

One line for each person in each course. Columns are found by their names in the first line; those that are not ours
are left alone. Whatever is wrong is said by line, all of it at once, and nothing is guessed.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from typing import IO, NamedTuple, TypeVar

from edusphere.errors import Invalid
from edusphere.school import words
from edusphere.school.models import CourseRole, Role
from edusphere.school.registration import NAME_LENGTH

COLUMNS = {
    "email": "their e-mail address, by which they are known again; needed",
    "name": "as others read it; needed for new people",
    "username": "made of the address where it is empty",
    "role": "in the school: student (where it is empty), teacher or guardian",
    "course": "a course's code or address; may be left out where the file is for one course, or the person for none",
    "course_role": "in the course: student (where it is empty), assistant, instructor or observer",
    "section": "a section of the course; made where it is not there yet",
}
"""What a roster may say, and how it is understood."""
MOST_LINES = 20_000
MOST_PROBLEMS = 200
"""Said at once; a file with more of them has one cause."""
LONGEST_CELL = 1_000
PIECE = 64 * 1024
SECTION_LENGTH, COURSE_LENGTH = 100, 120
FORMULAS = ("=", "+", "-", "@")
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
E = TypeVar("E", bound=Enum)


class Problem(NamedTuple):
    """Why a line cannot be taken as it is; line 0 is the whole file."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody, and what they are in a course."""

    number: int
    email: str
    name: str
    username: str
    role: Role | None
    """None where the file says nothing of it."""
    course: str
    course_role: CourseRole
    section: str


@dataclass(frozen=True, slots=True)
class RosterFile:
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]
    """Columns that are none of ours."""


def read(file: IO[bytes]) -> RosterFile:
    """Read a roster from its beginning, a piece at a time.

    Raises:
        Invalid: it is no table of people at all, or too long.
    """
    with closing(_rows(file)) as rows:
        return _read(rows)


def _read(rows: Iterator[tuple[int, list[str]]]) -> RosterFile:
    try:
        number, names = next(rows, (0, []))
    except csv.Error as error:
        raise Invalid("file", "This is not a table of people. Please save it as CSV.") from error
    columns = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in names]
    if "email" not in columns:
        raise Invalid("file", f"The first line must name the columns: {', '.join(COLUMNS)}. “email” is needed.")
    if twice := sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1}):
        raise Invalid("file", f"The column {twice[0]} is there twice.")
    lines: list[Line] = []
    problems: list[Problem] = []
    try:
        for number, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(lines) + len(problems) >= MOST_LINES:
                raise Invalid("file", f"A roster has at most {MOST_LINES:,} lines. Please split it, by course say.")
            if len(cells) != len(columns):
                what = f"This line has {len(cells)} columns, and the first line {len(columns)}."
                problems.append(Problem(number, what))
                continue
            line = _read_line(number, dict(zip(columns, cells, strict=True)))
            lines.append(line) if isinstance(line, Line) else problems.extend(line)
    except csv.Error as error:
        problems.append(Problem(number + 1, f"The file breaks off or is damaged here ({error})."))
    if not lines and not problems:
        raise Invalid("file", "There is nobody in this file.")
    ignored = tuple(name.strip() for name, column in zip(names, columns, strict=True) if column not in COLUMNS)
    return RosterFile(tuple(lines), tuple(problems), ignored)


def _rows(file: IO[bytes]) -> Generator[tuple[int, list[str]], None, None]:
    """Return the rows of a table, each with the number of its last line."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        first = text.readline()
        if "\0" in first:
            raise Invalid("file", "This is not a table of people. Please save it as CSV.")
        comma = max(",;\t", key=first.count)
        text.seek(0)
        reader = csv.reader(text, delimiter=comma, strict=True)
        for cells in reader:
            yield reader.line_num, cells
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """Return how the file is written: by its mark, else UTF-8 where all of it is, else as Windows writes in Europe."""
    file.seek(0)
    head = file.read(4)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _read_line(number: int, cells: dict[str, str]) -> Line | list[Problem]:
    said = {name: cells.get(name, "").strip() for name in COLUMNS}
    problems = [
        Problem(number, f"“{value[:20]}…” in {name} begins like a formula of a spreadsheet.")
        for name, value in said.items()
        if value.startswith(FORMULAS) and name != "course"
    ]
    problems += [Problem(number, f"{name} is too long.") for name, value in said.items() if len(value) > LONGEST_CELL]
    if problems:
        return problems

    def take(name: str, *check: object) -> str:
        reader, *more = check
        try:
            return reader(said[name], *more) if said[name] else ""  # type: ignore[operator]
        except words.Wrong as wrong:
            problems.append(Problem(number, f"{name}: {wrong}"))
            return ""

    def choose(name: str, kind: type[E], otherwise: E | None) -> E | None:
        if not said[name]:
            return otherwise
        try:
            return kind[said[name].upper()]
        except KeyError:
            known = ", ".join(one.name.lower() for one in kind)
            problems.append(Problem(number, f"{name} is “{said[name][:40]}”, which is none of {known}."))
            return otherwise

    if not said["email"]:
        problems.append(Problem(number, "email is empty."))
    role = choose("role", Role, None)
    if role == Role.ADMIN:
        problems.append(Problem(number, "Administrators are not made by a roster, but one by one."))
    line = Line(
        number,
        take("email", words.email),
        take("name", words.line, NAME_LENGTH),
        take("username", words.username),
        role,
        take("course", words.line, COURSE_LENGTH),
        choose("course_role", CourseRole, CourseRole.STUDENT) or CourseRole.STUDENT,
        take("section", words.line, SECTION_LENGTH),
    )
    return problems or line
