"""Lists that can grow, page by page. Cursors are opaque to whoever holds them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from edusphere.errors import Invalid

T = TypeVar("T")
MOST = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    nodes: tuple[T, ...] = ()
    cursors: tuple[str, ...] = ()
    """One for each node: `after` it."""
    has_next: bool = False
    has_previous: bool = False


def page(found: Sequence[T], first: int, after: str | None, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """Make a page of what a query found when asked for one more than `first`; `key` is what it was ordered by."""
    nodes = tuple(found[:first])
    return Page(nodes, tuple(cursor(*key(node)) for node in nodes), len(found) > first, after is not None)


def size(asked: int, most: int = MOST, argument: str = "first") -> int:
    """Return how many were asked for.

    Raises:
        Invalid: not a number of things, or too many.
    """
    if not 1 <= asked <= most:
        raise Invalid(argument, f"Ask for 1 to {most} at a time.")
    return asked


def text(part: str) -> str:
    """Read a text of a cursor: one that a database can hold."""
    part.encode()
    if "\0" in part:
        raise ValueError("no database holds a NUL")
    return part


def moment(part: str) -> datetime:
    """Read a time of a cursor: one in a time zone."""
    return datetime.fromisoformat(part).astimezone(UTC)


def number(part: int) -> int:
    """Read a number of a cursor: one of eight bytes."""
    return int.from_bytes(part.to_bytes(8, signed=True), signed=True)


def cursor(*key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).decode()


def position(after: str | None, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """Read a cursor back, each part by its kind.

    Raises:
        Invalid: it is none of ours.
    """
    if after is None:
        return None
    try:
        key = json.loads(base64.b64decode(after.encode(), altchars=b"-_", validate=True))
        if not isinstance(key, list):
            raise TypeError
        return tuple(kind(part) for kind, part in zip(kinds, key, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Invalid("after", "This is not a place in this list.") from error
