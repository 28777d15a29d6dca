"""`/api/files/`: files come in here, and wait for the message that takes them along."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import msgspec
from quart import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from edusphere.errors import NotSignedIn
from edusphere.school.me import Me, writing
from edusphere.web.parts import Parts
from edusphere.web.uploads import read_upload

PATH = "/api/files/"


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("files", __name__)

    async def writer() -> Me:
        """Return who asks, if they may write and no other site made them."""
        identity = await parts.identities.identify(request.headers, request.cookies)
        if identity.me is None:
            raise NotSignedIn
        parts.csrf.check(request.headers, request.cookies, identity)
        return writing(identity.me)

    @door.post(PATH)
    async def keep() -> Response:
        """Take in one file."""
        me = await writer()
        try:
            upload = await read_upload(request, parts.settings.upload_patience)
            file = await parts.school.files.keep(me, upload.name, upload.data, upload.announced)
        except RequestEntityTooLarge:
            raise parts.school.files.largest.refusal from None
        said = {name: value for name, value in msgspec.to_builtins(file).items() if value is not None}
        response = Response(msgspec.json.encode(said), 201, content_type="application/json")
        response.headers["Location"] = f"/media/files/{file.id}/{quote(file.name)}"
        response.headers["Cache-Control"] = "no-store"
        return response

    @door.delete(f"{PATH}<uuid:file_id>")
    async def take_back(file_id: UUID) -> Response:
        """Delete a file that no message took along yet."""
        me = await writer()
        parts.throttle.change(me)
        await parts.school.files.take_back(me, file_id)
        return Response(status=204)

    return door
