"""What staff did: who, what, on whom, when and from where. Only added to, and sealed.

Each entry's seal is a SHA-256 over the seal before it and all of its own words, so that an entry that was changed,
taken out or put in between is found by whoever knows the last seal (a hash chain: Haber and Stornetta, 1991). An entry
is written in the transaction of the act itself: there is no act without one, and no entry without the act.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from edusphere.contract.acts import Act
from edusphere.database import Database, Row, Transaction
from edusphere.school import pages, policy, words
from edusphere.school.conditions import Conditions
from edusphere.school.me import Me, signed_in
from edusphere.school.models import AuditEntry, Course, Person, Room, Term, Topic
from edusphere.school.pages import Page

FIRST_SEAL = "0" * 64
ONE_AFTER_THE_OTHER = 0x6175646974
"""The key of the advisory lock that gives entries their order ("audit")."""
AT_ONCE = 1_000
NAME_LENGTH = 200
AT_THE_COMMAND_LINE = "command line"
SEALED = (
    "number", "at", "actor_id", "actor", "address", "act", "subject_kind", "subject_id", "subject", "course_id",
    "details",
)  # fmt: skip


class SubjectKind(StrEnum):
    """What an act can be on."""

    PERSON = "PERSON"
    COURSE = "COURSE"
    ROOM = "ROOM"
    MESSAGE = "MESSAGE"
    TOPIC = "TOPIC"
    TERM = "TERM"
    REPORT = "REPORT"
    INVITATION = "INVITATION"
    SCHOOL = "SCHOOL"
    """The whole of it: the subject is nobody."""

    @property
    def spelled(self) -> str:
        """As it stands in the record."""
        return "" if self is SubjectKind.SCHOOL else self.value.lower()


@dataclass(frozen=True, slots=True)
class Subject:
    """On whom or what."""

    kind: str
    id: UUID | None
    name: str
    course_id: UUID | None = None

    @classmethod
    def of(cls, row: Person | Course | Room | Term | Topic) -> Subject:
        match row:
            case Course():
                return cls("course", row.id, f"{row.code} {row.title}", row.id)
            case Room():
                return cls("room", row.id, row.name, row.course_id)
            case _:
                return cls(type(row).__name__.lower(), row.id, row.name)


NOBODY = Subject("", None, "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the record is whole."""

    entries: int
    last_seal: str
    broken_at: int | None
    """The first entry that is not as it was written."""


async def record(
    transaction: Transaction, me: Me | None, act: Act, subject: Subject = NOBODY, **details: object
) -> None:
    """Write an entry, in the transaction of the act and as its last statement: others' entries wait from here on.

    Details are what changed, as JSON. `me` is None at the command line.
    """
    await transaction.execute("SELECT pg_advisory_xact_lock($1)", ONE_AFTER_THE_OTHER)
    before = await transaction.row("SELECT number, seal FROM audit_entries ORDER BY number DESC LIMIT 1")
    entry: dict[str, Any] = {
        "number": before["number"] + 1 if before is not None else 1,
        "at": datetime.now(UTC),
        "actor_id": me.id if me is not None else None,
        "actor": me.username if me is not None else AT_THE_COMMAND_LINE,
        "address": me.address if me is not None else "",
        "act": act,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "subject": subject.name[:NAME_LENGTH],
        "course_id": subject.course_id,
        "details": json.dumps(details, default=str, sort_keys=True),
    }
    await transaction.execute(
        f"""
        INSERT INTO audit_entries ({", ".join(SEALED)}, seal)
        VALUES ({", ".join(f"${place}" for place in range(1, len(SEALED) + 2))})
        """,  # noqa: S608 (our own names)
        *(entry[name] for name in SEALED),
        seal(before["seal"] if before is not None else FIRST_SEAL, entry),
    )


def seal(before: str, entry: Mapping[str, Any]) -> str:
    """Return the seal of an entry that follows the one sealed by `before`."""
    words = [entry[name] for name in SEALED[:-1]] + [json.loads(entry["details"])]
    words[SEALED.index("at")] = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps([before, *words], default=str, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Audit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def verify(self) -> Verdict:
        """Read the whole record and say whether every entry is as it was written, and none is missing between."""
        number, last = 0, FIRST_SEAL
        while rows := await self._after(number):
            for row in rows:
                if row["number"] != number + 1 or row["seal"] != seal(last, row):
                    return Verdict(number, last, number + 1)
                number, last = row["number"], row["seal"]
        return Verdict(number, last, None)

    async def listed(
        self,
        me: Me | None,
        search: str | None = None,
        subject_id: UUID | None = None,
        subject_kind: SubjectKind | None = None,
        first: int = 50,
        after: str | None = None,
        *,
        descending: bool = True,
    ) -> Page[AuditEntry]:
        """Return entries, the latest first unless asked for otherwise; `search` is looked for in acts, actors and
        subjects.

        Raises:
            Forbidden
        """
        policy.require(policy.may_read_audit(signed_in(me)), "Only administrators read what staff did.")
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        where = Conditions()
        if pattern is not None:
            where.add("(act ILIKE {0} OR actor ILIKE {0} OR subject ILIKE {0})", pattern)
        if subject_id is not None:
            where.add("subject_id = {}", subject_id)
        if subject_kind is not None:
            where.add("subject_kind = {}", subject_kind.spelled)
        place = pages.position(after, pages.number)
        if place is not None:
            where.add("number < {}" if descending else "number > {}", *place)
        way = "DESC" if descending else "ASC"
        found = await self._database.models(
            AuditEntry,
            f"SELECT * FROM audit_entries WHERE {where} ORDER BY number {way} LIMIT {where.value(size + 1)}",  # noqa: S608
            *where.values,
        )
        return pages.page(found, size, after, key=lambda entry: (entry.number,))

    async def contains(self, seal: str) -> bool:
        """Whether an entry has this seal."""
        found = await self._database.row("SELECT FROM audit_entries WHERE seal = $1", seal.strip().lower())
        return found is not None

    async def _after(self, number: int) -> list[Row]:
        return await self._database.rows(
            "SELECT * FROM audit_entries WHERE number > $1 ORDER BY number LIMIT $2", number, AT_ONCE
        )
