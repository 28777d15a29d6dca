"""`/api/openapi.json`: what the plain HTTP addresses take and answer, by quart-schema.

Its pages that show the document are switched off: they load their scripts from elsewhere. GraphQL and the sockets are
published by `edusphere contract`; of GraphQL the document here says only how to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from quart import Blueprint, Quart, Response, current_app
from quart_schema import Info, OpenAPIProvider, QuartSchema
from werkzeug.routing.converters import BaseConverter, UUIDConverter
from werkzeug.routing.rules import Rule

import edusphere
from edusphere.web.parts import Parts

PATH = "/api/openapi.json"
NAMES = "_edusphere_statuses"
MORE = "_edusphere_more"
View = TypeVar("View", bound=Callable[..., Any])

Json = dict[str, Any]
REFUSAL: Json = {
    "type": "object",
    "description": "In the shape of GraphQL's errors.",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "extensions"],
                "properties": {
                    "message": {"type": "string", "description": "A sentence for people."},
                    "extensions": {
                        "type": "object",
                        "required": ["code"],
                        "properties": {
                            "code": {"type": "string"},
                            "errors": {"type": "object", "description": "Of INVALID: what is wrong with what."},
                            "retryAfter": {"type": "number", "description": "Of TOO_MANY: seconds."},
                        },
                    },
                },
            },
        }
    },
}
WORDS = {
    204: "Done.",
    206: "The part that was asked for.",
    304: "It is as you have it.",
    400: "The request cannot be understood, or this server does not answer to that name.",
    401: "Nobody is signed in.",
    403: "Not allowed, or another site's page asked.",
    404: "There is nothing here, or it is not open to you.",
    405: "This address is not used that way.",
    408: "It took too long to arrive.",
    413: "Too large.",
    415: "A kind that is not taken.",
    416: "There is no such part of it.",
    429: "Too much at once: come back after `Retry-After` seconds.",
    503: "Not now; trying again is safe.",
}
ANYWHERE = (400, 429)
SIGNED_IN: list[Json] = [{"cookie": []}, {"bearer": []}]
SCHEMES: Json = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "JWT",
        "description": "Of a sign-in; `__Host-JWT` over https. What writes also needs `X-CSRFToken`: see /api/csrf/.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "A program's token."},
}


def answers(*statuses: int, signed_in: bool = False, **more: Any) -> Callable[[View], View]:
    """Say which other statuses a route answers with, and whatever else of OpenAPI's operation it needs."""

    def noted(view: View) -> View:
        setattr(view, NAMES, statuses)
        setattr(view, MORE, {**({"security": SIGNED_IN} if signed_in else {}), **more})
        return view

    return noted


def content(*kinds: str) -> Json:
    """Return the description of bytes of some kind."""
    return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}


class Addresses(OpenAPIProvider):
    def generate_rules(self) -> Iterable[Rule]:
        return sorted(super().generate_rules(), key=lambda rule: rule.rule)

    def build_path_parameter(self, name: str, converter: BaseConverter) -> Json:
        parameter: Json = super().build_path_parameter(name, converter)
        if isinstance(converter, UUIDConverter):
            parameter["schema"]["format"] = "uuid"
        return parameter

    def build_paths(self, rule: Rule) -> tuple[Json, Json]:
        paths, components = super().build_paths(rule)
        view = self._app.view_functions[rule.endpoint]
        for operations in paths.values():
            for operation in operations.values():
                for status in sorted({*ANYWHERE, *getattr(view, NAMES, ())}):
                    operation["responses"].setdefault(status, _answer(status))
                more = getattr(view, MORE, {})
                operation["responses"] |= more.get("responses", {})
                operation |= {name: value for name, value in more.items() if name != "responses"}
        return paths, components

    def schema(self) -> Json:
        schema: Json = super().schema()
        schema["components"] |= {"securitySchemes": SCHEMES}
        schema["components"]["schemas"]["Refusal"] = REFUSAL
        return schema


def _answer(status: int) -> Json:
    said: Json = {"description": WORDS[status]}
    if status >= 400:
        said["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return said


def install(app: Quart) -> None:
    """Have what the routes declare checked: what comes in, and what goes out."""
    QuartSchema(
        app,
        openapi_path=None,
        swagger_ui_path=None,
        redoc_ui_path=None,
        scalar_ui_path=None,
        info=Info("EduSphere", edusphere.__version__),
        conversion_preference="msgspec",
        openapi_provider_class=Addresses,
    )


def blueprint(parts: Parts) -> Blueprint:
    del parts  # it says the same of every school
    door = Blueprint("openapi", __name__)
    said: list[bytes] = []

    @door.get(PATH)
    @answers(
        responses={
            200: {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}
        }
    )
    async def describe() -> Response:
        """Describe these addresses."""
        if not said:
            said.append(msgspec.json.encode(current_app.extensions["QUART_SCHEMA"].openapi_provider.schema()))
        response = Response(said[0], content_type="application/json")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return door
