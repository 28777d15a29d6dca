"""Documents read once: parsed, measured, validated, and kept for the next time they are asked.

A front end sends the same few dozen documents for ever, and reading one costs several times what answering it
does. Only good and ordinary-sized ones are kept, so nobody can fill the memory with what they make up.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    validate,
)

from edusphere.errors import TooComplex
from edusphere.settings import KIBIBYTES, Settings
from edusphere.web.graphql.costs import Costs
from edusphere.web.graphql.limits import parse_within

KEPT = 500
"""Documents per process."""
LARGEST_KEPT = 8 * KIBIBYTES


@dataclass(frozen=True, slots=True)
class Document:
    node: DocumentNode
    errors: list[GraphQLError]
    """What validation found; empty for a good one."""
    operations: dict[str | None, OperationDefinitionNode]
    asks: str
    """Its first field, for what is counted: one of the schema's own names."""

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Return the operation that would run; None when that cannot be said."""
        if name:
            return self.operations.get(name)
        return next(iter(self.operations.values())) if len(self.operations) == 1 else None


class Documents:
    def __init__(self, schema: GraphQLSchema, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def read(self, query: str) -> Document:
        """Return the document of `query`.

        Raises:
            GraphQLError: it is no GraphQL, or asks about the schema where nobody may.
            TooComplex: it is beyond the limits.
        """
        kept = self._kept.get(query)
        if kept is not None:
            self._kept.move_to_end(query)
            return kept
        node = parse_within(query, self._settings)
        errors = validate(self._schema, node, max_errors=5, hide_suggestions=True)
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        if not errors:
            costs = Costs(self._schema, node)
            if any(costs.of(operation) > self._settings.graphql_cost for operation in operations.values()):
                raise TooComplex("The document asks for too much at once. Please ask for less, or in smaller pages.")
        document = Document(node, errors, operations, "" if errors else _first_field(operations))
        if not errors and len(query) <= LARGEST_KEPT:
            self._kept[query] = document
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return document


def _first_field(operations: dict[str | None, OperationDefinitionNode]) -> str:
    selections = next(iter(operations.values())).selection_set.selections if operations else ()
    return next((field.name.value for field in selections if isinstance(field, FieldNode)), "")
