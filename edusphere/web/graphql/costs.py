"""What answering a document may cost, reckoned from the document alone, before anything is asked of the database.

The unit is a word that lies ready on a row. A list counts as many times as it may have entries; one that the asker
sizes by `first` or `last` counts as it says, or its most where only a variable says it.
"""

from __future__ import annotations

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from edusphere.school.course_lists import ROOMS_AT_ONCE
from edusphere.school.room_lists import AT_ONCE

OBJECT = 6
"""Units of an object beside its fields."""
ROW = 15
"""Instead, of one in the lists of `ROWS`: a whole row, read and made for this list alone, which no loader shares."""
RESOLVED = 6
"""Units of a field with a resolver of its own: a task, and often a loader."""
KEY = "resolved"
PAGED = ("first", "last")
PAGE, LARGEST_PAGE = 50, 100
SIZES = {
    "Query.courseInvitations": 200,
    "Query.directRules": 10,
    "Query.joinCodes": 100,
    "Query.joinRequests": 200,
    "Query.messages": 200,
    "Query.messagesByUser": 200,
    "Query.myApiTokens": 50,
    "Query.mySessions": 100,
    "Query.rooms": 200,
    "Query.rosterColumns": 10,
    "Query.roleTables": 3,
    "Query.roomsNotParticipatedByUser": 200,
    "Query.roomsParticipatedByUser": 200,
    "Query.terms": 100,
    "Query.topics": 200,
    "Query.users": 200,
    "Query.waitingInvitations": 20,
    "Course.rooms": 50,
    "Course.sections": 50,
    "Course.units": 50,
    "InviteToCourse.invitations": 50,
    "InviteToCourse.problems": 50,
    "Message.files": 10,
    "MoveMaterial.materials": 300,
    "MoveUnit.units": 50,
    "Room.participants": 200,
    "ReadRemovedMessages.words": 100,
    "RemoveMessages.messages": 100,
    "RemovedWords.files": 10,
    "RestoreMessages.messages": 100,
    "RolePermission.roles": 5,
    "RoleTable.permissions": 20,
    "RoleTable.roles": 5,
    "Roster.changes": 200,
    "Roster.ignored": 100,
    "Roster.leaving": 200,
    "Roster.newcomers": 200,
    "Roster.placements": 200,
    "Roster.problems": 200,
    "SetDirectRule.rules": 10,
    "Unit.materials": 300,
    "User.children": 20,
}
"""The most entries of each list that is no page."""
ROWS = {
    "Query.rooms",
    "Query.roomsNotParticipatedByUser",
    "Query.roomsParticipatedByUser",
    "Query.topics",
    "Query.users",
}
TOGETHER = {"Room.participants": AT_ONCE, "Unit.materials": 300, "Course.rooms": ROOMS_AT_ONCE}
"""The most entries of all such lists of one page together."""
UNKNOWN_SIZE = 1_000


def note_resolved(field: GraphQLField) -> None:
    """Note that `field` has a resolver of its own."""
    field.extensions[KEY] = True


class Costs:
    """The costs of one document, which was found valid."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, int, int], int] = {}

    def of(self, operation: OperationDefinitionNode) -> int:
        mutating = operation.operation is OperationType.MUTATION
        kind = self._schema.mutation_type if mutating else self._schema.query_type
        return self._selections(operation.selection_set, kind, PAGE, 1) if kind is not None else 0

    def _selections(self, selections: SelectionSetNode | None, kind: GraphQLNamedType, page: int, times: int) -> int:
        """Return what is asked of `times` objects of a kind; `page` is the size of the page they are, if they are."""
        cost = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                cost += self._field(selection, kind, page, times)
            elif isinstance(selection, InlineFragmentNode):
                cost += self._selections(selection.selection_set, kind, page, times)
            elif isinstance(selection, FragmentSpreadNode):
                cost += self._spread(selection.name.value, kind, page, times)
        return cost

    def _spread(self, name: str, kind: GraphQLNamedType, page: int, times: int) -> int:
        key = (name, page, times)
        if key not in self._known:
            self._known[key] = self._selections(self._fragments[name].selection_set, kind, page, times)
        return self._known[key]

    def _field(self, node: FieldNode, kind: GraphQLNamedType, page: int, times: int) -> int:
        field = kind.fields.get(node.name.value) if isinstance(kind, GraphQLObjectType) else None
        if field is None:
            return times  # __typename, and introspection where it is on
        own = times * (RESOLVED if KEY in field.extensions else 1)
        of = get_named_type(field.type)
        if not isinstance(of, GraphQLObjectType):
            return own
        name = f"{kind.name}.{node.name.value}"
        size, inside = _size(node, field, name, page)
        objects = min(times * size, TOGETHER.get(name, times * size))
        each = ROW if name in ROWS else OBJECT
        return own + objects * each + self._selections(node.selection_set, of, inside, objects)


def _size(node: FieldNode, field: GraphQLField, name: str, page: int) -> tuple[int, int]:
    """Return how many objects a field has at most, and the size of the page that its own fields are parts of."""
    paging = [argument for argument in field.args if argument in PAGED]
    if paging:
        most = SIZES.get(name, LARGEST_PAGE)
        said = [argument.value for argument in node.arguments or () if argument.name.value in paging]
        sizes = [int(value.value) if isinstance(value, IntValueNode) else most for value in said]
        page = min(most, max(0, *sizes)) if sizes else SIZES.get(name, PAGE)
    if not is_list(field):
        return 1, page
    if paging or name.endswith(".nodes"):
        return page, PAGE
    return SIZES.get(name, UNKNOWN_SIZE), PAGE


def is_list(field: GraphQLField) -> bool:
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return isinstance(kind, GraphQLList)
