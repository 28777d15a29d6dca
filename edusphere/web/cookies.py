"""The cookies: their names, who may read them and how far they travel."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from quart import Response

from edusphere.settings import Settings

CSRF = "csrftoken"
"""Readable by the page, and never renamed: pages look for it by this name."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """One Set-Cookie to come. An empty value takes the cookie away."""

    name: str
    value: str
    path: str
    same_site: Literal["Lax", "Strict"]
    http_only: bool
    expires: int
    """Unix seconds."""


class Cookies:
    """Names and makes this school's cookies. Over https they are `Secure`, and their names say so to the browser."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.secure
        self.access = "__Host-JWT" if settings.secure else "JWT"
        self.refresh = "__Secure-JWT-refresh-token" if settings.secure else "JWT-refresh-token"
        self.device = "__Secure-device" if settings.secure else "device"
        self._session_lifetime = settings.session_lifetime

    def signed_in(self, access: str, refresh: str, expires: int) -> list[Cookie]:
        """Return the cookies of a sign-in that ends at `expires` (Unix seconds).

        The access cookie stays until then although its token is good for minutes only: an expired token still
        says whose session the page's CSRF token belongs to, so that it can be renewed.
        """
        return [
            Cookie(self.access, access, "/", "Lax", http_only=True, expires=expires),
            Cookie(self.refresh, refresh, "/graphql/", "Strict", http_only=True, expires=expires),
        ]

    def signed_out(self) -> list[Cookie]:
        return self.signed_in("", "", 0)

    def known(self, proof: str, expires: int) -> Cookie:
        """Return the cookie by which a browser is known again at the next sign-in. Signing out leaves it."""
        return Cookie(self.device, proof, "/graphql/", "Strict", http_only=True, expires=expires)

    def csrf(self, value: str) -> Cookie:
        expires = int(time.time()) + self._session_lifetime
        return Cookie(CSRF, value, "/", "Lax", http_only=False, expires=expires)

    def put(self, response: Response, cookie: Cookie) -> None:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=max(0, cookie.expires - int(time.time())) if cookie.value else 0,
            path=cookie.path,
            secure=self._secure,
            httponly=cookie.http_only,
            samesite=cookie.same_site,
        )
