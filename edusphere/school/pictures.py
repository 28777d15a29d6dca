"""Pictures that people send: kept only after they were drawn anew in a process of their own (picture_worker.py)."""

from __future__ import annotations

import asyncio
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edusphere.errors import Invalid, TooLarge, Unavailable, WrongKind
from edusphere.school.kinds import PICTURES, kind_of
from edusphere.school.storage import PIECE, Storage
from edusphere.settings import MEBIBYTES, SECONDS, Settings

WORKER = Path(__file__).with_name("picture_worker.py")
REFUSED = 3
PATIENCE = 60 * SECONDS
"""For one picture, waiting for its turn included."""
AVATARS = "avatars"
NO_PICTURE = "This is no picture that is taken here. Please use PNG, JPEG, WebP or GIF."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture drawn anew."""

    mime: str
    width: int
    height: int
    thumbnail: bytes
    whole: AsyncIterator[bytes]
    """Raises Invalid where the drawing breaks off."""


class _Head(msgspec.Struct):
    mime: str
    width: int
    height: int
    thumbnail: int


class Pictures:
    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._storage = storage
        self._pixels = settings.image_pixels
        self._limit = settings.avatar_limit
        self._turns = asyncio.Semaphore(settings.pictures_at_once)

    async def keep_avatar(self, data: bytes) -> str:
        """Keep a person's picture; return its key in the storage.

        Raises:
            Invalid: it is too large, damaged, or no PNG, JPEG, WebP or GIF.
            Unavailable: too many pictures at once.
        """
        if len(data) > self._limit:
            raise TooLarge("avatar", f"The picture is too large: at most {self._limit // MEBIBYTES} MB, please.")
        if not data:
            raise Invalid("avatar", "The file is empty.")
        kind = kind_of(data)
        if kind not in PICTURES:
            raise WrongKind("avatar", NO_PICTURE)
        key = f"{AVATARS}/{secrets.token_urlsafe(16)}.webp"
        async with self._drawing("avatar", kind, _whole(data)) as worker:
            await self._storage.put(key, _rest(worker, "avatar"))
        return key

    async def forget_avatar(self, key: str) -> None:
        """Delete a picture that was replaced; nothing happens when it is gone already."""
        if key.startswith(f"{AVATARS}/"):
            await self._storage.delete(key)

    @asynccontextmanager
    async def photo(self, kind: str, data: AsyncIterable[bytes]) -> AsyncIterator[Drawn]:
        """Draw a picture of one of the kinds PICTURES anew, to be kept inside of the block.

        Raises:
            Invalid: it is damaged or has too many pixels.
            Unavailable: too many pictures at once.
        """
        async with self._drawing("photo", kind, data) as worker:
            assert worker.stdout is not None  # noqa: S101 (a pipe was asked for)
            try:
                head = msgspec.json.decode(await worker.stdout.readline(), type=_Head)
                thumbnail = await worker.stdout.readexactly(head.thumbnail)
            except (msgspec.DecodeError, asyncio.IncompleteReadError):
                raise await _refusal(worker, "file") from None
            yield Drawn(head.mime, head.width, head.height, thumbnail, _rest(worker, "file"))

    @asynccontextmanager
    async def _drawing(self, purpose: str, kind: str, data: AsyncIterable[bytes]) -> AsyncIterator[Process]:
        """Start a worker and give it the picture. However the block is left, the worker is gone after it."""
        try:
            async with asyncio.timeout(PATIENCE), self._turns:
                arguments = (str(WORKER), purpose, kind, str(self._pixels))
                worker = await asyncio.create_subprocess_exec(
                    sys.executable, "-I", *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={}
                )
                try:
                    await _tell(worker, data)
                    yield worker
                finally:
                    if worker.returncode is None:
                        with suppress(ProcessLookupError):
                            worker.kill()
                        await worker.wait()
        except TimeoutError as error:
            why = "The picture took too long to read. Please try again, or use a smaller one."
            raise Unavailable(why) from error


async def _tell(worker: Process, data: AsyncIterable[bytes]) -> None:
    assert worker.stdin is not None  # noqa: S101
    with suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough, and says why
        async for piece in data:
            worker.stdin.write(piece)
            await worker.stdin.drain()
    worker.stdin.close()


async def _rest(worker: Process, argument: str) -> AsyncIterator[bytes]:
    """Yield what the worker still says, and refuse all of it where it did not end well."""
    assert worker.stdout is not None  # noqa: S101
    said = False
    while piece := await worker.stdout.read(PIECE):
        said = True
        yield piece
    if await worker.wait() != 0 or not said:
        raise await _refusal(worker, argument)


async def _refusal(worker: Process, argument: str) -> Invalid:
    assert worker.stderr is not None  # noqa: S101
    words = await worker.stderr.read()
    if await worker.wait() == REFUSED:
        return Invalid(argument, words.decode(errors="replace"))
    return Invalid(argument, "This picture cannot be read. Please use another one.")


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
