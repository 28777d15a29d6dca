"""Keys: time-ordered, so that new rows are neighbours in every index."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562)."""
    return uuid_utils.compat.uuid7()
