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

    Read from the right, over all lines of that name: everything further left was written by whoever sent the request,
    and a proxy may add its own line below a forged one instead of adding to it. An IPv4 address that an IPv6 socket
    saw (`::ffff:192.0.2.1`) is given as what it is.
    """
    address = request.remote_addr or ""
    if settings.trusted_proxies:
        for hop in reversed(",".join(request.headers.getlist("X-Forwarded-For")).split(",")):
            if not _is_trusted(address, settings.trusted_proxies):
                break
            address = hop.strip() or address
    place = _read(address)
    return str(place) if isinstance(place, ipaddress.IPv4Address) else address


def is_behind_ours(request: Request | Websocket, settings: Settings) -> bool:
    """Say whether it was handed on by a proxy that we trust."""
    return bool(settings.trusted_proxies) and _is_trusted(request.remote_addr or "", settings.trusted_proxies)


def _is_trusted(address: str, trusted: str) -> bool:
    if address == LOCAL:
        return UNIX in words(trusted)
    place = _read(address)
    return place is not None and any(place in network for network in networks(trusted))


def _read(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return None
    return (place.ipv4_mapped or place) if isinstance(place, ipaddress.IPv6Address) else place


@cache
def networks(trusted: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Read the setting.

    Raises:
        BadSettings: one of them is neither an address nor a network.
    """
    try:
        return [_plain(ipaddress.ip_network(name, strict=False)) for name in words(trusted) if name != UNIX]
    except ValueError as error:
        raise BadSettings(f"EDUSPHERE_TRUSTED_PROXIES cannot be understood: {error}.") from error


def _plain(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return an IPv4 network that was written as IPv6 sockets see it as what it is."""
    first = network.network_address
    if isinstance(first, ipaddress.IPv4Address) or first.ipv4_mapped is None or network.prefixlen < 96:
        return network
    return ipaddress.IPv4Network((first.ipv4_mapped, network.prefixlen - 96))
