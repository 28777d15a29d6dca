"""A new password: by who knows the old one, by a link in a mail, by an administrator."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from pydantic import SecretStr

from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotFound, NotSignedIn, TooMany
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.keys import Keys, digest
from edusphere.school.me import Me
from edusphere.school.models import Mail, PasswordReset
from edusphere.school.sessions import Device, SignedIn
from edusphere.school.telling import all_told
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.letters import mails_to, token_in_the_last_mail_to
from tests.news import News
from tests.people import BEN, PASSWORD, Cast

PHONE, LAPTOP = Device("Phone", "192.0.2.1"), Device("Laptop", "192.0.2.2")
NEW = "another horse entirely"
HOME = "198.51.100.7"


@pytest.fixture
async def bens(school: School, cast: Cast) -> SignedIn:
    return await school.sessions.sign_in(BEN.email, PASSWORD, PHONE)


async def test_who_changes_their_password_stays_and_their_other_devices_are_out_at_once(
    school: School, bens: SignedIn, news: News
) -> None:
    laptop = await school.sessions.sign_in(BEN.email, PASSWORD, LAPTOP)
    await school.credentials.change(bens.me, PASSWORD, NEW, NEW)
    (directive,) = news.directives()
    assert (directive.session_ids, directive.event.why, directive.code) == (
        (laptop.session_id,),
        "password_changed",
        4001,
    )
    assert await school.sessions.me(bens.session_id) == bens.me
    assert await school.sessions.me(laptop.session_id) is None
    with pytest.raises(Invalid):
        await school.sessions.sign_in(BEN.email, PASSWORD, PHONE)
    assert await school.sessions.sign_in(BEN.email, NEW, PHONE)


async def test_all_that_is_wrong_with_a_change_is_said_and_nothing_is_changed(school: School, bens: SignedIn) -> None:
    for current, password1, password2, wrong in (
        ("wrong", NEW, NEW, {"current"}),
        (PASSWORD, "short", "shorter", {"password1", "password2"}),
        (PASSWORD, "Ben Kalniņš", "Ben Kalniņš", {"password1"}),
        (PASSWORD, NEW, NEW + " ", {"password2"}),
        ("\ud800", NEW, NEW, {"current"}),
    ):
        with pytest.raises(Invalid) as refusal:
            await school.credentials.change(bens.me, current, password1, password2)
        assert set(refusal.value.errors) == wrong
    assert await school.sessions.sign_in(BEN.email, PASSWORD, PHONE)


async def test_neither_a_stranger_nor_a_program_changes_a_password(school: School, cast: Cast) -> None:
    with pytest.raises(NotSignedIn):
        await school.credentials.change(None, PASSWORD, NEW, NEW)
    with pytest.raises(Forbidden):
        await school.credentials.change(cast.ben, PASSWORD, NEW, NEW)


async def test_the_old_password_is_not_guessed_at_for_long(school: School, bens: SignedIn) -> None:
    guesses = await asyncio.gather(
        *(school.credentials.change(bens.me, f"guess {count}", NEW, NEW) for count in range(12)),
        return_exceptions=True,
    )
    assert sum(isinstance(guess, Invalid) for guess in guesses) == 10
    with pytest.raises(TooMany):
        await school.credentials.change(bens.me, PASSWORD, NEW, NEW)


async def test_nobody_comes_in_by_a_password_that_is_being_changed(school: School, bens: SignedIn) -> None:
    changed, *signed_in = await asyncio.gather(
        school.credentials.change(bens.me, PASSWORD, NEW, NEW),
        *(school.sessions.sign_in(BEN.email, PASSWORD, LAPTOP) for _ in range(6)),
        return_exceptions=True,
    )
    assert changed is None
    for outcome in signed_in:
        assert isinstance(outcome, (SignedIn, Invalid))
        if isinstance(outcome, SignedIn):
            assert await school.sessions.me(outcome.session_id) is None


async def test_of_two_who_change_one_password_at_once_the_second_is_told(school: School, bens: SignedIn) -> None:
    outcomes = await asyncio.gather(
        *(school.credentials.change(bens.me, PASSWORD, f"{NEW} {n}", f"{NEW} {n}") for n in range(3)),
        return_exceptions=True,
    )
    assert outcomes.count(None) == 1
    assert [list(other.errors) for other in outcomes if isinstance(other, Invalid)] == [["current"]] * 2


async def test_a_burst_of_forgotten_passwords_leaves_the_school_to_others(
    school: School, database: Database, cast: Cast
) -> None:
    everybody = [me.username for me in vars(cast).values() if isinstance(me, Me)]
    for _ in range(3):
        for username in everybody:
            school.credentials.request_reset(f"{username}@school.example", HOME)
    async with asyncio.timeout(30):
        assert await school.topics.search(cast.ben) is not None
        await all_told()
    assert await database.query(PasswordReset).all().count() == 3 * len(everybody)


async def test_a_link_in_a_mail_gives_a_new_password_once_and_ends_every_session(
    school: School, database: Database, bens: SignedIn, news: News
) -> None:
    school.credentials.request_reset(" BEN@School.example ", HOME)
    ((subject, body),) = await mails_to(school, database, BEN.email)
    assert subject == "A new password: EduSphere"
    assert "Hello Ben Kalniņš," in body
    assert "60 minutes" in body
    token = await token_in_the_last_mail_to(school, database, BEN.email)
    assert await school.credentials.reset_is_good(token, HOME)
    with pytest.raises(Invalid) as refusal:
        await school.credentials.reset(token, "short", "short", HOME)
    assert list(refusal.value.errors) == ["password1"]
    await school.credentials.reset(token, NEW, NEW, HOME)
    (directive,) = news.directives()
    assert directive.session_ids == (bens.session_id,)
    assert await school.sessions.me(bens.session_id) is None
    assert await school.sessions.sign_in(BEN.email, NEW, PHONE)
    assert not await school.credentials.reset_is_good(token, HOME)
    with pytest.raises(Invalid) as refusal:
        await school.credentials.reset(token, NEW, NEW, HOME)
    assert list(refusal.value.errors) == ["token"]


async def test_of_five_who_use_one_link_at_once_one_gets_a_password(
    school: School, database: Database, cast: Cast
) -> None:
    token = (await school.credentials.reset_link("ben")).rpartition("/")[2]
    outcomes = await asyncio.gather(
        *(school.credentials.reset(token, f"{NEW} {n}", f"{NEW} {n}", HOME) for n in range(5)), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert [list(other.errors) for other in outcomes if isinstance(other, Invalid)] == [["token"]] * 4


async def test_a_new_password_ends_every_other_link(school: School, bens: SignedIn) -> None:
    first, second = [(await school.credentials.reset_link(who)).rpartition("/")[2] for who in ("ben", BEN.email)]
    await school.credentials.reset(first, NEW, NEW, HOME)
    assert not await school.credentials.reset_is_good(second, HOME)
    third = (await school.credentials.reset_link("ben")).rpartition("/")[2]
    again = await school.sessions.sign_in(BEN.email, NEW, PHONE)
    await school.credentials.change(again.me, NEW, PASSWORD, PASSWORD)
    assert not await school.credentials.reset_is_good(third, HOME)


async def test_a_link_is_good_for_an_hour_and_for_no_disabled_account(
    school: School, database: Database, cast: Cast
) -> None:
    token = (await school.credentials.reset_link("ben")).rpartition("/")[2]
    await school.people.disable("ben")
    assert not await school.credentials.reset_is_good(token, HOME)
    with pytest.raises(Invalid, match="is disabled"):
        await school.credentials.reset_link("ben")
    await school.people.enable("ben")
    assert await school.credentials.reset_is_good(token, HOME)
    await database.rows("UPDATE password_resets SET expires = expires - $1::interval", timedelta(hours=1, seconds=1))
    with pytest.raises(Invalid):
        await school.credentials.reset(token, NEW, NEW, HOME)
    with pytest.raises(NotFound):
        await school.credentials.reset_link("nobody")


async def test_nobodys_address_is_answered_the_same_and_nothing_is_written(
    school: School, database: Database, cast: Cast
) -> None:
    await school.people.disable("mia")
    for email in ("nobody@school.example", "mia@school.example"):
        assert school.credentials.request_reset(email, HOME) is None  # type: ignore[func-returns-value]
        assert await mails_to(school, database, email) == []
    assert await database.query(PasswordReset).count() == 0
    for email in ("", "no address", "\ud800@x.example"):
        with pytest.raises(Invalid) as refusal:
            school.credentials.request_reset(email, HOME)
        assert list(refusal.value.errors) == ["email"]


async def test_a_mailbox_is_not_filled_and_whether_it_exists_is_not_told_by_that(school: School, cast: Cast) -> None:
    for email in (BEN.email, "nobody@school.example"):
        for _ in range(5):
            school.credentials.request_reset(email, HOME)
        with pytest.raises(TooMany) as refusal:
            school.credentials.request_reset(email.upper(), "203.0.113.9")
        assert 3_500 < refusal.value.seconds <= 3_600


async def test_links_are_not_guessed_at_for_long_and_a_class_that_uses_good_ones_is_not_kept_out(
    school: School, database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    strict = School(database, realtime, settings.model_copy(update={"wrong_links_per_address": 2}), KEYS)
    token = (await strict.credentials.reset_link("ben")).rpartition("/")[2]
    for _ in range(5):
        assert await strict.credentials.reset_is_good(token, HOME)
    for guess in ("x" * 43, "\x00"):
        assert not await strict.credentials.reset_is_good(guess, HOME)
    with pytest.raises(TooMany):
        await strict.credentials.reset_is_good(token, HOME)
    assert await strict.credentials.reset_is_good(token, "192.0.2.77")


async def test_no_table_holds_a_link_that_works(school: School, database: Database, cast: Cast) -> None:
    school.credentials.request_reset(BEN.email, HOME)
    token = await token_in_the_last_mail_to(school, database, BEN.email)
    rows = [dict(row) for row in await database.rows("SELECT * FROM mails CROSS JOIN password_resets")]
    assert token not in str(rows)
    assert digest(token) in str(rows)


async def test_a_link_outlives_one_change_of_the_key(
    school: School, database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    school.credentials.request_reset(BEN.email, HOME)
    token = await token_in_the_last_mail_to(school, database, BEN.email)
    rotated = School(database, realtime, settings, Keys(b"an entirely new key of 32 bytes!", KEYS.current))
    assert await token_in_the_last_mail_to(rotated, database, BEN.email) == token
    assert await rotated.credentials.reset_is_good(token, HOME)
    again = School(database, realtime, settings, Keys(b"and yet another key of 32 bytes!"))
    ((_, body),) = await mails_to(again, database, BEN.email)
    assert "can no longer be written" in body


async def test_where_mails_are_sent_a_new_password_is_told_to_its_person(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    smtp = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:1")})
    sending = School(database, realtime, smtp, KEYS)
    signed_in = await sending.sessions.sign_in(BEN.email, PASSWORD, PHONE)
    await sending.credentials.change(signed_in.me, PASSWORD, NEW, NEW, "lv")
    mail = await database.query(Mail).get()
    assert (mail.recipient, mail.subject) == (BEN.email, "Parole ir nomainīta: EduSphere")
    assert mail.due is not None


async def test_only_an_administrator_in_person_reads_kept_mails(school: School, database: Database, cast: Cast) -> None:
    school.credentials.request_reset(BEN.email, HOME)
    token = await token_in_the_last_mail_to(school, database, BEN.email)
    olga = (await school.sessions.sign_in("olga@school.example", PASSWORD, PHONE)).me
    (mail,) = (await school.mails.kept(olga)).nodes
    assert (mail.recipient, mail.problem) == (BEN.email, "")
    assert token in mail.body
    assert token not in repr(mail)
    anna = (await school.sessions.sign_in("anna@school.example", PASSWORD, PHONE)).me
    for me in (anna, cast.olga, dataclasses.replace(cast.olga, token_id=olga.id)):
        with pytest.raises(Forbidden):
            await school.mails.kept(me)
    with pytest.raises(NotSignedIn):
        await school.mails.kept(None)


async def test_kept_mails_are_paged_and_go_after_a_month(school: School, database: Database, cast: Cast) -> None:
    for email in (BEN.email, "mia@school.example", "zoe@school.example"):
        school.credentials.request_reset(email, HOME)
        await mails_to(school, database, email)
    olga = (await school.sessions.sign_in("olga@school.example", PASSWORD, PHONE)).me
    page = await school.mails.kept(olga, first=2)
    rest = await school.mails.kept(olga, first=2, after=page.cursors[-1])
    assert page.has_next
    assert not rest.has_next
    assert [mail.recipient[:3] for mail in (*page.nodes, *rest.nodes)] == ["zoe", "mia", "ben"]
    await database.rows("UPDATE mails SET created = created - interval '31 days'")
    school.credentials.request_reset(BEN.email, HOME)
    assert len(await mails_to(school, database, BEN.email)) == 1
    assert len((await school.mails.kept(olga)).nodes) == 1
