"""Several processes' brokers without a network: each hears what any of them publishes, a turn of the loop later."""

from __future__ import annotations

import asyncio

from edusphere.realtime.broker import Receive, Suspect


class Exchange:
    def __init__(self) -> None:
        self.brokers: list[ExchangeBroker] = []
        self.published: list[tuple[str, int]] = []
        """Topic and number."""

    def broker(self) -> ExchangeBroker:
        self.brokers.append(ExchangeBroker(self))
        return self.brokers[-1]


class ExchangeBroker:
    alone = False
    trouble: str | None = None

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._topics: set[str] = set()
        self._receive: Receive | None = None
        self.dead = False
        """Whether its process was killed: nothing comes or goes."""

    async def start(self, receive: Receive, suspect: Suspect) -> None:
        del suspect
        self._receive = receive

    async def stop(self) -> None:
        self._receive = None

    async def subscribe(self, topic: str) -> None:
        self._topics.add(topic)

    def unsubscribe(self, topic: str) -> None:
        self._topics.discard(topic)

    async def publish(self, topic: str, payload: bytes, number: int = 0) -> None:
        if not self.dead:
            self._exchange.published.append((topic, number))
            for broker in self._exchange.brokers:
                asyncio.get_running_loop().call_soon(broker.hear, topic, payload, number)

    def hear(self, topic: str, payload: bytes, number: int) -> None:
        if not self.dead and self._receive is not None and topic in self._topics:
            self._receive(topic, payload, number)
