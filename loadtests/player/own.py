"""Whether an address is one's own. A load test of somebody else's server is an attack."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


class NotOurs(Exception):
    """The address is not this machine's; a sentence."""


def require_ours(url: str, insisted: bool = False) -> None:
    """Pass for an address of this machine's loopback, and for any other only where that was insisted on.

    Raises:
        NotOurs: it is another's, or no address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotOurs(f"{url!r} is no address. Write it like http://127.0.0.1:8000.")
    if insisted or _is_loopback(parts.hostname):
        return
    raise NotOurs(
        f"{parts.hostname} is not this machine, and a load test can take a school down for everybody in it. "
        "If the school is yours and its people know, say --insist."
    )


def _is_loopback(host: str) -> bool:
    """Whether all that a name stands for is this machine itself."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in found)
