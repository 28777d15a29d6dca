"""One owner at a time for a data folder, known to everybody who asks.

The kernel frees the lock when its holder dies, however it dies; the words in the file say who holds
it and where its Postgres listens.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Holder:
    """Who holds a data folder."""

    pid: int
    purpose: str
    """The command: `serve` or another."""
    socket: str = ""
    """The folder of the Unix socket of its Postgres, once that is known."""


class DataLock:
    """An exclusive lock on one file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, holder: Holder) -> bool:
        """Take the lock if it is free."""
        file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        self.tell(holder)
        return True

    def tell(self, holder: Holder) -> None:
        """Rewrite who holds it; without the lock, do nothing."""
        if self._file:
            self._file.seek(0)
            self._file.truncate()
            json.dump(asdict(holder), self._file)
            self._file.flush()

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def holder(self) -> Holder | None:
        """Return who holds it now, or None when it is free."""
        try:
            file = self.path.open()
        except OSError:  # there is none, or none that we may see
            return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(file.read())
            return None


def _read(text: str) -> Holder:
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):  # between `take` and its first words
        return Holder(0, "start")
