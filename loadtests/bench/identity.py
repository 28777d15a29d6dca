"""What it costs the app to look up a session, apart from everything else that a connect does."""

from __future__ import annotations

import asyncio
import time
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers

from edusphere.app import create_app
from edusphere.settings import Settings
from loadtests.bench.assembly import Assembly
from loadtests.bench.served import Served, Trouble

if TYPE_CHECKING:
    from edusphere.web.parts import Parts

WARM = 50


def look_ups(school: Served, assembly: Assembly, count: int) -> float:
    """Return the CPU seconds of one: cookie to person, as the door of a served school does it."""
    from edusphere.server.supervisor import loop_factory

    async def run() -> float:
        settings = Settings(data=school.data, public_url=f"http://127.0.0.1:{school.port}", limits="off")
        app = create_app(settings, address=school.address, keys=assembly.keys)
        parts: Parts = app.extensions["edusphere"]
        async with app.test_app():
            asked = []
            for each in range(count):
                headers = Headers(assembly.headers(each))
                asked.append((headers, {name: it.value for name, it in SimpleCookie(headers["Cookie"]).items()}))
            began = 0.0
            for turn, (headers, cookies) in enumerate([*asked[:WARM], *asked]):
                if turn == min(WARM, count):
                    began = time.process_time()
                identity = await parts.identities.identify(headers, cookies)
                if identity.me is None:
                    raise Trouble("Somebody of the school is not known to it.")
            return (time.process_time() - began) / count

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(run())
