"""Accounts: administrators make, edit, close and open them, and one of them always remains."""

from __future__ import annotations

import asyncio

import pytest

from edusphere.contract.close_codes import CloseCode
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.realtime.directives import EndSessions, Renew
from edusphere.school import School
from edusphere.school.accounts import AccountOrder, Accounts
from edusphere.school.me import Me
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id
from edusphere.school.sessions import Device
from tests.news import News
from tests.people import PASSWORD, Cast


@pytest.fixture
def accounts(school: School) -> Accounts:
    return school.accounts


@pytest.fixture
def olga(cast: Cast) -> Me:
    """The administrator, signed in."""
    return Me(cast.olga.id, "olga", cast.olga.name, "", Role.ADMIN, new_id())


async def acts(database: Database) -> list[tuple[str, str]]:
    return [(row["act"], row["subject"]) for row in await database.rows("SELECT * FROM audit_entries ORDER BY number")]


async def test_somebody_gets_an_account_and_chooses_a_password(
    accounts: Accounts, school: School, olga: Me, database: Database
) -> None:
    made = await accounts.make(olga, "Nora", "Nora Ābele", "Nora@school.example", Role.TEACHER)
    assert (made.person.username, made.person.role) == ("nora", Role.TEACHER)
    with pytest.raises(Invalid):
        await school.sessions.sign_in("nora@school.example", "", Device("", ""))
    password = "a battery of correct horses"
    await school.credentials.reset(made.link.rpartition("/")[2], password, password, "127.0.0.1")
    assert (await school.sessions.sign_in("nora@school.example", password, Device("", ""))).me.username == "nora"
    assert await acts(database) == [("account.made", "Nora Ābele")]
    with pytest.raises(Invalid) as wrong:
        await accounts.make(olga, "nora", " ", "ben@school.example", Role.STUDENT)
    assert wrong.value.errors.keys() == {"username", "name", "email"}


async def test_nobody_else_looks_after_accounts_and_no_program(accounts: Accounts, cast: Cast) -> None:
    teacher = Me(cast.anna.id, "anna", "Anna", "", Role.TEACHER, new_id())
    program = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, None, token_id=new_id())
    for me in (teacher, program):
        for act in (
            accounts.listed(me),
            accounts.find(me, cast.ben.id),
            accounts.make(me, "nora", "Nora", "nora@school.example", Role.ADMIN),
            accounts.edit(me, cast.ben.id, role=Role.ADMIN),
            accounts.close(me, [cast.ben.id]),
            accounts.open(me, [cast.ben.id]),
            accounts.link(me, cast.olga.id),
            accounts.end_sessions(me, [cast.ben.id]),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_accounts_are_found_by_name_address_and_role_page_by_page(
    accounts: Accounts, olga: Me, cast: Cast, school: School
) -> None:
    await school.sessions.sign_in("ben@school.example", PASSWORD, Device("", ""))
    page = await accounts.listed(olga, first=4)
    rest = await accounts.listed(olga, first=4, after=page.cursors[-1])
    names = [account.person.name for account in (*page.nodes, *rest.nodes)]
    assert names == sorted(names)
    assert len(names) == 6
    (ben,) = (await accounts.listed(olga, "ben@")).nodes
    assert (ben.person.id, ben.sessions) == (cast.ben.id, 1)
    assert ben.seen is not None
    assert [one.person.id for one in (await accounts.listed(olga, role=Role.GUARDIAN)).nodes] == [cast.gita.id]
    await accounts.close(olga, [cast.mia.id])
    assert [one.person.id for one in (await accounts.listed(olga, closed=True)).nodes] == [cast.mia.id]


async def test_a_closed_account_is_out_at_once_and_can_be_opened_again(
    accounts: Accounts, school: School, olga: Me, cast: Cast, news: News, database: Database
) -> None:
    await school.sessions.sign_in("ben@school.example", PASSWORD, Device("", ""))
    assert await accounts.close(olga, [cast.ben.id, cast.mia.id]) == 2
    assert await accounts.close(olga, [cast.ben.id]) == 0
    ended = [told for told in news.directives() if isinstance(told, EndSessions)]
    assert {(told.person_id, told.code) for told in ended} == {
        (cast.ben.id, CloseCode.ACCOUNT_DISABLED),
        (cast.mia.id, CloseCode.ACCOUNT_DISABLED),
    }
    assert await accounts.open(olga, [cast.ben.id, cast.mia.id]) == 2
    await school.sessions.sign_in("ben@school.example", PASSWORD, Device("", ""))
    assert await accounts.end_sessions(olga, [cast.ben.id]) == 1
    assert [act for act, _ in await acts(database)] == [
        *["account.closed"] * 2,
        *["account.opened"] * 2,
        "account.signed_out",
    ]


async def test_a_role_is_changed_and_who_did_it_is_known(
    accounts: Accounts, olga: Me, cast: Cast, database: Database, news: News
) -> None:
    person = await accounts.edit(olga, cast.ben.id, name="Benjamin Kalniņš", role=Role.TEACHER)
    assert (person.name, person.role) == ("Benjamin Kalniņš", Role.TEACHER)
    await accounts.edit(olga, cast.ben.id, name="Benjamin Kalniņš")
    assert news.directives() == [Renew(cast.ben.id)]
    entry = await database.one("SELECT actor, details::text FROM audit_entries")
    assert entry["actor"] == "olga"
    assert '"role": ["STUDENT", "TEACHER"]' in entry["details"]
    with pytest.raises(NotFound):
        await accounts.edit(olga, new_id(), name="Nobody")


async def test_one_administrator_always_remains(accounts: Accounts, olga: Me, cast: Cast, database: Database) -> None:
    for act in (accounts.edit(olga, cast.olga.id, role=Role.TEACHER), accounts.close(olga, [cast.olga.id])):
        with pytest.raises(Conflict):
            await act
    await accounts.edit(olga, cast.anna.id, role=Role.ADMIN)
    anna = Me(cast.anna.id, "anna", "Anna", "", Role.ADMIN, new_id())
    both = await asyncio.gather(
        accounts.close(olga, [cast.anna.id]), accounts.close(anna, [cast.olga.id]), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Conflict", "int"]
    left = await database.rows("SELECT FROM people WHERE role = 'ADMIN' AND disabled IS NULL")
    assert len(left) == 1


async def test_of_two_administrators_who_change_one_role_at_once_both_are_recorded(
    accounts: Accounts, olga: Me, cast: Cast, database: Database
) -> None:
    await asyncio.gather(
        accounts.edit(olga, cast.ben.id, role=Role.TEACHER), accounts.edit(olga, cast.ben.id, role=Role.GUARDIAN)
    )
    first, second = [
        row["details"] for row in await database.rows("SELECT details::text FROM audit_entries ORDER BY number")
    ]
    assert "STUDENT" in first
    assert "STUDENT" not in second


async def test_one_account_is_found_by_its_id(accounts: Accounts, olga: Me, cast: Cast) -> None:
    found = await accounts.find(olga, cast.ben.id)
    assert (found.person.username, found.sessions) == ("ben", 0)
    with pytest.raises(NotFound):
        await accounts.find(olga, new_id())


async def test_accounts_come_in_the_order_that_is_asked_for(accounts: Accounts, olga: Me) -> None:
    async def names(order: AccountOrder, *, descending: bool) -> list[str]:
        found, after = [], None
        while True:
            page = await accounts.listed(olga, None, None, None, 4, after, order, descending=descending)
            found += [account.person.username for account in page.nodes]
            if not page.has_next:
                return found
            after = page.cursors[-1]

    by_name = ["anna", "ben", "gita", "mia", "olga", "zoe"]
    assert await names(AccountOrder.NAME, descending=False) == by_name
    assert await names(AccountOrder.EMAIL, descending=True) == by_name[::-1]
    await accounts.make(olga, "aaron", "Zacharias", "x@school.example", Role.STUDENT)
    assert (await names(AccountOrder.CREATED, descending=True))[0] == "aaron"
    assert (await names(AccountOrder.NAME, descending=True))[0] == "zoe"
