"""What the people of a run did and saw. Times are seconds since the epoch, on the one clock of the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import time
from typing import Any, Literal
from uuid import UUID

now = time

OK = "ok"
Verb = Literal["post", "edit", "remove"]


@dataclass(frozen=True, slots=True)
class Sent:
    """One try to say something. The same `client_id` is the same message."""

    at: float
    who: str
    via: int
    """The process."""
    room: UUID
    verb: Verb
    client_id: UUID
    body: str
    wanted: float
    """When they first wanted to say it: before they were connected, perhaps."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one try."""

    at: float
    sent: Sent
    code: str
    """OK, or the refusal's."""
    number: int = 0
    message_id: UUID | None = None
    dropped: bool = False
    """The client behaves as if it had never come."""

    @property
    def waited(self) -> float:
        return self.at - self.sent.at


@dataclass(frozen=True, slots=True)
class Subscribed:
    at: float
    who: str
    via: int
    room: UUID
    after: int | None
    number: int
    """The room's last: what is heard up to it was missed before."""


@dataclass(frozen=True, slots=True)
class Heard:
    at: float
    who: str
    via: int
    room: UUID
    number: int
    kind: str
    message_id: UUID
    client_id: UUID
    body: str
    removed: bool
    subscribed: Subscribed
    """On which subscription."""

    @property
    def replayed(self) -> bool:
        return self.number <= self.subscribed.number


@dataclass(frozen=True, slots=True)
class Reset:
    """A room was to be fetched anew."""

    at: float
    who: str
    room: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A connection ended that its client had not ended."""

    at: float
    who: str
    via: int
    code: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a story measured itself, and the most that it may be."""

    promise: str
    what: str
    figure: float
    bound: float
    unit: str = "s"


@dataclass(slots=True)
class Injected:
    """A fault, from when it was put in until what was broken works again."""

    kind: str
    began: float
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One change as the table has it in the end, with its message as it is in the end."""

    room: UUID
    number: int
    kind: str
    message_id: UUID
    client_id: UUID
    body: str
    removed: bool
    at: float


@dataclass(slots=True)
class History:
    sent: list[Sent] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    subscribed: list[Subscribed] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    resets: list[Reset] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    injected: list[Injected] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    quiet: list[tuple[UUID, float]] = field(default_factory=list)
    """Messages whose wake-up was lost before a silence: client id, and when they were acknowledged."""

    def faults(self, *kinds: str) -> list[Injected]:
        return [fault for fault in self.injected if fault.kind in kinds]

    def note(self, what: Any) -> None:
        """Add one record to its list."""
        match what:
            case Sent():
                self.sent.append(what)
            case Answered():
                self.answered.append(what)
            case Subscribed():
                self.subscribed.append(what)
            case Heard():
                self.heard.append(what)
            case Reset():
                self.resets.append(what)
            case Cut():
                self.cuts.append(what)
            case Injected():
                self.injected.append(what)
            case Measured():
                self.measured.append(what)
