"""One-time links: `/reset/<token>`, `/verify/<token>`, `/invite/<token>`.

A token is made from its row's id by the school's key, and its row knows only the digest: neither the tables nor a copy
of them hold a link that works, and a mail's link can still be written when the mail is sent. What a link stands for is
its noun's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from edusphere.database import Asking, Row
from edusphere.realtime import Realtime
from edusphere.school.keys import Keys, digest
from edusphere.school.models.ids import new_id
from edusphere.school.pace import AddressPace, Limit
from edusphere.settings import MINUTES, Settings

Purpose = Literal["reset", "verify", "invite"]


@dataclass(frozen=True, slots=True)
class Link:
    purpose: Purpose
    id: UUID
    digest: str
    address: str = field(repr=False)
    """Where it leads. For its person's eyes."""


class Links:
    def __init__(self, realtime: Realtime, keys: Keys, settings: Settings) -> None:
        self._keys = keys
        self._place = settings.public_url.rstrip("/")
        self._wrong = AddressPace(
            realtime,
            "wrong links",
            Limit(settings.wrong_links_per_address, 5 * MINUTES),
            sentence="Too many links that are no good were tried from here. Please wait a little.",
            on=settings.limits == "on",
        )

    def make(self, purpose: Purpose) -> Link:
        """Return a new link."""
        link_id = new_id()
        token = next(self._keys.derive(purpose, str(link_id)))
        return Link(purpose, link_id, digest(token), self._address(purpose, token))

    def written(self, purpose: str, link_id: UUID, link_digest: str) -> str | None:
        """Return the address of a link that was made earlier; None where its key is gone."""
        for token in self._keys.derive(purpose, str(link_id)):
            if digest(token) == link_digest:
                return self._address(purpose, token)
        return None

    async def find(self, asking: Asking, sql: str, token: str, address: str) -> Row | None:
        """Return the row that `sql` finds by its digest ($1), or None.

        Raises:
            TooMany: too many that were no good came from `address`.
        """
        self._wrong.look(address)
        row = await asking.row(sql, digest(token))
        if row is None:
            self._wrong.note(address)
        return row

    def _address(self, purpose: str, token: str) -> str:
        return f"{self._place}/{purpose}/{token}"
