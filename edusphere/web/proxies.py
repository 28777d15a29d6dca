"""Where a request really comes from, when a proxy that we trust stands in between."""

from __future__ import annotations

import ipaddress
from functools import cache

from quart import Request, Websocket

from edusphere.settings import BadSettings, Settings, words

LOCAL = "<local>"
"""What Quart says of who comes through a Unix socket."""
UNIX = "unix"
"""The same in EDUSPHERE_TRUSTED_PROXIES."""


def address_of(request: Request | Websocket, settings: Settings) -> str:
    """Return the client's address: the last one in `X-Forwarded-For` that is not a trusted proxy's own.

    Read from the right: everything further left was written by whoever sent the request.
    """
    address = request.remote_addr or ""
    if not settings.trusted_proxies:
        return address
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not _is_trusted(address, settings.trusted_proxies):
            return address
        address = hop.strip() or address
    return address


def is_behind_ours(request: Request | Websocket, settings: Settings) -> bool:
    """Say whether it was handed on by a proxy that we trust."""
    return bool(settings.trusted_proxies) and _is_trusted(request.remote_addr or "", settings.trusted_proxies)


def _is_trusted(address: str, trusted: str) -> bool:
    if address == LOCAL:
        return UNIX in words(trusted)
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(place in network for network in networks(trusted))


@cache
def networks(trusted: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Read the setting.

    Raises:
        BadSettings: one of them is neither an address nor a network.
    """
    try:
        return [ipaddress.ip_network(name, strict=False) for name in words(trusted) if name != UNIX]
    except ValueError as error:
        raise BadSettings(f"EDUSPHERE_TRUSTED_PROXIES cannot be understood: {error}.") from error
