"""What one request's resolvers know: who asks, the school, and what goes back beside the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from edusphere.errors import NotSignedIn
from edusphere.school import School
from edusphere.school.letters import Language
from edusphere.school.me import Me
from edusphere.school.sessions import Device, SignedIn
from edusphere.web.cookies import Cookie
from edusphere.web.graphql.loaders import Loaders
from edusphere.web.identity import Identity
from edusphere.web.parts import Parts

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

Info: TypeAlias = "GraphQLResolveInfo"
Payload: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Context:
    parts: Parts
    identity: Identity
    device: Device
    language: Language
    """Of mails that come of it."""
    access_token: str
    """What came in the cookie or the header, good or not."""
    refresh_token: str
    loaders: Loaders
    cookies: list[Cookie] = field(default_factory=list)
    """To be set with the answer."""

    @property
    def me(self) -> Me | None:
        return self.identity.me

    @property
    def school(self) -> School:
        return self.parts.school

    @property
    def signed_in(self) -> Me:
        """Return who asks.

        Raises:
            NotSignedIn: nobody does.
        """
        if self.identity.me is None:
            raise NotSignedIn
        return self.identity.me

    def sign_in(self, signed: SignedIn, email: str) -> Payload:
        """Give the browser the cookies of a sign-in; return what its page is told of it. The rest is asked as them."""
        self.identity = Identity(signed.me, "cookie", signed.session_id)
        self.loaders = Loaders(self.school, signed.me)
        token, access = self.parts.tokens.make(signed.me.id, signed.session_id)
        expires = int(signed.expires.timestamp())
        self.cookies = [
            *self.parts.cookies.signed_in(token, signed.refresh_token, expires),
            self.parts.cookies.known(*self.school.sessions.known_devices.prove(email, self.device.proof)),
            self.parts.cookies.csrf(self.parts.csrf.issue(signed.session_id)),
        ]
        return {"payload": access.payload(email), "refreshExpiresIn": expires, "token": token}

    def forget_cookies(self) -> None:
        """Take the sign-in's cookies from the browser."""
        self.cookies = [*self.parts.cookies.signed_out(), self.parts.cookies.csrf(self.parts.csrf.issue(None))]
