"""Sends the mails that wait, outside of every request: one connection for several, again after a while when it fails.

With several processes each takes what no other has taken. Who stops in the middle of a delivery leaves the mail to be
tried again: rather twice than not at all.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from edusphere.database import Database
from edusphere.errors import Unavailable
from edusphere.school.mails import Mails
from edusphere.school.models import Mail
from edusphere.settings import HOURS, MINUTES, SECONDS, Settings

if TYPE_CHECKING:
    from aiosmtplib import SMTP

log = logging.getLogger(__name__)

AGAIN_AFTER = (30 * SECONDS, 2 * MINUTES, 10 * MINUTES, 30 * MINUTES, 1 * HOURS)
"""After the last of these an administrator has to hand it over."""
AT_A_TIME = 20
LOOK = 30 * SECONDS
"""How often what other processes wrote, or what is to be tried again, is looked for."""
PATIENCE = 15 * SECONDS
"""With the mail server, for each step."""
TAKEN_FOR = timedelta(seconds=10 * MINUTES)
"""Whoever has taken a mail and not said a word for so long is gone."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, as EDUSPHERE_SMTP_URL names it."""

    host: str
    port: int
    tls: bool
    """From the first byte (smtps); otherwise by STARTTLS where the server offers it."""
    username: str | None
    password: str | None = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Server:
        """Read the URL, which the settings have checked."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        username, password = parts.username and unquote(parts.username), parts.password and unquote(parts.password)
        return cls(
            parts.hostname or "", parts.port or (465 if tls else 587 if username else 25), tls, username, password
        )

    def connection(self) -> SMTP:
        """Return a connection, to be opened. A password travels only encrypted, or within this machine."""
        from aiosmtplib import SMTP  # a school that sends no mail never loads it

        secret = self.username is not None and not _is_this_machine(self.host)
        return SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.tls,
            start_tls=True if secret and not self.tls else None,
            timeout=PATIENCE,
        )


class Postman:
    def __init__(self, database: Database, settings: Settings, mails: Mails) -> None:
        self._database = database
        self._mails = mails
        self._server = Server.of(settings.smtp_url.get_secret_value()) if settings.smtp_url else None
        host = urlsplit(settings.public_url).hostname or "localhost"
        self._sender = settings.mail_from or f"edusphere@{host}"
        self._host = host
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._server is not None:
            self._working = asyncio.get_running_loop().create_task(self._work(self._server))

    async def stop(self) -> None:
        while self._working is not None and not self._working.done():
            # More than once: on Python 3.11 a wait that just ended can swallow it (python/cpython#86296).
            self._working.cancel()
            await asyncio.wait((self._working,), timeout=0.5 * SECONDS)

    async def _work(self, server: Server) -> None:
        while True:
            self._mails.waiting.clear()
            try:
                while taken := await self._take():
                    await self._deliver(server, taken)
            except Unavailable:
                pass  # said in the log already; it comes back
            except Exception:  # a fault with one mail must not be the last of all
                log.exception("Mails could not be sent.")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._mails.waiting.wait()

    async def _take(self) -> list[Mail]:
        """Take what is due, oldest first, so that no other process does."""
        taken = await self._database.models(
            Mail,
            """
            UPDATE mails SET due = now() + $1::interval, tries = tries + 1 WHERE id IN (
                SELECT id FROM mails WHERE due <= now() ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED
            ) RETURNING *
            """,
            TAKEN_FOR,
            AT_A_TIME,
        )
        return sorted(taken, key=lambda mail: mail.created)

    async def _deliver(self, server: Server, mails: list[Mail]) -> None:
        from aiosmtplib import SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

        left = list(mails)
        try:
            async with server.connection() as connection:
                while left:
                    mail = left[0]
                    try:
                        await connection.send_message(self._letter(mail))
                    except SMTPRecipientsRefused as nobody:
                        (refusal,) = nobody.recipients
                        await self._not_sent(mail, refusal, for_good=refusal.code >= 500)
                    except SMTPResponseException as refusal:
                        await self._not_sent(mail, refusal, for_good=refusal.code >= 500)
                    except (SMTPNotSupported, MessageError, UnicodeError, ValueError) as mistake:
                        await self._not_sent(mail, mistake, for_good=True)
                    else:
                        await self._database.rows("DELETE FROM mails WHERE id = $1", mail.id)
                    left.pop(0)
        except (SMTPException, OSError, TimeoutError) as trouble:
            log.warning("The mail server %s:%s does not take mails: %s", server.host, server.port, trouble)
            for mail in left:
                await self._not_sent(mail, trouble)

    async def _not_sent(self, mail: Mail, why: Exception, *, for_good: bool = False) -> None:
        """Try again later, or leave it to the administrators."""
        again = None if for_good or mail.tries > len(AGAIN_AFTER) else AGAIN_AFTER[mail.tries - 1]
        if again is None:
            log.warning("A mail to %s is kept for the administrators: %s", mail.recipient, _told(why))
        await self._database.rows(
            "UPDATE mails SET due = now() + $2::interval, problem = $3 WHERE id = $1",
            mail.id,
            None if again is None else timedelta(seconds=again),
            _told(why),
        )

    def _letter(self, mail: Mail) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = mail.recipient
        letter["Subject"] = mail.subject
        letter["Date"] = formatdate(usegmt=True)
        letter["Message-ID"] = make_msgid(domain=self._host)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(self._mails.body_of(mail))
        return letter


def _told(why: Exception) -> str:
    text = " ".join(str(getattr(why, "message", why)).split()) or type(why).__name__
    return "".join(character for character in text if character.isprintable())[:300]


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
