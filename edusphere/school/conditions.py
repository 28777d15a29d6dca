"""Queries that ask only for what was asked for: conditions that are not there cannot mislead the planner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from edusphere.database import Row
from edusphere.school import pages
from edusphere.school.pages import Page

T = TypeVar("T")


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
    """What a list can be ordered by."""

    sql: str
    read: Callable[[Any], Any]
    """How it is read from a cursor."""
    type: str = "text"
    beside: str = ""
    """What is joined to the list for it, and only then."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: by a column, and rows that are alike in it by their id, so that each has a place.

    Select `place` and what is `beside`, and the rows say where they stand.
    """

    name: str
    """Of the column, in cursors: a place in one order is none in another."""
    column: Column
    id: str
    """The column of the ids."""
    descending: bool = False

    @property
    def place(self) -> str:
        return f"{self.column.sql} AS place"

    @property
    def beside(self) -> str:
        return self.column.beside

    def begin_after(self, conditions: Conditions, after: str | None) -> None:
        """Ask for what follows the place of a cursor.

        Raises:
            Invalid: it is none of this list, or of the list in another order.
        """
        place = self.read(after)
        if place is not None:
            beyond = "<" if self.descending else ">"
            conditions.add(f"({self.column.sql}, {self.id}) {beyond} ({{}}::{self.column.type}, {{}}::uuid)", *place)

    def read(self, after: str | None) -> tuple[Any, UUID] | None:
        """Return what stands in the column at the place of a cursor, and the id there.

        Raises:
            Invalid: it is none of this list, or of the list in another order.
        """
        place = pages.position(after, self._own, self.column.read, UUID)
        return None if place is None else (place[1], place[2])

    def page(self, found: Sequence[T], rows: Sequence[Row], size: int, after: str | None) -> Page[T]:
        """Make a page of what was made of rows, in their order."""
        cursors = (pages.cursor(self.name, row["place"], row["id"]) for row in rows[:size])
        return Page(tuple(found[:size]), tuple(cursors), len(found) > size, after is not None)

    def by(self, place: str, id_column: str) -> str:
        way = "DESC" if self.descending else "ASC"
        return f"ORDER BY {place} {way}, {id_column} {way}"

    def __str__(self) -> str:
        return self.by(self.column.sql, self.id)

    def _own(self, name: str) -> str:
        if name != self.name:
            raise ValueError("a place of the list in another order")
        return name
