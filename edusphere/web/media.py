"""`/media/`: what people sent, for those who may see it. Now: avatars, for the signed-in."""

from __future__ import annotations

import re

from quart import Blueprint, Response, request, send_file

from edusphere.errors import NotFound, NotSignedIn
from edusphere.web.parts import Parts

AVATAR = re.compile(r"avatars/[A-Za-z0-9_-]{1,64}\.(webp|png|jpg)")
KINDS = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg"}


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("media", __name__)

    @door.get("/media/<path:path>")
    async def show(path: str) -> Response:
        identity = await parts.identities.identify(request.headers, request.cookies)
        if identity.me is None:
            raise NotSignedIn
        name = AVATAR.fullmatch(path)
        file = parts.pictures.media / path
        if name is None or not file.is_file():
            raise NotFound("There is no such file.")
        response = await send_file(file, mimetype=KINDS[name[1]], conditional=True)
        # Names are random and never used again, so a browser may keep what it has seen; nobody between may.
        response.headers["Cache-Control"] = "private, max-age=604800, immutable"
        # Opened by itself, a file can run nothing and load nothing, whatever it turns out to be.
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
        return response

    return door
