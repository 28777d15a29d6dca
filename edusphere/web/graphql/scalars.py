"""The scalars beyond GraphQL's own. What goes out stays a Python value: the encoder of the answer writes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from ariadne import ScalarType
from graphql import GraphQLError, StringValueNode, ValueNode
from quart.datastructures import FileStorage

CANONICAL = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
"""Python's UUID also takes braces, URNs and any hyphens: one thing, one spelling."""

DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)

uuid_scalar = ScalarType("UUID")
date_scalar = ScalarType("Date")
date_time_scalar = ScalarType("DateTime")
generic_scalar = ScalarType("GenericScalar")
upload_scalar = ScalarType("Upload")


@uuid_scalar.value_parser
def parse_uuid(value: Any) -> UUID:
    return _uuid(value)


def _uuid(value: Any) -> UUID:
    if not isinstance(value, str) or not CANONICAL.fullmatch(value):
        raise GraphQLError("UUID must be written like 01890a5d-ac96-774b-bcce-b302099a8057.")
    return UUID(value)


@uuid_scalar.literal_parser
def parse_uuid_literal(node: ValueNode, _variables: Any = None) -> UUID:
    return _uuid(node.value if isinstance(node, StringValueNode) else None)


@date_scalar.value_parser
def parse_date(value: Any) -> date:
    return _date(value)


@date_scalar.literal_parser
def parse_date_literal(node: ValueNode, _variables: Any = None) -> date:
    return _date(node.value if isinstance(node, StringValueNode) else None)


def _date(value: Any) -> date:
    try:
        # Python's own reading also takes weeks and no hyphens: one thing, one spelling.
        return date(*map(int, DATE.fullmatch(value).groups()))  # type: ignore[union-attr]
    except (AttributeError, TypeError, ValueError) as error:
        raise GraphQLError("Date must be written like 2026-09-01.") from error


@upload_scalar.value_parser
def parse_upload(value: Any) -> FileStorage:
    if not isinstance(value, FileStorage):
        raise GraphQLError("Upload must be a file of a multipart request.")
    return value


@upload_scalar.literal_parser
def parse_upload_literal(_node: ValueNode, _variables: Any = None) -> FileStorage:
    raise GraphQLError("Upload must be a variable.")


@uuid_scalar.serializer
@date_scalar.serializer
@date_time_scalar.serializer
@generic_scalar.serializer
def as_it_is(value: Any) -> Any:
    return value


scalars = [uuid_scalar, date_scalar, date_time_scalar, generic_scalar, upload_scalar]
