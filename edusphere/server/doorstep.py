"""What is refused before it is a request: no HTTP/1, or something that two servers could read in two ways.

Nobody is answered in HTTP/2 in the clear either: behind a proxy of HTTP/1 that would be a tunnel past all of its rules
(RFC 9113 took the upgrade out, and no browser asks for it).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import h11

from edusphere.web.headers import HSTS

_LABEL = rb"[A-Za-z0-9_-]{1,63}"
_HOST = re.compile(rb"(" + _LABEL + rb"(\." + _LABEL + rb")*\.?|\[[0-9A-Fa-f:.]{2,45}\])?(:[0-9]{1,5})?")
SAFE: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
"""On answers that the app does not give; these have no body."""
SAFE_OVER_HTTPS = (*SAFE, (b"strict-transport-security", HSTS.encode()))


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
