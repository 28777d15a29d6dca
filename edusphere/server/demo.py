"""The demo school, filled for those who want to look around."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from edusphere.school import demo
from edusphere.school.passwords import Passwords
from edusphere.web.parts import Parts


async def fill(parts: Parts, say: Callable[[str], None]) -> str:
    """Fill an empty school and return how to sign in.

    Raises:
        Conflict: it is not empty.
    """
    say("Filling the demo school …")
    hash_password = Passwords(parts.settings.password_hashers).keep
    logins = await demo.fill(parts.database, now=datetime.now().astimezone(), hash_password=hash_password)
    return str(logins)
