"""Queries that ask only for what was asked for: conditions that are not there cannot mislead the planner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from edusphere.school import pages


class Conditions:
    """What rows must fulfil, and the values of a statement's parameters, numbered as they come."""

    def __init__(self, *conditions: str) -> None:
        self._conditions = list(conditions)
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """Ask for this too; each `{}` is one of the values."""
        self._conditions.append(condition.format(*(self.value(value) for value in values)))

    def value(self, value: Any) -> str:
        """Return the place of one more value."""
        self.values.append(value)
        return f"${len(self.values)}"

    def __str__(self) -> str:
        return " AND ".join(self._conditions) or "true"


@dataclass(frozen=True, slots=True)
class Column:
    """What a list can be ordered by. Rows that are alike in it follow their id, so that each has a place."""

    sql: str
    read: Callable[[Any], Any]
    """How it is read from a cursor."""
    type: str = "text"

    def begin_after(self, conditions: Conditions, after: str | None, id_column: str, *, descending: bool) -> None:
        """Ask for what follows the place of a cursor.

        Raises:
            Invalid: it is none of this list.
        """
        place = pages.position(after, self.read, UUID)
        if place is not None:
            beyond = "<" if descending else ">"
            conditions.add(f"({self.sql}, {id_column}) {beyond} ({{}}::{self.type}, {{}}::uuid)", *place)

    def order(self, id_column: str, *, descending: bool) -> str:
        way = "DESC" if descending else "ASC"
        return f"ORDER BY {self.sql} {way}, {id_column} {way}"
