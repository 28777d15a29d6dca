"""`/api/health/`: is it alive, and may it be sent people?

For whoever supervises the server, by whatever name: hosts are not checked here.
"""

from __future__ import annotations

import msgspec
from quart import Blueprint, Response

from edusphere.database.migrate import SchemaTooNew, waiting
from edusphere.errors import Unavailable
from edusphere.web.parts import Parts

PATH = "/api/health/"


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("health", __name__)
    tables_are_current = False

    @door.get(PATH + "live")
    async def live() -> Response:
        """Whether this process answers at all."""
        return _answer(200, {"status": "live"})

    @door.get(PATH + "ready")
    async def ready() -> Response:
        """Whether people can be served: the database answers and its tables are those this version knows."""
        nonlocal tables_are_current
        try:
            if not tables_are_current:
                tables_are_current = not await waiting(parts.address)
            await parts.database.row("SELECT 1")
        except Unavailable:
            return _not_ready("The database does not answer.")
        except SchemaTooNew as error:
            return _not_ready(str(error))
        if not tables_are_current:
            return _not_ready("The database is not up to date yet: run `edusphere migrate`.")
        return _answer(200, {"status": "ready"})

    return door


def _not_ready(why: str) -> Response:
    return _answer(503, {"status": "not ready", "why": why})


def _answer(status: int, body: dict[str, str]) -> Response:
    response = Response(msgspec.json.encode(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
