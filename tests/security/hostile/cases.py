"""What a line of the tables says, and the few forms in which most of them are written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from edusphere.school.keys import Keys
from tests.security.hostile import wire

CLOSED = 0
"""In place of a status: the connection is ended without a word."""


@dataclass(frozen=True, slots=True)
class Target:
    """The school, as a hostile pupil of it knows it: Max, who is signed in and is in one of its rooms."""

    host: str
    keys: Keys
    """He does not know these; with them, his forgeries are as good as they can get."""
    person_id: UUID
    session_id: UUID
    access: str
    """His access token."""
    csrf: str
    refresh: str
    bearer: str
    room_id: UUID
    """Of the room he is in."""
    closed_room_id: UUID
    """Of a room that he must not know of."""
    message_id: UUID
    """Of another's message."""
    ended_access: str
    """An access token of a session that was ended."""

    @property
    def cookie(self) -> str:
        return f"Cookie: JWT={self.access}; csrftoken={self.csrf}"

    @property
    def page(self) -> tuple[str, ...]:
        """The header lines of the school's own page in his browser."""
        return (self.cookie, f"Origin: http://{self.host}", f"X-CSRFToken: {self.csrf}")

    def filled(self, text: str) -> str:
        """Return a text with the ids in it that he knows."""
        ids = {"%ROOM%": self.room_id, "%CLOSED%": self.closed_room_id, "%MESSAGE%": self.message_id}
        for name, value in ids.items():
            text = text.replace(name, str(value))
        return text

    def access_token(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good access token of his, some of them changed; None takes one away."""
        claims = {
            "sub": str(self.person_id),
            "sid": str(self.session_id),
            "typ": "access",
            "iat": 1_700_000_000,
            "exp": 4_000_000_000,
            "aud": "edusphere",
            "iss": "http://localhost:8000",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is sent over HTTP, and what may come back."""

    what: str
    send: Callable[[Target], bytes]
    statuses: tuple[int, ...]
    code: str = ""
    """In the errors of the answer, where that matters."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said on a websocket after a good handshake: the close code it meets, or the words of an answer."""

    what: str
    say: Callable[[Target], bytes]
    closes: int = 0
    answer: str = ""
    path: str = "/ws/"


def get(target: str, *lines: str) -> Callable[[Target], bytes]:
    return lambda it: wire.request(target, *lines, host=it.host)


def as_max(target: str, *lines: str) -> Callable[[Target], bytes]:
    """Return a GET with his cookie."""
    return lambda it: wire.request(target, it.cookie, *lines, host=it.host)


def ask(document: str, variables: Any = None) -> Callable[[Target], bytes]:
    """Return a GraphQL request of his page."""
    data = json.dumps({"query": document, "variables": variables})
    return lambda it: post(it, it.filled(data).encode())


def body(data: bytes, *lines: str) -> Callable[[Target], bytes]:
    """Return a request of his page to GraphQL with this very body."""
    return lambda it: post(it, data, *lines)


def post(it: Target, data: bytes, *lines: str, kind: str = "application/json") -> bytes:
    head = (*it.page, f"Content-Type: {kind}", *lines)
    return wire.request("/graphql/", *head, method="POST", host=it.host, body=data)


def form(*parts: tuple[str, bytes], boundary: str = "cut") -> Callable[[Target], bytes]:
    """Return a multipart request; each part is its header lines and its content."""

    def written(it: Target) -> bytes:
        data = b"".join(
            f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in parts
        )
        return post(it, data + f"--{boundary}--\r\n".encode(), kind=f"multipart/form-data; boundary={boundary}")

    return written


def handshake(it: Target, *lines: str, path: str = "/ws/") -> bytes:
    return wire.request(
        path,
        *(lines or (f"Authorization: Bearer {it.bearer}",)),
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        host=it.host,
    ).replace(b"Connection: close\r\n", b"", 1)
