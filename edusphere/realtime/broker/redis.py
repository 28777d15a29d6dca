"""The broker of many processes: Redis (or Valkey) publish and subscribe. The only importer of redis.

Each process subscribes once per topic, however many listen there, and publishes each payload once.
Redis keeps nothing for a process that is away, so whatever follows a reconnect is suspect: the
second confirmation of a subscription says that there was a gap.

While Redis is gone, hung or refusing, publishing costs nothing and waits for nothing: this process
still hears itself, the others find the numbers by themselves. It is tried again after a pause, a
longer one when that failed too.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from edusphere.realtime.broker import Receive, Suspect

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds that Redis may take to answer before it counts as gone."""
PAUSES = (1.0, 1.0, 2.0, 5.0)
"""Seconds between two tries while it is gone or refuses; then always the last."""
STABLE = 30.0
"""Seconds after which the next trouble counts as a new one."""
LEAVE_GRACE = 10.0
"""Seconds that a topic without listeners stays subscribed: people come back."""
LOOK = 2.5
"""Seconds between two looks at what is to be left, and whether anything is heard."""
DEAF = 2
"""Pings in a row without an answer."""
OUTBOX = 10_000
"""Payloads that may wait to be published; the oldest go first."""
BATCH = 200
"""Payloads published in one round trip."""

NOT_YET = "Redis was not reached yet."

_TROUBLE = (RedisError, OSError, TimeoutError, RuntimeError)
"""The last is what uvloop says of a line that was closed a moment ago."""


class _Subscription:
    """One topic that this process hears, or wants to."""

    __slots__ = ("confirmed", "leave_at", "unsure")

    def __init__(self) -> None:
        self.confirmed = asyncio.Event()
        self.unsure = False
        """Somebody was told that they hear it before it was confirmed."""
        self.leave_at: float | None = None


class _Fuse:
    """Lets nothing through for a while after trouble, for longer when there is more of it."""

    def __init__(self) -> None:
        self._times = 0
        self._blown = 0.0
        self.closed_at = 0.0
        """On the monotonic clock."""

    @property
    def open(self) -> bool:
        return monotonic() < self.closed_at

    def blow(self) -> float:
        """Open for so many seconds, which are returned."""
        now = monotonic()
        self._times = self._times + 1 if now - self._blown < STABLE else 1
        pause = PAUSES[min(self._times, len(PAUSES)) - 1]
        self._blown, self.closed_at = now, now + pause
        return pause


class RedisBroker:
    alone = False

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
        self._nothing = asyncio.Event()
        self._nothing.set()
        self._reading, self._publishing = _Fuse(), _Fuse()
        self._tasks: list[asyncio.Task[None]] = []
        self._unheard = 0
        self.trouble: str | None = NOT_YET

    async def start(self, receive: Receive, suspect: Suspect) -> None:
        self._receive = receive
        self._suspect = suspect
        self._tasks = [asyncio.create_task(work()) for work in (self._read, self._publish, self._keep_house)]

    async def stop(self) -> None:
        with suppress(TimeoutError):  # the last words are still passed on
            async with asyncio.timeout(PATIENCE):
                await self._nothing.wait()
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
        else:
            subscription.leave_at = None  # and not after waiting: its last listener may leave meanwhile
        if not subscription.confirmed.is_set() and self._pubsub is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await subscription.confirmed.wait()
        subscription.unsure |= not subscription.confirmed.is_set()

    def unsubscribe(self, topic: str) -> None:
        if (subscription := self._topics.get(topic)) is not None:
            subscription.leave_at = monotonic() + LEAVE_GRACE

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None:
        if self._pubsub is None or self._publishing.open:
            self._hear_oneself(topic, payload, number)
        else:
            self._outbox.append((topic, payload, number))
            self._something.set()
            self._nothing.clear()

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
                        answers = await pipeline.execute(raise_on_error=False)
                except Exception as error:
                    if not isinstance(error, _TROUBLE):  # nor dumb
                        log.exception("publishing to redis went wrong")
                    await self._hang_up(error)
                    self._lose(batch)
                else:
                    refused = [answer for answer in answers if isinstance(answer, Exception)]
                    if refused:
                        self._publishing.blow()
                        self._say("Redis does not pass on what is said.", refused[0])
                        said = zip(batch, answers, strict=True)
                        self._lose([message for message, answer in said if isinstance(answer, Exception)])
                    elif self._pubsub is not None:
                        self._say(None)
            self._nothing.set()

    def _lose(self, batch: list[tuple[str, bytes, int]]) -> None:
        """Redis did not take them: tell those who listen here, and let the numbers tell the others."""
        batch.extend(self._outbox)
        self._outbox.clear()
        for message in batch:
            self._hear_oneself(*message)

    async def _hang_up(self, error: BaseException) -> None:
        """Wake the reader too, which then tries anew."""
        self._say("Redis cannot be reached.", error)
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None and pubsub.connection is not None:
            with suppress(*_TROUBLE):
                await pubsub.connection.disconnect()

    def _say(self, trouble: str | None, error: BaseException | None = None) -> None:
        """Note how it is, and log when that changes. The cause is for the log: `trouble` is told to everybody."""
        before = None if self.trouble == NOT_YET else self.trouble
        if trouble and not before:
            why = "" if error is None else f" ({_words(error)})"
            log.warning("%s Other processes hear of changes within seconds.%s", trouble, why)
        elif before and not trouble:
            log.warning("Redis passes on again what is said.")
        self.trouble = trouble

    def _hear_oneself(self, topic: str, payload: bytes, number: int) -> None:
        if topic in self._topics:
            self._receive(topic, payload, number)

    # -- in

    async def _read(self) -> None:
        """Hear for ever; come back after every outage."""
        while True:
            try:
                await self._read_until_trouble()
            except Exception as error:
                if not isinstance(error, _TROUBLE):  # whatever it is, it must not make this process deaf
                    log.exception("listening to redis went wrong")
                self._pubsub = None
                self._say("Redis cannot be reached.", error)
                await asyncio.sleep(self._reading.blow())

    async def _read_until_trouble(self) -> None:
        async with self._client.pubsub(ignore_subscribe_messages=False) as pubsub:
            asked: set[str] = set()
            while missing := {"", *self._topics} - asked:  # while we asked, others came
                async with asyncio.timeout(4 * PATIENCE):  # it shakes hands first
                    await pubsub.subscribe(*(self._prefix + topic for topic in missing))
                asked |= missing
            # The line that was last published on may have ended too: better found out now than by losing words.
            await self._client.connection_pool.disconnect(inuse_connections=False)
            self._pubsub, self._unheard = pubsub, 0
            if left := asked - self._topics.keys() - {""}:
                await pubsub.unsubscribe(*(self._prefix + topic for topic in left))
            while True:
                message: dict[str, Any] | None = await pubsub.get_message(timeout=None)
                self._unheard = 0
                if message is not None and message["type"] != "pong":
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
            if subscription.confirmed.is_set() or subscription.unsure:
                self._suspect(topic)
            subscription.unsure = False
            subscription.confirmed.set()
        elif message["type"] == "subscribe" and topic == "" and not self._publishing.open:
            self._say(None)

    async def _ask(self, verb: str, topic: str) -> None:
        pubsub = self._pubsub
        if pubsub is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await getattr(pubsub, verb)(self._prefix + topic)
            except Exception as error:  # whoever wants to hear a room must not be refused it
                if not isinstance(error, _TROUBLE):
                    log.exception("subscribing to redis went wrong")
                await self._hang_up(error)  # all are asked for again on the next line

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self._leave()
                await self._look_whether_we_hear()
            except Exception:
                log.exception("looking after redis went wrong; it is tried again")

    async def _leave(self) -> None:
        """Let go of the topics that nobody has listened to for a while."""
        now = monotonic()
        for topic, subscription in list(self._topics.items()):
            if subscription.leave_at is not None and subscription.leave_at <= now:
                del self._topics[topic]
                await self._ask("unsubscribe", topic)
                if topic in self._topics:  # somebody came in the meantime
                    await self._ask("subscribe", topic)

    async def _look_whether_we_hear(self) -> None:
        """Hang up on a line on which not even a ping is answered: it may be dead without having said so."""
        if self._pubsub is not None and self._unheard >= DEAF:
            await self._hang_up(TimeoutError())
        elif self._pubsub is not None:
            self._unheard += 1
            with suppress(*_TROUBLE):
                async with asyncio.timeout(PATIENCE):
                    await self._pubsub.ping()


async def refusal(url: str, *, prefix: str = "edusphere:") -> str | None:
    """Return why this Redis will never let us in, in a sentence; None where it does.

    Raises:
        OSError: it is not there just now, which may pass.
    """
    try:
        client = Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
    except ValueError as error:
        return f"REDIS_URL cannot be understood ({error}): write redis://, rediss:// or unix://."
    try:
        async with client, client.pubsub() as pubsub:
            await client.publish(prefix, b"0\n")
            await pubsub.subscribe(prefix)
            await pubsub.get_message(timeout=PATIENCE)
    except AuthenticationError as error:
        return f"Redis does not take the user and password of REDIS_URL ({error})."
    except NoPermissionError as error:
        return (
            f"Redis does not let the user of REDIS_URL do what it must ({error}): "
            f"give it `resetchannels &{prefix}* +@connection +@pubsub`."
        )
    except ResponseError as error:
        return f"Redis refuses ({error}): is REDIS_URL the right one?"
    except RedisError as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                return f"No encrypted connection to Redis can be made ({cause}): is REDIS_URL the right one?"
            cause = cause.__cause__ or cause.__context__
        raise OSError(_words(error)) from error
    return None


def _words(error: BaseException) -> str:
    return str(error) or "it does not answer"
