"""A school's day: what each scenario is about, how many take part at first, and what must be true of it.

What people do is in `scenarios/`, a file each of the same name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadtests.player.rooms import BY_ALL, HEARD
from loadtests.player.verdict import Bar, Everybody, Never, Within

CLASS = 30
"""People in one room, beside the hall that all are in."""
SAID = 1_000
"""Changes of the hall before anybody comes."""
SAID_IN_CLASS = 200
MISSED = 20
"""Of each room, by those who come back in the morning."""
SOUND: Sequence[Bar] = (Never("gaps"), Never("doubles"), Never("unheard"), Never("failures"))
"""What must be true of every hour of the day."""


@dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    users: int
    minutes: float
    """After all have come."""
    arrival: float
    """Seconds within which all come."""
    bars: Sequence[Bar]

    @property
    def rate(self) -> float:
        """Who comes, a second."""
        return self.users / self.arrival


DAY = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "morning_rush",
            "all come back within a minute, each with what they missed",
            users=2_000,
            minutes=1,
            arrival=60,
            bars=(*SOUND, Everybody(), Within("come back", "p99", 2_000)),
        ),
        Scenario(
            "assembly",
            "one speaks in the hall, thousands hear",
            users=2_000,
            minutes=1,
            arrival=20,
            bars=(*SOUND, Everybody(), Within(BY_ALL, "p99", 1_000), Within("message.post", "p99", 500)),
        ),
        Scenario(
            "lessons",
            "30 rooms of 30: people type, read, post, edit and page back",
            users=900,
            minutes=2,
            arrival=20,
            bars=(*SOUND, Everybody(), Within(HEARD, "p99", 1_000), Within("message.post", "p99", 500)),
        ),
        Scenario(
            "flaky_wifi",
            "sockets are cut and resume while people go on talking",
            users=500,
            minutes=2,
            arrival=10,
            bars=(*SOUND, Within("resume", "p99", 2_000)),
        ),
        Scenario(
            "graphql_browse",
            "people look at their rooms, who is in them, and what was said",
            users=200,
            minutes=1,
            arrival=10,
            bars=(Never("failures"), Within("RoomHistory", "p99", 1_000), Within("MyRooms", "p99", 1_000)),
        ),
    )
}
