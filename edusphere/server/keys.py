"""The school's key: from the settings, or made once and kept in the data folder."""

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
            f"The school's key {file.absolute()} is damaged. Restore it from a backup, "
            "or delete it: a new one is made, and everybody signs in anew."
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
