"""Every kind of somebody who may stand at a door, and how they show who they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from quart import Quart

from tests.web.browser import HOST, ORIGIN, Browser, program

COLUMNS = (
    "nobody",
    "pupil",
    "removed",
    "guardian",
    "teacher",
    "admin",
    "member",
    "moderator",
    "host",
    "host’s reader",
    "host’s program",
    "admin’s program",
)
"""The page's columns; `nobody` stands for seven kinds of asker."""
PATHS = {"JWT": "/", "JWT-refresh-token": "/graphql/", "csrftoken": "/"}


@dataclass(frozen=True)
class Asker:
    what: str
    column: str
    cookies: dict[str, str] = field(default_factory=dict)
    bearer: str = ""
    own: dict[str, str] = field(default_factory=dict)
    """What only they know of themselves: ids of what is theirs."""

    def browser(self, app: Quart) -> Browser:
        """Return their browser, or their program, as it was at first."""
        if self.bearer:
            return program(app, self.bearer)
        browser = Browser(app)
        for name, value in self.cookies.items():
            cookie: SimpleCookie = SimpleCookie({name: value})
            cookie[name]["path"] = PATHS[name]
            browser.cookies[name] = cookie[name]
        return browser

    @property
    def headers(self) -> dict[str, str]:
        """What they send with a socket's handshake."""
        if self.bearer:
            return {"Host": HOST, "Authorization": f"Bearer {self.bearer}"}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Host": HOST, "Origin": ORIGIN, "Cookie": cookies}
