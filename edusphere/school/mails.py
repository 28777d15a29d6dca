"""Mails: written here, sent by the postman, or kept for the administrators where no SMTP server is set."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from edusphere.database import Asking, Database
from edusphere.realtime import Realtime
from edusphere.school import pages, policy
from edusphere.school.keys import digest
from edusphere.school.letters import LINK, Letter
from edusphere.school.links import Link, Links
from edusphere.school.me import Me, in_person
from edusphere.school.models import Mail
from edusphere.school.models.ids import new_id
from edusphere.school.pace import AddressPace, Limit, SharedPace
from edusphere.school.pages import Page
from edusphere.settings import HOURS, Settings

log = logging.getLogger(__name__)

KEY_IS_GONE = "(The link can no longer be written: the school's key has changed.)"


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that was not sent, with its link, for an administrator to hand over."""

    id: UUID
    recipient: str
    subject: str
    body: str = field(repr=False)
    created: datetime
    problem: str
    """Why it could not be sent; empty where no SMTP server is set."""


WRITTEN_AT_ONCE = 2


class Mails:
    def __init__(self, database: Database, realtime: Realtime, settings: Settings, links: Links) -> None:
        self._database = database
        self._links = links
        self._kept = timedelta(seconds=settings.mail_kept)
        self.are_sent = settings.smtp_url is not None
        self.at_leisure = asyncio.Semaphore(WRITTEN_AT_ONCE)
        """For mails that strangers may ask for: a burst of them leaves the database's connections to others."""
        self.waiting = asyncio.Event()
        """Set when there is something for the postman."""
        sentence = "Many mails were asked for in the last hour. Please look into your mailbox, or try again later."
        on = settings.limits == "on"
        self._per_recipient = SharedPace(
            realtime, "mails to one", Limit(settings.mails_per_recipient, 1 * HOURS), sentence=sentence, on=on
        )
        self._per_address = AddressPace(
            realtime, "mails from an address", Limit(settings.mails_per_address, 1 * HOURS), sentence=sentence, on=on
        )

    def may_be_asked_for(self, recipient: str, address: str) -> None:
        """Count that somebody at `address` asked for a mail to `recipient`, who may not exist.

        Raises:
            TooMany: too many for this recipient, or from this address.
        """
        self._per_address.look(address)
        self._per_recipient.take(digest(recipient))
        self._per_address.note(address)

    async def write(self, asking: Asking, recipient: str, letter: Letter, link: Link | None = None) -> None:
        """Write a mail; call `wake` once it is committed. Those kept for too long go."""
        await asking.rows("DELETE FROM mails WHERE due IS NULL AND created < now() - $1::interval", self._kept)
        await asking.rows(
            """
            INSERT INTO mails (id, recipient, subject, body, link, link_id, link_digest, created, due, tries, problem)
            VALUES ($1, $2, $3, $4, $5, $6, $7, now(), CASE WHEN $8 THEN now() END, 0, '')
            """,
            new_id(),
            recipient,
            letter.subject[:200],
            letter.body,
            link and link.purpose,
            link and link.id,
            link and link.digest,
            self.are_sent,
        )
        if not self.are_sent:
            log.info("A mail is kept for the administrators to hand over to %s: %s", recipient, letter.subject)

    def wake(self) -> None:
        """Tell the postman of this process that there is something to send."""
        self.waiting.set()

    def body_of(self, mail: Mail) -> str:
        """Return a mail's words, with its link."""
        if mail.link is None or mail.link_id is None or mail.link_digest is None:
            return mail.body
        written = self._links.written(mail.link, mail.link_id, mail.link_digest)
        return mail.body.replace(LINK, written or KEY_IS_GONE)

    async def kept(self, me: Me | None, first: int = 50, after: str | None = None) -> Page[KeptMail]:
        """Return the mails that were not sent, newest first: with them an administrator acts for others.

        Raises:
            NotSignedIn, Forbidden
        """
        policy.require(policy.may_read_kept_mails(in_person(me)), "Only administrators read these mails.")
        first = pages.size(first)
        created, mail_id = pages.position(after, pages.moment, UUID) or (None, None)
        found = await self._database.models(
            Mail,
            """
            SELECT * FROM mails WHERE due IS NULL
              AND ($1::timestamptz IS NULL OR (created, id) < ($1, $2::uuid))
            ORDER BY created DESC, id DESC LIMIT $3
            """,
            created,
            mail_id,
            first + 1,
        )
        kept = [
            KeptMail(mail.id, mail.recipient, mail.subject, self.body_of(mail), mail.created, mail.problem)
            for mail in found
        ]
        return pages.page(kept, first, after, key=lambda mail: (mail.created, mail.id))
