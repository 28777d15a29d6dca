"""Who is there: cookie or Authorization header → person. Used by every door, the socket included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from werkzeug.datastructures import Headers

from edusphere.school import School
from edusphere.school.me import Me
from edusphere.web.cookies import Cookies
from edusphere.web.tokens import AccessTokens

Kind = Literal["cookie", "jwt", "bearer", "none"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and how we know."""

    me: Me | None = None
    kind: Kind = "none"
    session_id: UUID | None = None
    """The session that the cookie names, also when its token has expired or the session has ended."""

    def at(self, address: str) -> Identity:
        """Return the same, noting from where they ask."""
        return self if self.me is None else replace(self, me=replace(self.me, address=address))


NOBODY = Identity()


class Identities:
    def __init__(self, school: School, tokens: AccessTokens, cookies: Cookies) -> None:
        self._school = school
        self._tokens = tokens
        self._cookies = cookies

    async def identify(self, headers: Headers, cookies: Mapping[str, str]) -> Identity:
        """Return who asks. A bad or expired token, and one whose session has ended, is nobody.

        The Authorization header goes before the cookie, and where it is wrong the cookie is not asked: a program
        that names its token means it.
        """
        scheme, _, credentials = headers.get("Authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                me = await self._school.api_tokens.me(credentials.strip())
                return Identity(me, "bearer") if me else NOBODY
            case "jwt":
                me, _ = await self._of_token(credentials.strip())
                return Identity(me, "jwt") if me else NOBODY
            case _:
                me, session_id = await self._of_token(cookies.get(self._cookies.access, ""))
                return Identity(me, "cookie" if me else "none", session_id)

    def session_of(self, cookies: Mapping[str, str]) -> UUID | None:
        """Return the session that the cookie names, whether or not it is still good."""
        token = self._tokens.read(cookies.get(self._cookies.access, ""))
        return token.session_id if token else None

    async def _of_token(self, text: str) -> tuple[Me | None, UUID | None]:
        token = self._tokens.read(text)
        if token is None:
            return None, None
        if token.expired:
            return None, token.session_id
        me = await self._school.sessions.me(token.session_id)
        return (me if me is not None and me.id == token.person_id else None), token.session_id
