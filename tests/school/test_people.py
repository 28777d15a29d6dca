"""Accounts: making one, one's profile, and who sees whom."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotFound, TooMany
from edusphere.realtime import Realtime
from edusphere.realtime.directives import EndSessions
from edusphere.school import School
from edusphere.school.models import Person, Role, Room
from edusphere.school.registration import Registration
from edusphere.school.sessions import Device
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import PASSWORD, Cast

IDA = Registration("Ida_1", " Ida   Krūmiņa ", " Ida@School.Example ", PASSWORD, PASSWORD)


async def test_who_registers_is_a_student_with_a_tidy_name_and_a_hashed_password(
    school: School, database: Database
) -> None:
    person = await school.registrations.register(IDA)
    assert person is not None
    row = await database.query(Person).get()
    assert (row.id, row.username, row.name, row.email) == (person.id, "ida_1", "Ida Krūmiņa", "ida@school.example")
    assert (row.role, row.bio, row.avatar, row.disabled) == (Role.STUDENT, "", "", None)
    assert row.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_all_that_is_wrong_with_a_form_is_said_at_once(school: School, database: Database) -> None:
    with pytest.raises(Invalid) as refusal:
        await school.registrations.register(Registration("Ida Krūmiņa", " ", "no address", "short", "shorter"))
    assert set(refusal.value.errors) == {"username", "name", "email", "password1", "password2"}
    assert await database.query(Person).count() == 0


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("username", ""),
        ("username", "a b"),
        ("username", "ķēniņš"),
        ("username", "a" * 65),
        ("username", "a\x00"),
        ("username", "../etc"),
        ("name", ""),
        ("name", "\u200b"),
        ("name", "half \udc00"),
        ("name", "x" * 201),
        ("name", "turn \u202e around"),
        ("email", ""),
        ("email", "@"),
        ("email", "a@b@c"),
        ("email", "a b@c.example"),
        ("email", "a@c..example"),
        ("email", "a\x00@c.example"),
        ("email", "\ud800@c.example"),
        ("email", "x" * 250 + "@c.example"),
        ("password1", "aB3$"),
        ("password1", "aaaaaaaaaaaa"),
        ("password1", "abcdefghijkl"),
        ("password1", "98765432"),
        ("password1", "Password123"),
        ("password1", "ida@school.example"),
        ("password1", "Krūmiņa Ida"),
        ("password1", "x9" * 65),
        ("password1", "NUL \x00 inside"),
    ],
)
async def test_bad_input_is_refused_at_its_own_argument(
    school: School, database: Database, argument: str, value: str
) -> None:
    form = dataclasses.replace(IDA, name="Krūmiņa Ida")
    if argument == "password1":
        form = dataclasses.replace(form, password2=value)
    form = dataclasses.replace(form, **{argument: value})
    with pytest.raises(Invalid) as refusal:
        await school.registrations.register(form)
    assert list(refusal.value.errors) == [argument]
    assert all(why.endswith(".") for why in refusal.value.errors[argument])
    assert await database.query(Person).count() == 0


async def test_one_email_in_two_letter_cases_is_one_account(school: School, database: Database) -> None:
    await school.registrations.register(IDA)
    again = dataclasses.replace(IDA, username="ida_2", email="IDA@SCHOOL.EXAMPLE")
    with pytest.raises(Invalid) as refusal:
        await school.registrations.register(again)
    assert list(refusal.value.errors) == ["email"]
    with pytest.raises(Invalid) as refusal:
        await school.registrations.register(dataclasses.replace(IDA, username="IDA_1", email="other@school.example"))
    assert list(refusal.value.errors) == ["username"]
    assert await database.query(Person).count() == 1


async def test_of_five_who_take_one_email_at_once_there_is_one(school: School, database: Database) -> None:
    answers = await asyncio.gather(
        *(school.registrations.register(dataclasses.replace(IDA, username=f"ida-{count}")) for count in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Person) for answer in answers) == 1
    assert [list(answer.errors) for answer in answers if isinstance(answer, Invalid)] == [["email"]] * 4
    assert await database.query(Person).count() == 1


@pytest.mark.parametrize("mode", ["invited", "closed"])
async def test_people_register_only_while_the_school_lets_them(
    database: Database, realtime: Realtime, settings: Settings, mode: str
) -> None:
    closed = School(database, realtime, settings.model_copy(update={"registration": mode}), KEYS)
    with pytest.raises(Forbidden):
        await closed.registrations.register(IDA)
    assert await closed.people.create("ida", "Ida", "ida@school.example", PASSWORD, Role.TEACHER)


async def test_one_address_makes_only_so_many_accounts(
    database: Database, realtime: Realtime, settings: Settings
) -> None:
    school = School(database, realtime, settings.model_copy(update={"registrations_per_address": 1}), KEYS)
    await school.registrations.register(dataclasses.replace(IDA, address="192.0.2.1"))
    other = dataclasses.replace(IDA, username="other", email="other@school.example")
    with pytest.raises(TooMany):
        await school.registrations.register(dataclasses.replace(other, address="192.0.2.1"))
    await school.registrations.register(dataclasses.replace(other, address="192.0.2.2"))


async def test_a_profile_changes_where_it_is_told_to(school: School, cast: Cast, database: Database) -> None:
    person = await school.people.edit(cast.ben, name="Benjamin", bio="I like\nfrogs.\n")
    assert (person.name, person.bio, person.avatar) == ("Benjamin", "I like\nfrogs.", "")
    person = await school.people.edit(cast.ben, avatar="avatars/x.png")
    assert (person.name, person.bio, person.avatar) == ("Benjamin", "I like\nfrogs.", "avatars/x.png")
    person = await school.people.edit(cast.ben, bio="", avatar="")
    assert (person.name, person.bio, person.avatar) == ("Benjamin", "", "")
    with pytest.raises(Invalid) as refusal:
        await school.people.edit(cast.ben, name=" ", bio="x" * 501)
    assert set(refusal.value.errors) == {"name", "bio"}
    assert (await database.query(Person).get(username="ben")).name == "Benjamin"
    assert (await database.query(Person).get(username="mia")).name == cast.mia.name


async def seen(school: School, cast: Cast) -> dict[str, set[str]]:
    """Who finds whom, by asking for each person and by searching: both must agree."""
    everybody = (cast.anna, cast.ben, cast.mia, cast.zoe, cast.gita, cast.olga)
    table: dict[str, set[str]] = {}
    for me in everybody:
        found = {other.username for other in everybody if await school.people.find(me, other.username)}
        assert {person.username for person in (await school.people.search(me)).nodes} == found
        table[me.username] = found
    return table


async def test_pupils_see_staff_and_those_they_share_a_room_with(school: School, cast: Cast, biology: Room) -> None:
    everybody = {"anna", "ben", "mia", "zoe", "gita", "olga"}
    assert await seen(school, cast) == {
        "anna": everybody,
        "ben": {"anna", "olga", "ben", "mia"},
        "mia": {"anna", "olga", "ben", "mia"},
        "zoe": {"anna", "olga", "zoe"},
        "gita": {"anna", "olga", "gita"},
        "olga": everybody,
    }
    await school.rooms.create(cast.zoe, "Poems", "", "")
    assert "zoe" in (await seen(school, cast))["gita"]
    await school.rooms.delete(cast.anna, biology.id)
    assert "mia" not in (await seen(school, cast))["ben"]


async def test_the_signed_out_see_nobody(school: School, cast: Cast) -> None:
    assert await school.people.find(None, "anna") is None
    assert (await school.people.search(None)).nodes == ()
    assert await school.people.listed(None) == []


async def test_disabled_people_are_in_no_list_and_found_by_staff_only(school: School, cast: Cast) -> None:
    await school.people.disable("olga")
    assert await school.people.find(cast.ben, "olga") is None
    assert await school.people.find(cast.anna, "olga")
    assert "olga" not in {person.username for person in await school.people.listed(cast.anna)}


async def test_people_are_found_by_parts_of_name_and_username(school: School, cast: Cast) -> None:
    for text, usernames in (("ANNA", ["anna"]), ("kalni", ["ben", "gita"]), ("_", []), (" ", 6), (None, 6)):
        found = [person.username for person in await school.people.listed(cast.anna, text)]
        assert found == usernames or len(found) == usernames
    for username in ("\x00", "\ud800", "nobody", ""):
        assert await school.people.find(cast.anna, username) is None
    with pytest.raises(Invalid) as refusal:
        await school.people.search(cast.anna, "\ud800")
    assert list(refusal.value.errors) == ["search"]


async def test_people_are_paged_by_name(school: School, cast: Cast) -> None:
    walked, after = [], None
    while True:
        page = await school.people.search(cast.olga, first=4, after=after)
        walked += [person.name for person in page.nodes]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert walked == sorted(walked)
    assert len(walked) == 6


async def test_disabling_an_account_ends_its_sessions_everywhere_at_once(
    school: School, cast: Cast, news: News, database: Database
) -> None:
    person = await school.people.disable("BEN@school.example")
    assert person.disabled is not None
    assert news.directives() == [EndSessions(cast.ben.id, SessionEnded(why="disabled"), CloseCode.ACCOUNT_DISABLED)]
    again = await school.people.disable("ben")
    assert again.disabled == person.disabled
    assert (await school.people.enable("ben")).disabled is None
    with pytest.raises(NotFound):
        await school.people.disable("nobody")
    with pytest.raises(NotFound):
        await school.people.enable("\x00@")


async def test_a_new_password_ends_all_sessions_and_must_be_a_good_one(school: School, cast: Cast, news: News) -> None:
    with pytest.raises(Invalid) as refusal:
        await school.credentials.set("ben", "short")
    assert list(refusal.value.errors) == ["password"]
    assert news.told == []
    bens = await school.sessions.sign_in("ben@school.example", PASSWORD, Device())
    await school.credentials.set("ben", "another horse entirely")
    (directive,) = news.directives()
    assert directive.session_ids == (bens.session_id,)
    assert (directive.person_id, directive.event.why, directive.code) == (cast.ben.id, "password_changed", 4001)
