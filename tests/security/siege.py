"""A served school with a hostile pupil in it, and two others who only want to talk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from edusphere.app import create_app
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id
from edusphere.school.sessions import Device
from edusphere.settings import Settings
from edusphere.web.parts import Parts
from loadtests.bench.processes import free_port
from tests.conftest import KEYS
from tests.nginx.placed import placed
from tests.people import PASSWORD, PASSWORD_HASH, Cast, move_in
from tests.security.hostile import wire
from tests.security.hostile.by_nginx import PAGE
from tests.security.hostile.cases import Case, Spoken, Target, handshake
from tests.security.hostile.wire import Heard
from tests.security.served import Served

SETTINGS = {
    # The bystanders speak far more than people do, and Max tries far more than one may in a day.
    "EDUSPHERE_POSTS_PER_10_SECONDS": 100_000,
    "EDUSPHERE_POSTS_PER_MINUTE": 100_000,
    "EDUSPHERE_REQUESTS_PER_10_SECONDS": 100_000,
    "EDUSPHERE_CHANGES_PER_MINUTE": 100_000,
    "EDUSPHERE_UPLOADS_PER_MINUTE": 100_000,
    "EDUSPHERE_COMMANDS_PER_10_SECONDS": 200,
}
BREATH = 0.04
"""Seconds from one's words to the other's at the least: both stay below the pace of a socket on any machine."""
PATIENCE = 30.0


class Bystander:
    """Somebody with a socket, who hears one room."""

    def __init__(self, socket: ClientConnection, room_id: str) -> None:
        self._socket = socket
        self._room_id = room_id

    @classmethod
    async def come(cls, port: int, bearer: str, room_id: str) -> Bystander:
        socket = await connect(f"ws://localhost:{port}/ws/", additional_headers={"Authorization": f"Bearer {bearer}"})
        someone = cls(socket, room_id)
        await someone.say("room.subscribe", roomId=room_id)
        await someone.hear('"ok"')
        return someone

    async def say(self, kind: str, **fields: Any) -> None:
        await self._socket.send(json.dumps({"type": kind, "ref": 1, **fields}))

    async def post(self, words: str) -> None:
        await self.say("message.post", roomId=self._room_id, clientId=str(uuid4()), body=words)

    async def hear(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in (said := await self._socket.recv(decode=True)):
                assert '"refused"' not in said, said

    async def leave(self) -> None:
        await self._socket.close()


class Siege:
    def __init__(self, served: Served, port: int, target: Target, bystanders: tuple[Bystander, Bystander]) -> None:
        self.served = served
        self.port = port
        """Where all come in: the school's own, or nginx's."""
        self.through_nginx = port != served.port
        self.target = target
        self.survived = 0
        """Sendings so far: a case, or one again that was held up."""
        self._speaker, self._listener = bystanders
        self.slowest_echo = self.slowest_refusal = 0.0
        self.at_first = served.memory()

    async def suffer(self, case: Case | Spoken) -> tuple[Heard, float]:
        """Be sent a case while the two go on talking; return what was answered, and how long their words took."""
        heard, echo, _ = await asyncio.gather(self._send(case), self.echo(), asyncio.sleep(BREATH))
        self.survived += 1
        self.slowest_echo = max(self.slowest_echo, echo)
        self.slowest_refusal = max(self.slowest_refusal, heard.seconds)
        return heard, echo

    async def _send(self, case: Case | Spoken) -> Heard:
        it, port = self.target, self.port
        if isinstance(case, Case):
            return await wire.exchange(port, case.send(it))
        return await wire.speak(port, handshake(it, path=case.path), case.say(it), case.answer.encode())

    async def echo(self) -> float:
        """Return the seconds between one's words and the other's hearing them."""
        self._speaker, self._listener = self._listener, self._speaker
        words, began = str(uuid4()), perf_counter()
        await self._speaker.post(words)
        await self._listener.hear(words)
        return perf_counter() - began

    async def is_healthy(self) -> bool:
        heard = await wire.exchange(self.port, wire.request("/api/health/ready", host="anywhere"))
        return self.served.lives and [response.status for response in heard.responses] == [200]


@asynccontextmanager
async def besieged(
    address: Address, folder: Path, *, through_nginx: bool = False, **settings: Any
) -> AsyncIterator[Siege]:
    """Serve a school at this empty database, and have everybody come, by way of nginx or straight."""
    (folder / "secret_key").write_text("not for anybody")
    app = create_app(Settings(data=folder, _env_file=None), address=address, keys=KEYS)  # type: ignore[call-arg]
    async with app.test_app():
        parts: Parts = app.extensions["edusphere"]
        cast = await move_in(parts.database)
        target, bearers = await _settle(parts, cast)
        port = free_port()
        at_nginx = {"EDUSPHERE_ALLOWED_HOSTS": f"localhost:{port}", "EDUSPHERE_TRUSTED_PROXIES": "127.0.0.1"}
        served = Served(address, folder, **SETTINGS, **settings, **(at_nginx if through_nginx else {}))
        port = port if through_nginx else served.port
        await served.open()
        try:
            with ExitStack() as before:
                if through_nginx:
                    app_folder = {"NGINX_APP": str(_pages(folder.with_name(f"{folder.name}-app")))}
                    nginx = folder.with_name(f"{folder.name}-nginx")
                    before.enter_context(placed(nginx, port, [served.port], **app_folder))
                known = target(f"localhost:{port}")
                bystanders = [await Bystander.come(port, bearer, str(known.room_id)) for bearer in bearers]
                yield Siege(served, port, known, (bystanders[0], bystanders[1]))
                for bystander in bystanders:
                    await bystander.leave()
        finally:
            await served.close()


def _pages(folder: Path) -> Path:
    """Make an app that was built, as far as anybody looks at it here."""
    (folder / "static").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    return folder


async def _settle(parts: Parts, cast: Cast) -> Any:
    """Return what Max knows, once the server's name is known, and the tokens of the two bystanders."""
    school = parts.school
    max_ = await _max(parts.database)
    room = await school.rooms.create(cast.anna, "Biology", "Science", "")
    for me in (cast.ben, cast.mia, max_):
        await school.rooms.join(me, room.id)
    posted = await school.messages.post(cast.ben, room.id, Draft(new_id(), "Hello"))
    closed = await school.rooms.create(cast.anna, "Council", "Staff", "")
    await parts.database.rows("UPDATE rooms SET kind = 'PRIVATE' WHERE id = $1", closed.id)
    device = Device("a browser", "127.0.0.1")
    ended, signed_in = [await school.sessions.sign_in("max@school.example", PASSWORD, device) for _ in range(2)]
    await school.sessions.end(ended.me)

    async def bearer(me: Me) -> str:
        _, token = await school.api_tokens.make(me.id, "a test", days=1)
        return token

    max_bearer = await bearer(max_)

    def target(host: str) -> Target:
        return Target(
            host=host,
            keys=KEYS,
            person_id=max_.id,
            session_id=signed_in.session_id,
            access=parts.tokens.make(max_.id, signed_in.session_id)[0],
            csrf=parts.csrf.issue(signed_in.session_id),
            refresh=signed_in.refresh_token,
            bearer=max_bearer,
            room_id=room.id,
            closed_room_id=closed.id,
            message_id=posted.message_id,
            ended_access=parts.tokens.make(max_.id, ended.session_id)[0],
        )

    return target, [await bearer(cast.ben), await bearer(cast.mia)]


async def _max(database: Database) -> Me:
    me = Me(new_id(), "max", "Max Vilks", "", Role.STUDENT, None)
    await database.rows(
        """
        INSERT INTO people (id, username, email, name, role, password, bio, avatar, created)
        VALUES ($1, $2, 'max@school.example', $3, 'STUDENT', $4, '', '', now())
        """,
        me.id,
        me.username,
        me.name,
        PASSWORD_HASH,
    )
    return me
