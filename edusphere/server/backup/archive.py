"""The file that a backup is: a tar, readable without us, and encrypted by age where there is a recipient.

::

    about.json          what it is of: format, version, moment, migrations, counts
    keys/secret_key     the school's key, where it is kept in the data folder
    database/000001 …   pg_dump's custom format, in pieces: `cat database/* | pg_restore …`
    media/files/… …     uploaded files and pictures
    SHA256SUMS          of all above, as `sha256sum --check` reads it; without it the file is cut short

Written and read as a stream, so that neither the disk nor the memory needs room for it twice. The format of age:
https://age-encryption.org/v1
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pyrage

from edusphere.server.refused import Refused
from edusphere.settings import MEBIBYTES

ABOUT = "about.json"
SUMS = "SHA256SUMS"
DATABASE = "database/"
MEDIA = "media/"
KEYS = "keys/"
PIECE = 4 * MEBIBYTES
AGE = b"age-encryption.org/v1"
CUT_SHORT = "The backup {} is cut short or damaged{}. Take another one, or copy it here again."


class Writer:
    """Adds members to a tar; what is added is summed."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._sums: list[str] = []

    def add(self, name: str, content: bytes) -> None:
        self.add_stream(name, io.BytesIO(content), len(content))

    def add_stream(self, name: str, source: IO[bytes], size: int) -> None:
        """Add `size` bytes of `source`."""
        summed = _Summed(source)
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, time.time()
        self._tar.addfile(member, summed)
        self._sums.append(f"{summed.digest}  {name}\n")

    def finish(self) -> None:
        self.add(SUMS, "".join(self._sums).encode())


class _Summed:
    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self._hash.update(piece)
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def written(file: Path, recipient: str | None) -> Iterator[Writer]:
    """Give a writer of a new file, which has its name only once it is whole and safely on the disk.

    Raises:
        Refused: it cannot be written, or is there already.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        if file.exists():
            raise Refused(f"There is a file {file} already: it is not overwritten. Choose another name.")
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with _encrypting(out, recipient) as through, tarfile.open(fileobj=through, mode="w|") as tar:
                writer = Writer(tar)
                yield writer
                writer.finish()
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        raise Refused(f"The backup {file} cannot be written ({error.strerror}).") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _encrypting(out: IO[bytes], recipient: str | None) -> Iterator[IO[bytes]]:
    if recipient is None:
        yield out
        return
    to = [recipient_of(recipient)]
    with _beside(lambda source: pyrage.encrypt_io(source, out, to), reading=False) as plain:
        yield plain


@contextmanager
def _beside(act: Callable[[IO[bytes]], None], *, reading: bool) -> Iterator[IO[bytes]]:
    """Give one end of a pipe, to read from or to write to, and the other to `act` in a thread.

    What stops `act` is raised here; only a reader who has read enough does not trouble it.
    """
    trouble: list[BaseException] = []
    source, sink = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    ours, theirs = (source, sink) if reading else (sink, source)

    def work() -> None:
        try:
            with theirs:
                act(theirs)
        except BrokenPipeError:
            pass
        except BaseException as error:  # noqa: BLE001 (it is raised in the other thread)
            trouble.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        with ours:
            yield ours
    finally:
        thread.join()
        if trouble:  # what went wrong on our side meanwhile, a broken pipe or a tar without its end, followed from it
            raise trouble[0]


def recipient_of(text: str) -> pyrage.x25519.Recipient:
    """Understand a public key.

    Raises:
        Refused: it is none.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise Refused(
            f"{text!r} is no public key for backups: one begins with age1. `edusphere backup --new-key FILE` makes one."
        ) from error


def identities_of(file: Path) -> list[pyrage.x25519.Identity]:
    """Read private keys, as `age-keygen` and we write them.

    Raises:
        Refused: there are none.
    """
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise Refused(f"{file} holds no private key for backups: one begins with AGE-SECRET-KEY-.") from error


class Reader:
    """Reads a backup from its beginning, as often as is needed."""

    def __init__(self, file: Path, key: Path | None) -> None:
        """`key` is the file with the private key of an encrypted backup.

        Raises:
            Refused: there is no such file, it is no backup, or the key is missing.
        """
        self.file = file
        try:
            with file.open("rb") as source:
                self._encrypted = source.read(len(AGE)) == AGE
            self.size = file.stat().st_size
        except OSError as error:
            raise Refused(f"The backup {file} cannot be read ({error.strerror}).") from error
        if self._encrypted and key is None:
            raise Refused(f"The backup {file} is encrypted: name the file with its private key by --key.")
        self._identities = identities_of(key) if key is not None else []

    def members(self, read: Callable[[int], None] = lambda size: None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield each member's name and bytes, in order. `read` is told of bytes of the file that were read.

        Raises:
            Refused: it is cut short, damaged, no backup, or the key is not its key; while its bytes are read, too.
        """
        with (
            self._in_words(),
            self.file.open("rb") as raw,
            self._plain(_Counted(raw, read)) as plain,
            tarfile.open(fileobj=plain, mode="r|") as tar,
        ):
            for member in tar:
                if (source := tar.extractfile(member)) is None:
                    raise Refused(f"The backup {self.file} is not one of EduSphere's.")
                yield member.name, self._pieces(source)

    def _pieces(self, source: IO[bytes]) -> Iterator[bytes]:
        with self._in_words():
            while piece := source.read(PIECE):
                yield piece

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except pyrage.DecryptError as error:
            raise Refused(CUT_SHORT.format(self.file, ", or encrypted for another key")) from error
        except (tarfile.TarError, EOFError) as error:
            raise Refused(CUT_SHORT.format(self.file, "")) from error
        except OSError as error:
            raise Refused(f"The backup {self.file} cannot be read ({error.strerror or error}).") from error

    @contextmanager
    def _plain(self, raw: _Counted) -> Iterator[IO[bytes]]:
        if not self._encrypted:
            yield raw  # type: ignore[misc]  # tarfile only reads
            return
        with _beside(lambda sink: pyrage.decrypt_io(raw, sink, self._identities), reading=True) as plain:
            yield plain

    def check(self, read: Callable[[int], None] = lambda size: None) -> bytes:
        """Compare every member with its sum, and return what ABOUT says.

        Raises:
            Refused: it is cut short or damaged.
        """
        sums: dict[str, str] = {}
        about, expected = b"", None
        for name, source in self.members(read):
            digest = hashlib.sha256()
            content = b""
            for piece in source:
                digest.update(piece)
                if name in (ABOUT, SUMS):
                    content += piece
            if name == SUMS:
                expected = dict(line.split("  ", 1)[::-1] for line in content.decode().splitlines())
                break
            about = content if name == ABOUT else about
            sums[name] = digest.hexdigest()
        if expected is None or expected != sums:
            raise Refused(CUT_SHORT.format(self.file, ""))
        return about


class _Counted(io.RawIOBase):
    def __init__(self, source: IO[bytes], told: Callable[[int], None]) -> None:
        self._source = source
        self._told = told

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self._told(len(piece))
        return piece
