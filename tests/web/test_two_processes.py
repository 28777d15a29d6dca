"""Two processes over a real Redis are one school: at its doors, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

import pytest_asyncio
from quart import Quart

from edusphere.school.models import Role, Room
from tests.people import ANNA, Cast
from tests.realtime.listeners import until
from tests.valkey import Valkey
from tests.web.browser import Browser
from tests.web.sockets import socket_of

LIMIT = 6


@pytest_asyncio.fixture
async def two(make_app: Callable[..., Quart], cast: Cast) -> AsyncIterator[tuple[Quart, Quart]]:
    valkey = Valkey()
    await valkey.start()
    knobs = {"redis_url": valkey.url, "sign_ins_per_account": LIMIT, "sockets_per_person": 2}
    one, other = make_app(**knobs), make_app(**knobs)
    async with one.test_app(), other.test_app():
        for app in (one, other):
            realtime = app.extensions["edusphere"].realtime
            await until(lambda realtime=realtime: realtime.trouble is None)
        yield one, other
    valkey.kill()


async def guess(browser: Browser) -> list[str]:
    answer = await browser.ask(f'mutation {{ tokenAuth(email: "{ANNA.email}", password: "a guess") {{ token }} }}')
    return answer.codes


async def test_a_guesser_has_no_more_tries_at_two(two: tuple[Quart, Quart]) -> None:
    browsers = [await Browser.opened(app) for app in two]
    tries = 0
    while (codes := await guess(browsers[tries % 2])) == ["INVALID"]:
        tries += 1
        await asyncio.sleep(0.25)  # the news travels
    assert (codes, tries) == (["TOO_MANY"], LIMIT)
    assert await guess(browsers[0]) == await guess(browsers[1]) == ["TOO_MANY"]


async def test_the_oldest_of_too_many_sockets_gives_way_wherever_it_is(two: tuple[Quart, Quart], cast: Cast) -> None:
    here, there = two
    async with (
        socket_of(here, cast.anna) as oldest,
        socket_of(there, cast.anna) as second,
        socket_of(there, cast.ben) as ben,
        socket_of(there, cast.anna) as third,
    ):
        assert await oldest.hear_the_end() == 4009
        for speaker in (second, third, ben):
            assert (await speaker.ask("heartbeat"))["type"] == "ok"


async def test_each_sees_who_is_at_the_other_and_hears_them_type(
    two: tuple[Quart, Quart], cast: Cast, biology: Room
) -> None:
    here, there = two
    async with socket_of(here, cast.ben) as ben, socket_of(there, cast.mia) as mia:
        for speaker in (ben, mia):
            assert (await speaker.ask("room.subscribe", roomId=str(biology.id)))["type"] == "ok"
        both = sorted([str(cast.ben.id), str(cast.mia.id)])
        await ben.hear(lambda frame: frame["type"] == "presence.changed" and frame["userIds"] == both)
        await mia.hear(lambda frame: frame["type"] == "presence.changed" and frame["userIds"] == both)
        await mia.say("typing.start", roomId=str(biology.id))
        assert (await ben.hear("typing.started"))["user"]["username"] == "mia"


async def test_another_role_given_at_one_holds_for_the_sockets_of_the_other(
    two: tuple[Quart, Quart], cast: Cast, biology: Room
) -> None:
    here, there = two
    accounts = here.extensions["edusphere"].school.accounts
    olga = replace(cast.olga, session_id=uuid4())
    async with socket_of(there, cast.anna) as anna, socket_of(there, cast.ben) as ben:
        said = (await anna.post(biology.id, "Hello"))["messageId"]
        await accounts.edit(olga, cast.ben.id, role=Role.ADMIN)
        await ben.hear("me.changed")
        assert (await ben.ask("message.remove", messageId=said))["type"] == "ok"
