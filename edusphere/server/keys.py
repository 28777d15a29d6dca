"""The school's key: from the settings, or made once and kept in the data folder, where it can be changed."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from edusphere.school.keys import Keys
from edusphere.server.nonsense import KEY_BYTES
from edusphere.server.refused import Refused
from edusphere.settings import Settings

KEY_FILE = "secret_key"
PREVIOUS_FILE = "secret_key_previous"


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
        if previous is None and (before := settings.data / PREVIOUS_FILE).exists():
            previous = before.read_bytes().strip() or None
    except OSError as error:
        raise Refused(f"The school's key {file.absolute()} cannot be read ({error.strerror}).") from error
    if len(key) < KEY_BYTES:
        raise Refused(
            f"The school's key {file.absolute()} is damaged. Restore it from a backup, "
            "or delete it: a new one is made, and everybody signs in anew."
        )
    return Keys(key, previous)


def rotate_key(settings: Settings) -> None:
    """Put a new key in the place of the one in the data folder, which still verifies what it signed.

    Raises:
        Refused: the key is not ours to change, or cannot be written.
    """
    if settings.secret_key is not None:
        raise Refused(
            "SECRET_KEY is set, so it is changed where it is set: give its value to SECRET_KEY_PREVIOUS, "
            "a new one (`openssl rand -hex 32`) to SECRET_KEY, and restart `edusphere serve`."
        )
    if settings.secret_key_previous is not None:
        raise Refused("SECRET_KEY_PREVIOUS is set and would go before the key that is replaced now: remove it first.")
    current = read_keys(settings).current
    try:
        # In this order: whatever is interrupted, what was signed is still verified.
        _written_aside(settings.data / PREVIOUS_FILE, current.decode()).replace(settings.data / PREVIOUS_FILE)
        _written_aside(settings.data / KEY_FILE, secrets.token_hex(KEY_BYTES)).replace(settings.data / KEY_FILE)
    except OSError as error:
        raise Refused(f"The school's key cannot be written ({error.strerror}).") from error


def _keep_key(file: Path) -> None:
    """Write it aside and link it into place: two starts at once keep the same one, and never half of it."""
    aside = _written_aside(file, secrets.token_hex(KEY_BYTES))
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _written_aside(file: Path, text: str) -> Path:
    """Return a new file beside `file`, readable by us alone, that is safely on the disk."""
    descriptor, aside = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return Path(aside)
