"""What is refused before it is a request: no HTTP/1, or something that two servers could read in two ways.

Hypercorn speaks HTTP/2 with whoever asks for it in the clear. Behind a proxy of HTTP/1 that would be a tunnel past
all of its rules, so here nobody is answered in HTTP/2 (RFC 9113 took the upgrade out, and no browser asks for it).
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

import h11
from hypercorn.events import Closed
from hypercorn.protocol.events import Event, Response
from hypercorn.protocol.h11 import H11Protocol

from edusphere.web.headers import HSTS

_LABEL = rb"[A-Za-z0-9_-]{1,63}"
_HOST = re.compile(rb"(" + _LABEL + rb"(\." + _LABEL + rb")*\.?|\[[0-9A-Fa-f:.]{2,45}\])?(:[0-9]{1,5})?")
_SAFE = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
"""On answers that the app does not give; these have no body."""


class Doorstep(H11Protocol):
    """Hypercorn's HTTP/1, stricter."""

    safe: tuple[tuple[bytes, bytes], ...] = _SAFE

    async def _check_protocol(self, event: h11.Request) -> None:
        """Go on in HTTP/1, whatever else is asked for."""

    async def _create_stream(self, request: h11.Request) -> None:
        status = refused(request, self.config.h11_max_incomplete_size)
        if status is None:
            await super()._create_stream(request)
        else:
            await self._send_error_response(status)
            await self.send(Closed())

    async def _send_error_response(self, status_code: int) -> None:
        headers = [
            (b"content-length", b"0"),
            (b"connection", b"close"),
            *self.safe,
            *self.config.response_headers("h11"),
        ]
        await self._send_h11_event(h11.Response(status_code=status_code, headers=headers))
        await self._send_h11_event(h11.EndOfMessage())

    async def stream_send(self, event: Event) -> None:
        # The app's own answers have a policy; what Hypercorn says in its place has not.
        if isinstance(event, Response) and event.status_code >= 400:
            names = {bytes(name).lower() for name, _ in event.headers}
            missing = [header for header in self.safe if header[0] not in names]
            event = replace(event, headers=[*event.headers, *missing])
        await super().stream_send(event)


class SecureDoorstep(Doorstep):
    """Of a school that people reach over https."""

    safe = (*_SAFE, (b"strict-transport-security", HSTS.encode()))


def refused(request: h11.Request, most: int) -> int | None:
    """Return the status that a request is refused with, or None; `most` is the bytes that its head may have."""
    size = len(request.target) + sum(len(name) + len(value) + 4 for name, value in request.headers)
    if size > most:
        return 431
    if request.http_version not in (b"1.0", b"1.1"):
        return 505
    names = [name for name, _ in request.headers]
    if b"content-length" in names and b"transfer-encoding" in names:
        return 400  # RFC 9112, 6.1: what one server takes for the end, another takes for a beginning
    host = next((value for name, value in request.headers if name == b"host"), b"")
    return None if _HOST.fullmatch(host) and _leads_here(request.target, host) else 400


def _leads_here(target: bytes, host: bytes) -> bool:
    """Whether a target is a path, or a whole address of the host it was sent to (RFC 9112, 3.2)."""
    if target.startswith(b"/"):
        return True
    try:
        address = urlsplit(target)
    except ValueError:
        return False
    return address.scheme in (b"http", b"https") and address.netloc == host and address.path.startswith(b"/")
