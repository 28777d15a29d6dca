"""Asking over HTTP, and what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return dict(self.headers).get(name, "")

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(line: HTTPConnection | int, path: str, method: str = "GET", body: bytes = b"", /, **headers: str) -> Answer:
    """Ask on a connection, or on a new one to a port of this machine; `Content_Type` is a header's name here."""
    connection = HTTPConnection("localhost", line, timeout=30) if isinstance(line, int) else line
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body or None, given)
        response = connection.getresponse()
        return Answer(response.status, [(n.lower(), v) for n, v in response.getheaders()], response.read())
    finally:
        if isinstance(line, int):
            connection.close()


def question(document: str) -> bytes:
    return json.dumps({"query": document}).encode()
