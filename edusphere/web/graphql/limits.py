"""How large a question may be, counted before anything expensive looks at it.

Fragments are counted at every place they are spread, each measured once, and counting stops where a limit is
passed: neither nesting nor repeating them walks around a limit, and a document that would unfold into millions of
fields costs no more to refuse than any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from edusphere.errors import Invalid, TooComplex
from edusphere.settings import Settings

SIGN_INS = frozenset(
    {
        "acceptInvitation",
        "changePassword",
        "confirmRegistration",
        "createApiToken",
        "declineInvitation",
        "invitationOfLink",
        "inviteUser",
        "joinCourse",
        "joinOffer",
        "refreshToken",
        "registerUser",
        "requestPasswordReset",
        "resetLinkIsGood",
        "resetPassword",
        "setUpSchool",
        "setupTokenIsGood",
        "tokenAuth",
    }
)
"""At most one of these in a document: guessing passwords by the hundred in one request is one request too many."""
FIELDS = 400
"""Fields of all operations and fragments of a document, each unfolded."""
OPERATIONS = 20
"""Of which one is carried out; all of them are validated."""
REPEATS = 12
"""How often the same place of an answer may be asked for: validation compares them all with one another."""
LONGEST_LIST = 100
"""Values in an argument or a variable that takes several."""
VALUES = 1_000
"""Values of all variables of a request, those in lists and objects among them."""
INTROSPECTION = frozenset({"__schema", "__type"})


Path = tuple[str, ...]
"""A place in the answer: the names on the way to it."""


@dataclass(slots=True)
class Size:
    """What a selection set unfolds to."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    sign_ins: int = 0
    paths: Counter[Path] = field(default_factory=Counter)
    """How often each place is asked for, whichever ways lead there."""


def parse_within(query: str, settings: Settings) -> DocumentNode:
    """Parse a document and refuse one that is too large.

    Raises:
        GraphQLError: it is no GraphQL, or asks about the schema where nobody may.
        TooComplex: it has too many tokens, is too deep, too wide, or signs in more than once.
    """
    try:
        document = parse(query, max_tokens=settings.graphql_tokens)
    except GraphQLSyntaxError as error:
        if "tokens" in error.message and str(settings.graphql_tokens) in error.message:
            raise TooComplex(f"The document is too long: at most {settings.graphql_tokens} tokens.") from error
        if "nested too deeply" in error.message:
            raise TooComplex(f"The document is too deep: at most {settings.graphql_depth} levels.") from error
        raise
    if sum(isinstance(node, OperationDefinitionNode) for node in document.definitions) > OPERATIONS:
        raise TooComplex(f"The document has too many operations: at most {OPERATIONS}.")
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    ruler = Ruler(fragments, settings)
    fields = 0
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            fields += ruler.measure(node.selection_set).fields
        elif isinstance(node, FragmentDefinitionNode) and not (settings.debug and _is_about_the_schema(node)):
            # Also those that no operation spreads: validation reads them all the same.
            fields += ruler.measure_fragment(node.name.value).fields
        _refuse_above(fields)
    return document


def refuse_too_many(variables: dict[str, Any]) -> None:
    """Refuse more values than any field takes, before each is looked at: reading an id costs more than sending it.

    Raises:
        Invalid: a list is too long, or there are too many values in all.
    """
    waiting = list(variables.items())
    for counted, (name, value) in enumerate(waiting, start=1):  # which grows meanwhile
        if counted > VALUES:
            raise Invalid("variables", f"Send at most {VALUES:,} values at a time.")
        if isinstance(value, list):
            if len(value) > LONGEST_LIST:
                raise Invalid(name, f"Name at most {LONGEST_LIST} at a time.")
            waiting += [(name, one) for one in value]
        elif isinstance(value, dict):
            waiting += [(name, one) for one in value.values()]


def _is_about_the_schema(fragment: FragmentDefinitionNode) -> bool:
    """Whether it says what introspection asks, which is deep by nature: GraphiQL's does not fit into the limits."""
    return fragment.type_condition.name.value.startswith("__")


def _refuse_above(fields: int) -> None:
    if fields > FIELDS:
        raise TooComplex(f"The document asks for too many fields: at most {FIELDS}.")


class Ruler:
    """Measures selection sets; each fragment once, however often it is spread."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode], settings: Settings) -> None:
        self._fragments = fragments
        self._settings = settings
        self._known: dict[str, Size] = {}
        self._known_fields = 0

    def measure(self, selections: SelectionSetNode | None, inside: tuple[str, ...] = ()) -> Size:
        """Return the size of a selection set; `inside` names the fragments being unfolded.

        Raises:
            GraphQLError: it asks about the schema where nobody may.
            TooComplex: a fragment contains itself, or the selection set is beyond a limit.
        """
        whole = Size()
        self._add_all(whole, selections, inside)
        return whole

    def _add_all(self, whole: Size, selections: SelectionSetNode | None, inside: tuple[str, ...]) -> None:
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                self._add(whole, self._measure_field(selection, inside))
            elif isinstance(selection, InlineFragmentNode):
                self._add_all(whole, selection.selection_set, inside)
            elif isinstance(selection, FragmentSpreadNode):
                self._add(whole, self.measure_fragment(selection.name.value, inside))

    def _add(self, whole: Size, part: Size) -> None:
        whole.depth = max(whole.depth, part.depth)
        whole.fields += part.fields
        whole.aliases += part.aliases
        whole.sign_ins += part.sign_ins
        if whole.depth > self._settings.graphql_depth:
            raise TooComplex(f"The document is too deep: at most {self._settings.graphql_depth} levels.")
        if whole.aliases > self._settings.graphql_aliases:
            raise TooComplex(f"The document has too many aliases: at most {self._settings.graphql_aliases}.")
        if whole.sign_ins > 1:
            raise TooComplex("One document may sign in, renew, register, set up or try a password or a link only once.")
        _refuse_above(whole.fields)
        for path, times in part.paths.items():
            whole.paths[path] += times
            if whole.paths[path] > REPEATS:
                raise TooComplex(f"The document repeats a field: at most {REPEATS} times.")

    def _measure_field(self, node: FieldNode, inside: tuple[str, ...]) -> Size:
        name = node.name.value
        if name in INTROSPECTION and not self._settings.debug:
            raise GraphQLError(f"Cannot query '{name}': introspection is disabled.", node)
        # Introspection is deep by nature, and only developers ask for it.
        below = Size() if name in INTROSPECTION else self.measure(node.selection_set, inside)
        answered = node.alias.value if node.alias else name
        return Size(
            1 + below.depth,
            1 + below.fields,
            int(node.alias is not None) + below.aliases,
            int(name in SIGN_INS) + below.sign_ins,
            Counter({(answered,): 1, **{(answered, *path): times for path, times in below.paths.items()}}),
        )

    def measure_fragment(self, name: str, inside: tuple[str, ...] = ()) -> Size:
        """Return the size of a fragment, nothing for one that is not there."""
        if name in inside:
            raise TooComplex(f"The fragment {name} contains itself.")
        fragment = self._fragments.get(name)
        if fragment is None:
            return Size()
        if name not in self._known:
            self._known[name] = self.measure(fragment.selection_set, (*inside, name))
            self._known_fields += self._known[name].fields
            _refuse_above(self._known_fields)
        return self._known[name]
