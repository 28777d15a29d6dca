"""The broker of many processes: Redis (or Valkey) publish and subscribe. The only importer of redis.

Each process subscribes once per topic, however many listen there, and publishes each payload once.
Redis keeps nothing for a process that is away, so whatever follows a reconnect is suspect: the
second confirmation of a subscription says that there was a gap.

While Redis is gone, hung or refusing, publishing costs nothing and waits for nothing: this process
still hears itself, the others find the numbers by themselves.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from time import monotonic
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from edusphere.realtime.broker import Receive, Suspect

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds that Redis may take to answer before it counts as gone."""
PAUSE = 1.0
"""Seconds between two tries while it is gone."""
LEAVE_GRACE = 10.0
"""Seconds that a topic without listeners stays subscribed: people come back."""
OUTBOX = 10_000
"""Payloads that may wait to be published; the oldest go first."""
BATCH = 200
"""Payloads published in one round trip."""

_TROUBLE = (RedisError, OSError, TimeoutError)


class _Subscription:
    """One topic that this process hears, or wants to."""

    def __init__(self) -> None:
        self.confirmed = asyncio.Event()
        self.leave_at: float | None = None


class RedisBroker:
    def __init__(self, url: str, *, prefix: str = "edusphere:") -> None:
        """`url` is redis://, rediss:// or unix://, with user and password where the server has an ACL."""
        self._prefix = prefix
        self._client = Redis.from_url(
            url,
            socket_connect_timeout=PATIENCE,
            socket_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        self._topics: dict[str, _Subscription] = {}
        self._pubsub: PubSub | None = None
        self._outbox: deque[tuple[str, bytes, int]] = deque(maxlen=OUTBOX)
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, receive: Receive, suspect: Suspect) -> None:
        self._receive = receive
        self._suspect = suspect
        self._tasks = [asyncio.create_task(work()) for work in (self._read, self._publish, self._leave)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def subscribe(self, topic: str) -> None:
        """Wait for the confirmation, but not for ever: a Redis that is gone keeps nobody out of a room."""
        subscription = self._topics.get(topic)
        if subscription is None:
            subscription = self._topics[topic] = _Subscription()
            await self._ask("subscribe", topic)
        subscription.leave_at = None
        if not subscription.confirmed.is_set() and self._pubsub is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await subscription.confirmed.wait()
            except TimeoutError:
                log.info("redis did not confirm a subscription in time")

    def unsubscribe(self, topic: str) -> None:
        if (subscription := self._topics.get(topic)) is not None:
            subscription.leave_at = monotonic() + LEAVE_GRACE

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None:
        if self._pubsub is None:
            self._hear_oneself(topic, payload, number)
        else:
            self._outbox.append((topic, payload, number))
            self._something.set()

    # -- out

    async def _publish(self) -> None:
        """Pass the outbox on, many in one round trip."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._outbox:
                batch = [self._outbox.popleft() for _ in range(min(BATCH, len(self._outbox)))]
                try:
                    async with asyncio.timeout(PATIENCE), self._client.pipeline(transaction=False) as pipeline:
                        for topic, payload, number in batch:
                            pipeline.publish(self._prefix + topic, b"%d\n%b" % (number, payload))
                        await pipeline.execute()
                except _TROUBLE:
                    await self._lose(batch)

    async def _lose(self, batch: list[tuple[str, bytes, int]]) -> None:
        """Redis did not take them: tell those who listen here, and let the numbers tell the others."""
        log.warning("redis cannot be reached; other processes hear of changes within seconds")
        if self._pubsub is not None and self._pubsub.connection is not None:
            await self._pubsub.connection.disconnect()  # wakes the reader, which then tries anew
        self._pubsub = None
        batch.extend(self._outbox)
        self._outbox.clear()
        for message in batch:
            self._hear_oneself(*message)

    def _hear_oneself(self, topic: str, payload: bytes, number: int) -> None:
        if topic in self._topics:
            self._receive(topic, payload, number)

    # -- in

    async def _read(self) -> None:
        """Hear for ever; come back after every outage."""
        while True:
            try:
                await self._read_until_trouble()
            except _TROUBLE:
                self._pubsub = None
                await asyncio.sleep(PAUSE)

    async def _read_until_trouble(self) -> None:
        async with self._client.pubsub(ignore_subscribe_messages=False) as pubsub:
            await pubsub.subscribe(*(self._prefix + topic for topic in (*self._topics, "")))
            self._pubsub = pubsub
            while True:
                message: dict[str, Any] | None = await pubsub.get_message(timeout=None)
                if message is not None:
                    self._hear_safely(message)

    def _hear_safely(self, message: dict[str, Any]) -> None:
        """Hear, and go on: what a newer version or a stranger says here must not make this process deaf."""
        try:
            self._hear(message)
        except Exception:
            log.exception("something that cannot be understood came from redis")

    def _hear(self, message: dict[str, Any]) -> None:
        topic = message["channel"].decode().removeprefix(self._prefix)
        if message["type"] == "message":
            number, _, payload = message["data"].partition(b"\n")
            self._receive(topic, payload, int(number))
        elif message["type"] == "subscribe" and (subscription := self._topics.get(topic)) is not None:
            if subscription.confirmed.is_set():
                self._suspect(topic)
            subscription.confirmed.set()

    async def _ask(self, verb: str, topic: str) -> None:
        pubsub = self._pubsub
        if pubsub is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await getattr(pubsub, verb)(self._prefix + topic)
            except _TROUBLE:
                log.info("redis did not take a subscription; it is asked again on the next connection")

    async def _leave(self) -> None:
        """Let go of the topics that nobody has listened to for a while."""
        while True:
            await asyncio.sleep(LEAVE_GRACE / 4)
            now = monotonic()
            for topic, subscription in list(self._topics.items()):
                if subscription.leave_at is not None and subscription.leave_at <= now:
                    del self._topics[topic]
                    await self._ask("unsubscribe", topic)
                    if topic in self._topics:  # somebody came in the meantime
                        await self._ask("subscribe", topic)
