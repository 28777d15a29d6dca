"""Access tokens: short-lived JWTs that name a person and a session.

The session, not the token, decides who is signed in; a token only says which session to ask about.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from edusphere.school.keys import Keys

ALGORITHM = "HS256"
"""The only one that is made or taken: a token never chooses how it is verified (RFC 8725, 3.1)."""
TYPE = "access"
AUDIENCE = "edusphere"
REQUIRED = ["sub", "sid", "typ", "iat", "exp", "aud", "iss"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token with a good signature says."""

    person_id: UUID
    session_id: UUID
    issued: int
    """Unix seconds, as is `expires`."""
    expires: int
    claims: dict[str, Any]

    @property
    def expired(self) -> bool:
        return time.time() >= self.expires

    def payload(self, email: str) -> dict[str, Any]:
        """Return what the page is told of the token: its claims, and the two names that the original's page reads."""
        return {**self.claims, "email": email, "origIat": self.issued}


class AccessTokens:
    """Makes and reads this school's access tokens."""

    def __init__(self, keys: Keys, issuer: str, lifetime: int) -> None:
        self._keys = keys
        self._issuer = issuer
        self._lifetime = lifetime

    def make(self, person_id: UUID, session_id: UUID) -> tuple[str, AccessToken]:
        """Return a new token, good for the set lifetime, and what it says."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "sub": str(person_id),
            "sid": str(session_id),
            "typ": TYPE,
            "iat": now,
            "exp": now + self._lifetime,
            "aud": AUDIENCE,
            "iss": self._issuer,
        }
        token = jwt.encode(claims, self._keys.current, algorithm=ALGORITHM)
        return token, AccessToken(person_id, session_id, now, now + self._lifetime, claims)

    def read(self, text: str) -> AccessToken | None:
        """Return what a token says, even when it has expired; None when it is not ours."""
        if not text:
            return None
        for key in (self._keys.current, self._keys.previous):
            if key is None:
                continue
            try:
                claims = jwt.decode(
                    text,
                    key,
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    issuer=self._issuer,
                    options={"require": REQUIRED, "verify_exp": False},
                )
                return self._understood(claims)
            except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
                continue
        return None

    @staticmethod
    def _understood(claims: dict[str, Any]) -> AccessToken | None:
        if claims["typ"] != TYPE:
            return None
        person_id, session_id = UUID(str(claims["sub"])), UUID(str(claims["sid"]))
        return AccessToken(person_id, session_id, int(claims["iat"]), int(claims["exp"]), claims)
