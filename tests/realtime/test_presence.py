"""Who is here, where the school is several processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest

from edusphere.contract.events import Ok
from edusphere.realtime import Realtime, topics
from edusphere.realtime.broker import TO_PROCESSES
from edusphere.realtime.broker.redis import RedisBroker
from edusphere.realtime.presence import AT_ONCE, Presence
from tests.realtime.exchange import Exchange
from tests.realtime.listeners import ADA, GRACE, Listener, Table, hear, person, realtime_over, until
from tests.valkey import Valkey

INTERVAL = 0.02


@pytest.fixture
async def valkey() -> AsyncIterator[Valkey]:
    server = Valkey()
    await server.start()
    yield server
    server.kill()


def here(listener: Listener) -> list[str] | int | None:
    """Who is here, as somebody heard it last; only the number where that is all they heard."""
    told = [frame for frame in listener.frames if frame["type"] == "presence.changed"]
    if not told:
        return None
    names: list[str] | None = told[-1]["userIds"]
    assert names is None or len(names) == told[-1]["count"]
    return names or int(told[-1]["count"])


def names(*listeners: Listener) -> list[str]:
    return sorted({str(listener.person_id) for listener in listeners})


async def test_those_at_another_process_are_here_too_and_each_person_once() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    ada, grace, grace_again = Listener(ADA), Listener(GRACE), Listener(GRACE)
    async with realtime_over(table, exchange.broker()) as one, realtime_over(table, exchange.broker()) as two:
        await hear(one, table, ada, room_id)
        await hear(one, table, grace, room_id)
        await until(lambda: here(ada) == names(ada, grace))
        await hear(two, table, grace_again, room_id)
        await until(lambda: here(grace_again) == names(ada, grace))
        two.disconnected(grace_again)
        one.disconnected(grace)
        await until(lambda: here(ada) == names(ada))


async def test_who_is_no_longer_to_be_shown_is_gone_at_every_process_and_comes_back() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    ada, grace, grace_again = Listener(ADA), Listener(GRACE), Listener(GRACE)
    async with realtime_over(table, exchange.broker()) as one, realtime_over(table, exchange.broker()) as two:
        await hear(one, table, ada, room_id)
        await hear(one, table, grace, room_id)
        await hear(two, table, grace_again, room_id)
        await until(lambda: here(ada) == names(ada, grace))
        await two.show_everywhere(GRACE.id, room_id, shown=False)
        await until(lambda: here(ada) == names(ada))
        assert not one.is_shown(GRACE.id, room_id)
        await one.show_everywhere(GRACE.id, room_id, shown=True)
        await until(lambda: here(ada) == here(grace_again) == names(ada, grace))


async def test_over_redis_as_well(valkey: Valkey) -> None:
    table, room_id, ada, grace = Table(), uuid4(), Listener(ADA), Listener(GRACE)
    async with (
        realtime_over(table, RedisBroker(valkey.url)) as one,
        realtime_over(table, RedisBroker(valkey.url)) as two,
    ):
        await until(lambda: one.trouble is None and two.trouble is None)
        await hear(one, table, ada, room_id)
        await hear(two, table, grace, room_id)
        await until(lambda: here(ada) == here(grace) == names(ada, grace))
        two.disconnected(grace)
        await until(lambda: here(ada) == names(ada))


async def test_in_a_hall_the_number_is_right_even_where_people_are_in_twice() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    pupils = [person(f"Pupil {number}") for number in range(300)]
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(realtime_over(table, exchange.broker())) for _ in range(3)]
        first = Listener(pupils[0])
        await hear(processes[0], table, first, room_id)
        for number, pupil in enumerate(pupils):
            await hear(processes[number % 3], table, Listener(pupil), room_id)
            await hear(processes[(number + 1) % 3], table, Listener(pupil), room_id)
        await until(lambda: here(first) == 300)


async def test_a_crowd_costs_a_word_an_interval_and_no_task_for_each() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    async with (
        realtime_over(table, exchange.broker(), presence_interval=0.2) as one,
        realtime_over(table, exchange.broker(), presence_interval=0.2) as two,
    ):
        first = Listener(ADA)
        await hear(one, table, first, room_id)
        tasks = len(asyncio.all_tasks())
        began = asyncio.get_running_loop().time()
        for number in range(1000):
            await hear((one, two)[number % 2], table, Listener(person("Pupil")), room_id)
            assert len(asyncio.all_tasks()) <= tasks + 2
        await until(lambda: here(first) == 1001)
        intervals = (asyncio.get_running_loop().time() - began) / 0.2
    said = [number for topic, number in exchange.published if topic == topics.room(room_id)]
    assert set(said) == {TO_PROCESSES}
    assert len(said) <= 2 * (intervals + 2)


async def test_very_many_rooms_are_told_in_turns_and_each_once_in_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange, rooms, ada = Exchange(), [uuid4() for _ in range(5 * AT_ONCE)], Listener(ADA)
    waiting: list[int] = []
    tell_some = Presence._tell_some

    def counted(self: Presence, queue: Any) -> None:
        waiting.append(len(queue))
        tell_some(self, queue)

    async def nothing() -> int:
        return 0

    monkeypatch.setattr(Presence, "_tell_some", counted)
    async with realtime_over(Table(), exchange.broker(), presence_interval=0.3) as realtime:
        await realtime.connected(ada)
        for room_id in rooms:
            await realtime.subscribe(ada, room_id, None, admit=nothing, answer=lambda number: Ok(ref=1, number=number))
        await until(lambda: len(told(ada)) == len(rooms))
        await asyncio.sleep(0.4)
    assert sorted(told(ada)) == sorted(map(str, rooms))
    assert max(waiting) > AT_ONCE


def told(listener: Listener) -> list[str]:
    return [frame["roomId"] for frame in listener.frames if frame["type"] == "presence.changed"]


async def test_the_people_of_a_process_that_was_killed_are_forgotten() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    ada, grace = Listener(ADA), Listener(GRACE)
    killed = exchange.broker()
    async with (
        realtime_over(table, exchange.broker(), presence_lifetime=2.4) as one,
        realtime_over(table, killed, presence_lifetime=2.4) as two,
    ):
        await hear(one, table, ada, room_id)
        await hear(two, table, grace, room_id)
        await until(lambda: here(ada) == names(ada, grace))
        await asyncio.sleep(3.2)
        assert here(ada) == names(ada, grace)  # it has said so again
        killed.dead = True
        await until(lambda: here(ada) == names(ada), 10)
        killed.dead = False
        await until(lambda: here(ada) == names(ada, grace))


async def test_what_is_only_said_again_is_not_told_again() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    ada, grace = Listener(ADA), Listener(GRACE)
    async with (
        realtime_over(table, exchange.broker(), presence_lifetime=1.5) as one,
        realtime_over(table, exchange.broker(), presence_lifetime=1.5) as two,
    ):
        await hear(one, table, ada, room_id)
        await hear(two, table, grace, room_id)
        await until(lambda: here(ada) == here(grace) == names(ada, grace))
        await asyncio.sleep(5 * INTERVAL)
        heard, said = told(ada), len(exchange.published)
        await until(lambda: len(exchange.published) > said + 4)
        assert told(ada) == heard


async def test_a_process_that_closes_says_that_its_people_are_gone() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    ada, grace = Listener(ADA), Listener(GRACE)
    async with realtime_over(table, exchange.broker()) as one:
        await hear(one, table, ada, room_id)
        async with realtime_over(table, exchange.broker()) as two:
            await hear(two, table, grace, room_id)
            await until(lambda: here(ada) == names(ada, grace))
        await until(lambda: here(ada) == names(ada))


async def test_a_room_that_nobody_hears_here_leaves_nothing_behind() -> None:
    exchange, table, room_id = Exchange(), Table(), uuid4()
    ada, grace = Listener(ADA), Listener(GRACE)
    async with realtime_over(table, exchange.broker()) as one, realtime_over(table, exchange.broker()) as two:
        await hear(one, table, ada, room_id)
        await hear(two, table, grace, room_id)
        await until(lambda: here(ada) == names(ada, grace))
        one.disconnected(ada)
        await until(lambda: here(grace) == names(grace))
        assert one._presence._elsewhere == {}


async def test_one_process_by_itself_says_nothing_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    table, room_id, ada = Table(), uuid4(), Listener(ADA)
    said: list[object] = []
    monkeypatch.setattr(Realtime, "_tell_processes", said.append)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, ada, room_id)
        await until(lambda: here(ada) == names(ada))
        assert topics.room(room_id) in ada.topics
    assert said == []
