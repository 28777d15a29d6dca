"""Joins every NOUN.graphql with the NOUN.py beside it, and makes the promises that hold for all fields.

A mutation needs somebody signed in, unless it is how one comes to be; whoever adds one gets that without asking.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import isawaitable
from operator import attrgetter
from pathlib import Path
from typing import Any

from ariadne import make_executable_schema
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from edusphere.errors import Invalid
from edusphere.school.me import writing
from edusphere.school.words import is_clean
from edusphere.web.graphql import (
    accounts,
    all_messages,
    all_rooms,
    all_topics,
    api_tokens,
    audit,
    course_invitations,
    courses,
    credentials,
    direct,
    enrolments,
    guardians,
    invitations,
    join_codes,
    join_requests,
    mails,
    materials,
    messages,
    people,
    registrations,
    reports,
    roles,
    rooms,
    rosters,
    school,
    sessions,
    terms,
    topics,
)
from edusphere.web.graphql.context import Info
from edusphere.web.graphql.costs import note_resolved
from edusphere.web.graphql.executor import note_ready
from edusphere.web.graphql.limits import LONGEST_LIST
from edusphere.web.graphql.names import in_camel_case, in_snake_case
from edusphere.web.graphql.scalars import scalars

FOLDER = Path(__file__).parent
NOUNS = (
    accounts,
    all_messages,
    all_rooms,
    all_topics,
    api_tokens,
    audit,
    course_invitations,
    courses,
    credentials,
    direct,
    enrolments,
    guardians,
    invitations,
    join_codes,
    join_requests,
    mails,
    materials,
    messages,
    people,
    registrations,
    reports,
    roles,
    rooms,
    rosters,
    school,
    sessions,
    terms,
    topics,
)
OPEN_TO_STRANGERS = frozenset(
    {
        "confirmRegistration",
        "declineInvitation",
        "deleteRefreshToken",
        "deleteToken",
        "refreshToken",
        "registerUser",
        "requestPasswordReset",
        "resetPassword",
        "setUpSchool",
        "tokenAuth",
        "verifyToken",
    }
)
"""The mutations by which somebody comes in, goes out or is let in again."""


WITHIN = {"Message": "message."}
"""Where a type's fields lie when not on the row itself: a message comes as `Said`, with the place where it was said."""

OFTEN_ON_THE_ROW = frozenset({"User.bio", "User.created"})
"""Fields that are read from the row where there is a whole one, and only else by their resolver."""


def sdl() -> str:
    """Return the whole schema in its own language, as it is published."""
    return "\n".join(file.read_text("utf-8") for file in sorted(FOLDER.glob("*.graphql")))


def make() -> GraphQLSchema:
    bindables = [bindable for noun in NOUNS for bindable in noun.bindables]
    made = make_executable_schema(sdl(), *scalars, *bindables)
    for name, kind in made.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            for field_name, field in kind.fields.items():
                if field.resolve is None:
                    read = _reader(field_name, within=WITHIN.get(name, ""))
                    field.resolve = _resolver(read)
                    note_ready(field, read)
                else:
                    note_resolved(field)
                    if f"{name}.{field_name}" in OFTEN_ON_THE_ROW:
                        note_ready(field, attrgetter(in_snake_case(field_name)))
                for argument_name, argument in field.args.items():
                    argument.out_name = in_snake_case(argument_name)
    for field in _fields(made.query_type).values():
        field.resolve = _reading(field.resolve)
    for name, field in _fields(made.mutation_type).items():
        field.resolve = _writing(field.resolve, open_to_strangers=name in OPEN_TO_STRANGERS)
    return made


def _fields(kind: GraphQLObjectType | None) -> dict[str, GraphQLField]:
    return kind.fields if kind is not None else {}


def _reader(field_name: str, within: str) -> Callable[[Any], Any]:
    """Return how a field is read that is simply there: in a payload by its own name, on a row in snake case."""
    on_a_row = attrgetter(within + in_snake_case(field_name))
    if within:
        return on_a_row

    def read(source: Any) -> Any:
        return source.get(field_name) if type(source) is dict else on_a_row(source)

    return read


def _resolver(read: Callable[[Any], Any]) -> Callable[[Any, Info], Any]:
    return lambda source, _info: read(source)


def _reading(resolve: Any) -> Callable[..., Any]:
    @wraps(resolve)
    def read(source: Any, info: Info, **arguments: Any) -> Any:
        _refuse_unclean(arguments)
        return resolve(source, info, **arguments)

    return read


def _writing(resolve: Any, *, open_to_strangers: bool) -> Callable[..., Any]:
    @wraps(resolve)
    async def write(source: Any, info: Info, **arguments: Any) -> Any:
        if not open_to_strangers:
            _ = info.context.signed_in
        if info.context.me is not None:
            writing(info.context.me)
        info.context.parts.throttle.change(info.context.me)
        _refuse_unclean(arguments)
        written = resolve(source, info, **arguments)
        if isawaitable(written):
            written = await written
        # What was loaded for an earlier mutation of the same document may have just changed.
        info.context.loaders.forget()
        return written

    return write


def _refuse_unclean(arguments: dict[str, Any]) -> None:
    """Refuse text that no database can keep, at every field alike; what else may be said is the verbs' business."""
    for name, value in arguments.items():
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise Invalid(in_camel_case(name), f"Name at most {LONGEST_LIST} at a time.")
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and not is_clean(text.translate(LINES)):
                raise Invalid(in_camel_case(name), "This has characters that cannot be shown. Please remove them.")


LINES = {ord(character): None for character in "\n\r\t"}

schema = make()
