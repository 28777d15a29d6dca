"""Lists that can grow, page by page. Cursors are opaque to whoever holds them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def size(first: int, most: int = MOST) -> int:
    """Return how many were asked for.

    Raises:
        Invalid: not a number of things, or too many.
    """
    if not 1 <= first <= most:
        raise Invalid("first", f"Ask for 1 to {most} at a time.")
    return first


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
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise Invalid("after", "This is not a place in this list.") from error
