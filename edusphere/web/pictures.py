"""Pictures that people send: kept only after they were drawn anew in a process of their own (picture_worker.py)."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
from pathlib import Path

from edusphere.errors import Invalid, Unavailable
from edusphere.settings import Settings

WORKER = Path(__file__).with_name("picture_worker.py")
REFUSED = 3
SIDE = 512
"""Pixels of an avatar's side, at most."""
PATIENCE = 20.0
"""Seconds for one picture, waiting for its turn included."""
AT_ONCE = 2


class Pictures:
    """The folder of people's pictures below the media folder."""

    def __init__(self, settings: Settings) -> None:
        self.media = settings.data / "media"
        self._pixels = settings.image_pixels
        self._limit = settings.avatar_limit
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def keep_avatar(self, data: bytes) -> str:
        """Keep a person's picture; return its path below the media folder.

        Raises:
            Invalid: it is too large, or no PNG, JPEG, WebP or GIF.
            Unavailable: too many pictures at once.
        """
        if len(data) > self._limit:
            raise Invalid("avatar", f"The picture is too large: at most {self._limit // 2**20} MB, please.")
        if not data:
            raise Invalid("avatar", "The file is empty.")
        try:
            async with asyncio.timeout(PATIENCE), self._turns:
                drawn = await self._redraw(data)
        except TimeoutError as error:
            raise Unavailable("The picture took too long to read. Please try again, or use a smaller one.") from error
        path = f"avatars/{secrets.token_urlsafe(16)}.webp"
        await asyncio.to_thread(_write, self.media / path, drawn)
        return path

    async def forget(self, path: str) -> None:
        """Delete a picture that was replaced; nothing happens when it is gone already."""
        if path.startswith("avatars/"):
            await asyncio.to_thread((self.media / "avatars" / Path(path).name).unlink, missing_ok=True)

    async def _redraw(self, data: bytes) -> bytes:
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(WORKER),
            str(SIDE),
            str(self._pixels),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
        )
        try:
            drawn, words = await worker.communicate(data)
        finally:
            if worker.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
        if worker.returncode == 0 and drawn:
            return drawn
        if worker.returncode == REFUSED:
            raise Invalid("avatar", words.decode(errors="replace"))
        raise Invalid("avatar", "This picture cannot be read. Please use another one.")


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all: a half-written picture is never seen under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
