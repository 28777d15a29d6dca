"""The data folder and the key that is kept in it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from edusphere.school.keys import Keys
from edusphere.server.refused import Refused
from edusphere.settings import Settings

KEY_BYTES = 32
"""The shortest key: what HMAC-SHA-256 can use in full (RFC 7518, 3.2)."""
KEY_FILE = "secret_key"


def prepare_folder(data: Path) -> None:
    """Make the data folder ours alone, and prove that it can be written.

    Raises:
        Refused: it cannot.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise Refused(
            f"The data folder {data.absolute()} cannot be written ({error.strerror}). "
            "Choose another with --data or EDUSPHERE_DATA, or give it to the user who runs EduSphere."
        ) from error


def check_keys(settings: Settings) -> None:
    """Refuse keys that could be guessed."""
    for name, key in (("SECRET_KEY", settings.secret_key), ("SECRET_KEY_PREVIOUS", settings.secret_key_previous)):
        if key is not None and len(key.get_secret_value().encode()) < KEY_BYTES:
            raise Refused(
                f"{name} is shorter than {KEY_BYTES} bytes. Make one with `openssl rand -hex 32`, "
                f"or leave it unset: EduSphere then keeps one of its own."
            )


def read_keys(settings: Settings) -> Keys:
    """Return the keys of SECRET_KEY, or the one in the data folder, made at the first start."""
    previous = settings.secret_key_previous.get_secret_value().encode() if settings.secret_key_previous else None
    if settings.secret_key is not None:
        return Keys(settings.secret_key.get_secret_value().encode(), previous)
    file = settings.data / KEY_FILE
    try:
        if not file.exists():
            _keep_key(file)
        key = file.read_bytes().strip()
    except OSError as error:
        raise Refused(f"The school's key {file.absolute()} cannot be read ({error.strerror}).") from error
    if len(key) < KEY_BYTES:
        raise Refused(
            f"The school's key {file.absolute()} is damaged. Restore it from a backup, or delete it: everybody signs in anew."
        )
    return Keys(key, previous)


def _keep_key(file: Path) -> None:
    """Write it aside and link it into place: two starts at once keep the same one, and never half of it."""
    descriptor, aside = tempfile.mkstemp(prefix=f"{KEY_FILE}.", dir=file.parent)  # readable by us alone
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_hex(KEY_BYTES))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        Path(aside).unlink()
