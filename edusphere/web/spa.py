"""The single-page app: its assets, and `index.html` for every address that is no door's."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from quart import Blueprint, Response, redirect, request
from quart_schema import hide
from werkzeug.http import parse_accept_header
from werkzeug.security import safe_join

from edusphere.errors import NotFound
from edusphere.school.models import Role
from edusphere.web.parts import Parts
from edusphere.web.proxies import address_of

PACKAGED = Path(__file__).with_name("dist")
CHECKOUT = Path(__file__).parents[2] / "frontend" / "dist"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
DOORS = ("api", "graphql", "ws", "media", "static", "metrics")
"""First words of addresses that are never the app's: a mistake in one is told as such, not answered with a page."""
HIDDEN = ("index.html", "graphiql.html")
KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
NOT_BUILT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>EduSphere</title>'
    '<meta name="viewport" content="width=device-width">'
    "<h1>EduSphere</h1><p>The server runs, but its pages are not built yet. "
    "<code>./dev up</code> builds them.</p></html>\n"
)


def folder() -> Path:
    """Return where the built app is: in the installed package, or in a checkout."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("spa", __name__)
    built = folder()

    @door.get("/static/<path:name>")
    @hide
    async def asset(name: str) -> Response:
        file = _inside(built / "static", name)
        if file is None:
            raise NotFound("There is no such file.")
        response = await _send(file)
        # Vite puts a hash of the content into the name: what is behind it never changes.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @door.get("/admin/")
    @door.get("/admin/<path:page>")
    @hide
    async def admin(page: str = "") -> Response:
        identity = await parts.identities.identify(request.headers, request.cookies)
        parts.throttle.request(identity.me, address_of(request, parts.settings))
        if identity.me is None or identity.me.role != Role.ADMIN:
            away = redirect("/", 303)
            away.headers["Cache-Control"] = "no-store"
            return away  # type: ignore[return-value]
        return await _page(built)

    @door.get("/", defaults={"path": ""})
    @door.get("/<path:path>")
    @hide
    async def app_page(path: str) -> Response:
        if path.split("/", 1)[0] in DOORS:
            raise NotFound("There is nothing at this address.")
        file = _inside(built, path) if path and path not in HIDDEN else None
        if file is None:
            return await _page(built)
        response = await _send(file)
        response.headers["Cache-Control"] = "no-cache"
        return response

    return door


async def _page(built: Path) -> Response:
    index = built / "index.html"
    if not index.is_file():
        response = Response(NOT_BUILT, content_type="text/html; charset=utf-8")
    else:
        response = await _send(index)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _inside(root: Path, name: str) -> Path | None:
    """Return the file `name` below `root`; None when there is none, or when the name leads elsewhere."""
    path = safe_join(str(root), name)
    if path is None or "\x00" in path:
        return None
    file = Path(path)
    try:
        return file if file.suffix in KINDS and file.is_file() else None
    except OSError:  # longer than any name may be
        return None


async def _send(file: Path) -> Response:
    """Send a file, compressed beforehand where the browser takes that and the build made it."""
    accepted = parse_accept_header(request.headers.get("Accept-Encoding", ""))
    sent, coding = file, ""
    for encoding, ending in ENCODINGS:
        packed = file.with_name(file.name + ending)
        if accepted[encoding] > 0 and packed.is_file():
            sent, coding = packed, encoding
            break
    # Whole, as they are small: a file that is open while it is sent stays open when the browser leaves meanwhile.
    content, changed = await asyncio.to_thread(_read, sent)
    response = Response(content, mimetype=KINDS[file.suffix])
    response.set_etag(f"{changed:x}-{len(content):x}")
    if coding:
        response.headers["Content-Encoding"] = coding
    response.vary.add("Accept-Encoding")
    await response.make_conditional(request, complete_length=len(content))
    return response


def _read(file: Path) -> tuple[bytes, int]:
    """Return what is in a file, and when it was changed (in nanoseconds, as the file system counts)."""
    with file.open("rb") as opened:
        return opened.read(), os.fstat(opened.fileno()).st_mtime_ns
