"""How large a question may be, counted before anything expensive looks at it.

Fragments are counted at every place they are spread, each measured once: neither nesting nor repeating them
walks around a limit, and a document that would unfold into millions of fields costs no more to refuse than
any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from edusphere.errors import TooComplex
from edusphere.settings import Settings

SIGN_INS = frozenset({"tokenAuth", "refreshToken", "registerUser", "setUpSchool"})
"""At most one of these in a document: guessing passwords by the hundred in one request is one request too many."""
FIELDS = 400
"""Fields after unfolding all fragments. Validation compares fields of one name pairwise, so they must stay few."""
INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Size:
    depth: int = 0
    fields: int = 0
    aliases: int = 0
    sign_ins: int = 0


def parse_within(query: str, settings: Settings) -> DocumentNode:
    """Parse a document and refuse one that is too large.

    Raises:
        GraphQLSyntaxError: it is no GraphQL.
        TooComplex: it has too many tokens, is too deep, too wide, or signs in more than once.
    """
    try:
        document = parse(query, max_tokens=settings.graphql_tokens)
    except GraphQLSyntaxError as error:
        if "tokens" in error.message and str(settings.graphql_tokens) in error.message:
            raise TooComplex(f"The document is too long: at most {settings.graphql_tokens} tokens.") from error
        raise
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    known: dict[str, Size] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _refuse_above(_measure(node.selection_set, fragments, known, ()), settings)
        elif isinstance(node, FragmentDefinitionNode):
            # Also those that no operation spreads: validation reads them all the same.
            _refuse_above(_measure(node.selection_set, fragments, known, (node.name.value,)), settings)
    return document


def _refuse_above(size: Size, settings: Settings) -> None:
    if size.depth > settings.graphql_depth:
        raise TooComplex(f"The document is too deep: at most {settings.graphql_depth} levels.")
    if size.aliases > settings.graphql_aliases:
        raise TooComplex(f"The document has too many aliases: at most {settings.graphql_aliases}.")
    if size.fields > FIELDS:
        raise TooComplex(f"The document asks for too many fields: at most {FIELDS}.")
    if size.sign_ins > 1:
        raise TooComplex("One document may sign in, renew, register or set up only once.")


def _measure(
    selections: SelectionSetNode | None,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, Size],
    inside: tuple[str, ...],
) -> Size:
    """Return the size of a selection set; `inside` names the fragments being unfolded."""
    depth = fields = aliases = sign_ins = 0
    for selection in selections.selections if selections else ():
        if isinstance(selection, FieldNode):
            name = selection.name.value
            # Introspection is deep by nature; where it is off, validation refuses it by name.
            below = Size() if name in INTROSPECTION else _measure(selection.selection_set, fragments, known, inside)
            own = Size(1, 1, int(selection.alias is not None), int(name in SIGN_INS))
            size = Size(1 + below.depth, 1 + below.fields, own.aliases + below.aliases, own.sign_ins + below.sign_ins)
        elif isinstance(selection, InlineFragmentNode):
            size = _measure(selection.selection_set, fragments, known, inside)
        elif isinstance(selection, FragmentSpreadNode):
            size = _measure_spread(selection.name.value, fragments, known, inside)
        depth = max(depth, size.depth)
        fields, aliases, sign_ins = fields + size.fields, aliases + size.aliases, sign_ins + size.sign_ins
    return Size(depth, fields, aliases, sign_ins)


def _measure_spread(
    name: str,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, Size],
    inside: tuple[str, ...],
) -> Size:
    if name in inside:
        raise TooComplex(f"The fragment {name} contains itself.")
    fragment = fragments.get(name)
    if fragment is None:
        return Size()
    if name not in known:
        known[name] = _measure(fragment.selection_set, fragments, known, (*inside, name))
    return known[name]
