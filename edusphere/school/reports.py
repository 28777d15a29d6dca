"""Reports: what somebody asks the administrators to look at, with the words as they were then."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from edusphere.database import Database
from edusphere.errors import Invalid, NotFound
from edusphere.school import pages, policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.me import Me, signed_in
from edusphere.school.messages import Messages
from edusphere.school.models import Report
from edusphere.school.models.ids import new_id
from edusphere.school.pace import Limit, Pace
from edusphere.school.pages import Page
from edusphere.school.people import People
from edusphere.school.telling import to_the_end
from edusphere.settings import HOURS, Settings

WORDS_LENGTH = 1_000
BY_TIME = Column("reports.created", pages.moment, "timestamptz")
AROUND = 5
"""Messages before the reported one that are kept with it: a word alone says little."""
ADMINISTRATORS_ONLY = "Only administrators read reports."


class Reports:
    def __init__(self, database: Database, settings: Settings, people: People, messages: Messages) -> None:
        self._database = database
        self._people = people
        self._messages = messages
        self._pace = Pace(
            Limit(settings.reports_per_hour, 1 * HOURS),
            sentence="You have reported much in this hour. What you reported is being looked at.",
            on=settings.limits == "on",
        )

    async def message(self, me: Me | None, message_id: UUID, why: str = "") -> UUID:
        """Report a message that `me` may read; it is kept as it is now, with what was said before it.

        The same message again adds to the first report. Returns the report's id.

        Raises:
            NotFound, Forbidden
            Invalid: too many words.
            TooMany
        """
        me = signed_in(me)
        reason = words.check("words", words.prose, why, WORDS_LENGTH)
        found = await self._messages.find(me, message_id)
        said = await self._messages.history(me, found.room_id, last=AROUND + 1, before=found.message.number + 1)
        self._pace.take(me.id)
        snapshot = {"room": str(found.room_id), "messages": [msgspec.to_builtins(each.message) for each in said.nodes]}
        return await to_the_end(self._keep(me, message_id, found.message.user.id, reason, snapshot))

    async def person(self, me: Me | None, username: str, why: str) -> UUID:
        """Report somebody, as their profile is now. Returns the report's id.

        Raises:
            NotFound: not `me`'s to know of.
            Invalid: no words, too many, or oneself.
            TooMany
        """
        me = signed_in(me)
        reason = words.check("words", words.prose, why, WORDS_LENGTH)
        if not words.is_seen(reason):
            raise Invalid("words", "Please say what is the matter.")
        person = await self._people.find(me, username)
        if person is None:
            raise NotFound("There is nobody of this name, or not for you to see.")
        if person.id == me.id:
            raise Invalid("userSlug", "This is you.")
        self._pace.take(me.id)
        profile = {name: getattr(person, name) for name in ("username", "name", "bio", "avatar")}
        return await to_the_end(self._keep(me, None, person.id, reason, {"profile": profile}))

    async def listed(
        self,
        me: Me | None,
        search: str | None = None,
        *,
        closed: bool = False,
        first: int = 50,
        after: str | None = None,
        descending: bool = True,
    ) -> Page[Report]:
        """Return the reports that are open, or those that are closed, the latest first unless asked for otherwise.

        `search` is looked for in what reporters said, in outcomes, and in the names of both people.

        Raises:
            Forbidden
        """
        policy.require(policy.may_read_reports(signed_in(me)), ADMINISTRATORS_ONLY)
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        where = Conditions("reports.closed IS NOT NULL" if closed else "reports.closed IS NULL")
        if pattern is not None:
            said = "concat_ws(' ', reports.words, reports.outcome, about.name, about.username, reporter.name)"
            where.add(f"{said} ILIKE {{}}", pattern)
        ordered = Order("CREATED", BY_TIME, "reports.id", descending)
        ordered.begin_after(where, after)
        rows = await self._database.rows(
            f"""
            SELECT reports.*, {ordered.place} FROM reports
            JOIN people about ON about.id = reports.person_id JOIN people reporter ON reporter.id = reports.reporter_id
            WHERE {where} {ordered} LIMIT {where.value(size + 1)}
            """,  # noqa: S608 (our own words)
            *where.values,
        )
        return ordered.page(self._database.made(Report, rows), rows, size, after)

    async def close(self, me: Me | None, report_id: UUID, outcome: str) -> Report:
        """Close a report, saying what came of it; once closed, it stays as it is.

        Raises:
            Forbidden
            NotFound: there is no such report.
            Invalid: no outcome, or too long a one.
        """
        me = signed_in(me)
        policy.require(policy.may_read_reports(me), ADMINISTRATORS_ONLY)
        result = words.check("outcome", words.prose, outcome, WORDS_LENGTH)
        if not words.is_seen(result):
            raise Invalid("outcome", "Please say what came of it.")
        return await to_the_end(self._close(me, report_id, result))

    # --

    async def _keep(
        self, me: Me, message_id: UUID | None, person_id: UUID, reason: str, snapshot: dict[str, Any]
    ) -> UUID:
        row = await self._database.one(
            """
            WITH again AS (
                UPDATE reports SET words = left(concat_ws(E'\\n\\n', nullif(words, ''), nullif($5, '')), $7)
                WHERE reporter_id = $2 AND message_id = $3 AND closed IS NULL RETURNING id
            ), made AS (
                INSERT INTO reports (id, reporter_id, message_id, person_id, words, snapshot, created, outcome)
                SELECT $1, $2, $3, $4, $5, $6, now(), '' WHERE NOT EXISTS (SELECT FROM again) RETURNING id
            )
            SELECT id FROM again UNION ALL SELECT id FROM made
            """,
            new_id(),
            me.id,
            message_id,
            person_id,
            reason,
            msgspec.json.encode(snapshot).decode(),
            WORDS_LENGTH,
        )
        report_id: UUID = row["id"]
        return report_id

    async def _close(self, me: Me, report_id: UUID, outcome: str) -> Report:
        async with self._database.transaction() as transaction:
            row = await transaction.row("SELECT * FROM reports WHERE id = $1 FOR UPDATE", report_id)
            if row is None:
                raise NotFound("There is no such report.")
            if row["closed"] is None:
                row = await transaction.one(
                    "UPDATE reports SET closed = now(), closed_by_id = $2, outcome = $3 WHERE id = $1 RETURNING *",
                    report_id,
                    me.id,
                    outcome,
                )
                about = await transaction.one("SELECT username FROM people WHERE id = $1", row["person_id"])
                subject = Subject("report", report_id, about["username"])
                await record(transaction, me, "report.closed", subject, outcome=outcome)
        (report,) = self._database.made(Report, [row])
        return report
