"""How often anybody may ask at all, whatever it is: the net under the limits that single verbs have.

Who is signed in is counted by person. Strangers are counted by address, and a school is one address: in the morning
all of its browsers renew their sign-ins within a minute, so theirs is a limit for machines, not for people. So is the
one on visits, which counts whatever comes, before anything is asked of anybody.
"""

from __future__ import annotations

from edusphere.school.me import Me
from edusphere.school.pace import Limit, Pace, network_of
from edusphere.settings import MINUTES, SECONDS, Settings


class Throttle:
    def __init__(self, settings: Settings) -> None:
        on = settings.limits == "on"
        people, strangers = settings.requests_per_10_seconds, settings.strangers_per_10_seconds
        self._people = Pace(
            Limit(people, 10 * SECONDS), sentence="You are asking very often. Please wait a moment.", on=on
        )
        self._strangers = Pace(
            Limit(strangers, 10 * SECONDS), sentence="Very much is asked from here. Please wait a moment.", on=on
        )
        self._downloads = Pace(
            Limit(settings.downloads_per_10_seconds, 10 * SECONDS),
            sentence="You are opening very many files. Please wait a moment.",
            on=on,
        )
        self._visits = Pace(
            Limit(settings.visits_per_10_seconds, 10 * SECONDS),
            sentence="Very much is asked from here. Please wait a moment.",
            on=on,
        )
        self._changes = Pace(
            Limit(settings.changes_per_minute, 1 * MINUTES),
            sentence="You are changing very much at once. Please wait a moment.",
            on=on,
        )

    def visit(self, address: str, door: str = "") -> None:
        """Count anything that comes. Doors with a name of their own are counted apart.

        Raises:
            TooMany
        """
        self._visits.take((door, network_of(address)))

    def download(self, me: Me | None, address: str) -> None:
        """Count a picture or a file that is asked for.

        Raises:
            TooMany
        """
        if me is not None:
            self._downloads.take(me.id)
        else:
            self._strangers.take(network_of(address))

    def request(self, me: Me | None, address: str) -> None:
        """Count a question, or the opening of a socket.

        Raises:
            TooMany
        """
        if me is not None:
            self._people.take(me.id)
        else:
            self._strangers.take(network_of(address))

    def change(self, me: Me | None) -> None:
        """Count something that writes. What strangers may write has limits of its own.

        Raises:
            TooMany
        """
        if me is not None:
            self._changes.take(me.id)
