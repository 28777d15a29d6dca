"""Process → every process: what must be done to people's sockets, wherever they are, and what all count together."""

from __future__ import annotations

from uuid import UUID

import msgspec

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import DirectRulesChanged, SchoolDecided, SessionEnded


class Evict(msgspec.Struct, frozen=True, tag="evict"):
    """This person no longer belongs to this room."""

    person_id: UUID
    room_id: UUID


class EndSessions(msgspec.Struct, frozen=True, tag="end"):
    """These sign-ins are over: some, or all of the person's."""

    person_id: UUID
    event: SessionEnded
    code: CloseCode
    session_ids: tuple[UUID, ...] | None = None
    """None: all."""

    def concerns(self, session_id: UUID | None) -> bool:
        return self.session_ids is None or session_id in self.session_ids


class Show(msgspec.Struct, frozen=True, tag="show"):
    """This person, who hears this room, is shown in it from now on, or no longer."""

    person_id: UUID
    room_id: UUID
    shown: bool


class Renew(msgspec.Struct, frozen=True, tag="renew"):
    """This person is not as they were when they were let in."""

    person_id: UUID


class TellAll(msgspec.Struct, frozen=True, tag="tell"):
    """Everybody is to hear this."""

    event: DirectRulesChanged | SchoolDecided


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    """Something was done that may not be done too often in the whole school."""

    process: UUID
    """Who counted it: it does so once."""
    what: str
    key: str
    times: int
    """-1: it was not done after all."""


Directive = Evict | EndSessions | Show | Renew | TellAll | Counted

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Directive).decode
