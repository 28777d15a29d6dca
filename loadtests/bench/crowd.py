"""Many people's sockets, held by a client that is not the bottleneck: `c/client.c`, one process, one core.

Where there is no compiler `client.py` stands in for it, for small crowds.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from loadtests.bench.compiled import compiled, has_compiler
from loadtests.bench.served import Trouble

NUMBER = "SSSSSSSSSS"
"""Stands for a post's number in what is posted."""
MARK = "@@"
"""Precedes the number in the words that everybody hears: by it the client knows a delivery."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations, in milliseconds."""

    count: int
    mean: float
    p50: float
    p90: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What was posted and heard: each post by every socket once, all in one order, or this would not exist."""

    posts: int
    deliveries: int
    acks: int
    others: int
    """Frames that were no deliveries."""
    sockets: int
    seconds: float
    heard: Spread
    """From the post to each delivery."""
    spread: Spread
    """From the first delivery of a post to each."""
    acked: Spread
    """From the post to its `ok`."""


@dataclass(frozen=True, slots=True)
class Opened:
    opened: int
    sockets: int
    seconds: float
    came: Spread


def handshake(port: int, path: str = "/", **headers: str) -> bytes:
    """Return an opening handshake (RFC 6455, 1.3), with its example's key."""
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    } | headers
    return "\r\n".join(
        [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
    ).encode()


def write_people(file: Path, people: Iterable[tuple[bytes, str]]) -> None:
    """Write for the client what each says first: a handshake, and words after it (none where empty)."""
    with file.open("wb") as out:
        for shake, words in people:
            for text in (shake, words.encode()):
                out.write(struct.pack("=I", len(text)) + text)


class Crowd:
    """The sockets of one server, from entering to leaving the block."""

    def __init__(self, port: int, folder: Path, core: int = -1, *, in_c: bool | None = None) -> None:
        """`core` is the one they are held on; -1 leaves that to Linux. `in_c` is for tests of either client."""
        self._folder = folder
        in_c = has_compiler() if in_c is None else in_c
        program = [str(compiled("client"))] if in_c else [sys.executable, "-m", "loadtests.bench.client"]
        self._command = [*program, str(port), str(core)]
        self._people: Path | None = None
        self.sockets = 0

    def __enter__(self) -> Crowd:
        self._process = subprocess.Popen(  # noqa: S603
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def bring(self, people: Path, words: str) -> None:
        """Say who will come, in this order, and what a post of theirs is."""
        self._people = people
        file = self._folder / f"words-{self.pid}"
        file.write_text(words)
        self._ask(f"words {file}")

    def open(self, count: int, *, needle: str = "-", at_once: int = 64, seconds: float = 0) -> Opened:
        """Let so many more come in, at most `at_once` at a time, or spread over some seconds.

        They are in when they hear a frame with `needle`, or after the handshake.
        """
        answer = self._ask(f"open {self._people} {count} {at_once} {seconds} {needle}")
        self.sockets = answer["sockets"]
        return Opened(answer["opened"], answer["sockets"], answer["seconds"], Spread(**answer["in"]))

    def close(self) -> None:
        self._ask("close")
        self.sockets = 0

    def closed(self, burst: int, seconds: float) -> Heard:
        """Post `burst` at a time, each time when all have heard all."""
        return self._heard(f"closed {burst} {seconds}")

    def pace(self, rate: float, seconds: float) -> Heard:
        """Post at a steady rate."""
        return self._heard(f"pace {rate} {seconds}")

    def flood(self, senders: int, seconds: float) -> Heard:
        """Let each sender post again as soon as they have their answer; `acks` are those within the seconds."""
        return self._heard(f"flood {senders} {seconds}")

    def rest(self, seconds: float) -> Heard:
        return self._heard(f"rest {seconds}")

    def _heard(self, command: str) -> Heard:
        answer = self._ask(command)
        return Heard(**answer | {name: Spread(**answer[name]) for name in ("heard", "spread", "acked")})

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None  # noqa: S101 (opened above)
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(f"{command}\n")
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer: dict[str, Any] = json.loads(line or '{"fault": "the load client ended"}')
        if "fault" in answer:
            raise Trouble(f"At `{command.split()[0]}`: {answer['fault']}.")
        return answer
