"""`/media/`: what people sent, for those who may see it.

Avatars are for the signed-in, files for those who read their room. A picture that we drew anew is shown in a page;
everything else is handed out to be saved. Whatever it turns out to be, opened by itself it can run and load nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from types import TracebackType
from urllib.parse import quote
from uuid import UUID

from quart import Blueprint, Response, request
from quart.wrappers.response import ResponseBody
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import dump_options_header

from edusphere.errors import NotFound, NotSignedIn
from edusphere.school import file_names
from edusphere.school.me import Me
from edusphere.school.storage import Storage
from edusphere.settings import KIBIBYTES, MINUTES
from edusphere.web.openapi import answers, content
from edusphere.web.parts import Parts
from edusphere.web.proxies import address_of

AVATAR = re.compile(r"avatars/[A-Za-z0-9_-]{1,64}\.(webp|png|jpg)")
KINDS = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg"}
THUMBNAIL = "thumbnail"
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
STATUSES = (206, 304, 401, 404, 416)
FILE = {200: {"description": "The file, or its headers.", "content": content("*/*")}}
SLOWEST = 16 * KIBIBYTES
"""Bytes a second; whoever reads more slowly than that is let go some time."""


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("media", __name__)

    async def visitor() -> Me | None:
        identity = await parts.identities.identify(request.headers, request.cookies)
        parts.throttle.download(identity.me, address_of(request, parts.settings))
        return identity.me

    @door.get("/media/files/<uuid:file_id>/<name>")
    @answers(*STATUSES, signed_in=True, responses=FILE)
    async def show_file(file_id: UUID, name: str) -> Response:
        """Hand out a file; the name in its address is only for people, except that `thumbnail` is a picture's."""
        file = await parts.school.files.reach(await visitor(), file_id)
        if name == THUMBNAIL and file.thumbnail_key:
            response = await _send(parts, file.thumbnail_key, "image/webp")
        else:
            response = await _send(parts, file.key, file.mime)
            how = "inline" if file.thumbnail_key else "attachment"
            response.headers["Content-Disposition"] = _disposition(how, file_names.saved(file.name, file.mime))
        # Whether one may still see it is asked each time; what is unchanged is not sent again.
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @door.get("/media/<path:path>")
    @answers(*STATUSES, signed_in=True, responses=FILE)
    async def show(path: str) -> Response:
        """Hand out a person's picture: `path` is their `avatar`."""
        if await visitor() is None:
            raise NotSignedIn
        name = AVATAR.fullmatch(path)
        if name is None:
            raise NotFound("There is no such file.")
        response = await _send(parts, path, KINDS[name[1]])
        # Names are random and never used again, so a browser may keep what it has seen; nobody between may.
        response.headers["Cache-Control"] = "private, max-age=604800, immutable"
        return response

    return door


def _disposition(how: str, name: str) -> str:
    """Return the header that names a file, in letters of every script (RFC 6266), and plainly for old programs."""
    plain = "".join(letter if letter.isascii() else "_" for letter in name)
    names = {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    return dump_options_header(how, names)


async def _send(parts: Parts, key: str, mime: str) -> Response:
    """Return what the storage has under a key, all of it or the range that is asked for; through nginx if it helps.

    Raises:
        NotFound: there is nothing.
    """
    size = await parts.school.storage.size(key)
    if size is None:
        raise NotFound("There is no such file.")
    body = StoredBody(parts.school.storage, key, size, silent=request.method == "HEAD")
    response = Response(body, mimetype=mime)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.set_etag(key.rpartition("/")[2])  # what is under a key never changes
    if parts.settings.accel:
        response.headers["X-Accel-Redirect"] = parts.settings.accel + key
        response.set_data(b"")
        del response.headers["Content-Length"]
        return response
    response.content_length = size
    response.timeout = 1 * MINUTES + size / SLOWEST
    await response.make_conditional(request, accept_ranges=True, complete_length=size)
    response.headers.setdefault("Accept-Ranges", "bytes")
    return response


class StoredBody(ResponseBody):
    """A part of what the storage has under a key, read while it is sent; nothing of it where only the head is."""

    def __init__(self, storage: Storage, key: str, size: int, silent: bool) -> None:
        self._storage = storage
        self._key = key
        self._size = size
        self._silent = silent
        self.begin = 0
        self.end = size

    async def make_conditional(self, begin: int, end: int | None) -> int:
        """Narrow it to a range, as Quart asks; a negative `begin` counts from the end."""
        begin = max(0, self._size + begin) if begin < 0 else begin
        end = self._size if end is None else min(end, self._size)
        if begin >= end:
            raise RequestedRangeNotSatisfiable(self._size)
        self.begin, self.end = begin, end
        return self._size

    async def __aenter__(self) -> AsyncIterator[bytes]:
        self._data = self._storage.open(self._key, self.begin, self.begin if self._silent else self.end)
        return self._data

    async def __aexit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._data.aclose()
