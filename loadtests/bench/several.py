"""Two processes that are one school over Redis, beside one process by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from loadtests.bench import processes
from loadtests.bench.assembly import assemble
from loadtests.bench.effort import Effort
from loadtests.bench.opponents import Opponent, Taken, ours
from loadtests.bench.served import Served
from tests.valkey import Valkey

SOCKETS = 1_000
PROCESSES = 2
SECONDS = 0.8


@dataclass
class Several:
    one: list[Taken] = field(default_factory=list)
    """One process with its memory broker."""
    two: list[Taken] = field(default_factory=list)
    valkey: list[float] = field(default_factory=list)
    """CPU microseconds of the Redis server, per delivery."""
    publishes: list[float] = field(default_factory=list)
    """Per post."""
    subscriptions: int = 0
    """To the room, of all processes."""

    @property
    def ratios(self) -> list[float]:
        """Return what several processes and their Valkey cost together, × one process."""
        each = zip(self.one, self.two, self.valkey, strict=True)
        return [(two.per_delivery + valkey) / one.per_delivery for one, two, valkey in each]


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Several:
    measured = Several()
    with ExitStack() as stack:
        redis_server = stack.enter_context(valkey())
        one = stack.enter_context(_school(folder, "one"))
        two = stack.enter_context(_school(folder, "two", EDUSPHERE_WORKERS=str(PROCESSES), REDIS_URL=redis_server.url))
        redis = stack.enter_context(Redis.from_url(redis_server.url))
        say(f"{SOCKETS:,} people come, to one process and to {PROCESSES} …")
        for each in (one, two):
            each.fill_up_to(SOCKETS)
            each.post(1, SECONDS)  # what is done once is done
        for run in range(1, effort.runs + 1):
            say(f"One process and {PROCESSES} over Redis: run {run} of {effort.runs} …")
            measured.one.append(one.post(1, SECONDS))
            published, spent = _publishes(redis), processes.cpu(redis_server.pid).together
            taken = two.post(1, SECONDS)
            measured.two.append(taken)
            measured.publishes.append((_publishes(redis) - published) / taken.heard.posts)
            measured.valkey.append(1e6 * (processes.cpu(redis_server.pid).together - spent) / taken.heard.deliveries)
        rooms = redis.pubsub_channels("edusphere:room:*")
        measured.subscriptions = sum(count for _, count in redis.pubsub_numsub(*rooms))
    return measured


@contextmanager
def _school(folder: Path, name: str, **settings: str) -> Iterator[Opponent]:
    with Served(folder / name, **settings) as school, ours(school, assemble(school, SOCKETS), folder, name) as opponent:
        yield opponent


@contextmanager
def valkey() -> Iterator[Valkey]:
    """A Redis server of our own, while the block lasts."""
    server = Valkey()
    asyncio.run(server.start())
    try:
        yield server
    finally:
        server.kill()


def _publishes(redis: Redis) -> int:
    statistics = redis.info("commandstats")
    return int(statistics.get("cmdstat_publish", {}).get("calls", 0))
