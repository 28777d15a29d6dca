"""Inviting people into a course by e-mail: they accept, decline, or make an account by the link."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable
from uuid import UUID

import pytest

from edusphere.contract.events import AdmissionsChanged, CourseJoined, InvitationsChanged
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.course_invitations import CourseInvitations
from edusphere.school.invitation_replies import InvitationReplies
from edusphere.school.me import Me
from edusphere.school.models import Course, CourseRole, Role
from edusphere.school.models.ids import new_id
from edusphere.school.registration import Registration
from edusphere.school.settings import RegistrationMode
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.letters import mails_to, token_in_the_last_mail_to
from tests.news import News
from tests.people import PASSWORD, Cast

ZOE = "zoe@school.example"


@pytest.fixture
def invitations(school: School) -> CourseInvitations:
    return school.course_invitations


@pytest.fixture
def replies(school: School) -> InvitationReplies:
    return school.invitation_replies


async def role_of(database: Database, course: Course, who: object) -> str | None:
    sql = "SELECT role FROM enrolments WHERE course_id = $1 AND person_id = $2"
    row = await database.row(sql, course.id, who)
    return row["role"] if row else None


def new_here(email: str) -> Registration:
    return Registration("toms", "Toms Zars", email, PASSWORD, PASSWORD, "198.51.100.7")


async def test_a_pupil_accepts_and_the_course_opens_on_their_screen(
    invitations: CourseInvitations,
    replies: InvitationReplies,
    school: School,
    cast: Cast,
    genetics: Course,
    database: Database,
    news: News,
) -> None:
    sent = await invitations.invite(cast.anna, genetics.id, "Zoe B. <ZOE@school.example>; toms@home.example")
    assert [invitation.email for invitation in sent.invitations] == ["toms@home.example", ZOE]
    ((subject, body),) = await mails_to(school, database, ZOE)
    assert "Genetics" in subject
    assert "Anna Ozola" in body
    token = await token_in_the_last_mail_to(school, database, ZOE)
    news.forget()
    assert (await replies.accept(cast.zoe, token, "")).id == genetics.id
    assert await role_of(database, genetics, cast.zoe.id) == "STUDENT"
    assert CourseJoined(course_id=genetics.id) in news.to(cast.zoe.id)
    assert [left.email for left in await invitations.listed(cast.anna, genetics.id)] == ["toms@home.example"]
    with pytest.raises(NotFound):
        await replies.accept(cast.zoe, token, "")
    with pytest.raises(NotFound):
        await replies.decline(token, "")


async def test_somebody_new_makes_an_account_by_the_link_and_is_in_the_course(
    invitations: CourseInvitations, school: School, cast: Cast, genetics: Course, database: Database
) -> None:
    await school.settings.decide(_in_person(cast.olga), registration=RegistrationMode.INVITED)
    await invitations.invite(cast.anna, genetics.id, "toms@home.example", CourseRole.ASSISTANT)
    token = await token_in_the_last_mail_to(school, database, "toms@home.example")
    with pytest.raises(Invalid):
        await school.registrations.register(new_here("somebody@home.example"), token)
    toms = await school.registrations.register(new_here("toms@home.example"), token)
    assert toms is not None
    assert toms.role == Role.STUDENT
    assert await role_of(database, genetics, toms.id) == "ASSISTANT"
    rooms = await database.rows("SELECT FROM memberships WHERE person_id = $1", toms.id)
    assert len(rooms) == 2
    with pytest.raises(Invalid):
        await school.registrations.register(new_here("toms@home.example"), token)


async def test_who_declines_is_shown_to_the_teacher_and_may_be_asked_again(
    invitations: CourseInvitations,
    replies: InvitationReplies,
    school: School,
    cast: Cast,
    genetics: Course,
    database: Database,
    news: News,
) -> None:
    await invitations.invite(cast.anna, genetics.id, ZOE)
    first = await token_in_the_last_mail_to(school, database, ZOE)
    news.forget()
    await replies.decline(first, "")
    assert AdmissionsChanged(course_id=genetics.id) in news.to(cast.anna.id)
    (declined,) = await invitations.listed(cast.anna, genetics.id)
    assert declined.declined is not None
    with pytest.raises(NotFound):
        await replies.accept(cast.zoe, first, "")
    again = await invitations.resend(cast.anna, declined.id)
    assert again.declined is None
    second = await token_in_the_last_mail_to(school, database, ZOE)
    assert second != first
    await replies.accept(cast.zoe, second, "")
    assert await invitations.listed(cast.anna, genetics.id) == []


async def test_whoever_is_invited_and_administrators_hear_of_every_change(
    invitations: CourseInvitations,
    replies: InvitationReplies,
    school: School,
    cast: Cast,
    genetics: Course,
    database: Database,
    news: News,
) -> None:
    async def told(deed: Awaitable[object]) -> None:
        news.forget()
        await deed
        assert news.to(cast.zoe.id).count(InvitationsChanged()) == 1
        assert news.to(cast.olga.id) == [AdmissionsChanged(course_id=genetics.id)]
        assert InvitationsChanged() not in news.to(cast.anna.id) + news.to(cast.ben.id)

    async def invited() -> UUID:
        (invitation,) = (await invitations.invite(cast.anna, genetics.id, ZOE)).invitations
        return invitation.id

    await told(invited())
    (invitation,) = await invitations.listed(cast.anna, genetics.id)
    await told(invitations.resend(cast.anna, invitation.id))
    (invitation,) = await invitations.listed(cast.anna, genetics.id)
    await told(invitations.cancel(cast.anna, invitation.id))
    await told(invited())
    await told(replies.decline(await token_in_the_last_mail_to(school, database, ZOE), ""))
    await told(invited())
    await told(replies.accept(cast.zoe, await token_in_the_last_mail_to(school, database, ZOE), ""))


async def test_what_is_wrong_is_said_by_line_and_nobody_is_invited(
    invitations: CourseInvitations, cast: Cast, genetics: Course, database: Database
) -> None:
    typed = "ada@home.example\n\nnobody, grace@home.example\nAda <ada@home.example>\n@\n"
    sent = await invitations.invite(cast.anna, genetics.id, typed)
    assert [(problem.line, problem.address) for problem in sent.problems] == [(3, "nobody"), (5, "@")]
    assert await database.rows("SELECT FROM invitations") == []
    assert await database.rows("SELECT FROM mails") == []
    for none in ("", "\n, ;\n", "x" * 100_000, "\n".join(f"pupil-{n}@home.example" for n in range(51))):
        with pytest.raises(Invalid):
            await invitations.invite(cast.anna, genetics.id, none)
    for days in (0, 91):
        with pytest.raises(Invalid):
            await invitations.invite(cast.anna, genetics.id, ZOE, days=days)


async def test_an_invitation_is_good_for_its_address_alone_and_until_it_is_taken_back(
    invitations: CourseInvitations,
    replies: InvitationReplies,
    school: School,
    cast: Cast,
    genetics: Course,
    database: Database,
) -> None:
    await invitations.invite(cast.anna, genetics.id, ZOE)
    token = await token_in_the_last_mail_to(school, database, ZOE)
    with pytest.raises(Forbidden, match="another address"):
        await replies.accept(cast.ben, token, "")
    found = await school.invitations.find(token, "")
    assert found is not None
    for me, theirs in ((None, False), (cast.ben, False), (cast.zoe, True)):
        offer = await replies.offer(me, found)
        assert offer is not None
        assert offer.theirs is theirs
    (waiting,) = await invitations.listed(cast.anna, genetics.id)
    await invitations.cancel(cast.anna, waiting.id)
    with pytest.raises(NotFound):
        await replies.accept(cast.zoe, token, "")
    for act in (invitations.cancel(cast.anna, waiting.id), invitations.resend(cast.anna, waiting.id)):
        with pytest.raises(NotFound):
            await act
    await invitations.invite(cast.anna, genetics.id, ZOE)
    await database.rows("UPDATE invitations SET expires = now()")
    with pytest.raises(NotFound):
        await replies.accept(cast.zoe, await token_in_the_last_mail_to(school, database, ZOE), "")


async def test_a_course_that_is_over_lets_nobody_in(
    invitations: CourseInvitations,
    replies: InvitationReplies,
    school: School,
    cast: Cast,
    genetics: Course,
    database: Database,
) -> None:
    await invitations.invite(cast.anna, genetics.id, f"{ZOE}, toms@home.example")
    tokens = [await token_in_the_last_mail_to(school, database, email) for email in (ZOE, "toms@home.example")]
    waiting, _ = await invitations.listed(cast.anna, genetics.id)
    await school.courses.archive(cast.anna, genetics.id)
    for act in (
        replies.accept(cast.zoe, tokens[0], ""),
        school.registrations.register(new_here("toms@home.example"), tokens[1]),
        invitations.invite(cast.anna, genetics.id, ZOE),
        invitations.resend(cast.anna, waiting.id),
    ):
        with pytest.raises(Conflict):
            await act
    assert await database.row("SELECT FROM people WHERE username = 'toms'") is None


async def test_nobody_gives_what_they_do_not_have(
    invitations: CourseInvitations, school: School, cast: Cast, genetics: Course
) -> None:
    await school.enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await school.enrolments.enrol(cast.anna, genetics.id, [cast.mia.id], CourseRole.ASSISTANT)
    other = await school.courses.open(cast.olga, "ECO", "Ecology")
    teaching = await invitations.invite(cast.anna, genetics.id, ZOE, CourseRole.INSTRUCTOR)
    for me, error in ((cast.zoe, NotFound), (cast.ben, Forbidden), (cast.mia, Forbidden)):
        for act in (
            invitations.invite(me, genetics.id, ZOE, CourseRole.INSTRUCTOR),
            invitations.cancel(me, teaching.invitations[0].id),
            invitations.resend(me, teaching.invitations[0].id),
        ):
            with pytest.raises(error):
                await act
    with pytest.raises(NotFound):
        await invitations.invite(cast.anna, other.id, ZOE)
    await invitations.invite(cast.mia, genetics.id, "toms@home.example")
    assert len(await invitations.listed(cast.mia, genetics.id)) == 2


async def test_an_invitation_waits_in_the_app_only_of_those_whose_address_is_known_to_be_theirs(
    invitations: CourseInvitations, replies: InvitationReplies, school: School, cast: Cast, genetics: Course
) -> None:
    """Whoever registered with another's address would take what is meant for them, whatever is decided later."""
    liar = await school.registrations.register(
        Registration("liar", "A Liar", "head@school.example", PASSWORD, PASSWORD), None
    )
    assert liar is not None
    await school.settings.decide(_in_person(cast.olga), registration=RegistrationMode.CLOSED, verify_email=True)
    await invitations.invite(cast.anna, genetics.id, "head@school.example")
    taken = Me(liar.id, liar.username, liar.name, "", liar.role, new_id())
    assert await replies.waiting(taken) == []

    made = await school.accounts.make(_in_person(cast.olga), "uldis", "Uldis", "uldis@school.example", Role.STUDENT)
    uldis = Me(made.person.id, "uldis", "Uldis", "", Role.STUDENT, new_id())
    await invitations.invite(cast.anna, genetics.id, "uldis@school.example")
    (waiting,) = await replies.waiting(uldis)
    assert waiting.course.id == genetics.id
    await replies.accept(uldis, waiting.link.rpartition("/")[2], "")
    assert await replies.waiting(uldis) == []


async def test_the_link_in_a_mail_proves_an_address(
    invitations: CourseInvitations,
    replies: InvitationReplies,
    school: School,
    database: Database,
    cast: Cast,
    genetics: Course,
) -> None:
    proven = "SELECT email_proven FROM people WHERE id = $1"
    await database.rows("UPDATE people SET email_proven = false WHERE id = $1 RETURNING id", cast.zoe.id)
    await invitations.invite(cast.anna, genetics.id, ZOE)
    assert await replies.waiting(cast.zoe) == []
    await replies.accept(cast.zoe, await token_in_the_last_mail_to(school, database, ZOE), "")
    assert (await database.one(proven, cast.zoe.id))["email_proven"] is True


async def test_one_person_is_not_flooded_and_the_record_says_who_was_invited(
    invitations: CourseInvitations, cast: Cast, genetics: Course, database: Database
) -> None:
    for _ in range(5):
        await invitations.invite(cast.anna, genetics.id, ZOE)
    sent = await invitations.invite(cast.anna, genetics.id, ZOE)
    assert [problem.line for problem in sent.problems] == [1]
    (waiting,) = await invitations.listed(cast.anna, genetics.id)
    with pytest.raises(TooMany):
        await invitations.resend(cast.anna, waiting.id)
    await invitations.cancel(cast.anna, waiting.id)
    acts = await database.rows("SELECT act, details::text FROM audit_entries ORDER BY number")
    assert [row["act"] for row in acts][-6:] == ["course.invited"] * 5 + ["invitation.cancelled"]
    assert ZOE in acts[-1]["details"]


async def test_nobody_invites_without_end_and_a_list_counts_as_a_whole(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast, genetics: Course
) -> None:
    few = School(database, realtime, settings.model_copy(update={"invitations_per_hour": 3}), KEYS)
    with pytest.raises(TooMany):
        await few.course_invitations.invite(
            cast.anna, genetics.id, "a@x.example, b@x.example, c@x.example, d@x.example"
        )
    assert await few.course_invitations.listed(cast.anna, genetics.id) == []
    await few.course_invitations.invite(cast.anna, genetics.id, "a@x.test, b@x.test, c@x.test")
    with pytest.raises(TooMany):
        await few.course_invitations.invite(cast.anna, genetics.id, "d@x.test")


def _in_person(me: Me) -> Me:
    return dataclasses.replace(me, session_id=new_id())
