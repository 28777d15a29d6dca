"""`/api/files/`: files come in here, and wait for the message that takes them along."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from msgspec import Struct
from quart import Blueprint, Response, request
from quart_schema import validate_querystring, validate_response
from werkzeug.exceptions import RequestEntityTooLarge

from edusphere.errors import NotSignedIn
from edusphere.school.me import Me, writing
from edusphere.web.openapi import answers, content
from edusphere.web.parts import Parts
from edusphere.web.proxies import address_of
from edusphere.web.uploads import FIELD, read_upload

PATH = "/api/files/"
FORM = {"type": "object", "required": [FIELD], "properties": {FIELD: {"type": "string", "format": "binary"}}}


class Named(Struct):
    name: str = ""
    """The file's, where it comes as the body itself."""


class Uploaded(Struct, kw_only=True, omit_defaults=True):
    """The file waits, for a day at most, until a message takes it along by its `id`."""

    id: UUID
    name: str
    """Made safe to show."""
    size: int
    """Bytes."""
    mime: str
    """By its content."""
    width: int | None = None
    """Of pictures, in pixels, as is `height`."""
    height: int | None = None


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("files", __name__)

    async def writer() -> Me:
        """Return who asks, if they may write and no other site made them."""
        identity = await parts.identities.identify(request.headers, request.cookies)
        parts.throttle.request(identity.me, address_of(request, parts.settings))
        if identity.me is None:
            raise NotSignedIn
        parts.csrf.check(request.headers, request.cookies, identity)
        return writing(identity.me)

    @door.post(PATH)
    @answers(
        *(401, 403, 408, 413, 415, 503),
        signed_in=True,
        requestBody={"required": True, "content": {"multipart/form-data": {"schema": FORM}, **content("*/*")}},
    )
    @validate_querystring(Named)
    @validate_response(Uploaded, 201)
    async def keep(query_args: Named) -> tuple[Uploaded, int, dict[str, str]]:
        """Take in one file: in the field `file` of a form, or as the body itself."""
        me = await writer()
        try:
            upload = await read_upload(request, query_args.name, parts.settings.upload_patience)
            file = await parts.school.files.keep(me, upload.name, upload.data, upload.announced)
        except RequestEntityTooLarge:
            raise parts.school.files.largest.refusal from None
        uploaded = Uploaded(
            id=file.id, name=file.name, size=file.size, mime=file.mime, width=file.width, height=file.height
        )
        return uploaded, 201, {"Location": f"/media/files/{file.id}/{quote(file.name)}"}

    @door.delete(f"{PATH}<uuid:file_id>")
    @answers(204, 401, 403, 404, 405, signed_in=True)
    async def take_back(file_id: UUID) -> Response:
        """Delete a file that no message took along yet."""
        me = await writer()
        parts.throttle.change(me)
        await parts.school.files.take_back(me, file_id)
        return Response(status=204)

    return door
