"""How a refusal looks at each door: the one table from errors.py to HTTP, GraphQL and the socket.

Whatever is not an EduSphereError is a fault of ours: it is logged with a short id, and only the id is shown.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

import msgspec
from msgspec import UNSET
from quart import Request, Response

from edusphere import metrics
from edusphere.contract.events import Refused
from edusphere.errors import EduSphereError, Invalid, TooLarge, TooMany, WrongKind

log = logging.getLogger(__name__)

HTTP_STATUS = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "INVALID": 400,
    "CONFLICT": 409,
    "TOO_MANY": 429,
    "TOO_COMPLEX": 400,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}
# Where HTTP has more words than the code.
STATUS_OF_KIND: dict[type[EduSphereError], int] = {TooLarge: 413, WrongKind: 415}

CODE_OF_STATUS = {
    400: "INVALID",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "INVALID",
    413: "INVALID",
    415: "INVALID",
    429: "TOO_MANY",
    503: "UNAVAILABLE",
}
WORDS_OF_STATUS = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This address is not used that way.",
    408: "The request took too long to arrive. Please try again.",
    413: "That is too large.",
    415: "This kind of content is not understood here.",
}


class Fault(EduSphereError):
    """Something of ours broke. Shown with the id under which the log has the rest."""


def refusal_of(error: BaseException) -> EduSphereError:
    """Return what may be said of an error; log it when it is a fault of ours."""
    if isinstance(error, EduSphereError):
        metrics.refusals.labels(error.code).inc()
        return error
    metrics.refusals.labels("INTERNAL").inc()
    fault_id = secrets.token_hex(4)
    log.error("fault %s", fault_id, exc_info=error)
    return Fault(f"Something went wrong on our side. If it stays, tell the school's administrator: {fault_id}.")


def extensions(refusal: EduSphereError) -> dict[str, Any]:
    """Return the `extensions` of a GraphQL error."""
    said: dict[str, Any] = {"code": refusal.code}
    if isinstance(refusal, Invalid):
        said["errors"] = refusal.errors
    if isinstance(refusal, TooMany):
        said["retryAfter"] = refusal.seconds
    return said


def frame(ref: int | str | None, error: BaseException) -> Refused:
    """Return the answer to a command that was not done."""
    refusal = refusal_of(error)
    seconds = refusal.seconds if isinstance(refusal, TooMany) else UNSET
    return Refused(ref=ref, code=refusal.code, message=refusal.message, retry_after=seconds)


def answer(refusal: EduSphereError, request: Request | None = None, status: int | None = None) -> Response:
    """Return an HTTP answer: a plain page where a person looks, otherwise JSON in the shape of GraphQL's errors."""
    status = status or STATUS_OF_KIND.get(type(refusal)) or HTTP_STATUS[refusal.code]
    if request is not None and _a_person_looks(request):
        response = Response(_page(refusal.message), status, content_type="text/html; charset=utf-8")
    else:
        body = {"errors": [{"message": refusal.message, "extensions": extensions(refusal)}]}
        response = Response(msgspec.json.encode(body), status, content_type="application/json")
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(max(1, round(refusal.seconds)))
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_status(status: int, request: Request | None = None, message: str | None = None) -> Response:
    """Return an HTTP answer for a status that no verb raised: a wrong address, a wrong method, a body too large."""
    refusal = EduSphereError(message or WORDS_OF_STATUS.get(status, "That did not work."))
    refusal.code = CODE_OF_STATUS.get(status, "INTERNAL" if status >= 500 else "INVALID")  # type: ignore[misc]
    return answer(refusal, request, status)


def _a_person_looks(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")


def _page(sentence: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>EduSphere</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<h1>EduSphere</h1><p>{sentence}</p><p><a href="/">To the start page</a></p></html>\n'
    )
