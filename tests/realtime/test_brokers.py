"""The promises of `edusphere.realtime.broker`, over every broker there is."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from edusphere.realtime.broker import Broker
from edusphere.realtime.broker import redis as redis_broker
from edusphere.realtime.broker.memory import MemoryBroker
from edusphere.realtime.broker.redis import RedisBroker, refusal
from tests.certificates import make_certificate
from tests.realtime.lines import line_to
from tests.realtime.listeners import until
from tests.valkey import Valkey


@pytest.fixture
async def valkey() -> AsyncIterator[Valkey]:
    server = Valkey()
    await server.start()
    yield server
    server.go_on()
    server.kill()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may keep Redis from answering for longer than a school would wait."""
    monkeypatch.setattr(redis_broker, "PATIENCE", 5.0)


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


async def test_who_leaves_a_room_while_redis_is_asked_for_it_is_not_listened_for_any_more(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_broker, "LEAVE_GRACE", 0.0)
    async with listening(valkey.url) as (broker, _):
        ask, asked, answered = broker._ask, asyncio.Event(), asyncio.Event()

        async def slowly(*what: Any) -> None:
            asked.set()
            await answered.wait()
            await ask(*what)

        monkeypatch.setattr(broker, "_ask", slowly)
        coming = asyncio.create_task(broker.subscribe("room:1"))
        await asked.wait()
        broker.unsubscribe("room:1")
        answered.set()
        await coming
        await broker._leave()
        assert "room:1" not in broker._topics


async def test_two_processes_hear_each_other(valkey: Valkey, patience: None) -> None:
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
    await until(lambda: "room:1" in ear.suspects)
    await broker.publish("room:1", b"back", 2)
    await until(lambda: ("room:1", b"back", 2) in ear.heard)
    await broker.stop()


async def test_after_redis_was_killed_the_first_words_reach_the_others(valkey: Valkey, patience: None) -> None:
    here, there = Ear(), Ear()
    one, two = RedisBroker(valkey.url), RedisBroker(valkey.url)
    for broker, ear in ((one, here), (two, there)):
        await broker.start(ear.receive, ear.suspects.append)
        await until(lambda broker=broker: broker._pubsub is not None)
        await broker.subscribe("room:1")
    await one.publish("room:1", b"before", 1)
    await until(lambda: there.heard == [("room:1", b"before", 1)])
    valkey.kill()
    await until(lambda: one._pubsub is None and two._pubsub is None)
    await valkey.start()
    await until(lambda: one._pubsub is not None and two._pubsub is not None, 10)
    await one.publish("room:1", b"after", 2)
    await until(lambda: ("room:1", b"after", 2) in there.heard)
    assert one.trouble is None
    await one.stop()
    await two.stop()


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


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[tuple[RedisBroker, Ear]]:
    ear, broker = Ear(), RedisBroker(url)
    await broker.start(ear.receive, ear.suspects.append)
    await until(lambda: broker._pubsub is not None)
    try:
        yield broker, ear
    finally:
        await broker.stop()


async def test_of_two_first_listeners_neither_is_told_before_it_is_so(valkey: Valkey) -> None:
    async with line_to(valkey.port, delay=0.04) as slow, listening(f"redis://127.0.0.1:{slow.port}/0") as (broker, ear):

        async def come_and_hear(number: int) -> None:
            await broker.subscribe("room:1")
            async with Redis.from_url(valkey.url) as elsewhere:
                assert await elsewhere.publish("edusphere:room:1", b"%d\nhello" % number) == 1

        await asyncio.gather(come_and_hear(1), come_and_hear(2))
        await until(lambda: len(ear.heard) == 2)
        assert ear.suspects == []


async def test_who_subscribed_before_redis_was_there_hears_when_it_is_and_what_was_lost_is_suspect() -> None:
    valkey, ear = Valkey(), Ear()
    broker = RedisBroker(valkey.url)
    await broker.start(ear.receive, ear.suspects.append)
    await broker.subscribe("room:1")
    await valkey.start()
    await until(lambda: "room:1" in ear.suspects)
    await broker.publish("room:1", b"x", 1)
    await until(lambda: ear.heard == [("room:1", b"x", 1)])
    await broker.stop()
    valkey.kill()


async def test_who_comes_while_it_is_connecting_hears(valkey: Valkey) -> None:
    async with line_to(valkey.port, delay=0.05) as slow:
        ear, broker = Ear(), RedisBroker(f"redis://127.0.0.1:{slow.port}/0")
        await broker.start(ear.receive, ear.suspects.append)
        topics = [f"room:{number}" for number in range(50)]
        for topic in topics:
            await broker.subscribe(topic)
            await asyncio.sleep(0.01)
        await until(lambda: broker._pubsub is not None)
        async with Redis.from_url(valkey.url) as elsewhere:
            for topic in topics:
                await until_heard(elsewhere, topic)
        await broker.stop()


async def until_heard(elsewhere: Redis, topic: str) -> None:
    async with asyncio.timeout(5):
        while not await elsewhere.publish(f"edusphere:{topic}", b"0\n"):
            await asyncio.sleep(0.01)


async def test_a_line_that_is_dead_without_having_said_so_is_noticed(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redis_broker, "LOOK", 0.4)
    async with line_to(valkey.port) as line, listening(f"redis://127.0.0.1:{line.port}/0") as (broker, ear):
        await broker.subscribe("room:1")
        await asyncio.sleep(1.0)
        assert broker.trouble is None
        assert caplog.messages == []
        line.die()
        await until(lambda: "room:1" in ear.suspects, 10)
        await broker.publish("room:1", b"x", 1)
        await until(lambda: ear.heard == [("room:1", b"x", 1)])


async def test_a_redis_that_refuses_costs_nobody_anything_and_is_asked_seldom(valkey: Valkey) -> None:
    async with listening(valkey.url) as (broker, ear), Redis.from_url(valkey.url) as administrator:
        await broker.subscribe("room:1")
        await administrator.config_set("busy-reply-threshold", 1)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await administrator.eval("while true do end", 0)
        for number in range(1, 101):
            at_once(broker.publish("room:1", b"x", number))
            await asyncio.sleep(0.01)
        await until(lambda: len(ear.heard) == 100)
        assert [number for _, _, number in ear.heard] == list(range(1, 101))
        assert broker.trouble is not None
        async with Redis.from_url(valkey.url) as other:
            await other.script_kill()
        async with asyncio.timeout(20):
            while broker.trouble is not None:
                await broker.publish("room:1", b"", 0)
                await asyncio.sleep(0.05)
    assert (await statistics(valkey))["rejected_calls"] < 90  # as a busy machine may send many in one batch


async def statistics(valkey: Valkey) -> dict[str, int]:
    async with Redis.from_url(valkey.url) as administrator:
        found: dict[str, int] = (await administrator.info("commandstats"))["cmdstat_publish"]
        return found


async def test_what_nobody_foresaw_makes_nobody_deaf_or_dumb(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(valkey.url) as (broker, ear):
        await broker.subscribe("room:1")
        with monkeypatch.context() as broken:
            broken.setattr(broker._client, "pipeline", lambda **_: 1 / 0)
            await broker.publish("room:1", b"x", 1)
            await until(lambda: ear.heard == [("room:1", b"x", 1)])
        with monkeypatch.context() as broken:
            broken.setattr(broker._client, "pubsub", lambda **_: 1 / 0)
            await until(lambda: broker._pubsub is None)
            await asyncio.sleep(1.1)
        await until(lambda: "room:1" in ear.suspects)
        await broker.publish("room:1", b"y", 2)
        await until(lambda: ear.heard[-1] == ("room:1", b"y", 2))


@pytest.mark.parametrize(
    "error", [RuntimeError("unable to perform operation on <TCPTransport closed=True>"), ZeroDivisionError()]
)
async def test_who_comes_as_the_line_is_being_lost_is_let_in_and_hears(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """uvloop says of a transport that was closed a moment ago what nobody else says of one: RuntimeError."""

    async def lost(*_: object) -> None:
        raise error

    async with listening(valkey.url) as (broker, ear):
        await broker.subscribe("room:1")
        with monkeypatch.context() as broken:
            broken.setattr(broker._pubsub, "subscribe", lost)
            await broker.subscribe("room:2")
        await broker.publish("room:2", b"x", 1)
        await until(lambda: ear.heard == [("room:2", b"x", 1)])
        await until(lambda: broker.trouble is None)
        await broker.publish("room:2", b"y", 2)
        await until(lambda: ear.heard[-1] == ("room:2", b"y", 2))


async def test_a_full_redis_goes_on_passing_on(valkey: Valkey) -> None:
    async with Redis.from_url(valkey.url) as administrator:
        await administrator.config_set("maxmemory", 1)
    async with listening(valkey.url) as (broker, ear):
        await broker.subscribe("room:1")
        await broker.publish("room:1", b"x", 1)
        await until(lambda: ear.heard)
        assert (await statistics(valkey))["calls"] == 1


async def let_in(administrator: Redis, rights: str) -> None:
    words = f"ACL SETUSER school on >secret resetchannels {rights}".split()
    await administrator.execute_command(*words)  # type: ignore[no-untyped-call]


async def refused_by(url: str) -> str | None:
    """Ask until it is there: a busy machine may be slower than the school's patience."""
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError):
                return await refusal(url)


async def test_a_user_with_nothing_but_our_channels_is_enough(valkey: Valkey) -> None:
    async with Redis.from_url(valkey.url) as administrator:
        await let_in(administrator, "&edusphere:* +@connection +@pubsub")
    url = f"redis://school:secret@127.0.0.1:{valkey.port}/0"
    assert await refused_by(url) is None
    async with listening(url) as (broker, ear):
        await broker.subscribe("room:1")
        await broker.publish("room:1", b"x", 1)
        await until(lambda: ear.heard == [("room:1", b"x", 1)])
        assert broker.trouble is None


@pytest.mark.parametrize(
    ("user", "rights", "words"),
    [
        ("school:wrong", "&edusphere:* +@all", "user and password"),
        ("nobody:secret", "&edusphere:* +@all", "user and password"),
        ("school:secret", "&others:* +@all", "&edusphere:*"),
        ("school:secret", "&edusphere:* +@connection +subscribe", "+@pubsub"),
        ("school:secret", "&edusphere:* +@connection +publish", "+@pubsub"),
    ],
)
async def test_who_is_not_let_in_is_told_why_in_a_sentence(valkey: Valkey, user: str, rights: str, words: str) -> None:
    async with Redis.from_url(valkey.url) as administrator:
        await let_in(administrator, rights)
    why = await refused_by(f"redis://{user}@127.0.0.1:{valkey.port}/0")
    assert why is not None
    assert words in why
    assert "secret" not in why


async def test_a_line_can_be_encrypted_and_must_then_be_vouched_for(valkey: Valkey, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    encrypted = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    encrypted.load_cert_chain(certificate)
    async with line_to(valkey.port, encrypted=encrypted) as line:
        url = f"rediss://127.0.0.1:{line.port}/0"
        why = await refused_by(url)
        assert why is not None
        assert "certificate" in why.lower()
        url += f"?ssl_ca_certs={tmp_path / 'alone.pem'}"
        assert await refused_by(url) is None
        async with listening(url) as (broker, ear):
            await broker.subscribe("room:1")
            await broker.publish("room:1", b"x", 1)
            await until(lambda: ear.heard == [("room:1", b"x", 1)])


async def test_a_unix_socket_does_as_well(tmp_path: Path) -> None:
    path = tmp_path / "valkey.sock"
    valkey = Valkey("--unixsocket", str(path))
    await valkey.start()
    assert await refused_by(f"unix://{path}") is None
    async with listening(f"unix://{path}") as (broker, ear):
        await broker.subscribe("room:1")
        await broker.publish("room:1", b"x", 1)
        await until(lambda: ear.heard == [("room:1", b"x", 1)])
    valkey.kill()


async def test_what_is_no_address_of_a_redis_is_told_in_a_sentence_and_one_that_is_away_may_come() -> None:
    assert "REDIS_URL" in str(await refusal("http://127.0.0.1/"))
    with pytest.raises(OSError, match="connect"):
        await refusal("redis://127.0.0.1:1/0")


async def test_the_last_words_before_the_end_are_passed_on(valkey: Valkey, patience: None) -> None:
    async with listening(valkey.url) as (there, ear_there), listening(valkey.url) as (here, _):
        await there.subscribe("room:1")
        for number in range(1, 501):
            await here.publish("room:1", b"x", number)
        await here.stop()
        await until(lambda: len(ear_there.heard) == 500)


async def test_without_any_redis_a_process_still_hears_itself() -> None:
    ear, broker = Ear(), RedisBroker("redis://127.0.0.1:1/0")
    await broker.start(ear.receive, ear.suspects.append)
    await broker.subscribe("room:1")
    await broker.publish("room:1", b"x", 1)
    await asyncio.sleep(0)
    assert ear.heard == [("room:1", b"x", 1)]
    await broker.stop()
