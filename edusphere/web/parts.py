"""The parts of one running school, as the doors use them. Joined by app.py, and only there."""

from __future__ import annotations

from dataclasses import dataclass, field

from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.settings import Settings
from edusphere.web.cookies import Cookies
from edusphere.web.csrf import Csrf
from edusphere.web.departure import Departure
from edusphere.web.identity import Identities
from edusphere.web.lag import Lag
from edusphere.web.origins import Origins
from edusphere.web.throttle import Throttle
from edusphere.web.tokens import AccessTokens


@dataclass(slots=True)
class Parts:
    """What `app.extensions["edusphere"]` holds.

    Doors are given this object before the school is open, and read from it when somebody is there:
    `database`, `realtime`, `school` and `identities` are set when the app starts to serve.
    """

    settings: Settings
    address: Address
    """The database's."""
    origins: Origins
    cookies: Cookies
    csrf: Csrf
    tokens: AccessTokens
    throttle: Throttle
    departure: Departure = field(default_factory=Departure)
    lag: Lag = field(default_factory=Lag)
    database: Database = None  # type: ignore[assignment]
    realtime: Realtime = None  # type: ignore[assignment]
    school: School = None  # type: ignore[assignment]
    identities: Identities = None  # type: ignore[assignment]

    async def drain(self) -> None:
        """Ask every socket to come back later, within EDUSPHERE_DRAIN, and wait until all have gone."""
        await self.departure.all_go(self.realtime, self.settings.drain)
