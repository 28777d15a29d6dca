"""Cross-site request forgery: a signed double submit, and Origin beside it.

The page reads the cookie `csrftoken` and sends it back as `X-CSRFToken`; a page elsewhere can make the browser
send the cookie but cannot read it. The value is an HMAC of the session, so a cookie planted from outside is
worth nothing; before signing in it is an HMAC of a value of its own, which guards signing in itself (a page
elsewhere must not sign a person in to somebody else's account). One session keeps one value, so that a second
tab never invalidates the first.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from uuid import UUID

from werkzeug.datastructures import Headers

from edusphere.errors import Forbidden
from edusphere.school.keys import Keys
from edusphere.web.cookies import CSRF
from edusphere.web.identity import Identity
from edusphere.web.origins import Origins

HEADER = "X-CSRFToken"


class Csrf:
    def __init__(self, keys: Keys, origins: Origins) -> None:
        self._keys = keys
        self._origins = origins

    def issue(self, session_id: UUID | None) -> str:
        """Return the token of a session, or a new one for somebody who is not signed in."""
        if session_id is not None:
            return self._seals(str(session_id))[0]
        value = secrets.token_urlsafe(16)
        return f"{value}.{self._seals(value)[0]}"

    def is_good(self, token: str, session_id: UUID | None) -> bool:
        """Whether this school made the token, for this session."""
        if session_id is not None:
            value, seal = str(session_id), token
        else:
            value, _, seal = token.partition(".")
        return any(_same(seal, ours) for ours in self._seals(value))

    def check(self, headers: Headers, cookies: Mapping[str, str], identity: Identity) -> None:
        """Refuse a write that a page elsewhere may have caused.

        A token in the `Authorization` header needs nothing more: no page elsewhere can send it. Neither does a
        program without any cookie that names no page: nothing is forged where nothing is lent.

        Raises:
            Forbidden: the token is missing or wrong, or the request comes from another site's page.
        """
        if identity.kind in ("bearer", "jwt"):
            return
        if not cookies and "Origin" not in headers and "Sec-Fetch-Site" not in headers:
            return
        if not self._origins.fits(headers):
            raise Forbidden("This request came from another site. Please use the school's own page.")
        cookie, header = cookies.get(CSRF, ""), headers.get(HEADER, "")
        if not header or not _same(cookie, header):
            raise Forbidden(f"The CSRF token is missing. Fetch /api/csrf/ and send the cookie back as {HEADER}.")
        if not self.is_good(header, identity.session_id):
            raise Forbidden("The CSRF token is out of date. Please reload the page.")

    def _seals(self, value: str) -> list[str]:
        """Return what our keys make of a value, the current one's first."""
        return list(self._keys.derive("csrf", value))


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())
