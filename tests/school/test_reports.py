"""Reports: the words as they were then reach the administrators, whatever becomes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotFound, TooMany
from edusphere.school import School
from edusphere.school.messages import Draft
from edusphere.school.models import Report, Room
from edusphere.school.models.ids import new_id
from edusphere.school.reports import Reports
from edusphere.settings import Settings
from tests.people import Cast


@pytest.fixture
def reports(school: School, database: Database, settings: Settings) -> Reports:
    return Reports(database, settings, school.people, school.messages)


def words_of(report: Report) -> list[str]:
    kept: Any = report.snapshot
    snapshot = json.loads(kept) if isinstance(kept, str) else kept
    return [message["body"] for message in snapshot["messages"]]


async def test_a_message_is_kept_as_it_was_with_what_was_said_before(
    school: School, reports: Reports, cast: Cast, biology: Room
) -> None:
    for body in ("Hello", "Be quiet", "You are stupid"):
        posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), body))
    await school.messages.post(cast.anna, biology.id, Draft(new_id(), "Ben!"))
    await reports.message(cast.mia, posted.message_id, "This hurts.")
    await school.messages.edit(cast.ben, posted.message_id, "You are nice")
    await school.messages.remove(cast.ben, posted.message_id)
    (report,) = (await reports.listed(cast.olga)).nodes
    assert words_of(report) == ["Hello", "Be quiet", "You are stupid"]
    assert (report.reporter_id, report.person_id, report.message_id, report.words) == (
        cast.mia.id,
        cast.ben.id,
        posted.message_id,
        "This hurts.",
    )


async def test_the_same_again_adds_to_the_first(school: School, reports: Reports, cast: Cast, biology: Room) -> None:
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Boo"))
    first = await reports.message(cast.mia, posted.message_id, "He did it.")
    assert await reports.message(cast.mia, posted.message_id, "And again.") == first
    assert await reports.message(cast.anna, posted.message_id) != first
    kept = {report.id: report.words for report in (await reports.listed(cast.olga)).nodes}
    assert kept[first] == "He did it.\n\nAnd again."
    assert len(kept) == 2


async def test_a_person_is_reported_with_their_profile(reports: Reports, cast: Cast, biology: Room) -> None:
    await reports.person(cast.mia, "ben", "He follows me around.")
    (report,) = (await reports.listed(cast.olga)).nodes
    assert (report.person_id, report.message_id) == (cast.ben.id, None)
    for username, why in (("ben", " "), ("mia", "Me"), ("ben", "x" * 1_001)):
        with pytest.raises(Invalid):
            await reports.person(cast.mia, username, why)
    for username in ("zoe", "nobody"):
        with pytest.raises(NotFound):
            await reports.person(cast.mia, username, "Who is this?")


async def test_nobody_reports_what_they_may_not_read(
    school: School, reports: Reports, cast: Cast, biology: Room
) -> None:
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Boo"))
    with pytest.raises(Forbidden):
        await reports.message(cast.zoe, posted.message_id)
    with pytest.raises(NotFound):
        await reports.message(cast.zoe, new_id())


async def test_administrators_read_and_close_them_and_nobody_else(
    school: School, reports: Reports, cast: Cast, biology: Room, database: Database
) -> None:
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Boo"))
    report_id = await reports.message(cast.mia, posted.message_id)
    for me in (cast.anna, cast.ben, cast.mia):
        with pytest.raises(Forbidden):
            await reports.listed(me)
        with pytest.raises(Forbidden):
            await reports.close(me, report_id, "Nothing")
    with pytest.raises(Invalid):
        await reports.close(cast.olga, report_id, "  ")
    with pytest.raises(NotFound):
        await reports.close(cast.olga, new_id(), "Nothing")
    closed = await reports.close(cast.olga, report_id, "We talked with Ben.")
    again = await reports.close(cast.olga, report_id, "No, we did not.")
    assert (closed.outcome, again.outcome) == ("We talked with Ben.",) * 2
    assert (await reports.listed(cast.olga)).nodes == ()
    assert len((await reports.listed(cast.olga, closed=True)).nodes) == 1
    assert await reports.message(cast.mia, posted.message_id, "He did it again.") != report_id
    row = await database.one("SELECT act, subject FROM audit_entries")
    assert (row["act"], row["subject"]) == ("report.closed", "ben")


async def test_a_page_follows_the_other(school: School, reports: Reports, cast: Cast, biology: Room) -> None:
    for body in "abc":
        posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), body))
        await reports.message(cast.mia, posted.message_id, body)
    first = await reports.listed(cast.olga, first=2)
    rest = await reports.listed(cast.olga, first=2, after=first.cursors[-1])
    assert [report.words for report in (*first.nodes, *rest.nodes)] == ["c", "b", "a"]
    assert (first.has_next, rest.has_next) == (True, False)


async def test_somebody_who_reports_without_end_is_asked_to_stop(
    school: School, database: Database, cast: Cast, biology: Room, settings: Settings
) -> None:
    few = settings.model_copy(update={"reports_per_hour": 2})
    hurried = Reports(database, few, school.people, school.messages)
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Boo"))
    for _ in range(2):
        await hurried.message(cast.mia, posted.message_id)
    with pytest.raises(TooMany):
        await hurried.message(cast.mia, posted.message_id)
