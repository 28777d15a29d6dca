"""Trying a door as somebody, and the page's word for what came of it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
from quart.datastructures import FileStorage
from quart.testing.connections import WebsocketResponseError

from edusphere.realtime import topics
from edusphere.school.files import NOT_YOURS
from tests.security.access.askers import Asker
from tests.security.access.doors import Door, Handshake, Question, Request, Said, SaidOfOld, filled
from tests.security.access.place import Place
from tests.web.sockets import Speaker

WORD_OF_CODE = {"UNAUTHENTICATED": "–", "FORBIDDEN": "no", "NOT_FOUND": "unseen", "CONFLICT": "late"}
WORD_OF_STATUS = {303: "away", 401: "–", 403: "no", 404: "unseen", 405: "never"}
PATIENCE = 20.0


async def try_door(place: Place, asker: Asker, name: str, door: Door) -> str:
    """Return the page's word, or whatever else was answered."""
    async with asyncio.timeout(PATIENCE):
        match door:
            case Question():
                return await _ask(place, asker, door)
            case Request():
                return await _request(place, asker, door)
            case Handshake(path):
                async with _socket(place, asker, path) as speaker:
                    return speaker if isinstance(speaker, str) else "yes"
            case Said(fields):
                return await _say(place, asker, name.partition(" · ")[0], fields)
            case SaidOfOld():
                return await _say_of_old(place, asker, name, door)


async def _ask(place: Place, asker: Asker, question: Question) -> str:
    document = place.filled(f"{question.kind} {{ {question.document} }}", asker)
    browser = asker.browser(place.app)
    if question.file:
        document = document.replace(question.kind, f"{question.kind} ($file: Upload)", 1)
        answer = await browser.upload(document, FileStorage(io.BytesIO(question.file), "roster.csv"), "file")
    else:
        answer = await browser.ask(document)
    if answer.codes:
        (code,) = set(answer.codes)
        return WORD_OF_CODE.get(code, str(answer.body))
    if not _tells(answer.data):
        return "nothing"
    return "yes" if question.tells in msgspec.json.encode(answer.data).decode() else "nothing"


def _tells(value: Any) -> bool:
    """Whether anything is in it."""
    if isinstance(value, dict):
        return any(map(_tells, value.values()))
    if isinstance(value, list):
        return any(map(_tells, value))
    return bool(value)


async def _request(place: Place, asker: Asker, request: Request) -> str:
    browser = asker.browser(place.app)
    headers = browser.writing() | ({"Content-Type": request.content_type} if request.content_type else {})
    response = await browser.send(request.method, place.filled(request.path, asker), headers, data=request.body)
    body = await response.get_data()
    if response.status_code in (200, 201, 204):
        return "yes" if body or response.status_code == 204 else "nothing"
    return WORD_OF_STATUS.get(response.status_code, f"{response.status_code} {body!r}")


@asynccontextmanager
async def _socket(place: Place, asker: Asker, path: str) -> AsyncIterator[Speaker | str]:
    """Open a socket; or get the word for its refusal."""
    client = place.app.test_client(use_cookies=False)
    async with client.websocket(path, headers=asker.headers) as connection:
        speaker = Speaker(connection)
        try:
            if path == "/ws/":
                await speaker.hear("hello")
            else:  # it has no greeting
                await speaker.say_raw("{}")
                await speaker.hear(lambda frame: "error" in frame)
        except WebsocketResponseError as refused:
            yield WORD_OF_STATUS.get(refused.response.status_code, str(refused.response.status_code))
        else:
            yield speaker


async def _say(place: Place, asker: Asker, command: str, fields: dict[str, Any]) -> str:
    async with _socket(place, asker, "/ws/") as speaker:
        if isinstance(speaker, str):
            return speaker
        said = filled(fields, partial(place.filled, asker=asker))
        if command == "typing.start":
            return await _type(place, speaker, said["roomId"])
        answer = await speaker.ask(command, **said)
        if answer["type"] == "ok":
            return "yes"
        return "unseen" if answer["message"] == NOT_YOURS else WORD_OF_CODE.get(answer["code"], str(answer))


async def _type(place: Place, speaker: Speaker, room_id: str) -> str:
    """Typing is never answered: it is told to the room or not."""
    await speaker.ask("room.subscribe", roomId=room_id)
    await speaker.say("typing.start", roomId=room_id)
    await speaker.ask("heartbeat")
    told = [payload for topic, payload in place.broker.told if b"typing.started" in payload]
    return "yes" if told else "nothing"


async def _say_of_old(place: Place, asker: Asker, kind: str, said: SaidOfOld) -> str:
    async with _socket(place, asker, "/ws/chat/anna/biology") as speaker:
        if isinstance(speaker, str):
            return speaker
        frame = filled({"type": kind, **said.frame}, partial(place.filled, asker=asker))
        await speaker.say_raw(msgspec.json.encode(frame).decode())
        heard = await speaker.hear(lambda frame: frame.get("action") == said.action or "error" in frame)
        return "no" if "error" in heard else "yes"


def leaked(place: Place) -> list[bytes]:
    """Return what was told to anybody, but for who is here."""
    return [payload for topic, payload in place.broker.told if topic != topics.EVERYONE]
