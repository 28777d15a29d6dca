"""Signing in, staying signed in, and being signed out."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from edusphere.database import Database
from edusphere.errors import Invalid, NotSignedIn, TooMany
from edusphere.realtime import Realtime
from edusphere.school import School, known_devices
from edusphere.school.keys import Keys
from edusphere.school.known_devices import KnownDevices
from edusphere.school.models import RefreshToken, Session
from edusphere.school.sessions import DEVICES, Device, SignedIn
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import PASSWORD, Cast

PHONE = Device("Phone", "192.0.2.1")


@pytest.fixture
async def bens(school: School, cast: Cast) -> SignedIn:
    """Ben, signed in on his phone."""
    return await school.sessions.sign_in("ben@school.example", PASSWORD, PHONE)


async def pass_time(database: Database, seconds: int) -> None:
    """Let everything that happened have happened so much earlier."""
    for sql in (
        "UPDATE sessions SET seen = seen - $1::interval, expires = expires - $1::interval",
        "UPDATE refresh_tokens SET issued = issued - $1::interval, used = used - $1::interval",
        "UPDATE api_tokens SET used = used - $1::interval, expires = expires - $1::interval",
    ):
        await database.rows(sql, timedelta(seconds=seconds))


async def test_ben_signs_in_in_any_letter_case_and_is_known_by_his_session(
    school: School, cast: Cast, database: Database
) -> None:
    signed_in = await school.sessions.sign_in(" BEN@School.example", PASSWORD, PHONE)
    assert signed_in.me == dataclasses.replace(cast.ben, session_id=signed_in.session_id)
    assert await school.sessions.me(signed_in.session_id) == signed_in.me
    (row,) = await database.query(Session)
    assert (row.id, row.device, row.address, row.ended) == (signed_in.session_id, "Phone", "192.0.2.1", None)
    assert 29 <= (signed_in.expires - row.created).days <= 30
    assert signed_in.refresh_token not in str((await database.query(RefreshToken).get()).digest)


async def test_whatever_is_wrong_with_a_sign_in_sounds_the_same(school: School, cast: Cast, database: Database) -> None:
    await school.people.disable("mia")
    said = set()
    for email, password in (
        ("ben@school.example", "wrong"),
        ("nobody@school.example", PASSWORD),
        ("mia@school.example", PASSWORD),
        ("nul\x00@school.example", PASSWORD),
        ("\ud800", PASSWORD),
        ("", ""),
        ("ben@school.example", "\ud800"),
        ("ben@school.example", "x" * 1_000_000),
    ):
        with pytest.raises(Invalid) as refusal:
            await school.sessions.sign_in(email, password, PHONE)
        said.add(str(refusal.value.errors))
    assert len(said) == 1
    assert await database.query(Session).count() == 0


async def test_an_account_is_not_guessed_at_for_long_not_even_all_at_once(school: School, cast: Cast) -> None:
    guesses = await asyncio.gather(
        *(school.sessions.sign_in("ben@school.example", f"guess {count}", PHONE) for count in range(15)),
        return_exceptions=True,
    )
    assert sum(isinstance(guess, Invalid) for guess in guesses) == 10
    assert sum(isinstance(guess, TooMany) for guess in guesses) == 5
    with pytest.raises(TooMany):
        await school.sessions.sign_in("BEN@school.example", PASSWORD, Device("", "198.51.100.7"))
    assert await school.sessions.sign_in("mia@school.example", PASSWORD, PHONE)


async def test_a_whole_class_behind_one_address_signs_in(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    school = School(database, realtime, settings.model_copy(update={"sign_ins_per_address": 2}), KEYS)
    for _ in range(4):
        await school.sessions.sign_in("ben@school.example", PASSWORD, PHONE)
    for email in ("ben@school.example", "mia@school.example"):
        with pytest.raises(Invalid):
            await school.sessions.sign_in(email, "wrong", PHONE)
    with pytest.raises(TooMany):
        await school.sessions.sign_in("zoe@school.example", PASSWORD, PHONE)
    assert await school.sessions.sign_in("zoe@school.example", PASSWORD, Device("", "198.51.100.7"))


async def test_guessing_from_every_address_of_one_home_is_guessing_from_one(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    school = School(database, realtime, settings.model_copy(update={"sign_ins_per_address": 2}), KEYS)
    for host, email in enumerate(("ben@school.example", "mia@school.example")):
        with pytest.raises(Invalid):
            await school.sessions.sign_in(email, "wrong", Device("", f"2001:db8::{host}"))
    with pytest.raises(TooMany):
        await school.sessions.sign_in("zoe@school.example", PASSWORD, Device("", "2001:db8::77"))
    signed_in = await school.sessions.sign_in("zoe@school.example", PASSWORD, Device("", "2001:db8:0:1::77"))
    (row,) = await school.sessions.mine(signed_in.me)
    assert row.address == "2001:db8:0:1::77"


async def test_who_signed_in_from_a_school_before_comes_in_while_one_there_has_used_up_its_tries(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    school = School(database, realtime, settings.model_copy(update={"sign_ins_per_address": 2}), KEYS)
    proof, _ = school.sessions.known_devices.prove("zoe@school.example")
    for email in ("ben@school.example", "mia@school.example"):
        with pytest.raises(Invalid):
            await school.sessions.sign_in(email, "wrong", PHONE)
    with pytest.raises(TooMany):
        await school.sessions.sign_in("zoe@school.example", PASSWORD, PHONE)
    assert await school.sessions.sign_in(" ZOE@school.example", PASSWORD, dataclasses.replace(PHONE, proof=proof))


async def test_a_proof_that_is_forged_or_old_or_anothers_helps_nobody(
    school: School, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = school.sessions.known_devices
    good, _ = devices.prove("ben@school.example")
    name, expires, seal = good.split(".")
    monkeypatch.setattr(known_devices, "KNOWN_FOR", -1)
    old, _ = devices.prove("ben@school.example")
    monkeypatch.undo()
    others = KnownDevices(Keys(b"another school's own key")).prove("ben@school.example")[0]
    await exhaust(school, "ben@school.example", PHONE)
    for proof in (
        old,
        others,
        devices.prove("mia@school.example")[0],
        f"{name}.{int(expires) + 1}.{seal}",
        f"x{good}",
        f"{good}x",
        f"{name}.{expires}.",
        f"..{seal}",
        "ā.1.ā",
        "\ud800",
        ".",
    ):
        with pytest.raises(TooMany):
            await school.sessions.sign_in("ben@school.example", PASSWORD, dataclasses.replace(PHONE, proof=proof))
    assert await school.sessions.sign_in("ben@school.example", PASSWORD, dataclasses.replace(PHONE, proof=good))


async def test_a_proof_that_was_made_by_the_previous_key_is_still_good() -> None:
    proof, _ = KnownDevices(KEYS).prove("ben@school.example")
    assert KnownDevices(Keys(b"n" * 32, KEYS.current)).known("ben@school.example", proof)


async def test_a_stolen_proof_is_good_for_a_few_guesses_that_renewing_does_not_make_more(
    school: School, cast: Cast
) -> None:
    proof, _ = school.sessions.known_devices.prove("ben@school.example")
    again, _ = school.sessions.known_devices.prove("ben@school.example", proof)
    await exhaust(school, "ben@school.example", dataclasses.replace(PHONE, proof=proof))
    for each in (proof, again):
        with pytest.raises(TooMany):
            await school.sessions.sign_in("ben@school.example", PASSWORD, dataclasses.replace(PHONE, proof=each))
    assert await school.sessions.sign_in("ben@school.example", PASSWORD, PHONE)  # and nobody else is held up by it


async def test_however_many_proofs_somebody_has_let_be_made_their_guesses_come_to_an_end(
    school: School, cast: Cast
) -> None:
    guessed = 0
    for _ in range(2 * DEVICES):
        proof, _ = school.sessions.known_devices.prove("ben@school.example")
        device = dataclasses.replace(PHONE, proof=proof)
        tries = (school.sessions.sign_in("ben@school.example", "guess", device) for _ in range(12))
        guessed += [type(each) for each in await asyncio.gather(*tries, return_exceptions=True)].count(Invalid)
    assert guessed == DEVICES * 10 + 10  # and ten as any stranger


async def exhaust(school: School, email: str, device: Device) -> None:
    """Guess at a password until it is refused."""
    guesses = await asyncio.gather(
        *(school.sessions.sign_in(email, "guess", device) for _ in range(12)), return_exceptions=True
    )
    assert [type(guess) for guess in guesses].count(Invalid) == 10


async def test_renewing_replaces_the_token_and_the_session_goes_on(
    school: School, bens: SignedIn, database: Database
) -> None:
    renewed = await school.sessions.renew(bens.refresh_token, Device("Phone, updated", "198.51.100.7"))
    assert (renewed.session_id, renewed.me, renewed.expires) == (bens.session_id, bens.me, bens.expires)
    assert renewed.refresh_token != bens.refresh_token
    assert (await database.query(Session).get()).device == "Phone, updated"
    again = await school.sessions.renew(renewed.refresh_token, PHONE)
    assert again.refresh_token not in (bens.refresh_token, renewed.refresh_token)
    assert await database.query(RefreshToken).count() == 3


async def test_twenty_tabs_at_once_get_the_same_successor(school: School, bens: SignedIn, database: Database) -> None:
    renewed = await asyncio.gather(*(school.sessions.renew(bens.refresh_token, PHONE) for _ in range(20)))
    assert len({one.refresh_token for one in renewed}) == 1
    assert await database.query(RefreshToken).count() == 2
    assert await school.sessions.me(bens.session_id)


async def test_the_second_tab_gets_the_same_successor_even_when_the_key_changed_between(
    school: School, bens: SignedIn, database: Database, realtime: Realtime, settings: Settings
) -> None:
    renewed = await school.sessions.renew(bens.refresh_token, PHONE)
    rotated = School(database, realtime, settings, Keys(b"an entirely new key of 32 bytes!", KEYS.current))
    assert (await rotated.sessions.renew(bens.refresh_token, PHONE)).refresh_token == renewed.refresh_token


async def test_a_token_used_again_after_the_grace_ends_the_family_and_closes_its_sockets(
    school: School, cast: Cast, bens: SignedIn, database: Database, news: News
) -> None:
    renewed = await school.sessions.renew(bens.refresh_token, PHONE)
    other = await school.sessions.sign_in("ben@school.example", PASSWORD, PHONE)
    await pass_time(database, 21)
    with pytest.raises(NotSignedIn):
        await school.sessions.renew(bens.refresh_token, PHONE)
    (directive,) = news.directives()
    assert (directive.person_id, directive.session_ids, directive.event.why, directive.code) == (
        cast.ben.id,
        (bens.session_id,),
        "reused",
        4001,
    )
    assert (await database.query(Session).get(id=bens.session_id)).ended_why == "reused"
    assert await school.sessions.me(bens.session_id) is None
    with pytest.raises(NotSignedIn):
        await school.sessions.renew(renewed.refresh_token, PHONE)
    assert await school.sessions.me(other.session_id)


async def test_a_session_unused_for_a_week_is_over(school: School, bens: SignedIn, database: Database) -> None:
    await pass_time(database, 6 * 86_400)
    assert await school.sessions.me(bens.session_id)
    await pass_time(database, 6 * 86_400)
    renewed = await school.sessions.renew(bens.refresh_token, PHONE)
    await pass_time(database, 7 * 86_400 + 1)
    assert await school.sessions.me(bens.session_id) is None
    with pytest.raises(NotSignedIn):
        await school.sessions.renew(renewed.refresh_token, PHONE)


async def test_a_session_is_over_after_thirty_days_however_much_it_is_used(
    school: School, bens: SignedIn, database: Database
) -> None:
    for _ in range(5):
        await pass_time(database, 6 * 86_400 - 10)
        assert await school.sessions.me(bens.session_id)
    await pass_time(database, 60)
    assert await school.sessions.me(bens.session_id) is None
    with pytest.raises(NotSignedIn):
        await school.sessions.renew(bens.refresh_token, PHONE)


async def test_unknown_tokens_are_no_good(school: School, bens: SignedIn) -> None:
    for token in ("", "x", "\x00", "\ud800", "é" * 1000, bens.refresh_token[:-1]):
        with pytest.raises(NotSignedIn):
            await school.sessions.renew(token, PHONE)
        assert await school.sessions.end_by_refresh_token(token) is False


async def test_signing_out_ends_this_session_at_once_and_only_this(
    school: School, cast: Cast, bens: SignedIn, news: News
) -> None:
    other = await school.sessions.sign_in("ben@school.example", PASSWORD, PHONE)
    await school.sessions.end(bens.me)
    (directive,) = news.directives()
    assert (directive.session_ids, directive.event.why) == ((bens.session_id,), "signed_out")
    assert await school.sessions.me(bens.session_id) is None
    with pytest.raises(NotSignedIn):
        await school.sessions.renew(bens.refresh_token, PHONE)
    assert await school.sessions.me(other.session_id) == other.me
    assert await school.sessions.end_by_refresh_token(other.refresh_token) is True
    assert await school.sessions.me(other.session_id) is None


async def test_signing_out_everywhere_else_keeps_this_one(school: School, bens: SignedIn, news: News) -> None:
    other = await school.sessions.sign_in("ben@school.example", PASSWORD, PHONE)
    assert [session.id for session in await school.sessions.mine(bens.me)] == [other.session_id, bens.session_id]
    await school.sessions.end_all(bens.me)
    (directive,) = news.directives()
    assert directive.session_ids == (other.session_id,)
    assert await school.sessions.me(other.session_id) is None
    assert [session.id for session in await school.sessions.mine(bens.me)] == [bens.session_id]
    await school.sessions.end_all(bens.me, except_current=False)
    assert await school.sessions.me(bens.session_id) is None


async def test_a_disabled_account_and_a_changed_password_end_every_session(
    school: School, cast: Cast, bens: SignedIn
) -> None:
    await school.people.disable("ben")
    assert await school.sessions.me(bens.session_id) is None
    await school.people.enable("ben")
    assert await school.sessions.me(bens.session_id) is None
    with pytest.raises(NotSignedIn):
        await school.sessions.renew(bens.refresh_token, PHONE)
    mias = await school.sessions.sign_in("mia@school.example", PASSWORD, PHONE)
    await school.credentials.set("mia", "another horse entirely")
    assert await school.sessions.me(mias.session_id) is None
    with pytest.raises(Invalid):
        await school.sessions.sign_in("mia@school.example", PASSWORD, PHONE)
    assert await school.sessions.sign_in("mia@school.example", "another horse entirely", PHONE)


async def test_that_somebody_was_seen_is_noted_once_a_minute(
    school: School, bens: SignedIn, database: Database
) -> None:
    seen = (await database.query(Session).get()).seen
    await school.sessions.me(bens.session_id)
    assert (await database.query(Session).get()).seen == seen
    await pass_time(database, 61)
    await school.sessions.me(bens.session_id)
    assert (await database.query(Session).get()).seen > seen


async def test_what_a_browser_says_of_itself_is_kept_as_far_as_it_can_be(
    school: School, cast: Cast, database: Database
) -> None:
    await school.sessions.sign_in("ben@school.example", PASSWORD, Device("Phone\x00\ud800" + "x" * 1000, "a" * 100))
    row = await database.query(Session).get()
    assert (row.device, row.address) == ("Phone" + "x" * 295, "a" * 64)
