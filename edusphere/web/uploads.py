"""Reading a file out of a request, a piece at a time as it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from quart import Request
from werkzeug.exceptions import RequestTimeout, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Event, File, MultipartDecoder, NeedData

from edusphere.errors import Invalid
from edusphere.settings import KIBIBYTES

FIELD = "file"
WRAPPING = 64 * KIBIBYTES
"""What a form may need around its file."""
PIECE = 64 * KIBIBYTES
FORM_MEMORY = PIECE + 16 * KIBIBYTES
"""A piece, and what a part's head may have."""
PARTS = 8
HOW = "Send one file, in the field `file` of a multipart/form-data form, or as the body with its name in `?name=`."


class Upload(NamedTuple):
    name: str
    data: AsyncIterator[bytes]
    announced: int | None
    """How many bytes it has at least, as far as that was said."""


async def read_upload(request: Request, name: str, patience: float) -> Upload:
    """Return the file that a request brings; its bytes are still to come. `name` is that of one that is the body.

    Raises:
        Invalid: there is none, or the form cannot be read.
        UnsupportedMediaType: it is sent in no way that is understood.
        RequestEntityTooLarge, RequestTimeout: while it is read; nothing arrived for `patience` seconds.
    """
    announced = request.content_length
    if request.mimetype == "multipart/form-data":
        events = _events(request, patience)
        async for event in events:
            if isinstance(event, File) and event.name == FIELD:
                return Upload(event.filename, _file(events), announced and announced - WRAPPING)
        raise Invalid(FIELD, "The form has no file in its field `file`.")
    if not name:
        raise UnsupportedMediaType(HOW)
    return Upload(name, _arriving(request, patience), announced)


async def _arriving(request: Request, patience: float) -> AsyncIterator[bytes]:
    body = aiter(request.body)
    while True:
        try:
            async with asyncio.timeout(patience):
                data = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise RequestTimeout from None
        yield data


async def _events(request: Request, patience: float) -> AsyncIterator[Event]:
    decoder = MultipartDecoder(
        request.mimetype_params.get("boundary", "").encode(), max_form_memory_size=FORM_MEMORY, max_parts=PARTS
    )
    try:
        async for data in _arriving(request, patience):
            for start in range(0, len(data), PIECE):
                decoder.receive_data(data[start : start + PIECE])
                while not isinstance(event := decoder.next_event(), NeedData):
                    yield event
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event
    except ValueError as error:
        raise Invalid(FIELD, "The form cannot be read: it is broken, or not all of it has arrived.") from error


async def _file(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    """Yield the data of the part that has just begun; after it there must be no other file."""
    async for event in events:
        if isinstance(event, File):
            raise Invalid(FIELD, HOW)
        if isinstance(event, Data):
            if event.data:
                yield event.data
            if not event.more_data:
                break
    async for event in events:
        if isinstance(event, File):
            raise Invalid(FIELD, HOW)
