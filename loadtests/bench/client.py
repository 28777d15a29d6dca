"""The load client for where there is no C compiler: the commands and answers of `c/client.c`, in Python on uvloop.

It takes some ten times the CPU, so it is for small crowds: with a large one it is what is measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any, cast

NUMBERED = b"SSSSSSSSSS"
PATIENCE = 30.0
MASK = bytes((0x37, 0xFA, 0x21, 0x3D))
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
MARK = re.compile(rb"@@(\d{10})")
OK = re.compile(rb'\{"type":"ok","ref":"(\d{10})"')
PLACE = re.compile(rb'"number":(\d+)')


class Fault(Exception):
    """The server did not tell everybody once, in one order."""


class Durations:
    def __init__(self) -> None:
        self._taken: list[float] = []

    def note(self, seconds: float) -> None:
        self._taken.append(1000 * seconds)

    def told(self) -> dict[str, float]:
        taken = sorted(self._taken) or [0.0]
        shares = {
            name: taken[int(share * (len(taken) - 1))] for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
        }
        return {"count": len(self._taken), "mean": sum(taken) / len(taken), **shares, "most": taken[-1]}


class Peer(asyncio.Protocol):
    def __init__(self, client: Client, number: int, handshake: bytes, words: bytes) -> None:
        self.client = client
        self.number = number
        self.handshake = handshake
        self.words = words
        self.began = monotonic()
        self.shaken = self.is_in = False
        self.heard = 0
        self.own: int | None = None
        self._rest = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.handshake)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.client.leaving:
            self.client.fail(f"socket {self.number} was cut: {error or 'the other side ended it'}")

    def data_received(self, data: bytes) -> None:
        try:
            self._take(data)
        except Fault as fault:
            self.client.fail(str(fault))

    def _take(self, data: bytes) -> None:
        now = monotonic()
        self._rest += data
        if not self.shaken:
            end = self._rest.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._rest.startswith(b"HTTP/1.1 101"):
                raise Fault(f"socket {self.number} was not opened: {self._rest[:12].decode(errors='replace')}")
            del self._rest[: end + 4]
            self.shaken = True
            if self.words:
                self.put(TEXT, self.words)
            if self.client.needle == b"-":
                self._come_in(now)
        for opcode, payload in self._frames():
            if opcode == PING:
                self.put(PONG, payload)
            elif opcode == CLOSE:
                raise Fault(f"socket {self.number} was closed with {int.from_bytes(payload[:2], 'big')}")
            elif self.is_in:
                self.client.hear(self, payload, now)
            elif self.client.needle in payload:
                self._come_in(now)
            elif b'"refused"' in payload:
                raise Fault(f"socket {self.number} was not let in")

    def _come_in(self, now: float) -> None:
        self.is_in = True
        self.heard = len(self.client.log)
        self.client.present += 1
        self.client.came.note(now - self.began)
        self.client.something.set()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self._rest) >= 2:
            head, size = 2, self._rest[1] & 0x7F
            if size >= 126:
                head = 4 if size == 126 else 10
                size = int.from_bytes(self._rest[2:head], "big")
            if len(self._rest) < head + size:
                return
            opcode, payload = self._rest[0] & 0x0F, bytes(self._rest[head : head + size])
            del self._rest[: head + size]
            yield opcode, payload

    def put(self, opcode: int, payload: bytes) -> None:
        self.transport.write(masked(opcode, payload))


def masked(opcode: int, payload: bytes) -> bytes:
    """Return a whole frame from a client."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else bytes((0xFE,)) + size.to_bytes(2, "big")
    key = int.from_bytes((MASK * (size // 4 + 1))[:size], "big")
    words = (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")
    return bytes((0x80 | opcode,)) + length + MASK + words


class Client:
    def __init__(self, port: int) -> None:
        self.port = port
        self.people: Iterator[tuple[bytes, bytes]] | None = None
        self.peers: list[Peer] = []
        self.needle = b"-"
        self.words = b""
        self.log: list[bytes] = []
        self.present = 0
        self.leaving = False
        self.something = asyncio.Event()
        self._fault: str | None = None
        self._of: list[tuple[float, float]] = []
        self._sent: list[float] = []
        self._said: set[int] = set()
        self._place = 0
        self._flood_until = 0.0
        self._begin()

    def fail(self, fault: str) -> None:
        self._fault = self._fault or fault
        self.something.set()

    def _begin(self) -> None:
        self.deliveries = self.acks = self.others = 0
        self.came, self._heard, self._spread, self._acked = Durations(), Durations(), Durations(), Durations()

    # -- what is heard

    def hear(self, peer: Peer, payload: bytes, now: float) -> None:
        if peer.heard == len(self.log):
            mark = MARK.search(payload)
            if mark is None:
                self._hear_other(peer, payload, now)
                return
            self._keep(peer, payload, int(mark[1]), now)
        elif self.log[peer.heard] != payload:
            mark = MARK.search(payload)
            if mark is not None:
                raise Fault(f"socket {peer.number} heard post {int(mark[1])} where others heard another")
            self._hear_other(peer, payload, now)
            return
        sent, first = self._of[peer.heard]
        peer.heard += 1
        self.deliveries += 1
        self._heard.note(now - sent)
        self._spread.note(now - first)
        self.something.set()

    def _keep(self, peer: Peer, payload: bytes, post: int, now: float) -> None:
        if post >= len(self._sent):
            raise Fault(f"socket {peer.number} heard post {post}, which nobody sent")
        if post in self._said:
            raise Fault(f"socket {peer.number} heard post {post} again, or out of order")
        self._said.add(post)
        place = PLACE.search(payload)
        if self._wants_acks and place is not None:
            if self._place and int(place[1]) != self._place + 1:
                raise Fault(f"after number {self._place} came {int(place[1])}")
            self._place = int(place[1])
        self.log.append(payload)
        self._of.append((self._sent[post], now))

    def _hear_other(self, peer: Peer, payload: bytes, now: float) -> None:
        self.others += 1
        acked = OK.match(payload)
        if acked is not None and peer.own == int(acked[1]):
            self.acks += 1
            self._acked.note(now - self._sent[peer.own])
            peer.own = None
            if now < self._flood_until:
                self._post(peer)
            self.something.set()
        elif b'"refused"' in payload:
            raise Fault(f"socket {peer.number} was refused something")
        elif payload == b'{"type":"heartbeat"}':
            peer.put(TEXT, b'{"type":"heartbeat","ref":0}')

    @property
    def _wants_acks(self) -> bool:
        return b'"ref":"' in self.words

    # -- what is commanded

    def _post(self, peer: Peer) -> None:
        number = len(self._sent)
        self._sent.append(monotonic())
        peer.own = number
        peer.put(TEXT, self.words.replace(NUMBERED, b"%010d" % number))

    async def _until(self, done: Callable[[], bool], until: float | None = None) -> None:
        """Wait until it is done, or until that time; somebody must hear something every so often."""
        while not done() and (until is None or monotonic() < until):
            self.something.clear()
            wait = PATIENCE if until is None else max(0.0, until - monotonic())
            try:
                async with asyncio.timeout(wait):
                    await self.something.wait()
            except TimeoutError:
                if until is None:
                    raise Fault(
                        f"{self.deliveries} deliveries and {self.acks} answers came, and then no more"
                    ) from None
            if self._fault is not None:
                raise Fault(self._fault)

    async def _all(self, first: int) -> None:
        posts = len(self._sent) - first
        wanted = posts * self.present
        await self._until(lambda: self.deliveries >= wanted and (not self._wants_acks or self.acks >= posts))

    async def open(self, file: str, more: int, at_once: int, seconds: float, needle: str) -> dict[str, Any]:
        self.people = self.people or _read(_bytes(file))
        self.needle = needle.encode()
        self._begin()
        began, first = monotonic(), len(self.peers)
        while self.present < first + more:
            if len(self.peers) == first + more or len(self.peers) - self.present >= at_once:
                await self._until(self._somebody_more())
                continue
            await self._until(lambda: False, began + (len(self.peers) - first) * seconds / more)
            self.peers.append(Peer(self, len(self.peers), *next(self.people)))
            await asyncio.get_running_loop().create_connection(lambda: self.peers[-1], "127.0.0.1", self.port)
        return {"opened": more, "sockets": self.present, "seconds": monotonic() - began, "in": self.came.told()}

    def _somebody_more(self) -> Callable[[], bool]:
        before = self.present
        return lambda: self.present > before

    async def closed(self, burst: int, seconds: float) -> dict[str, Any]:
        self._begin()
        first, began = len(self._sent), monotonic()
        while True:
            for _ in range(burst):
                self._post(self.peers[len(self._sent) % len(self.peers)])
            await self._all(first)
            if monotonic() - began >= seconds:
                return self._report(first, began)

    async def pace(self, rate: float, seconds: float) -> dict[str, Any]:
        self._begin()
        first, began = len(self._sent), monotonic()
        while (posted := len(self._sent) - first) < rate * seconds:
            due = began + posted / rate
            await self._until(lambda: False, due)
            self._post(self.peers[len(self._sent) % len(self.peers)])
            self._sent[-1] = due
        await self._all(first)
        return self._report(first, began)

    async def flood(self, senders: int, seconds: float) -> dict[str, Any]:
        self._begin()
        first, began = len(self._sent), monotonic()
        self._flood_until = began + seconds
        for peer in self.peers[:senders]:
            self._post(peer)
        await self._until(lambda: False, self._flood_until)
        in_time = self.acks
        await self._all(first)
        self.acks = in_time
        return self._report(first, began)

    async def rest(self, seconds: float) -> dict[str, Any]:
        self._begin()
        began = monotonic()
        await self._until(lambda: False, began + seconds)
        return self._report(len(self._sent), began)

    async def close(self) -> dict[str, Any]:
        self.leaving = True
        for peer in self.peers:
            peer.transport.abort()
        await asyncio.sleep(0)
        closed, self.peers, self.people, self.present, self.leaving = len(self.peers), [], None, 0, False
        return {"closed": closed}

    async def read_words(self, file: str) -> dict[str, Any]:
        self.words = _bytes(file)
        return {"words": len(self.words)}

    def _report(self, first: int, began: float) -> dict[str, Any]:
        counts = {"posts": len(self._sent) - first, "deliveries": self.deliveries, "acks": self.acks}
        counts |= {"others": self.others, "sockets": self.present}
        spreads = {"heard": self._heard.told(), "spread": self._spread.told(), "acked": self._acked.told()}
        return counts | {"seconds": monotonic() - began} | spreads

    async def obey(self, line: str) -> dict[str, Any]:
        match line.split():
            case ["open", file, more, at_once, seconds, needle]:
                return await self.open(file, int(more), int(at_once), float(seconds), needle)
            case ["words", file]:
                return await self.read_words(file)
            case ["closed", burst, seconds]:
                return await self.closed(int(burst), float(seconds))
            case ["pace", rate, seconds]:
                return await self.pace(float(rate), float(seconds))
            case ["flood", senders, seconds]:
                return await self.flood(int(senders), float(seconds))
            case ["rest", seconds]:
                return await self.rest(float(seconds))
            case ["close"]:
                return await self.close()
        raise Fault("this command is not known")


def _bytes(file: str) -> bytes:
    return Path(file).read_bytes()


def _read(texts: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, pair = 0, []
    while place < len(texts):
        (size,) = struct.unpack_from("=I", texts, place)
        pair.append(texts[place + 4 : place + 4 + size])
        place += 4 + size
        if len(pair) == 2:
            yield pair[0], pair[1]
            pair = []


async def main(port: int) -> None:
    client = Client(port)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            answer = await client.obey(line)
        except Fault as fault:
            answer = {"fault": str(fault)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        if "fault" in answer:
            return


if __name__ == "__main__":
    from edusphere.server.supervisor import loop_factory

    if int(sys.argv[2]) >= 0:
        os.sched_setaffinity(0, {int(sys.argv[2])})
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main(int(sys.argv[1])))
