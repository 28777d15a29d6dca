"""What the server writes while it runs: one line for each thing somebody should know, on stderr."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edusphere.settings import Settings

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure(settings: Settings) -> None:
    """Write warnings, and our own news; with EDUSPHERE_DEBUG everybody's news."""
    logging.basicConfig(format=LINE, level=logging.INFO if settings.debug else logging.WARNING, force=True)
    logging.getLogger("edusphere").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    # While Postgres is away the pool tells each try to reach it, with a traceback; we say it in a line of our own.
    logging.getLogger("asyncpg.pool").setLevel(logging.WARNING if settings.debug else logging.ERROR)


def silence() -> None:
    """Write nothing: a command says what there is to say in its own words."""
    logging.basicConfig(level=logging.CRITICAL + 1, force=True)
