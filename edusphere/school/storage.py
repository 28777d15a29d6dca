"""Where the bytes of files are kept: a folder of this machine, behind an interface that an object storage can fill.

Keys are made by us, `files/3f/0199…3f.picture`: nothing that anybody sent is in them. Each is written once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, Protocol, TypeVar

from edusphere.errors import NotFound, Unavailable
from edusphere.settings import KIBIBYTES, MEBIBYTES

T = TypeVar("T")

PIECE = 256 * KIBIBYTES
"""What is read at once, and at most kept in memory before it is written."""
RESERVE = 256 * MEBIBYTES
"""Left free on the disk for those who only talk: the database lies beside the files."""
LISTED = 1000
UNFINISHED = "unfinished"


class Stored(NamedTuple):
    key: str
    size: int
    changed: float
    """Unix seconds."""


class Storage(Protocol):
    async def put(self, key: str, data: AsyncIterable[bytes]) -> int:
        """Keep what comes under a new key, whole or not at all, and return its size in bytes.

        Whatever `data` raises is passed on, and nothing is left of it.

        Raises:
            Unavailable: there is no room, or the storage does not answer.
        """

    def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Yield the bytes from `start` to before `end`, a piece at a time.

        Raises:
            NotFound: there is nothing under this key.
        """

    async def size(self, key: str) -> int | None:
        """Return how many bytes are under a key; None when there is nothing."""

    async def delete(self, key: str) -> None:
        """Forget a key. Deleting twice is deleting once."""

    def list(self, folder: str) -> AsyncIterator[list[Stored]]:
        """Yield everything whose key begins with `folder/`, some at a time, in no order."""


class FolderStorage:
    """Fulfils `Storage` with a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, key: str, data: AsyncIterable[bytes]) -> int:
        new = _New(self.folder / UNFINISHED / secrets.token_urlsafe(16), self.folder / key)
        try:
            await undisturbed(new.begin)
            async for piece in _gathered(data):
                await undisturbed(new.write, piece)
            return await undisturbed(new.finish)
        except OSError as error:
            new.forget()
            raise Unavailable("The school's disk does not take the file. Please try again later.") from error
        except BaseException:
            new.forget()
            raise

    async def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        # Opened here, not in a thread: it takes microseconds, and is not lost when whoever asks goes away meanwhile.
        with _opened(self.folder / key) as file:
            file.seek(start)
            left = float("inf") if end is None else end - start
            while left > 0 and (piece := await undisturbed(file.read, int(min(PIECE, left)))):
                left -= len(piece)
                yield piece

    async def size(self, key: str) -> int | None:
        try:
            return (await undisturbed((self.folder / key).stat)).st_size
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        await undisturbed(_unlink, self.folder / key)

    async def list(self, folder: str) -> AsyncIterator[list[Stored]]:
        found = _walk(self.folder, folder)
        while some := await undisturbed(_next, found):
            yield some


async def undisturbed(act: Callable[..., T], *values: object) -> T:
    """Do something slow in a thread; a cancellation waits until the thread is done with our things."""
    task = asyncio.ensure_future(asyncio.to_thread(act, *values))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _gathered(data: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Make pieces worth a write of what comes in crumbs."""
    gathered = bytearray()
    async for crumb in data:
        gathered += crumb
        if len(gathered) >= PIECE:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


class _New:
    """A file that is being written, under another name until it is whole. Its methods are for threads."""

    def __init__(self, part: Path, path: Path) -> None:
        self._part = part
        self._path = path
        self._file: IO[bytes] | None = None

    def begin(self) -> None:
        self._part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._part.parent).free < RESERVE:
            raise OSError("the disk is nearly full")
        self._file = self._part.open("xb")

    def write(self, piece: bytes) -> None:
        assert self._file is not None  # noqa: S101 (it was begun)
        self._file.write(piece)

    def finish(self) -> int:
        """Give it its name once it is surely on the disk: what has a row is never half a file, whatever happens."""
        assert self._file is not None  # noqa: S101
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        new = not self._path.parent.exists()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part.replace(self._path)
        _sync_names(self._path.parent)
        if new:
            _sync_names(self._path.parent.parent)
        return size

    def forget(self) -> None:
        """Leave nothing, even if it was cancelled in the moment in which it was finished."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk has said so already
                self._file.close()
        self._part.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)


def _sync_names(folder: Path) -> None:
    """Let names that were given in a folder survive a power cut; fsync(2) of a file is not enough for its name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):  # some file systems sync no folders
            raise
    finally:
        os.close(descriptor)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound("There is no such file.") from None


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _walk(root: Path, folder: str) -> Iterator[Stored]:
    for place, _, names in os.walk(root / folder):
        for name in names:
            path = Path(place, name)
            try:
                state = path.stat()
            except FileNotFoundError:  # deleted meanwhile
                continue
            yield Stored(path.relative_to(root).as_posix(), state.st_size, state.st_mtime)


def _next(found: Iterator[Stored]) -> list[Stored]:
    return list(islice(found, LISTED))
