"""The promises of `edusphere.realtime.broker`, over every broker there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from edusphere.realtime.broker import Broker
from edusphere.realtime.broker.memory import MemoryBroker
from edusphere.realtime.broker.redis import RedisBroker
from tests.realtime.listeners import until
from tests.valkey import Valkey


@pytest.fixture
async def valkey() -> AsyncIterator[Valkey]:
    server = Valkey()
    await server.start()
    yield server
    server.go_on()
    server.kill()


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes, int]] = []
        self.suspects: list[str] = []

    def receive(self, topic: str, payload: bytes, number: int) -> None:
        self.heard.append((topic, payload, number))


@pytest.fixture(params=["memory", "redis"])
async def broker_and_ear(request: pytest.FixtureRequest, valkey: Valkey) -> AsyncIterator[tuple[Broker, Ear]]:
    ear = Ear()
    broker: Broker = RedisBroker(valkey.url) if request.param == "redis" else MemoryBroker()
    await broker.start(ear.receive, ear.suspects.append)
    if isinstance(broker, RedisBroker):
        await until(lambda: broker._pubsub is not None)
    yield broker, ear
    await broker.stop()


async def test_what_is_published_after_a_subscription_is_received_as_it_was(
    broker_and_ear: tuple[Broker, Ear],
) -> None:
    broker, ear = broker_and_ear
    await broker.subscribe("room:1")
    await broker.publish("room:1", b'{"a":"\n"}', 7)
    await broker.publish("room:1", b"typing", -1)
    await until(lambda: len(ear.heard) == 2)
    assert ear.heard == [("room:1", b'{"a":"\n"}', 7), ("room:1", b"typing", -1)]


async def test_what_others_hear_is_not_received(broker_and_ear: tuple[Broker, Ear]) -> None:
    broker, ear = broker_and_ear
    await broker.subscribe("room:1")
    await broker.publish("room:2", b"x", 1)
    await broker.publish("room:1", b"y", 1)
    await until(lambda: ear.heard)
    assert ear.heard == [("room:1", b"y", 1)]


async def test_the_order_of_one_publisher_is_kept(broker_and_ear: tuple[Broker, Ear]) -> None:
    broker, ear = broker_and_ear
    await broker.subscribe("room:1")
    for number in range(1, 1001):
        await broker.publish("room:1", b"x", number)
    await until(lambda: len(ear.heard) == 1000)
    assert [number for _, _, number in ear.heard] == list(range(1, 1001))


async def test_subscribing_again_after_leaving_hears_again(broker_and_ear: tuple[Broker, Ear]) -> None:
    broker, ear = broker_and_ear
    await broker.subscribe("room:1")
    broker.unsubscribe("room:1")
    await broker.subscribe("room:1")
    await broker.publish("room:1", b"x", 1)
    await until(lambda: len(ear.heard) == 1)


async def test_two_processes_hear_each_other(valkey: Valkey) -> None:
    here, there = Ear(), Ear()
    one, two = RedisBroker(valkey.url), RedisBroker(valkey.url)
    for broker, ear in ((one, here), (two, there)):
        await broker.start(ear.receive, ear.suspects.append)
        await until(lambda broker=broker: broker._pubsub is not None)
        await broker.subscribe("room:1")
    await one.publish("room:1", b"x", 1)
    await until(lambda: here.heard and there.heard)
    assert here.heard == there.heard == [("room:1", b"x", 1)]
    await one.stop()
    await two.stop()


async def test_after_redis_was_killed_its_topics_are_suspect_and_heard_again(valkey: Valkey) -> None:
    ear, broker = Ear(), RedisBroker(valkey.url)
    await broker.start(ear.receive, ear.suspects.append)
    await until(lambda: broker._pubsub is not None)
    await broker.subscribe("room:1")
    valkey.kill()
    await broker.publish("room:1", b"while away", 1)
    await until(lambda: ear.heard == [("room:1", b"while away", 1)])
    await valkey.start()
    await until(lambda: ear.suspects == ["room:1"])
    await broker.publish("room:1", b"back", 2)
    await until(lambda: ("room:1", b"back", 2) in ear.heard)
    await broker.stop()


async def test_what_cannot_be_understood_makes_nobody_deaf(valkey: Valkey) -> None:
    ear, broker = Ear(), RedisBroker(valkey.url)
    await broker.start(ear.receive, ear.suspects.append)
    await until(lambda: broker._pubsub is not None)
    await broker.subscribe("room:1")
    await broker._client.publish(broker._prefix + "room:1", b"no number, and no more")
    await broker.publish("room:1", b"words", 1)
    await until(lambda: ear.heard == [("room:1", b"words", 1)])
    await broker.stop()


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Do what waits for nothing; fail where it would wait."""
    with pytest.raises(StopIteration):
        work.send(None)


async def test_a_redis_that_hangs_keeps_nobody_waiting(valkey: Valkey) -> None:
    ear, broker = Ear(), RedisBroker(valkey.url)
    await broker.start(ear.receive, ear.suspects.append)
    await until(lambda: broker._pubsub is not None)
    await broker.subscribe("room:1")
    valkey.hang()
    at_once(broker.publish("room:1", b"x", 1))
    async with asyncio.timeout(10):
        await broker.subscribe("room:2")
    await until(lambda: ear.heard == [("room:1", b"x", 1)], 10)
    valkey.go_on()
    await until(lambda: broker._pubsub is not None)
    await broker.publish("room:2", b"y", 1)
    await until(lambda: ("room:2", b"y", 1) in ear.heard)
    await broker.stop()


async def test_without_any_redis_a_process_still_hears_itself() -> None:
    ear, broker = Ear(), RedisBroker("redis://127.0.0.1:1/0")
    await broker.start(ear.receive, ear.suspects.append)
    await broker.subscribe("room:1")
    await broker.publish("room:1", b"x", 1)
    await asyncio.sleep(0)
    assert ear.heard == [("room:1", b"x", 1)]
    await broker.stop()
