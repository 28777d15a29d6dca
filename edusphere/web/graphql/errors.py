"""Errors as GraphQL shows them: a sentence and a code for what we refuse, an id for what broke, nothing inner."""

from __future__ import annotations

import logging
from typing import Any

from ariadne import unwrap_graphql_error
from graphql import FieldNode, GraphQLError

from edusphere.errors import EduSphereError
from edusphere.web import refusals

SILENT = logging.getLogger(f"{__name__}.silent")
"""Ariadne logs every refusal as an error. Refusals are ordinary; what is none is logged by refusals.py."""
SILENT.disabled = True


def format_error(error: GraphQLError) -> dict[str, Any]:
    """Return the error as it goes out.

    What GraphQL itself says (syntax, validation, variables of the wrong kind) quotes only the request, and is INVALID.
    """
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = error.path
    inner = unwrap_graphql_error(error)
    if inner is None and not _is_about_an_answer(error):
        shown["message"] = error.message.replace("not to be None", "not to be null")
        shown["extensions"] = {"code": "INVALID"}
    elif not error.path and not isinstance(inner, EduSphereError):
        # Nothing ran yet: Python could not read a value, a number of thousands of digits.
        shown["message"] = "The request has a value that cannot be read."
        shown["extensions"] = {"code": "INVALID"}
    else:
        refusal = refusals.refusal_of(inner or error)
        shown["message"] = refusal.message
        shown["extensions"] = refusals.extensions(refusal)
    return shown


def _is_about_an_answer(error: GraphQLError) -> bool:
    """Whether a value of ours does not fit its field, which is our fault; a wrong argument points at the argument."""
    return bool(error.path and error.nodes) and all(isinstance(node, FieldNode) for node in error.nodes or ())
