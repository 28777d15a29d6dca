"""The route `/graphql/`: who asks, what is asked, is it allowed in, and the answer.

The order matters: cheap questions come first, and nothing is executed before the document was measured,
validated and, where it writes, proven to come from our own page.
"""

from __future__ import annotations

from typing import Any

import msgspec
from ariadne import graphql
from graphql import GraphQLError, NonNullTypeNode, OperationDefinitionNode, OperationType
from quart import Blueprint, Response, request, send_file
from quart_schema import hide
from werkzeug.exceptions import MethodNotAllowed

from edusphere import metrics
from edusphere.errors import EduSphereError, Forbidden
from edusphere.school.letters import language_of
from edusphere.school.sessions import Device
from edusphere.web import refusals, spa
from edusphere.web.graphql.context import Context
from edusphere.web.graphql.documents import Document, Documents
from edusphere.web.graphql.errors import SILENT, format_error
from edusphere.web.graphql.executor import Executor, is_awaitable
from edusphere.web.graphql.loaders import Loaders
from edusphere.web.graphql.requests import Operation, read_operation
from edusphere.web.graphql.schema import schema
from edusphere.web.identity import Identity
from edusphere.web.openapi import answers
from edusphere.web.parts import Parts
from edusphere.web.proxies import address_of

GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""GraphiQL's editor writes styles into the page. Only developers see it, and only in debug."""

HOW_TO_ASK = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["query"],
                "properties": {
                    "query": {"type": "string"},
                    "variables": {"type": ["object", "null"]},
                    "operationName": {"type": ["string", "null"]},
                },
            }
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["operations", "map"],
                "properties": {"operations": {"type": "string"}, "map": {"type": "string"}},
            }
        },
    },
}
ANSWER = {
    200: {
        "description": "There is data; perhaps errors too.",
        "content": {"application/json": {"schema": {"type": "object", "required": ["data"]}}},
    }
}

encode = msgspec.json.Encoder().encode


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("graphql", __name__)
    documents = Documents(schema, parts.settings)

    @door.get("/graphql/")
    @hide
    async def explore() -> Response:
        page = spa.folder() / "graphiql.html"
        if not parts.settings.debug or not page.is_file():
            raise MethodNotAllowed(["POST"], "GraphQL is asked by POST.")
        response = await send_file(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = GRAPHIQL_POLICY
        response.headers["Cache-Control"] = "no-cache"
        return response

    @door.post("/graphql/")
    @answers(403, 413, 415, requestBody=HOW_TO_ASK, responses=ANSWER)
    async def ask() -> Response:
        """Ask GraphQL. Its schema is published by `edusphere contract`."""
        try:
            asked = await read_operation(request, parts.settings)
            address = address_of(request, parts.settings)
            identity = (await parts.identities.identify(request.headers, request.cookies)).at(address)
            parts.throttle.request(identity.me, address)
            document = documents.read(asked.query)
        except GraphQLError as error:
            return _answer({"errors": [format_error(error)]}, 400)
        except EduSphereError as error:
            return refusals.answer(error)
        operation = document.operation(asked.name)
        _accept_id_for_room_id(asked, operation)
        if operation is None or operation.operation is not OperationType.QUERY:
            try:
                parts.csrf.check(request.headers, request.cookies, identity)
            except Forbidden as error:
                return refusals.answer(error)
        context = _context(parts, identity)
        with metrics.graphql.labels(document.asks).time():
            result, status = await _execute(asked, document, context)
        response = _answer(result, status)
        for cookie in context.cookies:
            parts.cookies.put(response, cookie)
        return response

    return door


async def _execute(asked: Operation, document: Document, context: Context) -> tuple[dict[str, Any], int]:
    _, result = await graphql(
        schema,
        asked.data,
        context_value=context,
        query_document=document.node,
        query_validator=lambda *_, **__: document.errors,
        error_formatter=lambda error, _: format_error(error),
        logger=SILENT,
        execution_context_class=Executor,
        hide_suggestions=True,
        is_awaitable=is_awaitable,
    )
    if result.get("data") is None and not any("path" in error for error in result.get("errors", ())):
        # Nothing ran: the document or its variables are wrong.
        return {"errors": result["errors"]}, 400
    return result, 200


def _context(parts: Parts, identity: Identity) -> Context:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return Context(
        parts=parts,
        identity=identity,
        device=Device(
            request.headers.get("User-Agent", "")[:300],
            address_of(request, parts.settings),
            request.cookies.get(parts.cookies.device, ""),
        ),
        language=language_of(request.headers.get("Accept-Language", "")),
        access_token=credentials if scheme.lower() == "jwt" else request.cookies.get(parts.cookies.access, ""),
        refresh_token=request.cookies.get(parts.cookies.refresh, ""),
        loaders=Loaders(parts.school, identity.me),
    )


def _accept_id_for_room_id(asked: Operation, operation: OperationDefinitionNode | None) -> None:
    """Let the variable `id` stand for a declared `roomId` that is missing.

    The original's front end sends `{"id": …}` for `mutation DeleteRoom($roomId: UUID!)`.
    """
    if operation is None or "id" not in asked.variables or "roomId" in asked.variables:
        return
    declared = {definition.variable.name.value: definition.type for definition in operation.variable_definitions or ()}
    if "id" not in declared and isinstance(declared.get("roomId"), NonNullTypeNode):
        asked.variables["roomId"] = asked.variables.pop("id")


def _answer(result: dict[str, Any], status: int) -> Response:
    response = Response(encode(result), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
