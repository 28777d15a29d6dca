"""The data folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edusphere.server.refused import Refused


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
