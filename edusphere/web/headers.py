"""Security headers on every answer, error pages included, and CORS for the guests that the settings name.

A door that sets one of these headers itself keeps its own value.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from quart import Quart, Response, request

from edusphere.settings import Settings
from edusphere.web.csrf import HEADER as CSRF_HEADER
from edusphere.web.origins import Origins

HSTS = "max-age=31536000"
"""Whoever came over https once comes so for a year, whatever they are told to click."""


def content_security_policy(socket: str) -> str:
    """Everything from here, nothing inline, nothing framed, no string ever becomes script.

    `socket` is the origin of our own sockets: 'self' means them too, but older Safari needs to be told.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self'",
            "manifest-src 'self'",
            f"connect-src 'self' {socket}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def install(app: Quart, settings: Settings, origins: Origins) -> None:
    """Put the headers on every answer of `app`, refused handshakes of sockets included."""
    public = urlsplit(settings.public_url.rstrip("/")).netloc
    scheme = "wss" if settings.secure else "ws"

    @cache
    def policy(host: str) -> str:
        return content_security_policy(f"{scheme}://{host}")

    common = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-DNS-Prefetch-Control": "off",
        "Cache-Control": "no-store",
    }
    if settings.secure:
        common["Strict-Transport-Security"] = HSTS

    @app.after_request
    async def add_to_answers(response: Response) -> Response:
        _add(response, common)
        host = request.host.lower() if origins.host_is_ours(request.host) else public
        response.headers.setdefault("Content-Security-Policy", policy(host))
        _welcome_guests(response, origins)
        return response

    @app.after_websocket  # type: ignore[type-var]  # Quart passes None where the socket was opened
    async def add_to_refused_handshakes(response: Response | None) -> Response | None:
        if response is not None:
            _add(response, common)
            response.headers.setdefault("Content-Security-Policy", policy(public))
        return response


def _add(response: Response, common: dict[str, str]) -> None:
    for name, value in common.items():
        response.headers.setdefault(name, value)


def _welcome_guests(response: Response, origins: Origins) -> None:
    if not origins.guests:
        return
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin not in origins.guests:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Access-Control-Allow-Headers"] = f"Authorization, Content-Type, {CSRF_HEADER}"
        response.headers["Access-Control-Max-Age"] = "600"
