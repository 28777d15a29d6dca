"""Walks the schema: every field, so that a new one is held to the same promises without being asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from quart import Quart

from edusphere.database import Database
from edusphere.school import School
from edusphere.school.models import Room, TokenScope
from edusphere.school.models.ids import new_id
from edusphere.web.graphql.schema import OPEN_TO_STRANGERS, schema
from tests.people import Cast
from tests.web.browser import Answer, Browser, program

assert schema.query_type is not None
assert schema.mutation_type is not None
QUERIES, MUTATIONS = schema.query_type.fields, schema.mutation_type.fields
SAYS_NOTHING_OF_ANYBODY = {
    "school",
    "setupTokenIsGood",
    "resetLinkIsGood",
    "authStatus",
    "viewerMayCreateRoom",
    "viewerMayOpenCourse",
}
VALUES = {
    "String": "x",
    "Int": 5,
    "UUID": str(new_id()),
    "Date": "2026-09-01",
    "Upload": None,
}
"""Of an enumeration, its first."""
TABLES = (
    "people", "rooms", "memberships", "messages", "changes", "topics", "school_settings", "sessions", "api_tokens",
    "password_resets", "pending_registrations", "invitations", "mails", "terms", "courses", "sections", "enrolments",
    "guardianships", "join_codes", "join_requests", "units", "materials", "audit_entries", "reports",
)  # fmt: skip


def document(kind: str, name: str, field: GraphQLField) -> tuple[str, dict[str, Any]]:
    """Return a document that asks one field with some value for every argument, and all the leaves of its answer."""
    arguments = {argument: value for argument, value in field.args.items() if not _has_default(value)}
    declared = ", ".join(f"${argument}: {value.type}" for argument, value in arguments.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in arguments)
    named, asked = (f"A({declared})", f"{name}({passed})") if arguments else ("A", name)
    values = {argument: _value(value) for argument, value in arguments.items()}
    return f"{kind} {named} {{ {asked}{_leaves(field)} }}", values


def _value(argument: GraphQLArgument) -> Any:
    kind = get_named_type(argument.type)
    value = next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else VALUES[kind.name]
    return [value] if is_list_type(get_nullable_type(argument.type)) else value


def _has_default(argument: GraphQLArgument) -> bool:
    return not isinstance(argument.type, GraphQLNonNull) or argument.default is not None


def _leaves(field: GraphQLField, depth: int = 3) -> str:
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    names = [
        name + _leaves(below, depth - 1)
        for name, below in kind.fields.items()
        if is_leaf_type(get_named_type(below.type)) or (depth > 0 and name in ("nodes", "user", "host", "room"))
    ]
    return f" {{ {' '.join(names)} }}"


async def rows(database: Database) -> dict[str, int]:
    return {table: (await database.one(f"SELECT count(*) AS n FROM {table}"))["n"] for table in TABLES}  # noqa: S608


@pytest.mark.parametrize("name", sorted(MUTATIONS.keys() - OPEN_TO_STRANGERS))
async def test_no_stranger_changes_anything(
    stranger: Browser, app: Quart, biology: Room, database: Database, name: str
) -> None:
    before = await rows(database)
    query, variables = document("mutation", name, MUTATIONS[name])
    for browser in (stranger, program(app), program(app, "nonsense"), program(app, "a.b.c", "JWT")):
        answer = await browser.ask(query, **variables)
        assert (answer.status, answer.codes) == (200, ["UNAUTHENTICATED"])
        assert answer.body["data"] == {name: None}
    assert await rows(database) == before


@pytest.mark.parametrize("name", sorted(QUERIES))
async def test_no_stranger_reads_anything(stranger: Browser, biology: Room, cast: Cast, name: str) -> None:
    query, variables = document("query", name, QUERIES[name])
    for argument in variables:
        if argument.endswith("Slug"):
            variables[argument] = "anna" if argument != "roomSlug" else biology.slug
        if argument == "roomId":
            variables[argument] = str(biology.id)
    answer = await stranger.ask(query, **variables)
    assert answer.status == 200
    if name in SAYS_NOTHING_OF_ANYBODY:
        assert answer.data
    else:
        assert _is_nothing(answer, name), answer.body
    assert "nna" not in str(answer.body).replace("cannot", "")


def _is_nothing(answer: Answer, name: str) -> bool:
    data = answer.body["data"]
    if answer.codes:
        # A code that is no good is no good to anybody, and they are told so.
        expected = "NOT_FOUND" if name == "joinOffer" else "UNAUTHENTICATED"
        return answer.codes == [expected] and (data is None or data[name] is None)
    return data[name] in (None, [])


@pytest.mark.parametrize("name", sorted(QUERIES.keys() | MUTATIONS.keys()))
async def test_every_field_answers_a_pupil_without_a_fault(
    ben: Browser, biology: Room, school: object, name: str
) -> None:
    kind, field = ("query", QUERIES[name]) if name in QUERIES else ("mutation", MUTATIONS[name])
    query, variables = document(kind, name, field)
    if "roomId" in variables:
        variables["roomId"] = str(biology.id)
    answer = await ben.ask(query, **variables)
    assert answer.status == 200
    assert "INTERNAL" not in answer.codes


@pytest.mark.parametrize("name", sorted(MUTATIONS))
async def test_a_token_that_only_reads_runs_no_mutation(
    app: Quart, biology: Room, school: School, cast: Cast, database: Database, name: str
) -> None:
    _, token = await school.api_tokens.make(cast.anna.id, "Reader", TokenScope.READ)
    before = await rows(database)
    query, variables = document("mutation", name, MUTATIONS[name])
    answer = await program(app, token).ask(query, **variables)
    assert answer.codes == ["FORBIDDEN"]
    assert answer.error["message"] == "This token may only read."
    assert await rows(database) == before


def test_every_field_has_a_way_to_be_read() -> None:
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            for field in kind.fields.values():
                assert field.resolve is not None


def of_the_school() -> dict[str, list[str]]:
    """Return the enumerations of the school, by name, each with the names of its members."""
    return {
        kind.__name__: [member.name for member in kind]
        for kind in StrEnum.__subclasses__()
        if kind.__module__.startswith("edusphere.school")
    }


@pytest.mark.parametrize("name", sorted(of_the_school().keys() & schema.type_map.keys()))
def test_an_enumeration_has_all_that_the_school_may_answer(name: str) -> None:
    """One that only the server knows would fail a whole answer."""
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    assert sorted(kind.values) == sorted(of_the_school()[name])
