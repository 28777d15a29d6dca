"""Process → every process: what must be done to people's sockets, wherever they are."""

from __future__ import annotations

from uuid import UUID

import msgspec

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded


class Evict(msgspec.Struct, frozen=True, tag="evict"):
    """This person no longer belongs to this room."""

    person_id: UUID
    room_id: UUID


class EndSessions(msgspec.Struct, frozen=True, tag="end"):
    """These sign-ins are over: one (`session_id`), or all of the person's but `except_session`."""

    person_id: UUID
    event: SessionEnded
    code: CloseCode
    session_id: UUID | None = None
    except_session: UUID | None = None

    def concerns(self, session_id: UUID | None) -> bool:
        if self.session_id is not None:
            return session_id == self.session_id
        return session_id is None or session_id != self.except_session


Directive = Evict | EndSessions

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Directive).decode
