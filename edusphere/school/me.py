"""Who is asking: the first parameter of every verb."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from edusphere.contract.events import Author
from edusphere.errors import NotSignedIn
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

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

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
