"""A websocket on gevent: what arrives is read in the hub's own callback, so that a delivery wakes no greenlet.

Only answers to commands wake the person who waits for them.
"""

from __future__ import annotations

import base64
import errno
import itertools
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

import gevent
from gevent import socket
from gevent.event import AsyncResult

from loadtests.player.changes import Change, Understood, read
from loadtests.player.frames import CLOSE, PING, PONG, TEXT, Frames, Nonsense, frame
from loadtests.player.rooms import Ear, Room
from loadtests.player.tally import Tally
from loadtests.player.tls import Tls

PIECE = 65_536
"""Bytes read at once."""
READ, WRITE = 1, 2
"""What libev is asked to watch for."""
UNHEARD = (b'{"type":"presence.changed"', b'{"type":"typing.started"', b'{"type":"read.moved"')
"""Not promised, and nobody here looks at them; only counted."""
GOING = frame(CLOSE, (1001).to_bytes(2, "big"))


class Refused(Exception):
    """The server said no, or nothing in time; a sentence."""


class Line:
    """One socket of one person, from its handshake to its end."""

    understood = Understood()
    """Shared by all lines of a process: they hear the same."""

    def __init__(self, url: str, authorization: str, tally: Tally, patience: float = 30.0) -> None:
        """Shake hands.

        Raises:
            Refused, OSError
        """
        self.tally = tally
        self.ears: dict[str, Ear] = {}
        self.closed: int | None = None
        """The code it was closed with: 0 before, 1006 where it was cut."""
        self._patience = patience
        self._frames = Frames()
        self._answers: dict[int, AsyncResult] = {}
        self._refs = itertools.count(1)
        self._hello = AsyncResult()
        self._caught_up: dict[str, AsyncResult] = {}
        self._unsent = b""
        parts = urlsplit(url)
        assert parts.hostname is not None  # noqa: S101 (`own` has looked)
        with gevent.Timeout(patience, Refused(f"No handshake within {patience:.0f} s.")):
            self._socket = socket.create_connection((parts.hostname, parts.port or _port(parts.scheme)))
            try:
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._tls = Tls(self._socket, parts.hostname) if parts.scheme == "https" else None
                rest = self._shake_hands(parts.netloc, authorization)
            except BaseException:
                self._socket.close()
                raise
        self.tally.online += 1
        self._watch()
        if rest:
            self._take(rest)

    def greet(self) -> None:
        """Wait until the server has said hello.

        Raises:
            Refused
        """
        self._answered(self._hello, "the handshake")

    # -- the handshake

    def _shake_hands(self, host: str, authorization: str) -> bytes:
        asked = (
            f"GET /ws/ HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: {authorization}\r\n\r\n"
        ).encode()
        self._socket.sendall(self._tls.sealed(asked) if self._tls else asked)
        head = b""
        while b"\r\n\r\n" not in head:
            more = self._socket.recv(PIECE)
            if not more:
                raise Refused("The server hung up during the handshake.")
            head += self._tls.opened(more) if self._tls else more
        head, _, rest = head.partition(b"\r\n\r\n")
        status = head.split(b"\r\n", 1)[0].decode("latin-1")
        if " 101 " not in f"{status} ":
            raise Refused(f"The handshake was answered {status.partition(' ')[2]}.")
        return rest

    # -- the network

    def _watch(self) -> None:
        self._fd = self._socket.fileno()
        loop = gevent.get_hub().loop
        self._reading, self._writing = loop.io(self._fd, READ), loop.io(self._fd, WRITE)
        self._reading.start(self._readable)

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(1006)
            return
        if self._tls:
            data = self._tls.opened(data)
        if data:
            self._take(data)

    def _take(self, data: bytes) -> None:
        now = time.time_ns()
        changes = self.understood.of(data) if self._frames.is_between else None
        if changes is not None:
            for change in changes:
                self._hear(change, now)
            return
        try:
            for kind, payload in self._frames.feed(data):
                self._frame(kind, payload, now)
        except Nonsense as nonsense:
            self.tally.count(f"nonsense: {nonsense}")
            self._end(1002)

    def _write(self, data: bytes) -> None:
        """Send now what the kernel takes, and the rest as soon as it does, in order."""
        if self.closed is not None:
            return
        if self._tls:
            data = self._tls.sealed(data)
        if not self._unsent:
            data = data[self._send(data) :]
            if data:
                self._writing.start(self._writable)
        self._unsent += data

    def _writable(self) -> None:
        self._unsent = self._unsent[self._send(self._unsent) :]
        if not self._unsent:
            self._writing.stop()

    def _send(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.ECONNRESET):
                raise
            return len(data)  # its end is told by reading

    # -- what is heard

    def _frame(self, kind: int, payload: bytes, now: int) -> None:
        if kind == TEXT:
            change = read(payload)
            if change is not None:
                self._hear(change, now)
            elif not payload.startswith(UNHEARD):
                self._event(json.loads(payload))
        elif kind == PING:
            self._write(frame(PONG, payload))
        elif kind == CLOSE:
            self._write(frame(CLOSE, payload[:2]))
            self._end(int.from_bytes(payload[:2], "big") or 1005)

    def _hear(self, change: Change, now: int) -> None:
        ear = self.ears.get(change.room_id)
        if ear is None:
            self.tally.count("not asked for")
            return
        self.tally.count("changes")
        ear.hear(change, now)
        if self._caught_up and ear.is_up_to_date:
            self._catch_up(change.room_id)

    def _event(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "ok":
                ear = self.ears.get(event.get("roomId", ""))
                if ear is not None and "number" in event and ear.live_after < 0:
                    ear.admitted(event["number"])
                    if ear.is_up_to_date:
                        self._catch_up(event["roomId"])
                self._answer(event)
            case "refused":
                self._answer(event)
            case "hello":
                self._hello.set(event)
            case "heartbeat":
                self._write(frame(TEXT, b'{"type":"heartbeat","ref":0}'))
            case "room.reset":
                self.ears[event["roomId"]].reset(event["number"])
                self._catch_up(event["roomId"])

    def _catch_up(self, room_id: str) -> None:
        waiting = self._caught_up.pop(room_id, None)
        if waiting is not None:
            waiting.set(True)

    def _answer(self, event: dict[str, Any]) -> None:
        waiting = self._answers.pop(event["ref"], None)
        if waiting is not None:
            waiting.set(event)

    # -- what is said

    def tell(self, command: str, **fields: Any) -> None:
        """Say something that nobody answers."""
        self.say(json.dumps({"type": command} | fields).encode())

    def say(self, words: bytes) -> None:
        self._write(frame(TEXT, words))

    def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """Say something and return its `ok`.

        Raises:
            Refused
        """
        if self.closed is not None:
            raise Refused(f"The socket is closed ({self.closed}).")
        ref = next(self._refs)
        waiting = self._answers[ref] = AsyncResult()
        self.tell(command, ref=ref, **fields)
        answer: dict[str, Any] = self._answered(waiting, command)
        if answer["type"] == "refused":
            raise Refused(f"{answer['code']}: {answer['message']}")
        return answer

    def listen(self, room: Room, after: int | None = None) -> None:
        """Hear a room, and return when what was missed after that number has been heard.

        Raises:
            Refused
        """
        self.ears[room.id] = Ear(room, after)
        caught_up = self._caught_up[room.id] = AsyncResult()
        try:
            self.ask("room.subscribe", roomId=room.id, **({} if after is None else {"after": after}))
            self._answered(caught_up, "what was missed")
        except Refused:
            self._caught_up.pop(room.id, None)
            raise

    def _answered(self, waiting: AsyncResult, what: str) -> Any:
        with gevent.Timeout(self._patience, Refused(f"No answer to {what} within {self._patience:.0f} s.")):
            return waiting.get()

    # -- its end

    def close(self) -> None:
        """Go as a browser does whose page is closed."""
        self._write(GOING)
        self._end(1001)

    def cut(self) -> None:
        """Be gone without a word, as where a wireless network ends."""
        self._end(1006)

    def _end(self, code: int) -> None:
        if self.closed is not None:
            return
        self.closed = code
        self.tally.online -= 1
        self.tally.count(f"closed: {code}")
        for watcher in (self._reading, self._writing):
            watcher.stop()
            watcher.close()
        self._socket.close()
        for ear in self.ears.values():
            ear.close()
        for waiting in (*self._answers.values(), *self._caught_up.values(), self._hello):
            if not waiting.ready():
                waiting.set_exception(Refused(f"The socket was closed ({code})."))


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
