"""The mails that were written, as their recipients would read them."""

from __future__ import annotations

import re

from edusphere.database import Database
from edusphere.school import School
from edusphere.school.models import Mail
from edusphere.school.telling import all_told

TOKEN = re.compile(r"https?://localhost:8000/(reset|verify|invite)/([-\w]{43})\b")


async def mails_to(school: School, database: Database, recipient: str) -> list[tuple[str, str]]:
    """Subject and words of each, in their order, once all that was to be done after an answer is done."""
    await all_told()
    mails = await database.query(Mail).filter(recipient=recipient).order_by("created", "id")
    return [(mail.subject, school.mails.body_of(mail)) for mail in mails]


async def token_in_the_last_mail_to(school: School, database: Database, recipient: str) -> str:
    *_, (_, body) = await mails_to(school, database, recipient)
    found = TOKEN.search(body)
    assert found, body
    return found[2]
