"""Who is asking: the first parameter of every verb."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from edusphere.contract.events import Author
from edusphere.errors import Forbidden, NotSignedIn
from edusphere.school.models import Role

STAFF = (Role.TEACHER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Me:
    """A person who was let in, as they were at that moment."""

    id: UUID
    username: str
    name: str
    avatar: str
    role: Role
    session_id: UUID | None
    """None for a program with a bearer token."""
    token_id: UUID | None = None
    """The program's token."""
    read_only: bool = False
    """A program that may look and change nothing."""
    address: str = ""
    """From where they ask; empty where no door noted it."""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def credential_id(self) -> UUID:
        """By what they were let in: the session or the token. When it ends, their sockets close."""
        return self.session_id or self.token_id or self.id

    @property
    def author(self) -> Author:
        return Author(self.id, self.username, self.name, self.avatar)


def signed_in(me: Me | None) -> Me:
    """Return who asks.

    Raises:
        NotSignedIn: nobody does.
    """
    if me is None:
        raise NotSignedIn
    return me


def in_person(me: Me | None) -> Me:
    """Return who asks, for what no program may do in their name.

    Raises:
        NotSignedIn: nobody does.
        Forbidden: a program does.
    """
    if signed_in(me).session_id is None:
        raise Forbidden("Only somebody who signed in with a password may do this, not a program.")
    return signed_in(me)


def writing(me: Me) -> Me:
    """Return who asks, for what changes something.

    Raises:
        Forbidden: a program that may only read.
    """
    if me.read_only:
        raise Forbidden("This token may only read.")
    return me
