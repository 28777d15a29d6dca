"""Getting an account: invited, or by proving one's address."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from pydantic import SecretStr

from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotSignedIn, TooMany
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.models import Invitation, PendingRegistration, Person, Role
from edusphere.school.models.ids import new_id
from edusphere.school.registration import Registration
from edusphere.school.sessions import Device
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.letters import mails_to, token_in_the_last_mail_to
from tests.people import BEN, PASSWORD, Cast

IDA = Registration("ida", "Ida Krūmiņa", "ida@school.example", PASSWORD, PASSWORD, "192.0.2.1")
HOME = "198.51.100.7"


def school_with(database: Database, realtime: Realtime, settings: Settings, **own: object) -> School:
    return School(database, realtime, settings.model_copy(update=own), KEYS)


@pytest.fixture
def by_invitation(database: Database, realtime: Realtime, settings: Settings) -> School:
    return school_with(database, realtime, settings, registration="invited")


@pytest.fixture
def proving(database: Database, realtime: Realtime, settings: Settings) -> School:
    """A school that has addresses proven."""
    return school_with(database, realtime, settings, verify_email=True)


async def invite(school: School, email: str = IDA.email, role: Role = Role.TEACHER) -> str:
    return (await school.invitations.make(email, role)).link.rpartition("/")[2]


# -- invitations


async def test_the_invited_make_an_account_of_the_role_they_were_invited_to_once(
    by_invitation: School, database: Database
) -> None:
    token = await invite(by_invitation)
    invitation = await by_invitation.invitations.find(token, HOME)
    assert invitation is not None
    assert (invitation.email, invitation.role) == (IDA.email, Role.TEACHER)
    with pytest.raises(Forbidden):
        await by_invitation.registrations.register(IDA)
    person = await by_invitation.registrations.register(dataclasses.replace(IDA, email=" IDA@School.example"), token)
    assert person is not None
    assert (person.username, person.role) == ("ida", Role.TEACHER)
    assert await by_invitation.invitations.find(token, HOME) is None
    other = dataclasses.replace(IDA, username="other", email="other@school.example")
    for form in (IDA, other):
        with pytest.raises(Invalid) as refusal:
            await by_invitation.registrations.register(form, token)
        assert list(refusal.value.errors) == ["invitation"]


async def test_of_five_who_use_one_invitation_at_once_one_gets_in(by_invitation: School, database: Database) -> None:
    token = await invite(by_invitation)
    outcomes = await asyncio.gather(
        *(by_invitation.registrations.register(dataclasses.replace(IDA, username=f"ida-{n}"), token) for n in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Person) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 4
    assert await database.query(Person).count() == 1


async def test_an_invitation_is_for_one_address_and_a_mistake_does_not_use_it_up(by_invitation: School) -> None:
    token = await invite(by_invitation)
    for change, argument in (
        ({"email": "evil@school.example"}, "email"),
        ({"username": "no spaces"}, "username"),
        ({"password1": "short"}, "password1"),
    ):
        with pytest.raises(Invalid) as refusal:
            await by_invitation.registrations.register(dataclasses.replace(IDA, **change), token)
        assert argument in refusal.value.errors
    assert await by_invitation.registrations.register(IDA, token)


async def test_a_later_invitation_takes_the_place_of_an_earlier_and_none_is_good_for_ever(
    by_invitation: School, database: Database
) -> None:
    first, second = await invite(by_invitation), await invite(by_invitation, "IDA@school.example", Role.STUDENT)
    assert await by_invitation.invitations.find(first, HOME) is None
    assert await by_invitation.invitations.find(second, HOME)
    await database.rows("UPDATE invitations SET expires = expires - interval '14 days 1 second'")
    assert await by_invitation.invitations.find(second, HOME) is None
    with pytest.raises(Invalid):
        await by_invitation.registrations.register(IDA, second)


async def test_in_an_open_school_an_invitation_gives_its_role_and_without_one_people_are_pupils(school: School) -> None:
    token = await invite(school, role=Role.ADMIN)
    person = await school.registrations.register(IDA, token)
    assert person is not None
    assert person.role == Role.ADMIN
    other = await school.registrations.register(
        dataclasses.replace(IDA, username="other", email="other@school.example")
    )
    assert other is not None
    assert other.role == Role.STUDENT


async def test_in_a_closed_school_nobody_is_invited_and_older_invitations_rest(
    school: School, database: Database, realtime: Realtime, settings: Settings
) -> None:
    token = await invite(school)
    closed = school_with(database, realtime, settings, registration="closed")
    with pytest.raises(Forbidden):
        await closed.registrations.register(IDA, token)
    with pytest.raises(Forbidden):
        await invite(closed)


async def test_only_administrators_invite_and_their_name_is_kept(
    school: School, database: Database, cast: Cast
) -> None:
    anna, ben, gita, olga = (
        dataclasses.replace(me, session_id=new_id()) for me in (cast.anna, cast.ben, cast.gita, cast.olga)
    )
    program_of_olgas = cast.olga
    for me in (anna, ben, gita, program_of_olgas):
        with pytest.raises(Forbidden):
            await school.invitations.invite(me, IDA.email, Role.STUDENT)
    with pytest.raises(NotSignedIn):
        await school.invitations.invite(None, IDA.email, Role.STUDENT)
    invited = await school.invitations.invite(olga, IDA.email, Role.GUARDIAN, days=3)
    assert invited.link.startswith("http://localhost:8000/invite/")
    assert invited.link not in repr(invited)
    row = await database.query(Invitation).get()
    assert (row.invited_by_id, row.role) == (cast.olga.id, Role.GUARDIAN)
    for email, days, argument in (("no", 3, "email"), (BEN.email, 3, "email"), (IDA.email, 0, "days")):
        with pytest.raises(Invalid) as refusal:
            await school.invitations.invite(olga, email, Role.STUDENT, days)
        assert list(refusal.value.errors) == [argument]


async def test_where_mails_are_sent_an_invitation_is_mailed(
    database: Database, realtime: Realtime, settings: Settings
) -> None:
    smtp = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:1")})
    sending = School(database, realtime, smtp, KEYS)
    invited = await sending.invitations.make(IDA.email, Role.STUDENT, 1)
    ((_, body),) = await mails_to(sending, database, IDA.email)
    assert invited.link in body
    assert "for 1 day:" in body


# -- proving one's address


async def test_who_registers_gets_an_account_once_the_link_in_their_mail_is_opened(
    proving: School, database: Database
) -> None:
    assert await proving.registrations.register(IDA) is None
    assert await database.query(Person).count() == 0
    with pytest.raises(Invalid):
        await proving.sessions.sign_in(IDA.email, PASSWORD, Device())
    token = await token_in_the_last_mail_to(proving, database, IDA.email)
    person = await proving.registrations.confirm(token, HOME)
    assert (person.username, person.email, person.role) == ("ida", IDA.email, Role.STUDENT)
    assert await proving.sessions.sign_in(IDA.email, PASSWORD, Device())
    with pytest.raises(Invalid) as refusal:
        await proving.registrations.confirm(token, HOME)
    assert list(refusal.value.errors) == ["token"]


async def test_an_address_that_has_an_account_is_answered_the_same_and_its_owner_is_told(
    proving: School, database: Database, cast: Cast
) -> None:
    assert await proving.registrations.register(dataclasses.replace(IDA, email=BEN.email)) is None
    ((subject, body),) = await mails_to(proving, database, BEN.email)
    assert subject == "You have an account: EduSphere"
    assert "it has an account already: ben." in body
    assert await database.query(PendingRegistration).count() == 0


async def test_a_waiting_registration_holds_neither_its_username_nor_its_address(
    proving: School, database: Database, cast: Cast
) -> None:
    """Otherwise a second registration would tell whether the address of the first has an account."""
    for email in (IDA.email, BEN.email):
        await proving.registrations.register(dataclasses.replace(IDA, email=email))
        await mails_to(proving, database, email)
        assert await proving.registrations.register(dataclasses.replace(IDA, email="own@school.example")) is None
    first = await token_in_the_last_mail_to(proving, database, IDA.email)
    second = await token_in_the_last_mail_to(proving, database, "own@school.example")
    await proving.registrations.confirm(first, HOME)
    with pytest.raises(Invalid) as refusal:
        await proving.registrations.confirm(second, HOME)
    assert list(refusal.value.errors) == ["username"]
    with pytest.raises(Invalid) as refusal:
        await proving.registrations.confirm(second, HOME, "no spaces")
    assert list(refusal.value.errors) == ["username"]
    assert (await proving.registrations.confirm(second, HOME, "Ida-2")).username == "ida-2"


async def test_what_is_wrong_with_a_form_is_said_as_ever_and_a_taken_username_too(
    proving: School, database: Database, cast: Cast
) -> None:
    with pytest.raises(Invalid) as refusal:
        await proving.registrations.register(
            dataclasses.replace(IDA, username="ben", email=BEN.email, password2="other")
        )
    assert set(refusal.value.errors) == {"username", "password2"}
    assert await mails_to(proving, database, BEN.email) == []


async def test_a_link_to_confirm_is_good_for_a_day_and_while_the_school_takes_registrations(
    proving: School, database: Database, realtime: Realtime, settings: Settings
) -> None:
    await proving.registrations.register(IDA)
    token = await token_in_the_last_mail_to(proving, database, IDA.email)
    closed = school_with(database, realtime, settings, verify_email=True, registration="closed")
    with pytest.raises(Forbidden):
        await closed.registrations.confirm(token, HOME)
    await database.rows("UPDATE pending_registrations SET expires = expires - interval '1 day 1 second'")
    with pytest.raises(Invalid):
        await proving.registrations.confirm(token, HOME)
    await proving.registrations.register(dataclasses.replace(IDA, username="ida-2"))
    await mails_to(proving, database, IDA.email)
    assert (await database.query(PendingRegistration).get()).username == "ida-2"


async def test_one_address_confirms_once(proving: School, database: Database) -> None:
    await proving.registrations.register(IDA)
    first = await token_in_the_last_mail_to(proving, database, IDA.email)
    await proving.registrations.register(dataclasses.replace(IDA, username="ida-2"))
    second = await token_in_the_last_mail_to(proving, database, IDA.email)
    assert first != second
    await proving.registrations.confirm(first, HOME)
    with pytest.raises(Invalid):
        await proving.registrations.confirm(second, HOME)


async def test_whoever_has_the_link_of_an_invitation_has_proven_their_address(proving: School) -> None:
    person = await proving.registrations.register(IDA, await invite(proving))
    assert person is not None


async def test_a_mailbox_is_not_filled_with_registrations(proving: School) -> None:
    for count in range(5):
        await proving.registrations.register(dataclasses.replace(IDA, username=f"ida-{count}"))
    with pytest.raises(TooMany):
        await proving.registrations.register(IDA)


async def test_forms_with_mistakes_are_counted_more_generously_than_accounts_but_counted(
    database: Database, realtime: Realtime, settings: Settings
) -> None:
    strict = school_with(database, realtime, settings, registrations_per_address=1)
    for _ in range(10):
        with pytest.raises(Invalid):
            await strict.registrations.register(dataclasses.replace(IDA, password1="short"))
    with pytest.raises(TooMany):
        await strict.registrations.register(IDA)
    assert await strict.registrations.register(dataclasses.replace(IDA, address=HOME))
