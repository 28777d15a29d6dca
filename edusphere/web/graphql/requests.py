"""Reading what was sent to `/graphql/`: one operation, as JSON or as a multipart form with files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from quart import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout, UnsupportedMediaType

from edusphere.errors import Invalid
from edusphere.settings import SECONDS, Settings
from edusphere.web.graphql.limits import refuse_too_many

PATIENCE = 30 * SECONDS
"""For the whole of a request without files, of which a thousand bytes a second are enough."""

MOST_FILES = 10
"""Places for files in one request."""


@dataclass(slots=True)
class Operation:
    query: str
    variables: dict[str, Any]
    name: str | None

    @property
    def data(self) -> dict[str, Any]:
        return {"query": self.query, "variables": self.variables, "operationName": self.name}


async def read_operation(request: Request, settings: Settings) -> Operation:
    """Return what is asked.

    Raises:
        Invalid: it is not one operation in the form the specification says, or has too many values.
        RequestEntityTooLarge, UnsupportedMediaType: as HTTP says.
    """
    match request.mimetype:
        case "application/json":
            asked = _json(await _body(request, settings.body_limit), "The request")
        case "multipart/form-data":
            asked = await _multipart(request, settings)
        case _:
            # Any other kind could be sent by another site's form without the browser asking us first.
            raise UnsupportedMediaType("Send GraphQL as application/json, or as multipart/form-data with files.")
    if isinstance(asked, list):
        raise Invalid("query", "Send one operation at a time.")
    if not isinstance(asked, dict):
        raise Invalid("query", "The request must be a JSON object.")
    query, variables, name = asked.get("query"), asked.get("variables"), asked.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Invalid("query", "The query is missing.")
    if variables is not None and not isinstance(variables, dict):
        raise Invalid("variables", "The variables must be a JSON object.")
    if name is not None and not isinstance(name, str):
        raise Invalid("operationName", "The operation's name must be text.")
    refuse_too_many(variables or {})
    return Operation(query, variables or {}, name)


async def _body(request: Request, limit: int) -> bytes:
    """Read the body, at most `limit` bytes of it, however long it says it is."""
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge(f"A request may have at most {limit:,} bytes.")
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.body:
                body += part
                if len(body) > limit:
                    raise RequestEntityTooLarge(f"A request may have at most {limit:,} bytes.")
    except TimeoutError:
        raise RequestTimeout from None
    return bytes(body)


async def _multipart(request: Request, settings: Settings) -> Any:
    limit = settings.body_limit + settings.avatar_limit
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge(f"A request with a file may have at most {limit:,} bytes.")
    try:
        form, files = await request.form, await request.files
    except BadRequest as error:
        raise Invalid("query", "The form cannot be read.") from error
    if "operations" not in form or "map" not in form:
        raise Invalid("query", "The form needs the fields `operations` and `map`.")
    if len(form["operations"]) > settings.body_limit or len(form["map"]) > settings.body_limit:
        raise RequestEntityTooLarge(f"The fields may have at most {settings.body_limit:,} bytes.")
    operations = _json(form["operations"].encode(), "The field `operations`")
    places = _json(form["map"].encode(), "The field `map`")
    if isinstance(operations, list):
        raise Invalid("query", "Send one operation at a time.")
    try:
        _place_files(operations, msgspec.convert(places, dict[str, list[str]]), files)
    except (msgspec.ValidationError, LookupError, TypeError, ValueError) as error:
        raise Invalid("query", "The files cannot be matched with the variables.") from error
    return operations


def _place_files(operations: Any, places: dict[str, list[str]], files: Mapping[str, Any]) -> None:
    """Put each file where the map says: in the place of a null among the variables, and nowhere else.

    Raises:
        LookupError, TypeError, ValueError: there is no such file, or no such place.
    """
    pairs = [(name, path) for name, paths in places.items() for path in paths]
    if len(pairs) > MOST_FILES:
        raise ValueError("too many files")
    for name, path in pairs:
        beginning, *way, last = path.split(".")
        if beginning != "variables":
            raise LookupError(path)
        place = operations["variables"]
        for step in way:
            place = place[_key(place, step)]
        key = _key(place, last)
        if place[key] is not None:
            raise ValueError("something is there already")
        place[key] = files[name]


def _key(place: Any, step: str) -> str | int:
    return int(step) if isinstance(place, list) and step.isdecimal() else step


def _json(data: bytes, what: str) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Invalid("query", f"{what} is not well-formed JSON in UTF-8.") from error
