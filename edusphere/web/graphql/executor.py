"""GraphQL's executor, with a short way for what is simply there.

Nine of ten fields of a page are words, numbers and times that lie ready on a row. For those, graphql-core's way (a
resolve info, arguments, a completion with its awaitable checks, for each) costs some twenty times the reading. The
short way is taken only where its answer is the same; whatever is not as expected goes the long way, errors included.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeGuard
from uuid import UUID

import graphql
from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType
from graphql.pyutils import is_awaitable as may_be_awaited

from edusphere.school import models

READY = {"Boolean": bool, "DateTime": datetime, "Int": int, "String": str, "UUID": UUID}
"""What each scalar goes out as, unchanged, by the scalar's name."""
KEY = "ready"
UNREADY = object()


class Ready(NamedTuple):
    """How a field that lies ready is read, and what it then must be."""

    read: Callable[[Any], Any]
    kind: type
    nullable: bool


def note_ready(field: GraphQLField, read: Callable[[Any], Any]) -> None:
    """Note that `field` is `read(source)`, if it is of a kind that goes out as it is; of lists only empty ones are."""
    nullable = not isinstance(field.type, GraphQLNonNull)
    kind = field.type if nullable else field.type.of_type  # type: ignore[union-attr]
    if isinstance(kind, GraphQLScalarType) and kind.name in READY:
        field.extensions[KEY] = Ready(read, READY[kind.name], nullable)
    elif isinstance(kind, GraphQLList):
        field.extensions[KEY] = Ready(lambda source: UNREADY if read(source) else (), tuple, nullable=False)


class Executor(graphql.Executor[Any]):
    def execute_fields(  # type: ignore[no-untyped-def]
        self, parent_type: GraphQLObjectType, source_value: Any, path, grouped_field_set, position_context
    ) -> Any:
        """Execute the fields of one object; first those that are ready, each in its place."""
        results: dict[str, Any] = {}
        rest = {}
        for response_name, field_details_list in grouped_field_set.items():
            value = _ready(parent_type.fields.get(field_details_list[0].node.name.value), source_value)
            results[response_name] = value
            if value is UNREADY:
                rest[response_name] = field_details_list
        if not rest:
            return results
        executed = super().execute_fields(parent_type, source_value, path, rest, position_context)
        if len(rest) == len(results):
            return executed
        if isinstance(executed, dict):
            return results | executed

        async def merge(rest: Awaitable[dict[str, Any]]) -> dict[str, Any]:
            return results | await rest

        return merge(executed)


def _ready(field: GraphQLField | None, source: Any) -> Any:
    ready: Ready | None = field.extensions.get(KEY) if field is not None else None
    if ready is None:
        return UNREADY
    try:
        value = ready.read(source)
    except Exception:  # noqa: BLE001 (the long way meets it again, and says where)
        return UNREADY
    return value if isinstance(value, ready.kind) or (value is None and ready.nullable) else UNREADY


ROWS = frozenset(row for row in vars(models).values() if isinstance(row, type))
"""Tortoise's rows can be awaited, and give themselves: a promise for every one of a page, for nothing."""
NEVER_AWAITED = ROWS | {bool, datetime, dict, int, list, str, tuple, type(None)}


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    return type(value) not in NEVER_AWAITED and may_be_awaited(value)
