"""GraphQL at one process of the school, as a page asks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any

from tests.faults.process import Process

SIGN_IN = """
    mutation ($email: String!, $password: String!) { tokenAuth(email: $email, password: $password) { token } }
"""
SIGN_OUT = "mutation { deleteToken { deleted } }"
LEAVE = "mutation ($room: UUID!) { leaveRoom(roomId: $room) { room { id } } }"
JOIN = "mutation ($room: UUID!) { joinRoom(roomId: $room) { room { id } } }"
NEW_PASSWORD = """
    mutation ($current: String!, $new: String!) {
        changePassword(current: $current, password1: $new, password2: $new) { __typename }
    }
"""


async def ask(process: Process, document: str, headers: Mapping[str, str] | None = None, **variables: str) -> Any:
    """Return the data of an answer without errors."""
    return await asyncio.to_thread(_ask, process, document, headers or {}, variables)


async def sign_in(process: Process, email: str, password: str) -> dict[str, str]:
    """Return the headers by which a new session is known."""
    data = await ask(process, SIGN_IN, email=email, password=password)
    return {"Authorization": f"JWT {data['tokenAuth']['token']}"}


def _ask(process: Process, document: str, headers: Mapping[str, str], variables: Mapping[str, str]) -> Any:
    connection = HTTPConnection(process.host, process.port, timeout=30)
    try:
        body = json.dumps({"query": document, "variables": variables})
        connection.request("POST", "/graphql/", body, {"Content-Type": "application/json", **headers})
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    assert "errors" not in answer, answer
    return answer["data"]
