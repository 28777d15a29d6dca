"""`/api/health/`: is it alive, and may it be sent people?

For whoever supervises the server, by whatever name: hosts are not checked here.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from quart import Blueprint
from quart_schema import validate_response

from edusphere.database.migrate import SchemaTooNew, waiting
from edusphere.errors import Unavailable
from edusphere.settings import SECONDS
from edusphere.web.parts import Parts

PATH = "/api/health/"


class Healthy(Struct, omit_defaults=True):
    """It is well."""

    status: Literal["live", "ready"]
    degraded: str | None = None
    """A sentence for whoever runs the server: what is not as it should be, though people are served."""


class NotReady(Struct):
    """People cannot be served just now."""

    why: str
    """A sentence for whoever runs the server."""
    status: Literal["not ready"] = "not ready"


OVERLOADED = 1 * SECONDS
"""People notice before."""


def _overload(stood_still: float) -> str | None:
    if stood_still < OVERLOADED:
        return None
    return f"This process stood still for {stood_still:.1f} s within the last ten: it has too much to do."


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("health", __name__)
    tables_are_current = False

    @door.get(PATH + "live")
    @validate_response(Healthy)
    async def live() -> Healthy:
        """Whether this process answers at all."""
        return Healthy("live")

    @door.get(PATH + "ready")
    @validate_response(NotReady, 503)
    @validate_response(Healthy)
    async def ready() -> Healthy | tuple[NotReady, int]:
        """Whether people can be served: the database answers and its tables are those this version knows.

        Without Redis they can: other processes hear of what happens within seconds.
        """
        nonlocal tables_are_current
        if parts.departure.begun:
            return NotReady("The server is closing."), 503
        try:
            if not tables_are_current:
                tables_are_current = not await waiting(parts.address)
            await parts.database.row("SELECT 1")
        except Unavailable:
            return NotReady("The database does not answer."), 503
        except SchemaTooNew as error:
            return NotReady(str(error)), 503
        if not tables_are_current:
            return NotReady("The database is not up to date yet: run `edusphere migrate`."), 503
        return Healthy("ready", parts.realtime.trouble or _overload(parts.lag.worst))

    return door
