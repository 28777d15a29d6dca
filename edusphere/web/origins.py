"""Which hosts this server answers to, and whose pages may speak with it.

A page elsewhere can make a browser send requests here, cookies included, and a name elsewhere can be made to
point here (DNS rebinding). Both are stopped by exact lists; nothing is matched by ending or pattern.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from edusphere.settings import Settings, words


class Origins:
    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url.rstrip("/"))
        hosts = {public.netloc.lower()}
        for name in words(settings.allowed_hosts):
            hosts |= {name.lower(), f"{name.lower()}:{settings.port}"}
        origins = {f"{public.scheme}://{host}" for host in hosts}
        if is_loopback(settings.host):
            local = {f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
            hosts |= local
            scheme = "https" if settings.tls_certificate else "http"
            origins |= {f"{scheme}://{host}" for host in local}
        self._hosts = frozenset(_without_default_port(host) for host in hosts)
        self._origins = frozenset(_without_default_port(origin) for origin in origins)
        self.guests = frozenset(words(settings.cors_origins))
        """Origins of other servers whose pages may use the API."""

    def host_is_ours(self, host: str) -> bool:
        return _without_default_port(host.lower()) in self._hosts

    def fits(self, headers: Headers) -> bool:
        """Whether a request came from our own page, or from no page at all.

        No `Origin` and no `Sec-Fetch-Site` is a program or an old browser: it fits, and the CSRF token or the
        bearer token decides.
        """
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
        if origin is not None and origin in self.guests:
            return True
        if site is not None and site not in ("same-origin", "none"):
            return False
        return origin is None or _without_default_port(origin.lower()) in self._origins


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _without_default_port(place: str) -> str:
    """Browsers leave the scheme's own port out of hosts and origins; people who write settings may not."""
    scheme, _, host = place.rpartition("://")
    endings = {"http": (":80",), "https": (":443",)}.get(scheme, (":80", ":443"))
    for ending in endings:
        host = host.removesuffix(ending)
    return f"{scheme}://{host}" if scheme else host
